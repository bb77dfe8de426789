//! Beginning, saving, sending and withdrawing an upward report.

use jiff::civil::Date;
use tz_docs::{Block, PaperKind, UpwardReport, upward_report};
use tz_model::{IssueId, ItemId, Revision, Table, parse_date};
use tz_store::audit::Act;
use tz_store::forward::ForwardRow;
use tz_store::item::{EventRow, ItemRow, Sight};
use tz_store::ledger::FactFilter;
use tz_store::{Tx, Write};

use super::{DRAFT, SENT, WITHDRAWN, item_rows, number_words, units_of};
use crate::facts::{NewFact, Typed, may_be_named, revoke};
use crate::problem::all_right;
use crate::publication::{Choices, Paper, joined, unit_names};
use crate::{App, Editor, FieldFault, PaperFormat, Person, Problem, scheme_on, templates};

/// What an upward report is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// An item, as it stands now.
    Item(ItemId),
    /// An item as an issue printed it.
    Printed(IssueId, ItemId),
}

/// An upward report as typed.
#[derive(Clone, Debug, Default)]
pub struct ForwardWish {
    /// The saving it was opened at.
    pub revision: i64,
    /// The higher office; empty: as the form's heading in the scheme.
    pub target: String,
    /// The form: a kind of adoption of the scheme.
    pub form: String,
    /// Its own title.
    pub title: String,
    /// Its own text.
    pub body: String,
    /// The kind of adoption that sending it is, or empty.
    pub counted_as: String,
    /// Numbers of its items, parted by anything but letters, figures and hyphens.
    pub items: String,
}

/// A report begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Begun {
    /// Its identity.
    pub id: i64,
    /// It had been begun before, and is only opened.
    pub known: bool,
}

const CHANGED: &str = "这篇上报稿刚刚被别人改过，请重新打开。";

/// The kind of adoption that sending is in a scheme (上报), if it has one.
pub(super) const SENDING: &str = "上报";

/// The heading of a kind of adoption as the name of an office: `枣府办采用信息` is `枣府办`.
pub(crate) fn office_of(heading: &str) -> &str {
    heading.strip_suffix("采用信息").unwrap_or(heading)
}

/// A scheme's kinds of adoption by higher offices: those under the headings where none of our own titles' kinds stand.
pub(crate) fn higher(choices: Vec<Choices>, ours: &[String]) -> Vec<Choices> {
    let own = |choices: &Choices| choices.names.iter().any(|(name, _)| ours.contains(name));
    let (mine, above): (Vec<_>, Vec<_>) = choices.into_iter().partition(own);
    // A scheme with one heading for all keeps its kinds, without those of our own titles.
    if above.is_empty() {
        return mine
            .into_iter()
            .map(|mut choices| {
                choices.names.retain(|(name, _)| !ours.contains(name) && name != SENDING);
                choices
            })
            .filter(|choices| !choices.names.is_empty())
            .collect();
    }
    above
}

/// What is said on an item's timeline.
pub(super) fn note(tx: &mut Write, who: &Person, item: i64, text: String, now: i64) -> Result<(), Problem> {
    Ok(tx.append_event(EventRow {
        item_id: item,
        position: 0,
        at: now,
        account_id: Some(who.account.0),
        kind: "forwarded".to_owned(),
        text,
        for_unit: true,
    })?)
}

impl App {
    /// The forms an upward report may have on a day, by higher office.
    pub fn upward_choices(&self, who: &Editor, day: Date) -> Result<Vec<Choices>, Problem> {
        let all = self.adoption_kinds(day)?;
        let ours: Vec<String> = self.titles(who)?.into_iter().map(|title| title.kind).collect();
        Ok(higher(all, &ours))
    }

    /// What sending may count as on a day: kinds of adoption that are neither of a higher office nor of one of our own titles.
    pub fn sending_choices(&self, _who: &Editor, day: Date) -> Result<Vec<String>, Problem> {
        let scheme = self.scheme_on(day)?;
        Ok(scheme
            .names_in(Table::Adoptions)
            .iter()
            .filter(|name| ***name == *SENDING)
            .map(ToString::to_string)
            .collect())
    }

    /// The item of a number.
    pub fn item_of_number(&self, _who: &Editor, number: &str) -> Result<ItemId, Problem> {
        let item = self.read()?.find_item_by_number(number.trim())?;
        let wrong = || Problem::field("number", format!("没有编号为{}的稿件，请核对。", number.trim()));
        item.map(|item| ItemId(item.id)).ok_or_else(wrong)
    }

