//! The year (年度): what its periods came to, what its end adds or takes (N2.6, F1.n5, F1.n6, F1.dp), ranks, and the circular of it.
//!
//! A year whose last period is closed stands in that period's statement. One under way is shown as it would end today: nothing of it
//! is kept.

use std::collections::BTreeSet;
use std::sync::Arc;

use tz_docs::{AnnualCircular, AnnualGroup, AnnualRow, NamedUnit, PaperKind, Signature, annual_circular};
use tz_model::{FactSeq, Line, Month, OutcomeKind, Points, UnitId, UnitPeriod};
use tz_scheme::Scheme;
use tz_store::Tx;
use tz_store::statement::StatementHead;

use super::bulletin::{adoptions, group_names, ranked, reason};
use super::close::{receivers, year};
use super::followed::Followed;
use super::ground::{gather, heads_before};
use super::pages::sees_ranking;
use super::period::{ClosePeriod, open_period};
use super::statement::{Statement, StatementYear, statement_of};
use super::{PaperFile, scheme_by_hash};
use crate::{App, Editor, PaperFormat, Person, Problem, scheme_on, templates};

/// A year as people see it (年度得分).
#[derive(Clone, Debug)]
pub struct YearStanding {
    /// The year.
    pub year: i16,
    /// Its last period is closed: nothing of it changes any more.
    pub closed: bool,
    /// Its periods so far, in order, the open one last.
    pub periods: Vec<ClosePeriod>,
    /// The scheme of its newest period.
    pub scheme: String,
    /// Ranking groups in the scheme's order.
    pub groups: Vec<YearGroup>,
    /// False where the ranking is not shown to this person: `groups` holds their own unit only.
    pub whole: bool,
    /// What is proposed or follows at its end: kind, unit, why.
    pub outcomes: Vec<(String, String, String)>,
}

/// One ranking group's year.
#[derive(Clone, Debug)]
pub struct YearGroup {
    /// Its name.
    pub name: String,
    /// How many units it has.
    pub size: usize,
    /// Its units by rank.
    pub rows: Vec<YearRow>,
}

/// One unit's year.
#[derive(Clone, Debug)]
pub struct YearRow {
    /// The unit.
    pub unit: UnitId,
    /// Its name.
    pub name: String,
    /// 位次
    pub rank: u32,
    /// What each period came to; `None` where it was not scored.
    pub periods: Vec<Option<Points>>,
    /// Their sum.
    pub monthly: Points,
    /// The year's own lines, each with its reason: 完成年度培训, 直报点采用.
    pub lines: Vec<Line>,
    /// 总分
    pub total: Points,
}

impl YearRow {
    /// What the year's end adds or takes.
    pub fn added(&self) -> Points {
        self.lines.iter().map(|line| line.points).sum()
    }
}

/// A period of the year that counts: what it is, and every unit in it.
struct Part {
    period: ClosePeriod,
    units: Vec<(UnitId, UnitPeriod)>,
}

/// Everything known of a year.
struct Known {
    closed: bool,
    /// Where the ledger ended when the year was closed.
    as_of: Option<FactSeq>,
    parts: Vec<Part>,
    scheme: Arc<Scheme>,
    year: StatementYear,
}

/// The heads of the year's statements, oldest first.
fn heads_of(heads: &[StatementHead], first: Month, next: Month) -> &[StatementHead] {
    let from = heads.partition_point(|head| head.month < first.to_string());
    let to = heads.partition_point(|head| head.month < next.to_string());
    &heads[from..to]
}

