//! Starts the two OS processes of each run and counts what both use.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitCode, Stdio};

use serde::Serialize;

use super::child::{self, Outcome};
use super::report;
use super::spec::{self, Measure};
use super::system::{SystemCalls, pin, processor_time};
use super::systems::{self, Sides, System};

const USAGE: &str = "\
usage: cargo compare wire [options]

  --systems a,b      which systems (default: all)
  --measures a,b     which measures (default: all)
  --reps N           repetitions, interleaved (default: 5)
  --pin one|two|none both OS processes on one core, on one each, or anywhere
                     (default: one each with one message in flight, else anywhere)
  --json FILE        write the rows as JSON too";

struct Options {
    systems: Vec<&'static System>,
    measures: Vec<&'static Measure>,
    reps: usize,
    pin: Option<Pin>,
    json: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pin {
    None,
    One,
    Two,
}

impl Options {
    /// # Errors
    ///
    /// A word that is not known.
    fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            systems: systems::ALL.iter().collect(),
            measures: spec::ALL.iter().collect(),
            reps: 5,
            pin: None,
            json: None,
        };
        while let Some(flag) = words.next() {
            let value = words.next().ok_or(format!("`{flag}` needs a value"))?;
            let names = || value.split(',');
            match flag.as_str() {
                "--systems" => options.systems = names().map(system).collect::<Result<_, _>>()?,
                "--measures" => {
                    options.measures = names().map(measure).collect::<Result<_, _>>()?
                }
                "--reps" => options.reps = value.parse().map_err(|_| "reps is a number")?,
                "--pin" => options.pin = Some(Pin::parse(&value)?),
                "--json" => options.json = Some(value.into()),
                other => return Err(format!("`{other}` is not an option")),
            }
        }
        Ok(options)
    }
}

impl Pin {
    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "none" => Ok(Self::None),
            "one" => Ok(Self::One),
            "two" => Ok(Self::Two),
            other => Err(format!(
                "`{other}` is no pinning; there are: none, one, two"
            )),
        }
    }

    /// The processor of each side.
    fn processors(self) -> [&'static str; 2] {
        match self {
            Self::None => ["any", "any"],
            Self::One => ["0", "0"],
            Self::Two => ["0", "1"],
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::None => "not pinned",
            Self::One => "both on one core",
            Self::Two => "a core each",
        }
    }
}

fn system(name: &str) -> Result<&'static System, String> {
    let all = || {
        systems::ALL
            .iter()
            .map(|system| system.name)
            .collect::<Vec<_>>()
            .join(", ")
    };
    systems::find(name).ok_or_else(|| format!("`{name}` is no system; there are: {}", all()))
}

fn measure(name: &str) -> Result<&'static Measure, String> {
    let all = || {
        spec::ALL
            .iter()
            .map(|measure| measure.name)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let found = spec::ALL.iter().find(|measure| measure.name == name);
    found.ok_or_else(|| format!("`{name}` is no measure; there are: {}", all()))
}

/// A row of the JSON file.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    pub measure: &'static str,
    pub system: &'static str,
    pub body_bytes: usize,
    pub in_flight: usize,
    pub pairs: usize,
    #[serde(skip)]
    pub pinning: &'static str,
    pub rep: usize,
    pub pairs_per_second: f64,
    pub p50_us: Option<f64>,
    pub p99_us: Option<f64>,
    /// Of both OS processes.
    pub cpu_us_per_pair: Option<f64>,
    /// Of both OS processes, in microseconds of each second.
    #[serde(skip)]
    pub cpu_us_per_second: f64,
    pub syscalls_per_pair: Option<f64>,
}

