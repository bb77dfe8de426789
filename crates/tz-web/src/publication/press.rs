//! Signing, publishing (刊发) and withdrawing (撤回).

use askama::Template;
use axum::extract::Path;
use tz_app::publication::{IssueState, PublishWish};
use tz_app::{Chief, Problem};
use tz_model::IssueId;

use super::compose::SigningPart;
use super::{credit_words, editor, id_of, issue, late_words};
use crate::desk::{Desk, Frame, Room};
use crate::forms::{Faults, Posted};
use crate::gate::By;
use crate::problem::Answer;

#[derive(Template)]
#[template(path = "publication/publish.html")]
struct PublishPage {
    frame: Frame,
    id: String,
    name: String,
    date: String,
    reviewed_by: String,
    titles: Vec<(String, String, String)>,
    credits: Vec<(String, String, String)>,
    /// Names what the page shows: nothing else is signed by it.
    seal: String,
    signing: SigningPart,
    faults: Faults,
}

async fn publish_form(desk: &Desk, who: &Chief, id: IssueId, typed: Option<&Posted>) -> Result<PublishPage, Problem> {
    let by = editor(who);
    let view = match desk.run(move |app| app.issue(&by, id)).await {
        Ok(view) => view,
        Err(oops) => return Err(oops.into_problem().unwrap_or(Problem::NotThere)),
    };
    if view.brief.state != IssueState::Draft {
        return Err(Problem::Refused(format!("{}已经刊发或撤回，不能再次刊发。", view.brief.label)));
    }
    let credits = credit_words(&view);
    Ok(PublishPage {
        frame: desk.frame(Room::Publication, &format!("签发《{}》", view.title.name)),
        id: id.to_string(),
        name: view.title.name,
        date: typed.map_or_else(|| desk.server.app.today().to_string(), |typed| typed.one("date").to_owned()),
        // Whoever has reviewed it stands in the form; another name, or none, may be printed.
        reviewed_by: match typed {
            Some(typed) => typed.one("reviewed_by").to_owned(),
            None => view.signing.reviewed.clone().map(|(by, _)| by).unwrap_or_default(),
        },
        titles: view.places.into_iter().map(|place| (place.title, place.byline, place.form)).collect(),
        credits,
        seal: view.seal,
        signing: SigningPart::of(view.signing),
        faults: Faults::default(),
    })
}

/// `GET /publication/{issue}/publish`: what will be printed and what it is worth, before signing.
pub(super) async fn publish_page(desk: Desk, By(who): By<Chief>, Path(id): Path<String>) -> Answer {
    let page = publish_form(&desk, &who, id_of(&id)?, None).await?;
    desk.show(&page)
}

/// `POST /publication/{issue}/publish`
pub(super) async fn publish(desk: Desk, By(who): By<Chief>, Path(id): Path<String>, posted: Posted) -> Answer {
    let id: IssueId = id_of(&id)?;
    let wish = PublishWish {
        date: posted.trimmed("date"),
        reviewed_by: posted.trimmed("reviewed_by"),
        opened: posted.one("opened").to_owned(),
    };
    let by = who.clone();
    match desk.run(move |app| app.publish_issue(&by, id, &wish)).await {
        Ok(published) => {
            let done = format!(
                "{}已刊发，记入采用{}条，已告知各单位。{}",
                published.label,
                published.facts,
                late_words(published.late)
            );
            desk.done(&format!("/publication/{id}"), &done)
        }
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(found) => {
                let faults = Faults::of(found, &["date", "reviewed_by"]);
                let page = publish_form(&desk, &who, id, Some(&posted)).await?;
                desk.show_faulty(&PublishPage { faults, ..page })
            }
            other => Err(other.into()),
        },
    }
}

/// `POST /publication/{issue}/sign`: signed, not yet published.
pub(super) async fn sign(desk: Desk, By(who): By<Chief>, Path(id): Path<String>, posted: Posted) -> Answer {
    let id: IssueId = id_of(&id)?;
    let opened = posted.one("opened").to_owned();
    desk.run(move |app| app.sign_issue(&who, id, &opened)).await?;
    desk.done(&format!("/publication/{id}"), "已签发，尚未刊发。此后如有改动，签发自动取消。")
}

/// `POST /publication/{issue}/unsign`
pub(super) async fn unsign(desk: Desk, By(who): By<Chief>, Path(id): Path<String>) -> Answer {
    let id: IssueId = id_of(&id)?;
    desk.run(move |app| app.unsign_issue(&who, id)).await?;
    desk.done(&format!("/publication/{id}"), "签发已取消。")
}

/// `POST /publication/{issue}/withdraw`
pub(super) async fn withdraw(desk: Desk, By(who): By<Chief>, Path(id): Path<String>, posted: Posted) -> Answer {
    let id: IssueId = id_of(&id)?;
    let (reason, by) = (posted.one("reason").to_owned(), who.clone());
    match desk.run(move |app| app.withdraw_issue(&by, id, &reason)).await {
        Ok(withdrawn) => {
            let done = format!(
                "{}已撤回，期号保留，撤销采用{}条。{}",
                withdrawn.label,
                withdrawn.facts,
                late_words(withdrawn.late)
            );
            desk.done(&format!("/publication/{id}"), &done)
        }
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(faults) => {
                let by = editor(&who);
                let (view, readers) = desk.run(move |app| Ok((app.issue(&by, id)?, app.readers_of(&by, id)?))).await?;
                desk.show_faulty(&issue::page(&desk, view, readers, posted.one("reason"), faults))
            }
            other => Err(other.into()),
        },
    }
}
