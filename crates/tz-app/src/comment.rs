//! Comments (批示): leaders' on items, entered from paper or written by the leader, what follows from them, and units' own
//! heads' on the bulletin.
//!
//! What a comment says is a fact of the ledger; here stands what belongs to it beside that: files, scans (`scans.rs`),
//! follow-ups (`following.rs`), and what a unit registers about its bulletin (`claims.rs`). `codes.rs` is what issues print so
//! that scans find their item.

mod claims;
pub(crate) mod codes;
mod desk;
mod entering;
pub(crate) mod files;
pub(crate) mod following;
mod judging;
mod leaders;
mod scans;

pub use claims::{ClaimChoices, ClaimState, ClaimView, NewClaim};
pub use desk::News;
pub use entering::{CommentView, Correction, LeaderComment, NewComment};
pub use files::KeptFile;
pub use following::{FollowFilter, FollowState, FollowView, NewFollowUp, Said};
pub use leaders::{LeaderView, LeaderWish};
pub use scans::{Candidate, ScanQueue, ScanSource, ScanTaken, ScanView};
