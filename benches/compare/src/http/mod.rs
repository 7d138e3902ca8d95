//! `compare http`: HTTP servers beside ours, each in an OS process of its own.
//!
//! All answer `GET /hello/world` with the same thirteen bytes; ours does it in a process. The
//! load is 64 connections of another OS process, plain (one request in flight on each) and
//! pipelined by 16; `wrk` makes it where that is installed, and this OS process elsewhere. What
//! counts is how much a second of the server's processor time serves: that does not depend on
//! what the load generator needs. hyper flushes pipelined answers together.

mod idle;
mod load;
mod servers;
mod wrk;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, ExitCode, Stdio};

use serde::Serialize;

use crate::table::Spread;
use crate::wire::system::processor_time;
use load::Load;
use servers::Server;

const USAGE: &str = "\
usage: cargo compare http [options]

  --systems a,b      of libprocess, hyper, axum, actix-web (default: all)
  --reps N           repetitions, interleaved (default: 5)
  --json FILE        write the rows as JSON too
  --heads varied     give each request of a connection another query (default: same)
  --load own         make the load here, also where wrk is installed
  --idle N           measure what N idle connections cost, and nothing else";

/// A row of the JSON file.
#[derive(Serialize)]
struct Row {
    measure: &'static str,
    system: &'static str,
    mode: &'static str,
    rep: usize,
    requests_per_second: f64,
    requests_per_server_core_second: f64,
    p50_us: f64,
    p99_us: f64,
}

struct Options {
    systems: Vec<&'static Server>,
    reps: usize,
    json: Option<String>,
    is_varied: bool,
    /// Whether `wrk` makes the load.
    has_wrk: bool,
    idle: Option<usize>,
}

impl Options {
    /// # Errors
    ///
    /// A word that is not known.
    fn parse(words: &[String]) -> Result<Self, String> {
        let mut options = Self {
            systems: servers::ALL.iter().collect(),
            reps: 5,
            json: None,
            is_varied: false,
            has_wrk: wrk::is_installed(),
            idle: None,
        };
        for pair in words.chunks(2) {
            let [flag, value] = pair else {
                return Err(format!("`{}` needs a value", pair[0]));
            };
            match flag.as_str() {
                "--systems" => {
                    let found = value.split(',').map(servers::find);
                    options.systems = found.collect::<Result<_, _>>()?;
                }
                "--reps" => {
                    let reps = value.parse().ok().filter(|reps| *reps > 0);
                    options.reps = reps.ok_or(format!("`{value}` is no number above 0"))?;
                }
                "--heads" if ["same", "varied"].contains(&value.as_str()) => {
                    options.is_varied = value == "varied";
                    // It would have to make each head in Lua.
                    options.has_wrk &= !options.is_varied;
                }
                "--idle" => {
                    let idle = value.parse().ok().filter(|idle| *idle >= 10);
                    options.idle = Some(idle.ok_or(format!("`{value}` is no number from 10 on"))?);
                }
                "--load" if value == "own" => options.has_wrk = false,
                "--json" => options.json = Some(value.clone()),
                other => return Err(format!("`{other}` is not an option")),
            }
        }
        Ok(options)
    }
}

