//! Units (单位): the directory, and one unit's form with its versions, people and mailboxes.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Path;
use tz_app::Administrator;
use tz_app::facts::held_cells;
use tz_app::system::{PersonRow, UnitChoices, UnitFolder, UnitState, UnitVersionRow, UnitWish};
use tz_model::UnitId;

use super::people::TenureLine;
use super::{Choices, Field, Tab, Typed, faults_of, moment, number, tabs};
use crate::cells::{self, CellView};
use crate::desk::{Desk, Frame, Room};
use crate::forms::Posted;
use crate::gate::By;
use crate::problem::{Answer, Oops};

#[derive(Template)]
#[template(path = "system/units.html")]
struct UnitsPage {
    frame: Frame,
    tabs: Vec<Tab>,
    summary: String,
    groups: Vec<Group>,
}

/// The units of a ranking group.
struct Group {
    name: String,
    lines: Vec<UnitLine>,
}

struct UnitLine {
    href: String,
    name: String,
    class: String,
    direct_point: String,
    parent: String,
    officers: String,
    short: bool,
    mailboxes: String,
    without_mailbox: bool,
    /// Why it is not scored today; empty if it is.
    resting: String,
}

#[derive(Template)]
#[template(path = "system/unit.html")]
struct UnitPage {
    frame: Frame,
    tabs: Vec<Tab>,
    heading: String,
    action: String,
    is_new: bool,
    name: Field,
    classes: Choices,
    groups: Choices,
    direct_points: Choices,
    parents: Choices,
    cells: Vec<CellView>,
    from: Field,
    to: Field,
    point_field: Field,
    since: Field,
    /// Who takes over from it, and those it took over from, a sentence each.
    succession: Vec<String>,
    reason: Field,
    versions: Vec<VersionLine>,
    /// Where its people are listed, and more are entered.
    people_href: String,
    people: Vec<TenureLine>,
    /// Who was in a duty before, the last to leave first.
    past: Vec<TenureLine>,
    mailboxes: Vec<String>,
}

/// One version of a unit, newest first.
struct VersionLine {
    at: String,
    by: String,
    what: String,
    reason: String,
}

fn line(state: &UnitState, names: &BTreeMap<i64, String>) -> UnitLine {
    let unit = &state.unit;
    UnitLine {
        href: format!("/system/units/{}", unit.unit_id),
        name: unit.name.clone(),
        class: unit.class.clone(),
        direct_point: unit.direct_point.clone().unwrap_or_default(),
        parent: unit.parent_id.and_then(|id| names.get(&id)).cloned().unwrap_or_default(),
        officers: format!("{} / {}", state.officers, state.needed),
        short: state.active && state.officers < state.needed,
        mailboxes: if state.mailboxes == 0 { "未登记".to_owned() } else { format!("{}个", state.mailboxes) },
        without_mailbox: state.active && state.mailboxes == 0,
        resting: if state.active { String::new() } else { between(unit) },
    }
}

/// The days on which a unit is scored, in words.
fn between(unit: &UnitVersionRow) -> String {
    match (&unit.from_date, &unit.to_date) {
        (None, None) => "一直参加".to_owned(),
        (Some(from), None) => format!("{from} 起"),
        (None, Some(to)) => format!("至 {to} 止"),
        (Some(from), Some(to)) => format!("{from} 至 {to}"),
    }
}

/// `GET /system`: every unit by ranking group, with what N1 and N3.1 ask of it.
pub(super) async fn list(desk: Desk, By(who): By<Administrator>) -> Answer {
    let states = desk.run(move |app| app.unit_states(&who)).await?;
    let names: BTreeMap<i64, String> =
        states.iter().map(|state| (state.unit.unit_id, state.unit.name.clone())).collect();
    let mut groups: Vec<Group> = Vec::new();
    for state in &states {
        let unit = line(state, &names);
        match groups.iter_mut().find(|group| group.name == state.unit.ranking_group) {
            Some(group) => group.lines.push(unit),
            None => groups.push(Group { name: state.unit.ranking_group.clone(), lines: vec![unit] }),
        }
    }
    let counts: Vec<String> = groups.iter().map(|group| format!("{} {}", group.name, group.lines.len())).collect();
    let summary = format!("共{}个 · {}", states.len(), counts.join(" · "));
    desk.show(&UnitsPage { frame: desk.frame(Room::System, "单位"), tabs: tabs("/system"), summary, groups })
}

