//! The command line: arguments become checked values here, once; then one module a command.
//!
//! Exit 0, or 2 and one Chinese sentence per fault on standard error.

mod args;
mod demo;
mod faces;
mod intake;
mod intranet;
mod outbox;
mod papers;
mod postbox;
mod progress;
mod reading;
mod say;
mod scans;
mod scheme;
mod score;
mod serve;
mod statement;
mod tables;
mod ticking;

use std::process::ExitCode;

use args::Command;
use say::Stop;

fn main() -> ExitCode {
    let command = match args::read(std::env::args_os()) {
        Ok(command) => command,
        Err(args::Instead::Print(text)) => {
            say::out(&text);
            return ExitCode::SUCCESS;
        }
        Err(args::Instead::Fault(sentences)) => return say::stop(&Stop(sentences)),
    };
    let done = match command {
        Command::Demo(options) => demo::run(options),
        Command::Serve(options) => serve::run(options),
        Command::Score(options) => score::run(&options),
        Command::Tables(options) => tables::run(&options),
        Command::Scheme(options) => scheme::run(&options),
        Command::Papers(options) => papers::run(&options),
        Command::Intake(options) => intake::run(&options),
        Command::Scans(options) => scans::run(&options),
        Command::Intranet(options) => intranet::run(&options),
        Command::ReadOne => reading::serve_readings(),
        Command::Statement(options) => statement::run(&options),
        Command::Verify(options) => statement::verify_all(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => say::stop(&stop),
    }
}
