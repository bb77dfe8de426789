//! The ledger of facts that score (计分事实): append-only. A correction or withdrawal is a new row with the same table and key.

use std::collections::BTreeMap;

use diesel::prelude::*;
use tz_model::{FactSeq, ItemId};

use crate::connection::{Either, columns};
use crate::schema::{fact, fact_now};
use crate::{Failure, Micros, Tx, Write};

/// One row of the ledger.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = fact, treat_none_as_default_value = false)]
pub struct FactRow {
    /// The office.
    pub office_id: i64,
    /// Its place: 1, 2, 3 … shared with versions of units.
    pub seq: i64,
    /// 报送, 采用, 批示, 约稿 or 事项.
    pub fact_table: String,
    /// Its 编号 within the table. Rows with the same one are versions of one fact; the last holds.
    pub key: String,
    /// Taken back: the fact counts for nothing from this row on.
    pub revoked: bool,
    /// Identities of the units, parted by commas.
    pub units: String,
    /// The day that decides its month (R1).
    pub date: String,
    /// Category, kind of adoption, level of comment, or kind of event; empty for a solicitation's duty.
    pub name: String,
    /// Title of the item, or topic.
    pub title: Option<String>,
    /// The item it is about.
    pub item_id: Option<i64>,
    /// The issue it was used in.
    pub issue_id: Option<i64>,
    /// The solicitation it belongs to.
    pub solicitation_id: Option<i64>,
    /// 独编, 综合, 一句话.
    pub form: Option<String>,
    /// Who commented.
    pub leader: Option<String>,
    /// 网页, 邮箱, 涉密登记, 补录, 纸质.
    pub channel: Option<String>,
    /// The key of the report it repeats.
    pub repeats: Option<String>,
    /// False if the office ruled it out.
    pub counted: bool,
    /// The day the answer came, for a duty.
    pub answered: Option<String>,
    /// 拒报, for a duty.
    pub outcome: Option<String>,
    /// How many times, for an event.
    pub quantity: i64,
    /// More in words: the comment's text, the issue's number.
    pub note: Option<String>,
    /// When recorded.
    pub recorded_at: Micros,
    /// By whom.
    pub recorded_by: Option<i64>,
    /// Why it was recorded or taken back.
    pub reason: String,
    /// Further columns (附加列) the scheme asks for: a JSON object of texts, its names in order.
    pub extra: Option<String>,
}

impl FactRow {
    /// An empty row of a table for a day, to be filled; the ledger sets office, place and (where empty) key.
    pub fn new(fact_table: &str, units: &[i64], date: &str, name: &str) -> Self {
        Self {
            office_id: 0,
            seq: 0,
            fact_table: fact_table.to_owned(),
            key: String::new(),
            revoked: false,
            units: units.iter().map(i64::to_string).collect::<Vec<_>>().join(","),
            date: date.to_owned(),
            name: name.to_owned(),
            title: None,
            item_id: None,
            issue_id: None,
            solicitation_id: None,
            form: None,
            leader: None,
            channel: None,
            repeats: None,
            counted: true,
            answered: None,
            outcome: None,
            quantity: 1,
            note: None,
            recorded_at: 0,
            recorded_by: None,
            reason: String::new(),
            extra: None,
        }
    }

    /// The units' identities.
    pub fn unit_ids(&self) -> Vec<i64> {
        self.each_unit_id().collect()
    }

    /// The units' identities one by one.
    pub fn each_unit_id(&self) -> impl Iterator<Item = i64> {
        self.units.split(',').filter_map(|id| id.parse().ok())
    }

    /// Every column as one text, to be sealed by the statement that closes over this row: a change of any of them shows.
    pub fn sealed(&self) -> String {
        let given = |value: &Option<String>| value.as_ref().map_or_else(|| "-".to_owned(), |text| format!("+{text}"));
        let number = |value: &Option<i64>| value.map_or_else(|| "-".to_owned(), |number| format!("+{number}"));
        let fields = [
            self.seq.to_string(),
            self.fact_table.clone(),
            self.key.clone(),
            self.revoked.to_string(),
            self.units.clone(),
            self.date.clone(),
            self.name.clone(),
            given(&self.title),
            number(&self.item_id),
            number(&self.issue_id),
            number(&self.solicitation_id),
            given(&self.form),
            given(&self.leader),
            given(&self.channel),
            given(&self.repeats),
            self.counted.to_string(),
            given(&self.answered),
            given(&self.outcome),
            self.quantity.to_string(),
            given(&self.note),
            self.recorded_at.to_string(),
            number(&self.recorded_by),
            self.reason.clone(),
        ];
        let sealed = fields.join("\u{1f}");
        // A row without further columns is sealed as before there were any.
        self.extra.iter().fold(sealed, |sealed, extra| format!("{sealed}\u{1f}{extra}"))
    }
}

