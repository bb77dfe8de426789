//! Whole-run benchmarks, each against its own reference in the same run: machines are noisy, a ratio holds.
//!
//! `cargo run --release -p bench -- score | decade [FACTS [general]] | intake | inbox | live | arrival | close | all`

#![expect(clippy::print_stdout, reason = "printing figures is what this program is for")]

mod arrival;
mod close;
mod decade;
mod facts;
mod inbox;
mod intake;
mod live;
mod score;

use std::time::Duration;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["score"] => score::run(),
        ["decade"] => decade::run(10_000_000, decade::plain()),
        ["decade", size, ..] if size.parse::<usize>().is_err() => {
            println!("decade takes a number of facts, such as 1000000, and may take the word general behind it");
        }
        ["decade", size] => decade::run(size.parse().expect("was just read"), decade::plain()),
        ["decade", size, "general"] => decade::run(size.parse().expect("was just read"), &decade::general()),
        ["intake"] => intake::run(),
        ["inbox"] => inbox::run(),
        ["arrival"] => arrival::run(),
        ["close"] => close::run(),
        ["live"] => live::run(10),
        ["live", years] => match years.parse() {
            Ok(years @ 1..=20) => live::run(years),
            _ => println!("usage: bench live [years, 1 to 20]"),
        },
        ["live-again", folder, unit, day] => live::again(folder, unit, day),
        ["all"] => {
            score::run();
            intake::run();
            inbox::run();
            live::run(10);
            arrival::run();
            close::run();
        }
        ["csv-only", folder] => score::csv_only(folder),
        _ => println!(
            "usage: cargo run --release -p bench -- score | decade [FACTS [general]] | intake | inbox | live | arrival | close | all"
        ),
    }
}

/// The middle of some measured times.
pub(crate) fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// A time in milliseconds with two decimals.
pub(crate) fn ms(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}
