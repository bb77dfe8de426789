use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::{Calendar, Day, Notice, UnknownYear};

fn calendar() -> &'static Calendar {
    Calendar::built_in()
}

#[test]
fn the_built_in_notices_have_no_fault_and_their_words_are_read_back() {
    for notice in calendar().notices() {
        let (again, faults) = Notice::read(notice.year, &notice.text());
        assert_eq!((&again, faults), (notice, Vec::new()));
        assert!(notice.number.contains("国办发明电〔"), "{notice:?}");
    }
}

/// Two independent tables of published data agree on these sums.
#[test]
fn years_have_as_many_working_days_as_published() {
    let sums = [250, 250, 249, 250, 249, 249, 251, 248, 248];
    for (year, sum) in (2018..).zip(sums) {
        assert_eq!(calendar().worked_in(year), Ok(sum), "{year}");
    }
}

/// The days that differ from plain weeks, written from the notices day by day: `-` off on a weekday, `+` worked at a weekend.
#[test]
fn every_day_that_is_no_plain_weekday_or_weekend_is_as_published() {
    let published = [
        (
            2018,
            "-0101 +0211 -0215 -0216 -0219 -0220 -0221 +0224 -0405 -0406 +0408 +0428 -0430 -0501 -0618 -0924 +0929 +0930 -1001 -1002 -1003 -1004 -1005 +1229 -1231",
        ),
        (
            2019,
            "-0101 +0202 +0203 -0204 -0205 -0206 -0207 -0208 -0405 +0428 -0501 -0502 -0503 +0505 -0607 -0913 +0929 -1001 -1002 -1003 -1004 -1007 +1012",
        ),
        (
            2020,
            "-0101 +0119 -0124 -0127 -0128 -0129 -0130 -0131 -0406 +0426 -0501 -0504 -0505 +0509 -0625 -0626 +0628 +0927 -1001 -1002 -1005 -1006 -1007 -1008 +1010",
        ),
        (
            2021,
            "-0101 +0207 -0211 -0212 -0215 -0216 -0217 +0220 -0405 +0425 -0503 -0504 -0505 +0508 -0614 +0918 -0920 -0921 +0926 -1001 -1004 -1005 -1006 -1007 +1009",
        ),
        (
            2022,
            "-0103 +0129 +0130 -0131 -0201 -0202 -0203 -0204 +0402 -0404 -0405 +0424 -0502 -0503 -0504 +0507 -0603 -0912 -1003 -1004 -1005 -1006 -1007 +1008 +1009",
        ),
        (
            2023,
            "-0102 -0123 -0124 -0125 -0126 -0127 +0128 +0129 -0405 +0423 -0501 -0502 -0503 +0506 -0622 -0623 +0625 -0929 -1002 -1003 -1004 -1005 -1006 +1007 +1008",
        ),
        (
            2024,
            "-0101 +0204 -0212 -0213 -0214 -0215 -0216 +0218 -0404 -0405 +0407 +0428 -0501 -0502 -0503 +0511 -0610 +0914 -0916 -0917 +0929 -1001 -1002 -1003 -1004 -1007 +1012",
        ),
        (
            2025,
            "-0101 +0126 -0128 -0129 -0130 -0131 -0203 -0204 +0208 -0404 +0427 -0501 -0502 -0505 -0602 +0928 -1001 -1002 -1003 -1006 -1007 -1008 +1011",
        ),
        (
            2026,
            "-0101 -0102 +0104 +0214 -0216 -0217 -0218 -0219 -0220 -0223 +0228 -0406 -0501 -0504 -0505 +0509 -0619 +0920 -0925 -1001 -1002 -1005 -1006 -1007 +1010",
        ),
    ];
    for (year, expected) in published {
        let mut found = Vec::new();
        let mut day = date(year, 1, 1);
        while day.year() == year {
            let weekend = day.weekday().to_monday_zero_offset() > 4;
            match (calendar().works(day).unwrap(), weekend) {
                (false, false) => found.push(format!("-{:02}{:02}", day.month(), day.day())),
                (true, true) => found.push(format!("+{:02}{:02}", day.month(), day.day())),
                _ => {}
            }
            day = day.saturating_add(1.day());
        }
        assert_eq!(found.join(" "), expected, "{year}");
    }
}

