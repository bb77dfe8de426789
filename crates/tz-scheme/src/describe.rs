//! What a rule does, in sentences made from its parts: for the printed table and for telling two schemes apart.

use tz_model::{Name, Points};

use crate::mechanism::{
    Base, BestInGroup, Body, Combine, Condition, Count, Counted, Credit, Each, Givers, Later, Measure, Measured,
    Multiply, Per, Places, Price, QuotaRule, Rule, Scale, Share, Sharing, Span, Target, Threshold, Together, Veto,
    Whom, Within, Worth,
};

/// What a rule does, a sentence for each part; the rows of a price table are left to the caller.
pub fn describe(rule: &Rule) -> Vec<String> {
    let mut all = match &rule.body {
        Body::Facts(facts) => {
            let by = facts.by.as_ref().map_or(String::new(), |by| format!("，按“{by}”查分值"));
            let day = facts.day.as_ref().map_or(String::new(), |day| format!("，按“{day}”归期"));
            vec![format!("表“{}”{}每件计分{by}{day}。", facts.table.name(), having(&facts.when))]
        }
        Body::Multiply(multiply) => vec![self::multiply(multiply)],
        Body::Combine(combine) => self::combine(combine),
        Body::Share(share) => vec![self::share(share)],
        Body::Start(start) => {
            vec![format!("{}有“{}”{}。", start.span.chinese(), start.item.name, fen(start.item.points))]
        }
        Body::Quota(quota) => self::quota(quota),
        Body::Yearly(yearly) => vec![format!(
            "全年有事项“{}”的计“{}”{}，没有的计“{}”{}。",
            yearly.event,
            yearly.done.name,
            fen(yearly.done.points),
            yearly.undone.name,
            fen(yearly.undone.points)
        )],
        Body::Cap(cap) => {
            let per = cap.per.as_ref().map_or(String::new(), |per| format!("，按“{per}”各自封顶"));
            vec![format!("{}的得分{}最多 {} 分{per}。", names(&cap.of), cap.span.chinese(), cap.at_most)]
        }
        Body::Floor(floor) => {
            let within = if floor.within.is_empty() {
                "总分".to_owned()
            } else {
                format!("{}的得分", names(&floor.within))
            };
            vec![format!("{}的扣分不使{}{within}低于 {} 分。", names(&floor.of), floor.span.chinese(), floor.at_least)]
        }
        Body::Veto(veto) => vec![self::veto(veto)],
        Body::Scale(scale) => vec![self::scale(scale)],
        Body::Credit(credit) => vec![self::credit(credit)],
        Body::RollUp(roll_up) => {
            let how = match roll_up.how {
                Together::Sum => "合计",
                Together::Mean => "平均",
                Together::Best => "最高",
            };
            vec![format!("{}下属单位总分的{how}{}计入主管单位。", roll_up.span.chinese(), part(roll_up.part))]
        }
        Body::LastInGroup(last) => {
            let then = last
                .then
                .as_ref()
                .map_or(String::new(), |(after, kind)| format!("连续{after}期的，再提出“{}”。", kind.name()));
            let letter = letter(last.letter.as_ref());
            let (places, running) = (last.last, last.running);
            let span = match last.span {
                Span::Period => String::new(),
                Span::Week | Span::Quarter | Span::HalfYear | Span::Year => format!("按{}的分，", last.span.chinese()),
            };
            vec![format!("{span}连续{running}期排在组内后{places}位的，“{}”{letter}。{then}", last.outcome.name())]
        }
        Body::LastOfStatus(last) => {
            let (status, places) = (&last.status, last.last);
            vec![format!("{status}直报点年度总分排在后{places}位的，“{}”。", last.outcome.name())]
        }
        Body::BestInGroup(best) => vec![self::best(best)],
        Body::Threshold(threshold) => vec![self::threshold(threshold)],
    };
    if let Some(whom) = whom(&rule.whom) {
        all.push(format!("只适用于{whom}。"));
    }
    if let Some(ledger) = &rule.ledger {
        all.push(format!("记在“{ledger}”账上，不计入总分。"));
    }
    all
}

