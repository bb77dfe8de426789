//! Units merged and split (机构调整): which end, which come about, and who takes over.

use askama::Template;
use tz_app::Administrator;
use tz_app::system::{HeirChoice, NewUnit, ReorganiseWish, Reorganised, UnitChoices, UnitState};
use tz_model::UnitId;

use super::{Choice, Choices, Field, Tab, Typed, faults_of, tabs};
use crate::desk::{Desk, Frame, Room};
use crate::forms::Posted;
use crate::gate::By;
use crate::network::{PickGroup, PickUnit};
use crate::problem::{Answer, Oops};

/// So many units may come about at once.
const MOST_NEW: usize = 4;
/// Before the place of a new unit that takes over, in the list of heirs.
const NEW: &str = "new-";
/// The year stays with the old units.
const STAYS: &str = "stays";

#[derive(Template)]
#[template(path = "system/reorganise.html")]
struct ReorganisePage {
    frame: Frame,
    tabs: Vec<Tab>,
    groups: Vec<PickGroup>,
    old_fault: Option<String>,
    day: Field,
    new: Vec<NewLine>,
    /// Something stands in a line after the first.
    more: bool,
    heirs: Choices,
    stays: bool,
    reason: Field,
}

/// The fields of one unit that comes about.
struct NewLine {
    /// From 1.
    place: usize,
    name: Field,
    classes: Choices,
    groups: Choices,
}

/// What was typed in a field of a new unit, with what is wrong with it.
fn field_of(typed: &Typed, field: &str, place: usize) -> Field {
    let of = |fault: &&tz_app::FieldFault| fault.field == field && fault.of == Some(place as i64);
    Field {
        value: typed.posted.one(&format!("{field}-{place}")).to_owned(),
        fault: typed.faults.iter().find(of).map(|fault| fault.sentence.clone()),
    }
}

fn choices_of(typed: &Typed, field: &str, place: usize, all: &[String]) -> Choices {
    let Field { value, fault } = field_of(typed, field, place);
    let choice = |name: &String| Choice { value: name.clone(), name: name.clone(), chosen: *name == value };
    Choices { all: all.iter().map(choice).collect(), fault }
}

fn page(desk: &Desk, choices: UnitChoices, states: Vec<UnitState>, typed: &Typed) -> ReorganisePage {
    let mut groups: Vec<PickGroup> = Vec::new();
    for state in states.into_iter().filter(|state| state.unit.heir_id.is_none() && state.active) {
        let ticked = typed.posted.all("unit").any(|id| id == state.unit.unit_id.to_string());
        let unit = PickUnit { id: state.unit.unit_id, name: state.unit.name, ticked };
        match groups.iter_mut().find(|group| group.name == state.unit.ranking_group) {
            Some(group) => group.units.push(unit),
            None => {
                groups.push(PickGroup { name: state.unit.ranking_group, units: vec![unit], open: false, whole: false });
            }
        }
    }
    groups.iter_mut().for_each(|group| group.open = group.units.iter().any(|unit| unit.ticked));
    let standing = groups.iter().flat_map(|group| &group.units).map(|unit| (unit.id.to_string(), unit.name.clone()));
    let new = (1..=MOST_NEW).map(|place| (format!("{NEW}{place}"), format!("新单位{place}")));
    let heirs = Choices::of(typed, "heir", new.chain(standing).collect::<Vec<_>>());
    ReorganisePage {
        frame: desk.frame(Room::System, "机构调整"),
        tabs: tabs("/system"),
        old_fault: typed.fault("old"),
        day: typed.field("day"),
        new: (1..=MOST_NEW)
            .map(|place| NewLine {
                place,
                name: field_of(typed, "new-name", place),
                classes: choices_of(typed, "new-class", place, &choices.classes),
                groups: choices_of(typed, "new-group", place, &choices.groups),
            })
            .collect(),
        more: (2..=MOST_NEW).any(|place| {
            let typed_in = |field: &&str| !typed.posted.one(&format!("{field}-{place}")).is_empty();
            ["new-name", "new-class", "new-group"].iter().any(typed_in)
        }),
        heirs,
        stays: typed.posted.one("year") == STAYS,
        reason: typed.field("reason"),
        groups,
    }
}

async fn asked(desk: &Desk, who: Administrator) -> Result<(UnitChoices, Vec<UnitState>), Oops> {
    desk.run(move |app| Ok((app.unit_choices(&who)?, app.unit_states(&who)?))).await
}

/// `GET /system/units/reorganise`
pub(super) async fn new_page(desk: Desk, By(who): By<Administrator>) -> Answer {
    let (choices, states) = asked(&desk, who).await?;
    desk.show(&page(&desk, choices, states, &Typed::default()))
}

/// The wish, with the place among the lines of the form of each new unit.
fn wish(posted: &Posted) -> (ReorganiseWish, Vec<usize>) {
    let cell = |field: &str, place: usize| posted.trimmed(&format!("{field}-{place}"));
    let filled: Vec<usize> = (1..=MOST_NEW)
        .filter(|place| ["new-name", "new-class", "new-group"].iter().any(|field| !cell(field, *place).is_empty()))
        .collect();
    let new = filled.iter().map(|place| NewUnit {
        name: cell("new-name", *place),
        class: cell("new-class", *place),
        group: cell("new-group", *place),
    });
    let chosen = posted.trimmed("heir");
    let heir = match chosen.strip_prefix(NEW) {
        Some(place) => {
            let at = place.parse().ok().and_then(|place: usize| filled.iter().position(|filled| *filled == place));
            HeirChoice::New(at.unwrap_or(usize::MAX))
        }
        None => chosen.parse().map_or(HeirChoice::New(usize::MAX), |unit| HeirChoice::Standing(UnitId(unit))),
    };
    let wish = ReorganiseWish {
        old: crate::network::picked(posted),
        day: posted.trimmed("day"),
        new: new.collect(),
        heir,
        takes_year: posted.one("year") != STAYS,
        reason: posted.trimmed("reason"),
    };
    (wish, filled)
}

/// `POST /system/units/reorganise`: merged or split, with what was handed over.
pub(super) async fn reorganise(desk: Desk, By(who): By<Administrator>, posted: Posted) -> Answer {
    let (wish, filled) = wish(&posted);
    let by = who.clone();
    match desk.run(move |app| app.reorganise(&by, &wish)).await {
        Ok(Reorganised { heir, name, day, handed_over, within }) => {
            let mut said = format!("机构调整已记入台账：自{day}起由{name}承接。");
            said += if handed_over {
                "原单位的人员、账号、邮箱和未了事项已移交。"
            } else {
                "原单位的人员、账号、邮箱和未了事项到那一天自动移交。"
            };
            if !within.is_empty() {
                said += &format!("这一天在{within}之中，这一期原单位和新单位各计各的，任务都按整期计。");
            }
            desk.done(&format!("/system/units/{heir}"), &said)
        }
        Err(oops) => {
            let mut faults = faults_of(oops)?;
            // The use case counts the new units that were given; the form counts its lines.
            for fault in &mut faults {
                fault.of = fault.of.map(|at| {
                    let line = usize::try_from(at).ok().and_then(|at| filled.get(at.saturating_sub(1)));
                    line.map_or(at, |line| *line as i64)
                });
            }
            let (choices, states) = asked(&desk, who).await?;
            desk.show_faulty(&page(&desk, choices, states, &Typed { posted, faults }))
        }
    }
}
