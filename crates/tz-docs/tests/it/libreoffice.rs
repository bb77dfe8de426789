//! The pages as LibreOffice prints them. Skipped, with a line that says so, where it is not installed.

use tz_docs::{Block, Bulletin, GroupTable, PaperKind, Template, preview};

use crate::{
    printed::{Area, Picture, Printed, near},
    sample::{
        self,
        docx::{bulletin, issue},
    },
};

#[test]
fn a_page_filled_with_one_character_has_22_lines_of_28() {
    let filled = Bulletin { paragraphs: vec![Block::Text("测".repeat(28 * 22 * 3))], ..sample::bare() };
    let Some(printed) = Printed::by_libreoffice(&[("filled", bulletin(&filled))]) else { return };
    let pages = printed.pages("filled");
    let lines: Vec<usize> =
        pages[1].lines().filter(|line| line.contains('测')).map(|line| line.matches('测').count()).collect();
    assert_eq!(lines, [28; 22]);
}

#[test]
fn a_bulletin_stands_on_the_page_where_the_standard_wants_it() {
    let Some(printed) = Printed::by_libreoffice(&[("bulletin", bulletin(&sample::bulletin()))]) else { return };
    let pages = printed.pages("bulletin");
    assert_eq!(pages.len(), printed.page_count("bulletin"));
    assert!(pages[0].contains("现将有关情况通报如下"), "page 1 has body text: {}", pages[0]);

    let towns = pages.iter().find(|page| page.contains("荆河街道")).unwrap();
    assert!(towns.contains("东郭镇"), "the table of 21 towns stands on one page: {towns}");

    let first = printed.picture("bulletin", 1);
    let head = first.bounds(Area::band(37.0, 95.0), Picture::red).unwrap();
    near("upper edge of the head", head.top, 72.0, 1.0);
    near("width of the head", head.right - head.left, 151.7, 1.0);
    let line = first.bounds(Area::band(100.0, 140.0), Picture::red).unwrap();
    near("thickness of the red line", line.bottom - line.top, 0.53, 0.35);
    near("width of the red line", line.right - line.left, 156.0, 1.0);
    near("left edge of the red line", line.left, 28.0, 1.0);
    let number = first.bounds(Area::band(100.0, line.top), Picture::dark).unwrap();
    near("red line under the number", line.top - number.bottom, 4.0, 1.0);

    let odd = first.bounds(Area::band(263.0, 285.0), Picture::dark).unwrap();
    // One 4号 character is free at the right of the text area's edge at 184 mm.
    near("right end of an odd page's number", odd.right, 184.0 - 4.9, 1.0);
    let dash = first.bounds(Area { right: odd.left + 2.0, ..odd }, Picture::dark).unwrap();
    near("the dash under the text area", dash.top - 262.0, 7.0, 1.0);
    let second = printed.picture("bulletin", 2);
    let even = second.bounds(Area::band(263.0, 285.0), Picture::dark).unwrap();
    near("left end of an even page's number", even.left, 28.0 + 4.9, 1.0);
    for page in [&first, &second] {
        let ink = page.bounds(Area::band(0.0, 297.0), |pixel| pixel.iter().any(|part| *part < 128)).unwrap();
        assert!(ink.left >= 27.5 && ink.right <= 186.0 && ink.top >= 37.0, "{ink:?}");
    }
}

#[test]
fn page_one_shows_body_text_however_long_the_addressees_are() {
    let with = |lines: usize| Bulletin { addressees: "某".repeat(28 * lines - 1), ..sample::bare() };
    let documents: Vec<(String, Vec<u8>)> =
        [5, 6, 7, 12].iter().map(|lines| (format!("lines{lines}"), bulletin(&with(*lines)))).collect();
    let named: Vec<(&str, Vec<u8>)> = documents.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    let Some(printed) = Printed::by_libreoffice(&named) else { return };
    for (name, _) in &named {
        let first = &printed.pages(name)[0];
        assert!(first.contains("各级各部门围绕市委"), "{name}: {first}");
    }
}

#[test]
fn a_table_of_103_rows_repeats_its_head_on_every_page() {
    let mut rows = sample::rows((1..=103).map(|n| format!("单位甲{n}号")), 10);
    // Characters of names outside the basic sets must reach the page.
    rows[50].unit += "喆玥堃𬭎";
    let long = Bulletin { groups: vec![GroupTable { name: "全市".into(), rows }], ..sample::bare() };
    let Some(printed) = Printed::by_libreoffice(&[("long", bulletin(&long))]) else { return };
    let pages = printed.pages("long");
    let with_rows: Vec<&String> = pages.iter().filter(|page| page.contains("单位甲")).collect();
    assert!(with_rows.len() >= 4, "103 rows of 8 mm fill several pages: {}", with_rows.len());
    for page in &with_rows {
        assert_eq!(page.matches("报送篇数").count(), 1, "{page}");
    }
    let all: String = pages.concat().split_whitespace().collect();
    for n in 1..=103 {
        assert!(all.contains(&format!("单位甲{n}号")), "row {n}");
    }
    assert!(all.contains("喆玥堃𬭎"));
}

