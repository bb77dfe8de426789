//! The publications themselves (刊物设置): name, what printing in one is worth, receivers, copies.

use tz_model::{PublicationId, Table};
use tz_scheme::Level;
use tz_store::Tx;
use tz_store::audit::Act;
use tz_store::publication::PublicationRow;

use super::{ANSWER_ADOPTED, price};
use crate::problem::all_right;
use crate::{App, Chief, Editor, FieldFault, Problem, scheme_on};

/// A publication as typed.
#[derive(Clone, Debug, Default)]
pub struct PublicationWish {
    /// 刊名, with or without 《》.
    pub name: String,
    /// A kind of adoption of the scheme; empty: printing earns nothing.
    pub adoption_kind: String,
    /// 编辑单位
    pub editing_office: String,
    /// 报
    pub report_to: String,
    /// 送
    pub send_to: String,
    /// 发
    pub distribute_to: String,
    /// 共印份数
    pub copies: String,
    /// Short news (要情体): numbered, titles run in. Else each item under a title of its own.
    pub short_news: bool,
}

/// Names of the scheme in force to choose from, with their points (分).
#[derive(Clone, Debug)]
pub struct Choices {
    /// The heading: 国办采用信息.
    pub heading: String,
    /// Name and points.
    pub names: Vec<(String, String)>,
}

fn setting(id: i64) -> String {
    format!("publication-{id}-short-news")
}

/// Whether a publication is set as short news: as chosen, else by its name.
pub(super) fn is_short_news(tx: &mut Tx, publication: &PublicationRow) -> Result<bool, Problem> {
    Ok(match tx.find_setting(&setting(publication.id))? {
        Some(chosen) => chosen == "yes",
        None => publication.name.contains("要情"),
    })
}

fn choices(levels: &[Level], keep: impl Fn(&str) -> bool) -> Vec<Choices> {
    levels
        .iter()
        .map(|level| Choices {
            heading: level.name.to_string(),
            names: level
                .kinds
                .iter()
                .filter(|kind| keep(kind.name()))
                .map(|kind| (kind.name().to_string(), kind.points().to_string()))
                .collect(),
        })
        .filter(|choices| !choices.names.is_empty())
        .collect()
}

impl App {
    /// Every kind of adoption of the scheme in force, by heading.
    pub fn adoption_choices(&self, _who: &Editor) -> Result<Vec<Choices>, Problem> {
        let scheme = self.scheme_on(self.today())?;
        Ok(choices(scheme.adoption_levels(), |_| true))
    }

    /// The kinds of adoption entered by hand (上报): all but those that come from publishing our own titles.
    pub fn forward_choices(&self, _who: &Editor) -> Result<Vec<Choices>, Problem> {
        let mut tx = self.read()?;
        let scheme = scheme_on(&mut tx, self.today())?;
        let ours = tx.list_publications()?;
        Ok(choices(scheme.adoption_levels(), |kind| {
            kind != ANSWER_ADOPTED && !ours.iter().any(|publication| publication.adoption_kind == kind)
        }))
    }

    /// The levels of comments (批示层级) of the scheme in force.
    pub fn comment_choices(&self, _who: &Editor) -> Result<Vec<(String, String)>, Problem> {
        let scheme = self.scheme_on(self.today())?;
        Ok(scheme.comment_levels().iter().map(|level| (level.name().to_string(), level.points().to_string())).collect())
    }

    /// The kinds of event with a price each time (通报获批示, F1.n2); yearly duties are not among them.
    pub fn bulletin_choices(&self, _who: &Editor) -> Result<Vec<(String, String)>, Problem> {
        let scheme = self.scheme_on(self.today())?;
        Ok(scheme
            .rules()
            .iter()
            .filter_map(|rule| match &rule.body {
                tz_scheme::Body::Facts(facts) if facts.table == tz_model::Table::Events => Some(&facts.prices),
                _ => None,
            })
            .flatten()
            .map(|price| (price.name().to_string(), price.points().to_string()))
            .collect())
    }