fn wish(posted: &Posted) -> UnitWish {
    UnitWish {
        name: posted.trimmed("name"),
        class: posted.trimmed("class"),
        group: posted.trimmed("group"),
        direct_point: posted.trimmed("direct_point"),
        parent: posted.number("parent").map(UnitId),
        from: posted.trimmed("from"),
        to: posted.trimmed("to"),
        since: posted.trimmed("since"),
        point_field: posted.trimmed("point_field"),
        reason: posted.trimmed("reason"),
        cells: cells::typed(posted),
    }
}

/// Who takes over from a unit, and from whom it took over.
fn succession(folder: &UnitFolder) -> Vec<String> {
    let now = &folder.versions[0];
    let heir = now.heir_id.and_then(|heir| folder.names.get(&heir)).map(|heir| {
        let year = if now.heir_takes_year == Some(false) {
            "当年得分留在本单位"
        } else {
            "当年得分计入承接单位"
        };
        format!("本单位计分至{}，之后由{heir}承接，{year}。", now.to_date.as_deref().unwrap_or_default())
    });
    let before = (!folder.predecessors.is_empty()).then(|| format!("本单位承接{}。", folder.predecessors.join("、")));
    heir.into_iter().chain(before).collect()
}

fn form(desk: &Desk, choices: UnitChoices, unit: Option<(UnitId, UnitFolder)>, typed: &Typed) -> UnitPage {
    let itself = |name: String| (name.clone(), name);
    let own = unit.as_ref().map(|(id, _)| id.0);
    let parents = choices.units.into_iter().filter(|(id, _)| Some(*id) != own).map(|(id, name)| (id.to_string(), name));
    let points = choices.direct_points.into_iter().map(itself);
    let (heading, action) = match &unit {
        None => ("新增单位".to_owned(), "/system/units".to_owned()),
        Some((id, folder)) => (folder.versions[0].name.clone(), format!("/system/units/{id}")),
    };
    let folder = unit.map(|(_, folder)| folder);
    let mut found = typed.faults.clone();
    let cells = cells::views(&choices.fields, &cells::typed(&typed.posted), &mut found);
    let version = |folder: &UnitFolder, row: &UnitVersionRow| {
        let parent = row.parent_id.and_then(|id| folder.names.get(&id));
        let mut what = vec![row.name.clone(), row.class.clone(), format!("{}组", row.ranking_group), between(row)];
        what.retain(|text| !text.is_empty() && text != "组");
        let cells = held_cells(row.extra.as_deref()).unwrap_or_default();
        what.extend(cells.iter().map(|(name, text)| format!("{name} {text}")));
        what.extend(row.since.as_ref().map(|since| format!("自 {since} 起")));
        what.extend(row.direct_point.as_ref().map(|point| format!("{point}直报点")));
        what.extend(row.point_field.as_ref().map(|field| format!("直报领域{field}")));
        what.extend(row.heir_id.and_then(|heir| folder.names.get(&heir)).map(|heir| format!("由{heir}承接")));
        what.extend(parent.map(|name| format!("主管单位{name}")));
        VersionLine {
            at: moment(row.recorded_at),
            by: row.recorded_by.and_then(|id| folder.recorders.get(&id)).cloned().unwrap_or("通政".to_owned()),
            what: what.join(" · "),
            reason: row.reason.clone(),
        }
    };
    UnitPage {
        frame: desk.frame(Room::System, &heading),
        tabs: tabs("/system"),
        heading,
        action,
        is_new: folder.is_none(),
        name: typed.field("name"),
        classes: Choices::of(typed, "class", choices.classes.into_iter().map(itself)),
        groups: Choices::of(typed, "group", choices.groups.into_iter().map(itself)),
        direct_points: Choices::of(typed, "direct_point", points),
        parents: Choices::of(typed, "parent", parents),
        cells,
        from: typed.field("from"),
        to: typed.field("to"),
        point_field: typed.field("point_field"),
        since: typed.field("since"),
        succession: folder.as_ref().map(succession).unwrap_or_default(),
        reason: typed.field("reason"),
        versions: folder
            .as_ref()
            .map(|folder| folder.versions.iter().map(|row| version(folder, row)).collect())
            .unwrap_or_default(),
        people_href: format!("/system/people?unit={}", own.unwrap_or_default()),
        people: folder.as_ref().map(|folder| tenures(&folder.people)).unwrap_or_default(),
        past: folder.as_ref().map(|folder| tenures(&folder.past)).unwrap_or_default(),
        mailboxes: folder
            .map(|folder| folder.mailboxes.into_iter().map(|mailbox| mailbox.address).collect())
            .unwrap_or_default(),
    }
}

