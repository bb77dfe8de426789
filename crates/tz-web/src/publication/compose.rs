//! A draft being composed (编排): adopting into it, its form, saving it, its proof sheet.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect};
use tz_app::publication::{ComposeAct, IssueView, Place, PlaceWish, Signing, Trim};
use tz_app::{Chief, Editor, FieldFault, PaperFormat, Problem};
use tz_model::{IssueId, ItemId, PublicationId, Revision};

use super::trim::TrimPart;
use super::{credit_words, file, id_of, origin_words, worth};
use crate::desk::{Desk, Frame, Room};
use crate::forms::{Faults, Posted};
use crate::gate::By;
use crate::problem::{Answer, Oops};
use crate::words;

/// `POST /publication/adopt`: fields item, revision, publication.
pub(super) async fn adopt(desk: Desk, By(who): By<Editor>, posted: Posted) -> Answer {
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

/// An item of a piece.
struct SourceLine {
    item: i64,
    number: String,
    units: String,
    title: String,
    answer: bool,
    /// It can be taken out: it was merged into the leading one.
    merged: bool,
}

/// A place of a draft as the form shows it.
struct PlaceForm {
    item: i64,
    sources: Vec<SourceLine>,
    /// Where its paragraphs come from, one line each; of a single item's piece only where an editor wrote some.
    origins: Vec<(String, String)>,
    renew: Option<String>,
    order: String,
    column: String,
    /// The columns to choose from, and whether it is chosen; none: any may be typed.
    columns: Vec<(String, bool)>,
    title: String,
    body: String,
    rows: usize,
    byline: String,
    forms: Vec<(String, bool)>,
    seal: String,
    picked: bool,
    first: bool,
    last: bool,
    /// What another editor saved meanwhile, where it differs from what is typed here.
    theirs: Option<(String, String)>,
    faults: Faults,
}

/// The fields of a place, where its faults stand.
const PLACE_FIELDS: [&str; 6] = ["order", "column", "form", "title", "body", "byline"];

/// Review and signature, in words.
#[derive(Default)]
pub(super) struct SigningPart {
    pub(super) reviewed: Option<String>,
    pub(super) signed: Option<String>,
    pub(super) ended: Option<String>,
}

impl SigningPart {
    pub(super) fn of(signing: Signing) -> Self {
        let said = |what: &str, (by, at): (String, jiff::Timestamp)| format!("{by}于{}{what}", words::full_moment(at));
        Self {
            reviewed: signing.reviewed.map(|mark| said("审核", mark)),
            signed: signing.signed.map(|mark| said("签发", mark)),
            ended: signing.ended,
        }
    }
}

#[derive(Template)]
#[template(path = "publication/compose.html")]
pub(super) struct ComposePage {
    frame: Frame,
    id: String,
    name: String,
    worth: String,
    seal: String,
    places: Vec<PlaceForm>,
    trim: TrimPart,
    signing: SigningPart,
    credits: Vec<(String, String, String)>,
    may_publish: bool,
    /// How many faults there are, in words; they stand at their places.
    faulty: Option<String>,
    faults: Faults,
}

/// Rows of a text box that shows about all of a text.
fn rows(text: &str) -> usize {
    text.lines().map(|line| line.chars().count() / 44 + 1).sum::<usize>().clamp(3, 16)
}

/// The columns to choose from: those the publication keeps, the one that stands where it is none of them, and none.
fn columns(kept: &[String], stands: &str) -> Vec<(String, bool)> {
    if kept.is_empty() {
        return Vec::new();
    }
    let other = Some(stands.to_owned()).filter(|name| !kept.contains(name) && !name.is_empty());
    let none = std::iter::once(String::new());
    kept.iter().cloned().chain(other).chain(none).map(|name| (name.clone(), name == stands)).collect()
}

fn place_form(
    at: usize,
    last: usize,
    place: Place,
    view: (&[String], &[String]),
    typed: &Posted,
    found: &mut Vec<FieldFault>,
) -> PlaceForm {
    let (forms, kept) = view;
    let item = place.item.0;
    let sent = typed.all("item").any(|sent| sent == item.to_string());
    let field =
        |name: &str, stored: String| if sent { typed.one(&format!("{name}-{item}")).to_owned() } else { stored };
    let seal_sent = field("seal", place.seal.clone());
    let (title, body) = (field("title", place.title.clone()), field("body", place.body.clone()));
    let overtaken = sent && seal_sent != place.seal && (title != place.title || body != place.body);
    let form = field("form", place.form.clone());
    let column = field("column", place.column.clone());
    let (faults, others) = Faults::about(item, std::mem::take(found), &PLACE_FIELDS);
    *found = others;
    let merged = place.sources.len() > 1;
    PlaceForm {
        item,
        origins: origin_words(&place),
        renew: (!merged && place.newest != place.revision).then(|| format!("原稿已有第{}版", place.newest)),
        order: field("order", (at + 1).to_string()),
        columns: columns(kept, &column),
        column,
        rows: rows(&body),
        byline: field("byline", place.byline),
        forms: forms.iter().map(|known| (known.clone(), *known == form)).collect(),
        picked: typed.all("pick").any(|picked| picked == item.to_string()),
        sources: place
            .sources
            .into_iter()
            .map(|source| SourceLine {
                merged: source.item.0 != item,
                item: source.item.0,
                number: source.number,
                units: source.units,
                title: source.title,
                answer: source.answer,
            })
            .collect(),
        seal: place.seal,
        first: at == 0,
        last: at + 1 == last,
        theirs: overtaken.then_some((place.title, place.body)),
        title,
        body,
        faults,
    }
}

/// The page of a draft; `trim` is how it falls on its pages, or why that cannot be said.
pub(super) fn page(
    desk: &Desk,
    view: IssueView,
    trim: Result<Trim, String>,
    typed: &Posted,
    mut found: Vec<FieldFault>,
) -> ComposePage {
    let last = view.places.len();
    let faulty = (!found.is_empty()).then(|| format!("有{}处需要改正，已在下面标出，填好的内容都还在。", found.len()));
    let credits = credit_words(&view);
    let (forms, kept) = (view.forms, view.columns);
    let mut shown: Vec<(i64, String)> = Vec::new();
    let places: Vec<PlaceForm> = view
        .places
        .into_iter()
        .enumerate()
        .map(|(at, place)| {
            let form = place_form(at, last, place, (&forms, &kept), typed, &mut found);
            shown.push((form.item, form.title.clone()));
            form
        })
        .collect();
    ComposePage {
        frame: desk.frame(Room::Publication, &format!("编辑《{}》", view.title.name)),
        id: view.brief.id.to_string(),
        worth: worth(&view.title),
        name: view.title.name,
        seal: view.seal,
        trim: TrimPart::of(trim, &shown),
        places,
        signing: SigningPart::of(view.signing),
        credits,
        may_publish: desk.person().is_some_and(|person| Chief::of(person).is_some()),
        faulty,
        faults: Faults::of(found, &[]),
    }
}

/// What the form wishes for each place.
pub(super) fn wishes(posted: &Posted) -> Vec<PlaceWish> {
    let picked: Vec<&str> = posted.all("pick").collect();
    posted
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
                picked: picked.contains(&item.to_string().as_str()),
            }
        })
        .collect()
}

