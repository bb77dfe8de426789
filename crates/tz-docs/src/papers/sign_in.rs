//! 培训签到表: who is expected at a training, to sign beside their names (N2.3).

use jiff::civil::Date;

use crate::{
    compose::Origin,
    kinds::PaperKind,
    paper::Paper,
    template::{Template, Values},
    text::date,
};

/// A list to be signed at a training.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInSheet {
    /// The office that trains.
    pub office: String,
    /// 培训名称
    pub name: String,
    /// When it takes place.
    pub day: Date,
    /// 地点; may be empty.
    pub place: String,
    /// What is taught; may be empty.
    pub content: String,
    /// Who is expected, one line each.
    pub expected: Vec<Expected>,
    /// The day the list was made.
    pub date: Date,
}

/// Somebody expected at a training.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expected {
    /// 单位
    pub unit: String,
    /// 姓名; empty leaves the place free.
    pub name: String,
    /// 联系电话
    pub phone: String,
    /// 备注, such as that the unit has signed already.
    pub note: String,
}

/// The list as a paper, worded as `template` says.
pub fn sign_in_sheet(sheet: &SignInSheet, template: &Template) -> Paper {
    let one = |one: &Expected| {
        Values::default()
            .text("单位", &one.unit)
            .text("姓名", &one.name)
            .text("电话", &one.phone)
            .text("签名", "")
            .text("备注", &one.note)
    };
    let values = Values::default()
        .text("发文机关", &sheet.office)
        .text("培训名称", &sheet.name)
        .text("日期", date(sheet.day))
        .text("地点", &sheet.place)
        .text("内容", &sheet.content)
        .list("人员", sheet.expected.iter().map(one))
        .text("制表日期", date(sheet.date));
    let origin =
        Origin { office: sheet.office.clone(), date: sheet.date, kind: PaperKind::SignInSheet.name(), proof: false };
    super::set(PaperKind::SignInSheet, template, &values, origin)
}
