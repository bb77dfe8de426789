//! Lists of adoptions (上级采用目录): taken in whole, matched with what was sent upward, entered as a person confirms.

use std::collections::BTreeMap;

use jiff::civil::Date;
use tz_model::{ItemId, Period, Table, UnitId, parse_date};
use tz_store::audit::Act;
use tz_store::forward::{AdoptedLineRow, AdoptedListRow};
use tz_store::item::Sight;
use tz_store::ledger::{FactFilter, FactRow};
use tz_store::{Tx, Write};

use super::lines::{ListLine, Words, bare, pasted_lines, table_lines};
use super::matching::{Candidate, Likeness, nearest, sure};
use super::writing::note;
use super::{SENT, number_words, once, units_of};
use crate::facts::{NewFact, Typed, form_fault, may_be_named};
use crate::problem::all_right;
use crate::publication::{joined, unit_names};
use crate::{App, Editor, FieldFault, Problem, scheme_on};

const OPEN: &str = "open";
const ENTERED: &str = "entered";
const DISCARDED: &str = "discarded";
/// Reports a list is matched with: what was sent in this many latest ones.
const CANDIDATES: i64 = 2_000;
/// Lines shown at once.
const SHOWN: i64 = 300;

/// A list as it is handed in.
#[derive(Clone, Debug, Default)]
pub struct NewList {
    /// Name of the file, empty for pasted text.
    pub name: String,
    /// The file, if one was chosen.
    pub bytes: Vec<u8>,
    /// The text, if one was pasted.
    pub text: String,
    /// The kind of adoption of lines that say none.
    pub kind: String,
    /// The day of lines that say none, as typed.
    pub date: String,
    /// The form of lines that say none; may be empty.
    pub form: String,
}

/// What became of a list handed in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListTaken {
    /// Lines that wait for a person now.
    pub new: usize,
    /// Lines reported before: nothing is entered twice.
    pub known: usize,
    /// Rows without a title, by their numbers.
    pub without: Vec<usize>,
}

/// What a line may mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposalView {
    /// The upward report.
    pub forward: i64,
    /// Its number and title.
    pub label: String,
    /// The units it would credit, joined by `、`.
    pub units: String,
    /// How alike, in thousandths.
    pub likeness: Likeness,
}

/// A line that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenLine {
    /// Its identity.
    pub id: i64,
    /// The title as the higher office printed it.
    pub title: String,
    /// The whole line, where it says more than the title.
    pub said: String,
    /// The kind of adoption.
    pub kind: String,
    /// 独编, 综合, 一句话, or empty.
    pub form: String,
    /// Its day.
    pub date: Option<Date>,
    /// The nearest three, the nearest first.
    pub proposals: Vec<ProposalView>,
    /// The first needs no second thought.
    pub sure: bool,
    /// The same was entered before, by hand or from another list; in words, empty if not.
    pub known: String,
}

/// What a person says a line means.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// The line.
    pub line: i64,
    /// The upward reports it means: several for a composite.
    pub forwards: Vec<i64>,
    /// Numbers of items it means besides, parted by anything.
    pub items: String,
    /// The form as confirmed.
    pub form: String,
    /// Entered although the same adoption stands in the ledger.
    pub again: bool,
}

/// What was entered.
#[derive(Clone, Debug)]
pub struct Confirmed {
    /// The units credited, joined by `、`.
    pub units: String,
    /// The closed period it belongs to (R14).
    pub late: Option<Period>,
}

/// What a line reports: kind, year and title. The day is not in it, as a list pasted without days gets another each time.
fn key_of(kind: &str, date: Date, title: &str) -> String {
    format!("{kind}|{}|{:016x}", date.year(), tz_text::fingerprint(title).0)
}

/// What was sent, as candidates for lines; with each one's label and items.
struct Ours {
    candidates: Vec<Candidate>,
    /// Label and items, in the order of the candidates.
    about: Vec<(String, Vec<i64>)>,
    /// The names of all units.
    units: Vec<String>,
}

