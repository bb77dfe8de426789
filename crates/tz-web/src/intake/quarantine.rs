//! 隔离邮件: what waits, why and how long; receiving it as an editor says, looking anew, registering its sender, putting it aside.

use askama::Template;
use axum::extract::Path;
use tz_app::mail::{DocumentAct, DocumentWish, FileUse, Hold, ReceiveWish, Received, Replayed, ReplayedMany};
use tz_app::{Editor, FieldFault, Problem};
use tz_model::{MailId, UnitId};

use super::letters::letter_page;
use crate::dashboard::age;
use crate::desk::{Desk, Frame, Room};
use crate::forms::{Asked, Posted};
use crate::gate::By;
use crate::problem::{Answer, Oops};
use crate::report::{id, when};
use crate::{Allow, Routes};

/// Documents and loose files a form is asked about at most; a message with more is received from the raw one.
const MOST: usize = 500;

/// Every route of the quarantine.
pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/intake/quarantine", Allow::Editors, list)
        .post("/intake/quarantine/replay", Allow::Editors, replay_all)
        .post("/intake/mail/{mail}/assign", Allow::Editors, assign)
        .post("/intake/mail/{mail}/replay", Allow::Editors, replay)
        .post("/intake/mail/{mail}/register", Allow::Editors, register)
        .post("/intake/mail/{mail}/discard", Allow::Editors, discard)
        .post("/intake/mail/{mail}/undo", Allow::Editors, undo)
        .upload("/intake/mail/{mail}/original", Allow::Editors, original)
}

struct Kind {
    name: &'static str,
    query: String,
    count: i64,
    here: bool,
}

struct Line {
    id: i64,
    received: String,
    age: String,
    sender: String,
    unit: String,
    subject: String,
    kind: &'static str,
    tone: &'static str,
    why: String,
}

#[derive(Template)]
#[template(path = "intake/quarantine.html")]
struct QuarantinePage {
    frame: Frame,
    total: i64,
    kinds: Vec<Kind>,
    /// The kind shown, as the form sends it; empty for all.
    kind: &'static str,
    kind_name: &'static str,
    lines: Vec<Line>,
    next: Option<String>,
}

fn tone(hold: Hold) -> &'static str {
    match hold {
        Hold::Forged => "official",
        Hold::Unproven | Hold::Wording | Hold::Stumbled => "warn",
        Hold::Stranger | Hold::Unsure | Hold::Nothing | Hold::Reply | Hold::File | Hold::Large | Hold::Unreadable => "",
    }
}

/// `GET /intake/quarantine?kind=stranger`: what waits, newest first.
async fn list(desk: Desk, By(who): By<Editor>, asked: Asked) -> Answer {
    let kind = Hold::of_key(&asked.trimmed("kind"));
    let before = asked.number("before").map(MailId);
    let held = desk.run(move |app| app.quarantine(&who, kind, before)).await?;
    let all = Kind { name: "全部", query: String::new(), count: held.total, here: kind.is_none() };
    let kinds = held.counts.iter().map(|(hold, count)| Kind {
        name: hold.name(),
        query: format!("?kind={}", hold.key()),
        count: *count,
        here: kind == Some(*hold),
    });
    let next = held.lines.last().filter(|_| held.more).map(|line| {
        let kind = kind.map(|kind| format!("kind={}&", kind.key())).unwrap_or_default();
        format!("/intake/quarantine?{kind}before={}", line.row.id)
    });
    let now = desk.server.app.now();
    desk.show(&QuarantinePage {
        frame: desk.frame(Room::Intake, "隔离邮件"),
        total: held.total,
        kinds: std::iter::once(all).chain(kinds).collect(),
        kind: kind.map_or("", Hold::key),
        kind_name: kind.map_or("全部", Hold::name),
        next,
        lines: held
            .lines
            .into_iter()
            .map(|line| Line {
                id: line.row.id,
                received: when(line.row.received_at),
                age: jiff::Timestamp::from_microsecond(line.row.received_at)
                    .map(|received| age(received, now))
                    .unwrap_or_default(),
                sender: if line.row.sender.is_empty() { "（没有发件人）".to_owned() } else { line.row.sender },
                unit: line.unit,
                subject: if line.row.subject.is_empty() { "（没有主题）".to_owned() } else { line.row.subject },
                kind: line.hold.name(),
                tone: tone(line.hold),
                why: line.row.reason,
            })
            .collect(),
    })
}

