//! Our workloads on other actor libraries, side by side: `cargo compare dispatch --help`, and the
//! wire beside others of the same bytes: `cargo compare wire --help`.
//!
//! Each run is an OS process of its own (this program started again with `one`), so that no
//! system inherits another's heap, threads or warm caches.

mod dispatch;
mod machine;
mod options;
mod systems;
mod table;
mod wire;
mod workloads;

use std::process::ExitCode;

use options::{Command, USAGE};

fn main() -> ExitCode {
    match Command::parse(std::env::args().skip(1)) {
        Ok(Command::Help) => {
            println!("{USAGE}");
            ExitCode::SUCCESS
        }
        Ok(Command::One {
            column,
            workload,
            workers,
            scale,
        }) => (column.run)(&workload, workers, scale),
        Ok(Command::Wire(words)) => wire::main(words),
        Ok(Command::WireSide(words)) => wire::side(&words),
        Ok(Command::Dispatch(options)) => match dispatch::run(&options) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("compare: {error}");
                ExitCode::FAILURE
            }
        },
        Err(error) => {
            eprintln!("compare: {error}\n{USAGE}");
            ExitCode::from(2)
        }
    }
}
