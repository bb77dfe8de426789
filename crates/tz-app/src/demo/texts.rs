//! Made-up items: titles and texts put together from the matters in `topics.rs`. Nothing here happened.

use super::dice::Dice;
use super::topics::{ANY, TOPICS, Topic};

/// A made-up item.
pub(super) struct Made {
    pub title: String,
    pub body: String,
    /// A problem rather than good news (N3.2).
    pub worry: bool,
}

/// What a sentence of a topic is filled with: numbers, the unit, names. One filling goes through one item from its first
/// sentence to its last, so that 村 and 村民 stay the same.
struct Filling<'a> {
    unit: &'a str,
    village: String,
    surname: &'static str,
    dice: Dice,
}

impl Filling<'_> {
    /// Puts what it stands for into every `{…}` of a sentence.
    fn fill(&mut self, sentence: &str) -> String {
        let mut out = String::with_capacity(sentence.len());
        let (mut before, mut last) = (0, 0);
        let mut rest = sentence;
        while let Some((text, more)) = rest.split_once('{') {
            out.push_str(text);
            let (slot, more) = more.split_once('}').unwrap_or((more, ""));
            rest = more;
            match slot {
                "unit" => out.push_str(self.unit),
                "village" => out.push_str(&self.village),
                "surname" => out.push_str(self.surname),
                "<" => {
                    (before, last) = (last, last * self.dice.between(900, 990) / 1000);
                    out.push_str(&last.to_string());
                }
                "=" => out.push_str(&tenths(last * 1000 / before.max(1))),
                range => {
                    let (low, high) = range.split_once('-').unwrap_or((range, range));
                    if low.contains('.') {
                        let number = self.dice.between(in_tenths(low), in_tenths(high));
                        out.push_str(&tenths(number));
                        // A number that ends in 万 or 亿 is nothing a share could be taken of.
                        (before, last) = (last, number / 10);
                    } else {
                        (before, last) = (last, rounded(self.dice.between(in_tenths(low) / 10, in_tenths(high) / 10)));
                        out.push_str(&last.to_string());
                    }
                }
            }
        }
        out.push_str(rest);
        out
    }

    /// A clause without the mark at its end, to be joined to others.
    fn some_result(&mut self, topic: &Topic, place: usize) -> String {
        self.fill(topic.results[place % topic.results.len()])
    }
}

/// `12.5` as 125.
fn in_tenths(text: &str) -> i64 {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    whole.parse::<i64>().unwrap_or(0) * 10 + part.parse::<i64>().unwrap_or(0)
}

/// 125 as `12.5`.
fn tenths(number: i64) -> String {
    format!("{}.{}", number / 10, number % 10)
}

/// Large numbers are reported rounded.
fn rounded(number: i64) -> i64 {
    if number >= 1000 { number / 10 * 10 } else { number }
}

fn topic(unit: &str, month: i8, dice: &mut Dice) -> &'static Topic {
    let own: Vec<&Topic> = TOPICS
        .iter()
        .filter(|topic| (topic.months.0..=topic.months.1).contains(&month))
        .filter(|topic| topic.whose != ANY && topic.whose.iter().any(|part| unit.contains(part)))
        .collect();
    let common: Vec<&Topic> = TOPICS.iter().filter(|topic| topic.whose == ANY).collect();
    if !own.is_empty() && dice.chance(62) { own[dice.index(own.len())] } else { common[dice.index(common.len())] }
}

const ORDINALS: [&str; 4] = ["一是", "二是", "三是", "四是"];
const SEASONS: [&str; 4] = ["一季度", "二季度", "三季度", "四季度"];

/// `count` steps of a topic beginning anywhere, each 一是 … with how it was done.
fn steps(topic: &Topic, count: usize, parted: &str, filling: &mut Filling<'_>) -> String {
    let start = filling.dice.index(topic.steps.len());
    let all: Vec<String> = (0..count.min(topic.steps.len()))
        .map(|step| {
            let (what, how) = topic.steps[(start + step) % topic.steps.len()];
            format!("{}{what}。{}", ORDINALS[step], filling.fill(how))
        })
        .collect();
    all.join(parted)
}

/// How a step was driven, for the longer items.
const DRIVEN: [&str; 6] = [
    "实行一周一调度、一月一通报，进度慢、效果差的由分管负责同志约谈提醒。",
    "坚持干部带头、群众参与，组织{12-60}名党员干部到一线，边干边教、边查边改。",
    "整合{3-9}个科室力量集中办公，明确{8-20}项重点任务，逐项落实到岗、责任到人。",
    "建立工作台账，完成一项销号一项，没有完成的说明原因、限期补上。",
    "邀请人大代表、政协委员和群众代表全程监督，收集意见建议{18-90}条，能改的立即改。",
    "把做法写成{2-5}页的明白纸发到基层，让干部会讲、群众能懂，并在微信群里随时解答。",
];