#[test]
fn an_issue_opens_with_its_masthead() {
    let mut single = sample::issue();
    single.items.truncate(1);
    let Some(printed) = Printed::by_libreoffice(&[("issue", issue(&sample::issue())), ("single", issue(&single))])
    else {
        return;
    };
    let pages = printed.pages("issue");
    assert!(pages[0].contains("第47期") || pages[0].contains("第 47 期"), "{}", pages[0]);
    assert!(pages[0].contains("经验亮点"), "{}", pages[0]);
    let first = printed.picture("issue", 1);
    let name = first.bounds(Area::band(37.0, 80.0), Picture::red).unwrap();
    near("upper edge of the name", name.top, 47.0, 1.0);
    near("lower edge of the name", name.bottom, 64.0, 1.0);
    let line = first.bounds(Area::band(80.0, 120.0), Picture::red).unwrap();
    near("red line", line.top, 99.7, 1.0);
    near("width of the red line", line.right - line.left, 156.0, 1.0);
    assert_eq!(printed.page_count("single"), 1);
}

#[test]
fn no_byline_stands_alone_at_the_top_of_a_page() {
    // Items of three to eight lines: with some of them page 1 would end right before a byline.
    let documents: Vec<(String, Vec<u8>)> =
        (60..=200).step_by(28).map(|long| (format!("news{long}"), issue(&sample::news(6, long)))).collect();
    let named: Vec<(&str, Vec<u8>)> = documents.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    let Some(printed) = Printed::by_libreoffice(&named) else { return };
    let mut turned = 0;
    for (name, _) in &named {
        let pages = printed.pages(name);
        turned += pages.len().saturating_sub(1);
        for (at, page) in pages.iter().enumerate().skip(1) {
            let first = page.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
            assert!(!first.starts_with("（署名"), "{name}, page {}: {page}", at + 1);
        }
    }
    assert!(turned > 0, "some news must reach a second page");
}

#[test]
fn a_proof_breaks_its_pages_where_the_issue_will() {
    let proof = tz_docs::Issue { number: tz_docs::IssueNumber::Proof, total: None, ..sample::news(5, 100) };
    let Some(printed) = Printed::by_libreoffice(&[("proof", issue(&proof)), ("issue", issue(&sample::news(5, 100)))])
    else {
        return;
    };
    let texts = |name: &str| -> Vec<Vec<String>> {
        let of = |page: String| {
            let lines = page.lines().map(|line| line.split_whitespace().collect::<String>());
            lines.filter(|line| line.contains("单位") || line.contains("署名")).collect()
        };
        printed.pages(name).into_iter().map(of).collect()
    };
    assert_eq!(texts("proof"), texts("issue"));
    let ink = |name: &str| printed.picture(name, 1).bounds(Area::band(37.0, 80.0), Picture::red).unwrap();
    near("upper edge of the name", ink("proof").top, ink("issue").top, 0.2);
    let mark = printed.picture("proof", 1).bounds(Area::band(36.0, 46.0), Picture::dark).unwrap();
    near("right end of 清样", mark.right, 184.0, 1.0);
}

/// Papers whose page is full to the last line: where LibreOffice finds none of the DOCX's faces, its figures are wider than ours, and
/// one line more takes the end matter over.
const FULL: [&str; 1] = ["刊物（单篇稿件）"];

#[test]
fn every_kind_of_paper_opens_and_has_the_pages_of_our_own_pdf() {
    let Some(faces) = crate::faces::faces() else { return };
    let papers: Vec<(String, tz_docs::Paper)> =
        PaperKind::ALL.into_iter().flat_map(|kind| preview(&Template::built_in(kind))).collect();
    let documents: Vec<(&str, Vec<u8>)> = papers.iter().map(|(name, paper)| (name.as_str(), paper.docx())).collect();
    let Some(printed) = Printed::by_libreoffice(&documents) else { return };
    let mut wrong = Vec::new();
    for (name, paper) in &papers {
        let (ours, theirs) = (paper.pdf(faces).unwrap().pages, printed.page_count(name));
        if theirs != ours && !(theirs == ours + 1 && FULL.contains(&name.as_str())) {
            wrong.push(format!("{name}: {theirs} pages in LibreOffice, {ours} in the PDF"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_letter_stands_on_the_page_where_the_standard_wants_it() {
    let letter = preview(&Template::built_in(PaperKind::FeedbackLetter)).remove(0).1;
    let Some(printed) = Printed::by_libreoffice(&[("letter", letter.docx())]) else { return };
    crate::pdf::check_letter(&printed, "letter", 1.0);
}
