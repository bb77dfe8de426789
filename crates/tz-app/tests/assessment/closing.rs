//! What a close makes besides the statement: letters, deliveries, corrections of the bulletin, signatures.

use tz_app::assessment::{CloseWish, SentKind};
use tz_app::{App, Chief, Editor, IssueReader, PaperFormat, Problem, Role};
use tz_model::{AccountId, Table};

use crate::house::{Office, month, person};

/// The words of a DOCX.
pub fn words(bytes: &[u8]) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut xml = String::new();
    std::io::Read::read_to_string(&mut archive.by_name("word/document.xml").unwrap(), &mut xml).unwrap();
    xml.split('<').skip(1).map(|part| part.split_once('>').map_or("", |(_, words)| words)).collect()
}

/// June and July 2018: every unit of C类 but 气象局, 地震局 and 墨研办 reports four items a month (7 points). Those three are the
/// last three of their group twice running.
pub fn two_months(office: &Office) {
    let units = office.store.read(office.app.office()).unwrap().list_units(None).unwrap();
    for label in ["2018-06", "2018-07"] {
        for unit in units.iter().filter(|unit| unit.class == "C类") {
            if !["气象局", "地震局", "墨研办"].contains(&&*unit.name) {
                office.four_items(&unit.name, label);
            }
        }
    }
    office.fact(Table::Duties, "气象局", "2018-07-10", "", |row| row.title = Some("防汛准备".to_owned()));
    office.at("2018-07-02T01:00:00Z");
    office.close("2018-06").unwrap();
    office.at("2018-08-01T01:00:00Z");
}

fn reader(office: &Office, unit: &str) -> IssueReader {
    IssueReader::of(&person(Role::Reporter, AccountId(office.chief.account.0), Some(office.unit(unit)))).unwrap()
}

#[test]
fn a_close_writes_to_each_unit_that_is_called_and_says_to_the_office_who_was_proposed() {
    let office = Office::new("2018-06-30T04:00:00Z");
    two_months(&office);
    let editor = Editor::of(&office.chief).unwrap();
    let wish = CloseWish {
        date: "2018-08-10".to_owned(),
        time: "下午3时".to_owned(),
        place: "第二会议室".to_owned(),
        answer_by: "2018-08-09".to_owned(),
        phone: "0632-5550000".to_owned(),
        ..CloseWish::default()
    };
    let closed = office.app.close_month_with(&office.chief, month("2018-07"), &wish).unwrap();
    let letters: Vec<&str> =
        closed.papers.iter().filter(|name| name.contains('（')).map(|name| name.as_str()).collect();
    // Towns, A and B report nothing either: all tied at the edge are called (R9). C类 has these three.
    for unit in ["气象局", "地震局", "墨研办"] {
        for what in ["反馈函", "约谈通知"] {
            assert!(letters.contains(&&*format!("2018-07{what}（{unit}）.docx")), "{unit} {what}: {letters:?}");
        }
    }
    assert!(!letters.iter().any(|name| name.contains("人民银行") || name.contains("电信公司")), "{letters:?}");
    let paper = |name: &str| words(&office.app.statement_paper(&editor, month("2018-07"), name).unwrap().bytes);
    let letter = paper("2018-07反馈函（气象局）.docx");
    for said in [
        "滕州市政务信息工作反馈函",
        "连续两个月位列后三位",
        "2018年6月",
        "2018年7月",
        "6月份少报3篇，7月份少报3篇",
        "其中7月份工作动态少2篇",
        "没有报送信息",
        "漏报1条",
        "8月9日",
        "0632-5550000",
    ] {
        assert!(letter.contains(said), "{said} is not in {letter}");
    }
    let notice = paper("2018-07约谈通知（气象局）.docx");
    assert!(notice.contains("2018年8月10日（星期五）下午3时，第二会议室"), "{notice}");
    assert!(notice.contains("由政府办公室分管负责同志主持"), "{notice}");
    let proposals = paper("2018-07约谈和通报批评建议.docx");
    assert!(proposals.contains("建议约谈的单位") && proposals.contains("气象局"), "{proposals}");
    assert!(!proposals.contains("建议通报批评的单位"), "nobody is three months running: {proposals}");
    // What was said once is proposed the next time.
    let list = office.app.checklist(&office.chief, month("2018-08")).unwrap();
    assert_eq!((&*list.wish.place, &*list.wish.phone), ("第二会议室", "0632-5550000"));
    office.sound();
}

