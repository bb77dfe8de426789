//! What a file is, told from its content first and its name second.

use std::fmt;

/// What a file is (文件类型).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each variant is the format of its name; `Display` has the words")]
pub enum FileKind {
    Docx,
    Txt,
    Html,
    Doc,
    Wps,
    Works,
    WordXml,
    Rtf,
    Pdf,
    Ofd,
    Spreadsheet,
    Slides,
    Zip,
    SevenZip,
    Rar,
    Image,
    OutlookMessage,
    Tnef,
    Mail,
    Unknown,
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Docx => "Word 文档（docx）",
            Self::Txt => "文本文件",
            Self::Html => "网页文件",
            Self::Doc => "旧版 Word 文档（doc）",
            Self::Wps => "WPS 文字文档（wps）",
            Self::Works => "微软 Works 文档",
            Self::WordXml => "Word 2003 XML 文档",
            Self::Rtf => "RTF 文档",
            Self::Pdf => "PDF 文件",
            Self::Ofd => "OFD 版式文件",
            Self::Spreadsheet => "电子表格",
            Self::Slides => "演示文稿",
            Self::Zip => "压缩包（zip）",
            Self::SevenZip => "压缩包（7z）",
            Self::Rar => "压缩包（rar）",
            Self::Image => "图片",
            Self::OutlookMessage => "Outlook 邮件文件（msg）",
            Self::Tnef => "Outlook 附件包（winmail.dat）",
            Self::Mail => "邮件",
            Self::Unknown => "此类文件",
        })
    }
}

/// What was told of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) kind: FileKind,
    pub(crate) protected: bool,
}

impl FileKind {
    /// Whether a unit would send the text of an item in such a file, though this version may not read it.
    pub fn is_document(self) -> bool {
        match self {
            Self::Docx | Self::Txt | Self::Html | Self::Doc | Self::Wps | Self::Works | Self::WordXml => true,
            Self::Rtf | Self::Pdf | Self::Ofd => true,
            Self::Spreadsheet | Self::Slides | Self::Zip | Self::SevenZip | Self::Rar | Self::Image => false,
            Self::OutlookMessage | Self::Tnef | Self::Mail | Self::Unknown => false,
        }
    }

    /// What `bytes` are, whatever `name` says; the name decides only where the content does not.
    pub fn of(name: &str, bytes: &[u8]) -> Self {
        tell(name, bytes).kind
    }
}

/// The kind of a file and whether it is protected by a password.
pub(crate) fn tell(name: &str, bytes: &[u8]) -> Told {
    let plain = |kind| Told { kind, protected: false };
    let extension = name.rsplit_once('.').map(|(_, e)| e.trim().to_ascii_lowercase()).unwrap_or_default();
    let head = &bytes[..bytes.len().min(1024)];
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        // The first entry's flag says whether it is encrypted.
        return Told { kind: zip_kind(&extension, bytes), protected: head.len() > 6 && head[6] & 1 == 1 };
    }
    if head.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        return ole_kind(&extension, bytes);
    }
    if find(head, b"%PDF-").is_some() {
        // Whether a password is needed only the reader can say: most encrypted files open without one.
        return plain(FileKind::Pdf);
    }
    let is_image = [&b"\x89PNG"[..], b"\xFF\xD8\xFF", b"GIF8", b"BM", b"II*\0", b"MM\0*"];
    match head {
        _ if head.starts_with(b"{\\rtf") => plain(FileKind::Rtf),
        _ if head.starts_with(b"7z\xBC\xAF\x27\x1C") => plain(FileKind::SevenZip),
        _ if head.starts_with(b"Rar!") => plain(FileKind::Rar),
        _ if head.starts_with(b"\x78\x9F\x3E\x22") => plain(FileKind::Tnef),
        _ if is_image.iter().any(|magic| head.starts_with(magic)) && head.contains(&0) => plain(FileKind::Image),
        _ if head.starts_with(b"GIF8") => plain(FileKind::Image),
        _ => plain(text_kind(&extension, head)),
    }
}

fn zip_kind(extension: &str, bytes: &[u8]) -> FileKind {
    // Entry names stand in clear in the local headers and, again, at the end: a search finds them in a cut file too.
    let has = |name: &[u8]| find(bytes, name).is_some();
    if has(b"word/document") {
        FileKind::Docx
    } else if has(b"OFD.xml") {
        FileKind::Ofd
    } else if has(b"xl/workbook") {
        FileKind::Spreadsheet
    } else if has(b"ppt/presentation") {
        FileKind::Slides
    } else if matches!(extension, "docx" | "docm") || (has(b"[Content_Types].xml") && extension != "zip") {
        FileKind::Docx
    } else {
        FileKind::Zip
    }
}

