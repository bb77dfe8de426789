//! An issue (期) of a publication (刊物): its values.

use jiff::civil::Date;
use tz_model::ItemCode;

use crate::{
    compose::Origin,
    kinds::PaperKind,
    paper::Paper,
    parts::Block,
    template::{Template, Values},
    text::{date, name_list, one_line},
};

/// One issue of a publication: 每日要情, 政务信息交流, 政情专报 or any other. Empty lists leave no trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// Name of the publication (刊名).
    pub name: String,
    /// A line at the top left, `内部资料　注意保存`; never a secrecy mark.
    pub notice: Option<String>,
    /// Number within the year.
    pub number: IssueNumber,
    /// Number since the publication began (总第N期).
    pub total: Option<u32>,
    /// The office that edits it; 编 is added.
    pub office: String,
    /// Date of signing.
    pub date: Date,
    /// How items are set.
    pub form: ItemForm,
    /// Items in their order; an item whose column differs from the one before it gets a column head.
    pub items: Vec<IssueItem>,
    /// 报: higher leaders.
    pub report_to: Vec<String>,
    /// 送: equals.
    pub send_to: Vec<String>,
    /// 发: lower units.
    pub issue_to: Vec<String>,
    /// 本期增发: added for this issue only.
    pub extra_to: Vec<String>,
    /// 编辑.
    pub edited_by: String,
    /// 审核.
    pub reviewed_by: String,
    /// 签发.
    pub signed_by: String,
    /// Copies printed (共印N份).
    pub copies: Option<u32>,
}

/// Number of an issue; supplements (增刊) are counted by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssueNumber {
    /// 第N期
    Regular(u32),
    /// 增刊第N期
    Supplement(u32),
    /// A proof sheet (清样): the pages as they will be printed, but the number, given at publication, leaves its place
    /// open, and three lines to sign stand where the distribution will.
    Proof,
}

/// How the items of an issue are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemForm {
    /// Each item under a title of its own.
    Articles,
    /// Short news (每日要情): numbered, the title run in with the text.
    ShortNews,
}

/// One item of an issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueItem {
    /// Column (栏目), without brackets.
    pub column: Option<String>,
    /// Title.
    pub title: String,
    /// Text.
    pub paragraphs: Vec<Block>,
    /// Byline (署名) of the units, `滨湖镇、市商务局`; brackets are added.
    pub byline: Option<String>,
    /// The code in the margin by which a scan of the page is known again; `None` prints none.
    pub code: Option<ItemCode>,
}

/// The issue as a paper, worded as `template` says.
pub fn issue(issue: &Issue, template: &Template) -> Paper {
    let origin = Origin {
        office: issue.office.clone(),
        date: issue.date,
        kind: PaperKind::Issue.name(),
        proof: issue.number == IssueNumber::Proof,
    };
    super::set(PaperKind::Issue, template, &values(issue), origin)
}

fn values(issue: &Issue) -> Values {
    let proof = issue.number == IssueNumber::Proof;
    let number = match issue.number {
        IssueNumber::Regular(number) | IssueNumber::Supplement(number) => number.to_string(),
        IssueNumber::Proof => String::new(),
    };
    let figures = |number: Option<u32>| number.map_or_else(String::new, |number| number.to_string());
    let list = |names: &[String]| name_list(names).unwrap_or_default();
    Values::default()
        .text("刊名", &issue.name)
        .text("内部提示", issue.notice.as_deref().unwrap_or_default())
        .flag("清样", proof)
        .flag("增刊", matches!(issue.number, IssueNumber::Supplement(_)))
        .text("期号", number)
        .text("总期号", figures(issue.total.filter(|_| !proof)))
        .text("编辑单位", &issue.office)
        .text("日期", date(issue.date))
        .list("稿件", issue.items.iter().map(|one| item(one, issue.form, proof)))
        .text("报", list(&issue.report_to))
        .text("送", list(&issue.send_to))
        .text("发", list(&issue.issue_to))
        .text("增发", list(&issue.extra_to))
        .text("编辑", &issue.edited_by)
        .text("审核", &issue.reviewed_by)
        .text("签发", &issue.signed_by)
        .text("份数", figures(issue.copies))
}

fn item(item: &IssueItem, form: ItemForm, proof: bool) -> Values {
    let byline = item.byline.as_deref().map(one_line).unwrap_or_default();
    let values = Values::default()
        .text("栏目", item.column.as_deref().unwrap_or_default())
        .flag("短讯", form == ItemForm::ShortNews)
        .blocks("正文", item.paragraphs.clone())
        .text("署名", byline.trim_start_matches('（').trim_end_matches('）'))
        .text("编码", item.code.filter(|_| !proof).map(|code| code.to_string()).unwrap_or_default());
    match form {
        // Lines an editor typed in a title are kept.
        ItemForm::Articles => values.lines("稿题", &item.title),
        ItemForm::ShortNews => values.text("稿题", &item.title),
    }
}
