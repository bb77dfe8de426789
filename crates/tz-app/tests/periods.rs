//! Any office's scheme, from adoption to a closed period: every built-in one, and periods no built-in one has.

#![expect(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it must be")]

use std::sync::Arc;

use jiff::civil::date;
use tz_app::assessment::scheme::AdoptWish;
use tz_app::assessment::{ClosePeriod, Statement};
use tz_app::facts::{CellField, CellKind, NewFact, Typed, cell_fields};
use tz_app::system::UnitWish;
use tz_app::{Administrator, App, Chief, Clock, Editor, FixedClock, Person, Problem, Role};
use tz_model::{AccountId, Month, Table, UnitId};
use tz_scheme::{BUILTIN_IDS, Scheme};
use tz_store::Store;
use tz_store::account::AccountRow;
use tz_store::ledger::FactRow;

/// What the office scored by before: months, one price, no classes and no groups.
const PLAIN: &str = r#"
id = "plain-2018"
name = "某县政务信息计分办法（2018年）"
office = "某县人民政府办公室"

[period]
every = "month"
clause = "一"
sentence = "每月通报。"

[[rule]]
id = "adoption"
clause = "二"
sentence = "《要情》采用每条3分。"
kind = "facts"
table = "采用"
prices = [{ name = "要情", points = 3 }]
"#;

const UNITS: [&str; 3] = ["城关镇", "教育局", "张三"];

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

/// The plain scheme with another head of `[period]`.
fn plain(id: &str, period: &str) -> String {
    PLAIN.replace("plain-2018", id).replace("every = \"month\"", period)
}

struct Office {
    app: App,
    store: Arc<Store>,
    clock: Arc<FixedClock>,
    chief: Chief,
    administrator: Administrator,
    _folder: tempfile::TempDir,
}

