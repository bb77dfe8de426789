//! A scheme as the table an office would print, for a terminal.

use std::fmt::Write as _;

use tz_model::terminal_width;

use crate::scheme::Scheme;
use crate::sheet::{Part, PriceRow, sheet};

/// The whole scheme in the order of its file: every clause with its sentence, what it does, its prices in columns, and how
/// it is read where it is silent, defaults marked. For a terminal; ends with a line feed.
pub fn show(scheme: &Scheme) -> String {
    let sheet = sheet(scheme);
    let mut out = format!("{}\n", sheet.name);
    for line in &sheet.head {
        let _ = writeln!(out, "{line}");
    }
    for part in &sheet.parts {
        out.push('\n');
        self::part(&mut out, part);
    }
    out
}

fn part(out: &mut String, part: &Part) {
    if let Some(clause) = &part.clause {
        let _ = write!(out, "【{clause}】");
    }
    out.push_str(&part.sentence);
    // Other rules speak of it by its id.
    if let Some(id) = &part.rule {
        let _ = write!(out, "〔{id}〕");
    }
    out.push('\n');
    for sentence in &part.says {
        let _ = writeln!(out, "    {sentence}");
    }
    prices(out, &part.prices);
    for reading in &part.readings {
        let _ = writeln!(out, "    理解 {}：{}", reading.clause, reading.sentence);
    }
}

/// A price table in straight columns: heading, name, points, conditions.
fn prices(out: &mut String, prices: &[PriceRow]) {
    let rows: Vec<[String; 4]> = prices
        .iter()
        .map(|price| [price.level.clone(), price.name.to_string(), price.points.to_string(), price.notes.clone()])
        .collect();
    let wide = |column: usize| rows.iter().map(|row| terminal_width(&row[column])).max().unwrap_or_default();
    let (levels, names, points) = (wide(0), wide(1), wide(2));
    let mut before = "";
    for [level, name, value, notes] in &rows {
        let shown = if level == before { "" } else { level };
        before = level;
        let mut line = String::from("    ");
        if levels > 0 {
            pad(&mut line, shown, levels);
            line.push_str("  ");
        }
        pad(&mut line, name, names);
        line.push_str("  ");
        line.extend(std::iter::repeat_n(' ', points - terminal_width(value)));
        let _ = write!(line, "{value}  {notes}");
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

fn pad(line: &mut String, text: &str, width: usize) {
    line.push_str(text);
    line.extend(std::iter::repeat_n(' ', width.saturating_sub(terminal_width(text))));
}
