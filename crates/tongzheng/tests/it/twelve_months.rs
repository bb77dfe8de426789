//! A year of closes in a row through a real browser, late facts planted between them; after each the hand-worked totals, and the
//! statement computed again byte for byte. The year itself is data: `twelve_months.txt`.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use jiff::civil::date;
use tz_app::{App, Chief, Editor, FixedClock, Person, Role};
use tz_model::{AccountId, Month, Table, UnitId};
use tz_scheme::Scheme;
use tz_store::Store;
use tz_store::directory::UnitVersionRow;
use tz_store::ledger::{FactFilter, FactRow};

use crate::browser::Browser;
use crate::people::{account, first_administrator, sign_in, sign_out, welcome};
use crate::program::{Running, printed, run};

const UNITS: [&str; 3] = ["墨研办", "气象局", "地震局"];

/// A line of the year: its words.
fn lines() -> Vec<Vec<&'static str>> {
    let lines = include_str!("twelve_months.txt").lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split_whitespace().collect()).filter(|words: &Vec<_>| !words.is_empty()).collect()
}

/// The data folder while no server runs on it.
struct Folder {
    app: App,
    store: Arc<Store>,
}

impl Folder {
    fn open(data: &Path, now: &str) -> Self {
        let store = Arc::new(Store::open_folder(data).expect("the folder opens"));
        let clock = Arc::new(FixedClock::at(now.parse().expect("a moment")));
        let scheme = Scheme::builtin("tengzhou-2018").expect("the built-in scheme is there");
        let app = App::open_or_set_up(Arc::clone(&store), clock, scheme, date(2018, 1, 1)).expect("the office");
        Self { app, store }
    }

    fn units(&self) -> BTreeMap<String, UnitId> {
        let units = self.store.read(self.app.office()).expect("a transaction").list_units(None).expect("the units");
        units.into_iter().map(|unit| (unit.name, UnitId(unit.unit_id))).collect()
    }

    /// Only three units of C类 are left: what a test reads through must be small.
    fn shrink(&self) {
        let mut tx = self.store.write(self.app.office()).expect("a transaction");
        for unit in tx.list_units(None).expect("the units") {
            if !UNITS.contains(&&*unit.name) {
                let gone = UnitVersionRow { to_date: Some("2017-12-31".to_owned()), ..unit };
                tx.append_unit_version(gone).expect("a version of a unit");
            }
        }
        tx.commit().expect("a commit");
    }

    /// Records a line of the year.
    fn record(&self, words: &[&str]) {
        let units = self.units();
        let [what, month, unit, rest @ ..] = words else { panic!("too short: {words:?}") };
        let id = units[*unit];
        let mut tx = self.store.write(self.app.office()).expect("a transaction");
        let at = self.app.now().as_microsecond();
        let row = |table: Table, day: &str, name: &str| FactRow {
            recorded_at: at,
            reason: (*what).to_owned(),
            title: Some(format!("{day}的{name}")),
            ..FactRow::new(table.name(), &[id.0], day, name)
        };
        let duty = |tx: &mut tz_store::Write, deadline: &str| {
            let filter = FactFilter { table: Some(Table::Duties.name()), ..FactFilter::default() };
            let all = tx.list_facts(&filter).expect("the duties");
            all.into_iter().find(|row| row.date == deadline && row.unit_ids() == [id.0])
        };
        match (*what, rest) {
            ("完成", [count]) | ("补报", [count, _]) => {
                let of = rest.get(1).unwrap_or(month);
                let categories = ["工作动态", "工作动态", "调研分析", "问题建议"];
                let count: usize = count.parse().expect("a number of items");
                for (category, day) in categories.into_iter().take(count).zip(3..) {
                    let row = row(Table::Reports, &format!("{of}-{day:02}"), category);
                    tx.append_fact(FactRow { channel: Some("网页".to_owned()), ..row }).expect("a report");
                }
            }
            ("采用", [day, name]) => drop(tx.append_fact(row(Table::Adoptions, day, name)).expect("a use")),
            ("批示", [day, name]) => drop(tx.append_fact(row(Table::Comments, day, name)).expect("a comment")),
            ("事项", [day, name]) => drop(tx.append_fact(row(Table::Events, day, name)).expect("an event")),
            ("约稿", [deadline]) => drop(tx.append_fact(row(Table::Duties, deadline, "")).expect("a duty")),
            ("答复", [deadline, day]) => {
                let held = duty(&mut tx, deadline).expect("a duty with this deadline");
                tx.append_fact(FactRow { answered: Some((*day).to_owned()), recorded_at: at, ..held })
                    .expect("an answer");
            }
            ("撤销", [name]) => {
                let filter = FactFilter { table: Some(Table::Adoptions.name()), ..FactFilter::default() };
                let all = tx.list_facts(&filter).expect("the uses");
                let held = all.into_iter().find(|row| row.name == *name && row.unit_ids() == [id.0]);
                let held = held.expect("a use of this name");
                tx.append_fact(FactRow { revoked: true, recorded_at: at, ..held }).expect("a withdrawal");
            }
            _ => panic!("no such line: {words:?}"),
        }
        tx.commit().expect("a commit");
    }