impl Office {
    /// An office with three units under a scheme from 2018 on.
    fn under(scheme: &str, now: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open_folder(folder.path()).unwrap());
        let clock = Arc::new(FixedClock::at(now.parse().unwrap()));
        let shared: Arc<dyn Clock> = clock.clone();
        let scheme = Scheme::parse(scheme).unwrap();
        let app = App::open_or_set_up(Arc::clone(&store), shared, &scheme, date(2018, 1, 1)).unwrap();
        let mut tx = store.write(app.office()).unwrap();
        let person = |tx: &mut tz_store::Write, name: &str, role: Role| {
            let id = tx.next_id("account").unwrap();
            tx.insert_account(&AccountRow {
                id,
                office_id: app.office().0,
                login: name.to_owned(),
                login_key: name.to_owned(),
                name: name.to_owned(),
                role: role.key().to_owned(),
                unit_id: None,
                password_hash: String::new(),
                must_change: false,
                disabled: false,
                failures: 0,
                locked_until: None,
                created_at: 0,
                last_seen_at: None,
            })
            .unwrap();
            Person { account: AccountId(id), name: name.to_owned(), role, unit: None, must_change: false }
        };
        let chief = Chief::of(&person(&mut tx, "王科长", Role::Chief)).unwrap();
        let administrator = Administrator::of(&person(&mut tx, "赵管理", Role::Administrator)).unwrap();
        tx.commit().unwrap();
        let office = Self { app, store, clock, chief, administrator, _folder: folder };
        let class = scheme.classes().first().map(|class| class.name.to_string()).unwrap_or_default();
        let group = scheme.groups().first().map(ToString::to_string).unwrap_or_default();
        for name in UNITS {
            office.app.add_unit(&office.administrator, &wish(name, &class, &group, &Typed::new())).unwrap();
        }
        office
    }

    fn at(&self, now: &str) {
        self.clock.set(now.parse().unwrap());
    }

    fn editor(&self) -> Editor {
        Editor::of(&self.chief).unwrap()
    }

    fn unit(&self, name: &str) -> UnitId {
        let units = self.store.read(self.app.office()).unwrap().list_units(None).unwrap();
        UnitId(units.iter().find(|unit| unit.name == name).unwrap().unit_id)
    }

    fn plan(&self, text: &str, from: &str) -> Result<(i64, AdoptWish), Problem> {
        let draft = self.app.save_scheme_draft(&self.chief, None, text)?;
        let plan = self.app.plan_adoption(&self.chief, draft, from)?;
        let wish =
            AdoptWish { from: from.to_owned(), hash: plan.draft.hash.clone(), against: plan.before.hash().to_owned() };
        Ok((draft, wish))
    }

    fn adopt(&self, text: &str, from: &str) -> i64 {
        let (draft, wish) = self.plan(text, from).unwrap();
        self.app.adopt_scheme(&self.chief, draft, &wish).unwrap()
    }

    /// What is said at the day when a scheme cannot begin on it.
    fn cannot_begin(&self, text: &str, from: &str) -> String {
        match self.plan(text, from) {
            Err(Problem::Faults(faults)) if faults[0].field == "from" => faults[0].sentence.clone(),
            other => panic!("it can begin on {from}: {other:?}"),
        }
    }

    fn record(&self, new: NewFact) -> Result<String, Problem> {
        self.app.record_fact(&self.editor(), &new).map(|recorded| recorded.key)
    }

    fn used(&self, unit: &str, day: &str, name: &str) -> String {
        self.record(fact(Table::Adoptions, self.unit(unit), day, name)).unwrap()
    }

    fn append(&self, table: Table, unit: UnitId, day: &str, name: &str) -> String {
        let mut row = FactRow::new(table.name(), &[unit.0], day, name);
        row.recorded_at = self.app.now().as_microsecond();
        row.title = Some("一篇稿件".to_owned());
        row.reason = "测试".to_owned();
        if table == Table::Reports {
            row.channel = Some("网页".to_owned());
        }
        let mut tx = self.store.write(self.app.office()).unwrap();
        let row = tx.append_fact(row).unwrap();
        tx.commit().unwrap();
        row.key
    }

    fn close(&self, label: &str) -> Result<tz_app::assessment::Closed, Problem> {
        self.app.close_month(&self.chief, month(label))
    }

    fn open(&self) -> ClosePeriod {
        self.app.open_period().unwrap()
    }

    fn total(&self, unit: &str, label: &str) -> String {
        self.app.account_of(&self.chief, self.unit(unit), month(label)).unwrap().total.to_string()
    }

    /// The lines of a unit in a period: what each is called, and its points.
    fn lines(&self, unit: &str, label: &str) -> Vec<(String, String)> {
        let account = self.app.account_of(&self.chief, self.unit(unit), month(label)).unwrap();
        let line = |line: &tz_app::assessment::AccountLine| (line.line.item.to_string(), line.line.points.to_string());
        account.lines.iter().map(line).collect()
    }

    /// The text of a statement's bulletin.
    fn bulletin(&self, label: &str) -> String {
        let (entry, _) = self.app.statement(&self.editor(), month(label)).unwrap();
        let name = entry.papers.iter().find(|name| name.ends_with("采用情况通报.docx")).unwrap();
        let paper = self.app.statement_paper(&self.editor(), month(label), name).unwrap();
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(paper.bytes)).unwrap();
        let mut xml = String::new();
        std::io::Read::read_to_string(&mut archive.by_name("word/document.xml").unwrap(), &mut xml).unwrap();
        let mut text = String::new();
        for (at, part) in xml.split('<').enumerate() {
            if at > 0 {
                text.push_str(part.split_once('>').map_or("", |(_, words)| words));
            }
        }
        text
    }

    fn sound(&self) {
        assert_eq!(self.app.verify().unwrap(), Vec::<String>::new());
    }
}

fn wish(name: &str, class: &str, group: &str, cells: &Typed) -> UnitWish {
    UnitWish {
        name: name.to_owned(),
        class: class.to_owned(),
        group: group.to_owned(),
        reason: "按新办法".to_owned(),
        cells: cells.clone(),
        ..UnitWish::default()
    }
}

fn fact(table: Table, unit: UnitId, day: &str, name: &str) -> NewFact {
    NewFact {
        table,
        units: vec![unit],
        date: day.to_owned(),
        name: name.to_owned(),
        item: "一篇稿件".to_owned(),
        form: String::new(),
        leader: String::new(),
        note: String::new(),
        quantity: 1,
        cells: Typed::new(),
    }
}

