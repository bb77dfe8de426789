//! 考核: the period's standing, a unit's account line by line. Closing and closed periods are `close.rs`, the scheme `scheme.rs`.
//!
//! Addresses name a period by a month of it, `month=2018-09`, whatever closes together.

use askama::Template;
use axum::extract::Path;
use tz_app::assessment::{
    Account, FactPlace, FactShown, MonthState, ObjectionState, Standing, StandingRow, Trend, clause_place,
};
use tz_app::{Person, Problem, Role};
use tz_model::{Clause, Line, Month, Outcome, Period, Points, Quota, Table, UnitId};

use crate::desk::{Desk, Frame, Room};
use crate::forms::{Asked, Posted};
use crate::gate::By;
use crate::problem::{Answer, Oops};
use crate::{Allow, Routes, words};

mod chart;
mod close;
mod fact;
mod help;
mod import;
mod interviews;
mod listing;
pub(crate) mod objections;
pub(crate) mod papers;
mod review;
pub(crate) mod scheme;
mod settings;
mod year;

pub(crate) use fact::facts_asked;
pub(crate) use listing::listing;
pub(crate) use year::year_asked;

/// Every route of the assessment room (考核).
pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/assessment", Allow::ReportersAndEditors, standing)
        .get("/assessment/unit/{unit}", Allow::ReportersAndEditors, account)
        .and(close::routes())
        .and(fact::routes())
        .and(help::routes())
        .and(interviews::routes())
        .and(objections::routes())
        .and(papers::routes())
        .and(review::routes())
        .and(settings::routes())
        .and(scheme::routes())
        .and(year::routes())
        .and(import::routes())
}

/// A ranking group's table.
struct GroupView {
    name: String,
    size: String,
    rows: Vec<RowView>,
}

/// One unit's row.
struct RowView {
    rank: u32,
    moved: String,
    moved_words: String,
    unit: String,
    href: String,
    here: bool,
    quota: String,
    met: bool,
    adopted: usize,
    /// Where the facts under the two figures are listed; empty for another unit's, which a reporter may not see.
    reports_href: String,
    adopted_href: String,
    spark: Vec<Bar>,
    spark_words: String,
    points: String,
    tags: Vec<String>,
}

/// One bar of six months in SVG units.
struct Bar {
    x: usize,
    y: i64,
    height: i64,
}

/// One unit's account, as a sheet beside the tables or on its own page.
struct AccountView {
    unit: String,
    month: String,
    href: String,
    points: String,
    standing: String,
    quota: String,
    /// `这个月`, or `这一期` where it is no month.
    that: &'static str,
    categories: Vec<CategoryView>,
    lines: Vec<LineView>,
    /// Secret items registered in the period, each in words.
    registered: Vec<String>,
    outcomes: Vec<OutcomeView>,
    annual: Option<(String, Vec<LineView>)>,
    open: bool,
    /// Where what is missing may be objected to; empty where it may not.
    object: String,
    review: String,
}

struct CategoryView {
    name: String,
    received: u32,
    required: u32,
    met: bool,
}

struct LineView {
    date: String,
    item: String,
    why: String,
    place: String,
    place_href: String,
    sentence: String,
    facts: Vec<FactView>,
    points: String,
    negative: bool,
    correction: bool,
    /// The last objection to it: where, how it stands, its tag.
    objection: Option<(String, &'static str, &'static str)>,
    /// Where it may be objected to; empty where it may not.
    object: String,
}

struct FactView {
    text: String,
    href: Option<String>,
    /// Its rows in the ledger, and for editors its further columns; what the way there is called.
    ledger: String,
    ledger_words: &'static str,
}

struct OutcomeView {
    kind: String,
    unit: String,
    why: String,
    place: String,
    place_href: String,
}

