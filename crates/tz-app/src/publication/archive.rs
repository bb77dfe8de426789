//! Past issues (往期): by year, searched by words, a whole year as one file.

use std::io::{self, Write};

use tz_model::{IssueId, PublicationId};
use tz_store::issue_room::ArchiveFilter;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::paper::{file_name, kept_paper, printed_bytes};
use super::{IssueBrief, IssueState, brief, label, titles_by_issue};
use crate::{App, Editor, FieldFault, PaperFormat, Problem};

/// How many issues a search shows at most.
const FOUND: i64 = 200;
/// How many characters stand on either side of what was found.
const BESIDE: usize = 24;

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub struct ArchiveWish {
    /// Of this publication.
    pub of: Option<PublicationId>,
    /// Of this year.
    pub year: Option<i16>,
    /// In titles and texts.
    pub words: String,
}

/// A piece in which the words stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Its title.
    pub title: String,
    /// What stands before the words, the words, and what stands after them; nothing where they stand in the title.
    pub place: Option<(String, String, String)>,
}

/// An issue found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The issue.
    pub brief: IssueBrief,
    /// Its pieces with the words.
    pub hits: Vec<Hit>,
}

/// What a search found.
#[derive(Clone, Debug)]
pub struct FoundIssues {
    /// Newest first.
    pub issues: Vec<Found>,
    /// There are more than are shown.
    pub more: bool,
}

/// Where words stand in a text, with what is around them.
fn place(body: &str, words: &str) -> Option<(String, String, String)> {
    let at = body.find(words)?;
    let (before, after) = (&body[..at], &body[at + words.len()..]);
    let from = before.char_indices().rev().nth(BESIDE - 1).map_or(0, |(at, _)| at);
    let to = after.char_indices().nth(BESIDE).map_or(after.len(), |(at, _)| at);
    let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let start = if from > 0 { "…" } else { "" };
    let end = if to < after.len() { "…" } else { "" };
    Some((format!("{start}{}", line(&before[from..])), words.to_owned(), format!("{}{end}", line(&after[..to]))))
}

impl App {
    /// Past issues of a publication, a year, with some words in a title or text; newest first.
    pub fn search_issues(&self, _who: &Editor, wish: &ArchiveWish) -> Result<FoundIssues, Problem> {
        self.issues_found(wish, FOUND)
    }

    /// All of them at once, for a workbook.
    pub(crate) fn issues_wholly(&self, _who: &Editor, wish: &ArchiveWish) -> Result<Vec<IssueBrief>, Problem> {
        Ok(self.issues_found(wish, i64::from(i32::MAX))?.issues.into_iter().map(|found| found.brief).collect())
    }

    fn issues_found(&self, wish: &ArchiveWish, most: i64) -> Result<FoundIssues, Problem> {
        let words = wish.words.trim();
        if words.chars().count() > 50 {
            return Err(Problem::Faults(vec![FieldFault::new("words", "查找的文字太长，请在50字以内。")]));
        }
        let mut tx = self.read()?;
        let publications = tx.list_publications()?;
        let filter = ArchiveFilter {
            of: wish.of,
            year: wish.year.map(i64::from),
            words: Some(words).filter(|words| !words.is_empty()),
            published: false,
            limit: most + 1,
        };
        let mut rows = tx.search_issues(&filter)?;
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let more = rows.len() > most;
        rows.truncate(most);
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let mut titles = titles_by_issue(&mut tx, rows.iter())?;
        let pieces = if words.is_empty() { Vec::new() } else { tx.list_pieces_with(&ids, words)? };
        let hits = |issue: i64| {
            let of = pieces.iter().filter(|(of, _, _)| *of == issue);
            of.map(|(_, title, body)| Hit { title: title.clone(), place: place(body, words) }).collect()
        };
        let issues = rows
            .iter()
            .filter_map(|row| {
                let publication = publications.iter().find(|known| known.id == row.publication_id)?;
                let brief = brief(publication, row, titles.remove(&row.id).unwrap_or_default());
                Some(Found { hits: hits(row.id), brief })
            })
            .collect();
        Ok(FoundIssues { issues, more })
    }

