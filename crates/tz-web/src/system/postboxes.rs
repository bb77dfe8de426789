//! 收信邮箱: postboxes the office reads by itself: the list, one with its form, trying it, comparing it with the server.

use askama::Template;
use axum::extract::Path;
use tz_app::Administrator;
use tz_app::postbox::{Checked, CheckedLetter, Health, PostboxHealth, PostboxPage, PostboxWish, SECURITIES, Secret};
use tz_model::PostboxId;

use super::{Choices, Field, Tab, Typed, faults_of, number, tabs};
use crate::desk::{Desk, Frame, Room};
use crate::forms::Posted;
use crate::gate::By;
use crate::postman::{NO_POSTMAN, TriedStep};
use crate::problem::{Answer, Oops};
use crate::words;

const HERE: &str = "/system/postboxes";

#[derive(Template)]
#[template(path = "system/postboxes.html")]
struct ListPage {
    frame: Frame,
    tabs: Vec<Tab>,
    postboxes: Vec<Line>,
}

struct Line {
    href: String,
    name: String,
    place: String,
    health: &'static str,
    tag: &'static str,
    told: String,
    checked: String,
    amiss: bool,
}

#[derive(Template)]
#[template(path = "system/postbox.html")]
struct OnePage {
    frame: Frame,
    tabs: Vec<Tab>,
    heading: String,
    action: String,
    /// Nothing for a new one.
    about: Option<About>,
    name: Field,
    host: Field,
    port: Field,
    securities: Choices,
    authorities: Field,
    system_trust: bool,
    login: Field,
    /// What is wrong with the password. Itself it is never sent back.
    password: Option<String>,
    has_password: bool,
    folder: Field,
    more_folders: Field,
    start_from: Field,
    authserv_id: Field,
    mark_seen: bool,
    enabled: bool,
    /// What was just tried, step by step.
    tried: Vec<TriedLine>,
}

/// What stands beside the form of a postbox that is there.
struct About {
    id: i64,
    health: &'static str,
    tag: &'static str,
    told: Vec<String>,
    failure: String,
    checking: bool,
    check: Option<Check>,
    older: Vec<(String, String)>,
}

/// A comparison with the server in words.
struct Check {
    at: String,
    verdict: String,
    amiss: bool,
    sums: Vec<(String, usize)>,
    listed: usize,
    /// Which letter, when it arrived, why it is missing.
    missing: Vec<(String, String, String)>,
    more_missing: usize,
    strays: Vec<(String, String)>,
    more_strays: usize,
    gone: usize,
}

struct TriedLine {
    name: String,
    well: bool,
    trouble: String,
    words: String,
}

fn tag(health: Health) -> &'static str {
    match health {
        Health::Well => "good",
        Health::Failing | Health::Silent => "warn",
        Health::Busy => "act",
        Health::Off | Health::New => "",
    }
}

/// How a postbox is doing, in sentences.
fn told(health: &PostboxHealth) -> Vec<String> {
    let mut told = Vec::new();
    if let Some(at) = health.well_at {
        told.push(format!("最近一次正常：{}。", words::full_moment(at)));
    }
    if health.waiting > 0 {
        told.push(format!("还有{}封来信等待收取，新来信先收。", health.waiting));
    }
    match health.health {
        Health::Silent => {
            told.push("服务器程序可能没有运行，或收信已停住。请查看服务器程序，必要时重新启动。".to_owned())
        }
        Health::Failing => {
            let at = health.failed_at.map(words::full_moment).unwrap_or_default();
            told.push(format!("{at}失败，已连续{}次，会自动再试。", health.failures));
        }
        Health::New => told.push("保存后几秒钟内开始连接。".to_owned()),
        Health::Off | Health::Well | Health::Busy => {}
    }
    told
}

fn check_of(checked: &Checked) -> Check {
    let at = |micros: Option<i64>| {
        let moment = micros.and_then(|micros| jiff::Timestamp::from_microsecond(micros).ok());
        moment.map_or_else(|| "时间不明".to_owned(), words::full_moment)
    };
    let mut sums = checked.fates.clone();
    if checked.new > 0 {
        sums.push(("刚到，正在收取".to_owned(), checked.new));
    }
    if checked.missing_count > 0 {
        sums.push(("台账中没有".to_owned(), checked.missing_count));
    }
    Check {
        at: at(Some(checked.at)),
        verdict: verdict(checked),
        amiss: !checked.agrees(),
        sums,
        listed: checked.listed,
        more_missing: checked.missing_count - checked.missing.len(),
        missing: checked
            .missing
            .iter()
            .map(|letter| (which(letter), at(letter.arrived_at), letter.why.clone()))
            .collect(),
        more_strays: checked.stray_count - checked.strays.len(),
        strays: checked.strays.iter().map(|stray| (stray.folder.clone(), at(stray.arrived_at))).collect(),
        gone: checked.gone,
    }
}