fn tenures(rows: &[PersonRow]) -> Vec<TenureLine> {
    rows.iter().map(|row| TenureLine::of(row, false)).collect()
}

/// `GET /system/units/new`
pub(super) async fn new_page(desk: Desk, By(who): By<Administrator>) -> Answer {
    let choices = desk.run(move |app| app.unit_choices(&who)).await?;
    desk.show(&form(&desk, choices, None, &Typed::default()))
}

/// `POST /system/units`
pub(super) async fn add(desk: Desk, By(who): By<Administrator>, posted: Posted) -> Answer {
    let (by, wish) = (who.clone(), wish(&posted));
    let name = wish.name.clone();
    match desk.run(move |app| Ok((app.add_unit(&by, &wish)?, app.unit_notices(&by, &wish)?))).await {
        Ok((unit, notices)) => {
            let said = format!("已新增单位“{name}”。请接着登记人员和邮箱。{}", notices.concat());
            desk.done(&format!("/system/units/{unit}"), &said)
        }
        Err(oops) => {
            let typed = Typed { faults: faults_of(oops)?, posted };
            let choices = desk.run(move |app| app.unit_choices(&who)).await?;
            desk.show_faulty(&form(&desk, choices, None, &typed))
        }
    }
}

async fn folder(desk: &Desk, who: &Administrator, unit: UnitId) -> Result<(UnitChoices, UnitFolder), Oops> {
    let who = who.clone();
    desk.run(move |app| Ok((app.unit_choices(&who)?, app.unit_folder(&who, unit)?))).await
}

/// `GET /system/units/{unit}`
pub(super) async fn page(desk: Desk, By(who): By<Administrator>, Path(unit): Path<String>) -> Answer {
    let unit = UnitId(number(&unit)?);
    let (choices, folder) = folder(&desk, &who, unit).await?;
    let now = &folder.versions[0];
    let fields = [
        ("name", now.name.clone()),
        ("class", now.class.clone()),
        ("group", now.ranking_group.clone()),
        ("direct_point", now.direct_point.clone().unwrap_or_default()),
        ("parent", now.parent_id.map(|id| id.to_string()).unwrap_or_default()),
        ("from", now.from_date.clone().unwrap_or_default()),
        ("to", now.to_date.clone().unwrap_or_default()),
        ("point_field", now.point_field.clone().unwrap_or_default()),
    ];
    let mut fields = fields.map(|(name, value)| (name.to_owned(), value)).to_vec();
    fields.extend(cells::fields(&held_cells(now.extra.as_deref()).unwrap_or_default()));
    let typed = Typed { posted: Posted::from_fields(fields), faults: Vec::new() };
    desk.show(&form(&desk, choices, Some((unit, folder)), &typed))
}

/// `POST /system/units/{unit}`: a new version of the unit, with its reason.
pub(super) async fn change(desk: Desk, By(who): By<Administrator>, Path(unit): Path<String>, posted: Posted) -> Answer {
    let unit = UnitId(number(&unit)?);
    let (by, wish) = (who.clone(), wish(&posted));
    let changed = desk
        .run(move |app| {
            app.change_unit(&by, unit, &wish)?;
            app.unit_notices(&by, &wish)
        })
        .await;
    match changed {
        Ok(notices) => {
            let said = format!("变更已记入台账。已关账的计分表不受影响。{}", notices.concat());
            desk.done(&format!("/system/units/{unit}"), &said)
        }
        Err(oops) => {
            let typed = Typed { faults: faults_of(oops)?, posted };
            let (choices, folder) = folder(&desk, &who, unit).await?;
            desk.show_faulty(&form(&desk, choices, Some((unit, folder)), &typed))
        }
    }
}