#[test]
fn a_day_of_the_letters_that_cannot_be_stops_the_close_at_its_field() {
    let office = Office::new("2018-06-30T04:00:00Z");
    two_months(&office);
    let wish = CloseWish { date: "2018-07-31".to_owned(), answer_by: "明天".to_owned(), ..CloseWish::default() };
    let Err(Problem::Faults(faults)) = office.app.close_month_with(&office.chief, month("2018-07"), &wish) else {
        panic!("not refused")
    };
    let fields: Vec<&str> = faults.iter().map(|fault| fault.field).collect();
    assert_eq!(fields, ["date", "answer_by"]);
    assert_eq!(office.app.open_period().unwrap().last, month("2018-07"), "nothing was closed");
}

#[test]
fn every_unit_gets_the_bulletin_and_only_its_own_letters_and_opening_is_noted_once() {
    let office = Office::new("2018-06-30T04:00:00Z");
    two_months(&office);
    office.close("2018-07").unwrap();
    let kinds = |unit: &str| -> Vec<SentKind> {
        let sent = office.app.papers_sent(&reader(&office, unit)).unwrap();
        sent.iter().filter(|one| one.period.last == month("2018-07")).map(|one| one.kind).collect()
    };
    assert_eq!(kinds("人民银行"), [SentKind::Bulletin]);
    assert_eq!(kinds("气象局"), [SentKind::Interview, SentKind::Feedback, SentKind::Bulletin]);
    let own = office.app.papers_sent(&reader(&office, "气象局")).unwrap();
    let letter = own.iter().find(|one| one.kind == SentKind::Feedback).unwrap().id;
    let other = office.app.open_sent(&reader(&office, "人民银行"), letter);
    assert!(matches!(other, Err(Problem::NotThere)), "another unit's letter is not there");
    // The office looks, and that is no reading.
    office.app.open_sent(&IssueReader::of(&office.chief).unwrap(), letter).unwrap();
    let opened = || {
        let sent = office.app.papers_sent(&reader(&office, "气象局")).unwrap();
        sent.iter().find(|one| one.id == letter).unwrap().opened_at
    };
    assert_eq!(opened(), None);
    let page = office.app.open_sent(&reader(&office, "气象局"), letter).unwrap();
    assert!(page.markup().contains("连续两个月位列后三位"), "{}", page.markup());
    let first = opened();
    assert!(first.is_some());
    office.at("2018-08-02T01:00:00Z");
    office.app.open_sent(&reader(&office, "气象局"), letter).unwrap();
    assert_eq!(opened(), first, "the first time stands");
    let editor = Editor::of(&office.chief).unwrap();
    let delivered = office.app.delivered(&editor, month("2018-07")).unwrap();
    let bulletin = delivered.iter().find(|paper| paper.kind == SentKind::Bulletin).unwrap();
    assert_eq!(bulletin.whom.len(), 103);
    office.sound();
}

#[test]
fn a_wrong_bulletin_is_superseded_by_a_numbered_one_beside_it() {
    let office = Office::new("2018-06-30T04:00:00Z");
    two_months(&office);
    let closed = office.close("2018-07").unwrap();
    let editor = Editor::of(&office.chief).unwrap();
    let bytes = |name: &str| office.app.statement_paper(&editor, month("2018-07"), name).unwrap().bytes;
    let before = bytes(&closed.papers[0]);
    let empty = office.app.supersede_bulletin(&office.chief, month("2018-07"), " \n ");
    assert!(matches!(empty, Err(Problem::Faults(_))));
    let mut tx = office.store.write(office.app.office()).unwrap();
    tx.set_setting("bulletin-addressees", "各镇街").unwrap();
    tx.commit().unwrap();
    office.at("2018-08-03T01:00:00Z");
    let said = "主送范围漏写企业\n第一部分“7月”误为“6月”";
    assert_eq!(office.app.supersede_bulletin(&office.chief, month("2018-07"), said).unwrap(), 1);
    assert_eq!(office.app.supersede_bulletin(&office.chief, month("2018-07"), "再改一处").unwrap(), 2);
    assert_eq!(bytes(&closed.papers[0]), before, "the old one stays");
    let first = words(&bytes("2018-07政务信息采用情况通报（更正第1号）.docx"));
    for part in ["（更正第1号）", "代替2018年第2期通报", "主送范围漏写企业。", "误为“6月”。", "各镇街："]
    {
        assert!(first.contains(part), "{part} is not in {first}");
    }
    assert!(words(&bytes("2018-07政务信息采用情况通报（更正第2号）.docx")).contains("代替第1号更正"));
    let sent = office.app.papers_sent(&reader(&office, "人民银行")).unwrap();
    let of_july: Vec<(SentKind, bool)> =
        sent.iter().filter(|one| one.period.last == month("2018-07")).map(|one| (one.kind, one.superseded)).collect();
    assert_eq!(of_july, [(SentKind::Correction, false), (SentKind::Correction, true), (SentKind::Bulletin, true)]);
    office.sound();
    office.sql("UPDATE bulletin_correction SET reason = '别的' WHERE number = 1");
    assert!(office.app.verify().unwrap().iter().any(|fault| fault.contains("更正第1号")), "a changed one is found");
}

