//! Changes of a unit's registered mailboxes (登记邮箱变更, N3.1): a reporter asks, an administrator or the chief decides, the
//! address proves itself with a code, and only then is it registered. Every step stands in the audit.

use jiff::Timestamp;
use tz_model::{AccountId, UnitId};
use tz_store::audit::Act;
use tz_store::directory::MailboxRow;
use tz_store::mailbox_request::MailboxRequestRow;
use tz_store::{Tx, Write, moment};

use crate::account::{hash_password, right_password};
use crate::outgoing::{OutgoingKind, queued};
use crate::problem::all_right;
use crate::system::is_address;
use crate::{App, FieldFault, Person, Problem, Registrar, Reporter};

/// A code is good for so long: an office that reads its mail once a day has time.
const CODE_GOOD: i64 = 3 * 24 * 60 * 60 * 1_000_000;
/// So many wrong codes end a request.
const CODE_TRIES: i64 = 5;
/// Open requests a unit may have at a time.
const OPEN: usize = 5;
/// Requests on a page.
const SHOWN: i64 = 20;

/// What is asked for (申请事项).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailboxWish {
    /// 登记: mail from the address is to be the unit's.
    Open,
    /// 注销: it is to be no longer.
    Close,
}

impl MailboxWish {
    /// As stored and as forms send it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Close => "close",
        }
    }

    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "登记",
            Self::Close => "注销",
        }
    }

    /// The wish stored under a key.
    pub fn of_key(key: &str) -> Option<Self> {
        [Self::Open, Self::Close].into_iter().find(|wish| wish.key() == key)
    }
}

/// What a stored state of a request is called (办理情况).
pub fn request_state_name(state: &str) -> &'static str {
    match state {
        "asked" => "等待审核",
        "coded" => "等待填写确认码",
        "done" => "已办理",
        "refused" => "未通过",
        "withdrawn" => "已撤回",
        _ => "状态不明",
    }
}

/// A request with the names it needs.
#[derive(Clone, Debug)]
pub struct MailboxRequest {
    /// Its identity.
    pub id: i64,
    /// The unit's name.
    pub unit: String,
    /// What is asked for.
    pub wish: MailboxWish,
    /// The address.
    pub address: String,
    /// Why.
    pub reason: String,
    /// `asked`, `coded`, `done`, `refused`, `withdrawn`.
    pub state: String,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// Who asked.
    pub asked_by: String,
    /// Why it was refused, or how it ended.
    pub answer: String,
    /// Another unit for which the address is registered now; whoever decides must know.
    pub held_by: Option<String>,
}

/// A unit's registered mailboxes as its reporter sees them.
#[derive(Clone, Debug)]
pub struct OwnMailboxes {
    /// What is registered.
    pub registered: Vec<MailboxRow>,
    /// What was asked for, the newest first.
    pub requests: Vec<MailboxRequest>,
}

/// What came of confirming a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmed {
    /// It is done.
    Done,
    /// A code is on its way to the address.
    CodeSent,
}

/// The request a letter with a code is about.
pub(crate) fn request_of(about: &str) -> Option<i64> {
    about.strip_prefix("confirm:")?.parse().ok()
}

/// A confirmation code: eight figures that nobody can guess in five tries, and how they are kept.
pub(crate) struct Code {
    /// As its letter says it.
    pub(crate) text: String,
    hash: String,
}

impl Code {
    /// A new one. Takes a while: nobody should have to wait behind it.
    pub(crate) fn fresh() -> Self {
        let mut bytes = [0u8; 8];
        getrandom::fill(&mut bytes).expect("the system's random source works, or nothing may go on");
        let text = format!("{:08}", u64::from_le_bytes(bytes) % 100_000_000);
        Self { hash: hash_password(&text), text }
    }
}

/// The letter with a code has been written: from now on its code is the good one.
pub(crate) fn code_written(tx: &mut Write, about: &str, code: &Code) -> Result<(), Problem> {
    let Some(mut row) = request_of(about).map(|id| tx.find_mailbox_request(id)).transpose()?.flatten() else {
        return Ok(());
    };
    row.code.clone_from(&code.hash);
    save(tx, &row, "coded")
}

fn record(
    tx: &mut Write,
    who: &Person,
    at: i64,
    act: &str,
    row: &MailboxRequestRow,
    detail: &str,
) -> Result<(), Problem> {
    let wish = MailboxWish::of_key(&row.wish).map_or("", MailboxWish::name);
    let unit = tx.find_unit(UnitId(row.unit_id))?.map(|unit| unit.name).unwrap_or_default();
    Ok(tx.record_act(&Act {
        at,
        account: Some(who.account.0),
        who: &who.name,
        act,
        object: &row.address,
        done: true,
        detail: &format!("{unit}{wish}{}{detail}", if detail.is_empty() { "" } else { "：" }),
    })?)
}

