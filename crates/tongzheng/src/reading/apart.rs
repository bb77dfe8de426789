//! The server's side: a few reading processes kept for the next mail, each ended and replaced when it does not answer.

use std::ffi::OsString;
use std::io::{self, BufWriter, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tz_app::reading::{Here, Judged, OfficeWords, Reader, STUMBLED, Told};
use tz_read::ScannedPage;
use tz_text::secrecy::{Mark, Wordings};

use super::child::LESS_MEMORY;
use super::wire::{self, Answer, Task};

/// Processes kept waiting; more run only while more mails are read at once.
const KEPT: usize = 2;

/// Mails a process reads before another takes its place, so that what it leaves behind in memory never adds up.
const MAILS: usize = 1_000;

/// How long an answer may take on the clock on the wall. Computing is limited by the process itself, far below; this is
/// for a machine that has come to a standstill.
const PATIENCE: Duration = Duration::from_secs(60);

/// Said of what took too long.
const TOO_LONG: &str =
    "读取用时超过上限，已停止读取。原件已保留，请编辑查看原件后处理，或请报送单位换一种格式重新报送。";

/// Said of what wanted too much memory.
const TOO_LARGE: &str =
    "读取所需内存超过上限，已停止读取。原件已保留，请编辑查看原件后处理，或请报送单位换一种格式重新报送。";

/// Reads in other processes.
pub(super) struct Apart {
    program: PathBuf,
    arguments: Vec<OsString>,
    patience: Duration,
    idle: Mutex<Vec<Worker>>,
}

/// A reading process.
struct Worker {
    child: Child,
    /// Taken when the process is told that nothing more will be asked.
    to: Option<BufWriter<ChildStdin>>,
    from: ChildStdout,
    served: usize,
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.to = None;
        // One that has ended already cannot be ended; both are waited for, so that none is left over.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Apart {
    /// By this program itself, even where its file has been replaced by a newer version while it runs.
    pub(super) fn of_this_program() -> Option<Self> {
        let own = Path::new("/proc/self/exe");
        let program = if own.exists() { own.to_owned() } else { std::env::current_exe().ok()? };
        Some(Self::new(program, vec!["read-one".into()], PATIENCE))
    }

    fn new(program: PathBuf, arguments: Vec<OsString>, patience: Duration) -> Self {
        Self { program, arguments, patience, idle: Mutex::new(Vec::new()) }
    }

    fn spawn(&self) -> io::Result<Worker> {
        // Nothing of the server's surroundings: its address book may hold the password of a database.
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            .env_clear()
            .envs(std::env::var_os(LESS_MEMORY).map(|megabytes| (LESS_MEMORY, megabytes)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let (to, from) = (child.stdin.take(), child.stdout.take());
        let (Some(to), Some(from)) = (to, from) else { return Err(io::Error::other("a process without pipes")) };
        Ok(Worker { child, to: Some(BufWriter::new(to)), from, served: 0 })
    }

    /// Asks a process that is waiting, or a new one. `None` where no process can be had.
    fn ask(&self, task: &Task, files: &[&[u8]]) -> Option<Result<Answer, String>> {
        loop {
            let waiting = self.idle.lock().ok().and_then(|mut idle| idle.pop());
            let used = waiting.is_some();
            let mut worker = match waiting.map_or_else(|| self.spawn(), Ok) {
                Ok(worker) => worker,
                Err(cause) => {
                    tracing::error!(%cause, "no reading process could be started; reading in the server itself");
                    return None;
                }
            };
            match worker.ask(task, files, self.patience) {
                Ok(answer) => {
                    self.keep(worker);
                    return Some(Ok(answer));
                }
                // It may have ended while it waited, for a reason of its own: a new one is asked once.
                Err(End::Gone(_)) if used => {}
                Err(end) => {
                    tracing::warn!(reason = ?end, "a reading process was ended by what it read");
                    return Some(Err(end.sentence().to_owned()));
                }
            }
        }
    }

    fn keep(&self, worker: Worker) {
        if worker.served < MAILS
            && let Ok(mut idle) = self.idle.lock()
            && idle.len() < KEPT
        {
            idle.push(worker);
        }
    }
}

/// Why a process did not answer.
#[derive(Debug)]
enum End {
    /// It took too long on the wall's clock.
    Late,
    /// It ended, or said what no reader says.
    Gone(Option<ExitStatus>),
}

impl End {
    fn sentence(&self) -> &'static str {
        const ABORTED: i32 = 6;
        const OUT_OF_TIME: i32 = 24;
        match self {
            Self::Late => TOO_LONG,
            Self::Gone(Some(status)) => match status.signal() {
                Some(OUT_OF_TIME) => TOO_LONG,
                // What a program does that gets no memory.
                Some(ABORTED) => TOO_LARGE,
                _ => STUMBLED,
            },
            Self::Gone(None) => STUMBLED,
        }
    }
}

impl Worker {
    fn ask(&mut self, task: &Task, files: &[&[u8]], patience: Duration) -> Result<Answer, End> {
        self.served += 1;
        let until = Instant::now() + patience;
        let sent = match &mut self.to {
            Some(to) => wire::send(to, task)
                .and_then(|()| files.iter().try_for_each(|bytes| to.write_all(bytes)))
                .and_then(|()| to.flush()),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        };
        let answer = sent.and_then(|()| wire::receive(&mut Patient { from: &mut self.from, until }));
        match answer {
            Ok(Some(answer)) => Ok(answer),
            Err(cause) if cause.kind() == io::ErrorKind::TimedOut => Err(End::Late),
            Ok(None) | Err(_) => {
                let _ = self.child.kill();
                Err(End::Gone(self.child.wait().ok()))
            }
        }
    }
}

/// A pipe that is waited for until a moment and no longer.
struct Patient<'p> {
    from: &'p mut ChildStdout,
    until: Instant,
}

impl Read for Patient<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.until.saturating_duration_since(Instant::now());
        let left = Timespec::try_from(left).map_err(io::Error::other)?;
        let mut waited = [PollFd::new(&*self.from, PollFlags::IN)];
        if poll(&mut waited, Some(&left))? == 0 {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.from.read(buffer)
    }
}

