//! The ledger of messages (来信台账) and the messages in quarantine.

use askama::Template;
use axum::extract::Path;
use tz_app::mail::{FATES, fate_name};
use tz_app::postbox::{Health, PostboxHealth};
use tz_app::{Editor, Problem};
use tz_model::{MailId, UnitId};

use crate::desk::{Desk, Frame, Room};
use crate::forms::{Asked, Faults, Posted};
use crate::gate::By;
use crate::problem::{Answer, Oops};
use crate::report::{Choice, download, id, paragraphs, when};
use crate::{Allow, Routes, words};

/// Every route of the ledger of messages.
pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/intake/mail", Allow::Editors, ledger)
        .get("/intake/mail/{mail}", Allow::Editors, letter)
        .get("/intake/mail/{mail}/raw", Allow::Editors, raw)
        .post("/intake/mail/{mail}/assign", Allow::Editors, assign)
        .post("/intake/mail/{mail}/discard", Allow::Editors, discard)
}

fn tone(fate: &str) -> &'static str {
    match fate {
        "item" => "good",
        "quarantine" => "warn",
        "secret" => "official",
        _ => "",
    }
}

/// What stands where there is no subject.
fn subject(row: &str, fate: &str) -> String {
    match (row.is_empty(), fate) {
        (true, "secret") => "（按规定不保存主题）".to_owned(),
        (true, _) => "（没有主题）".to_owned(),
        (false, _) => row.to_owned(),
    }
}

struct Count {
    name: &'static str,
    query: String,
    count: i64,
    here: bool,
}

struct Line {
    id: i64,
    received: String,
    sender: String,
    unit: String,
    subject: String,
    fate: &'static str,
    tone: &'static str,
    reason: String,
    items: Vec<(i64, String)>,
}

#[derive(Template)]
#[template(path = "intake/mail.html")]
struct MailPage {
    frame: Frame,
    total: i64,
    counts: Vec<Count>,
    lines: Vec<Line>,
    next: Option<String>,
    /// How each postbox is doing: name, word, tone, sentence.
    postboxes: Vec<(String, &'static str, &'static str, String)>,
}

/// How the postboxes are doing, for the office's editors: an outage is seen where letters are looked for.
fn postboxes(healths: Vec<PostboxHealth>) -> Vec<(String, &'static str, &'static str, String)> {
    let sentence = |postbox: &PostboxHealth| {
        if postbox.health.is_bad() {
            return "收信中断期间的来信仍在邮箱里，恢复后会自动收取。请告知系统管理员。".to_owned();
        }
        let waiting =
            if postbox.waiting > 0 { format!("还有{}封等待收取。", postbox.waiting) } else { String::new() };
        let checked = postbox.checked_at.map(|at| format!("最近核对：{}。", words::full_moment(at)));
        waiting + &checked.unwrap_or_default()
    };
    let tone = |postbox: &PostboxHealth| if postbox.health.is_bad() { "warn" } else { "good" };
    let shown = healths.into_iter().filter(|postbox| postbox.health != Health::Off);
    shown.map(|one| (one.name.clone(), one.health.name(), tone(&one), sentence(&one))).collect()
}

/// `GET /intake/mail`: every message with its fate, newest first.
async fn ledger(desk: Desk, By(who): By<Editor>, asked: Asked) -> Answer {
    let fate = Some(asked.trimmed("fate")).filter(|fate| FATES.contains(&fate.as_str()));
    let before = asked.number("before").map(MailId);
    let wish = fate.clone();
    let (ledger, healths) =
        desk.run(move |app| Ok((app.mail_ledger(&who, wish.as_deref(), before)?, app.postbox_healths()?))).await?;
    let all = Count { name: "全部", query: String::new(), count: ledger.total, here: fate.is_none() };
    let counts = ledger.counts.iter().map(|(key, count)| Count {
        name: fate_name(key),
        query: format!("?fate={key}"),
        count: *count,
        here: fate.as_deref() == Some(key),
    });
    let next = ledger.lines.last().filter(|_| ledger.more).map(|line| {
        let fate = fate.as_ref().map(|fate| format!("fate={fate}&")).unwrap_or_default();
        format!("/intake/mail?{fate}before={}", line.row.id)
    });
    desk.show(&MailPage {
        frame: desk.frame(Room::Intake, "来信台账"),
        total: ledger.total,
        counts: std::iter::once(all).chain(counts).collect(),
        next,
        postboxes: postboxes(healths),
        lines: ledger
            .lines
            .into_iter()
            .map(|line| Line {
                id: line.row.id,
                received: when(line.row.received_at),
                subject: subject(&line.row.subject, &line.row.fate),
                fate: fate_name(&line.row.fate),
                tone: tone(&line.row.fate),
                items: line.items.iter().map(|item| (item.id, item.number.clone())).collect(),
                sender: line.row.sender,
                unit: line.unit,
                reason: line.row.reason,
            })
            .collect(),
    })
}

struct PreviewShown {
    title: String,
    about: String,
    doubts: Vec<String>,
    body: Vec<String>,
}

