//! The directory (工作网络, N1): units by versions, people, registered mailboxes.

use std::collections::BTreeMap;
use std::sync::Arc;

use diesel::prelude::*;
use jiff::civil::Date;
use tz_model::{FactSeq, UnitId};

use crate::connection::{Either, columns};
use crate::schema::{account, mailbox, person, unit, unit_version};
use crate::{Failure, Micros, Tx, Write};

#[derive(Insertable)]
#[diesel(table_name = unit)]
struct NewUnit {
    id: i64,
    office_id: i64,
    position: i64,
    created_at: Micros,
}

/// One version of a unit as stored.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = unit_version, treat_none_as_default_value = false)]
pub struct UnitVersionRow {
    /// The office.
    pub office_id: i64,
    /// Its place in the ledger, shared with facts.
    pub seq: i64,
    /// The unit.
    pub unit_id: i64,
    /// Its name from this version on.
    pub name: String,
    /// Its class (类别).
    pub class: String,
    /// Its ranking group (排名组).
    pub ranking_group: String,
    /// `枣庄市级`, `滕州市级` or nothing.
    pub direct_point: Option<String>,
    /// The unit its adoptions are credited to (F1.dp).
    pub parent_id: Option<i64>,
    /// First day it is scored.
    pub from_date: Option<String>,
    /// Last day it is scored.
    pub to_date: Option<String>,
    /// When this was recorded.
    pub recorded_at: Micros,
    /// By whom.
    pub recorded_by: Option<i64>,
    /// Why.
    pub reason: String,
    /// Further columns (附加列) the scheme asks for: a JSON object of texts, its names in order.
    pub extra: Option<String>,
    /// The first day it holds; empty: it always did, and whatever was recorded before was wrong.
    pub since: Option<String>,
    /// The unit that takes over after its last day (承接单位).
    pub heir_id: Option<i64>,
    /// What it had in its last year goes into the heir's annual total (承接得分).
    pub heir_takes_year: Option<bool>,
    /// The field (领域) it reports from as a direct reporting point (N2.4).
    pub point_field: Option<String>,
}

/// A unit's version before anything is known of it: every column empty.
impl Default for UnitVersionRow {
    fn default() -> Self {
        Self {
            office_id: 0,
            seq: 0,
            unit_id: 0,
            name: String::new(),
            class: String::new(),
            ranking_group: String::new(),
            direct_point: None,
            parent_id: None,
            from_date: None,
            to_date: None,
            recorded_at: 0,
            recorded_by: None,
            reason: String::new(),
            extra: None,
            since: None,
            heir_id: None,
            heir_takes_year: None,
            point_field: None,
        }
    }
}

impl UnitVersionRow {
    /// Every column as one text, to be sealed by the statement that closes over this row: a change of any of them shows.
    pub fn sealed(&self) -> String {
        let given = |value: &Option<String>| value.as_ref().map_or_else(|| "-".to_owned(), |text| format!("+{text}"));
        let number = |value: &Option<i64>| value.map_or_else(|| "-".to_owned(), |number| format!("+{number}"));
        let fields = [
            self.seq.to_string(),
            self.unit_id.to_string(),
            self.name.clone(),
            self.class.clone(),
            self.ranking_group.clone(),
            given(&self.direct_point),
            number(&self.parent_id),
            given(&self.from_date),
            given(&self.to_date),
            self.recorded_at.to_string(),
            number(&self.recorded_by),
            self.reason.clone(),
        ];
        let sealed = fields.join("\u{1f}");
        // A version without further columns is sealed as before there were any; so is one without what came later. Each of these
        // says what it is, so that none can be taken for another.
        let sealed = self.extra.iter().fold(sealed, |sealed, extra| format!("{sealed}\u{1f}{extra}"));
        let later = [
            self.since.as_ref().map(|since| format!("since={since}")),
            self.heir_id.map(|heir| format!("heir={heir}")),
            self.heir_takes_year.map(|takes| format!("takes-year={takes}")),
            self.point_field.as_ref().map(|field| format!("field={field}")),
        ];
        later.into_iter().flatten().fold(sealed, |sealed, column| format!("{sealed}\u{1f}{column}"))
    }
}

