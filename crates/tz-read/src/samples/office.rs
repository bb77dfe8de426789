//! Small files of the formats offices use, as small as the format lets them be. Same values, same bytes.

use std::io::{Cursor, Write};

use super::zip;
use crate::mail::{base64_lines, words};

/// A file packed into another.
pub type Attached<'a> = (&'a str, &'a [u8]);

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// An OFD page of lines, 5 mm letters, 26 to a full line, the first centred.
pub fn ofd(title: &str, paragraphs: &[&str]) -> Vec<u8> {
    const SIZE: usize = 5;
    const ACROSS: usize = 26;
    let mut objects = String::new();
    let mut y = 20;
    let mut line = |x: usize, text: &str| {
        let steps = vec!["5"; text.chars().count().saturating_sub(1)].join(" ");
        objects.push_str(&format!(
            r#"<ofd:TextObject ID="{y}" Boundary="{x} {y} 160 7" Font="3" Size="{SIZE}"><ofd:TextCode X="0" Y="5" DeltaX="{steps}">{}</ofd:TextCode></ofd:TextObject>"#,
            escaped(text)
        ));
        y += 7;
    };
    if !title.is_empty() {
        line(30 + (ACROSS - title.chars().count().min(ACROSS)) * SIZE / 2, title);
    }
    for paragraph in paragraphs {
        let letters: Vec<char> = paragraph.chars().collect();
        // Indented by two letters, as everything official is.
        let first = letters.len().min(ACROSS - 2);
        line(30 + 2 * SIZE, &letters[..first].iter().collect::<String>());
        for rest in letters[first..].chunks(ACROSS) {
            line(30, &rest.iter().collect::<String>());
        }
    }
    ofd_of(&objects, &[])
}

/// An OFD of one page whose objects are given, with files attached.
pub fn ofd_of(objects: &str, attached: &[Attached<'_>]) -> Vec<u8> {
    const NAMESPACE: &str = r#"xmlns:ofd="http://www.ofdspec.org/2016""#;
    let root = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><ofd:OFD {NAMESPACE} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>1</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"#
    );
    let document = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><ofd:Document {NAMESPACE}><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages><ofd:Attachments>Attachments.xml</ofd:Attachments></ofd:Document>"#
    );
    let page = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><ofd:Page {NAMESPACE}><ofd:Content><ofd:Layer ID="2">{objects}</ofd:Layer></ofd:Content></ofd:Page>"#
    );
    let list: String = attached
        .iter()
        .map(|(name, _)| {
            format!(r#"<ofd:Attachment Name="{name}"><ofd:FileLoc>Res/{name}</ofd:FileLoc></ofd:Attachment>"#)
        })
        .collect();
    let list =
        format!(r#"<?xml version="1.0" encoding="UTF-8"?><ofd:Attachments {NAMESPACE}>{list}</ofd:Attachments>"#);
    let paths: Vec<String> = attached.iter().map(|(name, _)| format!("Doc_0/Res/{name}")).collect();
    let mut files: Vec<Attached<'_>> = vec![
        ("OFD.xml", root.as_bytes()),
        ("Doc_0/Document.xml", document.as_bytes()),
        ("Doc_0/Pages/Page_0/Content.xml", page.as_bytes()),
        ("Doc_0/Attachments.xml", list.as_bytes()),
    ];
    files.extend(paths.iter().zip(attached).map(|(path, (_, bytes))| (path.as_str(), *bytes)));
    zip(&files)
}

/// RTF as Word writes it for Chinese: escaped GBK bytes in a font of that charset; the title is centred.
pub fn rtf(title: &str, paragraphs: &[&str]) -> Vec<u8> {
    let escaped = |text: &str| -> String {
        let (bytes, _, _) = encoding_rs::GBK.encode(text);
        let each = bytes.iter().map(|byte| match byte {
            b'\\' | b'{' | b'}' => format!("\\{}", char::from(*byte)),
            byte if byte.is_ascii() => char::from(*byte).to_string(),
            byte => format!("\\'{byte:02x}"),
        });
        each.collect()
    };
    let mut text = String::from(
        "{\\rtf1\\ansi\\ansicpg936\\deff0{\\fonttbl{\\f0\\fnil\\fcharset134 \\'b7\\'c2\\'cb\\'ce;}}{\\colortbl;\\red0\\green0\\blue0;}\r\n",
    );
    if !title.is_empty() {
        text.push_str(&format!("\\pard\\qc\\f0\\fs44 {}\\par\r\n", escaped(title)));
    }
    for paragraph in paragraphs {
        text.push_str(&format!("\\pard\\qj\\fi640\\f0\\fs32 {}\\par\r\n", escaped(paragraph)));
    }
    text.push('}');
    text.into_bytes()
}

