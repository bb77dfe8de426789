//! What waits (待办), counted room by room in one statement: for the navigation beside every page.

use diesel::dsl::{count_star, exists, select};
use diesel::prelude::*;
use tz_model::{Table, UnitId};

use crate::schema::{
    adopted_line, bulletin_claim, delivery, fact, fact_now, follow_up, issue, item, item_unit, objection, scan_page,
    solicitation,
};
use crate::{Failure, Micros, Tx};

/// What waits for a person, by room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// 收稿: items to be done. 报送: items that came back to the unit.
    pub items: i64,
    /// 刊物: issues being composed. For a leader: those not read yet.
    pub issues: i64,
    /// 约稿: solicitations that run. For a unit: those it has not answered.
    pub solicitations: i64,
    /// 系统, 队伍: what units ask for about their registered mailboxes, undecided.
    pub mailbox_requests: i64,
    /// 上报: lines of lists of adoptions that nobody has settled.
    pub adopted_lines: i64,
    /// 批示: scans and claims to be settled, replies to be read, and what is late. For a unit: what it has to answer.
    pub comments: i64,
    /// 考核: objections the office has to answer. For a unit: papers sent to it and answers to its objections, not opened.
    pub assessment: i64,
    /// 消息: what the person was told and has not read.
    pub notices: i64,
}

impl Tx {
    /// What waits for the office's editors on a day.
    pub fn waiting_for_editors(&mut self, today: &str) -> Result<Waiting, Failure> {
        self.remembered(("waiting for editors", today.to_owned()), |tx| tx.count_for_editors(today)).map(|found| *found)
    }

    fn count_for_editors(&mut self, today: &str) -> Result<Waiting, Failure> {
        let office = self.office.0;
        let items = item::table
            .filter(item::office_id.eq(office).and(item::state.eq_any(["received", "editing"])))
            .select(count_star());
        let issues =
            issue::table.filter(issue::office_id.eq(office).and(issue::state.eq("draft"))).select(count_star());
        let running = solicitation::table
            .filter(solicitation::office_id.eq(office).and(solicitation::deadline.ge(today)))
            .select(count_star());
        let lines = adopted_line::table
            .filter(adopted_line::office_id.eq(office).and(adopted_line::state.eq("open")))
            .select(count_star());
        let scans = scan_page::table
            .filter(scan_page::office_id.eq(office).and(scan_page::state.eq_any(["attached", "waiting"])))
            .select(count_star());
        let claims = bulletin_claim::table
            .filter(bulletin_claim::office_id.eq(office).and(bulletin_claim::state.eq("asked")))
            .select(count_star());
        let follow = follow_up::table
            .filter(follow_up::office_id.eq(office))
            .filter(follow_up::state.eq("replied").or(follow_up::state.eq("open").and(follow_up::deadline.lt(today))))
            .select(count_star());
        let objections = objection::table
            .filter(objection::office_id.eq(office).and(objection::state.eq("asked")))
            .select(count_star());
        type Count = Option<i64>;
        type Counts = (Count, Count, Count, Count, Count, Count, Count, Count);
        let (items, issues, solicitations, lines, scans, claims, follow, objections): Counts = select((
            items.single_value(),
            issues.single_value(),
            running.single_value(),
            lines.single_value(),
            scans.single_value(),
            claims.single_value(),
            follow.single_value(),
            objections.single_value(),
        ))
        .first(self.connection())
        .map_err(Failure::at("counting what waits for the editors"))?;
        Ok(Waiting {
            items: items.unwrap_or(0),
            issues: issues.unwrap_or(0),
            solicitations: solicitations.unwrap_or(0),
            mailbox_requests: 0,
            adopted_lines: lines.unwrap_or(0),
            comments: scans.unwrap_or(0) + claims.unwrap_or(0) + follow.unwrap_or(0),
            assessment: objections.unwrap_or(0),
            notices: 0,
        })
    }

    /// What waits for a unit on a day: its items returned that came in since a moment, what it was asked for and still owes.
    pub fn waiting_for_unit(&mut self, unit: UnitId, today: &str, since: Micros) -> Result<Waiting, Failure> {
        let office = self.office.0;
        let own = item_unit::table.filter(item_unit::item_id.eq(item::id).and(item_unit::unit_id.eq(unit.0)));
        let returned = item::table
            .filter(item::office_id.eq(office).and(item::state.eq("returned")))
            .filter(item::received_at.ge(since).and(exists(own)))
            .select(count_star());
        let owed = fact_now::table
            .inner_join(fact::table.on(fact::office_id.eq(fact_now::office_id).and(fact::seq.eq(fact_now::seq))))
            .filter(fact_now::office_id.eq(office).and(fact_now::date.ge(today)))
            .filter(fact_now::fact_table.eq(Table::Duties.name()).and(fact::revoked.eq(false)))
            .filter(fact::units.eq(unit.0.to_string()))
            .filter(fact::answered.is_null().and(fact::outcome.is_null()))
            .select(count_star());
        let follow = follow_up::table
            .filter(follow_up::unit_id.eq(unit.0).and(follow_up::state.eq("open")))
            .select(count_star());
        let papers = delivery::table
            .filter(delivery::office_id.eq(office).and(delivery::unit_id.eq(unit.0)).and(delivery::opened_at.is_null()))
            .select(count_star());
        let answers = objection::table
            .filter(objection::office_id.eq(office).and(objection::unit_id.eq(unit.0)))
            .filter(objection::answered_at.is_not_null().and(objection::seen_at.is_null()))
            .select(count_star());
        type Count = Option<i64>;
        let (items, solicitations, comments, papers, answers): (Count, Count, Count, Count, Count) = select((
            returned.single_value(),
            owed.single_value(),
            follow.single_value(),
            papers.single_value(),
            answers.single_value(),
        ))
        .first(self.connection())
        .map_err(Failure::at("counting what waits for a unit"))?;
        Ok(Waiting {
            items: items.unwrap_or(0),
            solicitations: solicitations.unwrap_or(0),
            comments: comments.unwrap_or(0),
            assessment: papers.unwrap_or(0) + answers.unwrap_or(0),
            ..Waiting::default()
        })
    }
}