fn shown(tx: &mut Tx, rows: Vec<MailboxRequestRow>) -> Result<Vec<MailboxRequest>, Problem> {
    let units = tx.list_unit_names()?;
    let name = |unit: i64| units.get(unit).unwrap_or_default().to_owned();
    let mut requests = Vec::with_capacity(rows.len());
    for row in rows {
        let open = row.ended_at.is_none() && row.wish == MailboxWish::Open.key();
        let held = if open { tx.find_mailbox(&row.address)? } else { None };
        requests.push(MailboxRequest {
            id: row.id,
            unit: name(row.unit_id),
            wish: MailboxWish::of_key(&row.wish).unwrap_or(MailboxWish::Open),
            asked_at: moment(row.asked_at),
            asked_by: tx.find_account(AccountId(row.asked_by))?.map(|account| account.name).unwrap_or_default(),
            held_by: held.filter(|held| held.unit_id != row.unit_id).map(|held| name(held.unit_id)),
            address: row.address,
            reason: row.reason,
            state: row.state,
            answer: row.answer,
        });
    }
    Ok(requests)
}

fn moved_on(row: &MailboxRequestRow) -> Problem {
    Problem::Refused(format!("这项申请现在是“{}”，不能再这样办理。请刷新页面查看。", request_state_name(&row.state)))
}

/// A request of a unit in a state.
fn own(tx: &mut Tx, unit: UnitId, id: i64, states: &[&str]) -> Result<MailboxRequestRow, Problem> {
    let row = tx.find_mailbox_request(id)?.filter(|row| row.unit_id == unit.0).ok_or(Problem::NotThere)?;
    if states.contains(&row.state.as_str()) { Ok(row) } else { Err(moved_on(&row)) }
}

/// Writes a request back, unless somebody was faster.
fn save(tx: &mut Write, row: &MailboxRequestRow, was: &str) -> Result<(), Problem> {
    if tx.update_mailbox_request(row, was)? { Ok(()) } else { Err(moved_on(row)) }
}

/// Registers the address of a request; refused where it has become another unit's meanwhile.
fn register(tx: &mut Write, row: &MailboxRequestRow, now: i64) -> Result<(), Problem> {
    match tx.find_mailbox(&row.address)? {
        Some(held) if held.unit_id == row.unit_id => Ok(()),
        Some(held) => {
            let unit = tx.find_unit(UnitId(held.unit_id))?.map(|unit| unit.name).unwrap_or_default();
            Err(Problem::Refused(format!(
                "{}已登记在“{unit}”名下。须先注销原登记，才能登记给另一个单位。",
                row.address
            )))
        }
        None => tx.insert_mailbox(UnitId(row.unit_id), &row.address, now).map(|_| ()).map_err(|failure| {
            if failure.is_taken() {
                Problem::Refused(format!("{}刚刚登记给了另一个单位。请刷新页面查看。", row.address))
            } else {
                Problem::Failed(failure)
            }
        }),
    }
}

impl App {
    /// A unit's registered mailboxes and what it asked for (登记邮箱).
    pub fn own_mailboxes(&self, who: &Reporter) -> Result<OwnMailboxes, Problem> {
        let mut tx = self.read()?;
        let rows = tx.list_mailbox_requests(Some(who.unit()), false, SHOWN)?;
        Ok(OwnMailboxes { registered: tx.list_mailboxes(Some(who.unit()))?, requests: shown(&mut tx, rows)? })
    }

