//! 涉密拒收: what was refused by mail and at forms for a mark of secrecy, for those who are told of it: the administrator and the chief,
//! each in a room of theirs.

use askama::Template;
use tz_app::mail::RefusalKey;
use tz_app::{Person, Registrar, Role};

use crate::desk::{Desk, Frame, Room};
use crate::forms::Posted;
use crate::gate::By;
use crate::problem::Answer;
use crate::{Allow, Routes, words};

/// Every route about refusals with who may use it.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/system/incidents", Allow::Administrators, list)
        .post("/system/incidents", Allow::Administrators, note)
        .get("/intake/incidents", Allow::Chiefs, list)
        .post("/intake/incidents", Allow::Chiefs, note)
}

struct Line {
    key: String,
    at: String,
    door: &'static str,
    from: String,
    unit: String,
    reason: String,
    sha256: String,
    noted: bool,
}

#[derive(Template)]
#[template(path = "dashboard/refusals.html")]
struct RefusalsPage {
    frame: Frame,
    /// Where the form goes.
    here: &'static str,
    /// The page this one is reached from, and what its link says.
    back: (&'static str, &'static str),
    unnoted: usize,
    lines: Vec<Line>,
}

/// Where a person of this role meets the page, in which room, and from where.
fn here(who: &Person) -> (&'static str, Room, (&'static str, &'static str)) {
    match who.role {
        Role::Administrator => ("/system/incidents", Room::System, ("/system/audit", "返回审计")),
        Role::Chief | Role::Editor | Role::Reporter | Role::Leader => {
            ("/intake/incidents", Room::Intake, ("/intake/mail", "返回来信台账"))
        }
    }
}

/// `2封来信、1次网页报送`
pub(crate) fn refusals_in_words(keys: impl Iterator<Item = RefusalKey>) -> String {
    let (mails, forms): (Vec<_>, Vec<_>) = keys.partition(|key| matches!(key, RefusalKey::Mail(_)));
    let mut words = Vec::new();
    if !mails.is_empty() {
        words.push(format!("{}封来信", mails.len()));
    }
    if !forms.is_empty() {
        words.push(format!("{}次网页报送", forms.len()));
    }
    words.join("、")
}

/// `GET /system/incidents`, `GET /intake/incidents`
async fn list(desk: Desk, By(who): By<Registrar>) -> Answer {
    let (here, room, back) = here(&who);
    let found = desk.run(move |app| app.refusals(&who)).await?;
    let lines: Vec<Line> = found
        .into_iter()
        .map(|one| Line {
            key: one.key.to_string(),
            at: words::full_moment(one.at),
            door: match one.key {
                RefusalKey::Mail(_) => "来信",
                RefusalKey::Form(_) => "网页报送",
            },
            from: if one.from.is_empty() { "（不明）".to_owned() } else { one.from },
            unit: one.unit,
            reason: one.reason,
            sha256: one.sha256,
            noted: one.noted,
        })
        .collect();
    desk.show(&RefusalsPage {
        frame: desk.frame(room, "涉密拒收"),
        here,
        back,
        unnoted: lines.iter().filter(|line| !line.noted).count(),
        lines,
    })
}

/// `POST /system/incidents`, `POST /intake/incidents`: takes note of the refusals that were shown.
async fn note(desk: Desk, By(who): By<Registrar>, posted: Posted) -> Answer {
    let shown: Vec<RefusalKey> = posted.all("secret").filter_map(|key| key.parse().ok()).collect();
    let noted = desk.run(move |app| app.note_secrets(&who, &shown)).await?;
    desk.done("/", &format!("已知悉涉密拒收{noted}件，审计中有记录。"))
}
