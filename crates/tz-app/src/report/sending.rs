//! What a unit does with its items: sends, sends again, withdraws, replies.

use tz_model::{Channel, ItemId, Revision, Table, shanghai_date};
use tz_store::audit::Act;
use tz_store::item::{ItemRow, VersionRow};
use tz_store::ledger::{FactFilter, FactRow};
use tz_store::refusal::FormRefusalRow;
use tz_store::{Write, moment};
use tz_text::secrecy::Strength;

use super::checking::{over_limit, text_faults, words};
use super::entering::{Entered, NewItem, Origin, Text, UNTITLED, enter_item, known_category};
use super::showing::is_opened;
use super::{act, note, state_name};
use crate::facts::{Cells, known_cells, revoke};
use crate::mail::mark_words;
use crate::problem::all_right;
use crate::solicitation::open_topics;
use crate::system::wordings;
use crate::{App, FieldFault, Person, Problem, Reporter, scheme_on};

/// The same, for what a person reads when a mark of secrecy was found (N3.1).
const SECRET: &str = "带有密级标志，没有接收，内容未保存。涉密信息请由专人携带存储设备报送，不得通过本系统或邮件报送；并请删除本机上的草稿。";

/// A key for a form that is about to be shown: sent twice with it, the form is one item.
pub fn fresh_key() -> String {
    let mut bytes = [0u8; 16];
    getrandom::fill(&mut bytes).expect("the system's random source works, or nothing may go on");
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Enters an item anew in the ledger, with its category and what `cells` makes of its further columns: the day stays that of
/// receipt. Nothing where that is what stands there.
pub(crate) fn enter_anew(
    tx: &mut Write,
    row: &ItemRow,
    now: i64,
    by: i64,
    cells: impl FnOnce(Option<String>) -> Option<String>,
) -> Result<(), Problem> {
    let Some(held) = tx.find_fact(Table::Reports.name(), &row.number)?.filter(|fact| !fact.revoked) else {
        return Ok(());
    };
    let extra = cells(held.extra.clone());
    let moved = held.name != row.category;
    if !moved && extra == held.extra {
        return Ok(());
    }
    tx.append_fact(FactRow {
        reason: if moved {
            format!("信息类别由“{}”改为“{}”", held.name, row.category)
        } else {
            "补充登记".to_owned()
        },
        extra,
        name: row.category.clone(),
        title: Some(row.title.clone()),
        recorded_at: now,
        recorded_by: Some(by),
        ..held
    })?;
    Ok(())
}

/// The duty an item answered is open again.
fn give_back_answer(tx: &mut Write, row: &ItemRow, now: i64, by: i64) -> Result<(), Problem> {
    let filter = FactFilter { table: Some(Table::Duties.name()), item: Some(ItemId(row.id)), ..FactFilter::default() };
    for duty in tx.list_facts(&filter)? {
        tx.append_fact(FactRow {
            answered: None,
            item_id: None,
            recorded_at: now,
            recorded_by: Some(by),
            reason: format!("答复稿件{}已撤回", row.number),
            ..duty
        })?;
    }
    Ok(())
}

impl App {
    /// Refuses what carries a strong mark of secrecy (N3.1): nothing of it is kept but the time, the sender, a hash and
    /// the mark. A weak one becomes a doubt.
    pub(crate) fn refuse_secret(&self, who: &Person, form: &str, new: &mut NewItem) -> Result<(), Problem> {
        let wordings = wordings(&mut self.read()?)?;
        let Some(mark) = self.mark_of(new, &wordings) else { return Ok(()) };
        if mark.strength == Strength::Weak {
            new.doubts.push(format!("见“{}”字样，请核对是否适合通过本系统报送。", mark.found));
            return Ok(());
        }
        let mut all = new.title.clone().into_bytes();
        all.extend(new.body.as_bytes());
        for file in &new.files {
            all.extend(&file.bytes);
        }
        let (now, sha256) = (self.micros(), tz_store::content::sha256(&all));
        let mut tx = self.write()?;
        tx.delete_draft(who.account, form)?;
        tx.record_act(&Act {
            at: now,
            account: Some(who.account.0),
            who: &who.name,
            act: "涉密拒收",
            object: &sha256,
            done: false,
            detail: &format!("密级标志：{}", mark_words(mark.pattern)),
        })?;
        tx.insert_form_refusal(FormRefusalRow {
            id: 0,
            office_id: 0,
            refused_at: now,
            account_id: who.account.0,
            unit_id: who.unit.map(|unit| unit.0),
            sha256,
            reason: format!("网页填写或上传的内容带有密级标志（{}），没有接收，内容未保存。", mark_words(mark.pattern)),
        })?;
        tx.commit()?;
        Err(Problem::field("body", format!("所报内容{SECRET}")))
    }

    /// Sends an item (报送). The same `key` twice is one item; with another text it is refused.
    pub fn send_item(&self, who: &Reporter, new: &NewItem, key: &str) -> Result<Entered, Problem> {
        let mut new = new.clone();
        new.channel = Channel::Web;
        new.units.retain(|unit| *unit != who.unit());
        new.units.insert(0, who.unit());
        all_right(text_faults(&new.title, &new.body, &new.files))?;
        self.refuse_secret(who, "report-new", &mut new)?;
        match self.send_once(who, &new, key) {
            // Two sendings at the same moment on PostgreSQL: the second finds the first one's item now.
            Err(Problem::Failed(failure)) if failure.is_taken() => self.send_once(who, &new, key),
            other => other,
        }
    }

    fn send_once(&self, who: &Reporter, new: &NewItem, key: &str) -> Result<Entered, Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        if let Some(sent) = tx.find_item_sent(who.account, key)? {
            let same = sent.fingerprint == Text::of(new.body.trim_end()).fingerprint
                && (sent.title == new.title.split_whitespace().collect::<Vec<_>>().join(" ")
                    || sent.revision > 1
                    || sent.title == UNTITLED);
            if !same {
                return Err(Problem::Refused(format!(
                    "这份表单已经报送过（编号{}），这次的内容与上次不同，没有再收。如是新稿，请打开“报送新稿”另报；如要修改，请先撤回。",
                    sent.number
                )));
            }
            return Ok(Entered {
                id: ItemId(sent.id),
                number: sent.number,
                title: sent.title,
                warnings: Vec::new(),
                repeats: None,
                again: true,
            });
        }
        if let Some(topic) = new.topic
            && !open_topics(&mut tx, who.unit, self.today())?.iter().any(|open| open.id == topic)
        {
            let gone = "这个题目的报送要点已经结束，或不是发给本单位的，请重新选择。";
            return Err(Problem::field("topic", gone));
        }
        let scheme = scheme_on(&mut tx, self.today())?;
        let origin = Origin { by: Some(who.account.0), mail: None, key: Some(key).filter(|key| !key.is_empty()) };
        let entered = enter_item(&mut tx, &scheme, new, now, origin)?;
        tx.delete_draft(who.account, "report-new")?;
        act(&mut tx, who, now, "报送", &entered.number, &entered.title)?;
        tx.commit()?;
        Ok(entered)
    }

    /// Takes an item back (撤回) while no editor has opened it. Its report counts for nothing from now on.
    pub fn withdraw_item(&self, who: &Reporter, id: ItemId) -> Result<(), Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let (mut row, _) = tx.find_item(who.sight(), id)?.ok_or(Problem::NotThere)?;
        let events = tx.list_events(tz_store::item::Sight::Office, id)?;
        if row.state != "received" || row.claimed_by.is_some() || is_opened(&events) {
            return Err(Problem::Refused(format!(
                "《{}》编辑已经打开，不能自行撤回。如确需撤回，请与信息科联系。",
                row.title
            )));
        }
        let opened = Revision(row.revision);
        "withdrawn".clone_into(&mut row.state);
        if !tx.update_item(&row, opened)? {
            return Err(Problem::Refused("稿件刚刚有了新版本，没有撤回。请重新打开后再决定。".to_owned()));
        }
        revoke(&mut tx, Table::Reports, &row.number, "单位撤回", now, Some(who.account.0))?;
        give_back_answer(&mut tx, &row, now, who.account.0)?;
        // What was taken for a repeat of it is the first of its kind now.
        for mut repeat in tx.list_repeats_of(&row)? {
            repeat.repeats = None;
            let opened = Revision(repeat.revision);
            tx.update_item(&repeat, opened)?;
            if let Some(fact) = tx.find_fact(Table::Reports.name(), &repeat.number)?.filter(|fact| !fact.revoked) {
                tx.append_fact(FactRow {
                    repeats: None,
                    recorded_at: now,
                    recorded_by: Some(who.account.0),
                    reason: format!("{}已由单位撤回，本稿不再是重复稿", row.number),
                    ..fact
                })?;
            }
            let words = format!("{}已撤回，本稿不再按重复稿处理", row.number);
            note(&mut tx, ItemId(repeat.id), now, None, "counted", &words, true)?;
        }
        note(&mut tx, id, now, Some(who.account.0), "withdrawn", "单位撤回", true)?;
        act(&mut tx, who, now, "撤回稿件", &row.number, &row.title)?;
        tx.commit()?;
        Ok(())
    }

    /// Sends a returned item again as a new version (重报). Refused if it is not returned any more.
    pub fn resubmit(
        &self,
        who: &Reporter,
        id: ItemId,
        title: &str,
        body: &str,
        category: &str,
    ) -> Result<Entered, Problem> {
        let mut check = NewItem { title: title.to_owned(), body: body.to_owned(), ..NewItem::default() };
        let mut faults = text_faults(title, body, &[]);
        if title.trim().is_empty() {
            faults.push(FieldFault::new("title", "请填写标题。"));
        }
        all_right(faults)?;
        let now = self.micros();
        self.refuse_secret(who, &format!("report-{id}"), &mut check)?;
        let mut tx = self.write()?;
        let (mut row, _) = tx.find_item(who.sight(), id)?.ok_or(Problem::NotThere)?;
        if row.state != "returned" {
            return Err(Problem::Refused(format!(
                "《{}》现在的状态是“{}”，只有已退回的稿件可以修改重报。",
                row.title,
                state_name(&row.state)
            )));
        }
        // The item counts for the day it was first received.
        let scheme = scheme_on(&mut tx, shanghai_date(moment(row.received_at)))?;
        let mut doubts = check.doubts;
        let category = known_category(&scheme, category, &mut doubts);
        let opened = Revision(row.revision);
        row.revision += 1;
        row.title = title.split_whitespace().collect::<Vec<_>>().join(" ");
        body.trim_end().clone_into(&mut check.body);
        row.words = words(&check.body);
        "received".clone_into(&mut row.state);
        row.claimed_by = None;
        row.doubts = doubts.join("\n");
        category.clone_into(&mut row.category);
        if !tx.update_item(&row, opened)? {
            return Err(Problem::Refused("稿件刚刚有了新版本，请重新打开后再报。".to_owned()));
        }
        tx.insert_version(VersionRow {
            item_id: id.0,
            revision: row.revision,
            title: row.title.clone(),
            body: check.body,
            category: category.clone(),
            saved_at: now,
            saved_by: Some(who.account.0),
            note: "单位修改重报".to_owned(),
        })?;
        let cells = Cells::of(&scheme, Table::Reports);
        let known = known_cells(Some(&row), None);
        enter_anew(&mut tx, &row, now, who.account.0, |held| cells.relearned(held.as_deref(), &known))?;
        let mut warnings: Vec<String> = over_limit(&scheme, &category, row.words).into_iter().collect();
        note(
            &mut tx,
            id,
            now,
            Some(who.account.0),
            "resubmitted",
            &format!("单位修改重报（第{}版）", row.revision),
            true,
        )?;
        for warning in &warnings {
            note(&mut tx, id, now, None, "warning", warning, true)?;
        }
        tx.delete_draft(who.account, &format!("report-{id}"))?;
        act(&mut tx, who, now, "重报稿件", &row.number, &row.title)?;
        tx.commit()?;
        warnings.extend(doubts);
        Ok(Entered { id, number: row.number, title: row.title, warnings, repeats: None, again: false })
    }

    /// A unit answers an editor's question about its item (答复核实).
    pub fn reply(&self, who: &Reporter, id: ItemId, text: &str) -> Result<(), Problem> {
        if text.trim().is_empty() || text.chars().count() > 2000 {
            return Err(Problem::field("text", "请填写答复，不超过2000字。"));
        }
        let now = self.micros();
        let mut check = NewItem { body: text.to_owned(), ..NewItem::default() };
        self.refuse_secret(who, &format!("report-{id}"), &mut check)?;
        let mut tx = self.write()?;
        let (row, _) = tx.find_item(who.sight(), id)?.ok_or(Problem::NotThere)?;
        note(&mut tx, id, now, Some(who.account.0), "reply", &format!("单位答复：{}", text.trim()), true)?;
        act(&mut tx, who, now, "答复核实", &row.number, "")?;
        tx.commit()?;
        Ok(())
    }
}
