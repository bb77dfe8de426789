//! December's asking: reporting points with a topic that nobody has reported on, a solicitation passed on from above, and a year of
//! training and rotation.

use jiff::civil::Date;
use tz_model::{Month, Table, UnitId};
use tz_store::ledger::{FactFilter, FactRow};
use tz_store::partner::PartnerRow;
use tz_store::training::{RotationRow, TrainingRow, TrainingUnitRow};

use super::year::moment;
use crate::network::OfficerRight;
use crate::solicitation::{NewPoints, NewSolicitation, send_points_in, solicit_in};
use crate::{App, Person, Problem};

/// Topics of December with a word by which items of the month are known to be about them.
const TOPICS: [(&str, &str, &str); 5] = [
    ("冬季供暖保障", "热源、管网、价格和群众诉求", "供暖"),
    ("岁末年初安全生产", "排查整改数据、典型做法", "安全"),
    ("重点项目收官", "投资完成、制约因素", "项目"),
    ("优化营商环境", "做法、成效和企业反映", "企业"),
    ("元旦春节值班安排", "值班、应急物资和市场供应", "值班安排"),
];

/// Makes it.
pub(super) fn december(app: &App, editor: &Person) -> Result<(), Problem> {
    let mut tx = app.write()?;
    let names = tx.list_unit_names()?;
    let unit = |name: &str| names.iter().find(|(_, known)| *known == name).map(|(id, _)| UnitId(id));
    let first = Date::constant(2018, 12, 3);
    let points = NewPoints {
        name: "2018年12月报送要点".to_owned(),
        introduction: "请各单位围绕下列题目，报送有数据、有分析、有建议的信息。".to_owned(),
        topics: TOPICS.map(|(title, requirement, _)| format!("{title}：{requirement}")).join("\n"),
        from: first.to_string(),
        to: "2018-12-31".to_owned(),
        groups: vec!["镇街".to_owned(), "A类".to_owned()],
        units: Vec::new(),
    };
    let id = send_points_in(&mut tx, editor, &points, first, moment(first, 9, 20).as_microsecond())?;
    let topics: Vec<i64> =
        tx.list_topics()?.into_iter().filter(|topic| topic.points_id == id).map(|topic| topic.id).collect();
    let reports = tx.list_facts(&FactFilter {
        table: Some(Table::Reports.name()),
        from: Some("2018-12-04"),
        to: Some("2018-12-19"),
        ..FactFilter::default()
    })?;
    for (topic, (_, _, word)) in topics.iter().zip(TOPICS) {
        let about = reports.iter().filter(|fact| fact.title.as_deref().is_some_and(|title| title.contains(word)));
        for item in about.filter_map(|fact| fact.item_id).take(6) {
            let at = moment(Date::constant(2018, 12, 19), 10, 0).as_microsecond();
            tx.tie_topic(*topic, item, Some(editor.account.0), at)?;
        }
    }

    // Five working days from Wednesday the 19th: Wednesday the 26th.
    let day = Date::constant(2018, 12, 19);
    let new = NewSolicitation {
        topic: "民营企业融资情况".to_owned(),
        requirement: "请报送融资成本、续贷、担保和企业诉求，附2至3个事例，不超过1500字。".to_owned(),
        working_days: "5".to_owned(),
        origin: "枣庄市政府办公室".to_owned(),
        origin_deadline: "2018-12-28".to_owned(),
        units: ["滨湖镇", "南沙河镇", "张汪镇", "龙泉街道"].iter().filter_map(|name| unit(name)).collect(),
        ..NewSolicitation::default()
    };
    let sent = solicit_in(&mut tx, editor, &new, day, moment(day, 15, 10).as_microsecond())?;
    let reporters = tx.list_accounts()?;
    for name in ["南沙河镇", "张汪镇"] {
        let account = reporters.iter().find(|account| account.login == name);
        if let Some((unit, account)) = unit(name).zip(account) {
            tx.insert_duty_acceptance(sent.id.0, unit.0, account.id, moment(day, 16, 5).as_microsecond())?;
        }
    }
    network(&mut tx, editor)?;
    partners(&mut tx, editor)?;
    tx.commit()?;
    Ok(())
}

