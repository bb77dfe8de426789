//! The schemes of the folder `schemes/`, built into the program.

use std::sync::OnceLock;

use crate::scheme::Scheme;

include!(concat!(env!("OUT_DIR"), "/builtin.rs"));

static PARSED: [OnceLock<Scheme>; BUILTIN_IDS.len()] = [const { OnceLock::new() }; BUILTIN_IDS.len()];

/// The built-in scheme of that id, read when it is first asked for.
pub(crate) fn scheme(id: &str) -> Option<&'static Scheme> {
    let at = BUILTIN_IDS.iter().position(|known| *known == id)?;
    let read = || Scheme::parse(TEXTS[at]).expect("built-in schemes are read by a test before every release");
    Some(PARSED[at].get_or_init(read))
}
