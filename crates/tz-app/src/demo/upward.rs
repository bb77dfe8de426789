//! December's upward reports, comments, follow-ups and claims: one of every state, so that each page has something to show.

use jiff::civil::Date;
use tz_model::{IssueId, ItemId, UnitId};
use tz_store::item::{ItemFilter, Sight};

use super::year::moment;
use crate::comment::{LeaderWish, NewClaim, NewComment, NewFollowUp, ScanSource};
use crate::forward::{ForwardWish, LineWish, NewList, Source};
use crate::publication::IssueState;
use crate::report::NewFile;
use crate::{Administrator, App, Chief, Editor, FixedClock, IssueReader, PaperFormat, Person, Problem, Reporter, Role};

/// The leaders who comment: name, duty, level. All made up.
const LEADERS: [(&str, &str, &str); 5] = [
    ("秦伟", "市长", "滕州市政府领导批示"),
    ("颜景和", "副市长", "滕州市政府领导批示"),
    ("杜晓梅", "副市长", "滕州市政府领导批示"),
    ("石爱作", "枣庄市副市长", "枣庄市政府领导批示"),
    ("于国安", "副省长", "省政府领导批示"),
];

fn day(day: i8) -> Date {
    Date::constant(2018, 12, day)
}

fn leader(place: usize) -> String {
    let (name, duty, _) = LEADERS[place];
    format!("{name}（{duty}）")
}

/// Everything of the rooms 上报 and 批示 beside the year's facts.
pub(super) fn december(app: &App, clock: &FixedClock, chief: &Chief, administrator: &Person) -> Result<(), Problem> {
    let editor = Editor::of(chief).expect("a chief is an editor too");
    let administrator = Administrator::of(administrator).expect("the administrator's role is administrator");
    let accounts = app.read()?.list_accounts()?;
    for (name, duty, level) in LEADERS {
        // Two of them have accounts and comment on the page.
        let own = accounts.iter().find(|row| row.name == name && row.role == Role::Leader.key());
        let account = own.map(|row| row.id);
        let wish = LeaderWish { name: name.to_owned(), duty: duty.to_owned(), level: level.to_owned(), account };
        app.add_leader(&administrator, &wish)?;
    }
    // Printed items of the last weeks, the newest first.
    let printed: Vec<(ItemId, String, String, Vec<i64>)> = {
        let filter = ItemFilter { states: &["published"], limit: 24, ..ItemFilter::default() };
        let items = app.read()?.list_items(Sight::Office, &filter)?;
        items.into_iter().map(|(row, units)| (ItemId(row.id), row.number, row.title, units)).collect()
    };
    if printed.len() < 16 {
        return Ok(());
    }
    reports(app, clock, &editor, &printed)?;
    // The unit of the reporter whose account is shown has something due.
    let mut printed = printed;
    let shown = app.read()?.list_units(None)?.into_iter().find(|unit| unit.name == "滨湖镇").map(|unit| unit.unit_id);
    if let Some(at) = printed.iter().skip(8).position(|(_, _, _, units)| units.first().copied() == shown) {
        printed.swap(8 + at, 10);
    }
    comments(app, clock, &editor, &printed)?;
    claims(app, clock, &editor)?;
    clock.set(moment(day(20), 8, 30));
    Ok(())
}

type Printed = (ItemId, String, String, Vec<i64>);

