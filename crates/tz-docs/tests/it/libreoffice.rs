//! The pages as LibreOffice prints them. Skipped, with a line that says so, where it is not installed.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;
use tz_docs::{Block, Bulletin, GroupTable};

use crate::sample::{self, docx::{bulletin, issue}};

/// Documents as PDF files in a folder that is removed at the end.
struct Printed {
    folder: TempDir,
}

impl Printed {
    /// `None` where soffice or the tools that look into a PDF are missing.
    #[expect(clippy::print_stderr, reason = "a skipped test says so")]
    fn new(documents: &[(&str, Vec<u8>)]) -> Option<Self> {
        for tool in ["soffice", "pdftotext", "pdfinfo", "pdftoppm"] {
            let found = std::env::var_os("PATH")
                .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(tool).is_file()));
            if !found {
                eprintln!("skipped: {tool} is not installed");
                return None;
            }
        }
        let folder = tempfile::tempdir().expect("a folder for the test");
        let mut files: Vec<PathBuf> = Vec::new();
        for (name, bytes) in documents {
            let file = folder.path().join(format!("{name}.docx"));
            fs::write(&file, bytes).expect("the folder is ours");
            files.push(file);
        }
        let profile = format!("-env:UserInstallation=file://{}", folder.path().join("profile").display());
        let output = Command::new("soffice")
            .args([&profile, "--headless", "--convert-to", "pdf", "--outdir"])
            .arg(folder.path())
            .args(&files)
            .output()
            .expect("the tool is installed");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Some(Self { folder })
    }

    fn pdf(&self, name: &str) -> PathBuf {
        let pdf = self.folder.path().join(format!("{name}.pdf"));
        assert!(pdf.exists(), "LibreOffice opened {name}");
        pdf
    }

    /// The text of each page, its layout kept.
    fn pages(&self, name: &str) -> Vec<String> {
        let output = Command::new("pdftotext")
            .arg("-layout")
            .arg(self.pdf(name))
            .arg("-")
            .output()
            .expect("the tool is installed");
        let text = String::from_utf8(output.stdout).expect("the tools print UTF-8");
        let mut pages: Vec<String> = text.split('\u{C}').map(str::to_owned).collect();
        pages.pop();
        pages
    }

    fn page_count(&self, name: &str) -> usize {
        let output = Command::new("pdfinfo").arg(self.pdf(name)).output().expect("the tool is installed");
        let text = String::from_utf8(output.stdout).expect("the tools print UTF-8");
        let line = text.lines().find(|line| line.starts_with("Pages:")).expect("as the tools write it");
        line.trim_start_matches("Pages:").trim().parse().expect("a number")
    }

    fn picture(&self, name: &str, page: u32) -> Picture {
        let stem = self.folder.path().join(format!("{name}-{page}"));
        let page = page.to_string();
        let status = Command::new("pdftoppm")
            .args(["-r", "150", "-f", &page, "-l", &page, "-singlefile"])
            .arg(self.pdf(name))
            .arg(&stem)
            .status()
            .expect("the tool is installed");
        assert!(status.success());
        Picture::read(&stem.with_extension("ppm"))
    }
}

/// A page at 150 dpi.
struct Picture {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Picture {
    fn read(file: &Path) -> Self {
        let bytes = fs::read(file).expect("as the tools write it");
        let mut ends = bytes.iter().enumerate().filter(|(_, b)| b.is_ascii_whitespace()).map(|(at, _)| at);
        let head_end = ends.nth(3).expect("as the tools write it");
        let head = std::str::from_utf8(&bytes[..head_end]).expect("as the tools write it");
        let numbers: Vec<&str> = head.split_ascii_whitespace().collect();
        assert_eq!((numbers[0], numbers[3]), ("P6", "255"));
        let (width, height) = (numbers[1].parse().expect("a number"), numbers[2].parse().expect("a number"));
        Self { width, height, pixels: bytes[head_end + 1..].to_vec() }
    }

    /// Millimetres of so many pixels.
    fn mm(pixels: usize) -> f64 {
        pixels as f64 * 25.4 / 150.0
    }

    fn row(&self, y: usize) -> impl Iterator<Item = [u8; 3]> + '_ {
        let line = &self.pixels[y * self.width * 3..(y + 1) * self.width * 3];
        line.chunks_exact(3).map(|pixel| [pixel[0], pixel[1], pixel[2]])
    }

    fn red(pixel: [u8; 3]) -> bool {
        pixel[0] > 180 && pixel[1] < 120 && pixel[2] < 120
    }

    fn dark(pixel: [u8; 3]) -> bool {
        pixel.iter().all(|part| *part < 128)
    }

