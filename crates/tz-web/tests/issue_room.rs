//! The room of publications as a browser sees it beyond adopting and publishing: merging, comparing, settings, readers, archive.

mod support;

use axum::http::{StatusCode, header};
use support::{Browser, Office};
use tz_app::Role;
use tz_store::item::{ItemRow, VersionRow};

const GRAIN: &str = "截至6月10日，全市收购小麦12.6万吨，同比增长8%。";
const WATER: &str = "对18公里湖堤逐段排查，加固<险工>3处，储备编织袋2万条。";

/// An item received from a unit.
fn item(office: &Office, number: &str, title: &str, body: &str, unit: i64) -> String {
    let mut tx = office.store.write(office.office()).expect("the database can be written");
    let row = ItemRow {
        id: 0,
        office_id: 0,
        number: number.to_owned(),
        received_at: office.app.now().as_microsecond(),
        channel: "网页".to_owned(),
        state: "received".to_owned(),
        revision: 1,
        title: title.to_owned(),
        category: "工作动态".to_owned(),
        words: 20,
        worry: false,
        counted: true,
        repeats: None,
        fingerprint: 1,
        authors: String::new(),
        contact: String::new(),
        claimed_by: None,
        solicitation_id: None,
        mail_id: None,
        sent_by: None,
        sent_key: None,
        doubts: String::new(),
    };
    let first = VersionRow {
        item_id: 0,
        revision: 1,
        title: title.to_owned(),
        body: body.to_owned(),
        category: "工作动态".to_owned(),
        saved_at: 0,
        saved_by: None,
        note: String::new(),
    };
    let id = tx.insert_item(row, &[unit], first).expect("an item");
    tx.commit().expect("committed");
    id.to_string()
}

/// An office with a draft of two items in the first publication; the editor and the chief.
async fn drafted() -> (Office, Browser, Browser, [String; 2]) {
    let office = Office::new();
    let (editor, chief) = (office.browser(Role::Editor), office.browser(Role::Chief));
    let items =
        [item(&office, "2018-0613-01", "夏粮收购", GRAIN, 1), item(&office, "2018-0613-02", "防汛备汛", WATER, 2)];
    for item in &items {
        let fields = [("item", item.as_str()), ("revision", "1"), ("publication", "1")];
        let adopted = office.post("/publication/adopt", Some(&editor), &fields).await;
        assert_eq!(adopted.location(), "/publication/1", "{}", adopted.text);
    }
    (office, editor, chief, items)
}

/// The value of a hidden field on a page.
fn field(page: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    page.split(start.as_str()).nth(1).and_then(|rest| rest.split('"').next()).expect("the field is there").to_owned()
}

/// What the form of the draft sends if nothing is changed.
async fn unchanged(office: &Office, who: &Browser, items: &[String]) -> Vec<(String, String)> {
    let page = office.get("/publication/1", Some(who)).await.text;
    let mut fields = vec![("opened".to_owned(), field(&page, "opened"))];
    for (item, (at, title, body)) in items.iter().zip([("1", "夏粮收购", GRAIN), ("2", "防汛备汛", WATER)]) {
        fields.push(("item".to_owned(), item.clone()));
        fields.push((format!("seal-{item}"), field(&page, &format!("seal-{item}"))));
        for (name, value) in [
            ("order", at),
            ("column", "工作动态"),
            ("title", title),
            ("body", body),
            ("byline", "甲"),
            ("form", "独编"),
        ] {
            fields.push((format!("{name}-{item}"), value.to_owned()));
        }
    }
    fields
}