impl Ours {
    fn of(tx: &mut Tx) -> Result<Self, Problem> {
        let rows = tx.list_forwards(Some(SENT), CANDIDATES)?;
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let items = tx.list_forward_items(&ids)?;
        let all: Vec<i64> = items.iter().map(|item| item.item_id).collect();
        let units = tx.units_of_items(&all)?;
        let titles: BTreeMap<i64, String> =
            tx.list_numbers_of_items(&all)?.into_iter().map(|(id, _, title)| (id, title)).collect();
        let names = unit_names(tx)?;
        let (mut candidates, mut about) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
        for row in rows {
            let of = items.iter().filter(|item| item.forward_id == row.id);
            let own: Vec<i64> = of.map(|item| item.item_id).collect();
            about.push((format!("{}《{}》", number_words(&row), row.title), own.clone()));
            let own_titles = own.iter().filter_map(|item| titles.get(item).cloned());
            candidates.push(Candidate {
                id: row.id,
                titles: std::iter::once(row.title).chain(own_titles).collect(),
                units: once(&units, &own).into_iter().filter_map(|id| names.get(id).map(str::to_owned)).collect(),
            });
        }
        let units = tx.list_units(None)?.into_iter().map(|unit| unit.name).collect();
        Ok(Self { candidates, about, units })
    }

    /// A candidate with its label and items.
    fn named(&self, id: i64) -> Option<(&Candidate, &(String, Vec<i64>))> {
        self.candidates.iter().zip(&self.about).find(|(candidate, _)| candidate.id == id)
    }
}

/// The adoptions above of some years, to see whether a line reports one that stands already.
fn entered_above(tx: &mut Tx, days: impl Iterator<Item = Date> + Clone) -> Result<Vec<FactRow>, Problem> {
    let (Some(first), Some(last)) = (days.clone().min(), days.max()) else { return Ok(Vec::new()) };
    let (from, to) = (format!("{}-01-01", first.year()), format!("{}-12-31", last.year()));
    let filter =
        FactFilter { table: Some(Table::Adoptions.name()), from: Some(&from), to: Some(&to), ..FactFilter::default() };
    let mut held = tx.list_facts(&filter)?;
    held.retain(|fact| fact.issue_id.is_none());
    Ok(held)
}

/// The same adoption as it stands in the ledger already, in words; empty if it does not.
fn known_as(held: &[FactRow], kind: &str, date: Option<Date>, items: &[i64]) -> String {
    let Some(date) = date else { return String::new() };
    let year = date.year().to_string();
    let same = held.iter().find(|fact| {
        fact.name == kind && fact.date.starts_with(&year) && fact.item_id.is_some_and(|item| items.contains(&item))
    });
    let Some(fact) = same else { return String::new() };
    let day = parse_date(&fact.date);
    let day = day.map_or_else(|_| fact.date.clone(), |day| format!("{}月{}日", day.month(), day.day()));
    format!("{day}的“{kind}”已登记过《{}》", fact.title.as_deref().unwrap_or_default())
}

