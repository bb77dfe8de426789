//! The open month's assessment page after one new fact, in an office of ten years and 100,000 items, against recomputing the
//! ten years from all facts; and the same page of a program that has just been started.
//!
//! The page is what `GET /assessment` loads: the standing and one unit's account. The reference loads every fact that holds
//! from the same database and scores all years; turning rows into facts is left out of it, so it is rather too quick.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::Date;
use tz_app::facts::{NewFact, Recorded};
use tz_app::{App, Chief, Clock, Editor, FixedClock, Person, Role};
use tz_assess::assess;
use tz_model::{Facts, Month, Points, Table, UnitId, UnitIx};
use tz_scheme::Scheme;
use tz_store::Store;
use tz_store::item::{ItemRow, VersionRow};
use tz_store::ledger::{FactFilter, FactRow};

use crate::facts::county_year;
use crate::{median, ms};

const FIRST: i16 = 2018;
const REPORTS: usize = 10_000;
const ROUNDS: usize = 21;

/// Prints the page after a new fact of the open month, and after one of the first month closed, in an office of so many years.
pub(crate) fn run(years: i16) {
    let start = Instant::now();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = Arc::new(Store::open_folder(folder.path()).expect("a fresh folder opens"));
    let scheme = Scheme::builtin("tengzhou-2018").expect("the built-in scheme is there");
    let clock = Arc::new(FixedClock::at(morning(Date::constant(FIRST, 1, 1))));
    let app = App::open_or_set_up(Arc::clone(&store), clock.clone(), scheme, Date::constant(FIRST, 1, 1))
        .expect("a fresh office");
    let account =
        app.add_account_with_password("chief", "王科长", Role::Chief, None, "Bench-2018").expect("an account");
    let person = the_chief(account);
    let chief = Chief::of(&person).expect("a chief");
    let editor = Editor::of(&person).expect("a chief is an editor");
    let years: Vec<Facts> = (FIRST..FIRST + years).map(|year| county_year(scheme, year, REPORTS)).collect();
    let last = FIRST + i16::try_from(years.len()).expect("a few years") - 1;
    fill(&store, &app, &clock, &chief, &years, (last, 12));
    println!(
        "live: {} items in {} years, set up in {:.0} s",
        years.len() * REPORTS,
        years.len(),
        start.elapsed().as_secs_f64()
    );

    let house = House { app, store, scheme, years, person, editor };
    let standing = house.app.standing(&house.person, None).expect("the page");
    let best = standing.groups.first().and_then(|group| group.rows.first()).map(|row| row.unit);
    let unit = best.expect("a ranked unit");
    let today = tz_model::shanghai_date(clock.now());
    house.compare("a new fact of the open month", unit, today);
    let after_restart = || again_in_a_process_of_its_own(folder.path(), unit, today);
    after_restart();
    house.compare("a late fact of the first month closed", unit, Date::constant(FIRST, 1, 20));
    after_restart();
}

/// Prints how long the page takes a program that has just been started, for the first time and the second.
pub(crate) fn again(folder: &str, unit: &str, day: &str) {
    let store = Arc::new(Store::open_folder(Path::new(folder)).expect("the folder opens"));
    let clock = Arc::new(FixedClock::at(morning(day.parse().expect("a day"))));
    let scheme = Scheme::builtin("tengzhou-2018").expect("the built-in scheme is there");
    let app = App::open_or_set_up(store, clock, scheme, Date::constant(FIRST, 1, 1)).expect("the office");
    let person = the_chief(tz_model::AccountId(1));
    let unit: UnitId = unit.parse().expect("a unit");
    let mut taken = [Duration::ZERO; 2];
    for taken in &mut taken {
        *taken = timed(|| page(&app, &person, unit, None));
    }
    println!("live, after a restart: the first page {}, the second {}", ms(taken[0]), ms(taken[1]));
}

fn again_in_a_process_of_its_own(folder: &Path, unit: UnitId, day: Date) {
    let this = std::env::current_exe().expect("this program's file");
    let arguments = ["live-again".to_owned(), folder.display().to_string(), unit.to_string(), day.to_string()];
    let ended = std::process::Command::new(this).args(arguments).status().expect("it starts");
    assert!(ended.success(), "the page after a restart");
}

