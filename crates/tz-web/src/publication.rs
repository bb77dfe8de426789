//! The room of publications (刊物): shelves, composing a draft, publishing, reading, withdrawing, settings.

use std::str::FromStr;

use askama::Template;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use tz_app::publication::{Choices, ComposeAct, IssueBrief, IssueState, IssueView, Paper, PlaceWish, PublicationWish};
use tz_app::{Chief, Editor, FieldFault, PaperFormat, Problem};
use tz_model::{IssueId, ItemId, Period, PublicationId, Revision};

use crate::desk::{Desk, Frame, Room};
use crate::forms::{Asked, Faults, Posted};
use crate::gate::By;
use crate::problem::Answer;
use crate::words;
use crate::{Allow, Routes};

/// Every route of the room of publications with who may use it.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/publication", Allow::Editors, list)
        .get("/publication/archive/{publication}", Allow::Editors, archive)
        .post("/publication/adopt", Allow::Editors, adopt)
        .get("/publication/titles", Allow::Chiefs, titles)
        .post("/publication/titles", Allow::Chiefs, add_title)
        .post("/publication/titles/{publication}", Allow::Chiefs, save_title)
        .get("/publication/{issue}", Allow::Editors, issue)
        .post("/publication/{issue}/save", Allow::Editors, save)
        .get("/publication/{issue}/proof", Allow::Editors, proof)
        .get("/publication/{issue}/proof.pdf", Allow::Editors, proof_pdf)
        .get("/publication/{issue}/download", Allow::Editors, download)
        .get("/publication/{issue}/download.pdf", Allow::Editors, download_pdf)
        .get("/publication/{issue}/publish", Allow::Chiefs, publish_page)
        .post("/publication/{issue}/publish", Allow::Chiefs, publish)
        .post("/publication/{issue}/withdraw", Allow::Chiefs, withdraw)
}

/// An identity out of an address; what is none is not there.
pub(crate) fn id_of<T: FromStr>(text: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::NotThere)
}

/// A sentence more where a fact belongs to a closed month (R14).
pub(crate) fn late_words(late: Option<Period>) -> String {
    late.map_or_else(String::new, |closed| {
        let open = if closed.is_month() { "月份" } else { "一期" };
        format!("{}已关账，其变化作为更正计入未关账的{open}，原计分表不变。", closed.chinese())
    })
}

/// A file to be saved.
pub(crate) fn file(paper: Paper) -> Response {
    let name = percent_encoding::utf8_percent_encode(&paper.name, percent_encoding::NON_ALPHANUMERIC);
    let disposition = format!("attachment; filename=\"issue.{}\"; filename*=UTF-8''{name}", paper.format.ending());
    (
        [(header::CONTENT_TYPE, paper.format.media_type().to_owned()), (header::CONTENT_DISPOSITION, disposition)],
        paper.bytes,
    )
        .into_response()
}

/// An issue as a line of a list.
struct IssueLine {
    href: String,
    label: String,
    running: String,
    date: String,
    titles: String,
    count: usize,
    state: &'static str,
    tag: &'static str,
    reason: String,
}

impl IssueLine {
    fn of(brief: IssueBrief) -> Self {
        let shown = brief.titles.iter().take(3).map(|title| format!("《{title}》")).collect::<Vec<_>>().join("");
        Self {
            href: format!("/publication/{}", brief.id),
            label: brief.label,
            running: brief.running.map(|number| format!("总第{number}期")).unwrap_or_default(),
            date: brief.date.map(words::day).unwrap_or_default(),
            count: brief.titles.len(),
            titles: shown,
            state: brief.state.name(),
            tag: match brief.state {
                IssueState::Draft => "act",
                IssueState::Published => "good",
                IssueState::Withdrawn => "official",
            },
            reason: brief.withdrawn_reason,
        }
    }
}

struct ShelfCard {
    name: String,
    worth: String,
    archive: String,
    draft: Option<IssueLine>,
    issues: Vec<IssueLine>,
}

#[derive(Template)]
#[template(path = "publication/list.html")]
struct ListPage {
    frame: Frame,
    shelves: Vec<ShelfCard>,
    may_set: bool,
}

