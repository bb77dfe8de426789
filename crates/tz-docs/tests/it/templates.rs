//! Templates as an office meets them: built-in ones, faults with their places, own wording.

use proptest::{prelude::*, sample::select};
use tz_docs::{PaperKind, Template, check_template, preview, template_guide};

use crate::{dom::part, sample};

/// Each block of the file is `= kind`, the template's lines, `---`, then the wanted faults.
#[test]
fn every_fault_is_said_with_its_place() {
    let cases = include_str!("../../cases/templates/faults.case");
    let mut wrong = Vec::new();
    let mut count = 0;
    for block in cases.split("\n= ").skip(1) {
        let (kind, rest) = block.split_once('\n').expect("a kind on its own line");
        let (text, wanted) = rest.split_once("\n---\n").expect("a line --- before the faults");
        let kind = PaperKind::named(kind.trim()).expect("a kind of paper");
        let faults = check_template(kind, text).err().unwrap_or_default();
        let made: Vec<String> = faults.iter().map(ToString::to_string).collect();
        let wanted: Vec<&str> = wanted.lines().filter(|line| !line.is_empty() && !line.starts_with("//")).collect();
        if made != wanted {
            wrong.push(format!("{text}\n  made\n{}\n  want\n{}", made.join("\n"), wanted.join("\n")));
        }
        count += 1;
    }
    assert!(count >= 15 && wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_built_in_template_is_without_fault_and_prints() {
    for kind in PaperKind::ALL {
        assert!(check_template(kind, kind.built_in_text()).is_ok(), "{}", kind.name());
        assert_eq!(PaperKind::named(kind.name()), Some(kind));
        for (name, paper) in preview(&Template::built_in(kind)) {
            assert!(!paper.title().is_empty(), "{name}");
            let text = part(&paper.docx(), "word/document.xml").text();
            assert!(!text.contains(['{', '}', '@', '|']) || name == "约稿通知单", "{name}: {text}");
        }
    }
}

#[test]
fn the_guide_names_every_line_and_field() {
    let guide = template_guide(PaperKind::Issue);
    for word in ["@版式", "@稿源", "@版记两端", "@列", "刊名", "稿件", "署名", "{完}"] {
        assert!(guide.contains(word), "{word}: {guide}");
    }
}

#[test]
fn an_office_words_its_own_issue() {
    let text = "@版式 刊物\n@刊头 滕州信息\n@期号 {日期}（第{期号}号）\n@编印 {编辑单位}主办 | 共{份数}份\n{每个 稿件}\n\
                @稿题 {序号}、{稿题}\n{正文}\n（来自{署名}）\n{完}\n@版记 分送：{报}\n";
    let template = check_template(PaperKind::Issue, text).unwrap();
    let paper = tz_docs::issue(&sample::issue(), &template);
    let tree = part(&paper.docx(), "word/document.xml");
    let lines: Vec<String> = tree.all("w:p").iter().map(|para| para.text()).filter(|text| !text.is_empty()).collect();
    assert_eq!(
        lines[..4],
        [
            "滕州信息",
            "2018年6月29日（第47号）",
            "　滕州市人民政府办公室主办共120份",
            "1、滨湖镇多措并举做好夏粮收购工作"
        ]
    );
    assert!(lines.contains(&"（来自滨湖镇、市商务局）".to_owned()), "{lines:?}");
    assert!(lines.contains(&"分送：市长、副市长。".to_owned()), "{lines:?}");
    assert!(!tree.text().contains("【经验亮点】"));
}

#[test]
fn a_value_with_braces_is_only_text() {
    let mut wild = sample::bulletin();
    wild.title = "关于{标题}{完}的通报".into();
    wild.office = "{发文机关}".into();
    let text = part(&sample::docx::bulletin(&wild), "word/document.xml").text();
    assert!(text.contains("关于{标题}{完}的通报") && text.contains("{发文机关}文件"), "{text}");
}

#[test]
fn a_template_of_another_kind_gives_way_to_the_built_in_one() {
    let other = Template::built_in(PaperKind::FeedbackLetter);
    let paper = tz_docs::issue(&sample::issue(), &other);
    assert_eq!(paper.docx(), sample::docx::issue(&sample::issue()));
}

/// What a template may hold, rightly or wrongly put together.
const SCRAPS: [&str; 29] = [
    "@版式 公文",
    "@标题 {标题}",
    "{有 更正}",
    "{完}",
    "{每个 排名组}",
    "{无 盖章}",
    "{组名}",
    "@表 甲",
    "@列 乙 | 5 | {得分}",
    "@行 单位",
    "@行 更正",
    "{正文}",
    "{",
    "}",
    "{{",
    "}}",
    "｛标题｝",
    "{有}",
    "@",
    "@@x",
    "##",
    "# x",
    "",
    "　　x{有 报}y{完}",
    "{ }",
    "@列",
    "@版记 报：{报}",
    "@署名 a | b",
    "@附件 丙",
];

proptest! {
    #![proptest_config(tz_testkit::property(300))]

    /// The check ends with a template that prints, or with faults that have places.
    #[test]
    fn whatever_is_typed_is_a_template_or_has_faults(picks in proptest::collection::vec(select(&SCRAPS[..]), 0..24)) {
        // Most scraps alone fail; a right beginning lets the lucky ones be printed.
        for text in [picks.join("\n"), format!("@版式 公文\n{}", picks.join("\n"))] {
            match check_template(PaperKind::Bulletin, &text) {
                Ok(template) => {
                    let tree = part(&preview(&template).remove(0).1.docx(), "word/document.xml");
                    prop_assert_eq!(tree.all("w:body").len(), 1);
                }
                Err(faults) => {
                    prop_assert!(!faults.is_empty());
                    for fault in faults {
                        prop_assert!(fault.place.starts_with('第') && fault.sentence.ends_with(['。', '？']), "{}", fault);
                    }
                }
            }
        }
    }
}
