//! 约谈批评建议: whom the section proposes to call to an interview or to criticise, for the head of the office to decide (N2.7).

use jiff::civil::Date;

use crate::{
    compose::Origin,
    kinds::PaperKind,
    paper::Paper,
    template::{Template, Values},
    text::{date, figure},
};

/// What is proposed after a close. Empty lists leave no trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposals {
    /// The office.
    pub office: String,
    /// What was closed: `2018年6月`.
    pub period: String,
    /// To whom the paper is put.
    pub to: String,
    /// Name of the scheme it rests on.
    pub scheme: String,
    /// Units to be interviewed.
    pub interviews: Vec<ProposedUnit>,
    /// When the interviews are to be; empty where nobody is called.
    pub time: String,
    /// Where.
    pub place: String,
    /// Who holds them.
    pub chair: String,
    /// Units to be criticised by circular.
    pub criticisms: Vec<ProposedUnit>,
    /// Date of the paper.
    pub date: Date,
}

/// One unit a proposal is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposedUnit {
    /// Unit.
    pub unit: String,
    /// Its ranking group.
    pub group: String,
    /// Points, formatted.
    pub points: String,
    /// Rank and size of the group: `20/21`.
    pub rank: String,
    /// Why.
    pub reason: String,
}

/// The proposals as a paper, worded as `template` says.
pub fn proposals(proposals: &Proposals, template: &Template) -> Paper {
    let unit = |unit: &ProposedUnit| {
        Values::default()
            .text("名称", &unit.unit)
            .text("组名", &unit.group)
            .text("得分", figure(&unit.points))
            .text("位次", &unit.rank)
            .text("理由", unit.reason.trim_end_matches('。'))
    };
    let values = Values::default()
        .text("发文机关", &proposals.office)
        .text("周期", &proposals.period)
        .text("呈送", &proposals.to)
        .text("计分办法", &proposals.scheme)
        .list("约谈单位", proposals.interviews.iter().map(unit))
        .text("约谈时间", &proposals.time)
        .text("约谈地点", &proposals.place)
        .text("主持", &proposals.chair)
        .list("批评单位", proposals.criticisms.iter().map(unit))
        .text("日期", date(proposals.date));
    let origin = Origin {
        office: proposals.office.clone(),
        date: proposals.date,
        kind: PaperKind::Proposals.name(),
        proof: false,
    };
    super::set(PaperKind::Proposals, template, &values, origin)
}
