//! Scans of commented pages (批示件扫描): each finds its item by the code on the page, or waits for an editor to say whose it is.
//!
//! Nothing scores by itself: a page that has found its item waits until an editor has entered leader, day and words beside it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use tz_model::{IssueId, ItemCode, ItemId};
use tz_read::ScannedPage;
use tz_store::audit::Act;
use tz_store::content::sha256;
use tz_store::item::Sight;
use tz_store::scan::{ScanPageRow, ScanRow};
use tz_store::{Tx, Write};

use super::codes;
use super::judging::{Verdict, judge};
use crate::publication::{issue_with_publication, joined, kept, label, unit_names};
use crate::{App, Editor, FieldFault, Problem};

const ATTACHED: &str = "attached";
const WAITING: &str = "waiting";
const DISCARDED: &str = "discarded";
/// Pages shown at once.
const SHOWN: i64 = 200;

/// By which way a scan came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScanSource {
    /// Dropped on the page.
    Page,
    /// Found in the watched folder.
    Folder,
}

/// What became of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScanTaken {
    /// Pages that found their item.
    pub attached: usize,
    /// Pages that wait for an editor to say whose they are.
    pub waiting: usize,
    /// The same bytes came before: nothing was taken.
    pub known: bool,
}

/// An item a page may belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The issue.
    pub issue: IssueId,
    /// Its label.
    pub label: String,
    /// The item.
    pub item: ItemId,
    /// Its number.
    pub number: String,
    /// Its title as printed.
    pub title: String,
    /// Its units, joined by `、`.
    pub units: String,
}

/// A page of a scan.
#[derive(Clone, Debug)]
pub struct ScanView {
    /// Its identity.
    pub id: i64,
    /// Name of the file, with the page where it has several.
    pub name: String,
    /// When it came.
    pub taken_at: Timestamp,
    /// Why it waits, in a sentence; empty for one that found its item.
    pub why: String,
    /// The item it belongs to, or may belong to.
    pub candidates: Vec<Candidate>,
    /// It has found its item, or an editor has said whose it is.
    pub attached: bool,
    /// Its comment has been entered.
    pub entered: bool,
    /// There is a picture to show.
    pub shown: bool,
    /// Why it was discarded; empty otherwise.
    pub reason: String,
}

/// The pages that wait, and those discarded last.
#[derive(Clone, Debug, Default)]
pub struct ScanQueue {
    /// To be entered.
    pub attached: Vec<ScanView>,
    /// 待认领
    pub waiting: Vec<ScanView>,
    /// 已弃置
    pub discarded: Vec<ScanView>,
}

fn why_words(row: &ScanPageRow) -> String {
    let own = match row.why.as_str() {
        "several" => "页面上印有几篇稿件，认不出批示的是哪一篇。请对照扫描件选择。",
        "unknown" => "稿件编码是本机关的，但没有对应的刊发稿件，可能已撤回。请核对后指定，或弃置。",
        "foreign" => "稿件编码属于其他机关。确是批给本机关稿件的，请指定；否则弃置。",
        "none" => "没有找到稿件编码。请对照扫描件指定稿件，或弃置。",
        _ => "稿件编码看不清。请对照扫描件指定稿件，或弃置。",
    };
    if row.reason.is_empty() || row.state == DISCARDED { own.to_owned() } else { row.reason.clone() }
}

/// The codes of an issue by the pages they are printed on; on one page each where the issue printed none or no face can tell.
fn pages_of(app: &App, tx: &mut Tx, issue: IssueId) -> Result<Option<Vec<Vec<ItemCode>>>, Problem> {
    let Some(row) = tx.find_issue(issue)?.filter(|row| row.state == "published") else { return Ok(None) };
    let Some(content) = row.values_id else { return Ok(None) };
    let bytes = tx.content(content)?;
    let (values, dress) = kept::read_dressed(tx, &bytes)?;
    let paper = dress.paper(&values);
    let all: Vec<ItemCode> = values.items.iter().filter_map(|item| item.code).collect();
    Ok(Some(match app.faces() {
        Ok(faces) => paper.codes_by_page(&faces),
        Err(_) => all.into_iter().map(|code| vec![code]).collect(),
    }))
}