/// A Word 97 document of one piece: title and paragraphs, the title centred; named .wps it is Kingsoft's.
pub fn doc(title: &str, paragraphs: &[&str]) -> Vec<u8> {
    const TEXT: usize = 0x800;
    let mut lines: Vec<&str> = if title.is_empty() { Vec::new() } else { vec![title] };
    lines.extend(paragraphs);
    let text: String = lines.iter().map(|line| format!("{line}\r")).collect();
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut main = vec![0_u8; TEXT];
    main.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
    let end = main.len();
    main.resize(end.div_ceil(512) * 512, 0);
    // One page of paragraph properties: the first paragraph is centred where it is a title.
    let page = main.len() / 512;
    let title_end = TEXT + (title.encode_utf16().count() + 1) * 2;
    let bounds: Vec<usize> = if title.is_empty() { vec![TEXT, end] } else { vec![TEXT, title_end, end] };
    let runs = bounds.len() - 1;
    let mut properties = vec![0_u8; 512];
    for (at, bound) in bounds.iter().enumerate() {
        put(&mut properties, at * 4, &u32_of(*bound));
    }
    if !title.is_empty() {
        properties[(runs + 1) * 4] = 200;
        put(&mut properties, 400, &[3, 0, 0, 0x03, 0x24, 1]);
    }
    properties[511] = u8::try_from(runs).unwrap_or(0);
    main.extend(properties);

    let mut table = vec![2];
    table.extend(u32_of(16));
    table.extend(u32_of(0));
    table.extend(u32_of(units.len()));
    table.extend([0, 0]);
    table.extend(u32_of(TEXT));
    table.extend([0, 0]);
    let clx = table.len();
    table.extend(u32_of(TEXT));
    table.extend(u32_of(end));
    table.extend(u32_of(page));

    put(&mut main, 0, &[0xEC, 0xA5, 0xC1, 0]);
    put(&mut main, 10, &0x0200_u16.to_le_bytes());
    put(&mut main, 0x4C, &u32_of(units.len()));
    put(&mut main, 0x9A + 13 * 8, &[u32_of(clx), u32_of(12)].concat());
    put(&mut main, 0x9A + 33 * 8, &[u32_of(0), u32_of(clx)].concat());
    container(&[("/WordDocument", &main), ("/1Table", &table)])
}

/// An old spreadsheet whose shared texts are the cells given.
pub fn xls(cells: &[&str]) -> Vec<u8> {
    let mut shared = [u32_of(cells.len()), u32_of(cells.len())].concat();
    for cell in cells {
        let units: Vec<u16> = cell.encode_utf16().collect();
        shared.extend(u16::try_from(units.len()).unwrap_or(0).to_le_bytes());
        shared.push(1);
        shared.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
    }
    let mut book = Vec::new();
    for (code, record) in [(0x0809_u16, &[0_u8; 16][..]), (0xFC, &shared), (0x0A, &[])] {
        book.extend(code.to_le_bytes());
        book.extend(u16::try_from(record.len()).unwrap_or(0).to_le_bytes());
        book.extend(record);
    }
    container(&[("/Workbook", &book)])
}

