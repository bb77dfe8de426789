//! Taking a scheme into force from a day on (启用), and taking that back (撤回).

use std::sync::Arc;

use jiff::civil::Date;
use tz_assess::unknown_names;
use tz_model::{Fault, Month, parse_date};
use tz_scheme::{Every, Scheme};
use tz_store::Tx;
use tz_store::scheme::SchemeRow;

use super::{Opened, SchemePlace, called, closed_under, open, record, together};
use crate::assessment::open_month;
use crate::facts::facts_from_rows;
use crate::publication::price;
use crate::{App, Chief, Problem, scheme_on};

/// A draft to be taken into force, as the chief has seen and confirmed it.
#[derive(Clone, Debug, Default)]
pub struct AdoptWish {
    /// From which day: the first of a month that is not closed.
    pub from: String,
    /// SHA-256 of the draft's text as it was shown.
    pub hash: String,
    /// SHA-256 of the scheme that it was compared with.
    pub against: String,
}

/// What taking a draft into force would mean.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The draft.
    pub draft: Opened,
    /// From which day.
    pub from: Date,
    /// Until the day before which the next scheme starts, if one stands ahead.
    pub until: Option<Date>,
    /// The scheme it takes the place of.
    pub before: Arc<Scheme>,
    /// What changes, in sentences.
    pub changes: Vec<String>,
    /// What the office holds that the draft has no word for, and what the server cannot do for it; empty: it can be taken
    /// into force.
    pub faults: Vec<Fault>,
}

/// The day asked for, if it is the first of a month that is not closed.
fn first_day(tx: &mut Tx, today: Date, text: &str) -> Result<Date, Problem> {
    let open = open_month(tx, today)?;
    let earliest = format!("最早从{}1日起", open.chinese());
    let Ok(day) = parse_date(text) else {
        return Err(Problem::field("from", format!("“{text}”不是日期。请写成2019-01-01的样子，{earliest}。")));
    };
    let month = Month::of_date(day);
    if day != month.first() {
        let sentence = format!("{day}不是一个月的第一天。计分办法从整月起执行，请改为{}。", month.next().first());
        return Err(Problem::field("from", sentence));
    }
    if month < open {
        let sentence = format!("{}已经关账，不能改按别的办法计分。现在{earliest}执行。", month.chinese());
        return Err(Problem::field("from", sentence));
    }
    Ok(day)
}

/// What stands in the way of scoring the office from a day on under a scheme: everything it uses that the scheme has no word
/// for.
fn unfit(tx: &mut Tx, scheme: &Scheme, from: Date) -> Result<Vec<Fault>, Problem> {
    let mut faults = Vec::new();
    let calendar = scheme.calendar();
    let begins = calendar.begins();
    if calendar.every() != &Every::Month
        || calendar.cutoff().is_some()
        || (begins.month, begins.of_last_year) != (1, false)
    {
        let sentence = "本系统按自然月关账，这份办法的周期不是自然月，暂时不能启用，只能试算。";
        faults.push(Fault::new("计分周期", sentence));
    }
    for column in scheme.further_columns() {
        let place = format!("附加列“{}”", column.name);
        let sentence =
            format!("办法要看“{}”的这一栏，本系统登记时还没有这一栏，按它计的分会落空。", column.table.name());
        faults.push(Fault::new(place, sentence));
    }
    for publication in tx.list_publications()? {
        let kind = &publication.adoption_kind;
        if !kind.is_empty() && price(scheme, kind).is_none() {
            let sentence = format!("它的计分方式“{kind}”不在这份办法里。请在办法里补上，或先在“刊物设置”里改。");
            faults.push(Fault::new(format!("刊物《{}》", publication.name), sentence));
        }
    }
    let units = tx.list_units(None)?;
    let rows = tx.list_facts_between(None, &from.to_string(), "9999-12-31")?;
    let (facts, _) = facts_from_rows(&units, &rows);
    faults.extend(together(unknown_names(scheme, &facts)));
    Ok(faults)
}

fn plan(tx: &mut Tx, today: Date, draft: i64, from: &str) -> Result<Plan, Problem> {
    let draft = open(tx, &SchemePlace::Draft(draft))?;
    let scheme = draft.whole("启用")?;
    let from = first_day(tx, today, from)?;
    let before = scheme_on(tx, from)?;
    let mut faults = unfit(tx, &scheme, from)?;
    if before.hash() == scheme.hash() {
        faults.push(Fault::new("文字", "它与从这一天起执行的办法逐字相同，不必启用。"));
    }
    let starts = tx.list_schemes()?;
    let ahead = starts.iter().rev().filter_map(|row| parse_date(&row.from_date).ok()).find(|start| *start > from);
    Ok(Plan { changes: tz_scheme::diff(&before, &scheme), draft, from, until: ahead, before, faults })
}

