//! Publishing an issue (刊发) and taking it back (撤回). The only place where printing becomes points.

use std::collections::BTreeMap;

use jiff::civil::Date;
use tz_docs::PaperKind;
use tz_model::{IssueId, ItemId, Period, Points, PublicationId, Table, parse_date};
use tz_scheme::Scheme;
use tz_store::Write;
use tz_store::audit::Act;
use tz_store::directory::UnitNames;
use tz_store::item::{EventRow, ItemRow};
use tz_store::ledger::{FactFilter, FactRow};
use tz_store::publication::{IssueItemRow, IssueRow, PublicationRow};

use super::kept;
use super::paper::{Hands, editor_of, values};
use super::pieces;
use super::signing;
use super::{
    ANSWER_ADOPTED, DRAFT, FORMS, IssueState, OFFICE, PUBLISHED, WITHDRAWN, compose, issue_with_publication, items_of,
    label, price,
};
use crate::comment::codes;
use crate::facts::{Cells, closed_period, form_fault, known_cells, may_be_named, revoke};
use crate::notice::{Known, NoticeKind, Telling};
use crate::problem::all_right;
use crate::templates::Dress;
use crate::{App, Chief, FieldFault, Person, Problem, scheme_on, templates};

/// How an issue is to be published.
#[derive(Clone, Debug, Default)]
pub struct PublishWish {
    /// The day of publication, as typed.
    pub date: String,
    /// 审核, as printed at the foot; may be empty.
    pub reviewed_by: String,
    /// The seal of the issue as the page showed it ([`super::IssueView::seal`]).
    pub opened: String,
}

/// What publishing did.
#[derive(Clone, Debug)]
pub struct Published {
    /// `《每日要情》2018年第47期`
    pub label: String,
    /// Its number in the year.
    pub number: i64,
    /// Its number since the title began.
    pub running: i64,
    /// How many adoptions it put into the ledger.
    pub facts: usize,
    /// The closed month it belongs to: its points show in the open month as corrections (R14).
    pub late: Option<Period>,
}

/// What withdrawing did.
#[derive(Clone, Debug)]
pub struct Withdrawn {
    /// Which issue.
    pub label: String,
    /// How many adoptions were taken back.
    pub facts: usize,
    /// The closed month it belongs to (R14).
    pub late: Option<Period>,
}

/// The kinds of adoption an item of an issue gets: the title's own, and 约稿采用 for an answer (R7) that has none yet.
fn kinds_of<'a>(
    tx: &mut tz_store::Tx,
    scheme: &Scheme,
    publication: &'a PublicationRow,
    item: &ItemRow,
) -> Result<Vec<&'a str>, Problem> {
    let mut kinds = Vec::new();
    if !publication.adoption_kind.is_empty() {
        kinds.push(publication.adoption_kind.as_str());
        if item.solicitation_id.is_some() && price(scheme, ANSWER_ADOPTED).is_some() {
            let held = tx.list_facts(&FactFilter {
                table: Some(Table::Adoptions.name()),
                item: Some(ItemId(item.id)),
                ..FactFilter::default()
            })?;
            if !held.iter().any(|fact| fact.name == ANSWER_ADOPTED) {
                kinds.push(ANSWER_ADOPTED);
            }
        }
    }
    Ok(kinds)
}

/// What an item of a piece earns: for each kind of adoption the units it credits. The publication's own kind credits a unit once
/// in a piece; an answer (R7) counts for all the units that gave it.
struct Earned<'a> {
    row: IssueItemRow,
    item: ItemRow,
    kinds: Vec<(&'a str, Vec<i64>)>,
    /// The title of the piece, and whether it is made of several items.
    piece: (String, bool),
    form: String,
}

/// What every item of an issue earns, in order, whether it is printed by itself or merged into a piece.
fn earned<'a>(
    tx: &mut tz_store::Tx,
    scheme: &Scheme,
    publication: &'a PublicationRow,
    items: &[(IssueItemRow, ItemRow, Vec<i64>)],
) -> Result<Vec<Earned<'a>>, Problem> {
    let mut all = Vec::new();
    for piece in pieces::pieces(items.iter().map(|(row, _, _)| row.clone()).collect()) {
        let of: Vec<_> =
            piece.rows().filter_map(|row| items.iter().find(|(own, _, _)| own.item_id == row.item_id)).collect();
        let credited = pieces::credited(&of.iter().map(|(_, _, units)| units.clone()).collect::<Vec<_>>());
        for ((row, item, units), once) in of.into_iter().zip(credited) {
            let kinds = kinds_of(tx, scheme, publication, item)?
                .into_iter()
                .map(|kind| (kind, if kind == ANSWER_ADOPTED { units.clone() } else { once.clone() }))
                .filter(|(_, units)| !units.is_empty())
                .collect();
            all.push(Earned {
                row: row.clone(),
                item: item.clone(),
                kinds,
                piece: (piece.lead.title.clone(), piece.is_merged()),
                form: piece.lead.form.clone(),
            });
        }
    }
    Ok(all)
}

