//! The publications themselves (刊物设置): name, what printing in one is worth, receivers, copies.

use jiff::civil::Date;
use tz_model::{PublicationId, Table, UnitId};
use tz_scheme::{Body, Price, Scheme};
use tz_store::Tx;
use tz_store::audit::Act;
use tz_store::publication::PublicationRow;

use super::ANSWER_ADOPTED;
use super::reading::{ALL_UNITS, LISTED_UNITS, NO_UNITS};
use crate::facts::may_be_named;
use crate::problem::all_right;
use crate::{App, Chief, Editor, FieldFault, Problem, scheme_on, schemes_ahead, unknown_to};

/// To which units' accounts a publication is distributed for reading (阅读范围). Leaders read every publication.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnitReaders {
    /// 不发单位
    #[default]
    None,
    /// 全部单位
    All,
    /// 选定的单位
    Listed,
}

impl UnitReaders {
    /// As stored and posted.
    pub fn key(self) -> &'static str {
        match self {
            Self::None => NO_UNITS,
            Self::All => ALL_UNITS,
            Self::Listed => LISTED_UNITS,
        }
    }

    /// What is stored under a key; none where it is unknown.
    pub fn of_key(key: &str) -> Self {
        [Self::All, Self::Listed].into_iter().find(|readers| readers.key() == key).unwrap_or_default()
    }
}

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
    /// 栏目, a line each, in their order; may be empty.
    pub columns: String,
    /// 限定版数; 0 or empty: as many pages as it takes.
    pub page_limit: String,
    /// Which units read it.
    pub unit_readers: UnitReaders,
    /// Those, where they are listed.
    pub units: Vec<UnitId>,
}

/// Names of a scheme to choose from, with what each is worth.
#[derive(Clone, Debug)]
pub struct Choices {
    /// The heading: 国办采用信息.
    pub heading: String,
    /// Name, and what it is worth in words: `5分`.
    pub names: Vec<(String, String)>,
}

/// Columns as typed, a line each: without brackets, each once.
fn columns_of(text: &str) -> (Vec<String>, Vec<FieldFault>) {
    let mut columns: Vec<String> = Vec::new();
    let mut faults = Vec::new();
    for line in text.lines() {
        let name = line.split_whitespace().collect::<Vec<_>>().join(" ");
        let name = name.trim_start_matches('【').trim_end_matches('】').trim();
        if name.is_empty() {
            continue;
        }
        if name.chars().count() > 20 {
            faults.push(FieldFault::new("columns", format!("栏目“{name}”太长，不超过20字。")));
        } else if columns.iter().any(|known| known == name) {
            faults.push(FieldFault::new("columns", format!("栏目“{name}”写了两次，请删去一行。")));
        } else {
            columns.push(name.to_owned());
        }
    }
    if columns.len() > 30 {
        faults.push(FieldFault::new("columns", "栏目太多，不超过30个。"));
    }
    (columns, faults)
}

fn page_limit(text: &str) -> Option<i64> {
    let text = text.trim();
    if text.is_empty() { Some(0) } else { text.parse().ok().filter(|limit| (0..=99).contains(limit)) }
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

/// The rows of price tables that price facts of a name, in the ledger that ranks.
pub(super) fn rows_of<'s>(scheme: &'s Scheme, table: Table, name: &str) -> Vec<&'s Price> {
    let tables = scheme.rules().iter().filter(|rule| rule.ledger.is_none()).filter_map(|rule| match &rule.body {
        Body::Facts(facts) if facts.table == table && facts.day.is_none() => Some(&facts.prices),
        _ => None,
    });
    tables.flatten().filter(|price| price.of.iter().any(|of| **of == *name)).collect()
}

