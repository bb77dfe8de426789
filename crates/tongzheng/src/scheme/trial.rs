//! `tongzheng scheme try`: two schemes on the same facts, side by side.

use std::fmt::Write as _;

use serde_json::{Value, json};
use tz_assess::{Side, Standing, Trial, UnitTrial, trial, unknown_names};
use tz_model::{Fault, Outcome, Points, terminal_width};
use tz_scheme::Scheme;
use tz_tables::Vocabulary;

use super::both;
use crate::args::{TrialFormat, TrialOptions};
use crate::say::{self, Stop};
use crate::score::{Found, write_whole};
use crate::tables::{through, vocabulary};

pub(crate) fn run(options: &TrialOptions) -> Result<(), Stop> {
    let (old, new) = both(&options.scheme, &options.against)?;
    let through = through(old, options.year, options.through.as_deref())?;
    let words = together(vocabulary(old), vocabulary(new));
    let read = Found::at(&options.tables)?.read(&options.tables, &words)?;
    if !read.faults.is_empty() && !options.skip_bad_rows {
        let mut sentences: Vec<String> = read.faults.iter().map(Fault::to_string).collect();
        sentences
            .push(format!("共{}处差错，没有试算。请改正后重试，或加 --skip-bad-rows 跳过这些行。", sentences.len()));
        return Err(Stop(sentences));
    }
    let unknown = |scheme: &Scheme| -> Vec<String> {
        unknown_names(scheme, &read.facts).iter().map(|fault| format!("按“{}”：{fault}", scheme.id())).collect()
    };
    let faults: Vec<String> = unknown(old).into_iter().chain(unknown(new)).collect();
    if !faults.is_empty() {
        return Err(Stop(faults));
    }
    let trial = trial(old, new, &read.facts, options.year, through);
    let text = match options.format {
        TrialFormat::Table => table(&trial),
        TrialFormat::Json => format!("{:#}\n", to_json(&trial)),
    };
    match &options.out {
        Some(path) => write_whole(path, |file| file.write_all(text.as_bytes()))?,
        None => say::out(&text),
    }
    for fault in &read.faults {
        say::err(&format!("已跳过：{fault}"));
    }
    Ok(())
}

/// The names either scheme knows. A list that one leaves open is open.
fn together(one: Vocabulary, other: Vocabulary) -> Vocabulary {
    let names = |mut one: Vec<tz_model::Name>, other: Vec<tz_model::Name>| {
        if one.is_empty() || other.is_empty() {
            return Vec::new();
        }
        for name in other {
            if !one.contains(&name) {
                one.push(name);
            }
        }
        one
    };
    let mut columns = one.columns;
    // A column that both read is read as the first says where they agree, and as any text where they do not.
    for column in other.columns {
        match columns.iter_mut().find(|known| known.table == column.table && known.name == column.name) {
            Some(known) if known.kind != column.kind => known.kind = tz_tables::ColumnKind::Text,
            Some(_) => {}
            None => columns.push(column),
        }
    }
    Vocabulary {
        categories: names(one.categories, other.categories),
        adoption_kinds: names(one.adoption_kinds, other.adoption_kinds),
        comment_levels: names(one.comment_levels, other.comment_levels),
        event_kinds: names(one.event_kinds, other.event_kinds),
        classes: names(one.classes, other.classes),
        groups: names(one.groups, other.groups),
        forms: names(one.forms, other.forms),
        statuses: names(one.statuses, other.statuses),
        columns,
        without_titles: one.without_titles && other.without_titles,
    }
}

/// For the terminal: units by group and gain, then what follows, then what the rules did.
fn table(trial: &Trial) -> String {
    let [old, new] = &trial.sides;
    let what = if trial.whole_year { "全年总分" } else { "已算各期合计" };
    let mut out = format!("{}年试算（{what}）：由“{}”改为“{}”\n", trial.year, old.scheme, new.scheme);
    let changed = |sign: fn(&Points) -> bool| trial.units.iter().filter(|unit| sign(&unit.gain())).count();
    let (gain, lose) = (changed(|gain| *gain > Points::ZERO), changed(|gain| gain.is_negative()));
    let moved = trial.units.iter().filter(|unit| rank(unit.old) != rank(unit.new)).count();
    let _ = writeln!(
        out,
        "{}个单位：{gain}个加分，{lose}个减分，{}个不变；{moved}个名次有变。",
        trial.units.len(),
        trial.units.len() - gain - lose
    );
    let mut groups: Vec<&str> = Vec::new();
    for unit in &trial.units {
        if !groups.contains(&&*unit.group) {
            groups.push(&unit.group);
        }
    }
    for group in groups {
        let mut units: Vec<&UnitTrial> = trial.units.iter().filter(|unit| *unit.group == *group).collect();
        units.sort_by_key(|unit| unit.new.map_or(u32::MAX, |standing| standing.rank));
        let _ = writeln!(out, "\n{}", if group.is_empty() { "全部单位" } else { group });
        let head = ["单位", "原总分", "新总分", "增减", "原名次", "新名次"].map(str::to_owned);
        let rows = std::iter::once(head).chain(units.into_iter().map(row)).collect::<Vec<_>>();
        columns(&mut out, &rows);
    }
    outcomes(&mut out, "改后不再有的后果", &trial.outcomes_lost);
    outcomes(&mut out, "改后新有的后果", &trial.outcomes_new);
    for (named, one) in ["原办法", "新办法"].into_iter().zip(&trial.sides) {
        side(&mut out, named, one);
        acted(&mut out, named, one);
    }
    out
}

