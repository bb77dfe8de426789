//! 年度考核通报: the year's totals and ranks, and what follows from them (N2.6).

use jiff::civil::Date;

use super::{DocumentNumber, NamedUnit, Signature};
use crate::{
    compose::Origin,
    kinds::PaperKind,
    paper::Paper,
    parts::Block,
    template::{Template, Values},
    text::{date, figure, name_list},
};

/// The circular of a year. Figures and sentences come formatted; empty lists leave no trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnnualCircular {
    /// The issuing office; the head adds 文件.
    pub office: String,
    /// Number (发文字号), if it has one.
    pub number: Option<DocumentNumber>,
    /// The year.
    pub year: i16,
    /// Addressees (主送) as one text.
    pub addressees: String,
    /// Name of the scheme it rests on.
    pub scheme: String,
    /// Body text.
    pub paragraphs: Vec<Block>,
    /// Units praised.
    pub praised: Vec<NamedUnit>,
    /// Units criticised.
    pub criticised: Vec<NamedUnit>,
    /// Units that lose the status of direct reporting point (N2.4).
    pub lost_points: Vec<NamedUnit>,
    /// What is asked for in the next year.
    pub closing: Vec<Block>,
    /// One table for each ranking group, each an annex.
    pub groups: Vec<AnnualGroup>,
    /// Whether room for a seal is left.
    pub signature: Signature,
    /// Date of the document.
    pub date: Date,
    /// Date of printing (印发).
    pub printed: Date,
    /// 报
    pub report_to: Vec<String>,
    /// 发
    pub issue_to: Vec<String>,
    /// 抄送
    pub copies_to: Vec<String>,
}

/// The table of one ranking group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnnualGroup {
    /// Name: `镇街`, `A类`.
    pub name: String,
    /// Rows in the order in which they are printed.
    pub rows: Vec<AnnualRow>,
}

/// One unit's year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnnualRow {
    /// 位次 (R9).
    pub rank: u32,
    /// Unit.
    pub unit: String,
    /// Items submitted in the year.
    pub submitted: u32,
    /// Items asked for in the year.
    pub quota: u32,
    /// Items adopted.
    pub adopted: u32,
    /// Leaders' comments.
    pub comments: u32,
    /// The months' points together, formatted.
    pub monthly: String,
    /// What the year's end adds or takes, formatted.
    pub annual: String,
    /// Total, formatted.
    pub total: String,
}

/// The circular as a paper, worded as `template` says.
pub fn annual_circular(circular: &AnnualCircular, template: &Template) -> Paper {
    let named = |units: &[NamedUnit]| -> Vec<Values> {
        let values = |unit: &NamedUnit| {
            Values::default().text("名称", &unit.unit).text("理由", unit.reason.trim_end_matches(['。', '；']))
        };
        units.iter().map(values).collect()
    };
    let list = |names: &[String]| name_list(names).unwrap_or_default();
    let values = Values::default()
        .text("发文机关", &circular.office)
        .text("字号", circular.number.as_ref().map_or_else(String::new, DocumentNumber::text))
        .text("年度", circular.year.to_string())
        .text("主送", &circular.addressees)
        .text("计分办法", &circular.scheme)
        .blocks("正文", circular.paragraphs.clone())
        .list("先进单位", named(&circular.praised))
        .list("批评单位", named(&circular.criticised))
        .list("直报点", named(&circular.lost_points))
        .blocks("结尾", circular.closing.clone())
        .list("排名组", circular.groups.iter().filter(|group| !group.rows.is_empty()).map(group))
        .flag("盖章", circular.signature == Signature::Seal)
        .text("日期", date(circular.date))
        .text("印发日期", date(circular.printed))
        .text("报", list(&circular.report_to))
        .text("发", list(&circular.issue_to))
        .text("抄送", list(&circular.copies_to));
    let origin = Origin {
        office: circular.office.clone(),
        date: circular.date,
        kind: PaperKind::AnnualCircular.name(),
        proof: false,
    };
    super::set(PaperKind::AnnualCircular, template, &values, origin)
}

fn group(group: &AnnualGroup) -> Values {
    let row = |row: &AnnualRow| {
        Values::default()
            .text("位次", row.rank.to_string())
            .text("名称", &row.unit)
            .text("报送篇数", row.submitted.to_string())
            .text("报送任务", row.quota.to_string())
            .text("采用篇数", row.adopted.to_string())
            .text("批示件数", row.comments.to_string())
            .text("月度得分", figure(&row.monthly))
            .text("年终加减", figure(&row.annual))
            .text("总分", figure(&row.total))
    };
    Values::default().text("组名", &group.name).list("单位", group.rows.iter().map(row))
}
