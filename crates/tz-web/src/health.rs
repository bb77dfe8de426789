//! `GET /health`: for monitoring, without signing in. Says how the office's postboxes are doing by numbers, never by name.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tz_app::postbox::PostboxHealth;

use crate::desk::Desk;
use crate::problem::Answer;
use crate::{Allow, Routes};

/// The route.
pub(crate) fn routes() -> Routes {
    Routes::default().get("/health", Allow::Everyone, health)
}

fn figure(postbox: &PostboxHealth, now: jiff::Timestamp) -> serde_json::Value {
    json!({
        "state": postbox.health.key(),
        "seconds_since_well": postbox.well_at.map(|at| now.duration_since(at).as_secs()),
        "waiting": postbox.waiting,
        "failures": postbox.failures,
        "seconds_since_compared": postbox.checked_at.map(|at| now.duration_since(at).as_secs()),
    })
}

/// 200 while the database answers, with `degraded` where a postbox needs somebody; 500 where it does not answer.
async fn health(desk: Desk) -> Answer {
    let (healths, now) = desk.run(|app| Ok((app.postbox_healths()?, app.now()))).await?;
    let degraded = healths.iter().any(|postbox| postbox.health.is_bad());
    let postboxes: Vec<_> = healths.iter().map(|postbox| figure(postbox, now)).collect();
    let body = json!({ "status": if degraded { "degraded" } else { "ok" }, "postboxes": postboxes }).to_string();
    let response: Response = ([(header::CONTENT_TYPE, "application/json")], body).into_response();
    Ok(response)
}
