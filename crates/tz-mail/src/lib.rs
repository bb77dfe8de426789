//! Mail servers: letters out by SMTP, and the check of signatures on what came in. A door to the use cases of `tz-app`: it
//! applies no rule of the office and knows no SQL.

mod signature;
pub mod smtp;

pub use signature::SignatureCheck;
