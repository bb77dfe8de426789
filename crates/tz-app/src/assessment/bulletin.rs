//! The words of 《政务信息采用情况通报》 (N2.7): from a statement and the facts it rests on, nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use tz_docs::{
    AdoptedRow, Block, Bulletin, BulletinNumber, CorrectionRow, GroupTable, NamedUnit, RankRow, Signature, Template,
    bulletin,
};
use tz_model::{Channel, FactId, OutcomeKind, Period, Points, Table, UnitId, UnitPeriod};
use tz_scheme::{Answer, Body, Scheme};
use tz_store::ledger::FactRow;

use super::close::file_label;
use super::ground::{Ground, last_of_groups, names_by_id};
use super::pages::answer_of;
use super::statement::{CORRECTION, Statement};
use super::superseding::Superseding;

/// More units than that are counted instead of named in a sentence.
const NAMED: usize = 12;

/// How the bulletin's file is called, without the ending.
pub(crate) fn stem(period: &Period) -> String {
    format!("{}政务信息采用情况通报", file_label(period))
}

/// The bulletin of a closed period, or the one that supersedes it.
pub(crate) fn made(
    statement: &Statement,
    ground: &Ground,
    wording: &Template,
    superseding: Option<&Superseding>,
) -> tz_docs::Paper {
    let (month, period) = (statement.month, &statement.period);
    let made_at = superseding.map_or(statement.closed_at, |superseding| superseding.made_at);
    let date = tz_model::shanghai_date(tz_store::moment(made_at));
    let title = format!("{}关于{}政务信息采用情况的通报", statement.office, period.chinese());
    let (addressees, report_to, issue_to) = match superseding {
        Some(anew) => (&anew.addressees, &anew.report_to, &anew.issue_to),
        None => (&statement.addressees, &statement.report_to, &statement.issue_to),
    };
    let mut paragraphs = paragraphs(statement, ground);
    if let Some(anew) = superseding {
        paragraphs.splice(0..0, anew.said_first(statement));
    }
    let outcomes = |kind: OutcomeKind| -> Vec<NamedUnit> {
        let all = statement.outcomes.iter().filter(|outcome| outcome.kind == kind);
        all.map(|outcome| NamedUnit { unit: outcome.unit.to_string(), reason: reason(&outcome.why) }).collect()
    };
    let values = Bulletin {
        office: statement.office.clone(),
        urgency: None,
        number: statement.bulletin_number.map(|number| BulletinNumber::Issue { year: month.year(), number }),
        title: superseding.map_or(title.clone(), |anew| format!("{title}（更正第{}号）", anew.number)),
        addressees: addressees.clone(),
        month_label: period.within_year(),
        monthly: period.is_month(),
        ruling: late_facts(&ground.scheme),
        paragraphs,
        closing: vec![Block::Heading1("工作要求".to_owned()), Block::Text(demands(statement, &ground.scheme))],
        groups: groups(&statement.units, &ground.scheme),
        adopted: adopted(statement, ground),
        corrections: corrections(&statement.units),
        interviews: outcomes(OutcomeKind::Interview),
        criticisms: outcomes(OutcomeKind::Criticism),
        signature: Signature::Seal,
        date,
        report_to: vec![report_to.clone()],
        issue_to: vec![issue_to.clone()],
        copies_to: Vec::new(),
        printed: date,
    };
    bulletin(&values, wording)
}

/// Why a unit is named, without what follows from it: that stands in the section's heading, and once among the demands.
pub(super) fn reason(why: &str) -> String {
    let end = ["，应当", "，提出"].iter().filter_map(|follows| why.find(follows)).min();
    why[..end.unwrap_or(why.len())].to_owned()
}

/// Ranking groups in the scheme's order, then any other.
pub(crate) fn group_names(units: &[(UnitId, UnitPeriod)], scheme: &Scheme) -> Vec<String> {
    let mut names: Vec<String> = scheme.groups().iter().map(ToString::to_string).collect();
    let others: BTreeSet<&str> = units.iter().map(|(_, unit)| &*unit.group).collect();
    let more: Vec<String> =
        others.into_iter().filter(|name| !names.iter().any(|known| known == name)).map(str::to_owned).collect();
    names.extend(more);
    names.retain(|name| units.iter().any(|(_, unit)| *unit.group == **name));
    names
}