/// A year; nothing where no period of it has begun.
fn known(tx: &mut Tx, app: &App, of: i16) -> Result<Option<Known>, Problem> {
    let today = app.today();
    let open = open_period(tx, today)?;
    let scheme = scheme_on(tx, open.first.first())?;
    let calendar = scheme.calendar();
    let all = tx.list_statement_heads()?;
    let first = Month::of_date(calendar.year(of).from);
    let Some(next) = of.checked_add(1).map(|next| Month::of_date(calendar.year(next).from)) else { return Ok(None) };
    let mut parts = Vec::new();
    let mut last: Option<Arc<Statement>> = None;
    for head in heads_of(&all, first, next) {
        let statement = statement_of(tx, &head.month, &head.sha256)?;
        let period = super::period::period_of(tx, head)?;
        parts.push(Part { period, units: statement.units.clone() });
        last = Some(statement);
    }
    if let Some(statement) = &last
        && let Some(year) = &statement.year
    {
        let scheme = scheme_by_hash(tx, &statement.scheme_hash)?;
        return Ok(Some(Known { closed: true, as_of: Some(statement.fact_seq), parts, scheme, year: year.clone() }));
    }
    if open.last < first || open.last >= next {
        return Ok(None);
    }
    let end = tx.ledger_end()?;
    let mut ledger = Followed::newest(tx)?;
    let ground = gather(tx, open.clone(), Arc::clone(&scheme), &mut ledger, Some(today))?;
    let result = ground.score();
    let so_far = year(tx, &ground, heads_before(&all, open.last), end, &result.units)?;
    let units = ground.with_ids(result.units);
    parts.push(Part { period: open, units });
    Ok(Some(Known { closed: false, as_of: None, parts, scheme, year: so_far }))
}

fn row(known: &Known, (unit, year): &(UnitId, UnitPeriod)) -> YearRow {
    let score = |part: &Part| part.units.iter().find(|(id, _)| id == unit).map(|(_, period)| period.score.total);
    let periods: Vec<Option<Points>> = known.parts.iter().map(score).collect();
    YearRow {
        unit: *unit,
        name: year.unit.to_string(),
        rank: year.score.rank,
        monthly: periods.iter().flatten().copied().sum(),
        periods,
        lines: year.score.lines.clone(),
        total: year.score.total,
    }
}

/// Figures of a unit over the year for the circular: items, quota, adoptions, comments.
#[derive(Default)]
struct Figures {
    submitted: u32,
    quota: u32,
    adopted: u32,
    comments: u32,
}

fn figures(known: &Known, unit: UnitId) -> Figures {
    let mut sum = Figures::default();
    for part in &known.parts {
        let Some((_, period)) = part.units.iter().find(|(id, _)| *id == unit) else { continue };
        if let Some(quota) = &period.score.quota {
            sum.submitted += quota.received;
            sum.quota += quota.required;
        }
        sum.adopted += u32::try_from(adoptions(period).len()).unwrap_or(u32::MAX);
        let comments: usize = super::bulletin::by_level(&[(unit, period.clone())]).iter().map(|(_, count)| count).sum();
        sum.comments += u32::try_from(comments).unwrap_or(u32::MAX);
    }
    sum
}

impl App {
    /// A year by ranking groups (N2.6): as closed, or as it would end today. A reporter who may not see the ranking gets the unit's
    /// own.
    ///
    /// # Errors
    /// [`Problem::NotThere`] for a year of which no period has begun.
    pub fn year_standing(&self, who: &Person, of: i16) -> Result<YearStanding, Problem> {
        let mut tx = self.read()?;
        let whole = sees_ranking(&mut tx, who)?;
        let known = known(&mut tx, self, of)?.ok_or(Problem::NotThere)?;
        let own = if whole { None } else { who.unit };
        let units = &known.year.units;
        let groups = group_names(units, &known.scheme).into_iter().map(|name| {
            let of = ranked(units, &name);
            let shown = of.iter().filter(|(id, _)| own.is_none_or(|own| *id == own));
            YearGroup { size: of.len(), rows: shown.map(|unit| row(&known, unit)).collect(), name }
        });
        let groups: Vec<YearGroup> = groups.filter(|group| !group.rows.is_empty()).collect();
        let named =
            |name: &str| own.is_none() || groups.iter().any(|group| group.rows.iter().any(|row| row.name == name));
        let outcomes = known.year.outcomes.iter().filter(|outcome| named(&outcome.unit));
        Ok(YearStanding {
            year: of,
            closed: known.closed,
            periods: known.parts.iter().map(|part| part.period.clone()).collect(),
            scheme: known.scheme.name().to_owned(),
            outcomes: outcomes
                .map(|outcome| (outcome.kind.name().to_owned(), outcome.unit.to_string(), outcome.why.clone()))
                .collect(),
            groups,
            whole,
        })
    }