    /// Asks for a change of the unit's registered mailboxes (申请): a new address, or the end of one.
    ///
    /// Whether an address is registered for another unit is not said here: nobody may find out by asking.
    pub fn ask_mailbox(
        &self,
        who: &Reporter,
        wish: Option<MailboxWish>,
        address: &str,
        reason: &str,
    ) -> Result<(), Problem> {
        let now = self.micros();
        let (address, reason) = (address.trim(), reason.trim().replace('\0', ""));
        let mut tx = self.write()?;
        let mut faults = Vec::new();
        if wish.is_none() {
            faults.push(FieldFault::new("wish", "请选择登记还是注销。"));
        }
        let held = tx.list_mailboxes(Some(who.unit()))?;
        let is_held = held.iter().any(|held| held.address.eq_ignore_ascii_case(address));
        if !is_address(address) || !address.is_ascii() {
            faults.push(FieldFault::new("address", "邮箱地址不完整，应如 binhu@126.com，只填一个。"));
        } else if wish == Some(MailboxWish::Open) && is_held {
            faults.push(FieldFault::new("address", "这个邮箱已经登记在本单位名下，不需要申请。"));
        } else if wish == Some(MailboxWish::Open) && tx.is_own_address(address)? {
            faults.push(FieldFault::new("address", "这是收件机关自己的邮箱，请填写本单位的发件邮箱。"));
        } else if wish == Some(MailboxWish::Close) && !is_held {
            faults.push(FieldFault::new("address", "这个邮箱没有登记在本单位名下，请从已登记的邮箱中选择。"));
        }
        if reason.is_empty() || reason.chars().count() > 500 {
            faults.push(FieldFault::new("reason", "请写明原因，例如“信息员换人，改用新邮箱”，不超过500字。"));
        }
        let open = tx.list_mailbox_requests(Some(who.unit()), true, SHOWN)?;
        if open.iter().any(|row| row.address_key == address.to_lowercase()) {
            faults.push(FieldFault::new("address", "关于这个邮箱的申请还没有办完，请等待办理，或先撤回再申请。"));
        } else if open.len() >= OPEN {
            faults.push(FieldFault::new("address", "本单位还有5项申请没有办完，请等待办理，或撤回不需要的。"));
        }
        all_right(faults)?;
        let wish = wish.expect("a missing choice was a fault above");
        let mut row = MailboxRequestRow {
            id: 0,
            office_id: 0,
            unit_id: who.unit().0,
            wish: wish.key().to_owned(),
            address: address.to_owned(),
            address_key: address.to_lowercase(),
            reason,
            state: "asked".to_owned(),
            asked_at: now,
            asked_by: who.account.0,
            decided_at: None,
            decided_by: None,
            answer: String::new(),
            code: String::new(),
            code_until: None,
            code_tries: 0,
            ended_at: None,
        };
        row.id = tx.insert_mailbox_request(row.clone()).map_err(|failure| {
            if failure.is_taken() {
                Problem::field("address", "关于这个邮箱的申请还没有办完，请等待办理，或先撤回再申请。")
            } else {
                Problem::Failed(failure)
            }
        })?;
        let detail = row.reason.clone();
        record(&mut tx, who, now, "申请变更登记邮箱", &row, &detail)?;
        tx.commit()?;
        Ok(())
    }

