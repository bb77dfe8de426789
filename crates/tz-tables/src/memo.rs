//! A small memory of names just looked up, before a map whose hash withstands strangers but costs more than the rest of
//! a row.

use tz_model::Name;

const SLOTS: usize = 512;

/// Neighbouring slots a name may stand in.
const WAYS: usize = 4;

/// What was last found for a name, in one of a few slots its bytes choose. A name that finds them full takes the first,
/// and the name that stood there is only looked up again.
#[derive(Clone)]
pub(crate) struct Memo<T> {
    slots: Vec<Option<(Name, T)>>,
}

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Self { slots: Vec::new() }
    }
}

impl<T: Clone> Memo<T> {
    /// What was found for this name, if that is still known.
    pub fn get(&self, name: &str) -> Option<&T> {
        let first = slot(name);
        let ways = self.slots.get(first..first + WAYS)?;
        ways.iter().map_while(Option::as_ref).find(|(known, _)| **known == *name).map(|(_, found)| found)
    }

    /// Remembers what was found.
    pub fn put(&mut self, name: Name, found: T) {
        self.slots.resize(SLOTS, None);
        let first = slot(&name);
        let free = self.slots[first..first + WAYS].iter().position(Option::is_none).unwrap_or(0);
        self.slots[first + free] = Some((name, found));
    }
}

/// The first of the slots a name may stand in, chosen by its length and its first and last eight bytes.
fn slot(name: &str) -> usize {
    let bytes = name.as_bytes();
    let first = bytes.first_chunk::<8>().map_or(0, |bytes| u64::from_le_bytes(*bytes));
    let last = bytes.last_chunk::<8>().map_or_else(
        || bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
        |bytes| u64::from_le_bytes(*bytes),
    );
    let mixed = (first.rotate_left(29) ^ last ^ bytes.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 57) as usize * WAYS
}
