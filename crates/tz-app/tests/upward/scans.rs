//! Forty scans made from printed pages of our own: askew, upside down, noisy, blurred, coarse, stamped, covered. Each finds its
//! item or waits for a person; none goes to a wrong one.

use std::io::Cursor;
use std::process::Command;

use image::imageops::{self, FilterType};
use image::{ImageFormat, Rgb, RgbImage};
use tz_app::comment::{NewComment, ScanSource};
use tz_docs::Issue;
use tz_model::{IssueId, ItemId};

use crate::house::{House, said};

/// A page of a PDF as poppler prints it; `None` with a printed line where it is not installed.
fn printed(pdf: &[u8], dpi: u32) -> Option<RgbImage> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (file, picture) = (folder.path().join("issue.pdf"), folder.path().join("page"));
    std::fs::write(&file, pdf).expect("written");
    let dpi = dpi.to_string();
    let done = Command::new("pdftoppm").args(["-png", "-singlefile", "-r", &dpi]).arg(&file).arg(&picture).status();
    if done.is_err() {
        println!("skipped: pdftoppm is not installed");
        return None;
    }
    Some(image::open(picture.with_extension("png")).expect("a picture").into_rgb8())
}

/// Numbers that look like chance and are the same every time.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

/// The page turned by so many degrees on a white table.
fn turned(page: &RgbImage, degrees: f32) -> RgbImage {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (width, height) = (page.width() as f32, page.height() as f32);
    let size = (width * cos.abs() + height * sin.abs(), width * sin.abs() + height * cos.abs());
    let mut out = RgbImage::from_pixel(size.0 as u32, size.1 as u32, Rgb([248; 3]));
    for (x, y, pixel) in out.enumerate_pixels_mut() {
        let (dx, dy) = (x as f32 - size.0 / 2.0, y as f32 - size.1 / 2.0);
        let (sx, sy) = (dx * cos + dy * sin + width / 2.0, dy * cos - dx * sin + height / 2.0);
        if sx >= 0.0 && sy >= 0.0 && sx < width - 1.0 && sy < height - 1.0 {
            let (left, top) = (sx as u32, sy as u32);
            let (across, down) = (sx.fract(), sy.fract());
            let mix = |channel: usize| {
                let at = |x: u32, y: u32| f32::from(page.get_pixel(x, y).0[channel]);
                let upper = at(left, top) * (1.0 - across) + at(left + 1, top) * across;
                let lower = at(left, top + 1) * (1.0 - across) + at(left + 1, top + 1) * across;
                (upper * (1.0 - down) + lower * down) as u8
            };
            *pixel = Rgb([mix(0), mix(1), mix(2)]);
        }
    }
    out
}

fn noisy(page: &RgbImage, most: u64) -> RgbImage {
    let mut chance = Chance(20_180_613);
    let mut out = page.clone();
    for pixel in out.pixels_mut() {
        let shift = (chance.next() % (2 * most + 1)) as i32 - most as i32;
        pixel.0 = pixel.0.map(|value| (i32::from(value) + shift).clamp(0, 255) as u8);
    }
    out
}

/// The light falls off from one corner to the other.
fn shaded(page: &RgbImage) -> RgbImage {
    let mut out = page.clone();
    let all = (page.width() + page.height()) as f32;
    for (x, y, pixel) in out.enumerate_pixels_mut() {
        let light = 1.0 - 0.55 * (x + y) as f32 / all;
        pixel.0 = pixel.0.map(|value| (f32::from(value) * light) as u8);
    }
    out
}

/// Where the first code stands, in pixels: 187 mm from the left, 12 mm wide; the first line of dark found there.
fn code_of(page: &RgbImage) -> (u32, u32, u32) {
    let mm = page.width() as f32 / 210.0;
    let (left, side) = ((187.0 * mm) as u32, (12.0 * mm) as u32);
    let dark = |y: &u32| page.get_pixel(left + side / 8, *y).0[0] < 128;
    let top = ((40.0 * mm) as u32..page.height()).find(dark).expect("a page with a code");
    (left, top, side)
}

/// A part of the code covered, in hundredths of its side: from and to, across and down.
fn covered(page: &RgbImage, part: [u32; 4], ink: [u8; 3]) -> RgbImage {
    let (left, top, side) = code_of(page);
    let mut out = page.clone();
    for y in top + side * part[2] / 100..top + side * part[3] / 100 {
        for x in left + side * part[0] / 100..left + side * part[1] / 100 {
            out.put_pixel(x, y, Rgb(ink));
        }
    }
    out
}

