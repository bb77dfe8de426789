//! What people see of a month: the standing by groups, one unit's account line by line, closed months and their papers.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use tz_model::{
    Annual, Clause, FactId, IssueId, ItemId, Line, Month, Outcome, OutcomeKind, Points, Quota, Table, UnitId,
    UnitPeriod,
};
use tz_scheme::{Answer, Body, Every, Scheme, Span};
use tz_store::Tx;
use tz_store::ledger::FactRow;
use tz_store::statement::StatementRow;

use super::bulletin::{adoptions, answers, by_level, chinese_digit, group_names, ranked};
use super::delivery::paper_again;
use super::objections::{ObjectionState, line_key, window_of};
use super::period::{ClosePeriod, closed_with, open_period, period_of, period_on};
use super::statement::{CORRECTION, Statement, statement_of};
use super::{MonthState, Scored, scored};
use crate::intake::{Registered, registered_among, registered_in};
use crate::{App, Editor, PaperFormat, Person, Problem, Role};

/// A period as people see it (考核).
#[derive(Clone, Debug)]
pub struct Standing {
    /// What is shown: a month, or what the scheme closes together.
    pub period: ClosePeriod,
    /// Closed or not.
    pub state: MonthState,
    /// Its last day has passed.
    pub over: bool,
    /// It is the one to be closed next.
    pub is_next_to_close: bool,
    /// The scheme it is scored under: its name.
    pub scheme: String,
    /// What can be looked at, newest first.
    pub periods: Vec<ClosePeriod>,
    /// The figures at the head; a reporter who may not see the ranking gets the unit's own.
    pub head: Head,
    /// Ranking groups in the scheme's order.
    pub groups: Vec<GroupStanding>,
    /// False where the ranking is not shown to this person: `groups` holds their own unit only.
    pub whole: bool,
}

/// A month in figures.
#[derive(Clone, Debug, Default)]
pub struct Head {
    /// Items that count, summed over units.
    pub received: u32,
    /// Items asked for, summed over units.
    pub required: u32,
    /// Adoptions, each counted once.
    pub adoptions: usize,
    /// Comments by level, each counted once.
    pub comments: Vec<(String, usize)>,
    /// Duties answered by the deadline.
    pub on_time: usize,
    /// Duties answered late.
    pub late: usize,
    /// Duties refused.
    pub refused: usize,
    /// Duties never answered.
    pub missed: usize,
    /// Duties not answered and not due yet.
    pub waiting: usize,
}

/// One ranking group (排名组).
#[derive(Clone, Debug)]
pub struct GroupStanding {
    /// Its name.
    pub name: String,
    /// How many units it has.
    pub size: usize,
    /// Its units by rank.
    pub rows: Vec<StandingRow>,
}

/// One unit in the standing.
#[derive(Clone, Debug)]
pub struct StandingRow {
    /// The unit.
    pub unit: UnitId,
    /// Its name.
    pub name: String,
    /// 位次
    pub rank: u32,
    /// Its rank in the period before, if it was ranked in the same group.
    pub before: Option<u32>,
    /// 报送任务
    pub quota: Option<Quota>,
    /// Adoptions.
    pub adoptions: usize,
    /// Totals of the last six periods, this one last; `None` where it was not scored.
    pub totals: Vec<Option<Points>>,
    /// 得分
    pub points: Points,
    /// What follows for it, in a few words each.
    pub tags: Vec<String>,
}

/// One unit's period with every line (计分明细).
#[derive(Clone, Debug)]
pub struct Account {
    /// The unit.
    pub unit: UnitId,
    /// Its name.
    pub name: String,
    /// 类别
    pub class: String,
    /// 排名组
    pub group: String,
    /// How many units the group has.
    pub group_size: usize,
    /// The period.
    pub period: ClosePeriod,
    /// Closed or not.
    pub state: MonthState,
    /// 位次
    pub rank: u32,
    /// 得分
    pub total: Points,
    /// 报送任务
    pub quota: Option<Quota>,
    /// Every line; the total is their sum.
    pub lines: Vec<AccountLine>,
    /// Secret items registered in the month, which count towards the quota like any other (N3.1, R5).
    pub registered: Vec<Registered>,
    /// What follows for it.
    pub outcomes: Vec<Outcome>,
    /// The tables of facts for which the scheme asks for further columns.
    pub asked: BTreeSet<Table>,
    /// Its year, in the statement that ends one.
    pub annual: Option<(i16, Annual)>,
    /// Its lines may still be objected to.
    pub objectionable: bool,
}