/// What printing in a title is worth, in words.
fn worth(title: &tz_app::publication::Title) -> String {
    match (&title.points, title.kind.is_empty()) {
        (_, true) => "不计分".to_owned(),
        (Some(points), false) => format!("{}，每条{points}分", title.kind),
        (None, false) => format!("“{}”不在现行计分办法中，请在刊物设置中改正", title.kind),
    }
}

/// `GET /publication`
async fn list(desk: Desk, By(who): By<Editor>) -> Answer {
    let may_set = Chief::of(&who).is_some();
    let year = desk.server.app.this_month().year();
    let shelves = desk.run(move |app| app.shelves(&who)).await?;
    let shelves = shelves
        .into_iter()
        .map(|shelf| ShelfCard {
            worth: worth(&shelf.title),
            archive: format!("/publication/archive/{}?year={year}", shelf.title.id),
            name: shelf.title.name,
            draft: shelf.draft.map(IssueLine::of),
            issues: shelf.issues.into_iter().map(IssueLine::of).collect(),
        })
        .collect();
    desk.show(&ListPage { frame: desk.frame(Room::Publication, "刊物"), shelves, may_set })
}

#[derive(Template)]
#[template(path = "publication/archive.html")]
struct ArchivePage {
    frame: Frame,
    name: String,
    year: i16,
    before: String,
    after: String,
    issues: Vec<IssueLine>,
}

/// `GET /publication/archive/{publication}?year=2018`
async fn archive(desk: Desk, By(who): By<Editor>, Path(of): Path<String>, asked: Asked) -> Answer {
    let of: PublicationId = id_of(&of)?;
    let year =
        asked.number("year").and_then(|year| i16::try_from(year).ok()).filter(|year| (1900..=2999).contains(year));
    let year = year.unwrap_or(desk.server.app.this_month().year());
    let (title, issues) = desk.run(move |app| app.archive(&who, of, year)).await?;
    desk.show(&ArchivePage {
        frame: desk.frame(Room::Publication, &format!("《{}》{year}年", title.name)),
        name: title.name,
        year,
        before: format!("/publication/archive/{of}?year={}", year - 1),
        after: format!("/publication/archive/{of}?year={}", year + 1),
        issues: issues.into_iter().map(IssueLine::of).collect(),
    })
}

/// `POST /publication/adopt`: fields item, revision, publication.
async fn adopt(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
    let (Some(item), Some(revision)) = (posted.number("item"), posted.number("revision")) else {
        return Err(Problem::NotThere.into());
    };
    let Some(publication) = posted.number("publication") else {
        return Err(Problem::field("publication", "请选择要编入的刊物。").into());
    };
    let adopted =
        desk.run(move |app| app.adopt(&who, ItemId(item), Revision(revision), PublicationId(publication))).await?;
    let done = format!("已编入《{}》，排在第{}条。刊发后计分。", adopted.publication, adopted.place);
    desk.done(&format!("/publication/{}", adopted.issue), &done)
}

/// A place of a draft as the form shows it.
struct PlaceForm {
    item: i64,
    number: String,
    units: String,
    answer: bool,
    renew: Option<String>,
    order: String,
    column: String,
    title: String,
    body: String,
    rows: usize,
    byline: String,
    forms: Vec<(String, bool)>,
    seal: String,
    first: bool,
    last: bool,
    /// What another editor saved meanwhile, where it differs from what is typed here.
    theirs: Option<(String, String)>,
    faults: Faults,
}

/// The fields of a place, where its faults stand.
const PLACE_FIELDS: [&str; 6] = ["order", "column", "form", "title", "body", "byline"];

#[derive(Template)]
#[template(path = "publication/compose.html")]
struct ComposePage {
    frame: Frame,
    id: String,
    name: String,
    worth: String,
    places: Vec<PlaceForm>,
    credits: Vec<(String, String, String)>,
    may_publish: bool,
    /// How many faults there are, in words; they stand at their places.
    faulty: Option<String>,
    faults: Faults,
}

struct PaperItem {
    column: Option<String>,
    title: String,
    paragraphs: Vec<String>,
    byline: String,
    number: String,
    href: String,
    form: String,
}