/// Measures every server, and prints tables.
pub fn main(words: &[String]) -> ExitCode {
    if words.iter().any(|word| word == "--help" || word == "-h") {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    exit(
        Options::parse(words).and_then(|options| match options.idle {
            Some(connections) => measure_idle(&options, connections),
            None => measure(&options),
        }),
    )
}

/// Serves as one of the systems until nobody listens to this OS process any more.
pub fn side(words: &[String]) -> ExitCode {
    let server = servers::find(words.first().map_or("", String::as_str));
    exit(server.and_then(|server| (server.serve)().map_err(|error| error.to_string())))
}

fn exit(done: Result<(), String>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("compare: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(options: &Options) -> Result<(), String> {
    let mut rows = vec![];
    // Interleaved, so that what the machine does beside it is spread over all.
    for rep in 0..options.reps {
        for (mode, depth) in MODES {
            for server in &options.systems {
                let row = run(server.name, mode, depth, options, rep);
                let row = row.map_err(|error| format!("{} {mode}: {error}", server.name))?;
                let rate = row.requests_per_second;
                eprintln!("{:<10} {mode:<9} {rate:>9.0} requests/s", row.system);
                rows.push(row);
            }
        }
    }
    for (mode, _) in MODES {
        print(options, mode, &rows);
    }
    let Some(file) = &options.json else {
        return Ok(());
    };
    let text = serde_json::to_string_pretty(&rows).expect("plain fields");
    fs::write(file, text + "\n").map_err(|error| format!("{file}: {error}"))
}

/// Prints what an idle connection costs each server.
fn measure_idle(options: &Options, connections: usize) -> Result<(), String> {
    println!("| system | bytes an idle connection, of {connections} |");
    println!("|---|---:|");
    for server in &options.systems {
        let bytes = idle::measure(server, connections);
        let bytes = bytes.map_err(|error| format!("{}: {error}", server.name))?;
        println!("| {} | {bytes:.0} |", server.name);
    }
    Ok(())
}

fn run(
    system: &'static str,
    mode: &'static str,
    depth: usize,
    options: &Options,
    rep: usize,
) -> Result<Row, String> {
    let server = Side::start(system).map_err(|error| error.to_string())?;
    let load = Load {
        port: server.port,
        depth,
        is_varied: options.is_varied,
    };
    load.run(WARM_UP)?;
    let before = processor_time(server.child.id());
    let outcome = if options.has_wrk {
        wrk::run(load, LENGTH)?
    } else {
        load.run(LENGTH as f64)?
    };
    let spent = processor_time(server.child.id()).saturating_sub(before);
    Ok(Row {
        measure: "http",
        system,
        mode,
        rep,
        requests_per_second: outcome.requests as f64 / outcome.seconds,
        requests_per_server_core_second: outcome.requests as f64 / spent.as_secs_f64(),
        p50_us: outcome.p50,
        p99_us: outcome.p99,
    })
}

/// Prints the medians of a mode.
fn print(options: &Options, mode: &str, rows: &[Row]) {
    println!("\n{mode}, medians of {}", options.reps);
    println!("| system | requests/s | per server core | quartiles | p50 us | p99 us |");
    println!("|---|---:|---:|---:|---:|---:|");
    for server in &options.systems {
        let own = rows
            .iter()
            .filter(|row| row.system == server.name && row.mode == mode);
        let spread = |figure: fn(&Row) -> f64| Spread::of(own.clone().map(figure).collect());
        let per_core = spread(|row| row.requests_per_server_core_second);
        println!(
            "| {} | {:.0} | **{:.0}** | {:.0} to {:.0} | {:.0} | {:.0} |",
            server.name,
            spread(|row| row.requests_per_second).median,
            per_core.median,
            per_core.lower,
            per_core.upper,
            spread(|row| row.p50_us).median,
            spread(|row| row.p99_us).median
        );
    }
}

/// A server in an OS process of its own.
struct Side {
    child: Child,
    port: u16,
}

impl Side {
    fn start(system: &str) -> Result<Self, Box<dyn std::error::Error>> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["http-side", system])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = child.stdout.take().ok_or("no output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let port = line.trim().parse()?;
        Ok(Self { child, port })
    }
}

impl Drop for Side {
    fn drop(&mut self) {
        // It ends by itself when its input does, but there is no need to wait for that.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How many requests are in flight on each connection.
const MODES: [(&str, usize); 2] = [("plain", 1), ("pipelined", 16)];

/// In seconds.
const WARM_UP: f64 = 0.3;

/// In seconds.
const LENGTH: u64 = 2;
