//! Adopting items into a draft issue and arranging it (编排): order, columns, words, pieces of several items. Nothing here
//! scores.

use tz_model::{AccountId, IssueId, ItemId, Name, PublicationId, Revision};
use tz_store::audit::Act;
use tz_store::directory::UnitNames;
use tz_store::item::{EventRow, ItemRow};
use tz_store::publication::{IssueItemRow, IssueRow};
use tz_store::{Tx, Write};

use super::pieces::{self, Piece};
use super::{DRAFT, FORMS, OFFICE, PUBLISHED, issue_with_publication, joined, origin, signing, unit_names};
use crate::{App, Editor, FieldFault, Person, Problem, scheme_on};

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

/// How one place of a draft should be, as typed.
#[derive(Clone, Debug)]
pub struct PlaceWish {
    /// The item standing there.
    pub item: ItemId,
    /// The place's seal when the page was opened.
    pub opened: String,
    /// Its number in the order.
    pub order: String,
    /// 栏目
    pub column: String,
    /// The title to be printed.
    pub title: String,
    /// The text to be printed.
    pub body: String,
    /// 署名
    pub byline: String,
    /// 形式
    pub form: String,
    /// Ticked, to be merged.
    pub picked: bool,
}

/// What to do besides saving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComposeAct {
    /// Nothing.
    Save,
    /// One place up.
    Up(ItemId),
    /// One place down.
    Down(ItemId),
    /// Out of the issue.
    Remove(ItemId),
    /// Title and text of the item's newest version instead of what stands there.
    Renew(ItemId),
    /// The byline from the units of its items.
    Byline(ItemId),
    /// Pieces of a column together, in the publication's order of columns.
    Gather,
    /// The ticked pieces into one (综合稿).
    Merge,
    /// An item out of the piece it was merged into.
    Split(ItemId),
}

/// Names a place's content, to tell whether it was changed meanwhile.
pub(super) fn seal(row: &IssueItemRow) -> String {
    let fields = [&row.column_name, &row.title, &row.body, &row.byline, &row.form];
    let text = fields.map(|field| field.replace('\u{1f}', " ")).join("\u{1f}");
    let mut hash = tz_store::content::sha256(format!("{}\u{1f}{text}", row.revision).as_bytes());
    hash.truncate(16);
    hash
}

