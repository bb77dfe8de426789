//! 工作台: what waits for a person, what is due, the month at a glance. Reads only, and only what the role may see.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use tz_model::{Month, Period, Quota, Table, UnitIx};
use tz_store::item::{ItemFilter, ItemRow};
use tz_store::ledger::{FactFilter, FactRow};
use tz_store::waiting::Waiting;

use crate::assessment::{closed_with, open_period};
use crate::facts::{facts_from_rows, stages_of};
use crate::system::{UnitState, unit_states};
use crate::{Administrator, App, Editor, Person, Problem, Reporter, Role, Sight, scheme_on};

/// Items shown on the page.
const NEWEST: i64 = 8;
/// Days ahead in which a deadline is near.
const NEAR: i64 = 7;
/// Days for which a missed deadline is still shown.
const MISSED: i64 = 30;

/// What waits for a reporter (信息员).
#[derive(Clone, Debug)]
pub struct ReporterDesk {
    /// The unit's name.
    pub unit: String,
    /// Its class.
    pub class: String,
    /// The period it is, which the quota is for.
    pub period: Period,
    /// Days of it left after today.
    pub days_left: i64,
    /// How far the quota is met; nothing where the class has none.
    pub quota: Option<Quota>,
    /// The unit's newest items.
    pub items: Vec<ItemRow>,
    /// Solicitations the unit still owes, the earliest deadline first.
    pub owed: Vec<Owed>,
    /// The unit's adoptions and comments this month.
    pub used: (usize, usize),
}

/// Days for which an issue nobody opened still counts as unread.
const UNREAD: i64 = 30;
/// Days for which a returned item still waits for its unit.
const RETURNED: i64 = 62;

/// A solicitation a unit still owes (约稿任务).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owed {
    /// The solicitation's identity, where it is in the system.
    pub solicitation: Option<i64>,
    /// 题目
    pub topic: String,
    /// Last day on which an answer is on time.
    pub deadline: Date,
    /// Days left; negative: days late.
    pub days_left: i64,
}

/// What waits for an editor (编辑), and for the chief (科长) the close too.
#[derive(Clone, Debug)]
pub struct EditorDesk {
    /// The month it is.
    pub month: Month,
    /// Items that wait for something to be done with them.
    pub items_in: ItemsIn,
    /// When the item that waits longest was received.
    pub oldest: Option<Timestamp>,
    /// The moment this was read, for ages.
    pub now: Timestamp,
    /// Messages in quarantine.
    pub quarantined: i64,
    /// Issues in preparation: identity and publication.
    pub drafts: Vec<(i64, String)>,
    /// Solicitations due within seven days.
    pub due: Vec<Due>,
    /// Items, adoptions and comments in the ledger this month.
    pub month_counts: (usize, usize, usize),
    /// The newest items with the names of their units.
    pub items: Vec<(ItemRow, String)>,
    /// The close of months, for the chief.
    pub close: Option<Close>,
}

/// Items by the states in which something is still to be done with them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ItemsIn {
    /// 待处理
    pub received: i64,
    /// 编辑中
    pub editing: i64,
    /// 留存备用
    pub held: i64,
    /// 拟采用
    pub adopted: i64,
}

/// A solicitation due soon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Its identity.
    pub solicitation: Option<i64>,
    /// 题目
    pub topic: String,
    /// Its deadline.
    pub deadline: Date,
    /// Units that have answered or refused.
    pub answered: usize,
    /// Units asked.
    pub asked: usize,
}

/// How far the months are closed (关账).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Close {
    /// What was closed last, with its statement's number and moment.
    pub last: Option<(Period, i64, Timestamp)>,
    /// What is over and not closed: from this on. Nothing if only the running period is open.
    pub overdue: Option<Period>,
}

/// What waits for an administrator (系统管理员).
#[derive(Clone, Debug)]
pub struct AdministratorDesk {
    /// Accounts in use by role.
    pub accounts: Vec<(Role, usize)>,
    /// Accounts that may not sign in any more.
    pub disabled: usize,
    /// Accounts without a password yet: their one-time link was not used.
    pub unused: Vec<String>,
    /// Accounts refused for the moment after wrong passwords.
    pub locked: Vec<String>,
    /// Units that report today.
    pub units: usize,
    /// Units short of officers (N1).
    pub short: Vec<UnitState>,
    /// Units without a registered mailbox (N3.1).
    pub without_mailbox: Vec<UnitState>,
    /// Units for which nobody can sign in.
    pub without_account: Vec<String>,
}

fn day(text: &str) -> Option<Date> {
    tz_model::parse_date(text).ok()
}

