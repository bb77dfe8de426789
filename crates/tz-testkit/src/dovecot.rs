//! A Dovecot in a temporary folder, on ports of this machine only, with a certificate of its own.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use tempfile::TempDir;

use crate::server::{WATCHED, folder, free_port, give, is_root, own_names, user};

/// A running Dovecot. Any name may sign in with [`Dovecot::PASSWORD`]. It ends when this is dropped, and also when the test's
/// process is killed.
pub struct Dovecot {
    shell: Child,
    folder: TempDir,
    owner: Option<(u32, u32)>,
    certificate: String,
    port: u16,
    tls_port: u16,
    delivered: AtomicU64,
}

impl Dovecot {
    /// Everybody's password.
    pub const PASSWORD: &'static str = "Shouxin-Mima-2018";

    /// Starts a server; `None`, with a printed line, where Dovecot is not installed.
    #[expect(clippy::print_stderr, reason = "a test that does not run must say so")]
    pub fn start() -> Option<Self> {
        let program = ["/usr/sbin/dovecot", "/usr/bin/dovecot"].into_iter().map(Path::new).find(|path| path.exists());
        let Some(program) = program else {
            eprintln!("Dovecot is not installed (Debian: apt-get install dovecot-imapd): this test is skipped.");
            return None;
        };
        let owner = if is_root() { Some(user("dovecot")?) } else { None };
        let folder = folder("tongzheng-dovecot-", owner);
        // The server's helpers, under other names, must reach their sockets.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("the folder is ours");
        let (certificate, key) = self_signed();
        fs::write(folder.path().join("cert.pem"), &certificate).expect("the folder can be written");
        fs::write(folder.path().join("key.pem"), key).expect("the folder can be written");
        let (port, tls_port) = (free_port(), free_port());
        let settings = folder.path().join("dovecot.conf");
        fs::write(&settings, configuration(folder.path(), owner, port, tls_port)).expect("the folder can be written");
        let mail = folder.path().join("mail");
        fs::create_dir(&mail).expect("the folder can be written");
        give(&mail, owner);
        let mut shell = Command::new("sh");
        shell.args(["-c", WATCHED, "TERM"]).arg(program).arg("-F").arg("-c").arg(&settings);
        let said = fs::File::create(folder.path().join("said")).expect("the folder can be written");
        let shell =
            shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(said).spawn().expect("a shell can be started");
        let mut server = Self { shell, folder, owner, certificate, port, tls_port, delivered: AtomicU64::new(0) };
        server.wait_until_ready();
        Some(server)
    }

