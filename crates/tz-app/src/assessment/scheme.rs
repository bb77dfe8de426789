//! The office's schemes (计分办法): those it has had, drafts, and the built-in ones to start from.
//!
//! A scheme is named by a [`SchemePlace`]. Taking one into force and back is `adopt.rs`, trying one on the office's own past
//! is `attempt.rs`. A closed month keeps the scheme it was closed under, whatever happens here.

mod adopt;
mod attempt;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use tz_model::{Fault, Month, parse_date};
use tz_scheme::BUILTIN_IDS;
use tz_store::audit::Act;
use tz_store::scheme::{SchemeDraftRow, SchemeRow};
use tz_store::{Tx, Write};

use crate::{App, Chief, Editor, Problem};

pub use adopt::{AdoptWish, Plan};
pub use attempt::{AttemptWish, Tried};
// What the doors show of a scheme and of a trial, in the words of the crates that make them.
pub use tz_assess::{Side, Standing, Trial, UnitTrial};
pub use tz_scheme::{Part, Scheme, line_and_column, sheet};

/// The most bytes the text of a scheme may have; the longest known is a tenth of it.
pub const TEXT_LIMIT: usize = 1 << 20;

/// Which scheme is meant, as an address writes it: `draft-3`, the SHA-256 of a text, or the id of a built-in one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemePlace {
    /// 草稿
    Draft(i64),
    /// One the office has taken into force at some time, by its hash.
    Adopted(String),
    /// 内置
    Builtin(String),
}

impl fmt::Display for SchemePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Draft(id) => write!(f, "draft-{id}"),
            Self::Adopted(hash) => f.write_str(hash),
            Self::Builtin(id) => f.write_str(id),
        }
    }
}

impl FromStr for SchemePlace {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(id) = text.strip_prefix("draft-").and_then(|id| id.parse().ok()) {
            return Ok(Self::Draft(id));
        }
        let is_hash = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        Ok(if is_hash { Self::Adopted(text.to_owned()) } else { Self::Builtin(text.to_owned()) })
    }
}

/// A scheme opened: its text, and what reading it gives.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Which it is.
    pub place: SchemePlace,
    /// What it is called; for a draft as far as it can be read.
    pub name: String,
    /// SHA-256 of the text.
    pub hash: String,
    /// The file.
    pub text: String,
    /// The scheme, or all its faults.
    pub read: Result<Arc<Scheme>, Vec<Fault>>,
}

impl Opened {
    /// The scheme, or a sentence that the draft must be mended first. `what` is what cannot be done: `启用`.
    pub fn whole(&self, what: &str) -> Result<Arc<Scheme>, Problem> {
        self.read.as_ref().map(Arc::clone).map_err(|faults| {
            Problem::Refused(format!("“{}”还有{}处差错，改好以后才能{what}。", self.name, faults.len()))
        })
    }
}

/// What an adoption is today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AdoptionState {
    /// 现行
    InForce,
    /// 尚未开始
    Ahead,
    /// 已被代替, with the last day it held, or `None` if it never held a day.
    Past(Option<String>),
    /// 已撤回: by whom, when, why.
    Withdrawn {
        /// Who took it back.
        by: String,
        /// When, in microseconds of UTC.
        at: i64,
        /// Why.
        reason: String,
    },
}

/// A scheme taken into force (启用).
#[derive(Clone, Debug)]
pub struct AdoptionEntry {
    /// The number of the adoption.
    pub seq: i64,
    /// Its scheme.
    pub place: SchemePlace,
    /// Its scheme's name.
    pub name: String,
    /// The scheme's id.
    pub scheme_id: String,
    /// SHA-256 of the text.
    pub hash: String,
    /// First day it scores.
    pub from: String,
    /// When it was recorded, in microseconds of UTC.
    pub recorded_at: i64,
    /// By whom; empty when the office was set up.
    pub by: String,
    /// What it is today.
    pub state: AdoptionState,
    /// Periods closed under it.
    pub closed: usize,
    /// Its periods are months.
    pub monthly: bool,
    /// It can still be taken back.
    pub may_withdraw: bool,
}

