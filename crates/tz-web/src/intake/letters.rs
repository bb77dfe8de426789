//! The ledger of messages (来信台账), and one of them; what is done with those that wait is in `quarantine.rs`.

use askama::Template;
use axum::extract::Path;
use tz_app::mail::{DISCARD_REASONS, FATES, Hold, fate_name};
use tz_app::postbox::{Health, PostboxHealth};
use tz_app::{Editor, FieldFault, Registrar};
use tz_model::MailId;

use crate::desk::{Desk, Frame, Room};
use crate::forms::{Asked, Faults, Posted};
use crate::gate::By;
use crate::problem::{Answer, Oops};
use crate::report::{Choice, download, id, when};
use crate::{Allow, Routes, words};

/// Every route of the ledger of messages.
pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/intake/mail", Allow::Editors, ledger)
        .get("/intake/mail/{mail}", Allow::Editors, letter)
        .get("/intake/mail/{mail}/raw", Allow::Editors, raw)
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
    /// This person is told of refused secrets (涉密拒收).
    told_of_secrets: bool,
    /// The fate shown, as the end of an address.
    query: String,
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

/// The fate asked for, if it is one.
pub(crate) fn fate_of(asked: &Posted) -> Option<String> {
    Some(asked.trimmed("fate")).filter(|fate| FATES.contains(&fate.as_str()))
}