/// A training each quarter, one more planned, and the roster of the year. The facts stand in the ledger already.
fn network(tx: &mut tz_store::Write, editor: &Person) -> Result<(), Problem> {
    let events = tx.list_facts(&FactFilter {
        table: Some(Table::Events.name()),
        from: Some("2018-01-01"),
        to: Some("2018-12-31"),
        ..FactFilter::default()
    })?;
    let done: Vec<_> = events.iter().filter(|fact| fact.name.contains("培训")).collect();
    let event = done.first().map(|fact| fact.name.clone()).unwrap_or_default();
    let people = tx.list_people(None, Date::constant(2018, 12, 31))?;
    let officer = |unit: i64| {
        let officer = people.iter().find(|person| person.unit_id == Some(unit) && person.duty == "信息员");
        officer.map(|person| person.name.clone()).unwrap_or_default()
    };
    // What the ledger knows of a quarter was one training in several batches; the last one is only planned.
    let quarter =
        |fact: &FactRow| fact.date.get(5..7).and_then(|month| month.parse::<usize>().ok()).map(|month| (month - 1) / 3);
    for (place, name) in ["第一季度", "第二季度", "第三季度", "第四季度", "年终"].into_iter().enumerate()
    {
        let of: Vec<_> = done.iter().filter(|fact| quarter(fact) == Some(place)).collect();
        let date = of.iter().map(|fact| fact.date.as_str()).max().unwrap_or("2018-12-27").to_owned();
        let day = tz_model::parse_date(&date).unwrap_or(Date::constant(2018, 12, 27));
        let at = moment(day.min(super::year::TODAY), 8, 30).as_microsecond();
        let id = tx.insert_training(TrainingRow {
            id: 0,
            office_id: 0,
            name: format!("{name}信息业务培训{}", if of.is_empty() { "" } else { "（分批）" }),
            date,
            place: "市政府三楼会议室".to_owned(),
            content: "信息选题和写作，报送系统使用，上一阶段退稿原因分析。".to_owned(),
            event: event.clone(),
            created_at: at,
            created_by: Some(editor.account.0),
        })?;
        for fact in of {
            for unit in fact.unit_ids() {
                tx.insert_training_unit(TrainingUnitRow {
                    training_id: id,
                    unit_id: unit,
                    people: officer(unit),
                    fact_key: Some(fact.key.clone()),
                    at,
                    account_id: editor.account.0,
                })?;
            }
        }
    }
    for fact in events.iter().filter(|fact| fact.name.contains("轮训")) {
        let (Some(unit), Ok(day)) = (fact.unit_ids().first().copied(), tz_model::parse_date(&fact.date)) else {
            continue;
        };
        let month = Month::of_date(day);
        if tx.list_rotations(&month.to_string(), &month.to_string())?.iter().any(|row| row.unit_id == unit) {
            continue;
        }
        tx.insert_rotation(RotationRow {
            id: 0,
            office_id: 0,
            month: month.to_string(),
            unit_id: unit,
            person: officer(unit),
            host: editor.name.clone(),
            state: "done".to_owned(),
            appraisal: "能独立编辑信息，遵守纪律，鉴定为良好。".to_owned(),
            event: fact.name.clone(),
            fact_key: Some(fact.key.clone()),
            created_at: moment(month.first(), 9, 0).as_microsecond(),
            created_by: Some(editor.account.0),
        })?;
    }
    Ok(())
}

/// Who items are exchanged with, and what the officers of the units may take part in; a few units lag behind.
fn partners(tx: &mut tz_store::Write, editor: &Person) -> Result<(), Problem> {
    let at = moment(Date::constant(2018, 3, 5), 9, 0).as_microsecond();
    let known = [
        ("市委办公室信息科", "赵磊", "每日交换信息目录"),
        ("市人大常委会办公室", "孙倩", "代表建议办理情况"),
        ("市政协办公室", "马超", "社情民意信息"),
        ("市委组织部", "高洁", "基层党建信息"),
        ("市委宣传部", "林涛", "舆情专报"),
    ];
    for (place, (name, contact, note)) in (1..).zip(known) {
        tx.insert_partner(PartnerRow {
            id: 0,
            office_id: 0,
            name: name.to_owned(),
            contact: contact.to_owned(),
            phone: format!("0632-558{:04}", 1000 + place * 37),
            mail: format!("xiezuo{place}@tengzhou.example"),
            note: note.to_owned(),
            created_at: at,
            ended_at: None,
        })?;
    }
    let units: Vec<i64> = tx.list_unit_names()?.iter().map(|(unit, _)| unit).collect();
    for (place, unit) in units.into_iter().enumerate() {
        for right in OfficerRight::ALL {
            let lags = place % 11 == 3 || (place % 7 == 2 && right == OfficerRight::Visits);
            if !lags {
                tx.append_officer_right(unit, right.key(), true, editor.account.0, at)?;
            }
        }
    }
    Ok(())
}