#[derive(Template)]
#[template(path = "assessment/standing.html")]
struct StandingPage {
    frame: Frame,
    month: String,
    /// `本月`, or `本期` where it is no month.
    this: &'static str,
    months: Vec<(String, String, bool)>,
    closed: Option<String>,
    statement_href: Option<String>,
    groups_words: String,
    scheme: String,
    scheme_href: String,
    received: u32,
    required: u32,
    filled: bool,
    adoptions: String,
    comments: usize,
    comments_words: String,
    on_time: String,
    duties_words: String,
    /// Where the facts under the four figures are listed: 报送, 采用, 批示, 约稿.
    figures: [String; 4],
    groups: Vec<GroupView>,
    whole: bool,
    account: Option<AccountView>,
    may_close: bool,
    editor: bool,
    chief: bool,
}

#[derive(Template)]
#[template(path = "assessment/account.html")]
struct AccountPage {
    frame: Frame,
    back: String,
    /// The same as a workbook.
    sheet: String,
    account: AccountView,
    trend: chart::Chart,
    /// Address, period, points, rank, mean of the group.
    trend_rows: Vec<TrendRow>,
    /// The group as a chart, and its units with their points; `None` where the ranking is not shown.
    group: GroupChart,
}

fn scheme_anchor(clause: &Clause, month: Month) -> String {
    format!("/assessment/scheme?month={month}#{clause}")
}

fn outcome_view(outcome: &Outcome, month: Month) -> OutcomeView {
    OutcomeView {
        kind: outcome.kind.name().to_owned(),
        unit: outcome.unit.to_string(),
        why: outcome.why.clone(),
        place: clause_place(&outcome.clause),
        place_href: scheme_anchor(&outcome.clause, month),
    }
}

/// Six bars, the highest of them full height.
fn spark(totals: &[Option<Points>]) -> Vec<Bar> {
    const FULL: i64 = 18;
    let most = totals.iter().flatten().copied().max().filter(|most| *most > Points::ZERO);
    let height = |total: &Option<Points>| match (total, most) {
        (Some(total), Some(most)) if *total > Points::ZERO => {
            let ((above, below), (most_above, most_below)) = (total.parts(), most.parts());
            (FULL * above * most_below / (below * most_above).max(1)).clamp(1, FULL)
        }
        (Some(_), _) => 1,
        (None, _) => 0,
    };
    let bar = |(at, total): (usize, &Option<Points>)| {
        let height = height(total);
        Bar { x: at * 7, y: FULL - height, height }
    };
    totals.iter().enumerate().map(bar).collect()
}

fn quota_words(quota: Option<&Quota>) -> String {
    quota.map_or_else(String::new, |quota| format!("{}/{}", quota.received, quota.required))
}

fn row_view(row: &StandingRow, href: String, here: bool, over: bool, period: &Period) -> RowView {
    let (one, six) = if period.is_month() { ("月", "六个月") } else { ("期", "六期") };
    let (moved, moved_words) = match row.before {
        None => (String::new(), format!("上{one}未排名")),
        Some(before) if before > row.rank => {
            (format!("↑{}", before - row.rank), format!("比上{one}上升{}位", before - row.rank))
        }
        Some(before) if before < row.rank => {
            (format!("↓{}", row.rank - before), format!("比上{one}下降{}位", row.rank - before))
        }
        Some(_) => ("—".to_owned(), format!("与上{one}持平")),
    };
    let totals: Vec<String> =
        row.totals.iter().map(|total| total.map_or_else(|| "无".to_owned(), |total| total.to_string())).collect();
    let quota = row.quota.as_ref();
    RowView {
        rank: row.rank,
        moved,
        moved_words,
        unit: row.name.clone(),
        href,
        here,
        quota: quota_words(quota),
        // While the period runs, everybody is short: that is no alarm yet.
        met: !over || quota.is_none_or(|quota| quota.short == 0),
        adopted: row.adoptions,
        reports_href: String::new(),
        adopted_href: String::new(),
        spark: spark(&row.totals),
        spark_words: format!("近{six}得分：{}", totals.join("、")),
        points: row.points.to_string(),
        tags: row.tags.clone(),
    }
}

fn signed(points: Points) -> String {
    points.to_string().replace('-', "−")
}

fn short_day(date: &str) -> String {
    date.get(5..).unwrap_or_default().to_owned()
}

