//! A scheme tried on the office's past (试算): who gains, who loses, which places and consequences change, what never acts.

use askama::Template;
use axum::extract::Path;
use tz_app::Editor;
use tz_app::assessment::clause_place;
use tz_app::assessment::scheme::{AttemptWish, Side, Standing, Trial, Tried, UnitTrial};
use tz_model::{Month, Outcome, Period, Points};

use super::{Choice, against, choices, href, place_of};
use crate::desk::{Desk, Frame, Room};
use crate::forms::Asked;
use crate::gate::By;
use crate::problem::Answer;

struct GroupTrial {
    name: String,
    rows: Vec<UnitRow>,
}

struct UnitRow {
    unit: String,
    old: String,
    new: String,
    gain: String,
    loses: bool,
    old_rank: String,
    new_rank: String,
    moved: String,
    moves: bool,
}

struct OutcomeRow {
    period: String,
    unit: String,
    kind: String,
    place: String,
}

struct SideView {
    title: String,
    silent: Vec<String>,
    limits: Vec<String>,
    acted: Vec<String>,
}

struct TrialView {
    summary: Vec<String>,
    groups: Vec<GroupTrial>,
    lost: Vec<OutcomeRow>,
    new: Vec<OutcomeRow>,
    sides: Vec<SideView>,
}

#[derive(Template)]
#[template(path = "assessment/scheme_try.html")]
struct TryPage {
    frame: Frame,
    action: String,
    old: String,
    old_href: String,
    new: String,
    new_href: String,
    stretch: String,
    years: Vec<(i16, bool)>,
    months: Vec<(String, String, bool)>,
    choices: Vec<Choice>,
    changed: bool,
    faults: Vec<(String, String)>,
    trial: Option<TrialView>,
}

fn signed(points: Points) -> String {
    points.signed().replace('-', "−")
}

fn row(unit: &UnitTrial) -> UnitRow {
    let total = |standing: Option<Standing>| {
        standing.map_or_else(|| "—".to_owned(), |standing| standing.total.to_string().replace('-', "−"))
    };
    let rank = |standing: Option<Standing>| standing.map_or_else(|| "—".to_owned(), |at| at.rank.to_string());
    let moved = match (unit.old, unit.new) {
        (Some(old), Some(new)) if new.rank < old.rank => format!("↑{}", old.rank - new.rank),
        (Some(old), Some(new)) if new.rank > old.rank => format!("↓{}", new.rank - old.rank),
        _ => String::new(),
    };
    UnitRow {
        unit: unit.unit.to_string(),
        old: total(unit.old),
        new: total(unit.new),
        gain: if unit.gain().is_zero() { String::new() } else { signed(unit.gain()) },
        loses: unit.gain().is_negative(),
        old_rank: rank(unit.old),
        new_rank: rank(unit.new),
        moves: !moved.is_empty(),
        moved,
    }
}

fn outcome(outcome: &Outcome) -> OutcomeRow {
    OutcomeRow {
        period: Period::label_in_chinese(&outcome.period),
        unit: outcome.unit.to_string(),
        kind: outcome.kind.name().to_owned(),
        place: clause_place(&outcome.clause),
    }
}

fn side(title: String, side: &Side) -> SideView {
    let silent = side.silent.iter().map(|silent| {
        let items = silent.items.iter().map(|item| &**item).collect::<Vec<_>>().join("、");
        let which = match (silent.whole, items.is_empty()) {
            (true, true) => "整条没有用上".to_owned(),
            (true, false) => format!("整条没有用上：{items}"),
            (false, _) => format!("没有用上：{items}"),
        };
        format!("{}（{}）{which}", clause_place(&silent.clause), silent.rule)
    });
    let limits = side.limits.iter().map(|limit| {
        format!(
            "{}（{}）{}：{}个单位{}次，共 {} 分",
            clause_place(&limit.clause),
            limit.rule,
            limit.item,
            limit.units,
            limit.times,
            signed(limit.points)
        )
    });
    let acted = side.acted.iter().map(|one| {
        let (place, points) = (clause_place(&one.clause), signed(one.points));
        format!("{place}（{}）：{}个单位{}行，共 {points} 分", one.rule, one.units, one.times)
    });
    SideView { title, silent: silent.collect(), limits: limits.collect(), acted: acted.collect() }
}

