//! Documents and archives made here, for what the public material does not show.

use proptest::prelude::*;

use crate::{Budget, FileKind, Note, Unreadable, read_document, samples, unpack};

fn docx_text(body: &str) -> Vec<String> {
    let document = read_document("信息.docx", &samples::docx_of(body), &Budget::default()).expect("a sound document");
    document.title.into_iter().chain(document.paragraphs).collect()
}

fn run(text: &str) -> String {
    format!("<w:r><w:t>{text}</w:t></w:r>")
}

#[test]
fn a_sample_document_gives_its_title_and_paragraphs_back() {
    let bytes = samples::docx("滨湖镇“网格+信访”化解矛盾", &["一是关口前移 & 下沉。", "二是一事一档<试行>。"]);
    let document = read_document("信息.docx", &bytes, &Budget::default()).expect("a sound document");
    assert_eq!(document.title.as_deref(), Some("滨湖镇“网格+信访”化解矛盾"));
    assert_eq!(document.paragraphs, ["一是关口前移 & 下沉。", "二是一事一档<试行>。"]);
    assert_eq!(bytes, samples::docx("滨湖镇“网格+信访”化解矛盾", &["一是关口前移 & 下沉。", "二是一事一档<试行>。"]));
}

#[test]
fn references_and_character_data_are_text() {
    let body = "<w:p><w:r><w:t>A&amp;B&#20013;&#x6587;&lt;<![CDATA[<x>]]></w:t></w:r></w:p>";
    assert_eq!(docx_text(body), ["A&B中文<<x>"]);
}

#[test]
fn deleted_text_and_field_codes_are_left_out_and_insertions_kept() {
    let body = format!(
        "<w:p>{}<w:del><w:r><w:delText>旧</w:delText></w:r></w:del><w:ins>{}</w:ins><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>",
        run("甲"),
        run("乙")
    );
    assert_eq!(docx_text(&body), ["甲乙"]);
}

#[test]
fn a_text_box_is_read_once() {
    let body = format!(
        "<w:p>{}<mc:AlternateContent><mc:Choice><wps:txbx><w:txbxContent><w:p>{}</w:p></w:txbxContent></wps:txbx></mc:Choice><mc:Fallback><w:p>{}</w:p></mc:Fallback></mc:AlternateContent></w:p>",
        run("外"),
        run("框内"),
        run("框内")
    );
    assert_eq!(docx_text(&body), ["框内", "外"]);
}

#[test]
fn a_table_is_read_cell_by_cell() {
    let cell = |text: &str| format!("<w:tc><w:p>{}</w:p></w:tc>", run(text));
    let body = format!("<w:tbl><w:tr>{}{}</w:tr></w:tbl>", cell("龙泉街道"), cell("12"));
    assert_eq!(docx_text(&body), ["龙泉街道", "12"]);
}