/// A line with what it rests on.
#[derive(Clone, Debug)]
pub struct AccountLine {
    /// The line.
    pub line: Line,
    /// Where the printed rules have it: `附件1注3`.
    pub place: String,
    /// The printed sentence, or the reading of a ruling.
    pub sentence: String,
    /// The facts, in the line's order.
    pub facts: Vec<FactShown>,
    /// What names it within the account: an objection says it.
    pub key: String,
    /// The last objection to it, and where that stands.
    pub objection: Option<(i64, ObjectionState)>,
}

/// A fact under a line.
#[derive(Clone, Debug)]
pub struct FactShown {
    /// Its name in the ledger.
    pub id: FactId,
    /// Its day.
    pub date: String,
    /// What it is called: title, topic or kind.
    pub title: String,
    /// The issue, the comment's words, a remark.
    pub note: String,
    /// Where it can be looked at.
    pub place: FactPlace,
}

/// Where a fact can be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactPlace {
    /// At an item.
    Item(ItemId),
    /// At an issue.
    Issue(IssueId),
    /// At a solicitation.
    Solicitation(i64),
    /// Nowhere: it was entered by hand.
    Nowhere,
}

/// A closed month in the list of statements.
#[derive(Clone, Debug)]
pub struct StatementEntry {
    /// The statement.
    pub number: i64,
    /// What it closed.
    pub period: ClosePeriod,
    /// Its SHA-256.
    pub sha256: String,
    /// The scheme's name.
    pub scheme: String,
    /// When it was closed, in microseconds of UTC.
    pub closed_at: i64,
    /// Who closed it.
    pub closed_by: String,
    /// The papers made, by file name.
    pub papers: Vec<String>,
    /// The bulletins that superseded its own, in order, by file name.
    pub superseded_by: Vec<String>,
}