/// `cargo compare wire`.
pub fn main(words: Vec<String>) -> ExitCode {
    if words.iter().any(|word| word == "--help" || word == "-h") {
        println!("{}", usage());
        return ExitCode::SUCCESS;
    }
    match Options::parse(words.into_iter()).and_then(|options| run(&options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("compare: {error}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> String {
    let systems = systems::ALL.iter();
    let systems = systems.map(|system| format!("\n  {:18} {}", system.name, system.about));
    let measures = spec::ALL
        .iter()
        .map(|measure| format!("\n  {}", measure.name));
    format!(
        "{USAGE}\n\nsystems:{}\n\nmeasures (bytes of a body, in flight):{}",
        systems.collect::<String>(),
        measures.collect::<String>()
    )
}

/// Measures and prints the table.
///
/// # Errors
///
/// The JSON file cannot be written.
fn run(options: &Options) -> Result<(), String> {
    let mut rows = vec![];
    let programs: Vec<_> = options
        .systems
        .iter()
        .map(|system| program(system))
        .collect();
    for rep in 0..options.reps {
        for measure in &options.measures {
            for (system, program) in options.systems.iter().zip(&programs) {
                if !(system.takes)(&measure.spec) {
                    continue;
                }
                let default = if measure.pinned { Pin::Two } else { Pin::None };
                let pin = options.pin.unwrap_or(default);
                let row = program
                    .clone()
                    .and_then(|program| one_run(&program, system, measure, pin, rep));
                match row {
                    Ok(row) => {
                        eprintln!("{}", report::line(&row));
                        rows.push(row);
                    }
                    Err(error) => eprintln!("{} on {}: {error}", measure.name, system.name),
                }
            }
        }
    }
    report::print(&rows);
    let Some(path) = &options.json else {
        return Ok(());
    };
    let text = serde_json::to_string_pretty(&rows).expect("plain fields");
    fs::write(path, text + "\n").map_err(|error| format!("{}: {error}", path.display()))
}

/// The program that has the sides of a system: this one, or the one with ractor_cluster, which is
/// built beside it.
fn program(system: &System) -> Result<PathBuf, String> {
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    if system.sides.is_some() {
        return Ok(this);
    }
    let cargo = std::env::var_os("CARGO").unwrap_or("cargo".into());
    let built = Command::new(cargo)
        .args(["build", "--release", "--features", "cluster"])
        .args(["--bin", CLUSTER, "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .status();
    match built {
        Ok(status) if status.success() => Ok(this.with_file_name(CLUSTER)),
        Ok(status) => Err(format!("it was not built: {status}")),
        Err(error) => Err(format!("it was not built: {error}")),
    }
}

fn one_run(
    program: &Path,
    system: &'static System,
    measure: &'static Measure,
    pin: Pin,
    rep: usize,
) -> Result<Row, String> {
    let [here, there] = pin.processors();
    let mut pong = Side::start(program, &[system.name, measure.name, there, "pong"])?;
    let address = pong.line()?;
    let mut ping = Side::start(
        program,
        &[system.name, measure.name, here, "ping", &address],
    )?;
    ping.line()?;
    let processes = [ping.child.id(), pong.child.id()];
    let calls = SystemCalls::watch(&processes);
    let time = || {
        processes
            .map(processor_time)
            .iter()
            .sum::<std::time::Duration>()
    };
    let before = time();
    ping.go()?;
    let outcome: Outcome = serde_json::from_str(&ping.line()?).map_err(|e| e.to_string())?;
    let used = (time() - before).as_secs_f64() * 1e6;
    let used = (used - outcome.pacing_us_per_second * outcome.seconds).max(0.0);
    let calls = calls.map(|calls| calls.count() as f64);
    let each = |sum: f64| (outcome.pairs > 0).then(|| sum / outcome.pairs as f64);
    Ok(Row {
        measure: measure.name,
        system: system.name,
        body_bytes: measure.spec.body,
        in_flight: measure.spec.in_flight(),
        pairs: measure.spec.pairs,
        pinning: pin.name(),
        rep,
        pairs_per_second: outcome.pairs as f64 / outcome.seconds,
        p50_us: outcome.p50_us,
        p99_us: outcome.p99_us,
        cpu_us_per_pair: each(used),
        cpu_us_per_second: used / outcome.seconds,
        syscalls_per_pair: calls.and_then(each),
    })
}

/// The program of `src/cluster.rs`.
const CLUSTER: &str = "compare-cluster";

/// One of the two OS processes.
struct Side {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Side {
    fn start(program: &Path, words: &[&str]) -> Result<Self, String> {
        let mut child = Command::new(program)
            .arg("wire-side")
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let output = BufReader::new(child.stdout.take().expect("it was asked for"));
        Ok(Self { child, output })
    }

    fn line(&mut self) -> Result<String, String> {
        let mut line = String::new();
        let size = self
            .output
            .read_line(&mut line)
            .map_err(|error| error.to_string())?;
        if size == 0 {
            return Err("one side ended".into());
        }
        Ok(line.trim().into())
    }

    fn go(&mut self) -> Result<(), String> {
        let input = self.child.stdin.as_mut().expect("it was asked for");
        input.write_all(b"go\n").map_err(|error| error.to_string())
    }
}

impl Drop for Side {
    fn drop(&mut self) {
        // Both may be gone already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// One side of a run, in this OS process: `SYSTEM MEASURE PROCESSOR pong`, or
/// `SYSTEM MEASURE PROCESSOR ping ADDRESS`. `elsewhere` are those that no other program has.
pub fn side(words: &[String], elsewhere: Option<&Sides>) -> ExitCode {
    let [name, measured, processor, rest @ ..] = words else {
        return ExitCode::from(2);
    };
    let (Ok(system), Ok(measure)) = (system(name), measure(measured)) else {
        return ExitCode::from(2);
    };
    if let Ok(processor) = processor.parse() {
        pin(processor);
    }
    let Some(sides) = system.sides.as_ref().or(elsewhere) else {
        return ExitCode::from(2);
    };
    match rest {
        [_] => child::pong(sides, &measure.spec),
        [_, address] => child::ping(sides, &measure.spec, address.parse().expect("an address")),
        _ => return ExitCode::from(2),
    }
    ExitCode::SUCCESS
}
