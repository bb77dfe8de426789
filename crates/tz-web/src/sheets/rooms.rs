//! Workbooks of the network, of what stands beside the scores, and of the house.

use axum::extract::Path;
use tz_app::outgoing::OUTGOING_STATES;
use tz_app::{Administrator, Editor, Person, Registrar};

use super::file;
use crate::desk::Desk;
use crate::forms::Asked;
use crate::gate::By;
use crate::problem::Answer;
use crate::{Allow, Routes, assessment};

/// Each with who may have it.
pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/network/list.xlsx", Allow::Editors, network)
        .get("/network/partners/list.xlsx", Allow::Editors, partners)
        .get("/network/rights/list.xlsx", Allow::Editors, rights)
        .get("/network/training/list.xlsx", Allow::Editors, trainings)
        .get("/network/rotation/list.xlsx", Allow::Editors, rotations)
        .get("/network/yearly/list.xlsx", Allow::Editors, yearly)
        .get("/network/mailbox-requests/list.xlsx", Allow::Chiefs, mailbox_requests)
        .get("/system/mailbox-requests/list.xlsx", Allow::Administrators, mailbox_requests)
        .get("/solicitation/points/list.xlsx", Allow::ReportersAndEditors, points)
        .get("/assessment/facts/list.xlsx", Allow::ReportersAndEditors, facts)
        .get("/assessment/objections/list.xlsx", Allow::ReportersAndEditors, objections)
        .get("/assessment/interviews/list.xlsx", Allow::ReportersAndEditors, interviews)
        .get("/assessment/help/list.xlsx", Allow::Editors, help)
        .get("/assessment/statements/list.xlsx", Allow::Editors, statements)
        .get("/assessment/statement/{month}/deliveries.xlsx", Allow::Editors, deliveries)
        .get("/comment/claims/list.xlsx", Allow::Editors, claims)
        .get("/intake/outgoing/list.xlsx", Allow::Editors, outgoing)
        .get("/intake/secret/list.xlsx", Allow::Editors, secret)
        .get("/intake/incidents/list.xlsx", Allow::Chiefs, refusals)
        .get("/system/incidents/list.xlsx", Allow::Administrators, refusals)
        .get("/system/accounts/list.xlsx", Allow::Administrators, accounts)
        .get("/system/leaders/list.xlsx", Allow::Administrators, leaders)
        .get("/system/notices/list.xlsx", Allow::Administrators, notice_rules)
        .get("/system/jobs/list.xlsx", Allow::Administrators, jobs)
}

/// The year of the page, this one where none was asked for.
fn year_of(desk: &Desk, asked: &Asked) -> i16 {
    let given = asked.number("year").and_then(|year| i16::try_from(year).ok());
    given.filter(|year| (1900..=2999).contains(year)).unwrap_or(desk.server.app.today().year())
}

async fn network(desk: Desk, By(who): By<Editor>, asked: Asked) -> Answer {
    let only_short = asked.ticked("short");
    Ok(file(desk.run(move |app| app.network_sheet(&who, only_short)).await?))
}

async fn partners(desk: Desk, By(who): By<Editor>) -> Answer {
    Ok(file(desk.run(move |app| app.partners_sheet(&who)).await?))
}

async fn rights(desk: Desk, By(who): By<Editor>) -> Answer {
    Ok(file(desk.run(move |app| app.rights_sheet(&who)).await?))
}

async fn trainings(desk: Desk, By(who): By<Editor>, asked: Asked) -> Answer {
    let year = year_of(&desk, &asked);
    Ok(file(desk.run(move |app| app.trainings_sheet(&who, year)).await?))
}

async fn rotations(desk: Desk, By(who): By<Editor>, asked: Asked) -> Answer {
    let year = year_of(&desk, &asked);
    Ok(file(desk.run(move |app| app.rotations_sheet(&who, year)).await?))
}

async fn yearly(desk: Desk, By(who): By<Editor>, asked: Asked) -> Answer {
    let year = year_of(&desk, &asked);
    Ok(file(desk.run(move |app| app.yearly_sheet(&who, year)).await?))
}

async fn mailbox_requests(desk: Desk, By(who): By<Registrar>) -> Answer {
    Ok(file(desk.run(move |app| app.mailbox_requests_sheet(&who)).await?))
}

async fn points(desk: Desk, By(who): By<Person>) -> Answer {
    Ok(file(desk.run(move |app| app.points_sheet(&who)).await?))
}

async fn facts(desk: Desk, By(who): By<Person>, asked: Asked) -> Answer {
    let (month, table, unit) = assessment::facts_asked(&asked)?;
    Ok(file(desk.run(move |app| app.facts_sheet(&who, month, table, unit)).await?))
}

async fn objections(desk: Desk, By(who): By<Person>, asked: Asked) -> Answer {
    let listing = assessment::listing(&asked);
    Ok(file(desk.run(move |app| app.objections_sheet(&who, &listing)).await?))
}

async fn interviews(desk: Desk, By(who): By<Person>, asked: Asked) -> Answer {
    let listing = assessment::listing(&asked);
    Ok(file(desk.run(move |app| app.interviews_sheet(&who, &listing)).await?))
}

async fn help(desk: Desk, By(who): By<Editor>) -> Answer {
    Ok(file(desk.run(move |app| app.help_sheet(&who)).await?))
}

async fn statements(desk: Desk, By(who): By<Editor>) -> Answer {
    Ok(file(desk.run(move |app| app.statements_sheet(&who)).await?))
}

async fn deliveries(desk: Desk, By(who): By<Editor>, Path(month): Path<String>) -> Answer {
    let month = assessment::path_month(&month)?;
    Ok(file(desk.run(move |app| app.deliveries_sheet(&who, month)).await?))
}

async fn claims(desk: Desk, By(who): By<Editor>) -> Answer {
    Ok(file(desk.run(move |app| app.claims_sheet(&who)).await?))
}

async fn outgoing(desk: Desk, By(who): By<Editor>, asked: Asked) -> Answer {
    let state = OUTGOING_STATES.into_iter().find(|state| *state == asked.one("state"));
    Ok(file(desk.run(move |app| app.outgoing_sheet(&who, state)).await?))
}

async fn secret(desk: Desk, By(who): By<Editor>, asked: Asked) -> Answer {
    let year = year_of(&desk, &asked);
    Ok(file(desk.run(move |app| app.secret_sheet(&who, year)).await?))
}

async fn refusals(desk: Desk, By(who): By<Registrar>) -> Answer {
    Ok(file(desk.run(move |app| app.refusals_sheet(&who)).await?))
}

async fn accounts(desk: Desk, By(who): By<Administrator>) -> Answer {
    Ok(file(desk.run(move |app| app.accounts_sheet(&who)).await?))
}

async fn leaders(desk: Desk, By(who): By<Administrator>) -> Answer {
    Ok(file(desk.run(move |app| app.leaders_sheet(&who)).await?))
}

async fn notice_rules(desk: Desk, By(who): By<Administrator>) -> Answer {
    Ok(file(desk.run(move |app| app.notice_rules_sheet(&who)).await?))
}

async fn jobs(desk: Desk, By(who): By<Administrator>) -> Answer {
    Ok(file(desk.run(move |app| app.jobs_sheet(&who)).await?))
}