impl App {
    /// Takes a scanned file in: reads every page, gives those that have found their item to it, keeps the others in the queue.
    pub fn take_scan(
        &self,
        by: Option<&Editor>,
        source: ScanSource,
        name: &str,
        bytes: &[u8],
    ) -> Result<ScanTaken, Problem> {
        let hash = sha256(bytes);
        if self.read()?.find_scan_of(&hash)?.is_some() {
            return Ok(ScanTaken { known: true, ..ScanTaken::default() });
        }
        if !tz_read::may_be_scan(bytes) {
            return Err(Problem::Refused(format!("“{name}”：{}", tz_read::NotAScan::Other)));
        }
        let mut pages: Vec<Result<ScannedPage, String>> = vec![self.reader.scan(bytes, 0)];
        let of = pages[0].as_ref().map_or(1, |page| page.of);
        pages.extend((1..of).map(|page| self.reader.scan(bytes, page)));
        let now = self.micros();
        let mut tx = self.write()?;
        if tx.find_scan_of(&hash)?.is_some() {
            return Ok(ScanTaken { known: true, ..ScanTaken::default() });
        }
        let content_id = tx.put_hashed(bytes, &hash)?;
        let name: String = name.chars().filter(|c| !c.is_control()).take(120).collect();
        let scan_id = tx.insert_scan(ScanRow {
            id: 0,
            office_id: 0,
            name: name.clone(),
            sha256: hash,
            content_id,
            source: if source == ScanSource::Page { "page" } else { "folder" }.to_owned(),
            taken_at: now,
            taken_by: by.map(|by| by.account.0),
        })?;
        let own = codes::tag(&mut tx)?;
        let mut taken = ScanTaken::default();
        let mut known: BTreeMap<i64, Option<Vec<Vec<ItemCode>>>> = BTreeMap::new();
        for (read, page) in pages.into_iter().zip(1..) {
            let (read, reason) = match read {
                Ok(read) => (read, String::new()),
                Err(sentence) => (ScannedPage::default(), sentence),
            };
            let mut failed = None;
            let mut beside = |code: ItemCode| {
                if let std::collections::btree_map::Entry::Vacant(empty) = known.entry(code.issue.0) {
                    match pages_of(self, &mut tx, code.issue) {
                        Ok(pages) => {
                            empty.insert(pages);
                        }
                        Err(problem) => failed = Some(problem),
                    }
                }
                let pages = known.get(&code.issue.0)?.as_ref()?;
                pages.iter().find(|page| page.contains(&code)).cloned()
            };
            let verdict = judge(&read.codes, own, &mut beside);
            if let Some(problem) = failed {
                return Err(problem);
            }
            let preview_id = if read.preview.is_empty() { None } else { Some(tx.put_content(&read.preview)?) };
            let one = if let Verdict::One(code) = &verdict { Some(*code) } else { None };
            let codes = match &verdict {
                Verdict::One(code) => code.to_string(),
                Verdict::Several(codes) => codes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
                Verdict::Unknown | Verdict::Foreign | Verdict::Misread | Verdict::None => String::new(),
            };
            if one.is_some() {
                taken.attached += 1
            } else {
                taken.waiting += 1
            }
            tx.insert_scan_page(ScanPageRow {
                id: 0,
                office_id: 0,
                scan_id,
                page,
                preview_id,
                state: if one.is_some() { ATTACHED } else { WAITING }.to_owned(),
                why: if reason.is_empty() { verdict.key() } else { "unreadable" }.to_owned(),
                codes,
                issue_id: one.map(|code| code.issue.0),
                item_id: one.map(|code| code.item.0),
                comment_id: None,
                reason,
                settled_at: None,
                settled_by: None,
            })?;
        }
        tx.record_act(&Act {
            at: now,
            account: by.map(|by| by.account.0),
            who: by.map_or("通政", |by| &by.name),
            act: "收入批示扫描件",
            object: &name,
            done: true,
            detail: &format!("{}页认出稿件，{}页待认领", taken.attached, taken.waiting),
        })?;
        tx.commit()?;
        Ok(taken)
    }

