//! What an editor makes of a message in quarantine: items, parted and put together as the editor says, or nothing (弃置).

use jiff::tz::offset;
use tz_model::{MailId, PostboxId, UnitId, shanghai_date};
use tz_read::sender::Evidence;
use tz_scheme::Scheme;
use tz_store::mail::{MailRow, Settled};
use tz_store::{Tx, Write, moment};
use tz_text::secrecy::Mark;

use super::audited;
use super::documents::{Documents, ReceiveWish, strong_mark};
use super::ledger::{record, settled};
use super::quarantine::Hold;
use super::receiving::{Arrival, Read, forged, look_up, mark_words, read, secret_reason, stored_text};
use crate::outgoing::{Answer, OutgoingKind, answer};
use crate::problem::all_right;
use crate::report::{Entered, NewItem, Origin, enter_item};
use crate::system::wordings;
use crate::{App, Editor, FieldFault, Problem, scheme_on};

/// What came of receiving a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    /// It became these items.
    Items(Vec<Entered>),
    /// It carries a mark of secrecy that was not seen when it came. It was refused and its content removed.
    Secret(String),
}

/// How a message in quarantine came, for whoever looks at it again.
pub(super) struct Came {
    /// Over a postbox: it may be answered.
    pub(super) letter: bool,
    provider: String,
    signed_by: Vec<String>,
}

impl Came {
    pub(super) fn of(tx: &mut Tx, row: &MailRow) -> Result<Self, Problem> {
        let postbox = match tx.find_letter_of(MailId(row.id))? {
            Some(letter) => tx.find_postbox(PostboxId(letter.postbox_id))?,
            None => None,
        };
        Ok(Self {
            letter: postbox.is_some(),
            provider: postbox.map(|postbox| postbox.authserv_id).unwrap_or_default(),
            signed_by: row.signed_by.split_whitespace().map(str::to_owned).collect(),
        })
    }

    /// The arrival as it was, but for its place, which is in the ledger of letters already.
    pub(super) fn arrival<'a>(&'a self, row: &'a MailRow, now: i64, waits: Option<String>) -> Arrival<'a> {
        Arrival {
            source: &row.source,
            at: row.received_at,
            entered_at: now,
            evidence: Evidence {
                provider: Some(self.provider.as_str()).filter(|name| !name.is_empty()),
                signed_by: &self.signed_by,
            },
            proof_needed: !self.provider.is_empty(),
            waits,
            letter: None,
        }
    }
}

/// Answers a message that was decided about later, as it would have been answered when it came: over a postbox only, and never
/// an address something speaks against, our own, or what no person wrote.
pub(super) fn answer_late(
    tx: &mut Write,
    kind: OutgoingKind,
    row: &MailRow,
    came: &Came,
    read: &Result<Read, String>,
    now: i64,
) -> Result<(), Problem> {
    let Ok(read) = read else { return Ok(()) };
    let message = &read.message;
    if !came.letter
        || message.auto.is_some()
        || row.held_as == Hold::Forged.key()
        || forged(message, &came.arrival(row, now, None))
        || tx.is_own_address(&row.sender)?
    {
        return Ok(());
    }
    let registered = tx.find_mailbox(&row.sender)?.is_some();
    answer(tx, now, Answer { kind, mail: row.id, address: &row.sender, registered })
}

/// Enters the items of a message in quarantine and gives it its fate; the receipt follows.
#[expect(
    clippy::too_many_arguments,
    reason = "what was gathered, what was decided and by whom are all needed to record it"
)]
pub(super) fn enter_items(
    tx: &mut Write,
    scheme: &Scheme,
    row: &MailRow,
    came: &Came,
    read: &Result<Read, String>,
    unit: UnitId,
    mut news: (Vec<tz_read::Proposed>, Vec<NewItem>),
    reason: impl FnOnce(&str) -> String,
    by: Option<i64>,
    now: i64,
) -> Result<Vec<Entered>, Problem> {
    let id = MailId(row.id);
    look_up(tx, &news.0, unit, &mut news.1)?;
    let origin = Origin { mail: Some(id), ..Origin::default() };
    let entered =
        news.1.iter().map(|new| enter_item(tx, scheme, new, row.received_at, origin)).collect::<Result<Vec<_>, _>>()?;
    let numbers = entered.iter().map(|item| item.number.as_str()).collect::<Vec<_>>().join("、");
    let reason = reason(&numbers);
    let decided = Settled { fate: "item", reason: &reason, unit: Some(unit.0), at: now, by };
    if !tx.settle_mail(id, decided)? {
        return Err(settled(row));
    }
    answer_late(tx, OutgoingKind::Receipt, row, came, read, now)?;
    Ok(entered)
}