#[derive(Template)]
#[template(path = "publication/issue.html")]
struct IssuePage {
    frame: Frame,
    id: String,
    label: String,
    name: String,
    number: String,
    running: String,
    office: String,
    date: String,
    short_news: bool,
    items: Vec<PaperItem>,
    receivers: Vec<(&'static str, String)>,
    copies: String,
    state: &'static str,
    tag: &'static str,
    withdrawn_reason: String,
    published: String,
    credits: Vec<(String, String, String)>,
    may_withdraw: bool,
    reason: String,
    faults: Faults,
}

#[derive(Template)]
#[template(path = "publication/publish.html")]
struct PublishPage {
    frame: Frame,
    id: String,
    name: String,
    date: String,
    reviewed_by: String,
    titles: Vec<(String, String, String)>,
    credits: Vec<(String, String, String)>,
    faults: Faults,
}

fn credit_words(view: &IssueView) -> Vec<(String, String, String)> {
    view.credits.iter().map(|(unit, points, why)| (unit.clone(), points.signed(), why.clone())).collect()
}

/// Rows of a text box that shows about all of a text.
fn rows(text: &str) -> usize {
    text.lines().map(|line| line.chars().count() / 44 + 1).sum::<usize>().clamp(3, 16)
}

fn compose_page(desk: &Desk, view: IssueView, typed: &Posted, mut found: Vec<FieldFault>) -> ComposePage {
    let last = view.places.len();
    let faulty = (!found.is_empty()).then(|| format!("有{}处需要改正，已在下面标出，填好的内容都还在。", found.len()));
    let credits = credit_words(&view);
    let forms = view.forms;
    let places = view
        .places
        .into_iter()
        .enumerate()
        .map(|(at, place)| {
            let item = place.item.0;
            let sent = typed.all("item").any(|sent| sent == item.to_string());
            let field = |name: &str, stored: String| {
                if sent { typed.one(&format!("{name}-{item}")).to_owned() } else { stored }
            };
            let seal_sent = field("seal", place.seal.clone());
            let (title, body) = (field("title", place.title.clone()), field("body", place.body.clone()));
            let overtaken = sent && seal_sent != place.seal && (title != place.title || body != place.body);
            let form = field("form", place.form);
            let (faults, others) = Faults::about(item, std::mem::take(&mut found), &PLACE_FIELDS);
            found = others;
            PlaceForm {
                item,
                number: place.number,
                units: place.units,
                answer: place.answer,
                renew: (place.newest != place.revision).then(|| format!("原稿已有第{}版", place.newest)),
                order: field("order", (at + 1).to_string()),
                column: field("column", place.column),
                theirs: overtaken.then_some((place.title, place.body)),
                title,
                rows: rows(&body),
                body,
                byline: field("byline", place.byline),
                forms: forms.iter().map(|known| (known.clone(), *known == form)).collect(),
                seal: place.seal,
                first: at == 0,
                last: at + 1 == last,
                faults,
            }
        })
        .collect();
    ComposePage {
        frame: desk.frame(Room::Publication, &format!("编辑《{}》", view.title.name)),
        id: view.brief.id.to_string(),
        worth: worth(&view.title),
        name: view.title.name,
        places,
        credits,
        may_publish: desk.person().is_some_and(|person| Chief::of(person).is_some()),
        faulty,
        faults: Faults::of(found, &[]),
    }
}

fn issue_page(desk: &Desk, view: IssueView, reason: &str, faults: Vec<FieldFault>) -> IssuePage {
    let credits = credit_words(&view);
    let line = IssueLine::of(view.brief.clone());
    let mut column = String::new();
    let items = view
        .places
        .into_iter()
        .map(|place| {
            let changed = place.column != column;
            column.clone_from(&place.column);
            PaperItem {
                column: Some(place.column).filter(|name| changed && !name.is_empty()),
                title: place.title,
                paragraphs: place
                    .body
                    .lines()
                    .map(|line| line.trim().to_owned())
                    .filter(|line| !line.is_empty())
                    .collect(),
                byline: place.byline,
                href: format!("/intake/{}", place.item),
                number: place.number,
                form: place.form,
            }
        })
        .collect();
    let receivers = [("报", view.report_to), ("送", view.send_to), ("发", view.distribute_to)]
        .into_iter()
        .filter(|(_, to)| !to.is_empty())
        .collect();
    IssuePage {
        frame: desk.frame(Room::Publication, &view.brief.label),
        id: view.brief.id.to_string(),
        number: view.brief.label.split_once('年').map_or("", |(_, number)| number).to_owned(),
        label: view.brief.label,
        name: view.title.name,
        running: line.running,
        office: view.editing_office,
        date: line.date,
        short_news: view.short_news,
        items,
        receivers,
        copies: if view.copies > 0 { format!("共印{}份", view.copies) } else { String::new() },
        state: line.state,
        tag: line.tag,
        withdrawn_reason: line.reason,
        published: view.published.map(|(by, at)| format!("{by}于{}签发", words::full_moment(at))).unwrap_or_default(),
        credits,
        may_withdraw: view.brief.state == IssueState::Published
            && desk.person().is_some_and(|person| Chief::of(person).is_some()),
        reason: reason.to_owned(),
        faults: Faults::of(faults, &["reason"]),
    }
}

/// `GET /publication/{issue}`: a draft to be composed, or a published issue to be read.
async fn issue(desk: Desk, By(who): By<Editor>, Path(id): Path<String>) -> Answer {
    let id: IssueId = id_of(&id)?;
    let view = desk.run(move |app| app.issue(&who, id)).await?;
    match view.brief.state {
        IssueState::Draft => desk.show(&compose_page(&desk, view, &Posted::default(), Vec::new())),
        IssueState::Published | IssueState::Withdrawn => desk.show(&issue_page(&desk, view, "", Vec::new())),
    }
}

/// What the pressed button asks for, and whether the chief wants to go on to publishing.
fn act(word: &str) -> (ComposeAct, bool) {
    let item = |id: &str| id.parse().ok().map(ItemId);
    let act = match word.split_once('-') {
        Some(("up", id)) => item(id).map(ComposeAct::Up),
        Some(("down", id)) => item(id).map(ComposeAct::Down),
        Some(("remove", id)) => item(id).map(ComposeAct::Remove),
        Some(("renew", id)) => item(id).map(ComposeAct::Renew),
        Some(_) | None => None,
    };
    (act.unwrap_or(ComposeAct::Save), word == "publish")
}

/// `POST /publication/{issue}/save`
async fn save(desk: Desk, By(who): By<Editor>, Path(id): Path<String>, posted: Posted) -> Answer {
    let id: IssueId = id_of(&id)?;
    let wishes: Vec<PlaceWish> = posted
        .all("item")
        .filter_map(|item| item.parse().ok())
        .map(|item: i64| {
            let field = |name: &str| posted.one(&format!("{name}-{item}")).to_owned();
            PlaceWish {
                item: ItemId(item),
                opened: field("seal"),
                order: field("order"),
                column: field("column"),
                title: field("title"),
                body: field("body"),
                byline: field("byline"),
                form: field("form"),
            }
        })
        .collect();
    let (act, on_to_publish) = act(posted.one("act"));
    let by = who.clone();
    match desk.run(move |app| app.save_issue(&by, id, &wishes, act)).await {
        Ok(()) if on_to_publish => Ok(Redirect::to(&format!("/publication/{id}/publish")).into_response()),
        Ok(()) => {
            let done = match act {
                ComposeAct::Save => "已保存。",
                ComposeAct::Up(_) | ComposeAct::Down(_) => "已保存，次序已调整。",
                ComposeAct::Remove(_) => "已保存，该稿件已撤下，退回待处理。",
                ComposeAct::Renew(_) => "已换用原稿的新版本。",
            };
            desk.done(&format!("/publication/{id}"), done)
        }
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(faults) => {
                let view = desk.run(move |app| app.issue(&who, id)).await?;
                desk.show_faulty(&compose_page(&desk, view, &posted, faults))
            }
            other => Err(other.into()),
        },
    }
}