/// As [`steps`], each with how it was driven, a paragraph a step.
fn long_steps(topic: &Topic, filling: &mut Filling<'_>) -> String {
    let start = filling.dice.index(DRIVEN.len());
    let told = steps(topic, topic.steps.len(), "\n", filling);
    let driven = |(at, step): (usize, &str)| format!("{step}{}", filling.fill(DRIVEN[(start + at) % DRIVEN.len()]));
    told.split('\n').enumerate().map(driven).collect::<Vec<_>>().join("\n")
}

/// What hinders, each 一是 … with how it shows.
fn troubles(topic: &Topic, start: usize, count: usize, parted: &str, filling: &mut Filling<'_>) -> String {
    let all: Vec<String> = (0..count.min(topic.troubles.len()))
        .map(|at| {
            let (what, how) = topic.troubles[(start + at) % topic.troubles.len()];
            format!("{}{what}。{}", ORDINALS[at], filling.fill(how))
        })
        .collect();
    all.join(parted)
}

/// What should be done, in one sentence.
fn proposals(topic: &Topic, count: usize) -> String {
    let all: Vec<String> =
        topic.proposals.iter().zip(ORDINALS).take(count).map(|(what, ordinal)| format!("{ordinal}{what}")).collect();
    format!("{}。", all.join("；"))
}

/// How an item begins.
fn opening(topic: &Topic, unit: &str, month: i8, filling: &mut Filling<'_>) -> String {
    let (name, aim) = (topic.name, topic.aim);
    let season = SEASONS[usize::try_from((month - 1) / 3).unwrap_or(0)];
    match filling.dice.between(0, 4) {
        0 => format!("今年以来，{unit}{aim}，扎实做好{name}各项工作，取得阶段性成效。"),
        1 => format!("进入{season}，{unit}围绕{name}集中发力，{aim}，挂图作战、逐项推进。"),
        2 => format!("近日，{unit}召开专题会议研究{name}，要求{aim}，明确任务、时限和责任人，会后立即分组抓落实。"),
        3 => format!(
            "针对群众反映较多的问题，{unit}把{name}列入{month}月份重点任务，{aim}，做到有部署、有检查、有结果。"
        ),
        _ => format!("{unit}坚持问题导向，{aim}，从具体事抓起，推动{name}往深里走、往实里走。"),
    }
}

