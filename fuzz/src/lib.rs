//! What the fuzz targets do with the bytes they are given: read them as the server would, under its budget, and hold what
//! must hold of any answer.

use tz_read::samples::{EmlSpec, eml, zip};
use tz_read::{Budget, Documents, Wordings, find_mark, propose_items, read_document, read_message};

const CATEGORIES: [&str; 5] = ["工作动态", "经验亮点", "调研分析", "问题建议", "社情民意"];

/// A mail: read, looked at for marks, made into items.
pub fn message(data: &[u8]) {
    let budget = Budget::default();
    match read_message(data, &budget) {
        Ok(message) => {
            assert!(message.attachments.len() <= budget.max_parts);
            assert!(message.body_text.len() <= budget.max_text_bytes);
            let documents = Documents::of(&message, &budget);
            find_mark(&message, &documents, &Wordings::default());
            for item in propose_items(&message, documents, &CATEGORIES) {
                assert!(item.category.is_none_or(|category| CATEGORIES.contains(&category.as_str())));
            }
        }
        Err(reason) => assert!(reason.to_string().ends_with('。')),
    }
}

/// A document: `magic` is set before the bytes where they do not begin with it, so that they reach their reader.
pub fn document(name: &str, magic: &[u8], data: &[u8]) {
    let mut bytes = data.to_vec();
    if bytes.len() < magic.len() {
        return;
    }
    bytes[..magic.len()].copy_from_slice(magic);
    match read_document(name, &bytes, &Budget::default()) {
        Ok(document) => {
            assert!(document.paragraphs.iter().all(|paragraph| !paragraph.is_empty()));
        }
        Err(reason) => assert!(reason.to_string().ends_with('。')),
    }
}

/// The main part of a zipped document: the bytes as its XML, for a mutated archive seldom opens.
pub fn part(name: &str, place: &str, data: &[u8]) {
    if data.starts_with(b"PK") {
        return document(name, b"PK", data);
    }
    let root = br#"<o:OFD xmlns:o="o"><o:DocBody><o:DocRoot>D/Document.xml</o:DocRoot></o:DocBody></o:OFD>"#;
    let body = br#"<o:Document xmlns:o="o"><o:Pages><o:Page BaseLoc="Page.xml"/></o:Pages></o:Document>"#;
    document(name, b"PK", &zip(&[("OFD.xml", root), ("D/Document.xml", body), (place, data)]));
}

/// A file in a mail.
pub fn attached(name: &str, data: &[u8]) {
    message(&eml(&EmlSpec {
        from: "binhu@example.gov.cn".to_owned(),
        subject: "信息".to_owned(),
        attachments: vec![(name.to_owned(), data.to_vec())],
        ..EmlSpec::default()
    }));
}

/// A text whose first byte chooses its label.
pub fn charset(data: &[u8]) {
    let labels = [
        "gb2312", "gbk", "gb18030", "big5", "hz-gb-2312", "utf-7", "utf-8", "us-ascii", "iso-8859-1", "utf-16le",
        "iso-2022-jp", "euc-kr", "x-unknown", "",
    ];
    let Some((first, text)) = data.split_first() else { return };
    let label = labels[usize::from(*first) % labels.len()];
    let mut mail = format!(
        "From: a@b.example\r\nContent-Type: text/plain; charset=\"{label}\"; name*0*={label}''%B1%F5; name*1*=%BA\r\nSubject: =?{label}?Q?"
    )
    .into_bytes();
    mail.extend(text.iter().take(200).filter(|byte| !byte.is_ascii_control()));
    mail.extend(b"?=\r\n\r\n");
    mail.extend(text);
    message(&mail);
}
