//! Who is told of what, once; jobs by the calendar, shared by servers; reminders over a week of moved time.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::SignedDuration;
use tz_app::jobs::JobKind;
use tz_app::notice::{NoticeKind, NoticeWish, RobotWish};
use tz_app::postbox::Secret;
use tz_app::solicitation::{DutyMark, NewSolicitation};
use tz_app::{Administrator, App, Editor, FixedClock, Person, Role};
use tz_model::{AccountId, UnitId};
use tz_scheme::Scheme;
use tz_store::Store;
use tz_store::account::AccountRow;
use tz_store::job::JobRow;
use tz_store::outgoing::MailOutRow;

struct House {
    app: App,
    store: Arc<Store>,
    clock: Arc<FixedClock>,
    people: BTreeMap<&'static str, Person>,
    _folder: tempfile::TempDir,
}

/// An office on 2018-06-13, a Wednesday, at three in the afternoon, that sends mail.
fn house() -> House {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = Arc::new(Store::open_folder(folder.path()).expect("a new database"));
    let clock = Arc::new(FixedClock::at("2018-06-13T07:00:00Z".parse().expect("a moment")));
    let scheme = Scheme::builtin("tengzhou-2018").expect("built in");
    let from = jiff::civil::date(2018, 1, 1);
    let app = App::open_or_set_up(Arc::clone(&store), Arc::clone(&clock) as _, scheme, from).expect("an office");
    let app = app.with_keys(folder.path());
    let mut house = House { app, store, clock, people: BTreeMap::new(), _folder: folder };
    let (binhu, grain) = (house.unit("滨湖镇"), house.unit("粮食局"));
    let wanted: [(&str, Role, Option<UnitId>); 5] = [
        ("李文博", Role::Editor, None),
        ("宋海燕", Role::Editor, None),
        ("满建国", Role::Administrator, None),
        ("滨湖镇", Role::Reporter, Some(binhu)),
        ("粮食局", Role::Reporter, Some(grain)),
    ];
    let mut tx = house.store.write(house.app.office()).expect("a transaction");
    for (name, role, unit) in wanted {
        let id = tx.next_id("account").expect("an identity");
        let row = AccountRow {
            id,
            office_id: house.app.office().0,
            login: name.to_owned(),
            login_key: name.to_owned(),
            name: name.to_owned(),
            role: role.key().to_owned(),
            unit_id: unit.map(|unit| unit.0),
            password_hash: String::new(),
            must_change: false,
            disabled: false,
            failures: 0,
            locked_until: None,
            created_at: 0,
            last_seen_at: None,
        };
        tx.insert_account(&row).expect("an account");
        let person = Person { account: AccountId(id), name: name.to_owned(), role, unit, must_change: false };
        house.people.insert(name, person);
    }
    // Only one of the two units has a registered mailbox.
    tx.insert_mailbox(binhu, "binhu@unit.example", 0).expect("the address is free");
    tx.set_mail_out(MailOutRow {
        office_id: 0,
        enabled: true,
        host: "mail.example".to_owned(),
        port: 465,
        security: "tls".to_owned(),
        authorities: String::new(),
        login: "xxk".to_owned(),
        password_sealed: String::new(),
        address: "xxk@office.example".to_owned(),
        name: "信息科".to_owned(),
        per_minute: 600,
        trouble: String::new(),
        troubled_at: None,
    })
    .expect("settings");
    tx.commit().expect("committed");
    house
}

impl House {
    fn unit(&self, name: &str) -> UnitId {
        let units = self.store.read(self.app.office()).expect("reading").list_units(None).expect("units");
        UnitId(units.iter().find(|unit| unit.name == name).expect("a unit of the scheme").unit_id)
    }

    fn editor(&self) -> Editor {
        Editor::of(&self.people["李文博"]).expect("an editor")
    }

    fn administrator(&self) -> Administrator {
        Administrator::of(&self.people["满建国"]).expect("an administrator")
    }

