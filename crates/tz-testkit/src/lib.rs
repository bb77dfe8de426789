//! What tests stand on: a PostgreSQL of their own, from the system's packages, gone when the test ends.
//!
//! Knows nothing of the office; a test that needs one makes it through the use cases, like everybody else. Begin with
//! [`Postgres::start`].

mod chance;
mod faces;
mod postgres;

pub use chance::property;
pub use faces::system_face;
pub use postgres::Postgres;