    /// The years of which something is known, newest first.
    pub fn years(&self) -> Result<Vec<i16>, Problem> {
        let mut tx = self.read()?;
        let open = open_period(&mut tx, self.today())?;
        let scheme = scheme_on(&mut tx, open.first.first())?;
        let of = |month: Month| scheme.calendar().year_of(month.first());
        let mut years: Vec<i16> = vec![of(open.last)];
        for head in tx.list_statement_heads()?.iter() {
            years.extend(head.month.parse::<Month>().ok().map(of));
        }
        years.sort_unstable_by(|one, other| other.cmp(one));
        years.dedup();
        Ok(years)
    }

    /// The circular of a closed year (年度考核通报). Units that were direct points when it was closed and no longer are stand in it: proposals
    /// are a person's to decide (R12), and are carried out in the directory.
    ///
    /// # Errors
    /// Refused for a year that is not closed.
    pub fn annual_circular(&self, _who: &Editor, of: i16, format: PaperFormat) -> Result<PaperFile, Problem> {
        let mut tx = self.read()?;
        let known = known(&mut tx, self, of)?.ok_or(Problem::NotThere)?;
        if !known.closed {
            let sentence = format!("{of}年的最后一期还没有关账，年度通报要在关账之后生成。");
            return Err(Problem::Refused(sentence));
        }
        let wording = templates::in_force(&mut tx, PaperKind::AnnualCircular)?;
        let [addressees, report_to, issue_to] = receivers(&mut tx)?;
        let mut points = |as_of: Option<FactSeq>| -> Result<BTreeSet<i64>, Problem> {
            let units = tx.list_units(as_of)?.into_iter();
            Ok(units.filter(|unit| unit.direct_point.is_some()).map(|unit| unit.unit_id).collect())
        };
        let (then, now) = (points(known.as_of)?, points(None)?);
        let lost = |unit: &UnitId| then.contains(&unit.0) && !now.contains(&unit.0);
        let why = |name: &str, kind: &OutcomeKind| {
            let found = known.year.outcomes.iter().find(|outcome| &*outcome.unit == name && outcome.kind == *kind);
            found.map_or_else(String::new, |outcome| reason(&outcome.why))
        };
        let of_kind = |wanted: &dyn Fn(&OutcomeKind) -> bool| -> Vec<NamedUnit> {
            let all = known.year.outcomes.iter().filter(|outcome| wanted(&outcome.kind));
            all.map(|outcome| NamedUnit { unit: outcome.unit.to_string(), reason: reason(&outcome.why) }).collect()
        };
        let annual = |unit: &(UnitId, UnitPeriod)| {
            let (row, sums) = (row(&known, unit), figures(&known, unit.0));
            AnnualRow {
                rank: row.rank,
                unit: row.name.clone(),
                submitted: sums.submitted,
                quota: sums.quota,
                adopted: sums.adopted,
                comments: sums.comments,
                monthly: row.monthly.to_string(),
                annual: row.added().to_string(),
                total: row.total.to_string(),
            }
        };
        let units = &known.year.units;
        let groups = group_names(units, &known.scheme)
            .into_iter()
            .map(|name| AnnualGroup { rows: ranked(units, &name).into_iter().map(annual).collect(), name })
            .collect();
        let values = AnnualCircular {
            office: tx.office_row()?.name,
            number: None,
            year: of,
            addressees,
            scheme: known.scheme.name().to_owned(),
            paragraphs: Vec::new(),
            praised: of_kind(&|kind| matches!(kind, OutcomeKind::Other(_))),
            criticised: of_kind(&|kind| *kind == OutcomeKind::Criticism),
            lost_points: units
                .iter()
                .filter(|(id, _)| lost(id))
                .map(|(_, unit)| NamedUnit {
                    unit: unit.unit.to_string(),
                    reason: why(&unit.unit, &OutcomeKind::LosesDirectPoint),
                })
                .collect(),
            closing: Vec::new(),
            groups,
            signature: Signature::Seal,
            date: self.today(),
            printed: self.today(),
            report_to: vec![report_to],
            issue_to: vec![issue_to],
            copies_to: Vec::new(),
        };
        drop(tx);
        let paper = annual_circular(&values, &wording);
        Ok(PaperFile {
            name: format!("{of}年度政务信息工作考核情况通报.{}", format.ending()),
            media_type: format.media_type().to_owned(),
            bytes: self.write_paper(&paper, format)?,
        })
    }
}