/// A draft (草稿) in the list.
#[derive(Clone, Debug)]
pub struct DraftEntry {
    /// Which it is.
    pub place: SchemePlace,
    /// What it is called.
    pub name: String,
    /// How many faults it has.
    pub faults: usize,
    /// When it was saved last, in microseconds of UTC.
    pub saved_at: i64,
    /// By whom.
    pub by: String,
}

/// Every scheme to look at.
#[derive(Clone, Debug)]
pub struct SchemeList {
    /// Those taken into force, newest start first, those taken back at their place.
    pub adopted: Vec<AdoptionEntry>,
    /// Drafts, oldest first.
    pub drafts: Vec<DraftEntry>,
    /// Built-in ones: identity, name, office.
    pub builtin: Vec<(SchemePlace, String, String)>,
}

fn names(tx: &mut Tx) -> Result<BTreeMap<i64, String>, Problem> {
    Ok(tx.list_accounts()?.into_iter().map(|account| (account.id, account.name)).collect())
}

fn draft_row(tx: &mut Tx, id: i64) -> Result<SchemeDraftRow, Problem> {
    tx.list_scheme_drafts()?.into_iter().find(|row| row.id == id).ok_or(Problem::NotThere)
}

/// Opens a scheme within a transaction.
fn open(tx: &mut Tx, place: &SchemePlace) -> Result<Opened, Problem> {
    let text = match place {
        SchemePlace::Draft(id) => {
            let row = draft_row(tx, *id)?;
            tx.find_scheme_text(&row.hash)?
        }
        SchemePlace::Adopted(hash) => {
            let known = tx.list_scheme_adoptions()?.iter().any(|row| row.hash == *hash);
            if known { tx.find_scheme_text(hash)? } else { None }
        }
        SchemePlace::Builtin(id) => Scheme::builtin(id).map(|scheme| scheme.text().to_owned()),
    };
    let text = text.ok_or(Problem::NotThere)?;
    Ok(Opened {
        place: place.clone(),
        name: called(&text),
        hash: tz_store::content::sha256(text.as_bytes()),
        read: Scheme::parse(&text).map(Arc::new),
        text,
    })
}

/// What a text calls its scheme, read as far as it can be: a draft with faults has a name too.
pub fn called(text: &str) -> String {
    let value = |line: &str| -> Option<String> {
        let (key, value) = line.split_once('=')?;
        let value = value.trim().strip_prefix('"')?.split('"').next()?.trim();
        (key.trim() == "name" && !value.is_empty()).then(|| value.chars().take(60).collect())
    };
    // Keys of the scheme itself stand before the first table.
    let head = text.lines().take_while(|line| !line.trim_start().starts_with('['));
    head.into_iter().find_map(value).unwrap_or_else(|| "没有名称的计分办法".to_owned())
}

/// The same sentence about many things, said once with its first places and their count.
pub(super) fn together(faults: Vec<Fault>) -> Vec<Fault> {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for fault in faults {
        places.entry(fault.sentence).or_default().push(fault.place);
    }
    let said = places.into_iter().map(|(sentence, places)| {
        let place = match &places[..] {
            [first, second, _, ..] => format!("{first}、{second}等{}处", places.len()),
            few => few.join("、"),
        };
        Fault::new(place, sentence)
    });
    said.collect()
}

/// The periods closed under an adoption. One before its first day counts too where the office had no other of that text:
/// the first scheme also holds for what came before it.
fn closed_under(tx: &mut Tx, row: &SchemeRow, held: &[SchemeRow]) -> Result<usize, Problem> {
    let from = row.from_date.get(..7).unwrap_or_default();
    let only = held.iter().filter(|other| other.hash == row.hash).count() <= 1;
    let heads = tx.list_statement_heads()?;
    Ok(heads.iter().filter(|head| head.scheme_hash == row.hash && (only || *head.month >= *from)).count())
}

