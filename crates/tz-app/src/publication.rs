//! Publications (刊物): what an issue holds, what it printed, and what printing is worth (F1).
//!
//! `adopt.rs` takes items into a draft, `compose.rs` arranges it by the rules of `pieces.rs`, `trim.rs` looks how it falls on its pages,
//! `origin.rs` what its paragraphs were made of; `signing.rs` reviews and signs, `press.rs` publishes and withdraws, `paper.rs`
//! makes the files. `reading.rs` is for those who read issues, `archive.rs` for past ones; `titles.rs` keeps the publications
//! themselves. Only publishing counts: until then no fact is in the ledger.

pub(crate) mod adopt;
mod archive;
pub(crate) mod compose;
pub(crate) mod kept;
mod origin;
mod paper;
mod pieces;
pub(crate) mod press;
pub(crate) mod reading;
mod signing;
mod titles;
mod trim;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use tz_model::{IssueId, ItemId, Points, PublicationId, Revision, Table, parse_date};
use tz_scheme::Scheme;
use tz_store::Tx;
use tz_store::directory::UnitNames;
use tz_store::item::{ItemRow, Sight};
use tz_store::publication::{IssueItemRow, IssueRow, PublicationRow};

use crate::{App, Editor, Problem, scheme_on};

pub use adopt::Adopted;
pub use archive::{ArchiveWish, Found, FoundIssues, Hit, YearFailure};
pub use compose::{ComposeAct, PlaceWish};
pub use origin::{ParagraphOrigin, PieceCompared};
pub use paper::Paper;
pub use press::{PublishWish, Published, Withdrawn};
pub use reading::{Beside, PieceComment, ReadPiece, Reader, Readers, Reading, ToRead};
pub use signing::Signing;
pub use titles::{Choices, PublicationWish, UnitReaders};
pub use trim::{PieceTrim, Preview, Trim};

/// How an item may stand in an issue (形式).
pub const FORMS: [&str; 3] = ["独编", "综合", "一句话"];

/// The kind of adoption an answer to a solicitation gets besides (R7).
pub(crate) const ANSWER_ADOPTED: &str = "约稿采用";

pub(crate) const DRAFT: &str = "draft";
pub(crate) const PUBLISHED: &str = "published";
pub(crate) const WITHDRAWN: &str = "withdrawn";

/// Where an issue stands (状态).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IssueState {
    /// 编辑中
    Draft,
    /// 已刊发
    Published,
    /// 已撤回: it keeps its number and counts for nothing.
    Withdrawn,
}

impl IssueState {
    fn of(row: &IssueRow) -> Self {
        match row.state.as_str() {
            PUBLISHED => Self::Published,
            WITHDRAWN => Self::Withdrawn,
            _ => Self::Draft,
        }
    }

    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "编辑中",
            Self::Published => "已刊发",
            Self::Withdrawn => "已撤回",
        }
    }
}

/// A publication (刊物) with what printing in it is worth.
#[derive(Clone, Debug)]
pub struct Title {
    /// Its identity.
    pub id: PublicationId,
    /// 刊名, without 《》.
    pub name: String,
    /// The kind of adoption; empty where printing earns nothing.
    pub kind: String,
    /// Points (分) of that kind by the scheme in force; nothing where it earns none or the scheme does not know it.
    pub points: Option<Points>,
}

/// An issue in a list.
#[derive(Clone, Debug)]
pub struct IssueBrief {
    /// Its identity.
    pub id: IssueId,
    /// The publication.
    pub publication: PublicationId,
    /// Its state.
    pub state: IssueState,
    /// `《每日要情》2018年第47期`, or the title alone while it is prepared.
    pub label: String,
    /// 总第N期
    pub running: Option<i64>,
    /// The day of publication.
    pub date: Option<Date>,
    /// What it prints, in order.
    pub titles: Vec<String>,
    /// Why it was withdrawn; empty otherwise.
    pub withdrawn_reason: String,
}

/// A publication with its draft and its newest issues.
#[derive(Clone, Debug)]
pub struct Shelf {
    /// The publication.
    pub title: Title,
    /// What is being prepared.
    pub draft: Option<IssueBrief>,
    /// Past issues, newest first.
    pub issues: Vec<IssueBrief>,
}

/// An item that a piece was made of.
#[derive(Clone, Debug)]
pub struct Source {
    /// The item.
    pub item: ItemId,
    /// Its number.
    pub number: String,
    /// Its units, joined by `、`.
    pub units: String,
    /// Its own title.
    pub title: String,
    /// It answers a solicitation.
    pub answer: bool,
}

