//! Printed pages: PDF files, made by LibreOffice from our DOCX or by ourselves, looked into with poppler's tools.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;
use tz_docs::Paper;

use crate::faces::faces;

/// Documents as PDF files in a folder that is removed at the end.
pub struct Printed {
    folder: TempDir,
    dpi: usize,
}

/// Whether the tools are installed; if not, a line says that the test is skipped.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn installed(tools: &[&str]) -> bool {
    let missing = tools.iter().find(|tool| {
        !std::env::var_os("PATH")
            .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(tool).is_file()))
    });
    if let Some(tool) = missing {
        eprintln!("skipped: {tool} is not installed");
    }
    missing.is_none()
}

impl Printed {
    /// `None` where soffice or the tools that look into a PDF are missing.
    pub fn by_libreoffice(documents: &[(&str, Vec<u8>)]) -> Option<Self> {
        if !installed(&["soffice", "pdftotext", "pdfinfo", "pdftoppm"]) {
            return None;
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
        Some(Self { folder, dpi: 150 })
    }

    /// Our own PDF; `None` where a face or the tools that look into it are missing.
    pub fn by_ourselves(papers: &[(&str, &Paper)]) -> Option<Self> {
        let faces = faces()?;
        if !installed(&["pdftotext", "pdfinfo", "pdftoppm", "pdffonts"]) {
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder for the test");
        for (name, paper) in papers {
            fs::write(folder.path().join(format!("{name}.pdf")), paper.pdf(faces).expect("faces that embed").bytes)
                .expect("the folder is ours");
        }
        Some(Self { folder, dpi: 300 })
    }

    /// The same pages in coarser pictures: many of them are looked through faster.
    pub fn coarse(self) -> Self {
        Self { dpi: 100, ..self }
    }

    fn pdf(&self, name: &str) -> PathBuf {
        let pdf = self.folder.path().join(format!("{name}.pdf"));
        assert!(pdf.exists(), "{name} was opened and printed");
        pdf
    }

    /// What a tool prints about a document.
    pub fn ask(&self, tool: &str, options: &[&str], name: &str, after: &[&str]) -> String {
        let output =
            Command::new(tool).args(options).arg(self.pdf(name)).args(after).output().expect("the tool is installed");
        String::from_utf8(output.stdout).expect("the tools print UTF-8")
    }

    /// The text of each page, its layout kept.
    pub fn pages(&self, name: &str) -> Vec<String> {
        let text = self.ask("pdftotext", &["-layout"], name, &["-"]);
        let mut pages: Vec<String> = text.split('\u{C}').map(str::to_owned).collect();
        pages.pop();
        pages
    }

    pub fn page_count(&self, name: &str) -> usize {
        let text = self.ask("pdfinfo", &[], name, &[]);
        let line = text.lines().find(|line| line.starts_with("Pages:")).expect("as the tools write it");
        line.trim_start_matches("Pages:").trim().parse().expect("a number")
    }

    pub fn picture(&self, name: &str, page: usize) -> Picture {
        let stem = self.folder.path().join(format!("{name}-{page}"));
        let page = page.to_string();
        let status = Command::new("pdftoppm")
            .args(["-r", &self.dpi.to_string(), "-f", &page, "-l", &page, "-singlefile"])
            .arg(self.pdf(name))
            .arg(&stem)
            .status()
            .expect("the tool is installed");
        assert!(status.success());
        Picture::read(&stem.with_extension("ppm"), self.dpi)
    }
}

/// A page as a picture.
pub struct Picture {
    dpi: usize,
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Picture {
    fn read(file: &Path, dpi: usize) -> Self {
        let bytes = fs::read(file).expect("as the tools write it");
        let mut ends = bytes.iter().enumerate().filter(|(_, b)| b.is_ascii_whitespace()).map(|(at, _)| at);
        let head_end = ends.nth(3).expect("as the tools write it");
        let head = std::str::from_utf8(&bytes[..head_end]).expect("as the tools write it");
        let numbers: Vec<&str> = head.split_ascii_whitespace().collect();
        assert_eq!((numbers[0], numbers[3]), ("P6", "255"));
        let (width, height) = (numbers[1].parse().expect("a number"), numbers[2].parse().expect("a number"));
        Self { dpi, width, height, pixels: bytes[head_end + 1..].to_vec() }
    }

    /// Millimetres of so many pixels.
    fn mm(&self, pixels: usize) -> f64 {
        pixels as f64 * 25.4 / self.dpi as f64
    }

    fn row(&self, y: usize) -> impl Iterator<Item = [u8; 3]> + '_ {
        let line = &self.pixels[y * self.width * 3..(y + 1) * self.width * 3];
        line.chunks_exact(3).map(|pixel| [pixel[0], pixel[1], pixel[2]])
    }

    pub fn red(pixel: [u8; 3]) -> bool {
        pixel[0] > 180 && pixel[1] < 120 && pixel[2] < 120
    }

    pub fn dark(pixel: [u8; 3]) -> bool {
        pixel.iter().all(|part| *part < 128)
    }

    /// The smallest rectangle around such ink inside an area, everything in millimetres.
    pub fn bounds(&self, area: Area, ink: fn([u8; 3]) -> bool) -> Option<Area> {
        let rows = (0..self.height).filter(|y| (area.top..area.bottom).contains(&self.mm(*y)));
        let inked: Vec<(usize, usize)> = rows
            .flat_map(|y| self.row(y).enumerate().filter(|(_, pixel)| ink(*pixel)).map(move |(x, _)| (x, y)))
            .filter(|(x, _)| (area.left..area.right).contains(&self.mm(*x)))
            .collect();
        Some(Area {
            left: self.mm(inked.iter().map(|(x, _)| *x).min()?),
            right: self.mm(inked.iter().map(|(x, _)| *x).max()? + 1),
            top: self.mm(inked.iter().map(|(_, y)| *y).min()?),
            bottom: self.mm(inked.iter().map(|(_, y)| *y).max()? + 1),
        })
    }
}

/// A rectangle on the paper, in millimetres from its upper left corner.
#[derive(Debug, Clone, Copy)]
pub struct Area {
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
}

impl Area {
    /// The whole width of the paper between two heights.
    pub fn band(top: f64, bottom: f64) -> Self {
        Self { left: 0.0, right: 210.0, top, bottom }
    }
}

pub fn near(what: &str, value: f64, wanted: f64, tolerance: f64) {
    assert!((value - wanted).abs() <= tolerance, "{what}: {value:.2} mm, not {wanted} ± {tolerance}");
}