    /// Every publication with its settings as they would be typed.
    pub fn publication_settings(&self, _who: &Chief) -> Result<Vec<(PublicationId, PublicationWish)>, Problem> {
        let mut tx = self.read()?;
        tx.list_publications()?
            .into_iter()
            .map(|row| {
                let short_news = is_short_news(&mut tx, &row)?;
                Ok((
                    PublicationId(row.id),
                    PublicationWish {
                        name: row.name,
                        adoption_kind: row.adoption_kind,
                        editing_office: row.editing_office,
                        report_to: row.report_to,
                        send_to: row.send_to,
                        distribute_to: row.distribute_to,
                        copies: row.copies.to_string(),
                        short_news,
                    },
                ))
            })
            .collect()
    }

    /// Changes a publication, or adds one where `id` is `None`. Issues already published keep what they printed and scored.
    pub fn save_publication(
        &self,
        who: &Chief,
        id: Option<PublicationId>,
        wish: &PublicationWish,
    ) -> Result<PublicationId, Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let scheme = scheme_on(&mut tx, self.today())?;
        let known = tx.list_publications()?;
        let name = wish.name.trim().trim_start_matches('《').trim_end_matches('》').trim().to_owned();
        let kind = wish.adoption_kind.trim().to_owned();
        let copies = wish.copies.trim().parse::<i64>().ok().filter(|copies| (0..=99_999).contains(copies));
        let mut faults = Vec::new();
        if name.is_empty() || name.chars().count() > 20 {
            faults.push(FieldFault::new("name", "请填写刊名，20字以内。"));
        }
        if known.iter().any(|row| row.name == name && Some(row.id) != id.map(|id| id.0)) {
            faults.push(FieldFault::new("name", format!("已经有《{name}》，请换一个刊名。")));
        }
        if !kind.is_empty() && (price(&scheme, &kind).is_none() || kind == ANSWER_ADOPTED) {
            faults.push(FieldFault::new("adoption_kind", "请从列表中选择计分方式，列表来自现行计分办法。"));
        }
        if wish.editing_office.trim().is_empty() || wish.editing_office.chars().count() > 60 {
            faults.push(FieldFault::new("editing_office", "请填写编辑单位，60字以内。"));
        }
        if [&wish.report_to, &wish.send_to, &wish.distribute_to].iter().any(|text| text.chars().count() > 1000) {
            faults.push(FieldFault::new("report_to", "报、送、发每栏不超过1000字。"));
        }
        if copies.is_none() {
            faults.push(FieldFault::new("copies", "共印份数请填0到99999之间的整数，0表示不印份数。"));
        }
        all_right(faults)?;
        let row = PublicationRow {
            id: id.map_or(0, |id| id.0),
            office_id: self.office.0,
            name: name.clone(),
            adoption_kind: kind.clone(),
            editing_office: wish.editing_office.trim().to_owned(),
            report_to: wish.report_to.trim().to_owned(),
            send_to: wish.send_to.trim().to_owned(),
            distribute_to: wish.distribute_to.trim().to_owned(),
            copies: copies.expect("a missing number was a fault above"),
            position: known.iter().map(|row| row.position).max().unwrap_or(0) + 1,
        };
        let id = match id {
            None => tx.insert_publication(row)?,
            Some(id) => {
                let before = known.iter().find(|row| row.id == id.0).ok_or(Problem::NotThere)?;
                tx.update_publication(&PublicationRow { position: before.position, ..row })?;
                id
            }
        };
        tx.set_setting(&setting(id.0), if wish.short_news { "yes" } else { "no" })?;
        tx.record_act(&Act {
            at: now,
            account: Some(who.account.0),
            who: &who.name,
            act: "设置刊物",
            object: &format!("《{name}》"),
            done: true,
            detail: if kind.is_empty() { "不计分" } else { &kind },
        })?;
        tx.commit()?;
        Ok(id)
    }

    /// Takes back a fact that was entered by hand (撤销). What an issue printed is taken back with the issue, not here.
    pub fn withdraw_entered(
        &self,
        who: &Editor,
        table: Table,
        key: &str,
        reason: &str,
    ) -> Result<crate::facts::Recorded, Problem> {
        let held = self.read()?.find_fact(table.name(), key)?.ok_or(Problem::NotThere)?;
        if held.revoked {
            return Err(Problem::Refused("这一条已经撤销过，不必再撤销。".to_owned()));
        }
        if held.issue_id.is_some() {
            return Err(Problem::Refused(
                "这一条采用来自本办刊物。要取消，请由科长在“刊物”中撤回该期，分数随之撤销。".to_owned(),
            ));
        }
        self.withdraw_fact(who, table, key, reason)
    }
}
