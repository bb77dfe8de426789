//! Paired help (帮扶) and joint meetings (联席会议, N2.8): who might help whom by the ranks, who does, and whether it helps.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;
use tz_model::{Month, Points, UnitId, parse_date};
use tz_store::audit::Act;
use tz_store::interview::{HelpRow, MeetingRow};
use tz_store::{Tx, Write};

use super::bulletin::{group_names, ranked};
use super::ground::last_places;
use super::scheme_by_hash;
use super::statement::{Statement, statement_of};
use crate::problem::all_right;
use crate::publication::unit_names;
use crate::{App, Editor, FieldFault, Person, Problem};

/// Periods before and after by which the effect is shown.
const COMPARED: usize = 3;
/// Meetings listed.
const LISTED: i64 = 200;

/// Who might help whom.
#[derive(Clone, Debug)]
pub struct HelpProposal {
    /// The unit that is to be helped.
    pub helped: (UnitId, String),
    /// Where it stood in the last closed period: `20/21，3分`.
    pub stands: String,
    /// The unit that might help: the best of its group that helps nobody yet.
    pub helper: (UnitId, String),
    /// Where that stood.
    pub helper_stands: String,
}

/// Mean rank and points over some closed periods.
#[derive(Clone, Debug)]
pub struct Mean {
    /// How many periods.
    pub periods: usize,
    /// Mean rank, to a tenth.
    pub rank: Points,
    /// Mean points, to a tenth.
    pub points: Points,
}

/// A pair.
#[derive(Clone, Debug)]
pub struct Help {
    /// Its identity.
    pub id: i64,
    /// The unit that helps.
    pub helper: String,
    /// The unit that is helped.
    pub helped: String,
    /// From which month.
    pub from: Month,
    /// Up to which month, once it has ended.
    pub to: Option<Month>,
    /// What is done.
    pub measures: String,
    /// What was said when it ended.
    pub ending: String,
    /// The helped unit in up to three closed periods before.
    pub before: Option<Mean>,
    /// And in those since, while it lasts or lasted.
    pub since: Option<Mean>,
}

/// A joint meeting (联席会议).
#[derive(Clone, Debug)]
pub struct Meeting {
    /// The day.
    pub date: Option<Date>,
    /// Where.
    pub place: String,
    /// What about.
    pub topic: String,
    /// Who came.
    pub attendants: String,
    /// What was agreed.
    pub minutes: String,
}

/// The page of paired help.
#[derive(Clone, Debug, Default)]
pub struct HelpRoom {
    /// Proposals from the last close.
    pub proposals: Vec<HelpProposal>,
    /// Pairs, those that last first.
    pub pairs: Vec<Help>,
    /// Meetings, newest first.
    pub meetings: Vec<Meeting>,
    /// Units to choose from.
    pub units: Vec<(UnitId, String)>,
}

/// A meeting as typed.
#[derive(Clone, Debug, Default)]
pub struct NewMeeting {
    /// The day.
    pub date: String,
    /// Where.
    pub place: String,
    /// What about.
    pub topic: String,
    /// Who came.
    pub attendants: String,
    /// What was agreed.
    pub minutes: String,
}

fn mean(of: &[(u32, Points)]) -> Option<Mean> {
    let count = Points::from(i64::try_from(of.len()).ok().filter(|count| *count > 0)?);
    let ranks: Points = of.iter().map(|(rank, _)| Points::from(i64::from(*rank))).sum();
    let points: Points = of.iter().map(|(_, points)| *points).sum();
    Some(Mean {
        periods: of.len(),
        rank: ranks.divided_by(count)?.rounded(1),
        points: points.divided_by(count)?.rounded(1),
    })
}

/// Every closed period, oldest first.
fn statements(tx: &mut Tx) -> Result<Vec<Arc<Statement>>, Problem> {
    let heads = tx.list_statement_heads()?;
    heads.iter().map(|head| statement_of(tx, &head.month, &head.sha256)).collect()
}

/// Rank and points of a unit in a statement.
fn stood(statement: &Statement, unit: UnitId) -> Option<(u32, Points)> {
    let (_, own) = statement.units.iter().find(|(id, _)| *id == unit)?;
    Some((own.score.rank, own.score.total))
}