fn record(tx: &mut Write, who: &Chief, at: i64, act: &str, object: &str, detail: &str) -> Result<(), Problem> {
    let account = Some(who.account.0);
    Ok(tx.record_act(&Act { at, account, who: &who.name, act, object, done: true, detail })?)
}

impl App {
    /// Every scheme the office has had, its drafts, and the built-in ones to start from.
    pub fn schemes(&self, _who: &Editor) -> Result<SchemeList, Problem> {
        let mut tx = self.read()?;
        let people = names(&mut tx)?;
        let name_of = |id: Option<i64>| id.and_then(|id| people.get(&id).cloned()).unwrap_or_default();
        let all = tx.list_scheme_adoptions()?;
        let held = tx.list_schemes()?;
        let today = self.today().to_string();
        let now = held.iter().find(|row| row.from_date <= today).or(held.last()).map(|row| row.seq);
        let mut adopted = Vec::new();
        for row in all.iter().filter(|row| row.withdraws.is_none()) {
            let back = all.iter().find(|other| other.withdraws == Some(row.seq));
            let at = held.iter().position(|other| other.seq == row.seq);
            let state = match (back, at) {
                (Some(back), _) => AdoptionState::Withdrawn {
                    by: name_of(back.recorded_by),
                    at: back.recorded_at,
                    reason: back.reason.clone(),
                },
                (None, _) if now == Some(row.seq) => AdoptionState::InForce,
                (None, Some(at)) => {
                    let next = at.checked_sub(1).and_then(|at| held.get(at)).map(|next| next.from_date.as_str());
                    match next {
                        Some(next) if next == row.from_date => AdoptionState::Past(None),
                        Some(next) if row.from_date <= today => AdoptionState::Past(
                            parse_date(next).ok().and_then(|day| day.yesterday().ok()).map(|day| day.to_string()),
                        ),
                        Some(_) | None => AdoptionState::Ahead,
                    }
                }
                (None, None) => AdoptionState::Past(None),
            };
            let closed = if at.is_some() { closed_under(&mut tx, row, &held)? } else { 0 };
            adopted.push(AdoptionEntry {
                seq: row.seq,
                place: SchemePlace::Adopted(row.hash.clone()),
                name: tx.find_scheme_text(&row.hash)?.map_or_else(|| row.scheme_id.clone(), |text| called(&text)),
                scheme_id: row.scheme_id.clone(),
                hash: row.hash.clone(),
                from: row.from_date.clone(),
                recorded_at: row.recorded_at,
                by: name_of(row.recorded_by),
                state,
                closed,
                monthly: crate::scheme_of(&mut tx, &row.hash)
                    .is_ok_and(|scheme| *scheme.calendar().every() == tz_scheme::Every::Month),
                may_withdraw: at.is_some() && closed == 0 && held.len() > 1,
            });
        }
        adopted.sort_by(|one, other| (&other.from, other.seq).cmp(&(&one.from, one.seq)));
        let mut drafts = Vec::new();
        for row in tx.list_scheme_drafts()? {
            let faults = match tx.find_scheme_text(&row.hash)? {
                Some(text) => Scheme::parse(&text).err().map_or(0, |faults| faults.len()),
                None => 0,
            };
            drafts.push(DraftEntry {
                place: SchemePlace::Draft(row.id),
                name: row.name,
                faults,
                saved_at: row.saved_at,
                by: name_of(row.saved_by),
            });
        }
        let builtin = BUILTIN_IDS.iter().filter_map(|id| {
            let scheme = Scheme::builtin(id)?;
            Some((SchemePlace::Builtin((*id).to_owned()), scheme.name().to_owned(), scheme.office().to_owned()))
        });
        Ok(SchemeList { adopted, drafts, builtin: builtin.collect() })
    }