fn place_href(place: FactPlace, editor: bool) -> Option<String> {
    match (place, editor) {
        (FactPlace::Item(item), true) => Some(format!("/intake/{item}")),
        (FactPlace::Item(item), false) => Some(format!("/report/{item}")),
        (FactPlace::Issue(issue), true) => Some(format!("/publication/{issue}")),
        (FactPlace::Issue(_), false) | (FactPlace::Nowhere, _) => None,
        (FactPlace::Solicitation(solicitation), _) => Some(format!("/solicitation/{solicitation}")),
    }
}

/// A line that no fact stands under: of the year, or in a closed statement's table.
fn bare_line(line: &Line, month: Month) -> LineView {
    LineView {
        date: String::new(),
        item: line.item.to_string(),
        why: line.why.clone(),
        place: clause_place(&line.clause),
        place_href: scheme_anchor(&line.clause, month),
        sentence: String::new(),
        facts: Vec::new(),
        points: signed(line.points),
        negative: line.points.is_negative(),
        correction: false,
        objection: None,
        object: String::new(),
    }
}

/// A fact under a line. `asked`: its further columns may be filled in.
fn fact_view(fact: &FactShown, editor: bool, asked: bool) -> FactView {
    let text = if fact.note.is_empty() { fact.title.clone() } else { format!("{}（{}）", fact.title, fact.note) };
    FactView {
        text,
        href: place_href(fact.place, editor),
        ledger: fact::href(&fact.id),
        ledger_words: if editor && asked { "补充登记" } else { "台账" },
    }
}

/// How an objection stands, beside its line.
fn objection_mark(id: i64, state: ObjectionState) -> (String, &'static str, &'static str) {
    let (words, tag) = match state {
        ObjectionState::Asked => ("申诉中", "act"),
        ObjectionState::Accepted => ("申诉成立", "good"),
        ObjectionState::Refused => ("申诉不成立", "warn"),
        ObjectionState::Withdrawn => ("申诉已撤回", ""),
    };
    (format!("/assessment/objections/{id}"), words, tag)
}

fn account_view(account: &Account, editor: bool) -> AccountView {
    let month = account.period.last;
    let may_object = !editor && account.objectionable;
    let object = format!("/assessment/objections/new?month={month}");
    let lines = account.lines.iter().map(|line| {
        let facts = line.facts.iter().map(|fact| fact_view(fact, editor, account.asked.contains(&fact.id.table)));
        let waits = matches!(line.objection, Some((_, ObjectionState::Asked)));
        let correction = line.is_correction();
        let item = match (correction, line.line.item.split_once(' ')) {
            (true, Some((label, item))) => format!("{}更正：{item}", Period::label_in_chinese(label)),
            _ => line.line.item.to_string(),
        };
        LineView {
            date: line.facts.first().map(|fact| short_day(&fact.date)).unwrap_or_default(),
            item,
            sentence: line.sentence.clone(),
            facts: facts.collect(),
            correction,
            objection: line.objection.map(|(id, state)| objection_mark(id, state)),
            object: if may_object && !waits { format!("{object}&line={}", line.key) } else { String::new() },
            ..bare_line(&line.line, month)
        }
    });
    let categories = account.quota.iter().flat_map(|quota| &quota.categories).map(|category| CategoryView {
        name: category.category.to_string(),
        received: category.received,
        required: category.required,
        met: category.received >= category.required,
    });
    AccountView {
        unit: account.name.clone(),
        month: account.period.chinese(),
        that: if account.period.period.is_month() { "这个月" } else { "这一期" },
        href: format!("/assessment/unit/{}?month={month}", account.unit),
        points: account.total.to_string(),
        standing: standing_words(account),
        quota: account.quota.as_ref().map_or_else(String::new, |quota| {
            let state = match (quota.short, quota.over) {
                (0, 0) => "已完成任务".to_owned(),
                (0, over) => format!("已完成任务，多报{over}篇"),
                (short, _) => format!("还少{short}篇"),
            };
            format!("报送{}篇，任务{}篇，{state}", quota.received, quota.required)
        }),
        categories: categories.collect(),
        lines: lines.collect(),
        registered: account.registered.iter().map(crate::report::registered_words).collect(),
        outcomes: account.outcomes.iter().map(|outcome| outcome_view(outcome, month)).collect(),
        annual: account.annual.as_ref().map(|annual| {
            let (year, annual) = annual;
            let words = format!("{year}年度总分 {} 分，组内第{}名", annual.total, annual.rank);
            (words, annual.lines.iter().map(|line| bare_line(line, month)).collect())
        }),
        open: account.state == MonthState::Open,
        review: format!("/assessment/unit/{}/review?month={month}", account.unit),
        object: if may_object { object } else { String::new() },
    }
}

