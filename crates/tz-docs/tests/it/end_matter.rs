//! The end matter (版记) stands under text: however the text falls, it is never alone on a page (GB/T 9704: no 此页无正文).

use tz_docs::{Block, Bulletin, GroupTable, Issue, IssueItem, ItemForm, Paper};

use crate::{
    printed::Printed,
    sample::{self, paper},
};

/// An issue of one item, its text of so many full lines in paragraphs of four.
fn of_lines(lines: usize, byline: bool) -> Paper {
    let mut paragraphs = Vec::new();
    let mut left = lines;
    while left > 0 {
        let own = left.min(4);
        // The first line is indented by two characters.
        paragraphs.push(Block::Text("测".repeat(28 * own - 2)));
        left -= own;
    }
    let item = IssueItem {
        column: None,
        title: "题".to_owned(),
        paragraphs,
        byline: byline.then(|| "滨湖镇".to_owned()),
        code: None,
    };
    paper::issue(&Issue { form: ItemForm::Articles, items: vec![item], ..sample::issue() })
}

/// A bulletin whose last annex is a table of so many units.
fn of_rows(rows: usize) -> Paper {
    let rows = sample::rows((1..=rows).map(|n| format!("单位测{n}号")), 10);
    paper::bulletin(&Bulletin { groups: vec![GroupTable { name: "全市".into(), rows }], ..sample::bare() })
}

/// Papers that end at every line of a page, the 20th to the 22nd among them.
fn papers() -> Vec<(String, Paper)> {
    let issues = (26..=50).flat_map(|lines| {
        [true, false].map(|byline| (format!("issue{lines}{}", if byline { "by" } else { "" }), of_lines(lines, byline)))
    });
    issues.chain((14..=27).map(|rows| (format!("rows{rows}"), of_rows(rows)))).collect()
}

#[test]
fn the_end_matter_never_stands_alone_wherever_the_text_ends() {
    let papers = papers();
    let named: Vec<(&str, &Paper)> = papers.iter().map(|(name, paper)| (name.as_str(), paper)).collect();
    let Some(ours) = Printed::by_ourselves(&named) else { return };
    let mut ends = std::collections::BTreeSet::new();
    let mut wrong = Vec::new();
    for (name, _) in &papers {
        let pages = ours.pages(name);
        let last = pages.last().expect("a paper has a page");
        if !last.contains('测') {
            wrong.push(format!("{name}: {last}"));
        }
        if name.ends_with("by") {
            ends.insert(pages[..pages.len() - 1].iter().map(|page| page.matches("测测").count()).sum::<usize>());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(ends.len() > 2, "the text went over at several lines: {ends:?}");
}

#[test]
fn libreoffice_breaks_the_same_papers_into_as_many_pages_and_leaves_no_end_matter_alone() {
    let Some(faces) = crate::faces::faces() else { return };
    let papers = papers();
    let documents: Vec<(&str, Vec<u8>)> = papers.iter().map(|(name, paper)| (name.as_str(), paper.docx())).collect();
    let Some(theirs) = Printed::by_libreoffice(&documents) else { return };
    let mut wrong = Vec::new();
    for (name, paper) in &papers {
        let (ours, count) = (paper.pdf(faces).expect("sound faces").pages, theirs.page_count(name));
        if ours != count {
            wrong.push(format!("{name}: {count} pages in LibreOffice, {ours} in the PDF"));
        }
        let pages = theirs.pages(name);
        if !pages.last().is_some_and(|last| last.contains('测')) {
            wrong.push(format!("{name}: the end matter stands alone"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
