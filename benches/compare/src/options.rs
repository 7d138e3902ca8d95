//! The command line.

use std::path::PathBuf;

use crate::systems::{self, Column};
use crate::workloads::{self, Scale};

pub const USAGE: &str = "\
usage: cargo compare dispatch [options]
       cargo compare wire [options]        (see its --help)

  --systems a,b      which systems (default: all)
  --workloads a,b    which workloads (default: all)
  --reps N           repetitions, interleaved (default: 6)
  --workers N        workers of each system (default: 2)
  --scale F          share of each workload that is done, such as 0.1 (default: 1)
  --json FILE        write the rows as JSON too";

pub enum Command {
    Help,
    Dispatch(Options),
    /// The options of `wire`.
    Wire(Vec<String>),
    /// One of the two OS processes of a `wire` run.
    WireSide(Vec<String>),
    /// A single run in this OS process.
    One {
        column: &'static Column,
        workload: String,
        workers: usize,
        scale: Scale,
    },
}

pub struct Options {
    pub systems: Vec<&'static Column>,
    pub workloads: Vec<&'static str>,
    pub reps: usize,
    pub workers: usize,
    pub scale: Scale,
    pub json: Option<PathBuf>,
}

impl Command {
    /// # Errors
    ///
    /// A word that is not known, with what is allowed.
    pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        match words.next().as_deref() {
            Some("dispatch") => {
                let words: Vec<String> = words.collect();
                if words.iter().any(|word| word == "--help" || word == "-h") {
                    return Ok(Self::Help);
                }
                Ok(Self::Dispatch(Options::parse(words.into_iter())?))
            }
            Some("wire") => Ok(Self::Wire(words.collect())),
            Some("wire-side") => Ok(Self::WireSide(words.collect())),
            Some("one") => {
                let mut next = || words.next().ok_or("one SYSTEM WORKLOAD WORKERS SCALE");
                Ok(Self::One {
                    column: column(&next()?)?,
                    workload: workload(&next()?)?.into(),
                    workers: number("workers", &next()?)?,
                    scale: Scale(number("scale", &next()?)?),
                })
            }
            None | Some("--help" | "-h") => Ok(Self::Help),
            Some(other) => Err(format!("`{other}` is not known; there are: dispatch, wire")),
        }
    }
}

impl Options {
    fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            systems: systems::ALL.iter().collect(),
            workloads: workloads::ALL.to_vec(),
            reps: 6,
            workers: 2,
            scale: Scale(1.0),
            json: None,
        };
        while let Some(flag) = words.next() {
            let value = words.next().ok_or(format!("`{flag}` needs a value"))?;
            match flag.as_str() {
                "--systems" => {
                    options.systems = value.split(',').map(column).collect::<Result<_, _>>()?;
                }
                "--workloads" => {
                    options.workloads = value.split(',').map(workload).collect::<Result<_, _>>()?;
                }
                "--reps" => options.reps = number("reps", &value)?,
                "--workers" => options.workers = number("workers", &value)?,
                "--scale" => options.scale = Scale(number("scale", &value)?),
                "--json" => options.json = Some(value.into()),
                other => return Err(format!("`{other}` is not an option")),
            }
        }
        Ok(options)
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
