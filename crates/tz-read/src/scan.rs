//! Scans and photographs of printed pages (扫描件): the item codes on a page, and its picture written anew.
//!
//! A page is looked at several times, in other sizes and other lights, until a code is read: papers are scanned askew, in few
//! dots, through dust, under a red seal. Nothing here decides whose a code is. The picture is grey, small and our own, so that a
//! browser is never given a stranger's file.

use std::collections::HashSet;
use std::io::Cursor;
use std::sync::Arc;

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings};
use image::codecs::jpeg::JpegEncoder;
use image::imageops;
use image::metadata::Orientation;
use image::{DynamicImage, GrayImage, ImageDecoder as _, ImageReader, Limits, RgbImage};
use rxing::common::HybridBinarizer;
use rxing::multi::MultipleBarcodeReader as _;
use rxing::qrcode::cpp_port::QrReader;
use rxing::{BarcodeFormat, BinaryBitmap, DecodeHints, Luma8LuminanceSource};

/// What reading a scan may use at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanBudget {
    /// Bytes of the file.
    pub max_bytes: usize,
    /// Pages of the file.
    pub max_pages: usize,
    /// Pixels of a picture.
    pub max_pixels: u64,
}

impl Default for ScanBudget {
    /// 50 MB, 60 pages, 80 million pixels: A4 at 600 dots an inch has 35 million.
    fn default() -> Self {
        Self { max_bytes: 50 << 20, max_pages: 60, max_pixels: 80_000_000 }
    }
}

/// Why a file gives no page. Its `Display` says what is wrong and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAScan {
    /// Not a picture and not a PDF.
    #[error("这不是图片或 PDF，不能作为扫描件。请扫描为 PDF、JPG、PNG 或 TIFF 后重新上传。")]
    Other,
    /// Broken or cut off.
    #[error("文件已损坏或不完整，读不出画面。请重新扫描。")]
    Damaged,
    /// Protected by a password.
    #[error("PDF 已加密，读不出画面。请取消密码后重新上传。")]
    PasswordProtected,
    /// More bytes than the budget allows.
    #[error("文件超过{limit_mb}兆字节，没有读取。请降低扫描的分辨率，或分成几个文件。")]
    TooLarge {
        /// The limit in MB.
        limit_mb: usize,
    },
    /// More pages than the budget allows.
    #[error("文件超过{limit}页，没有读取。请分成几个文件。")]
    TooManyPages {
        /// The limit in pages.
        limit: usize,
    },
    /// More pixels than the budget allows.
    #[error("图片的像素过多，没有读取。请把扫描分辨率降到300点左右。")]
    TooManyPixels,
}

/// One page of a scan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScannedPage {
    /// How many pages the file has.
    pub of: usize,
    /// The texts of the codes on it, each once, in order.
    pub codes: Vec<String>,
    /// The page as a small grey JPEG, upright where a code tells which way is up.
    pub preview: Vec<u8>,
}

/// The longer side of a page as it is kept while it is looked at.
const KEPT: u32 = 4000;
/// The longer side of a PDF's page as it is drawn: A4 at 300 dots an inch.
const DRAWN: f32 = 3508.0;
/// The longer side of the preview.
const PREVIEW: u32 = 1600;

/// Whether a file is a picture or a PDF by its first bytes: nothing else is taken for a scan.
pub fn may_be_scan(bytes: &[u8]) -> bool {
    is_pdf(bytes) || image::guess_format(bytes).is_ok_and(|format| format.reading_enabled())
}

fn is_pdf(bytes: &[u8]) -> bool {
    // What a scanner writes ahead of a PDF is forgiven, as PDF readers do.
    bytes[..bytes.len().min(1024)].windows(5).any(|five| five == b"%PDF-")
}

/// Reads one page of a scan; `page` counts from 0.
///
/// # Errors
/// The file is no scan, or beyond the budget; a page that is not there is [`NotAScan::Damaged`].
pub fn read_scan(bytes: &[u8], page: usize, budget: &ScanBudget) -> Result<ScannedPage, NotAScan> {
    if bytes.len() > budget.max_bytes {
        return Err(NotAScan::TooLarge { limit_mb: budget.max_bytes >> 20 });
    }
    let (of, picture) = if is_pdf(bytes) {
        drawn(bytes, page, budget)?
    } else if page == 0 {
        (1, decoded(bytes, budget)?)
    } else {
        return Err(NotAScan::Damaged);
    };
    let picture = within(picture, KEPT);
    let (codes, up) = codes(&picture);
    Ok(ScannedPage { of, codes, preview: preview(&picture, up) })
}