#[test]
fn a_title_over_two_centred_lines_is_one_title() {
    let centred = |text: &str| format!(r#"<w:p><w:pPr><w:jc w:val="center"/></w:pPr>{}</w:p>"#, run(text));
    let body = format!("{}{}<w:p>{}</w:p>", centred("滨湖镇扎实推进"), centred("人居环境整治"), run("一、加强领导。"));
    let document = read_document("a.docx", &samples::docx_of(&body), &Budget::default()).expect("a sound document");
    assert_eq!(document.title.as_deref(), Some("滨湖镇扎实推进人居环境整治"));
    assert_eq!(document.paragraphs, ["一、加强领导。"]);
}

#[test]
fn a_byline_under_a_title_is_no_part_of_it() {
    let centred = |text: &str| format!(r#"<w:p><w:pPr><w:jc w:val="center"/></w:pPr>{}</w:p>"#, run(text));
    let body =
        format!("{}{}<w:p>{}</w:p>", centred("我镇部署夏季防汛工作"), centred("滨湖镇人民政府"), run("一、加强领导。"));
    let document = read_document("a.docx", &samples::docx_of(&body), &Budget::default()).expect("a sound document");
    assert_eq!(document.title.as_deref(), Some("我镇部署夏季防汛工作"));
    assert_eq!(document.paragraphs, ["滨湖镇人民政府", "一、加强领导。"]);
}

#[test]
fn a_document_type_is_refused() {
    let xml = r#"<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><w:document xmlns:w="w"><w:body><w:p><w:r><w:t>&e;</w:t></w:r></w:p></w:body></w:document>"#;
    let bytes = samples::zip(&[("word/document.xml", xml.as_bytes())]);
    let refused = read_document("a.docx", &bytes, &Budget::default());
    assert_eq!(refused, Err(Unreadable::Forbidden { kind: FileKind::Docx, what: "文档类型定义（DTD）" }));
}

#[test]
fn a_hundred_thousand_levels_are_refused() {
    let bytes = samples::docx_of(&"<w:p>".repeat(100_000));
    let refused = read_document("a.docx", &bytes, &Budget::default());
    assert_eq!(refused, Err(Unreadable::TooDeep { limit: 256 }));
}

#[test]
fn a_bomb_stops_at_the_budget_whatever_it_claims() {
    let bytes = samples::zip(&[("信息.txt", &vec![b'0'; 4 << 20])]);
    assert!(bytes.len() < 10_000, "it is a bomb");
    let budget = Budget { max_unpacked: 1 << 20, ..Budget::default() };
    assert_eq!(unpack(&bytes, &budget), Err(Unreadable::UnpacksTooLarge { limit_mb: 1 }));
}

#[test]
fn too_many_entries_are_refused_before_they_are_listed() {
    let names: Vec<String> = (0..30).map(|i| format!("{i}.txt")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|n| (n.as_str(), &b"x"[..])).collect();
    let budget = Budget { max_entries: 29, ..Budget::default() };
    assert_eq!(unpack(&samples::zip(&files), &budget), Err(Unreadable::TooManyEntries { limit: 29 }));
}

#[test]
fn names_of_entries_lose_folders_and_tricks() {
    let files: [(&str, &[u8]); 3] = [("../../信息.txt", b"x"), ("C:\\稿件\\甲.txt", b"x"), ("乙\u{202E}txt.exe", b"x")];
    let entries = unpack(&samples::zip(&files), &Budget::default()).expect("a sound archive");
    let names: Vec<&str> = entries.iter().map(|e| e.name.as_str()).collect();
    assert_eq!(names, ["信息.txt", "甲.txt", "乙txt.exe"]);
}

#[test]
fn text_files_in_gbk_utf8_and_utf16_are_read() {
    let text = "滨湖镇召开会议\n　　5月22日，滨湖镇召开安全生产工作会议，部署夏季防汛工作。";
    let gbk = encoding_rs::GB18030.encode(text).0.into_owned();
    let utf16: Vec<u8> = [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for bytes in [text.as_bytes().to_vec(), gbk, utf16] {
        let document = read_document("信息.txt", &bytes, &Budget::default()).expect("a text");
        assert_eq!(document.title.as_deref(), Some("滨湖镇召开会议"));
        assert_eq!(document.paragraphs, ["5月22日，滨湖镇召开安全生产工作会议，部署夏季防汛工作。"]);
    }
}

#[test]
fn web_pages_are_read_without_scripts_and_comments() {
    let html = "<html><head><title>x</title></head><body><h1>标题</h1><script>坏()</script><p>第一段&nbsp;A&amp;B<br>第二段<!-- 无 --><table><tr><td>甲<td>乙</table>1 < 2";
    let document = read_document("a.html", html.as_bytes(), &Budget::default()).expect("a page");
    assert_eq!(document.title.as_deref(), Some("标题"));
    assert_eq!(document.paragraphs, ["第一段 A&B", "第二段", "甲", "乙", "1 < 2"]);
}

#[test]
fn automatic_numbers_are_noted() {
    let body = format!("<w:p><w:pPr><w:numPr/></w:pPr>{}</w:p>", run("加强领导。"));
    let document = read_document("a.docx", &samples::docx_of(&body), &Budget::default()).expect("a sound document");
    assert_eq!(document.notes, [Note::AutoNumbers]);
}

#[test]
fn an_image_is_named_by_its_content() {
    let refused = read_document("信息.docx", b"\x89PNG\r\n\x1a\n\0\0", &Budget::default());
    assert_eq!(refused, Err(Unreadable::NotYet { kind: FileKind::Image }));
}

proptest! {
    /// Any bytes under any name are read or refused.
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400), name in "[a-z]{1,4}\\.(docx|doc|txt|html|pdf|zip)") {
        if let Err(reason) = read_document(&name, &bytes, &Budget::default()) {
            prop_assert!(reason.to_string().ends_with('。'));
        }
    }

    /// Any text in a page's brackets and quotes is read or passed over.
    #[test]
    fn any_page_is_read(html in "(<|>|</?(p|div|td|script|style|head|svg)|<!--|-->|&|&#|;|\"|'|中|a| |\n){0,60}") {
        let page = format!("<html>{html}");
        let read = read_document("a.html", page.as_bytes(), &Budget::default());
        let empty = matches!(read, Err(Unreadable::Empty { .. }));
        prop_assert!(empty || read.is_ok());
    }
}