/// A row of a price table: under what conditions, and times what.
pub(crate) fn price_notes(price: &Price) -> String {
    let mut parts = Vec::new();
    if !(price.of.is_empty() || price.of.len() == 1 && price.of[0] == *price.name()) {
        parts.push(format!("指{}", plain(&price.of)));
    }
    parts.extend(price.when.iter().map(Condition::to_string));
    if let Some(times) = &price.times {
        parts.push(format!("乘以“{times}”"));
    }
    parts.join("，")
}

fn names(names: &[Name]) -> String {
    format!("“{}”", names.iter().map(|name| &**name).collect::<Vec<_>>().join("”“"))
}

fn plain(names: &[Name]) -> String {
    names.iter().map(|name| &**name).collect::<Vec<_>>().join("、")
}

fn fen(points: Points) -> String {
    format!("{points} 分")
}

/// `（形式 = 综合，字数 < 500）`, or nothing.
fn having(when: &[Condition]) -> String {
    if when.is_empty() {
        return String::new();
    }
    format!("（{}）", when.iter().map(Condition::to_string).collect::<Vec<_>>().join("，"))
}

fn part(part: Points) -> String {
    if part == 1 { String::new() } else { format!("乘以 {part} ") }
}

fn letter(letter: Option<&String>) -> String {
    letter.map_or(String::new(), |letter| format!("，并发{letter}"))
}

/// Whom a rule applies to, if not to all.
fn whom(whom: &Whom) -> Option<String> {
    let mut parts = Vec::new();
    if !whom.groups.is_empty() {
        parts.push(format!("排名组{}", plain(&whom.groups)));
    }
    if !whom.classes.is_empty() {
        parts.push(format!("类别{}", plain(&whom.classes)));
    }
    parts.extend(whom.when.iter().map(|condition| format!("单位（{condition}）")));
    (!parts.is_empty()).then(|| parts.join("，"))
}

fn multiply(rule: &Multiply) -> String {
    let times = rule.times.as_ref().map_or(String::new(), |times| format!("“{times}”"));
    let by = match (&rule.times, rule.by == 1) {
        (Some(_), true) => times,
        (Some(_), false) => format!("{times}和 {}", rule.by),
        (None, _) => format!(" {}", rule.by),
    };
    match &rule.base {
        Base::Use { when } => format!("{}{}的得分乘以{by}。", names(&rule.of), having(when)),
        Base::Item { table, when, same, each, .. } => {
            let same = if same.is_empty() { String::new() } else { format!("（只算{}相同的）", plain(same)) };
            let each = if *each { "每次都乘" } else { "只乘一次" };
            let (table, of) = (table.name(), names(&rule.of));
            format!("稿件有{table}{}的，它在{of}中的全部得分{same}乘以{by}，{each}。", having(when))
        }
    }
}

fn combine(rule: &Combine) -> Vec<String> {
    let item = if rule.per.iter().map(|name| &**name).eq(["稿件编号"]) {
        "同一稿件".to_owned()
    } else {
        format!("{}相同的", plain(&rule.per))
    };
    let within = match rule.within {
        Within::Ever => "",
        Within::Year => "本年内",
        Within::Period => "本期内",
    };
    let mut ways = Vec::new();
    ways.extend(rule.families.iter().map(|family| format!("{}里只计最高的", names(family))));
    if !rule.once_per.is_empty() {
        ways.push(format!("{}相同的只计最高一次", plain(&rule.once_per)));
    }
    match rule.best {
        Some(1) => ways.push("只计最高一次".to_owned()),
        Some(best) => ways.push(format!("只计最高的{best}次")),
        None => {}
    }
    if !rule.rest.is_zero() {
        ways.push(format!("其余的乘以 {}", rule.rest));
    }
    if !rule.added.is_empty() {
        ways.push(format!("{}另外加计", names(&rule.added)));
    }
    if ways.is_empty() {
        return vec![format!("{item}{within}多次得到的{}，每次都计，累加。", names(&rule.of))];
    }
    let later = match rule.later {
        Later::Difference => "后来更高的，补计差额。",
        Later::Nothing => "先有的为准，后来的不再计。",
    };
    vec![format!("{item}{within}多次得到的{}，{}。", names(&rule.of), ways.join("，")), later.to_owned()]
}

