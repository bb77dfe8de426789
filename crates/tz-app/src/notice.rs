//! Notices (消息): what the system tells people, in the page, by mail and to robots (群机器人).
//!
//! A use case that has something to tell calls `tell` in its own transaction: the same thing is told to the same person once,
//! whoever calls how often. Who is told of what, and how, is the table of [`NoticeKind`]; what it says is a wording the office may
//! change (`wording.rs`). Mail goes through `outgoing`, in one letter a day where a person chose so, and never in their quiet time
//! (`choosing.rs`).

mod choosing;
mod kinds;
mod robots;
mod wording;

use std::collections::BTreeMap;
use std::sync::Arc;

use tz_model::AccountId;
use tz_store::notice::{NoticePersonRow, NoticeRow, WebhookPostRow};
use tz_store::outgoing::OutgoingRow;
use tz_store::{Tx, Write};

use crate::outgoing::{OutgoingKind, outgoing_state_name, queued};
use crate::{App, Person, Problem, Role};

pub use choosing::{ChoiceLine, MailChoice, MyChoices, NoticeWish};
pub use kinds::NoticeKind;
pub use robots::{Robot, RobotPost, RobotWish, RuleLine, TakenPost};

/// Who may be told: the office's people as they are when a use case begins to tell.
pub(crate) struct Known {
    /// Account, role, unit.
    accounts: Vec<(i64, Role, Option<i64>)>,
    /// By account: the address and quiet time they chose.
    people: BTreeMap<i64, NoticePersonRow>,
    /// By account and kind: how it is to be mailed.
    choices: BTreeMap<(i64, String), MailChoice>,
    /// By unit: its registered address.
    mailboxes: BTreeMap<i64, String>,
    /// Who took over from units that ended.
    heirs: Arc<BTreeMap<i64, i64>>,
    /// From which address the office sends; nothing while it sends no mail.
    sends_from: Option<String>,
    robots: Vec<(i64, Vec<NoticeKind>)>,
}

/// Something to tell (消息).
pub(crate) struct Telling<'a> {
    /// Of which kind.
    pub(crate) kind: NoticeKind,
    /// Of what: with the kind, the key by which nobody is told twice.
    pub(crate) subject: &'a str,
    /// What the wording's places say: `("题目", "夏粮收购")`.
    pub(crate) values: &'a [(&'a str, &'a str)],
    /// The page it is about.
    pub(crate) href: &'a str,
}

impl Known {
    /// Reads who may be told.
    pub(crate) fn read(tx: &mut Tx) -> Result<Self, Problem> {
        let accounts = tx.list_accounts()?.into_iter().filter(|row| !row.disabled);
        let mut mailboxes = BTreeMap::new();
        for row in tx.list_mailboxes(None)? {
            mailboxes.entry(row.unit_id).or_insert(row.address);
        }
        let robots = tx.list_webhooks()?.into_iter().filter(|row| row.enabled);
        Ok(Self {
            accounts: accounts.filter_map(|row| Some((row.id, Role::of_key(&row.role)?, row.unit_id))).collect(),
            people: tx.list_notice_people()?.into_iter().map(|row| (row.account_id, row)).collect(),
            choices: tx
                .list_notice_choices()?
                .into_iter()
                .filter_map(|(account, kind, mail)| Some(((account, kind), MailChoice::of_key(&mail)?)))
                .collect(),
            mailboxes,
            heirs: tx.list_heirs()?,
            sends_from: tx.find_mail_out()?.filter(|out| out.enabled).map(|out| out.address),
            robots: robots.map(|row| (row.id, robots::kinds_of(&row.kinds))).collect(),
        })
    }

    /// The information officers of units.
    pub(crate) fn reporters_of(&self, units: &[i64]) -> Vec<AccountId> {
        let reporters = |unit: i64| self.of(|role, own| role == Role::Reporter && own == Some(unit));
        let mut told: Vec<AccountId> = Vec::new();
        for unit in units {
            // A unit that ended has nobody left: who took over from it hears in its stead.
            let (mut unit, mut found) = (*unit, reporters(*unit));
            while found.is_empty() {
                let Some(heir) = self.heirs.get(&unit) else { break };
                (unit, found) = (*heir, reporters(*heir));
            }
            told.extend(found.into_iter().filter(|account| !told.contains(account)).collect::<Vec<_>>());
        }
        told.sort_unstable();
        told
    }