/// The units of a group by rank, equal ones in the directory's order.
pub(crate) fn ranked<'u>(units: &'u [(UnitId, UnitPeriod)], group: &str) -> Vec<&'u (UnitId, UnitPeriod)> {
    let mut of: Vec<_> = units.iter().filter(|(_, unit)| &*unit.group == group).collect();
    of.sort_by_key(|(_, unit)| unit.score.rank);
    of
}

/// Adoptions among a unit's lines, each counted once.
pub(crate) fn adoptions(unit: &UnitPeriod) -> BTreeSet<&FactId> {
    let own = unit.score.lines.iter().filter(|line| &*line.rule != CORRECTION);
    own.flat_map(|line| &line.facts).filter(|fact| fact.table == Table::Adoptions).collect()
}

fn groups(units: &[(UnitId, UnitPeriod)], scheme: &Scheme) -> Vec<GroupTable> {
    let row = |(_, unit): &(UnitId, UnitPeriod)| RankRow {
        rank: unit.score.rank,
        unit: unit.unit.to_string(),
        submitted: unit.score.quota.as_ref().map_or(0, |quota| quota.received),
        quota: unit.score.quota.as_ref().map_or(0, |quota| quota.required),
        adopted: u32::try_from(adoptions(unit).len()).unwrap_or(u32::MAX),
        points: unit.score.total.to_string(),
    };
    let table = |name: String| GroupTable { rows: ranked(units, &name).into_iter().map(row).collect(), name };
    group_names(units, scheme).into_iter().map(table).collect()
}

fn adopted(statement: &Statement, ground: &Ground) -> Vec<AdoptedRow> {
    let names = names_by_id(&ground.units);
    let year = statement.month.year();
    let earned = earned(&statement.units);
    // What no scored unit earned is shown by its price.
    let price = |kind: &str| {
        let found = ground.scheme.adoption_kinds().iter().find(|price| **price.name() == *kind);
        found.map_or(Points::ZERO, |price| price.points()).to_string()
    };
    let mut rows: Vec<_> = ground.rows.iter().filter(|row| row.fact_table == Table::Adoptions.name()).collect();
    rows.sort_by_key(|row| (&row.date, row.seq));
    let shown = rows.into_iter().map(|row| {
        let units: Vec<&str> = row.unit_ids().iter().filter_map(|id| names.get(id)).map(|name| &**name).collect();
        let note = row.note.as_deref().filter(|note| !note.is_empty());
        AdoptedRow {
            title: row.title.clone().unwrap_or_else(|| "（未登记标题）".to_owned()),
            unit: units.join("、"),
            used_in: note.map_or_else(|| row.name.clone(), |note| used_in(&row.name, note, year)),
            points: earned.get(row.key.as_str()).map_or_else(|| price(&row.name), |points| points.join("、")),
        }
    });
    shown.collect()
}

/// What each use brought to its units, by its key: once where all have the same.
fn earned(units: &[(UnitId, UnitPeriod)]) -> BTreeMap<&str, Vec<String>> {
    let mut all: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (_, unit) in units {
        let mut own: BTreeMap<&str, (Points, bool)> = BTreeMap::new();
        for line in unit.score.lines.iter().filter(|line| &*line.rule != CORRECTION) {
            if let [fact] = line.facts.as_slice()
                && fact.table == Table::Adoptions
            {
                let (points, waits) = own.entry(&fact.key).or_default();
                *points += line.points;
                *waits |= line.waiting.is_some();
            }
        }
        for (key, (points, waits)) in own {
            let shown = if waits { "待定".to_owned() } else { points.to_string() };
            let of = all.entry(key).or_default();
            if !of.contains(&shown) {
                of.push(shown);
            }
        }
    }
    all
}

/// `《每日要情》第98期`, or the kind of adoption with its remark. The bulletin's own year is left out: its title says it.
fn used_in(kind: &str, note: &str, year: i16) -> String {
    let note = note.replace(&format!("》{year}年第"), "》第");
    if note.contains('期') || note.contains('《') { note } else { format!("{kind}（{note}）") }
}

fn corrections(units: &[(UnitId, UnitPeriod)]) -> Vec<CorrectionRow> {
    let mut rows = Vec::new();
    for (_, unit) in units {
        for line in unit.score.lines.iter().filter(|line| &*line.rule == CORRECTION) {
            let label = line.item.split_once(' ').map(|(label, _)| label);
            rows.push(CorrectionRow {
                unit: unit.unit.to_string(),
                month: label.map(Period::label_in_chinese).unwrap_or_default(),
                reason: line.why.trim_start_matches("更正：").to_owned(),
                points: line.points.signed(),
            });
        }
    }
    rows
}

