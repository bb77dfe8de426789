//! Our own PDF: where everything stands, that it can be read and copied, and that it is always the same.

use tz_docs::{Block, Bulletin, Faces, GroupTable, Issue, IssueItem, IssueNumber, Paper, PaperKind, Template, preview};

use crate::{
    faces::faces,
    printed::{Area, Picture, Printed, near},
    sample::{self, paper},
};

/// Every kind of paper in its built-in wording, with made-up values.
fn all_papers() -> Vec<(String, Paper)> {
    PaperKind::ALL.into_iter().flat_map(|kind| preview(&Template::built_in(kind))).collect()
}

fn named(papers: &[(String, Paper)]) -> Vec<(&str, &Paper)> {
    papers.iter().map(|(name, paper)| (name.as_str(), paper)).collect()
}

/// A letter's head, lines and number, measured.
pub fn check_letter(printed: &Printed, name: &str, tolerance: f64) {
    let first = printed.picture(name, 1);
    let head = first.bounds(Area::band(20.0, 43.5), Picture::red).expect("ink");
    near("upper edge of the head", head.top, 30.0, 1.0);
    assert!(head.right - head.left <= 150.5, "{head:?}");
    let upper = first.bounds(Area::band(43.6, 60.0), Picture::red).expect("ink");
    near("upper double line under the head", upper.top - head.bottom, 4.0, tolerance.max(0.8));
    near("width of the upper double line", upper.right - upper.left, 170.0, tolerance.max(0.3));
    near("left end of the upper double line", upper.left, 20.0, tolerance.max(0.3));
    let lower = first.bounds(Area::band(265.0, 290.0), Picture::red).expect("ink");
    near("lower edge of the lower double line", 297.0 - lower.bottom, 20.0, tolerance.max(0.5));
    near("width of the lower double line", lower.right - lower.left, 170.0, tolerance.max(0.3));
    let number = first.bounds(Area::band(upper.bottom + 1.0, upper.bottom + 14.0), Picture::dark).expect("ink");
    near("number under the double line", number.top - upper.bottom, 4.9, 1.0);
    near("right end of the number", number.right, 184.0, 1.0);
    let foot = first.bounds(Area::band(263.0, lower.top - 0.5), Picture::dark);
    assert!(foot.is_none(), "a letter's first page has no number: {foot:?}");
    let second = printed.picture(name, 2);
    let number = second.bounds(Area::band(263.0, 285.0), Picture::dark).expect("ink");
    near("left end of page 2's number", number.left, 28.0 + 4.9, 1.0);
    let text = second.bounds(Area::band(20.0, 60.0), Picture::dark).expect("ink");
    near("upper edge of page 2's text", text.top, 37.0 + 2.5, 1.5);
}

#[test]
fn a_page_filled_with_one_character_has_22_lines_of_28() {
    let filled = Bulletin { paragraphs: vec![Block::Text("测".repeat(28 * 22 * 3))], ..sample::bare() };
    let paper = paper::bulletin(&filled);
    let Some(printed) = Printed::by_ourselves(&[("filled", &paper)]) else { return };
    let pages = printed.pages("filled");
    let lines: Vec<usize> =
        pages[1].lines().filter(|line| line.contains('测')).map(|line| line.matches('测').count()).collect();
    assert_eq!(lines, [28; 22]);
}

#[test]
fn a_bulletin_stands_on_the_page_where_the_standard_wants_it() {
    let paper = paper::bulletin(&sample::bulletin());
    let Some(printed) = Printed::by_ourselves(&[("bulletin", &paper)]) else { return };
    let first = printed.picture("bulletin", 1);
    let head = first.bounds(Area::band(37.0, 95.0), Picture::red).unwrap();
    near("upper edge of the head", head.top, 72.0, 1.0);
    let line = first.bounds(Area::band(100.0, 140.0), Picture::red).unwrap();
    near("width of the red line", line.right - line.left, 156.0, 0.3);
    near("thickness of the red line", line.bottom - line.top, 0.53, 0.15);
    let number = first.bounds(Area::band(100.0, line.top), Picture::dark).unwrap();
    near("red line under the number", line.top - number.bottom, 4.0, 0.5);
    let odd = first.bounds(Area::band(263.0, 285.0), Picture::dark).unwrap();
    near("right end of an odd page's number", odd.right, 184.0 - 4.9, 0.7);
    let dash = first.bounds(Area { right: odd.left + 2.0, ..odd }, Picture::dark).unwrap();
    near("the dash under the text area", dash.top - 262.0, 7.0, 0.5);
    let even = printed.picture("bulletin", 2).bounds(Area::band(263.0, 285.0), Picture::dark).unwrap();
    near("left end of an even page's number", even.left, 28.0 + 4.9, 0.7);
    let last = printed.picture("bulletin", printed.page_count("bulletin"));
    let end = last.bounds(Area::band(255.0, 263.0), Picture::dark).unwrap();
    near("last line of the end matter", end.bottom, 262.0, 0.5);
    near("its width", end.right - end.left, 156.0, 0.3);
}

