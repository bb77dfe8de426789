//! 工作台: what waits for a person, what is due, the month at a glance. One page for each kind of work.

use askama::Template;
use jiff::Timestamp;
use tz_app::assessment::{Foresight, Objection, ObjectionState, Sent, Warning};
use tz_app::comment::{FollowView, News};
use tz_app::dashboard::{AdministratorDesk, EditorDesk, Owed, ReporterDesk};
use tz_app::solicitation::OpenTopic;
use tz_app::{Administrator, Editor, IssueReader, Leader, Person, Problem, Registrar, Reporter, Role};
use tz_model::Quota;

use crate::assessment::objections::{ObjectionLine, line as objection_line};
use crate::assessment::papers::{SentLine, line as sent_line};
use crate::comment::{FollowLine, follow_line};
use crate::desk::{Desk, Frame, Room};
use crate::forms::Posted;
use crate::gate::By;
use crate::problem::{Answer, Oops};
use crate::publication::reading::ReadingLine;
use crate::refusals::refusals_in_words;
use crate::report::{TopicShown, unanswered};
use crate::{Allow, Routes, words};

/// Every route of the room.
pub(crate) fn routes() -> Routes {
    Routes::default().get("/", Allow::SignedIn, page).post("/assessment/warning", Allow::Reporters, noted)
}

/// What is told to the people responsible (told.html): refused secrets until noted, requests about mailboxes until decided.
#[derive(Default)]
struct Told {
    /// The refusals shown, as the form sends them back.
    secrets: Vec<String>,
    /// `2封来信、1次网页报送`
    what: String,
    newest: String,
    note_to: &'static str,
    requests: i64,
    requests_at: &'static str,
}

async fn told(desk: &Desk, who: &Person) -> Result<Told, Oops> {
    let Some(registrar) = Registrar::of(who) else { return Ok(Told::default()) };
    let secrets = desk.run(move |app| app.secrets_to_note(&registrar)).await?;
    let administrator = who.role == Role::Administrator;
    Ok(Told {
        newest: secrets.first().map(|(_, at)| words::full_moment(*at)).unwrap_or_default(),
        what: refusals_in_words(secrets.iter().map(|(key, _)| *key)),
        secrets: secrets.into_iter().map(|(key, _)| key.to_string()).collect(),
        note_to: if administrator { "/system/incidents" } else { "/intake/incidents" },
        requests: desk.signed.as_ref().map_or(0, |signed| signed.waiting.mailbox_requests),
        requests_at: if administrator { "/system/mailbox-requests" } else { "/network/mailbox-requests" },
    })
}

/// An item in a list, ready to be shown.
struct ItemLine {
    href: String,
    title: String,
    about: String,
    worry: bool,
    state: &'static str,
    tag: &'static str,
}

#[derive(Template)]
#[template(path = "dashboard/reporter.html")]
struct ReporterPage {
    frame: Frame,
    unit: String,
    class: String,
    month: String,
    days_left: String,
    quota: Option<QuotaPart>,
    items: Vec<ItemLine>,
    owed: Vec<OwedLine>,
    adopted: usize,
    commented: usize,
    follow: Vec<FollowLine>,
    /// Address, title, what, day.
    news: Vec<(String, String, String, String)>,
    /// Papers of closes that nobody of the unit has opened.
    papers: Vec<SentLine>,
    /// Answers to the unit's objections that nobody has seen.
    answers: Vec<ObjectionLine>,
    /// That it is on the way to its second period among the last: the month, the words.
    warning: Option<(String, String)>,
    /// Where it stands and would stand.
    foresight: Vec<String>,
    /// Topics of reporting points that it has not reported on.
    topics: Vec<TopicShown>,
}

/// The quota meter.
struct QuotaPart {
    sentence: String,
    lines: Vec<QuotaLine>,
}

struct QuotaLine {
    name: String,
    received: u32,
    required: u32,
    /// How far the bar is filled; never beyond `required`.
    filled: u32,
    met: bool,
}

struct OwedLine {
    href: String,
    topic: String,
    deadline: String,
    left: String,
    tag: &'static str,
}

