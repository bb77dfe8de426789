//! Routes, forms, pages. Holds no SQL and no rule of its own: a handler takes out, calls one use case, shows.
//!
//! Begin with `gate.rs`: every request passes it, and it alone decides who goes on. Then `account.rs` as the plainest
//! room. A room is one module here, one folder in `templates/`, one module in `tz-app`.

mod account;
mod assessment;
mod assets;
mod cells;
mod comment;
mod dashboard;
mod desk;
mod forms;
mod forward;
mod gate;
mod health;
mod intake;
mod mailbox;
mod markup;
mod network;
mod notice;
mod postman;
mod problem;
mod publication;
mod refusals;
mod report;
mod routes;
mod server;
mod sheets;
mod solicitation;
mod system;
mod words;

pub use postman::{Postman, TriedStep};
pub use routes::{Allow, Routes, Row};
pub use server::{Server, Settings, router, table};
