//! Templates (模板): the wording of a paper in a text file that an office edits without a programmer.
//!
//! A template is read and checked by [`check_template`], which names the place of every fault; it holds no code. Its
//! language, line by line:
//!
//! - `# …` is a remark. An empty line is nothing.
//! - `@标题 …` says what the line is; a line without `@` is a paragraph of the body.
//! - `{字段}` stands for a value. A line all of whose fields are empty is not printed.
//! - `{有 字段}` … `{完}`, `{无 字段}` … `{完}` print what is between only if there is a value, or none; on lines of their
//!   own, or inside a line.
//! - `{每个 字段}` … `{完}`, on lines of their own, print what is between once for each member of a list.
//! - `@表`, `@列`, `@行` make a table: its title, its columns, the list its rows are made of.

mod read;
mod render;

use tz_model::Fault;

pub(crate) use render::{Laid, LaidTable, Values, render};

use crate::kinds::PaperKind;

/// What a line is (行首的“@”).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Directive {
    Form,
    FileName,
    Urgency,
    Head,
    Number,
    Masthead,
    Notice,
    IssueNumber,
    Total,
    EditedBy,
    Column,
    Code,
    ItemTitle,
    ShortNews,
    Byline,
    Title,
    Addressees,
    Heading(u8),
    Text,
    AnnexNotes,
    Signature,
    Sealed,
    Note,
    Annex,
    End,
    EndBoth,
    EndLine,
    Blank,
}

impl Directive {
    /// Every directive with its name and what it is for, as an office is told.
    pub(crate) const NAMES: [(&'static str, Self, &'static str); 29] = [
        ("版式", Self::Form, "公文、信函、刊物、便函之一，写在最前面"),
        ("文件名", Self::FileName, "文件属性里的标题"),
        ("紧急程度", Self::Urgency, "红头上方左侧的“特急”“加急”"),
        ("红头", Self::Head, "红色的发文机关标志"),
        ("字号", Self::Number, "发文字号、编号"),
        ("刊头", Self::Masthead, "红色的刊名"),
        ("提示", Self::Notice, "刊名上方的文字，用“|”分开左右两端"),
        ("期号", Self::IssueNumber, "第几期"),
        ("总期号", Self::Total, "总第几期"),
        ("编印", Self::EditedBy, "编辑单位和日期，用“|”分开左右两端，下有红线"),
        ("栏目", Self::Column, "栏目名，与上一篇相同时不重复"),
        ("编码", Self::Code, "稿件编码，印在下一行稿题或短讯右侧的页边"),
        ("稿题", Self::ItemTitle, "刊物中一篇稿件的标题"),
        ("短讯", Self::ShortNews, "与正文连排的短讯标题"),
        ("稿源", Self::Byline, "稿件后面的署名"),
        ("标题", Self::Title, "文件标题"),
        ("主送", Self::Addressees, "主送机关，后面的冒号自动加上"),
        ("一级", Self::Heading(1), "“一、”标题，序号自动加上"),
        ("二级", Self::Heading(2), "“（一）”标题，序号自动加上"),
        ("三级", Self::Heading(3), "“1.”标题或段落，序号自动加上"),
        ("四级", Self::Heading(4), "“（1）”标题或段落，序号自动加上"),
        ("正文", Self::Text, "一个自然段，与不写“@”相同"),
        ("附件说明", Self::AnnexNotes, "此处列出全部附件的名称"),
        ("署名", Self::Signature, "署名和日期，用“|”分开，不盖章"),
        ("署名盖章", Self::Sealed, "署名和日期，用“|”分开，留出盖章的位置"),
        ("附注", Self::Note, "日期下面括号里的说明，括号自动加上"),
        ("附件", Self::Annex, "另起一页的附件，序号自动加上"),
        ("版记", Self::End, "版记中的一行，例如“抄送：……”"),
        ("空行", Self::Blank, "空一行"),
    ];

    /// Directives of the end matter that begin alike, kept apart so that [`Self::NAMES`] reads as a list for people.
    pub(crate) const END_NAMES: [(&'static str, Self, &'static str); 2] = [
        ("版记两端", Self::EndBoth, "版记中的一行，用“|”分开左右两端"),
        ("版记线", Self::EndLine, "版记中的一条分隔线"),
    ];

    /// The three that make a table.
    pub(crate) const TABLE_NAMES: [(&'static str, &'static str); 3] = [
        ("表", "表的标题，“表1”自动加上；下面接着写“@列”和“@行”"),
        ("列", "表的一列：列名 | 宽度和对齐 | 内容，例如“@列 得分 | 1100 居中 数字 | {得分}”"),
        ("行", "表的每一行取自哪一组内容，例如“@行 单位”"),
    ];