/// Which facts to list.
#[derive(Clone, Debug, Default)]
pub struct FactFilter<'a> {
    /// Only of this table.
    pub table: Option<&'a str>,
    /// From this day on.
    pub from: Option<&'a str>,
    /// Up to this day.
    pub to: Option<&'a str>,
    /// Only about this item.
    pub item: Option<ItemId>,
    /// Only of this solicitation.
    pub solicitation: Option<i64>,
    /// Only used in this issue.
    pub issue: Option<i64>,
    /// Only reports that came this way.
    pub channel: Option<&'a str>,
    /// Also what was taken back, as it last stood.
    pub with_revoked: bool,
}

impl Tx {
    /// The facts that hold now (revoked ones left out, unless asked for), in the order they were last recorded.
    pub fn list_facts(&mut self, filter: &FactFilter<'_>) -> Result<Vec<FactRow>, Failure> {
        let mut query = fact::table
            .inner_join(fact_now::table.on(fact_now::office_id.eq(fact::office_id).and(fact_now::seq.eq(fact::seq))))
            .filter(fact_now::office_id.eq(self.office.0))
            .into_boxed();
        if !filter.with_revoked {
            query = query.filter(fact::revoked.eq(false));
        }
        if let Some(table) = filter.table {
            query = query.filter(fact_now::fact_table.eq(table));
        }
        if let Some(from) = filter.from {
            query = query.filter(fact_now::date.ge(from));
        }
        if let Some(to) = filter.to {
            query = query.filter(fact_now::date.le(to));
        }
        if let Some(item) = filter.item {
            query = query.filter(fact::item_id.eq(item.0));
        }
        if let Some(solicitation) = filter.solicitation {
            query = query.filter(fact::solicitation_id.eq(solicitation));
        }
        if let Some(issue) = filter.issue {
            query = query.filter(fact::issue_id.eq(issue));
        }
        if let Some(channel) = filter.channel {
            query = query.filter(fact::channel.eq(channel));
        }
        query
            .order(fact::seq)
            .select(FactRow::as_select())
            .load(self.connection())
            .map_err(Failure::at("listing the facts"))
    }

