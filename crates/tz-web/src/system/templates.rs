//! 文书模板: the wording of every paper, checked and previewed before it holds; pictures in place of a publication's name.

use askama::Template;
use axum::extract::Path;
use axum::http::header;
use axum::response::IntoResponse;
use tz_app::system::PaperKind;
use tz_app::system::{TemplateTaken, Which};
use tz_app::{Administrator, FieldFault, PaperFormat, Problem};
use tz_model::PublicationId;

use super::{Tab, moment, number, tabs};
use crate::assessment::scheme::{FaultView, fault_views};
use crate::desk::{Desk, Frame, Room};
use crate::forms::{Asked, Posted};
use crate::gate::By;
use crate::markup::Markup;
use crate::problem::{Answer, Oops};

const HERE: &str = "/system/templates";

struct KindLine {
    name: &'static str,
    href: String,
    /// Whose wording holds.
    held: String,
    own: bool,
    /// What a draft is like: how the tag looks, its word.
    draft: Option<(&'static str, String)>,
}

struct HeadLine {
    id: i64,
    name: String,
    /// What is known of the picture; empty: the name is set in letters.
    picture: String,
    fault: String,
}

#[derive(Template)]
#[template(path = "system/templates.html")]
struct TemplatesPage {
    frame: Frame,
    tabs: Vec<Tab>,
    kinds: Vec<KindLine>,
    heads: Vec<HeadLine>,
}

fn href(kind: PaperKind) -> String {
    format!("{HERE}/{}", kind.key())
}

fn kind_of(key: &str) -> Result<PaperKind, Oops> {
    PaperKind::of_key(key).ok_or_else(|| Problem::NotThere.into())
}

fn which_of(text: &str) -> Which {
    match text.parse() {
        Ok(which) => which,
        Err(never) => match never {},
    }
}

async fn show(desk: &Desk, who: Administrator, wrong: Option<(i64, String)>) -> Result<TemplatesPage, Oops> {
    let (kinds, heads) = desk.run(move |app| Ok((app.templates(&who)?, app.mastheads(&who)?))).await?;
    let kinds = kinds.into_iter().map(|line| KindLine {
        name: line.kind.name(),
        href: href(line.kind),
        own: line.own.is_some(),
        held: line.own.map(|(by, at)| format!("{by}，{}", moment(at))).unwrap_or_default(),
        draft: line.draft.map(|faults| match faults {
            0 => ("act", "没有差错，尚未启用".to_owned()),
            count => ("warn", format!("{count}处差错")),
        }),
    });
    let heads = heads.into_iter().map(|head| {
        let id = head.publication.0;
        HeadLine {
            id,
            name: head.name,
            picture: head
                .picture
                .map(|(width, height, by, at)| format!("{width}×{height}像素，{by}，{}", moment(at)))
                .unwrap_or_default(),
            fault: wrong.as_ref().filter(|(of, _)| *of == id).map(|(_, fault)| fault.clone()).unwrap_or_default(),
        }
    });
    Ok(TemplatesPage {
        frame: desk.frame(Room::System, "文书模板"),
        tabs: tabs(HERE),
        kinds: kinds.collect(),
        heads: heads.collect(),
    })
}

/// `GET /system/templates`
pub(super) async fn list(desk: Desk, By(who): By<Administrator>) -> Answer {
    let page = show(&desk, who, None).await?;
    desk.show(&page)
}

/// `POST /system/mastheads/{publication}`: a picture, or field `letters` to set the name in letters again.
pub(super) async fn masthead(
    desk: Desk,
    By(who): By<Administrator>,
    Path(publication): Path<String>,
    posted: Posted,
) -> Answer {
    let id = number(&publication)?;
    let by = who.clone();
    let letters = posted.ticked("letters");
    let file = posted.files().first().cloned();
    if !letters && file.is_none() {
        let page = show(&desk, who, Some((id, "请选择一个 PNG 或 JPEG 图片文件。".to_owned()))).await?;
        return desk.show_faulty(&page);
    }
    let set = desk
        .run(move |app| {
            let bytes = file.as_ref().filter(|_| !letters).map(|file| file.bytes.as_ref());
            app.set_masthead(&by, PublicationId(id), bytes)
        })
        .await;
    match set {
        Ok(name) if letters => desk.done(HERE, &format!("《{name}》的刊头已改回文字，从下一期起执行。")),
        Ok(name) => desk.done(HERE, &format!("《{name}》的刊头已换成图片，从下一期起执行，已刊发的不变。")),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(faults) => {
                let said = faults.into_iter().map(|fault| fault.sentence).collect::<String>();
                let page = show(&desk, who, Some((id, said))).await?;
                desk.show_faulty(&page)
            }
            other => Err(other.into()),
        },
    }
}

