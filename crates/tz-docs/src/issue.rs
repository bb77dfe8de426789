//! An issue (期) of a publication (刊物) in masthead form: common practice, no national standard.

use jiff::civil::Date;

use crate::{
    document::{Document, Element},
    page::{CHARACTER, HEAD_POINTS, TEXT_WIDTH},
    paragraph::{Align, Indent, Para, RedLine, Run},
    parts::{Block, Numbering, Start, blank, body, both_ends, end_matter, hold_to_next, push, receivers, title},
    style::{Font, Style},
    text::{date, half_width, one_line},
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
}

/// The bytes of the issue's DOCX. The same issue gives the same bytes.
pub fn issue(issue: &Issue) -> Vec<u8> {
    let office = one_line(&issue.office);
    let name = one_line(&issue.name);
    let number = match issue.number {
        IssueNumber::Regular(number) => format!("第{number}期"),
        IssueNumber::Supplement(number) => format!("增刊第{number}期"),
        IssueNumber::Proof => String::new(),
    };
    let mut elements = Vec::new();
    masthead(&mut elements, issue, &name, &number);
    blank(&mut elements, 1);

    let mut column = None;
    for (index, item) in issue.items.iter().enumerate() {
        if index > 0 && issue.form == ItemForm::Articles {
            blank(&mut elements, 1);
        }
        let own = item.column.as_deref().map(one_line).filter(|name| !name.is_empty());
        if own != column {
            if let Some(name) = &own {
                let head = Run::new().font(Font::Hei).text(format!("【{name}】"));
                push(&mut elements, [Para::plain().keep_next().run(head)]);
            }
            column = own;
        }
        match issue.form {
            ItemForm::Articles => article(&mut elements, item, issue.items.len() == 1),
            ItemForm::ShortNews => short_news(&mut elements, item, index + 1),
        }
    }

    blank(&mut elements, 1);
    if issue.number == IssueNumber::Proof {
        let to_sign = |duty: &str| vec![Para::new(Style::EndMatter), both_ends(duty, "　　年　　月　　日")];
        end_matter(&mut elements, ["编辑：", "审核：", "签发："].map(to_sign).into());
        return Document { title: format!("{name}（{PROOF}）"), creator: office, date: issue.date, elements }
            .to_bytes();
    }
    let lists = [
        receivers("报：", &issue.report_to),
        receivers("送：", &issue.send_to),
        receivers("发：", &issue.issue_to),
        receivers("本期增发：", &issue.extra_to),
    ];
    let people = [("编辑：", &issue.edited_by), ("审核：", &issue.reviewed_by), ("签发：", &issue.signed_by)]
        .map(|(duty, person)| format!("{duty}{}", one_line(person)))
        .join("　");
    let copies = issue.copies.map_or_else(String::new, |copies| format!("共印{copies}份"));
    end_matter(&mut elements, vec![lists.into_iter().flatten().collect(), vec![both_ends(&people, &copies)]]);

    Document { title: format!("{name}{number}"), creator: office, date: issue.date, elements }.to_bytes()
}

/// What stands at the top right of a proof sheet.
const PROOF: &str = "清样";

/// Name, number, editing office and date, and the red line under them.
fn masthead(elements: &mut Vec<Element>, issue: &Issue, name: &str, number: &str) {
    let notice = issue.notice.as_deref().map(one_line).filter(|notice| !notice.is_empty());
    let (spacing, scale) = fit_name(half_width(name));
    let mut title = Para::new(Style::Masthead).run(Run::new().spacing(spacing).scale(scale).text(name));
    let proof = issue.number == IssueNumber::Proof;
    if proof || notice.is_some() {
        let mut run = Run::new().font(Font::Hei).text(notice.unwrap_or_default());
        let mut line = Para::plain();
        if proof {
            run = run.tab().text(PROOF);
            line = line.right_tab(TEXT_WIDTH).align(Align::Left);
        }
        push(elements, [line.run(run)]);
        // This line takes the space above the name, so that the name stays where it is.
        title = title.before(0);
    }
    push(elements, [title]);
    let place = Para::plain().before(200).align(Align::Center);
    push(elements, [if proof { place } else { place.run(Run::new().text(number)) }]);
    if proof {
        push(elements, [Para::plain().line(440)]);
    }
    if let Some(total) = issue.total.filter(|_| !proof) {
        let run = Run::new().size(28).text(format!("（总第{total}期）"));
        push(elements, [Para::plain().line(440).align(Align::Center).run(run)]);
    }
    let line = Run::new().text(format!("　{}编", one_line(&issue.office))).tab().text(date(issue.date));
    push(
        elements,
        [Para::plain()
            .red_line(RedLine { eighths: 18, space: 4 })
            .right_tab(TEXT_WIDTH - CHARACTER)
            .align(Align::Left)
            .run(line)],
    );
}

/// Letter spacing in twips and width in per cent for a name at 52 pt: first the spacing gives way, then the width.
fn fit_name(halves: i32) -> (i32, i32) {
    let characters = f64::from(halves) / 2.0;
    let free = HEAD_POINTS - characters * 52.0;
    if free >= 0.0 {
        let spacing = (free / characters.max(1.0) * 20.0).floor();
        return ((spacing as i32).min(200), 100);
    }
    (0, ((HEAD_POINTS / (characters * 52.0) * 100.0).floor() as i32).max(1))
}

fn article(elements: &mut Vec<Element>, item: &IssueItem, alone: bool) {
    // 2号 if it is the only item, else 小2号.
    let size = if alone { None } else { Some(36) };
    push(elements, [title(&item.title, size), Para::plain().keep_next()]);
    with_byline(elements, body(&item.paragraphs, &mut Numbering::default()), item);
}

fn short_news(elements: &mut Vec<Element>, item: &IssueItem, number: usize) {
    let mut paras = body(&item.paragraphs, &mut Numbering::default());
    let title = one_line(&item.title);
    let end = if title.ends_with(['。', '！', '？', '…']) { "" } else { "。" };
    let head = Run::new().font(Font::Hei).text(format!("{number}.{title}{end}"));
    let plain_first = matches!(item.paragraphs.first(), Some(Block::Text(_)));
    match paras.first_mut() {
        Some(first) if plain_first => *first = first.clone().run_first(head),
        _ => paras.insert(0, Para::new(Style::Body).run(head)),
    }
    with_byline(elements, paras, item);
}

fn with_byline(elements: &mut Vec<Element>, mut paras: Vec<Para>, item: &IssueItem) {
    let byline = item.byline.as_deref().map(one_line).unwrap_or_default();
    let byline = byline.trim_start_matches('（').trim_end_matches('）');
    if byline.is_empty() {
        push(elements, paras);
        return;
    }
    hold_to_next(&mut paras, Start::MayMove);
    push(elements, paras);
    let run = Run::new().font(Font::Kai).text(format!("（{byline}）"));
    push(elements, [Para::plain().keep_lines().indent(Indent::right_halves(4)).align(Align::Right).run(run)]);
}
