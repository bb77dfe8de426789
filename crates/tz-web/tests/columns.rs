//! What a scheme asks beyond the tables' own columns: on the forms, with faults at the field, and on the page of one fact.

#![expect(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it must be")]

mod support;

use axum::http::StatusCode;
use support::{Browser, Office};
use tz_app::assessment::scheme::AdoptWish;
use tz_app::{Chief, Person, Role};
use tz_model::AccountId;
use tz_scheme::Scheme;

/// The built-in scheme with columns of its own for four tables.
fn with_columns() -> String {
    let text = Scheme::builtin("tengzhou-2018").unwrap().text();
    let column = |table: &str, name: &str, more: &str| {
        format!("\n[[attribute]]\ntable = \"{table}\"\nname = \"{name}\"\n{more}\n")
    };
    [
        text.to_owned(),
        column("批示", "办结", "type = \"yes-no\""),
        column("批示", "批次", "type = \"number\"\nrange = [1, 9]\nmissing = \"fault\""),
        column("采用", "体裁", "type = \"name\"\nvalues = [\"消息\", \"专题\"]"),
        column("报送", "签发", "type = \"yes-no\""),
        column("单位", "人数", "type = \"number\""),
    ]
    .concat()
}

/// An office under that scheme from June on.
fn office() -> (Office, Browser) {
    let office = Office::new();
    let place = Role::ALL.iter().position(|role| *role == Role::Chief).unwrap() as i64 + 1;
    let account = AccountId(place);
    let person = Person { account, name: "科长".to_owned(), role: Role::Chief, unit: None, must_change: false };
    let chief = Chief::of(&person).unwrap();
    let draft = office.app.save_scheme_draft(&chief, None, &with_columns()).unwrap();
    let plan = office.app.plan_adoption(&chief, draft, "2018-06-01").unwrap();
    assert!(plan.faults.is_empty() && plan.todo.is_empty(), "{:?}{:?}", plan.faults, plan.todo);
    let wish = AdoptWish {
        from: "2018-06-01".to_owned(),
        hash: plan.draft.hash.clone(),
        against: plan.before.hash().to_owned(),
    };
    office.app.adopt_scheme(&chief, draft, &wish).unwrap();
    let editor = office.browser(Role::Editor);
    (office, editor)
}

#[tokio::test]
async fn a_comments_form_asks_for_the_schemes_columns_and_keeps_what_was_typed() {
    let (office, editor) = office();
    let page = office.get("/comment", Some(&editor)).await;
    for field in ["name=\"cell-办结\"", "name=\"cell-批次\"", "1 到 9 之间"] {
        assert!(page.text.contains(field), "{field}");
    }
    let typed =
        [("name", "省政府领导批示"), ("date", "2018-06-11"), ("unit", "1"), ("cell-批次", "12"), ("cell-办结", "是")];
    let page = office.post("/comment", Some(&editor), &typed).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("有1处需要改正") && page.text.contains("“批次”应在 1 到 9 之间"), "{}", page.text);
    assert!(page.text.contains("value=\"12\"") && page.text.contains("<option value=\"是\" selected>"));
    let typed: Vec<(&str, &str)> =
        typed.into_iter().map(|(name, text)| (name, if text == "12" { "3" } else { text })).collect();
    assert_eq!(office.post("/comment", Some(&editor), &typed).await.status, StatusCode::SEE_OTHER);
    // The fact's own page shows and changes them; an unknown fact is not there.
    let fact = "/assessment/fact/%E6%89%B9%E7%A4%BA/1";
    let page = office.get(fact, Some(&editor)).await;
    assert!(page.text.contains("计分事实 · 批示:1") && page.text.contains("value=\"3\""), "{}", page.text);
    let page = office.post(fact, Some(&editor), &[("cell-批次", ""), ("cell-办结", "否")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("请填写“批次”"));
    let page = office.post(fact, Some(&editor), &[("cell-批次", "4"), ("cell-办结", "否")]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    let missing = office.get("/assessment/fact/%E6%89%B9%E7%A4%BA/99", Some(&editor)).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert_eq!(office.get("/assessment/fact/%E5%8D%95%E4%BD%8D/1", Some(&editor)).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn items_and_units_carry_the_schemes_columns_too() {
    let (office, editor) = office();
    let item =
        [("title", "夏粮收购"), ("body", "夏粮收购开始。"), ("category", "工作动态"), ("unit", "1"), ("key", "k")];
    let entered = office.post("/intake/new", Some(&editor), &item).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.text);
    let place = entered.location().to_owned();
    let page = office.get(&format!("{place}/edit"), Some(&editor)).await;
    assert!(page.text.contains("name=\"cell-签发\""), "{}", page.text);
    let text = [("revision", "1"), ("title", "夏粮收购"), ("body", "夏粮收购开始。"), ("category", "工作动态")];
    let wrong: Vec<(&str, &str)> = text.into_iter().chain([("cell-签发", "也许")]).collect();
    let page = office.post(&format!("{place}/edit"), Some(&editor), &wrong).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("“签发”请选择是或否"), "{}", page.text);
    let right: Vec<(&str, &str)> = text.into_iter().chain([("cell-签发", "是")]).collect();
    assert_eq!(office.post(&format!("{place}/edit"), Some(&editor), &right).await.status, StatusCode::SEE_OTHER);
    let page = office.get(&format!("{place}/edit"), Some(&editor)).await;
    assert!(page.text.contains("<option value=\"是\" selected>"), "{}", page.text);

    let administrator = office.browser(Role::Administrator);
    let unit = [("name", "某某局"), ("class", "A类"), ("group", "A类"), ("reason", "机构改革")];
    let wrong: Vec<(&str, &str)> = unit.into_iter().chain([("cell-人数", "十")]).collect();
    let page = office.post("/system/units", Some(&administrator), &wrong).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("“人数”请填一个数") && page.text.contains("value=\"十\""), "{}", page.text);
    let right: Vec<(&str, &str)> = unit.into_iter().chain([("cell-人数", "10")]).collect();
    let done = office.post("/system/units", Some(&administrator), &right).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let page = office.get(done.location(), Some(&administrator)).await;
    assert!(page.text.contains("人数 10") && page.text.contains("value=\"10\""), "{}", page.text);
}

#[tokio::test]
async fn what_can_be_chosen_is_what_the_scheme_of_the_day_knows() {
    let (office, editor) = office();
    // The built-in scheme of May asks for nothing more.
    let may = office.get("/comment?date=2018-05-11", Some(&editor)).await;
    assert!(!may.text.contains("name=\"cell-批次\""));
    let june = office.get("/comment?date=2018-06-11", Some(&editor)).await;
    assert!(june.text.contains("name=\"cell-批次\""));
    let typed = [("name", "省政府领导批示"), ("date", "2018-05-11"), ("unit", "1")];
    assert_eq!(office.post("/comment", Some(&editor), &typed).await.status, StatusCode::SEE_OTHER);
}