/// `GET /publication/{issue}/proof`
async fn proof(desk: Desk, By(who): By<Editor>, Path(id): Path<String>) -> Answer {
    let id: IssueId = id_of(&id)?;
    Ok(file(desk.run(move |app| app.proof(&who, id, PaperFormat::Docx)).await?))
}

/// `GET /publication/{issue}/proof.pdf`
async fn proof_pdf(desk: Desk, By(who): By<Editor>, Path(id): Path<String>) -> Answer {
    let id: IssueId = id_of(&id)?;
    Ok(file(desk.run(move |app| app.proof(&who, id, PaperFormat::Pdf)).await?))
}

/// `GET /publication/{issue}/download`
async fn download(desk: Desk, By(who): By<Editor>, Path(id): Path<String>) -> Answer {
    let id: IssueId = id_of(&id)?;
    Ok(file(desk.run(move |app| app.issue_paper(&who, id, PaperFormat::Docx)).await?))
}

/// `GET /publication/{issue}/download.pdf`
async fn download_pdf(desk: Desk, By(who): By<Editor>, Path(id): Path<String>) -> Answer {
    let id: IssueId = id_of(&id)?;
    Ok(file(desk.run(move |app| app.issue_paper(&who, id, PaperFormat::Pdf)).await?))
}