/// A paper to hand out.
#[derive(Clone, Debug)]
pub struct PaperFile {
    /// Its file name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// How a line says a duty was met; `None` for other lines and for corrections.
pub(crate) fn answer_of(scheme: &Scheme, line: &Line) -> Option<Answer> {
    match &scheme.rule(&line.rule)?.body {
        Body::Facts(rule) if rule.table == Table::Duties => {
            let price = rule.prices.iter().find(|price| *price.name() == line.item)?;
            Answer::ALL.into_iter().find(|answer| price.of.iter().any(|name| **name == *answer.name()))
        }
        _ => None,
    }
}

/// Where the printed rules have a clause, as people cite it: `附件1注3`; an id of another form stays as it is.
pub fn clause_place(clause: &Clause) -> String {
    const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let id = clause.as_str();
    let digit = |text: &str| text.parse::<usize>().ok().and_then(|at| DIGITS.get(at)).copied();
    let (head, tail) = id.split_once('.').map_or((id, ""), |(head, tail)| (head, tail));
    if let Some(number) = head.strip_prefix('F').filter(|number| digit(number).is_some()) {
        return match tail {
            "" => format!("附件{number}"),
            "dp" => format!("附件{number}末行"),
            _ => match tail.strip_prefix('n') {
                Some(note) => format!("附件{number}注{note}"),
                None => format!("附件{number} {tail}类"),
            },
        };
    }
    match (head.strip_prefix('N').and_then(digit), digit(tail)) {
        (Some(part), Some(section)) => format!("通知{part}（{section}）"),
        (Some(part), None) => format!("通知{part}"),
        (None, _) if head.starts_with('R') => format!("理解{id}"),
        (None, _) => id.to_owned(),
    }
}

/// The sentence a line rests on: the rule's as printed, or the reading of a ruling.
fn sentence_of(scheme: &Scheme, line: &Line) -> String {
    let reading = || {
        let all = scheme.readings().iter().find(|reading| reading.clause == line.clause);
        all.map(|reading| reading.note.clone()).unwrap_or_default()
    };
    match scheme.rule(&line.rule) {
        Some(rule) if !rule.sentence.is_empty() => rule.sentence.clone(),
        _ => reading(),
    }
}

fn head(scored: &Scored, only: Option<UnitId>) -> Head {
    let own: Vec<(UnitId, UnitPeriod)>;
    let units = match only {
        None => &scored.units,
        Some(only) => {
            own = scored.units.iter().filter(|(id, _)| *id == only).cloned().collect();
            &own
        }
    };
    let quotas = || units.iter().filter_map(|(_, unit)| unit.score.quota.as_ref());
    let answers = answers(units, &scored.scheme);
    let count = |answer: Answer| answers.get(&answer).copied().unwrap_or(0);
    let waiting = scored.waiting.iter().flat_map(|row| row.unit_ids());
    Head {
        received: quotas().map(|quota| quota.received).sum(),
        required: quotas().map(|quota| quota.required).sum(),
        adoptions: units.iter().flat_map(|(_, unit)| adoptions(unit)).collect::<BTreeSet<_>>().len(),
        comments: by_level(units),
        on_time: count(Answer::OnTime),
        late: count(Answer::Late),
        refused: count(Answer::Refused),
        missed: count(Answer::Missed),
        waiting: waiting.filter(|id| only.is_none_or(|only| *id == only.0)).count(),
    }
}

/// Under which setting it stands that the ranking is not shown.
pub(super) const RANKING: &str = "public-ranking";

/// The ranking is shown to everybody unless the office has turned it off.
pub(super) fn sees_ranking(tx: &mut Tx, who: &Person) -> Result<bool, Problem> {
    match who.role {
        Role::Editor | Role::Chief => Ok(true),
        Role::Reporter => Ok(tx.find_setting(RANKING)?.as_deref() != Some("off")),
        Role::Leader | Role::Administrator => Err(Problem::NotThere),
    }
}

/// Whether a person may see a unit's account: the office every one, a reporter their own and those of units theirs took over from.
pub(super) fn may_see_account(tx: &mut Tx, who: &Person, unit: UnitId) -> Result<(), Problem> {
    match (who.role, who.unit) {
        (Role::Editor | Role::Chief, _) => Ok(()),
        (Role::Reporter, Some(own)) if own == unit || tx.with_predecessors(own)?.contains(&unit.0) => Ok(()),
        (Role::Reporter | Role::Leader | Role::Administrator, _) => Err(Problem::NotThere),
    }
}

impl App {
    /// The standing by ranking groups of the period a month counts towards: live for one that is not closed, frozen for one that
    /// is. Without a month, the one to be closed next.
    pub fn standing(&self, who: &Person, month: Option<Month>) -> Result<Standing, Problem> {
        let mut tx = self.read()?;
        let today = self.today();
        let whole = sees_ranking(&mut tx, who)?;
        let open = open_period(&mut tx, today)?;
        let scored = scored(&mut tx, &self.live, month.unwrap_or(open.last), today)?;
        let period = scored.period.clone();
        let own = if whole { None } else { who.unit };
        let heads = tx.list_statement_heads()?;
        let mut earlier = Vec::new();
        let mut at = period.clone();
        for _ in 0..5 {
            let label = at.first.previous().to_string();
            let head = heads.iter().find(|head| head.month == label);
            at = match head {
                Some(head) => period_of(&mut tx, head)?,
                None => period_on(&mut tx, at.first.previous())?,
            };
            earlier.push(match head {
                Some(head) => Some(statement_of(&mut tx, &head.month, &head.sha256)?),
                None => None,
            });
        }
        let score_then = |statement: &Option<Arc<Statement>>, unit: UnitId| {
            let found = statement.as_ref()?.units.iter().find(|(id, _)| *id == unit)?;
            Some((found.1.group.clone(), found.1.score.rank, found.1.score.total))
        };
        let row = |(id, unit): &(UnitId, UnitPeriod)| {
            let before = earlier.first().and_then(|last| score_then(last, *id));
            let mut totals: Vec<Option<Points>> =
                earlier.iter().rev().map(|then| score_then(then, *id).map(|(_, _, total)| total)).collect();
            totals.push(Some(unit.score.total));
            StandingRow {
                unit: *id,
                name: unit.unit.to_string(),
                rank: unit.score.rank,
                before: before.filter(|(group, _, _)| *group == unit.group).map(|(_, rank, _)| rank),
                quota: unit.score.quota.clone(),
                adoptions: adoptions(unit).len(),
                totals,
                points: unit.score.total,
                tags: scored
                    .outcomes
                    .iter()
                    .filter(|outcome| outcome.unit == unit.unit)
                    .map(|outcome| tag(&scored.scheme, outcome))
                    .collect(),
            }
        };
        let groups = group_names(&scored.units, &scored.scheme).into_iter().map(|name| {
            let of = ranked(&scored.units, &name);
            let shown = of.iter().filter(|(id, _)| own.is_none_or(|own| *id == own));
            GroupStanding { size: of.len(), rows: shown.map(|unit| row(unit)).collect(), name }
        });
        let groups = groups.filter(|group| !group.rows.is_empty()).collect();
        let mut periods = Vec::new();
        for head in heads.iter() {
            periods.push(period_of(&mut tx, head)?);
        }
        let mut live = open.clone();
        while (live == open || live.period.from <= today) && periods.len() < 1200 {
            let next = period_on(&mut tx, live.last.next())?;
            periods.push(std::mem::replace(&mut live, next));
        }
        periods.reverse();
        Ok(Standing {
            over: today > period.period.to,
            is_next_to_close: period == open,
            period,
            scheme: scored.scheme.name().to_owned(),
            periods,
            head: head(&scored, own),
            groups,
            whole,
            state: scored.state.clone(),
        })
    }

