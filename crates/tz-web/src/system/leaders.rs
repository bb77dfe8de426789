//! The list of leaders (领导名单): who comments, and on which level of the scheme that counts.

use askama::Template;
use axum::extract::Path;
use tz_app::Administrator;
use tz_app::comment::{LeaderView, LeaderWish};

use super::{Choices, Field, Tab, Typed, faults_of, number, tabs};
use crate::desk::{Desk, Frame, Room};
use crate::forms::Posted;
use crate::gate::By;
use crate::problem::{Answer, Oops};

const PATH: &str = "/system/leaders";

#[derive(Template)]
#[template(path = "system/leaders.html")]
struct LeadersPage {
    frame: Frame,
    tabs: Vec<Tab>,
    leaders: Vec<LeaderView>,
    name: Field,
    duty: Field,
    levels: Choices,
    /// What is typed where the scheme lists no levels.
    level: Field,
    accounts: Choices,
}

async fn show(desk: &Desk, who: Administrator, typed: &Typed) -> Result<LeadersPage, Oops> {
    let (leaders, levels, accounts) =
        desk.run(move |app| Ok((app.leaders(&who)?, app.leader_levels(&who)?, app.leader_accounts(&who)?))).await?;
    Ok(LeadersPage {
        frame: desk.frame(Room::System, "领导名单"),
        tabs: tabs(PATH),
        leaders,
        name: typed.field("name"),
        duty: typed.field("duty"),
        levels: Choices::of(typed, "level", levels.into_iter().map(|level| (level.clone(), level))),
        level: typed.field("level"),
        accounts: Choices::of(typed, "account", accounts.into_iter().map(|(id, name)| (id.to_string(), name))),
    })
}

/// `GET /system/leaders`
pub(super) async fn list(desk: Desk, By(who): By<Administrator>) -> Answer {
    let page = show(&desk, who, &Typed::default()).await?;
    desk.show(&page)
}

/// `POST /system/leaders`
pub(super) async fn add(desk: Desk, By(who): By<Administrator>, posted: Posted) -> Answer {
    let wish = LeaderWish {
        name: posted.trimmed("name"),
        duty: posted.trimmed("duty"),
        level: posted.trimmed("level"),
        account: posted.number("account"),
    };
    let (by, name) = (who.clone(), wish.name.clone());
    match desk.run(move |app| app.add_leader(&by, &wish)).await {
        Ok(()) => desk.done(PATH, &format!("已登记{name}。")),
        Err(oops) => {
            let typed = Typed { faults: faults_of(oops)?, posted };
            let page = show(&desk, who, &typed).await?;
            desk.show_faulty(&page)
        }
    }
}

/// `POST /system/leaders/{leader}/left`
pub(super) async fn left(desk: Desk, By(who): By<Administrator>, Path(leader): Path<String>) -> Answer {
    let leader = number(&leader)?;
    let name = desk.run(move |app| app.leader_left(&who, leader)).await?;
    desk.done(PATH, &format!("已移出{name}，以前的批示不受影响。"))
}
