//! A picture in place of a publication's name (刊头图片): read, bounded, and kept as a PNG without anything else in it.
//!
//! It fills the place of the name, 156 mm by 19.4 mm, as far as its shape lets it, so that nothing below it moves.

use std::io::Cursor;
use std::sync::Arc;

use image::{ExtendedColorType, ImageEncoder, ImageFormat, ImageReader, Limits, codecs::png::PngEncoder};

use crate::{
    code::{Drawing, write_drawing},
    page::TEXT_WIDTH,
    paragraph::{Align, Para, Run},
    xml::Xml,
};

/// The most bytes a file may have.
const BYTES: usize = 4 << 20;
/// Fewer pixels than that are too coarse for 156 mm of paper.
const NARROWEST: u32 = 600;
const LOWEST: u32 = 60;
const WIDEST: u32 = 6000;
const HIGHEST: u32 = 2000;
/// What a program sets under a picture for letters of 1 pt.
const UNDER: i32 = 5;

/// The relation of its part in the package, and the part itself.
pub(crate) const RELATION: &str = "rIdMasthead";
pub(crate) const PART: &str = "media/masthead.png";
/// Beyond every number that the codes of an issue have.
const NUMBER: usize = 10_000;

/// A picture in place of a publication's name (刊头图片).
#[derive(Clone, PartialEq, Eq)]
pub struct Masthead {
    png: Arc<Vec<u8>>,
    pixels: Arc<Vec<u8>>,
    width: u32,
    height: u32,
}

impl std::fmt::Debug for Masthead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Masthead({} × {})", self.width, self.height)
    }
}

/// Why a file cannot be a masthead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnusablePicture {
    /// Neither PNG nor JPEG.
    #[error("这个文件不是 PNG 或 JPEG 图片。请在制作软件中另存为 PNG，再上传。")]
    OtherFormat,
    /// It ends early or contradicts itself.
    #[error("图片文件已经损坏，读不出来。请重新导出后再上传。")]
    Broken,
    /// Too many bytes.
    #[error("图片文件有{0}KB，太大了，请控制在 4096KB 以内。")]
    TooManyBytes(usize),
    /// Too coarse, or too large.
    #[error(
        "图片是{0}×{1}像素。宽应在 600 至 6000 像素之间，高应在 60 至 2000 像素之间；印在纸上最宽 156 毫米、最高 19 毫米，宽 1900 像素左右为宜。"
    )]
    Size(u32, u32),
}

impl Masthead {
    /// Reads a PNG or JPEG. What else the file holds (place, camera, thumbnails) is not kept; the same pixels are the same bytes.
    ///
    /// # Errors
    /// Another format, a broken file, or a size beyond the bounds: the sentence says which, and what to do.
    pub fn read(bytes: &[u8]) -> Result<Self, UnusablePicture> {
        if bytes.len() > BYTES {
            return Err(UnusablePicture::TooManyBytes(bytes.len().div_ceil(1024)));
        }
        let mut reader =
            ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| UnusablePicture::OtherFormat)?;
        if !matches!(reader.format(), Some(ImageFormat::Png | ImageFormat::Jpeg)) {
            return Err(UnusablePicture::OtherFormat);
        }
        // The size is looked at before the pixels are: a small file may say that it is enormous.
        let (width, height) = ImageReader::new(Cursor::new(bytes))
            .with_guessed_format()
            .map_err(|_| UnusablePicture::OtherFormat)?
            .into_dimensions()
            .map_err(|_| UnusablePicture::Broken)?;
        if !(NARROWEST..=WIDEST).contains(&width) || !(LOWEST..=HIGHEST).contains(&height) {
            return Err(UnusablePicture::Size(width, height));
        }
        let mut limits = Limits::default();
        limits.max_image_width = Some(WIDEST);
        limits.max_image_height = Some(HIGHEST);
        reader.limits(limits);
        let pixels = reader.decode().map_err(|_| UnusablePicture::Broken)?.into_rgba8().into_raw();
        let mut png = Vec::new();
        PngEncoder::new(&mut png)
            .write_image(&pixels, width, height, ExtendedColorType::Rgba8)
            .expect("pixels of this size are written into memory");
        Ok(Self { png: Arc::new(png), pixels: Arc::new(pixels), width, height })
    }

    /// The picture as PNG.
    pub fn png(&self) -> &[u8] {
        &self.png
    }

    /// Width and height in pixels.
    pub fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// Its pixels, four bytes each, row by row.
    pub(crate) fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// Width and height in twips, in a place of the text's width and so high.
    pub(crate) fn fitted(&self, high: i32) -> (i32, i32) {
        let (width, height) = (f64::from(self.width), f64::from(self.height));
        let scale = (f64::from(TEXT_WIDTH) / width).min(f64::from(high) / height);
        ((width * scale).round() as i32, (height * scale).round() as i32)
    }

    /// Writes it where `para` would stand, as high as that. In a line of its own height: in one of exact height a picture is cut.
    pub(crate) fn write(&self, xml: &mut Xml, para: &Para) {
        let stand = para.stand();
        let (width, height) = self.fitted(stand.line - UNDER);
        let free = stand.line - height - UNDER;
        let spacing: [(&str, &dyn std::fmt::Display); 4] = [
            ("w:before", &(stand.before + free / 2)),
            ("w:after", &(free - free / 2)),
            ("w:line", &240),
            ("w:lineRule", &"auto"),
        ];
        let small = |xml: &mut Xml| {
            xml.element("w:rPr", &[], |xml| {
                xml.leaf("w:spacing", &[("w:val", &0)]);
                xml.leaf("w:sz", &[("w:val", &2)]);
                xml.leaf("w:szCs", &[("w:val", &2)]);
            });
        };
        xml.element("w:p", &[], |xml| {
            xml.element("w:pPr", &[], |xml| {
                xml.leaf("w:spacing", &spacing);
                xml.leaf("w:jc", &[("w:val", &"center")]);
                small(xml);
            });
            xml.element("w:r", &[], |xml| {
                small(xml);
                let name = para.plain_text();
                write_drawing(
                    xml,
                    &Drawing { number: NUMBER, name: "刊头", says: &name, relation: RELATION, width, height },
                );
            });
        });
    }
}

/// The line a picture takes the place of: what the PDF and the browser set of it.
pub(crate) fn empty(para: &Para) -> Para {
    let stand = para.stand();
    Para::plain().before(stand.before).line(stand.line).align(Align::Center).run(Run::new())
}
