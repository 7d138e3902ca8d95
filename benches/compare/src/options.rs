//! The command line.

use std::fs;
use std::path::PathBuf;

use serde::Serialize;

use crate::child::Run;
use crate::systems::{self, Column};
use crate::workloads::{self, Scale};

pub const USAGE: &str = "\
usage: cargo compare dispatch [options]    times, interleaved
       cargo compare cost [options]        instructions and allocations, by valgrind
       cargo compare wire [options]        messages between OS processes; see its --help
       cargo compare http [options]        HTTP servers, plain and pipelined; see its --help

  --systems a,b      which systems (default: all)
  --workloads a,b    which workloads (default: all)
  --reps N           repetitions of each run that is timed (default: 6)
  --workers N        workers of each system (default: 2; of costs: 1)
  --scale F          share of each workload that is done, such as 0.1 (default: 1)
  --json FILE        write the rows as JSON too";

pub enum Command {
    Help,
    Dispatch(Options),
    Cost(Options),
    /// The options of `wire`.
    Wire(Vec<String>),
    /// The options of `http`.
    Http(Vec<String>),
    /// One of the servers of an `http` run.
    HttpSide(Vec<String>),
    /// One of the two OS processes of a `wire` run.
    WireSide(Vec<String>),
    /// A single run in this OS process.
    One(Run),
}

pub struct Options {
    pub systems: Vec<&'static Column>,
    pub workloads: Vec<&'static str>,
    pub reps: usize,
    pub workers: usize,
    pub scale: Scale,
    json: Option<PathBuf>,
}

impl Command {
    /// # Errors
    ///
    /// A word that is not known, with what is allowed.
    pub fn parse(words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut words: Vec<String> = words.collect();
        if words.is_empty() {
            return Ok(Self::Help);
        }
        let command = words.remove(0);
        let help = words.iter().any(|word| word == "--help" || word == "-h");
        match command.as_str() {
            "wire" => Ok(Self::Wire(words)),
            "http" => Ok(Self::Http(words)),
            "http-side" => Ok(Self::HttpSide(words)),
            "wire-side" => Ok(Self::WireSide(words)),
            "--help" | "-h" => Ok(Self::Help),
            "dispatch" | "cost" if help => Ok(Self::Help),
            "dispatch" => Ok(Self::Dispatch(Options::parse(&words, 2)?)),
            "cost" => Ok(Self::Cost(Options::parse(&words, 1)?)),
            "one" => {
                let [system, name, workers, scale] = &words[..] else {
                    return Err("one SYSTEM WORKLOAD WORKERS SCALE".into());
                };
                Ok(Self::One(Run {
                    column: column(system)?,
                    workload: workload(name)?,
                    workers: number("workers", workers)?,
                    scale: Scale(number("scale", scale)?),
                }))
            }
            other => Err(format!("`{other}` is not known")),
        }
    }
}

impl Options {
    fn parse(words: &[String], workers: usize) -> Result<Self, String> {
        let mut options = Self {
            systems: systems::ALL.iter().collect(),
            workloads: workloads::ALL.to_vec(),
            reps: 6,
            workers,
            scale: Scale(1.0),
            json: None,
        };
        for pair in words.chunks(2) {
            let [flag, value] = pair else {
                return Err(format!("`{}` needs a value", pair[0]));
            };
            match flag.as_str() {
                "--systems" => {
                    options.systems = value.split(',').map(column).collect::<Result<_, _>>()?;
                }
                "--workloads" => {
                    options.workloads = value.split(',').map(workload).collect::<Result<_, _>>()?;
                }
                "--reps" => options.reps = number("reps", value)?,
                "--workers" => options.workers = number("workers", value)?,
                "--scale" => options.scale = Scale(number("scale", value)?),
                "--json" => options.json = Some(value.into()),
                other => return Err(format!("`{other}` is not an option")),
            }
        }
        Ok(options)
    }

    /// Writes rows to the file that was asked for, if one was.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn write_json(&self, rows: &[impl Serialize]) -> Result<(), String> {
        let Some(path) = &self.json else {
            return Ok(());
        };
        let text = serde_json::to_string_pretty(rows).expect("plain fields");
        fs::write(path, text + "\n").map_err(|error| format!("{}: {error}", path.display()))
    }
}

fn column(name: &str) -> Result<&'static Column, String> {
    let names: Vec<_> = systems::ALL.iter().map(|column| column.name).collect();
    let found = systems::ALL.iter().find(|column| column.name == name);
    found.ok_or_else(|| format!("`{name}` is no system; there are: {}", names.join(", ")))
}

fn workload(name: &str) -> Result<&'static str, String> {
    let found = workloads::ALL.iter().find(|workload| **workload == name);
    let all = || workloads::ALL.join(", ");
    found
        .copied()
        .ok_or_else(|| format!("`{name}` is no workload; there are: {}", all()))
}

fn number<T: std::str::FromStr + PartialOrd + Default>(
    what: &str,
    text: &str,
) -> Result<T, String> {
    let parsed = text.parse().ok().filter(|number| *number > T::default());
    parsed.ok_or_else(|| format!("`{text}` is not a number above 0 for {what}"))
}
