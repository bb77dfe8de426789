//! Taking a scheme into force from a day on (启用), and taking that back (撤回).

use std::sync::Arc;

use jiff::civil::Date;
use tz_assess::unknown_names;
use tz_model::{Fault, Month, Table, parse_date};
use tz_scheme::{AfterCutoff, Every, Scheme};
use tz_store::Tx;
use tz_store::scheme::SchemeRow;

use super::{Opened, SchemePlace, called, closed_under, open, record, together};
use crate::assessment::{ClosePeriod, closed_with, open_period, scheme_by_hash};
use crate::facts::{facts_under, may_be_named};
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
    /// What was recorded from the day on that the draft has no word for; empty: it can be taken into force.
    pub faults: Vec<Fault>,
    /// Units and publications that the draft has no word for: to be set right before the first close under it.
    pub todo: Vec<Fault>,
    /// What else follows, in sentences.
    pub notes: Vec<String>,
}

/// The day asked for, if it is the first of a month in which a period of the scheme begins that is not closed.
fn first_day(tx: &mut Tx, today: Date, scheme: &Scheme, text: &str) -> Result<Date, Problem> {
    let wrong = |sentence: String| Problem::field("from", sentence);
    let starts = starts(tx, today, scheme)?;
    let Some(first) = starts.first() else { return Err(Problem::NotThere) };
    let earliest = format!("最早从{}1日起", first.chinese());
    let Ok(day) = parse_date(text) else {
        return Err(wrong(format!("“{text}”不是日期。请写成2019-01-01的样子，{earliest}。")));
    };
    let month = Month::of_date(day);
    if day != month.first() {
        let sentence = format!("{day}不是一个月的第一天。计分办法从整月起执行，请改为{}。", month.next().first());
        return Err(wrong(sentence));
    }
    if let Some((_, closed)) = closed_with(tx, month)? {
        let sentence = format!("{}已经关账，不能改按别的办法计分。现在{earliest}执行。", closed.chinese());
        return Err(wrong(sentence));
    }
    let own = ClosePeriod::of(scheme, month);
    if own.first != month {
        let next = own.last.next().first();
        let sentence = format!(
            "这份办法把{}合为一期，只能从一期的第一天起执行。请改为{}或{next}。",
            own.chinese(),
            own.first.first()
        );
        return Err(wrong(sentence));
    }
    if month < *first {
        return Err(wrong(format!("{}早于可以选的第一个月。现在{earliest}执行。", month.chinese())));
    }
    let calendar = scheme.calendar();
    if let Some(before) = before(tx, today, month)? {
        if before.period.last != month.previous() {
            let sentence = format!(
                "{}按“{}”合为一期，不能从中间改按别的办法计分。请改为{}。",
                before.period.chinese(),
                before.scheme.name(),
                before.period.last.next().first()
            );
            return Err(wrong(sentence));
        }
        let joins = before.period.period.to.tomorrow().is_ok_and(|day| day == own.period.from);
        if !joins && !skips_days(&before.scheme, scheme) {
            let sentence = format!(
                "“{}”的{}到{}为止，这份办法的{}却从{}算起，两者首尾不接，有些天会重复计分或者漏计，不能启用。请让两份办法的截止日一致。",
                before.scheme.name(),
                before.period.chinese(),
                before.period.period.to,
                own.chinese(),
                own.period.from
            );
            return Err(wrong(sentence));
        }
        // A year that began under another reckoning would hold some months twice.
        let start = calendar.year_start(month);
        if start != month && start != before.scheme.calendar().year_start(month) {
            let sentence = format!(
                "这份办法的年度从{}月起，与“{}”不同，从年度中间启用会使全年的合计重复。请从{}起执行。",
                start.number(),
                before.scheme.name(),
                next_year(scheme, month).first()
            );
            return Err(wrong(sentence));
        }
    }
    if let Some(ahead) = next_start(tx, day)? {
        let cut = ClosePeriod::of(scheme, Month::of_date(ahead));
        if cut.first.first() != ahead {
            let sentence = format!(
                "{ahead}起另有一份办法已经启用，而这份办法把{}合为一期，会在中间被截断。请先撤回那一份，或换一个起始日。",
                cut.chinese()
            );
            return Err(wrong(sentence));
        }
    }
    Ok(day)
}

/// What a scheme follows upon: the one that holds until a month, and its period that ends last before it.
struct Before {
    scheme: Arc<Scheme>,
    period: ClosePeriod,
}

/// What comes before a month: what was closed last, or what will be closed before it. Nothing where nothing ever will be.
fn before(tx: &mut Tx, today: Date, month: Month) -> Result<Option<Before>, Problem> {
    let earlier = month.previous();
    if let Some((head, period)) = closed_with(tx, earlier)? {
        return Ok(Some(Before { scheme: scheme_by_hash(tx, &head.scheme_hash)?, period }));
    }
    let open = open_period(tx, today)?;
    if month <= open.first {
        return Ok(None);
    }
    let scheme = scheme_on(tx, earlier.first())?;
    let period = ClosePeriod::of(&scheme, earlier);
    Ok(Some(Before { scheme, period }))
}

/// True if days between the periods of two schemes are lost because one of them says so.
fn skips_days(before: &Scheme, after: &Scheme) -> bool {
    let moves = |scheme: &Scheme| scheme.calendar().cutoff().is_some_and(|cutoff| cutoff.then == AfterCutoff::Next);
    !moves(before) && !moves(after)
}

/// The first month of the year of a scheme that begins after a month.
fn next_year(scheme: &Scheme, month: Month) -> Month {
    let start = scheme.calendar().year_start(month);
    (0..12).fold(start, |month, _| month.next())
}

