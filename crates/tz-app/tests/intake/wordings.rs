//! The office's own wordings (内部字样) hold at every door, and only they.

use tz_app::Problem;
use tz_app::mail::{Hold, MailFate};
use tz_app::report::{NewFile, NewItem};
use tz_app::system::Met;
use tz_read::samples::{EmlSpec, docx, eml};

use crate::house::{House, text};

const FROM: &str = "bhz@example.gov.cn";
const OWN: &str = "仅供领导参阅，阅后退回";

fn mail(id: &str, attached: &str) -> Vec<u8> {
    eml(&EmlSpec {
        from: FROM.to_owned(),
        subject: format!("工作动态：{id}"),
        message_id: id.to_owned(),
        attachments: vec![("信息.docx".to_owned(), docx("滨湖镇部署防汛", &[attached.to_owned(), text(id, 120)]))],
        ..EmlSpec::default()
    })
}

#[test]
fn the_offices_own_wordings_hold_mails_and_are_said_of_forms_and_uploads() {
    let house = House::new();
    house.registered("滨湖镇", FROM);
    let usual = house.app.wordings(&house.administrator()).expect("they can be read");
    assert!(usual.usual && usual.lines.contains(&"内部资料，注意保存".to_owned()));
    let who = house.administrator();
    house.app.save_wordings(&who, &format!("{OWN}\n内部文件 严禁外传\n")).expect("both are sound");
    assert!(!house.app.wordings(&who).expect("they can be read").usual);

    // By mail, in the document, written without its comma; what was usual before is no wording now.
    house.app.receive_mail("a", &mail("a", "仅供领导参阅 阅后退回")).expect("it is received");
    let held = house.app.quarantine(&house.editor("李编辑"), None, None).expect("it can be listed");
    assert_eq!(held.lines.iter().map(|line| line.hold).collect::<Vec<_>>(), [Hold::Wording]);
    let fate = house.app.receive_mail("b", &mail("b", "内部资料，注意保存")).expect("it is received");
    assert!(matches!(fate, MailFate::Items(_)), "{fate:?}");
    // Usual words are none of them.
    let near = "各单位签订保密协议，保护商业秘密，完善内部控制。";
    let fate = house.app.receive_mail("c", &mail("c", near)).expect("it is received");
    assert!(matches!(fate, MailFate::Items(_)), "{fate:?}");

    let reporter = house.reporter("滨湖镇");
    let checks = house.app.check_before_sending(&reporter, "标题", OWN, "工作动态").expect("it can be checked");
    assert!(checks.iter().any(|check| !check.good && check.text.contains("仅供领导参阅")), "{checks:?}");
    let new = NewItem {
        title: "滨湖镇排查隐患".to_owned(),
        body: text("排查", 120),
        category: "工作动态".to_owned(),
        files: vec![NewFile { name: "底稿.docx".to_owned(), bytes: docx("", &[OWN]), ..NewFile::default() }],
        ..NewItem::default()
    };
    let entered = house.app.send_item(&reporter, &new, "k").expect("a wording refuses nothing");
    assert!(entered.warnings.iter().any(|warning| warning.contains("仅供领导参阅")), "{:?}", entered.warnings);
    let acts = house.app.audit_page(&who, None).expect("it can be read").0;
    assert!(acts.iter().any(|act| act.act == "变更内部字样" && act.detail.contains(OWN)));
}

#[test]
fn a_text_can_be_tried_and_marks_of_the_law_are_no_ones_to_switch_off() {
    let house = House::new();
    let who = house.administrator();
    house.app.save_wordings(&who, OWN).expect("it is sound");
    let met = |text: &str| house.app.try_wordings(&who, text).expect("it can be tried");
    assert_eq!(met("阅后退回"), Met::Nothing);
    assert_eq!(met("（仅供领导参阅。阅后退回）"), Met::Held("仅供领导参阅。阅后退回".to_owned()));
    assert_eq!(met("机密★1年"), Met::Refused);
    assert!(matches!(house.app.save_wordings(&who, "\n"), Err(Problem::Faults(_))));
    assert_eq!(house.app.wordings(&who).expect("they can be read").lines, [OWN]);
}