/// `C类，C类组第1名，共20个单位`: without the class or group a scheme does not know.
fn standing_words(account: &Account) -> String {
    let class = if account.class.is_empty() { String::new() } else { format!("{}，", account.class) };
    let group = if account.group.is_empty() { String::new() } else { format!("{}组", account.group) };
    format!("{class}{group}第{}名，共{}个单位", account.rank, account.group_size)
}

/// The month asked for; a text that is no month is a page that is not there.
pub(crate) fn asked_month(asked: &Posted) -> Result<Option<Month>, Oops> {
    match asked.one("month") {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| Problem::NotThere.into()),
    }
}

pub(crate) fn path_month(text: &str) -> Result<Month, Oops> {
    text.parse().map_err(|_| Problem::NotThere.into())
}

/// Where the facts of a period are listed.
fn facts_href(month: Month, table: Table, unit: Option<UnitId>) -> String {
    let unit = unit.map(|unit| format!("&unit={unit}")).unwrap_or_default();
    let table = percent_encoding::utf8_percent_encode(table.name(), percent_encoding::NON_ALPHANUMERIC);
    format!("/assessment/facts?month={month}&table={table}{unit}")
}

/// `GET /assessment`: the month's standing, the account of one unit beside it.
async fn standing(desk: Desk, By(who): By<Person>, asked: Asked) -> Answer {
    let month = asked_month(&asked)?;
    let wanted = asked.number("unit").map(UnitId);
    let person = who.clone();
    let (standing, account) = desk
        .run(move |app| {
            let standing = app.standing(&person, month)?;
            let first = || standing.groups.first().and_then(|group| group.rows.first()).map(|row| row.unit);
            let account = match wanted.or(person.unit).or_else(first) {
                // A unit asked for by name is there or not; one chosen here may not be scored in this period.
                Some(unit) => match app.account_of(&person, unit, standing.period.last) {
                    Err(Problem::NotThere) if wanted.is_none() => None,
                    account => Some(account?),
                },
                None => None,
            };
            Ok((standing, account))
        })
        .await?;
    desk.show(&standing_page(&desk, &who, &standing, account.as_ref()))
}

