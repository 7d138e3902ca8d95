//! What a hostile network costs a server, and those whom it serves meanwhile.
//!
//! For each attack a server is started as an OS process of its own, and the attackers as others,
//! with the far ends of all connections. This one asks the server for something small all the
//! while, on a connection that is older than the attack and on new ones, and watches its memory.
//! All share the machine, where real attackers would bring their own; so these have the lowest
//! priority, and what is measured is the server's work rather than theirs.
//!
//! `cargo bench -- hostile/gzip-bomb` is one of the attacks.

mod attacks;
mod probe;
mod victim;

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;
use std::time::Duration;
use std::{env, fs};

use self::attacks::{Aim, Attack};
use self::probe::{Probe, Times};
use crate::harness::Plan;

/// Whether this OS process is one side of an attack, which is then over.
pub(crate) fn is_side() -> bool {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        [SIDE, "victim"] => victim::serve(),
        [SIDE, name, server, from, count] => {
            let attack = attacks::ALL.iter().find(|attack| attack.name == name);
            let aim = Aim {
                server: server.parse().expect("an address"),
                from: from.parse().expect("an ip"),
            };
            let count = count.parse().expect("a number");
            (attack.expect("a known attack").run)(aim, count);
        }
        _ => return false,
    }
    true
}

pub(crate) fn run(plan: &Plan) {
    println!("  microseconds of answers on an old connection and on new ones; memory in MB");
    println!(
        "  {:14} {:>6} {:>8} {:>8} {:>8} {:>8} {:>8} {:>6} {:>7} {:>7} {:>7}",
        "attack",
        "ends",
        "old p50",
        "p99",
        "most",
        "new p50",
        "p99",
        "failed",
        "before",
        "most",
        "after"
    );
    let wanted = attacks::ALL.iter();
    for attack in wanted.filter(|attack| plan.wants_part(attack.name)) {
        measure(attack, plan);
    }
}

fn measure(attack: &Attack, plan: &Plan) {
    let victim = Side::start(&format!("ulimit -n {}", attack.descriptors), &["victim"]);
    let address: SocketAddr = victim.line.parse().expect("an address");
    let mut probe = Probe::new(address);
    // The first of each kind finds nothing warm.
    probe.run(Duration::from_millis(200), || {});
    let before = resident(&victim);
    let count = plan.count(attack.count);
    let each = (count / attack.attackers).to_string();
    let attackers = (1..=attack.attackers).map(|number| {
        let from = Ipv4Addr::new(127, 0, 0, number as u8).to_string();
        let words = [attack.name, &victim.line, &from, &each];
        Side::start("ulimit -n 20000 || true; renice -n 19 $$ >&2", &words)
    });
    let attackers: Vec<Side> = attackers.collect();
    let mut most = 0;
    let look = || most = most.max(resident(&victim));
    let times = probe.run(plan.duration(4), look);
    drop(attackers);
    thread::sleep(plan.duration(1).min(Duration::from_secs(1)));
    let recovered = probe.run(Duration::from_millis(100), || {});
    assert_eq!(recovered.failed, 0, "the attack is over: {}", attack.name);
    report(attack, count, &times, [before, most, resident(&victim)]);
}

fn report(attack: &Attack, count: usize, times: &Times, memory: [u64; 3]) {
    let [before, most, after] = memory.map(|bytes| bytes as f64 / 1e6);
    let (old, new) = (&times.old, &times.new);
    let memory = format!("{before:>7.1} {most:>7.1} {after:>7.1}");
    println!(
        "  {:14} {count:>6} {:>8} {:>8} {:>8} {:>8} {:>8} {:>6} {memory}  {}",
        attack.name,
        probe::quantile(old, 0.5),
        probe::quantile(old, 0.99),
        probe::quantile(old, 1.0),
        probe::quantile(new, 0.5),
        probe::quantile(new, 0.99),
        times.failed,
        attack.about,
    );
}

/// One side of an attack; its end when dropped.
struct Side {
    child: Child,
    /// The first line that it said.
    line: String,
    /// Held open: its end tells the side to go.
    _input: ChildStdin,
}

impl Side {
    fn start(prepare: &str, words: &[&str]) -> Self {
        let mut child = Command::new("sh")
            .arg("-c")
            .arg(format!(r#"{prepare}; exec "$0" "$@""#))
            .arg(env::current_exe().expect("it runs"))
            .arg(SIDE)
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell");
        let output = child.stdout.take().expect("it was asked for");
        let mut line = String::new();
        BufReader::new(output)
            .read_line(&mut line)
            .expect("it says when it is ready");
        Self {
            _input: child.stdin.take().expect("it was asked for"),
            child,
            line: line.trim().into(),
        }
    }
}

impl Drop for Side {
    fn drop(&mut self) {
        // It may be gone already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The memory of a side, in bytes.
fn resident(side: &Side) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", side.child.id()));
    let status = status.unwrap_or_default();
    let mut lines = status.lines();
    let size = lines.find_map(|line| line.strip_prefix("VmRSS:"));
    let size = size.and_then(|size| size.trim().strip_suffix(" kB")?.parse().ok());
    size.unwrap_or(0_u64) * 1024
}

/// The first word of the command line of a side.
const SIDE: &str = "hostile-side";