    fn solicit(&self, topic: &str, deadline: &str) -> tz_app::solicitation::Solicited {
        let new = NewSolicitation {
            topic: topic.to_owned(),
            deadline: deadline.to_owned(),
            units: vec![self.unit("滨湖镇"), self.unit("粮食局")],
            ..NewSolicitation::default()
        };
        self.app.solicit(&self.editor(), &new).expect("sent")
    }

    /// What a person was told: kinds with their counts.
    fn told(&self, name: &str) -> Vec<(&'static str, usize)> {
        let (notices, more) = self.app.notices(&self.people[name], None).expect("notices");
        assert!(!more);
        let kinds = NoticeKind::ALL.into_iter();
        let count = |kind| notices.iter().filter(|notice| notice.kind == Some(kind)).count();
        kinds.map(|kind| (kind.name(), count(kind))).filter(|(_, count)| *count > 0).collect()
    }

    /// The subjects of the letters that are sent until now; each is taken over by the mail server.
    fn mailed(&self) -> Vec<(String, String)> {
        let letters = self.app.claim_outgoing(100).expect("letters");
        for letter in &letters {
            self.app.outgoing_sent(letter.id).expect("noted");
        }
        letters.into_iter().map(|letter| (letter.to, letter.subject)).collect()
    }

    fn later(&self, minutes: i64) {
        self.clock.set(self.app.now() + SignedDuration::from_mins(minutes));
    }
}

#[test]
fn a_week_of_reminders_tells_each_stage_once_and_only_who_still_owes() {
    let house = house();
    // The Dragon Boat Festival is on Monday the 18th.
    let sent = house.solicit("夏粮收购进度", "2018-06-20");
    let mut mails = house.mailed();
    let mut runs = BTreeMap::new();
    for hour in 0..9 * 24 {
        for server in ["east", "west"] {
            for run in house.app.run_due_jobs(server).expect("jobs run") {
                run.outcome.expect("nothing is wrong");
                *runs.entry(run.kind.key()).or_insert(0) += 1;
            }
        }
        mails.extend(house.mailed());
        // On Tuesday the 19th, a little before noon, one of the two units has answered.
        if hour == 5 * 24 + 20 {
            let duties = house.app.solicitation(&house.people["李文博"], sent.id).expect("it is there").duties;
            let key = &duties.iter().find(|duty| duty.unit_name == "滨湖镇").expect("it owes").key;
            let wish = DutyMark::Answered("2018-06-19".to_owned());
            house.app.mark_duty(&house.editor(), sent.id, key, &wish, "").expect("marked");
        }
        house.later(60);
    }
    assert_eq!(house.told("滨湖镇"), [("新约稿", 1), ("约稿临近截止", 1)]);
    assert_eq!(house.told("粮食局"), [("新约稿", 1), ("约稿临近截止", 2), ("约稿逾期未报", 1)]);
    assert_eq!(house.told("李文博"), [("约稿逾期未报", 1)], "who sent it");
    assert_eq!(house.told("宋海燕"), [], "another editor is not told");
    let to_town = |subject: &str| ("binhu@unit.example".to_owned(), subject.to_owned());
    assert_eq!(mails, [to_town("新约稿：夏粮收购进度"), to_town("约稿还剩2个工作日：夏粮收购进度")]);
    // The slot before the start and one each following day; the two servers never both.
    let expected: BTreeMap<&str, i32> = JobKind::ALL.into_iter().map(|kind| (kind.key(), 10)).collect();
    assert_eq!(runs, expected);
}