#[test]
fn statements_are_signed_once_there_is_a_key_and_what_was_changed_with_all_its_hashes_is_found() {
    let office = Office::new("2018-06-30T04:00:00Z");
    let keys = tempfile::tempdir().unwrap();
    let office = Office { app: office.app.with_keys(keys.path()), ..office };
    two_months(&office);
    let key = office.app.add_signing_key().unwrap();
    office.close("2018-07").unwrap();
    let editor = Editor::of(&office.chief).unwrap();
    let (_, unsigned) = office.app.statement(&editor, month("2018-06")).unwrap();
    let (_, signed) = office.app.statement(&editor, month("2018-07")).unwrap();
    assert_eq!((unsigned.signing_key, signed.signing_key.as_deref()), (None, Some(&*key)));
    office.sound();
    // A second key: what the first one signed stays good.
    office.app.add_signing_key().unwrap();
    office.sound();
    // Whoever has another key file can say that the signature is not of this house.
    let other = tempfile::tempdir().unwrap();
    let elsewhere = |app: App| {
        let app = app.with_keys(other.path());
        app.add_signing_key().unwrap();
        app
    };
    let office = Office { app: elsewhere(office.app), ..office };
    assert!(office.app.verify().unwrap().iter().any(|fault| fault.contains("不是用本机的签名密钥")));
    for change in [
        "UPDATE statement_signature SET signature = replace(signature, substr(signature, 1, 6), 'AAAAAA')",
        "DELETE FROM statement_signature",
    ] {
        let office = Office::new("2018-06-30T04:00:00Z");
        let keys = tempfile::tempdir().unwrap();
        let office = Office { app: office.app.with_keys(keys.path()), ..office };
        office.app.add_signing_key().unwrap();
        two_months(&office);
        office.sound();
        office.sql(change);
        assert!(office.app.verify().unwrap().iter().any(|fault| fault.contains("签名")), "{change}");
    }
}

#[test]
fn the_bulletin_is_there_as_a_page_and_a_workbook_too() {
    let office = Office::new("2018-06-30T04:00:00Z");
    two_months(&office);
    let closed = office.close("2018-07").unwrap();
    let editor = Editor::of(&office.chief).unwrap();
    let bytes = |ending: &str| {
        let name = closed.papers.iter().find(|name| name.ends_with(ending) && name.contains("采用情况通报")).unwrap();
        office.app.statement_paper(&editor, month("2018-07"), name).unwrap().bytes
    };
    let page = String::from_utf8(bytes(".html")).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.contains("气象局") && !page.contains("<script"), "{page}");
    assert!(bytes(".xlsx").starts_with(b"PK"));
    let chief: &Chief = &office.chief;
    let sent = office.app.papers_sent(&IssueReader::of(chief).unwrap()).unwrap();
    assert!(sent.is_empty(), "the office sends nothing to itself");
    let own = office.app.papers_sent(&reader(&office, "人民银行")).unwrap();
    let (name, file) = office.app.sent_file(&reader(&office, "人民银行"), own[0].id, PaperFormat::Docx).unwrap();
    assert_eq!(name, "2018-07政务信息采用情况通报.docx");
    assert_eq!(file, bytes(".docx"));
}
