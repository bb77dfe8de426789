//! New versions of an item, and what the office enters for a unit (补录).

use tz_model::{Channel, ItemId, Revision, Table, UnitId, shanghai_date};
use tz_store::item::{ItemRow, Sight, VersionRow};
use tz_store::{Tx, moment};

use super::decisions::{Move, may};
use super::list::EnteringForm;
use super::{holder_of, name_of};
use crate::facts::{Cells, Typed, known_cells};
use crate::problem::all_right;
use crate::report::{Entered, NewItem, Origin, act, enter_anew, enter_item, has_category, note, text_faults, words};
use crate::{App, Editor, FieldFault, Problem, scheme_on};

/// A new version of an item, as typed (修改).
#[derive(Clone, Copy, Debug)]
pub struct VersionWish<'a> {
    /// 标题
    pub title: &'a str,
    /// 正文
    pub body: &'a str,
    /// 信息类别
    pub category: &'a str,
    /// What was changed.
    pub remark: &'a str,
    /// Further columns the scheme asks for; `None` where they were not asked.
    pub cells: Option<&'a Typed>,
}

/// The refusal of a stale save, with the newer text.
fn overtaken(tx: &mut Tx, row: &ItemRow) -> Result<Problem, Problem> {
    let newest = tx.list_versions(ItemId(row.id))?.pop().ok_or(Problem::NotThere)?;
    let by = name_of(tx, newest.saved_by)?;
    Ok(Problem::Overtaken {
        by: if by.is_empty() { "他人".to_owned() } else { by },
        current: newest.revision,
        title: newest.title,
        body: newest.body,
    })
}

impl App {
    /// Categories with limits and the units, for the form of 补录.
    pub fn entering_form(&self, _who: &Editor) -> Result<EnteringForm, Problem> {
        let mut tx = self.read()?;
        let scheme = scheme_on(&mut tx, self.today())?;
        Ok((
            scheme.categories().iter().map(|known| (known.name.to_string(), known.limit)).collect(),
            tx.list_units(None)?.into_iter().map(|unit| (UnitId(unit.unit_id), unit.name)).collect(),
        ))
    }

    /// Saves an edited text as a new version (修改). Where somebody saved since `opened`, neither text is lost: the newer
    /// one comes back with the refusal, the typed one stays on the page. A new category is a new row in the ledger.
    pub fn save_version(
        &self,
        who: &Editor,
        id: ItemId,
        opened: Revision,
        wish: &VersionWish<'_>,
    ) -> Result<Revision, Problem> {
        let (category, remark) = (wish.category, wish.remark);
        let title = wish.title.split_whitespace().collect::<Vec<_>>().join(" ");
        let body = wish.body.replace("\r\n", "\n").trim_end().to_owned();
        let mut faults = text_faults(&title, &body, &[]);
        if title.is_empty() {
            faults.push(FieldFault::new("title", "请填写标题。"));
        }
        all_right(faults)?;
        self.refuse_secret(
            who,
            &format!("intake-{id}"),
            &mut NewItem { title: title.clone(), body: body.clone(), ..NewItem::default() },
        )?;
        let now = self.micros();
        let mut tx = self.write()?;
        let (mut row, _) = tx.find_item(Sight::Office, id)?.ok_or(Problem::NotThere)?;
        let holder = holder_of(&mut tx, &row)?;
        // A stale save is told so first, with both texts, whoever has the item in hand by now.
        if row.revision != opened.0 {
            return Err(overtaken(&mut tx, &row)?);
        }
        may(&row, who, holder.as_deref(), None, Move::Edit)?;
        let scheme = scheme_on(&mut tx, shanghai_date(moment(row.received_at)))?;
        if !has_category(&scheme, category) {
            return Err(Problem::field("category", "请从列表中选择信息类别，列表来自现行计分办法。"));
        }
        let moved = row.category != category;
        row.revision += 1;
        row.words = words(&body);
        let (cells, mut faults) = (Cells::of(&scheme, Table::Reports), Vec::new());
        let known = known_cells(Some(&row), None);
        let checked = wish.cells.map(|typed| cells.checked(typed, &known, &mut faults));
        all_right(faults)?;
        row.title.clone_from(&title);
        category.clone_into(&mut row.category);
        if matches!(row.state.as_str(), "received" | "editing") {
            "editing".clone_into(&mut row.state);
            row.claimed_by = Some(who.account.0);
        }
        if !tx.update_item(&row, opened)? {
            return Err(overtaken(&mut tx, &row)?);
        }
        tx.insert_version(VersionRow {
            item_id: id.0,
            revision: row.revision,
            title,
            body,
            category: category.to_owned(),
            saved_at: now,
            saved_by: Some(who.account.0),
            note: remark.trim().chars().take(200).collect(),
        })?;
        enter_anew(&mut tx, &row, now, who.account.0, |held| match checked {
            Some(checked) => cells.changed(held.as_deref(), checked),
            // A text of another length is one, whoever changed it.
            None => cells.relearned(held.as_deref(), &known),
        })?;
        if moved {
            note(&mut tx, id, now, Some(who.account.0), "category", &format!("信息类别改为“{category}”"), true)?;
        }
        let text = format!("编辑修改，存为第{}版", row.revision);
        note(&mut tx, id, now, Some(who.account.0), "edited", &text, true)?;
        act(&mut tx, who, now, "修改稿件", &row.number, &text)?;
        tx.delete_draft(who.account, &format!("intake-{id}"))?;
        tx.commit()?;
        Ok(Revision(row.revision))
    }

    /// Makes an old version the newest again (恢复), as a version of its own.
    pub fn restore_version(
        &self,
        who: &Editor,
        id: ItemId,
        opened: Revision,
        old: Revision,
    ) -> Result<Revision, Problem> {
        let version = self.read()?.find_version(id, old)?.ok_or(Problem::NotThere)?;
        let remark = format!("恢复第{old}版");
        let wish = VersionWish {
            title: &version.title,
            body: &version.body,
            category: &version.category,
            remark: &remark,
            cells: None,
        };
        self.save_version(who, id, opened, &wish)
    }

    /// Enters for a unit what came by telephone or by hand (补录). Paper never counts towards a quota (N3.1).
    pub fn enter_for_unit(&self, who: &Editor, new: &NewItem, key: &str) -> Result<Entered, Problem> {
        let mut new = new.clone();
        if new.channel != Channel::Paper {
            new.channel = Channel::Entered;
        }
        let mut faults = text_faults(&new.title, &new.body, &new.files);
        if new.units.is_empty() {
            faults.push(FieldFault::new("unit", "请选择报送单位，可以选多个。"));
        }
        all_right(faults)?;
        self.refuse_secret(who, "intake-new", &mut new)?;
        let now = self.micros();
        let mut tx = self.write()?;
        if let Some(sent) = tx.find_item_sent(who.account, key)? {
            return Ok(Entered {
                id: ItemId(sent.id),
                number: sent.number,
                title: sent.title,
                warnings: Vec::new(),
                repeats: None,
                again: true,
            });
        }
        let scheme = scheme_on(&mut tx, self.today())?;
        let origin = Origin { by: Some(who.account.0), mail: None, key: Some(key).filter(|key| !key.is_empty()) };
        let entered = enter_item(&mut tx, &scheme, &new, now, origin)?;
        tx.delete_draft(who.account, "intake-new")?;
        act(&mut tx, who, now, "补录", &entered.number, &entered.title)?;
        tx.commit()?;
        Ok(entered)
    }
}
