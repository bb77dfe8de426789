//! 上报稿: an item as it is sent to a higher office.

use jiff::civil::Date;

use crate::{
    compose::Origin,
    kinds::PaperKind,
    paper::Paper,
    parts::Block,
    template::{Template, Values},
    text::{date, one_line},
};

/// An upward report: one text for one higher office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpwardReport {
    /// The office that sends it.
    pub office: String,
    /// 编号, `上报〔2018〕12号`; empty until it is sent.
    pub number: String,
    /// The higher office.
    pub to: String,
    /// The form it is meant for: `枣庄普刊采用`.
    pub form: String,
    /// Title.
    pub title: String,
    /// Text.
    pub paragraphs: Vec<Block>,
    /// The units whose text it is, `滨湖镇、市商务局`; brackets are added.
    pub byline: String,
    /// 编辑
    pub edited_by: String,
    /// 签发: who sent it; empty until then.
    pub signed_by: String,
    /// The day it was sent, or is looked at.
    pub date: Date,
    /// It was sent: its date is printed.
    pub sent: bool,
}

/// The upward report as a paper, worded as `template` says.
pub fn upward_report(report: &UpwardReport, template: &Template) -> Paper {
    let byline = one_line(&report.byline);
    let values = Values::default()
        .text("发文机关", &report.office)
        .text("编号", &report.number)
        .text("上级机关", &report.to)
        .text("形式", &report.form)
        .lines("稿题", &report.title)
        .blocks("正文", report.paragraphs.clone())
        .text("署名", byline.trim_start_matches('（').trim_end_matches('）'))
        .text("编辑", &report.edited_by)
        .text("签发", &report.signed_by)
        .text("日期", if report.sent { date(report.date) } else { String::new() });
    let origin =
        Origin { office: report.office.clone(), date: report.date, kind: PaperKind::UpwardReport.name(), proof: false };
    super::set(PaperKind::UpwardReport, template, &values, origin)
}
