//! A TOML text walked by shape with its places, so that every fault is found at once and says where it stands.

mod node;
mod reader;
mod shape;
mod syntax;
mod value;

pub(crate) use node::exact;
pub(crate) use node::{At, Node};
pub use reader::line_and_column;
pub(crate) use reader::{Reader, hint, near};
pub(crate) use shape::{Field, Kind, Kinds, Readings, Shape, Takes, may, must};
pub(crate) use syntax::note as syntax;
