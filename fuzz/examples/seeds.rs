//! Writes the first inputs of every target to `corpus/`: small files of each format, made from values, so that none of
//! them is a stranger's.

use std::path::Path;

use tz_read::samples::{self, EmlSpec};

const TITLE: &str = "滨湖镇部署夏季防汛工作";
const TEXT: [&str; 2] = ["6月4日，滨湖镇组织召开夏季防汛工作会议。", "密级：样例。各村居备足沙袋、铁锨等物资。"];

fn main() -> std::io::Result<()> {
    let docx = samples::docx(TITLE, &TEXT);
    let packed = samples::zip(&[("一.docx", &docx), ("文件夹/二.txt", TEXT[0].as_bytes())]);
    let mail = |attachments: Vec<(String, Vec<u8>)>| {
        samples::eml(&EmlSpec {
            from: "binhu@example.gov.cn".to_owned(),
            name: "滨湖镇党政办".to_owned(),
            to: "tzxxk@example.gov.cn".to_owned(),
            subject: format!("【工作动态】{TITLE}"),
            body: TEXT.join("\n"),
            attachments,
            ..EmlSpec::default()
        })
    };
    let page = format!("<html><head><meta charset=utf-8></head><body><h1>{TITLE}</h1><p>{}</p></body></html>", TEXT[0]);
    let table = "{\\rtf1\\ansi{\\field{\\*\\fldinst DDE x}{\\fldrslt y}}\\trowd\\intbl a\\cell b\\cell\\row{\\*\\bin3 {{{}}";
    let seeds: Vec<(&str, Vec<u8>)> = vec![
        ("message", mail(Vec::new())),
        ("message", mail(vec![("信息.docx".to_owned(), docx.clone()), ("信息.zip".to_owned(), packed.clone())])),
        ("message", mail(vec![("winmail.dat".to_owned(), samples::tnef("请查收。", &[("信息.docx", &docx)]))])),
        ("message", samples::signed_mail("信息", "Content-Type: text/plain\r\n\r\nx")),
        ("docx", docx.clone()),
        ("docx", br#"<w:document xmlns:w="w"><w:body><w:p><w:pPr><w:jc w:val="center"/><w:numPr/></w:pPr><w:r><w:t>a&amp;b</w:t><w:tab/><w:br/></w:r><w:del><w:r><w:delText>c</w:delText></w:r></w:del></w:p></w:body></w:document>"#.to_vec()),
        ("ofd", br#"<o:Page xmlns:o="o"><o:Content><o:Layer><o:TextObject Boundary="1 2 3 4" Size="5" CTM="1 0 0 1 2 3"><o:TextCode X="0" Y="5" DeltaX="g 2 5 5">abcd</o:TextCode></o:TextObject></o:Layer></o:Content></o:Page>"#.to_vec()),
        ("doc", samples::doc(TITLE, &TEXT)),
        ("doc", samples::xls(&TEXT)),
        ("doc", samples::msg(TITLE, TEXT[0], ("信息.docx", &docx))),
        ("rtf", samples::rtf(TITLE, &TEXT)),
        ("rtf", table.as_bytes().to_vec()),
        ("pdf", samples::pdf(TITLE, &TEXT)),
        ("pdf", samples::scanned_pdf()),
        ("ofd", samples::ofd(TITLE, &TEXT)),
        ("ofd", samples::ofd_of("<ofd:ImageObject/>", &[("信息.docx", &docx)])),
        ("sheet", samples::xlsx(&TEXT)),
        ("sheet", samples::pptx(&TEXT)),
        ("tnef", samples::tnef("请查收。", &[("信息.docx", &docx)])),
        ("zip", packed),
        ("seven_zip", samples::seven_zip(&[("一.docx", &docx), ("文件夹/二.txt", TEXT[0].as_bytes())])),
        ("html", page.into_bytes()),
        ("charset", samples::hz(&format!("d{}", TEXT[0]))),
        ("charset", [&b"\x06"[..], TEXT[0].as_bytes()].concat()),
        ("charset", b"\x05Hi +buhuVg- x".to_vec()),
    ];
    for (number, (target, bytes)) in seeds.into_iter().enumerate() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join(format!("seed-{number}")), bytes)?;
    }
    Ok(())
}