/// A spreadsheet of one column.
pub fn xlsx(cells: &[&str]) -> Vec<u8> {
    const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
    let rows: String = cells
        .iter()
        .enumerate()
        .map(|(at, cell)| {
            let row = at + 1;
            format!(r#"<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>{}</t></is></c></row>"#, escaped(cell))
        })
        .collect();
    let types = format!(
        r#"{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>"#
    );
    let link = |kind: &str, target: &str| {
        format!(
            r#"{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{OFFICE}/{kind}" Target="{target}"/></Relationships>"#
        )
    };
    let book = format!(
        r#"{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="样表" sheetId="1" r:id="rId1"/></sheets></workbook>"#
    );
    let sheet = format!(r#"{HEAD}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>"#);
    zip(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", link("officeDocument", "xl/workbook.xml").as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", link("worksheet", "worksheets/sheet1.xml").as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ])
}

/// Slides of one line each, as far as their text.
pub fn pptx(slides: &[&str]) -> Vec<u8> {
    let slide = |text: &&str| {
        format!(
            r#"<?xml version="1.0"?><p:sld xmlns:p="p" xmlns:a="a"><a:p><a:r><a:t>{}</a:t></a:r></a:p></p:sld>"#,
            escaped(text)
        )
    };
    let slides: Vec<(String, String)> =
        slides.iter().enumerate().map(|(at, text)| (format!("ppt/slides/slide{}.xml", at + 1), slide(text))).collect();
    let mut files: Vec<Attached<'_>> = vec![("ppt/presentation.xml", b"<p/>")];
    files.extend(slides.iter().map(|(name, xml)| (name.as_str(), xml.as_bytes())));
    zip(&files)
}

/// A PDF of one page, its letters in a font with a map of its own, lines of 26 broken as a printer breaks them.
pub fn pdf(title: &str, paragraphs: &[&str]) -> Vec<u8> {
    const ACROSS: usize = 26;
    let mut lines: Vec<(usize, String)> = Vec::new();
    if !title.is_empty() {
        lines.push((80 + (ACROSS - title.chars().count().min(ACROSS)) * 8, title.to_owned()));
    }
    for paragraph in paragraphs {
        let letters: Vec<char> = paragraph.chars().collect();
        let first = letters.len().min(ACROSS - 2);
        lines.push((112, letters[..first].iter().collect()));
        lines.extend(letters[first..].chunks(ACROSS).map(|rest| (80, rest.iter().collect())));
    }
    // Each letter gets the code of its first use: without the map the codes say nothing.
    let mut letters: Vec<u16> = Vec::new();
    let mut content = String::new();
    for (at, (x, line)) in lines.iter().enumerate() {
        let mut codes = String::new();
        for unit in line.encode_utf16() {
            let code = letters.iter().position(|known| *known == unit).unwrap_or(letters.len());
            if code == letters.len() {
                letters.push(unit);
            }
            codes.push_str(&format!("{:04X}", code + 1));
        }
        content.push_str(&format!("BT /F1 16 Tf 1 0 0 1 {x} {} Tm <{codes}> Tj ET\n", 760 - at * 28));
    }
    let mut map = String::from("begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange\n");
    for (at, unit) in letters.iter().enumerate() {
        map.push_str(&format!("1 beginbfchar <{:04X}> <{unit:04X}> endbfchar\n", at + 1));
    }
    map.push_str("endcmap");
    pdf_of(&[
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        stream("", &content),
        "<< /Type /Font /Subtype /Type0 /BaseFont /FangSong /Encoding /Identity-H /DescendantFonts [6 0 R] /ToUnicode 7 0 R >>".to_owned(),
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /FangSong /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /DW 1000 >>".to_owned(),
        stream("", &map),
    ])
}

/// A PDF whose only page is a picture.
pub fn scanned_pdf() -> Vec<u8> {
    pdf_of(&[
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /Im1 5 0 R >> >> >>".to_owned(),
        stream("", "q 595 0 0 842 0 0 cm /Im1 Do Q"),
        stream("/Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray", "x"),
    ])
}

fn stream(about: &str, content: &str) -> String {
    format!("<< {about} /Length {} >>\nstream\n{content}\nendstream", content.len())
}

/// A PDF of objects numbered from 1, the first its catalog.
fn pdf_of(objects: &[String]) -> Vec<u8> {
    let mut file = String::from("%PDF-1.4\n");
    let mut places = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        places.push(file.len());
        file.push_str(&format!("{} 0 obj\n{object}\nendobj\n", at + 1));
    }
    let table = file.len();
    file.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1));
    for place in places {
        file.push_str(&format!("{place:010} 00000 n \n"));
    }
    file.push_str(&format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1));
    file.into_bytes()
}