fn many_words(many: ReplayedMany) -> String {
    let mut words = Vec::new();
    if many.received > 0 {
        words.push(format!("{}封已收为{}篇稿件", many.received, many.items));
    }
    if many.automatic > 0 {
        words.push(format!("{}封是自动邮件", many.automatic));
    }
    if many.secret > 0 {
        words.push(format!("{}封带有密级标志，已拒收并删除原件", many.secret));
    }
    if many.waiting > 0 {
        words.push(format!("{}封仍待处理", many.waiting));
    }
    let more = if many.more { "一次最多识别50封，其余的请再点一次。" } else { "" };
    if words.is_empty() {
        "没有需要重新识别的来信。".to_owned()
    } else {
        format!("已重新识别：{}。{more}", words.join("，"))
    }
}

/// `POST /intake/quarantine/replay`: looks anew at all of a kind.
async fn replay_all(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
    let kind = Hold::of_key(&posted.trimmed("kind"));
    let many = desk.run(move |app| app.replay_kind(&who, kind)).await?;
    let query = kind.map(|kind| format!("?kind={}", kind.key())).unwrap_or_default();
    desk.done(&format!("/intake/quarantine{query}"), &many_words(many))
}

/// What a form says of the documents and the loose files of a message.
fn wishes(posted: &Posted) -> (Vec<DocumentWish>, Vec<FileUse>) {
    let documents = (0..MOST)
        .take_while(|at| posted.has(&format!("act-{at}")))
        .map(|at| {
            let act = posted.trimmed(&format!("act-{at}"));
            let to = |rest: &str| rest.parse().unwrap_or(usize::MAX);
            DocumentWish {
                act: match (act.as_str(), act.strip_prefix("with-"), act.strip_prefix("evidence-")) {
                    ("leave", _, _) => DocumentAct::Leave,
                    (_, Some(rest), _) => DocumentAct::With(to(rest)),
                    (_, _, Some(rest)) => DocumentAct::Evidence(to(rest)),
                    (_, None, None) => DocumentAct::Item,
                },
                title: posted.trimmed(&format!("title-{at}")),
                category: posted.trimmed(&format!("category-{at}")),
                body: posted.one(&format!("body-{at}")).replace("\r\n", "\n"),
            }
        })
        .collect();
    let files = (0..MOST)
        .take_while(|at| posted.has(&format!("file-{at}")))
        .map(|at| match posted.one(&format!("file-{at}")) {
            "evidence" => FileUse::Evidence,
            "leave" => FileUse::Leave,
            _ => FileUse::With,
        })
        .collect();
    (documents, files)
}

async fn faulty(desk: &Desk, who: Editor, mail: MailId, posted: &Posted, found: Vec<FieldFault>) -> Answer {
    let page = letter_page(desk, who, mail, posted, found).await?;
    desk.show_faulty(&page)
}

/// The faults of a form; any other problem goes on to a page of its own.
fn faults_of(oops: Oops) -> Result<Vec<FieldFault>, Oops> {
    match oops.into_problem()? {
        Problem::Faults(found) => Ok(found),
        other => Err(other.into()),
    }
}

/// `POST /intake/mail/{mail}/assign`: says which unit it is from and what in it is an item.
async fn assign(desk: Desk, By(who): By<Editor>, Path(mail): Path<String>, posted: Posted) -> Answer {
    let mail = MailId(id(&mail)?);
    let (documents, files) = wishes(&posted);
    let unit = posted.number("unit").map(UnitId);
    let wish = ReceiveWish { unit, register: posted.ticked("register"), documents, files };
    let by = who.clone();
    match desk.run(move |app| app.receive_quarantined(&by, mail, &wish)).await {
        Ok(Received::Items(entered)) => {
            let numbers: Vec<&str> = entered.iter().map(|item| item.number.as_str()).collect();
            desk.done(&format!("/intake/mail/{mail}"), &format!("已收为稿件：{}。", numbers.join("、")))
        }
        Ok(Received::Secret(why)) => desk.done(&format!("/intake/mail/{mail}"), &why),
        Err(oops) => {
            let found = faults_of(oops)?;
            faulty(&desk, who, mail, &posted, found).await
        }
    }
}