fn rank(standing: Option<Standing>) -> Option<u32> {
    standing.map(|standing| standing.rank)
}

fn row(unit: &UnitTrial) -> [String; 6] {
    let total = |standing: Option<Standing>| standing.map_or("-".to_owned(), |standing| standing.total.to_string());
    let place = |standing: Option<Standing>| standing.map_or("-".to_owned(), |standing| standing.rank.to_string());
    let (old, new) = (unit.old, unit.new);
    [unit.unit.to_string(), total(old), total(new), unit.gain().signed(), place(old), place(new)]
}

/// Rows in straight columns: the first to the left, figures to the right.
fn columns(out: &mut String, rows: &[[String; 6]]) {
    let mut widths = [0; 6];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = terminal_width(cell).max(*width);
        }
    }
    for row in rows {
        out.push_str("  ");
        for (at, (cell, width)) in row.iter().zip(widths).enumerate() {
            let blanks = " ".repeat(width - terminal_width(cell));
            let _ = if at == 0 { write!(out, "{cell}{blanks}") } else { write!(out, "  {blanks}{cell}") };
        }
        out.push('\n');
    }
}

fn outcomes(out: &mut String, title: &str, outcomes: &[Outcome]) {
    if outcomes.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{title}（{}项）", outcomes.len());
    for outcome in outcomes {
        let _ = writeln!(out, "  {} {} {}（{}）", outcome.period, outcome.unit, outcome.kind.name(), outcome.clause);
    }
}

fn side(out: &mut String, named: &str, side: &Side) {
    if !side.silent.is_empty() {
        let _ = writeln!(out, "\n{named}“{}”中没有用上的条款", side.scheme);
        for silent in &side.silent {
            let items = silent.items.iter().map(|item| &**item).collect::<Vec<_>>().join("、");
            let which = match (silent.whole, items.is_empty()) {
                (true, true) => "整条".to_owned(),
                (true, false) => format!("整条：{items}"),
                (false, _) => items,
            };
            let _ = writeln!(out, "  {}（{}）{which}", silent.rule, silent.clause);
        }
    }
    if !side.limits.is_empty() {
        let _ = writeln!(out, "\n{named}“{}”中起了作用的限额", side.scheme);
        for limit in &side.limits {
            let _ = writeln!(
                out,
                "  {}（{}）{}：{}个单位{}次，共 {} 分",
                limit.rule,
                limit.clause,
                limit.item,
                limit.units,
                limit.times,
                limit.points.signed()
            );
        }
    }
}

/// Rules that make no lines and changed those of others.
fn acted(out: &mut String, named: &str, side: &Side) {
    if !side.acted.is_empty() {
        let _ = writeln!(out, "\n{named}“{}”中起了作用的合并、分摊和乘数", side.scheme);
        for one in &side.acted {
            let points = one.points.signed();
            let _ =
                writeln!(out, "  {}（{}）：{}个单位{}行，共 {points} 分", one.rule, one.clause, one.units, one.times);
        }
    }
}

/// Keys in a fixed order, points as decimal strings.
fn to_json(trial: &Trial) -> Value {
    let standing = |standing: Option<Standing>| match standing {
        Some(standing) => json!({ "total": standing.total.to_string(), "rank": standing.rank }),
        None => Value::Null,
    };
    let unit = |unit: &UnitTrial| {
        json!({
            "unit": &*unit.unit, "group": &*unit.group, "old": standing(unit.old), "new": standing(unit.new),
            "gain": unit.gain().to_string()
        })
    };
    let outcome = |outcome: &Outcome| {
        json!({
            "kind": outcome.kind.name(), "period": &*outcome.period, "unit": &*outcome.unit, "group": &*outcome.group,
            "clause": outcome.clause.as_str(), "why": outcome.why
        })
    };
    let side = |side: &Side| {
        let silent = side.silent.iter().map(|silent| {
            let items: Vec<&str> = silent.items.iter().map(|item| &**item).collect();
            json!({ "rule": &*silent.rule, "clause": silent.clause.as_str(), "items": items, "whole": silent.whole })
        });
        let limits = side.limits.iter().map(|limit| {
            json!({
                "rule": &*limit.rule, "clause": limit.clause.as_str(), "item": &*limit.item, "times": limit.times,
                "units": limit.units, "points": limit.points.to_string()
            })
        });
        let acted = side.acted.iter().map(|one| {
            json!({
                "rule": &*one.rule, "clause": one.clause.as_str(), "times": one.times, "units": one.units,
                "points": one.points.to_string()
            })
        });
        json!({
            "scheme": &*side.scheme, "silent": silent.collect::<Vec<Value>>(), "limits": limits.collect::<Vec<Value>>(),
            "acted": acted.collect::<Vec<Value>>()
        })
    };
    json!({
        "year": trial.year,
        "whole_year": trial.whole_year,
        "old": side(&trial.sides[0]),
        "new": side(&trial.sides[1]),
        "units": trial.units.iter().map(unit).collect::<Vec<Value>>(),
        "outcomes_lost": trial.outcomes_lost.iter().map(outcome).collect::<Vec<Value>>(),
        "outcomes_new": trial.outcomes_new.iter().map(outcome).collect::<Vec<Value>>(),
    })
}
