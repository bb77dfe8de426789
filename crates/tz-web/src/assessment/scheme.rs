//! The scheme in plain words (计分办法): every clause with its sentence, prices, quotas and readings, at its anchor.

use askama::Template;
use tz_app::Person;
use tz_app::assessment::clause_place;
use tz_model::Clause;

use super::asked_month;
use crate::desk::{Desk, Frame, Room};
use crate::forms::Asked;
use crate::gate::By;
use crate::problem::Answer;

struct RuleView {
    anchor: String,
    /// Only the first rule of a clause carries its anchor.
    anchored: bool,
    place: String,
    sentence: String,
    prices: Vec<(String, String)>,
    readings: Vec<ReadingView>,
}

struct ReadingView {
    anchor: String,
    anchored: bool,
    note: String,
}

struct ClassView {
    anchor: String,
    place: String,
    name: String,
    sentence: String,
    /// `None`: no task.
    total: Option<u32>,
    minimums: String,
}

#[derive(Template)]
#[template(path = "assessment/scheme.html")]
struct SchemePage {
    frame: Frame,
    name: String,
    hash: String,
    rules: Vec<RuleView>,
    classes: Vec<ClassView>,
    others: Vec<ReadingView>,
}

/// `GET /assessment/scheme`: the scheme a month is scored under.
pub(super) async fn page(desk: Desk, By(_): By<Person>, asked: Asked) -> Answer {
    let month = asked_month(&asked)?;
    let scheme = desk.run(move |app| app.scheme_of_month(month)).await?;
    let mut seen: Vec<Clause> = Vec::new();
    let mut first = |clause: &Clause| {
        let new = !seen.contains(clause);
        if new {
            seen.push(clause.clone());
        }
        new
    };
    let mut rules = Vec::new();
    let mut told: Vec<Clause> = Vec::new();
    for rule in scheme.rules() {
        let anchored = first(&rule.clause);
        let readings = rule.readings.iter().map(|reading| {
            told.push(reading.clause.clone());
            let anchored = first(&reading.clause);
            ReadingView { anchor: reading.clause.to_string(), anchored, note: reading.note.clone() }
        });
        let readings = readings.collect();
        let prices = rule.items().into_iter().filter(|worth| !worth.points.is_zero());
        rules.push(RuleView {
            anchor: rule.clause.to_string(),
            anchored,
            place: clause_place(&rule.clause),
            sentence: rule.sentence.clone(),
            prices: prices.map(|worth| (worth.name.to_string(), worth.points.signed().replace('-', "−"))).collect(),
            readings,
        });
    }
    let others = scheme.readings().iter().filter(|reading| !told.contains(&reading.clause)).map(|reading| {
        let anchored = first(&reading.clause);
        ReadingView { anchor: reading.clause.to_string(), anchored, note: reading.note.clone() }
    });
    let others = others.collect();
    let classes = scheme.classes().iter().map(|class| ClassView {
        anchor: class.clause.to_string(),
        place: clause_place(&class.clause),
        name: class.name.to_string(),
        sentence: class.sentence.clone(),
        total: class.quota.total,
        minimums: class
            .quota
            .minimums
            .iter()
            .map(|(category, least)| format!("{category}{least}篇"))
            .collect::<Vec<_>>()
            .join("、"),
    });
    desk.show(&SchemePage {
        frame: desk.frame(Room::Assessment, "计分办法"),
        name: scheme.name().to_owned(),
        hash: scheme.hash().to_owned(),
        rules,
        classes: classes.collect(),
        others,
    })
}
