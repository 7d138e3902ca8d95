//! Our workloads on other actor libraries, side by side, and our wire beside others of the same
//! bytes: `cargo compare --help`.
//!
//! Each run is an OS process of its own, so that no system inherits another's heap, threads or
//! warm caches.

mod child;
mod cost;
mod dispatch;
mod http;
mod machine;
mod options;
mod progress;
mod systems;
mod table;
mod wire;
mod workloads;

use std::process::ExitCode;

use options::{Command, USAGE};

fn main() -> ExitCode {
    let done = match Command::parse(std::env::args().skip(1)) {
        Ok(Command::Help) => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Ok(Command::One(run)) => (run.column.run)(run.workload, run.workers, run.scale),
        Ok(Command::Dispatch(options)) => dispatch::run(&options),
        Ok(Command::Cost(options)) => cost::run(&options),
        Ok(Command::Wire(words)) => return wire::run::main(words),
        Ok(Command::Http(words)) => return http::main(&words),
        Ok(Command::HttpSide(words)) => return http::side(&words),
        Ok(Command::WireSide(words)) => return wire::run::side(&words, None),
        Err(error) => Err(format!("{error}\n{USAGE}")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("compare: {error}");
            ExitCode::FAILURE
        }
    }
}
