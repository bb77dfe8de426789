mod calendar;
mod faults;
mod hostile;
mod papers;
mod schema;
mod template;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use tz_model::{Points, sentences};

use crate::{BUILTIN_IDS, Scheme, Stage};

fn tengzhou() -> &'static Scheme {
    Scheme::builtin("tengzhou-2018").expect("a built-in scheme")
}

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|wrong| panic!("{}: {wrong}", path.display()))
}

#[test]
fn every_built_in_scheme_is_free_of_faults() {
    for id in BUILTIN_IDS {
        let text = Scheme::builtin(id).expect("listed").text();
        assert_eq!(
            Scheme::parse(text).map(|scheme| scheme.id().to_string()).map_err(|f| sentences(&f)),
            Ok((*id).into())
        );
    }
    assert!(Scheme::builtin("tengzhou-1918").is_none() && Scheme::builtin("template").is_none());
    assert!(BUILTIN_IDS.contains(&"tengzhou-2018"));
}

#[test]
fn the_small_scheme_of_the_cases_is_free_of_faults() {
    let scheme = Scheme::parse(&read(&here("cases/base.toml"))).expect("free of faults");
    assert_eq!(scheme.adoption_kinds()[1].points(), "7.5".parse::<Points>().expect("points"));
    assert_eq!(&*scheme.adoption_levels()[0].name, "采用信息");
}

#[test]
fn the_103_units_stand_in_four_groups() {
    let units = tengzhou().listed_units();
    let count = |group: &str| units.iter().filter(|unit| &*unit.group == group).count();
    assert_eq!((units.len(), count("镇街"), count("A类"), count("B类"), count("C类")), (103, 21, 31, 31, 20));
    assert!(units.iter().filter(|unit| &*unit.group == "镇街").all(|town| &*town.class == "A类"));
    let names: BTreeSet<&str> = units.iter().map(|unit| &*unit.name).collect();
    assert_eq!(names.len(), 103);
    let points: Vec<&str> = tengzhou().direct_points().iter().map(|name| &**name).collect();
    // In the order of the list of towns.
    assert_eq!(points, ["龙泉街道", "东沙河镇", "南沙河镇", "滨湖镇", "张汪镇", "柴胡店镇"]);
    assert!(units.iter().all(|unit| unit.direct_point.as_deref().is_none_or(|status| status == "枣庄市级")));
}

/// Annex 1, typed again from the printed table.
#[test]
fn the_price_table_is_the_printed_one() {
    let shown = |prices: &[crate::Price]| {
        prices.iter().map(|price| format!("{} {}", price.name(), price.points())).collect::<Vec<_>>().join("，")
    };
    let levels: Vec<String> =
        tengzhou().adoption_levels().iter().map(|level| format!("{}：{}", level.name, shown(&level.kinds))).collect();
    assert_eq!(
        levels.join("\n"),
        "国办采用信息：国办专报采用 60，国办综合采用 40\n\
         省府办采用信息：省特刊采用 60，省专报采用 40，省普刊采用 20，省上报国办 20，省要情采用 10\n\
         枣府办采用信息：枣庄市专报采用 30，枣庄普刊采用 15，枣庄每日要情采用 10\n\
         滕州采用信息：政情专报采用 20，政务信息交流采用 10，约稿采用 10，上报 7，每日要情采用 5"
    );
    assert_eq!(
        shown(tengzhou().comment_levels()),
        "国务院领导批示 60，省政府领导批示 40，枣庄市政府领导批示 30，滕州市政府领导批示 20"
    );
    let events: Vec<&str> = tengzhou().event_kinds().iter().map(|name| &**name).collect();
    assert_eq!(events, ["通报获主要负责同志批示", "通报获分管负责同志批示", "完成年度培训", "完成跟岗轮训"]);
}

#[test]
fn quotas_and_lengths_are_the_printed_ones() {
    let quota = |class: &str| {
        let quota = tengzhou().quota(class).expect("a class");
        let least: Vec<String> = quota.minimums.iter().map(|(name, items)| format!("{name}{items}")).collect();
        format!("{}：{}", quota.total.expect("a task"), least.join(" "))
    };
    assert_eq!(quota("A类"), "10：工作动态4 经验亮点2 调研分析2 问题建议1 社情民意1");
    assert_eq!(quota("B类"), "6：工作动态3 调研分析1 问题建议1 社情民意1");
    assert_eq!(quota("C类"), "3：工作动态2");
    let limits: Vec<Option<u32>> =
        tengzhou().categories().iter().map(|category| tengzhou().limit(&category.name)).collect();
    assert_eq!(limits, [Some(500), Some(2000), None, Some(2000), None, None]);
}

#[test]
fn every_ruling_of_a_silent_clause_is_a_reading() {
    let read: BTreeSet<&str> = tengzhou().readings().iter().map(|reading| reading.clause.as_str()).collect();
    let missing: Vec<String> = (1..=14).map(|n| format!("R{n}")).filter(|id| !read.contains(&**id)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(tengzhou().readings().iter().all(|reading| *reading.value == *reading.default));
}

#[test]
fn rules_are_found_by_what_their_lines_carry() {
    let rule = tengzhou().rule("quota-short").expect("lines carry it");
    assert_eq!((&*rule.id, rule.clause.as_str(), rule.stage()), ("quota", "F1.n1", Stage::Unit));
    assert!(tengzhou().rule("quota-shorter").is_none());
}

#[test]
fn the_hash_names_the_wording() {
    let changed = tengzhou().text().replace("points = 60", "points = 61");
    let other = Scheme::parse(&changed).expect("free of faults");
    assert_eq!(tengzhou().hash().len(), 64);
    assert!(tengzhou().hash().bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_ne!(tengzhou().hash(), other.hash());
}