/// Worked by hand with a wall calendar of the year.
#[test]
fn deadlines_are_counted_in_working_days() {
    let cases: [(Date, u16, Date); 14] = [
        // A Thursday in June 2018, over a weekend: Fri, Mon.
        (date(2018, 6, 14), 1, date(2018, 6, 15)),
        // Over the Dragon Boat Festival on Monday.
        (date(2018, 6, 14), 2, date(2018, 6, 19)),
        // Saturday and Sunday before the National Day are worked, the week after is off.
        (date(2018, 9, 28), 1, date(2018, 9, 29)),
        (date(2018, 9, 28), 2, date(2018, 9, 30)),
        (date(2018, 9, 28), 3, date(2018, 10, 8)),
        // From within a holiday.
        (date(2018, 2, 17), 1, date(2018, 2, 22)),
        // Thu 22, Fri 23, Sat 24 (made up), Mon 26.
        (date(2018, 2, 21), 4, date(2018, 2, 26)),
        // Over the turn of the year: 2018-12-29 is worked, 30 to 1 January off.
        (date(2018, 12, 28), 2, date(2019, 1, 2)),
        // The spring of 2020 was made longer: off to 2 February.
        (date(2020, 1, 23), 1, date(2020, 2, 3)),
        (date(2022, 1, 28), 3, date(2022, 2, 7)),
        (date(2023, 9, 28), 2, date(2023, 10, 8)),
        (date(2024, 2, 9), 1, date(2024, 2, 18)),
        (date(2025, 9, 27), 2, date(2025, 9, 29)),
        (date(2026, 2, 13), 2, date(2026, 2, 24)),
    ];
    for (from, count, expected) in cases {
        assert_eq!(calendar().days_after(from, count), Ok(expected), "{from} and {count} working days");
        assert_eq!(calendar().days_between(from, expected), Ok(count), "between {from} and {expected}");
        if calendar().works(from).unwrap() {
            assert_eq!(calendar().days_before(expected, count), Ok(from), "{count} working days before {expected}");
        }
    }
    assert_eq!(calendar().days_after(date(2018, 10, 1), 0), Ok(date(2018, 10, 8)), "a day off moves on");
    assert_eq!(calendar().days_after(date(2018, 10, 8), 0), Ok(date(2018, 10, 8)));
    assert_eq!(calendar().days_before(date(2018, 10, 3), 0), Ok(date(2018, 9, 30)));
    assert_eq!(calendar().days_between(date(2018, 6, 4), date(2018, 6, 1)), Ok(0));
    assert_eq!(calendar().day(date(2018, 10, 3)), Ok(Day::Holiday("国庆节".into())));
    assert_eq!(calendar().day(date(2018, 9, 30)), Ok(Day::MadeUp("国庆节".into())));
    assert_eq!(calendar().day(date(2018, 6, 9)), Ok(Day::Weekend));
}

#[test]
fn a_year_without_its_notice_is_refused_and_the_notice_makes_it_known() {
    assert_eq!(calendar().days_after(date(2026, 12, 30), 2), Err(UnknownYear(2027)));
    assert_eq!(calendar().works(date(2017, 12, 29)), Err(UnknownYear(2017)));
    // As the State Council words it, pasted whole; the year is made up.
    let pasted = "国务院办公厅关于2027年\n部分节假日安排的通知\n国办发明电〔2026〕99号\n各省、自治区、直辖市人民政府：\n\
        经国务院批准，现将安排通知如下。\n一、元旦：2026年12月31日（周四）至2027年1月2日（周六）放假调休，共3天。\
        2026年12月27日（周日）上班。\n\
        二、春节：2月5日（农历除夕、周五）至11日（农历正月初六、周四）放假调休，共7天。2月14日（周日）上班。\n\
        三、清明节：4月5日放假，共1天。\n四、劳动节：5月1日至5日放假调休，共5天。\n五、端午节：6月9日放假。\n\
        六、中秋节：9月15日放假，共1天，不调休。\n七、国庆节：10月1日至7日放假调休，共7天。10月9日（周六）上班。\n\
        节假日期间，各地区、各部门要妥善安排好值班。\n国务院办公厅\n2026年11月4日\n";
    let (notice, faults) = Notice::read(2027, pasted);
    assert_eq!(faults, []);
    assert_eq!((notice.number.as_str(), notice.holidays.len()), ("国办发明电〔2026〕99号", 7));
    let longer = calendar().with([notice]);
    assert_eq!(
        longer.days_after(date(2026, 12, 25), 1),
        Ok(date(2026, 12, 27)),
        "the December before is changed by it"
    );
    assert_eq!(longer.days_after(date(2026, 12, 30), 1), Ok(date(2027, 1, 4)));
    assert_eq!(longer.days_after(date(2018, 9, 28), 3), Ok(date(2018, 10, 8)), "the other years stand");
}

#[test]
fn everything_wrong_in_a_notice_is_said_at_once() {
    let (_, faults) = Notice::read(
        2018,
        "元旦：1月1日放假\n春节：2月15日至2月31日放假\n清明节：4月5日至7日放假。4月9日上班。\n劳动节：放假三天\n\
         端午节：6月18日放假。6月18日上班。\n中秋节：2019年9月24日放假\n国庆：10月7日至1日放假",
    );
    let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "第2行：“2月15日至2月31日”中有不存在的日期，请核对。",
            "第4行：“放假”前没有日期。请写成“2月15日至21日放假”。",
            "第7行：“10月7日至1日”的起止日期不对，请核对。",
            "全年放假合计只有6天，法定节假日不少于11天，请与通知核对。",
            "清明节：4月9日不是周末，不需要调休上班，请核对。",
            "端午节：6月18日不是周末，不需要调休上班，请核对。",
            "端午节：6月18日既写了放假又写了上班，请核对。",
            "中秋节：2019-09-24不在2018年内，请核对年份。",
        ]
    );
    let (_, faults) = Notice::read(2018, "");
    assert!(faults[0].sentence.contains("没有见到元旦、春节、清明、劳动、端午、中秋、国庆的安排"), "{faults:?}");
}

proptest! {
    #![proptest_config(tz_testkit::property(1000))]

    /// Whatever is pasted ends in a notice or in sentences, and what was understood is read back the same.
    #[test]
    fn any_text_is_read_without_a_panic(
        text in "(元旦|春节|国庆节|七、清明|：|[0-9]{1,5}|年|月|日|至|放假|上班|、|。|（|）|\n|1月1日|2月29日|12月31日至2日| ){0,40}",
        more in "((春节|国庆节)：2018年1?[0-9]月[0-9]日(至1?[0-9]日|、1?[12]月3日)?放假\n){0,3}",
    ) {
        for text in [&text, &more] {
            let (notice, _) = Notice::read(2018, text);
            let whole = |notice: &Notice| -> Vec<_> {
                notice.holidays.iter().filter(|holiday| !holiday.off.is_empty()).cloned().collect()
            };
            prop_assert_eq!(whole(&Notice::read(2018, &notice.text()).0), whole(&notice));
        }
    }
}
