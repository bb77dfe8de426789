//! What units write in subjects and file names, and which texts of a mail become items.

use super::{CATEGORIES, cases};
use crate::samples::{self, EmlSpec};
use crate::{Budget, Documents, Proposed, Source, propose_items, read_message};

const TEXT: [&str; 2] = [
    "6月4日，滨湖镇组织召开夏季防汛工作会议，传达学习上级会议精神，安排部署今年的防汛抗旱工作。",
    "会议要求，各村居要落实防汛责任，备足沙袋、铁锨等物资，严格执行24小时值班制度，确保安全度汛。",
];

fn items(subject: &str, body: &str, attachments: &[(&str, Vec<u8>)]) -> Vec<Proposed> {
    let eml = samples::eml(&EmlSpec {
        from: "binhu@example.gov.cn".to_owned(),
        to: "tzxxk@example.gov.cn".to_owned(),
        subject: subject.to_owned(),
        body: body.to_owned(),
        attachments: attachments.iter().map(|(n, b)| ((*n).to_owned(), b.clone())).collect(),
        ..EmlSpec::default()
    });
    let message = read_message(&eml, &Budget::default()).expect("a mail");
    propose_items(&message, Documents::of(&message, &Budget::default()), &CATEGORIES)
}

#[test]
fn subjects_and_file_names_give_category_and_title() {
    let mut wrong = Vec::new();
    for case in cases("headings.case") {
        let [kind, text, category, title] = &case[..] else { panic!("a case has four fields: {case:?}") };
        let found = match kind.as_str() {
            // A mail that is only its own text: title and category can come from the subject alone.
            "主题" => items(text, &TEXT.concat(), &[]),
            "文件" => items("信息", "请查收。", &[(text.as_str(), TEXT.join("\n").into_bytes())]),
            other => panic!("no such kind: {other}"),
        };
        let item = &found[0];
        if item.title != *title || item.category.as_deref().unwrap_or("-") != category {
            wrong.push(format!("{text}: {} {:?}", item.title, item.category));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_readable_attachment_is_the_item_and_the_mail_a_covering_note() {
    let docx = samples::docx("滨湖镇部署夏季防汛工作", &TEXT);
    let found = items("【工作动态】信息", "信息科：现报送信息一篇，请查收。", &[("信息.docx", docx)]);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].title.as_str(), found[0].category.as_deref()), ("滨湖镇部署夏季防汛工作", Some("工作动态")));
    assert_eq!(found[0].body, TEXT.join("\n"));
    assert_eq!(found[0].source, Source::Attachment { name: "信息.docx".to_owned(), part: "2".to_owned() });
    assert!(found[0].doubts.is_empty());
}

#[test]
fn several_documents_are_several_items_and_a_copy_is_none() {
    let first = samples::docx("滨湖镇部署夏季防汛工作", &TEXT);
    let second = samples::docx(
        "滨湖镇开展消防演练",
        &["6月5日，滨湖镇联合消防中队在镇敬老院开展消防应急疏散演练，老人和护理员共六十余人参加，提高了安全意识。"],
    );
    let copy = format!("滨湖镇部署夏季防汛工作\n{}", TEXT.join("\n")).into_bytes();
    let found = items("信息两篇", "", &[("1.docx", first), ("2.docx", second), ("1.txt", copy)]);
    let titles: Vec<&str> = found.iter().map(|i| i.title.as_str()).collect();
    assert_eq!(titles, ["滨湖镇部署夏季防汛工作", "滨湖镇开展消防演练"]);
}

#[test]
fn a_file_that_cannot_be_read_becomes_an_item_to_fill_in() {
    let found =
        items("问题建议：农村道路养护存在的问题及建议", "请查收", &[("农村道路养护.pdf", b"%PDF-1.4 x".to_vec())]);
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].title.as_str(), found[0].category.as_deref()),
        ("农村道路养护存在的问题及建议", Some("问题建议"))
    );
    assert_eq!((found[0].body.as_str(), found[0].doubts.len()), ("", 1));
    assert_eq!(
        found[0].doubts[0],
        "附件“农村道路养护.pdf”：PDF 文件已损坏或不完整，无法读取。请联系报送单位重新报送。"
    );
}

#[test]
fn the_print_of_a_readable_item_is_no_second_item() {
    let docx = samples::docx("滨湖镇部署夏季防汛工作", &TEXT);
    let found = items("信息", "", &[("防汛.docx", docx), ("防汛.pdf", b"%PDF-1.4 x".to_vec())]);
    assert_eq!((found.len(), found[0].doubts.len()), (1, 0));
}

