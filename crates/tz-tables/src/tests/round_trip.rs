//! Facts written and read again are the same facts.

use std::collections::BTreeSet;

use jiff::civil::Date;
use proptest::prelude::*;
use tz_model::{
    Adoption, Channel, Comment, Duty, DutyOutcome, Event, Extra, Facts, Heir, Key, Name, Report, Stage, Table, Unit,
    UnitIx, Units,
};

use super::{names, unit, words};
use crate::cells::{guard_csv, guard_sheet, tidy, unguard};
use crate::csv_rows::CsvRows;
use crate::rows::{Row, Rows as _};
use crate::{read_csv, read_workbook, write_csv, write_workbook};

/// A text as a person may paste it, with all that is special to a spreadsheet; white space behind it is not kept.
fn any_text() -> impl Strategy<Value = String> {
    let special = "=+-@＝＋－＠'\"，、,;\t\n\r \u{3000}\u{1}_x<&>#甲乙丙文0129.é😀";
    let special: Vec<char> = special.chars().collect();
    prop::collection::vec(prop::sample::select(special), 1..9)
        .prop_map(|chars| chars.into_iter().collect::<String>().trim_end().to_owned())
        .prop_filter("an empty cell is no text", |text| !tidy(text).is_empty())
}

fn any_name() -> impl Strategy<Value = Option<Name>> {
    prop::option::of(any_text().prop_map(Name::from))
}

fn any_date() -> impl Strategy<Value = Date> {
    (1900i16..3000, 1i8..=12, 1i8..=28).prop_map(|(year, month, day)| Date::constant(year, month, day))
}

fn any_extra() -> impl Strategy<Value = Extra> {
    prop::option::weighted(
        0.3,
        prop::collection::btree_map(any_text().prop_map(|text| format!("附{}", tidy(&text))), any_text(), 1..3)
            .prop_map(Box::new),
    )
}

fn one_of(list: &[Name]) -> impl Strategy<Value = Name> + use<> {
    prop::sample::select(list.to_vec())
}

fn any_units(count: usize) -> impl Strategy<Value = Units> {
    prop::sample::subsequence((0..count).map(UnitIx::at).collect::<Vec<_>>(), 1..=count).prop_map(Units::from)
}

fn key(at: usize, text: &str) -> Key {
    format!("{text}#{at}").into()
}

prop_compose! {
    fn any_unit()(
        class in one_of(&words().classes),
        group in one_of(&words().groups),
        point in prop::option::of(prop::sample::select(vec!["枣庄市级", "滕州市级"])),
        days in prop::option::of((any_date(), any_date())),
        extra in any_extra(),
        moved in any::<bool>(),
    ) -> Unit {
        let days = days.map(|(a, b)| (a.min(b), a.max(b)));
        let (from, to) = (days.map(|days| days.0), days.map(|days| days.1));
        // Where it stood before: up to its first day, and one day more.
        let earlier = match from.filter(|_| moved).and_then(|from| Some((from, from.tomorrow().ok()?))) {
            Some((first, second)) if to.is_some_and(|to| second < to) => {
                let stage = |until| Stage {
                    until,
                    class: words().classes[0].clone(),
                    group: words().groups[0].clone(),
                    direct_point: None,
                    parent: None,
                    extra: None,
                };
                vec![stage(first), stage(second)]
            }
            _ => Vec::new(),
        };
        Unit { class, group, direct_point: point.map(Name::from), from, to, extra, earlier, ..unit("") }
    }
}

prop_compose! {
    fn any_facts()(units in prop::collection::vec(any_unit(), 1..4))(
        reports in prop::collection::vec((any_units(units.len()), any_date(), one_of(&words().categories), any_name(),
            prop::sample::select(Channel::NAMED.into_iter().chain([Channel::Unstated]).collect::<Vec<_>>()),
            any_name(), any::<bool>(), any_extra(), any_text()), 0..4),
        adoptions in prop::collection::vec((any_units(units.len()), any_date(), one_of(&words().adoption_kinds),
            any_name(), prop::option::of(one_of(&words().forms)), any_name(), any_name(),
            prop::option::of(any_date()), any_extra(), any_text()), 0..4),
        comments in prop::collection::vec((any_units(units.len()), any_date(), one_of(&words().comment_levels),
            any_name(), any_name(), prop::option::of(any_date()), any_extra(), any_text()), 0..3),
        duties in prop::collection::vec((any_units(units.len()), any_date(), any_name(), prop::option::of(any_date()),
            any::<bool>(), any_name(), any_extra(), any_text()), 0..3),
        events in prop::collection::vec((any_units(units.len()), any_date(), one_of(&words().event_kinds),
            any::<u32>(), any_name(), any_extra(), any_text()), 0..3),
        units in Just(units),
    ) -> Facts {
        let mut facts = Facts::default();
        let all = names(&["滨湖镇", "=木石镇", "'-教育局"]);
        for (at, unit) in units.into_iter().enumerate() {
            let parent = (at > 0).then(|| all[at - 1].clone());
            // Only one that is there the day after is an heir.
            let heir = (at > 0 && unit.to.and_then(|to| to.tomorrow().ok()).is_some_and(|next| facts.units[at - 1].is_scored_on(next)))
                .then(|| Heir { unit: all[at - 1].clone(), takes_year: unit.extra.is_none() });
            facts.units.push(Unit { name: all[at].clone(), parent, heir, ..unit });
        }
        for (at, (units, date, category, title, channel, repeats, counted, extra, text)) in
            reports.into_iter().enumerate()
        {
            facts.reports.push(Report { key: key(at, &text), units, date, category, title, channel, repeats, counted, extra });
        }
        for (at, (units, date, kind, item, form, solicitation, issue, withdrawn, extra, text)) in
            adoptions.into_iter().enumerate()
        {
            let key = key(at, &text);
            facts.adoptions.push(Adoption { key, units, date, kind, item, form, solicitation, issue, withdrawn, extra });
        }
        for (at, (units, date, level, item, leader, withdrawn, extra, text)) in comments.into_iter().enumerate() {
            facts.comments.push(Comment { key: key(at, &text), units, date, level, item, leader, withdrawn, extra });
        }
        for (at, (units, deadline, solicitation, answered, refused, topic, extra, text)) in
            duties.into_iter().enumerate()
        {
            let outcome = refused.then_some(DutyOutcome::Refused);
            facts.duties.push(Duty { key: key(at, &text), units, deadline, solicitation, answered, outcome, topic, extra });
        }
        for (at, (units, date, kind, count, note, extra, text)) in events.into_iter().enumerate() {
            facts.events.push(Event { key: key(at, &text), units, date, kind, count, note, extra });
        }
        facts
    }
}

