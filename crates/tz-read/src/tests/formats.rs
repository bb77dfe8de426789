//! Each format read back from a sample made here, and what each must refuse or note.

use crate::samples::{self, EmlSpec};
use crate::{Budget, Document, FileKind, Note, Unreadable, Wordings, find_mark, read_document, read_message};

const TITLE: &str = "滨湖镇部署夏季防汛工作";
const TEXT: [&str; 2] = [
    "6月4日，滨湖镇组织召开夏季防汛工作会议，传达学习上级会议精神，安排部署今年的防汛抗旱工作。",
    "会议要求，各村居要落实防汛责任，备足沙袋、铁锨等物资，严格执行24小时值班制度。",
];

fn read(name: &str, bytes: &[u8]) -> Result<Document, Unreadable> {
    read_document(name, bytes, &Budget::default())
}

#[test]
fn every_format_gives_title_and_paragraphs_back() {
    let made = [
        ("信息.doc", samples::doc(TITLE, &TEXT)),
        ("信息.wps", samples::doc(TITLE, &TEXT)),
        ("信息.rtf", samples::rtf(TITLE, &TEXT)),
        ("信息.ofd", samples::ofd(TITLE, &TEXT)),
        ("信息.pdf", samples::pdf(TITLE, &TEXT)),
        ("信息.docx", samples::docx(TITLE, &TEXT)),
    ];
    for (name, bytes) in made {
        let document = read(name, &bytes).unwrap_or_else(|reason| panic!("{name}: {reason}"));
        assert_eq!(document.title.as_deref(), Some(TITLE), "{name}");
        assert_eq!(document.paragraphs, TEXT, "{name}");
        assert_eq!(document.notes, [], "{name}");
        // The content decides, whatever the name says; that they differ is noted.
        let kind = FileKind::of(name, &bytes);
        let misnamed = read("信息.txt", &bytes).unwrap_or_else(|reason| panic!("{name} as txt: {reason}"));
        assert_eq!(misnamed.paragraphs, TEXT, "{name}");
        let kind = if kind == FileKind::Wps { FileKind::Doc } else { kind };
        assert_eq!(misnamed.notes, [Note::OtherFormat { kind }], "{name}");
    }
}

#[test]
fn tables_and_slides_are_read_cell_by_cell() {
    let cells = ["单位", "龙泉街道", "12"];
    let tables =
        [("表.xlsx", samples::xlsx(&cells)), ("表.xls", samples::xls(&cells)), ("稿.pptx", samples::pptx(&cells))];
    for (name, bytes) in tables {
        let document = read(name, &bytes).unwrap_or_else(|reason| panic!("{name}: {reason}"));
        let found: Vec<&str> = document.paragraphs.iter().map(String::as_str).filter(|text| *text != "样表").collect();
        assert_eq!(found, cells, "{name}");
    }
}

#[test]
fn mails_as_files_give_their_text_and_their_files() {
    let file = samples::docx(TITLE, &TEXT);
    let eml = samples::eml(&EmlSpec {
        from: "binhu@example.gov.cn".to_owned(),
        subject: "信息".to_owned(),
        body: "请查收。".to_owned(),
        attachments: vec![("信息.docx".to_owned(), file.clone())],
        ..EmlSpec::default()
    });
    let wrapped = [
        ("来信.eml", eml),
        ("来信.msg", samples::msg("信息", "请查收。", ("信息.docx", &file))),
        ("winmail.dat", samples::tnef("请查收。", &[("信息.docx", &file)])),
    ];
    for (name, bytes) in wrapped {
        let document = read(name, &bytes).unwrap_or_else(|reason| panic!("{name}: {reason}"));
        assert!(document.whole_text().contains("请查收。"), "{name}");
        let inside: Vec<(&str, &[u8])> =
            document.inside.iter().map(|e| (e.name.as_str(), e.bytes.as_slice())).collect();
        assert_eq!(inside, [("信息.docx", file.as_slice())], "{name}");
    }
}

