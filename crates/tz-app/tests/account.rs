//! Accounts by their use cases: who gets in, when not, and what is written down about it.

#![expect(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it must be")]

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;
use tz_app::account::NewAccount;
use tz_app::{Administrator, App, FixedClock, Person, Problem};
use tz_model::{AccountId, UnitId};
use tz_scheme::Scheme;
use tz_store::Store;

const PASSWORD: &str = "Tengzhou-2018";
const START: &str = "2018-06-20T01:00:00Z";

struct Office {
    folder: TempDir,
    clock: Arc<FixedClock>,
    app: App,
    chief_of_accounts: Administrator,
}

fn open(folder: &TempDir, clock: &Arc<FixedClock>) -> App {
    let store = Arc::new(Store::open_folder(folder.path()).unwrap());
    let scheme = Scheme::builtin("tengzhou-2018").unwrap();
    App::open_or_set_up(store, Arc::clone(clock) as _, scheme, jiff::civil::date(2018, 1, 1)).unwrap()
}

impl Office {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let clock = Arc::new(FixedClock::at(START.parse().unwrap()));
        let app = open(&folder, &clock);
        let link = app.first_link().unwrap().expect("there is no account yet");
        let begun = app.accept_invitation(&link, "admin", "赵管理", PASSWORD, PASSWORD).unwrap();
        let chief_of_accounts = Administrator::of(&begun.person).expect("the first account is an administrator");
        Self { folder, clock, app, chief_of_accounts }
    }

    fn later(&self, minutes: i64) {
        let now: Timestamp = self.app.now();
        self.clock.set(now + SignedDuration::from_mins(minutes));
    }

    fn account(&self, login: &str, role: &str, unit: Option<i64>) -> Result<String, Problem> {
        let new = NewAccount {
            login: login.to_owned(),
            name: "王芳".to_owned(),
            role: role.to_owned(),
            unit: unit.map(UnitId),
        };
        self.app.create_account(&self.chief_of_accounts, &new)
    }

    /// An account that has chosen its password.
    fn person(&self, login: &str) -> Person {
        let link = self.account(login, "editor", None).unwrap();
        self.app.accept_invitation(&link, "", "", PASSWORD, PASSWORD).unwrap().person
    }

    fn gets_in(&self, login: &str, password: &str) -> bool {
        self.app.sign_in(login, password, None).is_ok()
    }

    fn acts(&self) -> Vec<(String, String, String)> {
        let (rows, _) = self.app.audit_page(&self.chief_of_accounts, None).unwrap();
        rows.into_iter().rev().map(|row| (row.act, row.object, row.outcome)).collect()
    }
}

fn refusal<T>(done: Result<T, Problem>) -> String {
    match done {
        Err(problem) => problem.to_string(),
        Ok(_) => panic!("it was done"),
    }
}

fn fields<T>(done: Result<T, Problem>) -> Vec<&'static str> {
    match done {
        Err(Problem::Faults(faults)) => faults.into_iter().map(|fault| fault.field).collect(),
        Err(other) => panic!("refused for another reason: {other}"),
        Ok(_) => panic!("it was done"),
    }
}

#[test]
fn five_wrong_passwords_lock_for_fifteen_minutes_and_five_more_for_thirty() {
    let mut office = Office::new();
    office.person("wang");
    for _ in 0..4 {
        assert!(!office.gets_in("wang", "wrong"));
    }
    assert!(office.gets_in("wang", PASSWORD), "four wrong ones do not lock");
    for _ in 0..5 {
        assert!(!office.gets_in("wang", "wrong"));
    }
    assert!(!office.gets_in("wang", PASSWORD));
    // A new process knows it too.
    office.app = open(&office.folder, &office.clock);
    office.later(14);
    assert!(!office.gets_in("wang", PASSWORD));
    office.later(1);
    for _ in 0..5 {
        assert!(!office.gets_in("wang", "wrong"));
    }
    office.later(29);
    assert!(!office.gets_in("wang", PASSWORD));
    office.later(1);
    assert!(office.gets_in("wang", PASSWORD));
    // A right password starts the count anew.
    for _ in 0..5 {
        assert!(!office.gets_in("wang", "wrong"));
    }
    office.later(15);
    assert!(office.gets_in("wang", PASSWORD));
}