fn share(rule: &Share) -> String {
    let how = match &rule.how {
        Sharing::Full => "每个单位都计全分".to_owned(),
        Sharing::Equal => "平分".to_owned(),
        Sharing::InOrder(parts) => {
            let parts: Vec<String> = parts.iter().map(Points::to_string).collect();
            format!("按署名次序以 {} 分", parts.join(" : "))
        }
        Sharing::Fixed { first, others } => format!("排在第一的计 {first} 分，其他的各计 {others} 分"),
        Sharing::Column(column) => format!("按“{column}”所填的份额分"),
    };
    format!("几个单位共同署名的{}{}，{how}。", names(&rule.of), having(&rule.when))
}

fn quota(rule: &QuotaRule) -> Vec<String> {
    let needs: Vec<String> =
        rule.needs.iter().map(|need| format!("{}{}", counted(&need.count), target(&need.target))).collect();
    let mut all = vec![format!("{}任务：{}。", rule.span.chinese(), needs.join("，并且"))];
    let mut part = |what: &str, worth: &Worth, more: String| {
        all.push(format!("{what}计“{}”{}{more}。", worth.name, fen(worth.points)));
    };
    if let Some(met) = &rule.met {
        part("完成的", met, String::new());
    }
    let more = |each: &Each| {
        let most = each.at_most.map_or(String::new(), |most| format!("，最多计{most}个"));
        let per = match each.per {
            None => String::new(),
            Some(Per::Number(number)) => format!("（每 {number} 个算一个）"),
            Some(Per::OfTarget(part)) => format!("（每达任务的 {part} 算一个）"),
        };
        per + &most
    };
    if let Some(over) = &rule.over {
        part("每多一个", &over.worth, more(over));
    }
    if let Some(short) = &rule.short {
        part("每少一个", &short.worth, more(short));
    }
    if let Some(unmet) = &rule.unmet {
        part("没有完成的", unmet, String::new());
    }
    if let Some(proportion) = &rule.proportion {
        let most = if proportion.capped { "，不超过此数" } else { "，超过的照加" };
        part("按完成的比例", &proportion.worth, most.to_owned());
    }
    for (from, worth) in &rule.steps {
        part(&format!("达到任务的 {from} 的"), worth, String::new());
    }
    if let Some(void) = &rule.void {
        all.push(format!("没有完成的，收回{}的得分（“{}”）。", names(&void.of), void.item.name));
    }
    all
}

fn counted(count: &Count) -> String {
    let facts = |counted: &Counted| format!("{}{}", counted.table.name(), having(&counted.when));
    match count {
        Count::Facts(counted) => {
            let weights: Vec<String> =
                counted.weights.iter().map(|(when, counts)| format!("{}折合 {counts}", having(when))).collect();
            let weights =
                if weights.is_empty() { String::new() } else { format!("（其中{}）", weights.join("，")) };
            format!("{}的件数{weights}", facts(counted))
        }
        Count::Points(of) => format!("{}的得分", names(of)),
        Count::Rate(above, below) => format!("{}占{}的比率", facts(above), facts(below)),
    }
}

fn target(target: &Target) -> String {
    match target {
        Target::Class => "达到本类别的任务".to_owned(),
        Target::Number(number) => format!("达到 {number}"),
        Target::ByClass(all) => {
            let all: Vec<String> = all.iter().map(|(class, number)| format!("{class} {number}")).collect();
            format!("达到 {}", all.join("、"))
        }
        Target::Column(column, times) if *times == 1 => format!("达到单位的“{column}”"),
        Target::Column(column, times) => format!("达到单位的“{column}”乘以 {times}"),
    }
}

