//! A unit's last periods, and its place among its group: what charts are drawn from.

use tz_model::{Month, Points, UnitId};

use super::pages::{may_see_account, sees_ranking};
use super::period::{ClosePeriod, period_of};
use super::scored;
use super::statement::statement_of;
use crate::{App, Person, Problem};

/// Periods shown, the one that is looked at the last.
const SHOWN: usize = 12;

/// One period of a unit.
#[derive(Clone, Debug)]
pub struct TrendPeriod {
    /// The period.
    pub period: ClosePeriod,
    /// Its total.
    pub total: Points,
    /// Its rank, and the size of its group then.
    pub rank: (u32, usize),
    /// The mean of its group then, to a tenth of a point.
    pub mean: Points,
}

/// A unit of the same group.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Its name.
    pub name: String,
    /// Its total.
    pub total: Points,
    /// It is the unit that is looked at.
    pub own: bool,
}

/// What charts of a unit are drawn from.
#[derive(Clone, Debug)]
pub struct Trend {
    /// Up to twelve periods in which it was scored, oldest first.
    pub periods: Vec<TrendPeriod>,
    /// Its group in this period by rank; empty where the ranking is not shown to this person.
    pub peers: Vec<Peer>,
}

/// The unit's place in one scored period; `None` where it was not scored.
fn place(units: &[(UnitId, tz_model::UnitPeriod)], unit: UnitId, period: ClosePeriod) -> Option<TrendPeriod> {
    let (_, own) = units.iter().find(|(id, _)| *id == unit)?;
    let group = units.iter().filter(|(_, other)| other.group == own.group);
    let totals: Vec<Points> = group.map(|(_, other)| other.score.total).collect();
    let sum: Points = totals.iter().copied().sum();
    let mean = sum.divided_by(Points::from(i64::try_from(totals.len()).ok()?))?;
    Some(TrendPeriod { period, total: own.score.total, rank: (own.score.rank, totals.len()), mean: mean.rounded(1) })
}

impl App {
    /// A unit's last twelve periods up to the one a month counts towards, and its group in it. Who may not see the account may
    /// not see this.
    pub fn trend_of(&self, who: &Person, unit: UnitId, month: Month) -> Result<Trend, Problem> {
        let mut tx = self.read()?;
        may_see_account(&mut tx, who, unit)?;
        let ranking = sees_ranking(&mut tx, who)?;
        let now = scored(&mut tx, &self.live, month, self.today())?;
        let own = now.units.iter().find(|(id, _)| *id == unit).ok_or(Problem::NotThere)?;
        let mut periods = Vec::new();
        let label = now.period.last.to_string();
        let heads = tx.list_statement_heads()?;
        for head in heads.iter().filter(|head| head.month < label).rev().take(SHOWN - 1) {
            let statement = statement_of(&mut tx, &head.month, &head.sha256)?;
            periods.extend(place(&statement.units, unit, period_of(&mut tx, head)?));
        }
        periods.reverse();
        periods.extend(place(&now.units, unit, now.period.clone()));
        let mut peers = Vec::new();
        if ranking {
            let group = &own.1.group;
            let mut of: Vec<_> = now.units.iter().filter(|(_, other)| other.group == *group).collect();
            of.sort_by_key(|(_, other)| other.score.rank);
            peers.extend(of.into_iter().map(|(id, other)| Peer {
                name: other.unit.to_string(),
                total: other.score.total,
                own: *id == unit,
            }));
        }
        Ok(Trend { periods, peers })
    }
}