/// A round red seal over the code: a ring and strokes.
fn stamped(page: &RgbImage) -> RgbImage {
    let (left, top, side) = code_of(page);
    let mut out = page.clone();
    let (middle_x, middle_y, radius) = ((left + side / 3) as f32, (top + side / 2) as f32, side as f32 * 1.6);
    for (x, y, pixel) in out.enumerate_pixels_mut() {
        let (dx, dy) = (x as f32 - middle_x, y as f32 - middle_y);
        let far = (dx * dx + dy * dy).sqrt();
        let ring = (far - radius).abs() < side as f32 * 0.07;
        let strokes = far < radius * 0.8 && ((dx * 3.0 + dy) / side as f32 * 4.0).sin() > 0.55;
        if ring || strokes {
            let [red, green, blue] = pixel.0;
            *pixel = Rgb([red.max(40), green / 5, blue / 5]);
        }
    }
    out
}

/// A few strokes of a blue pen across the code.
fn scribbled(page: &RgbImage) -> RgbImage {
    let (left, top, side) = code_of(page);
    let mut out = page.clone();
    for step in 0..side * 4 {
        let at = step as f32 / side as f32;
        let x = left as f32 - side as f32 * 0.4 + at * side as f32 * 0.45;
        let y = top as f32 + side as f32 * (0.5 + 0.45 * (at * 4.0).sin());
        for dy in 0..=side / 40 {
            for dx in 0..=side / 40 {
                let (x, y) = (x as u32 + dx, y as u32 + dy);
                if x < out.width() && y < out.height() {
                    out.put_pixel(x, y, Rgb([25, 35, 120]));
                }
            }
        }
    }
    out
}

fn resized(page: &RgbImage, part: f32) -> RgbImage {
    let side = |length: u32| (length as f32 * part) as u32;
    imageops::resize(page, side(page.width()), side(page.height()), FilterType::Triangle)
}

fn png(page: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    page.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).expect("written into memory");
    bytes
}

fn jpeg(page: &RgbImage, quality: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, quality);
    page.write_with_encoder(encoder).expect("written into memory");
    bytes
}

/// Every kind of damage that a scan of a page may have, by name.
fn damaged(page: &RgbImage) -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("平整", png(page)),
        ("右斜5度", png(&turned(page, 5.0))),
        ("左斜12度", png(&turned(page, -12.0))),
        ("右斜12度", png(&turned(page, 12.0))),
        ("左斜3度", jpeg(&turned(page, -3.0), 60)),
        ("横放", png(&imageops::rotate90(page))),
        ("倒放", png(&imageops::rotate180(page))),
        ("横放反向", png(&imageops::rotate270(page))),
        ("倒放又斜", jpeg(&turned(page, 174.0), 70)),
        ("噪点", jpeg(&noisy(page, 60), 80)),
        ("重噪点", png(&noisy(page, 110))),
        ("模糊", png(&imageops::fast_blur(page, 1.2))),
        ("很模糊", png(&imageops::fast_blur(page, 2.2))),
        ("150点", png(&resized(page, 0.75))),
        ("110点", png(&resized(page, 0.55))),
        ("80点", png(&resized(page, 0.4))),
        ("压缩过度", jpeg(page, 12)),
        ("光线不匀", jpeg(&shaded(page), 70)),
        ("盖红章", png(&stamped(page))),
        ("盖红章又斜", jpeg(&turned(&stamped(page), 4.0), 70)),
        ("蓝笔划过", png(&scribbled(page))),
        ("遮住右下一角", png(&covered(page, [60, 100, 60, 100], [255; 3]))),
        ("遮住下半", png(&covered(page, [0, 100, 50, 100], [255; 3]))),
        ("涂黑右半", png(&covered(page, [50, 100, 0, 100], [20; 3]))),
        ("全部遮住", png(&covered(page, [0, 105, 0, 105], [255; 3]))),
        ("斜、噪、糊", jpeg(&noisy(&imageops::fast_blur(&turned(page, 8.0), 1.0), 40), 60)),
    ]
}

/// What stands behind an issue's item: to say whether a scan went wrong.
struct Printed {
    name: &'static str,
    pages: RgbImage,
    /// The one item a scan of the page may be given to.
    right: Option<(IssueId, ItemId)>,
}

/// A scan's name, its bytes, and the piece it must find, if it may find one.
type Scan = (String, Vec<u8>, Option<(IssueId, ItemId)>);

