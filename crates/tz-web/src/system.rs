//! 系统: units, people, registered mailboxes, postboxes, accounts, the audit log. Only for administrators, who read no items.

mod accounts;
mod audit;
mod calendar;
mod intranet;
mod jobs;
mod leaders;
mod mail_out;
mod mailboxes;
mod notices;
mod people;
pub(crate) mod postboxes;
mod reorganising;
mod roster;
mod templates;
mod units;
mod wordings;

use tz_app::{FieldFault, Problem};

use crate::forms::Posted;
use crate::problem::Oops;
use crate::{Allow, Routes, words};

/// Every route of the room.
pub(crate) fn routes() -> Routes {
    const WHO: Allow = Allow::Administrators;
    Routes::default()
        .get("/system", WHO, units::list)
        .get("/system/units/new", WHO, units::new_page)
        .get("/system/units/list.xlsx", WHO, roster::units::sheet)
        .get("/system/units/import", WHO, roster::units::choose)
        .upload("/system/units/import", WHO, roster::units::look)
        .upload("/system/units/import/take", WHO, roster::units::take)
        .post("/system/units", WHO, units::add)
        .get("/system/units/reorganise", WHO, reorganising::new_page)
        .post("/system/units/reorganise", WHO, reorganising::reorganise)
        .get("/system/units/{unit}", WHO, units::page)
        .post("/system/units/{unit}", WHO, units::change)
        .get("/system/people", WHO, people::list)
        .post("/system/people", WHO, people::add)
        .get("/system/people/list.xlsx", WHO, roster::people::sheet)
        .get("/system/people/import", WHO, roster::people::choose)
        .upload("/system/people/import", WHO, roster::people::look)
        .upload("/system/people/import/take", WHO, roster::people::take)
        .get("/system/people/{person}", WHO, people::page)
        .post("/system/people/{person}", WHO, people::correct)
        .post("/system/people/{person}/duty", WHO, people::change_duty)
        .post("/system/people/{person}/left", WHO, people::left)
        .get("/system/leaders", WHO, leaders::list)
        .post("/system/leaders", WHO, leaders::add)
        .post("/system/leaders/{leader}/left", WHO, leaders::left)
        .get("/system/mailboxes", WHO, mailboxes::list)
        .post("/system/mailboxes", WHO, mailboxes::register)
        .get("/system/mailboxes/list.xlsx", WHO, roster::mailboxes::sheet)
        .get("/system/mailboxes/import", WHO, roster::mailboxes::choose)
        .upload("/system/mailboxes/import", WHO, roster::mailboxes::look)
        .upload("/system/mailboxes/import/take", WHO, roster::mailboxes::take)
        .post("/system/mailboxes/{mailbox}/close", WHO, mailboxes::close)
        .get("/system/postboxes", WHO, postboxes::list)
        .post("/system/postboxes", WHO, postboxes::add)
        .get("/system/postboxes/new", WHO, postboxes::new_page)
        .get("/system/postboxes/{postbox}", WHO, postboxes::one)
        .post("/system/postboxes/{postbox}", WHO, postboxes::change)
        .post("/system/postboxes/{postbox}/try", WHO, postboxes::attempt)
        .post("/system/postboxes/{postbox}/check", WHO, postboxes::check)
        .get("/system/mail-out", WHO, mail_out::page)
        .post("/system/mail-out", WHO, mail_out::change)
        .post("/system/mail-out/trial", WHO, mail_out::try_it)
        .get("/system/mail-out/trial/{letter}", WHO, mail_out::trial)
        .get("/system/wordings", WHO, wordings::page)
        .post("/system/wordings", WHO, wordings::change)
        .post("/system/wordings/try", WHO, wordings::attempt)
        .get("/system/templates", WHO, templates::list)
        .get("/system/templates/{kind}", WHO, templates::page)
        .upload("/system/templates/{kind}", WHO, templates::save)
        .post("/system/templates/{kind}/discard", WHO, templates::discard)
        .post("/system/templates/{kind}/adopt", WHO, templates::adopt)
        .post("/system/templates/{kind}/restore", WHO, templates::restore)
        .get("/system/templates/{kind}/file", WHO, templates::file)
        .get("/system/templates/{kind}/preview", WHO, templates::preview)
        .get("/system/templates/{kind}/sample", WHO, templates::sample)
        .get("/system/mastheads/{publication}", WHO, templates::picture)
        .upload("/system/mastheads/{publication}", WHO, templates::masthead)
        .get("/system/calendar", WHO, calendar::page)
        .post("/system/calendar", WHO, calendar::save)
        .post("/system/calendar/{year}/restore", WHO, calendar::restore)
        .get("/system/notices", WHO, notices::page)
        .get("/system/notices/{kind}", WHO, notices::rule)
        .post("/system/notices/{kind}", WHO, notices::change)
        .post("/system/robots", WHO, notices::add)
        .post("/system/robots/{robot}/try", WHO, notices::attempt)
        .post("/system/robots/{robot}/enable", WHO, notices::enable)
        .post("/system/robots/{robot}/disable", WHO, notices::disable)
        .get("/system/jobs", WHO, jobs::page)
        .post("/system/jobs/{job}/run", WHO, jobs::run)
        .get("/system/intranet", WHO, intranet::page)
        .post("/system/intranet", WHO, intranet::change)
        .post("/system/intranet/withhold", WHO, intranet::withhold)
        .get("/system/intranet/pages.zip", WHO, intranet::zip)
        .get("/intranet", Allow::Everyone, intranet::front)
        .get("/intranet/{*path}", Allow::Everyone, intranet::read)
        .get("/system/accounts", WHO, accounts::list)
        .post("/system/accounts", WHO, accounts::create)
        .post("/system/accounts/{account}/reset", WHO, accounts::reset)
        .post("/system/accounts/{account}/disable", WHO, accounts::disable)
        .post("/system/accounts/{account}/enable", WHO, accounts::enable)
        .get("/system/audit", WHO, audit::list)
        .post("/system/audit/verify", WHO, audit::verify)
        .get("/system/about", WHO, audit::about)
}