/// Refuses a message whose mark of secrecy was not seen when it came: its content goes.
pub(super) fn refuse_secret(
    tx: &mut Write,
    row: &MailRow,
    came: &Came,
    read: &Result<Read, String>,
    mark: &Mark,
    now: i64,
) -> Result<String, Problem> {
    let reason = secret_reason(mark);
    if !tx.purge_mail(MailId(row.id), &reason, now)? {
        return Err(settled(row));
    }
    audited(
        tx,
        now,
        "涉密拒收",
        &row.sha256,
        &format!("密级标志：{}；原件已从隔离邮件中删除", mark_words(mark.pattern)),
    )?;
    answer_late(tx, OutgoingKind::SecretRefused, row, came, read, now)?;
    Ok(reason)
}

/// Registers the sender's address of a message for a unit.
fn register(tx: &mut Write, who: &Editor, row: &MailRow, unit: UnitId, name: &str, now: i64) -> Result<(), Problem> {
    if row.held_as == Hold::Forged.key() {
        return Err(Problem::field("register", "这封来信疑似冒名，不能据此登记邮箱。请由单位在“登记邮箱”中申请。"));
    }
    if !row.sender.contains('@') || tx.is_own_address(&row.sender)? {
        return Err(Problem::field("register", "这封来信没有可以登记的发件地址。请不勾选登记。"));
    }
    match tx.find_mailbox(&row.sender)? {
        None => {
            tx.insert_mailbox(unit, &row.sender, now)?;
            record(tx, who, now, "登记邮箱", MailId(row.id), &format!("{}：{name}", row.sender))
        }
        Some(held) if held.unit_id == unit.0 => Ok(()),
        Some(_) => {
            Err(Problem::field("register", "这个邮箱已登记在另一个单位名下。请先在“队伍”中更正登记，或不勾选登记。"))
        }
    }
}

/// A message that waits, or why it does not.
pub(super) fn waiting(tx: &mut Tx, id: MailId) -> Result<MailRow, Problem> {
    let row = tx.find_mail(id)?.ok_or(Problem::NotThere)?;
    if row.fate == "quarantine" { Ok(row) } else { Err(settled(&row)) }
}

impl App {
    /// When today began.
    pub(super) fn day_begins(&self) -> i64 {
        offset(8).to_timestamp(self.today().at(0, 0, 0, 0)).map_or(i64::MAX, jiff::Timestamp::as_microsecond)
    }

    /// Says which unit a message in quarantine is from (指定单位): every text found in it becomes an item as it was read.
    pub fn assign_quarantined(
        &self,
        who: &Editor,
        id: MailId,
        unit: UnitId,
        register_sender: bool,
    ) -> Result<Vec<Entered>, Problem> {
        let wish = ReceiveWish { unit: Some(unit), register: register_sender, ..ReceiveWish::default() };
        match self.receive_quarantined(who, id, &wish)? {
            Received::Items(items) => Ok(items),
            Received::Secret(why) => Err(Problem::Refused(why)),
        }
    }

