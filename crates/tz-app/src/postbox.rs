//! 收信邮箱: postboxes the office reads by itself. Not to be taken for registered mailboxes, which are where units send from.
//!
//! An administrator sets them up; the door that talks to mail servers takes its orders from [`App::postbox_orders`] and
//! brings each letter to [`App::receive_letter`]. What the server says is never state: the ledger of letters is. How a
//! letter is recognised stands in `docs/mail-identity.md`.

mod check;
mod health;
mod seal;
mod settings;
mod watching;

pub use check::{Checked, CheckedLetter, CheckedStray, ServerFolder, ServerLetter, ServerList, ServerStray};
pub(crate) use health::Unwritten;
pub use health::{Health, PostboxHealth};
pub use seal::KeyFile;
pub(crate) use settings::is_this_machine;
pub use settings::{PostboxPage, PostboxWish, SECURITIES, Secret};
pub use watching::{PostboxOrder, Taken};