/// An item of a category by a unit in a month. One throw of the dice is taken whatever is made, so that a change here does not
/// change the rest of the year.
pub(super) fn make(unit: &str, category: &str, month: i8, dice: &mut Dice) -> Made {
    let mut dice = Dice::new(dice.between(0, i64::from(i32::MAX)).unsigned_abs());
    let topic = topic(unit, month, &mut dice);
    let name = topic.name;
    let village = format!("{}{}{}", dice.pick(SIDES), dice.pick(SURNAMES), dice.pick(VILLAGES));
    let surname = dice.pick(SURNAMES);
    let throws = (dice.index(topic.results.len()), dice.index(topic.troubles.len()), dice.between(0, 3));
    let (first, trouble, form) = throws;
    let mut filling = Filling { unit, village, surname, dice };
    let filling = &mut filling;
    let (what_hinders, _) = topic.troubles[trouble];
    match category {
        "经验亮点" => {
            let title = match form {
                0 => format!(
                    "{unit}“{}”推进{name}",
                    ["三个到位", "四步工作法", "一线工作法", "清单制"][filling.dice.index(4)]
                ),
                1 => format!("{unit}四举措做好{name}"),
                2 => format!("{unit}{name}做法见实效"),
                _ => format!("{unit}抓实{name}的主要做法"),
            };
            let body = format!(
                "{}\n{}\n目前，{}，{}，{}。{}\n下一步，{unit}将总结推广好的做法，完善长效机制，重点解决{what_hinders}等问题，力争年底前取得更大进展。",
                opening(topic, unit, month, filling),
                long_steps(topic, filling),
                filling.some_result(topic, first),
                filling.some_result(topic, first + 1),
                filling.some_result(topic, first + 2),
                filling.fill(topic.scene),
            );
            Made { title, body, worry: false }
        }
        "调研分析" => {
            let title = match form {
                0 => format!("关于{unit}{name}情况的调研"),
                1 => format!("{unit}{name}现状、问题与对策"),
                _ => format!("{unit}关于{name}的调查与思考"),
            };
            let asked = filling.fill("近期，{unit}采取实地查看、座谈走访、发放问卷等方式，走访{12-46}个村居和单位，回收有效问卷{160-680}份，");
            let causes = filling.fill("既有投入不足、历史欠账较多的客观因素，也有部门协同不够、考核导向不明、群众参与不充分的主观因素。受访的{60-160}名基层干部中，{38-62}%认为缺少稳定的资金渠道是首要制约，{21-36}%认为缺少专业人才。");
            let body = format!(
                "{asked}对{name}情况进行了专题调研。\n一、基本情况。{}，{}，{}，总体稳中向好。{}\n二、主要做法。{}\n三、存在问题。{}\n从原因看，{causes}\n四、对策建议。{}",
                filling.some_result(topic, first),
                filling.some_result(topic, first + 1),
                filling.some_result(topic, first + 2),
                filling.fill(topic.scene),
                steps(topic, 3, "", filling),
                troubles(topic, trouble, 3, "", filling),
                proposals(topic, 3),
            );
            let worry = filling.dice.chance(40);
            Made { title, body, worry }
        }
        "问题建议" => {
            let title = match form {
                0 => format!("{name}中“{what_hinders}”问题需引起关注"),
                1 => format!("{unit}反映{name}存在的问题及建议"),
                2 => format!("{what_hinders}应尽快研究解决"),
                _ => format!("关于{name}的几点建议"),
            };
            let known = filling
                .fill("据对{8-30}个村居、企业的了解，上述情况较为普遍，{26-58}%的受访者认为已经影响到日常工作或生活；");
            let body = format!(
                "{unit}反映，当前{name}取得一定成效，{}，但也存在一些亟待解决的问题。\n{}\n{known}如不及时解决，将拖慢工作进度，也容易引发新的矛盾。\n{}\n建议：{}",
                filling.some_result(topic, first),
                troubles(topic, trouble, 3, "\n", filling),
                filling.fill(topic.scene),
                proposals(topic, 3),
            );
            Made { title, body, worry: true }
        }
        "社情民意" => {
            let title = match form {
                0 => format!("群众反映{name}有关问题"),
                1 => format!("群众盼望解决{what_hinders}问题"),
                _ => format!("部分群众对{name}的意见和期盼"),
            };
            let heard = filling.fill("近日，{unit}在走访{village}等{3-9}个村居时了解到，");
            let counted =
                filling.fill("{unit}已登记同类诉求{8-60}件，逐件回访，能马上办的当场答复，需协调的报主管部门。");
            let body = format!(
                "{heard}部分群众对{name}较为关注，意见主要集中在以下方面。\n{}\n{}也有群众说，希望有关部门“多到现场看一看，把好事办实”。\n{counted}群众建议：{}",
                troubles(topic, trouble, 2, "", filling),
                filling.fill(topic.scene),
                proposals(topic, 2),
            );
            Made { title, body, worry: true }
        }
        "工作动态" => {
            let figure = filling.some_result(topic, first);
            let title = match form {
                0 => format!("{unit}扎实推进{name}"),
                1 => format!("{unit}{name}：{figure}"),
                2 => format!("{unit}{name}取得新进展"),
                _ => format!("{unit}召开{name}推进会"),
            };
            let body = format!(
                "{}{}目前，{figure}，{}。",
                opening(topic, unit, month, filling),
                steps(topic, 3, "", filling),
                filling.some_result(topic, first + 1),
            );
            Made { title, body, worry: false }
        }
        _ => {
            let title = format!("{unit}{name}有关情况");
            let body = format!(
                "{}{}{}。",
                opening(topic, unit, month, filling),
                steps(topic, 2, "", filling),
                filling.some_result(topic, first),
            );
            Made { title, body, worry: false }
        }
    }
}

const SIDES: &[&str] = &["东", "西", "前", "后", "南", "北", "大", "小"];
const VILLAGES: &[&str] = &["庄村", "楼村", "寨村", "村", "岭村", "河村"];
const SURNAMES: &[&str] = &[
    "王", "李", "张", "刘", "陈", "杨", "赵", "孙", "马", "徐", "朱", "胡", "郭", "高", "林", "何", "宋", "郑", "韩",
    "冯", "秦", "孔", "满", "渠", "殷", "颜",
];
const GIVEN: &[&str] = &[
    "建国", "志强", "海燕", "晓明", "玉兰", "文博", "慧", "磊", "静", "雪梅", "鹏", "洪涛", "丽娟", "凯", "倩", "振华",
    "春雨", "明哲", "婷婷", "峰", "红霞", "立新", "思远", "广平",
];

