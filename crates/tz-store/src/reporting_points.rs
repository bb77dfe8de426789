//! Reporting points (报送要点) with their topics and units; where a solicitation came from and which units accepted it.

use diesel::prelude::*;

use crate::connection::{Either, columns};
use crate::schema::{
    duty_acceptance, item, item_topic, item_unit, reporting_points, reporting_topic, reporting_unit,
    solicitation_origin,
};
use crate::{Failure, Micros, Tx, Write};

/// Reporting points as stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = reporting_points, treat_none_as_default_value = false)]
pub struct ReportingPointsRow {
    /// Its identity.
    pub id: i64,
    /// The office.
    pub office_id: i64,
    /// 编号, unique.
    pub code: String,
    /// 名称
    pub name: String,
    /// What is said before the topics.
    pub introduction: String,
    /// The first day.
    pub from_date: String,
    /// The last day.
    pub to_date: String,
    /// When it was sent.
    pub created_at: Micros,
    /// By whom.
    pub created_by: Option<i64>,
    /// When it was ended early.
    pub closed_at: Option<Micros>,
}

/// A topic as stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = reporting_topic)]
pub struct TopicRow {
    /// Its identity.
    pub id: i64,
    /// Of which points.
    pub points_id: i64,
    /// Its place, from 1.
    pub position: i64,
    /// 题目
    pub title: String,
    /// 要求
    pub requirement: String,
}

/// An item about a topic, once for each of its units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicItem {
    /// The topic.
    pub topic: i64,
    /// The item.
    pub item: i64,
    /// Its number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// The unit.
    pub unit: i64,
}

/// Where a solicitation came from, as stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = solicitation_origin, treat_none_as_default_value = false)]
pub struct OriginRow {
    /// The solicitation.
    pub solicitation_id: i64,
    /// The office that asked.
    pub target: String,
    /// Until when it must have the answer.
    pub deadline: Option<String>,
}

impl Tx {
    /// Every reporting points, newest first.
    pub fn list_reporting_points(&mut self) -> Result<Vec<ReportingPointsRow>, Failure> {
        reporting_points::table
            .filter(reporting_points::office_id.eq(self.office.0))
            .order(reporting_points::id.desc())
            .select(columns::<ReportingPointsRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing the reporting points"))
    }

    /// The topics of every reporting points, in order.
    pub fn list_topics(&mut self) -> Result<Vec<TopicRow>, Failure> {
        reporting_topic::table
            .inner_join(reporting_points::table.on(reporting_points::id.eq(reporting_topic::points_id)))
            .filter(reporting_points::office_id.eq(self.office.0))
            .order((reporting_topic::points_id, reporting_topic::position))
            .select(columns::<TopicRow>())
            .load_on(self.connection())
            .map_err(Failure::at("listing topics"))
    }

    /// Which units each reporting points is for: points, unit.
    pub fn list_reporting_units(&mut self) -> Result<Vec<(i64, i64)>, Failure> {
        reporting_unit::table
            .inner_join(reporting_points::table.on(reporting_points::id.eq(reporting_unit::points_id)))
            .filter(reporting_points::office_id.eq(self.office.0))
            .order((reporting_unit::points_id, reporting_unit::unit_id))
            .select((reporting_unit::points_id, reporting_unit::unit_id))
            .load_on(self.connection())
            .map_err(Failure::at("listing the units of reporting points"))
    }

    /// The items about topics, withdrawn ones left out, by topic and then as they were tied.
    pub fn list_topic_items(&mut self) -> Result<Vec<TopicItem>, Failure> {
        type Row = (i64, i64, String, String, i64);
        let rows: Vec<Row> = item_topic::table
            .inner_join(item::table.on(item::id.eq(item_topic::item_id)))
            .inner_join(item_unit::table.on(item_unit::item_id.eq(item_topic::item_id)))
            .filter(item::office_id.eq(self.office.0).and(item::state.ne("withdrawn")))
            .order((item_topic::topic_id, item_topic::at, item_topic::item_id, item_unit::position))
            .select((item_topic::topic_id, item::id, item::number, item::title, item_unit::unit_id))
            .load_on(self.connection())
            .map_err(Failure::at("listing the items about topics"))?;
        let rows = rows.into_iter();
        Ok(rows.map(|(topic, item, number, title, unit)| TopicItem { topic, item, number, title, unit }).collect())
    }

    /// The topics an item is about, each with the number of its reporting points, as they were tied.
    pub fn list_topics_of_item(&mut self, item: i64) -> Result<Vec<(TopicRow, String)>, Failure> {
        item_topic::table
            .inner_join(reporting_topic::table.on(reporting_topic::id.eq(item_topic::topic_id)))
            .inner_join(reporting_points::table.on(reporting_points::id.eq(reporting_topic::points_id)))
            .filter(reporting_points::office_id.eq(self.office.0).and(item_topic::item_id.eq(item)))
            .order((item_topic::at, item_topic::topic_id))
            .select((columns::<TopicRow>(), reporting_points::code))
            .load_on(self.connection())
            .map_err(Failure::at("listing the topics of an item"))
    }

    /// Where a solicitation came from; nothing for the office's own.
    pub fn find_solicitation_origin(&mut self, solicitation: i64) -> Result<Option<OriginRow>, Failure> {
        solicitation_origin::table
            .filter(solicitation_origin::solicitation_id.eq(solicitation))
            .select(columns::<OriginRow>())
            .first_on(self.connection())
            .optional()
            .map_err(Failure::at("looking where a solicitation came from"))
    }

    /// Which units accepted a solicitation, and when.
    pub fn list_duty_acceptances(&mut self, solicitation: i64) -> Result<Vec<(i64, Micros)>, Failure> {
        duty_acceptance::table
            .filter(duty_acceptance::solicitation_id.eq(solicitation))
            .order(duty_acceptance::unit_id)
            .select((duty_acceptance::unit_id, duty_acceptance::at))
            .load_on(self.connection())
            .map_err(Failure::at("listing who accepted a solicitation"))
    }
}

impl Write {
    /// Records reporting points with topics (title, requirement) and units; `row.id` and `row.office_id` are set here.
    pub fn insert_reporting_points(
        &mut self,
        mut row: ReportingPointsRow,
        topics: &[(String, String)],
        units: &[i64],
    ) -> Result<i64, Failure> {
        let doing = "recording reporting points";
        row.id = self.next_id("reporting_points")?;
        row.office_id = self.office.0;
        let id = row.id;
        diesel::insert_into(reporting_points::table)
            .values(row)
            .execute_on(self.connection())
            .map_err(Failure::at(doing))?;
        for (place, (title, requirement)) in (1..).zip(topics) {
            let topic = TopicRow {
                id: self.next_id("reporting_topic")?,
                points_id: id,
                position: place,
                title: title.clone(),
                requirement: requirement.clone(),
            };
            diesel::insert_into(reporting_topic::table)
                .values(topic)
                .execute_on(self.connection())
                .map_err(Failure::at(doing))?;
        }
        for unit in units {
            diesel::insert_into(reporting_unit::table)
                .values((reporting_unit::points_id.eq(id), reporting_unit::unit_id.eq(unit)))
                .execute_on(self.connection())
                .map_err(Failure::at(doing))?;
        }
        Ok(id)
    }

