//! What can be told from the text of an item alone: its length (字数), marks of secrecy, how two versions differ, and
//! how alike two items are.
//!
//! Pure functions over `&str`. This crate deliberately does not know what an item, a unit or a limit is: it counts 字
//! but does not know that 工作动态 has at most 500 of them, finds a mark but does not refuse the mail. Read
//! [`word_count`] first, then [`secrecy::find`].

mod count;
mod difference;
mod likeness;
mod origin;
pub mod secrecy;
#[cfg(test)]
mod tests;

pub use count::word_count;
pub use difference::{Piece, difference};
pub use likeness::{Fingerprint, PerMille, containment, coverage, fingerprint, shingles, similarity};
pub use origin::{ORIGIN, Origin, origins, without_source};
