//! Speaking to the terminal: results on standard output, faults on standard error, and the reason a command stopped.

use std::io::Write;
use std::process::ExitCode;

use tz_app::Problem;

/// Why a command stopped: one Chinese sentence per fault.
#[derive(Debug)]
pub(crate) struct Stop(pub Vec<String>);

impl Stop {
    pub(crate) fn one(sentence: impl Into<String>) -> Self {
        Self(vec![sentence.into()])
    }
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Faults(faults) => Self(faults.into_iter().map(|fault| fault.sentence).collect()),
            Problem::Failed(failure) => {
                Self::one(format!("数据库没有完成操作，数据没有改动：{}。", failure.in_words()))
            }
            other => Self::one(other.to_string()),
        }
    }
}

impl From<tz_app::OpenFailure> for Stop {
    fn from(failure: tz_app::OpenFailure) -> Self {
        Self::one(failure.to_string())
    }
}

/// Prints to standard output, where nothing is lost if it cannot be printed.
pub(crate) fn out(text: &str) {
    let _ = result(|out| out.write_all(text.as_bytes()));
}

/// Prints a result to standard output. A reader that went away (`| head`) is no fault; a full disk behind `>` is one, or
/// half a result would pass for a whole one.
pub(crate) fn result(print: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<(), Stop> {
    match standard_output(print) {
        Err(cause) if cause.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Stop::one(format!("结果没有全部输出：{}。", in_words(&cause))))
        }
        _ => Ok(()),
    }
}

/// Hands out standard output as the file it is: the library's own writer looks for line ends in every piece.
#[cfg(unix)]
fn standard_output(print: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> std::io::Result<()> {
    use std::os::fd::AsFd;
    let stdout = std::io::stdout().lock();
    let mut file = std::fs::File::from(stdout.as_fd().try_clone_to_owned()?);
    print(&mut file)
}

/// Hands out standard output; a terminal of this system takes text from the library's own writer only.
#[cfg(not(unix))]
fn standard_output(print: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    print(&mut stdout)?;
    stdout.flush()
}

/// Prints a line to standard error.
pub(crate) fn err(line: &str) {
    let mut stderr = std::io::stderr().lock();
    let _ = writeln!(stderr, "{line}");
}

/// Prints why a command stopped, and answers with exit status 2.
pub(crate) fn stop(stop: &Stop) -> ExitCode {
    for sentence in &stop.0 {
        err(sentence);
    }
    ExitCode::from(2)
}

/// What the system says of a file, in words that help.
pub(crate) fn file_fault(doing: &str, path: &std::path::Path, cause: &std::io::Error) -> Stop {
    Stop::one(format!("无法{doing}“{}”：{}。", path.display(), in_words(cause)))
}

fn in_words(cause: &std::io::Error) -> String {
    use std::io::ErrorKind;
    match cause.kind() {
        ErrorKind::NotFound => "没有这个文件或文件夹，请核对路径".to_owned(),
        ErrorKind::PermissionDenied => "没有权限，请检查文件权限".to_owned(),
        ErrorKind::IsADirectory => "这是一个文件夹，请指定文件".to_owned(),
        ErrorKind::NotADirectory => "路径中有一段不是文件夹，请核对".to_owned(),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "磁盘已满，请清理后重试".to_owned(),
        ErrorKind::ReadOnlyFilesystem => "所在磁盘是只读的，请换一个位置".to_owned(),
        _ => format!("系统答复“{cause}”"),
    }
}
