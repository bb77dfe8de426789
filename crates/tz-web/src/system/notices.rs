//! 消息规则: who is told of what, how it is mailed and what it says; and the robots of chat groups.

use askama::Template;
use axum::extract::Path;
use tz_app::notice::{MailChoice, NoticeKind, Robot, RobotPost, RobotWish, RuleLine};
use tz_app::postbox::Secret;
use tz_app::{Administrator, Problem};

use super::{Field, Tab, Typed, faults_of, number, tabs};
use crate::desk::{Desk, Frame, Room};
use crate::forms::Posted;
use crate::gate::By;
use crate::problem::{Answer, Oops};
use crate::words;

const HERE: &str = "/system/notices";

struct RobotLine {
    id: i64,
    name: String,
    host: String,
    kinds: String,
    enabled: bool,
}

struct PostLine {
    robot: String,
    title: String,
    state: &'static str,
    tag: &'static str,
    trouble: String,
    at: String,
}

struct KindBox {
    key: &'static str,
    name: &'static str,
    ticked: bool,
}

#[derive(Template)]
#[template(path = "system/notices.html")]
struct NoticesPage {
    frame: Frame,
    tabs: Vec<Tab>,
    rules: Vec<RuleLine>,
    robots: Vec<RobotLine>,
    posts: Vec<PostLine>,
    name: Field,
    url: Field,
    kinds: Vec<KindBox>,
    kinds_fault: Option<String>,
}

fn robot(robot: Robot) -> RobotLine {
    let kinds: Vec<&str> = robot.kinds.iter().map(|kind| kind.name()).collect();
    RobotLine { id: robot.id, name: robot.name, host: robot.host, kinds: kinds.join("、"), enabled: robot.enabled }
}

fn post(post: RobotPost) -> PostLine {
    let (state, tag) = match post.state.as_str() {
        "sent" => ("已发出", "good"),
        "failed" => ("没有发出", "official"),
        "sending" => ("正在发送", "act"),
        _ => ("等待发送", "act"),
    };
    PostLine { robot: post.robot, title: post.title, state, tag, trouble: post.trouble, at: words::moment(post.at) }
}

async fn show(desk: &Desk, who: Administrator, typed: &Typed) -> Result<NoticesPage, Oops> {
    let (rules, (robots, posts)) = desk.run(move |app| Ok((app.notice_rules(&who)?, app.robots(&who)?))).await?;
    Ok(NoticesPage {
        frame: desk.frame(Room::System, "消息规则"),
        tabs: tabs(HERE),
        rules,
        robots: robots.into_iter().map(robot).collect(),
        posts: posts.into_iter().map(post).collect(),
        name: typed.field("name"),
        url: Field { value: String::new(), fault: typed.fault("url") },
        kinds: NoticeKind::ALL
            .map(|kind| KindBox {
                key: kind.key(),
                name: kind.name(),
                ticked: typed.posted.all("kinds").any(|key| key == kind.key()),
            })
            .into(),
        kinds_fault: typed.fault("kinds"),
    })
}

/// `GET /system/notices`
pub(super) async fn page(desk: Desk, By(who): By<Administrator>) -> Answer {
    let page = show(&desk, who, &Typed::default()).await?;
    desk.show(&page)
}

#[derive(Template)]
#[template(path = "system/notice_rule.html")]
struct RulePage {
    frame: Frame,
    tabs: Vec<Tab>,
    key: &'static str,
    name: &'static str,
    told: &'static str,
    own: bool,
    places: String,
    ways: Vec<(&'static str, &'static str, bool)>,
    mail_fault: Option<String>,
    title: Field,
    body: Field,
}