    fn all() -> impl Iterator<Item = (&'static str, Self, &'static str)> {
        Self::NAMES.into_iter().chain(Self::END_NAMES)
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::all().find(|(known, _, _)| *known == name).map(|(_, directive, _)| directive)
    }

    /// The names a line may begin with, and what each is for.
    pub(crate) fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
        Self::all().map(|(name, _, says)| (name, says)).chain(Self::TABLE_NAMES)
    }
}

/// A place in a template: line and column count from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "第{}行第{}列", self.line, self.column)
    }
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    Text(String),
    Field(String),
    /// `{有 …}` (`wanted`) or `{无 …}` inside a line.
    If {
        field: String,
        wanted: bool,
        pieces: Vec<Piece>,
    },
}

/// A column of a table in a template.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TemplateColumn {
    pub(crate) head: Vec<Piece>,
    pub(crate) width: i32,
    pub(crate) align: crate::paragraph::Align,
    pub(crate) figures: bool,
    pub(crate) cell: Vec<Piece>,
}

/// One thing in a template.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    Line {
        directive: Directive,
        pieces: Vec<Piece>,
    },
    /// A line that is nothing but a field of whole paragraphs.
    Blocks {
        field: String,
    },
    Table {
        title: Vec<Piece>,
        columns: Vec<TemplateColumn>,
        rows: String,
    },
    If {
        field: String,
        wanted: bool,
        nodes: Vec<Node>,
    },
    Each {
        field: String,
        nodes: Vec<Node>,
    },
}

/// The page a template is for (版式).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Look {
    /// 公文: red head.
    #[default]
    Document,
    /// 信函
    Letter,
    /// 刊物: masthead.
    Publication,
    /// 便函: a plain page.
    Plain,
}

impl Look {
    pub(crate) const NAMES: [(&'static str, Self); 4] =
        [("公文", Self::Document), ("信函", Self::Letter), ("刊物", Self::Publication), ("便函", Self::Plain)];
}

/// A template that was checked: it can only be made by [`check_template`], so that setting a paper never fails.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    pub(crate) kind: PaperKind,
    pub(crate) look: Look,
    pub(crate) nodes: Vec<Node>,
}

impl Template {
    /// The wording built in for a kind of paper.
    pub fn built_in(kind: PaperKind) -> Self {
        check_template(kind, kind.built_in_text()).expect("a test checks every template that is built in")
    }

    /// The kind of paper it is for.
    pub fn kind(&self) -> PaperKind {
        self.kind
    }
}

/// Longest template, in bytes: far more than any paper's wording.
const LONGEST: usize = 256 * 1024;

/// Reads a template of a kind of paper and checks all of it.
///
/// # Errors
/// Every fault at once, each with line, column and, where a name is wrong, the nearest one that is known.
pub fn check_template(kind: PaperKind, text: &str) -> Result<Template, Vec<Fault>> {
    if text.len() > LONGEST {
        return Err(vec![Fault::new("模板", "模板超过 256 KB，不像是一份文件的文字。请检查是否选错了文件。")]);
    }
    read::read(kind, text.strip_prefix('\u{FEFF}').unwrap_or(text))
}

/// What a template of this kind may use, as a text for the office: the lines, the blocks and the fields.
pub fn template_guide(kind: PaperKind) -> String {
    let mut out = format!("{}模板的写法\n\n", kind.name());
    out.push_str(
        "以“#”开头的一行是说明，不会印出来；空行不起作用。\n行首写“@名称”说明这一行是什么；不写就是正文的一个自然段。\n\
         {字段}处印出该字段的内容；一行里的字段全部为空时，这一行不印。\n\
         {有 字段}……{完}：有内容才印；{无 字段}……{完}：没有内容才印；可以单独成行，也可以写在一行里。\n\
         {每个 字段}……{完}：单独成行，对一组内容逐个印出，其中可用{序号}。\n要印出大括号本身，写两遍：{{、}}。\n\n行首可用的名称：\n",
    );
    for (name, says) in Directive::names() {
        out.push_str(&format!("  @{name}　{says}\n"));
    }
    out.push_str("\n可用的字段：\n");
    write_fields(&mut out, kind.fields(), 1);
    out
}

fn write_fields(out: &mut String, fields: &[crate::kinds::Field], depth: usize) {
    for field in fields {
        let indent = "  ".repeat(depth);
        let kind = match field.holds {
            crate::kinds::Holds::Text => "",
            crate::kinds::Holds::Blocks => "（整段文字，要单独占一行）",
            crate::kinds::Holds::Flag => "（只用于{有 ……}{无 ……}）",
            crate::kinds::Holds::List(_) => "（一组内容，用于{每个 ……}和“@行”），其中每个有：",
        };
        out.push_str(&format!("{indent}{}　{}{kind}\n", field.name, field.says));
        if let crate::kinds::Holds::List(inner) = field.holds {
            write_fields(out, inner, depth + 1);
        }
    }
}
