//! What a unit sees: its items and what became of them, its quota, the form with its draft.

use jiff::civil::Date;
use tz_assess::quota_state;
use tz_model::{IssueId, ItemId, Table, UnitId};
use tz_scheme::Scheme;
use tz_store::item::{AttachmentRow, EventRow, ItemFilter, ItemRow, VersionRow};
use tz_store::ledger::FactFilter;
use tz_store::{Tx, moment};

use super::entering::is_open;
use super::{names_of, number_of};
use crate::facts::{facts_from_rows, stages_of};
use crate::solicitation::{ItemTopic, OpenTopic, open_topics, topics_of_item};
use crate::{App, Person, Problem, Reporter, scheme_on};

/// The fields of a form as they were typed, in the order of the form.
pub type TypedFields = Vec<(String, String)>;

/// How long an unanswered solicitation is still offered for answering, in days after its deadline.
const STILL_OFFERED: i64 = 62;

/// A solicitation waiting for a unit's answer (待答约稿).
#[derive(Clone, Debug)]
pub struct OpenSolicitation {
    /// Its identity.
    pub id: i64,
    /// 题目
    pub topic: String,
    /// Last day on which an answer is on time.
    pub deadline: String,
    /// Days left; below zero once it is late.
    pub days_left: i32,
}

/// One category of the meter.
#[derive(Clone, Debug)]
pub struct MeterLine {
    /// 信息类别
    pub category: String,
    /// Items that count.
    pub received: u32,
    /// Items asked for.
    pub required: u32,
}

/// How far a unit's period has come (本月任务, F2).
#[derive(Clone, Debug)]
pub struct Meter {
    /// The unit's name.
    pub unit: String,
    /// Its class.
    pub class: String,
    /// The period, as people name it.
    pub month: String,
    /// `本月`, or `本期` where it is no month.
    pub this: &'static str,
    /// Items that count.
    pub received: u32,
    /// Items asked for.
    pub required: u32,
    /// Items short (R3).
    pub short: u32,
    /// Days left of it, today not counted.
    pub days_left: i32,
    /// Each category with a minimum.
    pub lines: Vec<MeterLine>,
}

/// What the form for a new item needs to know.
#[derive(Clone, Debug)]
pub struct FormState {
    /// Categories with their limits (字).
    pub categories: Vec<(String, Option<u32>)>,
    /// Solicitations the unit has not answered.
    pub solicitations: Vec<OpenSolicitation>,
    /// Topics of reporting points that the unit may report on now.
    pub topics: Vec<OpenTopic>,
    /// The month's quota; nothing for a unit without one.
    pub meter: Option<Meter>,
    /// The other units, for a joint item.
    pub units: Vec<(UnitId, String)>,
}

/// One line of a unit's own list.
#[derive(Clone, Debug)]
pub struct MyItem {
    /// The item.
    pub row: ItemRow,
    /// Its units' names.
    pub units: String,
}

/// Where an item was used, with its points (采用情况).
#[derive(Clone, Debug)]
pub struct Use {
    /// The day.
    pub date: String,
    /// Kind of adoption or level of comment.
    pub name: String,
    /// The issue, or the comment's words.
    pub note: String,
    /// Points of the scheme in force that day; empty where it has no price.
    pub points: String,
}

/// Everything a unit may know of its item.
#[derive(Clone, Debug)]
pub struct MyItemPage {
    /// The item.
    pub row: ItemRow,
    /// Its units' names.
    pub units: String,
    /// The unit's own newest text.
    pub own: VersionRow,
    /// Title and text as printed, once published.
    pub printed: Option<(String, String)>,
    /// Where it was used.
    pub uses: Vec<Use>,
    /// What happened, oldest first.
    pub events: Vec<EventRow>,
    /// Files.
    pub attachments: Vec<AttachmentRow>,
    /// No editor has opened it yet.
    pub can_withdraw: bool,
    /// It was returned and may be sent again.
    pub can_resubmit: bool,
    /// The number of the item it repeats.
    pub repeats: Option<String>,
    /// What it is about (对应要点).
    pub topics: Vec<ItemTopic>,
}