/// `GET /intake/mail`: every message with its fate, newest first.
async fn ledger(desk: Desk, By(who): By<Editor>, asked: Asked) -> Answer {
    let fate = fate_of(&asked);
    let before = asked.number("before").map(MailId);
    let (wish, told_of_secrets) = (fate.clone(), Registrar::of(&who).is_some());
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
        told_of_secrets,
        query: fate.as_ref().map(|fate| format!("?fate={fate}")).unwrap_or_default(),
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

/// A choice with its words, and whether it is made.
type Chosen = (String, String, bool);

/// One document of a message in the form that receives it.
struct DocumentForm {
    at: usize,
    file: String,
    about: String,
    doubts: Vec<String>,
    acts: Vec<Chosen>,
    title: String,
    categories: Vec<(String, bool)>,
    body: String,
    faults: Faults,
}

/// A file that is no document.
struct LooseForm {
    at: usize,
    name: String,
    acts: Vec<Chosen>,
}

#[derive(Template)]
#[template(path = "intake/letter.html")]
pub(super) struct LetterPage {
    frame: Frame,
    id: i64,
    subject: String,
    fate: &'static str,
    tone: &'static str,
    hold: &'static str,
    reason: String,
    faults: Faults,
    wrong_documents: bool,
    sender: String,
    address: String,
    date: String,
    text: String,
    kept: bool,
    waiting: bool,
    marked: bool,
    large: bool,
    undo: bool,
    documents: Vec<DocumentForm>,
    loose: Vec<LooseForm>,
    files: Vec<String>,
    items: Vec<(i64, String)>,
    units: Vec<Choice>,
    owners: Vec<Choice>,
    can_register: bool,
    register: bool,
    quick: [&'static str; 5],
    discard: String,
}

/// `GET /intake/mail/{mail}`: one message as text, with what would become of it.
async fn letter(desk: Desk, By(who): By<Editor>, Path(mail): Path<String>) -> Answer {
    let page = letter_page(&desk, who, MailId(id(&mail)?), &Posted::default(), Vec::new()).await?;
    desk.show(&page)
}

/// What a document is called among its choices.
fn called(at: usize, title: &str) -> String {
    let short: String = title.chars().take(16).collect();
    if short.is_empty() { format!("文档{}", at + 1) } else { format!("文档{}《{short}》", at + 1) }
}

/// What may become of a document; the one typed before is chosen again.
fn acts(at: usize, titles: &[String], typed: &str) -> Vec<Chosen> {
    let mut acts = vec![("item".to_owned(), "收为稿件".to_owned())];
    for (other, title) in titles.iter().enumerate().filter(|(other, _)| *other != at) {
        acts.push((format!("with-{other}"), format!("作为{}的附件", called(other, title))));
        acts.push((format!("evidence-{other}"), format!("是{}的签字盖章凭据", called(other, title))));
    }
    if titles.len() > 1 {
        acts.push(("leave".to_owned(), "不收".to_owned()));
    }
    acts.into_iter().map(|(key, name)| (key.clone(), name, key == typed)).collect()
}

fn file_acts(typed: &str) -> Vec<Chosen> {
    [("with", "作为稿件的附件"), ("evidence", "是签字盖章的凭据"), ("leave", "不随稿件保存")]
        .into_iter()
        .map(|(key, name)| (key.to_owned(), name.to_owned(), key == typed))
        .collect()
}

/// The page of a message, with what was typed and what is wrong with it.
pub(super) async fn letter_page(
    desk: &Desk,
    who: Editor,
    mail: MailId,
    typed: &Posted,
    found: Vec<FieldFault>,
) -> Result<LetterPage, Oops> {
    let view = desk.run(move |app| app.mail(&who, mail)).await?;
    let waiting = view.row.fate == "quarantine";
    let hold = Hold::of_key(&view.row.held_as).filter(|_| waiting);
    let large = hold == Some(Hold::Large);
    let fields = ["documents", "unit", "register", "owner", "reason", "original"];
    let name =
        if view.sender_name.is_empty() { String::new() } else { format!("（自称“{}”）", view.sender_name) };
    let shown = subject(&view.row.subject, &view.row.fate);
    let again = typed.has("act-0");
    let kept_or = |field: String, read: &str| if again { typed.one(&field).to_owned() } else { read.to_owned() };
    let titles: Vec<String> =
        view.previews.iter().enumerate().map(|(at, one)| kept_or(format!("title-{at}"), &one.title)).collect();
    let mut found = found;
    let mut documents = Vec::new();
    for (at, one) in view.previews.into_iter().enumerate().filter(|_| waiting) {
        let (faults, others) =
            Faults::about(i64::try_from(at).unwrap_or(i64::MAX), found, &["to", "title", "category", "body"]);
        found = others;
        let category = kept_or(format!("category-{at}"), &one.category);
        documents.push(DocumentForm {
            at,
            file: one.file,
            about: format!("识读出{}字", one.words),
            doubts: one.doubts,
            acts: acts(at, &titles, typed.one(&format!("act-{at}"))),
            title: titles[at].clone(),
            categories: view
                .categories
                .iter()
                .map(|name| {
                    let here = *name == category;
                    (name.clone(), here)
                })
                .collect(),
            body: kept_or(format!("body-{at}"), &one.body),
            faults,
        });
    }
    let choices = |field: &str, usual: Option<i64>| -> Vec<Choice> {
        let chosen = if typed.has(field) { typed.number(field) } else { usual };
        let units = view.units.iter();
        units.map(|(unit, name)| Choice { id: unit.0, name: name.clone(), chosen: chosen == Some(unit.0) }).collect()
    };
    Ok(LetterPage {
        frame: desk.frame(Room::Intake, &shown),
        id: mail.0,
        subject: shown,
        fate: fate_name(&view.row.fate),
        tone: tone(&view.row.fate),
        hold: hold.map_or("", Hold::name),
        reason: view.row.reason.clone(),
        // Only a letter too large has the field for its original; elsewhere such a fault stands at the head.
        faults: Faults::of(found, if large { &fields } else { &fields[..5] }),
        wrong_documents: documents.iter().any(|one| !one.faults.is_empty()),
        sender: format!("{}{name}", view.row.sender),
        address: view.row.sender.clone(),
        date: view.date,
        text: view.text,
        kept: view.row.content_id.is_some(),
        marked: view.marked,
        large,
        undo: view.discard_undone,
        loose: view
            .loose
            .iter()
            .enumerate()
            .map(|(at, (name, bytes))| LooseForm {
                at,
                name: format!("{name}（{}）", words::size(*bytes)),
                acts: file_acts(typed.one(&format!("file-{at}"))),
            })
            .collect(),
        documents,
        files: view
            .files
            .into_iter()
            .map(|(name, bytes, notes)| {
                let notes = if notes.is_empty() { String::new() } else { format!("：{notes}") };
                format!("{name}（{}）{notes}", words::size(bytes))
            })
            .collect(),
        items: view.items.iter().map(|item| (item.id, format!("{} {}", item.number, item.title))).collect(),
        units: choices("unit", view.row.unit_id),
        owners: choices("owner", None),
        // What speaks against a sender must not make the address a unit's.
        can_register: waiting
            && view.row.unit_id.is_none()
            && view.row.sender.contains('@')
            && hold != Some(Hold::Forged),
        waiting,
        register: typed.ticked("register"),
        quick: DISCARD_REASONS,
        discard: typed.one("reason").to_owned(),
    })
}

/// `GET /intake/mail/{mail}/raw`: the message itself, as a file.
async fn raw(desk: Desk, By(who): By<Editor>, Path(mail): Path<String>) -> Answer {
    let mail = MailId(id(&mail)?);
    let bytes = desk.run(move |app| app.raw_mail(&who, mail)).await?;
    Ok(download(&format!("来信{mail}.eml"), bytes))
}
