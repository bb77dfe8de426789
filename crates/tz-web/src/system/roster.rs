//! The lists of the directory as workbooks (表册): sent in, looked at with what they would change, taken in.

use askama::Template;
use tz_app::Administrator;
use tz_app::system::{Roster, RosterLine, RosterPreview, RosterTaken, SentRows};

use super::{Tab, tabs};
use crate::desk::{Desk, Frame, Room};
use crate::forms::Posted;
use crate::gate::By;
use crate::problem::Answer;
use crate::sheets;

/// Faults and changes shown on the page.
const SHOWN: usize = 200;
/// The field that carries the rows from the page that shows what they would change; `seal-` keeps it from being shown as typed.
const ROWS: &str = "seal-rows";
/// The field that says what was shown.
const SEEN: &str = "seal-seen";

/// What the pages say of a list.
struct Words {
    heading: &'static str,
    /// What one row is counted as: `5个单位`.
    counted: &'static str,
    list: &'static str,
    sheet: &'static str,
    action: &'static str,
    take: &'static str,
    /// What to know of its columns, a sentence each.
    rules: &'static [&'static str],
}

fn words(roster: Roster) -> Words {
    match roster {
        Roster::Units => Words {
            heading: "导入单位表",
            counted: "个单位",
            list: "/system",
            sheet: "/system/units/list.xlsx",
            action: "/system/units/import",
            take: "/system/units/import/take",
            rules: &[
                "新增的单位写在下面空行；主管单位可以是同一张表里的新单位。",
                "改名的，“单位”写新名称，“原名称”写现在的名称。",
                "新增和变更的每一行都要写“变更原因”。没有变化的行不用写，也不会改动。",
                "表里没有的单位保持原样；单位不能用导入删除，不再参加的请填“截止日期”。",
            ],
        },
        Roster::People => Words {
            heading: "导入人员名册",
            counted: "人次",
            list: "/system/people",
            sheet: "/system/people/list.xlsx",
            action: "/system/people/import",
            take: "/system/people/import/take",
            rules: &[
                "每行是一个人的一项职责。换了职责的，在原来那行填“离任日期”，另加一行写新职责和“任职日期”。",
                "离任的，在那一行填“离任日期”，从这一天起不再计入信息员人数，记录仍保留。",
                "电话、邮箱、任职日期可以直接在表里改。表里没有的人保持原样。",
            ],
        },
        Roster::Mailboxes => Words {
            heading: "导入登记邮箱",
            counted: "个邮箱",
            list: "/system/mailboxes",
            sheet: "/system/mailboxes/list.xlsx",
            action: "/system/mailboxes/import",
            take: "/system/mailboxes/import/take",
            rules: &[
                "一行一个邮箱；一个单位可以有几个，一个邮箱只能登记在一个单位名下。",
                "表里没有的邮箱保持原样。注销请在登记邮箱页办理，换单位的先注销再登记。",
            ],
        },
    }
}

/// One thing the list would add or change.
struct Change {
    what: String,
    /// Column, what stands there now, what would stand there.
    cells: Vec<(String, String, String)>,
}

impl Change {
    fn of(line: &RosterLine) -> Self {
        let filled = |text: &String| if text.is_empty() { "空白".to_owned() } else { text.clone() };
        let cells = line.cells.iter().map(|(column, old, new)| (column.clone(), filled(old), filled(new)));
        Self { what: line.what.clone(), cells: cells.collect() }
    }
}

/// What a list would do.
struct Looked {
    to_take: usize,
    counts: String,
    new: Vec<Change>,
    changed: Vec<Change>,
    /// How many more are not shown.
    more: usize,
    notes: Vec<String>,
    faults: Vec<String>,
    all_faults: usize,
    rows: String,
    seen: String,
}

impl Looked {
    fn of(preview: &RosterPreview, rows: &SentRows, counted: &str) -> Self {
        let shown = |lines: &[RosterLine]| lines.iter().take(SHOWN).map(Change::of).collect::<Vec<_>>();
        let (new, changed) = (preview.new.len(), preview.changed.len());
        Self {
            to_take: preview.to_take(),
            counts: format!("新增{new}{counted}，变更{changed}{counted}，没有变化的{}行", preview.same),
            new: shown(&preview.new),
            changed: shown(&preview.changed),
            more: new.saturating_sub(SHOWN) + changed.saturating_sub(SHOWN),
            notes: preview.notes.iter().take(SHOWN).cloned().collect(),
            faults: preview.faults.iter().take(SHOWN).map(ToString::to_string).collect(),
            all_faults: preview.faults.len(),
            rows: rows.to_text(),
            seen: preview.seal(),
        }
    }
}

