//! The end-to-end tests: the program as a user runs it, a real browser, real files.

mod browser;
mod command_line;
mod house;
mod program;
mod whole_way;