#[test]
fn forty_scans_find_their_item_or_wait_and_none_goes_to_a_wrong_one() {
    let Some(house) = House::with_faces() else { return };
    let other = House::with_faces().expect("faces were there a moment ago");
    let item = |number: &str, title: &str, unit: &str| house.item(number, title, &[unit]);
    let alone = item("2018-0613-01", "当前农村饮水安全存在的问题及建议", "滨湖镇");
    let (first, second) = (
        item("2018-0613-02", "夏粮收购有序推进", "张汪镇"),
        item("2018-0613-03", "企业反映审批环节仍需优化", "官桥镇"),
    );
    let news: Vec<ItemId> =
        (4..8).map(|at| item(&format!("2018-0613-0{at}"), &format!("第{at}批项目开工"), "界河镇")).collect();
    let report = house.issue("政情专报", &[alone]);
    let exchange = house.issue("政务信息交流", &[first, second]);
    let daily = house.issue("每日要情", &news);
    let foreign = other.issue("政情专报", &[other.item("2018-0613-01", "别的机关的稿件", &["滨湖镇"])]);
    // Another installation of the same office is another office: its tag is of its founding, which is a moment later.
    let dpi = 200;
    let Some(page) = printed(&house.pdf(report), dpi) else { return };
    let picture = |pdf: &[u8]| printed(pdf, dpi).expect("it was installed a moment ago");
    let alien = rewritten(&other, foreign);
    let prints = [
        Printed { name: "单篇", pages: page, right: Some((report, alone)) },
        Printed { name: "两篇", pages: picture(&house.pdf(exchange)), right: None },
        Printed { name: "短讯", pages: picture(&house.pdf(daily)), right: None },
        Printed { name: "外机关", pages: picture(&alien), right: None },
    ];
    let mut scans: Vec<Scan> = Vec::new();
    for print in &prints {
        let all = damaged(&print.pages);
        // All of the page that can find its item; of the others those that tempt to a wrong one.
        let tempting = ["平整", "倒放", "盖红章", "遮住下半", "全部遮住"];
        let chosen = all.into_iter().filter(|(name, _)| print.right.is_some() || tempting.contains(name));
        scans.extend(chosen.map(|(name, bytes)| (format!("{}·{name}", print.name), bytes, print.right)));
    }
    assert!(scans.len() >= 40, "{} scans", scans.len());
    let (mut attached, mut waiting, mut wrong) = (Vec::new(), Vec::new(), Vec::new());
    for (name, bytes, right) in &scans {
        let taken = house.app.take_scan(Some(&house.editor), ScanSource::Page, &format!("{name}.png"), bytes);
        let taken = taken.unwrap_or_else(|problem| panic!("{name}: {problem}"));
        assert_eq!((taken.attached + taken.waiting, taken.known), (1, false), "{name}");
        let queue = house.app.scan_queue(&house.editor).expect("the queue");
        match queue.attached.iter().find(|page| page.name == format!("{name}.png")) {
            Some(page) => {
                let given = (page.candidates[0].issue, page.candidates[0].item);
                if Some(given) == *right { attached.push(name) } else { wrong.push((name, given)) }
            }
            None => waiting.push(name),
        }
    }
    println!("{} scans: {} attached, {} waiting, {} wrong", scans.len(), attached.len(), waiting.len(), wrong.len());
    println!("waiting: {waiting:?}");
    assert!(wrong.is_empty(), "{wrong:?}");
    // The others wait for a person: too dark, too few dots, or covered where the code stands.
    assert!(attached.len() >= 21, "only {} found their item", attached.len());
    // The same bytes again are nothing new.
    let again = house.app.take_scan(None, ScanSource::Folder, "又一次.png", &scans[0].1).expect("taken");
    assert!(again.known && again.attached + again.waiting == 0, "{again:?}");
    // Nothing has scored by itself.
    assert!(house.facts("批示").is_empty());
    house.sound();
}

/// The same issue with codes of another office.
fn rewritten(house: &House, issue: IssueId) -> Vec<u8> {
    let template = tz_docs::Template::built_in(tz_docs::PaperKind::Issue);
    let view = house.app.issue(&house.editor, issue).expect("an issue");
    let place = &view.places[0];
    let code = tz_model::ItemCode { office: tz_model::OfficeTag::of(99), issue, item: place.item };
    let values = Issue {
        name: "政情专报".into(),
        notice: None,
        number: tz_docs::IssueNumber::Regular(1),
        total: None,
        office: "某市人民政府办公室".into(),
        date: house.app.today(),
        form: tz_docs::ItemForm::Articles,
        items: vec![tz_docs::IssueItem {
            column: None,
            title: place.title.clone(),
            paragraphs: place.body.lines().map(|line| tz_docs::Block::Text(line.to_owned())).collect(),
            byline: None,
            code: Some(code),
        }],
        report_to: Vec::new(),
        send_to: Vec::new(),
        issue_to: Vec::new(),
        extra_to: Vec::new(),
        edited_by: String::new(),
        reviewed_by: String::new(),
        signed_by: String::new(),
        copies: None,
    };
    house.print(&tz_docs::issue(&values, &template))
}