/// What each unit gets from a draft, or got from a published issue: unit, points, reasons.
pub(super) fn credits(
    tx: &mut tz_store::Tx,
    scheme: &Scheme,
    publication: &PublicationRow,
    issue: &IssueRow,
    items: &[(IssueItemRow, ItemRow, Vec<i64>)],
    names: &UnitNames,
) -> Result<Vec<(String, Points, String)>, Problem> {
    let mut all: Vec<(i64, String)> = Vec::new();
    if IssueState::of(issue) == IssueState::Draft {
        for (kind, units) in earned(tx, scheme, publication, items)?.into_iter().flat_map(|one| one.kinds) {
            all.extend(units.into_iter().map(|unit| (unit, kind.to_owned())));
        }
    } else {
        for fact in tx.list_facts(&FactFilter { issue: Some(issue.id), ..FactFilter::default() })? {
            all.extend(fact.unit_ids().into_iter().map(|unit| (unit, fact.name.clone())));
        }
    }
    let mut order: Vec<i64> = Vec::new();
    let mut of: BTreeMap<i64, (Points, Vec<String>)> = BTreeMap::new();
    for (unit, kind) in all {
        if !order.contains(&unit) {
            order.push(unit);
        }
        let points = price(scheme, &kind).unwrap_or_default();
        let (total, kinds) = of.entry(unit).or_default();
        *total += points;
        kinds.push(format!("{kind}{points}分"));
    }
    Ok(order
        .into_iter()
        .filter_map(|unit| {
            let (points, kinds) = of.remove(&unit)?;
            Some((names.get(unit).unwrap_or_default().to_owned(), points, kinds.join("、")))
        })
        .collect())
}

/// Refuses what cannot be printed on a day: a publication the day's scheme does not know, items gone meanwhile, pieces
/// without words.
pub(super) fn fit_to_print(
    tx: &mut tz_store::Tx,
    scheme: &Scheme,
    publication: &PublicationRow,
    rows: &[IssueItemRow],
    date: Date,
) -> Result<Vec<(IssueItemRow, ItemRow, Vec<i64>)>, Problem> {
    if rows.is_empty() {
        return Err(Problem::Refused("这一期还没有稿件，不能刊发。请先从收稿中采用稿件。".to_owned()));
    }
    if !publication.adoption_kind.is_empty() && !may_be_named(scheme, Table::Adoptions, &publication.adoption_kind) {
        return Err(Problem::Refused(format!(
            "《{}》的计分方式“{}”不在{date}执行的计分办法中。请先在“刊物设置”中改正，再刊发。",
            publication.name, publication.adoption_kind
        )));
    }
    let items = items_of(tx, rows)?;
    for (_, item, _) in &items {
        if matches!(item.state.as_str(), "returned" | "declined" | "withdrawn") {
            return Err(Problem::Refused(format!(
                "《{}》在编入之后已被退回、不采用或由单位撤回，不能刊发。请先把它从本期撤下。",
                item.title
            )));
        }
    }
    for (row, position) in pieces::printed(rows).iter().zip(1..) {
        if !publication.adoption_kind.is_empty()
            && let Some(sentence) = form_fault(scheme, &row.form)
        {
            return Err(Problem::Refused(format!("《{}》的形式“{}”：{sentence}改好后再刊发。", row.title, row.form)));
        }
        if row.title.trim().is_empty() || (row.body.trim().is_empty() && row.form != FORMS[2]) {
            return Err(Problem::Refused(format!("第{position}条没有标题或正文，请补齐后再刊发。")));
        }
    }
    Ok(items)
}