#[test]
fn missed_runs_catch_up_once_and_a_lost_servers_lease_runs_out() {
    let house = house();
    let ran = |server: &str| -> Vec<JobKind> {
        house.app.run_due_jobs(server).expect("jobs run").into_iter().map(|run| run.kind).collect()
    };
    assert_eq!(ran("east"), JobKind::ALL, "a new office does what is due");
    assert_eq!(ran("east"), [], "once");
    house.solicit("夏粮收购进度", "2018-06-20");
    // Switched off from Wednesday afternoon to the day after the deadline.
    house.later(8 * 24 * 60);
    assert_eq!(ran("east"), JobKind::ALL, "one run makes up for eight days");
    assert_eq!(house.told("粮食局"), [("新约稿", 1), ("约稿逾期未报", 1)], "reminders that came too late are not sent");
    // Another server took the next one up and was lost.
    house.later(24 * 60);
    let now = house.app.now().as_microsecond();
    let mut tx = house.store.write(house.app.office()).expect("a transaction");
    let held = tx.find_job("solicitations", "").expect("reading").expect("it ran before");
    let lost = JobRow { holder: "lost".to_owned(), held_until: now + 10 * 60_000_000, started_at: Some(now), ..held };
    tx.set_job(lost).expect("kept");
    tx.commit().expect("committed");
    let others: Vec<JobKind> = JobKind::ALL.into_iter().filter(|kind| *kind != JobKind::Solicitations).collect();
    assert_eq!(ran("west"), others);
    let page = || {
        let jobs = house.app.jobs(&house.administrator()).expect("the page");
        let (taken, free): (Vec<_>, Vec<_>) = jobs.into_iter().partition(|job| job.kind == JobKind::Solicitations);
        (taken.into_iter().next().expect("it is a job"), free)
    };
    let (taken, free) = page();
    assert!(taken.running && free.iter().all(|job| !job.running), "{taken:?} {free:?}");
    house.later(10);
    assert_eq!(ran("west"), [JobKind::Solicitations], "the lease has run out");
    let (taken, _) = page();
    assert_eq!(taken.next.to_string(), "2018-06-23T00:30:00Z");
    assert!(!taken.running && taken.failures == 0 && taken.last == Some(house.app.now()));
}

#[test]
fn a_person_chooses_one_letter_a_day_and_a_quiet_time() {
    let house = house();
    let town = &house.people["滨湖镇"];
    let choices = NoticeKind::ALL.map(|kind| (kind.key().to_owned(), "gathered".to_owned())).to_vec();
    let wish = |quiet_to: &str| NoticeWish {
        choices: choices.clone(),
        address: "wang@unit.example".to_owned(),
        quiet_from: "16:30".to_owned(),
        quiet_to: quiet_to.to_owned(),
    };
    assert!(house.app.choose_notices(town, &wish("晚上")).is_err());
    house.app.choose_notices(town, &wish("8:00")).expect("kept");
    house.app.run_due_jobs("east").expect("jobs run");
    house.solicit("夏粮收购进度", "2018-06-29");
    house.solicit("防汛准备情况", "2018-06-29");
    let seen = house.solicit("社情民意", "2018-06-29");
    assert_eq!(house.mailed(), [], "nothing is mailed at once");
    let (notices, _) = house.app.notices(town, None).expect("notices");
    assert_eq!((notices[0].title.as_str(), notices[0].mail.as_str()), ("新约稿：社情民意", "等待每日汇总邮件"));
    assert_eq!(house.app.open_notice(town, notices[0].id).expect("it is theirs"), format!("/solicitation/{}", seen.id));
    assert!(house.app.open_notice(&house.people["粮食局"], notices[0].id).is_err(), "nobody opens another's");
    // Five in the afternoon: the digest is made, in the quiet time.
    house.later(2 * 60);
    house.app.run_due_jobs("east").expect("jobs run");
    assert_eq!(house.mailed(), [], "it waits for the end of the quiet time");
    house.later(15 * 60);
    let letters = house.app.claim_outgoing(10).expect("letters");
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].to, "wang@unit.example");
    assert_eq!(letters[0].subject, "政务信息消息汇总（2条）", "what was read in the page is left out");
    assert!(letters[0].body.contains("夏粮收购进度") && letters[0].body.contains("防汛准备情况"));
    house.app.outgoing_sent(letters[0].id).expect("noted");
    house.later(24 * 60);
    house.app.run_due_jobs("east").expect("jobs run");
    assert_eq!(house.mailed(), [], "nothing is sent twice");
    let (notices, _) = house.app.notices(town, None).expect("notices");
    let mails: Vec<&str> = notices.iter().map(|notice| notice.mail.as_str()).collect();
    assert_eq!(mails, ["", "邮件已发出：wang@unit.example", "邮件已发出：wang@unit.example"]);
}

