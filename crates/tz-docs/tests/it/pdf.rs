//! The PDF of a paper.

use crate::{faces::faces, sample};
use tz_docs::{PaperKind, Template};

#[test]
fn try_out() {
    let Some(faces) = faces() else { return };
    let mut all = vec![("long".to_owned(), sample::paper::bulletin(&sample::bulletin()))];
    for kind in PaperKind::ALL { all.extend(tz_docs::preview(&Template::built_in(kind))); }
    for (name, paper) in all {
        let t = std::time::Instant::now();
        let pdf = paper.pdf(faces);
        eprintln!("{name} {:?} {} bytes {} {:?}", t.elapsed(), pdf.bytes.len(), pdf.pages, pdf.missing);
        std::fs::write(format!("/tmp/h/out/{name}.pdf"), pdf.bytes).unwrap();
        std::fs::write(format!("/tmp/h/out/{name}.docx"), paper.docx()).unwrap();
        if let Some(book) = paper.workbook() { std::fs::write(format!("/tmp/h/out/{name}.xlsx"), book).unwrap(); }
    }
}