    /// One unit's month, line by line. Another unit's is not there for a reporter; nor is a unit that was not scored then.
    pub fn account_of(&self, who: &Person, unit: UnitId, month: Month) -> Result<Account, Problem> {
        let mut tx = self.read()?;
        may_see_account(&mut tx, who, unit)?;
        let scored = scored(&mut tx, &self.live, month, self.today())?;
        let objections = Self::objections_to(&mut tx, unit, scored.period.last)?;
        let until = window_of(&mut tx, &scored.state)?;
        let (_, own) = scored.units.iter().find(|(id, _)| *id == unit).ok_or(Problem::NotThere)?;
        let rows = facts_of(&mut tx, &own.score.lines, &scored)?;
        let registered = match scored.as_of {
            Some(end) => registered_in(&mut tx, unit, &scored.period.period, end)?,
            None => registered_among(&mut tx, unit, scored.rows.iter().map(|row| &**row))?,
        };
        let lines = own.score.lines.iter().map(|line| AccountLine {
            place: clause_place(&line.clause),
            sentence: sentence_of(&scored.scheme, line),
            facts: line.facts.iter().map(|id| shown(id, rows.get(id).map(|row| &**row))).collect(),
            objection: objections.iter().rfind(|(key, ..)| *key == line_key(line)).map(|(_, id, state)| (*id, *state)),
            key: line_key(line),
            line: line.clone(),
        });
        Ok(Account {
            unit,
            name: own.unit.to_string(),
            class: own.class.to_string(),
            group: own.group.to_string(),
            group_size: scored.units.iter().filter(|(_, other)| other.group == own.group).count(),
            period: scored.period.clone(),
            rank: own.score.rank,
            total: own.score.total,
            quota: own.score.quota.clone(),
            lines: lines.collect(),
            registered,
            outcomes: scored.outcomes.iter().filter(|outcome| outcome.unit == own.unit).cloned().collect(),
            asked: scored.scheme.further_columns().into_iter().map(|column| column.table).collect(),
            annual: scored.year.as_ref().and_then(|year| Some((year.year, year.annual(unit)?))),
            objectionable: until.is_none_or(|until| self.today() <= until),
            state: scored.state.clone(),
        })
    }