/// Reports sent to three offices, two being drafted, one withdrawn; a list matched in part.
fn reports(app: &App, clock: &FixedClock, editor: &Editor, printed: &[Printed]) -> Result<(), Problem> {
    const FORMS: [&str; 4] = ["枣庄普刊采用", "枣庄每日要情采用", "省普刊采用", "国办综合采用"];
    let mut sent = Vec::new();
    for (place, (item, number, title, _)) in printed.iter().take(8).enumerate() {
        clock.set(moment(day(10 + i8::try_from(place).unwrap_or(0)), 10, 20));
        let begun = app.begin_forward(editor, Source::Item(*item))?;
        let view = app.forward(editor, begun.id)?;
        let form = FORMS[place % FORMS.len()];
        let wish = ForwardWish {
            revision: view.revision,
            form: form.to_owned(),
            // The year's facts hold what sending counted for already.
            counted_as: String::new(),
            title: if place % 3 == 1 { format!("滕州市{title}") } else { title.clone() },
            body: view.body,
            items: number.clone(),
            target: String::new(),
        };
        if place < 6 {
            app.send_forward(editor, begun.id, &wish, &app.today().to_string())?;
            sent.push((begun.id, wish.title));
        } else {
            app.save_forward(editor, begun.id, &wish)?;
        }
    }
    app.withdraw_forward(editor, sent[5].0, "单位来电更正数据，改后再报")?;
    clock.set(moment(day(19), 16, 0));
    let half = sent[2].1.replace("推进会", "工作推进会议");
    let text = format!(
        "1.{}\n2.“{}”\n3.{half}\n4.全市秋冬种工作基本结束\n5.微山湖渔业资源增殖放流工作启动\n",
        sent[0].1, sent[1].1
    );
    let list =
        NewList { text, kind: "枣庄普刊采用".to_owned(), date: "2018-12-19".to_owned(), ..NewList::default() };
    app.take_adopted_list(editor, &list)?;
    let (matched, _) = app.open_adopted_lines(editor)?;
    // One is confirmed already, the others wait.
    if let Some(line) = matched.iter().find(|line| line.sure && line.known.is_empty()) {
        let forwards = vec![line.proposals[0].forward];
        let wish = LineWish { line: line.id, forwards, form: "独编".to_owned(), ..LineWish::default() };
        app.confirm_adopted_line(editor, &wish)?;
    }
    Ok(())
}

/// Comments with follow-ups open, due, late, answered and closed.
fn comments(app: &App, clock: &FixedClock, editor: &Editor, printed: &[Printed]) -> Result<(), Problem> {
    // The day of the comment and of giving out, its deadline, what was commented, what is to be done.
    let all: [(i8, &str, usize, &str, &str); 5] = [
        (3, "2018-12-12", 1, "反映的问题带有普遍性，请主管部门牵头，一周内拿出解决办法。", "研究提出整改措施并报结果"),
        (6, "2018-12-14", 2, "请抓紧核实，确保群众温暖过冬。", "核实情况，说明原因和下步措施"),
        (12, "2018-12-21", 0, "此经验很好，请总结完善，在全市推广。", "总结经验做法，提出推广方案"),
        (14, "2018-12-28", 3, "望跟踪推进，适时报告进展。", "每半月报告一次进展"),
        (17, "2018-12-26", 1, "请认真研究企业诉求，能办的马上办。", "逐项答复企业诉求"),
    ];
    for (place, (on, deadline, by, words, requirement)) in all.into_iter().enumerate() {
        clock.set(moment(day(on), 11, 0));
        let (_, number, _, units) = &printed[8 + place];
        let new = NewComment {
            items: number.clone(),
            date: day(on).to_string(),
            leader: leader(by),
            words: words.to_owned(),
            files: vec![NewFile {
                name: format!("批示件{}.txt", place + 1),
                bytes: format!("（演示）{}：{words}", leader(by)).into_bytes(),
                ..NewFile::default()
            }],
            ..NewComment::default()
        };
        let key = app.enter_comment(editor, &new)?.key;
        let unit = units[0];
        app.follow_up(
            editor,
            &NewFollowUp {
                key,
                units: vec![UnitId(unit)],
                requirement: requirement.to_owned(),
                deadline: deadline.to_owned(),
                remind: "3".to_owned(),
            },
        )?;
        let Some(reporter) = reporter(app, unit)? else { continue };
        let id = app.follow_ups(&reporter, crate::comment::FollowFilter::Open)?.0.last().map(|view| view.id);
        // The first is closed, the second late, the third due, the fourth open, the fifth answered.
        if let (0 | 4, Some(id)) = (place, id) {
            clock.set(moment(day(on + 2), 15, 0));
            let words =
                "接批示后，我单位当天召开专题会议研究，已现场核查3处，制定整改措施5条，明确了责任人和完成时限。";
            app.reply_follow_up(&reporter, id, words, &[])?;
            if place == 0 {
                app.close_follow_up(editor, id, "措施具体，已落实，同意办结。")?;
            }
        }
    }
    // One comment on two items.
    clock.set(moment(day(18), 9, 30));
    let both = NewComment {
        items: format!("{}、{}", printed[13].1, printed[14].1),
        date: day(18).to_string(),
        leader: leader(4),
        words: "两篇均可参阅。".to_owned(),
        ..NewComment::default()
    };
    app.enter_comment(editor, &both)?;
    Ok(())
}

