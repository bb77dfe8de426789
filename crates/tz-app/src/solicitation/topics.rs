//! What items are about (稿件对应题目, N2.2): chosen by a unit while it sends, named by its mail, or said by an editor afterwards.

use jiff::civil::Date;
use tz_model::{ItemId, UnitId};
use tz_store::audit::Act;
use tz_store::item::ItemRow;
use tz_store::{Tx, Write};

use super::points::{Held, is_open};
use crate::publication::unit_names;
use crate::report::note;
use crate::{App, Person, Problem, Reporter};

/// A topic that can be reported on today.
#[derive(Clone, Debug)]
pub struct OpenTopic {
    /// Its identity.
    pub id: i64,
    /// Of which reporting points.
    pub points: i64,
    /// `要点2018-01-3`
    pub code: String,
    /// 题目
    pub title: String,
    /// 要求
    pub requirement: String,
    /// The last day.
    pub last: Date,
    /// There is an item about it, for a unit one of its own.
    pub answered: bool,
}

/// A topic an item is about.
#[derive(Clone, Debug)]
pub struct ItemTopic {
    /// Its identity.
    pub id: i64,
    /// Of which reporting points.
    pub points: i64,
    /// `要点2018-01-3`
    pub code: String,
    /// 题目
    pub title: String,
}

/// The number of a topic, as a mail may name it: that of its reporting points and its place there.
pub(super) fn topic_code(points: &str, position: i64) -> String {
    format!("{points}-{position}")
}

/// The topics that can be reported on, newest points first: all of them, or what is for one unit.
pub(crate) fn open_topics(tx: &mut Tx, of: Option<UnitId>, today: Date) -> Result<Vec<OpenTopic>, Problem> {
    let rows: Vec<_> = tx.list_reporting_points()?.into_iter().filter(|row| is_open(row, today)).collect();
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let (held, names) = (Held::read(tx, today)?, unit_names(tx)?);
    let views = rows.iter().filter_map(|row| held.view(row, of, &names, today));
    Ok(views
        .flat_map(|view| {
            let (points, last) = (view.id, view.days.1);
            view.topics.into_iter().map(move |topic| OpenTopic {
                id: topic.id,
                points,
                code: topic.code,
                title: topic.title,
                requirement: topic.requirement,
                last,
                answered: !topic.items.is_empty(),
            })
        })
        .collect())
}

/// What an item is about.
pub(crate) fn topics_of_item(tx: &mut Tx, item: i64) -> Result<Vec<ItemTopic>, Problem> {
    let rows = tx.list_topics_of_item(item)?;
    Ok(rows
        .into_iter()
        .map(|(topic, points)| ItemTopic {
            code: topic_code(&points, topic.position),
            id: topic.id,
            points: topic.points_id,
            title: topic.title,
        })
        .collect())
}

/// The topic a mail names by its number, or a doubt for whoever looks at the item.
pub(crate) fn topic_named(tx: &mut Tx, code: &str) -> Result<Result<i64, String>, Problem> {
    let rows = tx.list_reporting_points()?;
    let named = rows.iter().find_map(|row| {
        let rest = code.strip_prefix(row.code.as_str())?;
        let place = if rest.is_empty() { None } else { Some(rest.strip_prefix('-')?.parse::<i64>().ok()?) };
        Some((row.id, place))
    });
    let Some((points, place)) = named else {
        return Ok(Err(format!("来稿注明对应{code}，没有这个编号的报送要点，请核对。")));
    };
    let topics: Vec<_> = tx.list_topics()?.into_iter().filter(|topic| topic.points_id == points).collect();
    let found = match (place, topics.as_slice()) {
        (None, [only]) => Some(only.id),
        (None, _) => None,
        (Some(place), all) => all.iter().find(|topic| topic.position == place).map(|topic| topic.id),
    };
    Ok(found.ok_or_else(|| format!("来稿注明对应{code}，没有写明是哪一个题目，请在稿件旁选择。")))
}

/// An item that has just come in is about a topic; one that is no more is passed over.
pub(crate) fn tie_entered(tx: &mut Write, topic: i64, item: ItemId, by: Option<i64>, now: i64) -> Result<(), Problem> {
    if !tx.list_topics()?.iter().any(|known| known.id == topic) || !tx.tie_topic(topic, item.0, by, now)? {
        return Ok(());
    }
    let tied = topics_of_item(tx, item.0)?;
    if let Some(tied) = tied.iter().find(|tied| tied.id == topic) {
        note(tx, item, now, by, "topic", &format!("对应报送要点{}“{}”", tied.code, tied.title), true)?;
    }
    Ok(())
}