    /// Begins an upward report with the title and text of an item (上报). One being drafted of the same item is opened instead.
    pub fn begin_forward(&self, who: &Editor, source: Source) -> Result<Begun, Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let (item, title, body, issue) = source_of(&mut tx, source)?;
        let drafts = tx.list_forwards_of_item(ItemId(item.id))?;
        if let Some(known) = drafts.iter().find(|row| row.state == DRAFT) {
            return Ok(Begun { id: known.id, known: true });
        }
        let counted = tx.list_facts(&FactFilter {
            table: Some(Table::Adoptions.name()),
            item: Some(ItemId(item.id)),
            ..FactFilter::default()
        })?;
        let scheme = scheme_on(&mut tx, self.today())?;
        // Sent before, it counts once unless an editor says otherwise.
        let counts =
            may_be_named(&scheme, Table::Adoptions, SENDING) && !counted.iter().any(|fact| fact.name == SENDING);
        let row = ForwardRow {
            id: 0,
            office_id: 0,
            year: None,
            number: None,
            target: String::new(),
            form: String::new(),
            title,
            body,
            counted_as: if counts { SENDING.to_owned() } else { String::new() },
            state: DRAFT.to_owned(),
            revision: 1,
            date: None,
            issue_id: issue.map(|issue| issue.0),
            created_at: now,
            created_by: Some(who.account.0),
            sent_at: None,
            sent_by: None,
            reason: String::new(),
        };
        let id = tx.insert_forward(row, &[item.id])?;
        tx.record_act(&Act {
            at: now,
            account: Some(who.account.0),
            who: &who.name,
            act: "起草上报稿",
            object: &item.number,
            done: true,
            detail: "",
        })?;
        tx.commit()?;
        Ok(Begun { id, known: false })
    }

    /// Saves a draft. Somebody else's saving in between is shown with both texts.
    pub fn save_forward(&self, who: &Editor, id: i64, wish: &ForwardWish) -> Result<i64, Problem> {
        let mut tx = self.write()?;
        let (row, items) = self.checked_wish(&mut tx, who, id, wish, false)?;
        let revision = row.revision;
        tx.replace_forward_items(id, &item_rows(id, &items))?;
        tx.commit()?;
        Ok(revision)
    }

    /// What was typed, checked against the rules and written into the row; with the items it names.
    fn checked_wish(
        &self,
        tx: &mut Write,
        who: &Editor,
        id: i64,
        wish: &ForwardWish,
        sending: bool,
    ) -> Result<(ForwardRow, Vec<i64>), Problem> {
        let held = tx.find_forward(id)?.ok_or(Problem::NotThere)?;
        if held.state != DRAFT {
            return Err(Problem::Refused(format!("{}已经上报或撤回，不能再改。", number_words(&held))));
        }
        if held.revision != wish.revision {
            let by =
                held.sent_by.or(held.created_by).and_then(|by| tx.find_account(tz_model::AccountId(by)).ok().flatten());
            return Err(Problem::Overtaken {
                by: by.map(|account| account.name).unwrap_or_default(),
                current: held.revision,
                title: held.title,
                body: held.body,
            });
        }
        let mut faults = Vec::new();
        let scheme = scheme_on(tx, self.today())?;
        let (title, form, target) = (wish.title.trim(), wish.form.trim(), wish.target.trim());
        if title.is_empty() || title.chars().count() > 200 {
            faults.push(FieldFault::new("title", "请填写标题，200字以内。"));
        }
        if sending && wish.body.trim().is_empty() {
            faults.push(FieldFault::new("body", "正文是空的，请补齐后再上报。"));
        }
        if wish.body.chars().count() > 50_000 {
            faults.push(FieldFault::new("body", "正文太长，不超过50000字。"));
        }
        if (sending || !form.is_empty()) && !may_be_named(&scheme, Table::Adoptions, form) {
            faults.push(FieldFault::new("form", "请选择报送的上级机关和形式，列表来自现行计分办法。"));
        }
        if target.chars().count() > 40 {
            faults.push(FieldFault::new("target", "上级机关名称不超过40字。"));
        }
        let counted = wish.counted_as.trim();
        if !counted.is_empty() && !may_be_named(&scheme, Table::Adoptions, counted) {
            faults.push(FieldFault::new("counted_as", "请从列表中选择，列表来自现行计分办法。"));
        }
        let mut items = Vec::new();
        for number in numbers(&wish.items) {
            match tx.find_item_by_number(&number)? {
                Some(item) if !items.contains(&item.id) => items.push(item.id),
                Some(_) => {}
                None => faults.push(FieldFault::new("items", format!("没有编号为{number}的稿件，请核对。"))),
            }
        }
        if items.is_empty() && !faults.iter().any(|fault| fault.field == "items") {
            faults.push(FieldFault::new("items", "请填写稿件编号，合并上报的填几个。"));
        }
        all_right(faults)?;
        let target = if target.is_empty() {
            let choices = self.adoption_kinds(self.today())?;
            let of = choices.iter().find(|choices| choices.names.iter().any(|(name, _)| name == form));
            of.map(|choices| office_of(&choices.heading).to_owned()).unwrap_or_default()
        } else {
            target.to_owned()
        };
        let row = ForwardRow {
            target,
            form: form.to_owned(),
            title: title.to_owned(),
            body: wish.body.trim().to_owned(),
            counted_as: counted.to_owned(),
            revision: held.revision + 1,
            // Whoever saved last, until it is sent.
            sent_by: Some(who.account.0),
            ..held
        };
        if !tx.update_forward(&row, wish.revision)? {
            return Err(Problem::Refused(CHANGED.to_owned()));
        }
        Ok((row, items))
    }

    /// Sends a draft (上报): a number without gaps in its year, the adoption that sending is, a note on each item's timeline.
    pub fn send_forward(&self, who: &Editor, id: i64, wish: &ForwardWish, day: &str) -> Result<String, Problem> {
        let now = self.micros();
        let date = match parse_date(day) {
            Ok(date) if date > self.today() => return Err(Problem::field("date", "上报日期不能晚于今天，请核对。")),
            Ok(date) => date,
            Err(_) => return Err(Problem::field("date", "请填写上报日期，例如 2018-06-04。")),
        };
        let mut tx = self.write()?;
        let (mut row, items) = self.checked_wish(&mut tx, who, id, wish, true)?;
        let year = i64::from(date.year());
        row.year = Some(year);
        row.number = Some(tx.next_number(&format!("forward-{year}"))?);
        row.state = SENT.to_owned();
        row.date = Some(date.to_string());
        row.sent_at = Some(now);
        row.sent_by = Some(who.account.0);
        let opened = row.revision;
        row.revision += 1;
        let number = number_words(&row);
        let mut rows = item_rows(id, &items);
        if !row.counted_as.is_empty() {
            let first = tx.find_item(Sight::Office, ItemId(items[0]))?.ok_or(Problem::NotThere)?.0;
            let units = units_of(&mut tx, &items)?;
            let new = NewFact {
                table: Table::Adoptions,
                units: units.into_iter().map(tz_model::UnitId).collect(),
                date: date.to_string(),
                name: row.counted_as.clone(),
                item: first.number,
                // A scheme that asks for the form of every use gets the plainest.
                form: scheme_on(&mut tx, date)?.forms().first().map(ToString::to_string).unwrap_or_default(),
                leader: String::new(),
                note: format!("{number}，报{}", row.target),
                quantity: 1,
                cells: Typed::new(),
            };
            rows[0].fact_key = Some(self.record_fact_in(&mut tx, who, &new)?.key);
        }
        tx.replace_forward_items(id, &rows)?;
        if !tx.update_forward(&row, opened)? {
            return Err(Problem::Refused(CHANGED.to_owned()));
        }
        for item in &items {
            note(
                &mut tx,
                who,
                *item,
                format!("以《{}》上报{}（{}），{number}。", row.title, row.target, row.form),
                now,
            )?;
        }
        tx.record_act(&Act {
            at: now,
            account: Some(who.account.0),
            who: &who.name,
            act: "上报",
            object: &number,
            done: true,
            detail: &format!("{}，{}", row.target, row.form),
        })?;
        tx.commit()?;
        Ok(number)
    }

    /// Takes back a report that was sent, or a draft (撤回): its number stays taken, what sending it counted for is withdrawn.
    pub fn withdraw_forward(&self, who: &Editor, id: i64, reason: &str) -> Result<(), Problem> {
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > 500 {
            return Err(Problem::field("reason", "请写明撤回的原因，500字以内，单位会看到。"));
        }
        let now = self.micros();
        let mut tx = self.write()?;
        let held = tx.find_forward(id)?.ok_or(Problem::NotThere)?;
        if held.state == WITHDRAWN {
            return Err(Problem::Refused("这篇上报稿已经撤回，不必再撤回。".to_owned()));
        }
        let (opened, was_sent) = (held.revision, held.state == SENT);
        let row = ForwardRow { state: WITHDRAWN.to_owned(), reason: reason.to_owned(), revision: opened + 1, ..held };
        if !tx.update_forward(&row, opened)? {
            return Err(Problem::Refused(CHANGED.to_owned()));
        }
        for item in tx.list_forward_items(&[id])? {
            if let Some(key) = &item.fact_key {
                let held = tx.find_fact(Table::Adoptions.name(), key)?.is_some_and(|fact| !fact.revoked);
                if held {
                    revoke(&mut tx, Table::Adoptions, key, reason, now, Some(who.account.0))?;
                }
            }
            if was_sent {
                note(&mut tx, who, item.item_id, format!("{}撤回：{reason}。", number_words(&row)), now)?;
            }
        }
        tx.record_act(&Act {
            at: now,
            account: Some(who.account.0),
            who: &who.name,
            act: "撤回上报稿",
            object: &if was_sent { number_words(&row) } else { row.title.clone() },
            done: true,
            detail: reason,
        })?;
        tx.commit()?;
        Ok(())
    }

    /// An upward report as a paper (上报稿).
    pub fn forward_paper(&self, _who: &Editor, id: i64, format: PaperFormat) -> Result<Paper, Problem> {
        let report = {
            let mut tx = self.read()?;
            let row = tx.find_forward(id)?.ok_or(Problem::NotThere)?;
            let items: Vec<i64> = tx.list_forward_items(&[id])?.into_iter().map(|item| item.item_id).collect();
            let units = units_of(&mut tx, &items)?;
            let names = unit_names(&mut tx)?;
            let mut by = |id: Option<i64>| -> Result<String, Problem> {
                let account = id.map(|id| tx.find_account(tz_model::AccountId(id))).transpose()?.flatten();
                Ok(account.map(|account| account.name).unwrap_or_default())
            };
            let (edited_by, signed_by) = (by(row.created_by)?, by(row.sent_by.filter(|_| row.sent_at.is_some()))?);
            let office = tx.office_row()?.name;
            UpwardReport {
                office,
                number: number_words(&row),
                to: row.target.clone(),
                form: row.form.clone(),
                paragraphs: row
                    .body
                    .lines()
                    .map(str::trim)
                    .filter(|line| !line.is_empty())
                    .map(|line| Block::Text(line.to_owned()))
                    .collect(),
                byline: joined(&names, &units),
                edited_by,
                signed_by,
                date: row.date.as_deref().and_then(|day| parse_date(day).ok()).unwrap_or(self.today()),
                sent: row.date.is_some(),
                title: row.title,
            }
        };
        let wording = templates::in_force(&mut self.read()?, PaperKind::UpwardReport)?;
        let paper = upward_report(&report, &wording);
        let bytes = self.write_paper(&paper, format)?;
        let name = if report.number.is_empty() { "上报稿（未上报）".to_owned() } else { report.number };
        Ok(Paper { name: format!("{name}.{}", format.ending()), bytes, format })
    }
}

