//! Lists of what was adopted above (采用目录): taking one in, and saying what each line means.

use askama::Template;
use tz_app::forward::{LineWish, NewList, OpenLine};
use tz_app::{Editor, FieldFault, Problem};

use super::{ChoiceGroup, View, choice_groups, day_asked, views};
use crate::desk::{Desk, Frame, Room};
use crate::forms::{Faults, Posted};
use crate::gate::By;
use crate::problem::{Answer, Oops};
use crate::publication::late_words;
use crate::report::when;
use crate::words;

const FIELDS: [&str; 5] = ["file", "text", "kind", "date", "form"];

/// A line that waits, as the page shows it.
struct LineView {
    id: i64,
    title: String,
    said: String,
    about: String,
    sure: bool,
    known: String,
    /// Report, label, units, likeness in words, chosen.
    proposals: Vec<(i64, String, String, String, bool)>,
    /// Forms to choose from, one chosen.
    forms: Vec<(String, bool)>,
    items: String,
    again: bool,
    reason: String,
    discarding: bool,
    faults: Faults,
}

fn line(open: OpenLine, forms: &[String], typed: &Posted, found: &mut Vec<FieldFault>) -> LineView {
    let here = typed.number("line") == Some(open.id);
    let (faults, others) = Faults::about(open.id, std::mem::take(found), &["items", "form", "again", "reason"]);
    *found = others;
    let ticked = |forward: i64| typed.all("forward").any(|one| one == forward.to_string());
    let sure = open.sure && open.known.is_empty();
    let form = if here { typed.one("form").to_owned() } else { open.form.clone() };
    let day = open.date.map(words::day).unwrap_or_default();
    LineView {
        id: open.id,
        about: words::dotted(&[&open.kind, &day, &open.form]),
        title: open.title,
        said: open.said,
        sure,
        known: open.known,
        proposals: open
            .proposals
            .into_iter()
            .enumerate()
            .map(|(at, one)| {
                let chosen = if here { ticked(one.forward) } else { at == 0 && sure };
                (one.forward, one.label, one.units, format!("相似{}%", one.likeness / 10), chosen)
            })
            .collect(),
        forms: forms.iter().map(|name| (name.clone(), *name == form)).collect(),
        items: if here { typed.one("items").to_owned() } else { String::new() },
        again: here && typed.ticked("again"),
        reason: if here { typed.one("reason").to_owned() } else { String::new() },
        discarding: here && faults.has("reason"),
        faults,
    }
}

#[derive(Template)]
#[template(path = "forward/lists.html")]
struct ListsPage {
    frame: Frame,
    views: Vec<View>,
    matched: Vec<LineView>,
    unmatched: Vec<LineView>,
    sure: usize,
    choices: Vec<ChoiceGroup>,
    kind: String,
    forms: Vec<(String, bool)>,
    date: String,
    text: String,
    lists: Vec<(String, String)>,
    /// Identity, title, reason.
    discarded: Vec<(i64, String, String)>,
    faults: Faults,
}

async fn show(desk: &Desk, who: Editor, typed: &Posted, mut found: Vec<FieldFault>) -> Result<ListsPage, Oops> {
    let today = desk.server.app.today();
    let day = day_asked(typed, today);
    let ((matched, unmatched), (lists, discarded), choices, forms) = desk
        .run(move |app| {
            Ok((
                app.open_adopted_lines(&who)?,
                app.adopted_lists(&who)?,
                app.upward_choices(&who, day)?,
                app.form_choices(&who, day)?,
            ))
        })
        .await?;
    let matched: Vec<LineView> = matched.into_iter().map(|one| line(one, &forms, typed, &mut found)).collect();
    let unmatched = unmatched.into_iter().map(|one| line(one, &forms, typed, &mut found)).collect();
    Ok(ListsPage {
        frame: desk.frame(Room::Forward, "采用目录"),
        views: views(desk, "/forward/lists"),
        sure: matched.iter().filter(|line| line.sure).count(),
        matched,
        unmatched,
        choices: choice_groups(choices, typed.one("kind")),
        kind: typed.one("kind").to_owned(),
        forms: forms.into_iter().map(|form| (form.clone(), !typed.has("line") && form == typed.one("form"))).collect(),
        date: if typed.has("date") { typed.one("date").to_owned() } else { today.to_string() },
        text: typed.one("text").to_owned(),
        lists: lists
            .into_iter()
            .map(|list| {
                let known =
                    if list.known > 0 { format!("，其中{}条以前收过", list.known) } else { String::new() };
                (list.name, format!("{} · {}条{known}", when(list.taken_at), list.lines))
            })
            .collect(),
        discarded: discarded.into_iter().map(|line| (line.id, line.title, line.reason)).collect(),
        faults: Faults::of(found, &FIELDS),
    })
}