/// Something that may stand in each of these columns.
fn filled(fields: &[CellField]) -> Typed {
    let cell = |field: &CellField| match field.kind {
        CellKind::Text => "李四".to_owned(),
        CellKind::Choice => field.values[0].clone(),
        CellKind::YesNo => "是".to_owned(),
        CellKind::Number => "1".to_owned(),
        CellKind::Day => "2019-01-20".to_owned(),
    };
    fields.iter().map(|field| (field.name.clone(), cell(field))).collect()
}

fn refused<T: std::fmt::Debug>(result: Result<T, Problem>) -> String {
    match result {
        Err(Problem::Refused(sentence)) => sentence,
        other => panic!("not refused: {other:?}"),
    }
}

/// Facts of every kind a scheme prices, entered as people enter them; says how many.
fn a_few_facts(office: &Office, scheme: &Scheme) -> usize {
    let mut entered = 0;
    let unit = office.unit(UNITS[0]);
    for table in [Table::Adoptions, Table::Comments, Table::Events] {
        let cells = filled(&cell_fields(scheme, table));
        let forms = scheme.forms();
        for name in scheme.names_in(table) {
            let form = if table == Table::Adoptions { forms[0].to_string() } else { String::new() };
            let new = NewFact { form, cells: cells.clone(), ..fact(table, unit, "2019-01-15", &name) };
            match office.record(new) {
                Ok(_) => entered += 1,
                // Some names are priced only with other cells than these.
                Err(Problem::Faults(faults)) if faults.iter().all(|fault| fault.field == "fact") => {}
                Err(other) => panic!("{}: {name}: {other:?}", scheme.id()),
            }
        }
    }
    let category = scheme.categories().first().map(|known| known.name.to_string()).unwrap_or_default();
    for (table, name) in [(Table::Reports, category.as_str()), (Table::Duties, "")] {
        let key = office.append(table, unit, "2019-01-16", name);
        let fields = office.app.fact_cells(&office.editor(), table, &key).unwrap().fields;
        if !fields.is_empty() {
            office.app.fill_cells(&office.editor(), table, &key, &filled(&fields)).unwrap();
            entered += 1;
        }
    }
    entered
}

/// From December under a plain scheme to the first period closed under another.
fn adopted_and_closed(id: &str) {
    let scheme = Scheme::builtin(id).unwrap();
    let office = Office::under(PLAIN, "2018-12-20T01:00:00Z");
    office.used("城关镇", "2018-12-11", "要情");
    office.at("2019-01-02T01:00:00Z");
    office.close("2018-12").unwrap();
    office.adopt(scheme.text(), "2019-01-01");
    // What the units are in the new scheme, and what it asks of them.
    let class = scheme.classes().first().map(|class| class.name.to_string()).unwrap_or_default();
    let group = scheme.groups().first().map(ToString::to_string).unwrap_or_default();
    let cells = filled(&cell_fields(scheme, Table::Units));
    for name in UNITS {
        let changed =
            office.app.change_unit(&office.administrator, office.unit(name), &wish(name, &class, &group, &cells));
        // A scheme that asks nothing of units leaves them as they are.
        assert!(changed.is_ok() || class.is_empty() && group.is_empty() && cells.is_empty(), "{id}: {changed:?}");
    }
    office.at("2019-01-20T01:00:00Z");
    assert!(a_few_facts(&office, scheme) > 0, "{id}: nothing could be entered");
    let first = scheme.periods(2019).remove(0);
    assert_eq!(office.open().period, first, "{id}");
    assert!(office.app.standing(&office.chief, None).unwrap().period.period == first);
    // Any month of the period names it, and only when it is over it may be closed.
    assert!(refused(office.close("2019-01")).contains("还没有结束"), "{id}");
    office.at(&format!("{}T01:00:00Z", first.to.tomorrow().unwrap()));
    let list = office.app.checklist(&office.chief, month("2019-01")).unwrap();
    assert!(list.over && list.unknown.is_empty(), "{id}: {:?}", list.unknown);
    let closed = office.close("2019-01").unwrap_or_else(|problem| panic!("{id}: {problem}"));
    // Who is called by the scheme gets letters besides.
    let papers = closed.papers.iter().filter(|name| name.contains("采用情况通报") || name.contains("计分结果"));
    assert_eq!((closed.number, closed.period.period.clone(), papers.count()), (2, first.clone(), 4), "{id}");
    assert!(office.bulletin("2019-01").contains(&format!("关于{}政务信息采用情况的通报", first.chinese())), "{id}");
    let text = office.app.statement_text(&office.editor(), first.last_month()).unwrap();
    let statement = Statement::read(&text).unwrap();
    assert_eq!(
        (statement.to_json(), statement.period.clone(), statement.month),
        (text, first.clone(), first.last_month())
    );
    assert_eq!(statement.year.is_some(), scheme.periods(2019).len() == 1, "{id}");
    assert_eq!(statement.scheme_hash, scheme.hash(), "{id}");
    assert_eq!(office.open().period.from, first.to.tomorrow().unwrap(), "{id}");
    // A use found late is corrected in the next period, under the name of the one that is closed.
    let names = scheme.names_in(Table::Adoptions);
    let name = names.first().map_or("某刊", |name| &**name);
    let late = NewFact {
        form: scheme.forms()[0].to_string(),
        item: "另一篇稿件".to_owned(),
        cells: filled(&cell_fields(scheme, Table::Adoptions)),
        ..fact(Table::Adoptions, office.unit(UNITS[1]), "2019-01-18", name)
    };
    if office.record(late).is_ok() {
        let next = office.open().last.to_string();
        let lines = office.lines(UNITS[1], &next);
        let label = format!("{} ", first.label);
        assert!(lines.iter().any(|(item, _)| item.starts_with(&label)), "{id}: {lines:?}");
    }
    office.sound();
}

