//! Entering a comment: by an editor from paper, on several items at once, or by the leader on the page; correcting one.

use std::collections::BTreeMap;

use jiff::civil::Date;
use tz_model::{IssueId, ItemId, Month, Period, Table, UnitId, parse_date};
use tz_store::audit::Act;
use tz_store::comment::CommentRow;
use tz_store::item::{EventRow, Sight};
use tz_store::ledger::{FactFilter, FactRow};
use tz_store::scan::ScanPageRow;
use tz_store::{Tx, Write};

use super::following::{FollowState, states_of};
use super::{KeptFile, files, leaders};
use crate::facts::{Entered, NewFact, Recorded, Typed, closed_period, may_be_named};
use crate::forward::units_of;
use crate::problem::all_right;
use crate::publication::reading::{items_of_piece, readable};
use crate::report::NewFile;
use crate::{App, Editor, FieldFault, IssueReader, Leader, Person, Problem, scheme_on};

/// A comment as an editor enters it.
#[derive(Clone, Debug, Default)]
pub struct NewComment {
    /// Numbers of the items it is on, parted by anything; or the title of something not in the system.
    pub items: String,
    /// The units of what is not in the system.
    pub units: Vec<UnitId>,
    /// The day of the comment.
    pub date: String,
    /// Who commented.
    pub leader: String,
    /// The level; empty: as the list of leaders has it.
    pub level: String,
    /// What it says.
    pub words: String,
    /// Further columns the scheme asks for, as typed.
    pub cells: Typed,
    /// Scans or photographs of it.
    pub files: Vec<NewFile>,
    /// The page of a scan it is entered from.
    pub scan_page: Option<i64>,
    /// Entered although the same leader's comment of that day on the same item stands already.
    pub again: bool,
}

/// A comment as a leader writes it on an issue's page.
#[derive(Clone, Debug, Default)]
pub struct LeaderComment {
    /// The issue that was read.
    pub issue: Option<IssueId>,
    /// The item.
    pub item: Option<ItemId>,
    /// What it says.
    pub words: String,
}

/// What is put right in a comment.
#[derive(Clone, Debug, Default)]
pub struct Correction {
    /// The day.
    pub date: String,
    /// Who commented.
    pub leader: String,
    /// The level.
    pub level: String,
    /// What it says.
    pub words: String,
    /// Why it is corrected.
    pub reason: String,
}

/// A comment in a list, with what belongs to it.
#[derive(Clone, Debug)]
pub struct CommentView {
    /// As the ledger has it.
    pub fact: Entered,
    /// Written by the leader on the page rather than entered from paper.
    pub on_page: bool,
    /// The files kept with it.
    pub files: Vec<KeptFile>,
    /// Its follow-ups: identity, unit, how each stands.
    pub follow_ups: Vec<(i64, String, FollowState)>,
}

