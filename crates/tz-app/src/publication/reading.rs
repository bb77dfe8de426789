//! Reading published issues (阅刊): leaders read every publication, units those that are distributed to them. When a reader
//! first opens an issue is noted, and editors see who has read it.

use jiff::Timestamp;
use tz_model::{IssueId, ItemId, PublicationId, Table, UnitId};
use tz_store::Tx;
use tz_store::issue_room::ArchiveFilter;
use tz_store::ledger::FactFilter;
use tz_store::publication::{IssueRow, PublicationRow};

use super::{IssueBrief, IssueState, brief, issue_with_publication, pieces, titles, titles_by_issue, unit_names};
use crate::{App, Editor, IssueReader, Person, Problem, Role};

/// To whom of the units a publication is distributed (阅读范围).
pub(super) const NO_UNITS: &str = "none";
pub(super) const ALL_UNITS: &str = "all";
pub(super) const LISTED_UNITS: &str = "listed";

/// How many issues a reader's list shows.
const SHOWN: i64 = 40;

/// An issue in a reader's list.
#[derive(Clone, Debug)]
pub struct ToRead {
    /// The issue.
    pub brief: IssueBrief,
    /// The reader has opened it.
    pub read: bool,
}

/// A piece as it is read.
#[derive(Clone, Debug)]
pub struct ReadPiece {
    /// The item that leads it: what a comment (批示) on it is about.
    pub item: ItemId,
    /// 栏目
    pub column: String,
    /// Its title.
    pub title: String,
    /// Its text; paragraphs parted by line ends.
    pub body: String,
    /// 署名
    pub byline: String,
    /// Comments (批示) recorded on its items, oldest first: shown to leaders and the office, not to units.
    pub comments: Vec<PieceComment>,
}

/// A comment (批示) recorded on an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PieceComment {
    /// Who commented, as recorded; the level where no name was.
    pub leader: String,
    /// What was written; empty where only the fact was recorded.
    pub text: String,
    /// The day, as stored.
    pub date: String,
}

/// An issue beside another, with its label.
pub type Beside = Option<(IssueId, String)>;

/// An issue as it is read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The issue.
    pub brief: IssueBrief,
    /// 刊名
    pub name: String,
    /// The editing office in its masthead.
    pub editing_office: String,
    /// Short news (要情体) instead of articles.
    pub short_news: bool,
    /// What it prints; nothing of an issue that was withdrawn.
    pub pieces: Vec<ReadPiece>,
    /// The issue published before it among those the reader may read, and the one after.
    pub around: (Beside, Beside),
}

/// A reader of an issue.
#[derive(Clone, Debug, PartialEq)]
pub struct Reader {
    /// `秦伟`, `滨湖镇 王信息员`.
    pub name: String,
    /// When it was first opened, if it was.
    pub read_at: Option<Timestamp>,
}

/// Who has read an issue: leaders, and units it is distributed to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Readers {
    /// 领导
    pub leaders: Vec<Reader>,
    /// 单位
    pub units: Vec<Reader>,
}

impl Readers {
    /// How many have read it, and how many have not.
    pub fn count(&self) -> (usize, usize) {
        let all = self.leaders.len() + self.units.len();
        let read = self.leaders.iter().chain(&self.units).filter(|reader| reader.read_at.is_some()).count();
        (read, all - read)
    }
}

/// Whether a publication is distributed to a person.
fn is_for(tx: &mut Tx, publication: &PublicationRow, who: &Person) -> Result<bool, Problem> {
    Ok(match (who.role, who.unit) {
        (Role::Editor | Role::Chief | Role::Leader, _) => true,
        (Role::Reporter, Some(unit)) => match publication.unit_readers.as_str() {
            ALL_UNITS => true,
            LISTED_UNITS => {
                let listed = tx.list_publication_units(PublicationId(publication.id))?;
                tx.with_predecessors(unit)?.iter().any(|own| listed.contains(&UnitId(*own)))
            }
            _ => false,
        },
        (Role::Reporter, None) | (Role::Administrator, _) => false,
    })
}

/// A past issue with its publication, if it is distributed to this person.
pub(crate) fn readable(tx: &mut Tx, who: &IssueReader, id: IssueId) -> Result<(IssueRow, PublicationRow), Problem> {
    let (issue, publication) = issue_with_publication(tx, id)?;
    if IssueState::of(&issue) == IssueState::Draft || !is_for(tx, &publication, who)? {
        return Err(Problem::NotThere);
    }
    Ok((issue, publication))
}

/// The items of the piece that an item leads in an issue, itself first; nothing where it leads none.
pub(crate) fn items_of_piece(tx: &mut Tx, issue: IssueId, lead: ItemId) -> Result<Vec<i64>, Problem> {
    let all = pieces::pieces(tx.list_issue_items(issue)?);
    let own = all.iter().find(|piece| piece.lead.item_id == lead.0);
    Ok(own.map(|piece| piece.rows().map(|row| row.item_id).collect()).unwrap_or_default())
}

/// The comments recorded on the items of a piece.
fn comments_on(tx: &mut Tx, piece: &pieces::Piece) -> Result<Vec<PieceComment>, Problem> {
    let mut comments = Vec::new();
    for row in piece.rows() {
        let filter = FactFilter {
            table: Some(Table::Comments.name()),
            item: Some(ItemId(row.item_id)),
            ..FactFilter::default()
        };
        comments.extend(tx.list_facts(&filter)?.into_iter().map(|fact| PieceComment {
            leader: fact.leader.filter(|name| !name.is_empty()).unwrap_or(fact.name),
            text: fact.note.unwrap_or_default(),
            date: fact.date,
        }));
    }
    comments.sort_by(|one, other| one.date.cmp(&other.date));
    Ok(comments)
}

