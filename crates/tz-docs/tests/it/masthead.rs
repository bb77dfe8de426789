//! A picture in place of a publication's name.

use std::io::{Cursor, Read};

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use tz_docs::{Masthead, UnusablePicture};

use crate::{
    printed::{Area, Picture, Printed, near},
    sample::{self, paper},
};

/// A red picture of this size.
fn file(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    let picture = RgbImage::from_pixel(width, height, Rgb([220, 0, 0]));
    DynamicImage::from(picture).write_to(&mut Cursor::new(&mut bytes), format).expect("a picture is written");
    bytes
}

#[test]
fn what_is_no_usable_picture_is_refused_with_what_to_do() {
    assert_eq!(Masthead::read(b"GIF89a"), Err(UnusablePicture::OtherFormat));
    assert_eq!(Masthead::read(b""), Err(UnusablePicture::OtherFormat));
    assert_eq!(Masthead::read(&file(599, 100, ImageFormat::Png)), Err(UnusablePicture::Size(599, 100)));
    assert_eq!(Masthead::read(&file(6001, 100, ImageFormat::Png)), Err(UnusablePicture::Size(6001, 100)));
    let whole = file(1800, 220, ImageFormat::Png);
    assert_eq!(Masthead::read(&whole[..whole.len() / 2]), Err(UnusablePicture::Broken));
    assert_eq!(Masthead::read(&vec![0; (4 << 20) + 1]), Err(UnusablePicture::TooManyBytes(4097)));
    // A small file that says it is enormous is refused before its pixels are made.
    let mut lying = whole.clone();
    lying[16..20].copy_from_slice(&1_000_000_u32.to_be_bytes());
    assert!(Masthead::read(&lying).is_err());
    assert_eq!(Masthead::read(&file(1800, 220, ImageFormat::Jpeg)).expect("a JPEG").size(), (1800, 220));
}

#[test]
fn a_picture_stands_in_the_names_place_and_moves_nothing() {
    let picture = Masthead::read(&file(1800, 220, ImageFormat::Png)).expect("a sound picture");
    assert_eq!(Masthead::read(picture.png()).as_ref(), Ok(&picture), "what is kept is read again as it is");
    let plain = paper::issue(&sample::issue());
    let dressed = plain.clone().with_masthead(&picture);
    let mut zip = zip::ZipArchive::new(Cursor::new(dressed.docx())).expect("a package");
    let mut kept = Vec::new();
    zip.by_name("word/media/masthead.png").expect("its part").read_to_end(&mut kept).expect("bytes");
    assert_eq!(kept, picture.png());
    assert_eq!(dressed.docx(), plain.clone().with_masthead(&picture).docx());
    let documents = [("plain", plain.docx()), ("dressed", dressed.docx())];
    let ours = Printed::by_ourselves(&[("plain", &plain), ("dressed", &dressed)]);
    for (printed, tolerance) in [(ours, 0.3), (Printed::by_libreoffice(&documents), 1.0)] {
        let Some(printed) = printed else { continue };
        assert_eq!(printed.page_count("plain"), printed.page_count("dressed"));
        let red = |name: &str| {
            let page = printed.picture(name, 1);
            let head = page.bounds(Area::band(37.0, 80.0), Picture::red).expect("ink");
            let line = page.bounds(Area::band(85.0, 120.0), Picture::red).expect("ink");
            (head, line.top)
        };
        let ((_, plain_line), (head, line)) = (red("plain"), red("dressed"));
        near("the red line under it", line, plain_line, tolerance);
        near("width of the picture", head.right - head.left, 156.0, 1.0);
        near("middle of the picture", (head.top + head.bottom) / 2.0, 37.0 + 10.0 + 9.7, 1.0);
    }
}