/// Days of the calendar from one to the other.
fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

pub(super) fn is_opened(events: &[EventRow]) -> bool {
    events.iter().any(|event| !matches!(event.kind.as_str(), "received" | "warning" | "answer" | "reply" | "topic"))
}

/// Where an item was used, from the ledger.
pub(crate) fn uses_of(tx: &mut Tx, item: ItemId) -> Result<Vec<Use>, Problem> {
    let mut uses = Vec::new();
    for row in tx.list_facts(&FactFilter { item: Some(item), ..FactFilter::default() })? {
        let table = Table::named(&row.fact_table);
        if !matches!(table, Some(Table::Adoptions | Table::Comments)) {
            continue;
        }
        let day = tz_model::parse_date(&row.date).ok();
        let points = match day {
            Some(day) => {
                let scheme = scheme_on(tx, day)?;
                let prices =
                    if table == Some(Table::Adoptions) { scheme.adoption_kinds() } else { scheme.comment_levels() };
                prices.iter().find(|price| **price.name() == *row.name).map(|price| price.points().to_string())
            }
            None => None,
        };
        uses.push(Use {
            date: row.date,
            name: row.name,
            note: [row.leader, row.note].into_iter().flatten().collect::<Vec<_>>().join("："),
            points: points.unwrap_or_default(),
        });
    }
    Ok(uses)
}

/// How far a unit's month has come, from the ledger.
pub(crate) fn meter(tx: &mut Tx, scheme: &Scheme, unit: UnitId, today: Date) -> Result<Option<Meter>, Problem> {
    // After a cut-off that leaves its days to no period, nothing is counted.
    let Some(period) = scheme.period_of(today) else { return Ok(None) };
    let (from, to) = (period.from.to_string(), period.to.to_string());
    let filter =
        FactFilter { table: Some(Table::Reports.name()), from: Some(&from), to: Some(&to), ..FactFilter::default() };
    let units = tx.list_units(None)?;
    let Some(own) = units.iter().find(|row| row.unit_id == unit.0) else { return Ok(None) };
    let stages = stages_of(tx, &units)?;
    let (facts, _) = facts_from_rows(&units, &stages, &tx.list_facts(&filter)?);
    let Some(place) = facts.unit(&own.name) else { return Ok(None) };
    Ok(quota_state(scheme, &facts, place, &period).map(|quota| Meter {
        unit: own.name.clone(),
        class: own.class.clone(),
        month: period.chinese(),
        this: if period.is_month() { "本月" } else { "本期" },
        received: quota.received,
        required: quota.required,
        short: quota.short,
        days_left: days_between(today, period.to),
        lines: quota
            .categories
            .iter()
            .map(|line| MeterLine {
                category: line.category.to_string(),
                received: line.received,
                required: line.required,
            })
            .collect(),
    }))
}

impl App {
    /// A unit's items, newest first, fifty from before `before` on; and whether there are more.
    pub fn my_items(&self, who: &Reporter, before: Option<ItemId>) -> Result<(Vec<MyItem>, bool), Problem> {
        let mut tx = self.read()?;
        let units = tx.list_units(None)?;
        let mut rows = tx.list_items(who.sight(), &ItemFilter { before, limit: 51, ..ItemFilter::default() })?;
        let more = rows.len() > 50;
        rows.truncate(50);
        let items = rows.into_iter().map(|(row, of)| MyItem { units: names_of(&units, &of), row }).collect();
        Ok((items, more))
    }