/// A person of a unit or of the office in one duty (任职), as stored: a change of duty ends this row and begins another.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = person, treat_none_as_default_value = false)]
pub struct PersonRow {
    /// Its identity.
    pub id: i64,
    /// The office.
    pub office_id: i64,
    /// The unit; empty for the office's own people.
    pub unit_id: Option<i64>,
    /// The person's name.
    pub name: String,
    /// 第一责任人, 直接责任人, 具体责任人 or 信息员 (N4).
    pub duty: String,
    /// Telephone.
    pub phone: String,
    /// Mail address.
    pub mail: String,
    /// The day it ended (离任日期): from this day on the person is in this duty no more.
    pub left_on: Option<String>,
    /// When recorded.
    pub created_at: Micros,
    /// The day it began (任职日期); empty where nobody noted it.
    pub from_date: Option<String>,
}

impl PersonRow {
    /// True if the person is in this duty on a day.
    pub fn holds_on(&self, day: Date) -> bool {
        let day = day.to_string();
        self.from_date.as_ref().is_none_or(|from| *from <= day) && self.left_on.as_ref().is_none_or(|left| *left > day)
    }
}

/// A registered mailbox (登记邮箱, N3.1) as stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = mailbox, treat_none_as_default_value = false)]
pub struct MailboxRow {
    /// Its identity.
    pub id: i64,
    /// The office.
    pub office_id: i64,
    /// Whose.
    pub unit_id: i64,
    /// The address as given.
    pub address: String,
    /// The address in lower case.
    pub address_key: String,
    /// Since when.
    pub registered_at: Micros,
    /// Until when.
    pub closed_at: Option<Micros>,
}

/// Every unit's present name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnitNames {
    order: Vec<i64>,
    by_id: BTreeMap<i64, String>,
}

impl UnitNames {
    /// The name of a unit.
    pub fn get(&self, unit: i64) -> Option<&str> {
        self.by_id.get(&unit).map(String::as_str)
    }

    /// Identity and name of every unit, in the directory's order.
    pub fn iter(&self) -> impl Iterator<Item = (i64, &str)> {
        self.order.iter().filter_map(|unit| Some((*unit, self.get(*unit)?)))
    }
}

impl Tx {
    /// Every unit's version in force at a place of the ledger (all of it where `None`), in the directory's order.
    pub fn list_units(&mut self, as_of: Option<FactSeq>) -> Result<Vec<UnitVersionRow>, Failure> {
        let doing = "listing the units";
        let end = as_of.map_or(i64::MAX, |seq| seq.0);
        let versions: Vec<UnitVersionRow> = unit_version::table
            .filter(unit_version::office_id.eq(self.office.0).and(unit_version::seq.le(end)))
            .order(unit_version::seq)
            .select(columns::<UnitVersionRow>())
            .load_on(self.connection())
            .map_err(Failure::at(doing))?;
        let mut latest: BTreeMap<i64, UnitVersionRow> =
            versions.into_iter().map(|version| (version.unit_id, version)).collect();
        Ok(self.unit_order(doing)?.into_iter().filter_map(|id| latest.remove(&id)).collect())
    }

    /// Every unit's present name.
    pub fn list_unit_names(&mut self) -> Result<Arc<UnitNames>, Failure> {
        self.remembered(("names of units", String::new()), |tx| {
            let doing = "listing the names of units";
            let versions: Vec<(i64, String)> = unit_version::table
                .filter(unit_version::office_id.eq(tx.office.0))
                .order(unit_version::seq)
                .select((unit_version::unit_id, unit_version::name))
                .load_on(tx.connection())
                .map_err(Failure::at(doing))?;
            let by_id: BTreeMap<i64, String> = versions.into_iter().collect();
            let order = tx.unit_order(doing)?.into_iter().filter(|id| by_id.contains_key(id)).collect();
            Ok(UnitNames { order, by_id })
        })
    }

