//! The audit log (审计) with its check, and what this installation stands on (关于).

use askama::Template;
use tz_app::Administrator;
use tz_app::system::{About, DatabaseKind};
use tz_model::Month;

use super::{Tab, moment, tabs};
use crate::desk::{Desk, Frame, Room};
use crate::forms::Asked;
use crate::gate::By;
use crate::problem::{Answer, Oops};
use crate::words;

#[derive(Template)]
#[template(path = "system/audit.html")]
struct AuditPage {
    frame: Frame,
    tabs: Vec<Tab>,
    acts: Vec<ActLine>,
    older: Option<String>,
    /// Not the newest page.
    later: bool,
    /// What the check found, where it was just asked for.
    checked: Option<Vec<String>>,
}

struct ActLine {
    seq: i64,
    at: String,
    who: String,
    act: String,
    object: String,
    outcome: String,
    failed: bool,
    detail: String,
}

#[derive(Template)]
#[template(path = "system/about.html")]
struct AboutPage {
    frame: Frame,
    tabs: Vec<Tab>,
    lines: Vec<(&'static str, String)>,
}

async fn show(
    desk: &Desk,
    who: Administrator,
    before: Option<i64>,
    checked: Option<Vec<String>>,
) -> Result<AuditPage, Oops> {
    let (acts, next) = desk.run(move |app| app.audit_page(&who, before)).await?;
    Ok(AuditPage {
        frame: desk.frame(Room::System, "审计"),
        tabs: tabs("/system/audit"),
        acts: acts
            .into_iter()
            .map(|row| ActLine {
                seq: row.seq,
                at: moment(row.at),
                who: row.who,
                act: row.act,
                object: row.object,
                failed: row.outcome != "成功",
                outcome: row.outcome,
                detail: row.detail,
            })
            .collect(),
        older: next.map(|seq| format!("/system/audit?before={seq}")),
        later: before.is_some(),
        checked,
    })
}

/// `GET /system/audit`, newest first; `?before=` is the place the page ends before.
pub(super) async fn list(desk: Desk, By(who): By<Administrator>, asked: Asked) -> Answer {
    let page = show(&desk, who, asked.number("before"), None).await?;
    desk.show(&page)
}

/// `POST /system/audit/verify`: recomputes the whole chain and says what it found.
pub(super) async fn verify(desk: Desk, By(who): By<Administrator>) -> Answer {
    let by = who.clone();
    let faults = desk.run(move |app| app.verify_audit(&by)).await?;
    let page = show(&desk, who, None, Some(faults)).await?;
    desk.show(&page)
}

fn about_lines(about: About) -> Vec<(&'static str, String)> {
    let (name, id, from, hash) = about.scheme;
    let month = |month: &str| month.parse::<Month>().map_or_else(|_| month.to_owned(), Month::chinese);
    vec![
        ("机关", about.office),
        ("程序", format!("通政 {}", about.program)),
        (
            "数据库",
            match about.database {
                DatabaseKind::Sqlite => format!("内置数据库 {}，数据存在数据文件夹中", about.database_version),
                DatabaseKind::Postgres => format!("{}，由贵单位的数据库服务器保存", about.database_version),
            },
        ),
        ("数据结构", format!("第{}版", about.structure)),
        ("现行计分办法", format!("{name}（{id}），自{from}起施行")),
        ("计分办法校验值", hash),
        ("计分台账", format!("{}条", about.ledger_end)),
        (
            "最近关账",
            about.last_closed.map_or_else(
                || "还没有关过账".to_owned(),
                |(number, closed, at)| {
                    format!("{}，计分表第{number}号，{}关账", month(&closed), words::full_moment(at))
                },
            ),
        ),
        ("审计记录", about.audit.as_ref().map_or_else(|| "还没有记录".to_owned(), |(count, _)| format!("{count}条"))),
        ("审计末条校验值", about.audit.map(|(_, hash)| hash).unwrap_or_default()),
    ]
}

/// `GET /system/about`
pub(super) async fn about(desk: Desk, By(who): By<Administrator>) -> Answer {
    let about = desk.run(move |app| app.about(&who)).await?;
    desk.show(&AboutPage {
        frame: desk.frame(Room::System, "关于"),
        tabs: tabs("/system/about"),
        lines: about_lines(about),
    })
}
