//! tz-docs: values to the bytes of a document (DOCX), in the official layout (GB/T 9704-2012 and common practice).
//!
//! The same values give the same bytes: no clock, no randomness, fixed order and times inside the zip. A caller brings
//! ready words and figures; this crate knows only layout and the few words that belong to it (表, 附件, 抄送, 印发).
//! It deliberately does not know units, points or schemes, does no arithmetic on figures, and reads no file.
//!
//! Read [`bulletin`] first, then [`issue`]. Inside, from the bottom up: `xml` (writer), `package` (zip),
//! `page` and `style` (the measured constants), `paragraph` and `table` (what stands on a page), `parts`
//! (red head, signature, annexes, 版记), and one module for each kind of document.

mod bulletin;
mod document;
mod issue;
mod package;
mod page;
mod paragraph;
mod parts;
mod style;
mod table;
mod text;
mod title;
mod xml;

pub use bulletin::{
    AdoptedRow, Bulletin, BulletinNumber, CorrectionRow, DocumentNumber, GroupTable, NamedUnit, RankRow, Signature,
    Urgency, bulletin,
};
pub use issue::{Issue, IssueItem, IssueNumber, ItemForm, issue};
pub use parts::Block;
pub use title::title_lines;
