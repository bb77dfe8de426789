//! How long the text of a document of some 30 KB takes, beside unpacking or reading the same bytes.

use std::hint::black_box;
use std::io::Read;

use divan::Bencher;
use tz_read::{Budget, read_document, samples};

fn main() {
    divan::main();
}

/// Thirty paragraphs of three hundred characters, none like another.
fn paragraphs() -> Vec<String> {
    let letter = |n: u32| char::from_u32(0x4E00 + n % 5_000).unwrap_or('中');
    (0..30_u32).map(|p| (0..300_u32).map(|c| letter(p * 7_919 + c * c * 31 + c)).chain(['。']).collect()).collect()
}

fn made(kind: &str) -> Vec<u8> {
    let text = paragraphs();
    let text: Vec<&str> = text.iter().map(String::as_str).collect();
    match kind {
        "docx" => samples::docx("标题", &text),
        "doc" => samples::doc("标题", &text),
        "pdf" => samples::pdf("标题", &text),
        "ofd" => samples::ofd("标题", &text),
        _ => samples::rtf("标题", &text),
    }
}

const KINDS: [&str; 5] = ["docx", "doc", "pdf", "ofd", "rtf"];

#[divan::bench(args = KINDS)]
fn text(bencher: Bencher, kind: &str) {
    let bytes = made(kind);
    let name = format!("信息.{kind}");
    bencher
        .counter(divan::counter::BytesCount::of_slice(&bytes))
        .bench(|| read_document(&name, black_box(&bytes), &Budget::default()));
}

/// The reference: every byte of the file unpacked where it is an archive, looked at where it is not.
#[divan::bench(args = KINDS)]
fn unpacked(bencher: Bencher, kind: &str) {
    let bytes = made(kind);
    bencher.counter(divan::counter::BytesCount::of_slice(&bytes)).bench(|| {
        let Ok(mut archive) = zip::ZipArchive::new(std::io::Cursor::new(black_box(&bytes))) else {
            return bytes.iter().map(|byte| usize::from(*byte)).sum();
        };
        let mut all = 0;
        for index in 0..archive.len() {
            let mut part = Vec::new();
            if let Ok(mut entry) = archive.by_index(index) {
                all += entry.read_to_end(&mut part).unwrap_or(0);
            }
        }
        all
    });
}
