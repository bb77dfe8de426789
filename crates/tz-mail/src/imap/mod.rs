//! Letters fetched from a postbox (收信邮箱) by IMAP (RFC 3501), whatever the server is like.
//!
//! [`watch`] follows a postbox for ever and hands each letter to a [`Desk`]; [`attempt`] says step by step whether it can;
//! [`Session`] is one connection. Why this is not one of the known crates: `docs/decisions/0008-own-imap-client.md`.

mod account;
mod advice;
mod answer;
mod attempt;
mod folder_name;
mod reconcile;
mod session;
mod tls;
mod trouble;
mod watch;
mod wire;

pub use account::{Account, Limits, Password, Security, Trust};
pub use attempt::{Tried, attempt};
pub use reconcile::{FolderRoll, Listed, Roll, Stray};
pub use session::{Opened, Session};
pub use trouble::{Kind, Step, Trouble};
pub use watch::{Desk, KeepFailure, Letter, Pulse, Whole, watch};
