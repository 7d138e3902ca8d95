//! One of the two OS processes of a run, and what it says to the one that started it.
//!
//! The side that answers prints its address and waits for the end of its input. The side that
//! pings gets going, prints `warm`, waits for a line, measures, and prints an [`Outcome`].

use std::io::{BufRead, stdin};
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::recorder::{Recorder, now, stamp};
use super::spec::{Load, Spec};
use super::systems::Sides;

/// What the side that pings found.
#[derive(Debug, Serialize, Deserialize)]
pub struct Outcome {
    pub pairs: u64,
    pub seconds: f64,
    pub p50_us: Option<f64>,
    pub p99_us: Option<f64>,
    /// What pacing an open load costs without sending anything: it is none of the system's.
    pub pacing_us_per_second: f64,
}

/// Answers until there is no more input.
pub fn pong(sides: &Sides, spec: &Spec) {
    let (address, running) = (sides.pong)(spec);
    println!("{address}");
    wait_for_end();
    drop(running);
}

/// Pings the side at `peer`.
pub fn ping(sides: &Sides, spec: &Spec, peer: SocketAddr) {
    let recorder = Arc::new(Recorder::new());
    let mut pinging = (sides.ping)(spec, peer, &recorder);
    let mut body = vec![0; spec.body];
    let mut send = |due| {
        stamp(&mut body, due);
        (pinging.send)(&body);
    };
    let pacing_us_per_second = pacing(spec);
    run(spec, WARM, &mut send);
    println!("warm");
    wait_for_line();
    recorder.reset();
    let (before, start) = (recorder.pairs(), Instant::now());
    run(spec, MEASURED, &mut send);
    let (pairs, seconds) = (recorder.pairs() - before, start.elapsed().as_secs_f64());
    let microseconds = |share| {
        let time: Option<Duration> = recorder.quantile(share);
        time.map(|time| time.as_secs_f64() * 1e6)
    };
    let outcome = Outcome {
        pairs,
        seconds,
        p50_us: microseconds(0.5),
        p99_us: microseconds(0.99),
        pacing_us_per_second,
    };
    println!("{}", serde_json::to_string(&outcome).expect("plain fields"));
    wait_for_end();
}

/// Lets the load go on for a while; an open one is paced here, each message at its time, or as
/// soon after that as this thread wakes up.
fn run(spec: &Spec, length: Duration, send: &mut dyn FnMut(u64)) {
    let rate = match spec.load {
        Load::Window(_) | Load::Burst(_) | Load::Rate(0) => return sleep(length),
        Load::Rate(rate) => rate,
    };
    let start = now();
    let end = start + length.as_nanos() as u64;
    let step = 1_000_000_000 / rate;
    let mut due = start;
    while due < end {
        let time = now();
        while due <= time {
            send(due);
            due += step;
        }
        sleep(Duration::from_nanos(due.saturating_sub(now())));
    }
}

/// The processor time of pacing alone, in microseconds a second.
fn pacing(spec: &Spec) -> f64 {
    if !matches!(spec.load, Load::Rate(1..)) {
        return 0.0;
    }
    let (before, start) = (thread_time(), Instant::now());
    run(spec, WARM, &mut |_| ());
    (thread_time() - before).as_secs_f64() * 1e6 / start.elapsed().as_secs_f64()
}

fn thread_time() -> Duration {
    super::system::clock(libc::CLOCK_THREAD_CPUTIME_ID)
}

fn wait_for_line() {
    let mut line = String::new();
    stdin().lock().read_line(&mut line).expect("an input");
}

fn wait_for_end() {
    while stdin()
        .lock()
        .read_line(&mut String::new())
        .is_ok_and(|size| size > 0)
    {}
}

const WARM: Duration = Duration::from_millis(400);
const MEASURED: Duration = Duration::from_millis(1500);