    /// What a closed month says, against what it must say.
    fn check(&self, words: &[&str]) {
        let [what, month, expected @ ..] = words else { panic!("too short: {words:?}") };
        let month: Month = month.parse().expect("a month");
        let person = Person {
            account: AccountId(1),
            name: "测试".to_owned(),
            role: Role::Chief,
            unit: None,
            must_change: false,
        };
        let editor = Editor::of(&Chief::of(&person).expect("a chief")).expect("a chief is an editor");
        let (_, statement) = self.app.statement(&editor, month).expect("the statement");
        let units = if *what == "年度" {
            &statement.year.as_ref().expect("it ends the year").units
        } else {
            &statement.units
        };
        for pair in expected.chunks(2) {
            let [unit, points] = pair else { panic!("a unit without points: {words:?}") };
            let (_, found) = units.iter().find(|(_, found)| *found.unit == **unit).expect("the unit is scored");
            assert_eq!(found.score.total.to_string(), *points, "{unit} in {what} {month}: {:#?}", found.score.lines);
        }
    }

    /// Every statement so far by its hash.
    fn hashes(&self) -> Vec<(Month, String)> {
        let closed = self.app.closed_months().expect("the statements");
        closed.into_iter().map(|(month, _, sha256)| (month, sha256)).collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twelve_months_close_in_a_row_with_late_facts_and_each_computes_again_to_its_bytes() {
    let Some(browser) = Browser::open().await else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let data_text = data.display().to_string();
    let server = Running::serve(&data, "2018-01-02T09:00");
    first_administrator(&browser, &server).await;
    let link = account(&browser, &server.address, "kezhang", "孔立新", "科长", None).await;
    sign_out(&browser).await;
    welcome(&browser, &link).await;
    drop(server);
    let keyed = run(&["statement", "key", "--data", &data_text]);
    assert!(printed(&keyed.stdout).contains("签名密钥已生成"), "{}", printed(&keyed.stderr));
    Folder::open(&data, "2018-01-02T01:00:00Z").shrink();

    let year = lines();
    let mut before: Vec<(Month, String)> = Vec::new();
    for month in Month::year_of(2018) {
        let label = month.to_string();
        let of_month = |checks: bool| {
            let own = year.iter().filter(|words| words[1] == label);
            own.filter(move |words| matches!(words[0], "得分" | "年度") == checks)
        };
        {
            let open = Folder::open(&data, &format!("{}T04:00:00Z", month.last()));
            of_month(false).for_each(|words| open.record(words));
        }
        let server = Running::serve(&data, &format!("{}T09:00", month.next().first()));
        let address = server.address.clone();
        sign_in(&browser, &address, "kezhang").await;
        browser.go(&format!("{address}/assessment/close")).await;
        browser.says(&format!("关账 · {}", month.chinese())).await;
        browser.find("#sure").await.click().await.expect("the box can be ticked");
        browser.press_surely(&format!("关账 {}", month.chinese())).await;
        browser.says(&format!("{}已关账，计分表第{}号已生成", month.chinese(), month.number())).await;
        if month.number() == 4 {
            browser.picture("year-04-statement").await;
        }
        sign_out(&browser).await;
        drop(server);

        let closed = Folder::open(&data, &format!("{}T04:00:00Z", month.next().first()));
        of_month(true).for_each(|words| closed.check(words));
        let now = closed.hashes();
        assert_eq!(now[..before.len()], before[..], "a closed month never changes");
        assert_eq!(now.len(), before.len() + 1);
        before = now;
        drop(closed);
        let checked = run(&["statement", "verify", &label, "--data", &data_text]);
        assert!(checked.status.success(), "{label}: {}", printed(&checked.stderr));
    }
    drop(browser);
    let sound = run(&["verify", "--data", &data_text]);
    assert!(printed(&sound.stdout).contains("没有发现差错"), "{}{}", printed(&sound.stdout), printed(&sound.stderr));
}