    /// Takes a request back (撤回申请).
    pub fn withdraw_mailbox_request(&self, who: &Reporter, id: i64) -> Result<(), Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let mut row = own(&mut tx, who.unit(), id, &["asked", "coded"])?;
        let was = std::mem::replace(&mut row.state, "withdrawn".to_owned());
        (row.code, row.ended_at) = (String::new(), Some(now));
        save(&mut tx, &row, &was)?;
        record(&mut tx, who, now, "撤回登记邮箱申请", &row, "")?;
        tx.commit()?;
        Ok(())
    }

    /// Proves with the code that the unit reads the address (填写确认码): now it is registered.
    pub fn enter_mailbox_code(&self, who: &Reporter, id: i64, code: &str) -> Result<(), Problem> {
        let now = self.micros();
        let typed: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        // Compared before anybody is kept waiting: that takes a while by design.
        let kept = own(&mut self.read()?, who.unit(), id, &["coded"])?.code;
        let right = right_password(&typed, &kept);
        let mut tx = self.write()?;
        let mut row = own(&mut tx, who.unit(), id, &["coded"])?;
        let late = row.code_until.is_none_or(|until| until < now);
        if !late && right && row.code == kept {
            register(&mut tx, &row, now)?;
            (row.state, row.code, row.ended_at) = ("done".to_owned(), String::new(), Some(now));
            "确认码无误，已登记。".clone_into(&mut row.answer);
            save(&mut tx, &row, "coded")?;
            record(&mut tx, who, now, "登记邮箱", &row, "确认码无误")?;
            tx.commit()?;
            return Ok(());
        }
        row.code_tries += 1;
        let ended = late || row.code_tries >= CODE_TRIES;
        let sentence = if late {
            "确认码已过期，申请已结束。请重新申请。".to_owned()
        } else if ended {
            format!("确认码连续{CODE_TRIES}次不符，申请已结束。请核对邮箱后重新申请。")
        } else {
            format!("确认码不符，还可以填写{}次。请核对邮件中的8位数字。", CODE_TRIES - row.code_tries)
        };
        if ended {
            (row.state, row.code, row.ended_at) = ("refused".to_owned(), String::new(), Some(now));
            row.answer.clone_from(&sentence);
        }
        save(&mut tx, &row, "coded")?;
        record(&mut tx, who, now, "登记邮箱确认码不符", &row, &sentence)?;
        // What was tried is kept, though it failed.
        tx.commit()?;
        Err(if ended { Problem::Refused(sentence) } else { Problem::field("code", sentence) })
    }

    /// What units ask for, undecided or waiting for a code, and what was decided lately.
    pub fn mailbox_requests(&self, _who: &Registrar) -> Result<(Vec<MailboxRequest>, Vec<MailboxRequest>), Problem> {
        let mut tx = self.read()?;
        let open = tx.list_mailbox_requests(None, true, 500)?;
        let ended = tx.list_mailbox_requests(None, false, SHOWN)?;
        let ended = ended.into_iter().filter(|row| row.ended_at.is_some()).collect();
        Ok((shown(&mut tx, open)?, shown(&mut tx, ended)?))
    }

    /// Confirms a request (同意). The end of a registration is done at once; a new address first proves itself with a code
    /// where mail is sent, else whoever confirms answers for it.
    pub fn confirm_mailbox_request(&self, who: &Registrar, id: i64) -> Result<Confirmed, Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let mut row = tx.find_mailbox_request(id)?.ok_or(Problem::NotThere)?;
        if row.state != "asked" {
            return Err(moved_on(&row));
        }
        (row.decided_at, row.decided_by) = (Some(now), Some(who.account.0));
        let out = tx.find_mail_out()?.filter(|out| out.enabled);
        let confirmed = match (MailboxWish::of_key(&row.wish), out) {
            (Some(MailboxWish::Close), _) => {
                let held = tx.find_mailbox(&row.address)?.filter(|held| held.unit_id == row.unit_id);
                if let Some(held) = held {
                    tx.close_mailbox(held.id, now)?;
                }
                "已注销。".clone_into(&mut row.answer);
                Confirmed::Done
            }
            (Some(MailboxWish::Open) | None, Some(out)) => {
                if let Some(held) = tx.find_mailbox(&row.address)?.filter(|held| held.unit_id != row.unit_id) {
                    let unit = tx.find_unit(UnitId(held.unit_id))?.map(|unit| unit.name).unwrap_or_default();
                    return Err(Problem::Refused(format!(
                        "{}已登记在“{unit}”名下。须先注销原登记，才能同意这项申请。",
                        row.address
                    )));
                }
                // The code is made when its letter is written, and stands here only as a hash.
                row.code_until = Some(now + CODE_GOOD);
                let about = format!("confirm:{}", row.id);
                tx.insert_outgoing(queued(OutgoingKind::Confirmation, about, &row.address, None, &out.address, now))?;
                Confirmed::CodeSent
            }
            (Some(MailboxWish::Open) | None, None) => {
                register(&mut tx, &row, now)?;
                "已登记。".clone_into(&mut row.answer);
                Confirmed::Done
            }
        };
        match confirmed {
            Confirmed::Done => (row.state, row.ended_at) = ("done".to_owned(), Some(now)),
            Confirmed::CodeSent => "coded".clone_into(&mut row.state),
        }
        save(&mut tx, &row, "asked")?;
        let detail = match confirmed {
            Confirmed::Done => row.answer.clone(),
            Confirmed::CodeSent => "已向该邮箱发送确认码".to_owned(),
        };
        record(&mut tx, who, now, "同意登记邮箱申请", &row, &detail)?;
        tx.commit()?;
        Ok(confirmed)
    }

    /// Refuses a request with a reason (不同意), or ends one whose code never came.
    pub fn refuse_mailbox_request(&self, who: &Registrar, id: i64, reason: &str) -> Result<(), Problem> {
        let reason = reason.trim().replace('\0', "");
        if reason.is_empty() || reason.chars().count() > 500 {
            return Err(Problem::field("reason", "请写明不同意的原因，单位会看到，不超过500字。"));
        }
        let now = self.micros();
        let mut tx = self.write()?;
        let mut row = tx.find_mailbox_request(id)?.ok_or(Problem::NotThere)?;
        if !matches!(row.state.as_str(), "asked" | "coded") {
            return Err(moved_on(&row));
        }
        let was = std::mem::replace(&mut row.state, "refused".to_owned());
        (row.decided_at, row.decided_by, row.ended_at) = (Some(now), Some(who.account.0), Some(now));
        (row.code, row.answer) = (String::new(), reason.clone());
        save(&mut tx, &row, &was)?;
        record(&mut tx, who, now, "不同意登记邮箱申请", &row, &reason)?;
        tx.commit()?;
        Ok(())
    }
}