fn decoded(bytes: &[u8], budget: &ScanBudget) -> Result<RgbImage, NotAScan> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| NotAScan::Damaged)?;
    if reader.format().is_none() {
        return Err(NotAScan::Other);
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(budget.max_pixels * 4);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|_| NotAScan::Damaged)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > budget.max_pixels {
        return Err(NotAScan::TooManyPixels);
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|_| NotAScan::Damaged)?;
    picture.apply_orientation(orientation);
    Ok(picture.into_rgb8())
}

fn drawn(bytes: &[u8], page: usize, budget: &ScanBudget) -> Result<(usize, RgbImage), NotAScan> {
    let pdf = Pdf::new(Arc::new(bytes.to_vec())).map_err(|error| match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => NotAScan::PasswordProtected,
        LoadPdfError::Decryption(_) | LoadPdfError::Invalid => NotAScan::Damaged,
    })?;
    let pages = pdf.pages();
    if pages.len() > budget.max_pages {
        return Err(NotAScan::TooManyPages { limit: budget.max_pages });
    }
    let one = pages.get(page).ok_or(NotAScan::Damaged)?;
    let (width, height) = one.render_dimensions();
    if !(width >= 1.0 && height >= 1.0) {
        return Err(NotAScan::Damaged);
    }
    let scale = DRAWN / f32::max(width, height);
    let size = PixmapSettings { x_scale: scale, y_scale: scale, bg_color: WHITE };
    let drawn =
        hayro::render(one, &RenderCache::new(), &InterpreterSettings::default(), &RenderSettings::default(), &size);
    let (width, height) = (u32::from(drawn.width()), u32::from(drawn.height()));
    let rgb = drawn.data_as_u8_slice().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    Ok((pages.len(), RgbImage::from_raw(width, height, rgb).ok_or(NotAScan::Damaged)?))
}

/// The picture, made smaller if a side is longer than `most`.
fn within(picture: RgbImage, most: u32) -> RgbImage {
    let longer = picture.width().max(picture.height());
    if longer <= most {
        return picture;
    }
    let part = |side: u32| (u64::from(side) * u64::from(most) / u64::from(longer)).max(1);
    let side = |side: u32| u32::try_from(part(side)).expect("it is smaller than it was");
    imageops::thumbnail(&picture, side(picture.width()), side(picture.height()))
}

/// A picture in another size. Made smaller, every pixel counts; made larger, what is between two is mixed of them. In whole
/// numbers: a page is looked at in several sizes, and a general resampler takes seconds for that.
fn sized(picture: &GrayImage, width: u32, height: u32) -> GrayImage {
    if width < picture.width() || height < picture.height() {
        return imageops::thumbnail(picture, width, height);
    }
    // Places in the old picture in 1/256 of a pixel: the pixel, its neighbour, and how much of the neighbour.
    let places = |new: u32, old: u32| -> Vec<(usize, usize, u32)> {
        let last = u64::from(old - 1) * 256;
        let place = |at: u32| (u64::from(at) * u64::from(old) * 256 / u64::from(new)).min(last);
        let parted = |at: u64| {
            let pixel = usize::try_from(at / 256).expect("a picture's side fits");
            (pixel, (pixel + 1).min(old as usize - 1), u32::try_from(at % 256).expect("a rest is small"))
        };
        (0..new).map(|at| parted(place(at))).collect()
    };
    let (across, line) = (places(width, picture.width()), picture.width() as usize);
    let mut pixels = Vec::with_capacity(width as usize * height as usize);
    for (upper, lower, down) in places(height, picture.height()) {
        let upper = &picture.as_raw()[upper * line..][..line];
        let lower = &picture.as_raw()[lower * line..][..line];
        pixels.extend(across.iter().map(|&(left, right, part)| {
            let mix = |row: &[u8]| u32::from(row[left]) * (256 - part) + u32::from(row[right]) * part;
            u8::try_from((mix(upper) * (256 - down) + mix(lower) * down) >> 16).expect("a mean of bytes is a byte")
        }));
    }
    GrayImage::from_raw(width, height, pixels).expect("one byte a pixel")
}

/// What of a picture is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shade {
    /// Its red: a seal or a red pen is not seen there.
    Red,
    /// Its darkest marks only: a pen of any colour is paler than what is printed.
    Printed,
    /// Its grey.
    Grey,
}

/// One way to look at a page.
struct Look {
    shade: Shade,
    /// The size, in hundredths of the picture's own.
    size: u32,
    /// How far it is blurred against dust and noise, in tenths of a pixel.
    blur: u32,
}

const fn look(shade: Shade, size: u32, blur: u32) -> Look {
    Look { shade, size, blur }
}

