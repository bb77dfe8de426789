//! How letters are sent (发信设置), and a letter sent for trial.

use askama::Template;
use axum::extract::Path;
use tz_app::Administrator;
use tz_app::outgoing::{MailOutWish, Security, outgoing_state_name};
use tz_app::postbox::Secret;

use super::{Choices, Field, Tab, Typed, faults_of, moment, number, tabs};
use crate::desk::{Desk, Frame, Room};
use crate::forms::Posted;
use crate::gate::By;
use crate::problem::{Answer, Oops};

#[derive(Template)]
#[template(path = "system/mail_out.html")]
struct MailOutPage {
    frame: Frame,
    tabs: Vec<Tab>,
    set: bool,
    enabled: bool,
    trouble: Option<(String, String)>,
    host: Field,
    port: Field,
    security: Choices,
    authorities: Field,
    login: Field,
    password: Field,
    has_password: bool,
    address: Field,
    name: Field,
    per_minute: Field,
    to: Field,
}

async fn show(desk: &Desk, who: Administrator, typed: Option<Typed>) -> Result<MailOutPage, Oops> {
    let held = desk.run(move |app| app.mail_out_settings(&who)).await?;
    let fresh = typed.is_none();
    let mut typed = typed.unwrap_or_default();
    let trouble = held.as_ref().and_then(|(row, _)| Some((moment(row.troubled_at?), row.trouble.clone())));
    let (set, has_password) = held.as_ref().map_or((false, false), |(row, kept)| (row.enabled, *kept));
    if fresh {
        let shown = match &held {
            Some((row, _)) => [
                ("enabled", if row.enabled { "yes" } else { "" }.to_owned()),
                ("host", row.host.clone()),
                ("port", row.port.to_string()),
                ("security", row.security.clone()),
                ("authorities", row.authorities.clone()),
                ("login", row.login.clone()),
                ("address", row.address.clone()),
                ("name", row.name.clone()),
                ("per_minute", row.per_minute.to_string()),
            ],
            None => [
                ("enabled", "yes".to_owned()),
                ("host", String::new()),
                ("port", "465".to_owned()),
                ("security", Security::Tls.key().to_owned()),
                ("authorities", String::new()),
                ("login", String::new()),
                ("address", String::new()),
                ("name", String::new()),
                ("per_minute", "20".to_owned()),
            ],
        };
        typed.posted = Posted::shown(shown);
    }
    let ways = Security::ALL.map(|way| (way.key().to_owned(), way.name().to_owned()));
    Ok(MailOutPage {
        frame: desk.frame(Room::System, "发信设置"),
        tabs: tabs("/system/mail-out"),
        set,
        enabled: typed.posted.one("enabled") == "yes",
        trouble,
        host: typed.field("host"),
        port: typed.field("port"),
        security: Choices::of(&typed, "security", ways),
        authorities: typed.field("authorities"),
        login: typed.field("login"),
        password: Field { value: String::new(), fault: typed.fault("password") },
        has_password,
        address: typed.field("address"),
        name: typed.field("name"),
        per_minute: typed.field("per_minute"),
        to: typed.field("to"),
    })
}

/// `GET /system/mail-out`
pub(super) async fn page(desk: Desk, By(who): By<Administrator>) -> Answer {
    let page = show(&desk, who, None).await?;
    desk.show(&page)
}

/// `POST /system/mail-out`
pub(super) async fn change(desk: Desk, By(who): By<Administrator>, posted: Posted) -> Answer {
    let wish = MailOutWish {
        enabled: posted.one("enabled") == "yes",
        host: posted.trimmed("host"),
        port: posted.trimmed("port"),
        security: posted.one("security").to_owned(),
        authorities: posted.one("authorities").to_owned(),
        login: posted.trimmed("login"),
        password: Secret::new(posted.one("password")),
        address: posted.trimmed("address"),
        name: posted.trimmed("name"),
        per_minute: posted.trimmed("per_minute"),
    };
    let sentence = if wish.enabled {
        "发信设置已保存并启用，可以试发一封。"
    } else {
        "发信设置已保存，现在不发信。"
    };
    let by = who.clone();
    match desk.run(move |app| app.set_mail_out(&by, &wish)).await {
        Ok(()) => desk.done("/system/mail-out", sentence),
        Err(oops) => {
            let typed = Typed { faults: faults_of(oops)?, posted };
            let page = show(&desk, who, Some(typed)).await?;
            desk.show_faulty(&page)
        }
    }
}

/// `POST /system/mail-out/trial`
pub(super) async fn try_it(desk: Desk, By(who): By<Administrator>, posted: Posted) -> Answer {
    let (by, to) = (who.clone(), posted.trimmed("to"));
    match desk.run(move |app| app.try_mail_out(&by, &to)).await {
        Ok(id) => desk.done(&format!("/system/mail-out/trial/{id}"), "试发的邮件已交给发信程序。"),
        Err(oops) => {
            let faults = faults_of(oops)?;
            let mut page = show(&desk, who, None).await?;
            page.to = Typed { faults, posted }.field("to");
            desk.show_faulty(&page)
        }
    }
}

#[derive(Template)]
#[template(path = "system/mail_trial.html")]
struct TrialPage {
    frame: Frame,
    tabs: Vec<Tab>,
    id: i64,
    to: String,
    state: &'static str,
    sent: bool,
    over: bool,
    trouble: String,
    when: String,
}

/// `GET /system/mail-out/trial/{letter}`: how far the trial has come.
pub(super) async fn trial(desk: Desk, By(who): By<Administrator>, Path(letter): Path<String>) -> Answer {
    let id = number(&letter)?;
    let row = desk.run(move |app| app.trial(&who, id)).await?;
    desk.show(&TrialPage {
        frame: desk.frame(Room::System, "试发邮件"),
        tabs: tabs("/system/mail-out"),
        id,
        state: outgoing_state_name(&row.state),
        sent: row.state == "sent",
        over: !matches!(row.state.as_str(), "waiting" | "sending") || !row.trouble.is_empty(),
        when: moment(row.sent_at.or(row.claimed_at).unwrap_or(row.created_at)),
        to: row.address,
        trouble: row.trouble,
    })
}
