//! The outline of a document: style, size and text, a line a paragraph. Small enough to be read in a review.

use tz_docs::{IssueNumber, ItemForm};

use crate::{
    dom::{Node, part},
    sample::{
        self,
        docx::{bulletin, issue},
    },
};

fn outline(docx: &[u8]) -> String {
    let tree = part(docx, "word/document.xml");
    let body = tree.all("w:body")[0];
    body.children.iter().map(element).collect::<Vec<_>>().join("\n")
}

fn element(node: &Node) -> String {
    match node.name.as_str() {
        "w:p" => paragraph(node),
        "w:tbl" => {
            let rows = node.all("w:tr");
            let cells = |row: &Node| row.all("w:tc").iter().map(|cell| cell.text()).collect::<Vec<_>>().join(" | ");
            format!("table of {} rows\n    {}\n    {}", rows.len(), cells(rows[0]), cells(rows[rows.len() - 1]))
        }
        other => format!("({other})"),
    }
}

fn paragraph(node: &Node) -> String {
    let style = node.value("w:pStyle@w:val").unwrap_or_else(|_| "Normal".into());
    let size = node.value("w:sz@w:val").map_or_else(|_| String::new(), |size| format!(" {size}"));
    let breaks = if node.all("w:pageBreakBefore").is_empty() { "" } else { " new-page" };
    format!("{style}{size}{breaks}: {}", node.text()).trim_end().to_owned()
}

#[test]
fn outline_of_a_bulletin() {
    insta::assert_snapshot!(outline(&bulletin(&sample::bulletin())));
}

#[test]
fn outline_of_an_issue() {
    insta::assert_snapshot!(outline(&issue(&sample::issue())));
}

#[test]
fn outline_of_short_news() {
    let mut news = sample::issue();
    news.name = "每日要情".into();
    news.form = ItemForm::ShortNews;
    news.number = IssueNumber::Supplement(2);
    news.notice = Some("内部资料　注意保存".into());
    insta::assert_snapshot!(outline(&issue(&news)));
}
