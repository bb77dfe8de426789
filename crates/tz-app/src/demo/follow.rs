//! What follows the demonstration's closes: interviews held, pairs agreed, a joint meeting, objections in every state, the warning.

use jiff::civil::Date;
use tz_model::{AccountId, Month, UnitId};

use super::year::moment;
use crate::assessment::{Correcting, InterviewRecord, InterviewState, NewMeeting};
use crate::{App, Chief, Clock, Editor, FixedClock, Person, Problem, Reporter, Role};

fn units(app: &App) -> Result<Vec<(UnitId, String)>, Problem> {
    Ok(app.read()?.list_units(None)?.into_iter().map(|unit| (UnitId(unit.unit_id), unit.name)).collect())
}

fn named(units: &[(UnitId, String)], name: &str) -> Option<UnitId> {
    units.iter().find(|(_, known)| known == name).map(|(id, _)| *id)
}

/// The reporter of a unit.
fn reporter(app: &App, unit: UnitId) -> Result<Option<Reporter>, Problem> {
    let accounts = app.read()?.list_accounts()?;
    let own = accounts.into_iter().find(|account| account.unit_id == Some(unit.0));
    Ok(own.and_then(|account| {
        Reporter::of(&Person {
            account: AccountId(account.id),
            name: account.name,
            role: Role::Reporter,
            unit: Some(unit),
            must_change: false,
        })
    }))
}

/// After a close: the interviews of the close before have been held; in some months pairs are agreed and meetings held.
pub(super) fn after_close(app: &App, clock: &FixedClock, month: Month, chief: &Chief) -> Result<(), Problem> {
    let editor = Editor::of(chief).expect("a chief is an editor too");
    let today = tz_model::shanghai_date(clock.now());
    let due = app.interviews(&editor)?.into_iter();
    for one in due.filter(|one| one.state == InterviewState::Called && one.date.is_some_and(|date| date < today)) {
        let record = InterviewRecord {
            held_on: one.date.map(|date| date.to_string()).unwrap_or_default(),
            attendants: "主要负责同志、分管负责同志、党政办公室主任".to_owned(),
            minutes: format!(
                "通报了{}在{}的报送、采用和排名情况。单位分析了原因：信息员兼职多、选题与中心工作结合不紧，约稿落实不到人。会议要求当月补齐报送任务。",
                one.unit_name,
                one.period.chinese()
            ),
            promises: "明确一名专职信息员；每周召开一次选题会；每月至少报送问题建议和社情民意各一篇。".to_owned(),
            promise_by: month.next().next().last().to_string(),
        };
        app.hold_interview(&editor, one.id, one.revision, &record)?;
    }
    let all = units(app)?;
    if month.number() == 8 {
        for (helper, helped) in [("滨湖镇", "木石镇"), ("南沙河镇", "羊庄镇")] {
            if let (Some(helper), Some(helped)) = (named(&all, helper), named(&all, helped)) {
                app.agree_help(&editor, helper, helped, "互派信息员跟班一周；每月会商一次选题；代为审阅拟报稿件。")?;
            }
        }
    }
    if matches!(month.number(), 5 | 10) {
        app.record_meeting(
            &editor,
            &NewMeeting {
                date: today.to_string(),
                place: "政府办公室会议室".to_owned(),
                topic: format!("{}信息选题会商", month.next().chinese()),
                attendants: "市委办公室、市人大常委会办公室、市政协办公室、市委组织部、市委宣传部".to_owned(),
                minutes: "交流近期选题，商定互送重要信息；对拟上报的三个题目分工采写。".to_owned(),
            },
        )?;
    }
    Ok(())
}

/// December's objections, and the warning of the 20th.
pub(super) fn december(app: &App, clock: &FixedClock, chief: &Chief) -> Result<(), Problem> {
    let editor = Editor::of(chief).expect("a chief is an editor too");
    let november = Month::of_date(Date::constant(2018, 11, 1));
    let all = units(app)?;
    // Unit, the day it objects, what it says.
    let raised = [
        ("龙泉街道", 5, "该稿与市教育局的稿件内容不同，只是题目相近，请核实是否属于重复计分。"),
        ("张汪镇", 6, "此项采用的是我镇与柴胡店镇联合报送的稿件，请核对署名单位。"),
        ("羊庄镇", 7, "该项约稿由我镇与邻镇联合答复，请核对答复单位。"),
        ("木石镇", 7, "约稿已于截止当日下午电话报送值班室，请核实。"),
        ("滨湖镇", 18, "11月26日报送的《滨湖镇冬季清洁取暖》被枣庄《政务信息》采用，明细中没有列出。"),
    ];
    let mut ids = Vec::new();
    for (unit, day, reason) in raised {
        let Some(own) = named(&all, unit) else { continue };
        let Some(who) = reporter(app, own)? else { continue };
        clock.set(moment(Date::constant(2018, 12, day), 10, 5));
        let account = app.account_of(&editor, own, november)?;
        // The one that says something is missing names no line.
        let wanted = if unit == "木石镇" { "约稿" } else { "" };
        let with_facts = account
            .lines
            .iter()
            .find(|line| line.facts.len() == 1 && unit != "滨湖镇" && line.line.item.contains(wanted));
        if with_facts.is_none() && unit != "滨湖镇" {
            continue;
        }
        let key = with_facts.map(|line| line.key.clone()).unwrap_or_default();
        ids.push((unit, app.object(&who, november, &key, reason)?));
    }
    clock.set(moment(Date::constant(2018, 12, 10), 15, 40));
    for (unit, id) in &ids {
        match *unit {
            "龙泉街道" => {
                app.refuse_objection(&editor, *id, "经核对，两稿正文相同部分超过八成，按重复稿处理无误。")?
            }
            "张汪镇" => {
                if let Some(fact) = app.objection(&editor, *id)?.facts.first().map(|fact| fact.id.clone()) {
                    let answer = "经核实，此项不是张汪镇的稿件，予以撤销，差额计入12月。";
                    app.accept_objection(&editor, *id, answer, &Correcting::Withdraw(fact))?;
                }
            }
            _ => {}
        }
    }
    clock.set(moment(Date::constant(2018, 12, 20), 8, 30));
    app.warn_of_runs()?;
    Ok(())
}