pub(crate) fn the_chief(account: tz_model::AccountId) -> Person {
    Person { account, name: "王科长".to_owned(), role: Role::Chief, unit: None, must_change: false }
}

struct House {
    app: App,
    store: Arc<Store>,
    scheme: &'static Scheme,
    years: Vec<Facts>,
    person: Person,
    editor: Editor,
}

impl House {
    fn compare(&self, what: &str, unit: UnitId, day: Date) {
        let (mut records, mut pages, mut loads, mut scores) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (_, mut total) = page(&self.app, &self.person, unit, None);
        let mut first = None;
        for round in 0..ROUNDS {
            let start = Instant::now();
            let recorded = self.record(unit, day);
            records.push(start.elapsed());
            let start = Instant::now();
            let (shown, now) = page(&self.app, &self.person, unit, Some(&recorded));
            let page = start.elapsed();
            first.get_or_insert(page);
            pages.push(page);
            // The best unit has no floor to hide them: the fifteen points are there at once.
            assert!(shown, "the new fact is not among the lines");
            assert_eq!(now, total + Points::from(15), "the new points are not in the total");
            total = now;
            if round % 7 == 0 {
                loads.push(timed(|| self.load()));
                scores.push(timed(|| self.score()));
            }
        }
        let first = first.expect("a first round");
        let (record, page) = (median(&mut records), median(&mut pages));
        let (load, score) = (median(&mut loads), median(&mut scores));
        let share = |of: Duration| page.as_secs_f64() / of.as_secs_f64() * 100.0;
        println!(
            "live, {what}: recorded in {}, page {} (first {}, slowest {}) | full recompute {}, {} of it scoring | the page is {:.2} % of it, {:.1} % of its scoring alone (to reach: under 1 %)",
            ms(record),
            ms(page),
            ms(first),
            ms(*pages.last().expect("sorted")),
            ms(load + score),
            ms(score),
            share(load + score),
            share(score),
        );
    }

    fn record(&self, unit: UnitId, day: Date) -> Recorded {
        let new = NewFact {
            table: Table::Adoptions,
            units: vec![unit],
            date: day.to_string(),
            name: "枣庄普刊采用".to_owned(),
            item: "新近采用的一篇".to_owned(),
            form: String::new(),
            leader: String::new(),
            note: String::new(),
            quantity: 1,
            cells: tz_app::facts::Typed::new(),
        };
        self.app.record_fact(&self.editor, &new).expect("recorded")
    }

    fn load(&self) -> Vec<FactRow> {
        let mut tx = self.store.read(self.app.office()).expect("a transaction");
        tx.list_facts(&FactFilter::default()).expect("every fact")
    }

    fn score(&self) {
        for (facts, year) in self.years.iter().zip(FIRST..) {
            black_box(assess(self.scheme, facts, year, None));
        }
    }
}

/// What the page loads; whether the fact stands among the unit's lines, and the unit's total, the same in both places.
fn page(app: &App, person: &Person, unit: UnitId, new: Option<&Recorded>) -> (bool, Points) {
    let standing = app.standing(person, None).expect("the standing");
    let account = app.account_of(person, unit, standing.period.last).expect("the account");
    let row = standing.groups.iter().flat_map(|group| &group.rows).find(|row| row.unit == unit);
    assert_eq!(row.expect("the unit is ranked").points, account.total);
    let is_new = |key: &str| new.is_some_and(|new| new.key == key);
    let facts = account.lines.iter().flat_map(|line| &line.facts);
    let shown = facts.filter(|fact| fact.id.table == Table::Adoptions).any(|fact| is_new(&fact.id.key));
    (shown, account.total)
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    let made = black_box(work());
    let taken = start.elapsed();
    drop(made);
    taken
}

/// Nine in the morning of a day in Shanghai.
pub(crate) fn morning(day: Date) -> Timestamp {
    format!("{day}T01:00:00Z").parse().expect("a moment")
}