    /// Everybody of some roles.
    pub(crate) fn of_roles(&self, roles: &[Role]) -> Vec<AccountId> {
        self.of(|role, _| roles.contains(&role))
    }

    fn of(&self, told: impl Fn(Role, Option<i64>) -> bool) -> Vec<AccountId> {
        self.accounts.iter().filter(|(_, role, unit)| told(*role, *unit)).map(|(id, _, _)| AccountId(*id)).collect()
    }

    /// To which address a person is mailed; nothing where there is none.
    fn address_of(&self, account: i64) -> Option<&str> {
        let chosen = self.people.get(&account).map(|row| row.address.as_str()).filter(|address| !address.is_empty());
        chosen.or_else(|| {
            let (_, _, unit) = self.accounts.iter().find(|(id, _, _)| *id == account)?;
            self.mailboxes.get(unit.as_ref()?).map(String::as_str)
        })
    }

    /// Tells people of something: in the page at once; by mail as each chose; to the robots that are to know. Whoever was told of it
    /// before is passed over. Gives how many are told by it.
    pub(crate) fn tell(
        &self,
        tx: &mut Write,
        telling: &Telling<'_>,
        to: &[AccountId],
        now: i64,
    ) -> Result<usize, Problem> {
        let kind = telling.kind;
        let rule = wording::rule(tx, kind)?;
        let (title, body) = rule.say(telling.values);
        for (robot, kinds) in &self.robots {
            if kinds.contains(&kind) {
                tx.insert_webhook_post(WebhookPostRow {
                    id: 0,
                    office_id: 0,
                    webhook_id: *robot,
                    kind: kind.key().to_owned(),
                    // A robot hears of a thing once, however often and to how many people it is told.
                    subject: telling.subject.to_owned(),
                    title: title.clone(),
                    body: body.clone(),
                    href: telling.href.to_owned(),
                    created_at: now,
                    due_at: now,
                    tries: 0,
                    state: "waiting".to_owned(),
                    trouble: String::new(),
                    claimed_at: None,
                    sent_at: None,
                })?;
            }
        }
        let before = if to.is_empty() { Vec::new() } else { tx.list_told(kind.key(), telling.subject)? };
        let mut told = 0;
        let mut once: Vec<AccountId> = to.to_vec();
        once.sort_unstable();
        once.dedup();
        for account in once.into_iter().filter(|account| !before.contains(&account.0)) {
            let wish = self.choices.get(&(account.0, kind.key().to_owned())).copied().unwrap_or(rule.mail);
            let mail = self.sends_from.as_deref().zip(self.address_of(account.0)).filter(|_| wish != MailChoice::Off);
            let id = tx.insert_notice(NoticeRow {
                id: 0,
                office_id: 0,
                kind: kind.key().to_owned(),
                subject: telling.subject.to_owned(),
                account_id: account.0,
                title: title.clone(),
                body: body.clone(),
                href: telling.href.to_owned(),
                created_at: now,
                read_at: None,
                mail: if mail.is_some() { "gathered" } else { "none" }.to_owned(),
                address: mail.map(|(_, to)| to.to_owned()).unwrap_or_default(),
                outgoing_id: None,
            })?;
            if let Some((from, to)) = mail.filter(|_| wish == MailChoice::Now) {
                let due_at = choosing::after_quiet(self.people.get(&account.0), now);
                let row = queued(OutgoingKind::Notice, format!("notice:{id}"), to, None, from, now);
                let letter = tx.insert_outgoing(OutgoingRow { due_at, ..row })?;
                tx.notice_mailed(id, "mailed", Some(letter))?;
            }
            told += 1;
        }
        Ok(told)
    }
}

/// A notice as its reader sees it.
#[derive(Clone, Debug)]
pub struct NoticeView {
    /// Its identity.
    pub id: i64,
    /// Its kind.
    pub kind: Option<NoticeKind>,
    /// Its head.
    pub title: String,
    /// Its text.
    pub body: String,
    /// Since when.
    pub at: jiff::Timestamp,
    /// It was read.
    pub read: bool,
    /// What became of its mail, in words; empty where none is sent.
    pub mail: String,
}

