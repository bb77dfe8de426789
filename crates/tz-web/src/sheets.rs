//! The lists of the rooms as workbooks (下载表格): each beside its page, under the page's own filter.

mod rooms;

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use tz_app::assessment::PaperFile;
use tz_app::{Administrator, Editor, Person, Problem, Reporter};
use tz_model::{SolicitationId, UnitId};

use crate::desk::Desk;
use crate::forms::Asked;
use crate::gate::By;
use crate::problem::Answer;
use crate::publication::id_of;
use crate::{Allow, Routes, assessment, comment, forward, intake, publication};

/// Every workbook of a list with who may have it: whoever may see the page.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/intake/list.xlsx", Allow::Editors, inbox)
        .get("/intake/mail/list.xlsx", Allow::Editors, mail)
        .get("/report/list.xlsx", Allow::Reporters, own_items)
        .get("/comment/list.xlsx", Allow::Editors, comments)
        .get("/comment/follow/list.xlsx", Allow::Editors, follow_ups)
        .get("/forward/list.xlsx", Allow::Editors, forwards)
        .get("/forward/adopted/list.xlsx", Allow::Editors, adopted)
        .get("/publication/archive/list.xlsx", Allow::Editors, issues)
        .get("/solicitation/list.xlsx", Allow::ReportersAndEditors, solicitations)
        .get("/solicitation/{solicitation}/duties.xlsx", Allow::ReportersAndEditors, duties)
        .get("/assessment/standing.xlsx", Allow::ReportersAndEditors, standing)
        .get("/assessment/year.xlsx", Allow::ReportersAndEditors, year)
        .get("/assessment/unit/{unit}/lines.xlsx", Allow::ReportersAndEditors, account)
        .get("/network/staff/list.xlsx", Allow::Editors, staff)
        .get("/network/staff/year.xlsx", Allow::Editors, staff_year)
        .get("/system/audit/list.xlsx", Allow::Administrators, audit)
        .and(rooms::routes())
}

/// A file to keep, under its own name.
pub(crate) fn file(paper: PaperFile) -> Response {
    let encoded = percent_encoding::utf8_percent_encode(&paper.name, percent_encoding::NON_ALPHANUMERIC);
    let disposition = format!("attachment; filename*=UTF-8''{encoded}");
    let headers = [(header::CONTENT_TYPE, paper.media_type), (header::CONTENT_DISPOSITION, disposition)];
    (headers, paper.bytes).into_response()
}

async fn inbox(desk: Desk, By(who): By<Editor>, asked: Asked) -> Answer {
    let filter = intake::filter_of(&asked);
    Ok(file(desk.run(move |app| app.inbox_sheet(&who, &filter)).await?))
}

async fn mail(desk: Desk, By(who): By<Editor>, asked: Asked) -> Answer {
    let fate = intake::fate_of(&asked);
    Ok(file(desk.run(move |app| app.mail_sheet(&who, fate.as_deref())).await?))
}

async fn own_items(desk: Desk, By(who): By<Reporter>) -> Answer {
    Ok(file(desk.run(move |app| app.my_items_sheet(&who)).await?))
}

async fn comments(desk: Desk, By(who): By<Editor>, asked: Asked) -> Answer {
    let month = forward::month_asked(&asked, desk.server.app.this_month());
    Ok(file(desk.run(move |app| app.comments_sheet(&who, month)).await?))
}

async fn follow_ups(desk: Desk, By(who): By<Editor>, asked: Asked) -> Answer {
    let filter = comment::follow_filter(&asked);
    Ok(file(desk.run(move |app| app.follow_ups_sheet(&who, filter)).await?))
}

async fn forwards(desk: Desk, By(who): By<Editor>, asked: Asked) -> Answer {
    let state = forward::state_of(asked.one("state"));
    Ok(file(desk.run(move |app| app.forwards_sheet(&who, state)).await?))
}

async fn adopted(desk: Desk, By(who): By<Editor>, asked: Asked) -> Answer {
    let month = forward::month_asked(&asked, desk.server.app.this_month());
    Ok(file(desk.run(move |app| app.adopted_sheet(&who, month)).await?))
}

async fn issues(desk: Desk, By(who): By<Editor>, asked: Asked) -> Answer {
    let wish = publication::archive_wish(&desk, &asked);
    Ok(file(desk.run(move |app| app.issues_sheet(&who, &wish)).await?))
}

async fn solicitations(desk: Desk, By(who): By<Person>) -> Answer {
    Ok(file(desk.run(move |app| app.solicitations_sheet(&who)).await?))
}

async fn duties(desk: Desk, By(who): By<Person>, Path(id): Path<String>) -> Answer {
    let id: SolicitationId = id_of(&id)?;
    Ok(file(desk.run(move |app| app.solicitation_sheet(&who, id)).await?))
}

async fn standing(desk: Desk, By(who): By<Person>, asked: Asked) -> Answer {
    let month = assessment::asked_month(&asked)?;
    Ok(file(desk.run(move |app| app.standing_sheet(&who, month)).await?))
}

async fn year(desk: Desk, By(who): By<Person>, asked: Asked) -> Answer {
    let wanted = assessment::year_asked(&asked);
    let made = move |app: &tz_app::App| {
        let year = wanted.or(app.years()?.first().copied()).ok_or(Problem::NotThere)?;
        app.year_sheet(&who, year)
    };
    Ok(file(desk.run(made).await?))
}

async fn account(desk: Desk, By(who): By<Person>, Path(unit): Path<String>, asked: Asked) -> Answer {
    let unit: UnitId = unit.parse().map_err(|_| Problem::NotThere)?;
    let month = assessment::asked_month(&asked)?;
    let made = move |app: &tz_app::App| {
        let month = match month {
            Some(month) => month,
            None => app.open_period()?.last,
        };
        app.account_sheet(&who, unit, month)
    };
    Ok(file(desk.run(made).await?))
}

async fn staff(desk: Desk, By(who): By<Editor>, asked: Asked) -> Answer {
    let this = desk.server.app.this_month();
    let month = forward::month_asked(&asked, this).unwrap_or(this);
    Ok(file(desk.run(move |app| app.staff_sheet(&who, month)).await?))
}

async fn staff_year(desk: Desk, By(who): By<Editor>, asked: Asked) -> Answer {
    let asked = asked.number("year").and_then(|year| i16::try_from(year).ok());
    let year = asked.filter(|year| (1900..=2999).contains(year)).unwrap_or(desk.server.app.today().year());
    Ok(file(desk.run(move |app| app.staff_year_sheet(&who, year)).await?))
}

async fn audit(desk: Desk, By(who): By<Administrator>) -> Answer {
    Ok(file(desk.run(move |app| app.audit_sheet(&who)).await?))
}
