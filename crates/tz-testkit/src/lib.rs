//! What tests stand on: a PostgreSQL and mail servers of their own, from the system's packages, gone when the test ends;
//! and a mail server of ours that behaves as badly as it is told.
//!
//! Knows nothing of the office; a test that needs one makes it through the use cases, like everybody else. Begin with
//! [`Postgres::start`], [`Dovecot::start`] and [`RudeServer::start`].

mod chance;
mod dovecot;
mod faces;
mod postgres;
mod rude_server;
mod server;
mod smtp;

pub use chance::{is_thorough, property};
pub use dovecot::Dovecot;
pub use faces::system_face;
pub use postgres::Postgres;
pub use rude_server::{Idle, Manners, RudeServer};
pub use smtp::MailServer;