fn editor(who: &Chief) -> Editor {
    Editor::of(who).expect("a chief is an editor who also publishes")
}

async fn publish_form(desk: &Desk, who: &Chief, id: IssueId, typed: Option<&Posted>) -> Result<PublishPage, Problem> {
    let by = editor(who);
    let view = match desk.run(move |app| app.issue(&by, id)).await {
        Ok(view) => view,
        Err(oops) => return Err(oops.into_problem().unwrap_or(Problem::NotThere)),
    };
    if view.brief.state != IssueState::Draft {
        return Err(Problem::Refused(format!("{}已经刊发或撤回，不能再次刊发。", view.brief.label)));
    }
    let credits = credit_words(&view);
    Ok(PublishPage {
        frame: desk.frame(Room::Publication, &format!("签发《{}》", view.title.name)),
        id: id.to_string(),
        name: view.title.name,
        date: typed.map_or_else(|| desk.server.app.today().to_string(), |typed| typed.one("date").to_owned()),
        reviewed_by: typed.map(|typed| typed.one("reviewed_by").to_owned()).unwrap_or_default(),
        titles: view.places.into_iter().map(|place| (place.title, place.byline, place.form)).collect(),
        credits,
        faults: Faults::default(),
    })
}

/// `GET /publication/{issue}/publish`: what will be printed and what it is worth, before signing.
async fn publish_page(desk: Desk, By(who): By<Chief>, Path(id): Path<String>) -> Answer {
    let page = publish_form(&desk, &who, id_of(&id)?, None).await?;
    desk.show(&page)
}

/// `POST /publication/{issue}/publish`
async fn publish(desk: Desk, By(who): By<Chief>, Path(id): Path<String>, posted: Posted) -> Answer {
    let id: IssueId = id_of(&id)?;
    let (date, reviewed_by, by) = (posted.trimmed("date"), posted.trimmed("reviewed_by"), who.clone());
    match desk.run(move |app| app.publish_issue(&by, id, &date, &reviewed_by)).await {
        Ok(published) => {
            let done = format!(
                "{}已刊发，记入采用{}条，已告知各单位。{}",
                published.label,
                published.facts,
                late_words(published.late)
            );
            desk.done(&format!("/publication/{id}"), &done)
        }
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(found) => {
                let faults = Faults::of(found, &["date", "reviewed_by"]);
                let page = publish_form(&desk, &who, id, Some(&posted)).await?;
                desk.show_faulty(&PublishPage { faults, ..page })
            }
            other => Err(other.into()),
        },
    }
}

/// `POST /publication/{issue}/withdraw`
async fn withdraw(desk: Desk, By(who): By<Chief>, Path(id): Path<String>, posted: Posted) -> Answer {
    let id: IssueId = id_of(&id)?;
    let (reason, by) = (posted.one("reason").to_owned(), who.clone());
    match desk.run(move |app| app.withdraw_issue(&by, id, &reason)).await {
        Ok(withdrawn) => {
            let done = format!(
                "{}已撤回，期号保留，撤销采用{}条。{}",
                withdrawn.label,
                withdrawn.facts,
                late_words(withdrawn.late)
            );
            desk.done(&format!("/publication/{id}"), &done)
        }
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(faults) => {
                let by = editor(&who);
                let view = desk.run(move |app| app.issue(&by, id)).await?;
                desk.show_faulty(&issue_page(&desk, view, posted.one("reason"), faults))
            }
            other => Err(other.into()),
        },
    }
}

/// A kind of adoption to choose: name, words, chosen.
struct KindChoice {
    heading: String,
    kinds: Vec<(String, String, bool)>,
}

struct TitleForm {
    /// Where it is posted.
    action: String,
    heading: String,
    wish: PublicationWish,
    choices: Vec<KindChoice>,
    /// The form's own faults.
    faults: Faults,
    open: bool,
}