/// The text of a mail that tells of notices: what they say, one after the other. Nothing where none is left to tell.
pub(crate) fn letter(tx: &mut Tx, outgoing: i64) -> Result<Option<(String, String)>, Problem> {
    let notices = tx.list_notices_of_letter(outgoing)?;
    Ok(match notices.as_slice() {
        [] => None,
        [one] => Some((one.title.clone(), format!("{}\n\n{}\n\n请登录系统，在“消息”中查看。\n", one.title, one.body))),
        several => {
            let mut body = format!("您好：\n\n您有{}条没有看过的消息：\n", several.len());
            for notice in several {
                body.push_str(&format!("\n● {}\n　　{}\n", notice.title, notice.body));
            }
            body.push_str("\n请登录系统，在“消息”中查看。\n");
            Some((format!("政务信息消息汇总（{}条）", several.len()), body))
        }
    })
}

/// Puts what waits for the day's mail into one letter a person (每日汇总). What was read in the page meanwhile is left out.
pub(crate) fn gather_in(tx: &mut Write, day: &str, now: i64) -> Result<usize, Problem> {
    let Some(from) = tx.find_mail_out()?.filter(|out| out.enabled).map(|out| out.address) else { return Ok(0) };
    let people: BTreeMap<i64, NoticePersonRow> =
        tx.list_notice_people()?.into_iter().map(|row| (row.account_id, row)).collect();
    let mut by_person: BTreeMap<i64, Vec<NoticeRow>> = BTreeMap::new();
    for notice in tx.list_gathered_notices()? {
        by_person.entry(notice.account_id).or_default().push(notice);
    }
    let mut letters = 0;
    for (account, notices) in by_person {
        let (seen, unread): (Vec<_>, Vec<_>) = notices.into_iter().partition(|notice| notice.read_at.is_some());
        for notice in seen {
            tx.notice_mailed(notice.id, "seen", None)?;
        }
        let Some(last) = unread.last() else { continue };
        let about = format!("digest:{account}:{day}");
        if tx.find_outgoing_about(&about)?.is_some() {
            continue;
        }
        let row = queued(OutgoingKind::Notice, about, &last.address, None, &from, now);
        let due_at = choosing::after_quiet(people.get(&account), now);
        let letter = tx.insert_outgoing(OutgoingRow { due_at, ..row })?;
        for notice in &unread {
            tx.notice_mailed(notice.id, "mailed", Some(letter))?;
        }
        letters += 1;
    }
    Ok(letters)
}

impl App {
    /// A person's notices, newest first, fifty from before one on; and whether there are older ones.
    pub fn notices(&self, who: &Person, before: Option<i64>) -> Result<(Vec<NoticeView>, bool), Problem> {
        let mut tx = self.read()?;
        let mut rows = tx.list_notices(who.account, before, 51)?;
        let more = rows.len() > 50;
        rows.truncate(50);
        let mut views = Vec::new();
        for row in rows {
            let letter = match row.outgoing_id {
                Some(id) => tx.find_outgoing(id)?,
                None => None,
            };
            views.push(NoticeView {
                id: row.id,
                kind: NoticeKind::of_key(&row.kind),
                at: tz_store::moment(row.created_at),
                read: row.read_at.is_some(),
                mail: match (row.mail.as_str(), letter) {
                    (_, Some(letter)) => format!("邮件{}：{}", outgoing_state_name(&letter.state), row.address),
                    ("gathered", None) => "等待每日汇总邮件".to_owned(),
                    _ => String::new(),
                },
                title: row.title,
                body: row.body,
            });
        }
        Ok((views, more))
    }

    /// A person opens a notice: it is read from now on. Gives the page it is about.
    pub fn open_notice(&self, who: &Person, id: i64) -> Result<String, Problem> {
        let mut tx = self.write()?;
        let row = tx.find_notice(who.account, id)?.ok_or(Problem::NotThere)?;
        if row.read_at.is_none() {
            tx.notice_read(who.account, Some(id), self.micros())?;
            tx.commit()?;
        }
        Ok(row.href)
    }

    /// A person has read all there is (全部标为已读).
    pub fn read_notices(&self, who: &Person) -> Result<(), Problem> {
        let mut tx = self.write()?;
        tx.notice_read(who.account, None, self.micros())?;
        tx.commit()?;
        Ok(())
    }
}
