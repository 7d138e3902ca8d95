//! `compare cost`: what a message costs in instructions and allocations, whatever the noise.
//!
//! Each workload runs twice under valgrind, at a scale and at its double; what the second has
//! more, by the messages that it has more, is the cost of one. Starting and stopping cancel out.
//! `callgrind` counts instructions; `dhat` has the counting allocator, so that what is counted is
//! the very program that is timed. There is one worker unless asked otherwise: valgrind runs one
//! thread at a time, and who spins or steals meanwhile is chance.

use serde::Serialize;

use crate::child::{Printed, Run};
use crate::options::Options;
use crate::progress::Progress;
use crate::systems::Column;
use crate::workloads::Scale;

/// A row of the JSON file.
#[derive(Serialize)]
struct Row {
    system: &'static str,
    workload: &'static str,
    instructions_per_message: f64,
    allocations_per_message: f64,
}

/// Counts and prints a table.
///
/// # Errors
///
/// The JSON file cannot be written.
pub fn run(options: &Options) -> Result<(), String> {
    let progress = Progress::new(options.workloads.len() * options.systems.len());
    let mut rows = vec![];
    for workload in &options.workloads {
        for column in options.systems.iter().filter(|column| column.has(workload)) {
            progress.at(format!("{workload} {}", column.name));
            match row(column, workload, options) {
                Ok(row) => rows.push(row),
                Err(error) => progress.tell(&format!("{workload}, {}: {error}", column.name)),
            }
        }
    }
    progress.end();
    print(&rows, options);
    options.write_json(&rows)
}

fn row(column: &'static Column, workload: &'static str, options: &Options) -> Result<Row, String> {
    let cost = |tool: &Tool| {
        let counted = |scale: f64| {
            let run = Run {
                column,
                workload,
                workers: options.workers,
                scale: Scale(scale * options.scale.0),
            };
            tool.count(run)
        };
        let (few, many) = (counted(SMALL)?, counted(2.0 * SMALL)?);
        Ok::<_, String>((many.0 - few.0) / (many.1 - few.1))
    };
    Ok(Row {
        system: column.name,
        workload,
        instructions_per_message: cost(&CALLGRIND)?,
        allocations_per_message: cost(&DHAT)?,
    })
}

/// A tool of valgrind, and the line of its report that has the count.
struct Tool {
    words: &'static [&'static str],
    line: &'static str,
}

const CALLGRIND: Tool = Tool {
    words: &[
        "valgrind",
        "--tool=callgrind",
        "--callgrind-out-file=/dev/null",
    ],
    line: "Collected :",
};

const DHAT: Tool = Tool {
    words: &["valgrind", "--tool=dhat", "--dhat-out-file=/dev/null"],
    line: "Total:",
};

impl Tool {
    /// What it counted, and the messages of the run.
    fn count(&self, run: Run) -> Result<(f64, f64), String> {
        let Printed { rows, errors, .. } = run.run(self.words)?;
        let found = errors.lines().find_map(|line| line.split_once(self.line));
        // dhat: "Total:     1,234 bytes in 56 blocks".
        let count = found.and_then(|(_, rest)| match rest.split_once(" in ") {
            Some((_bytes, blocks)) => blocks.split_whitespace().next(),
            None => rest.split_whitespace().next(),
        });
        let count = count.and_then(|count| count.replace(',', "").parse().ok());
        let count = count.ok_or_else(|| format!("no `{}` in: {errors}", self.line))?;
        let first = rows.first().ok_or("nothing was measured")?;
        Ok((count, first.messages as f64))
    }
}

fn print(rows: &[Row], options: &Options) {
    println!(
        "instructions, allocations a message; {} worker(s)\n",
        options.workers
    );
    let names: Vec<_> = options.systems.iter().map(|column| column.name).collect();
    println!("| | {} |", names.join(" | "));
    println!("|---|{}", "---:|".repeat(names.len()));
    for workload in &options.workloads {
        let cells = names.iter().map(|name| {
            let of = |row: &&Row| row.system == *name && row.workload == *workload;
            rows.iter().find(of).map_or("-".into(), |row| {
                let instructions = row.instructions_per_message;
                format!("{instructions:.0}, {:.2}", row.allocations_per_message)
            })
        });
        println!("| {workload} | {} |", cells.collect::<Vec<_>>().join(" | "));
    }
}

/// The smaller scale: a fiftieth, since valgrind is that much slower.
const SMALL: f64 = 0.02;
