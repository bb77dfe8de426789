//! Review (审核) and signature (签发) of a draft: of exactly the content that was looked at. A change ends both.

use jiff::Timestamp;
use tz_model::{AccountId, IssueId};
use tz_store::audit::Act;
use tz_store::issue_room::MarkRow;
use tz_store::publication::IssueItemRow;
use tz_store::{Tx, Write};

use super::{compose, issue_with_publication, press};
use crate::{App, Chief, Editor, Person, Problem, scheme_on};

const REVIEWED: &str = "reviewed";
const SIGNED: &str = "signed";
const UNSIGNED: &str = "unsigned";
const CHANGED: &str = "changed";

/// What stands of review and signature.
#[derive(Clone, Debug, Default)]
pub struct Signing {
    /// Who reviewed the content as it is (审核), and when.
    pub reviewed: Option<(String, Timestamp)>,
    /// Who signed the content as it is (签发), and when.
    pub signed: Option<(String, Timestamp)>,
    /// What ended them last, if nobody has reviewed or signed since: a whole sentence.
    pub ended: Option<String>,
}

/// The marks that hold.
#[derive(Debug, Default, PartialEq)]
struct Holding<'m> {
    reviewed: Option<&'m MarkRow>,
    signed: Option<&'m MarkRow>,
    ended: Option<&'m MarkRow>,
}

/// What of these marks holds for a content: none that was said of another.
fn holding<'m>(marks: &'m [MarkRow], seal: &str) -> Holding<'m> {
    let mut holding = Holding::default();
    for mark in marks {
        match mark.kind.as_str() {
            REVIEWED if mark.seal == seal => holding = Holding { reviewed: Some(mark), ended: None, ..holding },
            SIGNED if mark.seal == seal => holding = Holding { signed: Some(mark), ended: None, ..holding },
            CHANGED | UNSIGNED => holding = Holding { ended: Some(mark), ..Holding::default() },
            _ => {}
        }
    }
    holding
}

/// Names the content of an issue: what is printed, in which order, made of which items.
pub(super) fn seal(rows: &[IssueItemRow]) -> String {
    let one = |row: &IssueItemRow| format!("{} {:?} {}", row.item_id, row.merged_into, compose::seal(row));
    let mut hash = tz_store::content::sha256(rows.iter().map(one).collect::<Vec<_>>().join("\n").as_bytes());
    hash.truncate(16);
    hash
}

/// What stands of review and signature of an issue with these rows.
pub(super) fn signing(tx: &mut Tx, id: IssueId, rows: &[IssueItemRow]) -> Result<Signing, Problem> {
    let marks = tx.list_marks(id)?;
    let holding = holding(&marks, &seal(rows));
    let mut named = |mark: Option<&MarkRow>| -> Result<Option<(String, Timestamp)>, Problem> {
        let Some(mark) = mark else { return Ok(None) };
        let account = tx.find_account(AccountId(mark.account_id))?;
        Ok(Some((account.map(|account| account.name).unwrap_or_default(), tz_store::moment(mark.at))))
    };
    let ended = match holding.ended {
        Some(mark) => named(Some(mark))?.map(|(by, _)| match mark.kind.as_str() {
            UNSIGNED => format!("{by}取消了签发。"),
            _ => format!("{by}在签批之后{}，原来的审核和签发随之取消，请重新送审。", mark.note),
        }),
        None => None,
    };
    Ok(Signing { reviewed: named(holding.reviewed)?, signed: named(holding.signed)?, ended })
}

/// Ends review and signature where the content is another than `before`.
pub(super) fn note_change(
    tx: &mut Write,
    who: &Person,
    id: IssueId,
    before: &[IssueItemRow],
    after: &[IssueItemRow],
    now: i64,
) -> Result<(), Problem> {
    let (old, new) = (seal(before), seal(after));
    if old == new {
        return Ok(());
    }
    let marks = tx.list_marks(id)?;
    let held = holding(&marks, &old);
    if held.reviewed.is_none() && held.signed.is_none() {
        return Ok(());
    }
    let note = what_changed(before, after);
    append(tx, who, id, CHANGED, &new, now, &note)?;
    tx.record_act(&Act {
        at: now,
        account: Some(who.account.0),
        who: &who.name,
        act: "签批失效",
        object: &format!("刊物草稿第{id}号"),
        done: true,
        detail: &note,
    })?;
    Ok(())
}

/// What is different, to be read after somebody's name.
fn what_changed(before: &[IssueItemRow], after: &[IssueItemRow]) -> String {
    let of = |rows: &[IssueItemRow], item: i64| rows.iter().find(|row| row.item_id == item).cloned();
    let named = |rows: Vec<&IssueItemRow>| rows.iter().map(|row| format!("《{}》", row.title)).collect::<String>();
    let added: Vec<_> = after.iter().filter(|row| of(before, row.item_id).is_none()).collect();
    let gone: Vec<_> = before.iter().filter(|row| of(after, row.item_id).is_none()).collect();
    let changed: Vec<_> = after
        .iter()
        .filter(|row| {
            of(before, row.item_id)
                .is_some_and(|old| compose::seal(&old) != compose::seal(row) || old.merged_into != row.merged_into)
        })
        .collect();
    let parts: Vec<String> = [("编入了", added), ("撤下了", gone), ("修改了", changed)]
        .into_iter()
        .filter(|(_, rows)| !rows.is_empty())
        .map(|(what, rows)| format!("{what}{}", named(rows)))
        .collect();
    if parts.is_empty() { "调整了次序".to_owned() } else { parts.join("，") }
}