fn borrowed(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

#[tokio::test]
async fn ticked_items_become_one_piece_that_says_what_each_paragraph_was_made_of() {
    let (office, editor, _, items) = drafted().await;
    let mut fields = unchanged(&office, &editor, &items).await;
    fields.push(("act".to_owned(), "merge".to_owned()));
    let one = [&borrowed(&fields)[..], &[("pick", items[0].as_str())]].concat();
    let refused = office.post("/publication/1/save", Some(&editor), &one).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.text.contains("至少两条") && refused.text.contains("checked> 勾选合并"),
        "what was ticked stays so"
    );
    let both = [&one[..], &[("pick", items[1].as_str())]].concat();
    let merged = office.post("/publication/1/save", Some(&editor), &both).await;
    assert_eq!(merged.status, StatusCode::SEE_OTHER, "{}", merged.text);
    let page = office.get("/publication/1", Some(&editor)).await.text;
    for part in ["各段出自", "（原文）", "value=\"split-2\"", "<option selected>综合"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert_eq!(page.matches("data-place=").count(), 1);
    let compared = office.get(&format!("/publication/1/compare/{}", items[0]), Some(&editor)).await;
    assert_eq!(compared.status, StatusCode::OK);
    assert_eq!(compared.text.matches("单位报送的原稿").count(), 2);
    assert!(compared.text.contains("&#60;险工&#62;"));
    for absent in ["/publication/1/compare/99", "/publication/9/compare/1", "/publication/1/compare/x"] {
        assert_eq!(office.get(absent, Some(&editor)).await.status, StatusCode::NOT_FOUND, "{absent}");
    }
}

#[tokio::test]
async fn the_outline_follows_what_is_typed_without_saving_it() {
    let (office, editor, _, items) = drafted().await;
    let mut fields = unchanged(&office, &editor, &items).await;
    for (name, value) in &mut fields {
        match name.as_str() {
            "order-1" => *value = "2".to_owned(),
            "order-2" => *value = "1".to_owned(),
            "title-2" => *value = "防汛<备汛>".to_owned(),
            _ => {}
        }
    }
    let before = office.bytes();
    let outline = office.post("/publication/1/measure", Some(&editor), &borrowed(&fields)).await;
    assert_eq!(outline.status, StatusCode::OK);
    assert_eq!(office.bytes(), before, "measuring writes nothing");
    let (first, second) = (outline.text.find("1. 防汛&#60;备汛&#62;"), outline.text.find("2. 夏粮收购"));
    assert!(first.is_some() && first < second, "{}", outline.text);
    // This office has no faces: the outline stands, and the sentence says what to install.
    assert!(outline.text.contains("不能估算版面") && outline.text.contains("fonts-noto-cjk"));
    assert!(!outline.text.contains("<html"), "it takes the place of the outline, no more");
    assert_eq!(office.get("/publication/1/preview", Some(&editor)).await.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_chief_signs_first_and_publishes_later_and_a_change_between_is_said() {
    let (office, editor, chief, items) = drafted().await;
    let mut fields = unchanged(&office, &editor, &items).await;
    fields.push(("act".to_owned(), "review".to_owned()));
    let reviewed = office.post("/publication/1/save", Some(&editor), &borrowed(&fields)).await;
    assert_eq!(reviewed.status, StatusCode::SEE_OTHER, "{}", reviewed.text);
    let page = office.get("/publication/1/publish", Some(&chief)).await.text;
    assert!(page.contains("只签发，暂不刊发") && page.contains("审核"));
    assert_eq!(field(&page, "reviewed_by"), "编辑2", "whoever has reviewed it is offered");
    let opened = field(&page, "opened");
    let sign = [("opened", opened.as_str())];
    assert_eq!(office.post("/publication/1/sign", Some(&editor), &sign).await.status, StatusCode::FORBIDDEN);
    assert_eq!(office.post("/publication/1/sign", Some(&chief), &sign).await.location(), "/publication/1");
    assert!(office.get("/publication/1", Some(&chief)).await.text.contains("取消签发"));
    assert!(!office.get("/publication/1", Some(&editor)).await.text.contains("取消签发"));
    let mut fields = unchanged(&office, &editor, &items).await;
    for (name, value) in &mut fields {
        if name == "title-1" {
            *value = "夏粮收购开局良好".to_owned();
        }
    }
    assert_eq!(
        office.post("/publication/1/save", Some(&editor), &borrowed(&fields)).await.status,
        StatusCode::SEE_OTHER
    );
    let page = office.get("/publication/1", Some(&chief)).await.text;
    assert!(page.contains("编辑2在签批之后修改了《夏粮收购开局良好》") && page.contains("尚未签发"), "{page}");
    let stale = [("date", "2018-06-20"), ("opened", opened.as_str())];
    let stale = office.post("/publication/1/publish", Some(&chief), &stale).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.text.contains("又有改动，没有刊发"));
}

#[tokio::test]
async fn settings_keep_columns_limit_and_readers_and_show_their_faults() {
    let (office, editor, chief, _) = drafted().await;
    let right = [
        ("name", "每日要情"),
        ("editing_office", "办公室"),
        ("copies", "1"),
        ("columns", "要闻\n民生"),
        ("page_limit", "4"),
        ("unit_readers", "listed"),
        ("unit", "1"),
    ];
    let wrong: Vec<(&str, &str)> = right
        .iter()
        .filter(|(name, _)| *name != "unit")
        .map(|&(name, value)| if name == "page_limit" { (name, "四版") } else { (name, value) })
        .collect();
    let faulty = office.post("/publication/titles/1", Some(&chief), &wrong).await;
    assert_eq!(faulty.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in ["value=\"四版\"", "限定版数请填", "请勾选可以阅读的单位", "要闻\n民生"] {
        assert!(faulty.text.contains(part), "{part}");
    }
    assert_eq!(office.post("/publication/titles/1", Some(&chief), &right).await.status, StatusCode::SEE_OTHER);
    let page = office.get("/publication/1", Some(&editor)).await.text;
    for part in ["<option value=\"要闻\">要闻", "<option value=\"工作动态\" selected>", "<option value=\"\">不分栏"]
    {
        assert!(page.contains(part), "{part}");
    }
}

#[tokio::test]
async fn readers_read_what_is_distributed_to_them_and_the_office_sees_who_has() {
    let (office, editor, chief, _) = drafted().await;
    let (leader, reporter) = (office.browser(Role::Leader), office.browser(Role::Reporter));
    assert_eq!(office.get("/publication/read/1", Some(&leader)).await.status, StatusCode::NOT_FOUND, "a draft");
    let opened = field(&office.get("/publication/1/publish", Some(&chief)).await.text, "opened");
    let publish = [("date", "2018-06-20"), ("opened", opened.as_str())];
    assert_eq!(office.post("/publication/1/publish", Some(&chief), &publish).await.status, StatusCode::SEE_OTHER);
    assert!(office.get("/", Some(&leader)).await.text.contains("近30天有1期刊物未读"));
    let list = office.get("/publication/read", Some(&leader)).await.text;
    assert!(list.contains("《每日要情》2018年第1期") && list.contains("未读"));
    let page = office.get("/publication/read/1", Some(&leader)).await;
    assert_eq!(page.status, StatusCode::OK);
    for part in ["本期目录", "夏粮收购", "&#60;险工&#62;", "href=\"#piece-2\""] {
        assert!(page.text.contains(part), "{part}");
    }
    assert!(office.get("/", Some(&leader)).await.text.contains("近期刊物都已读过"));
    let page = office.get("/publication/1", Some(&editor)).await.text;
    assert!(page.contains("已读1人，未读0人") && page.contains("领导6"), "{page}");
    // No unit is on its list; there are no others.
    assert_eq!(office.get("/publication/read/1", Some(&reporter)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(office.get("/publication/read/1/file.pdf", Some(&reporter)).await.status, StatusCode::NOT_FOUND);
    assert!(office.get("/publication/read", Some(&reporter)).await.text.contains("还没有可以阅读的刊物"));
    for role in [Role::Leader, Role::Reporter] {
        let who = office.browser(role);
        assert!(office.get("/", Some(&who)).await.text.contains("href=\"/publication/read\""), "{role:?}");
        assert_eq!(office.get("/publication/1", Some(&who)).await.status, StatusCode::FORBIDDEN);
    }

    // The archive is searched, and a year is one file with a safe name.
    let found = office.get("/publication/archive?words=%E6%B9%96%E5%A0%A4", Some(&editor)).await.text;
    assert!(found.contains("<mark>湖堤</mark>") && found.contains("《防汛备汛》"), "{found}");
    assert!(office.get("/publication/archive?words=%25", Some(&editor)).await.text.contains("<mark>%</mark>"));
    assert!(office.get("/publication/archive?words=%3Cb%3E", Some(&editor)).await.text.contains("“&#60;b&#62;”"));
    let page = office.get("/publication/archive?of=1&year=2018", Some(&editor)).await.text;
    assert!(page.contains("/publication/archive/1/year.zip?year=2018"));
    assert_eq!(office.get("/publication/archive?of=99", Some(&editor)).await.status, StatusCode::NOT_FOUND);
    let zip = office.get("/publication/archive/1/year.zip?year=2018", Some(&editor)).await;
    let header = |name: header::HeaderName| zip.headers.get(name).map_or("", |value| value.to_str().unwrap());
    assert_eq!(header(header::CONTENT_TYPE), "application/zip");
    assert!(header(header::CONTENT_DISPOSITION).ends_with("2018%E5%B9%B4%2Ezip"), "{:?}", zip.headers);
    assert!(zip.text.starts_with("PK") && zip.text.contains("每日要情2018年第1期.docx"));
    let none = office.get("/publication/archive/1/year.zip?year=2016", Some(&editor)).await;
    assert_eq!(none.status, StatusCode::CONFLICT);
    assert!(none.text.contains("2016年没有刊发过《每日要情》"));

    let withdraw = [("reason", "数据有误")];
    assert_eq!(office.post("/publication/1/withdraw", Some(&chief), &withdraw).await.status, StatusCode::SEE_OTHER);
    let page = office.get("/publication/read/1", Some(&leader)).await.text;
    assert!(page.contains("本期已撤回，请勿引用") && !page.contains("湖堤"), "{page}");
    assert_eq!(office.get("/publication/read/1/file.pdf", Some(&leader)).await.status, StatusCode::NOT_FOUND);
}
