//! 内部字样: for which wordings material is held for a person, what each kind of mark does, and a text tried against them.

use askama::Template;
use tz_app::Administrator;
use tz_app::system::Met;

use super::{Field, Tab, Typed, faults_of, tabs};
use crate::desk::{Desk, Frame, Room};
use crate::forms::Posted;
use crate::gate::By;
use crate::problem::{Answer, Oops};

const HERE: &str = "/system/wordings";

#[derive(Template)]
#[template(path = "system/wordings.html")]
struct WordingsPage {
    frame: Frame,
    tabs: Vec<Tab>,
    count: usize,
    usual: bool,
    wordings: Field,
    /// Every fault of the list on a line of its own.
    faults: Vec<String>,
    text: String,
    /// What came of trying a text: how the tag looks, its word, a sentence.
    tried: Option<(&'static str, &'static str, String)>,
}

async fn show(desk: &Desk, who: Administrator, typed: Option<Typed>) -> Result<WordingsPage, Oops> {
    let held = desk.run(move |app| app.wordings(&who)).await?;
    let faults: Vec<String> =
        typed.iter().flat_map(|typed| &typed.faults).map(|fault| fault.sentence.clone()).collect();
    Ok(WordingsPage {
        frame: desk.frame(Room::System, "内部字样"),
        tabs: tabs(HERE),
        count: held.lines.len(),
        usual: held.usual,
        wordings: typed.map_or_else(
            || Field { value: held.lines.join("\n"), fault: None },
            |typed| Field { value: typed.posted.one("wordings").to_owned(), fault: None },
        ),
        faults,
        text: String::new(),
        tried: None,
    })
}

/// `GET /system/wordings`
pub(super) async fn page(desk: Desk, By(who): By<Administrator>) -> Answer {
    let page = show(&desk, who, None).await?;
    desk.show(&page)
}

/// `POST /system/wordings`: field wordings, one a line.
pub(super) async fn change(desk: Desk, By(who): By<Administrator>, posted: Posted) -> Answer {
    let (by, text) = (who.clone(), posted.one("wordings").to_owned());
    match desk.run(move |app| app.save_wordings(&by, &text)).await {
        Ok(()) => desk.done(HERE, "已保存。从现在起的来信、网页报送和上传文件都按新的字样核对。"),
        Err(oops) => {
            let typed = Typed { faults: faults_of(oops)?, posted };
            let page = show(&desk, who, Some(typed)).await?;
            desk.show_faulty(&page)
        }
    }
}

/// `POST /system/wordings/try`: field text. Shown at once, kept nowhere.
pub(super) async fn attempt(desk: Desk, By(who): By<Administrator>, posted: Posted) -> Answer {
    let (by, text) = (who.clone(), posted.one("text").replace("\r\n", "\n"));
    let tried = text.clone();
    let met = desk.run(move |app| app.try_wordings(&by, &tried)).await?;
    let mut page = show(&desk, who, None).await?;
    page.tried = Some(match &met {
        Met::Nothing => ("good", "照常收稿", "没有密级标志，也没有内部字样。".to_owned()),
        Met::Held(found) => {
            ("warn", "待人核对", format!("见“{found}”字样：来信进入隔离邮件，网页报送照收并提示编辑核对。"))
        }
        Met::Refused => ("official", "拒收", "带有国家秘密的密级标志：拒收，内容不保存。".to_owned()),
    });
    // What carries a mark of secrecy is not sent back either.
    page.text = if met == Met::Refused { String::new() } else { text };
    desk.show(&page)
}
