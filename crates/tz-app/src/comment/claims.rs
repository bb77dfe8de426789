//! Comments on the bulletin (通报获批示, F1.n2): a unit registers that its head or deputy wrote one, with proof; an editor confirms,
//! and only then it counts. One bulletin and one person count once.

use std::collections::BTreeMap;

use jiff::civil::Date;
use tz_model::{Month, Period, Table, UnitId, parse_date};
use tz_store::Tx;
use tz_store::audit::Act;
use tz_store::follow_up::ClaimRow;

use super::{KeptFile, files};
use crate::facts::{NewFact, Typed, may_be_named};
use crate::problem::all_right;
use crate::publication::unit_names;
use crate::report::NewFile;
use crate::{App, Editor, FieldFault, Person, Problem, Reporter, scheme_on};

const ASKED: &str = "asked";
const CONFIRMED: &str = "confirmed";
const REFUSED: &str = "refused";
const WITHDRAWN: &str = "withdrawn";

/// Bulletins a unit may name: the latest.
const BULLETINS: usize = 13;

/// A claim as typed.
#[derive(Clone, Debug, Default)]
pub struct NewClaim {
    /// The statement whose bulletin it is.
    pub statement: i64,
    /// The event of the scheme: 通报获主要负责同志批示.
    pub kind: String,
    /// Who commented.
    pub person: String,
    /// The day, as typed.
    pub date: String,
    /// What it says.
    pub words: String,
    /// The proof.
    pub files: Vec<NewFile>,
}

/// Where a claim stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimState {
    /// 待确认
    Asked,
    /// 已确认
    Confirmed,
    /// 未确认
    Refused,
    /// 已撤回
    Withdrawn,
}

impl ClaimState {
    fn of(key: &str) -> Self {
        match key {
            CONFIRMED => Self::Confirmed,
            REFUSED => Self::Refused,
            WITHDRAWN => Self::Withdrawn,
            _ => Self::Asked,
        }
    }

    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Asked => "待确认",
            Self::Confirmed => "已确认，已计分",
            Self::Refused => "未确认",
            Self::Withdrawn => "已撤回",
        }
    }
}

/// A claim.
#[derive(Clone, Debug)]
pub struct ClaimView {
    /// Its identity.
    pub id: i64,
    /// The unit.
    pub unit: String,
    /// `2018年6月通报`
    pub bulletin: String,
    /// The event of the scheme.
    pub kind: String,
    /// Who commented.
    pub person: String,
    /// The day.
    pub date: Option<Date>,
    /// What it says.
    pub words: String,
    /// Where it stands.
    pub state: ClaimState,
    /// Why it was not confirmed; empty otherwise.
    pub answer: String,
    /// The proof.
    pub files: Vec<KeptFile>,
}

/// What a unit may choose from.
#[derive(Clone, Debug, Default)]
pub struct ClaimChoices {
    /// Bulletins: statement and name, the newest first.
    pub bulletins: Vec<(i64, String)>,
    /// Events of the scheme that are comments on it.
    pub kinds: Vec<String>,
    /// The unit's people who may have commented: name and duty.
    pub people: Vec<(String, String)>,
}

fn bulletin_name(month: &str) -> String {
    month.parse::<Month>().map_or_else(|_| format!("{month}通报"), |month| format!("{}通报", month.chinese()))
}

fn views(tx: &mut Tx, rows: Vec<ClaimRow>) -> Result<Vec<ClaimView>, Problem> {
    let names = unit_names(tx)?;
    let months: BTreeMap<i64, String> =
        tx.list_statement_heads()?.iter().map(|head| (head.id, head.month.clone())).collect();
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let kept = files::of(tx, files::CLAIM, &ids)?;
    Ok(rows
        .into_iter()
        .map(|row| ClaimView {
            id: row.id,
            unit: names.get(row.unit_id).unwrap_or_default().to_owned(),
            bulletin: months.get(&row.statement_id).map(|month| bulletin_name(month)).unwrap_or_default(),
            date: parse_date(&row.date).ok(),
            state: ClaimState::of(&row.state),
            files: kept.iter().filter(|file| file.owner_id == row.id).cloned().collect(),
            kind: row.kind,
            person: row.person,
            words: row.words,
            answer: row.answer,
        })
        .collect())
}