fn veto(rule: &Veto) -> String {
    let void = if rule.void.is_empty() { "总分".to_owned() } else { format!("{}的得分", names(&rule.void)) };
    let part = if rule.part == 1 { "全部作废".to_owned() } else { format!("作废 {}", rule.part) };
    let (span, table, count) = (rule.span.chinese(), rule.table.name(), rule.count);
    format!("{span}有{table}{}满{count}次的，{void}{part}。", having(&rule.when))
}

fn scale(rule: &Scale) -> String {
    let of = if rule.of.is_empty() { "总分".to_owned() } else { format!("{}的得分", names(&rule.of)) };
    let full = rule.full;
    let measure = match &rule.measure {
        Measure::Target(target) => format!("{}的为 {full} 分，其余按比例", self::target(target)),
        Measure::Best => format!("等于组内最高分的为 {full} 分，其余按比例"),
        Measure::Mean => format!("等于组内平均分的为 {full} 分，其余按比例"),
        Measure::Rank(Places::Less(less)) => format!("组内第 1 名 {full} 分，每低一名少 {less} 分"),
        Measure::Rank(Places::Steps(rows)) => {
            let rows: Vec<String> = rows.iter().map(|(to, points)| format!("到第 {to} 名 {points} 分")).collect();
            format!("按组内名次，{}，其后不得分", rows.join("、"))
        }
    };
    let capped = match rule.measure {
        Measure::Target(_) | Measure::Mean if rule.capped => "，最多满分",
        Measure::Target(_) | Measure::Mean | Measure::Best | Measure::Rank(_) => "",
    };
    let weight = if rule.weight == 1 { String::new() } else { format!("，再乘以权重 {}", rule.weight) };
    let decimals = rule.decimals.map_or(String::new(), |decimals| format!("，四舍五入到{decimals}位小数"));
    format!("{}{of}折算：{measure}{capped}{weight}{decimals}。", rule.span.chinese())
}

fn credit(rule: &Credit) -> String {
    let from = match rule.from {
        Givers::DirectPoints => "直报点",
        Givers::Children => "有主管单位的单位",
    };
    let when = match rule.span {
        Span::Year => "年终",
        Span::Week | Span::Period | Span::Quarter | Span::HalfYear => "当期",
    };
    let keeps = if rule.point_keeps { "自己的分不减" } else { "从自己的分中转出" };
    let own = if rule.own_groups.is_empty() { String::new() } else { format!("，{}除外", plain(&rule.own_groups)) };
    format!("{from}在{}的得分{}{when}计入主管单位，{keeps}{own}。", names(&rule.of), part(rule.part))
}

fn best(rule: &BestInGroup) -> String {
    let mut text = format!("{}各组{}前{}名", rule.span.chinese(), measured(&rule.of), rule.first);
    if !rule.by_group.is_empty() {
        let groups: Vec<String> = rule.by_group.iter().map(|(group, first)| format!("{group}前{first}名")).collect();
        text.push_str(&format!("（{}）", groups.join("、")));
    }
    if !rule.needs.is_empty() {
        text.push_str(&format!("，须有{}", names(&rule.needs)));
    }
    if !rule.barred.is_empty() {
        text.push_str(&format!("，有{}的不列入", names(&rule.barred)));
    }
    format!("{text}，“{}”{}。", rule.outcome.name(), letter(rule.letter.as_ref()))
}

fn threshold(rule: &Threshold) -> String {
    let running = if rule.running == 1 { String::new() } else { format!("连续{}段", rule.running) };
    let (span, what) = (rule.span.chinese(), measured(&rule.of));
    let letter = letter(rule.letter.as_ref());
    format!("{span}{what} {} {} {running}的，“{}”{letter}。", rule.how.mark(), rule.with, rule.outcome.name())
}

fn measured(measured: &Measured) -> String {
    match measured {
        Measured::Total => "总分".to_owned(),
        Measured::Sum(of) => format!("{}的得分", names(of)),
        Measured::Facts(counted) => format!("{}{}的件数", counted.table.name(), having(&counted.when)),
        Measured::Lines(lines) => format!("{}的次数", names(lines)),
        Measured::Rank => "名次".to_owned(),
        Measured::Progress => "比上年同期增加的分".to_owned(),
    }
}
