//! The demonstration (演示): a full office with a made-up year, by the same use cases as real work, with a fixed seed.
//!
//! Units are those the built-in scheme lists; people, items, comments and everything else are made up. Eleven months of
//! 2018 are closed; December is open, at nine in the morning of the 20th.

mod asking;
mod dice;
mod follow;
mod letters;
mod staff;
mod texts;
mod topics;
mod upward;
mod year;

use std::sync::Arc;

use jiff::civil::Date;
use tz_model::{AccountId, PublicationId, UnitId};
use tz_scheme::Scheme;
use tz_store::Store;
use tz_store::directory::PersonRow;
use tz_store::publication::PublicationRow;

use crate::account::{fresh_account, hash_password};
use crate::publication::UnitReaders;
use crate::{App, Chief, Clock, FixedClock, Person, Problem, Role, ShiftedClock};

/// The password of every demonstration account.
const PASSWORD: &str = "Tongzheng-2018";

/// An account to show: sign-in name, password, who that is.
type Shown = (String, String, String);

/// A demonstration, ready to be served.
pub struct Demo {
    /// Its office, at nine in the morning of 20 December 2018 and running on.
    pub app: App,
    /// The accounts to show: sign-in name, password, who that is.
    pub accounts: Vec<(String, String, String)>,
    chief: Chief,
}

/// The office's people while the year is made.
struct Cast {
    chief: Person,
    administrator: Person,
    editors: Vec<Person>,
    /// The information officer of 滨湖镇.
    reporter: Option<Person>,
}

impl Demo {
    /// Steps that [`Demo::make`] reports: months.
    pub const STEPS: u64 = 12;

    /// Makes the year in a fresh store; `progress` hears how many months are done.
    pub fn make(store: Arc<Store>, mut progress: impl FnMut(u64)) -> Result<Self, Problem> {
        let scheme = Scheme::builtin("tengzhou-2018").expect("the built-in scheme is there");
        let clock = Arc::new(FixedClock::at(year::moment(Date::constant(2018, 1, 1), 8, 0)));
        let dynamic: Arc<dyn Clock> = Arc::clone(&clock) as Arc<dyn Clock>;
        let app = App::open_or_set_up(Arc::clone(&store), dynamic, scheme, Date::constant(2018, 1, 1))?;
        let (cast, accounts) = people(&app)?;
        let chief = Chief::of(&cast.chief).expect("the chief's role is chief");
        let administrator = cast.administrator.clone();
        let editor = cast.editors[0].clone();
        publications(&app)?;
        let mut year = year::Year::new(&app, scheme, cast)?;
        staff::people(&app, &chief)?;
        let mut dice = dice::Dice::new(20_180_101);
        for month in 1..=12 {
            year.month(&app, &clock, month, &chief)?;
            staff::month(&app, &mut dice, month, &chief)?;
            progress(u64::try_from(month).unwrap_or(0));
        }
        upward::december(&app, &clock, &chief, &administrator)?;
        follow::december(&app, &clock, &chief)?;
        asking::december(&app, &editor)?;
        draft_of_next_year(&app, scheme, &chief)?;
        // People read what they are told; what came in the last three days is still new to them.
        let mut tx = app.write()?;
        tx.notices_read_before(year::moment(Date::constant(2018, 12, 17), 18, 0).as_microsecond())?;
        tx.commit()?;
        let office = app.office();
        let start = year::moment(Date::constant(2018, 12, 20), 9, 0);
        Ok(Self { app: App::new(store, Arc::new(ShiftedClock::starting_at(start)), office), accounts, chief })
    }

    /// The office as a door serves it, with scans of its own issues in the queue where the door has brought faces.
    pub fn served(self, door: impl FnOnce(App) -> App) -> Result<App, Problem> {
        let app = door(self.app);
        upward::scans(&app, &self.chief)?;
        Ok(app)
    }

    /// What to print when it is ready.
    pub fn words(&self, address: &str) -> String {
        let mut text = format!(
            "通政演示已就绪：{address}\n演示时间为2018年12月20日，前11个月已关账，12月未关账。按 Ctrl-C 停止。\n\n账号（密码都是 {PASSWORD}）：\n"
        );
        for (login, _, who) in &self.accounts {
            text.push_str(&format!("  {login}　{who}\n"));
        }
        text.push_str("\n各单位信息员的登录名就是单位名称。本系统不得存储、处理国家秘密。\n");
        text
    }
}

/// A draft of next year's scheme with other prices, so that the room of schemes has something to compare and to try.
fn draft_of_next_year(app: &App, scheme: &Scheme, chief: &Chief) -> Result<(), Problem> {
    let changes = [
        ("id = \"tengzhou-2018\"", "id = \"tengzhou-2019\""),
        ("计分办法（2018年）\"", "计分办法（2019年修订稿）\""),
        ("name = \"枣庄普刊采用\", points = 15", "name = \"枣庄普刊采用\", points = 18"),
        ("name = \"每日要情采用\", points = 5", "name = \"每日要情采用\", points = 8"),
        ("name = \"多报送\", points = 2", "name = \"多报送\", points = 1"),
        ("每多报送1篇加2分", "每多报送1篇加1分"),
    ];
    let text = changes.iter().fold(scheme.text().to_owned(), |text, (old, new)| text.replace(old, new));
    app.save_scheme_draft(chief, None, &text)?;
    Ok(())
}

