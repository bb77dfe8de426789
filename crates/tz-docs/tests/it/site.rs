//! Papers as pages for a browser, the folder they stand in, and its feed.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::date};
use quick_xml::{Reader, events::Event};
use tz_docs::{PaperKind, Site, SiteWork, Template, preview};

fn site() -> Site {
    let work = |file: &str, year: i16, series: &str, day: i8| SiteWork {
        file: file.to_owned(),
        year,
        series: series.to_owned(),
        title: format!("第{day}期"),
        contents: vec!["滨湖镇<做好>夏粮收购".to_owned()],
        date: date(year, 6, day),
        published: format!("{year}-06-{day:02}T02:00:00Z").parse::<Timestamp>().expect("a moment"),
        id: format!("{:032x}", u64::from(year.unsigned_abs()) * 100 + u64::from(day.unsigned_abs())),
    };
    Site {
        office: "滕州市人民政府办公室".to_owned(),
        id: "0".repeat(32),
        works: vec![
            work("p1-2", 2018, "每日要情", 12),
            work("bulletin-2018-05", 2018, "政务信息采用情况通报", 2),
            work("p1-1", 2017, "每日要情", 1),
        ],
    }
}

/// Every element of a text with its attributes, or why it is not well formed. A page is written so that it is.
fn elements(text: &str) -> Vec<(String, Vec<(String, String)>)> {
    let text = text.strip_prefix("<!doctype html>").unwrap_or(text);
    let mut reader = Reader::from_str(text);
    let mut found = Vec::new();
    loop {
        match reader.read_event().expect("well formed") {
            Event::Start(element) | Event::Empty(element) => {
                let name = element.name().as_ref().to_owned();
                let attributes = element.attributes().map(|attribute| {
                    let attribute = attribute.expect("a sound attribute");
                    (attribute.key.as_ref().to_owned(), attribute.value.into_owned())
                });
                found.push((name, attributes.collect()));
            }
            Event::Eof => return found,
            _ => {}
        }
    }
}

fn hrefs(text: &str) -> Vec<String> {
    let all = elements(text).into_iter().flat_map(|(_, attributes)| attributes);
    all.filter(|(key, _)| key == "href" || key == "src").map(|(_, value)| value).collect()
}

#[test]
fn every_page_of_the_folder_is_reached_and_no_link_leaves_it() {
    let site = site();
    let files: Vec<(String, Vec<u8>)> = site.frame();
    let mut known: BTreeSet<String> = files.iter().map(|(path, _)| path.clone()).collect();
    known.extend(site.works.iter().flat_map(|work| [work.page(), work.pdf()]));
    let mut reached = BTreeSet::new();
    for (path, bytes) in files.iter().filter(|(path, _)| path.ends_with(".html") || path.ends_with(".xml")) {
        let text = String::from_utf8(bytes.clone()).expect("UTF-8");
        assert!(!text.contains("<script") && !text.contains("http-equiv"), "{path}");
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for href in hrefs(&text) {
            let target = match href.strip_prefix("../") {
                Some(rest) => rest.to_owned(),
                None if folder.is_empty() => href,
                None => format!("{folder}/{href}"),
            };
            assert!(known.contains(&target), "{path} leads to {target}");
            reached.insert(target);
        }
    }
    assert_eq!(reached, known, "everything is reached");
    assert_eq!(files, site.frame(), "the same works are the same bytes");
}

#[test]
fn the_feed_has_what_rfc_4287_asks_for() {
    let frame = site().frame();
    let (_, bytes) = frame.iter().find(|(path, _)| path == "feed.xml").expect("a feed");
    let text = std::str::from_utf8(bytes).expect("UTF-8");
    let names: Vec<String> = elements(text).into_iter().map(|(name, _)| name).collect();
    let count = |wanted: &str| names.iter().filter(|name| *name == wanted).count();
    // Once for the feed and once for each of three entries; the author once, for all of them.
    assert_eq!((count("id"), count("title"), count("updated"), count("entry"), count("author")), (4, 4, 4, 3, 1));
    assert!(text.contains("<updated>2018-06-12T02:00:00Z</updated>"), "{text}");
    let ids: BTreeSet<&str> =
        text.split("<id>").skip(1).filter_map(|rest| rest.split_once("</id>")).map(|(id, _)| id).collect();
    assert_eq!(ids.len(), 4, "no two have the same name");
    assert!(ids.iter().all(|id| id.starts_with("urn:uuid:") && id.len() == 45), "{ids:?}");
    assert!(text.contains("滨湖镇&lt;做好&gt;夏粮收购"));
}

#[test]
fn a_paper_as_a_page_says_every_word_of_it() {
    let site = site();
    for (name, paper) in PaperKind::ALL.into_iter().flat_map(|kind| preview(&Template::built_in(kind))) {
        let page = site.work(&site.works[0], &paper);
        elements(&page);
        assert!(!page.contains("<script"), "{name}");
        let mut said = String::new();
        let mut inside = false;
        for c in page.chars() {
            match c {
                '<' => inside = true,
                '>' => inside = false,
                c if !inside && !c.is_whitespace() => said.push(c),
                _ => {}
            }
        }
        for line in paper.words().lines() {
            let line: String = line.chars().filter(|c| !c.is_whitespace()).collect();
            let escaped = line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
            assert!(said.contains(&escaped), "{name} lost “{line}”");
        }
    }
}