proptest! {
    #![proptest_config(tz_testkit::property(128))]

    #[test]
    fn facts_come_back_from_a_workbook_as_they_were(facts in any_facts()) {
        let read = read_workbook(&write_workbook(&facts, &words()).unwrap(), &words()).unwrap();
        prop_assert_eq!(&read.faults, &[]);
        prop_assert_eq!(read.facts, facts);
    }

    #[test]
    fn facts_come_back_from_csv_as_they_were(facts in any_facts()) {
        let files = write_csv(&facts);
        let tables: Vec<(Table, &[u8])> = files.iter().map(|(table, bytes)| (*table, &bytes[..])).collect();
        let read = read_csv(&tables, &words()).unwrap();
        prop_assert_eq!(&read.faults, &[]);
        prop_assert_eq!(read.facts, facts);
    }

    #[test]
    fn the_guard_comes_off_as_it_went_on(text in any_text()) {
        let csv = guard_csv(&text).into_owned();
        prop_assert_eq!(unguard(tidy(&csv)), &text);
        let sheet = guard_sheet(&text).into_owned();
        prop_assert_eq!(unguard(tidy(&sheet)), &text);
        // What stands first in a CSV cell starts no formula, or is a plain number.
        prop_assert!(!csv.starts_with(['=', '@', '\t', '\r']));
        prop_assert!(!csv.starts_with(['+', '-']) || csv[1..].parse::<f64>().is_ok());
    }

    /// Our reader and the csv crate find the same cells in any text with closed quotation marks.
    #[test]
    fn csv_is_split_as_the_csv_crate_splits_it(
        rows in prop::collection::vec(prop::collection::vec("[a,\"\r\n甲 ]{0,4}", 1..4), 1..5),
    ) {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        let mut theirs = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(&bytes[..]);
        let theirs: Vec<Vec<String>> =
            theirs.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
        let mut reader = CsvRows::new(std::str::from_utf8(&bytes).unwrap());
        let mut row = Row::default();
        let mut ours = Vec::new();
        while reader.next(&mut row).unwrap() {
            ours.push(row.cells.iter().map(|cell| cell.to_string()).collect::<Vec<_>>());
        }
        prop_assert_eq!(ours, theirs);
    }

    /// Whatever bytes a stranger sends, there is an answer.
    #[test]
    fn any_csv_gets_an_answer(text in "[单位类别排名组,\"'=\r\n\u{3000}0-9年月日-]{0,80}") {
        let head = format!("单位,类别,排名组\n{text}");
        let reports = format!("单位,报送日期,信息类别\n{text}");
        let tables = [(Table::Units, head.as_bytes()), (Table::Reports, reports.as_bytes()), (Table::Events, text.as_bytes())];
        if let Ok(read) = read_csv(&tables, &words()) {
            let rows = text.lines().count().max(text.split('\r').count());
            prop_assert!(read.facts.units.len() <= rows + 1);
        }
    }
}

#[test]
fn written_tables_hold_every_column_once_and_open_as_utf8() {
    let facts = Facts { units: vec![unit("滨湖镇")], ..Facts::default() };
    let files = write_csv(&facts);
    assert_eq!(files.iter().map(|(table, _)| *table).collect::<Vec<_>>(), Table::ALL);
    let units = String::from_utf8(files[0].1.clone()).unwrap();
    assert_eq!(
        units,
        "\u{feff}单位,类别,排名组,直报点,主管单位,起始日期,截止日期,承接单位,承接得分\r\n滨湖镇,A类,镇街,,,,,,\r\n"
    );
    for (table, bytes) in &files {
        let text = String::from_utf8(bytes.clone()).unwrap();
        let head: Vec<&str> = text.trim_start_matches('\u{feff}').lines().next().unwrap().split(',').collect();
        assert_eq!(head.len(), head.iter().collect::<BTreeSet<_>>().len(), "{}", table.name());
    }
}