#[test]
fn a_day_of_guessing_tries_thirty_five_passwords_and_the_owner_comes_back_by_a_link() {
    let office = Office::new();
    let owner = office.person("wang");
    // 15 + 30 + 60 + 120 + 240 + 480 minutes: at 15:45 hours the seventh lock begins, for 16 hours.
    for (round, locked) in [15, 30, 60, 120, 240, 480, 960].into_iter().enumerate() {
        for _ in 0..5 {
            assert!(!office.gets_in("wang", "wrong"));
        }
        office.later(locked - 1);
        // A guess while locked never reaches the password, not even the right one.
        assert!(!office.gets_in("wang", PASSWORD), "round {round}");
        office.later(1);
    }
    let tried = office.acts().into_iter().filter(|(act, _, outcome)| act == "登录" && outcome == "失败").count();
    assert_eq!(tried, 35);
    assert!(!office.gets_in("wang", "wrong"));
    let link = office.app.reset_account(&office.chief_of_accounts, owner.account).unwrap();
    office.app.accept_invitation(&link, "", "", "Xinxike-2018", "Xinxike-2018").unwrap();
    assert!(office.gets_in("wang", "Xinxike-2018"));
}

#[test]
fn nobody_is_told_whether_a_name_is_known() {
    let office = Office::new();
    office.person("wang");
    office.account("li.new", "editor", None).unwrap();
    let unknown = refusal(office.app.sign_in("nobody", PASSWORD, None));
    assert_eq!(refusal(office.app.sign_in("wang", "wrong", None)), unknown);
    assert_eq!(refusal(office.app.sign_in("li.new", "", None)), unknown);
    for _ in 0..6 {
        assert_eq!(refusal(office.app.sign_in("wang", "wrong", None)), unknown);
    }
    assert_eq!(refusal(office.app.sign_in("wang", PASSWORD, None)), unknown);
}

#[test]
fn a_sign_in_name_is_the_same_whatever_its_case_and_given_once() {
    let office = Office::new();
    office.person("Wang.Fang");
    assert!(office.gets_in(" wang.fang ", PASSWORD));
    assert_eq!(fields(office.account("WANG.FANG", "editor", None)), ["login"]);
}

#[test]
fn every_fault_of_a_new_account_is_told_at_once() {
    let office = Office::new();
    let new = NewAccount { login: "two words".to_owned(), name: " ".to_owned(), role: "king".to_owned(), unit: None };
    assert_eq!(fields(office.app.create_account(&office.chief_of_accounts, &new)), ["login", "name", "role"]);
    assert_eq!(fields(office.account("wang", "reporter", None)), ["unit"]);
    assert_eq!(fields(office.account("wang", "reporter", Some(4711))), ["unit"]);
    office.account("wang", "reporter", Some(1)).unwrap();
}

#[test]
fn a_password_has_eight_characters_of_three_kinds_and_not_the_name_in_it() {
    let office = Office::new();
    let who = office.person("wangfang");
    for (password, right) in [
        ("Abc-123", false),
        ("abcdefg1", false),
        ("abcdefg-1", true),
        ("ABCDEFG1", false),
        ("密码密码密码A1", true),
        ("Wangfang-2018", false),
        (PASSWORD, false),
    ] {
        let faults = office.app.change_password(&who, PASSWORD, password, password);
        assert_eq!(faults.is_ok(), right, "{password}");
        if right {
            office.app.change_password(&who, password, PASSWORD, PASSWORD).unwrap();
        }
    }
    assert_eq!(fields(office.app.change_password(&who, "wrong", "short", "other")), ["password", "again", "old"]);
}

#[test]
fn the_first_link_makes_an_administrator_and_only_where_there_is_no_account() {
    let folder = TempDir::new().unwrap();
    let clock = Arc::new(FixedClock::at(START.parse().unwrap()));
    let app = open(&folder, &clock);
    let (one, two) = (app.first_link().unwrap().unwrap(), app.first_link().unwrap().unwrap());
    assert_eq!(fields(app.accept_invitation(&one, "", "", PASSWORD, PASSWORD)), ["login", "name"]);
    app.accept_invitation(&one, "admin", "赵管理", PASSWORD, PASSWORD).unwrap();
    assert!(app.first_link().unwrap().is_none());
    assert!(refusal(app.accept_invitation(&two, "other", "钱管理", PASSWORD, PASSWORD)).contains("已经有账号"));
    assert!(refusal(app.accept_invitation(&one, "admin", "赵管理", PASSWORD, PASSWORD)).contains("已经用过"));
    assert!(matches!(app.invitation("made up"), Err(Problem::NotThere)));
}

