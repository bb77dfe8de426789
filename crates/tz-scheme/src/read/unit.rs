//! Rules of a unit as a whole: `start`, `quota`, `yearly`.

use tz_model::{Points, Table};

use crate::mechanism::{
    Body, ColumnKind, Count, Counted, Each, Need, Per, Proportion, QuotaRule, Start, Target, Void, Worth, YearlyRule,
};
use crate::read::Context;
use crate::read::condition::conditions;
use crate::read::context::Once;
use crate::read::outline::Reach;
use crate::read::rule::{Read, of, span, worth};
use crate::toml::{At, Node};

pub(crate) fn start(context: &mut Context<'_>, node: &Node<'_>) -> Read {
    let worth = worth(node)?;
    if worth.value.points.is_zero() {
        context.reader.fault(worth.at, "基础分是零，等于没有。请改正，或删去本条。");
    }
    Some(Body::Start(Start { item: worth.value, span: span(node) }))
}

pub(crate) fn yearly(node: &Node<'_>) -> Read {
    let part = |key: &str| Some(worth(&node.table(key)?)?.value);
    Some(Body::Yearly(YearlyRule { event: node.name("event")?.value, done: part("done")?, undone: part("undone")? }))
}

pub(crate) fn quota(context: &mut Context<'_>, place: usize, node: &Node<'_>) -> Read {
    let mut needs = vec![need(context, place, node)];
    for also in node.tables("also") {
        needs.push(need(context, place, &also));
    }
    let parts = ["met", "over", "short", "unmet", "proportion", "steps", "void"];
    if !parts.iter().any(|part| node.has(part)) {
        let sentence =
            "任务没有写完成或没完成怎样计分。请写 met、over、short、unmet、proportion、steps、void 中的一项或几项。";
        context.reader.fault(node.at, sentence);
    }
    let gain = |context: &mut Context<'_>, key: &str| sign(context, node, key, true);
    let (met, proportion) = (gain(context, "met"), gain(context, "proportion"));
    let capped = node.table("proportion").is_none_or(|table| table.yes("capped"));
    let over = each(context, node, "over", true);
    let short = each(context, node, "short", false);
    let unmet = sign(context, node, "unmet", false);
    let steps = steps(context, node);
    let void = node.table("void").and_then(|table| {
        let of = of(context, place, &table, "of", Reach::Before);
        Some(Void { item: crate::read::rule::line(&table)?, of })
    });
    Some(Body::Quota(QuotaRule {
        needs: needs.into_iter().collect::<Option<_>>()?,
        span: span(node),
        met,
        over,
        short,
        unmet,
        proportion: proportion.map(|worth| Proportion { worth, capped }),
        steps,
        void,
    }))
}

/// One part's line, whose points must add (or take away).
fn sign(context: &mut Context<'_>, node: &Node<'_>, key: &str, gain: bool) -> Option<Worth> {
    let worth = worth(&node.table(key)?)?;
    check_sign(context, &worth, gain, key == "unmet");
    Some(worth.value)
}

fn check_sign(context: &mut Context<'_>, worth: &At<Worth>, gain: bool, or_nothing: bool) {
    let points = worth.value.points;
    let good = if gain { !points.is_negative() } else { points.is_negative() || (or_nothing && points.is_zero()) };
    if !good {
        let wish = if gain { "不能小于零" } else { "应当小于零，例如 -1" };
        context.reader.fault(worth.at, format!("“{}”的分值{wish}。请改正。", worth.value.name));
    }
}

fn each(context: &mut Context<'_>, node: &Node<'_>, key: &str, gain: bool) -> Option<Each> {
    let table = node.table(key)?;
    let worth = worth(&table)?;
    check_sign(context, &worth, gain, false);
    let per = table.number("per").map(|per| {
        if per.value.is_negative() || per.value.is_zero() {
            context.reader.fault(per.at, format!("per（每多少算一个）是 {}，应当大于零。请改正。", per.value));
        }
        let of_target = table.words("per").is_some_and(|text| text.value.contains(['%', '％']));
        if of_target { Per::OfTarget(per.value) } else { Per::Number(per.value) }
    });
    Some(Each { worth: worth.value, per, at_most: table.count("at_most") })
}