/// One page of the room in the line above all of them.
struct Tab {
    name: &'static str,
    path: &'static str,
    here: bool,
}

fn tabs(here: &str) -> Vec<Tab> {
    let all = [
        ("单位", "/system"),
        ("人员", "/system/people"),
        ("领导名单", "/system/leaders"),
        ("登记邮箱", "/system/mailboxes"),
        ("收信邮箱", "/system/postboxes"),
        ("发信设置", "/system/mail-out"),
        ("内部字样", "/system/wordings"),
        ("文书模板", "/system/templates"),
        ("工作日历", "/system/calendar"),
        ("消息规则", "/system/notices"),
        ("定时任务", "/system/jobs"),
        ("内网发布", "/system/intranet"),
        ("账号", "/system/accounts"),
        ("审计", "/system/audit"),
        ("关于", "/system/about"),
    ];
    all.into_iter().map(|(name, path)| Tab { name, path, here: path == here }).collect()
}

/// A field of a form as it is shown: what was typed, and what is wrong with it.
#[derive(Clone, Debug, Default)]
struct Field {
    value: String,
    fault: Option<String>,
}

/// A form as it is shown again: everything typed, each fault at its field.
#[derive(Clone, Default)]
struct Typed {
    posted: Posted,
    faults: Vec<FieldFault>,
}

impl Typed {
    fn field(&self, name: &str) -> Field {
        Field { value: self.posted.one(name).to_owned(), fault: self.fault(name) }
    }

    fn fault(&self, name: &str) -> Option<String> {
        let of: Vec<&str> =
            self.faults.iter().filter(|fault| fault.field == name).map(|fault| fault.sentence.as_str()).collect();
        Some(of.join("")).filter(|sentences| !sentences.is_empty())
    }
}

/// One entry of a list to choose from.
struct Choice {
    value: String,
    name: String,
    chosen: bool,
}

/// A list to choose from with what is wrong with the choice made.
struct Choices {
    all: Vec<Choice>,
    fault: Option<String>,
}

impl Choices {
    fn of(typed: &Typed, field: &str, all: impl IntoIterator<Item = (String, String)>) -> Self {
        let chosen = typed.posted.one(field);
        Self {
            all: all.into_iter().map(|(value, name)| Choice { chosen: value == chosen, value, name }).collect(),
            fault: typed.fault(field),
        }
    }
}

/// The faults of a form, to be shown in it; any other problem goes on to a page of its own.
fn faults_of(oops: Oops) -> Result<Vec<FieldFault>, Oops> {
    match oops.into_problem()? {
        Problem::Faults(faults) => Ok(faults),
        other => Err(other.into()),
    }
}

/// A number in a path; anything else names nothing.
fn number(text: &str) -> Result<i64, Oops> {
    text.parse().map_err(|_| Problem::NotThere.into())
}

/// A stored moment as people read it.
fn moment(micros: i64) -> String {
    jiff::Timestamp::from_microsecond(micros).map(words::full_moment).unwrap_or_default()
}
