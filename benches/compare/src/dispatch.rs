//! `compare dispatch`: every workload on every system, interleaved, as a table and as JSON.

use serde::Serialize;

use crate::child::{Printed, Run};
use crate::machine;
use crate::options::Options;
use crate::progress::Progress;
use crate::systems::Column;
use crate::table;
use crate::workloads::{Measured, Scale};

/// A row of the JSON file: one workload, on one system, in one repetition.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    pub system: &'static str,
    pub workload: String,
    pub parameters: String,
    pub rep: usize,
    pub messages: usize,
    pub seconds: f64,
    pub ns_per_message: f64,
    pub bytes_per_process: Option<u64>,
}

/// What a comparison found.
#[derive(Default)]
pub struct Findings {
    pub rows: Vec<Row>,
    /// Nanoseconds that a cache line takes from core to core, of each repetition.
    pub probes: Vec<f64>,
    pub runs: usize,
    /// How many of the runs others disturbed.
    pub disturbed: usize,
}

/// Runs the comparison and prints its table.
///
/// A run that fails is told and left out; the others go on.
///
/// # Errors
///
/// The JSON file cannot be written.
pub fn run(options: &Options) -> Result<(), String> {
    let mut findings = Findings::default();
    let progress = Progress::new(options.reps * options.workloads.len() * options.systems.len());
    for rep in 0..options.reps {
        findings.probes.push(machine::line_transfer());
        for workload in &options.workloads {
            // Rotated, so that nobody always runs behind the same neighbour.
            let count = options.systems.len();
            for turn in 0..count {
                let column = options.systems[(turn + rep) % count];
                progress.at(format!("rep {} {workload} {}", rep + 1, column.name));
                if !column.has(workload) {
                    continue;
                }
                match measure(column, workload, options, &mut findings) {
                    Ok(measured) => {
                        let rows = measured.into_iter().map(|one| row(column, rep, one));
                        findings.rows.extend(rows);
                    }
                    Err(error) => progress.tell(&format!("{workload}, {}: {error}", column.name)),
                }
            }
        }
    }
    progress.end();
    table::print(options, &findings);
    options.write_json(&findings.rows)
}

fn row(column: &Column, rep: usize, measured: Measured) -> Row {
    Row {
        system: column.name,
        ns_per_message: measured.nanoseconds(),
        rep,
        workload: measured.workload,
        parameters: measured.parameters,
        messages: measured.messages,
        seconds: measured.seconds,
        bytes_per_process: measured.bytes_per_process,
    }
}

fn measure(
    column: &'static Column,
    workload: &'static str,
    options: &Options,
    findings: &mut Findings,
) -> Result<Vec<Measured>, String> {
    let run = Run {
        column,
        workload,
        workers: options.workers,
        scale: Scale(options.scale.0 * shortened(column.name, workload)),
    };
    let Printed { rows, others, .. } = run.run(&[])?;
    findings.runs += 1;
    findings.disturbed += usize::from(others > DISTURBANCE);
    Ok(rows)
}

/// How many cores others may have before a run counts as disturbed.
const DISTURBANCE: f64 = 0.25;

/// Runs that are nothing but wake-ups across cores, many microseconds each, are made shorter: the
/// time of a message is what counts.
fn shortened(system: &str, workload: &str) -> f64 {
    match (system, workload) {
        ("actix", "W1") => 0.05,
        ("xtra", "W7a") => 0.01,
        ("actix", "W5" | "W9") | ("actix" | "actix-pack", "W7a") => 0.1,
        (_, "W7a") | ("raw-futex", "W1") => 0.25,
        ("crossbeam", "W5") => 0.5,
        _ => 1.0,
    }
}
