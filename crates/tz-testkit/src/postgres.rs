//! A PostgreSQL server in a temporary folder, reached through a socket there and nowhere else.

use std::fs;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::server::{WATCHED, folder, is_root, user};

/// A running PostgreSQL. It ends when this is dropped, and also when the test's process is killed.
pub struct Postgres {
    shell: Child,
    folder: TempDir,
    programs: Programs,
    databases: AtomicU32,
}

impl Postgres {
    /// Starts a server; `None`, with a printed line, where PostgreSQL is not installed.
    #[expect(clippy::print_stderr, reason = "a test that does not run must say so")]
    pub fn start() -> Option<Self> {
        let Some(programs) = Programs::find() else {
            eprintln!(
                "PostgreSQL is not installed (Debian: apt-get install postgresql): its half of this test is skipped."
            );
            return None;
        };
        let folder = folder("tongzheng-postgres-", programs.server_user);
        let data = folder.path().join("data");
        programs.run(Command::new("cp").arg("-a").arg(programs.template()).arg(&data));
        let log = fs::File::create(folder.path().join("log")).expect("the temporary folder can be written");
        let mut shell = Command::new("sh");
        shell
            .args(["-c", WATCHED, "QUIT"])
            .arg(programs.folder.join("postgres"))
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(folder.path());
        for setting in
            ["listen_addresses=", "fsync=off", "full_page_writes=off", "max_connections=100", "shared_buffers=16MB"]
        {
            shell.arg("-c").arg(setting);
        }
        shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(log);
        programs.as_server_user(&mut shell).current_dir(folder.path());
        let shell = shell.spawn().expect("a shell can be started");
        let mut server = Self { shell, folder, programs, databases: AtomicU32::new(0) };
        server.wait_until_ready();
        Some(server)
    }

    fn wait_until_ready(&mut self) {
        let until = Instant::now() + Duration::from_secs(60);
        while !self.client("pg_isready").stdout(Stdio::null()).status().is_ok_and(|status| status.success()) {
            let ended = self.shell.try_wait().expect("the shell is our child").is_some();
            if ended || Instant::now() > until {
                let mut said = String::new();
                let log = fs::File::open(self.folder.path().join("log"));
                log.and_then(|mut log| log.read_to_string(&mut said)).expect("the log is in our own folder");
                panic!("PostgreSQL did not start within 60 s. It said:\n{said}");
            }
            // Asked again until it answers; nothing is measured by this.
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn client(&self, name: &str) -> Command {
        let mut client = Command::new(self.programs.folder.join(name));
        client.arg("-h").arg(self.folder.path()).args(["-U", "postgres"]);
        client
    }

    /// Makes an empty database and gives its address, as libpq's keywords.
    pub fn fresh_database(&self) -> String {
        let name = format!("office{}", self.databases.fetch_add(1, Ordering::Relaxed) + 1);
        self.programs.run(self.client("createdb").args(["--template", "template0", &name]));
        self.address(&name)
    }

    /// The address of a database of this server, as libpq's keywords.
    pub fn address(&self, database: &str) -> String {
        format!("host={} user=postgres dbname={database}", self.folder.path().display())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        // The folder goes next; the server must be out of it. A shell that cannot be waited for has ended already.
        let _ = self.shell.wait();
    }
}

/// Where PostgreSQL's programs are, and under which user its server runs: it refuses to run as root.
struct Programs {
    folder: PathBuf,
    server_user: Option<(u32, u32)>,
}

impl Programs {
    fn find() -> Option<Self> {
        let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
            .ok()?
            .filter_map(|entry| {
                let path = entry.ok()?.path();
                let version = path.file_name()?.to_str()?.parse().ok()?;
                Some((version, path.join("bin"))).filter(|(_, bin)| bin.join("initdb").exists())
            })
            .collect();
        versions.sort();
        let (_, folder) = versions.pop()?;
        let server_user = if is_root() { Some(user("postgres")?) } else { None };
        Some(Self { folder, server_user })
    }

    fn as_server_user<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        if let Some((user, group)) = self.server_user {
            command.uid(user).gid(group);
        }
        command
    }

    /// An empty cluster, made once for a machine and version and copied for every test.
    fn template(&self) -> PathBuf {
        let version = self.folder.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
        let user = self.server_user.map_or("own".to_owned(), |(user, _)| user.to_string());
        let template = std::env::temp_dir().join(format!("tongzheng-postgres-template-{version}-{user}"));
        if template.join("PG_VERSION").exists() {
            return template;
        }
        let making = folder("tongzheng-postgres-making-", self.server_user);
        let data = making.path().join("data");
        let mut initdb = Command::new(self.folder.join("initdb"));
        initdb.args([
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
            "--wal-segsize=1",
            "-D",
        ]);
        self.run(self.as_server_user(initdb.arg(&data)).current_dir(making.path()));
        // The name appears whole or not at all. If another process was faster, its cluster is as good.
        if fs::rename(&data, &template).is_err() {
            assert!(template.join("PG_VERSION").exists(), "the template cluster can be put into the temporary folder");
        }
        template
    }

    fn run(&self, command: &mut Command) {
        let done = command.output().unwrap_or_else(|error| panic!("{command:?} can be started: {error}"));
        assert!(done.status.success(), "{command:?} failed: {}", String::from_utf8_lossy(&done.stderr));
    }
}

#[cfg(test)]
mod tests {
    use super::Postgres;

    #[test]
    fn a_server_gives_empty_databases_and_leaves_nothing_behind() {
        let Some(server) = Postgres::start() else { return };
        let (one, two) = (server.fresh_database(), server.fresh_database());
        assert_ne!(one, two);
        let tables = server
            .client("psql")
            .args(["-d", "office2", "-Atc", "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"])
            .output()
            .expect("psql comes with the server");
        assert_eq!(String::from_utf8_lossy(&tables.stdout).trim(), "0");
        let folder = server.folder.path().to_owned();
        drop(server);
        assert!(!folder.exists());
    }
}