fn steps(context: &mut Context<'_>, node: &Node<'_>) -> Vec<(Points, Worth)> {
    let mut steps: Vec<(Points, Worth)> = Vec::new();
    for row in node.tables("steps") {
        let (Some(from), Some(worth)) = (row.number("from"), worth(&row)) else { continue };
        if let Some((before, _)) = steps.last()
            && from.value >= *before
        {
            let sentence =
                format!("分档要从高到低写：“{}”的起点不低于上一档，永远轮不到它。请调整次序。", worth.value.name);
            context.reader.fault(from.at, sentence);
        }
        steps.push((from.value, worth.value));
    }
    steps
}

/// One thing asked for: what is counted, and how much of it.
fn need(context: &mut Context<'_>, place: usize, node: &Node<'_>) -> Option<Need> {
    let target = target(context, node);
    let count = count(context, place, node);
    if target.is_none() && node.names_task() {
        return None;
    }
    let target = target.unwrap_or(Target::Class);
    if target == Target::Class && matches!(&count, Some(Count::Points(_) | Count::Rate(..))) {
        let sentence = "没有写任务数。类别的任务（class 的 total）是篇数，得分和比率请写 target 或 targets。";
        context.reader.fault(node.at, sentence);
    }
    Some(Need { count: count?, target })
}

fn count(context: &mut Context<'_>, place: usize, node: &Node<'_>) -> Option<Count> {
    let counts = node.chosen("count");
    if let Some(rate) = node.table("rate") {
        for key in ["count", "when", "points_of", "weights"] {
            if node.has(key) {
                let sentence = format!("写了 rate（比率）就不再写 {key}。请删去，或移到 rate 里。");
                node.fault(&mut context.reader, key, sentence);
            }
        }
        let part = |context: &mut Context<'_>, key: &str, when: &str| {
            let table = Table::named(rate.words(key)?.value)?;
            Some(Counted { table, when: conditions(context, &rate, when, &[table]), weights: Vec::new() })
        };
        return Some(Count::Rate(part(context, "count", "when")?, part(context, "over", "over_when")?));
    }
    if counts == "分" {
        if !node.has("points_of") {
            context.reader.fault(node.at, "count = \"分\" 的任务缺少 points_of（计哪些规则的分）。请补上。");
        }
        for key in ["when", "weights"] {
            if node.has(key) {
                let sentence = format!("count = \"分\" 时不能写 {key}。请改写 points_of，或改计事实。");
                node.fault(&mut context.reader, key, sentence);
            }
        }
        return Some(Count::Points(of(context, place, node, "points_of", Reach::Before)));
    }
    if node.has("points_of") {
        let sentence = "points_of 只用于 count = \"分\"。请改正一处。";
        node.fault(&mut context.reader, "points_of", sentence);
    }
    Some(Count::Facts(counted(context, node, Table::named(counts)?)))
}

/// Facts to be counted, with their weights.
pub(crate) fn counted(context: &mut Context<'_>, node: &Node<'_>, table: Table) -> Counted {
    let when = conditions(context, node, "when", &[table]);
    let mut weights = Vec::new();
    for row in node.tables("weights") {
        let when = conditions(context, &row, "when", &[table]);
        if let Some(counts) = row.number("counts") {
            if counts.value.is_negative() {
                context.reader.fault(counts.at, format!("折合为 {} 不能小于零。请改正。", counts.value));
            }
            weights.push((when, counts.value));
        }
    }
    Counted { table, when, weights }
}

/// How much is asked for; `None` where the class's task is meant or the target is faulty.
pub(crate) fn target(context: &mut Context<'_>, node: &Node<'_>) -> Option<Target> {
    if node.has("target") && node.has("targets") {
        node.fault(&mut context.reader, "targets", "target 和 targets 只能写一个。请删去一个。");
    }
    if node.has("targets") {
        let mut once = Once::new("单位类别");
        let mut all = Vec::new();
        for row in node.tables("targets") {
            if let (Some(class), Some(items)) = (row.name("class"), row.number("items")) {
                context.classes.check(&mut context.reader, &class);
                once.add(&mut context.reader, &class);
                positive(context, &items);
                all.push((class.value, items.value));
            }
        }
        return Some(Target::ByClass(all));
    }
    if let Some(table) = node.table("target") {
        let column = table.name("column")?;
        let column = context.own_column(&[Table::Units], &column, ColumnKind::Number)?;
        return Some(Target::Column(column, table.number_or_default("times")));
    }
    let number = node.number("target")?;
    positive(context, &number);
    Some(Target::Number(number.value))
}

fn positive(context: &mut Context<'_>, number: &At<Points>) {
    if number.value.is_negative() || number.value.is_zero() {
        context.reader.fault(number.at, format!("任务数 {} 应当大于零。没有任务的请不要写。", number.value));
    }
}