/// As [`App::publish_issue`], inside a bigger transaction. `date` may be any day up to today; its year gives the series.
pub(crate) fn publish_in(
    tx: &mut Write,
    who: &Person,
    id: IssueId,
    date: Date,
    reviewed_by: &str,
    now: i64,
) -> Result<Published, Problem> {
    let (mut issue, publication) = issue_with_publication(tx, id)?;
    let refuse_done =
        |issue: &IssueRow| Problem::Refused(format!("{}已经刊发或撤回，不能再次刊发。", label(&publication, issue)));
    if issue.state != DRAFT {
        return Err(refuse_done(&issue));
    }
    let scheme = scheme_on(tx, date)?;
    let mut rows = tx.list_issue_items(id)?;
    let items = fit_to_print(tx, &scheme, &publication, &rows, date)?;
    let signed_by = signing::signer(tx, who, id, &rows, now)?;

    let year = i64::from(date.year());
    let number = tx.next_number(&format!("issue-{}-{year}", publication.id))?;
    let running = tx.next_number(&format!("issue-{}", publication.id))?;
    issue.state = PUBLISHED.to_owned();
    issue.year = Some(year);
    issue.number = Some(number);
    issue.running_number = Some(running);
    issue.date = Some(date.to_string());
    issue.published_at = Some(now);
    issue.published_by = Some(who.account.0);
    let edited_by = editor_of(tx, &issue)?;
    let hands = Hands { edited_by: &edited_by, reviewed_by, signed_by: &signed_by };
    let codes = codes::tag_to_print(tx)?;
    let values = values(tx, &publication, &issue, &pieces::printed(&rows), date, &hands, codes)?;
    let dress = Dress::in_force(tx, PublicationId(publication.id))?;
    let wording = templates::pin(tx, PaperKind::Issue)?;
    let picture = dress.masthead.as_ref().map(|(content, _)| *content);
    issue.content_id = Some(tx.put_content(&dress.paper(&values).docx())?);
    issue.values_id = Some(tx.put_content(&kept::write(&values, Some(&wording), picture))?);
    if !tx.update_issue(&issue, DRAFT)? {
        return Err(refuse_done(&issue));
    }

    let label = label(&publication, &issue);
    let known = Known::read(tx)?;
    let mut facts = 0;
    for one in earned(tx, &scheme, &publication, &items)? {
        let Earned { row, item, kinds, piece: (title, merged), form } = one;
        let mut worth = Points::ZERO;
        let mut key = None;
        for (kind, units) in kinds {
            let extra = Cells::of(&scheme, Table::Adoptions).known(&known_cells(Some(&item), Some(&publication.name)));
            let fact = tx.append_fact(FactRow {
                extra,
                title: Some(title.clone()),
                item_id: Some(item.id),
                issue_id: Some(id.0),
                solicitation_id: item.solicitation_id,
                form: Some(form.clone()),
                note: Some(label.clone()),
                recorded_at: now,
                recorded_by: Some(who.account.0),
                reason: "刊发".to_owned(),
                ..FactRow::new(Table::Adoptions.name(), &units, &date.to_string(), kind)
            })?;
            key.get_or_insert(fact.key);
            worth += price(&scheme, kind).unwrap_or_default();
            facts += 1;
        }
        if let Some(stored) = rows.iter_mut().find(|stored| stored.item_id == row.item_id) {
            stored.fact_key = key.clone();
        }
        let used = if merged { format!("{label}综合采用，编入《{title}》") } else { format!("{label}采用") };
        let text = match (worth.is_zero(), merged && key.is_none() && !publication.adoption_kind.is_empty()) {
            (_, true) => format!("{used}；同一单位的几篇稿件合为一条，只计一次分，已计在另一篇。"),
            (true, false) => format!("{used}。"),
            (false, false) => format!("{used}，计{worth}分。"),
        };
        let units = items.iter().find(|(_, of, _)| of.id == item.id).map_or(&[][..], |(_, _, units)| units);
        let telling = Telling {
            kind: NoticeKind::Adopted,
            subject: &format!("{}/{label}", item.number),
            values: &[("编号", &item.number), ("题目", &item.title), ("刊期", &text)],
            href: &format!("/report/{}", item.id),
        };
        known.tell(tx, &telling, &known.reporters_of(units), now)?;
        note(tx, who, item.id, "published", text, now)?;
        compose::settle(tx, item)?;
    }
    tx.replace_issue_items(id, &rows)?;
    let late = closed_period(tx, &date.to_string())?;
    tx.record_act(&Act {
        at: now,
        account: Some(who.account.0),
        who: &who.name,
        act: "刊发",
        object: &label,
        done: true,
        detail: &format!("{}条，采用事实{facts}条", pieces::printed(&rows).len()),
    })?;
    Ok(Published { label, number, running, facts, late })
}

fn note(tx: &mut Write, who: &Person, item: i64, kind: &str, text: String, now: i64) -> Result<(), Problem> {
    Ok(tx.append_event(EventRow {
        item_id: item,
        position: 0,
        at: now,
        account_id: Some(who.account.0),
        kind: kind.to_owned(),
        text,
        for_unit: true,
    })?)
}

