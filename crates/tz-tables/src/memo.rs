//! A small memory of names just looked up, before a map whose hash withstands strangers but costs more than the rest of
//! a row.

use tz_model::Name;

const SLOTS: usize = 512;

/// What was last found for a name, in a slot its bytes choose. A name that shares a slot is only looked up again.
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
        match self.slots.get(slot(name)) {
            Some(Some((known, found))) if **known == *name => Some(found),
            _ => None,
        }
    }

    /// Remembers what was found.
    pub fn put(&mut self, name: Name, found: T) {
        self.slots.resize(SLOTS, None);
        let slot = slot(&name);
        self.slots[slot] = Some((name, found));
    }
}

/// Chosen by the length, the first eight and the last eight bytes.
fn slot(name: &str) -> usize {
    let bytes = name.as_bytes();
    let first = bytes.first_chunk::<8>().map_or(0, |bytes| u64::from_le_bytes(*bytes));
    let last = bytes.last_chunk::<8>().map_or_else(
        || bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
        |bytes| u64::from_le_bytes(*bytes),
    );
    let mixed = (first.rotate_left(29) ^ last ^ bytes.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 55) as usize
}
