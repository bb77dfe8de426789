//! An issue as a paper: the stored rows as `tz-docs` wants them.

use jiff::civil::Date;
use tz_docs::{Block, Issue, IssueItem, IssueNumber, ItemForm};
use tz_model::{AccountId, IssueId, ItemCode, ItemId, OfficeTag, PublicationId};
use tz_store::Tx;
use tz_store::publication::{IssueItemRow, IssueRow, PublicationRow};

use super::kept;
use super::pieces;
use super::{IssueState, issue_with_publication, label, reading, signing, titles};
use crate::comment::codes;
use crate::templates::Dress;
use crate::{App, Editor, IssueReader, PaperFormat, Problem};

/// A file to be handed out.
#[derive(Clone, Debug)]
pub struct Paper {
    /// Its name, in Chinese, with its ending.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What it is.
    pub format: PaperFormat,
}

/// Who stands at the foot of an issue.
pub(super) struct Hands<'a> {
    pub edited_by: &'a str,
    pub reviewed_by: &'a str,
    pub signed_by: &'a str,
}

/// Names of receivers as typed: parted by `，`, `；` or line ends. `、` stays inside a name (市委、市政府各位领导).
fn receivers(text: &str) -> Vec<String> {
    text.split(['，', ',', '；', ';', '\n']).map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// What an issue is made of; without a number it is a proof sheet (清样). `codes` is the office's tag where codes are printed.
pub(super) fn values(
    tx: &mut Tx,
    publication: &PublicationRow,
    issue: &IssueRow,
    rows: &[IssueItemRow],
    date: Date,
    hands: &Hands<'_>,
    codes: Option<OfficeTag>,
) -> Result<Issue, Problem> {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.trim().is_empty());
    let number = issue.number.and_then(|number| u32::try_from(number).ok());
    Ok(Issue {
        name: publication.name.clone(),
        notice: None,
        number: number.map_or(IssueNumber::Proof, IssueNumber::Regular),
        total: issue.running_number.and_then(|number| u32::try_from(number).ok()),
        // The layout adds 编 itself.
        office: publication.editing_office.strip_suffix('编').unwrap_or(&publication.editing_office).to_owned(),
        date,
        form: if titles::is_short_news(tx, publication)? { ItemForm::ShortNews } else { ItemForm::Articles },
        items: rows
            .iter()
            .map(|row| IssueItem {
                column: some(&row.column_name),
                title: row.title.clone(),
                paragraphs: row
                    .body
                    .lines()
                    .map(str::trim)
                    .filter(|line| !line.is_empty())
                    .map(|line| Block::Text(line.to_owned()))
                    .collect(),
                byline: some(&row.byline),
                code: codes.map(|office| ItemCode { office, issue: IssueId(issue.id), item: ItemId(row.item_id) }),
            })
            .collect(),
        report_to: receivers(&publication.report_to),
        send_to: receivers(&publication.send_to),
        issue_to: receivers(&publication.distribute_to),
        extra_to: Vec::new(),
        edited_by: hands.edited_by.to_owned(),
        reviewed_by: hands.reviewed_by.to_owned(),
        signed_by: hands.signed_by.to_owned(),
        copies: u32::try_from(publication.copies).ok().filter(|&copies| copies > 0),
    })
}

/// The name of who began an issue.
pub(super) fn editor_of(tx: &mut Tx, issue: &IssueRow) -> Result<String, Problem> {
    Ok(match issue.created_by {
        Some(by) => tx.find_account(AccountId(by))?.map(|account| account.name).unwrap_or_default(),
        None => String::new(),
    })
}

