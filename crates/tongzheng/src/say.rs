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
                let mut text = failure.to_string();
                let mut cause = std::error::Error::source(&failure);
                while let Some(inner) = cause {
                    text = format!("{text}: {inner}");
                    cause = inner.source();
                }
                Self::one(format!("数据库没有完成操作，数据没有改动。原因：{text}。请检查磁盘空间和数据库后重试。"))
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

/// Prints to standard output. A reader that went away (`| head`) is no fault.
pub(crate) fn out(text: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = stdout.write_all(text.as_bytes());
    let _ = stdout.flush();
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
    use std::io::ErrorKind;
    let why = match cause.kind() {
        ErrorKind::NotFound => "没有这个文件或文件夹，请核对路径".to_owned(),
        ErrorKind::PermissionDenied => "没有权限，请检查文件权限".to_owned(),
        ErrorKind::IsADirectory => "这是一个文件夹，请指定文件".to_owned(),
        ErrorKind::NotADirectory => "路径中有一段不是文件夹，请核对".to_owned(),
        ErrorKind::StorageFull => "磁盘已满，请清理后重试".to_owned(),
        _ => cause.to_string(),
    };
    Stop::one(format!("无法{doing}“{}”：{why}。", path.display()))
}