#[derive(Template)]
#[template(path = "dashboard/editor.html")]
struct EditorPage {
    frame: Frame,
    month: String,
    summary: String,
    waiting: i64,
    oldest: String,
    editing: i64,
    held: i64,
    adopted: i64,
    quarantined: i64,
    drafts: Vec<(String, String)>,
    due: Vec<DueLine>,
    items: Vec<ItemLine>,
    close: Option<ClosePart>,
    follow: Vec<FollowLine>,
    objections: Vec<ObjectionLine>,
    told: Told,
}

#[derive(Template)]
#[template(path = "dashboard/leader.html")]
struct LeaderPage {
    frame: Frame,
    /// Issues not read yet.
    unread: i64,
    issues: Vec<ReadingLine>,
    /// The latest bulletins.
    papers: Vec<SentLine>,
}

/// Issues a leader finds on the first page.
const NEWEST: usize = 8;
/// Bulletins a leader finds there, and papers a unit has not opened.
const PAPERS: usize = 3;
/// Objections an editor finds there.
const OBJECTIONS: usize = 5;

struct DueLine {
    href: String,
    topic: String,
    deadline: String,
    answered: usize,
    asked: usize,
}

/// The close of months, for the chief.
struct ClosePart {
    last: String,
    overdue: Option<String>,
}

#[derive(Template)]
#[template(path = "dashboard/administrator.html")]
struct AdministratorPage {
    frame: Frame,
    accounts: String,
    units: usize,
    without_account: usize,
    waiting: Vec<String>,
    short: Vec<(String, String)>,
    without_mailbox: Vec<(String, String)>,
    told: Told,
}

/// An item's state as the office says it, and the class of its tag. A unit is not told of what is only planned.
pub(crate) fn state_words(state: &str, for_unit: bool) -> (&'static str, &'static str) {
    match state {
        "received" if for_unit => ("已收到", ""),
        "received" => ("待处理", "act"),
        "editing" => ("编辑中", "act"),
        "adopted" if for_unit => ("编辑中", "act"),
        "adopted" => ("待刊", "good"),
        "returned" => ("已退回", "warn"),
        "declined" => ("未采用", ""),
        "held" => ("留存备用", ""),
        "published" => ("已采用", "good"),
        "withdrawn" => ("已撤回", ""),
        _ => ("", ""),
    }
}

/// How long ago, in the largest two units that matter: `1小时42分`, `3天`.
pub(crate) fn age(from: Timestamp, now: Timestamp) -> String {
    let minutes = now.duration_since(from).as_mins().max(0);
    match minutes {
        0..60 => format!("{minutes}分"),
        60..1440 => format!("{}小时{}分", minutes / 60, minutes % 60),
        _ => format!("{}天", minutes / 1440),
    }
}

fn quota_part(quota: &Quota) -> QuotaPart {
    let total = (String::from("合计"), quota.received, quota.required);
    let categories = quota.categories.iter().map(|one| (one.category.to_string(), one.received, one.required));
    let sentence = if quota.short > 0 {
        format!("还差{}篇。总数和各类最低篇数都达到才算完成。", quota.short)
    } else if quota.over > 0 {
        format!("已完成，多报{}篇。", quota.over)
    } else {
        "已完成。".to_owned()
    };
    let line = |(name, received, required): (String, u32, u32)| QuotaLine {
        name,
        received,
        required,
        filled: received.min(required),
        met: received >= required,
    };
    QuotaPart { sentence, lines: std::iter::once(total).chain(categories).map(line).collect() }
}

fn solicitation_href(solicitation: Option<i64>) -> String {
    solicitation.map_or_else(|| "/solicitation".to_owned(), |id| format!("/solicitation/{id}"))
}

fn owed_line(owed: Owed) -> OwedLine {
    let (left, tag) = match owed.days_left {
        late if late < 0 => (format!("已逾期{}天", -late), "official"),
        0 => ("今天截止".to_owned(), "official"),
        days @ 1..=2 => (format!("还剩{days}天"), "warn"),
        days => (format!("还剩{days}天"), ""),
    };
    OwedLine {
        href: solicitation_href(owed.solicitation),
        topic: owed.topic,
        deadline: words::day(owed.deadline),
        left,
        tag,
    }
}