#[test]
fn a_scan_is_entered_beside_its_picture_assigned_discarded_and_brought_back() {
    let Some(house) = House::with_faces() else { return };
    let alone = house.item("2018-0613-01", "当前农村饮水安全存在的问题及建议", &["滨湖镇"]);
    let two =
        [house.item("2018-0613-02", "夏粮收购", &["张汪镇"]), house.item("2018-0613-03", "审批环节", &["官桥镇"])];
    let report = house.issue("政情专报", &[alone]);
    let exchange = house.issue("政务信息交流", &two);
    // A PDF as a scanner would make it: its pages are read like pictures.
    let take = |name: &str, bytes: &[u8]| house.app.take_scan(Some(&house.editor), ScanSource::Page, name, bytes);
    let taken = take("专报.pdf", &house.pdf(report)).expect("taken");
    assert_eq!((taken.attached, taken.waiting), (1, 0));
    // Its second page has the imprint alone, and no code.
    let taken = take("交流.pdf", &house.pdf(exchange)).expect("taken");
    assert_eq!((taken.attached, taken.waiting), (0, 2));
    assert!(said(take("说明.docx", b"PK\x03\x04 no picture")).contains("不是图片或 PDF"));
    let broken = take("坏.pdf", b"%PDF-1.7 cut off").expect("kept for a person to look at");
    assert_eq!(broken.waiting, 1);

    let queue = house.app.scan_queue(&house.editor).expect("the queue");
    let (found, waiting) = (&queue.attached[0], &queue.waiting);
    assert_eq!(found.candidates[0].number, "2018-0613-01");
    let picture = house.app.scan_picture(&house.editor, found.id).expect("a picture");
    assert!(picture.starts_with(&[0xFF, 0xD8]), "a JPEG of our own");
    let several = waiting.iter().find(|page| page.name == "交流.pdf 第1页").expect("it waits");
    assert_eq!(several.candidates.len(), 2, "{several:?}");
    assert!(several.why.contains("几篇"), "{}", several.why);
    let lost = waiting.iter().find(|page| page.name == "坏.pdf").expect("it waits");
    assert!(lost.why.contains("损坏") && !lost.shown, "{lost:?}");

    // Entered beside the picture: the fact, and the scan kept with the comment.
    let new = NewComment {
        items: "2018-0613-01".into(),
        date: "2018-06-13".into(),
        leader: "市政府负责同志".into(),
        level: "滕州市政府领导批示".into(),
        words: "请水务局研究。".into(),
        scan_page: Some(found.id),
        ..NewComment::default()
    };
    house.app.enter_comment(&house.editor, &new).expect("entered");
    assert_eq!(house.facts("批示").len(), 1);
    assert!(said(house.app.enter_comment(&house.editor, &NewComment { again: true, ..new })).contains("已经处理过"));
    let comment = &house.app.comments(&house.editor, None).expect("comments")[0];
    assert_eq!(comment.files[0].name, "专报.pdf");
    assert_eq!(comment.fact.item.as_ref().map(|(_, number)| number.as_str()), Some("2018-0613-01"));

    // Assigned by its number, discarded with a reason, and brought back to where it was.
    assert!(said(house.app.assign_scan(&house.editor, several.id, "2018-0613-99")).contains("没有编号"));
    house.app.assign_scan(&house.editor, several.id, "2018-0613-03").expect("assigned");
    assert!(said(house.app.discard_scan(&house.editor, several.id, " ")).contains("弃置的原因"));
    house.app.discard_scan(&house.editor, several.id, "与纸质件重复").expect("discarded");
    assert_eq!(house.app.scan_queue(&house.editor).expect("the queue").discarded[0].reason, "与纸质件重复");
    house.app.restore_scan(&house.editor, several.id).expect("brought back");
    let back = house.app.scan_page(&house.editor, several.id).expect("there");
    assert!(back.attached && back.candidates[0].number == "2018-0613-03", "{back:?}");
    assert_eq!(back.candidates[0].label, "《政务信息交流》2018年第1期");
    house.sound();
}

#[test]
fn an_office_that_prints_no_codes_prints_none() {
    let Some(house) = House::with_faces() else { return };
    let (one, two) =
        (house.item("2018-0613-01", "甲镇工作", &["滨湖镇"]), house.item("2018-0613-02", "乙镇工作", &["张汪镇"]));
    let with = house.issue("政情专报", &[one]);
    house.app.print_item_codes(&house.chief, false).expect("switched off");
    let without = house.issue("政情专报", &[two]);
    let has_picture = |issue: IssueId| {
        let docx = house.paper(issue, tz_app::PaperFormat::Docx);
        zip::ZipArchive::new(Cursor::new(docx)).expect("a package").by_name("word/media/code1.png").is_ok()
    };
    assert!(has_picture(with) && !has_picture(without));
    assert!(!house.app.item_codes_printed(&house.editor).expect("a setting"));
}