#[test]
fn every_built_in_scheme_can_be_adopted_and_close_a_period() {
    for id in BUILTIN_IDS {
        // The blank to start from prices nothing.
        if *id != "template" {
            adopted_and_closed(id);
        }
    }
}

#[test]
fn january_and_february_close_together_and_the_year_in_december() {
    let months = r#"months = [[1, 2], [3], [4, 5, 6], [7, 8, 9], [10], [11], [12]]"#;
    let office = Office::under(&plain("odd-2018", months), "2018-01-10T01:00:00Z");
    office.used("城关镇", "2018-01-10", "要情");
    office.at("2018-02-10T01:00:00Z");
    office.used("城关镇", "2018-02-10", "要情");
    assert_eq!((office.open().chinese(), office.total("城关镇", "2018-01")), ("2018年1月至2月".to_owned(), "6".into()));
    office.at("2018-02-28T01:00:00Z");
    assert!(refused(office.close("2018-02")).contains("请在3月1日以后再来"));
    office.at("2018-03-01T01:00:00Z");
    let closed = office.close("2018-02").unwrap();
    let names: Vec<&str> = closed.papers.iter().map(String::as_str).collect();
    let bulletin = "2018-01至02政务信息采用情况通报";
    let made = ["docx", "xlsx", "html"].map(|ending| format!("{bulletin}.{ending}"));
    assert_eq!(names, [&made[0], "2018-01至02政务信息计分结果.xlsx", &made[1], &made[2]]);
    assert!(refused(office.close("2018-01")).contains("2018年1月至2月已经关账"));
    assert!(office.bulletin("2018-02").contains("1至2月份，纳入考核的3个单位共报送政务信息0篇。"));
    for (now, label) in [
        ("2018-04-01", "2018-03"),
        ("2018-07-01", "2018-05"),
        ("2018-10-01", "2018-08"),
        ("2018-11-01", "2018-10"),
        ("2018-12-01", "2018-11"),
        ("2019-01-01", "2018-12"),
    ] {
        office.at(&format!("{now}T01:00:00Z"));
        office.close(label).unwrap();
    }
    let (entry, december) = office.app.statement(&office.editor(), month("2018-12")).unwrap();
    assert_eq!((entry.number, entry.period.chinese()), (7, "2018年12月".to_owned()));
    let year = december.year.unwrap();
    assert_eq!((year.year, year.units[0].1.score.total.to_string()), (2018, "6".to_owned()));
    office.sound();
}

