//! What to look at before a period is closed (关账检查).

use jiff::civil::Date;
use tz_model::{Clause, Fault, IssueId, ItemId, Month, Outcome, OutcomeKind, Table};
use tz_scheme::{Answer, Body, Rule, Scheme};
use tz_store::item::{ItemFilter, Sight};
use tz_store::ledger::FactFilter;

use super::close::{ends_year, unknown_in};
use super::ground::names_by_id;
use super::letters::CloseWish;
use super::period::{ClosePeriod, open_period};
use super::scored;
use super::statement::CORRECTION;
use crate::{App, Chief, Problem};

/// What to look at before closing a month (关账检查).
#[derive(Clone, Debug)]
pub struct Checklist {
    /// What is open: a month, or what the scheme closes together.
    pub period: ClosePeriod,
    /// Its last day has passed: only then it may be closed.
    pub over: bool,
    /// What cannot be scored yet; closing is refused while there is any.
    pub unknown: Vec<Fault>,
    /// The clause by which a solicitation without an answer scores, if the scheme has one (F1.n4).
    pub missed: Option<Clause>,
    /// Items received in it that nobody has decided on: identity, number, title.
    pub unhandled: Vec<(ItemId, String, String)>,
    /// Issues still being prepared: identity, name of the publication.
    pub drafts: Vec<(IssueId, String)>,
    /// Solicitations due in it that have no answer; closing counts them as missed (F1.n4).
    pub open_duties: Vec<OpenDuty>,
    /// Messages in quarantine.
    pub quarantined: i64,
    /// Lines of lists of adoptions above that nobody has settled (上级采用目录).
    pub unmatched: i64,
    /// Comments on bulletins that units registered and nobody has decided on (F1.n2).
    pub claims: usize,
    /// Objections that nobody has answered (申诉).
    pub objections: i64,
    /// How many units the statement will hold.
    pub units: usize,
    /// 约谈 and 通报批评 as they stand now.
    pub outcomes: Vec<Outcome>,
    /// Lines that correct closed months (R14).
    pub corrections: usize,
    /// The close also ends the year.
    pub ends_year: bool,
    /// What the letters will say, to be changed before the close.
    pub wish: CloseWish,
}

/// An unanswered duty of a solicitation.
#[derive(Clone, Debug)]
pub struct OpenDuty {
    /// The solicitation.
    pub solicitation: Option<i64>,
    /// Its topic.
    pub topic: String,
    /// The units that owe it.
    pub units: Vec<String>,
    /// Last day on which an answer is on time.
    pub deadline: String,
}

/// The clause by which a solicitation without an answer takes points.
fn missed_clause(scheme: &Scheme) -> Option<Clause> {
    let missed = |rule: &&Rule| match &rule.body {
        Body::Facts(facts) if facts.table == Table::Duties => {
            let priced = facts.prices.iter().filter(|price| price.of.iter().any(|of| **of == *Answer::Missed.name()));
            priced.into_iter().any(|price| price.points().is_negative())
        }
        _ => false,
    };
    scheme.rules().iter().find(missed).map(|rule| rule.clause.clone())
}

impl App {
    /// What to look at before closing the open period, and what the close will make. Another one is not there.
    pub fn checklist(&self, who: &Chief, month: Month) -> Result<Checklist, Problem> {
        let mut tx = self.read()?;
        let today = self.today();
        let open = open_period(&mut tx, today)?;
        if !open.has(month) {
            return Err(Problem::NotThere);
        }
        let start = |day: Date| -> i64 {
            let midnight = tz_model::shanghai(self.now()).offset().to_timestamp(day.at(0, 0, 0, 0));
            midnight.map_or(0, |at| at.as_microsecond())
        };
        let (first, last) = open.days();
        let after = open.period.to.tomorrow().unwrap_or(open.period.to);
        let items = tx.list_items(
            Sight::Office,
            &ItemFilter {
                states: &["received", "editing"],
                from: Some(start(open.period.from)),
                until: Some(start(after)),
                oldest_first: true,
                limit: 500,
                ..ItemFilter::default()
            },
        )?;
        let publications = tx.list_publications()?;
        let drafts = tx.list_issues(Some("draft"), 100)?.into_iter().map(|issue| {
            let name = publications.iter().find(|publication| publication.id == issue.publication_id);
            (IssueId(issue.id), name.map(|publication| publication.name.clone()).unwrap_or_default())
        });
        let drafts = drafts.collect();
        let units = names_by_id(&tx.list_units(None)?);
        let duties = tx.list_facts(&FactFilter {
            table: Some(Table::Duties.name()),
            from: Some(&first),
            to: Some(&last),
            ..FactFilter::default()
        })?;
        let open_duties = duties.into_iter().filter(|duty| duty.answered.is_none() && duty.outcome.is_none());
        let open_duties = open_duties.map(|duty| OpenDuty {
            solicitation: duty.solicitation_id,
            units: duty.unit_ids().iter().filter_map(|id| units.get(id)).map(ToString::to_string).collect(),
            topic: duty.title.unwrap_or_default(),
            deadline: duty.date,
        });
        let open_duties = open_duties.collect();
        let scored = scored(&mut tx, &self.live, month, today)?;
        let unknown = unknown_in(&mut tx, &open, &scored.scheme)?;
        let lines = scored.units.iter().flat_map(|(_, unit)| &unit.score.lines);
        Ok(Checklist {
            over: today > open.period.to,
            unknown,
            missed: missed_clause(&scored.scheme),
            unhandled: items.into_iter().map(|(item, _)| (ItemId(item.id), item.number, item.title)).collect(),
            drafts,
            open_duties,
            quarantined: tx.count_mail_of("quarantine")?,
            unmatched: tx.waiting_for_editors(&today.to_string())?.adopted_lines,
            claims: tx.list_claims(None, 500)?.iter().filter(|claim| claim.state == "asked").count(),
            objections: tx.count_open_objections()?,
            wish: CloseWish::proposed(&mut tx, who, today)?,
            units: scored.units.len(),
            corrections: lines.filter(|line| &*line.rule == CORRECTION).count(),
            outcomes: scored
                .outcomes
                .iter()
                .filter(|outcome| outcome.kind != OutcomeKind::LosesDirectPoint)
                .cloned()
                .collect(),
            ends_year: ends_year(&scored.scheme, &open),
            period: open,
        })
    }
}
