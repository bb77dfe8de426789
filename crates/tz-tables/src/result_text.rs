//! Results for the terminal, in columns that stay straight beside full-width characters.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use tz_model::{Assessment, Name, UnitYear, terminal_width};

/// The units of an assessment by ranking group: groups as they first appear, units by their last rank, then in table order.
pub(crate) fn by_group(assessment: &Assessment) -> Vec<(&Name, Vec<&UnitYear>)> {
    let mut groups: Vec<(&Name, Vec<&UnitYear>)> = Vec::new();
    for unit in &assessment.units {
        match groups.iter_mut().find(|(name, _)| **name == unit.group) {
            Some((_, units)) => units.push(unit),
            None => groups.push((&unit.group, vec![unit])),
        }
    }
    let last = assessment.periods.len().saturating_sub(1);
    for (_, units) in &mut groups {
        units.sort_by_key(|unit| rank(unit, last).unwrap_or(u32::MAX));
    }
    groups
}

/// Its rank in the year, or in the last period where the year is not scored.
fn rank(unit: &UnitYear, last: usize) -> Option<u32> {
    match &unit.annual {
        Some(annual) => Some(annual.rank),
        None => unit.periods.iter().find(|(period, _)| *period == last).map(|(_, score)| score.rank),
    }
}

/// What the assessment says, for a terminal: by ranking group a line a unit with rank and totals, then what follows.
///
/// Ranks are the year's, or the last period's where the year is not scored whole. A period in which a unit was not
/// scored shows `-`.
pub fn result_text(assessment: &Assessment) -> String {
    let mut out = String::new();
    let labels: Vec<&str> = assessment.periods.iter().map(|period| &*period.label).collect();
    let year = assessment.units.iter().any(|unit| unit.annual.is_some());
    let reach = match labels[..] {
        [] => "没有计分周期".to_owned(),
        [only] => only.to_owned(),
        [first, .., last] => format!("{first} 至 {last}"),
    };
    let ranked = match (year, labels.last()) {
        (true, _) => "名次按全年得分",
        (false, Some(_)) => "名次按最后一期得分",
        (false, None) => "",
    };
    let _ = writeln!(out, "{}年　办法 {}　{reach}　{ranked}", assessment.year, visible(&assessment.scheme));
    for (group, units) in by_group(assessment) {
        let mut table = vec![{
            let mut head = vec!["名次".to_owned(), "单位".to_owned()];
            head.extend(labels.iter().map(|label| visible(label)));
            head.extend(year.then(|| "全年".to_owned()));
            head
        }];
        table.extend(units.iter().map(|unit| {
            let place = rank(unit, labels.len().saturating_sub(1)).map_or("-".to_owned(), |rank| rank.to_string());
            let mut row = vec![place, visible(&unit.unit)];
            row.extend((0..labels.len()).map(|at| {
                let score = unit.periods.iter().find(|(period, _)| *period == at);
                score.map_or("-".to_owned(), |(_, score)| score.total.to_string())
            }));
            if year {
                row.push(unit.annual.as_ref().map_or("-".to_owned(), |annual| annual.total.to_string()));
            }
            row
        }));
        // A scheme without groups ranks all units together.
        let group = if group.is_empty() { "全部".to_owned() } else { visible(group) };
        let _ = writeln!(out, "\n【{group}】{} 个单位", units.len());
        lay_out(&mut out, &table, &[false, true]);
    }
    ledgers(&mut out, assessment, &labels, year);
    if assessment.outcomes.is_empty() {
        out.push_str("\n本期没有约谈、通报批评等事项。\n");
    } else {
        out.push_str("\n约谈、通报等事项\n");
        let rows: Vec<Vec<String>> = assessment
            .outcomes
            .iter()
            .map(|outcome| {
                vec![
                    visible(&outcome.period),
                    outcome.kind.name().to_owned(),
                    visible(&outcome.unit),
                    visible(&outcome.group),
                    visible(outcome.clause.as_str()),
                    visible(&outcome.why),
                ]
            })
            .collect();
        lay_out(&mut out, &rows, &[true; 6]);
    }
    out
}

/// The accounts beside the one that ranks, each by unit; those that have nothing in one are left out.
fn ledgers(out: &mut String, assessment: &Assessment, labels: &[&str], year: bool) {
    let names: BTreeSet<&Name> = assessment.units.iter().flat_map(|unit| unit.ledgers.keys()).collect();
    for name in names {
        let mut head = vec!["单位".to_owned()];
        head.extend(labels.iter().map(|label| visible(label)));
        head.extend(year.then(|| "全年".to_owned()));
        let mut table = vec![head];
        table.extend(assessment.units.iter().filter_map(|unit| {
            let ledger = unit.ledgers.get(name)?;
            let mut row = vec![visible(&unit.unit)];
            row.extend((0..labels.len()).map(|at| {
                let account = ledger.periods.iter().find(|(period, _)| *period == at);
                account.map_or("-".to_owned(), |(_, account)| account.total.to_string())
            }));
            if year {
                row.push(ledger.annual.as_ref().map_or("-".to_owned(), |annual| annual.total.to_string()));
            }
            Some(row)
        }));
        let _ = writeln!(out, "\n【{}】另记，不参加排名", visible(name));
        lay_out(out, &table, &[true]);
    }
}

/// Writes rows in straight columns, two blanks apart; the columns named in `left` to the left, others to the right.
fn lay_out(out: &mut String, rows: &[Vec<String>], left: &[bool]) {
    let count = rows.iter().map(Vec::len).max().unwrap_or_default();
    let widths: Vec<usize> =
        (0..count).map(|at| rows.iter().map(|row| terminal_width(&row[at])).max().unwrap_or_default()).collect();
    for row in rows {
        let mut line = String::new();
        for (at, cell) in row.iter().enumerate() {
            if at > 0 {
                line.push_str("  ");
            }
            let blanks = " ".repeat(widths[at] - terminal_width(cell));
            if left.get(at).copied().unwrap_or(false) {
                line.push_str(cell);
                line.push_str(&blanks);
            } else {
                line.push_str(&blanks);
                line.push_str(cell);
            }
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
}

/// A text that cannot steer a terminal.
fn visible(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