    /// Ends reporting points early. False if they were ended already.
    pub fn close_reporting_points(&mut self, id: i64, now: Micros) -> Result<bool, Failure> {
        diesel::update(
            reporting_points::table
                .filter(reporting_points::office_id.eq(self.office.0).and(reporting_points::id.eq(id)))
                .filter(reporting_points::closed_at.is_null()),
        )
        .set(reporting_points::closed_at.eq(Some(now)))
        .execute_on(self.connection())
        .map(|rows| rows == 1)
        .map_err(Failure::at("ending reporting points"))
    }

    /// Ties an item to a topic; nobody's account where its mail named it. False if it was tied already.
    pub fn tie_topic(&mut self, topic: i64, item: i64, account: Option<i64>, now: Micros) -> Result<bool, Failure> {
        let doing = "tying an item to a topic";
        let tied: i64 = item_topic::table
            .filter(item_topic::topic_id.eq(topic).and(item_topic::item_id.eq(item)))
            .count()
            .first_on(self.connection())
            .map_err(Failure::at(doing))?;
        if tied > 0 {
            return Ok(false);
        }
        let row = (
            item_topic::topic_id.eq(topic),
            item_topic::item_id.eq(item),
            item_topic::at.eq(now),
            item_topic::account_id.eq(account),
        );
        diesel::insert_into(item_topic::table)
            .values(row)
            .execute_on(self.connection())
            .map(|_| true)
            .map_err(Failure::at(doing))
    }

    /// Takes an item from a topic. False if it was not tied to it.
    pub fn untie_topic(&mut self, topic: i64, item: i64) -> Result<bool, Failure> {
        diesel::delete(item_topic::table.filter(item_topic::topic_id.eq(topic).and(item_topic::item_id.eq(item))))
            .execute_on(self.connection())
            .map(|rows| rows == 1)
            .map_err(Failure::at("taking an item from a topic"))
    }

    /// Records where a solicitation came from.
    pub fn insert_solicitation_origin(&mut self, row: OriginRow) -> Result<(), Failure> {
        diesel::insert_into(solicitation_origin::table)
            .values(row)
            .execute_on(self.connection())
            .map(drop)
            .map_err(Failure::at("recording where a solicitation came from"))
    }

    /// Records that a unit accepts a solicitation; it must not have before ([`Failure::is_taken`]).
    pub fn insert_duty_acceptance(
        &mut self,
        solicitation: i64,
        unit: i64,
        account: i64,
        now: Micros,
    ) -> Result<(), Failure> {
        let row = (
            duty_acceptance::solicitation_id.eq(solicitation),
            duty_acceptance::unit_id.eq(unit),
            duty_acceptance::at.eq(now),
            duty_acceptance::account_id.eq(account),
        );
        diesel::insert_into(duty_acceptance::table)
            .values(row)
            .execute_on(self.connection())
            .map(drop)
            .map_err(Failure::at("recording that a unit accepts a solicitation"))
    }
}
