//! 涉密登记: the register of secret items that came by hand. Number, day, category and unit; never a title, never a text (N3.1).

use askama::Template;
use tz_app::intake::{NewSecret, Registered, WITHDRAWALS};
use tz_app::{Editor, FieldFault, Problem};
use tz_model::UnitId;

use crate::desk::{Desk, Frame, Room};
use crate::forms::{Asked, Faults, Posted};
use crate::gate::By;
use crate::problem::{Answer, Oops};
use crate::publication::late_words;
use crate::report::Choice;
use crate::{Allow, Routes, words};

/// Every route of the register.
pub(super) fn routes() -> Routes {
    Routes::default().get("/intake/secret", Allow::Editors, page).post("/intake/secret", Allow::Editors, register).post(
        "/intake/secret/withdraw",
        Allow::Editors,
        withdraw,
    )
}

/// A line of the register.
struct Line {
    key: String,
    number: String,
    date: String,
    category: String,
    unit: String,
    by: String,
    withdrawn: Option<String>,
    /// What is wrong with the reason chosen for taking it back.
    fault: Option<String>,
}

#[derive(Template)]
#[template(path = "intake/secret.html")]
struct SecretPage {
    frame: Frame,
    year: i16,
    before: i16,
    after: i16,
    counting: usize,
    lines: Vec<Line>,
    reasons: [&'static str; 4],
    number: String,
    date: String,
    categories: Vec<(String, bool)>,
    units: Vec<Choice>,
    faults: Faults,
}

fn line(registered: Registered) -> Line {
    Line {
        date: words::day(registered.date),
        key: registered.key,
        number: registered.number,
        category: registered.category,
        unit: registered.unit,
        by: registered.by,
        withdrawn: registered.withdrawn,
        fault: None,
    }
}

async fn show(
    desk: &Desk,
    who: Editor,
    year: Option<i64>,
    typed: &Posted,
    faults: Vec<FieldFault>,
) -> Result<SecretPage, Oops> {
    let year = year.and_then(|year| i16::try_from(year).ok()).filter(|year| (1900..=2999).contains(year));
    let year = year.unwrap_or(desk.server.app.this_month().year());
    let register = desk.run(move |app| app.secret_register(&who, year)).await?;
    let fresh = !typed.has("date");
    let chosen = (typed.trimmed("category"), typed.number("unit"));
    Ok(SecretPage {
        frame: desk.frame(Room::Intake, "涉密登记"),
        year,
        before: year - 1,
        after: year + 1,
        counting: register.lines.iter().filter(|line| line.withdrawn.is_none()).count(),
        lines: register.lines.into_iter().map(line).collect(),
        reasons: WITHDRAWALS,
        number: typed.one("number").to_owned(),
        date: if fresh { desk.server.app.today().to_string() } else { typed.one("date").to_owned() },
        categories: register
            .categories
            .into_iter()
            .map(|name| {
                let here = name == chosen.0;
                (name, here)
            })
            .collect(),
        units: register
            .units
            .into_iter()
            .map(|(unit, name)| Choice { id: unit.0, name, chosen: chosen.1 == Some(unit.0) })
            .collect(),
        faults: Faults::of(faults, &["number", "date", "category", "unit"]),
    })
}

/// `GET /intake/secret?year=2018`
async fn page(desk: Desk, By(who): By<Editor>, asked: Asked) -> Answer {
    let page = show(&desk, who, asked.number("year"), &Posted::default(), Vec::new()).await?;
    desk.show(&page)
}

/// `POST /intake/secret`: fields number, date, category, unit.
async fn register(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
    let new = NewSecret {
        number: posted.trimmed("number"),
        date: posted.trimmed("date"),
        category: posted.trimmed("category"),
        unit: posted.number("unit").map(UnitId),
    };
    let (by, year) = (who.clone(), tz_model::parse_date(&new.date).ok().map(|day| i64::from(day.year())));
    match desk.run(move |app| app.register_secret(&by, &new)).await {
        Ok(recorded) => {
            let to = year.map_or_else(|| "/intake/secret".to_owned(), |year| format!("/intake/secret?year={year}"));
            desk.done(&to, &format!("已登记，计入该单位报送篇数。{}", late_words(recorded.late)))
        }
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(found) => {
                let page = show(&desk, who, None, &posted, found).await?;
                desk.show_faulty(&page)
            }
            other => Err(other.into()),
        },
    }
}

/// `POST /intake/secret/withdraw`: fields key, reason, year.
async fn withdraw(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
    let (key, reason, by) = (posted.trimmed("key"), posted.trimmed("reason"), who.clone());
    let year = posted.number("year");
    match desk.run(move |app| app.withdraw_secret(&by, &key, &reason)).await {
        Ok(recorded) => {
            let to = year.map_or_else(|| "/intake/secret".to_owned(), |year| format!("/intake/secret?year={year}"));
            desk.done(&to, &format!("登记已撤销，不再计数。{}", late_words(recorded.late)))
        }
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(found) => {
                let mut page = show(&desk, who, year, &Posted::default(), Vec::new()).await?;
                match page.lines.iter_mut().find(|line| line.key == posted.one("key")) {
                    Some(line) => line.fault = found.into_iter().next().map(|fault| fault.sentence),
                    None => page.faults = Faults::of(found, &[]),
                }
                desk.show_faulty(&page)
            }
            other => Err(other.into()),
        },
    }
}
