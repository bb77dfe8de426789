//! Letters (信函): 反馈函, 约谈通知, 告知函.

use jiff::civil::Date;

use super::{DocumentNumber, Signature};
use crate::{
    compose::Origin,
    kinds::PaperKind,
    paper::Paper,
    parts::Block,
    template::{Template, Values},
    text::{date, figure, name_list},
};

/// Whom to ask.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contact {
    /// Name; empty leaves the contact out.
    pub name: String,
    /// Telephone.
    pub phone: String,
}

impl Contact {
    fn add_to(&self, values: Values) -> Values {
        values.text("联系人", &self.name).text("电话", &self.phone)
    }
}

/// 《政务信息工作反馈函》, to the head of a unit called to an interview (N2.7, R10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedbackLetter {
    /// The issuing office.
    pub office: String,
    /// Number (发文字号), if it has one.
    pub number: Option<DocumentNumber>,
    /// The letter's name, `滕州市政务信息工作反馈函`.
    pub name: String,
    /// The unit.
    pub unit: String,
    /// Its head, by name or as `主要负责同志`.
    pub head: String,
    /// Its ranking group.
    pub group: String,
    /// The months in which it was among the last, oldest first.
    pub months: Vec<FeedbackMonth>,
    /// What is amiss, a paragraph each.
    pub problems: Vec<String>,
    /// Until when measures are to be reported, `7月20日`.
    pub answer_by: String,
    /// Whom to ask.
    pub contact: Contact,
    /// Whether room for a seal is left.
    pub signature: Signature,
    /// Date of the letter.
    pub date: Date,
    /// 抄送.
    pub copies_to: Vec<String>,
}

/// One month in a feedback letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedbackMonth {
    /// `2018年5月`.
    pub month: String,
    /// Items submitted.
    pub submitted: u32,
    /// Items asked for.
    pub quota: u32,
    /// Items adopted.
    pub adopted: u32,
    /// Points, formatted.
    pub points: String,
    /// Rank in the group.
    pub rank: u32,
    /// Units in the group.
    pub units: u32,
}

/// The feedback letter as a paper, worded as `template` says.
pub fn feedback_letter(letter: &FeedbackLetter, template: &Template) -> Paper {
    let month = |month: &FeedbackMonth| {
        Values::default()
            .text("月份名", &month.month)
            .text("报送篇数", month.submitted.to_string())
            .text("报送任务", month.quota.to_string())
            .text("采用篇数", month.adopted.to_string())
            .text("得分", figure(&month.points))
            .text("位次", format!("{}/{}", month.rank, month.units))
    };
    let values = Values::default()
        .text("发文机关", &letter.office)
        .text("字号", number(letter.number.as_ref()))
        .text("函名", &letter.name)
        .text("单位", &letter.unit)
        .text("负责人", &letter.head)
        .text("排名组", &letter.group)
        .text("月数", count(letter.months.len()))
        .list("月份", letter.months.iter().map(month))
        .blocks("问题", letter.problems.iter().map(|problem| Block::Text(problem.clone())).collect())
        .text("反馈期限", &letter.answer_by)
        .flag("盖章", letter.signature == Signature::Seal)
        .text("日期", date(letter.date))
        .text("抄送", name_list(&letter.copies_to).unwrap_or_default());
    let origin = Origin {
        office: letter.office.clone(),
        date: letter.date,
        kind: PaperKind::FeedbackLetter.name(),
        proof: false,
    };
    super::set(PaperKind::FeedbackLetter, template, &letter.contact.add_to(values), origin)
}