async fn one(desk: &Desk, who: Administrator, kind: NoticeKind, typed: Option<Typed>) -> Result<RulePage, Oops> {
    let rules = desk.run(move |app| app.notice_rules(&who)).await?;
    let rule = rules.into_iter().find(|rule| rule.kind == kind).ok_or(Problem::NotThere)?;
    let mail = typed.as_ref().map_or_else(|| rule.mail.key().to_owned(), |typed| typed.posted.one("mail").to_owned());
    let field = |name: &str, held: String| match &typed {
        Some(typed) => typed.field(name),
        None => Field { value: held, fault: None },
    };
    let places: Vec<String> = kind.places().iter().map(|place| format!("{{{place}}}")).collect();
    Ok(RulePage {
        frame: desk.frame(Room::System, kind.name()),
        tabs: tabs(HERE),
        key: kind.key(),
        name: kind.name(),
        told: kind.told(),
        own: rule.own,
        places: places.join(" "),
        ways: MailChoice::ALL.map(|way| (way.key(), way.name(), way.key() == mail)).to_vec(),
        mail_fault: typed.as_ref().and_then(|typed| typed.fault("mail")),
        title: field("title", rule.title),
        body: field("body", rule.body),
    })
}

fn kind_of(key: &str) -> Result<NoticeKind, Oops> {
    NoticeKind::of_key(key).ok_or_else(|| Problem::NotThere.into())
}

/// `GET /system/notices/{kind}`
pub(super) async fn rule(desk: Desk, By(who): By<Administrator>, Path(kind): Path<String>) -> Answer {
    let page = one(&desk, who, kind_of(&kind)?, None).await?;
    desk.show(&page)
}

/// `POST /system/notices/{kind}`: fields mail, title, body.
pub(super) async fn change(desk: Desk, By(who): By<Administrator>, Path(kind): Path<String>, posted: Posted) -> Answer {
    let kind = kind_of(&kind)?;
    let (by, mail) = (who.clone(), posted.one("mail").to_owned());
    let (title, body) = (posted.one("title").to_owned(), posted.one("body").to_owned());
    match desk.run(move |app| app.save_notice_rule(&by, kind, &mail, &title, &body)).await {
        Ok(()) => desk.done(HERE, &format!("“{}”的规则已保存，从下一条消息起执行。", kind.name())),
        Err(oops) => {
            let typed = Typed { faults: faults_of(oops)?, posted };
            let page = one(&desk, who, kind, Some(typed)).await?;
            desk.show_faulty(&page)
        }
    }
}

/// `POST /system/robots`: fields name, url, kinds.
pub(super) async fn add(desk: Desk, By(who): By<Administrator>, posted: Posted) -> Answer {
    let wish = RobotWish {
        name: posted.trimmed("name"),
        url: Secret::new(posted.trimmed("url")),
        kinds: posted.all("kinds").map(str::to_owned).collect(),
    };
    let by = who.clone();
    match desk.run(move |app| app.add_robot(&by, &wish)).await {
        Ok(()) => desk.done(HERE, "群机器人已登记，可以试发一条。"),
        Err(oops) => {
            let typed = Typed { faults: faults_of(oops)?, posted };
            let page = show(&desk, who, &typed).await?;
            desk.show_faulty(&page)
        }
    }
}

/// `POST /system/robots/{robot}/try`
pub(super) async fn attempt(desk: Desk, By(who): By<Administrator>, Path(robot): Path<String>) -> Answer {
    let id = number(&robot)?;
    desk.run(move |app| app.try_robot(&who, id)).await?;
    desk.done(HERE, "试发的消息已交给发送程序，请到群里查看。")
}

/// `POST /system/robots/{robot}/enable`
pub(super) async fn enable(desk: Desk, By(who): By<Administrator>, Path(robot): Path<String>) -> Answer {
    let id = number(&robot)?;
    desk.run(move |app| app.switch_robot(&who, id, true)).await?;
    desk.done(HERE, "群机器人已启用。")
}

/// `POST /system/robots/{robot}/disable`
pub(super) async fn disable(desk: Desk, By(who): By<Administrator>, Path(robot): Path<String>) -> Answer {
    let id = number(&robot)?;
    desk.run(move |app| app.switch_robot(&who, id, false)).await?;
    desk.done(HERE, "群机器人已停用，不再向它发送。")
}