    /// Every version of some units up to a place of the ledger, as they were recorded.
    pub fn list_versions_of_units(&mut self, units: &[i64], upto: FactSeq) -> Result<Vec<UnitVersionRow>, Failure> {
        unit_version::table
            .filter(unit_version::office_id.eq(self.office.0).and(unit_version::seq.le(upto.0)))
            .filter(unit_version::unit_id.eq_any(units.to_vec()))
            .order(unit_version::seq)
            .select(columns::<UnitVersionRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing the versions of some units"))
    }

    /// Who takes over from whom (承接单位), by the unit that ended or will.
    pub fn list_heirs(&mut self) -> Result<Arc<BTreeMap<i64, i64>>, Failure> {
        self.remembered(("heirs of units", String::new()), |tx| {
            let versions: Vec<(i64, Option<i64>)> = unit_version::table
                .filter(unit_version::office_id.eq(tx.office.0))
                .order(unit_version::seq)
                .select((unit_version::unit_id, unit_version::heir_id))
                .load_on(tx.connection())
                .map_err(Failure::at("listing who takes over from whom"))?;
            let newest: BTreeMap<i64, Option<i64>> = versions.into_iter().collect();
            Ok(newest.into_iter().filter_map(|(unit, heir)| Some((unit, heir?))).collect())
        })
    }

    /// A unit and those it took over from (原单位), itself first: what was theirs is now its own to look at.
    pub fn with_predecessors(&mut self, unit: UnitId) -> Result<Vec<i64>, Failure> {
        let heirs = self.list_heirs()?;
        let mut all = vec![unit.0];
        let mut at = 0;
        while let Some(heir) = all.get(at).copied() {
            let before = heirs.iter().filter(|(_, other)| **other == heir).map(|(unit, _)| *unit);
            all.extend(before.filter(|unit| !all.contains(unit)).collect::<Vec<_>>());
            at += 1;
        }
        Ok(all)
    }

    /// The units in the directory's order.
    fn unit_order(&mut self, doing: &'static str) -> Result<Vec<i64>, Failure> {
        unit::table
            .filter(unit::office_id.eq(self.office.0))
            .order((unit::position, unit::id))
            .select(unit::id)
            .load_on(self.connection())
            .map_err(Failure::at(doing))
    }

    /// The versions of units recorded after one place of the ledger, up to another, as they were recorded.
    pub fn list_unit_versions(&mut self, after: FactSeq, upto: FactSeq) -> Result<Vec<UnitVersionRow>, Failure> {
        unit_version::table
            .filter(unit_version::office_id.eq(self.office.0))
            .filter(unit_version::seq.gt(after.0).and(unit_version::seq.le(upto.0)))
            .order(unit_version::seq)
            .select(columns::<UnitVersionRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing the versions of units"))
    }

    /// A unit's version in force.
    pub fn find_unit(&mut self, id: UnitId) -> Result<Option<UnitVersionRow>, Failure> {
        // Asked by unit alone, so that the index on it is taken; whose it is is looked at afterwards.
        let newest: Option<UnitVersionRow> = unit_version::table
            .filter(unit_version::unit_id.eq(id.0))
            .order(unit_version::seq.desc())
            .select(columns::<UnitVersionRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for a unit"))?;
        Ok(newest.filter(|row| row.office_id == self.office.0))
    }

    /// The people of a unit, or everybody's where `None`, who are in their duty on a day; by unit, as they were recorded.
    pub fn list_people(&mut self, of: Option<UnitId>, on: Date) -> Result<Vec<PersonRow>, Failure> {
        Ok(self.list_tenures(of)?.into_iter().filter(|person| person.holds_on(on)).collect())
    }

    /// Who was ever in which duty (任职), of a unit or of all; by unit, as they were recorded.
    pub fn list_tenures(&mut self, of: Option<UnitId>) -> Result<Vec<PersonRow>, Failure> {
        let mut query = person::table.filter(person::office_id.eq(self.office.0)).into_boxed();
        if let Some(of) = of {
            query = query.filter(person::unit_id.eq(of.0));
        }
        query
            .order((person::unit_id, person::id))
            .select(PersonRow::as_select())
            .load(self.connection())
            .map_err(Failure::at("listing people"))
    }

    /// The open registrations of mailboxes, of a unit or of all.
    pub fn list_mailboxes(&mut self, of: Option<UnitId>) -> Result<Vec<MailboxRow>, Failure> {
        let mut query =
            mailbox::table.filter(mailbox::office_id.eq(self.office.0).and(mailbox::closed_at.is_null())).into_boxed();
        if let Some(of) = of {
            query = query.filter(mailbox::unit_id.eq(of.0));
        }
        query
            .order((mailbox::unit_id, mailbox::id))
            .select(MailboxRow::as_select())
            .load(self.connection())
            .map_err(Failure::at("listing mailboxes"))
    }

    /// The open registration of an address, whatever its case.
    pub fn find_mailbox(&mut self, address: &str) -> Result<Option<MailboxRow>, Failure> {
        mailbox::table
            .filter(
                mailbox::office_id
                    .eq(self.office.0)
                    .and(mailbox::address_key.eq(address.trim().to_lowercase()))
                    .and(mailbox::closed_at.is_null()),
            )
            .select(columns::<MailboxRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for a mailbox"))
    }

    /// Every version of a unit, newest first.
    pub fn list_versions_of_unit(&mut self, id: UnitId) -> Result<Vec<UnitVersionRow>, Failure> {
        unit_version::table
            .filter(unit_version::office_id.eq(self.office.0).and(unit_version::unit_id.eq(id.0)))
            .order(unit_version::seq.desc())
            .select(columns::<UnitVersionRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing a unit's versions"))
    }

    /// A person by identity, whether or not they have left.
    pub fn find_person(&mut self, id: i64) -> Result<Option<PersonRow>, Failure> {
        person::table
            .filter(person::office_id.eq(self.office.0).and(person::id.eq(id)))
            .select(columns::<PersonRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for a person"))
    }
}

impl Write {
    /// Makes a unit without a version yet; the first one follows in the same transaction.
    pub fn insert_unit(&mut self, now: Micros) -> Result<UnitId, Failure> {
        let id = self.next_id("unit")?;
        let position = self.next_number("unit-position")?;
        diesel::insert_into(unit::table)
            .values(NewUnit { id, office_id: self.office.0, position, created_at: now })
            .execute_on(self.connection())
            .map_err(Failure::at("making a unit"))?;
        Ok(UnitId(id))
    }

    /// Appends a version of a unit to the ledger; `row.seq` and `row.office_id` are set here.
    pub fn append_unit_version(&mut self, mut row: UnitVersionRow) -> Result<FactSeq, Failure> {
        row.office_id = self.office.0;
        row.seq = self.next_number("ledger")?;
        let seq = FactSeq(row.seq);
        diesel::insert_into(unit_version::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("recording a unit"))?;
        Ok(seq)
    }

    /// Records a person; `row.id` and `row.office_id` are set here.
    pub fn insert_person(&mut self, mut row: PersonRow) -> Result<i64, Failure> {
        row.id = self.next_id("person")?;
        row.office_id = self.office.0;
        let id = row.id;
        diesel::insert_into(person::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at("recording a person"))?;
        Ok(id)
    }

    /// Gives the accounts of a unit that ended to the one that takes over from it. How many there were.
    pub fn hand_over_accounts(&mut self, from: UnitId, to: UnitId) -> Result<usize, Failure> {
        diesel::update(account::table.filter(account::office_id.eq(self.office.0).and(account::unit_id.eq(from.0))))
            .set(account::unit_id.eq(to.0))
            .execute_on(self.connection())
            .map_err(Failure::at("giving a unit's accounts to its heir"))
    }

    /// Puts right what is recorded of a person in a duty: the name, how to reach them, from when to when. False if there is no such
    /// person.
    pub fn update_person(&mut self, row: &PersonRow) -> Result<bool, Failure> {
        diesel::update(person::table.filter(person::office_id.eq(self.office.0).and(person::id.eq(row.id))))
            .set((
                person::name.eq(&row.name),
                person::phone.eq(&row.phone),
                person::mail.eq(&row.mail),
                person::from_date.eq(&row.from_date),
                person::left_on.eq(&row.left_on),
            ))
            .execute_on(self.connection())
            .map(|rows| rows == 1)
            .map_err(Failure::at("putting a person's record right"))
    }

    /// Registers a mailbox for a unit; the address must be free ([`Failure::is_taken`]).
    pub fn insert_mailbox(&mut self, of: UnitId, address: &str, now: Micros) -> Result<i64, Failure> {
        let id = self.next_id("mailbox")?;
        diesel::insert_into(mailbox::table)
            .values(MailboxRow {
                id,
                office_id: self.office.0,
                unit_id: of.0,
                address: address.trim().to_owned(),
                address_key: address.trim().to_lowercase(),
                registered_at: now,
                closed_at: None,
            })
            .execute_on(self.connection())
            .map_err(Failure::at("registering a mailbox"))?;
        Ok(id)
    }

    /// Ends a mailbox's registration. False if it was not open.
    pub fn close_mailbox(&mut self, id: i64, now: Micros) -> Result<bool, Failure> {
        diesel::update(
            mailbox::table
                .filter(mailbox::office_id.eq(self.office.0).and(mailbox::id.eq(id)).and(mailbox::closed_at.is_null())),
        )
        .set(mailbox::closed_at.eq(Some(now)))
        .execute_on(self.connection())
        .map(|rows| rows == 1)
        .map_err(Failure::at("closing a mailbox"))
    }
}
