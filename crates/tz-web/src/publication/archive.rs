//! Past issues (往期): by publication and year, searched by words, a year as one file.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use askama::Template;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Path;
use axum::http::header;
use axum::response::IntoResponse;
use http_body::Frame as BodyFrame;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tz_app::publication::{ArchiveWish, Found};
use tz_app::{Editor, Problem};
use tz_model::PublicationId;

use super::id_of;
use super::shelf::IssueLine;
use crate::desk::{Desk, Frame, Room};
use crate::forms::{Asked, Faults};
use crate::gate::By;
use crate::problem::Answer;

struct HitLine {
    title: String,
    before: String,
    words: String,
    after: String,
}

struct FoundLine {
    line: IssueLine,
    hits: Vec<HitLine>,
}

impl FoundLine {
    fn of(found: Found) -> Self {
        let hits = found.hits.into_iter().map(|hit| {
            let (before, words, after) = hit.place.unwrap_or_default();
            HitLine { title: hit.title, before, words, after }
        });
        Self { hits: hits.collect(), line: IssueLine::of(found.brief) }
    }
}

#[derive(Template)]
#[template(path = "publication/archive.html")]
struct ArchivePage {
    frame: Frame,
    heading: String,
    /// Identity, name, chosen.
    publications: Vec<(String, String, bool)>,
    year: String,
    words: String,
    /// The same for the year before and after, where a year is chosen.
    before: Option<String>,
    after: Option<String>,
    /// The year of this publication as one file.
    file: Option<String>,
    /// What is listed, as a workbook.
    sheet: String,
    issues: Vec<FoundLine>,
    more: bool,
    faults: Faults,
}

/// `GET /publication/archive?of=1&year=2018&words=防汛`
pub(super) async fn search(desk: Desk, By(who): By<Editor>, asked: Asked) -> Answer {
    let wish = archive_wish(&desk, &asked);
    found(desk, who, wish).await
}

/// What is searched for. Without a year it is this one, unless words are looked for.
pub(crate) fn archive_wish(desk: &Desk, asked: &Asked) -> ArchiveWish {
    let words = asked.one("words").trim().to_owned();
    let any = asked.one("year").is_empty() && !words.is_empty();
    let year = if any { None } else { Some(year_of(desk, asked)) };
    ArchiveWish { of: asked.number("of").map(PublicationId), year, words }
}

/// `GET /publication/archive/{publication}?year=2018`
pub(super) async fn of_one(desk: Desk, By(who): By<Editor>, Path(of): Path<String>, asked: Asked) -> Answer {
    let of: PublicationId = id_of(&of)?;
    let year = year_of(&desk, &asked);
    found(desk, who, ArchiveWish { of: Some(of), year: Some(year), words: String::new() }).await
}

/// The year asked for, or else this one.
fn year_of(desk: &Desk, asked: &Asked) -> i16 {
    let year = asked.number("year").and_then(|year| i16::try_from(year).ok());
    year.filter(|year| (1900..=2999).contains(year)).unwrap_or(desk.server.app.this_month().year())
}