    /// Every closed month, newest first.
    pub fn statements(&self, _who: &Editor) -> Result<Vec<StatementEntry>, Problem> {
        let mut tx = self.read()?;
        let people: BTreeMap<i64, String> =
            tx.list_accounts()?.into_iter().map(|account| (account.id, account.name)).collect();
        let mut entries = Vec::new();
        for head in tx.list_statement_heads()?.iter().rev() {
            let scheme = super::scheme_by_hash(&mut tx, &head.scheme_hash)?;
            entries.push(StatementEntry {
                number: head.number,
                period: period_of(&mut tx, head)?,
                scheme: scheme.name().to_owned(),
                closed_at: head.closed_at,
                closed_by: head.closed_by.and_then(|id| people.get(&id).cloned()).unwrap_or_default(),
                papers: tx.list_papers(head.id)?.into_iter().map(|paper| paper.name).collect(),
                superseded_by: tx.list_corrections(head.id)?.into_iter().map(|anew| anew.name).collect(),
                sha256: head.sha256.clone(),
            });
        }
        Ok(entries)
    }

    /// A closed month as it was frozen.
    pub fn statement(&self, who: &Editor, month: Month) -> Result<(StatementEntry, Statement), Problem> {
        let entry = self.statements(who)?.into_iter().find(|entry| entry.period.has(month)).ok_or(Problem::NotThere)?;
        let mut tx = self.read()?;
        let statement = statement_of(&mut tx, &entry.period.last.to_string(), &entry.sha256)?;
        Ok((entry, Statement::clone(&statement)))
    }

    /// A closed month's canonical text, to be kept or computed again elsewhere.
    pub fn statement_text(&self, _who: &Editor, month: Month) -> Result<String, Problem> {
        Ok(closed_row(&mut self.read()?, month)?.content)
    }

    /// A paper made at a close or one that superseded it, or its PDF, which is set when it is asked for: from the frozen
    /// statement, so that it is the same paper.
    pub fn statement_paper(&self, _who: &Editor, month: Month, name: &str) -> Result<PaperFile, Problem> {
        let mut tx = self.read()?;
        let row = closed_row(&mut tx, month)?;
        if let Some(stem) = name.strip_suffix(".pdf") {
            let paper = paper_again(&mut tx, &row, stem)?;
            drop(tx);
            let bytes = self.write_paper(&paper, PaperFormat::Pdf)?;
            let media_type = PaperFormat::Pdf.media_type().to_owned();
            return Ok(PaperFile { name: name.to_owned(), media_type, bytes });
        }
        if let Some(anew) = tx.list_corrections(row.id)?.into_iter().find(|anew| anew.name == name) {
            let media_type = PaperFormat::Docx.media_type().to_owned();
            return Ok(PaperFile { name: anew.name, media_type, bytes: tx.content(anew.content_id)? });
        }
        let paper = tx.list_papers(row.id)?.into_iter().find(|paper| paper.name == name).ok_or(Problem::NotThere)?;
        let bytes = tx.content(paper.content_id)?;
        Ok(PaperFile { name: paper.name, media_type: paper.media_type, bytes })
    }

