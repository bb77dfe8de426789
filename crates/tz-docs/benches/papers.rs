//! One issue of 20 items as DOCX and as PDF, a month's bulletin, and one letter.
//!
//! `cargo bench -p tz-docs`; the PDF ones need a Chinese face on the machine.

use std::sync::Arc;

use divan::Bencher;
use jiff::civil::date;
use tz_docs::{
    Block, FaceBytes, FaceName, Faces, Issue, IssueItem, IssueNumber, ItemForm, Paper, PaperKind, Template, issue,
    preview,
};

fn main() {
    divan::main();
}

/// An issue of 20 items of 600 characters.
fn twenty() -> Issue {
    let sentence =
        "针对群众反映较多的问题，该单位逐项研究办法，明确任务、时限和责任人，累计办结1286件，满意率为98.5％。";
    let text: String = sentence.chars().cycle().take(300).collect();
    let item = |number: u32| IssueItem {
        column: Some(if number < 10 { "经验亮点" } else { "问题建议" }.into()),
        title: format!("第{number}个单位多措并举做好夏粮收购工作"),
        paragraphs: vec![Block::Text(text.clone()), Block::Heading1("主要做法".into()), Block::Text(text.clone())],
        byline: Some(format!("第{number}镇、市商务局")),
        code: None,
    };
    Issue {
        name: "政务信息交流".into(),
        notice: None,
        number: IssueNumber::Regular(47),
        total: Some(1286),
        office: "滕州市人民政府办公室".into(),
        date: date(2018, 6, 29),
        form: ItemForm::Articles,
        items: (1..=20).map(item).collect(),
        report_to: vec!["市长、副市长".into()],
        send_to: vec!["市委办公室".into()],
        issue_to: vec!["各镇街、市政府各部门".into()],
        extra_to: Vec::new(),
        edited_by: "张明".into(),
        reviewed_by: "李华".into(),
        signed_by: "王强".into(),
        copies: Some(120),
    }
}

fn faces() -> Faces {
    let read = |name: FaceName| -> Option<(FaceName, FaceBytes)> {
        let (bytes, index) = tz_testkit::system_face(name.family, name.bold)?;
        Some((name, (Arc::new(bytes), index)))
    };
    let names = Faces::choose(&|name| read(name).is_some()).expect("a Chinese face, for the bench");
    Faces::new(names.into_iter().filter_map(read).collect()).expect("faces that can be read")
}

fn sample(kind: PaperKind) -> Paper {
    preview(&Template::built_in(kind)).remove(0).1
}

#[divan::bench]
fn issue_of_20_docx(bencher: Bencher<'_, '_>) {
    let (values, template) = (twenty(), Template::built_in(PaperKind::Issue));
    bencher.bench(|| issue(&values, &template).docx());
}

#[divan::bench]
fn issue_of_20_pdf(bencher: Bencher<'_, '_>) {
    let (values, template, faces) = (twenty(), Template::built_in(PaperKind::Issue), faces());
    bencher.bench(|| issue(&values, &template).pdf(&faces).expect("faces that embed").bytes);
}

#[divan::bench]
fn bulletin_pdf(bencher: Bencher<'_, '_>) {
    let (paper, faces) = (sample(PaperKind::Bulletin), faces());
    bencher.bench(|| paper.pdf(&faces).expect("faces that embed").bytes);
}

#[divan::bench]
fn letter_pdf(bencher: Bencher<'_, '_>) {
    let (paper, faces) = (sample(PaperKind::FeedbackLetter), faces());
    bencher.bench(|| paper.pdf(&faces).expect("faces that embed").bytes);
}