/// A piece's place in an issue: one item, or several merged into one (综合稿).
#[derive(Clone, Debug)]
pub struct Place {
    /// The item that leads the piece.
    pub item: ItemId,
    /// Its number.
    pub number: String,
    /// Its units, joined by `、`.
    pub units: String,
    /// The version it was taken from.
    pub revision: Revision,
    /// The item's newest version.
    pub newest: Revision,
    /// 栏目
    pub column: String,
    /// The title as printed.
    pub title: String,
    /// The text as printed; paragraphs parted by line ends.
    pub body: String,
    /// 署名
    pub byline: String,
    /// 形式
    pub form: String,
    /// It answers a solicitation.
    pub answer: bool,
    /// The items it was made of, the leading one first.
    pub sources: Vec<Source>,
    /// What each of its paragraphs was made of.
    pub origins: Vec<ParagraphOrigin>,
    /// Names this state of the place, to see whether somebody else changed it meanwhile.
    pub seal: String,
}

/// An issue whole.
#[derive(Clone, Debug)]
pub struct IssueView {
    /// As in lists.
    pub brief: IssueBrief,
    /// The publication.
    pub title: Title,
    /// The editing office in its masthead.
    pub editing_office: String,
    /// 报
    pub report_to: String,
    /// 送
    pub send_to: String,
    /// 发
    pub distribute_to: String,
    /// 共印份数
    pub copies: i64,
    /// Short news (要情体) instead of articles.
    pub short_news: bool,
    /// Forms of use (形式) that the scheme of its day knows.
    pub forms: Vec<String>,
    /// The columns (栏目) the publication keeps, in order; where it keeps none, any may be typed.
    pub columns: Vec<String>,
    /// Names what is printed, to see whether a page shows what stands now.
    pub seal: String,
    /// Review and signature of a draft.
    pub signing: Signing,
    /// Its items in order.
    pub places: Vec<Place>,
    /// Who published it and when.
    pub published: Option<(String, Timestamp)>,
    /// What each unit gets, or got: unit, points (分), reasons joined by `、`; in the order of first mention.
    pub credits: Vec<(String, Points, String)>,
}

/// The sight of the office's own people: every item.
pub(crate) const OFFICE: Sight = Sight::Office;

/// `《每日要情》2018年第47期`; the title alone while it has no number.
pub(crate) fn label(publication: &PublicationRow, issue: &IssueRow) -> String {
    match (issue.year, issue.number) {
        (Some(year), Some(number)) => format!("《{}》{year}年第{number}期", publication.name),
        _ => format!("《{}》", publication.name),
    }
}

/// Points of a kind of adoption under a scheme.
pub(crate) fn price(scheme: &Scheme, kind: &str) -> Option<Points> {
    price_of(scheme, Table::Adoptions, kind)
}

/// Points (分) of a fact of a table by its name, if that alone decides.
pub(crate) fn price_of(scheme: &Scheme, table: Table, name: &str) -> Option<Points> {
    match titles::rows_of(scheme, table, name).as_slice() {
        [only] if only.times.is_none() => Some(only.points()),
        _ => None,
    }
}

/// Every unit's present name by its identity.
pub(crate) fn unit_names(tx: &mut Tx) -> Result<Arc<UnitNames>, Problem> {
    Ok(tx.list_unit_names()?)
}

/// Names of these units, joined by `、`.
pub(crate) fn joined(names: &UnitNames, ids: &[i64]) -> String {
    ids.iter().filter_map(|id| names.get(*id)).collect::<Vec<_>>().join("、")
}

fn title_of(scheme: &Scheme, row: &PublicationRow) -> Title {
    Title {
        id: PublicationId(row.id),
        name: row.name.clone(),
        kind: row.adoption_kind.clone(),
        points: price(scheme, &row.adoption_kind),
    }
}

fn brief(publication: &PublicationRow, row: &IssueRow, titles: Vec<String>) -> IssueBrief {
    IssueBrief {
        id: IssueId(row.id),
        publication: PublicationId(row.publication_id),
        state: IssueState::of(row),
        label: label(publication, row),
        running: row.running_number,
        date: row.date.as_deref().and_then(|day| parse_date(day).ok()),
        titles,
        withdrawn_reason: row.withdrawn_reason.clone(),
    }
}

/// The issue and its publication; absent ones alike.
pub(crate) fn issue_with_publication(tx: &mut Tx, id: IssueId) -> Result<(IssueRow, PublicationRow), Problem> {
    let issue = tx.find_issue(id)?.ok_or(Problem::NotThere)?;
    let publication = tx.find_publication(PublicationId(issue.publication_id))?.ok_or(Problem::NotThere)?;
    Ok((issue, publication))
}

/// The items standing in an issue, with their units, in the issue's order.
pub(crate) fn items_of(tx: &mut Tx, rows: &[IssueItemRow]) -> Result<Vec<(IssueItemRow, ItemRow, Vec<i64>)>, Problem> {
    rows.iter()
        .map(|row| {
            let (item, units) = tx.find_item(OFFICE, ItemId(row.item_id))?.ok_or(Problem::NotThere)?;
            Ok((row.clone(), item, units))
        })
        .collect()
}