    /// The name of a publication's year as one file, and how many issues are in it; refused where there are none.
    pub fn year_file(&self, _who: &Editor, of: PublicationId, year: i16) -> Result<(String, usize), Problem> {
        let mut tx = self.read()?;
        let publication = tx.find_publication(of)?.ok_or(Problem::NotThere)?;
        let count = tx.search_issues(&year_filter(of, year))?.len();
        if count == 0 {
            return Err(Problem::Refused(format!("{year}年没有刊发过《{}》，没有可以下载的内容。", publication.name)));
        }
        Ok((format!("{}{year}年.zip", file_name(&publication.name)), count))
    }

    /// Writes the published issues of a year as one zip: the DOCX of each as published and its PDF, issue by issue, so that
    /// one at a time is in memory. An issue without a PDF (no faces here, or published before there were any) has its DOCX.
    ///
    /// # Errors
    /// The store, or what takes the bytes, fails; what was written until then is no whole zip.
    pub fn write_year(&self, _who: &Editor, of: PublicationId, year: i16, out: impl Write) -> Result<(), YearFailure> {
        let issues: Vec<_> = {
            let mut tx = self.read()?;
            let publication = tx.find_publication(of)?.ok_or(Problem::NotThere)?;
            let rows = tx.search_issues(&year_filter(of, year))?;
            rows.into_iter().rev().map(|row| (IssueId(row.id), file_name(&label(&publication, &row)))).collect()
        };
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::DEFAULT)
            .unix_permissions(0o644);
        let mut zip = ZipWriter::new_stream(out);
        for (id, name) in issues {
            let (docx, paper) = {
                let mut tx = self.read()?;
                let Some(issue) = tx.find_issue(id)?.filter(|row| IssueState::of(row) == IssueState::Published) else {
                    continue;
                };
                let docx = printed_bytes(&mut tx, &issue, PaperFormat::Docx)?;
                let values = printed_bytes(&mut tx, &issue, PaperFormat::Pdf).ok();
                (docx, values.and_then(|values| kept_paper(&mut tx, &values).ok()))
            };
            zip.start_file(format!("{name}.docx"), options)?;
            zip.write_all(&docx)?;
            if let Some(pdf) = paper.and_then(|paper| self.write_paper(&paper, PaperFormat::Pdf).ok()) {
                zip.start_file(format!("{name}.pdf"), options)?;
                zip.write_all(&pdf)?;
            }
        }
        zip.finish()?.into_inner().flush()?;
        Ok(())
    }
}

fn year_filter(of: PublicationId, year: i16) -> ArchiveFilter<'static> {
    ArchiveFilter {
        of: Some(of),
        year: Some(i64::from(year)),
        published: true,
        limit: 2000,
        ..ArchiveFilter::default()
    }
}

/// Why a year could not be written to its end.
#[derive(Debug, thiserror::Error)]
pub enum YearFailure {
    /// The office's rules, or the store.
    #[error("reading a year of issues")]
    Problem(#[from] Problem),
    /// What takes the bytes.
    #[error("writing a year of issues")]
    Written(#[from] io::Error),
    /// The zip.
    #[error("packing a year of issues")]
    Packed(#[from] zip::result::ZipError),
}

impl From<tz_store::Failure> for YearFailure {
    fn from(failure: tz_store::Failure) -> Self {
        Self::Problem(failure.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_shown_with_what_is_around_it() {
        assert_eq!(place("没有", "防汛"), None);
        let found = place("防汛准备已经就绪。", "防汛").unwrap();
        assert_eq!(found, (String::new(), "防汛".to_owned(), "准备已经就绪。".to_owned()));
        let long = format!("{}防汛{}", "前".repeat(40), "后".repeat(40));
        let (before, _, after) = place(&long, "防汛").unwrap();
        assert_eq!((before, after), (format!("…{}", "前".repeat(24)), format!("{}…", "后".repeat(24))));
    }
}