    /// Receives a message in quarantine as an editor says (收稿): whose it is, which documents are items and how they read. The
    /// items count as received when the message was (R1, R5).
    pub fn receive_quarantined(&self, who: &Editor, id: MailId, wish: &ReceiveWish) -> Result<Received, Problem> {
        let now = self.micros();
        let mut tx = self.read()?;
        let row = waiting(&mut tx, id)?;
        let content = row.content_id.ok_or(Problem::NotThere)?;
        let raw = tx.content(content)?;
        let scheme = scheme_on(&mut tx, shanghai_date(moment(row.received_at)))?;
        let wordings = wordings(&mut tx)?;
        drop(tx);
        // Read before anybody is kept waiting: a hostile message may cost its reader seconds.
        let read = read(&*self.reader, &raw, &scheme, &wordings);
        let documents = Documents::of(&row, &raw, &read);
        let mut tx = self.write()?;
        let row = waiting(&mut tx, id)?;
        if row.content_id != Some(content) {
            return Err(overtaken());
        }
        let came = Came::of(&mut tx, &row)?;
        if let Some(mark) = read.as_ref().ok().and_then(strong_mark) {
            let why = refuse_secret(&mut tx, &row, &came, &read, mark, now)?;
            tx.commit()?;
            return Ok(Received::Secret(why));
        }
        let unit = match wish.unit {
            Some(unit) => tx.find_unit(unit)?.map(|row| (unit, row.name)),
            None => None,
        };
        let as_read = wish.documents.is_empty();
        let wishes = if as_read { documents.as_read() } else { wish.documents.clone() };
        if wishes.len() != documents.count() {
            return Err(overtaken());
        }
        let mut faults = if as_read { Vec::new() } else { documents.faults(&wishes, &scheme) };
        if unit.is_none() {
            faults.push(FieldFault::new("unit", "请选择报送单位，再点“收稿”。"));
        }
        all_right(faults)?;
        let (unit, name) = unit.expect("a missing unit was a fault above");
        let news = documents.items(&row, unit, &wishes, &wish.files);
        if wish.register && !row.sender.is_empty() {
            register(&mut tx, who, &row, unit, &name, now)?;
        }
        let reason = |numbers: &str| format!("由{}核定为{name}来信，收为稿件{numbers}", who.name);
        let by = Some(who.account.0);
        let entered = enter_items(&mut tx, &scheme, &row, &came, &read, unit, news, reason, by, now)?;
        let numbers = entered.iter().map(|item| item.number.as_str()).collect::<Vec<_>>().join("、");
        record(&mut tx, who, now, "指定来信单位", id, &format!("{name}；{numbers}"))?;
        tx.commit()?;
        Ok(Received::Items(entered))
    }

    /// Registers the sender of a message in quarantine for a unit (登记邮箱, N3.1), without receiving it yet.
    pub fn register_sender(&self, who: &Editor, id: MailId, unit: Option<UnitId>) -> Result<String, Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let row = waiting(&mut tx, id)?;
        let unit = match unit {
            Some(unit) => tx.find_unit(unit)?.map(|row| (unit, row.name)),
            None => None,
        };
        let Some((unit, name)) = unit else { return Err(Problem::field("owner", "请选择邮箱所属的单位。")) };
        register(&mut tx, who, &row, unit, &name, now)?;
        tx.commit()?;
        Ok(name)
    }

    /// Puts a message in quarantine aside (弃置) with a reason. It stays in the ledger.
    pub fn discard_quarantined(&self, who: &Editor, id: MailId, reason: &str) -> Result<(), Problem> {
        let reason = stored_text(reason.trim());
        if reason.is_empty() || reason.chars().count() > 500 {
            return Err(Problem::field("reason", "请写明弃置的原因，不超过500字。"));
        }
        let now = self.micros();
        let mut tx = self.write()?;
        let row = waiting(&mut tx, id)?;
        let by = Some(who.account.0);
        let decided = Settled { fate: "discarded", reason: &reason, unit: row.unit_id, at: now, by };
        if !tx.settle_mail(id, decided)? {
            return Err(settled(&row));
        }
        record(&mut tx, who, now, "弃置来信", id, &reason)?;
        tx.commit()?;
        Ok(())
    }

    /// Takes a discard of today back (撤销弃置): the message waits again for the reason it waited for.
    pub fn undo_discard(&self, who: &Editor, id: MailId) -> Result<(), Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let row = tx.find_mail(id)?.ok_or(Problem::NotThere)?;
        if !tx.unsettle_mail(id, self.day_begins())? {
            return Err(Problem::Refused(if row.fate == "discarded" {
                "这封来信不是今天弃置的，不能撤销。需要时请下载原邮件，由编辑补录。".to_owned()
            } else {
                "这封来信现在不是“已弃置”，不需要撤销。请刷新页面查看。".to_owned()
            }));
        }
        record(&mut tx, who, now, "撤销弃置来信", id, &row.reason)?;
        tx.commit()?;
        Ok(())
    }
}

pub(super) fn overtaken() -> Problem {
    Problem::Refused("您打开此页后，这封来信的内容或识读结果有了变化。请刷新页面，核对后再收稿。".to_owned())
}
