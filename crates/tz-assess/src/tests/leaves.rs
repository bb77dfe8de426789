//! What leaves: the command's JSON and a statement's text, byte for byte.

use tz_model::Month;
use tz_scheme::Scheme;

use super::cases::told;
use crate::{assess, quota_state, read_statement, score_period, statement_json, to_json, unknown_names};

fn scheme() -> &'static Scheme {
    Scheme::builtin("tengzhou-2018").expect("built in")
}

#[test]
fn the_json_has_the_keys_of_the_fact_tables_page_in_their_order() {
    let facts = told("单位 气象局 C类 C类\n报送 2018-01-05 工作动态×2 其他×1\n采用 2018-01-06 枣庄普刊采用");
    let month = Month::new(2018, 1);
    assert_eq!(
        to_json(&assess(scheme(), &facts, 2018, month)),
        "{\"scheme\":\"tengzhou-2018\",\"year\":2018,\"through\":\"2018-01\",\"periods\":[\"2018-01\"],\"units\":[\
         {\"unit\":\"气象局\",\"class\":\"C类\",\"group\":\"C类\",\"periods\":{\"2018-01\":{\"total\":\"20\",\"rank\":1,\"lines\":[\
         {\"rule\":\"adoption\",\"item\":\"枣庄普刊采用\",\"clause\":\"F1\",\"points\":\"15\",\"facts\":[\"采用:1\"],\
         \"why\":\"2018年1月6日“枣庄普刊采用”，加 15 分。\"},\
         {\"rule\":\"quota-met\",\"item\":\"完成报送任务\",\"clause\":\"F1.n1\",\"points\":\"5\",\"facts\":[],\
         \"why\":\"2018年1月报送 3 篇，任务 3 篇，各类均达标，完成任务，加 5 分。\"}]}}}],\"outcomes\":[]}"
    );
}

#[test]
fn annual_and_outcomes_stand_in_the_json_of_a_whole_year() {
    let facts = told("单位 气象局 C类 C类");
    let json = to_json(&assess(scheme(), &facts, 2018, None));
    let annual = "\"annual\":{\"total\":\"-20\",\"rank\":1,\"lines\":[{\"rule\":\"training\",\"item\":\"未完成年度培训\",\
                  \"clause\":\"F1.n5\",\"points\":\"-10\",\"facts\":[],";
    assert!(json.contains(annual), "{json}");
    let outcome = "\"outcomes\":[{\"kind\":\"约谈\",\"period\":\"2018-02\",\"unit\":\"气象局\",\"group\":\"C类\",\
                   \"clause\":\"N2.7\",\"why\":";
    assert!(json.contains(outcome), "{json}");
}

#[test]
fn text_that_is_no_statement_is_refused() {
    let month = Month::new(2018, 1).expect("a month").period();
    let result = score_period(scheme(), &told("单位 气象局 C类 C类"), &month, &[]);
    let text = statement_json(&month.label, &result.units[0]);
    assert!(read_statement(&text).is_ok());
    for wrong in ["", "{}", &text.replace("\"-3\"", "\"三\"")] {
        assert!(read_statement(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn the_meter_shows_how_far_a_unit_has_come() {
    let facts = told(
        "单位 审计局 B类 B类\n报送 2018-06-04 工作动态×2 其他×1\n报送 2018-06-05 社情民意 渠道 纸质\n报送 2018-05-31 工作动态",
    );
    let june = Month::new(2018, 6).expect("a month").period();
    let quota = quota_state(scheme(), &facts, facts.unit("审计局").expect("told"), &june).expect("class B has one");
    assert_eq!((quota.received, quota.required, quota.short, quota.over), (3, 6, 4, 0));
    let first = &quota.categories[0];
    assert_eq!((&*first.category, first.received, first.required), ("工作动态", 2, 3));
}

#[test]
fn every_name_the_scheme_has_no_price_for_is_listed() {
    let facts = told(
        "单位 审计局 D类 B类\n报送 2018-06-04 工作动太\n采用 2018-06-04 枣庄普刊采纳\n批示 2018-06-04 县长批示\n事项 2018-06-04 完成年度培训",
    );
    let faults: Vec<String> = unknown_names(scheme(), &facts).iter().map(ToString::to_string).collect();
    assert_eq!(faults.len(), 4, "{faults:?}");
    assert_eq!(faults[0], "单位:审计局：计分办法里没有名为“D类”的类别。可以写：A类、B类、C类。");
    assert_eq!(faults[2], "采用:1：计分办法里没有名为“枣庄普刊采纳”的采用方式。是不是“枣庄普刊采用”？");
}
