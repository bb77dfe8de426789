//! The room of publications on a real database: from adopting to withdrawing, pieces of several items, readers, the archive.

mod house;
mod issues;
mod room;