impl App {
    /// The events of a day's scheme that are comments on the bulletin.
    fn claim_kinds(&self, day: Date) -> Result<Vec<String>, Problem> {
        let scheme = self.scheme_on(day)?;
        let all = scheme.names_in(Table::Events);
        Ok(all.iter().filter(|name| name.contains("批示")).map(ToString::to_string).collect())
    }

    /// What a unit may choose from when it registers a comment on a bulletin.
    pub fn claim_choices(&self, who: &Reporter) -> Result<ClaimChoices, Problem> {
        let kinds = self.claim_kinds(self.today())?;
        let mut tx = self.read()?;
        let heads = tx.list_statement_heads()?;
        let people = tx.list_people(Some(who.unit()), self.today())?.into_iter();
        let people = people.filter(|person| person.duty.ends_with("责任人"));
        Ok(ClaimChoices {
            bulletins: heads.iter().rev().take(BULLETINS).map(|head| (head.id, bulletin_name(&head.month))).collect(),
            kinds,
            people: people.map(|person| (person.name, person.duty)).collect(),
        })
    }

    /// Registers a comment on a bulletin (登记通报获批示). It counts once an editor has confirmed it.
    pub fn claim_bulletin_comment(&self, who: &Reporter, new: &NewClaim) -> Result<(), Problem> {
        let now = self.micros();
        let mut faults = self.file_faults(&new.files);
        if new.files.is_empty() {
            faults.push(FieldFault::new("file", "请上传批示件的照片或扫描件，作为确认的依据。"));
        }
        let mut tx = self.write()?;
        let heads = tx.list_statement_heads()?;
        let head = heads.iter().find(|head| head.id == new.statement);
        if head.is_none() {
            faults.push(FieldFault::new("statement", "请选择是哪一个月的通报。"));
        }
        let date = match parse_date(&new.date) {
            Ok(date) if date > self.today() => {
                faults.push(FieldFault::new("date", "日期不能晚于今天，请核对。"));
                None
            }
            Ok(date) => {
                let closed = head.map(|head| tz_model::shanghai_date(tz_store::moment(head.closed_at)));
                if closed.is_some_and(|closed| date < closed) {
                    faults.push(FieldFault::new("date", "批示日期早于这期通报印发的日期，请核对。"));
                }
                Some(date)
            }
            Err(_) => {
                faults.push(FieldFault::new("date", "请填写批示日期，例如 2018-07-04。"));
                None
            }
        };
        let scheme = scheme_on(&mut tx, date.unwrap_or(self.today()))?;
        if !may_be_named(&scheme, Table::Events, &new.kind) || !new.kind.contains("批示") {
            faults.push(FieldFault::new("kind", "请选择批示人的身份。"));
        }
        let person = new.person.trim();
        if person.is_empty() || person.chars().count() > 20 {
            faults.push(FieldFault::new("person", "请填写批示人的姓名，20字以内。"));
        }
        if new.words.chars().count() > 1000 {
            faults.push(FieldFault::new("words", "批示内容不超过1000字。"));
        }
        all_right(faults)?;
        let row = ClaimRow {
            id: 0,
            office_id: 0,
            unit_id: who.unit().0,
            statement_id: new.statement,
            kind: new.kind.clone(),
            person: person.to_owned(),
            person_key: person.chars().filter(|c| !c.is_whitespace()).collect(),
            date: date.expect("a missing date was a fault above").to_string(),
            words: new.words.trim().to_owned(),
            state: ASKED.to_owned(),
            asked_at: now,
            asked_by: Some(who.account.0),
            decided_at: None,
            decided_by: None,
            answer: String::new(),
            fact_key: None,
        };
        let id = tx.insert_claim(row).map_err(|failure| {
            if failure.is_taken() {
                let month = head.map(|head| bulletin_name(&head.month)).unwrap_or_default();
                Problem::field("person", format!("{person}对{month}的批示已经登记过，同一人对同一期通报只计一次。"))
            } else {
                failure.into()
            }
        })?;
        files::keep(&mut tx, files::CLAIM, id, &new.files)?;
        self.record_claim(&mut tx, who, "登记通报获批示", &new.kind, person)?;
        tx.commit()?;
        Ok(())
    }