    /// One of a unit's items; another unit's is not there.
    pub fn my_item(&self, who: &Reporter, id: ItemId) -> Result<MyItemPage, Problem> {
        let mut tx = self.read()?;
        let (row, of) = tx.find_item(who.sight(), id)?.ok_or(Problem::NotThere)?;
        let units = tx.list_units(None)?;
        let versions = tx.list_versions(id)?;
        let own = versions
            .iter()
            .rev()
            .find(|version| version.revision == 1 || version.note == "单位修改重报")
            .cloned()
            .ok_or(Problem::NotThere)?;
        let printed = tx.list_issues_of_item(id)?.into_iter().rfind(|(_, issue)| issue.state == "published");
        let printed = match printed {
            // Merged into another's piece: that is what was printed.
            Some((place, issue)) => tx
                .list_issue_items(IssueId(issue.id))?
                .into_iter()
                .find(|row| row.item_id == place.merged_into.unwrap_or(place.item_id))
                .map(|row| (row.title, row.body)),
            None => None,
        };
        let everything = tx.list_events(tz_store::item::Sight::Office, id)?;
        let can_withdraw = row.state == "received" && row.claimed_by.is_none() && !is_opened(&everything);
        let repeats = number_of(&mut tx, row.repeats)?;
        Ok(MyItemPage {
            units: names_of(&units, &of),
            own,
            printed,
            uses: uses_of(&mut tx, id)?,
            events: tx.list_events(who.sight(), id)?,
            attachments: tx.list_attachments(id)?,
            can_withdraw,
            can_resubmit: row.state == "returned",
            repeats,
            topics: topics_of_item(&mut tx, id.0)?,
            row,
        })
    }

    /// What was typed into a form for a new item and not sent (草稿): its fields, and when it was kept. A draft whose
    /// form was sent meanwhile is none any more.
    pub fn new_item_draft(&self, who: &Person, form: &str) -> Result<Option<(TypedFields, jiff::Timestamp)>, Problem> {
        let mut tx = self.read()?;
        let Some((content, at)) = tx.find_draft(who.account, form)? else { return Ok(None) };
        let Ok(fields) = serde_json::from_str::<TypedFields>(&content) else { return Ok(None) };
        let key = fields.iter().find(|(name, _)| name == "key").map_or("", |(_, value)| value.as_str());
        if !key.is_empty() && tx.find_item_sent(who.account, key)?.is_some() {
            return Ok(None);
        }
        Ok(Some((fields, moment(at))))
    }

    /// What the form for a new item needs to know.
    pub fn form_state(&self, who: &Reporter) -> Result<FormState, Problem> {
        let today = self.today();
        let mut tx = self.read()?;
        let scheme = scheme_on(&mut tx, today)?;
        let from = today.saturating_sub(jiff::Span::new().days(STILL_OFFERED)).to_string();
        let filter = FactFilter { table: Some(Table::Duties.name()), from: Some(&from), ..FactFilter::default() };
        let mut solicitations: Vec<OpenSolicitation> = Vec::new();
        for row in tx.list_facts(&filter)? {
            let Some(id) = row.solicitation_id.filter(|_| is_open(&row) && row.unit_ids().contains(&who.unit().0))
            else {
                continue;
            };
            let days_left = tz_model::parse_date(&row.date).map_or(0, |day| days_between(today, day));
            solicitations.push(OpenSolicitation {
                id,
                topic: row.title.unwrap_or_default(),
                deadline: row.date,
                days_left,
            });
        }
        solicitations.sort_by(|a, b| (&a.deadline, a.id).cmp(&(&b.deadline, b.id)));
        let units = tx.list_units(None)?;
        Ok(FormState {
            categories: scheme.categories().iter().map(|known| (known.name.to_string(), known.limit)).collect(),
            solicitations,
            topics: open_topics(&mut tx, who.unit, today)?,
            meter: meter(&mut tx, &scheme, who.unit(), today)?,
            units: units
                .into_iter()
                .filter(|unit| {
                    unit.unit_id != who.unit().0 && unit.to_date.as_ref().is_none_or(|last| *last >= today.to_string())
                })
                .map(|unit| (UnitId(unit.unit_id), unit.name))
                .collect(),
        })
    }
}