fn days_between(from: Date, to: Date) -> i64 {
    i64::from(from.until(to).map(|span| span.get_days()).unwrap_or(0))
}

/// Solicitations due on the days of these rows, with how many units were asked and how many answered.
fn due(rows: &[FactRow]) -> Vec<Due> {
    let mut due: BTreeMap<(Date, Option<i64>, String), (usize, usize)> = BTreeMap::new();
    for row in rows {
        let Some(deadline) = day(&row.date) else { continue };
        let topic = row.title.clone().unwrap_or_default();
        let (answered, asked) = due.entry((deadline, row.solicitation_id, topic)).or_default();
        *asked += 1;
        *answered += usize::from(row.answered.is_some() || row.outcome.is_some());
    }
    due.into_iter()
        .map(|((deadline, solicitation, topic), (answered, asked))| Due {
            solicitation,
            topic,
            deadline,
            answered,
            asked,
        })
        .collect()
}

impl App {
    /// What waits for a person, counted for the navigation.
    pub(crate) fn waiting_for(&self, tx: &mut tz_store::Tx, who: &Person) -> Result<Waiting, Problem> {
        let today = self.today();
        let notices = tx.count_unread_notices(who.account)?;
        let waiting = match (who.role, who.unit) {
            (Role::Editor, _) => tx.waiting_for_editors(&today.to_string())?,
            (Role::Chief, _) => Waiting {
                mailbox_requests: tx.count_mailbox_requests()?,
                ..tx.waiting_for_editors(&today.to_string())?
            },
            (Role::Reporter, Some(unit)) => {
                let since = self.now() - jiff::SignedDuration::from_hours(24 * RETURNED);
                tx.waiting_for_unit(unit, &today.to_string(), since.as_microsecond())?
            }
            (Role::Administrator, _) => {
                Waiting { mailbox_requests: tx.count_mailbox_requests()?, ..Waiting::default() }
            }
            (Role::Leader, _) => {
                let since = self.now() - jiff::SignedDuration::from_hours(24 * UNREAD);
                Waiting { issues: tx.count_unread(who.account, since.as_microsecond())?, ..Waiting::default() }
            }
            (Role::Reporter, None) => Waiting::default(),
        };
        Ok(Waiting { notices, ..waiting })
    }

    /// What waits for a reporter: the quota left, what became of the newest items, what the unit owes.
    pub fn reporter_desk(&self, who: &Reporter) -> Result<ReporterDesk, Problem> {
        let today = self.today();
        let mut tx = self.read()?;
        let units = tx.list_units(None)?;
        let at = units.iter().position(|unit| unit.unit_id == who.unit().0).ok_or(Problem::NotThere)?;
        let scheme = scheme_on(&mut tx, today)?;
        // After a cut-off that leaves its days to no period, the one that is over is still shown.
        let period = scheme.period_of(today).unwrap_or_else(|| scheme.calendar().period_with(self.this_month()));
        let (first, last) = (period.from.to_string(), period.to.to_string());
        let own = |rows: Vec<FactRow>| -> Vec<FactRow> {
            rows.into_iter().filter(|row| row.unit_ids().contains(&who.unit().0)).collect()
        };
        let rows = own(tx.list_facts(&FactFilter { from: Some(&first), to: Some(&last), ..FactFilter::default() })?);
        let stages = stages_of(&mut tx, &units)?;
        let (facts, _) = facts_from_rows(&units, &stages, &rows);
        let quota = tz_assess::quota_state(&scheme, &facts, UnitIx::at(at), &period);
        let of = |table: Table| rows.iter().filter(|row| row.fact_table == table.name()).count();
        let since = today.saturating_sub(MISSED.days()).to_string();
        let table = Some(Table::Duties.name());
        let duties = own(tx.list_facts(&FactFilter { table, from: Some(&since), ..FactFilter::default() })?);
        let mut owed: Vec<Owed> = duties
            .into_iter()
            .filter(|row| row.answered.is_none() && row.outcome.is_none())
            .filter_map(|row| {
                let deadline = day(&row.date)?;
                Some(Owed {
                    solicitation: row.solicitation_id,
                    topic: row.title.unwrap_or_default(),
                    deadline,
                    days_left: days_between(today, deadline),
                })
            })
            .collect();
        owed.sort_by_key(|owed| owed.deadline);
        let items = tx.list_items(who.sight(), &ItemFilter { limit: NEWEST, ..ItemFilter::default() })?;
        Ok(ReporterDesk {
            unit: units[at].name.clone(),
            class: units[at].class.clone(),
            days_left: days_between(today, period.to),
            period,
            quota,
            items: items.into_iter().map(|(item, _)| item).collect(),
            owed,
            used: (of(Table::Adoptions), of(Table::Comments)),
        })
    }

