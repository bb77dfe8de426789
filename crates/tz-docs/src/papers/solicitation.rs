//! 约稿通知单: units are asked for items (N2.2).

use jiff::civil::Date;

use crate::{
    compose::Origin,
    kinds::PaperKind,
    paper::Paper,
    template::{Template, Values},
    text::date,
};

/// A notice that asks units for items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SolicitationNotice {
    /// The office that asks.
    pub office: String,
    /// 编号, `约〔2018〕7号`; may be empty.
    pub number: String,
    /// The units asked.
    pub units: Vec<String>,
    /// What is asked for.
    pub topics: Vec<SolicitedTopic>,
    /// Where answers by mail go; empty leaves the sentence out.
    pub mailbox: String,
    /// Date of the notice.
    pub date: Date,
}

/// One topic asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SolicitedTopic {
    /// 题目
    pub title: String,
    /// 要求
    pub requirements: String,
    /// 字数, `1500字以内`
    pub words: String,
    /// 截止时间, `7月12日17时`
    pub deadline: String,
    /// 联系人
    pub contact: String,
}

/// The notice as a paper, worded as `template` says.
pub fn solicitation_notice(notice: &SolicitationNotice, template: &Template) -> Paper {
    let topic = |topic: &SolicitedTopic| {
        Values::default()
            .text("题目名", &topic.title)
            .text("要求", &topic.requirements)
            .text("字数", &topic.words)
            .text("截止时间", &topic.deadline)
            .text("联系人", &topic.contact)
    };
    let values = Values::default()
        .text("发文机关", &notice.office)
        .text("编号", &notice.number)
        .text("单位", notice.units.join("、"))
        .list("题目", notice.topics.iter().map(topic))
        .text("报送邮箱", &notice.mailbox)
        .text("日期", date(notice.date));
    let origin = Origin {
        office: notice.office.clone(),
        date: notice.date,
        kind: PaperKind::SolicitationNotice.name(),
        proof: false,
    };
    super::set(PaperKind::SolicitationNotice, template, &values, origin)
}
