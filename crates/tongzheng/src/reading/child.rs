//! The reading process: it reads what it is given and nothing else. Before the first byte of a stranger it gives up files,
//! the network and all memory but its share.

use std::io::{self, Read, Write};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::time::{ClockId, clock_gettime};
use tz_app::reading::{Here, OfficeWords, Reader};
use tz_text::secrecy::Wordings;

use super::wire::{self, Answer, Task};

/// Memory a reader may use. The largest mail with everything in it unpacked needs a third of it.
const MEMORY: u64 = 640 << 20;

/// Names a smaller share in megabytes, for a machine that has little.
pub(super) const LESS_MEMORY: &str = "TONGZHENG_READING_MB";

/// Seconds of computing for one mail; the budgets of `tz-read` end it long before, unless a library hangs.
const SECONDS: u64 = 10;

/// The same for one page of a scan, which is looked at many times before it is given up.
const SCAN_SECONDS: u64 = 40;

/// Answers until nothing is asked any more.
pub(super) fn serve(from: &mut impl Read, to: &mut impl Write) -> io::Result<()> {
    give_up_everything()?;
    while let Some(task) = wire::receive::<Task>(from)? {
        let mut files = Vec::new();
        for length in task.lengths() {
            let mut bytes = Vec::new();
            from.take(length as u64).read_to_end(&mut bytes)?;
            if bytes.len() < length {
                return Ok(());
            }
            files.push(bytes);
        }
        wind_up(if matches!(task, Task::Scan { .. }) { SCAN_SECONDS } else { SECONDS })?;
        wire::send(to, &answer(&task, &files))?;
        to.flush()?;
    }
    Ok(())
}

/// Reads as the task says. A panic is a sentence already here, and the process goes on.
fn answer(task: &Task, files: &[Vec<u8>]) -> Answer {
    let first = files.first().map(Vec::as_slice).unwrap_or_default();
    let answer = match task {
        Task::Judge { categories, wordings, .. } => {
            let categories: Vec<&str> = categories.iter().map(String::as_str).collect();
            let words = OfficeWords { categories: &categories, wordings: &Wordings::new(wordings) };
            Here.judge(first, words).map(Answer::from)
        }
        Task::Text { name, .. } => Here.text(name, first).map(Answer::from),
        Task::Scan { page, .. } => Here.scan(first, *page).map(Answer::from),
        Task::Mark { files: names, wordings } => {
            let named: Vec<(&str, &[u8])> =
                names.iter().zip(files).map(|((name, _), bytes)| (name.as_str(), bytes.as_slice())).collect();
            Here.mark(&named, &Wordings::new(wordings)).map(|mark| Answer::Mark(mark.map(Into::into)))
        }
    };
    answer.unwrap_or_else(Answer::Refused)
}

/// No memory beyond the share, no file but the three that are open, no file written, no picture of the memory left behind.
fn give_up_everything() -> io::Result<()> {
    let less = std::env::var(LESS_MEMORY).ok().and_then(|megabytes| megabytes.parse::<u64>().ok());
    limit(Resource::As, less.map_or(MEMORY, |megabytes| megabytes.saturating_mul(1 << 20).min(MEMORY)))?;
    limit(Resource::Nofile, 3)?;
    limit(Resource::Fsize, 0)?;
    limit(Resource::Core, 0)
}

/// Never raises a limit somebody else has set lower.
fn limit(resource: Resource, most: u64) -> io::Result<()> {
    let most = getrlimit(resource).maximum.map_or(most, |already| already.min(most));
    Ok(setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?)
}

/// Sets the clock of computing for the next task; the system ends the process when it runs out.
fn wind_up(seconds: u64) -> io::Result<()> {
    let used = clock_gettime(ClockId::ProcessCPUTime).tv_sec;
    let until = u64::try_from(used).unwrap_or(0) + seconds;
    let maximum = getrlimit(Resource::Cpu).maximum;
    let until = maximum.map_or(until, |already| already.min(until));
    Ok(setrlimit(Resource::Cpu, Rlimit { current: Some(until), maximum })?)
}
