//! A piece of an issue beside what its units sent.

use askama::Template;
use axum::extract::Path;
use tz_app::Editor;
use tz_model::{IssueId, ItemId};

use super::id_of;
use crate::desk::{Desk, Frame, Room};
use crate::gate::By;
use crate::problem::Answer;
use crate::report::{Bit, bits, lines_of};

struct Sent {
    item: i64,
    number: String,
    units: String,
    title: String,
    paragraphs: Vec<String>,
}

#[derive(Template)]
#[template(path = "publication/compare.html")]
struct ComparePage {
    frame: Frame,
    id: String,
    issue: String,
    title: Vec<Bit>,
    lines: Vec<Vec<Bit>>,
    sent: Vec<Sent>,
}

/// `GET /publication/{issue}/compare/{item}`
pub(super) async fn compare(desk: Desk, By(who): By<Editor>, Path((id, item)): Path<(String, String)>) -> Answer {
    let (id, item): (IssueId, i64) = (id_of(&id)?, id_of(&item)?);
    let found = desk.run(move |app| app.compare_piece(&who, id, ItemId(item))).await?;
    let (title, body) = found.printed;
    let all = found.sent.iter().map(|(_, _, _, _, body)| body.trim()).collect::<Vec<_>>().join("\n");
    let first = found.sent.first().map_or("", |(_, _, _, title, _)| title.as_str());
    desk.show(&ComparePage {
        frame: desk.frame(Room::Publication, "与原稿对照"),
        id: id.to_string(),
        issue: found.issue,
        title: bits(first, &title),
        lines: lines_of(bits(&all, &body)),
        sent: found
            .sent
            .into_iter()
            .map(|(item, number, units, title, body)| Sent {
                item: item.0,
                number,
                units,
                title,
                paragraphs: body.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect(),
            })
            .collect(),
    })
}
