//! The end-to-end tests: the program as a user runs it, a real browser, real files.

#![expect(clippy::print_stdout, reason = "a skipped test says so")]

mod answers;
mod browser;
mod command_line;
mod directory_room;
mod hardship;
mod house;
mod issue_room;
mod jobs_room;
mod letters;
mod notices_room;
mod people;
mod program;
mod quarantine_room;
mod reading;
mod reorganising_room;
mod robots;
mod scheme;
mod scheme_room;
mod solicitation_room;
mod template_room;
mod training_room;
mod twelve_months;
mod upward;
mod whole_way;
mod year_room;