/// `GET /forward/lists`
pub(super) async fn page(desk: Desk, By(who): By<Editor>) -> Answer {
    let page = show(&desk, who, &Posted::default(), Vec::new()).await?;
    desk.show(&page)
}

async fn answer(desk: &Desk, who: Editor, posted: &Posted, done: Result<String, Oops>) -> Answer {
    match done {
        Ok(said) => desk.done("/forward/lists", &said),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(faults) => {
                let page = show(desk, who, posted, faults).await?;
                desk.show_faulty(&page)
            }
            other => Err(other.into()),
        },
    }
}

/// `POST /forward/lists`
pub(super) async fn take(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
    let file = posted.files().first();
    let new = NewList {
        name: file.map(|file| file.name.clone()).unwrap_or_default(),
        bytes: file.map(|file| file.bytes.to_vec()).unwrap_or_default(),
        text: posted.one("text").to_owned(),
        kind: posted.trimmed("kind"),
        date: posted.trimmed("date"),
        form: posted.trimmed("form"),
    };
    let by = who.clone();
    let done = desk.run(move |app| app.take_adopted_list(&by, &new)).await.map(|taken| {
        let mut said = match taken.new {
            0 => "没有新的条目。".to_owned(),
            new => format!("已收入{new}条，请逐条确认。"),
        };
        if taken.known > 0 {
            said.push_str(&format!("{}条以前收过，没有重复收入。", taken.known));
        }
        if !taken.without.is_empty() {
            let rows: Vec<String> = taken.without.iter().take(10).map(ToString::to_string).collect();
            said.push_str(&format!("第{}行没有标题，没有收入。", rows.join("、")));
        }
        said
    });
    answer(&desk, who, &posted, done).await
}

/// `POST /forward/lists/confirm`
pub(super) async fn confirm(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
    let wish = LineWish {
        line: posted.number("line").unwrap_or(0),
        forwards: posted.all("forward").filter_map(|one| one.parse().ok()).collect(),
        items: posted.one("items").to_owned(),
        form: posted.trimmed("form"),
        again: posted.ticked("again"),
    };
    let by = who.clone();
    let done = desk
        .run(move |app| app.confirm_adopted_line(&by, &wish))
        .await
        .map(|confirmed| format!("已登记，计入{}。{}", confirmed.units, late_words(confirmed.late)));
    answer(&desk, who, &posted, done).await
}

/// `POST /forward/lists/sure`
pub(super) async fn confirm_sure(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
    let by = who.clone();
    let done = desk.run(move |app| app.confirm_sure_lines(&by)).await.map(|count| format!("已登记{count}条。"));
    answer(&desk, who, &posted, done).await
}

/// `POST /forward/lists/discard`
pub(super) async fn discard(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
    let (by, line, reason) = (who.clone(), posted.number("line").unwrap_or(0), posted.trimmed("reason"));
    let done = desk.run(move |app| app.discard_adopted_line(&by, line, &reason)).await;
    answer(&desk, who, &posted, done.map(|title| format!("已弃置《{title}》，可在右边恢复。"))).await
}

/// `POST /forward/lists/restore`
pub(super) async fn restore(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
    let (by, line) = (who.clone(), posted.number("line").unwrap_or(0));
    let done = desk.run(move |app| app.restore_adopted_line(&by, line)).await;
    answer(&desk, who, &posted, done.map(|title| format!("已恢复《{title}》。"))).await
}