/// The ways, the most usual first. One that reads nothing is followed by the next.
const LOOKS: [Look; 7] = [
    look(Shade::Red, 100, 0),
    look(Shade::Red, 150, 10),
    look(Shade::Printed, 100, 0),
    look(Shade::Red, 200, 15),
    look(Shade::Printed, 150, 10),
    look(Shade::Grey, 150, 0),
    look(Shade::Red, 300, 20),
];
/// The longer side of what is looked at; nothing is made larger than that.
const LOOKED_AT: u32 = 5000;

/// Quarter turns that bring a page upright.
type Turns = u8;

/// The texts on a page, and which way is up. After a look that reads something one more is taken: a page may hold several codes.
fn codes(picture: &RgbImage) -> (Vec<String>, Turns) {
    let mut found: Vec<(String, Turns)> = Vec::new();
    let mut read = 0;
    for look in &LOOKS {
        let here = read_codes(seen(picture, look));
        read += usize::from(!here.is_empty());
        for (text, up) in here {
            if !found.iter().any(|(known, _)| *known == text) {
                found.push((text, up));
            }
        }
        if read == 2 {
            break;
        }
    }
    found.sort();
    let up = found.first().map_or(0, |(_, up)| *up);
    (found.into_iter().map(|(text, _)| text).collect(), up)
}

fn shade(pixel: &image::Rgb<u8>, shade: Shade) -> u8 {
    let [red, green, blue] = pixel.0;
    match shade {
        Shade::Red => red,
        // Ink of a printer stays under a third of the light in every colour, ink of a pen does not in its own.
        Shade::Printed => red.max(green).max(blue).saturating_mul(3),
        Shade::Grey => {
            let [red, green, blue] = pixel.0.map(u32::from);
            u8::try_from((red * 299 + green * 587 + blue * 114) / 1000).expect("a mean of bytes is a byte")
        }
    }
}

fn seen(picture: &RgbImage, look: &Look) -> GrayImage {
    let data = picture.pixels().map(|pixel| shade(pixel, look.shade)).collect();
    let plain = GrayImage::from_raw(picture.width(), picture.height(), data).expect("one byte a pixel");
    let longer = plain.width().max(plain.height()).max(1);
    let side = u64::from(longer).saturating_mul(u64::from(look.size)) / 100;
    let side = side.min(u64::from(LOOKED_AT.max(longer)));
    let part = |length: u32| (u64::from(length) * side / u64::from(longer)).max(1);
    let scaled = |length: u32| u32::try_from(part(length)).expect("it is at most the longer side");
    let (width, height) = (scaled(plain.width()), scaled(plain.height()));
    let seen = if (width, height) == plain.dimensions() { plain } else { sized(&plain, width, height) };
    if look.blur == 0 { seen } else { imageops::fast_blur(&seen, look.blur as f32 / 10.0) }
}

/// Every code of a picture, with how the page must be turned to stand upright.
fn read_codes(seen: GrayImage) -> Vec<(String, Turns)> {
    let hints = DecodeHints {
        TryHarder: Some(true),
        PossibleFormats: Some(HashSet::from([BarcodeFormat::QR_CODE])),
        ..DecodeHints::default()
    };
    let (width, height) = seen.dimensions();
    let Ok(source) = Luma8LuminanceSource::new(seen.into_raw(), width, height) else { return Vec::new() };
    let mut dots = BinaryBitmap::new(HybridBinarizer::new(source));
    // A page without a code is refused like one whose code cannot be read.
    let found = QrReader.decode_multiple_with_hints(&mut dots, &hints).unwrap_or_default();
    let read = found.iter().map(|one| {
        // From the symbol's upper left to its upper right corner is the way a line of text runs.
        let up = match one.getPoints() {
            [left, right, ..] => {
                let (across, down) = (right.x - left.x, right.y - left.y);
                match (across.abs() >= down.abs(), across >= 0.0, down >= 0.0) {
                    (true, true, _) => 0,
                    (true, false, _) => 2,
                    (false, _, true) => 3,
                    (false, _, false) => 1,
                }
            }
            _ => 0,
        };
        (one.getText().to_owned(), up)
    });
    read.collect()
}

fn preview(picture: &RgbImage, up: Turns) -> Vec<u8> {
    let small = DynamicImage::ImageRgb8(within(picture.clone(), PREVIEW)).into_luma8();
    let upright = match up {
        1 => imageops::rotate90(&small),
        2 => imageops::rotate180(&small),
        3 => imageops::rotate270(&small),
        _ => small,
    };
    let mut bytes = Vec::new();
    upright
        .write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 70))
        .expect("a grey picture of this size is always written into memory");
    bytes
}