/// `GET /system/mastheads/{publication}`: the picture.
pub(super) async fn picture(desk: Desk, By(who): By<Administrator>, Path(publication): Path<String>) -> Answer {
    let id = PublicationId(number(&publication)?);
    let bytes = desk.run(move |app| app.masthead_picture(&who, id)).await?;
    Ok(([(header::CONTENT_TYPE, "image/png")], bytes).into_response())
}

struct TakenLine {
    seq: i64,
    hash: String,
    /// What it is restored by, and downloaded by.
    which: String,
    words: &'static str,
    taken: String,
    in_force: bool,
}

fn taken(row: TemplateTaken) -> TakenLine {
    let own = !row.hash.is_empty();
    TakenLine {
        seq: row.seq,
        which: if own { row.hash.clone() } else { "built-in".to_owned() },
        words: if own { "本机关的模板" } else { "内置模板" },
        taken: format!("{}，{}", row.by, moment(row.at)),
        in_force: row.in_force,
        hash: row.hash,
    }
}

#[derive(Template)]
#[template(path = "system/template.html")]
struct TemplatePage {
    frame: Frame,
    tabs: Vec<Tab>,
    name: &'static str,
    href: String,
    own: bool,
    /// Who wrote the draft and when.
    draft: Option<String>,
    hash: String,
    text: String,
    numbers: String,
    rows: usize,
    faults: Vec<FaultView>,
    /// What is wrong with what was sent, not with the text's lines.
    wrong: Vec<String>,
    /// The text that a file took the place of.
    replaced: Option<String>,
    history: Vec<TakenLine>,
    guide: String,
}

/// The page; with `typed` the text as typed, which could not be kept.
async fn room(
    desk: &Desk,
    who: Administrator,
    kind: PaperKind,
    typed: Option<String>,
    wrong: Vec<FieldFault>,
    replaced: Option<String>,
) -> Result<TemplatePage, Oops> {
    let room = desk.run(move |app| app.template_room(&who, kind)).await?;
    let kept = typed.is_none();
    let text = typed.unwrap_or(room.text);
    let lines = text.lines().count().max(12);
    Ok(TemplatePage {
        frame: desk.frame(Room::System, &format!("{}模板", kind.name())),
        tabs: tabs(HERE),
        name: kind.name(),
        href: href(kind),
        own: room.own,
        draft: room.draft.map(|(by, at)| format!("{by}，{}", moment(at))),
        hash: room.hash,
        numbers: (1..=lines).map(|number| number.to_string()).collect::<Vec<_>>().join("\n"),
        rows: lines,
        faults: if kept { fault_views(&text, &room.faults) } else { Vec::new() },
        text,
        wrong: wrong.into_iter().map(|fault| fault.sentence).collect(),
        replaced,
        history: room.history.into_iter().map(taken).collect(),
        guide: room.guide,
    })
}

/// `GET /system/templates/{kind}`
pub(super) async fn page(desk: Desk, By(who): By<Administrator>, Path(kind): Path<String>) -> Answer {
    let page = room(&desk, who, kind_of(&kind)?, None, Vec::new(), None).await?;
    desk.show(&page)
}

/// `POST /system/templates/{kind}`: field text, or a file in its place. Kept as the draft, faults and all.
pub(super) async fn save(desk: Desk, By(who): By<Administrator>, Path(kind): Path<String>, posted: Posted) -> Answer {
    let kind = kind_of(&kind)?;
    let typed = posted.one("text").replace("\r\n", "\n");
    let file = posted.files().first().map(|file| (file.name.clone(), String::from_utf8(file.bytes.to_vec())));
    let (text, replaced) = match file {
        None => (typed, None),
        Some((_, Ok(text))) => (text, Some(typed).filter(|typed| !typed.trim().is_empty())),
        Some((name, Err(_))) => {
            let wrong = FieldFault::new(
                "file",
                format!("“{name}”不是 UTF-8 文本，没有读入。请在记事本中“另存为”，编码选 UTF-8，再上传。"),
            );
            let page = room(&desk, who, kind, Some(typed), vec![wrong], None).await?;
            return desk.show_faulty(&page);
        }
    };
    let (by, sent) = (who.clone(), text.clone());
    match desk.run(move |app| app.save_template_draft(&by, kind, &sent)).await {
        Ok(faults) if faults.is_empty() && replaced.is_none() => {
            desk.done(&href(kind), "草稿已保存，没有差错。请预览以后再启用。")
        }
        Ok(faults) => {
            let page = room(&desk, who, kind, None, Vec::new(), replaced).await?;
            if faults.is_empty() { desk.show(&page) } else { desk.show_faulty(&page) }
        }
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(faults) => {
                let page = room(&desk, who, kind, Some(text), faults, replaced).await?;
                desk.show_faulty(&page)
            }
            other => Err(other.into()),
        },
    }
}

