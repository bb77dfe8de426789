//! Items coming in by every door, on a real database: mail, web, 补录; and what editors decide about them.

mod answers;
mod decisions;
mod house;
mod letters;
mod mail;
mod mailbox;
mod quarantine;
mod report;
mod secret;
mod topics;
mod wordings;
