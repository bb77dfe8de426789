//! The values of the official layout, exactly, in the XML of a bulletin and of an issue.

use jiff::civil::date;
use tz_docs::{Block, Bulletin, PaperKind, Signature, Template, Urgency, preview};

use crate::{
    dom::{names, part, raw},
    sample::{
        self,
        docx::{bulletin, issue},
    },
};

/// Compares a document with a file of `path = value` lines under `# part` lines.
fn differences(docx: &[u8], cases: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut tree = None;
    let mut compared = 0;
    for line in cases.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")) {
        if let Some(name) = line.strip_prefix("# ") {
            tree = Some(part(docx, name));
            continue;
        }
        let (path, wanted) = line.rsplit_once(" = ").expect("path = value");
        match tree.as_ref().expect("a part is named first").value(path) {
            Ok(value) if value == wanted => {}
            Ok(value) => wrong.push(format!("{path}: {value}, not {wanted}")),
            Err(missing) if wanted == "absent" && missing.starts_with("no ") => {}
            Err(missing) => wrong.push(format!("{path}: {missing}")),
        }
        compared += 1;
    }
    assert!(compared > 0, "a case file says something");
    wrong
}

#[test]
fn a_bulletin_has_the_exact_values_of_the_red_head_form() {
    let docx = bulletin(&sample::bulletin());
    let wrong = differences(&docx, include_str!("../../cases/ooxml/bulletin.values"));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_issue_has_the_exact_values_of_the_masthead_form() {
    let docx = issue(&sample::issue());
    let wrong = differences(&docx, include_str!("../../cases/ooxml/issue.values"));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_proof_sheet_has_no_number_and_no_distribution_but_room_to_sign() {
    let proof = sample::proof();
    let wrong = differences(&issue(&proof), include_str!("../../cases/ooxml/proof.values"));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let text = part(&issue(&proof), "word/document.xml").text();
    for word in ["期", "报：", "送：", "发：各", "共印", "张明"] {
        assert!(!text.contains(word), "{word}");
    }
    let mut marked = proof;
    marked.notice = Some("内部资料　注意保存".into());
    let tree = part(&issue(&marked), "word/document.xml");
    assert_eq!(tree.value("w:p[1]/$").unwrap(), "内部资料　注意保存清样", "both stand on one line, a tab between");
}

#[test]
fn other_papers_have_the_exact_values_of_their_forms() {
    let mut wrong = Vec::new();
    for (kind, cases) in [
        (PaperKind::FeedbackLetter, include_str!("../../cases/ooxml/letter.values")),
        (PaperKind::SolicitationNotice, include_str!("../../cases/ooxml/solicitation.values")),
        (PaperKind::AnnualCircular, include_str!("../../cases/ooxml/circular.values")),
    ] {
        wrong.extend(differences(&preview(&Template::built_in(kind)).remove(0).1.docx(), cases));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_same_values_give_the_same_bytes() {
    assert_eq!(bulletin(&sample::bulletin()), bulletin(&sample::bulletin()));
    assert_eq!(issue(&sample::issue()), issue(&sample::issue()));
}

#[test]
fn the_parts_stand_in_a_fixed_order_and_name_nothing_outside() {
    let docx = bulletin(&sample::bulletin());
    assert_eq!(
        names(&docx),
        [
            "[Content_Types].xml",
            "_rels/.rels",
            "docProps/core.xml",
            "word/document.xml",
            "word/_rels/document.xml.rels",
            "word/styles.xml",
            "word/settings.xml",
            "word/fontTable.xml",
            "word/footer1.xml",
            "word/footer2.xml",
        ]
    );
    for name in names(&docx) {
        let text = raw(&docx, &name);
        assert!(!text.contains("rsid") && !text.contains("TargetMode"), "{name}");
        assert!(!text.contains("<w:b/>") && !text.contains("<w:ins ") && !text.contains("<w:del "), "{name}");
    }
}

#[test]
fn widths_of_the_grid_and_of_the_cells_are_equal_and_fill_the_text_area() {
    let tree = part(&bulletin(&sample::bulletin()), "word/document.xml");
    let tables = tree.all("w:tbl");
    assert_eq!(tables.len(), 7, "four groups, adopted, corrections, end matter");
    for table in tables {
        let grid: Vec<&str> = table.all("w:gridCol").iter().map(|col| col.attribute("w:w").unwrap()).collect();
        assert_eq!(grid.iter().map(|width| width.parse::<i32>().unwrap()).sum::<i32>(), 8844);
        for row in table.all("w:tr") {
            let cells: Vec<&str> = row.all("w:tcW").iter().map(|cell| cell.attribute("w:w").unwrap()).collect();
            assert_eq!(cells, grid);
            assert_eq!(row.all("w:cantSplit").len(), 1);
        }
    }
}

#[test]
fn markup_and_control_characters_in_a_title_are_only_text() {
    let wild = Bulletin {
        title: "关于“A&B”<项目>\u{0}\u{8}\u{FFFE}的\t通报".into(),
        paragraphs: vec!["甲<乙>&丙\u{1}。\n\n第二段\u{B}文字]]>。".into()],
        ..sample::bare()
    };
    let docx = bulletin(&wild);
    let tree = part(&docx, "word/document.xml");
    let text: Vec<String> = tree.all("w:p").iter().map(|para| para.text()).collect();
    assert!(text.contains(&"关于“A&B”<项目>的通报".to_owned()), "{text:?}");
    assert!(text.contains(&"甲<乙>&丙。".to_owned()), "{text:?}");
    assert!(text.contains(&"第二段文字]]>。".to_owned()), "{text:?}");
    assert_eq!(part(&docx, "docProps/core.xml").value("dc:title/$").unwrap(), "关于“A&B”<项目>的通报");
}

#[test]
fn empty_lists_leave_no_trace() {
    let tree = part(&bulletin(&sample::bare()), "word/document.xml");
    let text = tree.text();
    for word in ["附件", "表1", "更正", "约谈", "批评", "抄送", "报：", "发："] {
        assert!(!text.contains(word), "{word}");
    }
    assert_eq!(tree.all("w:tbl").len(), 1, "only the end matter");
    assert_eq!(tree.all("w:tr").len(), 1, "only its last row");
    assert!(text.ends_with("滕州市人民政府办公室2018年7月3日印发"), "{text}");

    let mut quiet = sample::issue();
    quiet.report_to.clear();
    quiet.send_to.clear();
    quiet.issue_to.clear();
    quiet.total = None;
    let text = part(&issue(&quiet), "word/document.xml").text().replace("签发：", "");
    for word in ["报：", "送：", "发：", "增发", "总第"] {
        assert!(!text.contains(word), "{word}");
    }
}

#[test]
fn a_single_annex_has_no_number() {
    let single = Bulletin { groups: sample::bulletin().groups, ..sample::bare() };
    let tree = part(&bulletin(&single), "word/document.xml");
    let note = "w:p[~附件：6月份各单位政务信息得分情况]/w:pPr/w:ind";
    assert_eq!(tree.value(&format!("{note}@w:left")).unwrap(), "1575");
    assert_eq!(tree.value(&format!("{note}@w:hanging")).unwrap(), "945");
    let heads: Vec<String> = tree
        .all("w:p")
        .iter()
        .filter(|para| !para.all("w:pageBreakBefore").is_empty())
        .map(|para| para.text())
        .collect();
    assert_eq!(heads, ["附件"]);
}

#[test]
fn a_seal_gets_two_free_lines_and_the_name_is_centred_on_the_date() {
    let sealed = Bulletin { signature: Signature::Seal, ..sample::bare() };
    let tree = part(&bulletin(&sealed), "word/document.xml");
    // The date of 6 characters stands 4 from the right, the name of 10 therefore 2.
    let place = |text: &str| {
        let paras = tree.all("w:p");
        let para = paras.into_iter().find(|para| para.text() == text).unwrap();
        let indent = para.all("w:ind");
        (indent[0].attribute("w:rightChars").unwrap().to_owned(), indent[0].attribute("w:right").unwrap().to_owned())
    };
    assert_eq!(place("2018年7月3日"), ("400".into(), "1260".into()));
    assert_eq!(place("滕州市人民政府办公室"), ("200".into(), "630".into()));
    let paras = tree.all("w:p");
    let at = paras.iter().position(|para| para.text() == "滕州市人民政府办公室").unwrap();
    assert_eq!((paras[at - 1].text().as_str(), paras[at - 2].text().as_str()), ("", ""));
    assert_ne!(paras[at - 3].text(), "");
}

#[test]
fn a_date_longer_than_the_name_moves_the_name_to_the_left() {
    let short = Bulletin { office: "市政府办".into(), date: date(2018, 12, 13), ..sample::bare() };
    let tree = part(&bulletin(&short), "word/document.xml");
    let right = |style: &str| {
        tree.value(&format!("w:pPr[w:pStyle@w:val={style}]/w:ind@w:right")).unwrap().parse::<i32>().unwrap()
    };
    // 2018年12月13日 is 7 characters wide and 2 from the right; the name of 4 begins 2 to its left: 2+7+2-4 = 7 free.
    assert_eq!(right("TzDate"), 2 * 315);
    assert_eq!(right("TzSignature"), 7 * 315);
}

#[test]
fn urgency_stands_above_the_head_and_the_head_keeps_its_place() {
    let urgent = Bulletin { urgency: Some(Urgency::MostUrgent), ..sample::bare() };
    let tree = part(&bulletin(&urgent), "word/document.xml");
    let paras = tree.all("w:p");
    assert_eq!(paras[0].text(), "特急");
    assert_eq!(paras[1].value("w:spacing@w:before").unwrap(), "1405");
    assert_eq!(1405 + 579, 1984);
}

#[test]
fn addressees_move_to_the_end_matter_when_page_one_would_have_no_text() {
    let long: Vec<String> = (1..=60).map(|n| format!("市政府第{n}部门")).collect();
    let many = Bulletin { addressees: long.join("，"), copies_to: vec!["市委办公室".into()], ..sample::bare() };
    let tree = part(&bulletin(&many), "word/document.xml");
    assert_eq!(tree.value("w:pPr[w:pStyle@w:val=TzAddressee]").unwrap_err(), "no w:pPr[w:pStyle@w:val=TzAddressee]");
    let cells = tree.all("w:tc");
    let first: Vec<String> = cells[0].all("w:p").iter().map(|para| para.text()).collect();
    assert!(first[0].starts_with("主送：市政府第1部门，") && first[0].ends_with('。'), "{first:?}");
    assert_eq!(first[1], "抄送：市委办公室。");
}

#[test]
fn headings_are_numbered_in_one_sequence_with_those_the_bulletin_adds() {
    let closed = Bulletin { closing: vec![Block::Heading1("工作要求".into())], ..sample::bulletin() };
    let tree = part(&bulletin(&closed), "word/document.xml");
    let headings: Vec<String> = tree
        .all("w:p")
        .iter()
        .filter(|para| para.all("w:pStyle").iter().any(|style| style.attribute("w:val").unwrap().contains("Level")))
        .map(|para| para.text())
        .collect();
    assert_eq!(
        headings,
        [
            "一、总体情况",
            "二、主要特点",
            "（一）问题类信息增多",
            "（二）镇街报送均衡",
            "三、往月计分更正",
            "四、约谈单位",
            "1.龙阳镇：5月、6月连续两个月位列镇街后三位；",
            "2.东郭镇：5月、6月连续两个月位列镇街后三位。",
            "五、通报批评建议",
            "六、工作要求",
        ]
    );
}

#[test]
fn levels_below_begin_again_under_each_new_heading() {
    let blocks = ["甲", "乙"].into_iter().flat_map(|name| {
        [Block::Heading1(format!("{name}。")), Block::Heading3("子项".into()), Block::Heading4("细项".into())]
    });
    let text = Bulletin { paragraphs: blocks.collect(), ..sample::bare() };
    let all = part(&bulletin(&text), "word/document.xml").text();
    assert!(all.contains("一、甲1.子项（1）细项二、乙1.子项（1）细项"), "{all}");
}

#[test]
fn a_long_head_is_narrowed_and_only_then_made_smaller() {
    // At 48 pt 152 mm hold 8.98 characters.
    for (name, size, scale) in [
        ("某市府办", "96", None),                               // 6 with 文件
        ("滕州市人民政府办公室", "96", Some("75")),             // 12: 430.87 / 576
        ("滕州市某某委员会办公室联合指挥部", "79", Some("60")), // 18: 430.87 / (18 x 0.6) = 39.9 pt
    ] {
        let tree = part(&bulletin(&Bulletin { office: name.into(), ..sample::bare() }), "word/document.xml");
        let head = format!("w:p[~{name}文件]");
        assert_eq!(tree.value(&format!("{head}/w:r/w:rPr/w:sz@w:val")).unwrap(), size, "{name}");
        assert_eq!(tree.value(&format!("{head}/w:r/w:rPr/w:w@w:val")).ok().as_deref(), scale, "{name}");
        let line = (size.parse::<i32>().unwrap() * 10).to_string();
        assert_eq!(tree.value(&format!("{head}/w:pPr/w:spacing@w:line")).unwrap(), line, "{name}");
    }
}

/// The sequences of the schema (ECMA-376), as far as we write them. Strict readers reject another order.
const SEQUENCES: [(&str, &str); 8] = [
    ("w:pBdr", "w:top w:bottom"),
    (
        "w:pPr",
        "w:pStyle w:keepNext w:keepLines w:pageBreakBefore w:framePr w:pBdr w:tabs w:autoSpaceDE w:autoSpaceDN \
         w:snapToGrid w:spacing w:ind w:jc w:outlineLvl",
    ),
    ("w:rPr", "w:rFonts w:color w:spacing w:w w:sz w:szCs w:lang"),
    ("w:tblPr", "w:tblpPr w:tblW w:jc w:tblBorders w:tblLayout w:tblCellMar"),
    ("w:tblBorders", "w:top w:left w:bottom w:right w:insideH w:insideV"),
    ("w:tcPr", "w:tcW w:gridSpan w:vMerge w:vAlign"),
    ("w:style", "w:name w:basedOn w:qFormat w:pPr w:rPr"),
    ("w:font", "w:altName w:charset w:family w:pitch"),
];

#[test]
fn elements_stand_in_the_order_of_the_schema() {
    let others = PaperKind::ALL.into_iter().flat_map(|kind| preview(&Template::built_in(kind)));
    let others = others.map(|(_, paper)| paper.docx());
    for docx in [bulletin(&sample::bulletin()), issue(&sample::issue())].into_iter().chain(others) {
        for name in names(&docx).iter().filter(|name| name.starts_with("word/") && name.ends_with(".xml")) {
            let tree = part(&docx, name);
            for (parent, order) in SEQUENCES {
                let order: Vec<&str> = order.split_whitespace().collect();
                for node in tree.all(parent) {
                    let place = |child: &str| order.iter().position(|known| *known == child);
                    let places: Vec<_> = node.children.iter().map(|child| (place(&child.name), &child.name)).collect();
                    assert!(places.iter().all(|(place, _)| place.is_some()), "{name} {parent}: {places:?}");
                    assert!(places.windows(2).all(|two| two[0].0 < two[1].0), "{name} {parent}: {places:?}");
                }
            }
        }
    }
}

#[test]
fn every_character_there_is_leaves_the_parts_well_formed() {
    // The Han characters in the middle are alike; leaving them out keeps the test short.
    let all: String = ('\0'..'\u{3100}').chain('\u{D000}'..'\u{1_0400}').collect();
    let mut wild = sample::bulletin();
    wild.office = all.clone();
    wild.title = all.clone();
    wild.addressees = all.clone();
    wild.paragraphs = vec![Block::Heading1(all.clone()), Block::Text(all.clone())];
    wild.adopted[0].title = all.clone();
    wild.copies_to = vec![all];
    let docx = bulletin(&wild);
    for name in names(&docx) {
        let tree = part(&docx, &name);
        assert!(!tree.text().chars().any(|c| c.is_control() && c != '\n'), "{name}");
    }
}

#[test]
fn a_long_name_of_a_publication_loses_its_spacing_and_then_its_width() {
    // 430.87 pt at 52 pt a character: 6 take 10 pt between, 8 have 1.85 pt left for each, 9 are narrowed to 92 %.
    for (name, spacing, scale) in
        [("政务信息交流", "200", None), ("滕州市政务信息交", "37", None), ("滕州市政务信息专报", "0", Some("92"))]
    {
        let mut long = sample::issue();
        long.name = name.into();
        let tree = part(&issue(&long), "word/document.xml");
        assert_eq!(tree.value("w:p[1]/w:r/w:rPr/w:spacing@w:val").unwrap(), spacing, "{name}");
        assert_eq!(tree.value("w:p[1]/w:r/w:rPr/w:w@w:val").ok().as_deref(), scale, "{name}");
    }
}

#[test]
fn a_single_item_has_a_title_of_the_second_size() {
    let mut single = sample::issue();
    single.items.truncate(1);
    let tree = part(&issue(&single), "word/document.xml");
    let title = "w:p[~滨湖镇多措并举]";
    assert_eq!(tree.value(&format!("{title}/w:pPr/w:pStyle@w:val")).unwrap(), "TzTitle");
    assert!(tree.value(&format!("{title}/w:r/w:rPr/w:sz@w:val")).is_err(), "2号 comes from the style");
}
