//! How an issue falls on its pages, and the pictures of them: as the PDF does.

use jiff::civil::Date;
use tz_docs::{Block, Issue, IssueItem, IssueNumber, ItemForm, Layout, Paper, PaperKind, Template};

use crate::faces::faces;

/// An issue with items of so many characters each, a paragraph an item.
fn paper(form: ItemForm, lengths: &[usize]) -> Paper {
    let item = |(at, length): (usize, &usize)| IssueItem {
        column: Some(if at < 2 { "要闻".to_owned() } else { "各地".to_owned() }),
        title: format!("第{}个标题", at + 1),
        paragraphs: vec![Block::Text("测".repeat(*length))],
        byline: Some("滨湖镇".to_owned()),
        code: None,
    };
    let issue = Issue {
        name: "每日要情".to_owned(),
        notice: None,
        number: IssueNumber::Regular(47),
        total: Some(1286),
        office: "滕州市人民政府办公室".to_owned(),
        date: Date::constant(2018, 6, 29),
        form,
        items: lengths.iter().enumerate().map(item).collect(),
        report_to: vec!["市委领导".to_owned()],
        send_to: Vec::new(),
        issue_to: Vec::new(),
        extra_to: Vec::new(),
        edited_by: "李文博".to_owned(),
        reviewed_by: String::new(),
        signed_by: "孔立新".to_owned(),
        copies: Some(120),
    };
    tz_docs::issue(&issue, &Template::built_in(PaperKind::Issue))
}

fn layout(form: ItemForm, lengths: &[usize]) -> Option<Layout> {
    let faces = faces()?;
    let paper = paper(form, lengths);
    let layout = paper.layout(faces);
    assert_eq!(layout.pages, paper.pdf(faces).expect("sound faces").pages, "{lengths:?}");
    Some(layout)
}

#[test]
fn every_item_is_found_on_the_pages_it_stands_on() {
    for form in [ItemForm::ShortNews, ItemForm::Articles] {
        let Some(layout) = layout(form, &[60, 400, 200]) else { return };
        let pages: Vec<_> = layout.pieces.iter().map(|piece| piece.pages().expect("printed")).collect();
        assert_eq!(pages[..2], [(1, 1), (1, 2)]);
        assert_eq!(pages[2].0, 2);
        let characters = |at: usize| layout.pieces[at].shares.iter().map(|share| share.characters).sum::<usize>();
        // Column, title and byline are the item's: 【要闻】, 1.第1个标题。 and （滨湖镇）.
        let head = if form == ItemForm::ShortNews { 4 + 8 + 5 } else { 4 + 5 + 5 };
        assert_eq!(characters(0), 60 + head);
        assert_eq!(characters(1), 400 + head - 4, "its column is named once");
        assert_eq!(layout.ends[0].page, 1);
        assert_eq!(layout.ends[0].piece, 1);
        assert!(layout.ends[0].words.starts_with("测测测"));
        assert!(layout.ends.last().expect("text").words.contains("滨湖镇"));
    }
}

#[test]
fn what_stands_beyond_a_limit_is_said_item_by_item() {
    let Some(layout) = layout(ItemForm::ShortNews, &[60, 100, 700, 50]) else { return };
    assert!(layout.pages >= 2);
    assert_eq!(layout.over(layout.pages), None);
    let over = layout.over(1).expect("more than a page");
    assert_eq!(over.pages, layout.pages - 1);
    let which: Vec<usize> = over.pieces.iter().map(|(at, _, _)| *at).collect();
    assert_eq!(which, [2, 3]);
    assert!(over.pieces.iter().all(|(_, lines, characters)| *lines > 0 && characters / lines <= 28));
    let beyond: usize = over.pieces.iter().map(|(_, lines, _)| lines).sum();
    assert!(over.lines > beyond, "the end matter wants room too");
}

#[test]
fn an_end_matter_that_finds_no_room_takes_the_last_lines_along_and_says_how_many_the_text_must_lose() {
    // The text grows line by line: where it leaves the end matter no room, its last lines go over with it.
    let mut pushed = None;
    for lines in 1..=22 {
        let Some(layout) = layout(ItemForm::ShortNews, &[28 * lines]) else { return };
        if layout.pages == 2 {
            pushed = Some((lines, layout));
            break;
        }
    }
    let (lines, found) = pushed.expect("at some length the end matter finds no room");
    assert_eq!(found.pieces[0].pages(), Some((1, 2)), "it does not stand alone");
    let over = found.over(1).expect("two pages");
    assert!(over.lines >= 1 && over.lines <= 3, "{over:?}");
    let shorter = layout(ItemForm::ShortNews, &[28 * (lines - over.lines)]).expect("the faces were there");
    assert_eq!(shorter.pages, 1, "{} lines less and it fits", over.lines);
}

#[test]
fn a_picture_holds_every_character_of_its_page_at_its_place() {
    let Some(faces) = faces() else { return };
    let paper = paper(ItemForm::Articles, &[700, 300]);
    let pictures = paper.pictures(faces);
    assert_eq!(pictures.len(), paper.pdf(faces).expect("sound faces").pages);
    let mut found = 0;
    for picture in &pictures {
        assert!(picture.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 595.3 841.9\""));
        for text in picture.split("<text x=\"").skip(1) {
            let (places, rest) = text.split_once('"').expect("a list of places");
            let words = rest.split_once('>').and_then(|(_, rest)| rest.split_once("</text>")).expect("words").0;
            assert_eq!(places.split(' ').count(), words.chars().count(), "{words}");
            found += words.matches('测').count();
        }
    }
    assert_eq!(found, 1000);
    assert!(pictures[0].contains("fill=\"#e60000\""), "the masthead is red");
    assert_eq!(pictures, paper.pictures(faces), "the same values are the same picture");
}
