//! Adopting items into the draft of a publication (采用). Nothing here scores.

use tz_model::{AccountId, IssueId, ItemId, PublicationId, Revision};
use tz_store::Write;
use tz_store::audit::Act;
use tz_store::item::EventRow;
use tz_store::publication::{IssueItemRow, IssueRow};

use super::{DRAFT, OFFICE, joined, pieces, signing, unit_names};
use crate::{App, Editor, Person, Problem, scheme_on};

/// What adopting did.
#[derive(Clone, Debug)]
pub struct Adopted {
    /// The draft it stands in now.
    pub issue: IssueId,
    /// The publication's name.
    pub publication: String,
    /// Its place there, from 1.
    pub place: usize,
}

/// As [`App::adopt`], inside a bigger transaction.
pub(crate) fn adopt_in(
    tx: &mut Write,
    who: &Person,
    item: ItemId,
    revision: Revision,
    publication: PublicationId,
    now: i64,
) -> Result<Adopted, Problem> {
    let (mut row, units) = tx.find_item(OFFICE, item)?.ok_or(Problem::NotThere)?;
    let publication = tx.find_publication(publication)?.ok_or(Problem::NotThere)?;
    let version = tx.find_version(item, Revision(row.revision))?.ok_or(Problem::NotThere)?;
    if row.revision != revision.0 {
        let by = match version.saved_by {
            Some(by) => tx.find_account(AccountId(by))?.map(|account| account.name),
            None => None,
        };
        return Err(Problem::Overtaken {
            by: by.unwrap_or_else(|| "报送单位".to_owned()),
            current: row.revision,
            title: version.title,
            body: version.body,
        });
    }
    if let Some(word) = match row.state.as_str() {
        "returned" => Some("已退回，须由单位修改后重新报送"),
        "declined" => Some("已决定不采用，请先在收稿页恢复为待处理"),
        "withdrawn" => Some("已由单位撤回"),
        _ => None,
    } {
        return Err(Problem::Refused(format!("《{}》{word}，不能编入刊物。", row.title)));
    }
    if let Some(by) = row.claimed_by.filter(|&by| by != who.account.0) {
        let by = tx.find_account(AccountId(by))?.map_or_else(|| "他人".to_owned(), |account| account.name);
        return Err(Problem::Refused(format!("《{}》已由{by}认领。请与其商量，或待其放回后再采用。", row.title)));
    }
    // Writing the publication back holds it until the end: two editors never begin two drafts of one title.
    tx.update_publication(&publication)?;
    let issue = match tx.find_draft_issue(PublicationId(publication.id))? {
        Some(issue) => IssueId(issue.id),
        None => tx.insert_issue(IssueRow {
            id: 0,
            office_id: 0,
            publication_id: publication.id,
            state: DRAFT.to_owned(),
            year: None,
            number: None,
            running_number: None,
            date: None,
            created_at: now,
            created_by: Some(who.account.0),
            published_at: None,
            published_by: None,
            withdrawn_reason: String::new(),
            content_id: None,
            values_id: None,
        })?,
    };
    let mut places = tx.list_issue_items(issue)?;
    if places.iter().any(|place| place.item_id == item.0) {
        return Err(Problem::Refused(format!(
            "《{}》已在正在编辑的这一期《{}》中，不必重复采用。",
            row.title, publication.name
        )));
    }
    let names = unit_names(tx)?;
    let today = tz_model::shanghai_date(tz_store::moment(now));
    let columns = tx.list_columns(PublicationId(publication.id))?;
    let before = places.clone();
    places.push(IssueItemRow {
        issue_id: issue.0,
        position: 0,
        item_id: item.0,
        revision: row.revision,
        // A publication without a list of columns takes categories for them.
        column_name: Some(row.category.clone())
            .filter(|name| columns.is_empty() || columns.contains(name))
            .unwrap_or_default(),
        title: version.title,
        body: version.body,
        byline: joined(&names, &units),
        form: scheme_on(tx, today)?.forms().first().map(ToString::to_string).unwrap_or_default(),
        fact_key: None,
        merged_into: None,
    });
    tx.replace_issue_items(issue, &places)?;
    signing::note_change(tx, who, issue, &before, &places, now)?;
    row.claimed_by = None;
    // An item already published elsewhere stays so for its unit; it only gains another place.
    if row.state != "published" {
        row.state = "adopted".to_owned();
    }
    if !tx.update_item(&row, revision)? {
        return Err(Problem::Refused(format!("《{}》刚刚被他人修改，请重新打开后再采用。", row.title)));
    }
    tx.append_event(EventRow {
        item_id: item.0,
        position: 0,
        at: now,
        account_id: Some(who.account.0),
        kind: "adopted".to_owned(),
        text: format!("拟编入《{}》，刊发后计分。", publication.name),
        for_unit: true,
    })?;
    tx.record_act(&Act {
        at: now,
        account: Some(who.account.0),
        who: &who.name,
        act: "采用稿件",
        object: &row.number,
        done: true,
        detail: &format!("《{}》", publication.name),
    })?;
    let place = pieces::printed(&places).len();
    Ok(Adopted { issue, publication: publication.name, place })
}

impl App {
    /// Adopts an item's version into the draft of a publication (采用), beginning one if there is none. Scores nothing yet.
    pub fn adopt(
        &self,
        who: &Editor,
        item: ItemId,
        revision: Revision,
        publication: PublicationId,
    ) -> Result<Adopted, Problem> {
        let mut tx = self.write()?;
        let adopted = adopt_in(&mut tx, who, item, revision, publication, self.micros())?;
        tx.commit()?;
        Ok(adopted)
    }
}