    /// The facts that held when the ledger ended at `as_of`, from a day on: for recomputing a closed month.
    pub fn list_facts_as_of(&mut self, as_of: FactSeq, from: &str) -> Result<Vec<FactRow>, Failure> {
        let rows: Vec<FactRow> = fact::table
            .filter(fact::office_id.eq(self.office.0).and(fact::seq.le(as_of.0)))
            .order(fact::seq)
            .select(columns::<FactRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing the facts as of a place of the ledger"))?;
        let mut latest: BTreeMap<(String, String), FactRow> = BTreeMap::new();
        for row in rows {
            latest.insert((row.fact_table.clone(), row.key.clone()), row);
        }
        let mut holding: Vec<FactRow> =
            latest.into_values().filter(|row| !row.revoked && row.date.as_str() >= from).collect();
        holding.sort_by_key(|row| row.seq);
        Ok(holding)
    }

    /// The facts of some days that hold: now, or when the ledger ended at `as_of`. In the order they were recorded.
    pub fn list_facts_between(
        &mut self,
        as_of: Option<FactSeq>,
        from: &str,
        to: &str,
    ) -> Result<Vec<FactRow>, Failure> {
        let Some(FactSeq(end)) = as_of else {
            return self.list_facts(&FactFilter { from: Some(from), to: Some(to), ..FactFilter::default() });
        };
        let later = diesel::alias!(fact as later_fact);
        let overtaken = later.filter(
            later
                .field(fact::office_id)
                .eq(fact::office_id)
                .and(later.field(fact::fact_table).eq(fact::fact_table))
                .and(later.field(fact::key).eq(fact::key))
                .and(later.field(fact::seq).gt(fact::seq))
                .and(later.field(fact::seq).le(end)),
        );
        fact::table
            .filter(fact::office_id.eq(self.office.0).and(fact::seq.le(end)).and(fact::revoked.eq(false)))
            .filter(fact::date.ge(from).and(fact::date.le(to)))
            .filter(diesel::dsl::not(diesel::dsl::exists(overtaken)))
            .order(fact::seq)
            .select(columns::<FactRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing the facts of some days as of a place of the ledger"))
    }

    /// The rows of the ledger after one place, up to another, as they were recorded.
    pub fn list_recorded(&mut self, after: FactSeq, upto: FactSeq) -> Result<Vec<FactRow>, Failure> {
        fact::table
            .filter(fact::office_id.eq(self.office.0).and(fact::seq.gt(after.0)).and(fact::seq.le(upto.0)))
            .order(fact::seq)
            .select(columns::<FactRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing what was recorded"))
    }

    /// The days that what was recorded after one place, up to another, changes: its own, and those the same facts had before.
    pub fn list_days_touched(&mut self, after: FactSeq, upto: FactSeq) -> Result<Vec<String>, Failure> {
        let before = diesel::alias!(fact as fact_before);
        fact::table
            .inner_join(
                before.on(before
                    .field(fact::office_id)
                    .eq(fact::office_id)
                    .and(before.field(fact::fact_table).eq(fact::fact_table))
                    .and(before.field(fact::key).eq(fact::key))
                    .and(before.field(fact::seq).le(fact::seq))),
            )
            .filter(fact::office_id.eq(self.office.0).and(fact::seq.gt(after.0)).and(fact::seq.le(upto.0)))
            .select(before.field(fact::date))
            .distinct()
            .order(before.field(fact::date))
            .load_on(self.connection())
            .map_err(Failure::at("listing the days that were touched"))
    }

    /// The first day, from one on, of any fact that holds.
    pub fn first_fact_day(&mut self, from: &str) -> Result<Option<String>, Failure> {
        fact::table
            .inner_join(fact_now::table.on(fact_now::office_id.eq(fact::office_id).and(fact_now::seq.eq(fact::seq))))
            .filter(fact_now::office_id.eq(self.office.0).and(fact::revoked.eq(false)))
            .filter(fact_now::date.ge(from))
            .select(diesel::dsl::min(fact_now::date))
            .first_on(self.connection())
            .map_err(Failure::at("looking for the first fact"))
    }

    /// Some facts of a table by their keys, as they were last recorded (revoked or not) up to `as_of`.
    pub fn list_facts_named(
        &mut self,
        table: &str,
        keys: &[&str],
        as_of: Option<FactSeq>,
    ) -> Result<Vec<FactRow>, Failure> {
        let mut query = fact::table
            .filter(fact::office_id.eq(self.office.0).and(fact::fact_table.eq(table)))
            .filter(fact::key.eq_any(keys.to_vec()))
            .into_boxed();
        if let Some(FactSeq(end)) = as_of {
            query = query.filter(fact::seq.le(end));
        }
        // In the order of the keys' index: asked for by place alone, SQLite reads the whole ledger to spare itself the sorting.
        let rows: Vec<FactRow> = query
            .order((fact::key, fact::seq))
            .select(FactRow::as_select())
            .load(self.connection())
            .map_err(Failure::at("listing named facts"))?;
        let latest: BTreeMap<String, FactRow> = rows.into_iter().map(|row| (row.key.clone(), row)).collect();
        Ok(latest.into_values().collect())
    }

    /// The row of a fact that holds now, revoked or not.
    pub fn find_fact(&mut self, table: &str, key: &str) -> Result<Option<FactRow>, Failure> {
        fact::table
            .filter(fact::office_id.eq(self.office.0).and(fact::fact_table.eq(table)).and(fact::key.eq(key)))
            .order(fact::seq.desc())
            .select(columns::<FactRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking for a fact"))
    }

    /// Every row of a fact, oldest first.
    pub fn fact_history(&mut self, table: &str, key: &str) -> Result<Vec<FactRow>, Failure> {
        fact::table
            .filter(fact::office_id.eq(self.office.0).and(fact::fact_table.eq(table)).and(fact::key.eq(key)))
            .order(fact::seq)
            .select(columns::<FactRow>())
            .load_on(self.connection())
            .map_err(Failure::at("reading a fact's history"))
    }

    /// Where the ledger ends now: the highest place taken by a fact or a version of a unit.
    pub fn ledger_end(&mut self) -> Result<FactSeq, Failure> {
        self.last_number("ledger").map(FactSeq)
    }
}

impl Write {
    /// Appends a row to the ledger and says its place. A row without key is a new fact and gets the table's next number.
    pub fn append_fact(&mut self, mut row: FactRow) -> Result<FactRow, Failure> {
        let doing = "recording a fact";
        row.office_id = self.office.0;
        row.seq = self.next_number("ledger")?;
        if row.key.is_empty() {
            row.key = self.next_number(&format!("fact-{}", row.fact_table))?.to_string();
        }
        diesel::insert_into(fact::table)
            .values(row.clone())
            .execute_on(self.connection())
            .map_err(Failure::at(doing))?;
        // Two prepared statements rather than one upsert: only statements of the query builder are kept prepared.
        let now = fact_now::table.filter(
            fact_now::office_id
                .eq(row.office_id)
                .and(fact_now::fact_table.eq(&row.fact_table))
                .and(fact_now::key.eq(&row.key)),
        );
        let held = diesel::update(now)
            .set((fact_now::seq.eq(row.seq), fact_now::date.eq(&row.date)))
            .execute_on(self.connection())
            .map_err(Failure::at(doing))?;
        if held == 0 {
            diesel::insert_into(fact_now::table)
                .values((
                    fact_now::office_id.eq(row.office_id),
                    fact_now::fact_table.eq(&row.fact_table),
                    fact_now::key.eq(&row.key),
                    fact_now::seq.eq(row.seq),
                    fact_now::date.eq(&row.date),
                ))
                .execute_on(self.connection())
                .map_err(Failure::at(doing))?;
        }
        Ok(row)
    }
}