fn reporter_page(
    frame: Frame,
    desk: ReporterDesk,
    follow: &[FollowView],
    news: Vec<News>,
    (papers, objections): (&[Sent], &[Objection]),
    (warning, foresight): (Option<Warning>, Option<&Foresight>),
    topics: &[OpenTopic],
) -> ReporterPage {
    let items = desk.items.into_iter().map(|item| {
        let (state, tag) = state_words(&item.state, true);
        let received = Timestamp::from_microsecond(item.received_at).map(words::moment).unwrap_or_default();
        ItemLine {
            href: format!("/report/{}", item.id),
            about: words::dotted(&[
                &item.number,
                &item.category,
                &format!("{}字", item.words),
                &format!("{received} {}", item.channel),
            ]),
            title: item.title,
            worry: item.worry,
            state,
            tag,
        }
    });
    ReporterPage {
        frame,
        unit: desk.unit,
        class: desk.class,
        month: desk.period.chinese(),
        days_left: match (desk.days_left, if desk.period.is_month() { "本月" } else { "本期" }) {
            (0, this) => format!("今天是{this}最后一天"),
            (..0, this) => format!("{this}已经截止"),
            (days, this) => format!("{this}还剩{days}天"),
        },
        quota: desk.quota.as_ref().map(quota_part),
        items: items.collect(),
        owed: desk.owed.into_iter().map(owed_line).collect(),
        adopted: desk.used.0,
        commented: desk.used.1,
        follow: follow.iter().map(follow_line).collect(),
        answers: objections
            .iter()
            .filter(|one| one.answered_at.is_some() && !one.seen)
            .take(PAPERS)
            .map(objection_line)
            .collect(),
        warning: warning.map(|warning| (warning.month, warning.words)),
        foresight: foresight.map(foresight_words).unwrap_or_default(),
        topics: unanswered(topics),
        papers: papers.iter().filter(|sent| sent.opened_at.is_none()).take(PAPERS).map(sent_line).collect(),
        news: news
            .into_iter()
            .map(|one| {
                let href = one.item.map_or_else(|| "/assessment".to_owned(), |item| format!("/report/{item}"));
                (href, one.title, one.what, one.date.map(words::day).unwrap_or_default())
            })
            .collect(),
    }
}

/// Where a unit stands, and where it would stand once every item asked for has come: a sentence each.
fn foresight_words(ahead: &Foresight) -> Vec<String> {
    let place =
        |rank: Option<u32>| rank.map(|rank| format!("，列第{rank}名（共{}个单位）", ahead.size)).unwrap_or_default();
    let mut all = vec![format!("到目前{}分{}。", ahead.now.points, place(ahead.now.rank))];
    if let Some(filled) = &ahead.filled {
        all.push(format!("补齐报送任务，预计{}分{}。", filled.points, place(filled.rank)));
    }
    all
}

fn editor_page(
    frame: Frame,
    desk: EditorDesk,
    follow: &[FollowView],
    objections: &[Objection],
    told: Told,
) -> EditorPage {
    let (reports, adoptions, comments) = desk.month_counts;
    let items = desk.items.into_iter().map(|(item, units)| {
        let (state, tag) = state_words(&item.state, false);
        let received = Timestamp::from_microsecond(item.received_at).map(words::moment).unwrap_or_default();
        ItemLine {
            href: format!("/intake/{}", item.id),
            about: words::dotted(&[
                &units,
                &item.category,
                &format!("{}字", item.words),
                &format!("{} {received}", item.channel),
            ]),
            title: item.title,
            worry: item.worry,
            state,
            tag,
        }
    });
    EditorPage {
        frame,
        told,
        follow: follow.iter().map(follow_line).collect(),
        objections: objections
            .iter()
            .filter(|one| one.state == ObjectionState::Asked)
            .rev()
            .take(OBJECTIONS)
            .map(objection_line)
            .collect(),
        month: desk.month.chinese(),
        summary: format!("收稿{reports}件，采用{adoptions}次，批示{comments}次"),
        waiting: desk.items_in.received,
        oldest: desk.oldest.map(|oldest| age(oldest, desk.now)).unwrap_or_default(),
        editing: desk.items_in.editing,
        held: desk.items_in.held,
        adopted: desk.items_in.adopted,
        quarantined: desk.quarantined,
        drafts: desk.drafts.into_iter().map(|(id, name)| (format!("/publication/{id}"), name)).collect(),
        due: desk
            .due
            .into_iter()
            .map(|due| DueLine {
                href: solicitation_href(due.solicitation),
                topic: due.topic,
                deadline: words::day(due.deadline),
                answered: due.answered,
                asked: due.asked,
            })
            .collect(),
        items: items.collect(),
        close: desk.close.map(|close| ClosePart {
            last: match close.last {
                Some((closed, number, at)) => {
                    format!("{}已关账，计分表第{number}号，{}。", closed.chinese(), words::full_moment(at))
                }
                None => "还没有关过账。".to_owned(),
            },
            overdue: close.overdue.map(|open| format!("{}已结束，尚未关账", open.chinese())),
        }),
    }
}