/// What the pressed button asks for.
enum Pressed {
    /// Saving, and something with one place or all.
    Act(ComposeAct),
    /// Saving, then on to the page where it is signed.
    Publish,
    /// Saving and review in one.
    Review,
}

fn pressed(word: &str) -> Pressed {
    let item = |id: &str| id.parse().ok().map(ItemId);
    let act = match word.split_once('-') {
        Some(("up", id)) => item(id).map(ComposeAct::Up),
        Some(("down", id)) => item(id).map(ComposeAct::Down),
        Some(("remove", id)) => item(id).map(ComposeAct::Remove),
        Some(("renew", id)) => item(id).map(ComposeAct::Renew),
        Some(("byline", id)) => item(id).map(ComposeAct::Byline),
        Some(("split", id)) => item(id).map(ComposeAct::Split),
        Some(_) | None => match word {
            "gather" => Some(ComposeAct::Gather),
            "merge" => Some(ComposeAct::Merge),
            _ => None,
        },
    };
    match (act, word) {
        (Some(act), _) => Pressed::Act(act),
        (None, "publish") => Pressed::Publish,
        (None, "review") => Pressed::Review,
        (None, _) => Pressed::Act(ComposeAct::Save),
    }
}

/// What was done, in words.
fn done(pressed: &Pressed) -> &'static str {
    match pressed {
        Pressed::Review => "已保存，审核已记下。",
        Pressed::Publish | Pressed::Act(ComposeAct::Save) => "已保存。",
        Pressed::Act(ComposeAct::Up(_) | ComposeAct::Down(_)) => "已保存，次序已调整。",
        Pressed::Act(ComposeAct::Remove(_)) => "已保存，该稿件已撤下，退回待处理。",
        Pressed::Act(ComposeAct::Renew(_)) => "已换用原稿的新版本。",
        Pressed::Act(ComposeAct::Byline(_)) => "已保存，署名已按稿件的单位重写。",
        Pressed::Act(ComposeAct::Gather) => "已保存，同一栏目的稿件已归到一起。",
        Pressed::Act(ComposeAct::Merge) => "已合并为一条综合稿，文字接在一起，请通读修改。每个单位在这一条里计一次分。",
        Pressed::Act(ComposeAct::Split(_)) => "已拆出，恢复为单独一条；综合稿里出自该稿的段落已去掉，请通读。",
    }
}

