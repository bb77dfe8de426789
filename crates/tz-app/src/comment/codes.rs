//! Codes of items in issues (稿件编码): whose they are, and whether they are printed.

use tz_model::OfficeTag;
use tz_store::audit::Act;
use tz_store::content::sha256;
use tz_store::{Tx, Write};

use crate::{App, Chief, Editor, Problem};

const TAG: &str = "item-code-tag";
const PRINTED: &str = "item-codes";

/// The office's tag: kept once it was printed, so that a change of the office's name leaves old papers known.
pub(crate) fn tag(tx: &mut Tx) -> Result<OfficeTag, Problem> {
    if let Some(kept) = tx.find_setting(TAG)?.and_then(|text| text.parse().ok()) {
        return Ok(kept);
    }
    let office = tx.office_row()?;
    let hash = sha256(format!("{}\n{}", office.name, office.created_at).as_bytes());
    Ok(OfficeTag::of(u64::from_str_radix(&hash[..15], 16).expect("a hash is hexadecimal")))
}

/// The tag to print, kept from now on; `None` where the office prints no codes.
pub(crate) fn tag_to_print(tx: &mut Write) -> Result<Option<OfficeTag>, Problem> {
    if !printed(tx)? {
        return Ok(None);
    }
    let tag = tag(tx)?;
    if tx.find_setting(TAG)?.is_none() {
        tx.set_setting(TAG, &tag.to_string())?;
    }
    Ok(Some(tag))
}

/// The same for a preview: nothing is kept.
pub(crate) fn tag_to_preview(tx: &mut Tx) -> Result<Option<OfficeTag>, Problem> {
    if printed(tx)? { tag(tx).map(Some) } else { Ok(None) }
}

fn printed(tx: &mut Tx) -> Result<bool, Problem> {
    Ok(tx.find_setting(PRINTED)?.as_deref() != Some("no"))
}

impl App {
    /// Whether issues print a code beside each item; they do unless switched off.
    pub fn item_codes_printed(&self, _who: &Editor) -> Result<bool, Problem> {
        printed(&mut self.read()?)
    }

    /// Switches the codes of issues published from now on.
    pub fn print_item_codes(&self, who: &Chief, on: bool) -> Result<(), Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        tx.set_setting(PRINTED, if on { "yes" } else { "no" })?;
        tx.record_act(&Act {
            at: now,
            account: Some(who.account.0),
            who: &who.name,
            act: "设置稿件编码",
            object: if on { "刊物印稿件编码" } else { "刊物不印稿件编码" },
            done: true,
            detail: "",
        })?;
        tx.commit()?;
        Ok(())
    }
}