/// The ruling by which late facts are entered in the open period (R14); empty where the scheme names none.
fn late_facts(scheme: &Scheme) -> String {
    let reading = scheme.readings().iter().find(|reading| &*reading.key == "late-facts");
    reading.map(|reading| reading.clause.to_string()).unwrap_or_default()
}

fn paragraphs(statement: &Statement, ground: &Ground) -> Vec<Block> {
    let scheme = &ground.scheme;
    let mut blocks = vec![Block::Text(format!(
        "根据《{}》，现将{}政务信息报送和采用情况通报如下。",
        scheme.name(),
        statement.period.chinese()
    ))];
    blocks.push(Block::Heading1("总体情况".to_owned()));
    blocks.push(Block::Text(overall(statement, ground)));
    blocks.push(Block::Heading1("得分情况".to_owned()));
    for name in group_names(&statement.units, scheme) {
        blocks.push(Block::Text(standing(&statement.units, &name, scheme)));
    }
    if has_quotas(statement) {
        blocks.push(Block::Heading1("报送任务完成情况".to_owned()));
        blocks.push(Block::Text(quotas(statement)));
    }
    if let Some(text) = comments(statement) {
        blocks.push(Block::Heading1("领导批示情况".to_owned()));
        blocks.push(Block::Text(text));
    }
    if let Some(text) = solicitations(statement, scheme) {
        blocks.push(Block::Heading1("约稿完成情况".to_owned()));
        blocks.push(Block::Text(text));
    }
    // Interviews and criticisms have sections of their own behind these.
    let others: Vec<Block> = statement
        .outcomes
        .iter()
        .filter(|outcome| matches!(outcome.kind, OutcomeKind::Other(_)))
        .map(|outcome| Block::Text(format!("{}：{}", outcome.unit, outcome.why)))
        .collect();
    if !others.is_empty() {
        blocks.push(Block::Heading1("考核结果".to_owned()));
        blocks.extend(others);
    }
    if let Some(year) = &statement.year {
        blocks.push(Block::Heading1(format!("{}年度情况", year.year)));
        for name in group_names(&year.units, scheme) {
            blocks.push(Block::Text(standing(&year.units, &name, scheme)));
        }
        blocks.extend(year.outcomes.iter().map(|outcome| Block::Text(format!("{}：{}", outcome.unit, outcome.why))));
    }
    blocks
}

/// True if any unit has a task of its class: a scheme may set none, or set them otherwise.
fn has_quotas(statement: &Statement) -> bool {
    statement.units.iter().any(|(_, unit)| unit.score.quota.is_some())
}

/// Items of the period that count, whether or not anything asks for them.
fn received(ground: &Ground) -> usize {
    let counts = |row: &FactRow| {
        row.fact_table == Table::Reports.name()
            && row.counted
            && row.repeats.is_none()
            && row.channel.as_deref() != Some(Channel::Paper.name())
    };
    ground.rows.iter().filter(|row| counts(row)).count()
}

fn overall(statement: &Statement, ground: &Ground) -> String {
    let (units, scheme) = (&statement.units, &ground.scheme);
    let quotas: Vec<_> = units.iter().filter_map(|(_, unit)| unit.score.quota.as_ref()).collect();
    let (received, required) = quotas
        .iter()
        .fold((0, 0), |(received, required), quota| (received + quota.received, required + quota.required));
    let met = quotas.iter().filter(|quota| quota.short == 0).count();
    let all: BTreeSet<&FactId> = units.iter().flat_map(|(_, unit)| adoptions(unit)).collect();
    let with = units.iter().filter(|(_, unit)| !adoptions(unit).is_empty()).count();
    let mut text = if quotas.is_empty() {
        format!(
            "{}，纳入考核的{}个单位共报送政务信息{}篇。",
            statement.period.within_year(),
            units.len(),
            self::received(ground)
        )
    } else {
        format!(
            "{}，纳入考核的{}个单位共报送政务信息{received}篇，{}报送任务{required}篇。其中，完成报送任务的单位{met}个，未完成的{}个。",
            statement.period.within_year(),
            units.len(),
            then(statement),
            quotas.len() - met,
        )
    };
    if all.is_empty() {
        text.push_str("各级刊物没有采用记录。");
    } else {
        let _ = write!(text, "各级刊物采用{}篇次，涉及{with}个单位。", all.len());
    }
    let levels = by_level(units);
    let comments: usize = levels.iter().map(|(_, count)| count).sum();
    if comments > 0 {
        let _ = write!(text, "获得领导批示{comments}件次。");
    }
    let answers = answers(units, scheme);
    let asked: usize = answers.values().sum();
    if asked > 0 {
        let on_time = answers.get(&Answer::OnTime).copied().unwrap_or(0);
        let _ = write!(text, "约稿应报{asked}条，按时报送{on_time}条。");
    }
    text
}

