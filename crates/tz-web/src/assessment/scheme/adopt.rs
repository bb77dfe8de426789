//! Taking a draft into force from a day on (启用), after seeing what changes; and taking that back (撤回).

use askama::Template;
use axum::extract::Path;
use jiff::civil::Date;
use tz_app::assessment::scheme::{AdoptWish, Plan};
use tz_app::{Chief, Editor, Problem};

use super::{ChangeView, change_views, draft_of, href, list_view};
use crate::desk::{Desk, Frame, Room};
use crate::forms::{Asked, Faults, Posted};
use crate::gate::By;
use crate::problem::{Answer, Oops};
use crate::words;

/// What taking the draft into force from the chosen day would mean.
struct PlanView {
    from: String,
    from_words: String,
    until: Option<String>,
    hash: String,
    against: String,
    before: String,
    changes: Vec<ChangeView>,
    faults: Vec<(String, String)>,
    /// What can be set right afterwards.
    todo: Vec<(String, String)>,
    notes: Vec<String>,
}

#[derive(Template)]
#[template(path = "assessment/scheme_adopt.html")]
struct AdoptPage {
    frame: Frame,
    name: String,
    action: String,
    back: String,
    days: Vec<(String, String, bool)>,
    form: Faults,
    plan: Option<PlanView>,
}

fn plan_view(plan: &Plan) -> PlanView {
    PlanView {
        from: plan.from.to_string(),
        from_words: words::day(plan.from),
        until: plan.until.map(words::day),
        hash: plan.draft.hash.clone(),
        against: plan.before.hash().to_owned(),
        before: plan.before.name().to_owned(),
        changes: change_views(&plan.changes),
        faults: plan.faults.iter().map(|fault| (fault.place.clone(), fault.sentence.clone())).collect(),
        todo: plan.todo.iter().map(|fault| (fault.place.clone(), fault.sentence.clone())).collect(),
        notes: plan.notes.clone(),
    }
}

/// The page for a day, the earliest where none is asked for. A day that cannot be is said at its field.
async fn adopt_page(desk: &Desk, who: Chief, draft: i64, from: String, sure: Faults) -> Result<AdoptPage, Oops> {
    let (name, place, days, planned) = desk
        .run(move |app| {
            let editor = Editor::of(&who).ok_or(Problem::NotThere)?;
            let place = tz_app::assessment::scheme::SchemePlace::Draft(draft);
            let opened = app.open_scheme(&editor, &place)?;
            opened.whole("启用")?;
            let days: Vec<Date> = app.adoptable_months(&who, draft)?.into_iter().map(tz_model::Month::first).collect();
            let first = days.first().map(ToString::to_string).unwrap_or_default();
            let from = if from.is_empty() { first } else { from };
            let planned = match app.plan_adoption(&who, draft, &from) {
                Ok(plan) => Ok(plan),
                Err(Problem::Faults(faults)) => Err(faults),
                Err(other) => return Err(other),
            };
            Ok((opened.name, place, days, planned))
        })
        .await?;
    let (plan, form) = match planned {
        Ok(plan) => (Some(plan), sure),
        Err(faults) => (None, Faults::of(faults, &["from"])),
    };
    let chosen = plan.as_ref().map(|plan| plan.from);
    Ok(AdoptPage {
        frame: desk.frame(Room::Assessment, "启用计分办法"),
        name,
        action: format!("{}/adopt", href(&place)),
        back: href(&place),
        days: days.into_iter().map(|day| (day.to_string(), words::day(day), chosen == Some(day))).collect(),
        form,
        plan: plan.as_ref().map(plan_view),
    })
}

/// `GET /assessment/scheme/{which}/adopt`: what changes, and from when; or what stands in the way.
pub(super) async fn page(desk: Desk, By(who): By<Chief>, Path(which): Path<String>, asked: Asked) -> Answer {
    let page = adopt_page(&desk, who, draft_of(&which)?, asked.trimmed("from"), Faults::default()).await?;
    if page.plan.is_some() { desk.show(&page) } else { desk.show_faulty(&page) }
}

/// `POST /assessment/scheme/{which}/adopt`: takes the draft into force.
pub(super) async fn adopt(desk: Desk, By(who): By<Chief>, Path(which): Path<String>, posted: Posted) -> Answer {
    let draft = draft_of(&which)?;
    let wish =
        AdoptWish { from: posted.trimmed("from"), hash: posted.trimmed("hash"), against: posted.trimmed("against") };
    if !posted.ticked("sure") {
        let unsure = tz_app::FieldFault::new("sure", "请先核对变动并勾选“已核对”，再启用。");
        let page = adopt_page(&desk, who, draft, wish.from, Faults::of(vec![unsure], &["sure"])).await?;
        return desk.show_faulty(&page);
    }
    let (by, asked) = (who.clone(), wish.clone());
    match desk.run(move |app| app.adopt_scheme(&by, draft, &asked)).await {
        Ok(seq) => desk.done(
            "/assessment/schemes",
            &format!("已启用，登记为第{seq}号，自{}起按它计分。", super::day_words(&wish.from)),
        ),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(found) => {
                let mut page = adopt_page(&desk, who, draft, wish.from, Faults::default()).await?;
                page.form = Faults::of(found, &["from"]);
                desk.show_faulty(&page)
            }
            other => Err(Oops::from(other)),
        },
    }
}

/// `POST /assessment/schemes/withdraw`: takes an adoption back, with a reason.
pub(super) async fn withdraw(desk: Desk, By(who): By<Chief>, posted: Posted) -> Answer {
    let seq = posted.number("number").ok_or(Problem::NotThere)?;
    let reason = posted.trimmed("reason");
    let (by, why) = (who.clone(), reason.clone());
    match desk.run(move |app| app.withdraw_scheme(&by, seq, &why)).await {
        Ok(name) => desk.done("/assessment/schemes", &format!("“{name}”的启用已撤回，改按原来的办法计分。")),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(found) => {
                let list = desk.run(move |app| app.schemes(&Editor::of(&who).ok_or(Problem::NotThere)?)).await?;
                let fault: String = found.into_iter().map(|fault| fault.sentence).collect();
                desk.show_faulty(&list_view(&desk, true, &list, Some((seq, reason, fault))))
            }
            other => Err(Oops::from(other)),
        },
    }
}
