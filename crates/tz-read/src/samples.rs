//! Small documents and mails made from values: for tests and the demonstration office. Same values, same bytes.

mod office;

pub use office::{Attached, doc, hz, msg, ofd, ofd_of, pdf, pptx, rtf, scanned_pdf, signed_mail, tnef, xls, xlsx};

use std::io::{Cursor, Write};

use crate::mail::{base64_lines, words};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// A mail to be made.
#[derive(Debug, Clone, Default)]
pub struct EmlSpec {
    /// The sender's address.
    pub from: String,
    /// The sender's display name; empty for none.
    pub name: String,
    /// The receiver's address.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The plain text; lines end with `\n`.
    pub body: String,
    /// Files by name.
    pub attachments: Vec<(String, Vec<u8>)>,
    /// The Message-ID without its angle brackets; empty for none.
    pub message_id: String,
    /// The Date line, such as `Mon, 21 May 2018 09:12:45 +0800`.
    pub date: String,
}

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
const TYPES: &str = r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;
const RELATIONS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#;

/// A Word document with a centred title and paragraphs indented two characters.
pub fn docx<S: AsRef<str>>(title: &str, paragraphs: &[S]) -> Vec<u8> {
    let mut body = String::new();
    if !title.is_empty() {
        body.push_str(&paragraph(r#"<w:jc w:val="center"/>"#, title));
    }
    for text in paragraphs {
        body.push_str(&paragraph(r#"<w:ind w:firstLineChars="200" w:firstLine="640"/>"#, text.as_ref()));
    }
    docx_of(&body)
}

/// A Word document whose body is the given WordprocessingML, with the prefixes `w`, `mc`, `wps` declared.
pub fn docx_of(body: &str) -> Vec<u8> {
    let document = format!(
        r#"{HEAD}<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><w:body>{body}</w:body></w:document>"#
    );
    zip(&[
        ("[Content_Types].xml", format!("{HEAD}{TYPES}").as_bytes()),
        ("_rels/.rels", format!("{HEAD}{RELATIONS}").as_bytes()),
        ("word/document.xml", document.as_bytes()),
    ])
}

fn paragraph(properties: &str, text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!(r#"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>"#)
}

/// A zip archive of files by name, all dated 1980.
pub fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, options).expect("the names of a sample are short and different");
        writer.write_all(bytes).expect("memory takes every byte");
    }
    writer.finish().expect("memory takes every byte").into_inner()
}

/// A 7z archive of files by name, as one block.
pub fn seven_zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = sevenz_rust2::ArchiveWriter::new(Cursor::new(Vec::new())).expect("memory takes every byte");
    for (name, bytes) in files {
        let entry = sevenz_rust2::ArchiveEntry::new_file(name);
        writer.push_archive_entry(entry, Some(*bytes)).expect("memory takes every byte");
    }
    writer.finish().expect("memory takes every byte").into_inner()
}

/// A mail as the usual programs send it: UTF-8, base64, file names both as RFC 2231 and as encoded words.
pub fn eml(spec: &EmlSpec) -> Vec<u8> {
    let mut mail = String::new();
    let mut line = |text: &str| {
        mail.push_str(text);
        mail.push_str("\r\n");
    };
    if !spec.date.is_empty() {
        line(&format!("Date: {}", spec.date));
    }
    let name = if spec.name.is_empty() { String::new() } else { format!("{} ", words(&spec.name)) };
    line(&format!("From: {name}<{}>", spec.from));
    line(&format!("To: <{}>", spec.to));
    line(&format!("Subject: {}", words(&spec.subject)));
    if !spec.message_id.is_empty() {
        line(&format!("Message-ID: <{}>", spec.message_id));
    }
    line("MIME-Version: 1.0");
    let body = base64_lines(spec.body.replace('\n', "\r\n").as_bytes());
    if spec.attachments.is_empty() {
        line("Content-Type: text/plain; charset=utf-8");
        line("Content-Transfer-Encoding: base64");
        line("");
        line(&body);
        return mail.into_bytes();
    }
    // A base64 line never holds an underscore, so the boundary stands in no part.
    line("Content-Type: multipart/mixed; boundary=\"=_tongzheng_sample\"");
    line("");
    line("--=_tongzheng_sample");
    line("Content-Type: text/plain; charset=utf-8");
    line("Content-Transfer-Encoding: base64");
    line("");
    line(&body);
    for (name, bytes) in &spec.attachments {
        line("--=_tongzheng_sample");
        line(&format!("Content-Type: {};\r\n\tname=\"{}\"", media_type(name), words(name)));
        line("Content-Transfer-Encoding: base64");
        line(&format!("Content-Disposition: attachment;\r\n\tfilename=\"{}\"{}", words(name), pieces(name)));
        line("");
        line(&base64_lines(bytes));
    }
    line("--=_tongzheng_sample--");
    mail.into_bytes()
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("docx") => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Some("doc" | "wps") => "application/msword",
        Some("txt") => "text/plain",
        Some("pdf") => "application/pdf",
        Some("zip") => "application/zip",
        _ => "application/octet-stream",
    }
}

/// A file name as the pieces of RFC 2231.
fn pieces(name: &str) -> String {
    let codes: Vec<String> = name.bytes().map(|b| format!("%{b:02X}")).collect();
    let mut text = String::new();
    for (i, chunk) in codes.chunks(18).enumerate() {
        let charset = if i == 0 { "UTF-8''" } else { "" };
        text.push_str(&format!(";\r\n\tfilename*{i}*={charset}{}", chunk.concat()));
    }
    text
}