#[derive(Template)]
#[template(path = "system/roster.html")]
struct RosterPage {
    frame: Frame,
    tabs: Vec<Tab>,
    words: Words,
    looked: Option<Looked>,
    /// What is wrong with the file as a whole, or why it must be looked at again.
    fault: Option<String>,
}

fn page(desk: &Desk, roster: Roster, looked: Option<Looked>, fault: Option<String>) -> RosterPage {
    let words = words(roster);
    RosterPage { frame: desk.frame(Room::System, words.heading), tabs: tabs(words.list), words, looked, fault }
}

async fn look(desk: Desk, who: Administrator, roster: Roster, posted: Posted) -> Answer {
    let bytes = posted.files().first().map(|file| file.bytes.clone()).unwrap_or_default();
    let read = desk
        .run(move |app| match SentRows::of_file(&bytes) {
            Ok(rows) => Ok(Ok((app.roster_preview(&who, roster, &rows)?, rows))),
            Err(sentence) => Ok(Err(sentence)),
        })
        .await?;
    match read {
        Err(sentence) => desk.show_faulty(&page(&desk, roster, None, Some(sentence))),
        Ok((preview, rows)) => {
            let looked = Looked::of(&preview, &rows, words(roster).counted);
            let page = page(&desk, roster, Some(looked), None);
            if preview.faults.is_empty() { desk.show(&page) } else { desk.show_faulty(&page) }
        }
    }
}

async fn take(desk: Desk, who: Administrator, roster: Roster, posted: Posted) -> Answer {
    let words = words(roster);
    let Some(rows) = SentRows::of_text(posted.one(ROWS)) else {
        let sentence = "没有收到要导入的内容。请重新选择文件，再试一次。".to_owned();
        return desk.show_faulty(&page(&desk, roster, None, Some(sentence)));
    };
    let (seen, sent) = (posted.one(SEEN).to_owned(), rows.clone());
    match desk.run(move |app| app.take_roster(&who, roster, &sent, &seen)).await? {
        RosterTaken::Done { new, changed, same } => {
            let counted = words.counted;
            let said = format!("已导入：新增{new}{counted}，变更{changed}{counted}，没有变化的{same}行。");
            desk.done(words.list, &said)
        }
        RosterTaken::LookAgain(preview) => {
            let looked = Looked::of(&preview, &rows, words.counted);
            let sentence = "您核对期间，登记情况有了变化，还没有导入。请按现在的情况再核对一次。".to_owned();
            desk.show_faulty(&page(&desk, roster, Some(looked), Some(sentence)))
        }
    }
}

async fn sheet(desk: Desk, who: Administrator, roster: Roster) -> Answer {
    Ok(sheets::file(desk.run(move |app| app.roster_sheet(&who, roster)).await?))
}

/// The four addresses of a list.
macro_rules! addresses {
    ($module:ident, $roster:expr, $of:literal) => {
        pub(super) mod $module {
            use super::{Administrator, Answer, By, Desk, Posted, Roster};

            #[doc = concat!("`GET ", $of, "/list.xlsx`")]
            pub(in crate::system) async fn sheet(desk: Desk, By(who): By<Administrator>) -> Answer {
                super::sheet(desk, who, $roster).await
            }

            #[doc = concat!("`GET ", $of, "/import`")]
            pub(in crate::system) async fn choose(desk: Desk, By(_): By<Administrator>) -> Answer {
                desk.show(&super::page(&desk, $roster, None, None))
            }

            #[doc = concat!("`POST ", $of, "/import`: a workbook or CSV in the field file; shows what it would change.")]
            pub(in crate::system) async fn look(desk: Desk, By(who): By<Administrator>, posted: Posted) -> Answer {
                super::look(desk, who, $roster, posted).await
            }

            #[doc = concat!("`POST ", $of, "/import/take`: the rows that were looked at.")]
            pub(in crate::system) async fn take(desk: Desk, By(who): By<Administrator>, posted: Posted) -> Answer {
                super::take(desk, who, $roster, posted).await
            }
        }
    };
}

addresses!(units, Roster::Units, "/system/units");
addresses!(people, Roster::People, "/system/people");
addresses!(mailboxes, Roster::Mailboxes, "/system/mailboxes");