impl App {
    /// Takes in a list of adoptions: nothing scores yet. Lines reported before are told and not taken again.
    pub fn take_adopted_list(&self, who: &Editor, new: &NewList) -> Result<ListTaken, Problem> {
        let now = self.micros();
        let mut faults = Vec::new();
        let date = match parse_date(&new.date) {
            Ok(date) if date > self.today() => {
                faults.push(FieldFault::new("date", "日期不能晚于今天，请核对。"));
                self.today()
            }
            Ok(date) => date,
            Err(_) => {
                faults
                    .push(FieldFault::new("date", "请填写目录的日期，例如 2018-06-30；目录中写明日期的，以目录为准。"));
                self.today()
            }
        };
        let mut tx = self.write()?;
        let scheme = scheme_on(&mut tx, date)?;
        if !may_be_named(&scheme, Table::Adoptions, &new.kind) {
            faults.push(FieldFault::new("kind", "请选择采用方式；目录中写明采用方式的，以目录为准。"));
        }
        if !new.form.is_empty()
            && let Some(sentence) = form_fault(&scheme, &new.form)
        {
            faults.push(FieldFault::new("form", sentence));
        }
        let kinds: Vec<String> = scheme.names_in(Table::Adoptions).iter().map(ToString::to_string).collect();
        let forms: Vec<String> = scheme.forms().iter().map(ToString::to_string).collect();
        let words = Words { kinds: &kinds, forms: &forms, year: date.year() };
        let read = if new.bytes.is_empty() {
            Ok(pasted_lines(&new.text, words))
        } else {
            tz_tables::read_grid(&new.bytes).map(|grid| table_lines(&grid, words))
        };
        let (lines, without) = read.unwrap_or_else(|sentence| {
            faults.push(FieldFault::new("file", sentence));
            (Vec::new(), Vec::new())
        });
        if lines.is_empty() && faults.is_empty() {
            let field = if new.bytes.is_empty() { "text" } else { "file" };
            faults.push(FieldFault::new(field, "没有读到标题。请粘贴采用目录，一行一条，或选择带有“标题”一列的表格。"));
        }
        if let Some(line) = lines.iter().find(|line| line.date.is_some_and(|day| day > self.today())) {
            let sentence = format!("第{}行的日期晚于今天，请在目录中改正后再收入。", line.row);
            faults.push(FieldFault::new(if new.bytes.is_empty() { "text" } else { "file" }, sentence));
        }
        all_right(faults)?;
        let taken = take_in(&mut tx, who, new, date, lines, without, now)?;
        tx.commit()?;
        Ok(taken)
    }

    /// The lines that wait, the newest list first: those with a proposal, then the unmatched (未匹配).
    pub fn open_adopted_lines(&self, _who: &Editor) -> Result<(Vec<OpenLine>, Vec<OpenLine>), Problem> {
        let mut tx = self.read()?;
        let lines = open_lines(&mut tx)?;
        Ok(lines.into_iter().partition(|line| !line.proposals.is_empty()))
    }

    /// The lists taken in last, and the lines that were discarded: identity, title, reason.
    pub fn adopted_lists(&self, _who: &Editor) -> Result<(Vec<AdoptedListRow>, Vec<AdoptedLineRow>), Problem> {
        let mut tx = self.read()?;
        Ok((tx.list_adopted_lists(10)?, tx.list_adopted_lines(DISCARDED, 50)?))
    }

    /// Enters a line as the adoption a person says it is (确认): every unit of every item in it is credited, once (R11).
    pub fn confirm_adopted_line(&self, who: &Editor, wish: &Wish) -> Result<Confirmed, Problem> {
        let mut tx = self.write()?;
        let confirmed = self.confirm_in(&mut tx, who, wish)?;
        tx.commit()?;
        Ok(confirmed)
    }

    /// Enters every line whose proposal is sure (全部确认). Those entered before stay where they are.
    pub fn confirm_sure_lines(&self, who: &Editor) -> Result<usize, Problem> {
        let mut tx = self.write()?;
        let lines = open_lines(&mut tx)?;
        let mut entered = 0;
        for line in lines.iter().filter(|line| line.sure && line.known.is_empty()) {
            let wish = Wish {
                line: line.id,
                forwards: vec![line.proposals[0].forward],
                form: line.form.clone(),
                ..Wish::default()
            };
            self.confirm_in(&mut tx, who, &wish)?;
            entered += 1;
        }
        if entered == 0 {
            return Err(Problem::Refused("没有可以一并确认的条目，请逐条核对。".to_owned()));
        }
        tx.commit()?;
        Ok(entered)
    }

