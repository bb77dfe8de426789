//! Paired help (帮扶) and joint meetings (联席会议).

use askama::Template;
use axum::extract::Path;
use tz_app::assessment::{Help, Mean, NewMeeting};
use tz_app::{Editor, FieldFault, Problem};
use tz_model::UnitId;

use crate::desk::{Desk, Frame, Room};
use crate::forms::{Faults, Posted};
use crate::gate::By;
use crate::problem::{Answer, Oops};
use crate::report::{Choice, id};
use crate::{Allow, Routes, words};

const HERE: &str = "/assessment/help";

/// The routes of paired help and joint meetings.
pub(super) fn routes() -> Routes {
    Routes::default()
        .get(HERE, Allow::Editors, page)
        .post(HERE, Allow::Editors, agree)
        .post("/assessment/help/{help}/end", Allow::Editors, end)
        .post("/assessment/help/meeting", Allow::Editors, meeting)
}

struct PairLine {
    id: i64,
    helper: String,
    helped: String,
    span: String,
    measures: String,
    ending: String,
    before: String,
    since: String,
    lasts: bool,
    fault: Option<String>,
}

struct ProposalLine {
    helped: String,
    helped_id: i64,
    stands: String,
    helper: String,
    helper_id: i64,
    helper_stands: String,
}

struct MeetingLine {
    date: String,
    place: String,
    topic: String,
    attendants: String,
    minutes: String,
}

#[derive(Template)]
#[template(path = "assessment/help.html")]
struct HelpPage {
    frame: Frame,
    proposals: Vec<ProposalLine>,
    pairs: Vec<PairLine>,
    meetings: Vec<MeetingLine>,
    helpers: Vec<Choice>,
    helped: Vec<Choice>,
    typed: Posted,
    faults: Faults,
}

impl HelpPage {
    /// What was typed in a field.
    fn field(&self, name: &str) -> String {
        self.typed.one(name).to_owned()
    }
}

/// The fields of the forms, where their faults stand.
const FIELDS: [&str; 8] = ["helper", "helped", "measures", "date", "place", "topic", "attendants", "minutes"];

fn mean_words(mean: Option<&Mean>) -> String {
    mean.map_or_else(
        || "没有关账的周期".to_owned(),
        |mean| format!("{}期平均第{}名，{}分", mean.periods, mean.rank, mean.points),
    )
}

fn pair(pair: &Help, typed: Option<(i64, &[FieldFault])>) -> PairLine {
    let own = typed.filter(|(of, _)| *of == pair.id);
    PairLine {
        id: pair.id,
        helper: pair.helper.clone(),
        helped: pair.helped.clone(),
        span: match pair.to {
            Some(to) => format!("{}至{}", pair.from.chinese(), to.chinese()),
            None => format!("{}起", pair.from.chinese()),
        },
        measures: pair.measures.clone(),
        ending: pair.ending.clone(),
        before: mean_words(pair.before.as_ref()),
        since: mean_words(pair.since.as_ref()),
        lasts: pair.to.is_none(),
        fault: own.and_then(|(_, found)| found.first().map(|fault| fault.sentence.clone())),
    }
}

async fn show(
    desk: &Desk,
    who: &Editor,
    typed: &Posted,
    found: Vec<FieldFault>,
    ending: Option<i64>,
) -> Result<HelpPage, Oops> {
    let by = who.clone();
    let room = desk.run(move |app| app.help_room(&by)).await?;
    let choices = |field: &str| -> Vec<Choice> {
        let chosen = typed.number(field);
        room.units
            .iter()
            .map(|(id, name)| Choice { id: id.0, name: name.clone(), chosen: chosen == Some(id.0) })
            .collect()
    };
    let (of_pair, rest) = match ending {
        Some(id) => (Some((id, found)), Vec::new()),
        None => (None, found),
    };
    Ok(HelpPage {
        frame: desk.frame(Room::Assessment, "帮扶和联席会议"),
        proposals: room
            .proposals
            .iter()
            .map(|one| ProposalLine {
                helped: one.helped.1.clone(),
                helped_id: one.helped.0.0,
                stands: one.stands.clone(),
                helper: one.helper.1.clone(),
                helper_id: one.helper.0.0,
                helper_stands: one.helper_stands.clone(),
            })
            .collect(),
        pairs: room
            .pairs
            .iter()
            .map(|one| pair(one, of_pair.as_ref().map(|(id, found)| (*id, found.as_slice()))))
            .collect(),
        meetings: room
            .meetings
            .iter()
            .map(|one| MeetingLine {
                date: one.date.map(words::day).unwrap_or_default(),
                place: one.place.clone(),
                topic: one.topic.clone(),
                attendants: one.attendants.clone(),
                minutes: one.minutes.clone(),
            })
            .collect(),
        helpers: choices("helper"),
        helped: choices("helped"),
        typed: typed.clone(),
        faults: Faults::of(rest, &FIELDS),
    })
}

/// `GET /assessment/help`
async fn page(desk: Desk, By(who): By<Editor>) -> Answer {
    let page = show(&desk, &who, &Posted::default(), Vec::new(), None).await?;
    desk.show(&page)
}

async fn done(
    desk: &Desk,
    who: &Editor,
    posted: &Posted,
    outcome: Result<(), Oops>,
    ending: Option<i64>,
    sentence: &str,
) -> Answer {
    match outcome {
        Ok(()) => desk.done(HERE, sentence),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(found) => {
                let page = show(desk, who, posted, found, ending).await?;
                desk.show_faulty(&page)
            }
            other => Err(other.into()),
        },
    }
}

/// `POST /assessment/help`
async fn agree(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
    let unit = |field: &str| UnitId(posted.number(field).unwrap_or(0));
    let (by, helper, helped, measures) = (who.clone(), unit("helper"), unit("helped"), posted.trimmed("measures"));
    let outcome = desk.run(move |app| app.agree_help(&by, helper, helped, &measures).map(|_| ())).await;
    done(&desk, &who, &posted, outcome, None, "帮扶已登记，从本月起比较前后的名次和得分。").await
}

/// `POST /assessment/help/{help}/end`
async fn end(desk: Desk, By(who): By<Editor>, Path(help): Path<String>, posted: Posted) -> Answer {
    let (key, by, ending) = (id(&help)?, who.clone(), posted.trimmed("ending"));
    let outcome = desk.run(move |app| app.end_help(&by, key, &ending)).await;
    done(&desk, &who, &posted, outcome, Some(key), "帮扶已结束，成效已登记。").await
}

/// `POST /assessment/help/meeting`
async fn meeting(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
    let new = NewMeeting {
        date: posted.trimmed("date"),
        place: posted.trimmed("place"),
        topic: posted.trimmed("topic"),
        attendants: posted.trimmed("attendants"),
        minutes: posted.one("minutes").to_owned(),
    };
    let by = who.clone();
    let outcome = desk.run(move |app| app.record_meeting(&by, &new)).await;
    done(&desk, &who, &posted, outcome, None, "联席会议已登记。").await
}
