//! `score` of a county's year from CSV, whole process, against a process that only parses the same files.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tz_scheme::Scheme;

use crate::{facts, median, ms};

pub(crate) fn run() {
    let scheme = Scheme::builtin("tengzhou-2018").expect("the built-in scheme is there");
    let facts = facts::county_year(scheme, 2018, 9_000);
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (table, bytes) in tz_tables::write_csv(&facts) {
        std::fs::write(folder.path().join(format!("{}.csv", table.name())), bytes)
            .expect("the temporary folder takes files");
    }
    let own = std::env::current_exe().expect("a running program has a path");
    let program = own.with_file_name("tongzheng");
    if !program.exists() {
        println!("score: build it first with cargo build --release");
        return;
    }
    let mut score = Command::new(&program);
    score.args(["score", "--year", "2018", "--format", "json", "--tables"]).arg(folder.path());
    let mut parse = Command::new(&own);
    parse.arg("csv-only").arg(folder.path());
    let mut times = (Vec::new(), Vec::new());
    for round in 0..22 {
        let (a, b) = (time(&mut score), time(&mut parse));
        if round > 1 {
            times.0.push(a);
            times.1.push(b);
        }
    }
    let (a, b) = (median(&mut times.0), median(&mut times.1));
    println!(
        "score, a county's year from CSV, whole process: {} | parsing only: {} | ratio {:.2} (to reach: at most 2, under 60 ms)",
        ms(a),
        ms(b),
        a.as_secs_f64() / b.as_secs_f64()
    );
}

fn time(command: &mut Command) -> Duration {
    let start = Instant::now();
    let done = command.stdout(Stdio::null()).stderr(Stdio::inherit()).status().expect("the program starts");
    assert!(done.success(), "the measured program failed");
    start.elapsed()
}

/// The reference: reads and parses every table with the csv crate, and does nothing with it.
pub(crate) fn csv_only(folder: &str) {
    let mut cells = 0usize;
    for table in tz_model::Table::ALL {
        let bytes = std::fs::read(Path::new(folder).join(format!("{}.csv", table.name())))
            .expect("the folder was just written");
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        for record in reader.records() {
            cells += record.expect("the files were just written").len();
        }
    }
    println!("{cells}");
}