/// `镇街：得分居前的是…；位列后三位的是…。`
fn standing(units: &[(UnitId, UnitPeriod)], group: &str, scheme: &Scheme) -> String {
    let of = ranked(units, group);
    let name = |(_, unit): &(UnitId, UnitPeriod)| format!("{}（{}分）", unit.unit, unit.score.total);
    let firsts: Vec<_> = of.iter().filter(|(_, unit)| unit.score.rank <= 3 && unit.score.total > 0).collect();
    let first = match firsts.len() {
        0 => "没有单位得分".to_owned(),
        count if count > NAMED => format!("{count}个单位并列居前"),
        _ => format!("得分居前的是{}", firsts.iter().map(|unit| name(unit)).collect::<Vec<_>>().join("、")),
    };
    let places = scheme.rules().iter().filter_map(|rule| match &rule.body {
        Body::LastInGroup(last) => Some(last.last as usize),
        _ => None,
    });
    let Some(places) = places.max() else {
        return format!("{}：{first}。", if group.is_empty() { "全部单位" } else { group });
    };
    let lasts = last_of_groups(&of, places);
    let last: Vec<_> = of.iter().filter(|(id, _)| lasts.contains(id)).collect();
    let end = match last.len() {
        0 => String::new(),
        count if count > NAMED => format!("；分数相同、并列后{}位的单位有{count}个", chinese_digit(places)),
        _ => {
            let names: Vec<String> = last.iter().map(|unit| name(unit)).collect();
            format!("；位列后{}位的是{}", chinese_digit(places), names.join("、"))
        }
    };
    let group = if group.is_empty() { "全部单位" } else { group };
    format!("{group}（{}个单位）：{first}{end}。", of.len())
}

pub(crate) fn chinese_digit(number: usize) -> String {
    const DIGITS: [&str; 11] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
    DIGITS.get(number).map_or_else(|| number.to_string(), |digit| (*digit).to_owned())
}

/// The word for the period in a paper that has named it: `当月`, or `当期` where it is no month.
fn then(statement: &Statement) -> &'static str {
    if statement.period.is_month() { "当月" } else { "当期" }
}

fn quotas(statement: &Statement) -> String {
    let mut short: Vec<(&str, u32)> = statement
        .units
        .iter()
        .filter_map(|(_, unit)| Some((&*unit.unit, unit.score.quota.as_ref()?.short)))
        .filter(|(_, short)| *short > 0)
        .collect();
    short.sort_by_key(|(_, short)| std::cmp::Reverse(*short));
    let name = |(unit, short): &(&str, u32)| format!("{unit}（少报{short}篇）");
    match short.len() {
        0 => format!("各单位均完成{}报送任务。", then(statement)),
        count if count <= NAMED => {
            let names: Vec<String> = short.iter().map(name).collect();
            format!("未完成报送任务的单位有{count}个：{}。", names.join("、"))
        }
        count => {
            let most = short.first().map_or(0, |(_, short)| *short);
            let names: Vec<String> = short.iter().filter(|(_, short)| *short == most).map(name).collect();
            let worst = if names.len() <= NAMED {
                format!("少报较多的是{}", names.join("、"))
            } else {
                format!("其中{}个单位各少报{most}篇", names.len())
            };
            format!("未完成报送任务的单位有{count}个，{worst}。各单位报送篇数与任务见附件。")
        }
    }
}

/// Comments by level, in the order they first stand in the lines; one comment of two units counts once.
pub(crate) fn by_level(units: &[(UnitId, UnitPeriod)]) -> Vec<(String, usize)> {
    let mut seen: BTreeSet<&FactId> = BTreeSet::new();
    let mut levels: Vec<(String, usize)> = Vec::new();
    for line in units.iter().flat_map(|(_, unit)| &unit.score.lines).filter(|line| &*line.rule != CORRECTION) {
        for fact in line.facts.iter().filter(|fact| fact.table == Table::Comments) {
            if seen.insert(fact) {
                match levels.iter_mut().find(|(level, _)| **level == *line.item) {
                    Some((_, count)) => *count += 1,
                    None => levels.push((line.item.to_string(), 1)),
                }
            }
        }
    }
    levels
}