#[test]
fn a_note_without_any_item_is_proposed_with_a_doubt_or_not_at_all() {
    assert_eq!(items("信息", "请查收。", &[]), []);
    let found = items("关于会议时间", "今天下午三点到镇里开会。", &[]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].doubts, ["正文只有12字，请核对是否为稿件。"]);
}

#[test]
fn a_short_attachment_is_proposed_with_a_doubt_where_there_is_nothing_else() {
    let found = items("信息", "请查收。", &[("滨湖镇召开会议.txt", "6月4日，滨湖镇召开会议。".as_bytes().to_vec())]);
    assert_eq!((found.len(), found[0].title.as_str()), (1, "滨湖镇召开会议"));
    assert_eq!(found[0].doubts, ["附件只有13字，请核对是否为稿件。"]);
}

#[test]
fn a_word_file_that_is_none_is_never_passed_over_without_a_word() {
    let noise: Vec<u8> = (0..3_000u32).map(|at| (at * at % 251) as u8).collect();
    let picture_only = samples::docx("", &[""]);
    for (bytes, reason) in [
        (Vec::new(), "附件“信息.docx”：Word 文档（docx）已损坏或不完整，无法读取。请联系报送单位重新报送。"),
        (noise, "附件“信息.docx”：Word 文档（docx）已损坏或不完整，无法读取。请联系报送单位重新报送。"),
        (picture_only, "附件“信息.docx”：Word 文档（docx）中没有文字。如内容为图片，请编辑打开附件，补录正文。"),
    ] {
        // With a covering note it is the item, to be filled in by hand.
        let alone = items("【工作动态】夏季防汛部署", "请查收。", &[("信息.docx", bytes.clone())]);
        assert_eq!(alone.len(), 1);
        assert_eq!((alone[0].title.as_str(), alone[0].body.as_str()), ("夏季防汛部署", ""));
        assert_eq!(alone[0].doubts, [reason]);
        // Beside the text in the mail itself it is a doubt of that item.
        let beside = items("【工作动态】夏季防汛部署", &TEXT.concat(), &[("信息.docx", bytes)]);
        assert_eq!(beside.len(), 1);
        assert_eq!(beside[0].doubts, [reason]);
    }
    // An empty file beside a readable document is no second item.
    let docx = samples::docx("滨湖镇部署夏季防汛工作", &TEXT);
    let two = items("信息", "请查收。", &[("一.docx", docx), ("二.docx", samples::docx("", &[""]))]);
    assert_eq!(two.len(), 1);
    assert!(two[0].doubts[0].starts_with("附件“二.docx”：Word 文档（docx）中没有文字。"), "{:?}", two[0].doubts);
    // A text under another name is read as what it is; too short for an item, it is named all the same.
    let short = items("夏季防汛部署", "沙袋已备足", &[("信息.docx", "防汛".as_bytes().to_vec())]);
    assert_eq!(short[0].doubts, ["正文只有5字，请核对是否为稿件。", "附件“信息.docx”只有2字，未列为稿件，请核对。"]);
}

#[test]
fn authors_and_a_category_line_are_taken_from_the_text() {
    let mut paragraphs = vec!["信息类别：经验亮点".to_owned()];
    paragraphs.extend(TEXT.map(str::to_owned));
    paragraphs.push("（滨湖镇党政办　撰稿：张三 李　四　审核：王五）".to_owned());
    let found = items("信息", "", &[("信息.docx", samples::docx("滨湖镇部署夏季防汛工作", &paragraphs))]);
    assert_eq!(found[0].category.as_deref(), Some("经验亮点"));
    assert_eq!(found[0].authors, ["张三", "李四"]);
    assert!(!found[0].body.contains("信息类别"));
}

#[test]
fn an_automatic_answer_reports_nothing() {
    assert_eq!(items("自动回复：信息", &TEXT.concat(), &[]), []);
}

#[test]
fn a_signed_page_beside_a_text_is_evidence_and_no_item() {
    let docx = samples::docx("滨湖镇部署夏季防汛工作", &TEXT);
    let form = samples::docx(
        "信息报送审签单",
        &[
            "拟稿人：张三　审核人：李四　签发人：王五　报送日期：2018年6月4日　报送单位：滨湖镇人民政府，联系电话：（略）。",
        ],
    );
    let beside = [
        ("签字页.jpg", b"\xFF\xD8\xFF\xE0\0\x10JFIF".to_vec()),
        ("盖章页.pdf", samples::scanned_pdf()),
        ("审签单.docx", form.clone()),
    ];
    for (name, bytes) in beside {
        let found = items("【工作动态】信息", "请查收。", &[("信息.docx", docx.clone()), (name, bytes)]);
        assert_eq!((found.len(), found[0].title.as_str()), (1, "滨湖镇部署夏季防汛工作"), "{name}");
        let told = found[0].doubts.iter().any(|doubt| doubt.contains("凭据"));
        // A photo is kept among the files and needs no word.
        assert_eq!(told, !name.ends_with("jpg"), "{name}: {:?}", found[0].doubts);
    }
    // Alone it is what the unit sent: nothing vanishes.
    assert_eq!(items("信息", "请查收。", &[("审签单.docx", form)]).len(), 1);
    let scan = items("信息", "请查收。", &[("签字页.pdf", samples::scanned_pdf())]);
    assert!(scan[0].doubts[0].contains("需人工核对"), "{:?}", scan[0].doubts);
}