fn replayed_words(replayed: &Replayed) -> String {
    match replayed {
        Replayed::Items(items) => {
            let numbers: Vec<&str> = items.iter().map(|item| item.number.as_str()).collect();
            format!("已重新识别，收为稿件：{}。", numbers.join("、"))
        }
        Replayed::Waits(why) => format!("已重新识别，仍待处理：{why}"),
        Replayed::Automatic(why) => format!("已重新识别：{why}"),
        Replayed::Secret(why) => format!("已重新识别：{why}"),
    }
}

/// `POST /intake/mail/{mail}/replay`: looks at it anew.
async fn replay(desk: Desk, By(who): By<Editor>, Path(mail): Path<String>) -> Answer {
    let mail = MailId(id(&mail)?);
    let replayed = desk.run(move |app| app.replay(&who, mail)).await?;
    desk.done(&format!("/intake/mail/{mail}"), &replayed_words(&replayed))
}

/// `POST /intake/mail/{mail}/register`: registers its sender for a unit.
async fn register(desk: Desk, By(who): By<Editor>, Path(mail): Path<String>, posted: Posted) -> Answer {
    let mail = MailId(id(&mail)?);
    let (by, owner) = (who.clone(), posted.number("owner").map(UnitId));
    match desk.run(move |app| app.register_sender(&by, mail, owner)).await {
        Ok(unit) => {
            let sentence =
                format!("已登记为{unit}的邮箱。现在可以点“重新识别”，这封来信和该地址的其他来信都按新的登记处理。");
            desk.done(&format!("/intake/mail/{mail}"), &sentence)
        }
        Err(oops) => {
            // Said at the only field this form has.
            let found = faults_of(oops)?.into_iter().map(|fault| FieldFault::new("owner", fault.sentence)).collect();
            faulty(&desk, who, mail, &posted, found).await
        }
    }
}

/// `POST /intake/mail/{mail}/discard`: puts it aside with a reason, typed or by one key.
async fn discard(desk: Desk, By(who): By<Editor>, Path(mail): Path<String>, posted: Posted) -> Answer {
    let mail = MailId(id(&mail)?);
    let quick = posted.trimmed("quick");
    let reason = if quick.is_empty() { posted.one("reason").to_owned() } else { quick };
    let by = who.clone();
    match desk.run(move |app| app.discard_quarantined(&by, mail, &reason)).await {
        Ok(()) => desk
            .done("/intake/quarantine", &format!("第{mail}号来信已弃置，台账中仍可查到。今天之内可在“已弃置”中撤销。")),
        Err(oops) => {
            let found = faults_of(oops)?;
            faulty(&desk, who, mail, &posted, found).await
        }
    }
}

/// `POST /intake/mail/{mail}/undo`: takes a discard of today back.
async fn undo(desk: Desk, By(who): By<Editor>, Path(mail): Path<String>) -> Answer {
    let mail = MailId(id(&mail)?);
    desk.run(move |app| app.undo_discard(&who, mail)).await?;
    desk.done(&format!("/intake/mail/{mail}"), "已撤销弃置，这封来信重新列入隔离邮件。")
}

/// `POST /intake/mail/{mail}/original`: the original of a letter that was too large to be fetched.
async fn original(desk: Desk, By(who): By<Editor>, Path(mail): Path<String>, posted: Posted) -> Answer {
    let mail = MailId(id(&mail)?);
    let by = who.clone();
    let file = posted.files().first().map(|file| file.bytes.clone());
    let done = match file {
        Some(bytes) => desk.run(move |app| app.complete_large(&by, mail, &bytes)).await,
        None => Err(Problem::field("original", "请选择从网页邮箱下载的原件（.eml 文件）。").into()),
    };
    match done {
        Ok(Replayed::Secret(why)) => desk.done(&format!("/intake/mail/{mail}"), &why),
        Ok(Replayed::Items(_) | Replayed::Waits(_) | Replayed::Automatic(_)) => {
            desk.done(&format!("/intake/mail/{mail}"), "原件已补上。请核对识别结果，再收稿。")
        }
        Err(oops) => {
            let found = faults_of(oops)?;
            faulty(&desk, who, mail, &posted, found).await
        }
    }
}