#[test]
fn a_year_may_begin_in_december_and_ends_with_november() {
    let begins = "every = \"quarter\"\nyear_begins = { month = 12, of = \"last-year\" }";
    let office = Office::under(&plain("december-2019", begins), "2018-12-10T01:00:00Z");
    office.used("城关镇", "2018-12-10", "要情");
    assert_eq!(office.open().chinese(), "2019年第一季度");
    for (now, label) in
        [("2019-03-01", "2019-02"), ("2019-06-01", "2019-05"), ("2019-09-01", "2019-08"), ("2019-12-01", "2019-11")]
    {
        office.at(&format!("{now}T01:00:00Z"));
        let ends = office.app.checklist(&office.chief, month(label)).unwrap().ends_year;
        assert_eq!(ends, label == "2019-11", "{label}");
        office.close(label).unwrap();
    }
    let (_, last) = office.app.statement(&office.editor(), month("2019-09")).unwrap();
    let year = last.year.unwrap();
    assert_eq!((year.year, year.units[0].1.score.total.to_string()), (2019, "3".to_owned()));
    office.sound();
}

#[test]
fn after_the_cut_off_day_facts_count_in_the_next_period() {
    let cutoff = "every = \"month\"\ncutoff = { day = 25, then = \"next\" }";
    let office = Office::under(&plain("cutoff-2018", cutoff), "2018-06-28T01:00:00Z");
    office.used("城关镇", "2018-06-25", "要情");
    office.used("城关镇", "2018-06-26", "要情");
    assert_eq!((office.total("城关镇", "2018-06"), office.open().period.to), ("3".to_owned(), date(2018, 6, 25)));
    // 28 June is already July's, and June may be closed.
    assert_eq!(office.total("城关镇", "2018-07"), "3");
    office.close("2018-06").unwrap();
    assert_eq!((office.open().chinese(), office.total("城关镇", "2018-07")), ("2018年7月".to_owned(), "3".to_owned()));
    let late = office.record(fact(Table::Adoptions, office.unit("教育局"), "2018-06-24", "要情")).unwrap();
    assert!(!late.is_empty());
    assert_eq!(office.lines("教育局", "2018-07"), [("2018-06 要情".to_owned(), "3".to_owned())]);
    office.sound();
}

#[test]
fn a_scheme_begins_only_where_its_periods_and_those_before_it_meet() {
    let office = Office::under(PLAIN, "2018-07-20T01:00:00Z");
    office.used("城关镇", "2018-06-11", "要情");
    office.close("2018-06").unwrap();
    let quarters = plain("quarters-2018", "every = \"quarter\"");
    let middle = office.cannot_begin(&quarters, "2018-08-01");
    assert!(middle.contains("把2018年第三季度合为一期") && middle.contains("2018-07-01或2018-10-01"), "{middle}");
    assert!(office.cannot_begin(&quarters, "2018-06-01").contains("2018年6月已经关账"));
    assert!(office.cannot_begin(&quarters, "2018-04-01").contains("早于可以选的第一个月"));
    let cutoff = plain("cutoff-2018", "every = \"month\"\ncutoff = { day = 25, then = \"next\" }");
    let seam = office.cannot_begin(&cutoff, "2018-08-01");
    assert!(seam.contains("到2018-07-31为止") && seam.contains("从2018-07-26算起"), "{seam}");
    let july = plain("july-2018", "every = \"month\"\nyear_begins = { month = 7, of = \"this-year\" }");
    let years = office.cannot_begin(&july, "2018-08-01");
    assert!(years.contains("年度从7月起") && years.contains("请从2019-07-01起执行"), "{years}");
    // From July the old year ends half-way: that is said, and it may be.
    let draft = office.app.save_scheme_draft(&office.chief, None, &july).unwrap();
    let plan = office.app.plan_adoption(&office.chief, draft, "2018-07-01").unwrap();
    assert!(plan.notes[0].contains("2018年1月到2018年6月不再有年度汇总"), "{:?}", plan.notes);
    let seq = office.adopt(&quarters, "2018-07-01");
    assert_eq!(office.open().chinese(), "2018年第三季度");
    // A month cannot begin another scheme within the quarter, nor can a scheme ahead cut one of its quarters.
    let inside = office.cannot_begin(&plain("other-2018", "every = \"month\""), "2018-08-01");
    assert!(inside.contains("2018年第三季度按“") && inside.contains("请改为2018-10-01"), "{inside}");
    office.adopt(&plain("months-2018", "every = \"month\""), "2018-10-01");
    let cut = office.cannot_begin(&plain("halves-2018", "every = \"half-year\""), "2018-07-01");
    assert!(cut.contains("2018-10-01起另有一份办法") && cut.contains("2018年下半年"), "{cut}");
    office.app.withdraw_scheme(&office.chief, seq, "改回按月").unwrap();
    assert_eq!(office.open().chinese(), "2018年7月");
    office.sound();
}

