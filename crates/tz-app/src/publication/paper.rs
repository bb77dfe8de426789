//! An issue as a DOCX: the stored rows as `tz-docs` wants them.

use jiff::civil::Date;
use tz_docs::{Block, Issue, IssueItem, IssueNumber, ItemForm};
use tz_model::{AccountId, IssueId};
use tz_store::Tx;
use tz_store::publication::{IssueItemRow, IssueRow, PublicationRow};

use super::{IssueState, issue_with_publication, label, titles};
use crate::{App, Editor, Problem};

/// A file to be handed out.
#[derive(Clone, Debug)]
pub struct Paper {
    /// Its name, in Chinese, with its ending.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
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

/// The DOCX of an issue; without a number it is a proof sheet (清样).
pub(super) fn docx(
    tx: &mut Tx,
    publication: &PublicationRow,
    issue: &IssueRow,
    rows: &[IssueItemRow],
    date: Date,
    hands: &Hands<'_>,
) -> Result<Vec<u8>, Problem> {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.trim().is_empty());
    let number = issue.number.and_then(|number| u32::try_from(number).ok());
    Ok(tz_docs::issue(&Issue {
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
    .docx())
}

/// The name of who began an issue.
pub(super) fn editor_of(tx: &mut Tx, issue: &IssueRow) -> Result<String, Problem> {
    Ok(match issue.created_by {
        Some(by) => tx.find_account(AccountId(by))?.map(|account| account.name).unwrap_or_default(),
        None => String::new(),
    })
}

impl App {
    /// The proof sheet (清样) of a draft: the same DOCX with the number left open.
    pub fn proof(&self, _who: &Editor, id: IssueId) -> Result<Paper, Problem> {
        let mut tx = self.read()?;
        let (issue, publication) = issue_with_publication(&mut tx, id)?;
        if IssueState::of(&issue) != IssueState::Draft {
            return Err(Problem::Refused("这一期已经刊发，请直接下载正式文本。".to_owned()));
        }
        let rows = tx.list_issue_items(id)?;
        let edited_by = editor_of(&mut tx, &issue)?;
        let hands = Hands { edited_by: &edited_by, reviewed_by: "", signed_by: "" };
        let bytes = docx(&mut tx, &publication, &issue, &rows, self.today(), &hands)?;
        Ok(Paper { name: format!("{}（清样）.docx", publication.name), bytes })
    }

    /// The DOCX of an issue exactly as it was published.
    pub fn issue_paper(&self, _who: &Editor, id: IssueId) -> Result<Paper, Problem> {
        let mut tx = self.read()?;
        let (issue, publication) = issue_with_publication(&mut tx, id)?;
        let content = issue.content_id.ok_or(Problem::NotThere)?;
        let name = format!("{}.docx", label(&publication, &issue).replace(['《', '》'], ""));
        Ok(Paper { name, bytes: tx.content(content)? })
    }
}