fn trial_view(trial: &Trial, old: &str, new: &str) -> TrialView {
    let changed = |sign: fn(&Points) -> bool| trial.units.iter().filter(|unit| sign(&unit.gain())).count();
    let (gain, lose) = (changed(|gain| *gain > Points::ZERO), changed(|gain| gain.is_negative()));
    let rank = |standing: Option<Standing>| standing.map(|standing| standing.rank);
    let moved = trial.units.iter().filter(|unit| rank(unit.old) != rank(unit.new)).count();
    let mut groups: Vec<GroupTrial> = Vec::new();
    let mut units: Vec<&UnitTrial> = trial.units.iter().collect();
    units.sort_by_key(|unit| rank(unit.new).unwrap_or(u32::MAX));
    // Groups in the order of the directory, whoever is first in them.
    for unit in &trial.units {
        if !groups.iter().any(|group| *group.name == *unit.group) {
            let rows = units.iter().filter(|other| other.group == unit.group).map(|unit| row(unit)).collect();
            groups.push(GroupTrial { name: unit.group.to_string(), rows });
        }
    }
    let [before, after] = &trial.sides;
    TrialView {
        summary: vec![
            format!("{}个单位", trial.units.len()),
            format!("加分{gain}个"),
            format!("减分{lose}个"),
            format!("不变{}个", trial.units.len() - gain - lose),
            format!("名次有变{moved}个"),
        ],
        groups,
        lost: trial.outcomes_lost.iter().map(outcome).collect(),
        new: trial.outcomes_new.iter().map(outcome).collect(),
        sides: vec![side(format!("原办法“{old}”"), before), side(format!("新办法“{new}”"), after)],
    }
}

/// `GET /assessment/scheme/{which}/try`: the scheme beside another on a year, or on its beginning through a month.
pub(super) async fn page(desk: Desk, By(who): By<Editor>, Path(which): Path<String>, asked: Asked) -> Answer {
    let (new, old) = (place_of(&which), against(&asked));
    let (year, month) = (asked.number("year"), asked.number("through"));
    let (tried, list, wish) = desk
        .run(move |app| {
            // The year before is whole; in an office's first year there is only this one.
            let years = app.years_on_record(&who)?;
            let year = year.and_then(|year| i16::try_from(year).ok()).or(years.first().copied()).unwrap_or_default();
            let through = month.and_then(|month| Month::new(year, i8::try_from(month).ok()?));
            let wish = AttemptWish { new, old, year, through };
            Ok((app.try_scheme(&who, &wish)?, app.schemes(&who)?, wish))
        })
        .await?;
    let Tried { old, new, years, changed, result } = tried;
    let (trial, faults) = match result {
        Ok(trial) => (Some(trial_view(&trial, &old.name, &new.name)), Vec::new()),
        Err(faults) => (None, faults),
    };
    let stretch = match wish.through {
        None => format!("{}年", wish.year),
        Some(through) => format!("{}年1月至{}月", wish.year, through.number()),
    };
    let mut months = vec![(String::new(), "全年".to_owned(), wish.through.is_none())];
    months.extend(Month::year_of(wish.year).map(|month| {
        let number = month.number();
        (number.to_string(), format!("1月至{number}月"), wish.through == Some(month))
    }));
    desk.show(&TryPage {
        frame: desk.frame(Room::Assessment, "试算"),
        action: format!("{}/try", href(&new.place)),
        old: old.name.clone(),
        old_href: href(&old.place),
        new: new.name.clone(),
        new_href: href(&new.place),
        stretch,
        years: years.into_iter().map(|year| (year, year == wish.year)).collect(),
        months,
        choices: choices(&list, &new.place, &old.place),
        changed,
        faults: faults.into_iter().map(|fault| (fault.place, fault.sentence)).collect(),
        trial,
    })
}