/// A draft as it would be printed today: with the number it would get, and the names of whoever has signed so far.
pub(super) fn as_printed(
    tx: &mut Tx,
    publication: &PublicationRow,
    issue: &IssueRow,
    rows: &[IssueItemRow],
    today: Date,
) -> Result<Issue, Problem> {
    let signing = signing::signing(tx, IssueId(issue.id), rows)?;
    let (reviewed, signed) = (signing.reviewed.unwrap_or_default().0, signing.signed.unwrap_or_default().0);
    let edited_by = editor_of(tx, issue)?;
    let hands = Hands { edited_by: &edited_by, reviewed_by: &reviewed, signed_by: &signed };
    let numbered = IssueRow {
        number: Some(tx.last_number(&format!("issue-{}-{}", publication.id, today.year()))? + 1),
        running_number: Some(tx.last_number(&format!("issue-{}", publication.id))? + 1),
        ..issue.clone()
    };
    let codes = codes::tag_to_show(tx)?;
    values(tx, publication, &numbered, &pieces::printed(rows), today, &hands, codes)
}

impl App {
    /// The proof sheet (清样) of a draft: the issue with its number left open.
    pub fn proof(&self, _who: &Editor, id: IssueId, format: PaperFormat) -> Result<Paper, Problem> {
        let (paper, name) = {
            let mut tx = self.read()?;
            let (issue, publication) = issue_with_publication(&mut tx, id)?;
            if IssueState::of(&issue) != IssueState::Draft {
                return Err(Problem::Refused("这一期已经刊发，请直接下载正式文本。".to_owned()));
            }
            let rows = pieces::printed(&tx.list_issue_items(id)?);
            let edited_by = editor_of(&mut tx, &issue)?;
            let hands = Hands { edited_by: &edited_by, reviewed_by: "", signed_by: "" };
            let values = values(&mut tx, &publication, &issue, &rows, self.today(), &hands, None)?;
            (Dress::in_force(&mut tx, PublicationId(publication.id))?.paper(&values), publication.name)
        };
        let bytes = self.write_paper(&paper, format)?;
        Ok(Paper { name: format!("{name}（清样）.{}", format.ending()), bytes, format })
    }

    /// An issue exactly as it was published. The PDF is set from what was kept then, whatever has been changed since.
    pub fn issue_paper(&self, who: &IssueReader, id: IssueId, format: PaperFormat) -> Result<Paper, Problem> {
        let (bytes, paper, name) = {
            let mut tx = self.read()?;
            let (issue, publication) = reading::readable(&mut tx, who, id)?;
            // What was withdrawn is not read any more; the office keeps it.
            if IssueState::of(&issue) == IssueState::Withdrawn && Editor::of(who).is_none() {
                return Err(Problem::NotThere);
            }
            let bytes = printed_bytes(&mut tx, &issue, format)?;
            let paper = match format {
                PaperFormat::Docx => None,
                PaperFormat::Pdf => Some(kept_paper(&mut tx, &bytes)?),
            };
            (bytes, paper, file_name(&label(&publication, &issue)))
        };
        let bytes = match paper {
            None => bytes,
            Some(paper) => self.write_paper(&paper, format)?,
        };
        Ok(Paper { name: format!("{name}.{}", format.ending()), bytes, format })
    }
}

/// An issue as it was published, from what was kept of it.
pub(super) fn kept_paper(tx: &mut Tx, bytes: &[u8]) -> Result<tz_docs::Paper, Problem> {
    let (values, dress) = kept::read_dressed(tx, bytes)?;
    Ok(dress.paper(&values))
}

/// What is kept of a published issue for a format: the DOCX itself, or what the PDF is set from.
pub(super) fn printed_bytes(tx: &mut Tx, issue: &IssueRow, format: PaperFormat) -> Result<Vec<u8>, Problem> {
    let kept = match format {
        PaperFormat::Docx => issue.content_id.ok_or(Problem::NotThere)?,
        PaperFormat::Pdf => issue.values_id.ok_or_else(|| {
            Problem::Refused(
                "这一期是在系统能够生成 PDF 之前刊发的，只保存了 Word 文本。请下载 Word 文本，在办公软件中另存为 PDF。"
                    .to_owned(),
            )
        })?,
    };
    Ok(tx.content(kept)?)
}

/// A name that every system takes for a file, without 《》.
pub(super) fn file_name(name: &str) -> String {
    let safe = |c: char| if c.is_control() || "\\/:*?\"<>|".contains(c) { '_' } else { c };
    name.replace(['《', '》'], "").chars().map(safe).collect::<String>().trim_matches([' ', '.']).to_owned()
}