/// Each month's items and facts straight into the store, then the month closed as the chief closes it, up to the `last`, a year
/// and a month, which stays open.
pub(crate) fn fill(store: &Store, app: &App, clock: &FixedClock, chief: &Chief, years: &[Facts], last: (i16, i8)) {
    let units = store.read(app.office()).expect("a transaction").list_units(None).expect("units");
    let mut number = 0;
    for (facts, year) in years.iter().zip(FIRST..) {
        let ids: Vec<i64> = facts
            .units
            .iter()
            .map(|unit| units.iter().find(|known| *known.name == *unit.name).expect("listed by the scheme").unit_id)
            .collect();
        let mut rows = rows_of(facts, &ids);
        rows.sort_by(|a, b| a.date.cmp(&b.date));
        for at in (1..=12).filter(|at| (year, *at) <= last) {
            let month = Month::of_date(Date::constant(year, at, 1));
            let label = month.to_string();
            let mut tx = store.write(app.office()).expect("a transaction");
            for row in rows.iter().filter(|row| row.date.starts_with(&label)) {
                let mut row = row.clone();
                if row.fact_table == Table::Reports.name() {
                    number += 1;
                    let (item, version) = item_of(number, &row);
                    row.key.clone_from(&item.number);
                    row.item_id = Some(tx.insert_item(item, &row.unit_ids(), version).expect("an item").0);
                }
                tx.append_fact(row).expect("a fact");
            }
            tx.commit().expect("a commit");
            if (year, at) < last {
                clock.set(morning(month.next().first()));
                app.close_month(chief, month).expect("closed");
            } else {
                clock.set(morning(Date::constant(year, 12, 30)));
            }
        }
    }
}

fn item_of(number: i64, report: &FactRow) -> (ItemRow, VersionRow) {
    let at = morning(report.date.parse().expect("a day")).as_microsecond();
    let title = report.title.clone().unwrap_or_default();
    let item = ItemRow {
        id: 0,
        office_id: 0,
        number: format!("bench-{number}"),
        received_at: at,
        channel: "邮箱".to_owned(),
        state: "published".to_owned(),
        revision: 1,
        title: title.clone(),
        category: report.name.clone(),
        words: 400,
        worry: false,
        counted: true,
        repeats: None,
        fingerprint: number,
        authors: "王信息员".to_owned(),
        contact: String::new(),
        claimed_by: None,
        solicitation_id: None,
        mail_id: None,
        sent_by: None,
        sent_key: None,
        doubts: String::new(),
    };
    let version = VersionRow {
        item_id: 0,
        revision: 1,
        title,
        body: "今年以来，各项工作按计划推进。".repeat(20),
        category: report.name.clone(),
        saved_at: at,
        saved_by: None,
        note: String::new(),
    };
    (item, version)
}

/// The facts as rows of the ledger, which numbers them. `ids`: the identity of each unit of the table.
fn rows_of(facts: &Facts, ids: &[i64]) -> Vec<FactRow> {
    let row = |table: Table, units: &[UnitIx], day: Date, name: &str| {
        let units: Vec<i64> = units.iter().map(|unit| ids[unit.index()]).collect();
        FactRow::new(table.name(), &units, &day.to_string(), name)
    };
    let reports = facts.reports.iter().map(|fact| FactRow {
        title: fact.title.as_deref().map(str::to_owned),
        channel: Some(fact.channel.name().to_owned()),
        ..row(Table::Reports, &fact.units, fact.date, &fact.category)
    });
    let adoptions = facts.adoptions.iter().map(|fact| row(Table::Adoptions, &fact.units, fact.date, &fact.kind));
    let comments = facts.comments.iter().map(|fact| row(Table::Comments, &fact.units, fact.date, &fact.level));
    let duties = facts.duties.iter().map(|fact| FactRow {
        answered: fact.answered.map(|day| day.to_string()),
        ..row(Table::Duties, &fact.units, fact.deadline, "")
    });
    let events = facts
        .events
        .iter()
        .map(|fact| FactRow { quantity: fact.count.into(), ..row(Table::Events, &fact.units, fact.date, &fact.kind) });
    reports.chain(adoptions).chain(comments).chain(duties).chain(events).collect()
}