/// The publications that are distributed to this person.
fn distributed(tx: &mut Tx, who: &Person) -> Result<Vec<PublicationRow>, Problem> {
    let mut own = Vec::new();
    for publication in tx.list_publications()? {
        if is_for(tx, &publication, who)? {
            own.push(publication);
        }
    }
    Ok(own)
}

impl App {
    /// The latest issues for a reader, newest first, each with whether it has been opened; of one publication where given.
    pub fn issues_to_read(&self, who: &IssueReader, of: Option<PublicationId>) -> Result<Vec<ToRead>, Problem> {
        let mut tx = self.read()?;
        let own = distributed(&mut tx, who)?;
        let mut rows = Vec::new();
        for publication in own.iter().filter(|row| of.is_none_or(|of| of.0 == row.id)) {
            let of = Some(PublicationId(publication.id));
            let filter = ArchiveFilter { of, published: true, limit: SHOWN, ..ArchiveFilter::default() };
            rows.extend(tx.search_issues(&filter)?.into_iter().map(|row| (row, publication)));
        }
        rows.sort_by_key(|(row, _)| std::cmp::Reverse((row.published_at, row.id)));
        rows.truncate(usize::try_from(SHOWN).unwrap_or(usize::MAX));
        let read = tx.list_read_of(who.account, &rows.iter().map(|(row, _)| row.id).collect::<Vec<_>>())?;
        let mut titles = titles_by_issue(&mut tx, rows.iter().map(|(row, _)| row))?;
        Ok(rows
            .into_iter()
            .map(|(row, publication)| ToRead {
                read: read.contains(&row.id),
                brief: brief(publication, &row, titles.remove(&row.id).unwrap_or_default()),
            })
            .collect())
    }

    /// The publications a reader gets, by name.
    pub fn publications_to_read(&self, who: &IssueReader) -> Result<Vec<(PublicationId, String)>, Problem> {
        let mut tx = self.read()?;
        Ok(distributed(&mut tx, who)?.into_iter().map(|row| (PublicationId(row.id), row.name)).collect())
    }

    /// Opens an issue for a reader, and notes that they have read it; editors looking at the page are no readers.
    ///
    /// Of an issue that was withdrawn nothing is shown but that it was, and why is the office's own.
    pub fn read_issue(&self, who: &IssueReader, id: IssueId) -> Result<Reading, Problem> {
        let (reading, unread) = {
            let mut tx = self.read()?;
            let (issue, publication) = readable(&mut tx, who, id)?;
            let is_published = IssueState::of(&issue) == IssueState::Published;
            let all = pieces::pieces(tx.list_issue_items(id)?);
            let titles = all.iter().map(|piece| piece.lead.title.clone()).collect();
            let around = self.around(&mut tx, who, &issue)?;
            let counts = matches!(who.role, Role::Leader | Role::Reporter);
            let unread = is_published && counts && tx.find_read(id, who.account)?.is_none();
            let mut pieces = Vec::new();
            for piece in all.into_iter().filter(|_| is_published) {
                let comments = if who.role == Role::Reporter { Vec::new() } else { comments_on(&mut tx, &piece)? };
                let row = piece.lead;
                pieces.push(ReadPiece {
                    item: ItemId(row.item_id),
                    column: row.column_name,
                    title: row.title,
                    body: row.body,
                    byline: row.byline,
                    comments,
                });
            }
            let reading = Reading {
                brief: brief(&publication, &issue, titles),
                short_news: titles::is_short_news(&mut tx, &publication)?,
                name: publication.name,
                editing_office: publication.editing_office,
                pieces,
                around,
            };
            (reading, unread)
        };
        if unread {
            let now = self.micros();
            let mut tx = self.write()?;
            tx.note_read(id, who.account, now)?;
            tx.commit()?;
        }
        Ok(reading)
    }

    fn around(&self, tx: &mut Tx, who: &IssueReader, issue: &IssueRow) -> Result<(Beside, Beside), Problem> {
        let publications = distributed(tx, who)?;
        let of: Vec<i64> = publications.iter().map(|row| row.id).collect();
        let label = |row: IssueRow| {
            let publication = publications.iter().find(|known| known.id == row.publication_id)?;
            Some((IssueId(row.id), super::label(publication, &row)))
        };
        let Some(at) = issue.published_at else { return Ok((None, None)) };
        let before = tx.find_published_beside(&of, at, issue.id, false)?.and_then(label);
        let after = tx.find_published_beside(&of, at, issue.id, true)?.and_then(label);
        Ok((before, after))
    }

    /// Who has read an issue and who has not, of those it is distributed to now.
    pub fn readers_of(&self, _who: &Editor, id: IssueId) -> Result<Readers, Problem> {
        let mut tx = self.read()?;
        let (_, publication) = issue_with_publication(&mut tx, id)?;
        let units = tx.list_publication_units(PublicationId(publication.id))?;
        let names = unit_names(&mut tx)?;
        let mut readers = Readers::default();
        for row in tx.list_readers(id)? {
            let read_at = row.read_at.map(tz_store::moment);
            match row.unit_id {
                None => readers.leaders.push(Reader { name: row.name, read_at }),
                Some(unit) => {
                    let listed = match publication.unit_readers.as_str() {
                        ALL_UNITS => true,
                        LISTED_UNITS => units.iter().any(|known| known.0 == unit),
                        _ => false,
                    };
                    if listed || read_at.is_some() {
                        let unit = names.get(unit).unwrap_or_default();
                        readers.units.push(Reader { name: format!("{unit} {}", row.name), read_at });
                    }
                }
            }
        }
        Ok(readers)
    }
}