/// The number of an item: `2018-0613-04`.
fn is_number(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    parts.len() == 3 && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// What was typed as the items of a comment: numbers, or else one title.
fn targets(typed: &str) -> Vec<String> {
    let part = |c: char| !(c.is_ascii_digit() || c == '-');
    let numbers: Vec<String> = typed.split(part).filter(|text| is_number(text)).map(str::to_owned).collect();
    if numbers.is_empty() { vec![typed.trim().to_owned()] } else { numbers }
}

impl App {
    /// Enters a comment (登记批示): one fact for each item it is on, each of which counts (F1.n3).
    pub fn enter_comment(&self, who: &Editor, new: &NewComment) -> Result<Recorded, Problem> {
        let mut faults = self.file_faults(&new.files);
        let mut tx = self.write()?;
        let level = match new.level.trim() {
            "" => leaders::level_of(&mut tx, &new.leader)?.unwrap_or_default(),
            level => level.to_owned(),
        };
        if level.is_empty() && !new.leader.trim().is_empty() {
            let sentence = "领导名单中没有这位领导，请选择批示层级；常有批示的，请系统管理员登记到“领导名单”。";
            faults.push(FieldFault::new("name", sentence));
        }
        let of = targets(&new.items);
        if !new.again && !new.leader.trim().is_empty() {
            faults.extend(self.entered_before(&mut tx, &of, new)?);
        }
        let page = match new.scan_page {
            Some(id) => Some(tx.find_scan_page(id)?.ok_or(Problem::NotThere)?),
            None => None,
        };
        if let Some((page, _)) = &page
            && !matches!(page.state.as_str(), "attached" | "waiting")
        {
            return Err(Problem::Refused("这一页扫描件已经处理过，请重新打开。".to_owned()));
        }
        let (mut keys, mut late): (Vec<String>, Option<Period>) = (Vec::new(), None);
        for item in &of {
            let mut units = new.units.clone();
            // On a scanned page of an issue the words are about the whole piece, which may be made of several items (R11).
            if let (true, Some(issue), Some(known)) =
                (units.is_empty(), page.as_ref().and_then(|(page, _)| page.issue_id), tx.find_item_by_number(item)?)
            {
                let items = items_of_piece(&mut tx, IssueId(issue), ItemId(known.id))?;
                units = units_of(&mut tx, &items)?.into_iter().map(UnitId).collect();
            }
            let fact = NewFact {
                table: Table::Comments,
                units,
                date: new.date.clone(),
                name: level.clone(),
                item: item.clone(),
                form: String::new(),
                leader: new.leader.clone(),
                note: new.words.clone(),
                quantity: 1,
                cells: new.cells.clone(),
            };
            match self.record_fact_in(&mut tx, who, &fact) {
                Ok(recorded) => {
                    late = recorded.late.or(late);
                    keys.push(recorded.key);
                }
                // All at once, each only once; nothing is kept of any where one is wrong.
                Err(Problem::Faults(found)) => {
                    for fault in found {
                        let told =
                            |known: &FieldFault| *known == fault || (fault.field == "name" && known.field == "name");
                        if !faults.iter().any(told) {
                            faults.push(fault);
                        }
                    }
                }
                Err(other) => return Err(other),
            }
        }
        all_right(faults)?;
        let issue_id = page.as_ref().and_then(|(page, _)| page.issue_id);
        let comment = self.put_comment(&mut tx, who, "paper", issue_id, &keys)?;
        files::keep(&mut tx, files::COMMENT, comment, &new.files)?;
        if let Some((page, scan)) = page {
            files::keep_content(&mut tx, files::COMMENT, comment, &scan.name, scan.content_id)?;
            let opened = page.state.clone();
            let settled = ScanPageRow {
                state: "entered".to_owned(),
                comment_id: Some(comment),
                settled_at: Some(self.micros()),
                settled_by: Some(who.account.0),
                ..page
            };
            if !tx.update_scan_page(&settled, &opened)? {
                return Err(Problem::Refused("这一页扫描件刚刚由别人处理过，请重新打开。".to_owned()));
            }
        }
        tx.commit()?;
        Ok(Recorded { key: keys.swap_remove(0), late })
    }

    /// The same leader's comment of that day on the same item, if it stands already.
    fn entered_before(&self, tx: &mut Tx, of: &[String], new: &NewComment) -> Result<Vec<FieldFault>, Problem> {
        let Ok(date) = parse_date(&new.date) else { return Ok(Vec::new()) };
        let day = date.to_string();
        let mut faults = Vec::new();
        for number in of {
            let Some(item) = tx.find_item_by_number(number)? else { continue };
            let held = tx.list_facts(&FactFilter {
                table: Some(Table::Comments.name()),
                item: Some(ItemId(item.id)),
                from: Some(&day),
                to: Some(&day),
                ..FactFilter::default()
            })?;
            if held.iter().any(|fact| fact.leader.as_deref() == Some(new.leader.trim())) {
                let sentence = format!(
                    "{}对《{}》{date}的批示已经登记过。确是另一条批示的，请勾选“另一条批示”后再登记。",
                    new.leader.trim(),
                    item.title
                );
                faults.push(FieldFault::new("again", sentence));
            }
        }
        Ok(faults)
    }

    fn put_comment(
        &self,
        tx: &mut Write,
        who: &Person,
        source: &str,
        issue_id: Option<i64>,
        keys: &[String],
    ) -> Result<i64, Problem> {
        let row = CommentRow {
            id: 0,
            office_id: 0,
            source: source.to_owned(),
            issue_id,
            recorded_at: self.micros(),
            recorded_by: Some(who.account.0),
        };
        Ok(tx.insert_comment(row, keys)?)
    }

    /// Enters a comment that a leader writes on a piece of an issue they read; every unit of every item in it is credited. Their
    /// level is that of the list of leaders.
    ///
    /// Absent for an item that leads no piece of the issue, and for an issue that is not theirs to read.
    pub fn comment_by_leader(&self, who: &Leader, new: &LeaderComment) -> Result<Recorded, Problem> {
        let words = new.words.trim();
        let mut tx = self.write()?;
        let (Some(issue), Some(item)) = (new.issue, new.item) else { return Err(Problem::NotThere) };
        let reader = IssueReader::of(who).ok_or(Problem::NotThere)?;
        let (row, _) = readable(&mut tx, &reader, issue)?;
        let items = items_of_piece(&mut tx, issue, item)?;
        if items.is_empty() || row.state != "published" {
            return Err(Problem::NotThere);
        }
        let leader = leaders::of_account(&mut tx, who.account)?.ok_or_else(|| {
            Problem::Refused("您的账号还没有对应到领导名单，批示没有保存。请系统管理员在“领导名单”中登记。".to_owned())
        })?;
        if words.is_empty() || words.chars().count() > 2000 {
            return Err(Problem::Faults(vec![FieldFault::new("words", "请填写批示内容，2000字以内。").of(item.0)]));
        }
        let (item, _) = tx.find_item(Sight::Office, item)?.ok_or(Problem::NotThere)?;
        let fact = NewFact {
            table: Table::Comments,
            units: units_of(&mut tx, &items)?.into_iter().map(UnitId).collect(),
            date: self.today().to_string(),
            name: leader.level.clone(),
            item: item.number,
            form: String::new(),
            leader: leader.words(),
            note: words.to_owned(),
            quantity: 1,
            cells: Typed::new(),
        };
        let recorded = self.record_fact_in(&mut tx, who, &fact)?;
        self.put_comment(&mut tx, who, "page", Some(row.id), std::slice::from_ref(&recorded.key))?;
        tx.commit()?;
        Ok(recorded)
    }

    /// Whether a leader may comment: their account is in the list of leaders.
    pub fn leader_may_comment(&self, who: &Leader) -> Result<bool, Problem> {
        Ok(leaders::of_account(&mut self.read()?, who.account)?.is_some())
    }

    /// Puts a comment right (更正): a new row of the same fact, with its reason.
    pub fn correct_comment(&self, who: &Editor, key: &str, right: &Correction) -> Result<Recorded, Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let held = tx.find_fact(Table::Comments.name(), key)?.filter(|row| !row.revoked).ok_or(Problem::NotThere)?;
        let mut faults = Vec::new();
        let date = match parse_date(&right.date) {
            Ok(date) if date > self.today() => {
                faults.push(FieldFault::new("date", "日期不能晚于今天，请核对。"));
                self.today()
            }
            Ok(date) => date,
            Err(_) => {
                faults.push(FieldFault::new("date", "请填写日期，例如 2018-06-04。"));
                self.today()
            }
        };
        let scheme = scheme_on(&mut tx, date)?;
        if !may_be_named(&scheme, Table::Comments, right.level.trim()) {
            faults.push(FieldFault::new("name", format!("请选择批示层级，列表来自{date}执行的计分办法。")));
        }
        if right.leader.chars().count() > 100 || right.words.chars().count() > 2000 {
            faults.push(FieldFault::new("note", "批示人不超过100字，批示内容不超过2000字。"));
        }
        let reason = right.reason.trim();
        if reason.is_empty() || reason.chars().count() > 500 {
            faults.push(FieldFault::new("reason", "请写明更正的原因，500字以内，单位会看到。"));
        }
        all_right(faults)?;
        let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let new = FactRow {
            date: date.to_string(),
            name: right.level.trim().to_owned(),
            leader: some(&right.leader),
            note: some(&right.words),
            recorded_at: now,
            recorded_by: Some(who.account.0),
            reason: reason.to_owned(),
            ..held.clone()
        };
        if (&new.date, &new.name, &new.leader, &new.note) == (&held.date, &held.name, &held.leader, &held.note) {
            return Err(Problem::Refused("各栏与已登记的相同，没有需要更正的内容。".to_owned()));
        }
        let late = closed_period(&mut tx, &held.date)?.or(closed_period(&mut tx, &new.date)?);
        let new = tx.append_fact(new)?;
        if let Some(item) = new.item_id {
            tx.append_event(EventRow {
                item_id: item,
                position: 0,
                at: now,
                account_id: Some(who.account.0),
                kind: "fact".to_owned(),
                text: format!("批示更正：{}（{}），原因：{reason}。", new.name, new.date),
                for_unit: true,
            })?;
        }
        tx.record_act(&Act {
            at: now,
            account: Some(who.account.0),
            who: &who.name,
            act: "更正批示",
            object: &format!("{}:{}", new.fact_table, new.key),
            done: true,
            detail: reason,
        })?;
        tx.commit()?;
        Ok(Recorded { key: new.key, late })
    }

    /// The comments of a month (all where `None`), newest first, each with its files and follow-ups.
    pub fn comments(&self, who: &Editor, month: Option<Month>) -> Result<Vec<CommentView>, Problem> {
        let facts = self.entered_facts(who, Table::Comments, month)?;
        let mut tx = self.read()?;
        let keys: Vec<&str> = facts.iter().map(|fact| fact.key.as_str()).collect();
        let of: BTreeMap<String, i64> = tx.list_comments_of_facts(&keys)?.into_iter().collect();
        let ids: Vec<i64> = of.values().copied().collect();
        let kept = files::of(&mut tx, files::COMMENT, &ids)?;
        let on_page: BTreeMap<i64, bool> =
            tx.list_comments(&ids)?.into_iter().map(|row| (row.id, row.source == "page")).collect();
        let mut states = states_of(&mut tx, self.today())?;
        Ok(facts
            .into_iter()
            .map(|fact| {
                let comment = of.get(&fact.key).copied();
                CommentView {
                    on_page: comment.and_then(|id| on_page.get(&id).copied()).unwrap_or(false),
                    files: kept.iter().filter(|file| Some(file.owner_id) == comment).cloned().collect(),
                    follow_ups: states.remove(&fact.key).unwrap_or_default(),
                    fact,
                }
            })
            .collect())
    }

    /// One comment, to be corrected or followed up.
    pub fn comment(&self, who: &Editor, key: &str) -> Result<CommentView, Problem> {
        let day = self.read()?.find_fact(Table::Comments.name(), key)?.filter(|row| !row.revoked);
        let day: Date = day.and_then(|row| parse_date(&row.date).ok()).ok_or(Problem::NotThere)?;
        let all = self.comments(who, Some(Month::of_date(day)))?;
        all.into_iter().find(|view| view.fact.key == key).ok_or(Problem::NotThere)
    }
}

#[cfg(test)]
mod tests {
    use super::targets;

    #[test]
    fn several_numbers_are_several_items_and_anything_else_is_one_title() {
        assert_eq!(targets("2018-0613-04"), ["2018-0613-04"]);
        assert_eq!(targets("2018-0613-04、2018-0613-11，2018-0614-1"), ["2018-0613-04", "2018-0613-11", "2018-0614-1"]);
        assert_eq!(targets(" 2018年夏粮收购工作 "), ["2018年夏粮收购工作"]);
        assert_eq!(targets(""), [""]);
    }
}
