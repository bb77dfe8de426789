//! The office's own schemes: drafts, taken into force from a day, taken back, tried on the past; closed months stay as they were.

#![expect(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it must be")]

use std::sync::Arc;

use jiff::civil::date;
use tz_app::assessment::scheme::{AdoptWish, AdoptionState, AttemptWish, SchemePlace};
use tz_app::{App, Chief, Clock, Editor, FixedClock, Person, Problem, Role};
use tz_model::{AccountId, Month, Points, Table, UnitId};
use tz_scheme::Scheme;
use tz_store::Store;
use tz_store::account::AccountRow;
use tz_store::ledger::FactRow;

struct Office {
    app: App,
    store: Arc<Store>,
    clock: Arc<FixedClock>,
    chiefs: [Chief; 2],
    _folder: tempfile::TempDir,
}

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

/// The office's scheme with another price for 每日要情采用 (5).
fn dearer(points: u32) -> String {
    let text = Scheme::builtin("tengzhou-2018").unwrap().text();
    let new =
        text.replace("name = \"每日要情采用\", points = 5", &format!("name = \"每日要情采用\", points = {points}"));
    assert_ne!(new, text);
    new
}

impl Office {
    fn new(now: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open_folder(folder.path()).unwrap());
        let clock = Arc::new(FixedClock::at(now.parse().unwrap()));
        let shared: Arc<dyn Clock> = clock.clone();
        let scheme = Scheme::builtin("tengzhou-2018").unwrap();
        let app = App::open_or_set_up(Arc::clone(&store), shared, scheme, date(2018, 1, 1)).unwrap();
        let mut tx = store.write(app.office()).unwrap();
        let chiefs = ["王科长", "李科长"].map(|name| {
            let id = tx.next_id("account").unwrap();
            tx.insert_account(&AccountRow {
                id,
                office_id: app.office().0,
                login: name.to_owned(),
                login_key: name.to_owned(),
                name: name.to_owned(),
                role: "chief".to_owned(),
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
            let role = Role::Chief;
            Chief::of(&Person { account: AccountId(id), name: name.to_owned(), role, unit: None, must_change: false })
                .unwrap()
        });
        tx.commit().unwrap();
        Self { app, store, clock, chiefs, _folder: folder }
    }

    fn at(&self, now: &str) {
        self.clock.set(now.parse().unwrap());
    }

    fn chief(&self) -> &Chief {
        &self.chiefs[0]
    }

    fn editor(&self) -> Editor {
        Editor::of(self.chief()).unwrap()
    }

    fn unit(&self, name: &str) -> UnitId {
        let units = self.store.read(self.app.office()).unwrap().list_units(None).unwrap();
        UnitId(units.iter().find(|unit| unit.name == name).unwrap().unit_id)
    }

    fn used(&self, unit: &str, day: &str, kind: &str) {
        let mut row = FactRow::new(Table::Adoptions.name(), &[self.unit(unit).0], day, kind);
        row.title = Some(format!("{day}的稿件"));
        row.recorded_at = self.app.now().as_microsecond();
        row.reason = "测试".to_owned();
        let mut tx = self.store.write(self.app.office()).unwrap();
        tx.append_fact(row).unwrap();
        tx.commit().unwrap();
    }

    fn draft(&self, text: &str) -> i64 {
        self.app.save_scheme_draft(self.chief(), None, text).unwrap()
    }

    /// What the chief confirms after looking at the plan.
    fn wish(&self, draft: i64, from: &str) -> AdoptWish {
        let plan = self.app.plan_adoption(self.chief(), draft, from).unwrap();
        AdoptWish { from: from.to_owned(), hash: plan.draft.hash.clone(), against: plan.before.hash().to_owned() }
    }

    fn adopt(&self, draft: i64, from: &str) -> i64 {
        self.app.adopt_scheme(self.chief(), draft, &self.wish(draft, from)).unwrap()
    }

    /// The points of every line of a unit in a month that is called so.
    fn points(&self, unit: &str, label: &str, item: &str) -> Vec<String> {
        let account = self.app.account_of(self.chief(), self.unit(unit), month(label)).unwrap();
        let lines = account.lines.iter().filter(|line| &*line.line.item == item);
        lines.map(|line| line.line.points.to_string()).collect()
    }

    fn sound(&self) {
        assert_eq!(self.app.verify().unwrap(), Vec::<String>::new());
    }
}

fn refused<T: std::fmt::Debug>(result: Result<T, Problem>) -> String {
    match result {
        Err(Problem::Refused(sentence)) => sentence,
        other => panic!("not refused: {other:?}"),
    }
}

fn faulty<T: std::fmt::Debug>(result: Result<T, Problem>, field: &str) -> String {
    match result {
        Err(Problem::Faults(faults)) if faults[0].field == field => faults[0].sentence.clone(),
        other => panic!("no fault at {field}: {other:?}"),
    }
}

#[test]
fn a_scheme_holds_from_its_day_and_what_is_closed_stays_as_it_was() {
    let office = Office::new("2018-07-02T01:00:00Z");
    office.used("墨研办", "2018-06-11", "每日要情采用");
    office.app.close_month(office.chief(), month("2018-06")).unwrap();
    let before = office.app.statement_text(&office.editor(), month("2018-06")).unwrap();
    assert_eq!(office.adopt(office.draft(&dearer(8)), "2018-08-01"), 2);
    // July is still scored by the old scheme, August by the new one.
    office.used("墨研办", "2018-07-01", "每日要情采用");
    assert_eq!(office.points("墨研办", "2018-07", "每日要情采用"), ["5"]);
    office.at("2018-08-20T01:00:00Z");
    office.app.close_month(office.chief(), month("2018-07")).unwrap();
    office.used("墨研办", "2018-08-11", "每日要情采用");
    assert_eq!(office.points("墨研办", "2018-08", "每日要情采用"), ["8"]);
    // A use of June found late is corrected by what June was closed under.
    office.used("墨研办", "2018-06-25", "每日要情采用");
    assert_eq!(office.points("墨研办", "2018-08", "2018-06 每日要情采用"), ["5"]);
    office.at("2018-09-02T01:00:00Z");
    office.app.close_month(office.chief(), month("2018-08")).unwrap();
    assert_eq!(office.points("墨研办", "2018-06", "每日要情采用"), ["5"]);
    assert_eq!(office.points("墨研办", "2018-08", "每日要情采用"), ["8"]);
    assert_eq!(office.app.statement_text(&office.editor(), month("2018-06")).unwrap(), before);
    let (_, june) = office.app.statement(&office.editor(), month("2018-06")).unwrap();
    let (_, august) = office.app.statement(&office.editor(), month("2018-08")).unwrap();
    assert_ne!(june.scheme_hash, august.scheme_hash);
    let list = office.app.schemes(&office.editor()).unwrap();
    let states: Vec<(&AdoptionState, usize)> = list.adopted.iter().map(|entry| (&entry.state, entry.closed)).collect();
    assert_eq!(states, [(&AdoptionState::InForce, 1), (&AdoptionState::Past(Some("2018-07-31".to_owned())), 2)]);
    assert!(list.drafts.is_empty(), "a draft in force is no draft any more");
    office.sound();
}

#[test]
fn only_the_first_day_of_a_month_that_is_not_closed_can_begin_a_scheme() {
    let office = Office::new("2018-07-02T01:00:00Z");
    office.used("墨研办", "2018-06-11", "每日要情采用");
    office.app.close_month(office.chief(), month("2018-06")).unwrap();
    let draft = office.draft(&dearer(8));
    let plan = |from: &str| office.app.plan_adoption(office.chief(), draft, from);
    let closed = faulty(plan("2018-06-01"), "from");
    assert!(closed.contains("2018年6月已经关账") && closed.contains("最早从2018年7月1日起"), "{closed}");
    assert!(faulty(plan("2018-07-15"), "from").contains("请改为2018-08-01"));
    assert!(faulty(plan("明年"), "from").contains("“明年”不是日期"));
    assert_eq!(plan("2018-07-01").unwrap().changes, ["规则“adoption”的“每日要情采用”由 5 分改为 8 分。"]);
    // The month may be closed between the page and the act.
    let wish = office.wish(draft, "2018-07-01");
    office.at("2018-08-02T01:00:00Z");
    office.app.close_month(office.chief(), month("2018-07")).unwrap();
    assert!(faulty(office.app.adopt_scheme(office.chief(), draft, &wish), "from").contains("2018年7月已经关账"));
    office.sound();
}

#[test]
fn a_draft_with_faults_is_kept_and_never_taken_into_force() {
    let office = Office::new("2018-07-02T01:00:00Z");
    let draft = office.draft("name = \"写到一半的办法\"\n[[rule]]\n");
    let list = office.app.schemes(&office.editor()).unwrap();
    assert_eq!((&*list.drafts[0].name, list.drafts[0].faults > 0), ("写到一半的办法", true));
    let sentence = refused(office.app.plan_adoption(office.chief(), draft, "2018-08-01"));
    assert!(sentence.contains("“写到一半的办法”还有") && sentence.contains("改好以后才能启用"), "{sentence}");
    assert!(faulty(office.app.save_scheme_draft(office.chief(), None, " \n"), "text").contains("还没有文字"));
    assert!(faulty(office.app.save_scheme_draft(office.chief(), None, "a\0"), "text").contains("空字符"));
    office.app.discard_scheme_draft(office.chief(), draft).unwrap();
    assert!(office.app.schemes(&office.editor()).unwrap().drafts.is_empty());
    assert!(matches!(office.app.discard_scheme_draft(office.chief(), draft), Err(Problem::NotThere)));
    office.sound();
}

#[test]
fn what_the_office_uses_and_the_new_scheme_lacks_is_said_before() {
    let office = Office::new("2018-07-02T01:00:00Z");
    office.used("墨研办", "2018-07-01", "每日要情采用");
    let text = dearer(8).replace("每日要情采用", "要情采用");
    let draft = office.draft(&text);
    let said = |draft: i64| -> Vec<String> {
        let plan = office.app.plan_adoption(office.chief(), draft, "2018-07-01").unwrap();
        plan.faults.iter().map(ToString::to_string).collect()
    };
    let faults = said(draft);
    let plan = office.app.plan_adoption(office.chief(), draft, "2018-07-01").unwrap();
    let todo = plan.todo[0].to_string();
    assert!(todo.starts_with("刊物《每日要情》：它的计分方式“每日要情采用”不在这份办法里"), "{todo}");
    assert!(faults.iter().any(|fault| fault.starts_with("采用:1：计分办法里没有名为“每日要情采用”")), "{faults:?}");
    assert!(
        refused(office.app.adopt_scheme(office.chief(), draft, &office.wish(draft, "2018-07-01")))
            .contains("还不能启用")
    );
    // Another office's classes: 103 units are said in a few sentences, and can be set right afterwards.
    let other = office.draft(Scheme::builtin("huzhou-2018").unwrap().text());
    assert_eq!(said(other).len(), 1);
    let todo = office.app.plan_adoption(office.chief(), other, "2018-07-01").unwrap().todo;
    assert!(!todo.is_empty() && todo.len() < 40, "{}", todo.len());
    // The scheme in force again.
    let same = office.draft(Scheme::builtin("tengzhou-2018").unwrap().text());
    assert!(said(same).iter().any(|fault| fault.contains("逐字相同")));
    office.sound();
}

#[test]
fn two_chiefs_at_once_do_not_undo_each_other() {
    let office = Office::new("2018-07-02T01:00:00Z");
    let [one, other] = &office.chiefs;
    let (first, second) = (office.draft(&dearer(8)), office.draft(&dearer(9)));
    let (wish, stale) = (office.wish(first, "2018-08-01"), office.wish(second, "2018-08-01"));
    office.app.adopt_scheme(one, first, &wish).unwrap();
    // The second compared with a scheme that holds no more; the first draft is no draft any more.
    assert!(refused(office.app.adopt_scheme(other, second, &stale)).contains("已有改动"));
    assert!(matches!(office.app.adopt_scheme(other, first, &wish), Err(Problem::NotThere)));
    // Both have the draft open; the one who saves later is told so, and a text that is the same is no quarrel.
    let hash = office.app.open_scheme(&office.editor(), &SchemePlace::Draft(second)).unwrap().hash;
    office.app.save_scheme_draft(one, Some((second, &hash)), &dearer(10)).unwrap();
    assert!(
        refused(office.app.save_scheme_draft(other, Some((second, &hash)), &dearer(11))).contains("王科长已经改过")
    );
    office.app.save_scheme_draft(other, Some((second, &hash)), &dearer(10)).unwrap();
    // A draft changed after the confirmation page was opened is not what the chief confirmed.
    let wish = office.wish(second, "2018-08-01");
    let hash = office.app.open_scheme(&office.editor(), &SchemePlace::Draft(second)).unwrap().hash;
    office.app.save_scheme_draft(one, Some((second, &hash)), &dearer(12)).unwrap();
    assert!(refused(office.app.adopt_scheme(other, second, &wish)).contains("已有改动"));
    office.sound();
}

#[test]
fn an_adoption_by_mistake_is_taken_back_until_a_month_is_closed_under_it() {
    let office = Office::new("2018-07-02T01:00:00Z");
    office.used("墨研办", "2018-07-01", "每日要情采用");
    assert!(refused(office.app.withdraw_scheme(office.chief(), 1, "试试")).contains("这是唯一的计分办法"));
    let seq = office.adopt(office.draft(&dearer(8)), "2018-07-01");
    assert_eq!(office.points("墨研办", "2018-07", "每日要情采用"), ["8"]);
    assert!(faulty(office.app.withdraw_scheme(office.chief(), seq, " "), "reason").contains("为什么撤回"));
    office.app.withdraw_scheme(office.chief(), seq, "启用早了").unwrap();
    assert_eq!(office.points("墨研办", "2018-07", "每日要情采用"), ["5"]);
    assert!(refused(office.app.withdraw_scheme(office.chief(), seq, "再来")).contains("已经撤回"));
    let list = office.app.schemes(&office.editor()).unwrap();
    let back = list.adopted.iter().find(|entry| entry.seq == seq).unwrap();
    assert!(matches!(&back.state, AdoptionState::Withdrawn { reason, .. } if reason == "启用早了"), "{:?}", back.state);
    // From the same day again, and this time a month is closed under it.
    let again = office.adopt(office.draft(&dearer(9)), "2018-07-01");
    office.at("2018-08-02T01:00:00Z");
    office.app.close_month(office.chief(), month("2018-07")).unwrap();
    assert_eq!(office.points("墨研办", "2018-07", "每日要情采用"), ["9"]);
    assert!(refused(office.app.withdraw_scheme(office.chief(), again, "太晚")).contains("已有1个月按它关账"));
    office.sound();
}

#[test]
fn a_trial_says_who_gains_and_changes_nothing() {
    let office = Office::new("2018-07-02T01:00:00Z");
    office.used("墨研办", "2018-06-11", "每日要情采用");
    let draft = office.draft(&dearer(8));
    let wish = |new: SchemePlace| AttemptWish { new, old: None, year: 2018, through: Some(month("2018-06")) };
    let tried = office.app.try_scheme(&office.editor(), &wish(SchemePlace::Draft(draft))).unwrap();
    assert_eq!(tried.years, [2018]);
    let trial = tried.result.unwrap();
    let gains: Vec<(&str, Points)> =
        trial.units.iter().filter(|unit| !unit.gain().is_zero()).map(|unit| (&*unit.unit, unit.gain())).collect();
    assert_eq!(gains.len(), 1);
    assert_eq!((gains[0].0, gains[0].1.to_string()), ("墨研办", "3".to_owned()));
    // A scheme without a name for what was recorded says so instead.
    let lacking = office.draft(&dearer(8).replace("每日要情采用", "要情采用"));
    let faults =
        office.app.try_scheme(&office.editor(), &wish(SchemePlace::Draft(lacking))).unwrap().result.unwrap_err();
    assert!(faults[0].sentence.contains("没有名为“每日要情采用”"), "{faults:?}");
    let other = AttemptWish { year: 2017, ..wish(SchemePlace::Draft(draft)) };
    assert!(faulty(office.app.try_scheme(&office.editor(), &other), "year").contains("2017年没有登记"));
    let builtin = SchemePlace::Builtin("no-such".to_owned());
    assert!(matches!(office.app.open_scheme(&office.editor(), &builtin), Err(Problem::NotThere)));
    assert_eq!(office.points("墨研办", "2018-06", "每日要情采用"), ["5"]);
    office.sound();
}