/// What facts of a name are worth, in words: `5分`, `2至4分`, `按“分值”计`; empty where no table looks prices up by it.
fn worth(rows: &[&Price]) -> String {
    if let Some(column) = rows.iter().find_map(|row| row.times.as_ref()).filter(|column| &*column.name != "数量") {
        return format!("按“{}”计", column.name);
    }
    let (least, most) = (rows.iter().map(|row| row.points()).min(), rows.iter().map(|row| row.points()).max());
    match (least, most) {
        (Some(least), Some(most)) if least == most => format!("{most}分"),
        (Some(least), Some(most)) => format!("{least}至{most}分"),
        (None, _) | (_, None) => String::new(),
    }
}

/// The names that facts of a table may bear under a scheme, under the headings of its price table. Empty where it lists none:
/// then any may be typed.
fn choices(scheme: &Scheme, table: Table, keep: impl Fn(&str) -> bool) -> Vec<Choices> {
    let mut all: Vec<Choices> = Vec::new();
    for name in scheme.names_in(table).iter().filter(|name| keep(name)) {
        let rows = rows_of(scheme, table, name);
        let level = rows.iter().find_map(|row| row.level.as_ref());
        let heading = level.map_or_else(|| "采用信息".to_owned(), ToString::to_string);
        let named = (name.to_string(), worth(&rows));
        match all.iter_mut().find(|choices| choices.heading == heading) {
            Some(choices) => choices.names.push(named),
            None => all.push(Choices { heading, names: vec![named] }),
        }
    }
    all
}

fn names(scheme: &Scheme, table: Table, keep: impl Fn(&str) -> bool) -> Vec<(String, String)> {
    choices(scheme, table, keep).into_iter().flat_map(|choices| choices.names).collect()
}

/// True for an event of a yearly duty (培训, 轮训), which has a page of its own.
fn is_yearly(scheme: &Scheme, name: &str) -> bool {
    scheme.rules().iter().any(|rule| matches!(&rule.body, Body::Yearly(yearly) if *yearly.event == *name))
}

impl App {
    /// The kinds of adoption a publication may be set to, by heading: of the scheme in force, and of those that stand ahead.
    pub fn adoption_choices(&self, _who: &Editor) -> Result<Vec<Choices>, Problem> {
        let mut tx = self.read()?;
        let mut all: Vec<Choices> = Vec::new();
        for (scheme, from) in schemes_ahead(&mut tx, self.today())? {
            for mut more in choices(&scheme, Table::Adoptions, |_| true) {
                more.names
                    .retain(|(name, _)| !all.iter().flat_map(|known| &known.names).any(|(known, _)| known == name));
                if let Some(from) = from {
                    more.heading = format!("{}（{from}起）", more.heading);
                }
                if !more.names.is_empty() {
                    all.push(more);
                }
            }
        }
        Ok(all)
    }

    /// Every kind of adoption of a day's scheme, by heading.
    pub(crate) fn adoption_kinds(&self, day: Date) -> Result<Vec<Choices>, Problem> {
        Ok(choices(&*self.scheme_on(day)?, Table::Adoptions, |_| true))
    }

    /// The kinds of adoption entered by hand (上报) for a day: all of its scheme but those that come from publishing our own titles.
    pub fn forward_choices(&self, _who: &Editor, day: Date) -> Result<Vec<Choices>, Problem> {
        let mut tx = self.read()?;
        let scheme = scheme_on(&mut tx, day)?;
        let ours = tx.list_publications()?;
        Ok(choices(&scheme, Table::Adoptions, |kind| {
            kind != ANSWER_ADOPTED && !ours.iter().any(|publication| publication.adoption_kind == kind)
        }))
    }

    /// Forms of use (形式) that may be stated for a day.
    pub fn form_choices(&self, _who: &Editor, day: Date) -> Result<Vec<String>, Problem> {
        Ok(self.scheme_on(day)?.forms().iter().map(ToString::to_string).collect())
    }

    /// The levels of comments (批示层级) of a day's scheme, with their points in words.
    pub fn comment_choices(&self, _who: &Editor, day: Date) -> Result<Vec<(String, String)>, Problem> {
        Ok(names(&*self.scheme_on(day)?, Table::Comments, |_| true))
    }