    /// A scheme with its text, and its faults if it has any.
    pub fn open_scheme(&self, _who: &Editor, place: &SchemePlace) -> Result<Opened, Problem> {
        open(&mut self.read()?, place)
    }

    /// Two schemes in sentences: what is otherwise in the second (比较). `old` is the one in force today where none is named.
    pub fn compare_schemes(
        &self,
        _who: &Editor,
        old: Option<&SchemePlace>,
        new: &SchemePlace,
    ) -> Result<(Opened, Opened, Vec<String>), Problem> {
        let mut tx = self.read()?;
        let in_force = SchemePlace::Adopted(crate::scheme_on(&mut tx, self.today())?.hash().to_owned());
        let old = open(&mut tx, old.unwrap_or(&in_force))?;
        let new = open(&mut tx, new)?;
        let changes = tz_scheme::diff(&*old.whole("比较")?, &*new.whole("比较")?);
        Ok((old, new, changes))
    }

    /// Keeps a text as a draft (存为草稿), faults or not: a new one, or another text of the draft `of`, which was opened with
    /// the text of hash `base`. Refused if somebody else has saved it since; says its identity.
    pub fn save_scheme_draft(&self, who: &Chief, of: Option<(i64, &str)>, text: &str) -> Result<i64, Problem> {
        if text.trim().is_empty() {
            return Err(Problem::field("text", "还没有文字。请把计分办法粘贴进来，或选一个文件。"));
        }
        if text.len() > TEXT_LIMIT {
            return Err(Problem::field("text", "计分办法的文字不能超过 1 MB。请检查选的文件是否正确。"));
        }
        if text.contains('\0') {
            return Err(Problem::field(
                "text",
                "文字里有不能保存的空字符，它多半不是文本文件。请检查选的文件是否正确。",
            ));
        }
        let now = self.micros();
        let mut tx = self.write()?;
        let hash = tx.put_scheme_text(text)?;
        let name = called(text);
        if let Some((id, base)) = of {
            let held = draft_row(&mut tx, id)?;
            if held.hash != base && held.hash != hash {
                let by = held.saved_by.and_then(|id| names(&mut tx).ok()?.remove(&id)).unwrap_or_default();
                return Err(Problem::Refused(format!(
                    "您打开此页后，{by}已经改过这份草稿，没有保存。您的文字还在下面；请另开一页对照，或把它存为另一份草稿。"
                )));
            }
        }
        let row = SchemeDraftRow {
            id: of.map_or(0, |(id, _)| id),
            office_id: 0,
            hash: hash.clone(),
            name: name.clone(),
            saved_at: now,
            saved_by: Some(who.account.0),
        };
        let id = tx.save_scheme_draft(row)?;
        record(&mut tx, who, now, "存计分办法草稿", &format!("草稿{id} {name}"), &format!("校验值{hash}"))?;
        tx.commit()?;
        Ok(id)
    }

    /// Takes a draft off the list (删除草稿).
    pub fn discard_scheme_draft(&self, who: &Chief, id: i64) -> Result<String, Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let held = draft_row(&mut tx, id)?;
        tx.delete_scheme_draft(id)?;
        let detail = format!("校验值{}", held.hash);
        record(&mut tx, who, now, "删除计分办法草稿", &format!("草稿{id} {}", held.name), &detail)?;
        tx.commit()?;
        Ok(held.name)
    }

    /// The months a draft may be taken into force from: those that begin a period of its own which is not closed.
    pub fn adoptable_months(&self, _who: &Chief, draft: i64) -> Result<Vec<Month>, Problem> {
        let mut tx = self.read()?;
        let scheme = open(&mut tx, &SchemePlace::Draft(draft))?.whole("启用")?;
        adopt::starts(&mut tx, self.today(), &scheme)
    }
}

/// SHA-256 of a text, in hexadecimal: what names a wording for good.
pub fn hash_of(text: &str) -> String {
    tz_store::content::sha256(text.as_bytes())
}