impl Reader for Apart {
    fn judge(&self, raw: &[u8], words: OfficeWords<'_>) -> Result<Judged, String> {
        let task = Task::Judge {
            categories: words.categories.iter().map(|name| (*name).to_owned()).collect(),
            wordings: words.wordings.lines(),
            bytes: raw.len(),
        };
        match self.ask(&task, &[raw]) {
            Some(Ok(Answer::Judged { mark, proposed })) => {
                Ok(Judged { mark: mark.map(Mark::from), proposed: proposed.into_iter().map(Into::into).collect() })
            }
            Some(answer) => Err(refused(answer)),
            None => Here.judge(raw, words),
        }
    }

    fn text(&self, name: &str, bytes: &[u8]) -> Result<Told, String> {
        let task = Task::Text { name: name.to_owned(), bytes: bytes.len() };
        match self.ask(&task, &[bytes]) {
            Some(Ok(Answer::Text { title, body, notes })) => Ok(Told { title, body, notes }),
            Some(answer) => Err(refused(answer)),
            None => Here.text(name, bytes),
        }
    }

    fn scan(&self, bytes: &[u8], page: usize) -> Result<ScannedPage, String> {
        match self.ask(&Task::Scan { page, bytes: bytes.len() }, &[bytes]) {
            Some(Ok(Answer::Scanned { of, codes, preview })) => Ok(wire::scanned(of, codes, &preview)),
            Some(answer) => Err(refused(answer)),
            None => Here.scan(bytes, page),
        }
    }

    fn mark(&self, files: &[(&str, &[u8])], wordings: &Wordings) -> Result<Option<Mark>, String> {
        let named = files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.len())).collect();
        let bytes: Vec<&[u8]> = files.iter().map(|(_, bytes)| *bytes).collect();
        match self.ask(&Task::Mark { files: named, wordings: wordings.lines() }, &bytes) {
            Some(Ok(Answer::Mark(mark))) => Ok(mark.map(Mark::from)),
            Some(answer) => Err(refused(answer)),
            None => Here.mark(files, wordings),
        }
    }
}

/// The sentence of what is no answer to what was asked.
fn refused(answer: Result<Answer, String>) -> String {
    match answer {
        Ok(Answer::Refused(sentence)) | Err(sentence) => sentence,
        Ok(Answer::Judged { .. } | Answer::Text { .. } | Answer::Scanned { .. } | Answer::Mark(_)) => {
            STUMBLED.to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tz_app::reading::{OfficeWords, Reader};
    use tz_text::secrecy::Wordings;

    use super::{Apart, STUMBLED, TOO_LARGE, TOO_LONG};

    /// A process that runs a line of the shell instead of reading.
    fn misbehaving(line: &str, patience: Duration) -> Apart {
        Apart::new("/bin/sh".into(), vec!["-c".into(), line.into()], patience)
    }

    #[test]
    fn whatever_a_reading_process_does_the_server_has_a_sentence() {
        let ample = Duration::from_secs(30);
        for (line, patience, sentence) in [
            // A loop is ended by the clock of computing.
            ("ulimit -St 1; while :; do :; done", ample, TOO_LONG),
            // One that does nothing at all is waited for no longer than the patience lasts.
            ("exec sleep 1000", Duration::from_millis(50), TOO_LONG),
            // What a program does that asks for more memory than there is.
            ("kill -ABRT $$", ample, TOO_LARGE),
            ("kill -SEGV $$", ample, STUMBLED),
            ("exit 0", ample, STUMBLED),
            // An answer that is none: a length beyond any, and a text that is no JSON.
            ("printf '\\377\\377\\377\\377'; cat >/dev/null", ample, STUMBLED),
            ("printf '\\002\\000\\000\\000xx'; cat >/dev/null", ample, STUMBLED),
        ] {
            let reader = misbehaving(line, patience);
            let words = OfficeWords { categories: &[], wordings: &Wordings::default() };
            assert_eq!(reader.judge(b"From: a@b.example\n\nx", words), Err(sentence.to_owned()), "{line}");
            assert_eq!(reader.idle.lock().map(|idle| idle.len()).ok(), Some(0), "{line}");
        }
    }

    #[test]
    fn where_no_process_can_be_started_the_server_reads_itself() {
        let reader = Apart::new("/nonexistent/program".into(), Vec::new(), Duration::from_secs(30));
        let told = reader.text("信息.txt", "滨湖镇部署夏季防汛工作".as_bytes()).expect("a text");
        assert_eq!(told.body, "滨湖镇部署夏季防汛工作");
    }
}