#[test]
fn an_issue_opens_with_its_masthead() {
    let paper = paper::issue(&sample::issue());
    let Some(printed) = Printed::by_ourselves(&[("issue", &paper)]) else { return };
    let first = printed.picture("issue", 1);
    let name = first.bounds(Area::band(37.0, 80.0), Picture::red).unwrap();
    near("upper edge of the name", name.top, 47.0, 1.0);
    near("lower edge of the name", name.bottom, 64.0, 1.0);
    let line = first.bounds(Area::band(80.0, 120.0), Picture::red).unwrap();
    near("red line", line.top, 99.7, 0.5);
    near("width of the red line", line.right - line.left, 156.0, 0.3);
}

#[test]
fn a_letter_stands_on_the_page_where_the_standard_wants_it() {
    let letter = preview(&Template::built_in(PaperKind::FeedbackLetter)).remove(0).1;
    let Some(printed) = Printed::by_ourselves(&[("letter", &letter)]) else { return };
    check_letter(&printed, "letter", 0.3);
}

#[test]
fn no_ink_stands_outside_the_text_area() {
    let papers = all_papers();
    let Some(printed) = Printed::by_ourselves(&named(&papers)).map(Printed::coarse) else { return };
    for (name, _) in &papers {
        let letter = ["反馈函", "约谈通知", "告知函"].contains(&name.as_str());
        for page in 1..=printed.page_count(name) {
            let picture = printed.picture(name, page);
            // Below 262 mm stand page numbers only, and on a letter's first page its lines, which are red.
            // Codes of items stand in the right margin, 187 to 199 mm from the edge.
            let text = picture.bounds(Area { right: 186.8, ..Area::band(0.0, 262.4) }, Picture::dark).unwrap();
            if let Some(codes) = picture.bounds(Area { left: 186.8, ..Area::band(0.0, 297.0) }, Picture::dark) {
                assert!(name.starts_with("刊物") && codes.right <= 200.0, "{name}, page {page}: {codes:?}");
                assert!(codes.bottom <= 262.4, "{name}, page {page}: {codes:?}");
            }
            assert!(text.left >= 27.6 && text.right <= 186.0, "{name}, page {page}: {text:?}");
            assert!(text.top >= 36.7, "{name}, page {page}: {text:?}");
            if let Some(foot) = picture.bounds(Area::band(262.6, 297.0), Picture::dark) {
                assert!(foot.top >= 266.0 && foot.bottom <= 273.0 && !(letter && page == 1), "{name}: {foot:?}");
            }
        }
    }
}

/// Where the text of every page stands, a line a line: millimetres from the upper left corner, then the words.
fn places(printed: &Printed, name: &str) -> String {
    let html = printed.ask("pdftotext", &["-bbox-layout"], name, &["-"]);
    let mut out = String::new();
    let mut line: Option<(f64, f64, String)> = None;
    let number = |row: &str, key: &str| -> f64 {
        let from = row.find(&format!("{key}=\"")).expect("as the tools write it") + key.len() + 2;
        row[from..].split('"').next().expect("a number").parse::<f64>().expect("a number") * 25.4 / 72.0
    };
    for row in html.lines().map(str::trim) {
        if row.starts_with("<page ") {
            out.push_str("- page -\n");
        } else if row.starts_with("<line ") {
            line = Some((number(row, "xMin"), number(row, "yMin"), String::new()));
        } else if row.starts_with("<word ") {
            let word = row.split_once('>').and_then(|(_, rest)| rest.split_once("</word>")).expect("a word").0;
            line.as_mut().expect("words stand in lines").2.push_str(word);
        } else if row == "</line>" {
            let (x, y, words) = line.take().expect("a line was open");
            out.push_str(&format!("{x:5.0} {y:5.0}  {words}\n"));
        }
    }
    out
}