#[derive(Template)]
#[template(path = "intake/letter.html")]
struct LetterPage {
    frame: Frame,
    id: i64,
    subject: String,
    fate: &'static str,
    tone: &'static str,
    reason: String,
    faults: Faults,
    sender: String,
    date: String,
    text: String,
    kept: bool,
    waiting: bool,
    previews: Vec<PreviewShown>,
    files: Vec<String>,
    items: Vec<(i64, String)>,
    units: Vec<Choice>,
    register: bool,
    discard: String,
}

/// `GET /intake/mail/{mail}`: one message as text, with what would become of it.
async fn letter(desk: Desk, By(who): By<Editor>, Path(mail): Path<String>) -> Answer {
    desk.show(&letter_page(&desk, who, MailId(id(&mail)?)).await?)
}

async fn letter_page(desk: &Desk, who: Editor, mail: MailId) -> Result<LetterPage, Oops> {
    let view = desk.run(move |app| app.mail(&who, mail)).await?;
    let waiting = view.row.fate == "quarantine";
    let name =
        if view.sender_name.is_empty() { String::new() } else { format!("（自称“{}”）", view.sender_name) };
    let shown = subject(&view.row.subject, &view.row.fate);
    Ok(LetterPage {
        frame: desk.frame(Room::Intake, &shown),
        id: mail.0,
        subject: shown,
        fate: fate_name(&view.row.fate),
        tone: tone(&view.row.fate),
        reason: view.row.reason.clone(),
        faults: Faults::default(),
        sender: format!("{}{name}", view.row.sender),
        date: view.date,
        text: view.text,
        kept: view.row.content_id.is_some(),
        previews: view
            .previews
            .into_iter()
            .filter(|_| waiting)
            .map(|one| PreviewShown {
                title: if one.title.is_empty() { "（未见标题）".to_owned() } else { one.title },
                about: format!(
                    "{} · {}字",
                    if one.category.is_empty() { "未注明类别" } else { &one.category },
                    one.words
                ),
                doubts: one.doubts,
                body: paragraphs(&one.body),
            })
            .collect(),
        files: view
            .files
            .into_iter()
            .map(|(name, bytes, notes)| {
                let notes = if notes.is_empty() { String::new() } else { format!("：{notes}") };
                format!("{name}（{}）{notes}", words::size(bytes))
            })
            .collect(),
        items: view.items.iter().map(|item| (item.id, format!("{} {}", item.number, item.title))).collect(),
        units: view
            .units
            .into_iter()
            .map(|(unit, name)| Choice { id: unit.0, name, chosen: view.row.unit_id == Some(unit.0) })
            .collect(),
        waiting,
        register: false,
        discard: String::new(),
    })
}

/// `GET /intake/mail/{mail}/raw`: the message itself, as a file.
async fn raw(desk: Desk, By(who): By<Editor>, Path(mail): Path<String>) -> Answer {
    let mail = MailId(id(&mail)?);
    let bytes = desk.run(move |app| app.raw_mail(&who, mail)).await?;
    Ok(download(&format!("来信{mail}.eml"), bytes))
}

/// `POST /intake/mail/{mail}/assign`: says which unit it is from; it becomes items.
async fn assign(desk: Desk, By(who): By<Editor>, Path(mail): Path<String>, posted: Posted) -> Answer {
    let mail = MailId(id(&mail)?);
    let register = posted.ticked("register");
    let by = who.clone();
    let entered = match posted.number("unit").map(UnitId) {
        Some(unit) => desk.run(move |app| app.assign_quarantined(&by, mail, unit, register)).await,
        None => Err(Problem::field("unit", "请选择报送单位，再点“收稿”。").into()),
    };
    match entered {
        Ok(entered) => {
            let numbers: Vec<&str> = entered.iter().map(|item| item.number.as_str()).collect();
            desk.done(&format!("/intake/mail/{mail}"), &format!("已收为稿件：{}。", numbers.join("、")))
        }
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(found) => {
                let page = letter_page(&desk, who, mail).await?;
                let chosen = posted.number("unit");
                let units =
                    page.units.into_iter().map(|unit| Choice { chosen: chosen == Some(unit.id), ..unit }).collect();
                let faults = Faults::of(found, &["unit", "register"]);
                desk.show_faulty(&LetterPage { faults, register, units, ..page })
            }
            other => Err(other.into()),
        },
    }
}

/// `POST /intake/mail/{mail}/discard`: puts it aside with a reason.
async fn discard(desk: Desk, By(who): By<Editor>, Path(mail): Path<String>, posted: Posted) -> Answer {
    let mail = MailId(id(&mail)?);
    let (by, reason) = (who.clone(), posted.one("reason").to_owned());
    match desk.run(move |app| app.discard_quarantined(&by, mail, &reason)).await {
        Ok(()) => desk.done("/intake/mail?fate=quarantine", "来信已弃置，台账中仍可查到。"),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(found) => {
                let page = letter_page(&desk, who, mail).await?;
                let discard = posted.one("reason").to_owned();
                let faults = Faults::of(found, &["reason"]);
                desk.show_faulty(&LetterPage { faults, discard, ..page })
            }
            other => Err(other.into()),
        },
    }
}