#[test]
fn labelled_lines_are_taken_for_what_they_say() {
    let mut paragraphs = vec![
        "报送单位：滨湖镇党政办".to_owned(),
        "信息类别：工作动态".to_owned(),
        "标题：滨湖镇部署夏季防汛工作".to_owned(),
    ];
    paragraphs.extend(TEXT.map(str::to_owned));
    paragraphs.push("联系人：张三　联系电话：0632-0000000".to_owned());
    let found = items("约稿2018-03：防汛准备情况", "", &[("信息.docx", samples::docx("", &paragraphs))]);
    let item = &found[0];
    assert_eq!((item.title.as_str(), item.category.as_deref()), ("滨湖镇部署夏季防汛工作", Some("工作动态")));
    assert_eq!(item.unit.as_deref(), Some("滨湖镇党政办"));
    assert_eq!(item.contact.as_deref(), Some("联系人：张三　联系电话：0632-0000000"));
    assert_eq!(item.solicitation.as_deref(), Some("约稿2018-03"));
    assert_eq!(item.body, TEXT.join("\n"));
    // A sentence that begins with such a word is no labelled line.
    let about = items("【要点2018-01-2】滨湖镇部署夏季防汛工作", "", &[("信息.docx", samples::docx("", &TEXT))]);
    assert_eq!((about[0].title.as_str(), about[0].topic.as_deref()), ("滨湖镇部署夏季防汛工作", Some("要点2018-01-2")));
    let sentence = "标题党现象：有的单位标题与内容不符，应当在审核时予以退回，并由报送单位在三个工作日内修改后重新报送，不得再犯。";
    let kept = items("信息", "", &[("信息.docx", samples::docx("滨湖镇部署夏季防汛工作", &[TEXT[0], sentence]))]);
    assert!(kept[0].body.ends_with(sentence));
}

#[test]
fn documents_in_archives_and_mails_in_them_are_items_and_tables_are_none() {
    let first = samples::docx("滨湖镇部署夏季防汛工作", &TEXT);
    let second = samples::doc(
        "滨湖镇开展消防演练",
        &["6月5日，滨湖镇联合消防中队在镇敬老院开展消防应急疏散演练，老人和护理员共六十余人参加，提高了安全意识。"],
    );
    let inner = samples::eml(&EmlSpec {
        from: "cun@example.gov.cn".to_owned(),
        subject: "转报".to_owned(),
        body: "请查收。".to_owned(),
        attachments: vec![("二.doc".to_owned(), second)],
        ..EmlSpec::default()
    });
    let table = samples::xlsx(&[TEXT[0], TEXT[1]]);
    let packed = samples::zip(&[("一/信息.docx", &first), ("来信.eml", &inner), ("附表.xlsx", &table)]);
    let found = items("信息两篇", "", &[("信息.zip", packed)]);
    let titles: Vec<&str> = found.iter().map(|i| i.title.as_str()).collect();
    assert_eq!(titles, ["滨湖镇部署夏季防汛工作", "滨湖镇开展消防演练"]);
    let Source::Attachment { name, .. } = &found[1].source else { panic!("it is a file") };
    assert_eq!(name, "信息.zip/来信.eml/二.doc");
}

#[test]
fn a_file_given_by_hand_is_read_as_if_it_had_come_by_mail() {
    let mail = crate::as_message("滨湖镇-工作动态-部署夏季防汛工作.wps", &samples::doc("", &TEXT));
    let message = read_message(&mail, &Budget::default()).expect("a mail");
    assert!(message.from.is_none() && message.notes.is_empty());
    let found = propose_items(&message, Documents::of(&message, &Budget::default()), &CATEGORIES);
    assert_eq!((found[0].title.as_str(), found[0].category.as_deref()), ("部署夏季防汛工作", Some("工作动态")));
    assert_eq!(found[0].body, TEXT.join("\n"));
}
