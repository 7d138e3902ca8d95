//! The table: a block a workload, a line a system.

use std::collections::BTreeMap;

use crate::dispatch::{Findings, Row};
use crate::machine;
use crate::options::Options;
use crate::systems::Column;

/// Prints the machine and, for each workload, each system's figures beside tokio's of the same
/// repetition.
pub fn print(options: &Options, findings: &Findings) {
    let (reps, workers) = (options.reps, options.workers);
    println!("{}, {workers} workers, {reps} reps", machine::processor());
    println!("{}", versions());
    println!(
        "other programs had over a quarter of a core in {} of {} runs",
        findings.disturbed, findings.runs
    );
    let probe = Spread::of(findings.probes.clone());
    println!(
        "line transfer between cores, ns one way: {:.0} ({:.0}) {:.0} ({:.0}) {:.0}",
        probe.min, probe.lower, probe.median, probe.upper, probe.max
    );
    let rows = &findings.rows;
    for workload in shown(rows) {
        let of_workload: Vec<&Row> = rows.iter().filter(|row| row.workload == workload).collect();
        print_workload(&workload, &of_workload, &options.systems);
    }
    print_summary(rows, &options.systems);
}

/// All medians at a glance.
fn print_summary(rows: &[Row], systems: &[&Column]) {
    let names: Vec<_> = systems.iter().map(|column| column.name).collect();
    println!("\nmedian ns a message");
    println!("| | {} |", names.join(" | "));
    println!("|---|{}", "---:|".repeat(names.len()));
    for workload in shown(rows) {
        let cells = names.iter().map(|name| {
            let own = rows.iter();
            let own = own.filter(|row| row.system == *name && row.workload == workload);
            let times: Vec<f64> = own.map(|row| row.ns_per_message).collect();
            match times.is_empty() {
                true => "-".into(),
                false => short(Spread::of(times).median),
            }
        });
        println!("| {workload} | {} |", cells.collect::<Vec<_>>().join(" | "));
    }
}

/// Three digits.
fn short(number: f64) -> String {
    match number {
        ..9.995 => format!("{number:.2}"),
        ..99.95 => format!("{number:.1}"),
        _ => format!("{number:.0}"),
    }
}

/// The versions of the peers, as they were built.
fn versions() -> String {
    let lock = include_str!("../Cargo.lock");
    let version = |name: &&str| {
        let (_, rest) = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?;
        let (version, _) = rest.split_once('"')?;
        Some(format!("{name} {version}"))
    };
    let versions: Vec<String> = PEERS.iter().filter_map(version).collect();
    versions.join(", ")
}

const PEERS: &[&str] = &[
    "tokio",
    "actix",
    "ractor",
    "kameo",
    "xtra",
    "async-executor",
    "async-channel",
    "crossbeam-channel",
];

fn print_workload(workload: &str, rows: &[&Row], systems: &[&Column]) {
    println!("\n{workload}: {}", rows[0].parameters);
    println!("| system | min | lower | median | upper | max ns | x tokio | bytes |");
    println!("|---|---:|---:|---:|---:|---:|---:|---:|");
    let tokio = by_rep(rows, "tokio");
    for column in systems {
        let own = by_rep(rows, column.name);
        if own.is_empty() {
            continue;
        }
        let spread = Spread::of(own.values().map(|row| row.ns_per_message).collect());
        let ratios = own
            .iter()
            .filter_map(|(rep, row)| Some(row.ns_per_message / tokio.get(rep)?.ns_per_message));
        let ratios: Vec<f64> = ratios.collect();
        let ratio = match ratios.is_empty() {
            true => String::new(),
            false => format!("{:.2}", Spread::of(ratios).median),
        };
        let bytes = own
            .values()
            .filter_map(|row| row.bytes_per_process)
            .map(|bytes| bytes as f64);
        let bytes: Vec<f64> = bytes.collect();
        let bytes = match bytes.is_empty() {
            true => String::new(),
            false => format!("{:.0}", Spread::of(bytes).median),
        };
        println!(
            "| {} | {:.1} | {:.1} | **{:.1}** | {:.1} | {:.1} | {ratio} | {bytes} |",
            column.name, spread.min, spread.lower, spread.median, spread.upper, spread.max
        );
    }
    print_library(rows, systems);
}

/// Names the fastest actor library of this run: what ours is judged against beside tokio.
fn print_library(rows: &[&Row], systems: &[&Column]) {
    let medians = systems
        .iter()
        .filter(|column| column.library)
        .filter_map(|column| {
            let own = by_rep(rows, column.name);
            (!own.is_empty()).then(|| {
                let times = own.values().map(|row| row.ns_per_message).collect();
                (Spread::of(times).median, column.name)
            })
        });
    let best = medians.min_by(|one, other| one.0.total_cmp(&other.0));
    let ours = by_rep(rows, "libprocess");
    if let (Some((median, name)), false) = (best, ours.is_empty()) {
        let ours = Spread::of(ours.values().map(|row| row.ns_per_message).collect()).median;
        println!(
            "libprocess is at {:.2} of the fastest actor library, {name}",
            ours / median
        );
    }
}

fn by_rep<'a>(rows: &[&'a Row], system: &str) -> BTreeMap<usize, &'a Row> {
    let own = rows.iter().filter(|row| row.system == system);
    own.map(|row| (row.rep, *row)).collect()
}

/// The workloads in the order in which they came.
fn shown(rows: &[Row]) -> Vec<String> {
    let mut names: Vec<String> = vec![];
    for row in rows {
        if !names.contains(&row.workload) {
            names.push(row.workload.clone());
        }
    }
    names
}

/// Least, quartiles and largest of figures, of which there is at least one.
pub struct Spread {
    min: f64,
    pub lower: f64,
    pub median: f64,
    pub upper: f64,
    max: f64,
}

impl Spread {
    pub fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let position = share * (values.len() - 1) as f64;
            let (below, above) = (
                values[position.floor() as usize],
                values[position.ceil() as usize],
            );
            below + (above - below) * position.fract()
        };
        Self {
            min: at(0.0),
            lower: at(0.25),
            median: at(0.5),
            upper: at(0.75),
            max: at(1.0),
        }
    }
}