fn administrator_page(frame: Frame, desk: AdministratorDesk, told: Told) -> AdministratorPage {
    let counts: Vec<String> = desk.accounts.iter().map(|(role, count)| format!("{}{count}个", role.name())).collect();
    let mut waiting = Vec::new();
    if !desk.locked.is_empty() {
        waiting.push(format!("因多次输错密码暂停登录：{}", desk.locked.join("、")));
    }
    if !desk.unused.is_empty() {
        waiting.push(format!("还没有用一次性链接启用：{}", desk.unused.join("、")));
    }
    let href = |unit: i64| format!("/system/units/{unit}");
    AdministratorPage {
        frame,
        told,
        accounts: format!("账号：{}，已停用{}个", counts.join("、"), desk.disabled),
        units: desk.units,
        without_account: desk.without_account.len(),
        waiting,
        short: desk
            .short
            .iter()
            .map(|state| {
                (href(state.unit.unit_id), format!("{}（{}/{}）", state.unit.name, state.officers, state.needed))
            })
            .collect(),
        without_mailbox: desk
            .without_mailbox
            .into_iter()
            .map(|state| (href(state.unit.unit_id), state.unit.name))
            .collect(),
    }
}

/// `GET /`
async fn page(desk: Desk, By(who): By<Person>) -> Answer {
    let frame = desk.frame(Room::Dashboard, "工作台");
    let told = told(&desk, &who).await?;
    if let Some(who) = Reporter::of(&who) {
        let reader = IssueReader::of(&who).expect("a reporter reads issues");
        let (found, follow, news, papers, ahead, topics) = desk
            .run(move |app| {
                let papers = (app.papers_sent(&reader)?, app.objections(&who)?);
                let ahead = (app.open_warning(&who)?, app.foresight(&who)?);
                let (found, follow) = (app.reporter_desk(&who)?, app.due_follow_ups(&who)?);
                Ok((found, follow, app.unit_news(&who)?, papers, ahead, app.my_topics(&who)?))
            })
            .await?;
        let papers = (papers.0.as_slice(), papers.1.as_slice());
        let ahead = (ahead.0, ahead.1.as_ref());
        return desk.show(&reporter_page(frame, found, &follow, news, papers, ahead, &topics));
    }
    if let Some(who) = Editor::of(&who) {
        let (found, follow, objections) =
            desk.run(move |app| Ok((app.editor_desk(&who)?, app.due_follow_ups(&who)?, app.objections(&who)?))).await?;
        return desk.show(&editor_page(frame, found, &follow, &objections, told));
    }
    if let Some(who) = Leader::of(&who) {
        let reader = IssueReader::of(&who).expect("a leader reads issues");
        let unread = desk.signed.as_ref().map_or(0, |signed| signed.waiting.issues);
        let (issues, papers) =
            desk.run(move |app| Ok((app.issues_to_read(&reader, None)?, app.papers_sent(&reader)?))).await?;
        let issues = issues.into_iter().take(NEWEST).map(ReadingLine::of).collect();
        let papers = papers.iter().filter(|sent| !sent.superseded).take(PAPERS).map(sent_line).collect();
        return desk.show(&LeaderPage { frame, unread, issues, papers });
    }
    let who = Administrator::of(&who).ok_or(Problem::NotThere)?;
    let found = desk.run(move |app| app.administrator_desk(&who)).await?;
    desk.show(&administrator_page(frame, found, told))
}

/// `POST /assessment/warning`: somebody of the unit has seen the warning (知道了).
async fn noted(desk: Desk, By(who): By<Reporter>, posted: Posted) -> Answer {
    let month = posted.month();
    desk.run(move |app| app.note_warning(&who, &month)).await?;
    desk.done("/", "已知悉。")
}
