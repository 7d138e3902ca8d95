//! `compare dispatch`: every workload on every system, interleaved, as a table and as JSON.

use std::fs;
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::machine;
use crate::options::Options;
use crate::systems::Column;
use crate::table;
use crate::workloads::{Measured, Scale};

/// A row of the JSON file: one workload, on one system, in one repetition.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    pub system: String,
    pub workload: String,
    pub parameters: String,
    pub rep: usize,
    pub messages: usize,
    pub seconds: f64,
    pub ns_per_message: f64,
    pub bytes_per_process: Option<u64>,
}

/// Runs the comparison and prints its table.
///
/// A run that fails is told and left out; the others go on.
///
/// # Errors
///
/// The JSON file cannot be written.
pub fn run(options: &Options) -> Result<(), String> {
    let total = options.reps * options.workloads.len() * options.systems.len();
    let bar = ProgressBar::new(total as u64);
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}");
    bar.set_style(style.expect("the template is well-formed"));
    let mut rows = vec![];
    let mut probes = vec![];
    for rep in 0..options.reps {
        probes.push(machine::line_transfer());
        for workload in &options.workloads {
            // Rotated, so that nobody always runs behind the same neighbour.
            let count = options.systems.len();
            for turn in 0..count {
                let column = options.systems[(turn + rep) % count];
                bar.set_message(format!("rep {} {workload} {}", rep + 1, column.name));
                if !column.lacks.contains(workload) {
                    match one(column, workload, options) {
                        Ok(measured) => {
                            rows.extend(measured.into_iter().map(|m| row(column, rep, m)))
                        }
                        Err(error) => bar.suspend(|| {
                            eprintln!("{workload} on {} failed: {error}", column.name);
                        }),
                    }
                }
                bar.inc(1);
            }
        }
    }
    bar.finish_and_clear();
    table::print(options, &rows, &probes);
    let Some(path) = &options.json else {
        return Ok(());
    };
    let text = serde_json::to_string_pretty(&rows).expect("plain fields");
    fs::write(path, text + "\n").map_err(|error| format!("{}: {error}", path.display()))
}

fn row(column: &Column, rep: usize, measured: Measured) -> Row {
    Row {
        system: column.name.into(),
        ns_per_message: measured.nanoseconds(),
        rep,
        workload: measured.workload,
        parameters: measured.parameters,
        messages: measured.messages,
        seconds: measured.seconds,
        bytes_per_process: measured.bytes_per_process,
    }
}

/// Starts this program again for a single run and reads the rows that it prints.
fn one(column: &Column, workload: &str, options: &Options) -> Result<Vec<Measured>, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let scale = options.scale.0 * shortened(column.name, workload);
    let mut child = Command::new(program)
        .args(["one", column.name, workload])
        .args([options.workers.to_string(), Scale(scale).0.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| error.to_string())?;
    let ended = ends_within(&mut child, LONGEST)?;
    let mut printed = String::new();
    let stdout = child.stdout.take().expect("it was asked for");
    stdout
        .take(1 << 20)
        .read_to_string(&mut printed)
        .map_err(|error| error.to_string())?;
    if !ended.success() {
        return Err(ended.to_string());
    }
    let rows: Result<Vec<_>, _> = printed.lines().map(serde_json::from_str).collect();
    rows.map_err(|error| format!("it printed {printed:?}: {error}"))
}

fn ends_within(child: &mut Child, limit: Duration) -> Result<std::process::ExitStatus, String> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
            return Ok(status);
        }
        if start.elapsed() > limit {
            child.kill().map_err(|error| error.to_string())?;
            child.wait().map_err(|error| error.to_string())?;
            return Err(format!("not done after {} s", limit.as_secs()));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Runs that are nothing but wake-ups across cores, about 20 µs each here, are made shorter: the
/// time of a message is what counts.
fn shortened(system: &str, workload: &str) -> f64 {
    match (system, workload) {
        ("actix", "W1") => 0.05,
        ("actix", "W5" | "W9") | ("actix" | "actix-pack" | "xtra", "W7a") => 0.1,
        (_, "W7a") => 0.25,
        ("crossbeam", "W5") => 0.5,
        _ => 1.0,
    }
}

const LONGEST: Duration = Duration::from_secs(100);