/// Outlook's package (winmail.dat) of a text in GBK and files.
pub fn tnef(text: &str, files: &[Attached<'_>]) -> Vec<u8> {
    let mut package = vec![0x78, 0x9F, 0x3E, 0x22, 1, 0];
    let mut attribute = |level: u8, id: u32, value: &[u8]| {
        package.push(level);
        package.extend(id.to_le_bytes());
        package.extend(u32_of(value.len()));
        package.extend(value);
        let sum = value.iter().fold(0_u16, |sum, byte| sum.wrapping_add(u16::from(*byte)));
        package.extend(sum.to_le_bytes());
    };
    let gbk = |text: &str| encoding_rs::GBK.encode(text).0.into_owned();
    attribute(1, 0x0006_9007, &[936_u32.to_le_bytes(), [0; 4]].concat());
    attribute(1, 0x0002_800C, &gbk(text));
    for (name, bytes) in files {
        attribute(2, 0x0006_9002, &[0; 14]);
        attribute(2, 0x0001_8010, &gbk(name));
        attribute(2, 0x0006_800F, bytes);
    }
    package
}

/// Outlook's own mail file.
pub fn msg(subject: &str, text: &str, file: Attached<'_>) -> Vec<u8> {
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    container(&[
        ("/__substg1.0_0037001F", &wide(subject)),
        ("/__substg1.0_1000001F", &wide(text)),
        ("/__attach_version1.0_#00000000/__substg1.0_3707001F", &wide(file.0)),
        ("/__attach_version1.0_#00000000/__substg1.0_37010102", file.1),
    ])
}

/// A mail whose content is enclosed in a signed package (S/MIME, opaque), without any real signature.
pub fn signed_mail(subject: &str, content: &str) -> Vec<u8> {
    let tagged = |tag: u8, value: &[u8]| {
        let mut item = vec![tag, 0x84];
        item.extend(u32::try_from(value.len()).unwrap_or(0).to_be_bytes());
        item.extend(value);
        item
    };
    let kind = |last: u8| tagged(6, &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, last]);
    let enclosed = tagged(0x30, &[kind(1), tagged(0xA0, &tagged(4, content.as_bytes()))].concat());
    let signed = tagged(0x30, &[tagged(2, &[1]), tagged(0x31, &[]), enclosed, tagged(0x31, &[])].concat());
    let package = tagged(0x30, &[kind(2), tagged(0xA0, &signed)].concat());
    let mut mail = format!(
        "From: <binhu@example.gov.cn>\r\nSubject: {}\r\nContent-Type: application/pkcs7-mime; smime-type=signed-data; name=\"smime.p7m\"\r\nContent-Transfer-Encoding: base64\r\n\r\n",
        words(subject)
    );
    mail.push_str(&base64_lines(&package));
    mail.into_bytes()
}

/// A text in HZ, which hides GB 2312 in ASCII.
pub fn hz(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for line in text.split_inclusive('\n') {
        let mut chinese = false;
        for c in line.chars() {
            let letter = c.to_string();
            let (code, _, _) = encoding_rs::GBK.encode(&letter);
            match code.as_ref() {
                [high, low] => {
                    if !chinese {
                        bytes.extend(b"~{");
                        chinese = true;
                    }
                    bytes.extend([high & 0x7F, low & 0x7F]);
                }
                ascii => {
                    if chinese {
                        bytes.extend(b"~}");
                        chinese = false;
                    }
                    if ascii == b"~" {
                        bytes.push(b'~');
                    }
                    bytes.extend(ascii);
                }
            }
        }
        if chinese {
            bytes.extend(b"~}");
        }
    }
    bytes
}

/// An OLE container of streams by path.
fn container(streams: &[Attached<'_>]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("memory takes every byte");
    for (path, bytes) in streams {
        if let Some((storage, _)) = path.rsplit_once('/').filter(|(storage, _)| !storage.is_empty()) {
            file.create_storage_all(storage).expect("a sample's storages are named once");
        }
        let mut stream = file.create_stream(path).expect("a sample's streams are named once");
        stream.write_all(bytes).expect("memory takes every byte");
    }
    file.into_inner().into_inner()
}

fn put(bytes: &mut [u8], at: usize, value: &[u8]) {
    bytes[at..at + value.len()].copy_from_slice(value);
}

fn u32_of(number: usize) -> [u8; 4] {
    u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes()
}
