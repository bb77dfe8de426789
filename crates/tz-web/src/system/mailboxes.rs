//! Registered mailboxes (登记邮箱, N3.1).

use askama::Template;
use axum::extract::Path;
use tz_app::Administrator;
use tz_model::UnitId;

use super::{Choices, Field, Tab, Typed, faults_of, moment, number, tabs};
use crate::desk::{Desk, Frame, Room};
use crate::forms::{Asked, Posted};
use crate::gate::By;
use crate::problem::{Answer, Oops};

#[derive(Template)]
#[template(path = "system/mailboxes.html")]
struct MailboxesPage {
    frame: Frame,
    tabs: Vec<Tab>,
    mailboxes: Vec<MailboxLine>,
    units: Choices,
    address: Field,
}

struct MailboxLine {
    id: i64,
    unit: String,
    unit_href: String,
    address: String,
    since: String,
}

async fn show(desk: &Desk, who: Administrator, typed: &Typed) -> Result<MailboxesPage, Oops> {
    let (mailboxes, choices) = desk.run(move |app| Ok((app.mailboxes(&who)?, app.unit_choices(&who)?))).await?;
    let units = choices.units.into_iter().map(|(id, name)| (id.to_string(), name));
    Ok(MailboxesPage {
        frame: desk.frame(Room::System, "登记邮箱"),
        tabs: tabs("/system/mailboxes"),
        mailboxes: mailboxes
            .into_iter()
            .map(|(mailbox, unit)| MailboxLine {
                id: mailbox.id,
                unit,
                unit_href: format!("/system/units/{}", mailbox.unit_id),
                address: mailbox.address,
                since: moment(mailbox.registered_at),
            })
            .collect(),
        units: Choices::of(typed, "unit", units),
        address: typed.field("address"),
    })
}

/// `GET /system/mailboxes`; `?unit=` chooses the unit in the form.
pub(super) async fn list(desk: Desk, By(who): By<Administrator>, asked: Asked) -> Answer {
    let typed = Typed { posted: asked.0, faults: Vec::new() };
    let page = show(&desk, who, &typed).await?;
    desk.show(&page)
}

/// `POST /system/mailboxes`
pub(super) async fn register(desk: Desk, By(who): By<Administrator>, posted: Posted) -> Answer {
    let (by, unit, address) = (who.clone(), posted.number("unit").map(UnitId), posted.trimmed("address"));
    let sentence = format!("已登记邮箱 {address}，从现在起该邮箱的来信算作该单位报送。");
    match desk.run(move |app| app.register_mailbox(&by, unit, &address)).await {
        Ok(()) => desk.done("/system/mailboxes", &sentence),
        Err(oops) => {
            let typed = Typed { faults: faults_of(oops)?, posted };
            let page = show(&desk, who, &typed).await?;
            desk.show_faulty(&page)
        }
    }
}

/// `POST /system/mailboxes/{mailbox}/close`
pub(super) async fn close(desk: Desk, By(who): By<Administrator>, Path(mailbox): Path<String>) -> Answer {
    let mailbox = number(&mailbox)?;
    let address = desk.run(move |app| app.close_mailbox(&who, mailbox)).await?;
    desk.done("/system/mailboxes", &format!("已注销邮箱 {address}，此后的来信进入隔离区，由编辑处理。"))
}