#[test]
fn every_kind_of_paper_keeps_its_places() {
    let papers = all_papers();
    let Some(printed) = Printed::by_ourselves(&named(&papers)) else { return };
    if !free_faces_only(faces().expect("they were there")) {
        return;
    }
    for (name, _) in &papers {
        let name = name.as_str();
        insta::with_settings!({ snapshot_suffix => name, omit_expression => true }, {
            insta::assert_snapshot!(places(&printed, name));
        });
    }
}

/// The kept places are those of the free faces; another face's figures and letters are as wide as they are.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn free_faces_only(faces: &Faces) -> bool {
    let used = paper::bulletin(&sample::bulletin()).pdf(faces).expect("faces that embed").faces;
    let free = used.iter().all(|face| face.family.starts_with("Noto"));
    if !free {
        eprintln!("skipped: this machine has other faces than the kept places were measured with: {used:?}");
    }
    free
}

#[test]
fn twice_made_it_is_the_same_and_every_face_is_embedded() {
    let Some(faces) = faces() else { return };
    let papers = all_papers();
    for (name, paper) in &papers {
        assert!(paper.pdf(faces).unwrap().bytes == paper.pdf(faces).unwrap().bytes, "{name}");
    }
    let Some(printed) = Printed::by_ourselves(&named(&papers)) else { return };
    for (name, _) in &papers {
        let fonts = printed.ask("pdffonts", &[], name, &[]);
        let rows: Vec<&str> = fonts.lines().skip(2).collect();
        assert!(!rows.is_empty(), "{name}");
        for row in rows {
            let words: Vec<&str> = row.split_whitespace().collect();
            // … emb sub uni object ID
            assert_eq!(words[words.len() - 5..words.len() - 2], ["yes", "yes", "yes"], "{name}: {row}");
        }
    }
}

#[test]
fn names_with_rare_characters_print_and_copy_unchanged() {
    let Some(faces) = faces() else { return };
    let text = "喆玥堃𬭎璟昇垚犇，“短实新活”——2018年6月采用率为18％……A&B<C>";
    let rare = Bulletin { paragraphs: vec![text.into()], ..sample::bare() };
    let paper = paper::bulletin(&rare);
    assert_eq!(paper.pdf(faces).unwrap().missing, []);
    let Some(printed) = Printed::by_ourselves(&[("rare", &paper)]) else { return };
    let all: String = printed.pages("rare").concat().split_whitespace().collect();
    assert!(all.contains(text), "{all}");
}

#[test]
fn a_character_no_face_has_is_named_and_no_empty_box_is_printed() {
    let Some(faces) = faces() else { return };
    let strange = Bulletin { paragraphs: vec!["甲\u{10FFFD}乙\u{E123}".into()], ..sample::bare() };
    let pdf = paper::bulletin(&strange).pdf(faces).unwrap();
    assert_eq!(pdf.missing, ['\u{E123}', '\u{10FFFD}']);
}

#[test]
fn page_one_shows_body_text_however_long_the_addressees_are() {
    for lines in [5, 6, 7, 12] {
        let long = Bulletin { addressees: "某".repeat(28 * lines - 1), ..sample::bare() };
        let paper = paper::bulletin(&long);
        let Some(printed) = Printed::by_ourselves(&[("long", &paper)]) else { return };
        let first = &printed.pages("long")[0];
        assert!(first.contains("各级各部门围绕市委"), "{lines}: {first}");
    }
}

#[test]
fn a_table_of_103_rows_repeats_its_head_on_every_page_and_loses_no_row() {
    let rows = sample::rows((1..=103).map(|n| format!("单位甲{n}号")), 10);
    let long = Bulletin { groups: vec![GroupTable { name: "全市".into(), rows }], ..sample::bare() };
    let paper = paper::bulletin(&long);
    let Some(printed) = Printed::by_ourselves(&[("long", &paper)]) else { return };
    let pages = printed.pages("long");
    let with_rows: Vec<&String> = pages.iter().filter(|page| page.contains("单位甲")).collect();
    assert!(with_rows.len() >= 4, "103 rows of 8 mm fill several pages: {}", with_rows.len());
    for page in &with_rows {
        assert_eq!(page.matches("报送篇数").count(), 1, "{page}");
    }
    let all: String = pages.concat().split_whitespace().collect();
    for n in 1..=103 {
        assert_eq!(all.matches(&format!("单位甲{n}号")).count(), 1, "row {n}");
    }
}