    fn confirm_in(&self, tx: &mut Write, who: &Editor, wish: &Wish) -> Result<Confirmed, Problem> {
        let now = self.micros();
        let line = tx.find_adopted_line(wish.line)?.ok_or(Problem::NotThere)?;
        if line.state != OPEN {
            return Err(Problem::Refused(format!("《{}》已经处理过，不必再确认。", line.title)));
        }
        let mut items: Vec<i64> = Vec::new();
        for forward in &wish.forwards {
            tx.find_forward(*forward)?.filter(|row| row.state == SENT).ok_or(Problem::NotThere)?;
        }
        for item in tx.list_forward_items(&wish.forwards)? {
            if !items.contains(&item.item_id) {
                items.push(item.item_id);
            }
        }
        let mut faults = Vec::new();
        let part = |c: char| !(c.is_ascii_alphanumeric() || c == '-');
        for number in wish.items.split(part).filter(|number| !number.is_empty()) {
            match tx.find_item_by_number(number)? {
                Some(item) if !items.contains(&item.id) => items.push(item.id),
                Some(_) => {}
                None => {
                    let sentence = format!("没有编号为{number}的稿件，请核对。");
                    faults.push(FieldFault::new("items", sentence).of(line.id));
                }
            }
        }
        if items.is_empty() && faults.is_empty() {
            let sentence = "请选择它是哪一篇上报稿，或填写稿件编号；不是我市上报的，请弃置。";
            faults.push(FieldFault::new("items", sentence).of(line.id));
        }
        all_right(faults)?;
        let date = parse_date(&line.date).ok();
        let held = entered_above(tx, date.into_iter())?;
        let known = known_as(&held, &line.kind, date, &items);
        if !known.is_empty() && !wish.again {
            let sentence = format!("{known}。确是又一次采用的，请勾选“再次采用”后确认；重复的请弃置。");
            return Err(Problem::Faults(vec![FieldFault::new("again", sentence).of(line.id)]));
        }
        let units = units_of(tx, &items)?;
        let first = tx.find_item(Sight::Office, ItemId(items[0]))?.ok_or(Problem::NotThere)?.0;
        let new = NewFact {
            table: Table::Adoptions,
            units: units.iter().copied().map(UnitId).collect(),
            date: line.date.clone(),
            name: line.kind.clone(),
            item: first.number,
            form: wish.form.trim().to_owned(),
            leader: String::new(),
            note: format!("上级采用目录：{}", line.title),
            quantity: 1,
            cells: Typed::new(),
        };
        let recorded = self.record_fact_in(tx, who, &new).map_err(|problem| match problem {
            Problem::Faults(found) => Problem::Faults(found.into_iter().map(|fault| fault.of(line.id)).collect()),
            other => other,
        })?;
        let forward = wish.forwards.first().copied();
        let title = line.title.clone();
        for item in &items[1..] {
            let text = format!("采用：{}（{}），与其他稿件综合采用为《{title}》。", line.kind, line.date);
            note(tx, who, *item, text, now)?;
        }
        let settled = AdoptedLineRow {
            state: ENTERED.to_owned(),
            form: wish.form.trim().to_owned(),
            fact_key: Some(recorded.key.clone()),
            forward_id: forward,
            settled_at: Some(now),
            settled_by: Some(who.account.0),
            ..line
        };
        if !tx.update_adopted_line(&settled, OPEN)? {
            return Err(Problem::Refused(format!("《{title}》刚刚由别人处理过，请重新打开。")));
        }
        let names = unit_names(tx)?;
        Ok(Confirmed { units: joined(&names, &units), late: recorded.late })
    }

    /// Discards a line with a reason (弃置); [`App::restore_adopted_line`] takes that back.
    pub fn discard_adopted_line(&self, who: &Editor, id: i64, reason: &str) -> Result<String, Problem> {
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > 200 {
            return Err(Problem::Faults(vec![FieldFault::new("reason", "请写明弃置的原因，200字以内。").of(id)]));
        }
        self.settle_line(who, id, OPEN, DISCARDED, reason)
    }

    /// Puts a discarded line back among those that wait (恢复).
    pub fn restore_adopted_line(&self, who: &Editor, id: i64) -> Result<String, Problem> {
        self.settle_line(who, id, DISCARDED, OPEN, "")
    }