fn comments(statement: &Statement) -> Option<String> {
    let units = &statement.units;
    let levels = by_level(units);
    let all: usize = levels.iter().map(|(_, count)| count).sum();
    if all == 0 {
        return None;
    }
    let each: Vec<String> = levels.iter().map(|(level, count)| format!("{level}{count}件次")).collect();
    let whose: Vec<&str> = units
        .iter()
        .filter(|(_, unit)| {
            unit.score
                .lines
                .iter()
                .any(|line| &*line.rule != CORRECTION && line.facts.iter().any(|fact| fact.table == Table::Comments))
        })
        .map(|(_, unit)| &*unit.unit)
        .collect();
    let whose = if whose.len() > NAMED {
        format!("涉及{}个单位", whose.len())
    } else {
        format!("报送单位为{}", whose.join("、"))
    };
    let then = then(statement);
    Some(format!("{then}政务信息获得领导批示{all}件次，其中{}，{whose}。", each.join("、")))
}

/// Duties by how they were met; a duty of two units counts for each.
pub(crate) fn answers(units: &[(UnitId, UnitPeriod)], scheme: &Scheme) -> BTreeMap<Answer, usize> {
    let mut all: BTreeMap<Answer, usize> = BTreeMap::new();
    for line in units.iter().flat_map(|(_, unit)| &unit.score.lines) {
        if let Some(answer) = answer_of(scheme, line) {
            *all.entry(answer).or_default() += 1;
        }
    }
    all
}

fn solicitations(statement: &Statement, scheme: &Scheme) -> Option<String> {
    let units = &statement.units;
    let all = answers(units, scheme);
    let asked: usize = all.values().sum();
    if asked == 0 {
        return None;
    }
    let each: Vec<String> = Answer::ALL
        .into_iter()
        .filter_map(|answer| Some((answer, *all.get(&answer)?)))
        .map(|(answer, count)| {
            let what = if answer == Answer::OnTime { "按时报送" } else { answer.name() };
            format!("{what}{count}条")
        })
        .collect();
    let mut text = format!("{}约稿应报{asked}条，{}。", then(statement), each.join("、"));
    for answer in [Answer::Late, Answer::Refused, Answer::Missed] {
        let whose: Vec<&str> = units
            .iter()
            .filter(|(_, unit)| unit.score.lines.iter().any(|line| answer_of(scheme, line) == Some(answer)))
            .map(|(_, unit)| &*unit.unit)
            .collect();
        if !whose.is_empty() && whose.len() <= NAMED {
            let _ = write!(text, "{}的单位：{}。", answer.name(), whose.join("、"));
        }
    }
    Some(text)
}

/// What is asked of the units: only what this period's figures give reason for.
fn demands(statement: &Statement, scheme: &Scheme) -> String {
    let short = statement.units.iter().any(|(_, unit)| unit.score.quota.as_ref().is_some_and(|quota| quota.short > 0));
    let tasks = if has_quotas(statement) { "对照报送任务，" } else { "" };
    let mut text = format!("各单位要{tasks}及时、准确、全面报送政务信息，坚持喜忧兼报，注重分析研判，提高信息质量。");
    if short {
        text.push_str("未完成报送任务的单位，要查找原因，落实责任，补齐所缺类别。");
    }
    if statement.outcomes.iter().any(|outcome| outcome.kind == OutcomeKind::Interview) {
        let letter = scheme.rules().iter().find_map(|rule| match &rule.body {
            Body::LastInGroup(last) => last.letter.as_deref(),
            _ => None,
        });
        if let Some(letter) = letter {
            let _ = write!(text, "对列入约谈的单位，另行向其主要负责人寄发{letter}。");
        }
        text.push_str("列入约谈的单位，要在约谈前提出改进措施，约谈后抓好落实。");
    }
    let open = if statement.period.is_month() { "月份" } else { "一期" };
    let _ = write!(
        text,
        "各单位对得分有异议的，可登录系统查看每一项得分的依据，并向信息科提出；经核实确需更正的，计入未关账的{open}。"
    );
    text
}
