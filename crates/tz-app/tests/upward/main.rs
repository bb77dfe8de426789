//! What goes upward and what comes back: upward reports and adoptions above, comments, follow-ups, claims, scans.

#![expect(clippy::print_stdout, reason = "a skipped test says so, and the scans' figures are printed")]

mod comments;
mod forward;
mod house;
mod intranet;
mod scans;