/// Ties an item to a topic; `field` is where the page says what is wrong.
fn tie_in(
    tx: &mut Write,
    who: &Person,
    topic: &ItemTopic,
    item: &ItemRow,
    field: &'static str,
    now: i64,
) -> Result<(), Problem> {
    if item.state == "withdrawn" {
        return Err(Problem::field(field, "这篇稿件已由单位撤回，不能对应题目。"));
    }
    if !tx.tie_topic(topic.id, item.id, Some(who.account.0), now)? {
        return Err(Problem::field(field, "这篇稿件已经对应这个题目，不必再次登记。"));
    }
    let words = format!("对应报送要点{}“{}”", topic.code, topic.title);
    note(tx, ItemId(item.id), now, Some(who.account.0), "topic", &words, true)?;
    Ok(tx.record_act(&Act {
        at: now,
        account: Some(who.account.0),
        who: &who.name,
        act: "稿件对应要点",
        object: &topic.code,
        done: true,
        detail: &format!("{} {}", item.number, topic.title),
    })?)
}

impl App {
    /// The topics a unit may report on today (报送要点), those it has an item about marked.
    pub fn my_topics(&self, who: &Reporter) -> Result<Vec<OpenTopic>, Problem> {
        open_topics(&mut self.read()?, who.unit, self.today())
    }

    /// The topics a person may tie an item to, whether or not their days are over.
    fn topic_for(&self, who: &Person, topic: i64) -> Result<ItemTopic, Problem> {
        let views = self.reporting_points(who)?;
        let found = views.into_iter().find_map(|view| {
            let points = view.id;
            let topic = view.topics.into_iter().find(|one| one.id == topic)?;
            Some(ItemTopic { id: topic.id, points, code: topic.code, title: topic.title })
        });
        found.ok_or_else(|| Problem::field("topic", "请从列表中选择题目。"))
    }

    /// Ties an item, by its number, to a topic of reporting points (稿件对应题目): an editor any item, a unit its own.
    pub fn tie_to_topic(&self, who: &Person, points: i64, topic: i64, number: &str) -> Result<(), Problem> {
        self.one_points(who, points)?;
        let topic = self.topic_for(who, topic)?;
        if topic.points != points {
            return Err(Problem::field("topic", "请从列表中选择题目。"));
        }
        let wrong = || Problem::field("number", "没有这个编号的稿件，请核对，例如 2018-0613-04。");
        let now = self.micros();
        let mut tx = self.write()?;
        let found = tx.find_item_by_number(number.trim())?.ok_or_else(wrong)?;
        let (item, _) = tx.find_item(who.sight(), ItemId(found.id))?.ok_or_else(wrong)?;
        tie_in(&mut tx, who, &topic, &item, "number", now)?;
        tx.commit()?;
        Ok(())
    }

    /// Ties an item to a topic from the item's own page.
    pub fn tie_item(&self, who: &Person, item: ItemId, topic: i64) -> Result<(), Problem> {
        let topic = self.topic_for(who, topic)?;
        let now = self.micros();
        let mut tx = self.write()?;
        let (item, _) = tx.find_item(who.sight(), item)?.ok_or(Problem::NotThere)?;
        tie_in(&mut tx, who, &topic, &item, "topic", now)?;
        tx.commit()?;
        Ok(())
    }

    /// Takes an item from a topic again (取消对应): an editor any item, a unit its own.
    pub fn untie_item(&self, who: &Person, item: ItemId, topic: i64) -> Result<(), Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let (item, _) = tx.find_item(who.sight(), item)?.ok_or(Problem::NotThere)?;
        let tied = topics_of_item(&mut tx, item.id)?.into_iter().find(|tied| tied.id == topic);
        let tied = tied.ok_or(Problem::NotThere)?;
        tx.untie_topic(topic, item.id)?;
        let words = format!("不再对应报送要点{}“{}”", tied.code, tied.title);
        note(&mut tx, ItemId(item.id), now, Some(who.account.0), "topic", &words, true)?;
        tx.record_act(&Act {
            at: now,
            account: Some(who.account.0),
            who: &who.name,
            act: "取消稿件对应要点",
            object: &tied.code,
            done: true,
            detail: &format!("{} {}", item.number, tied.title),
        })?;
        tx.commit()?;
        Ok(())
    }
}