#[test]
fn a_new_office_may_take_the_period_that_has_begun() {
    let office = Office::under(PLAIN, "2018-08-20T01:00:00Z");
    office.used("城关镇", "2018-08-11", "要情");
    let quarters = plain("quarters-2018", "every = \"quarter\"");
    let draft = office.app.save_scheme_draft(&office.chief, None, &quarters).unwrap();
    let months = office.app.adoptable_months(&office.chief, draft).unwrap();
    assert_eq!((months[0], months[1]), (month("2018-07"), month("2018-10")));
    office.adopt(&quarters, "2018-07-01");
    assert_eq!((office.open().chinese(), office.total("城关镇", "2018-09")), ("2018年第三季度".to_owned(), "3".into()));
    office.at("2018-10-01T01:00:00Z");
    office.close("2018-08").unwrap();
    office.sound();
}

/// The plain scheme with a column that must be filled, one to choose from, and one that says whether a unit is asked.
fn with_columns() -> String {
    PLAIN.replace("plain-2018", "columns-2018").replace(
        "prices = [{ name = \"要情\", points = 3 }]",
        "prices = [{ name = \"要情\", points = 1, times = \"分值\", when = [\"质量 ≠ 不合格\", \"考核 = 是\"] }, { name = \"不计\", of = \"要情\", points = 0 }]",
    ) + r#"
[[attribute]]
table = "采用"
name = "分值"
type = "number"
range = [1, 5]
missing = "fault"

[[attribute]]
table = "采用"
name = "质量"
type = "name"
values = ["合格", "不合格"]

[[attribute]]
table = "单位"
name = "考核"
type = "yes-no"
"#
}

#[test]
fn declared_columns_are_asked_for_kept_and_scored() {
    let office = Office::under(&with_columns(), "2018-06-20T01:00:00Z");
    let unit = office.unit("城关镇");
    let typed = |cells: &[(&str, &str)]| -> Typed {
        cells.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    };
    let use_with = |cells: &[(&str, &str)]| NewFact {
        cells: typed(cells),
        ..fact(Table::Adoptions, unit, "2018-06-11", "要情")
    };
    let Err(Problem::Faults(faults)) = office.record(use_with(&[("质量", "一般")])) else { panic!("no fault") };
    let said: Vec<(&str, Option<i64>)> = faults.iter().map(|fault| (fault.field, fault.of)).collect();
    assert_eq!(said, [("cell", Some(0)), ("cell", Some(1))], "{faults:?}");
    let key = office.record(use_with(&[("分值", "4")])).unwrap();
    // The unit is not asked: the use is worth nothing until it is.
    assert_eq!(office.total("城关镇", "2018-06"), "0");
    office.app.change_unit(&office.administrator, unit, &wish("城关镇", "", "", &typed(&[("考核", "是")]))).unwrap();
    assert_eq!(office.total("城关镇", "2018-06"), "4");
    // A later row of the same fact, and the close seals what stands there then.
    office
        .app
        .fill_cells(&office.editor(), Table::Adoptions, &key, &typed(&[("分值", "5"), ("质量", "合格")]))
        .unwrap();
    let again =
        office.app.fill_cells(&office.editor(), Table::Adoptions, &key, &typed(&[("分值", "5"), ("质量", "合格")]));
    assert!(refused(again).contains("与已登记的相同"));
    assert_eq!(office.total("城关镇", "2018-06"), "5");
    office.at("2018-07-01T01:00:00Z");
    office.close("2018-06").unwrap();
    office
        .app
        .fill_cells(&office.editor(), Table::Adoptions, &key, &typed(&[("分值", "2"), ("质量", "合格")]))
        .unwrap();
    assert_eq!(office.total("城关镇", "2018-06"), "5");
    assert_eq!(office.lines("城关镇", "2018-07"), [("2018-06 要情".to_owned(), "-3".to_owned())]);
    office.sound();
}

