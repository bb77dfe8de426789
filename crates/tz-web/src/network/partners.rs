//! 协作单位 and 信息员权利 (N1): offices that items are exchanged with, and what the officers of each unit may take part in.

use askama::Template;
use axum::extract::Path;
use tz_app::network::{NewPartner, OfficerRight};
use tz_app::{Editor, FieldFault, Problem};
use tz_model::UnitId;

use crate::desk::{Desk, Frame, Room};
use crate::forms::{Faults, Posted};
use crate::gate::By;
use crate::problem::{Answer, Oops};

struct PartnerLine {
    id: i64,
    name: String,
    contact: String,
    mail: String,
    note: String,
}

#[derive(Template)]
#[template(path = "network/partners.html")]
struct PartnersPage {
    frame: Frame,
    lines: Vec<PartnerLine>,
    typed: Posted,
    faults: Faults,
}

async fn page(desk: &Desk, who: Editor, typed: &Posted, faults: Vec<FieldFault>) -> Result<PartnersPage, Oops> {
    let rows = desk.run(move |app| app.partners(&who)).await?;
    Ok(PartnersPage {
        frame: desk.frame(Room::Network, "协作单位"),
        lines: rows
            .into_iter()
            .map(|row| PartnerLine {
                id: row.id,
                name: row.name,
                contact: format!("{} {}", row.contact, row.phone).trim().to_owned(),
                mail: row.mail,
                note: row.note,
            })
            .collect(),
        typed: typed.clone(),
        faults: Faults::of(faults, &["name", "contact", "mail", "note"]),
    })
}

/// `GET /network/partners`
pub(super) async fn list(desk: Desk, By(who): By<Editor>) -> Answer {
    let page = page(&desk, who, &Posted::default(), Vec::new()).await?;
    desk.show(&page)
}

/// `POST /network/partners`
pub(super) async fn add(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
    let new = NewPartner {
        name: posted.one("name").to_owned(),
        contact: posted.one("contact").to_owned(),
        phone: posted.one("phone").to_owned(),
        mail: posted.one("mail").to_owned(),
        note: posted.one("note").to_owned(),
    };
    let by = who.clone();
    match desk.run(move |app| app.add_partner(&by, &new)).await {
        Ok(()) => desk.done("/network/partners", "协作单位已登记。"),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(faults) => {
                let page = page(&desk, who, &posted, faults).await?;
                desk.show_faulty(&page)
            }
            other => Err(other.into()),
        },
    }
}

/// `POST /network/partners/{partner}/end`
pub(super) async fn end(desk: Desk, By(who): By<Editor>, Path(partner): Path<String>) -> Answer {
    let id = partner.parse().map_err(|_| Problem::NotThere)?;
    desk.run(move |app| app.end_partner(&who, id)).await?;
    desk.done("/network/partners", "已移出名单。")
}

struct RightBox {
    value: String,
    name: &'static str,
    given: bool,
}

struct UnitLine {
    id: i64,
    name: String,
    boxes: Vec<RightBox>,
}

struct GroupLines {
    name: String,
    units: Vec<UnitLine>,
    /// How many units have all of them.
    whole: usize,
}

#[derive(Template)]
#[template(path = "network/rights.html")]
struct RightsPage {
    frame: Frame,
    groups: Vec<GroupLines>,
}

/// `GET /network/rights`
pub(super) async fn rights(desk: Desk, By(who): By<Editor>) -> Answer {
    let (groups, held) = desk.run(move |app| Ok((app.unit_groups(&who)?, app.officer_rights(&who)?))).await?;
    let has = |unit: UnitId, right: OfficerRight| {
        held.iter().any(|known| known.unit == unit && known.rights.contains(&right))
    };
    let groups = groups
        .into_iter()
        .map(|group| {
            let units: Vec<UnitLine> = group
                .units
                .into_iter()
                .map(|unit| UnitLine {
                    id: unit.id.0,
                    boxes: OfficerRight::ALL
                        .map(|right| RightBox {
                            value: format!("{}:{}", unit.id, right.key()),
                            name: right.name(),
                            given: has(unit.id, right),
                        })
                        .into(),
                    name: unit.name,
                })
                .collect();
            let whole = units.iter().filter(|unit| unit.boxes.iter().all(|one| one.given)).count();
            GroupLines { name: group.name, units, whole }
        })
        .collect();
    desk.show(&RightsPage { frame: desk.frame(Room::Network, "信息员权利"), groups })
}

/// `POST /network/rights`: fields unit (each one shown), right (`3:meetings`, each one ticked).
pub(super) async fn set_rights(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
    let units: Vec<UnitId> = posted.all("unit").filter_map(|id| id.parse().ok().map(UnitId)).collect();
    let given: Vec<(UnitId, OfficerRight)> = posted
        .all("right")
        .filter_map(|value| {
            let (unit, key) = value.split_once(':')?;
            let right = OfficerRight::ALL.into_iter().find(|right| right.key() == key)?;
            Some((UnitId(unit.parse().ok()?), right))
        })
        .collect();
    let changed = desk.run(move |app| app.set_officer_rights(&who, &units, &given)).await?;
    let done = if changed == 0 { "没有变更。".to_owned() } else { format!("已保存，变更{changed}项。") };
    desk.done("/network/rights", &done)
}
