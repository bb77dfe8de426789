//! Closed months of a server, where later facts simply appear, change or vanish (R14). Expectations worked by hand.

use tz_model::{Facts, Month, Period};
use tz_scheme::Scheme;

use super::cases::told;
use crate::{PeriodResult, Published, score_period};

fn month(month: i8) -> Period {
    Month::new(2018, month).expect("a month").period()
}

fn tengzhou() -> &'static Scheme {
    Scheme::builtin("tengzhou-2018").expect("built in")
}

fn score(facts: &Facts, of: i8, published: &[Published<'_>]) -> PeriodResult {
    score_period(tengzhou(), facts, &month(of), published)
}

/// The first unit's lines as `points item: why`, one a line; corrections only.
fn corrections(result: &PeriodResult) -> String {
    let lines = result.units[0].score.lines.iter().filter(|line| &*line.rule == "correction");
    lines.map(|line| format!("{} {}：{}", line.points, line.item, line.why)).collect::<Vec<_>>().join("\n")
}

/// June closed on `then`, July on `now`: what July corrects, and that August finds nothing more.
fn after(then: &str, now: &str) -> String {
    let june = Published::of(tengzhou(), &score(&told(then), 6, &[]));
    let now = told(now);
    let july = score(&now, 7, std::slice::from_ref(&june));
    let august = score(&now, 8, &[june, Published::of(tengzhou(), &july)]);
    assert_eq!(corrections(&august), "");
    corrections(&july)
}

#[test]
fn a_use_entered_late_is_added_in_the_open_month() {
    let unit = "单位 气象局 C类 C类\n完成 2018-06 2018-08";
    assert_eq!(
        after(unit, &format!("{unit}\n采用 2018-06-28 政情专报采用 编号 甲1")),
        "20 2018-06 政情专报采用：更正：2018年6月“政情专报采用”（采用:甲1）事后补记，补加 20 分；该月已结，记入本月。"
    );
}

#[test]
fn a_use_that_vanished_is_taken_back() {
    let unit = "单位 气象局 C类 C类\n完成 2018-06 2018-08";
    assert_eq!(
        after(&format!("{unit}\n采用 2018-06-28 每日要情采用"), unit),
        "-5 2018-06 每日要情采用：更正：2018年6月“每日要情采用”（采用:1）已撤销，扣回 5 分；该月已结，记入本月。"
    );
}

#[test]
fn a_missed_duty_answered_after_the_close_becomes_a_late_one() {
    let unit = "单位 气象局 C类 C类\n完成 2018-06 2018-08";
    assert_eq!(
        after(&format!("{unit}\n约稿 2018-06-29"), &format!("{unit}\n约稿 2018-06-29 报送 2018-07-02")),
        "5 2018-06 约稿漏报：更正：2018年6月“约稿漏报”（约稿:1）情况已变，退回 5 分；该月已结，记入本月。\n\
         -3 2018-06 约稿迟报：更正：2018年6月“约稿迟报”（约稿:1）事后补记，补扣 3 分；该月已结，记入本月。"
    );
}

#[test]
fn items_registered_late_turn_a_shortfall_into_a_quota_met() {
    let unit = "单位 气象局 C类 C类\n采用 2018-06-05 政情专报采用\n报送 2018-06-05 工作动态×2\n完成 2018-07 2018-08";
    assert_eq!(
        after(unit, &format!("{unit}\n报送 2018-06-30 其他×2")),
        "5 2018-06 完成报送任务：更正：2018年6月“完成报送任务”应当计入，补加 5 分；该月已结，记入本月。\n\
         2 2018-06 多报送：更正：2018年6月“多报送”应当计入，补加 2 分；该月已结，记入本月。\n\
         1 2018-06 少报送：更正：2018年6月“少报送”不再成立，退回 1 分；该月已结，记入本月。"
    );
}

#[test]
fn a_use_withdrawn_and_entered_again_is_corrected_both_times() {
    let unit = "单位 气象局 C类 C类\n完成 2018-06 2018-08";
    let used = format!("{unit}\n采用 2018-06-28 每日要情采用");
    let june = Published::of(tengzhou(), &score(&told(&used), 6, &[]));
    let july = Published::of(tengzhou(), &score(&told(unit), 7, std::slice::from_ref(&june)));
    let august = score(&told(&used), 8, &[june, july]);
    assert_eq!(
        corrections(&august),
        "5 2018-06 每日要情采用：更正：2018年6月“每日要情采用”（采用:1）事后补记，补加 5 分；该月已结，记入本月。"
    );
}

#[test]
fn a_unit_renamed_away_is_neither_scored_nor_corrected() {
    let june = Published::of(tengzhou(), &score(&told("单位 旧局 C类 C类\n采用 2018-06-28 每日要情采用"), 6, &[]));
    let july = score(&told("单位 新局 C类 C类\n完成 2018-07"), 7, &[june]);
    assert_eq!((july.units.len(), &*july.units[0].unit, corrections(&july).as_str()), (1, "新局", ""));
}

#[test]
fn a_unit_moved_to_another_class_keeps_the_quota_its_closed_months_had() {
    let june = Published::of(tengzhou(), &score(&told("单位 新局 C类 C类\n完成 2018-06"), 6, &[]));
    // The same three items under the new class would be nine short.
    let mut now = told("单位 新局 A类 A类");
    now.reports = told("单位 新局 C类 C类\n完成 2018-06").reports;
    let july = score(&now, 7, &[june]);
    assert_eq!((&*july.units[0].class, corrections(&july).as_str()), ("A类", ""));
}
