//! The office's own people over the year (全员办信息): most do what they owe, one falls short in a week, one is on leave, one leaves.

use jiff::civil::Date;
use tz_model::Month;

use super::dice::Dice;
use crate::staff::{MemberWish, Week, WeekWish};
use crate::{App, Chief, Editor, Problem};

/// Name, section, full-time. All made up.
const PEOPLE: [(&str, &str, bool); 7] = [
    ("李文博", "信息科", true),
    ("宋海燕", "信息科", true),
    ("周启明", "信息科", true),
    ("冯玉洁", "综合一科", false),
    ("韩志远", "综合二科", false),
    ("陈立新", "督查科", false),
    ("唐晓雯", "秘书科", false),
];

/// Enters the people, on the year's first day.
pub(super) fn people(app: &App, chief: &Chief) -> Result<(), Problem> {
    for (name, section, full_time) in PEOPLE {
        let from = "2018-01-01".to_owned();
        let wish = MemberWish { name: name.to_owned(), section: section.to_owned(), full_time, from };
        app.add_staff(chief, &wish)?;
    }
    Ok(())
}

/// Enters the weeks of a month as far as they have begun.
pub(super) fn month(app: &App, dice: &mut Dice, month: i8, chief: &Chief) -> Result<(), Problem> {
    let editor = Editor::of(chief).expect("a chief edits");
    let month = Month::new(2018, month).expect("a month of the demonstration");
    let shown = app.staff_month(&editor, month)?;
    let members: Vec<(i64, String)> = shown.people.iter().map(|one| (one.member.id, one.member.name.clone())).collect();
    let short = Week::of(Date::constant(2018, 8, 15));
    let leave = Week::of(Date::constant(2018, 10, 10));
    for week in shown.weeks.into_iter().filter(|week| week.monday <= app.today()) {
        for (id, name) in &members {
            let (mut items, mut leads) = (dice.between(0, 2), dice.between(1, 3));
            if items + leads < 2 {
                leads = 2;
            }
            let away = name == "韩志远" && week == leave;
            if away || (name == "陈立新" && week == short) {
                (items, leads) = (0, i64::from(!away));
            }
            let note = if away { "年休假" } else { "" };
            app.record_staff_week(
                &editor,
                &WeekWish {
                    member: Some(*id),
                    day: week.monday.to_string(),
                    items: items.to_string(),
                    leads: leads.to_string(),
                    excused: away,
                    note: note.to_owned(),
                },
            )?;
        }
    }
    if month == Month::new(2018, 9).expect("a month") {
        let left = members.iter().find(|(_, name)| name == "唐晓雯").map(|(id, _)| *id);
        app.staff_left(chief, left.unwrap_or_default(), "2018-09-30")?;
    }
    Ok(())
}
