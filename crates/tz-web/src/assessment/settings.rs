//! What the office sets for this room (考核设置).

use askama::Template;
use tz_app::assessment::AssessmentSettings;
use tz_app::{Chief, FieldFault, Problem};

use crate::desk::{Desk, Frame, Room};
use crate::forms::{Faults, Posted};
use crate::gate::By;
use crate::problem::Answer;
use crate::{Allow, Routes};

const HERE: &str = "/assessment/settings";

/// The routes of the settings.
pub(super) fn routes() -> Routes {
    Routes::default().get(HERE, Allow::Chiefs, page).post(HERE, Allow::Chiefs, change)
}

#[derive(Template)]
#[template(path = "assessment/settings.html")]
struct SettingsPage {
    frame: Frame,
    held: AssessmentSettings,
    faults: Faults,
}

fn view(desk: &Desk, held: AssessmentSettings, found: Vec<FieldFault>) -> SettingsPage {
    let fields = ["addressees", "report_to", "issue_to", "answer", "window", "warn_from"];
    SettingsPage { frame: desk.frame(Room::Assessment, "考核设置"), held, faults: Faults::of(found, &fields) }
}

/// `GET /assessment/settings`
async fn page(desk: Desk, By(who): By<Chief>) -> Answer {
    let held = desk.run(move |app| app.assessment_settings(&who)).await?;
    desk.show(&view(&desk, held, Vec::new()))
}

/// `POST /assessment/settings`
async fn change(desk: Desk, By(who): By<Chief>, posted: Posted) -> Answer {
    let wish = AssessmentSettings {
        ranking: posted.ticked("ranking"),
        addressees: posted.trimmed("addressees"),
        report_to: posted.trimmed("report_to"),
        issue_to: posted.trimmed("issue_to"),
        answer: posted.trimmed("answer"),
        window: posted.trimmed("window"),
        warn_from: posted.trimmed("warn_from"),
    };
    let said = wish.clone();
    match desk.run(move |app| app.set_assessment(&who, &said)).await {
        Ok(()) => desk.done(HERE, "考核设置已保存。已关账的不受影响。"),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(found) => desk.show_faulty(&view(&desk, wish, found)),
            other => Err(other.into()),
        },
    }
}