/// `POST /system/templates/{kind}/discard`
pub(super) async fn discard(desk: Desk, By(who): By<Administrator>, Path(kind): Path<String>) -> Answer {
    let kind = kind_of(&kind)?;
    desk.run(move |app| app.discard_template_draft(&who, kind)).await?;
    desk.done(&href(kind), "草稿已删除，现行的模板没有改动。")
}

/// `POST /system/templates/{kind}/adopt`: field hash, the draft as it was seen.
pub(super) async fn adopt(desk: Desk, By(who): By<Administrator>, Path(kind): Path<String>, posted: Posted) -> Answer {
    let kind = kind_of(&kind)?;
    let seen = posted.one("hash").to_owned();
    desk.run(move |app| app.adopt_template(&who, kind, &seen)).await?;
    desk.done(&href(kind), "已启用。从现在起生成的文件按新的模板，已关账的通报和已刊发的刊物不变。")
}

/// `POST /system/templates/{kind}/restore`: field which.
pub(super) async fn restore(
    desk: Desk,
    By(who): By<Administrator>,
    Path(kind): Path<String>,
    posted: Posted,
) -> Answer {
    let kind = kind_of(&kind)?;
    let which = which_of(posted.one("which"));
    desk.run(move |app| app.restore_template(&who, kind, &which)).await?;
    desk.done(&href(kind), "已恢复。从现在起生成的文件按这份模板，已关账的通报和已刊发的刊物不变。")
}

/// `GET /system/templates/{kind}/file?of=`: the text of the one in force, `draft`, `built-in`, or one by its hash.
pub(super) async fn file(desk: Desk, By(who): By<Administrator>, Path(kind): Path<String>, asked: Asked) -> Answer {
    let kind = kind_of(&kind)?;
    let which = which_of(asked.one("of"));
    let text = desk.run(move |app| app.template_text(&who, kind, &which)).await?;
    // Notepad on older machines knows UTF-8 by its mark only.
    let bytes = format!("\u{FEFF}{text}");
    let name = attachment(&format!("{}模板.txt", kind.name()));
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()), name], bytes).into_response())
}

fn attachment(name: &str) -> (header::HeaderName, String) {
    let encoded = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
    (header::CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{encoded}"))
}

#[derive(Template)]
#[template(path = "system/template_preview.html")]
struct PreviewPage {
    frame: Frame,
    tabs: Vec<Tab>,
    name: &'static str,
    href: String,
    of: String,
    words: &'static str,
    /// Each paper: what it is called, its pages.
    samples: Vec<(String, Vec<Markup>)>,
}

/// `GET /system/templates/{kind}/preview?of=`: the papers with made-up values.
pub(super) async fn preview(desk: Desk, By(who): By<Administrator>, Path(kind): Path<String>, asked: Asked) -> Answer {
    let kind = kind_of(&kind)?;
    let of = asked.one("of").to_owned();
    let which = which_of(&of);
    let words = match which {
        Which::Draft => "草稿",
        Which::InForce => "现行的模板",
        Which::BuiltIn => "内置模板",
        Which::Had(_) => "用过的模板",
    };
    let samples = desk.run(move |app| app.preview_template(&who, kind, &which)).await?;
    desk.show(&PreviewPage {
        frame: desk.frame(Room::System, &format!("预览{}", kind.name())),
        tabs: tabs(HERE),
        name: kind.name(),
        href: href(kind),
        of,
        words,
        samples: samples.into_iter().map(|sample| (sample.name, Markup::of_pages(sample.pages))).collect(),
    })
}

/// `GET /system/templates/{kind}/sample?of=&n=0&as=pdf`
pub(super) async fn sample(desk: Desk, By(who): By<Administrator>, Path(kind): Path<String>, asked: Asked) -> Answer {
    let kind = kind_of(&kind)?;
    let which = which_of(asked.one("of"));
    let at = asked.number("n").and_then(|n| usize::try_from(n).ok()).unwrap_or_default();
    let format = if asked.one("as") == "docx" { PaperFormat::Docx } else { PaperFormat::Pdf };
    let (name, bytes) = desk.run(move |app| app.template_sample(&who, kind, &which, at, format)).await?;
    let kind = (header::CONTENT_TYPE, format.media_type().to_owned());
    let shown = match format {
        PaperFormat::Docx => attachment(&name),
        PaperFormat::Pdf => (header::CONTENT_DISPOSITION, "inline; filename=\"sample.pdf\"".to_owned()),
    };
    Ok(([kind, shown], bytes).into_response())
}
