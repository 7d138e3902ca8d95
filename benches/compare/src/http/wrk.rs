//! Load by `wrk`, where it is installed.

use std::process::Command;
use std::{env, fs};

use super::load::{Load, Outcome};

/// Whether there is a `wrk` to be started.
pub(super) fn is_installed() -> bool {
    Command::new("wrk").arg("--version").output().is_ok()
}

/// Asks for so many whole seconds.
pub(super) fn run(load: Load, seconds: u64) -> Result<Outcome, String> {
    // A file of this OS process' own, since runs may be beside each other.
    let script = env::temp_dir().join(format!("compare-{}.lua", std::process::id()));
    fs::write(&script, pipelining(load.depth)).map_err(|error| error.to_string())?;
    let output = Command::new("wrk")
        .args(["--threads", "1", "--connections", "64", "--latency"])
        .args(["--duration", &format!("{seconds}s")])
        .arg("--script")
        .arg(&script)
        .arg(format!("http://127.0.0.1:{}/hello/world", load.port))
        .output();
    // What is left in the folder of temporary files harms nobody.
    let _ = fs::remove_file(&script);
    let text = output.map_err(|error| error.to_string())?.stdout;
    let text = String::from_utf8_lossy(&text);
    parse(&text).ok_or_else(|| format!("wrk said {text:?}"))
}

/// A script that asks for so many at once.
fn pipelining(depth: usize) -> String {
    format!(
        "init = function(args)\n\
         all = string.rep(wrk.format('GET'), {depth})\n\
         end\n\
         request = function() return all end\n"
    )
}

fn parse(text: &str) -> Option<Outcome> {
    if text.contains("Non-2xx") || text.contains("Socket errors") {
        return None;
    }
    let words = || text.lines().map(|line| line.split_whitespace());
    let quantile = |name: &str| {
        let mut line = words().find(|line| line.clone().next() == Some(name))?;
        micros(line.nth(1)?)
    };
    // `20000 requests in 2.00s, 3.00MB read`
    let mut done = words().find(|line| line.clone().nth(1) == Some("requests"))?;
    let requests = done.next()?.parse().ok()?;
    let seconds = micros(done.nth(2)?.trim_end_matches(','))? / 1e6;
    Some(Outcome {
        requests,
        seconds,
        p50: quantile("50%")?,
        p99: quantile("99%")?,
    })
}

/// A time as `wrk` writes it, in microseconds.
fn micros(text: &str) -> Option<f64> {
    let unit = text.find(|each: char| each.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at(unit);
    let scale = match unit {
        "us" => 1.0,
        "ms" => 1e3,
        "s" => 1e6,
        "m" => 60e6,
        _ => return None,
    };
    Some(number.parse::<f64>().ok()? * scale)
}
