//! `tongzheng tables template`, and what other commands need of schemes and names.

use std::path::Path;

pub(crate) use tz_app::facts::vocabulary;
use tz_model::{Fault, Month, Unit};
use tz_scheme::{BUILTIN_IDS, Scheme};

use crate::args::{TablesCommand, TablesOptions};
use crate::say::{self, Stop, file_fault};
use crate::score::write_whole;

/// The scheme that is meant where none is named.
const DEFAULT_SCHEME: &str = "tengzhou-2018";

pub(crate) fn run(options: &TablesOptions) -> Result<(), Stop> {
    let TablesCommand::Template { out, scheme: named } = &options.command;
    if !out.extension().is_some_and(|kind| kind.eq_ignore_ascii_case("xlsx")) {
        return Err(Stop::one(format!("生成的是 Excel 工作簿，文件名“{}”请以 .xlsx 结尾。", out.display())));
    }
    if out.exists() {
        return Err(Stop::one(format!("文件“{}”已经存在，没有覆盖。请换一个文件名。", out.display())));
    }
    let scheme = scheme(named)?;
    let units = units(scheme);
    let bytes = tz_tables::template(&units, &vocabulary(scheme)).map_err(|large| Stop::one(large.to_string()))?;
    write_whole(out, |file| file.write_all(&bytes))?;
    let filled = if units.is_empty() {
        "请先填“单位”表".to_owned()
    } else {
        format!("{}个单位已填好", units.len())
    };
    let by = if **named == *DEFAULT_SCHEME { String::new() } else { format!(" --scheme {named}") };
    let out = out.display();
    say::out(&format!("已生成“{out}”，{filled}。填好各表后运行：tongzheng score --tables {out}{by} --year 2018\n"));
    Ok(())
}

/// A scheme by built-in id or file. It lives as long as the process, which has one only.
pub(crate) fn scheme(named: &str) -> Result<&'static Scheme, Stop> {
    if let Some(scheme) = Scheme::builtin(named) {
        return Ok(scheme);
    }
    let path = Path::new(named);
    match std::fs::read_to_string(path) {
        Ok(text) => match Scheme::parse(&text) {
            Ok(scheme) => Ok(Box::leak(Box::new(scheme))),
            Err(faults) => Err(faults_of(named, &faults)),
        },
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {
            let near = tz_model::nearest(named, BUILTIN_IDS.iter().copied());
            let near = near.map(|near| format!("您是不是想写“{near}”？")).unwrap_or_default();
            Err(Stop::one(format!(
                "没有“{named}”这个计分办法：它不是内置编号（{}），也不是文件。{near}",
                BUILTIN_IDS.join("、")
            )))
        }
        Err(cause) if cause.kind() == std::io::ErrorKind::InvalidData => {
            Err(Stop::one(format!("计分办法文件“{named}”不是 UTF-8 文本。请另存为 UTF-8 编码后重试。")))
        }
        Err(cause) => Err(file_fault("读取", path, &cause)),
    }
}

fn faults_of(named: &str, faults: &[Fault]) -> Stop {
    Stop(faults.iter().map(|fault| format!("计分办法“{named}”{fault}")).collect())
}

/// The units a scheme lists, as a table has them.
pub(crate) fn units(scheme: &Scheme) -> Vec<Unit> {
    scheme
        .listed_units()
        .iter()
        .map(|unit| Unit {
            direct_point: unit.direct_point.clone(),
            ..Unit::new(unit.name.clone(), unit.class.clone(), unit.group.clone())
        })
        .collect()
}

/// The last period that is scored, by a month of it: written as its month or as the period is called.
pub(crate) fn through(scheme: &Scheme, year: i16, written: Option<&str>) -> Result<Option<Month>, Stop> {
    let Some(written) = written else { return Ok(None) };
    let periods = scheme.periods(year);
    if let Some(period) = periods.iter().find(|period| *period.label == *written) {
        return Ok(Some(Month::of_date(period.to)));
    }
    // A month within a longer period stands for it.
    let month: Option<Month> = written.parse().ok();
    match month.filter(|month| periods.iter().any(|period| period.holds(month.first()))) {
        Some(month) => Ok(Some(month)),
        None => {
            let labels: Vec<&str> = periods.iter().map(|period| &*period.label).collect();
            let sentence = format!("--through {written} 不在 {year} 年之内。可以写：{}。", labels.join("、"));
            Err(Stop::one(sentence))
        }
    }
}
