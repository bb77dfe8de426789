//! Quarantine: what waits says why, an editor parts and joins what came, and looking anew keeps one fate for every message.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use tz_app::mail::{
    DocumentAct, DocumentWish, FileUse, Hold, MailFate, PostboxLetter, ReceiveWish, Received, Replayed,
};
use tz_app::postbox::Taken;
use tz_app::reading::{Here, Judged, OfficeWords, Reader, STUMBLED, Told};
use tz_app::{App, Problem};
use tz_model::MailId;
use tz_read::samples::{EmlSpec, docx, eml};
use tz_store::content::sha256;
use tz_store::postbox::LetterKey;
use tz_text::secrecy::{Mark, Wordings};

use crate::answers::sending;
use crate::house::{House, june, text};
use crate::letters::inbox;

const STRANGER: &str = "xin@unit.example";

fn spec(subject: &str, body: &str) -> EmlSpec {
    EmlSpec {
        from: STRANGER.to_owned(),
        to: "xxk@office.example".to_owned(),
        subject: subject.to_owned(),
        body: body.to_owned(),
        message_id: format!("{subject}@unit.example").replace(|c: char| !c.is_ascii(), "x"),
        date: "Tue, 12 Jun 2018 17:00:00 +0800".to_owned(),
        ..EmlSpec::default()
    }
}

fn receive(app: &App, spec: &EmlSpec) -> MailFate {
    app.receive_mail("测试", &eml(spec)).expect("a message can always be received")
}

fn held(house: &House, kind: Option<Hold>) -> Vec<(i64, Hold)> {
    let editor = house.editor("看的人");
    let held = house.app.quarantine(&editor, kind, None).expect("it can be listed");
    assert!(kind.is_some() || held.total == held.counts.iter().map(|(_, count)| count).sum::<i64>());
    held.lines.iter().map(|line| (line.row.id, line.hold)).collect()
}

/// Three documents in one message: two items and the signed page of the first.
fn three(house: &House) -> MailId {
    let attachments = vec![
        ("夏粮收购.docx".to_owned(), docx("夏粮收购开秤", &[text("夏粮", 120)])),
        ("防汛准备.docx".to_owned(), docx("防汛物资全部到位", &[text("防汛", 120)])),
        ("附表说明.docx".to_owned(), docx("夏粮收购附表说明", &[text("附表", 120)])),
        ("现场.jpg".to_owned(), b"\xff\xd8\xff\xe0 a picture".to_vec()),
    ];
    let fate = receive(&house.app, &EmlSpec { attachments, ..spec("报送信息", "请查收。") });
    assert_eq!(fate.name(), "待处理");
    MailId(1)
}

fn document(act: DocumentAct, title: &str, category: &str) -> DocumentWish {
    DocumentWish { act, title: title.to_owned(), category: category.to_owned(), body: text(title, 100) }
}