/// What an item's state is by where it stands: published beats being prepared beats received.
pub(super) fn settle(tx: &mut Write, mut item: ItemRow) -> Result<(), Problem> {
    let issues = tx.list_issues_of_item(ItemId(item.id))?;
    let stands_in = |state: &str| issues.iter().any(|(_, issue)| issue.state == state);
    let state = if stands_in(PUBLISHED) {
        "published"
    } else if stands_in(DRAFT) {
        "adopted"
    } else {
        "received"
    };
    if item.state != state {
        item.state = state.to_owned();
        let revision = Revision(item.revision);
        if !tx.update_item(&item, revision)? {
            return Err(Problem::Refused(format!("《{}》刚刚被他人修改，请重新打开后再试。", item.title)));
        }
    }
    Ok(())
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

/// A row with what is wished for it.
fn as_wished(row: &IssueItemRow, wish: &PlaceWish) -> IssueItemRow {
    IssueItemRow {
        column_name: one_line(&wish.column),
        title: one_line(&wish.title),
        body: wish.body.replace("\r\n", "\n").trim_end().to_owned(),
        byline: one_line(&wish.byline),
        form: wish.form.trim().to_owned(),
        ..row.clone()
    }
}

/// Pieces in the order wished for; of two with one number, the one that was moved there goes in front when it came from behind.
fn ordered(mut placed: Vec<((i64, i64), Piece)>) -> Vec<Piece> {
    placed.sort_by_key(|(order, _)| *order);
    placed.into_iter().map(|(_, piece)| piece).collect()
}

/// The pieces as typed, whatever is wrong with them: to show how they would fall on the pages.
pub(super) fn as_typed(stored: Vec<Piece>, wishes: &[PlaceWish]) -> Vec<Piece> {
    let placed = stored.into_iter().zip(1..).map(|(piece, position)| {
        let Some(wish) = wishes.iter().find(|wish| wish.item.0 == piece.lead.item_id) else {
            return ((i64::MAX, position), piece);
        };
        let order = wish.order.trim().parse().unwrap_or(position);
        ((order, (order - position).signum()), Piece { lead: as_wished(&piece.lead, wish), ..piece })
    });
    ordered(placed.collect())
}

/// The pieces of a draft as wished. Pieces nobody speaks of (added meanwhile) stay, at the end.
fn arrange(stored: Vec<Piece>, wishes: &[PlaceWish], forms: &[Name]) -> Result<Vec<Piece>, Vec<FieldFault>> {
    let mut faults = Vec::new();
    let mut placed: Vec<((i64, i64), Piece)> = Vec::new();
    for (piece, position) in stored.into_iter().zip(1..) {
        let Some(wish) = wishes.iter().find(|wish| wish.item.0 == piece.lead.item_id) else {
            placed.push(((i64::MAX, position), piece));
            continue;
        };
        let row = &piece.lead;
        let wished = as_wished(row, wish);
        let name = if wished.title.is_empty() { &row.title } else { &wished.title };
        let mut fault = |field, sentence: String| faults.push(FieldFault::new(field, sentence).of(row.item_id));
        if wish.opened != seal(row) && seal(&wished) != seal(row) {
            fault(
                "place",
                format!(
                    "《{}》刚被他人改过。下面是您的文字，对方的文字附在其后；请对照后再保存，届时以您的为准。",
                    row.title
                ),
            );
        }
        if wished.title.is_empty() {
            fault("title", format!("第{position}条没有标题，请补上。"));
        }
        if wished.body.trim().is_empty() && wished.form != FORMS[2] {
            fault("body", format!("《{name}》没有正文。只用一句话的，请把形式改为“一句话”。"));
        }
        if !forms.iter().any(|form| **form == *wished.form) {
            let known: Vec<&str> = forms.iter().map(|form| &**form).collect();
            fault("form", format!("《{name}》的形式请从{}中选择。", known.join("、")));
        }
        for (what, text, most) in [
            (("column", "栏目"), &wished.column_name, 20),
            (("title", "标题"), &wished.title, 200),
            (("byline", "署名"), &wished.byline, 400),
            (("body", "正文"), &wished.body, 50_000),
        ] {
            let (field, what) = what;
            if text.chars().count() > most {
                fault(field, format!("《{}》的{what}太长，不超过{most}字。", row.title));
            }
        }
        match wish.order.trim().parse::<i64>() {
            Ok(order) if (1..=999).contains(&order) => {
                placed.push(((order, (order - position).signum()), Piece { lead: wished, merged: piece.merged }));
            }
            Ok(_) | Err(_) => fault("order", format!("《{name}》的次序请填1到999之间的整数。")),
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(ordered(placed))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The names of the units of some items, each once, in the order of first mention.
fn units_of(tx: &mut Tx, names: &UnitNames, piece: &Piece) -> Result<Vec<String>, Problem> {
    let mut found: Vec<String> = Vec::new();
    for row in piece.rows() {
        let (_, units) = tx.find_item(OFFICE, ItemId(row.item_id))?.ok_or(Problem::NotThere)?;
        for name in units.iter().filter_map(|unit| names.get(*unit)) {
            if !found.iter().any(|known| known == name) {
                found.push(name.to_owned());
            }
        }
    }
    Ok(found)
}

/// A draft, still one: what everything that changes it begins with.
pub(super) fn draft(tx: &mut Write, id: IssueId) -> Result<(IssueRow, String), Problem> {
    let (issue, publication) = issue_with_publication(tx, id)?;
    let name = super::label(&publication, &issue);
    if !tx.update_issue(&issue, DRAFT)? {
        return Err(Problem::Refused(format!("{name}已经刊发或撤回，不能再编辑。请打开该期查看。")));
    }
    Ok((issue, publication.name))
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

    /// Saves a draft as arranged (编排): order, columns, words, bylines, forms; and moves, removes, renews, merges or splits.
    ///
    /// Two editors at once: items the other added stay; an item both changed is a fault, and nothing is overwritten unseen.
    pub fn save_issue(&self, who: &Editor, id: IssueId, wishes: &[PlaceWish], act: ComposeAct) -> Result<(), Problem> {
        let mut tx = self.write()?;
        self.save_in(&mut tx, who, id, wishes, act)?;
        tx.commit()?;
        Ok(())
    }

    /// Saves a draft as arranged and notes its review (审核) in one: nothing of it may be other than the page shows, so
    /// `opened` is the seal of the issue as the page showed it.
    pub fn save_reviewed(&self, who: &Editor, id: IssueId, wishes: &[PlaceWish], opened: &str) -> Result<(), Problem> {
        let mut tx = self.write()?;
        let stored = tx.list_issue_items(id)?;
        signing::as_seen(opened, &stored, "审核")?;
        let rows = self.save_in(&mut tx, who, id, wishes, ComposeAct::Save)?;
        self.review_in(&mut tx, who, id, &rows)?;
        tx.commit()?;
        Ok(())
    }

    fn save_in(
        &self,
        tx: &mut Write,
        who: &Editor,
        id: IssueId,
        wishes: &[PlaceWish],
        act: ComposeAct,
    ) -> Result<Vec<IssueItemRow>, Problem> {
        let now = self.micros();
        let (issue, publication) = draft(tx, id)?;
        let stored = tx.list_issue_items(id)?;
        let forms = scheme_on(tx, self.today())?.forms();
        let mut arranged = match arrange(pieces::pieces(stored.clone()), wishes, &forms) {
            Ok(arranged) => arranged,
            Err(faults) => return Err(Problem::Faults(faults)),
        };
        let at = |item: ItemId| arranged.iter().position(|piece| piece.lead.item_id == item.0).ok_or(Problem::NotThere);
        let mut removed = None;
        let mut said: Option<(&str, String)> = None;
        match act {
            ComposeAct::Save => {}
            ComposeAct::Up(item) => {
                let place = at(item)?;
                arranged.swap(place, place.saturating_sub(1));
            }
            ComposeAct::Down(item) => {
                let place = at(item)?;
                let last = arranged.len() - 1;
                arranged.swap(place, (place + 1).min(last));
            }
            ComposeAct::Remove(item) => {
                let place = at(item)?;
                removed = Some(arranged.remove(place));
            }
            ComposeAct::Renew(item) => {
                let place = at(item)?;
                if arranged[place].is_merged() {
                    return Err(Problem::Refused(
                        "这一条是综合稿，不能整条换用原稿。请先把稿件拆出，换用新版本后再合并。".to_owned(),
                    ));
                }
                let (newest, _) = tx.find_item(OFFICE, item)?.ok_or(Problem::NotThere)?;
                let version = tx.find_version(item, Revision(newest.revision))?.ok_or(Problem::NotThere)?;
                let lead = &mut arranged[place].lead;
                lead.revision = version.revision;
                lead.title = version.title;
                lead.body = version.body;
            }
            ComposeAct::Byline(item) => {
                let place = at(item)?;
                let names = unit_names(tx)?;
                arranged[place].lead.byline = units_of(tx, &names, &arranged[place])?.join("、");
            }
            ComposeAct::Gather => {
                let columns = tx.list_columns(PublicationId(issue.publication_id))?;
                arranged = pieces::gather(arranged, &columns);
            }
            ComposeAct::Merge => {
                let picked: Vec<ItemId> = wishes.iter().filter(|wish| wish.picked).map(|wish| wish.item).collect();
                arranged = merge(tx, arranged, &picked, &forms)?;
                said = Some(("合并稿件", numbers(tx, &picked)?));
            }
            ComposeAct::Split(item) => {
                arranged = split(tx, arranged, item, &forms)?;
                said = Some(("拆出稿件", numbers(tx, &[item])?));
            }
        }
        let rows = pieces::rows_of(arranged);
        tx.replace_issue_items(id, &rows)?;
        for row in removed.iter().flat_map(Piece::rows) {
            let (item, _) = tx.find_item(OFFICE, ItemId(row.item_id))?.ok_or(Problem::NotThere)?;
            let number = item.number.clone();
            settle(tx, item)?;
            tx.append_event(EventRow {
                item_id: row.item_id,
                position: 0,
                at: now,
                account_id: Some(who.account.0),
                kind: "unadopted".to_owned(),
                text: format!("未编入本期《{publication}》，退回待处理。"),
                for_unit: true,
            })?;
            tx.record_act(&Act {
                at: now,
                account: Some(who.account.0),
                who: &who.name,
                act: "撤下稿件",
                object: &number,
                done: true,
                detail: &format!("《{publication}》"),
            })?;
        }
        if let Some((act, object)) = said {
            tx.record_act(&Act {
                at: now,
                account: Some(who.account.0),
                who: &who.name,
                act,
                object: &object,
                done: true,
                detail: &format!("《{publication}》"),
            })?;
        }
        signing::note_change(tx, who, id, &stored, &rows, now)?;
        Ok(rows)
    }
}

/// Merges items of a draft (none, or at least two) and brings its columns together, inside a bigger transaction.
pub(crate) fn arrange_in(
    tx: &mut Write,
    who: &Person,
    id: IssueId,
    merged: &[ItemId],
    now: i64,
) -> Result<(), Problem> {
    let (issue, _) = draft(tx, id)?;
    let stored = tx.list_issue_items(id)?;
    let forms = scheme_on(tx, tz_model::shanghai_date(tz_store::moment(now)))?.forms();
    let columns = tx.list_columns(PublicationId(issue.publication_id))?;
    let mut arranged = pieces::pieces(stored.clone());
    if !merged.is_empty() {
        arranged = merge(tx, arranged, merged, &forms)?;
    }
    let rows = pieces::rows_of(pieces::gather(arranged, &columns));
    tx.replace_issue_items(id, &rows)?;
    signing::note_change(tx, who, id, &stored, &rows, now)
}

/// The numbers of items, joined by `、`.
fn numbers(tx: &mut Tx, items: &[ItemId]) -> Result<String, Problem> {
    let ids: Vec<i64> = items.iter().map(|item| item.0).collect();
    let rows = tx.list_numbers_of_items(&ids)?;
    Ok(rows.into_iter().map(|(_, number, _)| number).collect::<Vec<_>>().join("、"))
}

/// The form of a composite (综合) under these forms, where there is one.
fn composite(forms: &[Name]) -> Option<&str> {
    forms.iter().map(|form| &**form).find(|form| *form == FORMS[1])
}

/// Merges the picked pieces; the byline is that of all their units.
fn merge(tx: &mut Tx, all: Vec<Piece>, picked: &[ItemId], forms: &[Name]) -> Result<Vec<Piece>, Problem> {
    let names = unit_names(tx)?;
    let lead = all.iter().find(|piece| picked.contains(&ItemId(piece.lead.item_id)));
    let before = match lead {
        Some(piece) => units_of(tx, &names, piece)?,
        None => Vec::new(),
    };
    let lead = lead.map(|piece| piece.lead.item_id);
    let mut all = pieces::merge(all, picked, composite(forms))?;
    if let Some(piece) = all.iter_mut().find(|piece| Some(piece.lead.item_id) == lead) {
        let after = units_of(tx, &names, piece)?;
        piece.lead.byline = pieces::byline(&piece.lead.byline, &before, &after);
    }
    Ok(all)
}

/// Takes an item out of its piece again: its paragraphs leave the piece's text, its units the byline that wrote itself.
fn split(tx: &mut Tx, all: Vec<Piece>, item: ItemId, forms: &[Name]) -> Result<Vec<Piece>, Problem> {
    let names = unit_names(tx)?;
    let holds = |piece: &Piece| piece.merged.iter().any(|row| row.item_id == item.0);
    let at = all.iter().position(holds).ok_or(Problem::NotThere)?;
    let before = units_of(tx, &names, &all[at])?;
    let sources = origin::sources(tx, &all[at])?;
    let gone = all[at].rows().position(|row| row.item_id == item.0).ok_or(Problem::NotThere)?;
    let body = tz_text::without_source(&all[at].lead.body, &sources, gone);
    let alone = forms.first().map_or("", |form| &**form);
    let mut all = pieces::split(all, item, body, FORMS[1], alone);
    let after = units_of(tx, &names, &all[at])?;
    all[at].lead.byline = pieces::byline(&all[at].lead.byline, &before, &after);
    Ok(all)
}