/// 约谈通知: a unit is called to an interview (N2.7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InterviewNotice {
    /// The issuing office.
    pub office: String,
    /// Number (发文字号), if it has one.
    pub number: Option<DocumentNumber>,
    /// The unit.
    pub unit: String,
    /// Why, as a phrase: `5月、6月连续两个月位列镇街后三位`.
    pub reason: String,
    /// When, `2018年7月18日（星期三）下午3时`.
    pub time: String,
    /// Where.
    pub place: String,
    /// Who holds it.
    pub chair: String,
    /// Who of the unit attends.
    pub attendants: String,
    /// What to prepare.
    pub prepare: Vec<String>,
    /// Until when the attendants are to be named.
    pub answer_by: String,
    /// Whom to ask.
    pub contact: Contact,
    /// Whether room for a seal is left.
    pub signature: Signature,
    /// Date of the notice.
    pub date: Date,
}

/// The interview notice as a paper, worded as `template` says.
pub fn interview_notice(notice: &InterviewNotice, template: &Template) -> Paper {
    let values = Values::default()
        .text("发文机关", &notice.office)
        .text("字号", number(notice.number.as_ref()))
        .text("单位", &notice.unit)
        .text("事由", notice.reason.trim_end_matches('。'))
        .text("时间", &notice.time)
        .text("地点", &notice.place)
        .text("主持", &notice.chair)
        .text("参加人员", &notice.attendants)
        .list("准备材料", notice.prepare.iter().map(|what| Values::default().text("内容", what)))
        .text("回执期限", &notice.answer_by)
        .flag("盖章", notice.signature == Signature::Seal)
        .text("日期", date(notice.date));
    let origin = Origin {
        office: notice.office.clone(),
        date: notice.date,
        kind: PaperKind::InterviewNotice.name(),
        proof: false,
    };
    super::set(PaperKind::InterviewNotice, template, &notice.contact.add_to(values), origin)
}

/// 告知函: a unit learns what of its items was adopted and what that earns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdoptionNotice {
    /// The issuing office.
    pub office: String,
    /// Number (发文字号), if it has one.
    pub number: Option<DocumentNumber>,
    /// The unit.
    pub unit: String,
    /// Its adoptions, oldest first.
    pub adoptions: Vec<NoticedAdoption>,
    /// Their points together, formatted.
    pub total: String,
    /// Leaders' comments on them, a paragraph each.
    pub comments: Vec<String>,
    /// Whether room for a seal is left.
    pub signature: Signature,
    /// Date of the letter.
    pub date: Date,
}

/// One adoption in an adoption notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticedAdoption {
    /// Title of the item.
    pub title: String,
    /// Where it was used: `政务信息交流第12期`.
    pub used_in: String,
    /// When: `6月29日`.
    pub date: String,
    /// 独编, 综合, 一句话; may be empty.
    pub form: String,
    /// Points, formatted.
    pub points: String,
}

/// The adoption notice as a paper, worded as `template` says.
pub fn adoption_notice(notice: &AdoptionNotice, template: &Template) -> Paper {
    let adoption = |adoption: &NoticedAdoption| {
        Values::default()
            .text("稿题", &adoption.title)
            .text("采用刊物", &adoption.used_in)
            .text("采用日期", &adoption.date)
            .text("形式", &adoption.form)
            .text("得分", figure(&adoption.points))
    };
    let values = Values::default()
        .text("发文机关", &notice.office)
        .text("字号", number(notice.number.as_ref()))
        .text("单位", &notice.unit)
        .list("采用", notice.adoptions.iter().map(adoption))
        .text("总分", figure(&notice.total))
        .blocks("批示", notice.comments.iter().map(|comment| Block::Text(comment.clone())).collect())
        .flag("盖章", notice.signature == Signature::Seal)
        .text("日期", date(notice.date));
    let origin = Origin {
        office: notice.office.clone(),
        date: notice.date,
        kind: PaperKind::AdoptionNotice.name(),
        proof: false,
    };
    super::set(PaperKind::AdoptionNotice, template, &values, origin)
}

fn number(number: Option<&DocumentNumber>) -> String {
    number.map_or_else(String::new, DocumentNumber::text)
}

/// A number as it counts things: 两个月, not 二个月.
fn count(number: usize) -> String {
    if number == 2 { "两".to_owned() } else { crate::text::numeral(number) }
}