    fn record_claim(
        &self,
        tx: &mut tz_store::Write,
        who: &Person,
        act: &str,
        object: &str,
        detail: &str,
    ) -> Result<(), Problem> {
        Ok(tx.record_act(&Act {
            at: self.micros(),
            account: Some(who.account.0),
            who: &who.name,
            act,
            object,
            done: true,
            detail,
        })?)
    }

    /// What was registered, newest first: by all units for an editor, by their own for a reporter.
    pub fn bulletin_claims(&self, who: &Person) -> Result<Vec<ClaimView>, Problem> {
        let mut tx = self.read()?;
        let rows = tx.list_claims(who.unit, 200)?;
        views(&mut tx, rows)
    }

    /// Takes back what nobody has decided yet (撤回).
    pub fn withdraw_claim(&self, who: &Reporter, id: i64) -> Result<(), Problem> {
        let mut tx = self.write()?;
        let row = tx.find_claim(id)?.filter(|row| row.unit_id == who.unit().0).ok_or(Problem::NotThere)?;
        let kind = row.kind.clone();
        let row = ClaimRow { state: WITHDRAWN.to_owned(), decided_at: Some(self.micros()), ..row };
        if !tx.update_claim(&row, ASKED)? {
            return Err(Problem::Refused("这一项已经处理，不能撤回。".to_owned()));
        }
        self.record_claim(&mut tx, who, "撤回通报获批示登记", &kind, &row.person)?;
        tx.commit()?;
        Ok(())
    }

    /// Confirms what a unit registered (确认): from now on it counts, on the day of the comment.
    pub fn confirm_claim(&self, who: &Editor, id: i64) -> Result<Option<Period>, Problem> {
        let mut tx = self.write()?;
        let row = tx.find_claim(id)?.ok_or(Problem::NotThere)?;
        if row.state != ASKED {
            return Err(Problem::Refused("这一项已经处理，请重新打开。".to_owned()));
        }
        let heads = tx.list_statement_heads()?;
        let month = heads.iter().find(|head| head.id == row.statement_id).map(|head| bulletin_name(&head.month));
        let fact = NewFact {
            table: Table::Events,
            units: vec![UnitId(row.unit_id)],
            date: row.date.clone(),
            name: row.kind.clone(),
            item: String::new(),
            form: String::new(),
            leader: row.person.clone(),
            note: format!("{}，单位登记，凭批示件确认", month.unwrap_or_default()),
            quantity: 1,
            cells: Typed::new(),
        };
        let recorded = self.record_fact_in(&mut tx, who, &fact)?;
        let row = ClaimRow {
            state: CONFIRMED.to_owned(),
            decided_at: Some(self.micros()),
            decided_by: Some(who.account.0),
            fact_key: Some(recorded.key),
            ..row
        };
        if !tx.update_claim(&row, ASKED)? {
            return Err(Problem::Refused("这一项刚刚由别人处理过，请重新打开。".to_owned()));
        }
        tx.commit()?;
        Ok(recorded.late)
    }

    /// Does not confirm what a unit registered, with the reason (不予确认). It may register again.
    pub fn refuse_claim(&self, who: &Editor, id: i64, reason: &str) -> Result<(), Problem> {
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > 200 {
            let fault = FieldFault::new("reason", "请写明不予确认的原因，200字以内，单位会看到。");
            return Err(Problem::Faults(vec![fault.of(id)]));
        }
        let mut tx = self.write()?;
        let row = tx.find_claim(id)?.ok_or(Problem::NotThere)?;
        let kind = row.kind.clone();
        let row = ClaimRow {
            state: REFUSED.to_owned(),
            decided_at: Some(self.micros()),
            decided_by: Some(who.account.0),
            answer: reason.to_owned(),
            ..row
        };
        if !tx.update_claim(&row, ASKED)? {
            return Err(Problem::Refused("这一项已经处理，请重新打开。".to_owned()));
        }
        self.record_claim(&mut tx, who, "不予确认通报获批示", &kind, reason)?;
        tx.commit()?;
        Ok(())
    }
}