    /// What waits for an editor: the inbox by age, quarantined mail, issues in preparation, answers due.
    pub fn editor_desk(&self, who: &Editor) -> Result<EditorDesk, Problem> {
        let (today, month) = (self.today(), self.this_month());
        let mut tx = self.read()?;
        let newest = tx.list_items(Sight::Office, &ItemFilter { limit: NEWEST, ..ItemFilter::default() })?;
        let names: BTreeMap<i64, String> =
            tx.list_units(None)?.into_iter().map(|unit| (unit.unit_id, unit.name)).collect();
        let named = |(item, units): (ItemRow, Vec<i64>)| {
            let of: Vec<&str> = units.iter().filter_map(|unit| names.get(unit)).map(String::as_str).collect();
            (item, of.join("、"))
        };
        let publications: BTreeMap<i64, String> =
            tx.list_publications()?.into_iter().map(|publication| (publication.id, publication.name)).collect();
        let drafts = tx.list_issues(Some("draft"), 20)?;
        let near = (today.to_string(), today.saturating_add(NEAR.days()).to_string());
        let soon = FactFilter {
            table: Some(Table::Duties.name()),
            from: Some(&near.0),
            to: Some(&near.1),
            ..FactFilter::default()
        };
        let due = due(&tx.list_facts(&soon)?);
        let (first, last) = (month.first().to_string(), month.last().to_string());
        let rows = tx.list_facts(&FactFilter { from: Some(&first), to: Some(&last), ..FactFilter::default() })?;
        let of = |table: Table| rows.iter().filter(|row| row.fact_table == table.name()).count();
        let close = if who.role == Role::Chief { Some(self.close_state(&mut tx)?) } else { None };
        Ok(EditorDesk {
            month,
            // One by one through the index: the states in which items come to rest hold nearly all of them.
            items_in: ItemsIn {
                received: tx.count_items_in("received")?,
                editing: tx.count_items_in("editing")?,
                held: tx.count_items_in("held")?,
                adopted: tx.count_items_in("adopted")?,
            },
            oldest: tx.first_received_in("received")?.map(tz_store::moment),
            now: self.now(),
            quarantined: tx.count_mail_of("quarantine")?,
            drafts: drafts
                .into_iter()
                .map(|issue| (issue.id, publications.get(&issue.publication_id).cloned().unwrap_or_default()))
                .collect(),
            due,
            month_counts: (of(Table::Reports), of(Table::Adoptions), of(Table::Comments)),
            items: newest.into_iter().map(named).collect(),
            close,
        })
    }

    fn close_state(&self, tx: &mut tz_store::Tx) -> Result<Close, Problem> {
        let last = tx
            .last_closed()?
            .and_then(|(number, month, at)| Some((month.parse::<Month>().ok()?, number, tz_store::moment(at))));
        let last = match last {
            Some((month, number, at)) => closed_with(tx, month)?.map(|(_, closed)| (closed.period, number, at)),
            None => None,
        };
        let open = open_period(tx, self.today())?;
        let overdue = (open.period.to < self.today()).then_some(open.period);
        Ok(Close { last, overdue })
    }

    /// What waits for an administrator: accounts, units short of officers (N1), units without a mailbox (N3.1).
    pub fn administrator_desk(&self, _who: &Administrator) -> Result<AdministratorDesk, Problem> {
        let now = self.micros();
        let mut tx = self.read()?;
        let accounts = tx.list_accounts()?;
        let states: Vec<UnitState> =
            unit_states(&mut tx, self.today())?.into_iter().filter(|state| state.active).collect();
        let in_use = || accounts.iter().filter(|account| !account.disabled);
        let served: Vec<i64> = in_use().filter_map(|account| account.unit_id).collect();
        let named = |account: &tz_store::account::AccountRow| format!("{}（{}）", account.name, account.login);
        Ok(AdministratorDesk {
            accounts: Role::ALL
                .into_iter()
                .map(|role| (role, in_use().filter(|account| account.role == role.key()).count()))
                .collect(),
            disabled: accounts.len() - in_use().count(),
            unused: in_use().filter(|account| account.password_hash.is_empty()).map(named).collect(),
            locked: in_use()
                .filter(|account| account.locked_until.is_some_and(|until| until > now))
                .map(named)
                .collect(),
            units: states.len(),
            short: states.iter().filter(|state| state.officers < state.needed).cloned().collect(),
            without_mailbox: states.iter().filter(|state| state.mailboxes == 0).cloned().collect(),
            without_account: states
                .iter()
                .filter(|state| !served.contains(&state.unit.unit_id))
                .map(|state| state.unit.name.clone())
                .collect(),
        })
    }
}