    /// The pages that wait, newest file first.
    pub fn scan_queue(&self, _who: &Editor) -> Result<ScanQueue, Problem> {
        let mut tx = self.read()?;
        Ok(ScanQueue {
            attached: views(&mut tx, ATTACHED)?,
            waiting: views(&mut tx, WAITING)?,
            discarded: views(&mut tx, DISCARDED)?,
        })
    }

    /// One page that waits or was discarded.
    pub fn scan_page(&self, _who: &Editor, id: i64) -> Result<ScanView, Problem> {
        let mut tx = self.read()?;
        let (page, scan) = tx.find_scan_page(id)?.ok_or(Problem::NotThere)?;
        view(&mut tx, page, scan)
    }

    /// The picture of a page, as the reader wrote it anew (JPEG).
    pub fn scan_picture(&self, _who: &Editor, id: i64) -> Result<Vec<u8>, Problem> {
        let mut tx = self.read()?;
        let (page, _) = tx.find_scan_page(id)?.ok_or(Problem::NotThere)?;
        Ok(tx.content(page.preview_id.ok_or(Problem::NotThere)?)?)
    }

    /// The file a page is of, as it came: name and bytes.
    pub fn scan_file(&self, _who: &Editor, id: i64) -> Result<(String, Vec<u8>), Problem> {
        let mut tx = self.read()?;
        let (_, scan) = tx.find_scan_page(id)?.ok_or(Problem::NotThere)?;
        Ok((scan.name, tx.content(scan.content_id)?))
    }

    /// Says whose a page is (认领): the number of an item, or the code printed beside it.
    pub fn assign_scan(&self, who: &Editor, id: i64, typed: &str) -> Result<String, Problem> {
        let mut tx = self.write()?;
        let (page, scan) = tx.find_scan_page(id)?.ok_or(Problem::NotThere)?;
        let opened = page.state.clone();
        if !matches!(opened.as_str(), WAITING | ATTACHED) {
            return Err(settled());
        }
        let typed = typed.trim();
        let own = codes::tag(&mut tx)?;
        let (issue, item) = match typed.parse::<ItemCode>() {
            Ok(code) if code.office == own => {
                (Some(code.issue), tx.find_item(Sight::Office, code.item)?.map(|(item, _)| item))
            }
            Ok(_) | Err(_) => (None, tx.find_item_by_number(typed)?),
        };
        let Some(item) = item else {
            return Err(Problem::field("item", format!("没有编号或编码为“{typed}”的稿件，请核对。")));
        };
        // Typed by its number: the last issue that printed it is the one that lay on the desk.
        let issue = match issue {
            Some(issue) => Some(issue.0),
            None => tx
                .list_issues_of_item(ItemId(item.id))?
                .into_iter()
                .rev()
                .find_map(|(_, issue)| (issue.state == "published").then_some(issue.id)),
        };
        let row = ScanPageRow {
            state: ATTACHED.to_owned(),
            issue_id: issue,
            item_id: Some(item.id),
            reason: String::new(),
            ..page
        };
        let said = format!("{}《{}》", item.number, item.title);
        self.settle_page(tx, who, &row, &opened, "认领扫描件", &scan.name, &said)?;
        Ok(said)
    }