#[test]
fn a_reset_ends_the_old_password_the_old_links_and_every_session() {
    let office = Office::new();
    let forgotten = office.account("wang", "editor", None).unwrap();
    let begun = office.app.accept_invitation(&forgotten, "", "", PASSWORD, PASSWORD).unwrap();
    let first = office.app.reset_account(&office.chief_of_accounts, begun.person.account).unwrap();
    assert!(office.app.signed(&begun.token).unwrap().is_none());
    assert!(!office.gets_in("wang", PASSWORD));
    let second = office.app.reset_account(&office.chief_of_accounts, begun.person.account).unwrap();
    assert!(refusal(office.app.invitation(&first)).contains("已经用过或已过期"));
    assert!(office.app.invitation(&second).is_ok());
    office.later(24 * 60);
    assert!(refusal(office.app.invitation(&second)).contains("已经用过或已过期"));
    let own = office.app.reset_account(&office.chief_of_accounts, office.chief_of_accounts.account);
    assert!(refusal(own).contains("修改密码"));
    let absent = office.app.reset_account(&office.chief_of_accounts, AccountId(4711));
    assert!(matches!(absent, Err(Problem::NotThere)));
}

#[test]
fn a_page_that_keeps_itself_up_to_date_keeps_nobody_signed_in() {
    let office = Office::new();
    office.person("wang");
    let begun = office.app.sign_in("wang", PASSWORD, None).unwrap();
    for _ in 0..2 {
        office.later(14);
        assert!(office.app.signed_unattended(&begun.token).unwrap().is_some());
    }
    office.later(2);
    assert!(office.app.signed_unattended(&begun.token).unwrap().is_none(), "thirty minutes without a person");
    assert!(office.app.signed(&begun.token).unwrap().is_none());
}

#[test]
fn a_disabled_account_is_out_at_once_and_stays_out_until_enabled() {
    let office = Office::new();
    let who = office.person("wang");
    let begun = office.app.sign_in("wang", PASSWORD, None).unwrap();
    office.app.set_account_disabled(&office.chief_of_accounts, who.account, true).unwrap();
    assert!(office.app.signed(&begun.token).unwrap().is_none());
    assert!(!office.gets_in("wang", PASSWORD));
    office.app.set_account_disabled(&office.chief_of_accounts, who.account, false).unwrap();
    assert!(office.gets_in("wang", PASSWORD));
    let own = office.app.set_account_disabled(&office.chief_of_accounts, office.chief_of_accounts.account, true);
    assert!(refusal(own).contains("不能停用自己的账号"));
}

#[test]
fn every_act_about_accounts_is_written_down_and_the_chain_is_whole() {
    let office = Office::new();
    let who = office.person("wang");
    office.gets_in("wang", "wrong");
    let begun = office.app.sign_in("wang", PASSWORD, None).unwrap();
    office.app.change_password(&who, PASSWORD, "Xinxike-2018", "Xinxike-2018").unwrap();
    assert!(office.app.signed(&begun.token).unwrap().is_none());
    let begun = office.app.sign_in("wang", "Xinxike-2018", None).unwrap();
    office.app.sign_out(&begun.token).unwrap();
    office.app.set_account_disabled(&office.chief_of_accounts, who.account, true).unwrap();
    office.app.reset_account(&office.chief_of_accounts, who.account).unwrap();
    let acts = office.acts();
    let told: Vec<(&str, &str, &str)> =
        acts.iter().map(|(act, object, outcome)| (act.as_str(), object.as_str(), outcome.as_str())).collect();
    assert_eq!(
        told,
        [
            ("建立机关", "滕州市人民政府办公室", "成功"),
            ("启用账号", "admin", "成功"),
            ("新建账号", "wang", "成功"),
            ("启用账号", "wang", "成功"),
            ("登录", "wang", "失败"),
            ("登录", "wang", "成功"),
            ("修改密码", "wang", "成功"),
            ("登录", "wang", "成功"),
            ("退出", "wang", "成功"),
            ("停用账号", "wang", "成功"),
            ("重置密码", "wang", "成功"),
        ]
    );
    assert!(office.app.verify_audit(&office.chief_of_accounts).unwrap().is_empty());
}
