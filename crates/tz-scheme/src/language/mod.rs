//! The language as tables: which keys stand where, what they mean and what they take.
//!
//! The reader checks files by these tables and `schema.rs` makes the editors' schema from them, so neither can know a key
//! the other does not.

mod head;
mod kinds;
mod parts;

pub(crate) use head::TOP;
pub(crate) use parts::CHOICE;

use crate::toml::{Field, Shape};

/// The key that means a Chinese word: `name` for 名称.
pub(crate) fn key_meaning(word: &str) -> Option<&'static str> {
    let mut found = None;
    each_field(&TOP, &mut |field| {
        if found.is_none() && field.means == word {
            found = Some(field.key);
        }
    });
    found
}

/// Goes through every field of a shape and the shapes in it.
fn each_field(shape: &'static Shape, see: &mut impl FnMut(&'static Field)) {
    let kinds = shape.kinds.iter().flat_map(|kinds| kinds.all).flat_map(|kind| kind.fields);
    for field in shape.fields.iter().chain(kinds) {
        see(field);
        if let Some(inner) = field.takes.shape() {
            each_field(inner, see);
        }
    }
}