#[test]
fn a_robot_is_posted_to_once_a_thing_and_again_where_it_did_not_answer() {
    let house = house();
    let administrator = house.administrator();
    let wish = |url: &str, kinds: &[&str]| RobotWish {
        name: "信息员工作群".to_owned(),
        url: Secret::new(url),
        kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
    };
    assert!(house.app.add_robot(&administrator, &wish("oapi.example.cn", &[])).is_err());
    house
        .app
        .add_robot(&administrator, &wish("https://oapi.example.cn/robot/send?access_token=abc", &["solicited"]))
        .expect("added");
    house.solicit("夏粮收购进度", "2018-06-29");
    let taken = house.app.claim_posts(10).expect("posts");
    assert_eq!(taken.len(), 1, "one post, though two units are told");
    assert_eq!(taken[0].url.text(), "https://oapi.example.cn/robot/send?access_token=abc");
    let json: serde_json::Value = serde_json::from_str(&taken[0].json).expect("JSON");
    let text = json["text"]["content"].as_str().expect("a text");
    assert!(text.starts_with("【政务信息】新约稿：夏粮收购进度\n") && text.contains("2018年6月29日"), "{text}");
    assert_eq!(json["content"]["text"], json["text"]["content"], "each chat program finds it where it looks");
    assert_eq!(house.app.claim_posts(10).expect("posts").len(), 0, "it is under way");
    house.app.post_came_to(taken[0].id, &Err("连不上。".to_owned())).expect("noted");
    assert_eq!(house.app.claim_posts(10).expect("posts").len(), 0, "it waits a minute");
    house.later(1);
    let again = house.app.claim_posts(10).expect("posts");
    assert_eq!(again[0].id, taken[0].id);
    // The server that took it up is lost; another takes it up after ten minutes.
    house.later(11);
    let again = house.app.claim_posts(10).expect("posts");
    assert_eq!(again[0].id, taken[0].id);
    house.app.post_came_to(again[0].id, &Ok(())).expect("noted");
    let (robots, posts) = house.app.robots(&administrator).expect("the page");
    assert_eq!((robots[0].host.as_str(), posts[0].state.as_str()), ("oapi.example.cn", "sent"));
    house.app.switch_robot(&administrator, robots[0].id, false).expect("switched");
    house.solicit("防汛准备情况", "2018-06-29");
    assert_eq!(house.app.claim_posts(10).expect("posts").len(), 0, "a robot switched off is told nothing");
}

#[test]
fn the_office_words_what_is_told_and_the_administrator_hears_of_a_year_without_holidays() {
    let house = house();
    let administrator = house.administrator();
    let kind = NoticeKind::Solicited;
    assert!(house.app.save_notice_rule(&administrator, kind, "now", "{题木}", "x").is_err());
    house
        .app
        .save_notice_rule(&administrator, kind, "off", "请报：{题目}", "{编号}，{截止日期}前报来。")
        .expect("kept");
    house.solicit("夏粮收购{编号}", "2018-06-29");
    let (notices, _) = house.app.notices(&house.people["滨湖镇"], None).expect("notices");
    assert_eq!(notices[0].title, "请报：夏粮收购{编号}");
    assert_eq!(notices[0].body, "约稿2018-01，2018年6月29日前报来。");
    assert_eq!(house.mailed(), [], "the office mails this kind no more");
    house.app.save_notice_rule(&administrator, kind, "now", " ", "").expect("kept");
    let rules = house.app.notice_rules(&administrator).expect("the table");
    assert_eq!((rules[0].title.as_str(), rules[0].told), ("新约稿：{题目}", (2, 0)));
    // 2027 is the first year whose notice is not built in.
    house.clock.set("2026-11-14T06:00:00Z".parse().expect("a moment"));
    house.app.run_due_jobs("east").expect("jobs run");
    assert_eq!(house.told("满建国"), []);
    for _ in 0..3 {
        house.later(24 * 60);
        house.app.run_due_jobs("east").expect("jobs run");
    }
    assert_eq!(house.told("满建国"), [("放假安排未录入", 1)]);
}