fn faults(problem: Problem) -> Vec<(String, Option<i64>)> {
    match problem {
        Problem::Faults(faults) => faults.into_iter().map(|fault| (fault.field.to_owned(), fault.of)).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_message_that_waits_says_for_what_kind_of_reason() {
    let house = House::new();
    house.registered("滨湖镇", "bhz@unit.example");
    receive(&house.app, &spec("甲", &text("甲", 200)));
    receive(&house.app, &EmlSpec { from: "bhz@unit.example".to_owned(), ..spec("空信", "") });
    let mut forged = b"Authentication-Results: mx; spf=fail; dmarc=fail\r\n".to_vec();
    forged.extend(eml(&EmlSpec { from: "bhz@unit.example".to_owned(), ..spec("乙", &text("乙", 200)) }));
    house.app.receive_mail("测试", &forged).expect("it is received");
    house.app.receive_file("测试", "稿件.txt", text("文件", 200).as_bytes()).expect("it is received");
    let kinds: Vec<Hold> = held(&house, None).into_iter().rev().map(|(_, hold)| hold).collect();
    assert_eq!(kinds, [Hold::Stranger, Hold::Nothing, Hold::Forged, Hold::File]);
    assert_eq!(held(&house, Some(Hold::Forged)), [(3, Hold::Forged)]);
    for hold in Hold::ALL {
        assert_eq!(Hold::of_key(hold.key()), Some(hold));
    }
}

#[test]
fn documents_are_parted_joined_and_left_out_as_the_editor_says() {
    let house = House::new();
    let editor = house.editor("李编辑");
    let id = three(&house);
    let view = house.app.mail(&editor, id).expect("it can be looked at");
    assert_eq!(view.previews.len(), 3, "{:?}", view.previews);
    assert_eq!(view.loose.len(), 1, "{:?}", view.loose);
    let wish = ReceiveWish {
        unit: Some(house.unit("西岗镇")),
        documents: vec![
            document(DocumentAct::Item, "夏粮收购进度过半", "工作动态"),
            document(DocumentAct::Leave, "", ""),
            document(DocumentAct::With(0), "", ""),
        ],
        files: vec![FileUse::Evidence],
        ..ReceiveWish::default()
    };
    let Received::Items(items) = house.app.receive_quarantined(&editor, id, &wish).expect("it is received") else {
        panic!("items were expected")
    };
    assert_eq!(items.len(), 1);
    let page = house.app.item(&editor, items[0].id).expect("it is there");
    assert_eq!((page.row.title.as_str(), page.row.category.as_str()), ("夏粮收购进度过半", "工作动态"));
    let files: Vec<(&str, bool)> =
        page.attachments.iter().map(|file| (file.row.name.as_str(), file.row.note.contains("凭据"))).collect();
    assert_eq!(files, [("夏粮收购.docx", false), ("附表说明.docx", false), ("现场.jpg", true)]);
    assert_eq!(house.facts("报送").len(), 1);
    let again = house.app.receive_quarantined(&editor, id, &wish);
    assert!(matches!(again, Err(Problem::Refused(_))), "{again:?}");
}

#[test]
fn a_form_that_makes_no_sense_changes_nothing_and_says_where() {
    let house = House::new();
    let editor = house.editor("李编辑");
    let id = three(&house);
    let unit = Some(house.unit("西岗镇"));
    let leave = || document(DocumentAct::Leave, "", "");
    let ask = |documents: Vec<DocumentWish>| {
        let wish = ReceiveWish { unit, documents, ..ReceiveWish::default() };
        house.app.receive_quarantined(&editor, id, &wish).expect_err("it makes no sense")
    };
    assert_eq!(faults(ask(vec![leave(), leave(), leave()])), [("documents".to_owned(), None)]);
    // With itself, with one that is none, with one that is not there.
    for to in [0, 1, usize::MAX] {
        let found = faults(ask(vec![
            document(DocumentAct::With(to), "", ""),
            leave(),
            document(DocumentAct::Item, "夏粮", "工作动态"),
        ]));
        assert_eq!(found, [("to".to_owned(), Some(0))], "{to}");
    }
    let found = faults(ask(vec![
        document(DocumentAct::Item, " ", "没有的类别"),
        document(DocumentAct::Item, &"长".repeat(201), "工作动态"),
        leave(),
    ]));
    let expected = [("title", 0), ("category", 0), ("title", 1)].map(|(field, of)| (field.to_owned(), Some(of)));
    assert_eq!(found, expected);
    let secret = DocumentWish { body: "机密★1年\n内容".to_owned(), ..document(DocumentAct::Item, "夏粮", "") };
    assert_eq!(faults(ask(vec![secret, leave(), leave()])), [("body".to_owned(), Some(0))]);
    assert!(matches!(ask(vec![leave()]), Problem::Refused(_)), "the page is older than the reading");
    let nobody = house.app.receive_quarantined(&editor, id, &ReceiveWish::default()).expect_err("no unit");
    assert_eq!(faults(nobody), [("unit".to_owned(), None)]);
    assert!(house.facts("报送").is_empty());
    assert_eq!(held(&house, None), [(1, Hold::Stranger)]);
}

#[test]
fn once_the_sender_is_registered_looking_anew_makes_items_of_all_that_waited() {
    let house = House::new();
    let editor = house.editor("李编辑");
    for subject in ["夏粮收购开秤", "防汛物资到位"] {
        receive(&house.app, &spec(subject, &text(subject, 200)));
    }
    receive(&house.app, &EmlSpec { from: "other@else.example".to_owned(), ..spec("推广", &text("推广", 200)) });
    let Replayed::Waits(why) = house.app.replay(&editor, MailId(1)).expect("it can be looked at") else {
        panic!("nothing has changed yet")
    };
    assert!(why.contains("没有登记"), "{why}");
    house.clock.set(june(14, 9));
    let unit = Some(house.unit("西岗镇"));
    assert_eq!(house.app.register_sender(&editor, MailId(1), unit).expect("the address is free"), "西岗镇");
    let many = house.app.replay_kind(&editor, Some(Hold::Stranger)).expect("they can be looked at");
    assert_eq!((many.received, many.items, many.waiting, many.more), (2, 2, 1, false));
    // Received when the messages were (R1).
    let numbers: Vec<String> = house.facts("报送").iter().map(|fact| fact[..9].to_owned()).collect();
    assert_eq!(numbers, ["2018-0613", "2018-0613"]);
    assert_eq!(held(&house, None), [(3, Hold::Stranger)]);
    let audit = house.app.audit_page(&house.administrator(), None).expect("it can be read").0;
    assert!(audit.iter().filter(|act| act.act == "重新识别来信").count() >= 4);
}

#[test]
fn a_forged_sender_is_never_registered_and_never_answered() {
    let (house, _, postbox) = sending("mx.office.example");
    let editor = house.editor("李编辑");
    let mut raw = b"Authentication-Results: mx.office.example; dmarc=fail header.from=unit.example\r\n".to_vec();
    raw.extend(eml(&spec("夏粮", &text("夏粮", 200))));
    let key = LetterKey { folder: inbox(postbox, 1), uid: 1 };
    let letter =
        PostboxLetter { key, size: None, arrived: Some(june(12, 17)), raw: &raw, head_only: false, signed_by: &[] };
    house.app.receive_letter(&letter).expect("it is received");
    assert_eq!(held(&house, None), [(1, Hold::Forged)]);
    let unit = house.unit("西岗镇");
    let refused = house.app.register_sender(&editor, MailId(1), Some(unit)).expect_err("it is forged");
    assert_eq!(faults(refused), [("register".to_owned(), None)]);
    house.app.assign_quarantined(&editor, MailId(1), unit, true).expect_err("it is forged");
    house.app.assign_quarantined(&editor, MailId(1), unit, false).expect("the editor has asked the unit");
    assert!(house.app.claim_outgoing(9).expect("the queue can be read").is_empty());
}

#[test]
fn a_letter_received_from_quarantine_gets_its_receipt_and_a_file_none() {
    let (house, _, postbox) = sending("");
    let editor = house.editor("李编辑");
    let raw = eml(&spec("夏粮收购开秤", &text("夏粮", 200)));
    let key = LetterKey { folder: inbox(postbox, 1), uid: 1 };
    let letter =
        PostboxLetter { key, size: None, arrived: Some(june(12, 17)), raw: &raw, head_only: false, signed_by: &[] };
    house.app.receive_letter(&letter).expect("it is received");
    receive(&house.app, &spec("防汛物资到位", &text("防汛", 200)));
    let unit = house.unit("西岗镇");
    for id in [1, 2] {
        house.app.assign_quarantined(&editor, MailId(id), unit, false).expect("it is received");
    }
    let letters = house.app.claim_outgoing(9).expect("the queue can be read");
    let subjects: Vec<&str> = letters.iter().map(|letter| letter.subject.as_str()).collect();
    assert_eq!(subjects.len(), 2, "{subjects:?}");
    assert!(subjects[0].contains("尚未登记"), "{subjects:?}");
    assert!(subjects[1].starts_with("收稿回执：2018-0612-01"), "{subjects:?}");
}

#[test]
fn a_discard_is_taken_back_on_its_day_and_not_the_day_after() {
    let house = House::new();
    let editor = house.editor("李编辑");
    receive(&house.app, &spec("推广", &text("推广", 200)));
    let before = house.app.mail(&editor, MailId(1)).expect("it is there").row;
    house.app.discard_quarantined(&editor, MailId(1), "广告或垃圾邮件").expect("it can be discarded");
    house.clock.set(june(13, 23));
    assert!(house.app.mail(&editor, MailId(1)).expect("it is there").discard_undone);
    house.app.undo_discard(&editor, MailId(1)).expect("it is the same day");
    assert_eq!(house.app.mail(&editor, MailId(1)).expect("it is there").row, before);
    assert!(matches!(house.app.undo_discard(&editor, MailId(1)), Err(Problem::Refused(_))));
    house.app.discard_quarantined(&editor, MailId(1), "广告或垃圾邮件").expect("it can be discarded again");
    house.clock.set(june(14, 0));
    assert!(!house.app.mail(&editor, MailId(1)).expect("it is there").discard_undone);
    assert!(matches!(house.app.undo_discard(&editor, MailId(1)), Err(Problem::Refused(_))));
}

/// Reads nothing until it is mended.
#[derive(Default)]
struct Clumsy {
    mended: Mutex<bool>,
    asked: AtomicU64,
}

struct Shared(Arc<Clumsy>);

impl Reader for Shared {
    fn judge(&self, raw: &[u8], words: OfficeWords<'_>) -> Result<Judged, String> {
        self.0.asked.fetch_add(1, Ordering::Relaxed);
        if *self.0.mended.lock().expect("nobody panics here") {
            Here.judge(raw, words)
        } else {
            Err(STUMBLED.to_owned())
        }
    }

    fn text(&self, name: &str, bytes: &[u8]) -> Result<Told, String> {
        Here.text(name, bytes)
    }

    fn scan(&self, bytes: &[u8], page: usize) -> Result<tz_read::ScannedPage, String> {
        Here.scan(bytes, page)
    }

    fn mark(&self, files: &[(&str, &[u8])], wordings: &Wordings) -> Result<Option<Mark>, String> {
        Here.mark(files, wordings)
    }
}

fn clumsy(house: &House) -> (App, Arc<Clumsy>) {
    let reader = Arc::new(Clumsy::default());
    (house.process_beside().reading_by(Arc::new(Shared(Arc::clone(&reader)))), reader)
}

#[test]
fn what_the_program_stumbled_over_is_tried_three_times_and_received_once_it_is_mended() {
    let house = House::new();
    house.registered("西岗镇", STRANGER);
    let (app, reader) = clumsy(&house);
    receive(&app, &spec("夏粮收购开秤", &text("夏粮", 200)));
    assert_eq!(held(&house, None), [(1, Hold::Stumbled)]);
    for _ in 0..5 {
        assert_eq!(app.replay_stumbled().expect("it can be tried"), 0);
    }
    assert_eq!(reader.asked.load(Ordering::Relaxed), 3, "once when it came, and twice by itself");
    *reader.mended.lock().expect("nobody panics here") = true;
    assert_eq!(app.replay_stumbled().expect("it can be tried"), 0, "a person decides now");
    let replayed = app.replay(&house.editor("李编辑"), MailId(1)).expect("it can be looked at");
    assert!(matches!(replayed, Replayed::Items(ref items) if items.len() == 1), "{replayed:?}");
    assert_eq!(house.facts("报送").len(), 1);
}

#[test]
fn a_secret_that_was_not_seen_when_it_came_is_removed_when_it_is() {
    for by_assigning in [false, true] {
        let house = House::new();
        let (app, reader) = clumsy(&house);
        // The mark stands where only a reader finds it.
        let attachments =
            vec![("稿件.docx".to_owned(), docx("调度会情况", &["机密★1年".to_owned(), text("粮库", 200)]))];
        let raw = eml(&EmlSpec { attachments, ..spec("调度会情况专报", "请查收。") });
        app.receive_mail("测试", &raw).expect("it is received");
        app.receive_mail("测试", &raw).expect("it is a repeat");
        assert_eq!(held(&house, None), [(1, Hold::Stumbled)]);
        let editor = house.editor("李编辑");
        *reader.mended.lock().expect("nobody panics here") = true;
        let view = app.mail(&editor, MailId(1)).expect("it is there");
        assert!(view.marked && view.text.is_empty() && view.previews.is_empty(), "{view:?}");
        if by_assigning {
            let wish = ReceiveWish { unit: Some(house.unit("西岗镇")), ..ReceiveWish::default() };
            let received = app.receive_quarantined(&editor, MailId(1), &wish).expect("it is decided");
            assert!(matches!(received, Received::Secret(_)), "{received:?}");
        } else {
            let replayed = app.replay(&editor, MailId(1)).expect("it is decided");
            assert!(matches!(replayed, Replayed::Secret(_)), "{replayed:?}");
        }
        for id in [1, 2] {
            let row = app.mail(&editor, MailId(id)).expect("it stays in the ledger").row;
            assert!(row.content_id.is_none() && row.subject.is_empty() && row.message_id.is_none(), "{row:?}");
        }
        assert!(house.facts("报送").is_empty());
    }
}

#[test]
fn the_original_of_a_large_letter_completes_it_and_another_mail_does_not() {
    let (house, _, postbox) = sending("");
    house.registered("西岗镇", STRANGER);
    let editor = house.editor("李编辑");
    let whole = eml(&spec("夏粮收购开秤", &text("夏粮", 200)));
    let end = whole.windows(4).position(|four| four == b"\r\n\r\n").expect("a mail has a head") + 4;
    let key = LetterKey { folder: inbox(postbox, 1), uid: 1 };
    let size = Some(40 << 20);
    let raw = &whole[..end];
    let letter = PostboxLetter { key, size, arrived: Some(june(12, 17)), raw, head_only: true, signed_by: &[] };
    house.app.receive_letter(&letter).expect("it is received");
    assert_eq!(held(&house, None), [(1, Hold::Large)]);
    let replayed = house.app.replay(&editor, MailId(1)).expect("it can be looked at");
    assert!(matches!(replayed, Replayed::Waits(_)), "{replayed:?}");
    assert_eq!(held(&house, None), [(1, Hold::Large)]);
    let other = eml(&spec("防汛物资到位", &text("防汛", 200)));
    for wrong in [&b""[..], b"\x00\xff not a mail", &other] {
        let refused = house.app.complete_large(&editor, MailId(1), wrong).expect_err("it is another");
        assert_eq!(faults(refused), [("original".to_owned(), None)]);
    }
    let replayed = house.app.complete_large(&editor, MailId(1), &whole).expect("it is the original");
    assert!(matches!(replayed, Replayed::Waits(_)), "a person looks first: {replayed:?}");
    assert_eq!(held(&house, None), [(1, Hold::Unsure)]);
    let row = house.app.mail(&editor, MailId(1)).expect("it is there").row;
    assert_eq!(row.sha256, sha256(&whole), "the ledger names the bytes it keeps");
    let unit = house.unit("西岗镇");
    let items = house.app.assign_quarantined(&editor, MailId(1), unit, false).expect("it is received");
    assert_eq!(items[0].number, "2018-0612-01");
    // However often it is fetched again, it is the same letter: under new numbers too, and as a file.
    house.app.receive_letter(&letter).expect("it is known");
    let renumbered = PostboxLetter { key: LetterKey { folder: inbox(postbox, 2), uid: 9 }, ..letter };
    let taken = house.app.receive_letter(&renumbered).expect("it is known by its head");
    assert_eq!(taken, Taken::Recognised(MailId(1)));
    assert_eq!(house.app.receive_mail("原件.eml", &whole).expect("it is known"), MailFate::Repeat);
    assert_eq!(house.facts("报送").len(), 1);
}