    /// The smallest rectangle around such ink inside an area, everything in millimetres.
    fn bounds(&self, area: Area, ink: fn([u8; 3]) -> bool) -> Option<Area> {
        let rows = (0..self.height).filter(|y| (area.top..area.bottom).contains(&Self::mm(*y)));
        let inked: Vec<(usize, usize)> = rows
            .flat_map(|y| self.row(y).enumerate().filter(|(_, pixel)| ink(*pixel)).map(move |(x, _)| (x, y)))
            .filter(|(x, _)| (area.left..area.right).contains(&Self::mm(*x)))
            .collect();
        Some(Area {
            left: Self::mm(inked.iter().map(|(x, _)| *x).min()?),
            right: Self::mm(inked.iter().map(|(x, _)| *x).max()? + 1),
            top: Self::mm(inked.iter().map(|(_, y)| *y).min()?),
            bottom: Self::mm(inked.iter().map(|(_, y)| *y).max()? + 1),
        })
    }
}

/// A rectangle on the paper, in millimetres from its upper left corner.
#[derive(Debug, Clone, Copy)]
struct Area {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Area {
    /// The whole width of the paper between two heights.
    fn band(top: f64, bottom: f64) -> Self {
        Self { left: 0.0, right: 210.0, top, bottom }
    }
}

fn near(what: &str, value: f64, wanted: f64, tolerance: f64) {
    assert!((value - wanted).abs() <= tolerance, "{what}: {value:.2} mm, not {wanted} ± {tolerance}");
}

#[test]
fn a_page_filled_with_one_character_has_22_lines_of_28() {
    let filled = Bulletin { paragraphs: vec![Block::Text("测".repeat(28 * 22 * 3))], ..sample::bare() };
    let Some(printed) = Printed::new(&[("filled", bulletin(&filled))]) else { return };
    let pages = printed.pages("filled");
    let lines: Vec<usize> =
        pages[1].lines().filter(|line| line.contains('测')).map(|line| line.matches('测').count()).collect();
    assert_eq!(lines, [28; 22]);
}

#[test]
fn a_bulletin_stands_on_the_page_where_the_standard_wants_it() {
    let Some(printed) = Printed::new(&[("bulletin", bulletin(&sample::bulletin()))]) else { return };
    let pages = printed.pages("bulletin");
    assert_eq!(pages.len(), printed.page_count("bulletin"));
    assert!(pages[0].contains("现将有关情况通报如下"), "page 1 has body text: {}", pages[0]);

    let towns = pages.iter().find(|page| page.contains("荆河街道")).unwrap();
    assert!(towns.contains("东郭镇"), "the table of 21 towns stands on one page: {towns}");

    let first = printed.picture("bulletin", 1);
    let head = first.bounds(Area::band(37.0, 95.0), Picture::red).unwrap();
    near("upper edge of the head", head.top, 72.0, 1.0);
    near("width of the head", head.right - head.left, 151.7, 1.0);
    let line = first.bounds(Area::band(100.0, 140.0), Picture::red).unwrap();
    near("thickness of the red line", line.bottom - line.top, 0.53, 0.35);
    near("width of the red line", line.right - line.left, 156.0, 1.0);
    near("left edge of the red line", line.left, 28.0, 1.0);
    let number = first.bounds(Area::band(100.0, line.top), Picture::dark).unwrap();
    near("red line under the number", line.top - number.bottom, 4.0, 1.0);

    let odd = first.bounds(Area::band(263.0, 285.0), Picture::dark).unwrap();
    // One 4号 character is free at the right of the text area's edge at 184 mm.
    near("right end of an odd page's number", odd.right, 184.0 - 4.9, 1.0);
    let dash = first.bounds(Area { right: odd.left + 2.0, ..odd }, Picture::dark).unwrap();
    near("the dash under the text area", dash.top - 262.0, 7.0, 1.0);
    let second = printed.picture("bulletin", 2);
    let even = second.bounds(Area::band(263.0, 285.0), Picture::dark).unwrap();
    near("left end of an even page's number", even.left, 28.0 + 4.9, 1.0);
    for page in [&first, &second] {
        let ink = page.bounds(Area::band(0.0, 297.0), |pixel| pixel.iter().any(|part| *part < 128)).unwrap();
        assert!(ink.left >= 27.5 && ink.right <= 186.0 && ink.top >= 37.0, "{ink:?}");
    }
}

#[test]
fn page_one_shows_body_text_however_long_the_addressees_are() {
    let with = |lines: usize| Bulletin { addressees: "某".repeat(28 * lines - 1), ..sample::bare() };
    let documents: Vec<(String, Vec<u8>)> =
        [5, 6, 7, 12].iter().map(|lines| (format!("lines{lines}"), bulletin(&with(*lines)))).collect();
    let named: Vec<(&str, Vec<u8>)> = documents.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    let Some(printed) = Printed::new(&named) else { return };
    for (name, _) in &named {
        let first = &printed.pages(name)[0];
        assert!(first.contains("各级各部门围绕市委"), "{name}: {first}");
    }
}

#[test]
fn a_table_of_103_rows_repeats_its_head_on_every_page() {
    let mut rows = sample::rows((1..=103).map(|n| format!("单位甲{n}号")), 10);
    // Characters of names outside the basic sets must reach the page.
    rows[50].unit += "喆玥堃𬭎";
    let long = Bulletin { groups: vec![GroupTable { name: "全市".into(), rows }], ..sample::bare() };
    let Some(printed) = Printed::new(&[("long", bulletin(&long))]) else { return };
    let pages = printed.pages("long");
    let with_rows: Vec<&String> = pages.iter().filter(|page| page.contains("单位甲")).collect();
    assert!(with_rows.len() >= 4, "103 rows of 8 mm fill several pages: {}", with_rows.len());
    for page in &with_rows {
        assert_eq!(page.matches("报送篇数").count(), 1, "{page}");
    }
    let all: String = pages.concat().split_whitespace().collect();
    for n in 1..=103 {
        assert!(all.contains(&format!("单位甲{n}号")), "row {n}");
    }
    assert!(all.contains("喆玥堃𬭎"));
}

#[test]
fn an_issue_opens_with_its_masthead() {
    let mut single = sample::issue();
    single.items.truncate(1);
    let Some(printed) = Printed::new(&[("issue", issue(&sample::issue())), ("single", issue(&single))]) else { return };
    let pages = printed.pages("issue");
    assert!(pages[0].contains("第47期") || pages[0].contains("第 47 期"), "{}", pages[0]);
    assert!(pages[0].contains("经验亮点"), "{}", pages[0]);
    let first = printed.picture("issue", 1);
    let name = first.bounds(Area::band(37.0, 80.0), Picture::red).unwrap();
    near("upper edge of the name", name.top, 47.0, 1.0);
    near("lower edge of the name", name.bottom, 64.0, 1.0);
    let line = first.bounds(Area::band(80.0, 120.0), Picture::red).unwrap();
    near("red line", line.top, 99.7, 1.0);
    near("width of the red line", line.right - line.left, 156.0, 1.0);
    assert_eq!(printed.page_count("single"), 1);
}

#[test]
fn no_byline_stands_alone_at_the_top_of_a_page() {
    // Items of three to eight lines: with some of them page 1 would end right before a byline.
    let documents: Vec<(String, Vec<u8>)> =
        (60..=200).step_by(28).map(|long| (format!("news{long}"), issue(&sample::news(6, long)))).collect();
    let named: Vec<(&str, Vec<u8>)> = documents.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    let Some(printed) = Printed::new(&named) else { return };
    let mut turned = 0;
    for (name, _) in &named {
        let pages = printed.pages(name);
        turned += pages.len().saturating_sub(1);
        for (at, page) in pages.iter().enumerate().skip(1) {
            let first = page.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
            assert!(!first.starts_with("（署名"), "{name}, page {}: {page}", at + 1);
        }
    }
    assert!(turned > 0, "some news must reach a second page");
}

#[test]
fn a_proof_breaks_its_pages_where_the_issue_will() {
    let proof = tz_docs::Issue { number: tz_docs::IssueNumber::Proof, total: None, ..sample::news(6, 100) };
    let Some(printed) = Printed::new(&[("proof", issue(&proof)), ("issue", issue(&sample::news(6, 100)))]) else {
        return;
    };
    let texts = |name: &str| -> Vec<Vec<String>> {
        let of = |page: String| {
            let lines = page.lines().map(|line| line.split_whitespace().collect::<String>());
            lines.filter(|line| line.contains("单位") || line.contains("署名")).collect()
        };
        printed.pages(name).into_iter().map(of).collect()
    };
    assert_eq!(texts("proof"), texts("issue"));
    let ink = |name: &str| printed.picture(name, 1).bounds(Area::band(37.0, 80.0), Picture::red).unwrap();
    near("upper edge of the name", ink("proof").top, ink("issue").top, 0.2);
    let mark = printed.picture("proof", 1).bounds(Area::band(36.0, 46.0), Picture::dark).unwrap();
    near("right end of 清样", mark.right, 184.0, 1.0);
}