/// The item, title and text an upward report begins with.
fn source_of(tx: &mut Tx, source: Source) -> Result<(ItemRow, String, String, Option<IssueId>), Problem> {
    let (id, issue) = match source {
        Source::Item(item) => (item, None),
        Source::Printed(issue, item) => (item, Some(issue)),
    };
    let (item, _) = tx.find_item(Sight::Office, id)?.ok_or(Problem::NotThere)?;
    if matches!(item.state.as_str(), "withdrawn" | "returned") {
        return Err(Problem::Refused(format!("《{}》已由单位撤回或退回单位，不能上报。", item.title)));
    }
    if let Some(issue) = issue {
        let places = tx.list_issue_items(issue)?;
        // Merged into another's piece (综合稿), it was printed in that piece's words.
        let own = places.iter().find(|place| place.item_id == item.id).ok_or(Problem::NotThere)?;
        let lead = own.merged_into.unwrap_or(own.item_id);
        let place = places.into_iter().find(|place| place.item_id == lead).ok_or(Problem::NotThere)?;
        return Ok((item, place.title, place.body, Some(issue)));
    }
    let version = tx.find_version(id, Revision(item.revision))?.ok_or(Problem::NotThere)?;
    Ok((item, version.title, version.body, None))
}

/// Numbers of items in a text.
fn numbers(text: &str) -> Vec<String> {
    let part = |c: char| !(c.is_ascii_alphanumeric() || c == '-');
    text.split(part).filter(|number| !number.is_empty()).map(str::to_owned).collect()
}
