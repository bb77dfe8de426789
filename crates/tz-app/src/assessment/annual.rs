//! The year (年度): what its periods came to, what its end adds or takes (N2.6, F1.n5, F1.n6, F1.dp), ranks, and the circular of it.
//!
//! A year whose last period is closed stands in that period's statement. One under way is shown as it would end today: nothing of it
//! is kept.

use std::collections::BTreeSet;
use std::sync::Arc;

use tz_docs::{AnnualCircular, AnnualGroup, AnnualRow, Block, NamedUnit, PaperKind, Signature, annual_circular};
use tz_model::{FactSeq, Line, Month, OutcomeKind, Points, UnitId, UnitPeriod};
use tz_scheme::Scheme;
use tz_store::Tx;
use tz_store::audit::Act;
use tz_store::directory::UnitVersionRow;
use tz_store::statement::StatementHead;

use super::bulletin::{adoptions, by_level, group_names, ranked, reason};
use super::close::{receivers, year};
use super::followed::Followed;
use super::ground::{gather, heads_before};
use super::pages::sees_ranking;
use super::period::{ClosePeriod, open_period};
use super::statement::{Statement, StatementYear, statement_of};
use super::{PaperFile, scheme_by_hash};
use crate::{App, Chief, Editor, PaperFormat, Person, Problem, scheme_on, templates};

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
    /// What is proposed or follows at its end.
    pub outcomes: Vec<YearOutcome>,
}

/// What is proposed for a unit at a year's end, and what was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearOutcome {
    /// 取消直报点, or another that the scheme names.
    pub kind: OutcomeKind,
    /// The unit.
    pub unit: UnitId,
    /// Its name.
    pub name: String,
    /// Why.
    pub why: String,
    /// What a person decided (R12), in words; nothing while it is open, and for what is not decided here.
    pub decided: Option<String>,
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

/// The direct points when a year was closed, and now.
struct PointsOf {
    then: BTreeSet<i64>,
    now: BTreeSet<i64>,
}

impl PointsOf {
    fn read(tx: &mut Tx, known: &Known) -> Result<Self, Problem> {
        let mut points = |as_of: Option<FactSeq>| -> Result<BTreeSet<i64>, Problem> {
            let units = tx.list_units(as_of)?.into_iter();
            Ok(units.filter(|unit| unit.direct_point.is_some()).map(|unit| unit.unit_id).collect())
        };
        Ok(Self { then: points(known.as_of)?, now: points(None)? })
    }

    /// It was a direct point and no longer is.
    fn lost(&self, unit: UnitId) -> bool {
        self.then.contains(&unit.0) && !self.now.contains(&unit.0)
    }
}

/// Under which name it stands among the settings that a unit keeps its status, and why.
fn kept_setting(year: i16, unit: UnitId) -> String {
    format!("direct-point-kept-{year}-{unit}")
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
        let comments: usize = by_level(&[(unit, period.clone())]).iter().map(|(_, count)| count).sum();
        sum.comments += u32::try_from(comments).unwrap_or(u32::MAX);
    }
    sum
}