/// A made-up person's name.
pub(super) fn name(dice: &mut Dice) -> String {
    format!("{}{}", dice.pick(SURNAMES), dice.pick(GIVEN))
}

/// Topics of solicitations: from which month to which, topic, requirement.
const SOLICITED: &[(i8, i8, &str, &str)] = &[
    (2, 4, "春耕备耕情况", "请报送春耕备耕进度、农资储备、存在的困难和建议，不超过1500字。"),
    (1, 12, "优化营商环境做法", "请报送本单位优化营商环境的主要做法、成效和企业反映的问题，不超过2000字。"),
    (4, 8, "防汛准备情况", "请报送防汛组织、物资、预案和隐患整改情况，数据截至报送前一日。"),
    (6, 8, "夏粮收购情况", "请报送收购进度、价格走势、农民反映和建议。"),
    (1, 12, "安全生产隐患排查情况", "请报送排查整改数据、典型做法和需要上级解决的问题。"),
    (3, 12, "重点项目建设进展", "请报送项目进度、完成投资和制约因素，附项目清单。"),
    (1, 12, "脱贫攻坚经验做法", "请报送可复制推广的做法，突出数据和事例。"),
    (8, 10, "秋季开学情况", "请报送开学组织、校园安全、大班额化解情况。"),
    (10, 12, "冬季供暖保障情况", "请报送热源、管网、价格和群众诉求情况。"),
    (3, 11, "农村人居环境整治情况", "请报送整治进度、长效机制和经费保障情况。"),
    (1, 4, "企业用工情况", "请报送用工缺口、工资水平、招工难的原因和建议。"),
    (1, 2, "节日市场供应情况", "请报送货源、价格、监管和值班情况。"),
    (9, 12, "节日市场供应情况", "请报送货源、价格、监管和值班情况。"),
];

/// Topic and requirement of a solicitation sent in a month.
pub(super) fn solicited(month: i8, dice: &mut Dice) -> (&'static str, &'static str) {
    let fitting: Vec<(&str, &str)> = SOLICITED
        .iter()
        .filter(|(from, to, _, _)| (*from..=*to).contains(&month))
        .map(|&(_, _, topic, requirement)| (topic, requirement))
        .collect();
    fitting[dice.index(fitting.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNITS: [&str; 8] = ["滨湖镇", "荆河街道", "商务局", "环保局", "教育局", "公安局", "农业局", "移动公司"];

    #[test]
    fn every_made_item_is_filled_in_whole_and_of_a_lifelike_length() {
        let mut dice = Dice::new(7);
        let mut wrong = Vec::new();
        for unit in UNITS {
            for (category, lengths) in [
                ("工作动态", 200..=500),
                ("经验亮点", 450..=1200),
                ("调研分析", 550..=1500),
                ("问题建议", 330..=1200),
                ("社情民意", 280..=900),
                ("其他", 130..=500),
            ] {
                for round in 0..60 {
                    let made = make(unit, category, 1 + round % 12, &mut dice);
                    let count = tz_text::word_count(&made.body);
                    if !lengths.contains(&count) {
                        wrong.push(format!("{category} has {count}: {}", made.body));
                    }
                    let all = format!("{}{}", made.title, made.body);
                    if all.contains(['{', '}', '#'])
                        || ["。。", "，，", "；。", "。，", "。；"].iter().any(|bad| all.contains(bad))
                    {
                        wrong.push(format!("{category} is not whole: {all}"));
                    }
                    if made.title.chars().count() > 60 {
                        wrong.push(format!("a long title: {}", made.title));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{} wrong, such as {}", wrong.len(), wrong[0]);
    }

    #[test]
    fn a_share_is_that_of_the_two_numbers_before_it() {
        let mut filling = Filling { unit: "滨湖镇", village: String::new(), surname: "王", dice: Dice::new(1) };
        assert_eq!(filling.fill("受理{200-200}件，办结{<}件").matches("200").count(), 1);
        let text = filling.fill("受理{1000-1000}件，办结{<}件，办结率{=}%");
        let (done, share) = text
            .trim_start_matches("受理1000件，办结")
            .trim_end_matches('%')
            .split_once("件，办结率")
            .expect("the sentence keeps its shape");
        let done: i64 = done.parse().expect("a number");
        assert_eq!(share, format!("{}.{}", done / 10, done % 10));
    }

    #[test]
    fn one_item_takes_one_throw_whatever_it_is() {
        let left = |category: &str| {
            let mut dice = Dice::new(42);
            make("滨湖镇", category, 6, &mut dice);
            dice.between(0, 1_000_000)
        };
        assert_eq!(left("工作动态"), left("调研分析"));
    }
}
