//! What stands around a solicitation: that a unit accepts it, its files, the printed notice (约稿通知单).

use tz_docs::{PaperKind, SolicitationNotice, SolicitedTopic, solicitation_notice};
use tz_model::SolicitationId;
use tz_store::audit::Act;

use super::{DutyState, duties, words_of};
use crate::comment::files;
use crate::publication::Paper;
use crate::{App, PaperFormat, Person, Problem, Reporter, templates};

/// Kept with a solicitation.
pub(super) const FILES: &str = "solicitation";

impl App {
    /// A unit says that it will answer (接受约稿). It scores nothing, and an answer or a refusal may still follow.
    pub fn accept_solicitation(&self, who: &Reporter, id: SolicitationId) -> Result<(), Problem> {
        let now = self.micros();
        let unit = who.unit();
        let mut tx = self.write()?;
        let row = tx.find_solicitation(id.0)?.ok_or(Problem::NotThere)?;
        let held = duties(&mut tx, id.0)?
            .into_iter()
            .find(|duty| duty.unit_ids().contains(&unit.0))
            .ok_or(Problem::NotThere)?;
        if !matches!(DutyState::of(&held, self.today()), Some(DutyState::Open(_))) {
            return Err(Problem::Refused("这个约稿已经报送、说明不报或过了截止日期，不需要再接受。".to_owned()));
        }
        if tx.list_duty_acceptances(id.0)?.iter().any(|(accepted, _)| *accepted == unit.0) {
            return Err(Problem::Refused("贵单位已经接受这个约稿，不必再次提交。".to_owned()));
        }
        tx.insert_duty_acceptance(id.0, unit.0, who.account.0, now)?;
        tx.record_act(&Act {
            at: now,
            account: Some(who.account.0),
            who: &who.name,
            act: "接受约稿",
            object: &row.code,
            done: true,
            detail: "",
        })?;
        tx.commit()?;
        Ok(())
    }

    /// A file that came with a solicitation, for the office and the units asked: name and bytes.
    pub fn solicitation_file(
        &self,
        who: &Person,
        id: SolicitationId,
        position: i64,
    ) -> Result<(String, Vec<u8>), Problem> {
        let mut tx = self.read()?;
        let asked = duties(&mut tx, id.0)?;
        if who.unit.is_some_and(|unit| !asked.iter().any(|duty| duty.unit_ids().contains(&unit.0))) {
            return Err(Problem::NotThere);
        }
        files::bytes_of(&mut tx, FILES, id.0, position)
    }

    /// The notice of a solicitation as a paper (约稿通知单): for the office to all units asked, for a unit to itself alone.
    pub fn solicitation_paper(&self, who: &Person, id: SolicitationId, format: PaperFormat) -> Result<Paper, Problem> {
        let view = self.solicitation(who, id)?;
        let mut tx = self.read()?;
        let notice = SolicitationNotice {
            office: tx.office_row()?.name,
            number: view.code.clone(),
            units: view.duties.iter().map(|duty| duty.unit_name.clone()).collect(),
            topics: vec![SolicitedTopic {
                title: view.topic.clone(),
                requirements: view.requirement.clone(),
                words: String::new(),
                deadline: words_of(view.deadline),
                contact: view.by.clone(),
            }],
            mailbox: tx
                .list_postboxes()?
                .into_iter()
                .find(|postbox| postbox.enabled)
                .map_or(String::new(), |postbox| postbox.login),
            date: tz_model::shanghai_date(view.sent),
        };
        let wording = templates::in_force(&mut tx, PaperKind::SolicitationNotice)?;
        drop(tx);
        let bytes = self.write_paper(&solicitation_notice(&notice, &wording), format)?;
        Ok(Paper { name: format!("{}通知单.{}", view.code, format.ending()), bytes, format })
    }
}