#[test]
fn a_package_of_outlook_stands_in_the_mail_as_its_files() {
    let package =
        samples::tnef("请查收。", &[("信息.docx", &samples::docx(TITLE, &TEXT)), ("照片.jpg", b"\xFF\xD8\xFF\xE0\0x")]);
    let mail = samples::eml(&EmlSpec {
        from: "binhu@example.gov.cn".to_owned(),
        attachments: vec![("winmail.dat".to_owned(), package)],
        ..EmlSpec::default()
    });
    let message = read_message(&mail, &Budget::default()).expect("a mail");
    let files: Vec<(&str, &str)> = message.attachments.iter().map(|a| (a.name.as_str(), a.part.as_str())).collect();
    assert_eq!(files, [("信息.docx", "2.1"), ("照片.jpg", "2.2")]);
    // One that cannot be read stays what it is: nothing is lost.
    let broken = samples::eml(&EmlSpec {
        from: "binhu@example.gov.cn".to_owned(),
        attachments: vec![("winmail.dat".to_owned(), b"\x78\x9F\x3E\x22zz".to_vec())],
        ..EmlSpec::default()
    });
    let message = read_message(&broken, &Budget::default()).expect("a mail");
    assert_eq!(message.attachments[0].name, "winmail.dat");
}

#[test]
fn signed_content_is_read_and_encrypted_content_is_noted() {
    let content = "Content-Type: text/plain; charset=utf-8\r\n\r\n滨湖镇部署夏季防汛工作";
    let message = read_message(&samples::signed_mail("信息", content), &Budget::default()).expect("a mail");
    assert_eq!(message.body_text, "滨湖镇部署夏季防汛工作");
    assert_eq!(message.notes, [Note::Signed]);
    let sealed = "From: a@b.example\r\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n\r\nx";
    let message = read_message(sealed.as_bytes(), &Budget::default()).expect("a mail");
    assert_eq!(message.notes, [Note::Encrypted]);
}