fn standing_page(desk: &Desk, who: &Person, standing: &Standing, account: Option<&Account>) -> StandingPage {
    let editor = matches!(who.role, Role::Editor | Role::Chief);
    let month = standing.period.last;
    let head = &standing.head;
    let groups = standing.groups.iter().map(|group| GroupView {
        name: words::group(&group.name).to_owned(),
        size: format!("{}个单位", group.size),
        rows: group
            .rows
            .iter()
            .map(|row| {
                let href = if editor || who.unit == Some(row.unit) {
                    format!("/assessment?month={month}&unit={}#account", row.unit)
                } else {
                    String::new()
                };
                let here = account.is_some_and(|account| account.unit == row.unit);
                let mut view = row_view(row, href, here, standing.over, &standing.period.period);
                if editor || who.unit == Some(row.unit) {
                    view.reports_href = facts_href(month, Table::Reports, Some(row.unit));
                    view.adopted_href = facts_href(month, Table::Adoptions, Some(row.unit));
                }
                view
            })
            .collect(),
    });
    let comments: usize = head.comments.iter().map(|(_, count)| count).sum();
    let levels: Vec<String> = head.comments.iter().map(|(level, count)| format!("{level}{count}")).collect();
    let asked = head.on_time + head.late + head.refused + head.missed;
    let mut duties: Vec<String> =
        [("迟报", head.late), ("拒报", head.refused), ("漏报", head.missed), ("未到期", head.waiting)]
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(name, count)| format!("{name} {count}"))
            .collect();
    duties.insert(0, "按时".to_owned());
    let sizes: Vec<String> =
        standing.groups.iter().map(|group| format!("{} {}", words::group(&group.name), group.size)).collect();
    StandingPage {
        frame: desk.frame(Room::Assessment, "考核"),
        month: standing.period.chinese(),
        this: standing.period.this(),
        months: standing
            .periods
            .iter()
            .map(|one| (one.last.to_string(), one.chinese(), *one == standing.period))
            .collect(),
        closed: match &standing.state {
            MonthState::Open => None,
            MonthState::Closed { number, .. } => Some(format!("已关账 · 计分表第{number}号")),
        },
        statement_href: match &standing.state {
            MonthState::Closed { .. } if editor => Some(format!("/assessment/statement/{month}")),
            MonthState::Closed { .. } | MonthState::Open => None,
        },
        groups_words: sizes.join(" · "),
        scheme: standing.scheme.clone(),
        scheme_href: format!("/assessment/scheme?month={month}"),
        received: head.received,
        required: head.required,
        filled: head.received >= head.required,
        adoptions: head.adoptions.to_string(),
        comments,
        comments_words: levels.join(" · "),
        on_time: format!("{}/{asked}", head.on_time),
        duties_words: duties.join(" · "),
        // What a reporter may list is their own unit's: only where the figures are too, a figure opens.
        figures: if editor || !standing.whole {
            [Table::Reports, Table::Adoptions, Table::Comments, Table::Duties]
                .map(|table| facts_href(month, table, None))
        } else {
            [const { String::new() }; 4]
        },
        groups: groups.collect(),
        whole: standing.whole,
        account: account.map(|account| account_view(account, editor)),
        may_close: who.role == Role::Chief && standing.is_next_to_close,
        editor,
        chief: who.role == Role::Chief,
    }
}

/// `GET /assessment/unit/{unit}`: one unit's month, line by line.
async fn account(desk: Desk, By(who): By<Person>, Path(unit): Path<String>, asked: Asked) -> Answer {
    let unit: UnitId = unit.parse().map_err(|_| Problem::NotThere)?;
    let month = asked_month(&asked)?;
    let person = who.clone();
    let (account, trend) = desk
        .run(move |app| {
            let month = match month {
                Some(month) => month,
                None => app.open_period()?.last,
            };
            Ok((app.account_of(&person, unit, month)?, app.trend_of(&person, unit, month)?))
        })
        .await?;
    let editor = matches!(who.role, Role::Editor | Role::Chief);
    let (trend_chart, trend_rows, group) = charts(&account, &trend);
    desk.show(&AccountPage {
        frame: desk.frame(Room::Assessment, &account.name),
        back: format!("/assessment?month={}", account.period.last),
        sheet: format!("/assessment/unit/{}/lines.xlsx?month={}", account.unit, account.period.last),
        account: account_view(&account, editor),
        trend: trend_chart,
        trend_rows,
        group,
    })
}

/// Address, period, points, rank, mean of the group.
type TrendRow = (String, String, String, String, String);
/// A unit of the group: its name, its points, and whether it is the one that is looked at.
type PeerRow = (String, String, bool);
/// The group as a chart with its units; `None` where the ranking is not shown.
type GroupChart = Option<(chart::Chart, Vec<PeerRow>)>;

/// The charts of a unit with the tables beside them.
fn charts(account: &Account, trend: &Trend) -> (chart::Chart, Vec<TrendRow>, GroupChart) {
    let rows = trend.periods.iter().rev().map(|one| {
        (
            format!("/assessment/unit/{}?month={}", account.unit, one.period.last),
            one.period.chinese(),
            signed(one.total),
            format!("{}/{}", one.rank.0, one.rank.1),
            signed(one.mean),
        )
    });
    let peers = || trend.peers.iter().map(|peer| (peer.name.clone(), signed(peer.total), peer.own)).collect();
    let title = format!("{}组{}得分", words::group(&account.group), account.period.chinese());
    let group = (!trend.peers.is_empty()).then(|| (chart::of_group(trend, &title), peers()));
    (chart::of_periods(trend, &format!("{}各期得分", account.name)), rows.collect(), group)
}