/// An OLE container, told by the names in its directory. Directory entries are 128 bytes and stand at multiples of it.
fn ole_kind(extension: &str, bytes: &[u8]) -> Told {
    let entry = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
        let length = u16::try_from(wide.len()).unwrap_or(0).to_le_bytes();
        bytes.chunks_exact(128).find(|e| e.starts_with(&wide) && e[64..66] == length)
    };
    let begins = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.chunks_exact(128).any(|e| e.starts_with(&wide))
    };
    if entry("EncryptedPackage").is_some() {
        let kind = match extension {
            "xlsx" => FileKind::Spreadsheet,
            "pptx" => FileKind::Slides,
            _ => FileKind::Docx,
        };
        return Told { kind, protected: true };
    }
    if let Some(word) = entry("WordDocument") {
        let kind = if extension == "wps" { FileKind::Wps } else { FileKind::Doc };
        return Told { kind, protected: word_is_encrypted(bytes, word) };
    }
    let kind = if begins("__substg1.0_") || begins("__properties_version") {
        FileKind::OutlookMessage
    } else if entry("Workbook").is_some() || entry("Book").is_some() {
        FileKind::Spreadsheet
    } else if entry("PowerPoint Document").is_some() {
        FileKind::Slides
    } else if entry("CONTENTS").is_some() || entry("MatOST").is_some() {
        FileKind::Works
    } else {
        FileKind::Unknown
    };
    Told { kind, protected: false }
}

/// The flag fEncrypted in the first bytes of the stream a directory entry points at.
fn word_is_encrypted(bytes: &[u8], entry: &[u8]) -> bool {
    let u16_at = |b: &[u8], at: usize| b.get(at..at + 2).map(|b| u16::from_le_bytes([b[0], b[1]]));
    let start = u32::from_le_bytes([entry[116], entry[117], entry[118], entry[119]]);
    let Some(shift @ 7..=16) = u16_at(bytes, 30) else { return false };
    let Some(at) = (start as usize).checked_add(1).and_then(|s| s.checked_mul(1 << shift)) else { return false };
    let Some(stream) = bytes.get(at..) else { return false };
    u16_at(stream, 0) == Some(0xA5EC) && u16_at(stream, 10).is_some_and(|flags| flags & 0x0100 != 0)
}

fn text_kind(extension: &str, head: &[u8]) -> FileKind {
    let lower = head.to_ascii_lowercase();
    if find(&lower, b"word.document").is_some() && find(&lower, b"<?xml").is_some() {
        return FileKind::WordXml;
    }
    let trimmed = lower.trim_ascii_start();
    if find(&lower, b"<html").is_some() || trimmed.starts_with(b"<!doctype html") {
        return FileKind::Html;
    }
    // Other XML is some program's data and nobody's text.
    if trimmed.starts_with(b"<?xml") || trimmed.starts_with(b"\xEF\xBB\xBF<?xml") {
        return FileKind::Unknown;
    }
    let utf16 = head.starts_with(&[0xFF, 0xFE]) || head.starts_with(&[0xFE, 0xFF]);
    let binary = !utf16 && head.iter().any(|b| matches!(b, 0..=8 | 14..=26 | 28..=31));
    match extension {
        // What a name promises and the content does not keep is a damaged document, not a file of no concern.
        _ if binary || head.is_empty() => promised(extension).unwrap_or(FileKind::Unknown),
        "htm" | "html" => FileKind::Html,
        "eml" => FileKind::Mail,
        // Written as text though named otherwise: it is text.
        _ => FileKind::Txt,
    }
}

/// The document a file's name says it is.
fn promised(extension: &str) -> Option<FileKind> {
    match extension {
        "docx" | "docm" => Some(FileKind::Docx),
        "doc" => Some(FileKind::Doc),
        "wps" => Some(FileKind::Wps),
        "rtf" => Some(FileKind::Rtf),
        "pdf" => Some(FileKind::Pdf),
        "ofd" => Some(FileKind::Ofd),
        "txt" => Some(FileKind::Txt),
        "htm" | "html" => Some(FileKind::Html),
        _ => None,
    }
}

/// Whether a file's name promises another format than its content is. A WPS file is a Word file by content.
pub(crate) fn is_misnamed(name: &str, kind: FileKind) -> bool {
    let extension = name.rsplit_once('.').map(|(_, e)| e.trim().to_ascii_lowercase()).unwrap_or_default();
    match promised(&extension) {
        Some(FileKind::Doc | FileKind::Wps) => !matches!(kind, FileKind::Doc | FileKind::Wps | FileKind::Works),
        Some(other) => other != kind,
        None => false,
    }
}

/// Where `needle` first stands in `hay`.
pub(crate) fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    memchr::memmem::find(hay, needle)
}