/// The reporter of a unit, by their account.
fn reporter(app: &App, unit: i64) -> Result<Option<Reporter>, Problem> {
    let accounts = app.read()?.list_accounts()?;
    let own = accounts.into_iter().find(|row| row.unit_id == Some(unit));
    Ok(own.and_then(|row| {
        Reporter::of(&Person {
            account: tz_model::AccountId(row.id),
            name: row.name,
            role: Role::Reporter,
            unit: Some(UnitId(unit)),
            must_change: false,
        })
    }))
}

/// Comments on November's bulletin: one confirmed, one refused, two that wait.
fn claims(app: &App, clock: &FixedClock, editor: &Editor) -> Result<(), Problem> {
    clock.set(moment(day(18), 14, 0));
    let units = app.read()?.list_units(None)?;
    for (place, name) in ["滨湖镇", "张汪镇", "木石镇", "教育局"].into_iter().enumerate() {
        let Some(unit) = units.iter().find(|unit| unit.name == name) else { continue };
        let Some(reporter) = reporter(app, unit.unit_id)? else { continue };
        let choices = app.claim_choices(&reporter)?;
        let (Some((statement, _)), Some((person, _))) = (choices.bulletins.first(), choices.people.first()) else {
            continue;
        };
        app.claim_bulletin_comment(
            &reporter,
            &NewClaim {
                statement: *statement,
                kind: "通报获主要负责同志批示".to_owned(),
                person: person.clone(),
                date: day(10 + i8::try_from(place).unwrap_or(0)).to_string(),
                words: "请信息办对照通报查找差距，12月份务必完成任务。".to_owned(),
                files: vec![NewFile {
                    name: "通报批示件.txt".to_owned(),
                    bytes: format!("（演示）{name}对通报的批示").into_bytes(),
                    ..NewFile::default()
                }],
            },
        )?;
        let id = app.bulletin_claims(&reporter)?.first().map(|claim| claim.id);
        match (place, id) {
            (1, Some(id)) => {
                app.confirm_claim(editor, id)?;
            }
            (2, Some(id)) => app.refuse_claim(editor, id, "照片中看不到签批日期，请重新拍照。")?,
            (_, _) => {}
        }
    }
    Ok(())
}

/// Scans of commented pages, made of the issues' own pages: two found their item (one of them entered), one with several items,
/// one that cannot be read. Without a Chinese face there is no page to scan, and the queue stays empty.
pub(super) fn scans(app: &App, chief: &Chief) -> Result<(), Problem> {
    let editor = Editor::of(chief).expect("a chief is an editor too");
    let reader = IssueReader::of(chief).expect("a chief reads every issue");
    let mut alone: Vec<IssueId> = Vec::new();
    let mut several: Option<IssueId> = None;
    for shelf in app.shelves(&editor)? {
        for issue in shelf.issues.iter().filter(|issue| issue.state == IssueState::Published) {
            if issue.titles.len() == 1 && alone.len() < 2 {
                alone.push(issue.id);
            } else if issue.titles.len() > 1 && several.is_none() {
                several = Some(issue.id);
            }
        }
    }
    let all = alone.iter().copied().chain(several).zip(["批示件1206.pdf", "批示件1207.pdf", "要情批示件.pdf"]);
    for (issue, name) in all {
        // No face, no page.
        let Ok(paper) = app.issue_paper(&reader, issue, PaperFormat::Pdf) else { return Ok(()) };
        app.take_scan(Some(&editor), ScanSource::Page, name, &paper.bytes)?;
    }
    app.take_scan(Some(&editor), ScanSource::Folder, "扫描0003.pdf", b"%PDF-1.4 cut off by the scanner")?;
    let queue = app.scan_queue(&editor)?;
    if let Some(page) = queue.attached.last() {
        let new = NewComment {
            items: page.candidates.first().map(|one| one.number.clone()).unwrap_or_default(),
            date: app.today().to_string(),
            leader: leader(0),
            words: "请有关部门阅研。".to_owned(),
            scan_page: Some(page.id),
            ..NewComment::default()
        };
        app.enter_comment(&editor, &new)?;
    }
    Ok(())
}