fn view(row: HelpRow, names: (&str, &str), all: &[Arc<Statement>]) -> Option<Help> {
    let from: Month = row.from_month.parse().ok()?;
    let to: Option<Month> = row.to_month.as_deref().and_then(|to| to.parse().ok());
    let unit = UnitId(row.helped_id);
    let before: Vec<_> = all.iter().rev().filter(|one| one.month < from).take(COMPARED).collect();
    let since: Vec<_> = all.iter().filter(|one| one.month >= from && to.is_none_or(|to| one.month <= to)).collect();
    let of = |some: &[&Arc<Statement>]| mean(&some.iter().filter_map(|one| stood(one, unit)).collect::<Vec<_>>());
    Some(Help {
        id: row.id,
        helper: names.0.to_owned(),
        helped: names.1.to_owned(),
        from,
        to,
        measures: row.measures,
        ending: row.ending,
        before: of(&before),
        since: of(&since),
    })
}

/// From the last close: for each unit in the last places that nobody helps, the best of its group that helps nobody.
fn proposals(tx: &mut Tx, statement: &Statement, rows: &[HelpRow]) -> Result<Vec<HelpProposal>, Problem> {
    let scheme = scheme_by_hash(tx, &statement.scheme_hash)?;
    let lasts = last_places(&scheme, &statement.units);
    let now: Vec<&HelpRow> = rows.iter().filter(|row| row.to_month.is_none()).collect();
    let mut busy: BTreeSet<i64> = now.iter().flat_map(|row| [row.helper_id, row.helped_id]).collect();
    let mut all = Vec::new();
    for group in group_names(&statement.units, &scheme) {
        let of = ranked(&statement.units, &group);
        let size = of.len();
        let stands =
            |one: &(UnitId, tz_model::UnitPeriod)| format!("{}/{size}，{}分", one.1.score.rank, one.1.score.total);
        for weak in of.iter().rev().filter(|(id, _)| lasts.contains(id)) {
            if busy.contains(&weak.0.0) {
                continue;
            }
            let strong = of.iter().find(|(id, unit)| {
                !lasts.contains(id) && !busy.contains(&id.0) && unit.score.total > weak.1.score.total
            });
            let Some(strong) = strong else { break };
            busy.insert(strong.0.0);
            all.push(HelpProposal {
                helped: (weak.0, weak.1.unit.to_string()),
                stands: stands(weak),
                helper: (strong.0, strong.1.unit.to_string()),
                helper_stands: stands(strong),
            });
        }
    }
    Ok(all)
}

fn record(tx: &mut Write, who: &Person, at: i64, act: &str, object: &str, detail: &str) -> Result<(), Problem> {
    let account = Some(who.account.0);
    Ok(tx.record_act(&Act { at, account, who: &who.name, act, object, done: true, detail })?)
}

impl App {
    /// Paired help and joint meetings, with what the ranks propose.
    pub fn help_room(&self, _who: &Editor) -> Result<HelpRoom, Problem> {
        let mut tx = self.read()?;
        let all = statements(&mut tx)?;
        let rows = tx.list_helps()?;
        let proposals = match all.last() {
            Some(last) => proposals(&mut tx, last, &rows)?,
            None => Vec::new(),
        };
        let names = unit_names(&mut tx)?;
        let name = |id: i64| names.get(id).unwrap_or_default().to_owned();
        let mut pairs: Vec<Help> = rows
            .into_iter()
            .filter_map(|row| {
                let (helper, helped) = (name(row.helper_id), name(row.helped_id));
                view(row, (&helper, &helped), &all)
            })
            .collect();
        pairs.sort_by_key(|pair| pair.to.is_some());
        let meetings = tx.list_meetings(LISTED)?.into_iter().map(|row| Meeting {
            date: parse_date(&row.date).ok(),
            place: row.place,
            topic: row.topic,
            attendants: row.attendants,
            minutes: row.minutes,
        });
        let meetings = meetings.collect();
        let units = tx.list_units(None)?.into_iter().map(|unit| (UnitId(unit.unit_id), unit.name)).collect();
        Ok(HelpRoom { proposals, pairs, meetings, units })
    }