#[test]
fn what_cannot_be_scored_stops_the_close_and_is_named() {
    let office = Office::under(&with_columns(), "2018-06-20T01:00:00Z");
    // As an issue of our own prints it: nobody was asked for the column.
    let key = office.append(Table::Adoptions, office.unit("城关镇"), "2018-06-11", "要情");
    office.at("2018-07-01T01:00:00Z");
    let sentence = refused(office.close("2018-06"));
    assert!(sentence.contains("还有1处不能计分，没有关账：采用:1：") && sentence.contains("分值"), "{sentence}");
    assert_eq!(office.app.checklist(&office.chief, month("2018-06")).unwrap().unknown[0].place, "采用:1");
    let cells: Typed = [("分值".to_owned(), "3".to_owned())].into();
    office.app.fill_cells(&office.editor(), Table::Adoptions, &key, &cells).unwrap();
    office.close("2018-06").unwrap();
    office.sound();
}

#[test]
fn uses_of_one_item_are_known_by_its_number() {
    let best = PLAIN.replace("plain-2018", "best-2018").replace(
        "prices = [{ name = \"要情\", points = 3 }]",
        "prices = [{ name = \"要情\", points = 3 }, { name = \"专报\", points = 10 }]",
    ) + r#"
[[rule]]
id = "highest"
clause = "三"
sentence = "同一信息多次采用的，就高不计低。"
kind = "combine"
of = ["adoption"]
best = 1
"#;
    let office = Office::under(&best, "2018-06-20T01:00:00Z");
    office.used("城关镇", "2018-06-11", "要情");
    office.used("城关镇", "2018-06-12", "专报");
    // Both name the item by the same title: one item, the dearest use of it.
    assert_eq!(office.total("城关镇", "2018-06"), "10");
    let mut other = fact(Table::Adoptions, office.unit("城关镇"), "2018-06-13", "要情");
    other.item = "另一篇".to_owned();
    office.record(other).unwrap();
    assert_eq!(office.total("城关镇", "2018-06"), "13");
    office.sound();
}

#[test]
fn units_and_publications_are_held_against_the_scheme_ahead_too() {
    let office = Office::under(PLAIN, "2018-06-20T01:00:00Z");
    let classes = plain("classes-2018", "every = \"month\"")
        .replace("prices = [{ name = \"要情\"", "prices = [{ name = \"专报\"")
        + r#"
[[class]]
name = "一类"
clause = "四"
sentence = "一类单位每月2篇。"
total = 2

[[rule]]
id = "quota"
clause = "四"
sentence = "完成任务的加5分。"
kind = "quota"
count = "报送"
met = { name = "完成任务", points = 5 }
"#;
    let (draft, asked) = office.plan(&classes, "2018-08-01").unwrap();
    let plan = office.app.plan_adoption(&office.chief, draft, "2018-08-01").unwrap();
    // Nothing stands in the way; the units are to be set right in time.
    assert!(plan.faults.is_empty() && plan.todo.iter().any(|fault| fault.sentence.contains("类别")), "{:?}", plan.todo);
    office.app.adopt_scheme(&office.chief, draft, &asked).unwrap();
    let unit = office.unit("城关镇");
    let none = wish("城关镇", "", "", &Typed::new());
    let said = office.app.unit_notices(&office.administrator, &none).unwrap();
    assert!(said[0].contains("自2018-08-01起执行的") && said[0].contains("空白的类别"), "{said:?}");
    let first = wish("城关镇", "一类", "", &Typed::new());
    assert!(office.app.unit_notices(&office.administrator, &first).unwrap().is_empty());
    office.app.change_unit(&office.administrator, unit, &first).unwrap();
    let unknown = office.app.change_unit(&office.administrator, unit, &wish("城关镇", "三类", "", &Typed::new()));
    assert!(unknown.is_ok(), "the scheme in force asks for no class: {unknown:?}");
    let choices = office.app.adoption_choices(&office.editor()).unwrap();
    let names: Vec<&str> = choices.iter().flat_map(|choices| &choices.names).map(|(name, _)| &**name).collect();
    assert_eq!(names, ["要情", "专报"]);
    // Facts take the names of their own day.
    office.at("2018-08-20T01:00:00Z");
    assert!(office.record(fact(Table::Adoptions, unit, "2018-08-11", "要情")).is_err());
    office.used("城关镇", "2018-07-11", "要情");
    office.used("城关镇", "2018-08-11", "专报");
    office.sound();
}