#[test]
fn a_scan_says_that_a_person_must_look() {
    assert_eq!(read("签字页.pdf", &samples::scanned_pdf()), Err(Unreadable::Scanned { kind: FileKind::Pdf }));
    let picture = samples::ofd_of(r#"<ofd:ImageObject ID="1" Boundary="0 0 210 297" ResourceID="2"/>"#, &[]);
    let refused = read("扫描件.ofd", &picture);
    assert_eq!(refused, Err(Unreadable::Scanned { kind: FileKind::Ofd }));
    assert!(Unreadable::Scanned { kind: FileKind::Ofd }.to_string().contains("需人工核对"));
}

#[test]
fn old_charsets_that_hide_in_ascii_are_read() {
    let text = "滨湖镇部署夏季防汛工作，6月4日~开会。\n一是备足沙袋。";
    let mail = |label: &str, body: &[u8]| {
        let mut mail = format!("From: a@b.example\r\nContent-Type: text/plain{label}\r\n\r\n").into_bytes();
        mail.extend(body);
        read_message(&mail, &Budget::default()).expect("a mail")
    };
    for label in ["; charset=hz-gb-2312", "; charset=HZ", "", "; charset=gb2312"] {
        assert_eq!(mail(label, &samples::hz(text)).body_text, text, "{label}");
    }
    assert_eq!(mail("; charset=utf-7", b"Hi +buhuVg- 1+-1=2").body_text, "Hi 滨湖 1+1=2");
    // ASCII that looks like the beginning of HZ and is none.
    assert_eq!(mail("", b"see ~{home} and ~}").body_text, "see ~{home} and ~}");
    let (big5, _, _) = encoding_rs::BIG5.encode("濱湖鎮部署夏季防汛工作");
    assert_eq!(mail("; charset=big5", &big5).body_text, "濱湖鎮部署夏季防汛工作");
    let (rare, _, _) = encoding_rs::GB18030.encode("朱镕基、喆、䶮");
    assert_eq!(mail("; charset=gb2312", &rare).body_text, "朱镕基、喆、䶮");
}

#[test]
fn rtf_escapes_of_every_sort_are_read() {
    let rtf = |body: &str| {
        let document = read("a.rtf", format!("{{\\rtf1\\ansi\\ansicpg936{body}}}").as_bytes());
        document.map(|d| (d.whole_text(), d.notes)).unwrap_or_default()
    };
    assert_eq!(rtf("\\u28392 ?\\u28246 ?\\par").0, "滨湖");
    assert_eq!(rtf("{\\uc2\\u28246\\'ba\\'fe\\u-10179 ??\\u-8703 ??}x").0, "湖\u{1F601}x");
    assert_eq!(rtf("甲{\\*\\unknown 乙}{\\header 丙}\\par").0.lines().count(), 2);
    assert_eq!(rtf("正文{\\pict\\bin3 {{{}\\par").0, "正文");
    assert_eq!(rtf("{\\field{\\*\\fldinst DDEAUTO c:\\\\x}{\\fldrslt 结果}}").1, [Note::ProgramField]);
    assert_eq!(rtf("甲{\\deleted 乙}丙").0, "甲丙");
    let deep = format!("{{\\rtf1{}", "{".repeat(100_000));
    assert_eq!(read("a.rtf", deep.as_bytes()), Err(Unreadable::TooDeep { limit: 256 }));
}

#[test]
fn a_mark_is_found_in_every_format_and_in_what_they_hold() {
    let marked = ["密级：机密", TEXT[0]];
    let inside = samples::docx("样例", &marked);
    let files: Vec<(&str, Vec<u8>)> = vec![
        ("样例.docx", inside.clone()),
        ("样例.doc", samples::doc("样例", &marked)),
        ("样例.wps", samples::doc("样例", &marked)),
        ("样例.rtf", samples::rtf("样例", &marked)),
        ("样例.ofd", samples::ofd("样例", &marked)),
        ("样例.pdf", samples::pdf("样例", &marked)),
        ("样例.xlsx", samples::xlsx(&marked)),
        ("样例.xls", samples::xls(&marked)),
        ("样例.pptx", samples::pptx(&marked)),
        ("样例.html", "<html><p>密级：机密</p></html>".into()),
        ("样例.zip", samples::zip(&[("一.docx", &inside)])),
        ("套.zip", samples::zip(&[("样例.zip", &samples::zip(&[("一.docx", &inside)]))])),
        ("图片.zip", samples::zip(&[("【机密】照片.jpg", b"\xFF\xD8\xFF\xE0\0x")])),
        ("文件夹.zip", samples::zip(&[("机密/照片.jpg", b"\xFF\xD8\xFF\xE0\0x")])),
        (
            "附件.ofd",
            samples::ofd_of(
                "<ofd:TextObject Boundary=\"0 0 9 9\"><ofd:TextCode>正文</ofd:TextCode></ofd:TextObject>",
                &[("一.docx", &inside)],
            ),
        ),
        ("来信.msg", samples::msg("样例", "样例", ("一.docx", &inside))),
        ("winmail.dat", samples::tnef("样例", &[("一.docx", &inside)])),
        ("【机密】照片.jpg", b"\xFF\xD8\xFF\xE0\0x".to_vec()),
    ];
    let look = |files: Vec<(&str, Vec<u8>)>| {
        let mail = samples::eml(&EmlSpec {
            from: "binhu@example.gov.cn".to_owned(),
            subject: "样例".to_owned(),
            attachments: files.into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect(),
            ..EmlSpec::default()
        });
        let message = read_message(&mail, &Budget::default()).expect("a mail");
        find_mark(&message, &crate::Documents::of(&message, &Budget::default()), &Wordings::default())
    };
    for (name, bytes) in files {
        let mark = look(vec![(name, bytes)]);
        assert!(mark.as_ref().is_some_and(|mark| mark.found.contains("机密")), "{name}: {mark:?}");
    }
    let near = ["保密协议", "商业秘密保护", "机密性要求"];
    assert_eq!(look(vec![("保密协议.pdf", samples::pdf("保密协议", &near)), ("表.xlsx", samples::xlsx(&near))]), None);
}

#[test]
fn the_head_of_an_official_document_is_not_its_title() {
    let paragraphs = ["滨政发〔2018〕12号", TITLE, TEXT[0], TEXT[1]];
    for (name, bytes) in [
        ("通知.docx", samples::docx("滨湖镇人民政府文件", &paragraphs)),
        ("通知.doc", samples::doc("滨湖镇人民政府文件", &paragraphs)),
        ("通知.ofd", samples::ofd("滨湖镇人民政府文件", &paragraphs)),
    ] {
        let document = read(name, &bytes).unwrap_or_else(|reason| panic!("{name}: {reason}"));
        assert_eq!(document.title.as_deref(), Some(TITLE), "{name}");
        assert_eq!(document.paragraphs, TEXT, "{name}");
        assert!(document.margins.contains(&"滨湖镇人民政府文件".to_owned()), "{name}");
    }
}