    /// Agrees that a unit helps another from this month on (结对帮扶).
    pub fn agree_help(&self, who: &Editor, helper: UnitId, helped: UnitId, measures: &str) -> Result<i64, Problem> {
        let measures = measures.trim();
        let mut faults = Vec::new();
        let mut tx = self.write()?;
        let names = unit_names(&mut tx)?;
        let name = |unit: UnitId| names.get(unit.0).map(str::to_owned);
        for (field, unit, what) in [("helper", helper, "帮扶单位"), ("helped", helped, "被帮扶单位")] {
            if name(unit).is_none() {
                faults.push(FieldFault::new(field, format!("请选择{what}。")));
            }
        }
        if faults.is_empty() && helper == helped {
            faults.push(FieldFault::new("helped", "单位不能帮扶自己，请另选。"));
        }
        if measures.is_empty() || measures.chars().count() > 500 {
            faults.push(FieldFault::new("measures", "请写明怎样帮扶，500字以内。"));
        }
        all_right(faults)?;
        let now = self.micros();
        let row = HelpRow {
            id: 0,
            office_id: 0,
            helper_id: helper.0,
            helped_id: helped.0,
            from_month: self.this_month().to_string(),
            to_month: None,
            measures: measures.to_owned(),
            ending: String::new(),
            agreed_at: now,
            agreed_by: Some(who.account.0),
        };
        let id = tx.insert_help(row).map_err(|failure| {
            if failure.is_taken() {
                Problem::field("helped", "这个单位已有帮扶单位，先结束原来的帮扶。")
            } else {
                failure.into()
            }
        })?;
        let detail = format!("{}帮扶{}", name(helper).unwrap_or_default(), name(helped).unwrap_or_default());
        record(&mut tx, who, now, "结对帮扶", &format!("帮扶{id}"), &detail)?;
        tx.commit()?;
        Ok(id)
    }

    /// Ends a pair with this month (结束帮扶), saying what came of it.
    pub fn end_help(&self, who: &Editor, id: i64, ending: &str) -> Result<(), Problem> {
        let ending = ending.trim();
        if ending.is_empty() || ending.chars().count() > 500 {
            return Err(Problem::field("ending", "请写明帮扶的成效和结束的原因，500字以内。"));
        }
        let month = self.this_month().to_string();
        let mut tx = self.write()?;
        if !tx.end_help(id, &month, ending)? {
            return Err(Problem::Refused("这项帮扶已经结束，请刷新页面。".to_owned()));
        }
        record(&mut tx, who, self.micros(), "结束帮扶", &format!("帮扶{id}"), ending)?;
        tx.commit()?;
        Ok(())
    }

    /// Records a joint meeting (联席会议).
    pub fn record_meeting(&self, who: &Editor, new: &NewMeeting) -> Result<(), Problem> {
        let mut faults = Vec::new();
        if !parse_date(new.date.trim()).is_ok_and(|day| day <= self.today()) {
            faults.push(FieldFault::new("date", "请填写会议日期，不能晚于今天。"));
        }
        let fields = [
            ("topic", &new.topic, "会议议题", 200),
            ("attendants", &new.attendants, "参加单位和人员", 500),
            ("minutes", &new.minutes, "会议内容", 5000),
        ];
        for (field, text, what, most) in fields {
            if text.trim().is_empty() || text.chars().count() > most {
                faults.push(FieldFault::new(field, format!("请填写{what}，{most}字以内。")));
            }
        }
        if new.place.chars().count() > 50 {
            faults.push(FieldFault::new("place", "地点不超过50字。"));
        }
        all_right(faults)?;
        let now = self.micros();
        let trimmed = |text: &str| text.trim().to_owned();
        let mut tx = self.write()?;
        let id = tx.insert_meeting(MeetingRow {
            id: 0,
            office_id: 0,
            date: trimmed(&new.date),
            place: trimmed(&new.place),
            topic: trimmed(&new.topic),
            attendants: trimmed(&new.attendants),
            minutes: trimmed(&new.minutes),
            recorded_at: now,
            recorded_by: Some(who.account.0),
        })?;
        record(&mut tx, who, now, "登记联席会议", &format!("联席会议{id}"), new.topic.trim())?;
        tx.commit()?;
        Ok(())
    }
}
