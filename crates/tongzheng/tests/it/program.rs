//! The program under test: run to its end, or as a server until dropped.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

/// The program's command.
pub fn tongzheng() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tongzheng"));
    command.env_remove("TONGZHENG_DATABASE");
    command
}

/// Runs to the end.
pub fn run(arguments: &[&str]) -> Output {
    tongzheng().args(arguments).stdin(Stdio::null()).output().expect("the program starts")
}

/// What was printed, as text.
pub fn printed(output: &[u8]) -> String {
    String::from_utf8(output.to_vec()).expect("the program prints UTF-8")
}

/// A server that runs until dropped.
pub struct Running {
    child: Child,
    /// `http://127.0.0.1:12345`
    pub address: String,
    /// The one-time administrator link of a first start.
    pub first_link: Option<String>,
}

impl Running {
    /// Starts `serve` on a free port over a data folder, at a moment of a drill.
    pub fn serve(data: &Path, drill_from: &str) -> Self {
        let mut child = tongzheng()
            .args(["serve", "--listen", "127.0.0.1:0", "--drill-from", drill_from, "--data"])
            .arg(data)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output is piped")).lines();
        let (mut address, mut first_link) = (None, None);
        // The address comes first, the warning about secrets second, a first start's link third and fourth.
        while let Some(Ok(line)) = lines.next() {
            if let Some((_, rest)) = line.split_once("通政已启动：") {
                address = Some(rest.trim_end_matches('/').to_owned());
            }
            if line.starts_with("http") {
                first_link = Some(line);
                break;
            }
            if line.starts_with("本系统不得") && data.join("started-before").exists() {
                break;
            }
        }
        std::fs::write(data.join("started-before"), "").expect("the data folder can be written");
        // What it still prints must have somewhere to go.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address: address.expect("the server says its address"), first_link }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Fetches a path with a session's cookie: the answer whole, head and all.
pub fn get(address: &str, path: &str, cookie: &str) -> Vec<u8> {
    use std::io::{Read, Write};
    let host = address.trim_start_matches("http://");
    let mut stream = std::net::TcpStream::connect(host).expect("the server listens");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: tongzheng={cookie}\r\nConnection: close\r\n\r\n")
        .expect("the server reads");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("the server answers");
    answer
}