/// A letter by its number, with its folder where that is not the postbox's own.
fn which(letter: &CheckedLetter) -> String {
    let number = format!("第{}号", letter.uid);
    if letter.folder.is_empty() { number } else { format!("{}{number}", letter.folder) }
}

/// A comparison in one sentence.
pub(crate) fn verdict(checked: &Checked) -> String {
    if checked.agrees() {
        return format!("服务器上的{}封来信与台账一致。", checked.listed);
    }
    let mut amiss = Vec::new();
    if checked.missing_count > 0 {
        amiss.push(format!("有{}封不在台账中，已重新收取", checked.missing_count));
    }
    if checked.stray_count > 0 {
        amiss.push(format!("其他文件夹里有{}封没有收过", checked.stray_count));
    }
    format!("服务器上有{}封来信，{}。", checked.listed, amiss.join("，"))
}

fn posted_of(wish: &PostboxWish) -> Posted {
    let ticked = |set: bool| if set { "1" } else { "" }.to_owned();
    let fields = [
        ("name", wish.name.clone()),
        ("host", wish.host.clone()),
        ("port", wish.port.clone()),
        ("security", wish.security.clone()),
        ("authorities", wish.authorities.clone()),
        ("system_trust", ticked(wish.system_trust)),
        ("login", wish.login.clone()),
        ("folder", wish.folder.clone()),
        ("more_folders", wish.more_folders.clone()),
        ("start_from", wish.start_from.clone()),
        ("authserv_id", wish.authserv_id.clone()),
        ("mark_seen", ticked(wish.mark_seen)),
        ("enabled", ticked(wish.enabled)),
    ];
    Posted::from_fields(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

fn wish_of(posted: &Posted) -> PostboxWish {
    let text = |name: &str| posted.trimmed(name);
    PostboxWish {
        name: text("name"),
        host: text("host"),
        port: text("port"),
        security: text("security"),
        authorities: text("authorities"),
        system_trust: posted.ticked("system_trust"),
        login: text("login"),
        password: Secret::new(posted.trimmed("password")),
        folder: text("folder"),
        more_folders: text("more_folders"),
        start_from: text("start_from"),
        authserv_id: text("authserv_id"),
        mark_seen: posted.ticked("mark_seen"),
        enabled: posted.ticked("enabled"),
    }
}

fn page(desk: &Desk, found: Option<&PostboxPage>, typed: &Typed, tried: Vec<TriedStep>) -> OnePage {
    let heading = found.map_or_else(|| "新增收信邮箱".to_owned(), |found| found.wish.name.clone());
    let action = found.map_or_else(|| HERE.to_owned(), |found| format!("{HERE}/{}", found.id));
    let about = found.map(|found| About {
        id: found.id.0,
        health: found.health.health.name(),
        tag: tag(found.health.health),
        told: told(&found.health),
        failure: found.health.failure.clone(),
        checking: found.health.checking,
        check: found.checks.first().map(check_of),
        older: found.checks.iter().skip(1).map(|checked| (check_of(checked).at, verdict(checked))).collect(),
    });
    let securities = SECURITIES.iter().map(|(key, name)| ((*key).to_owned(), (*name).to_owned()));
    OnePage {
        frame: desk.frame(Room::System, &heading),
        tabs: tabs(HERE),
        heading,
        action,
        about,
        name: typed.field("name"),
        host: typed.field("host"),
        port: typed.field("port"),
        securities: Choices::of(typed, "security", securities),
        authorities: typed.field("authorities"),
        system_trust: typed.posted.ticked("system_trust"),
        login: typed.field("login"),
        password: typed.fault("password"),
        has_password: found.is_some_and(|found| found.has_password),
        folder: typed.field("folder"),
        more_folders: typed.field("more_folders"),
        start_from: typed.field("start_from"),
        authserv_id: typed.field("authserv_id"),
        mark_seen: typed.posted.ticked("mark_seen"),
        enabled: typed.posted.ticked("enabled"),
        tried: tried
            .into_iter()
            .map(|step| TriedLine {
                name: step.name,
                well: step.trouble.is_empty(),
                trouble: step.trouble,
                words: step.words,
            })
            .collect(),
    }
}

/// `GET /system/postboxes`
pub(super) async fn list(desk: Desk, By(who): By<Administrator>) -> Answer {
    let postboxes = desk.run(move |app| app.postboxes(&who)).await?;
    desk.show(&ListPage {
        frame: desk.frame(Room::System, "收信邮箱"),
        tabs: tabs(HERE),
        postboxes: postboxes
            .into_iter()
            .map(|found| Line {
                href: format!("{HERE}/{}", found.id),
                place: format!("{} · {}", found.wish.login, found.wish.host),
                health: found.health.health.name(),
                tag: tag(found.health.health),
                told: if found.health.failure.is_empty() {
                    told(&found.health).concat()
                } else {
                    found.health.failure.clone()
                },
                checked: found.checks.first().map_or_else(|| "还没有核对过。".to_owned(), verdict),
                amiss: found.checks.first().is_some_and(|checked| !checked.agrees()),
                name: found.wish.name,
            })
            .collect(),
    })
}

/// `GET /system/postboxes/new`
pub(super) async fn new_page(desk: Desk, By(_who): By<Administrator>) -> Answer {
    let usual = PostboxWish {
        port: "993".to_owned(),
        security: "tls".to_owned(),
        folder: "INBOX".to_owned(),
        start_from: desk.server.app.today().to_string(),
        enabled: true,
        ..PostboxWish::default()
    };
    let typed = Typed { posted: posted_of(&usual), faults: Vec::new() };
    desk.show(&page(&desk, None, &typed, Vec::new()))
}

/// `GET /system/postboxes/{postbox}`
pub(super) async fn one(desk: Desk, By(who): By<Administrator>, Path(postbox): Path<String>) -> Answer {
    let id = PostboxId(number(&postbox)?);
    let found = desk.run(move |app| app.postbox(&who, id)).await?;
    let typed = Typed { posted: posted_of(&found.wish), faults: Vec::new() };
    desk.show(&page(&desk, Some(&found), &typed, Vec::new()))
}

/// `POST /system/postboxes`
pub(super) async fn add(desk: Desk, By(who): By<Administrator>, posted: Posted) -> Answer {
    let wish = wish_of(&posted);
    match desk.run(move |app| app.save_postbox(&who, None, &wish)).await {
        Ok(id) => desk.done(&format!("{HERE}/{id}"), "已保存。请按“试一试”，看能不能收信。"),
        Err(oops) => {
            let typed = Typed { faults: faults_of(oops)?, posted };
            desk.show_faulty(&page(&desk, None, &typed, Vec::new()))
        }
    }
}

/// `POST /system/postboxes/{postbox}`
pub(super) async fn change(
    desk: Desk,
    By(who): By<Administrator>,
    Path(postbox): Path<String>,
    posted: Posted,
) -> Answer {
    let id = PostboxId(number(&postbox)?);
    let (by, wish) = (who.clone(), wish_of(&posted));
    match desk.run(move |app| app.save_postbox(&by, Some(id), &wish)).await {
        Ok(id) => desk.done(&format!("{HERE}/{id}"), "已保存，几秒钟内按新的设置收信。"),
        Err(oops) => {
            let typed = Typed { faults: faults_of(oops)?, posted };
            let found = desk.run(move |app| app.postbox(&who, id)).await?;
            desk.show_faulty(&page(&desk, Some(&found), &typed, Vec::new()))
        }
    }
}

/// `POST /system/postboxes/{postbox}/try`: 试一试
pub(super) async fn attempt(desk: Desk, By(who): By<Administrator>, Path(postbox): Path<String>) -> Answer {
    let id = PostboxId(number(&postbox)?);
    let by = who.clone();
    let order = desk.run(move |app| app.postbox_to_try(&by, id)).await?;
    let Some(postman) = desk.server.postman.clone() else {
        return Err(Oops::from(tz_app::Problem::Refused(NO_POSTMAN.to_owned())));
    };
    let tried = postman.attempt(order).await;
    let found = desk.run(move |app| app.postbox(&who, id)).await?;
    let typed = Typed { posted: posted_of(&found.wish), faults: Vec::new() };
    desk.show(&page(&desk, Some(&found), &typed, tried))
}

/// `POST /system/postboxes/{postbox}/check`: 核对
pub(super) async fn check(desk: Desk, By(who): By<Administrator>, Path(postbox): Path<String>) -> Answer {
    let id = PostboxId(number(&postbox)?);
    desk.run(move |app| app.ask_for_check(&who, id)).await?;
    desk.done(&format!("{HERE}/{id}"), "已安排核对，收完等待的来信后进行。稍后请刷新本页。")
}
