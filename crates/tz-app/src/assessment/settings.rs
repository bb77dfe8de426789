//! What the office sets for this room (考核设置): whether the ranking is shown, to whom bulletins go, how many working days count.

use tz_store::Tx;
use tz_store::audit::Act;

use super::close::receivers;
use super::foresight::{FROM_DAY, SETTING as FORESIGHT};
use super::objections::{ANSWER, WINDOW, days};
use super::pages::RANKING;
use crate::problem::all_right;
use crate::{App, Chief, FieldFault, Problem};

/// The settings, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssessmentSettings {
    /// Units see the ranking of their group (公开排名); otherwise their own account alone.
    pub ranking: bool,
    /// Whom bulletins are addressed to (主送).
    pub addressees: String,
    /// Whom they are reported to (报).
    pub report_to: String,
    /// Whom they are issued to (发).
    pub issue_to: String,
    /// Working days within which an objection is answered.
    pub answer: String,
    /// Working days after a close within which its lines may be objected to.
    pub window: String,
    /// The day of a month from which units on the way to a second month among the last are warned.
    pub warn_from: String,
}

fn held(tx: &mut Tx) -> Result<AssessmentSettings, Problem> {
    let [addressees, report_to, issue_to] = receivers(tx)?;
    Ok(AssessmentSettings {
        ranking: tx.find_setting(RANKING)?.as_deref() != Some("off"),
        addressees,
        report_to,
        issue_to,
        answer: days(tx, "objection-answer", ANSWER)?.to_string(),
        window: days(tx, "objection-window", WINDOW)?.to_string(),
        warn_from: tx.find_setting(FORESIGHT)?.unwrap_or_else(|| FROM_DAY.to_string()),
    })
}

impl App {
    /// What is set.
    pub fn assessment_settings(&self, _who: &Chief) -> Result<AssessmentSettings, Problem> {
        held(&mut self.read()?)
    }

    /// Sets it. What is closed already stays as it is.
    pub fn set_assessment(&self, who: &Chief, wish: &AssessmentSettings) -> Result<(), Problem> {
        let mut faults = Vec::new();
        for (field, text, what) in [
            ("addressees", &wish.addressees, "主送"),
            ("report_to", &wish.report_to, "报"),
            ("issue_to", &wish.issue_to, "发"),
        ] {
            if text.trim().is_empty() || text.chars().count() > 300 {
                faults.push(FieldFault::new(field, format!("请填写通报的“{what}”，300字以内。")));
            }
        }
        for (field, text, most) in
            [("answer", &wish.answer, 60), ("window", &wish.window, 60), ("warn_from", &wish.warn_from, 28)]
        {
            if !text.trim().parse::<u16>().is_ok_and(|number| (1..=most).contains(&number)) {
                faults.push(FieldFault::new(field, format!("请填1到{most}之间的整数。")));
            }
        }
        all_right(faults)?;
        let mut tx = self.write()?;
        let ranking = if wish.ranking { "on" } else { "off" };
        let all = [
            (RANKING, ranking),
            ("bulletin-addressees", &wish.addressees),
            ("bulletin-report-to", &wish.report_to),
            ("bulletin-issue-to", &wish.issue_to),
            ("objection-answer", &wish.answer),
            ("objection-window", &wish.window),
            (FORESIGHT, &wish.warn_from),
        ];
        for (name, value) in all {
            tx.set_setting(name, value.trim())?;
        }
        tx.record_act(&Act {
            at: self.micros(),
            account: Some(who.account.0),
            who: &who.name,
            act: "更改考核设置",
            object: "考核",
            done: true,
            detail: &format!("公开排名：{ranking}，申诉答复{}个工作日", wish.answer.trim()),
        })?;
        tx.commit()?;
        Ok(())
    }
}