    /// The scheme a month is scored under (计分办法): the closed month's own, else the one in force.
    pub fn scheme_of_month(&self, month: Option<Month>) -> Result<Arc<Scheme>, Problem> {
        let mut tx = self.read()?;
        let month = month.unwrap_or(self.this_month());
        match closed_with(&mut tx, month)? {
            Some((head, _)) => super::scheme_by_hash(&mut tx, &head.scheme_hash),
            None => crate::scheme_on(&mut tx, month.first()),
        }
    }
}

/// The statement a month is closed in.
pub(crate) fn closed_row(tx: &mut Tx, month: Month) -> Result<StatementRow, Problem> {
    let (head, _) = closed_with(tx, month)?.ok_or(Problem::NotThere)?;
    tx.find_statement(&head.month)?.ok_or(Problem::NotThere)
}

/// What follows, in a few words beside the unit's name: `连续两月后三位 · 约谈`.
fn tag(scheme: &Scheme, outcome: &Outcome) -> String {
    let last = scheme.rules().iter().find_map(|rule| match &rule.body {
        Body::LastInGroup(last) if rule.clause == outcome.clause => Some(last),
        _ => None,
    });
    match last {
        Some(last) if last.outcome == outcome.kind => {
            let one = match (last.span, scheme.calendar().every()) {
                (Span::Period, Every::Month) => "月",
                (Span::Year, _) => "年",
                _ => "期",
            };
            let running = match last.running {
                0 | 1 => String::new(),
                2 => format!("连续两{one}"),
                more => format!("连续{}{one}", chinese_digit(more as usize)),
            };
            format!("{running}后{}位 · {}", chinese_digit(last.last as usize), outcome.kind.name())
        }
        Some(_) if outcome.kind == OutcomeKind::Criticism => format!("长期被动 · {}", outcome.kind.name()),
        Some(_) | None => outcome.kind.name().to_owned(),
    }
}

/// The rows of the facts under some lines: those the month was scored from, and for others one query a table.
fn facts_of(tx: &mut Tx, lines: &[Line], scored: &Scored) -> Result<BTreeMap<FactId, Arc<FactRow>>, Problem> {
    let mut wanted: HashSet<(&str, &str)> = HashSet::new();
    for fact in lines.iter().flat_map(|line| &line.facts) {
        wanted.insert((fact.table.name(), &fact.key));
    }
    let mut rows = BTreeMap::new();
    for row in scored.rows.iter().chain(&scored.old_rows) {
        if wanted.remove(&(&*row.fact_table, &*row.key))
            && let Some(table) = Table::named(&row.fact_table)
        {
            rows.insert(FactId { table, key: row.key.as_str().into() }, Arc::clone(row));
        }
    }
    for table in Table::ALL {
        let keys: BTreeSet<&str> = lines
            .iter()
            .flat_map(|line| &line.facts)
            .filter(|fact| fact.table == table)
            .map(|fact| &*fact.key)
            .collect();
        let keys: Vec<&str> = keys.into_iter().filter(|key| wanted.contains(&(table.name(), key))).collect();
        if keys.is_empty() {
            continue;
        }
        for row in tx.list_facts_named(table.name(), &keys, scored.as_of)? {
            rows.insert(FactId { table, key: row.key.as_str().into() }, Arc::new(row));
        }
    }
    Ok(rows)
}

pub(super) fn shown(id: &FactId, row: Option<&FactRow>) -> FactShown {
    let Some(row) = row else {
        return FactShown {
            id: id.clone(),
            date: String::new(),
            title: id.to_string(),
            note: String::new(),
            place: FactPlace::Nowhere,
        };
    };
    let place = match (row.item_id, row.issue_id, row.solicitation_id) {
        (Some(item), _, _) => FactPlace::Item(ItemId(item)),
        (None, Some(issue), _) => FactPlace::Issue(IssueId(issue)),
        (None, None, Some(solicitation)) => FactPlace::Solicitation(solicitation),
        (None, None, None) => FactPlace::Nowhere,
    };
    FactShown {
        id: id.clone(),
        date: row.date.clone(),
        title: row.title.clone().filter(|title| !title.is_empty()).unwrap_or_else(|| row.name.clone()),
        note: row.note.clone().unwrap_or_default(),
        place,
    }
}

impl AccountLine {
    /// True for a correction of a closed month (R14).
    pub fn is_correction(&self) -> bool {
        &*self.line.rule == CORRECTION
    }
}
