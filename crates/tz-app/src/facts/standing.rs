//! Where units stood and when (机构变动, N1): versions of the ledger read as stages of time (docs/decisions/0017).

use std::collections::BTreeMap;

use jiff::civil::Date;
use tz_model::{FactSeq, Heir, Name, Stage, Unit};
use tz_store::Tx;
use tz_store::directory::UnitVersionRow;

use super::{day, extra};
use crate::Problem;

/// Where units stood before, by unit: versions that still hold for a time, oldest first. Most units have none.
pub(crate) type Stages = BTreeMap<i64, Vec<UnitVersionRow>>;

/// Where these units, as they were recorded at one place of the ledger, stood before.
pub(crate) fn stages_of(tx: &mut Tx, units: &[UnitVersionRow]) -> Result<Stages, Problem> {
    let dated: BTreeMap<i64, i64> =
        units.iter().filter(|unit| unit.since.is_some()).map(|unit| (unit.unit_id, unit.seq)).collect();
    let Some(last) = dated.values().max() else { return Ok(Stages::new()) };
    let ids: Vec<i64> = dated.keys().copied().collect();
    let mut all = Stages::new();
    for row in tx.list_versions_of_units(&ids, FactSeq(*last))? {
        if dated.get(&row.unit_id).is_some_and(|newest| row.seq <= *newest) {
            record(all.entry(row.unit_id).or_default(), row);
        }
    }
    // The last one is where the unit stands now.
    all.values_mut().for_each(|stages| {
        stages.pop();
    });
    Ok(all)
}

/// Takes in a version recorded after the others: it holds from its day on, whatever was recorded for later days.
pub(crate) fn record(stages: &mut Vec<UnitVersionRow>, row: UnitVersionRow) {
    match &row.since {
        None => stages.clear(),
        Some(since) => stages.retain(|before| before.since.as_ref().is_none_or(|day| day < since)),
    }
    stages.push(row);
}

/// A unit as the rules read it. `name_of`: the names of units by identity.
pub(super) fn unit_of(now: &UnitVersionRow, earlier: &[UnitVersionRow], name_of: &BTreeMap<i64, &str>) -> Unit {
    let named = |id: Option<i64>| id.and_then(|id| name_of.get(&id)).map(|name| Name::from(*name));
    let next = |at: usize| earlier.get(at + 1).unwrap_or(now).since.as_deref().and_then(day);
    let stages = earlier.iter().enumerate().filter_map(|(at, row)| {
        Some(Stage {
            until: next(at).and_then(|day: Date| day.yesterday().ok())?,
            class: row.class.as_str().into(),
            group: row.ranking_group.as_str().into(),
            direct_point: row.direct_point.as_deref().map(Name::from),
            parent: named(row.parent_id),
            extra: extra(row.extra.as_ref()),
        })
    });
    Unit {
        name: now.name.as_str().into(),
        class: now.class.as_str().into(),
        group: now.ranking_group.as_str().into(),
        direct_point: now.direct_point.as_deref().map(Name::from),
        parent: named(now.parent_id),
        from: now.from_date.as_deref().and_then(day),
        to: now.to_date.as_deref().and_then(day),
        extra: extra(now.extra.as_ref()),
        earlier: stages.collect(),
        heir: named(now.heir_id).map(|unit| Heir { unit, takes_year: now.heir_takes_year.unwrap_or(true) }),
    }
}
