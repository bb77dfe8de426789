//! A mail server that takes mail over (SMTP), in a temporary folder, on ports of this machine only.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::server::{WATCHED, folder, free_port};

/// A running mail server. It ends when this is dropped, and also when the test's process is killed.
///
/// What is sent to `full@` is refused for now, to `gone@` for good; what is sent to `silent@` is taken over without an answer.
pub struct MailServer {
    shell: Child,
    folder: TempDir,
    certificate: String,
    port: u16,
    tls_port: u16,
}

impl MailServer {
    /// Who may send.
    pub const LOGIN: &'static str = "xxk";
    /// The password for it.
    pub const PASSWORD: &'static str = "Faxin-Mima-2018";

    /// Starts a server; `None`, with a printed line, where it is not installed.
    #[expect(clippy::print_stderr, reason = "a test that does not run must say so")]
    pub fn start() -> Option<Self> {
        // The system's own Python, which sees the system's packages.
        let python = Path::new("/usr/bin/python3");
        let known = Command::new(python).args(["-c", "import aiosmtpd"]).stderr(Stdio::null()).status();
        if !known.is_ok_and(|status| status.success()) {
            eprintln!("aiosmtpd is not installed (Debian: apt-get install python3-aiosmtpd): this test is skipped.");
            return None;
        }
        let folder = folder("tongzheng-smtp-", None);
        let signed = rcgen::generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()])
            .expect("a certificate can be made");
        let certificate = signed.cert.pem();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("cert.pem"), &certificate).expect("the folder can be written");
        fs::write(at("key.pem"), signed.signing_key.serialize_pem()).expect("the folder can be written");
        fs::write(at("server.py"), include_str!("smtp_server.py")).expect("the folder can be written");
        fs::create_dir(at("taken")).expect("the folder can be written");
        let (port, tls_port) = (free_port(), free_port());
        let mut shell = Command::new("sh");
        shell.args(["-c", WATCHED, "TERM"]).arg(python).arg(at("server.py"));
        shell.arg(at("taken")).arg(at("cert.pem")).arg(at("key.pem"));
        shell.args([port.to_string(), tls_port.to_string(), Self::LOGIN.to_owned(), Self::PASSWORD.to_owned()]);
        let said = fs::File::create(at("said")).expect("the folder can be written");
        let shell =
            shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(said).spawn().expect("a shell can be started");
        let mut server = Self { shell, folder, certificate, port, tls_port };
        server.wait_until_ready();
        Some(server)
    }

    fn wait_until_ready(&mut self) {
        let until = Instant::now() + Duration::from_secs(60);
        while !greets(self.port) {
            let ended = self.shell.try_wait().expect("the shell is our child").is_some();
            if ended || Instant::now() > until {
                let said = fs::read_to_string(self.folder.path().join("said")).unwrap_or_default();
                panic!("the mail server did not start within 60 s. It said:\n{said}");
            }
            // Asked again until it answers; nothing is measured by this.
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Its port with STARTTLS, without which nobody may sign in.
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

    /// The mails it has taken over, in order, with the envelope before them.
    pub fn taken(&self) -> Vec<Vec<u8>> {
        let files = fs::read_dir(self.folder.path().join("taken")).expect("the folder is there");
        let mut paths: Vec<_> = files.map(|file| file.expect("an entry").path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "eml"));
        paths.sort();
        paths.into_iter().map(|path| fs::read(path).expect("the file is whole")).collect()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        // The folder goes next; the server must be out of it. A shell that cannot be waited for has ended already.
        let _ = self.shell.wait();
    }
}

fn greets(port: u16) -> bool {
    let Ok(stream) = TcpStream::connect(("127.0.0.1", port)) else { return false };
    let mut line = String::new();
    stream.set_read_timeout(Some(Duration::from_secs(10))).is_ok()
        && BufReader::new(stream).read_line(&mut line).is_ok_and(|_| line.starts_with("220"))
}