    fn wait_until_ready(&mut self) {
        let until = Instant::now() + Duration::from_secs(60);
        while !greets(self.port) {
            let ended = self.shell.try_wait().expect("the shell is our child").is_some();
            if ended || Instant::now() > until {
                let read = |name: &str| fs::read_to_string(self.folder.path().join(name)).unwrap_or_default();
                panic!("Dovecot did not start within 60 s. It said:\n{}{}", read("said"), read("log"));
            }
            // Asked again until it answers; nothing is measured by this.
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Its port without encryption (and with STARTTLS).
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its port with TLS; the certificate is for `localhost`.
    pub fn tls_port(&self) -> u16 {
        self.tls_port
    }

    /// Its certificate, in PEM.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// Puts a message into the inbox of a name.
    pub fn deliver(&self, name: &str, raw: &[u8]) -> PathBuf {
        self.deliver_at(name, "", raw, None)
    }

    /// Puts a message into a folder of a name (the inbox where empty), as received at a moment.
    pub fn deliver_at(&self, name: &str, into: &str, raw: &[u8], received: Option<SystemTime>) -> PathBuf {
        let place = self.maildir(name, into);
        let number = self.delivered.fetch_add(1, Ordering::Relaxed) + 1;
        let file_name = format!("{:010}.{}.test", number + 1_500_000_000, std::process::id());
        let (written, delivered) = (place.join("tmp").join(&file_name), place.join("new").join(&file_name));
        let mut file = fs::File::create(&written).expect("the folder can be written");
        file.write_all(raw).expect("the folder can be written");
        if let Some(received) = received {
            file.set_modified(received).expect("our own file can be dated");
        }
        give(&written, self.owner);
        fs::rename(&written, &delivered).expect("both are in one folder");
        delivered
    }

    /// The maildir of a name's folder, made where it is missing: `new` and `cur` hold the messages.
    pub fn maildir(&self, name: &str, folder: &str) -> PathBuf {
        let mut place = self.folder.path().join("mail").join(name);
        self.make(&place);
        if !folder.is_empty() {
            place = place.join(format!(".{folder}"));
            self.make(&place);
        }
        for part in ["tmp", "new", "cur"] {
            self.make(&place.join(part));
        }
        place
    }

    fn make(&self, place: &Path) {
        if !place.exists() {
            fs::create_dir(place).expect("the folder can be written");
            give(place, self.owner);
        }
    }

    /// Forgets what a name's inbox was numbered by: every message gets a new UID under a new UIDVALIDITY, as after a repair.
    pub fn renumber(&self, name: &str) {
        let place = self.maildir(name, "");
        let list = fs::read_to_string(place.join("dovecot-uidlist")).expect("the inbox was opened before");
        let numbered =
            list.split(' ').find_map(|word| word.strip_prefix('V')).and_then(|number| number.parse::<u32>().ok());
        let numbered = numbered.expect("the list of UIDs begins with their UIDVALIDITY");
        for entry in fs::read_dir(&place).expect("the folder is there") {
            let path = entry.expect("an entry").path();
            if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("dovecot")) {
                fs::remove_file(path).expect("root or the owner may");
            }
        }
        let list = place.join("dovecot-uidlist");
        let line = format!("3 V{} N1 G0123456789abcdef0123456789abcdef\n", numbered + 1);
        fs::write(&list, line).expect("the folder can be written");
        give(&list, self.owner);
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        // The folder goes next; the server must be out of it. A shell that cannot be waited for has ended already.
        let _ = self.shell.wait();
    }
}

/// A certificate as offices make them for a server of their own: it signs itself, and says it is an authority. With its key.
fn self_signed() -> (String, String) {
    let mut about = rcgen::CertificateParams::new(["localhost".to_owned()]).expect("a host may be called so");
    about.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let key = rcgen::KeyPair::generate().expect("a key can be made");
    (about.self_signed(&key).expect("a certificate can be made").pem(), key.serialize_pem())
}

fn greets(port: u16) -> bool {
    let Ok(stream) = TcpStream::connect(("127.0.0.1", port)) else { return false };
    let mut line = String::new();
    stream.set_read_timeout(Some(Duration::from_secs(10))).is_ok()
        && BufReader::new(stream).read_line(&mut line).is_ok_and(|_| line.starts_with("* OK"))
}

fn configuration(folder: &Path, owner: Option<(u32, u32)>, port: u16, tls_port: u16) -> String {
    let folder = folder.display();
    let (server_user, mail_user) = match owner {
        Some((user, group)) => (
            "default_internal_user = dovecot\ndefault_login_user = dovenull\n".to_owned(),
            format!("uid={user} gid={group}"),
        ),
        None => {
            let (name, group) = own_names().expect("whoever runs this has a name");
            let settings = format!(
                "default_internal_user = {name}\ndefault_login_user = {name}\ndefault_internal_group = {group}\n"
            );
            (settings, format!("uid={name} gid={group}"))
        }
    };
    format!(
        r#"base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
first_valid_uid = 1
{server_user}ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail/%u
mail_fsync = never
mail_max_userip_connections = 50
passdb {{
  driver = static
  args = password=Shouxin-Mima-2018
}}
userdb {{
  driver = static
  args = {mail_user} home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
"#
    )
}