    /// The kinds of event of a day's scheme (通报获批示, F1.n2); yearly duties are not among them.
    pub fn bulletin_choices(&self, _who: &Editor, day: Date) -> Result<Vec<(String, String)>, Problem> {
        let scheme = self.scheme_on(day)?;
        Ok(names(&scheme, Table::Events, |name| !is_yearly(&scheme, name)))
    }

    /// The events of yearly duties (培训, 轮训) of a day's scheme, which have a page of their own.
    pub fn yearly_events(&self, _who: &Editor, day: Date) -> Result<Vec<String>, Problem> {
        let scheme = self.scheme_on(day)?;
        let all = scheme.names_in(Table::Events);
        Ok(all.iter().filter(|name| is_yearly(&scheme, name)).map(ToString::to_string).collect())
    }

    /// Every publication with its settings as they would be typed.
    pub fn publication_settings(&self, _who: &Chief) -> Result<Vec<(PublicationId, PublicationWish)>, Problem> {
        let mut tx = self.read()?;
        tx.list_publications()?
            .into_iter()
            .map(|row| {
                let short_news = is_short_news(&mut tx, &row)?;
                let columns = tx.list_columns(PublicationId(row.id))?.join("\n");
                let units = tx.list_publication_units(PublicationId(row.id))?;
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
                        columns,
                        page_limit: row.page_limit.to_string(),
                        unit_readers: UnitReaders::of_key(&row.unit_readers),
                        units,
                    },
                ))
            })
            .collect()
    }

    /// What schemes in force or ahead have no word for in a publication's setting, a sentence each: it is kept, and must be changed
    /// again when they begin.
    pub fn publication_notices(&self, _who: &Chief, wish: &PublicationWish) -> Result<Vec<String>, Problem> {
        let kind = wish.adoption_kind.trim();
        if kind.is_empty() {
            return Ok(Vec::new());
        }
        let schemes = schemes_ahead(&mut self.read()?, self.today())?;
        let what = format!("“{kind}”这种采用方式");
        Ok(unknown_to(&schemes, &what, |scheme| may_be_named(scheme, Table::Adoptions, kind)))
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
        let schemes = schemes_ahead(&mut tx, self.today())?;
        let knows = |scheme: &Scheme| may_be_named(scheme, Table::Adoptions, &kind);
        if !kind.is_empty() && (!schemes.iter().any(|(scheme, _)| knows(scheme)) || kind == ANSWER_ADOPTED) {
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
        let (columns, wrong) = columns_of(&wish.columns);
        faults.extend(wrong);
        let limit = page_limit(&wish.page_limit);
        if limit.is_none() {
            faults.push(FieldFault::new("page_limit", "限定版数请填0到99之间的整数，0表示不限。"));
        }
        if wish.unit_readers == UnitReaders::Listed && wish.units.is_empty() {
            faults.push(FieldFault::new("unit", "请勾选可以阅读的单位，或者改为不发单位。"));
        }
        let known_units: Vec<i64> = tx.list_units(None)?.iter().map(|unit| unit.unit_id).collect();
        if wish.units.iter().any(|unit| !known_units.contains(&unit.0)) {
            faults.push(FieldFault::new("unit", "所选的单位有的已经不在单位表中，请重新勾选。"));
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
            page_limit: limit.expect("a missing number was a fault above"),
            unit_readers: wish.unit_readers.key().to_owned(),
        };
        let id = match id {
            None => tx.insert_publication(row)?,
            Some(id) => {
                let before = known.iter().find(|row| row.id == id.0).ok_or(Problem::NotThere)?;
                tx.update_publication(&PublicationRow { position: before.position, ..row })?;
                id
            }
        };
        tx.replace_columns(id, &columns)?;
        let listed = if wish.unit_readers == UnitReaders::Listed { wish.units.as_slice() } else { &[] };
        tx.replace_publication_units(id, listed)?;
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