#[test]
fn no_heading_byline_or_signature_stands_alone() {
    let Some(_) = faces() else { return };
    // Items of three to eight lines: with some of them page 1 would end right before a byline or after a heading.
    let mut papers: Vec<(String, Paper)> =
        (60..=200).step_by(14).map(|long| (format!("news{long}"), paper::issue(&sample::news(6, long)))).collect();
    for lines in 6..=14 {
        let text = Bulletin {
            paragraphs: vec![
                Block::Text("首段文字。".into()),
                Block::Text("测".repeat(28 * lines)),
                Block::Heading1("标题".into()),
                Block::Text("尾".repeat(60)),
            ],
            ..sample::bare()
        };
        papers.push((format!("text{lines}"), paper::bulletin(&text)));
    }
    let Some(printed) = Printed::by_ourselves(&named(&papers)) else { return };
    let mut turned = 0;
    for (name, _) in &papers {
        let pages = printed.pages(name);
        turned += pages.len() - 1;
        for (at, page) in pages.iter().enumerate() {
            let lines: Vec<&str> = page.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
            let first = lines.first().copied().unwrap_or_default();
            assert!(at == 0 || !first.starts_with("（署名"), "{name}, page {}: {page}", at + 1);
            assert!(at == 0 || !first.starts_with("滕州市人民政府办公室"), "{name}, page {}: {page}", at + 1);
            let text: Vec<&&str> = lines.iter().filter(|line| !line.starts_with('—')).collect();
            let last = text.last().map_or("", |line| line);
            assert!(!last.ends_with("标题") && !last.starts_with('【'), "{name}, page {}: {page}", at + 1);
        }
    }
    assert!(turned > 8, "some of them must reach a second page: {turned}");
}

#[test]
fn a_proof_breaks_its_pages_where_the_issue_will() {
    let news = paper::issue(&sample::news(6, 100));
    let proof = paper::issue(&Issue { number: IssueNumber::Proof, total: None, ..sample::news(6, 100) });
    let Some(printed) = Printed::by_ourselves(&[("issue", &news), ("proof", &proof)]) else { return };
    let texts = |name: &str| -> Vec<Vec<String>> {
        let of = |page: String| {
            let lines = page.lines().map(|line| line.split_whitespace().collect::<String>());
            lines.filter(|line| line.contains("单位") || line.contains("署名")).collect()
        };
        printed.pages(name).into_iter().map(of).filter(|lines: &Vec<String>| !lines.is_empty()).collect()
    };
    assert_eq!(texts("proof"), texts("issue"));
    let mark = printed.picture("proof", 1).bounds(Area::band(36.0, 46.0), Picture::dark).unwrap();
    near("right end of 清样", mark.right, 184.0, 1.0);
}

#[test]
fn no_line_begins_or_ends_with_a_mark_that_may_not_stand_there() {
    let text = "“颗粒归仓”（统筹3家粮站、12个收购点），《夏粮》：1.8万吨；“优质优价”！何时？——尽快……〔2018〕12号，\
                约PPP项目、5G基站、www.example.com等。";
    let paragraphs = (0..28).map(|shift| Block::Text(format!("{}{}", "测".repeat(shift), text.repeat(3)))).collect();
    let item = IssueItem { column: None, title: "标题".into(), paragraphs, byline: None, code: None };
    let paper = paper::issue(&Issue { items: vec![item], ..sample::issue() });
    let Some(printed) = Printed::by_ourselves(&[("marks", &paper)]) else { return };
    let mut count = 0;
    for line in printed.pages("marks").iter().flat_map(|page| page.lines()).map(str::trim) {
        if line.chars().count() < 10 {
            continue;
        }
        let (first, last) = (line.chars().next().unwrap(), line.chars().last().unwrap());
        assert!(!"，。、；：？！）》〕”…".contains(first), "{line}");
        assert!(!"（《〔“".contains(last), "{line}");
        count += 1;
    }
    assert!(count > 200, "{count}");
}
