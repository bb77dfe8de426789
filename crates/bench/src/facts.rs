//! A county's made-up year: 103 units, about 12,000 facts.

use jiff::civil::Date;
use tz_model::{Adoption, Channel, Comment, Duty, Event, Facts, Key, Name, Report, Unit, UnitIx};
use tz_scheme::Scheme;

/// The facts of a year under the built-in scheme, so many reports and some 3,000 others, the same every time.
pub(crate) fn county_year(scheme: &Scheme, year: i16, reports: usize) -> Facts {
    let mut state = u64::from(year.unsigned_abs());
    let mut dice = move |below: u64| -> usize {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((state >> 33) % below).expect("small")
    };
    let mut facts = Facts {
        units: scheme
            .listed_units()
            .iter()
            .map(|unit| Unit {
                direct_point: unit.direct_point.clone(),
                ..Unit::new(unit.name.clone(), unit.class.clone(), unit.group.clone())
            })
            .collect(),
        ..Facts::default()
    };
    let units = facts.units.len() as u64;
    let categories: Vec<Name> = scheme.categories().iter().map(|category| category.name.clone()).collect();
    let kinds: Vec<Name> = scheme.adoption_kinds().iter().map(|price| price.name().clone()).collect();
    let levels: Vec<Name> = scheme.comment_levels().iter().map(|price| price.name().clone()).collect();
    let mut number = 0u32;
    let mut key = move || -> Key {
        number += 1;
        number.to_string().into()
    };
    let day = |dice: &mut dyn FnMut(u64) -> usize| -> Date {
        Date::constant(year, i8::try_from(dice(12) + 1).expect("a month"), i8::try_from(dice(28) + 1).expect("a day"))
    };
    for _ in 0..reports {
        let unit = UnitIx::at(dice(units));
        let (date, category) = (day(&mut dice), categories[dice(categories.len() as u64)].clone());
        let title = Some(format!("关于第{}项工作进展情况的报告", dice(9_999)).into());
        facts.reports.push(Report {
            key: key(),
            units: [unit].into(),
            date,
            category,
            title,
            channel: Channel::Mail,
            repeats: None,
            counted: true,
            extra: None,
        });
    }
    for _ in 0..2_300 {
        let unit = UnitIx::at(dice(units));
        let (date, kind) = (day(&mut dice), kinds[dice(kinds.len() as u64)].clone());
        facts.adoptions.push(Adoption {
            key: key(),
            units: [unit].into(),
            date,
            kind,
            item: None,
            form: None,
            solicitation: None,
            issue: None,
            withdrawn: None,
            extra: None,
        });
    }
    for _ in 0..110 {
        let unit = UnitIx::at(dice(units));
        let (date, level) = (day(&mut dice), levels[dice(levels.len() as u64)].clone());
        facts.comments.push(Comment {
            key: key(),
            units: [unit].into(),
            date,
            level,
            item: None,
            leader: None,
            withdrawn: None,
            extra: None,
        });
    }
    for _ in 0..500 {
        let unit = UnitIx::at(dice(units));
        let deadline = day(&mut dice);
        let answered = (dice(10) > 0).then_some(deadline);
        facts.duties.push(Duty {
            key: key(),
            units: [unit].into(),
            deadline,
            solicitation: None,
            answered,
            outcome: None,
            topic: None,
            extra: None,
        });
    }
    for _ in 0..90 {
        let unit = UnitIx::at(dice(units));
        let kind = scheme.event_kinds()[dice(scheme.event_kinds().len() as u64)].clone();
        facts.events.push(Event {
            key: key(),
            units: [unit].into(),
            date: day(&mut dice),
            kind,
            count: 1,
            note: None,
            extra: None,
        });
    }
    facts
}
