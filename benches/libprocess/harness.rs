//! What the benchmarks share: how much of them is run, and how figures are printed.

use std::env;
use std::fs;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use libprocess::runtime::Runtime;

/// What the command line asks for.
pub(crate) struct Plan {
    /// All of it; else just enough to show that it works.
    whole: bool,
    workers: usize,
    seconds: Option<u64>,
    names: Vec<String>,
    /// The one to run in this OS process.
    alone: Option<String>,
}

impl Plan {
    /// # Panics
    ///
    /// If an option has no number.
    pub(crate) fn from_arguments() -> Self {
        let cores = thread::available_parallelism().map_or(2, usize::from);
        let mut plan = Self {
            whole: false,
            workers: cores,
            seconds: None,
            names: vec![],
            alone: None,
        };
        let mut words = env::args().skip(1);
        while let Some(word) = words.next() {
            let mut number = || words.next().and_then(|word| word.parse().ok());
            match word.as_str() {
                ALONE => plan.alone = words.next(),
                "--bench" => plan.whole = true,
                "--workers" => plan.workers = number().expect("--workers N") as usize,
                "--seconds" => plan.seconds = Some(number().expect("--seconds N")),
                // What else `cargo test` tells its tests is not for us.
                option if option.starts_with('-') => {}
                name => plan.names.push(name.to_lowercase()),
            }
        }
        plan
    }

    /// Whether a benchmark is to run.
    fn wants(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        let mut wanted = self.names.iter().map(|wanted| split(wanted).0);
        self.names.is_empty() || wanted.any(|part| name.contains(part))
    }

    /// Whether a part of a benchmark is to run: `flood/wide` asks for one, `flood` for all.
    pub(crate) fn wants_part(&self, part: &str) -> bool {
        let mut wanted = self.names.iter().map(|wanted| split(wanted).1);
        self.names.is_empty() || wanted.any(|wanted| part.contains(wanted))
    }

    /// Runs a benchmark in an OS process of its own, so that none inherits another's heap.
    ///
    /// # Panics
    ///
    /// If it panics.
    pub(crate) fn run(&self, name: &str, benchmark: fn(&Self)) {
        match &self.alone {
            Some(alone) if alone == name => benchmark(self),
            Some(_) => {}
            None if self.wants(name) => {
                println!("{name}");
                let program = env::current_exe().expect("it runs");
                let mut child = Command::new(program);
                let ended = child.args(env::args().skip(1)).args([ALONE, name]).status();
                assert!(ended.expect("it starts again").success(), "{name} failed");
            }
            None => {}
        }
    }

    /// So many, or in a test a few.
    pub(crate) fn count(&self, whole: usize) -> usize {
        if self.whole { whole } else { whole.min(20) }
    }

    /// So long, or as long as was asked for; in a test a moment.
    pub(crate) fn duration(&self, seconds: u64) -> Duration {
        match self.whole {
            true => Duration::from_secs(self.seconds.unwrap_or(seconds)),
            false => Duration::from_millis(10),
        }
    }

    pub(crate) fn workers(&self) -> usize {
        self.workers
    }

    pub(crate) fn runtime(&self) -> Runtime {
        runtime(self.workers)
    }

    /// Figures of several runs, or in a test of one.
    pub(crate) fn repeat(&self, mut run: impl FnMut() -> f64) -> Vec<f64> {
        let runs = if self.whole { 5 } else { 1 };
        (0..runs).map(|_| run()).collect()
    }
}

/// What a word of the command line asks for: a benchmark, and which part of it.
fn split(wanted: &str) -> (&str, &str) {
    wanted.split_once('/').unwrap_or((wanted, ""))
}

pub(crate) fn runtime(workers: usize) -> Runtime {
    let runtime = Runtime::builder().workers(workers).start();
    runtime.expect("loopback has a free port")
}

/// Names the benchmark that this OS process was started for.
const ALONE: &str = "--alone";

/// How long something takes, in seconds.
pub(crate) fn seconds(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

/// Prints how often something happens in a second: the median, and the extremes of several runs.
pub(crate) fn print_rate(what: &str, unit: &str, per_second: Vec<f64>) {
    print(what, per_second, |figure| {
        format!("{} {unit}/s", short(figure))
    });
}

/// Prints how long something takes.
pub(crate) fn print_time(what: &str, seconds: Vec<f64>) {
    print(what, seconds, |figure| {
        format!("{:.2?}", Duration::from_secs_f64(figure))
    });
}

/// Prints how long each of `count` things takes.
pub(crate) fn print_each(what: &str, count: usize, seconds: Vec<f64>) {
    print(what, seconds, |figure| {
        format!("{:.1} ns each", figure * 1e9 / count as f64)
    });
}

fn print(what: &str, mut figures: Vec<f64>, text: impl Fn(f64) -> String) {
    figures.sort_by(f64::total_cmp);
    let [first, .., last] = figures[..] else {
        println!("  {what:<44} {}", text(figures[0]));
        return;
    };
    let median = text(figures[figures.len() / 2]);
    println!(
        "  {what:<44} {median}   ({} to {})",
        text(first),
        text(last)
    );
}

/// A number in few digits: `8.24M`.
fn short(number: f64) -> String {
    match number {
        1e6.. => format!("{:.2}M", number / 1e6),
        1e3.. => format!("{:.1}k", number / 1e3),
        _ => format!("{number:.1}"),
    }
}

/// Bytes of this OS process that are in memory now.
pub(crate) fn resident_bytes() -> i64 {
    let text = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = kilobytes.and_then(|line| line.split_whitespace().next()?.parse().ok());
    1024 * kilobytes.unwrap_or(0)
}