    /// Discards a page with a reason (弃置); [`App::restore_scan`] takes that back. The file stays kept.
    pub fn discard_scan(&self, who: &Editor, id: i64, reason: &str) -> Result<(), Problem> {
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > 200 {
            return Err(Problem::Faults(vec![FieldFault::new("reason", "请写明弃置的原因，200字以内。").of(id)]));
        }
        let mut tx = self.write()?;
        let (page, scan) = tx.find_scan_page(id)?.ok_or(Problem::NotThere)?;
        let opened = page.state.clone();
        if !matches!(opened.as_str(), WAITING | ATTACHED) {
            return Err(settled());
        }
        let row = ScanPageRow {
            state: DISCARDED.to_owned(),
            reason: reason.to_owned(),
            settled_at: Some(self.micros()),
            settled_by: Some(who.account.0),
            ..page
        };
        self.settle_page(tx, who, &row, &opened, "弃置扫描件", &scan.name, reason)
    }

    /// Puts a discarded page back where it was (恢复).
    pub fn restore_scan(&self, who: &Editor, id: i64) -> Result<(), Problem> {
        let mut tx = self.write()?;
        let (page, scan) = tx.find_scan_page(id)?.ok_or(Problem::NotThere)?;
        let state = if page.item_id.is_some() { ATTACHED } else { WAITING };
        let row =
            ScanPageRow { state: state.to_owned(), reason: String::new(), settled_at: None, settled_by: None, ..page };
        self.settle_page(tx, who, &row, DISCARDED, "恢复扫描件", &scan.name, "")
    }

    #[expect(clippy::too_many_arguments, reason = "what is written, and what the audit says of it")]
    fn settle_page(
        &self,
        mut tx: Write,
        who: &Editor,
        row: &ScanPageRow,
        opened: &str,
        act: &str,
        name: &str,
        detail: &str,
    ) -> Result<(), Problem> {
        if !tx.update_scan_page(row, opened)? {
            return Err(settled());
        }
        tx.record_act(&Act {
            at: self.micros(),
            account: Some(who.account.0),
            who: &who.name,
            act,
            object: name,
            done: true,
            detail,
        })?;
        tx.commit()?;
        Ok(())
    }
}

fn settled() -> Problem {
    Problem::Refused("这一页扫描件已经处理过，请重新打开。".to_owned())
}

fn views(tx: &mut Tx, state: &str) -> Result<Vec<ScanView>, Problem> {
    let rows = tx.list_scan_pages(state, if state == DISCARDED { 30 } else { SHOWN })?;
    rows.into_iter().map(|(page, scan)| view(tx, page, scan)).collect()
}

fn view(tx: &mut Tx, page: ScanPageRow, scan: ScanRow) -> Result<ScanView, Problem> {
    let names = unit_names(tx)?;
    let codes: Vec<(Option<i64>, i64)> = match page.item_id {
        Some(item) => vec![(page.issue_id, item)],
        None => page
            .codes
            .split(' ')
            .filter_map(|code| code.parse::<ItemCode>().ok())
            .map(|code| (Some(code.issue.0), code.item.0))
            .collect(),
    };
    let mut candidates = Vec::new();
    for (issue, item) in codes {
        let Some((row, units)) = tx.find_item(Sight::Office, ItemId(item))? else { continue };
        let (mut said, mut title) = (String::new(), row.title);
        if let Some(issue) = issue {
            let (issue, publication) = issue_with_publication(tx, IssueId(issue))?;
            said = label(&publication, &issue);
            let places = tx.list_issue_items(IssueId(issue.id))?;
            title = places.into_iter().find(|place| place.item_id == item).map_or(title, |place| place.title);
        }
        candidates.push(Candidate {
            issue: IssueId(issue.unwrap_or(0)),
            label: said,
            item: ItemId(item),
            number: row.number,
            title,
            units: joined(&names, &units),
        });
    }
    let several = tx.list_pages_of_scan(scan.id)?.len() > 1;
    Ok(ScanView {
        id: page.id,
        name: if several { format!("{} 第{}页", scan.name, page.page) } else { scan.name },
        taken_at: tz_store::moment(scan.taken_at),
        attached: page.state == ATTACHED,
        entered: page.comment_id.is_some(),
        why: if page.state == ATTACHED { String::new() } else { why_words(&page) },
        candidates,
        shown: page.preview_id.is_some(),
        reason: if page.state == DISCARDED { page.reason } else { String::new() },
    })
}
