//! 《政务信息采用情况通报》: its values. The sentences around them stand in its template.

use jiff::civil::Date;

use crate::{
    compose::Origin,
    kinds::PaperKind,
    paper::Paper,
    parts::Block,
    template::{Template, Values},
    text::{date, figure, name_list, one_line},
    title::title_lines,
};

/// A month's bulletin (采用情况通报, N2.7). Figures and sentences come formatted; empty lists leave no trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bulletin {
    /// Full name of the issuing office, `滕州市人民政府办公室`; the head adds 文件.
    pub office: String,
    /// Urgency, if any; secrecy never, as the system holds nothing secret.
    pub urgency: Option<Urgency>,
    /// Number (发文字号); without one its line stays free.
    pub number: Option<BulletinNumber>,
    /// Title. A line break in it is kept, otherwise the lines are made by [`crate::title_lines`].
    pub title: String,
    /// Addressees (主送) as one text; the colon at the end is added. They move to the end matter if page 1 would have
    /// no body text.
    pub addressees: String,
    /// How tables and annexes name the period: `6月份`, `第三季度`.
    pub month_label: String,
    /// True if what closes together is a month: then months are spoken of, else periods (期).
    pub monthly: bool,
    /// The id of the ruling that late facts are entered by (R14); empty where the scheme names none.
    pub ruling: String,
    /// Body text; headings are numbered together with those added here (往月更正, 约谈, 通报批评).
    pub paragraphs: Vec<Block>,
    /// What stands behind the sections added here, such as demands (工作要求); numbered on with them.
    pub closing: Vec<Block>,
    /// One table of points for each ranking group (排名组), as the first annex.
    pub groups: Vec<GroupTable>,
    /// Items adopted, as the second annex.
    pub adopted: Vec<AdoptedRow>,
    /// Corrections of closed months (更正, R14), as an annex of their own.
    pub corrections: Vec<CorrectionRow>,
    /// Units called to an interview (约谈, R10).
    pub interviews: Vec<NamedUnit>,
    /// Units put forward for criticism by circular (通报批评, R10).
    pub criticisms: Vec<NamedUnit>,
    /// Whether room for a seal is left.
    pub signature: Signature,
    /// Date of the document (成文日期).
    pub date: Date,
    /// 报, in the end matter: higher leaders.
    pub report_to: Vec<String>,
    /// 发, in the end matter: lower units.
    pub issue_to: Vec<String>,
    /// 抄送, in the end matter.
    pub copies_to: Vec<String>,
    /// Date of printing (印发).
    pub printed: Date,
}

/// Urgency (紧急程度), above the head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// 特急
    MostUrgent,
    /// 加急
    Urgent,
}

/// Number of an official document (发文字号): `滕政办字〔2018〕12号`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentNumber {
    /// Body code (机关代字): `滕政办字`.
    pub code: String,
    /// Year, in full.
    pub year: i16,
    /// Running number, written without leading zeros.
    pub number: u32,
}

/// What stands under the issuing body's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BulletinNumber {
    /// The office gives it a number among its documents (发文字号).
    Document(DocumentNumber),
    /// It is numbered by itself, anew each year (期号): `2018年第5期`.
    Issue {
        /// Year, in full.
        year: i16,
        /// Running number within the year.
        number: u32,
    },
}

/// Whether a seal will be set on the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signature {
    /// Two lines free above it, the name centred on the date.
    Seal,
    /// One line free above it.
    NoSeal,
}

/// The table of one ranking group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupTable {
    /// Name: `镇街`, `A类`.
    pub name: String,
    /// Rows in the order in which they are printed.
    pub rows: Vec<RankRow>,
}

/// One unit in a table of points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankRow {
    /// 位次 (R9).
    pub rank: u32,
    /// Unit.
    pub unit: String,
    /// Items submitted in the month.
    pub submitted: u32,
    /// Items asked for (报送任务, F2).
    pub quota: u32,
    /// Items adopted.
    pub adopted: u32,
    /// Points, formatted.
    pub points: String,
}

/// One adopted item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdoptedRow {
    /// Title of the item.
    pub title: String,
    /// Unit or units.
    pub unit: String,
    /// Where it was used: `政务信息交流第12期`.
    pub used_in: String,
    /// Points, formatted.
    pub points: String,
}

/// One correction of a closed month (R14).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectionRow {
    /// Unit.
    pub unit: String,
    /// The closed month: `2018年5月`.
    pub month: String,
    /// The fact.
    pub reason: String,
    /// Points entered now, formatted with their sign.
    pub points: String,
}

