//! `tongzheng statement verify` and `tongzheng verify`: closed periods recomputed byte for byte, and every invariant checked.

use crate::args::{Place, StatementCommand, StatementOptions, VerifyOptions};
use crate::say::{self, Stop};
use crate::{progress, serve};

pub(crate) fn run(options: &StatementOptions) -> Result<(), Stop> {
    let (month, place) = match &options.command {
        StatementCommand::Verify { month, place } => (month, place),
        StatementCommand::Key { place } => return new_key(place),
    };
    let app = serve::open_existing(place)?;
    let closed = app.closed_months()?;
    // Any month of a period names it: the first statement that ends with it or later.
    let named = month.and_then(|month| closed.iter().map(|(closed, ..)| *closed).find(|closed| *closed >= month));
    let wanted: Vec<_> = closed.into_iter().filter(|(closed, ..)| month.is_none() || named == Some(*closed)).collect();
    if wanted.is_empty() {
        return match month {
            Some(month) => Err(Stop::one(format!("{}还没有关账，没有可核对的计分表。", month.chinese()))),
            None => {
                say::out("还没有关过账，没有可核对的计分表。\n");
                Ok(())
            }
        };
    }
    let bar = progress::bar(wanted.len() as u64, "核对计分表");
    let mut faults = Vec::new();
    for (closed, number, sha256) in wanted {
        let found = app.check_statement(month.unwrap_or(closed)).map_err(|problem| match (problem, month) {
            // Months before the first close, and those that no period holds.
            (tz_app::Problem::NotThere, Some(month)) => {
                Stop::one(format!("{}还没有关账，没有可核对的计分表。", month.chinese()))
            }
            (other, _) => Stop::from(other),
        })?;
        bar.suspend(|| {
            let verdict = if found.faults.is_empty() { "一致" } else { "不一致" };
            say::out(&format!("第{number}号　{}　{verdict}　{sha256}\n", found.period.chinese()));
        });
        faults.extend(found.faults);
        bar.inc(1);
    }
    bar.finish_and_clear();
    if faults.is_empty() { Ok(()) } else { Err(Stop(faults)) }
}

/// Makes a key, and says what to do with it.
fn new_key(place: &Place) -> Result<(), Stop> {
    let app = serve::open_existing(place)?;
    let public = app.add_signing_key()?;
    say::out(&format!(
        "签名密钥已生成，保存在数据文件夹的 statement.key 中，以后关账的计分表都用它签名。\n公钥：{public}\n请把公钥另行抄存，把 statement.key 另行备份：没有它，新的计分表不能签名。\n"
    ));
    Ok(())
}

pub(crate) fn verify_all(options: &VerifyOptions) -> Result<(), Stop> {
    let app = serve::open_existing(&options.place)?;
    let faults = app.verify()?;
    if faults.is_empty() {
        say::out("核验完毕，没有发现差错。\n");
        Ok(())
    } else {
        Err(Stop(faults))
    }
}
