//! Servers from the system's packages, started by a test and gone with it.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;

use tempfile::TempDir;

/// The server runs under this shell, which ends it as soon as its own input closes: then a test that was killed leaves
/// no server behind. `$0` is the signal.
pub(crate) const WATCHED: &str = r#""$@" </dev/null & server=$!; read -r _; kill -"$0" "$server"; wait "$server""#;

/// True where this process may become another user.
pub(crate) fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|about| about.uid() == 0)
}

/// User and group numbers of a user of this machine.
pub(crate) fn user(name: &str) -> Option<(u32, u32)> {
    let users = fs::read_to_string("/etc/passwd").ok()?;
    let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut numbers = line.split(':').skip(2);
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// What this process's user and group are called.
pub(crate) fn own_names() -> Option<(String, String)> {
    let about = fs::metadata("/proc/self").ok()?;
    Some((name_in("/etc/passwd", about.uid())?, name_in("/etc/group", about.gid())?))
}

fn name_in(list: &str, number: u32) -> Option<String> {
    let list = fs::read_to_string(list).ok()?;
    let fits = |line: &&str| line.split(':').nth(2) == Some(&number.to_string());
    list.lines().find(fits)?.split(':').next().map(str::to_owned)
}

/// A temporary folder that the server's user can use and this process too.
pub(crate) fn folder(prefix: &str, owner: Option<(u32, u32)>) -> TempDir {
    let folder = tempfile::Builder::new().prefix(prefix).tempdir().expect("a temporary folder can be made");
    give(folder.path(), owner);
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).expect("the folder is ours");
    folder
}

/// Gives a file or folder to the server's user.
pub(crate) fn give(path: &Path, owner: Option<(u32, u32)>) {
    if let Some((user, group)) = owner {
        chown(path, Some(user), Some(group)).expect("root may give a file away");
    }
}

/// A port of this machine that is free now.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port can be had");
    listener.local_addr().expect("a listener has an address").port()
}