/// `POST /publication/{issue}/save`
pub(super) async fn save(desk: Desk, By(who): By<Editor>, Path(id): Path<String>, posted: Posted) -> Answer {
    let id: IssueId = id_of(&id)?;
    let (wished, pressed, opened) = (wishes(&posted), pressed(posted.one("act")), posted.one("opened").to_owned());
    let by = who.clone();
    let act = match &pressed {
        Pressed::Act(act) => *act,
        Pressed::Publish | Pressed::Review => ComposeAct::Save,
    };
    let reviewing = matches!(pressed, Pressed::Review);
    let saved = desk
        .run(move |app| {
            if reviewing { app.save_reviewed(&by, id, &wished, &opened) } else { app.save_issue(&by, id, &wished, act) }
        })
        .await;
    match saved {
        Ok(()) if matches!(pressed, Pressed::Publish) => {
            Ok(Redirect::to(&format!("/publication/{id}/publish")).into_response())
        }
        Ok(()) => desk.done(&format!("/publication/{id}"), done(&pressed)),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(faults) => {
                let typed = wishes(&posted);
                let (view, trim) =
                    desk.run(move |app| Ok((app.issue(&who, id)?, measured(app, &who, id, &typed)?))).await?;
                desk.show_faulty(&page(&desk, view, trim, &posted, faults))
            }
            other => Err(other.into()),
        },
    }
}

/// How a draft falls on its pages; where the machine cannot set it, the sentence that says why.
pub(super) fn measured(
    app: &tz_app::App,
    who: &Editor,
    id: IssueId,
    wishes: &[PlaceWish],
) -> Result<Result<Trim, String>, Problem> {
    match app.measure_issue(who, id, wishes) {
        Ok(trim) => Ok(Ok(trim)),
        Err(Problem::Refused(sentence)) => Ok(Err(sentence)),
        Err(other) => Err(other),
    }
}

/// `GET /publication/{issue}` of a draft.
pub(super) async fn show(desk: Desk, who: Editor, view: IssueView) -> Answer {
    let id = view.brief.id;
    let trim: Result<_, Oops> = desk.run(move |app| measured(app, &who, id, &[])).await;
    desk.show(&page(&desk, view, trim?, &Posted::default(), Vec::new()))
}

/// `GET /publication/{issue}/proof`
pub(super) async fn proof(desk: Desk, By(who): By<Editor>, Path(id): Path<String>) -> Answer {
    let id: IssueId = id_of(&id)?;
    Ok(file(desk.run(move |app| app.proof(&who, id, PaperFormat::Docx)).await?))
}

/// `GET /publication/{issue}/proof.pdf`
pub(super) async fn proof_pdf(desk: Desk, By(who): By<Editor>, Path(id): Path<String>) -> Answer {
    let id: IssueId = id_of(&id)?;
    Ok(file(desk.run(move |app| app.proof(&who, id, PaperFormat::Pdf)).await?))
}