/// The year in figures: every adoption and comment counted once, whatever number of units shares it.
fn overview(known: &Known) -> Vec<Block> {
    let (mut submitted, mut quota, mut adopted, mut comments) = (0_u64, 0_u64, 0, 0);
    for part in &known.parts {
        let quotas = part.units.iter().filter_map(|(_, unit)| unit.score.quota.as_ref());
        for of in quotas {
            submitted += u64::from(of.received);
            quota += u64::from(of.required);
        }
        adopted += part.units.iter().flat_map(|(_, unit)| adoptions(unit)).collect::<BTreeSet<_>>().len();
        comments += by_level(&part.units).iter().map(|(_, count)| count).sum::<usize>();
    }
    let sentence = format!(
        "{}年，纳入考核的{}个单位共报送政务信息{submitted}篇，全年报送任务{quota}篇；各级刊物采用{adopted}篇次，获得领导批示{comments}件次。",
        known.year.year,
        known.year.units.len()
    );
    vec![Block::Heading1("总体情况".to_owned()), Block::Text(sentence)]
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
        let points = PointsOf::read(&mut tx, &known)?;
        let mut outcomes = Vec::new();
        for outcome in known.year.outcomes.iter().filter(|outcome| named(&outcome.unit)) {
            let Some((unit, _)) = units.iter().find(|(_, unit)| unit.unit == outcome.unit) else { continue };
            let decided = match outcome.kind {
                OutcomeKind::LosesDirectPoint if points.lost(*unit) => Some("已取消".to_owned()),
                OutcomeKind::LosesDirectPoint => tx
                    .find_setting(&kept_setting(of, *unit))?
                    .filter(|reason| !reason.is_empty())
                    .map(|reason| format!("保留：{reason}")),
                _ => None,
            };
            outcomes.push(YearOutcome {
                kind: outcome.kind.clone(),
                unit: *unit,
                name: outcome.unit.to_string(),
                why: outcome.why.clone(),
                decided,
            });
        }
        Ok(YearStanding {
            year: of,
            closed: known.closed,
            periods: known.parts.iter().map(|part| part.period.clone()).collect(),
            scheme: known.scheme.name().to_owned(),
            outcomes,
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

    /// Decides about a direct point proposed at a year's end (N2.4, R12): it loses its status from now on, by a new version of the
    /// unit, or keeps it; either with a reason. What was closed stays.
    ///
    /// # Errors
    /// [`Problem::NotThere`] where nothing was proposed for the unit; refused before the year is closed and after the status is gone.
    pub fn decide_direct_point(
        &self,
        who: &Chief,
        of: i16,
        unit: UnitId,
        loses: bool,
        reason: &str,
    ) -> Result<String, Problem> {
        let now = self.micros();
        let reason = reason.trim();
        let mut tx = self.write()?;
        let known = known(&mut tx, self, of)?.ok_or(Problem::NotThere)?;
        let named = known.year.units.iter().find(|(id, _)| *id == unit).map(|(_, unit)| unit.unit.clone());
        let name = named.ok_or(Problem::NotThere)?;
        let proposed =
            |outcome: &tz_model::Outcome| outcome.kind == OutcomeKind::LosesDirectPoint && outcome.unit == name;
        if !known.year.outcomes.iter().any(proposed) {
            return Err(Problem::NotThere);
        }
        if !known.closed {
            return Err(Problem::Refused(format!("{of}年的最后一期还没有关账，名次还会变化，关账之后再决定。")));
        }
        if PointsOf::read(&mut tx, &known)?.lost(unit) {
            return Err(Problem::Refused(format!("{name}已经不是直报点。要恢复，请系统管理员在单位的资料中更改。")));
        }
        if reason.is_empty() || reason.chars().count() > 200 {
            return Err(Problem::field("reason", "请写明理由，200字以内。"));
        }
        let version = tx.find_unit(unit)?.ok_or(Problem::NotThere)?;
        let act = if loses { "取消直报点" } else { "保留直报点" };
        if loses {
            tx.append_unit_version(UnitVersionRow {
                direct_point: None,
                point_field: None,
                // It was one to the end of the year it lost the status by.
                since: Some(format!("{}-01-01", of + 1)),
                recorded_at: now,
                recorded_by: Some(who.account.0),
                reason: format!("{of}年度位列直报点末位，决定取消：{reason}"),
                ..version
            })?;
        }
        tx.set_setting(&kept_setting(of, unit), if loses { "" } else { reason })?;
        tx.record_act(&Act {
            at: now,
            account: Some(who.account.0),
            who: &who.name,
            act,
            object: &name,
            done: true,
            detail: &format!("{of}年度：{reason}"),
        })?;
        tx.commit()?;
        Ok(format!("{name}{}。", if loses { "已取消直报点资格" } else { "保留直报点资格" }))
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
        let points = PointsOf::read(&mut tx, &known)?;
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
            paragraphs: overview(&known),
            praised: of_kind(&|kind| matches!(kind, OutcomeKind::Other(_))),
            criticised: of_kind(&|kind| *kind == OutcomeKind::Criticism),
            lost_points: units
                .iter()
                .filter(|(id, _)| points.lost(*id))
                .map(|(_, unit)| NamedUnit {
                    unit: unit.unit.to_string(),
                    reason: why(&unit.unit, &OutcomeKind::LosesDirectPoint),
                })
                .collect(),
            closing: vec![
                Block::Heading1("下一步要求".to_owned()),
                Block::Text(
                    "各单位要对照考核情况，总结经验，查找不足，健全信息工作网络，不断提高政务信息报送质量。".to_owned(),
                ),
            ],
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