impl App {
    /// What taking a draft into force from a day on would mean. A day that cannot be is a fault at `from`.
    pub fn plan_adoption(&self, _who: &Chief, draft: i64, from: &str) -> Result<Plan, Problem> {
        plan(&mut self.read()?, self.today(), draft, from)
    }

    /// Takes a draft into force (启用); it leaves the list of drafts. Refused if the draft or the scheme it was compared with
    /// is another than the chief has seen. Says the number of the adoption.
    pub fn adopt_scheme(&self, who: &Chief, draft: i64, wish: &AdoptWish) -> Result<i64, Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let plan = plan(&mut tx, self.today(), draft, &wish.from)?;
        if plan.draft.hash != wish.hash || plan.before.hash() != wish.against {
            return Err(Problem::Refused(
                "您打开确认页以后，这份草稿或现行办法已有改动，没有启用。请重新核对变动后再启用。".to_owned(),
            ));
        }
        if !plan.faults.is_empty() {
            return Err(Problem::Refused(format!(
                "这份办法还不能启用：{}",
                tz_model::sentences(&plan.faults).replace('\n', "")
            )));
        }
        let scheme = plan.draft.whole("启用")?;
        let seq = tx.append_scheme(SchemeRow {
            office_id: 0,
            seq: 0,
            hash: plan.draft.hash.clone(),
            scheme_id: scheme.id().to_string(),
            from_date: plan.from.to_string(),
            recorded_at: now,
            recorded_by: Some(who.account.0),
            withdraws: None,
            reason: String::new(),
        })?;
        tx.delete_scheme_draft(draft)?;
        let detail = format!("启用登记第{seq}号，自{}起，校验值{}", plan.from, plan.draft.hash);
        record(&mut tx, who, now, "启用计分办法", scheme.name(), &detail)?;
        tx.commit()?;
        Ok(seq)
    }

    /// Takes an adoption back (撤回), by a new row. Refused once a month is closed under it, where it is the only one, and
    /// where what is recorded since does not fit the scheme that comes back.
    pub fn withdraw_scheme(&self, who: &Chief, seq: i64, reason: &str) -> Result<String, Problem> {
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > 200 {
            return Err(Problem::field("reason", "请写明为什么撤回，200字以内。"));
        }
        let now = self.micros();
        let mut tx = self.write()?;
        let held = tx.list_schemes()?;
        let row = held
            .iter()
            .find(|row| row.seq == seq)
            .ok_or_else(|| Problem::Refused("这一次启用已经撤回，或不在登记中。请刷新列表后再看。".to_owned()))?;
        let closed = closed_under(&mut tx, row, &held)?;
        if closed > 0 {
            return Err(Problem::Refused(format!(
                "已有{closed}个月按它关账，不能撤回。要改用别的办法，请启用新的一份。"
            )));
        }
        let from: Date = parse_date(&row.from_date).map_err(|_| Problem::NotThere)?;
        let mut left = held.iter().filter(|other| other.seq != seq);
        let Some(back) = left.clone().find(|other| other.from_date <= row.from_date).or(left.next_back()) else {
            return Err(Problem::Refused("这是唯一的计分办法，撤回后就无法计分。请先启用另一份。".to_owned()));
        };
        let back = crate::scheme_of(&mut tx, &back.hash)?;
        let faults = unfit(&mut tx, &back, from)?;
        if !faults.is_empty() {
            return Err(Problem::Refused(format!(
                "撤回后将改按“{}”计分，但已登记的内容与它不合，没有撤回：{}",
                back.name(),
                tz_model::sentences(&faults).replace('\n', "")
            )));
        }
        let name = tx.find_scheme_text(&row.hash)?.map_or_else(|| row.scheme_id.clone(), |text| called(&text));
        tx.append_scheme(SchemeRow {
            recorded_at: now,
            recorded_by: Some(who.account.0),
            withdraws: Some(seq),
            reason: reason.to_owned(),
            ..row.clone()
        })?;
        let detail = format!("撤回启用登记第{seq}号（自{}起）：{reason}", row.from_date);
        record(&mut tx, who, now, "撤回计分办法", &name, &detail)?;
        tx.commit()?;
        Ok(name)
    }
}
