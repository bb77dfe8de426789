//! How an issue falls on its pages: beside the form while it is composed, and as pictures of the pages.

use askama::Template;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use tz_app::Editor;
use tz_app::publication::Trim;
use tz_model::IssueId;

use super::{compose, id_of};
use crate::desk::{Desk, Frame, Room};
use crate::forms::{Asked, Posted};
use crate::gate::By;
use crate::markup::Markup;
use crate::problem::Answer;

/// A piece in the outline of a draft.
pub(super) struct OutlineLine {
    item: i64,
    number: usize,
    title: String,
    /// `第1版 · 12行`
    where_it_stands: String,
    /// Pages that end in it or after it, in words.
    ends: Vec<String>,
}

/// What is said beside a draft of its pages; and the outline by which it is put in order.
#[derive(Template)]
#[template(path = "publication/trim.html")]
pub(super) struct TrimPart {
    /// `共3版，限4版，末版还空5行`
    sum: String,
    over: Vec<String>,
    lines: Vec<OutlineLine>,
    /// Why nothing can be said of the pages.
    unknown: Option<String>,
}

impl TrimPart {
    /// Of these pieces (item, title) in their order.
    pub(super) fn of(trim: Result<Trim, String>, pieces: &[(i64, String)]) -> Self {
        let (trim, unknown) = match trim {
            Ok(trim) => (Some(trim), None),
            Err(sentence) => (None, Some(sentence)),
        };
        let line = |(at, (item, title)): (usize, &(i64, String))| {
            let stands = trim.as_ref().and_then(|trim| *trim.pieces.get(at)?);
            let where_it_stands = match stands {
                Some(piece) if piece.first == piece.last => format!("第{}版 · {}行", piece.first, piece.lines),
                Some(piece) => format!("第{}至{}版 · {}行", piece.first, piece.last, piece.lines),
                None => String::new(),
            };
            let ends = trim.iter().flat_map(|trim| &trim.ends).filter(|(_, piece, _)| *piece == at);
            OutlineLine {
                item: *item,
                number: at + 1,
                title: title.clone(),
                where_it_stands,
                ends: ends.map(|(page, _, words)| format!("第{page}版到“{words}”止")).collect(),
            }
        };
        let sum = trim.as_ref().map_or_else(String::new, |trim| {
            let limit = trim.limit.map(|limit| format!("，限{limit}版")).unwrap_or_default();
            let free =
                if trim.free > 0 { format!("，末版还空{}行", trim.free) } else { "，末版已满".to_owned() };
            format!("共{}版{limit}{free}", trim.pages)
        });
        Self {
            sum,
            over: trim.as_ref().map(|trim| trim.over.clone()).unwrap_or_default(),
            lines: pieces.iter().enumerate().map(line).collect(),
            unknown,
        }
    }
}

/// It is put into the page of a draft as the part it is.
impl askama::filters::HtmlSafe for TrimPart {}

/// `POST /publication/{issue}/measure`: the form as typed, nothing saved; the answer takes the place of the outline.
pub(super) async fn measure(desk: Desk, By(who): By<Editor>, Path(id): Path<String>, posted: Posted) -> Answer {
    let id: IssueId = id_of(&id)?;
    let wishes = compose::wishes(&posted);
    let mut pieces: Vec<(i64, i64, String)> = wishes
        .iter()
        .zip(1..)
        .map(|(wish, at)| (wish.order.trim().parse().unwrap_or(at), wish.item.0, wish.title.clone()))
        .collect();
    pieces.sort_by_key(|(order, _, _)| *order);
    let pieces: Vec<(i64, String)> = pieces.into_iter().map(|(_, item, title)| (item, title)).collect();
    let trim = desk.run(move |app| compose::measured(app, &who, id, &wishes)).await?;
    desk.show(&TrimPart::of(trim, &pieces))
}

#[derive(Template)]
#[template(path = "publication/preview.html")]
struct PreviewPage {
    frame: Frame,
    id: String,
    label: String,
    draft: bool,
    /// Shown as the PDF in the browser's own reader.
    pdf: bool,
    /// Pictures of the pages (SVG), made by `tz-docs`, which escapes what stands in them.
    pages: Vec<Markup>,
}

/// `GET /publication/{issue}/preview`, with `as=pdf` in the browser's own reader.
pub(super) async fn preview(desk: Desk, By(who): By<Editor>, Path(id): Path<String>, asked: Asked) -> Answer {
    let id: IssueId = id_of(&id)?;
    let preview = desk.run(move |app| app.preview_issue(&who, id)).await?;
    let pdf = asked.one("as") == "pdf";
    let mut response = desk.show(&PreviewPage {
        frame: desk.frame(Room::Publication, &format!("预览{}", preview.label)),
        id: id.to_string(),
        label: preview.label,
        draft: preview.draft,
        pdf,
        pages: if pdf { Vec::new() } else { Markup::of_pages(preview.pages) },
    })?;
    if pdf {
        // The one page of ours with a frame in it: of our own PDF and nothing else.
        let policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; \
                      connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    }
    Ok(response)
}

/// `GET /publication/{issue}/pages.pdf`: the pages as a PDF to be shown on the page, framed by ourselves only.
pub(super) async fn pages(desk: Desk, By(who): By<Editor>, Path(id): Path<String>) -> Answer {
    let id: IssueId = id_of(&id)?;
    let bytes = desk.run(move |app| app.preview_pdf(&who, id)).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf"),
        (header::CONTENT_DISPOSITION, "inline; filename=\"issue.pdf\""),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; object-src 'self'; form-action 'none'; base-uri 'none'; \
             frame-ancestors 'self'",
        ),
        (header::X_FRAME_OPTIONS, "SAMEORIGIN"),
    ];
    Ok((headers, bytes).into_response())
}