impl App {
    /// The publications an item can be adopted into, in their order.
    pub fn titles(&self, _who: &Editor) -> Result<Vec<Title>, Problem> {
        let mut tx = self.read()?;
        let scheme = scheme_on(&mut tx, self.today())?;
        Ok(tx.list_publications()?.iter().map(|row| title_of(&scheme, row)).collect())
    }

    /// Every publication with its draft and its newest issues, ten of each.
    pub fn shelves(&self, _who: &Editor) -> Result<Vec<Shelf>, Problem> {
        let mut tx = self.read()?;
        let scheme = scheme_on(&mut tx, self.today())?;
        let mut shelves = Vec::new();
        for publication in tx.list_publications()? {
            let id = PublicationId(publication.id);
            let draft = tx.find_draft_issue(id)?;
            let past = tx.list_issue_archive(Some(id), None, 10)?;
            let mut titles = titles_by_issue(&mut tx, draft.iter().chain(&past))?;
            let mut brief_of = |row: &IssueRow| brief(&publication, row, titles.remove(&row.id).unwrap_or_default());
            shelves.push(Shelf {
                title: title_of(&scheme, &publication),
                draft: draft.as_ref().map(&mut brief_of),
                issues: past.iter().map(&mut brief_of).collect(),
            });
        }
        Ok(shelves)
    }

    /// An issue whole: for composing it while it is a draft, for reading it afterwards.
    pub fn issue(&self, _who: &Editor, id: IssueId) -> Result<IssueView, Problem> {
        let mut tx = self.read()?;
        let (row, publication) = issue_with_publication(&mut tx, id)?;
        let day = row.date.as_deref().and_then(|day| parse_date(day).ok()).unwrap_or(self.today());
        let scheme = scheme_on(&mut tx, day)?;
        let names = unit_names(&mut tx)?;
        let rows = tx.list_issue_items(id)?;
        let items = items_of(&mut tx, &rows)?;
        let credits = press::credits(&mut tx, &scheme, &publication, &row, &items, &names)?;
        let published = match (row.published_by, row.published_at) {
            (Some(by), Some(at)) => {
                let account = tx.find_account(tz_model::AccountId(by))?;
                Some((account.map(|account| account.name).unwrap_or_default(), tz_store::moment(at)))
            }
            (None, _) | (_, None) => None,
        };
        let (places, titles) = places(&mut tx, &names, &rows, &items)?;
        Ok(IssueView {
            brief: brief(&publication, &row, titles),
            title: title_of(&scheme, &publication),
            short_news: titles::is_short_news(&mut tx, &publication)?,
            editing_office: publication.editing_office,
            report_to: publication.report_to,
            send_to: publication.send_to,
            distribute_to: publication.distribute_to,
            copies: publication.copies,
            forms: scheme.forms().iter().map(ToString::to_string).collect(),
            columns: tx.list_columns(PublicationId(publication.id))?,
            seal: signing::seal(&rows),
            signing: signing::signing(&mut tx, id, &rows)?,
            places,
            published,
            credits,
        })
    }
}

/// The pieces of an issue with everything about them, and their titles.
fn places(
    tx: &mut Tx,
    names: &UnitNames,
    rows: &[IssueItemRow],
    items: &[(IssueItemRow, ItemRow, Vec<i64>)],
) -> Result<(Vec<Place>, Vec<String>), Problem> {
    let mut places = Vec::new();
    for piece in pieces::pieces(rows.to_vec()) {
        let of =
            |row: &IssueItemRow| items.iter().find(|(own, _, _)| own.item_id == row.item_id).ok_or(Problem::NotThere);
        let mut sources = Vec::new();
        for row in piece.rows() {
            let (_, item, units) = of(row)?;
            sources.push(Source {
                item: ItemId(item.id),
                number: item.number.clone(),
                units: joined(names, units),
                title: item.title.clone(),
                answer: item.solicitation_id.is_some(),
            });
        }
        let (_, item, units) = of(&piece.lead)?;
        let texts = origin::sources(tx, &piece)?;
        let place = piece.lead;
        places.push(Place {
            item: ItemId(item.id),
            number: item.number.clone(),
            units: joined(names, units),
            revision: Revision(place.revision),
            newest: Revision(item.revision),
            answer: item.solicitation_id.is_some(),
            sources,
            origins: origin::paragraphs(&place.body, &texts),
            seal: compose::seal(&place),
            column: place.column_name,
            title: place.title,
            body: place.body,
            byline: place.byline,
            form: place.form,
        });
    }
    let titles = places.iter().map(|place| place.title.clone()).collect();
    Ok((places, titles))
}

fn titles_by_issue<'a>(
    tx: &mut Tx,
    rows: impl Iterator<Item = &'a IssueRow>,
) -> Result<BTreeMap<i64, Vec<String>>, Problem> {
    let ids: Vec<i64> = rows.map(|row| row.id).collect();
    let mut titles: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for (issue, title) in tx.list_titles_of_issues(&ids)? {
        titles.entry(issue).or_default().push(title);
    }
    Ok(titles)
}