/// A unit and why it is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedUnit {
    /// Unit.
    pub unit: String,
    /// Reason, as a phrase: `连续两个月位列镇街后三位`.
    pub reason: String,
}

/// The bulletin as a paper, worded as `template` says.
pub fn bulletin(bulletin: &Bulletin, template: &Template) -> Paper {
    let origin =
        Origin { office: bulletin.office.clone(), date: bulletin.date, kind: PaperKind::Bulletin.name(), proof: false };
    super::set(PaperKind::Bulletin, template, &values(bulletin), origin)
}

fn values(bulletin: &Bulletin) -> Values {
    let urgency = match bulletin.urgency {
        Some(Urgency::MostUrgent) => "特急",
        Some(Urgency::Urgent) => "加急",
        None => "",
    };
    let list = |names: &[String]| name_list(names).unwrap_or_default();
    let ruling = match one_line(&bulletin.ruling) {
        ruling if ruling.is_empty() => String::new(),
        ruling => format!("（计分办法解释{ruling}）"),
    };
    Values::default()
        .text("发文机关", &bulletin.office)
        .text("紧急程度", urgency)
        .text("字号", bulletin.number.as_ref().map_or_else(String::new, BulletinNumber::text))
        .lines("标题", title_lines(&bulletin.title).join("\n"))
        .text("主送", one_line(&bulletin.addressees).trim_end_matches(['：', ':', '。']))
        .text("月份", &bulletin.month_label)
        .text("一期", if bulletin.monthly { "月" } else { "期" })
        .text("各期", if bulletin.monthly { "月份" } else { "各期" })
        .text("期别", if bulletin.monthly { "月份" } else { "周期" })
        .text("更正依据", ruling)
        .blocks("正文", bulletin.paragraphs.clone())
        .blocks("结尾", bulletin.closing.clone())
        .blocks("约谈名单", named_units(&bulletin.interviews))
        .blocks("批评名单", named_units(&bulletin.criticisms))
        .list("排名组", bulletin.groups.iter().filter(|group| !group.rows.is_empty()).map(group))
        .list("采用稿件", bulletin.adopted.iter().map(adopted))
        .list("更正", bulletin.corrections.iter().map(correction))
        .flag("盖章", bulletin.signature == Signature::Seal)
        .text("日期", date(bulletin.date))
        .text("印发日期", date(bulletin.printed))
        .text("报", list(&bulletin.report_to))
        .text("发", list(&bulletin.issue_to))
        .text("抄送", list(&bulletin.copies_to))
}

impl BulletinNumber {
    fn text(&self) -> String {
        match self {
            Self::Document(number) => number.text(),
            Self::Issue { year, number } => format!("{year}年第{number}期"),
        }
    }
}

impl DocumentNumber {
    /// As it is printed: `滕政办字〔2018〕12号`.
    pub(crate) fn text(&self) -> String {
        format!("{}〔{}〕{}号", one_line(&self.code), self.year, self.number)
    }
}

fn named_units(units: &[NamedUnit]) -> Vec<Block> {
    let sentence = |(index, named): (usize, &NamedUnit)| {
        let end = if index + 1 == units.len() { "。" } else { "；" };
        let reason = one_line(&named.reason);
        let reason = reason.trim_end_matches(['。', '；']);
        let unit = one_line(&named.unit);
        let sentence = if reason.is_empty() { format!("{unit}{end}") } else { format!("{unit}：{reason}{end}") };
        if units.len() == 1 { Block::Text(sentence) } else { Block::Heading3(sentence) }
    };
    units.iter().enumerate().map(sentence).collect()
}

fn group(group: &GroupTable) -> Values {
    let row = |row: &RankRow| {
        Values::default()
            .text("位次", row.rank.to_string())
            .text("名称", &row.unit)
            .text("报送篇数", row.submitted.to_string())
            .text("报送任务", row.quota.to_string())
            .text("采用篇数", row.adopted.to_string())
            .text("得分", figure(&row.points))
    };
    Values::default().text("组名", &group.name).list("单位", group.rows.iter().map(row))
}

fn adopted(row: &AdoptedRow) -> Values {
    Values::default()
        .text("稿题", &row.title)
        .text("名称", &row.unit)
        .text("采用刊物", &row.used_in)
        .text("得分", figure(&row.points))
}

fn correction(row: &CorrectionRow) -> Values {
    Values::default()
        .text("名称", &row.unit)
        .text("所属月份", &row.month)
        .text("事项", &row.reason)
        .text("加减分", figure(&row.points))
}