    fn settle_line(&self, who: &Editor, id: i64, from: &str, to: &str, reason: &str) -> Result<String, Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let line = tx.find_adopted_line(id)?.ok_or(Problem::NotThere)?;
        let title = line.title.clone();
        let row = AdoptedLineRow {
            state: to.to_owned(),
            reason: reason.to_owned(),
            settled_at: Some(now).filter(|_| to != OPEN),
            settled_by: Some(who.account.0).filter(|_| to != OPEN),
            ..line
        };
        if !tx.update_adopted_line(&row, from)? {
            return Err(Problem::Refused(format!("《{title}》刚刚由别人处理过，请重新打开。")));
        }
        tx.record_act(&Act {
            at: now,
            account: Some(who.account.0),
            who: &who.name,
            act: if to == OPEN { "恢复采用目录条目" } else { "弃置采用目录条目" },
            object: &title,
            done: true,
            detail: reason,
        })?;
        tx.commit()?;
        Ok(title)
    }
}

fn open_lines(tx: &mut Tx) -> Result<Vec<OpenLine>, Problem> {
    let rows = tx.list_adopted_lines(OPEN, SHOWN)?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ours = Ours::of(tx)?;
    let held = entered_above(tx, rows.iter().filter_map(|row| parse_date(&row.date).ok()))?;
    let line = |row: AdoptedLineRow| {
        let found = nearest(&row.title, &row.said, &ours.candidates, &ours.units);
        let date = parse_date(&row.date).ok();
        let first = found.first().and_then(|first| ours.named(first.id));
        let proposals = found.iter().filter_map(|proposal| {
            let (candidate, (label, _)) = ours.named(proposal.id)?;
            Some(ProposalView {
                forward: proposal.id,
                label: label.clone(),
                units: candidate.units.join("、"),
                likeness: proposal.likeness,
            })
        });
        OpenLine {
            id: row.id,
            proposals: proposals.collect(),
            sure: sure(&found).is_some(),
            known: first.map(|(_, (_, items))| known_as(&held, &row.kind, date, items)).unwrap_or_default(),
            date,
            said: if bare(&row.said) == row.title && !row.said.contains('（') { String::new() } else { row.said },
            title: row.title,
            kind: row.kind,
            form: row.form,
        }
    };
    Ok(rows.into_iter().map(line).collect())
}

fn take_in(
    tx: &mut Write,
    who: &Editor,
    new: &NewList,
    date: Date,
    lines: Vec<ListLine>,
    without: Vec<usize>,
    now: i64,
) -> Result<ListTaken, Problem> {
    let mut taken = ListTaken { without, ..ListTaken::default() };
    let mut rows = Vec::new();
    for line in lines {
        let day = line.date.unwrap_or(date);
        let kind = line.kind.unwrap_or_else(|| new.kind.clone());
        let line_key = key_of(&kind, day, &line.title);
        let again = rows.iter().any(|row: &AdoptedLineRow| row.line_key == line_key);
        if again || tx.find_adopted_line_of(&line_key)?.is_some() {
            taken.known += 1;
            continue;
        }
        rows.push(AdoptedLineRow {
            id: 0,
            office_id: 0,
            list_id: 0,
            position: i64::try_from(line.row).unwrap_or(0),
            date: day.to_string(),
            kind,
            form: line.form.unwrap_or_else(|| new.form.clone()),
            title: line.title.chars().take(200).collect(),
            said: line.said.chars().take(500).collect(),
            line_key,
            state: OPEN.to_owned(),
            fact_key: None,
            forward_id: None,
            reason: String::new(),
            settled_at: None,
            settled_by: None,
        });
    }
    taken.new = rows.len();
    if taken.new == 0 {
        return Ok(taken);
    }
    let name = if new.bytes.is_empty() { "粘贴的目录".to_owned() } else { new.name.clone() };
    let list_id = tx.insert_adopted_list(AdoptedListRow {
        id: 0,
        office_id: 0,
        name: name.clone(),
        lines: i64::try_from(taken.new + taken.known).unwrap_or(0),
        known: i64::try_from(taken.known).unwrap_or(0),
        taken_at: now,
        taken_by: Some(who.account.0),
    })?;
    for row in rows {
        tx.insert_adopted_line(AdoptedLineRow { list_id, ..row })?;
    }
    tx.record_act(&Act {
        at: now,
        account: Some(who.account.0),
        who: &who.name,
        act: "收入采用目录",
        object: &name,
        done: true,
        detail: &format!("{}条，另有{}条以前收过", taken.new, taken.known),
    })?;
    Ok(taken)
}
