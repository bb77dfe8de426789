//! The room 报送: a unit sends items, sees what became of each, and how far its quota has come.
//!
//! [`enter_item`] is the one way an item comes in, whatever the door: web, mail, 补录 or the demonstration. It gives the
//! number, the first version, the report in the ledger, and the warnings both sides see. It is in `entering.rs`; what a
//! unit does with its items is in `sending.rs`, what is looked at before in `checking.rs`, what it sees in `showing.rs`.

mod checking;
mod entering;
mod sending;
mod showing;

use tz_model::ItemId;
use tz_store::audit::Act;
use tz_store::directory::UnitVersionRow;
use tz_store::item::EventRow;
use tz_store::{Tx, Write};

use crate::{Person, Problem};

pub use checking::{Check, ReadFile, file_kind, over_limit};
pub(crate) use checking::{mark_in, text_faults, words};
pub use entering::{Entered, NewFile, NewItem};
pub(crate) use entering::{Origin, enter_item, has_category};
pub(crate) use sending::enter_anew;
pub use sending::fresh_key;
pub use showing::{FormState, Meter, MeterLine, MyItem, MyItemPage, OpenSolicitation, TypedFields, Use};
pub(crate) use showing::{meter, uses_of};

/// What a state is called (状态).
pub fn state_name(state: &str) -> &'static str {
    match state {
        "received" => "待处理",
        "editing" => "编辑中",
        "returned" => "已退回",
        "declined" => "不采用",
        "held" => "留存备用",
        "adopted" => "拟采用",
        "published" => "已采用",
        "withdrawn" => "已撤回",
        _ => "状态不明",
    }
}

/// Names of units in the order given.
pub(crate) fn names_of(units: &[UnitVersionRow], ids: &[i64]) -> String {
    let name = |id: &i64| units.iter().find(|unit| unit.unit_id == *id).map(|unit| unit.name.as_str());
    ids.iter().filter_map(name).collect::<Vec<_>>().join("、")
}

/// Adds to what happened to an item (经过).
pub(crate) fn note(
    tx: &mut Write,
    item: ItemId,
    at: i64,
    by: Option<i64>,
    kind: &str,
    text: &str,
    for_unit: bool,
) -> Result<(), Problem> {
    Ok(tx.append_event(EventRow {
        item_id: item.0,
        position: 0,
        at,
        account_id: by,
        kind: kind.to_owned(),
        text: text.to_owned(),
        for_unit,
    })?)
}

/// The number of an item by its identity.
pub(crate) fn number_of(tx: &mut Tx, id: Option<i64>) -> Result<Option<String>, Problem> {
    Ok(match id {
        Some(id) => tx.find_item(tz_store::item::Sight::Office, ItemId(id))?.map(|(row, _)| row.number),
        None => None,
    })
}

/// Writes an act about an item into the audit.
pub(crate) fn act(
    tx: &mut Write,
    who: &Person,
    now: i64,
    act: &str,
    number: &str,
    detail: &str,
) -> Result<(), Problem> {
    Ok(tx.record_act(&Act {
        at: now,
        account: Some(who.account.0),
        who: &who.name,
        act,
        object: &format!("稿件{number}"),
        done: true,
        detail,
    })?)
}
