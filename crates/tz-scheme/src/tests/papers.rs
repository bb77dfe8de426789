//! What is printed for people: the table of a scheme, and what changed between two.

use super::{here, read, tengzhou};
use crate::{BUILTIN_IDS, Scheme, diff, show};

#[test]
fn the_table_has_every_clause_every_price_and_every_reading() {
    for id in BUILTIN_IDS {
        let scheme = Scheme::builtin(id).expect("listed");
        let table = show(scheme);
        for rule in scheme.rules() {
            assert!(table.contains(&rule.sentence), "{id}: {}", rule.sentence);
            for worth in rule.items() {
                assert!(
                    table.contains(&*worth.name) || !matches!(rule.body, crate::Body::Facts(_)),
                    "{id}: {}",
                    worth.name
                );
            }
        }
        for reading in scheme.readings() {
            assert!(table.contains(&reading.note), "{id}: {}", reading.note);
        }
        assert!(scheme.listed_units().iter().all(|unit| table.contains(&*unit.name)), "{id}");
    }
}

#[test]
fn prices_stand_in_straight_columns() {
    let table = show(tengzhou());
    let rows = "    国办采用信息    国办专报采用      60\n                    国办综合采用      40\n    省府办采用信息  省特刊采用        60\n";
    assert!(table.contains(rows), "{table}");
    assert!(table.contains("    理解 R8：point-keeps = yes（默认，也可理解为 no）。原文只说计入"), "{table}");
}

#[test]
fn a_scheme_is_no_other_than_itself() {
    for id in BUILTIN_IDS {
        let scheme = Scheme::builtin(id).expect("listed");
        assert!(diff(scheme, scheme).is_empty(), "{id}");
        let commented = Scheme::parse(&format!("# 另一份\n{}", scheme.text())).expect("free of faults");
        assert!(diff(scheme, &commented).is_empty(), "{id}: a comment is no change");
    }
}

#[test]
fn what_changed_is_said_in_sentences() {
    let old = Scheme::parse(&read(&here("cases/base.toml"))).expect("free of faults");
    let changes = [
        ("points = 5 },\n  {", "points = 6 },\n  { name = \"专报采用\", points = 10 },\n  {"),
        (
            "{ name = \"普刊采用\", points = \"7.5\" }",
            "{ name = \"普刊采用\", points = \"7.5\", when = [\"形式 = 独编\"] }",
        ),
        ("limit = 500", "limit = 600"),
        ("sentence = \"扣完为止。\"", "sentence = \"扣到零为止。\""),
        ("of = [\"quota\"]", "of = [\"quota\"]\nat_least = 1"),
        ("over = { name = \"多报\", points = 2 }\n", ""),
        ("total = 2", "total = 3"),
        ("\"东镇\", \"西镇\"", "\"西镇\", \"南镇\""),
        (
            "[[class]]",
            "[[rule]]\nid = \"cap\"\nclause = \"七\"\nsentence = \"最多10分。\"\nkind = \"cap\"\nname = \"封顶\"\nof = [\"adoption\"]\nat_most = 10\n\n[[class]]",
        ),
    ];
    let text = changes.iter().fold(old.text().to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "the small scheme has no {from}");
        text.replacen(from, to, 1)
    });
    let new = Scheme::parse(&text).expect("free of faults");
    assert_eq!(
        diff(&old, &new).join("\n"),
        "“工作动态”的字数上限由“500字”改为“600字”。\n\
         规则“adoption”的“每日要情采用”由 5 分改为 6 分。\n\
         规则“adoption”的“普刊采用”的条件由（无）改为“形式 = 独编”。\n\
         规则“adoption”新增一行：“专报采用” 10 分。\n\
         规则“quota”的做法由“每期任务：报送的件数达到本类别的任务。完成的计“完成”5 分。每多一个计“多报”2 分。每少一个计“少报”-1 分。”改为“每期任务：报送的件数达到本类别的任务。完成的计“完成”5 分。每少一个计“少报”-1 分。”。\n\
         规则“floor”的原文由“扣完为止。”改为“扣到零为止。”。\n\
         规则“floor”的做法由““quota”的扣分不使每期总分低于 0 分。”改为““quota”的扣分不使每期总分低于 1 分。”。\n\
         新增规则“cap”（七）：最多10分。\n  “adoption”的得分每期最多 10 分。\n\
         类别“甲类”的任务由“每期2篇，工作动态1篇”改为“每期3篇，工作动态1篇”。\n\
         删去单位“东镇”。\n\
         新增单位“南镇”。"
    );
    let back = diff(&new, &old).join("\n");
    assert!(back.contains("删去规则“cap”（七）：最多10分。") && back.contains("由 6 分改为 5 分"), "{back}");
}