/// Columns, limits and readers of the publications.
fn publications(app: &App) -> Result<(), Problem> {
    let mut tx = app.write()?;
    let towns: Vec<UnitId> = tx
        .list_units(None)?
        .into_iter()
        .filter(|unit| unit.ranking_group == "镇街")
        .map(|unit| UnitId(unit.unit_id))
        .collect();
    for row in tx.list_publications()? {
        let id = PublicationId(row.id);
        let (columns, readers, limit): (&[&str], _, _) = match row.name.as_str() {
            "每日要情" => (&["工作动态", "社情民意", "要讯"], UnitReaders::Listed, 2),
            "政务信息交流" => (&["经验亮点", "调研分析"], UnitReaders::All, 4),
            _ => (&["问题建议"], UnitReaders::None, 0),
        };
        tx.replace_columns(id, &columns.iter().map(ToString::to_string).collect::<Vec<_>>())?;
        if readers == UnitReaders::Listed {
            tx.replace_publication_units(id, &towns)?;
        }
        tx.update_publication(&PublicationRow { unit_readers: readers.key().to_owned(), page_limit: limit, ..row })?;
    }
    tx.commit()?;
    Ok(())
}

/// The first day of a month of some years, on which somebody takes up a duty.
fn since(days: &mut dice::Dice, first: i16, last: i16) -> Date {
    let year = i16::try_from(days.between(first.into(), last.into())).unwrap_or(last);
    let month = i8::try_from(days.between(2, 11)).unwrap_or(3);
    Date::constant(year, month, 1)
}

/// Accounts for every role, a reporter for every unit, people and mailboxes.
fn people(app: &App) -> Result<(Cast, Vec<Shown>), Problem> {
    let now = app.micros();
    let hash = hash_password(PASSWORD);
    // Two streams, so that what is told of the one does not move the other.
    let (mut dice, mut days) = (dice::Dice::new(7), dice::Dice::new(11));
    let mut tx = app.write()?;
    let account = |tx: &mut tz_store::Write,
                   login: &str,
                   name: &str,
                   role: Role,
                   unit: Option<UnitId>|
     -> Result<Person, Problem> {
        let id = tx.next_id("account")?;
        tx.insert_account(&fresh_account(id, app.office().0, login, name, role, unit, hash.clone(), now))?;
        Ok(Person { account: AccountId(id), name: name.to_owned(), role, unit, must_change: false })
    };
    let chief = account(&mut tx, "科长", "孔立新", Role::Chief, None)?;
    let first = account(&mut tx, "编辑", "李文博", Role::Editor, None)?;
    let second = account(&mut tx, "编辑二", "宋海燕", Role::Editor, None)?;
    account(&mut tx, "领导", "秦伟", Role::Leader, None)?;
    account(&mut tx, "领导二", "杜晓梅", Role::Leader, None)?;
    let administrator = account(&mut tx, "管理员", "满建国", Role::Administrator, None)?;
    let mut shown_reporter = None;
    let units = tx.list_units(None)?;
    for (place, unit) in units.iter().enumerate() {
        let id = UnitId(unit.unit_id);
        let town = unit.ranking_group == "镇街";
        // A few units fall short of the minimum (N1), so that the page has something to say.
        let officers = match (town, place % 17) {
            (true, 5) => 2,
            (true, _) => 3,
            (false, 9) => 1,
            (false, _) => 2,
        };
        let mut reporter = String::new();
        let duties =
            ["第一责任人", "直接责任人", "具体责任人"].into_iter().chain(std::iter::repeat_n("信息员", officers));
        for (seat, duty) in duties.enumerate() {
            let name = texts::name(&mut dice);
            if duty == "信息员" && reporter.is_empty() {
                reporter.clone_from(&name);
            }
            let person = |name: String, phone: i64, from: Date, left: Option<Date>| PersonRow {
                id: 0,
                office_id: 0,
                unit_id: Some(unit.unit_id),
                name,
                duty: duty.to_owned(),
                phone: format!("0632-555{phone:04}"),
                mail: String::new(),
                left_on: left.map(|day| day.to_string()),
                created_at: now,
                from_date: Some(from.to_string()),
            };
            let phone = dice.between(0, 9999);
            let from = since(&mut days, 2014, 2017);
            // In every sixth unit the head of the information body changed in the course of the year.
            if duty == "具体责任人" && place % 6 == 2 {
                let changed = since(&mut days, 2018, 2018);
                let before = texts::name(&mut days);
                tx.insert_person(person(before, days.between(0, 9999), from, Some(changed)))?;
                tx.insert_person(person(name, phone, changed, None))?;
                continue;
            }
            // One officer left before the year began, and was followed by who is there now.
            if duty == "信息员" && seat == 3 && place % 5 == 1 {
                let before = texts::name(&mut days);
                tx.insert_person(person(before, days.between(0, 9999), Date::constant(2012, 3, 1), Some(from)))?;
            }
            tx.insert_person(person(name, phone, from, None))?;
        }
        tx.insert_mailbox(id, &format!("xinxi{:03}@tengzhou.example", place + 1), now)?;
        let made = account(&mut tx, &unit.name, &reporter, Role::Reporter, Some(id))?;
        if unit.name == "滨湖镇" {
            shown_reporter = Some(made);
        }
    }
    tx.commit()?;
    let shown = [
        ("科长", "科长：签发刊物、关账"),
        ("编辑", "编辑：收稿、改稿、采用"),
        ("滨湖镇", "滨湖镇信息员：报送、看得分"),
        ("木石镇", "木石镇信息员：连续排名靠后的单位"),
        ("领导", "领导：阅读刊物、作批示"),
        ("管理员", "系统管理员：单位、人员、邮箱、账号"),
    ];
    let accounts = shown.map(|(login, who)| (login.to_owned(), PASSWORD.to_owned(), who.to_owned())).to_vec();
    Ok((Cast { chief, administrator, editors: vec![first, second], reporter: shown_reporter }, accounts))
}