/// The first day of the next scheme after a day.
fn next_start(tx: &mut Tx, day: Date) -> Result<Option<Date>, Problem> {
    let starts = tx.list_schemes()?;
    Ok(starts.iter().rev().filter_map(|row| parse_date(&row.from_date).ok()).find(|start| *start > day))
}

/// The months a scheme may be taken into force from: where a period of its own begins that is not closed, a year and more ahead.
pub(super) fn starts(tx: &mut Tx, today: Date, scheme: &Scheme) -> Result<Vec<Month>, Problem> {
    let open = open_period(tx, today)?;
    let own = ClosePeriod::of(scheme, open.first);
    // Where nothing is closed yet, the period that has begun may still be scored whole.
    let whole = tx.last_closed()?.is_none() && own.first < open.first;
    let mut month = match (own.first == open.first, whole) {
        (true, _) | (_, true) => own.first,
        (false, false) => own.last.next(),
    };
    let mut all = Vec::new();
    while all.len() < 12 {
        let next = ClosePeriod::of(scheme, month).last.next();
        all.push(std::mem::replace(&mut month, next));
        // Two years are far enough, however long periods are.
        if month > own.first && (month.year() - open.first.year()) > 2 {
            break;
        }
    }
    Ok(all)
}

/// What the office holds that a scheme has no word for.
struct Unfit {
    /// What was recorded from the day on: it must be mended before.
    faults: Vec<Fault>,
    /// Units and publications: they can be set right until the first close under it.
    todo: Vec<Fault>,
}

/// Everything the office uses from a day on that a scheme has no word for.
fn unfit(tx: &mut Tx, scheme: &Arc<Scheme>, from: Date) -> Result<Unfit, Problem> {
    let mut todo = Vec::new();
    for publication in tx.list_publications()? {
        let kind = &publication.adoption_kind;
        if !kind.is_empty() && !may_be_named(scheme, Table::Adoptions, kind) {
            let sentence =
                format!("它的计分方式“{kind}”不在这份办法里。请在“刊物设置”里改，改好以前这个刊物不能刊发。");
            todo.push(Fault::new(format!("刊物《{}》", publication.name), sentence));
        }
    }
    let units = tx.list_units(None)?;
    let rows = tx.list_facts_between(None, &from.to_string(), "9999-12-31")?;
    let mut facts = facts_under(tx, [scheme], &units, &rows)?;
    facts.units.iter_mut().for_each(|unit| unit.earlier.retain(|stage| stage.until >= from));
    let of_units = format!("{}:", Table::Units.name());
    let (units, faults): (Vec<Fault>, Vec<Fault>) =
        unknown_names(scheme, &facts).into_iter().partition(|fault| fault.place.starts_with(&of_units));
    todo.extend(together(units));
    Ok(Unfit { faults: together(faults), todo })
}

/// What taking a scheme into force does to years, in sentences.
fn notes(tx: &mut Tx, today: Date, scheme: &Scheme, from: Date) -> Result<Vec<String>, Problem> {
    let month = Month::of_date(from);
    let Some(before) = before(tx, today, month)? else { return Ok(Vec::new()) };
    let old = before.scheme.calendar().year_start(month.previous());
    let cut = scheme.calendar().year_start(month) == month && before.scheme.calendar().year_start(month) == old;
    let sentence =
        format!("{}到{}不再有年度汇总：新办法的年度从{from}重新起算。", old.chinese(), month.previous().chinese());
    Ok(if cut { vec![sentence] } else { Vec::new() })
}

fn plan(tx: &mut Tx, today: Date, draft: i64, from: &str) -> Result<Plan, Problem> {
    let draft = open(tx, &SchemePlace::Draft(draft))?;
    let scheme = draft.whole("启用")?;
    let from = first_day(tx, today, &scheme, from)?;
    let before = scheme_on(tx, from)?;
    let Unfit { mut faults, todo } = unfit(tx, &scheme, from)?;
    if before.hash() == scheme.hash() {
        faults.push(Fault::new("文字", "它与从这一天起执行的办法逐字相同，不必启用。"));
    }
    let until = next_start(tx, from)?;
    let notes = notes(tx, today, &scheme, from)?;
    Ok(Plan { changes: tz_scheme::diff(&before, &scheme), draft, from, until, before, faults, todo, notes })
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
        let monthly = *crate::scheme_of(&mut tx, &row.hash)?.calendar().every() == Every::Month;
        if closed > 0 {
            return Err(Problem::Refused(format!(
                "已有{closed}个{}按它关账，不能撤回。要改用别的办法，请启用新的一份。",
                if monthly { "月" } else { "周期" }
            )));
        }
        let from: Date = parse_date(&row.from_date).map_err(|_| Problem::NotThere)?;
        let mut left = held.iter().filter(|other| other.seq != seq);
        let Some(back) = left.clone().find(|other| other.from_date <= row.from_date).or(left.next_back()) else {
            return Err(Problem::Refused("这是唯一的计分办法，撤回后就无法计分。请先启用另一份。".to_owned()));
        };
        let back = crate::scheme_of(&mut tx, &back.hash)?;
        // The one that comes back holds up to the next: one of its periods must begin where that does.
        if let Some(day) = next_start(&mut tx, from)? {
            let cut = ClosePeriod::of(&back, Month::of_date(day));
            if cut.first.first() != day {
                return Err(Problem::Refused(format!(
                    "撤回后将改按“{}”计分，它把{}合为一期，会在{day}被截断，没有撤回。",
                    back.name(),
                    cut.chinese()
                )));
            }
        }
        let Unfit { faults, .. } = unfit(&mut tx, &back, from)?;
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
