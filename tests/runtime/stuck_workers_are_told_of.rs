//! Workers that are all stuck in blocking that nobody declared are counted and named in the log.

use std::sync::{Mutex, Once, mpsc};
use std::time::Duration;

use libprocess::primitive::blocking::Latch;
use libprocess::process::{Pid, Process};
use libprocess::runtime::Runtime;
use libprocess::services::Services;
use log::{Level, LevelFilter, Log, Metadata, Record};

struct Node;

impl Process for Node {}

/// Hands on the warnings about stuck workers.
struct Warnings(Mutex<Vec<mpsc::Sender<String>>>);

impl Log for Warnings {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= Level::Warn
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) && record.target().ends_with("stalls") {
            let mut listeners = self.0.lock().unwrap();
            let text = record.args().to_string();
            listeners.retain(|listener| listener.send(text.clone()).is_ok());
        }
    }

    fn flush(&self) {}
}

static WARNINGS: Warnings = Warnings(Mutex::new(Vec::new()));
static INSTALLED: Once = Once::new();

/// The warnings of every runtime of this OS process: each test picks its own by the names in them.
fn warnings() -> mpsc::Receiver<String> {
    INSTALLED.call_once(|| {
        log::set_logger(&WARNINGS).unwrap();
        log::set_max_level(LevelFilter::Info);
    });
    let (sender, receiver) = mpsc::channel();
    WARNINGS.0.lock().unwrap().push(sender);
    receiver
}

/// The next warning that names the process.
fn warning_of(warnings: &mpsc::Receiver<String>, process: &Pid<Node>) -> String {
    let name = process.upid().to_string();
    loop {
        let warning = warnings.recv_timeout(LIMIT).expect("no warning came");
        if warning.contains(&name) {
            return warning;
        }
    }
}

fn runtime() -> Runtime {
    let builder = Runtime::builder().workers(2).services(Services::none());
    let builder = builder.stall_limit(Duration::from_millis(50));
    builder.start().unwrap()
}

/// Blocks a process where no library can know of it, until the sender is used or dropped.
fn block(process: &Pid<Node>) -> mpsc::Sender<()> {
    let (release, released) = mpsc::channel();
    let blocked = Latch::new();
    let open = blocked.clone();
    process.tell(move |_, _| {
        open.open();
        _ = released.recv();
    });
    blocked.wait();
    release
}

#[test]
fn by_name_and_all_goes_on_when_they_do() {
    let warnings = warnings();
    let runtime = runtime();
    let stalls = &runtime.manager().counters().stalls;
    let nodes = ["one", "other", "third"].map(|id| runtime.spawn_as(id, Node).unwrap());
    let [one, other, third] = &nodes;
    for times in 1..=2 {
        let releases = [block(one), block(other)];
        let served = third.dispatch(|_, _| "served");
        let warning = warning_of(&warnings, one);
        assert!(warning.contains(&other.upid().to_string()), "{warning}");
        assert!(!warning.contains(&third.upid().to_string()), "{warning}");
        // Where the machine is busy, other turns may take that long too.
        assert!(stalls.get() >= times);
        drop(releases);
        assert_eq!(served.wait().unwrap(), "served");
        runtime.settle();
    }
}

#[test]
fn what_was_scheduled_by_who_blocks_waits_too() {
    let warnings = warnings();
    let runtime = runtime();
    let spawn = || runtime.spawn(Node).unwrap();
    let pairs = [(); 2].map(|()| (spawn(), spawn()));
    runtime.settle();
    let stuck = pairs.map(|(waits, opens)| {
        let (release, released) = mpsc::channel();
        let outside = release.clone();
        waits.tell(move |_, _| {
            // It lies in the slot of the very worker that waits for it.
            opens.tell(move |_, _| _ = release.send(()));
            released.recv().unwrap();
        });
        (waits, outside)
    });
    let warning = warning_of(&warnings, &stuck[0].0);
    assert!(
        warning.contains(&stuck[1].0.upid().to_string()),
        "{warning}"
    );
    for (_, outside) in &stuck {
        outside.send(()).unwrap();
    }
    runtime.settle();
}

/// How long a warning may take to come where the machine is busy.
const LIMIT: Duration = Duration::from_secs(60);
