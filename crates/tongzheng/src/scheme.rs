//! `tongzheng scheme`: a scheme file checked, printed, compared, and tried on an office's own facts.

mod trial;

use std::path::Path;

use tz_scheme::{BUILTIN_IDS, Body, Scheme};

use crate::args::{SchemeCommand, SchemeOptions};
use crate::say::{self, Stop};
use crate::score::write_whole;
use crate::tables::scheme as read;

pub(crate) fn run(options: &SchemeOptions) -> Result<(), Stop> {
    match &options.command {
        SchemeCommand::Check { scheme } => check(scheme),
        SchemeCommand::Show { scheme } => {
            say::out(&tz_scheme::show(read(scheme)?));
            Ok(())
        }
        SchemeCommand::Diff { old, new } => diff(old, new),
        SchemeCommand::Try(options) => trial::run(options),
        SchemeCommand::Schema { out } => match out {
            Some(path) => schema_file(path),
            None => {
                say::out(&tz_scheme::schema());
                Ok(())
            }
        },
        SchemeCommand::List => {
            list();
            Ok(())
        }
    }
}

/// All faults, or a sentence that there are none and what the scheme holds.
fn check(named: &str) -> Result<(), Stop> {
    let scheme = read(named).map_err(|Stop(mut sentences)| {
        if sentences.len() > 1 {
            sentences.push(format!("共{}处差错。", sentences.len()));
        }
        Stop(sentences)
    })?;
    let prices = scheme.rules().iter().map(|rule| match &rule.body {
        Body::Facts(facts) => facts.prices.len(),
        _ => 0,
    });
    let parts = [
        (scheme.rules().len(), "条规则"),
        (prices.sum(), "行分值"),
        (scheme.groups().len(), "个排名组"),
        (scheme.classes().len(), "个类别"),
        (scheme.listed_units().len(), "个单位"),
        (scheme.categories().len(), "个信息类别"),
        (scheme.attributes().len(), "个附加列"),
        (scheme.readings().len(), "条理解"),
    ];
    let parts: Vec<String> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count}{what}")).collect();
    say::out(&format!("计分办法“{}”（{}）没有差错：{}。\n", scheme.name(), scheme.id(), parts.join("、")));
    Ok(())
}

fn diff(old: &str, new: &str) -> Result<(), Stop> {
    let (old, new) = both(old, new)?;
    let changes = tz_scheme::diff(old, new);
    if changes.is_empty() {
        let same = if old.hash() == new.hash() {
            "两个计分办法逐字相同。\n"
        } else {
            "两个计分办法的规定相同，只有写法不同。\n"
        };
        say::out(same);
        return Ok(());
    }
    // A line that begins with blanks belongs to the change before it.
    let count = changes.iter().filter(|change| !change.starts_with(' ')).count();
    say::out(&format!("从“{}”到“{}”，共{count}处变动：\n{}\n", old.id(), new.id(), changes.join("\n")));
    Ok(())
}

/// Two schemes, or the faults of both.
pub(crate) fn both(old: &str, new: &str) -> Result<(&'static Scheme, &'static Scheme), Stop> {
    match (read(old), read(new)) {
        (Ok(old), Ok(new)) => Ok((old, new)),
        (Err(Stop(mut one)), Err(Stop(other))) => {
            one.extend(other);
            Err(Stop(one))
        }
        (Err(stop), Ok(_)) | (Ok(_), Err(stop)) => Err(stop),
    }
}

fn schema_file(path: &Path) -> Result<(), Stop> {
    write_whole(path, |file| file.write_all(tz_scheme::schema().as_bytes()))?;
    say::out(&format!(
        "已写入“{}”。在计分办法文件第一行写 #:schema {} ，编辑器便会提示。\n",
        path.display(),
        path.display()
    ));
    Ok(())
}

fn list() {
    let width = BUILTIN_IDS.iter().map(|id| id.len()).max().unwrap_or_default();
    for id in BUILTIN_IDS {
        if let Some(scheme) = Scheme::builtin(id) {
            say::out(&format!("{id:width$}  {}\n", scheme.name()));
        }
    }
}