impl App {
    /// Publishes a draft (刊发): number without gaps in its title and year, adoptions for every unit of every item (R1, R6, R7,
    /// R11), the DOCX as published. Never twice, and never another content than the page showed; dates up to today. Where
    /// nobody has signed it, the chief who publishes signs by that.
    pub fn publish_issue(&self, who: &Chief, id: IssueId, wish: &PublishWish) -> Result<Published, Problem> {
        let mut faults = Vec::new();
        let date = match parse_date(&wish.date) {
            Ok(date) if date > self.today() => {
                faults.push(FieldFault::new("date", "刊发日期不能晚于今天，请核对。"));
                None
            }
            Ok(date) => Some(date),
            Err(_) => {
                faults.push(FieldFault::new("date", "请填写刊发日期，例如 2018-06-04。"));
                None
            }
        };
        if wish.reviewed_by.chars().count() > 40 {
            faults.push(FieldFault::new("reviewed_by", "审核人请填姓名，不超过40字。"));
        }
        all_right(faults)?;
        let date = date.expect("a missing date was a fault above");
        let mut tx = self.write()?;
        let (issue, _) = issue_with_publication(&mut tx, id)?;
        let rows = tx.list_issue_items(id)?;
        if issue.state == DRAFT && !rows.is_empty() {
            signing::as_seen(&wish.opened, &rows, "刊发")?;
        }
        let published = publish_in(&mut tx, who, id, date, wish.reviewed_by.trim(), self.micros())?;
        tx.commit()?;
        Ok(published)
    }

    /// Takes a published issue back (撤回): its adoptions are withdrawn by new rows, the number stays taken, items not printed
    /// elsewhere wait for a decision again.
    pub fn withdraw_issue(&self, who: &Chief, id: IssueId, reason: &str) -> Result<Withdrawn, Problem> {
        let reason = reason.trim();
        if reason.is_empty() {
            return Err(Problem::field("reason", "请写明撤回的原因，单位会看到。"));
        }
        if reason.chars().count() > 500 {
            return Err(Problem::field("reason", "原因太长，不超过500字。"));
        }
        let now = self.micros();
        let mut tx = self.write()?;
        let (mut issue, publication) = issue_with_publication(&mut tx, id)?;
        let label = label(&publication, &issue);
        issue.state = WITHDRAWN.to_owned();
        issue.withdrawn_reason = reason.to_owned();
        if !tx.update_issue(&issue, PUBLISHED)? {
            return Err(Problem::Refused(format!("{label}没有刊发，或已经撤回，不必再撤回。")));
        }
        let facts = tx.list_facts(&FactFilter { issue: Some(id.0), ..FactFilter::default() })?;
        let why = format!("{label}撤回：{reason}");
        for fact in &facts {
            revoke(&mut tx, Table::Adoptions, &fact.key, &why, now, Some(who.account.0))?;
        }
        for row in tx.list_issue_items(id)? {
            let (item, units) = tx.find_item(OFFICE, ItemId(row.item_id))?.ok_or(Problem::NotThere)?;
            note(
                &mut tx,
                who,
                item.id,
                "unpublished",
                format!("{label}已撤回，该期所计分数不再计入。原因：{reason}"),
                now,
            )?;
            if facts.iter().any(|fact| fact.item_id == Some(item.id) && fact.name == ANSWER_ADOPTED) {
                self.credit_answer_elsewhere(&mut tx, who, &item, &units, now)?;
            }
            compose::settle(&mut tx, item)?;
        }
        let late = match &issue.date {
            Some(date) => closed_period(&mut tx, date)?,
            None => None,
        };
        tx.record_act(&Act {
            at: now,
            account: Some(who.account.0),
            who: &who.name,
            act: "撤回刊物",
            object: &label,
            done: true,
            detail: reason,
        })?;
        tx.commit()?;
        Ok(Withdrawn { label, facts: facts.len(), late })
    }

    /// An answer counts as adopted once (R7). If the issue that carried that is withdrawn while another still prints the
    /// answer, the other carries it on.
    fn credit_answer_elsewhere(
        &self,
        tx: &mut Write,
        who: &Chief,
        item: &ItemRow,
        units: &[i64],
        now: i64,
    ) -> Result<(), Problem> {
        let elsewhere = tx.list_facts(&FactFilter {
            table: Some(Table::Adoptions.name()),
            item: Some(ItemId(item.id)),
            ..FactFilter::default()
        })?;
        if let Some(other) = elsewhere.iter().find(|fact| fact.issue_id.is_some()) {
            tx.append_fact(FactRow {
                title: other.title.clone(),
                item_id: Some(item.id),
                issue_id: other.issue_id,
                solicitation_id: item.solicitation_id,
                form: other.form.clone(),
                note: other.note.clone(),
                recorded_at: now,
                recorded_by: Some(who.account.0),
                reason: "另一期撤回后，约稿采用改记于本期".to_owned(),
                ..FactRow::new(Table::Adoptions.name(), units, &other.date, ANSWER_ADOPTED)
            })?;
        }
        Ok(())
    }
}