async fn found(desk: Desk, who: Editor, wish: ArchiveWish) -> Answer {
    let ArchiveWish { of, year, words } = wish.clone();
    let by = who.clone();
    let titles = desk.run(move |app| app.titles(&by)).await?;
    let chosen = titles.iter().find(|title| Some(title.id) == of);
    if of.is_some() && chosen.is_none() {
        return Err(Problem::NotThere.into());
    }
    let name = chosen.map(|title| format!("《{}》", title.name)).unwrap_or_default();
    let (issues, more, faults) = match desk.run(move |app| app.search_issues(&who, &wish)).await {
        Ok(found) => (found.issues.into_iter().map(FoundLine::of).collect(), found.more, Vec::new()),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(faults) => (Vec::new(), false, faults),
            other => return Err(other.into()),
        },
    };
    let faulty = !faults.is_empty();
    let beside = |year: i16| {
        let of = of.map(|of| format!("&of={of}")).unwrap_or_default();
        let words = percent_encoding::utf8_percent_encode(&words, percent_encoding::NON_ALPHANUMERIC);
        format!("/publication/archive?year={year}{of}&words={words}")
    };
    let issues: Vec<FoundLine> = issues;
    let when = year.map(|year| format!("{year}年")).unwrap_or_default();
    let heading =
        if words.is_empty() { format!("{name}{when}往期") } else { format!("{name}{when}往期：“{words}”") };
    let published = issues.iter().any(|found| found.line.tag == "good");
    let page = ArchivePage {
        frame: desk.frame(Room::Publication, &heading),
        heading,
        publications: titles
            .into_iter()
            .map(|title| (title.id.to_string(), format!("《{}》", title.name), Some(title.id) == of))
            .collect(),
        before: year.map(|year| beside(year - 1)),
        after: year.map(|year| beside(year + 1)),
        sheet: {
            let year = year.map(|year| year.to_string()).unwrap_or_default();
            let of = of.map(|of| of.to_string()).unwrap_or_default();
            let words = percent_encoding::utf8_percent_encode(&words, percent_encoding::NON_ALPHANUMERIC);
            format!("/publication/archive/list.xlsx?year={year}&of={of}&words={words}")
        },
        file: of
            .zip(year)
            .filter(|_| published && words.is_empty())
            .map(|(of, year)| format!("/publication/archive/{of}/year.zip?year={year}")),
        year: year.map(|year| year.to_string()).unwrap_or_default(),
        words,
        issues,
        more,
        faults: Faults::of(faults, &["words"]),
    };
    if faulty { desk.show_faulty(&page) } else { desk.show(&page) }
}

/// How many bytes are handed on at a time, and how many such pieces wait at most: what a year takes of memory here.
const PIECE: usize = 64 << 10;
const WAITING: usize = 4;

/// What is written, in pieces, to a browser that takes them at its own pace.
struct Pieces {
    to: Sender<Result<Bytes, io::Error>>,
    held: Vec<u8>,
}

impl io::Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        if self.held.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.held.is_empty() {
            return Ok(());
        }
        let piece = Bytes::from(std::mem::take(&mut self.held));
        // The browser went away: nobody wants the rest.
        self.to.blocking_send(Ok(piece)).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
    }
}

/// The pieces as the body of an answer.
struct PieceBody(Receiver<Result<Bytes, io::Error>>);

impl HttpBody for PieceBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<BodyFrame<Bytes>, io::Error>>> {
        self.0.poll_recv(context).map(|piece| piece.map(|piece| piece.map(BodyFrame::data)))
    }
}

/// `GET /publication/archive/{publication}/year.zip?year=2018`: DOCX and PDF of each issue, made while they are sent.
pub(super) async fn year(desk: Desk, By(who): By<Editor>, Path(of): Path<String>, asked: Asked) -> Answer {
    let of: PublicationId = id_of(&of)?;
    let year = year_of(&desk, &asked);
    let by = who.clone();
    let (name, _) = desk.run(move |app| app.year_file(&by, of, year)).await?;
    let (to, from) = channel(WAITING);
    let app = std::sync::Arc::clone(&desk.server.app);
    tokio::task::spawn_blocking(move || {
        let mut out = Pieces { to, held: Vec::new() };
        if let Err(failure) = app.write_year(&who, of, year, &mut out) {
            tracing::error!(error = &failure as &dyn std::error::Error, "A year of issues was not written to its end.");
            // The answer breaks off: half a zip must not look whole.
            let _ = out.to.blocking_send(Err(io::Error::other("the year was not written to its end")));
        }
    });
    let name = percent_encoding::utf8_percent_encode(&name, percent_encoding::NON_ALPHANUMERIC);
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        // Packed already: it is not packed again on its way.
        (header::CONTENT_ENCODING, "identity".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"year.zip\"; filename*=UTF-8''{name}")),
    ];
    Ok((headers, Body::new(PieceBody(from))).into_response())
}
