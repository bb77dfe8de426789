//! Mail over the network: letters fetched by IMAP, mail handed over by SMTP, signatures checked. Knows no office and no database;
//! what it asks of the house that keeps the letters stands in two traits, [`imap::Desk`] and [`smtp::Outbox`].
//!
//! Everything a server says is a stranger's: each answer is read under a limit of bytes and of time, and nothing in it can
//! stop more than its own connection. Begin with [`imap::watch`].

pub mod imap;
mod signature;
pub mod smtp;

pub use signature::SignatureCheck;