fn append(
    tx: &mut Write,
    who: &Person,
    id: IssueId,
    kind: &str,
    seal: &str,
    now: i64,
    note: &str,
) -> Result<(), Problem> {
    Ok(tx.append_mark(MarkRow {
        issue_id: id.0,
        position: 0,
        kind: kind.to_owned(),
        seal: seal.to_owned(),
        at: now,
        account_id: who.account.0,
        note: note.to_owned(),
    })?)
}

/// Refuses where the page that was looked at is not what stands now.
pub(super) fn as_seen(opened: &str, rows: &[IssueItemRow], what: &str) -> Result<(), Problem> {
    if opened == seal(rows) {
        return Ok(());
    }
    Err(Problem::Refused(format!("您打开此页后，本期又有改动，没有{what}。请重新打开本期，核对后再{what}。")))
}

/// Who signs an issue with these rows: who has signed it, or else `who`, a chief, now.
pub(super) fn signer(
    tx: &mut Write,
    who: &Person,
    id: IssueId,
    rows: &[IssueItemRow],
    now: i64,
) -> Result<String, Problem> {
    if let Some((by, _)) = signing(tx, id, rows)?.signed {
        return Ok(by);
    }
    append(tx, who, id, SIGNED, &seal(rows), now, "")?;
    Ok(who.name.clone())
}

impl App {
    /// Signs a draft (签发): `opened` is the seal of the page that was read. It is not published by that.
    pub fn sign_issue(&self, who: &Chief, id: IssueId, opened: &str) -> Result<(), Problem> {
        let mut tx = self.write()?;
        let rows = tx.list_issue_items(id)?;
        as_seen(opened, &rows, "签发")?;
        self.mark_draft(&mut tx, who, id, &rows, SIGNED)?;
        tx.commit()?;
        Ok(())
    }

    /// Notes the review (审核) of a draft with these rows.
    pub(super) fn review_in(
        &self,
        tx: &mut Write,
        who: &Editor,
        id: IssueId,
        rows: &[IssueItemRow],
    ) -> Result<(), Problem> {
        self.mark_draft(tx, who, id, rows, REVIEWED)
    }

    /// Takes a signature back.
    pub fn unsign_issue(&self, who: &Chief, id: IssueId) -> Result<(), Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let (_, publication) = compose::draft(&mut tx, id)?;
        let rows = tx.list_issue_items(id)?;
        if signing(&mut tx, id, &rows)?.signed.is_none() {
            return Err(Problem::Refused("本期没有签发，或者签发已经取消。".to_owned()));
        }
        append(&mut tx, who, id, UNSIGNED, &seal(&rows), now, "")?;
        self.record_mark(&mut tx, who, "取消签发", &publication, now)?;
        tx.commit()?;
        Ok(())
    }

    fn mark_draft(
        &self,
        tx: &mut Write,
        who: &Person,
        id: IssueId,
        rows: &[IssueItemRow],
        kind: &str,
    ) -> Result<(), Problem> {
        let now = self.micros();
        let what = if kind == SIGNED { "签发" } else { "审核" };
        let (_, name) = compose::draft(tx, id)?;
        let stands = signing(tx, id, rows)?;
        let already = if kind == SIGNED { stands.signed } else { stands.reviewed };
        if let Some((by, _)) = already {
            return Err(Problem::Refused(format!("本期已由{by}{what}，不必再{what}。")));
        }
        let scheme = scheme_on(tx, self.today())?;
        let (_, publication) = issue_with_publication(tx, id)?;
        press::fit_to_print(tx, &scheme, &publication, rows, self.today())?;
        append(tx, who, id, kind, &seal(rows), now, "")?;
        self.record_mark(tx, who, what, &name, now)
    }

    fn record_mark(&self, tx: &mut Write, who: &Person, act: &str, name: &str, now: i64) -> Result<(), Problem> {
        tx.record_act(&Act {
            at: now,
            account: Some(who.account.0),
            who: &who.name,
            act,
            object: &format!("《{name}》下一期"),
            done: true,
            detail: "",
        })?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(kind: &str, seal: &str) -> MarkRow {
        MarkRow {
            issue_id: 1,
            position: 1,
            kind: kind.to_owned(),
            seal: seal.to_owned(),
            at: 0,
            account_id: 1,
            note: String::new(),
        }
    }

    #[test]
    fn a_signature_holds_for_the_content_it_was_given_to_and_no_other() {
        let marks = [mark(REVIEWED, "a"), mark(SIGNED, "a")];
        let held = holding(&marks, "a");
        assert!(held.reviewed.is_some() && held.signed.is_some() && held.ended.is_none());
        assert_eq!(holding(&marks, "b"), Holding::default());
        // What was changed and changed back is still to be signed again.
        let marks = [mark(SIGNED, "a"), mark(CHANGED, "b"), mark(CHANGED, "a")];
        assert_eq!(holding(&marks, "a"), Holding { ended: Some(&marks[2]), ..Holding::default() });
        let marks = [mark(SIGNED, "a"), mark(CHANGED, "b"), mark(SIGNED, "b")];
        assert_eq!(holding(&marks, "b"), Holding { signed: Some(&marks[2]), ..Holding::default() });
    }
}