#[derive(Template)]
#[template(path = "publication/titles.html")]
struct TitlesPage {
    frame: Frame,
    forms: Vec<TitleForm>,
}

/// The fields of a title's settings, where their faults stand.
const TITLE_FIELDS: [&str; 7] =
    ["name", "adoption_kind", "editing_office", "copies", "report_to", "send_to", "distribute_to"];

fn wish_of(posted: &Posted) -> PublicationWish {
    let field = |name: &str| posted.one(name).to_owned();
    PublicationWish {
        name: field("name"),
        adoption_kind: field("adoption_kind"),
        editing_office: field("editing_office"),
        report_to: field("report_to"),
        send_to: field("send_to"),
        distribute_to: field("distribute_to"),
        copies: field("copies"),
        short_news: posted.one("layout") == "short",
    }
}

fn title_form(
    id: Option<PublicationId>,
    wish: PublicationWish,
    choices: &[Choices],
    faults: Vec<FieldFault>,
) -> TitleForm {
    let choices = choices
        .iter()
        .map(|level| KindChoice {
            heading: level.heading.clone(),
            kinds: level
                .names
                .iter()
                .map(|(name, worth)| (name.clone(), words::priced(name, worth), *name == wish.adoption_kind))
                .collect(),
        })
        .collect();
    TitleForm {
        action: id.map_or_else(|| "/publication/titles".to_owned(), |id| format!("/publication/titles/{id}")),
        heading: if id.is_some() { format!("《{}》", wish.name) } else { "新增刊物".to_owned() },
        wish,
        choices,
        open: !faults.is_empty(),
        faults: Faults::of(faults, &TITLE_FIELDS),
    }
}

/// The settings of all titles; one of them as typed, with its faults.
async fn titles_page(
    desk: &Desk,
    who: Chief,
    typed: Option<(Option<PublicationId>, PublicationWish, Vec<FieldFault>)>,
) -> Result<TitlesPage, crate::problem::Oops> {
    let (known, choices) = desk
        .run(move |app| {
            let by = editor(&who);
            Ok((app.publication_settings(&who)?, app.adoption_choices(&by)?))
        })
        .await?;
    let office = known.first().map(|(_, wish)| wish.editing_office.clone()).unwrap_or_default();
    let fresh = PublicationWish { editing_office: office, copies: "0".to_owned(), ..PublicationWish::default() };
    let all = known.into_iter().map(|(id, wish)| (Some(id), wish)).chain([(None, fresh)]);
    let forms = all
        .map(|(id, wish)| match &typed {
            Some((at, typed, faults)) if *at == id => title_form(id, typed.clone(), &choices, faults.clone()),
            Some(_) | None => title_form(id, wish, &choices, Vec::new()),
        })
        .collect();
    Ok(TitlesPage { frame: desk.frame(Room::Publication, "刊物设置"), forms })
}

/// `GET /publication/titles`
async fn titles(desk: Desk, By(who): By<Chief>) -> Answer {
    let page = titles_page(&desk, who, None).await?;
    desk.show(&page)
}

/// `POST /publication/titles`
async fn add_title(desk: Desk, who: By<Chief>, posted: Posted) -> Answer {
    set_title(desk, who, None, posted).await
}

/// `POST /publication/titles/{publication}`
async fn save_title(desk: Desk, who: By<Chief>, Path(id): Path<String>, posted: Posted) -> Answer {
    let id = id_of(&id)?;
    set_title(desk, who, Some(id), posted).await
}

async fn set_title(desk: Desk, By(who): By<Chief>, id: Option<PublicationId>, posted: Posted) -> Answer {
    let (wish, by) = (wish_of(&posted), who.clone());
    let saved = desk
        .run(move |app| {
            app.save_publication(&by, id, &wish)?;
            app.publication_notices(&by, &wish)
        })
        .await;
    match saved {
        Ok(notices) => {
            let said = format!("刊物设置已保存，从下一次刊发起执行。{}", notices.concat());
            desk.done("/publication/titles", &said)
        }
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(faults) => {
                let page = titles_page(&desk, who, Some((id, wish_of(&posted), faults))).await?;
                desk.show_faulty(&page)
            }
            other => Err(other.into()),
        },
    }
}
