//! A stopped runtime has ended its processes, after what was queued for them.

use std::sync::mpsc::{Receiver, Sender, channel};

use libprocess::process::{Context, Process, SpawnProblem};
use libprocess::runtime::Runtime;

/// Tells what happens to it.
struct Teller(Sender<String>);

impl Process for Teller {
    fn finalize(&mut self, _ctx: &mut Context<Self>) {
        self.tell("finalized");
    }
}

impl Teller {
    fn tell(&self, word: &str) {
        self.0.send(word.to_owned()).unwrap();
    }
}

impl Drop for Teller {
    fn drop(&mut self) {
        self.tell("dropped");
    }
}

fn teller() -> (Teller, Receiver<String>) {
    let (sender, receiver) = channel();
    (Teller(sender), receiver)
}

#[test]
fn what_is_queued_is_served_first() {
    let runtime = Runtime::builder().start().unwrap();
    let (process, told) = teller();
    let pid = runtime.spawn(process).unwrap();
    for number in 0..100 {
        pid.tell(move |teller, _| teller.tell(&number.to_string()));
    }
    runtime.stop().unwrap();
    let mut expected: Vec<_> = (0..100).map(|number| number.to_string()).collect();
    expected.extend(["finalized".to_owned(), "dropped".to_owned()]);
    assert_eq!(told.iter().collect::<Vec<_>>(), expected);
}

#[test]
fn dropping_it_stops_it() {
    let runtime = Runtime::builder().start().unwrap();
    let (process, told) = teller();
    runtime.spawn(process).unwrap();
    drop(runtime);
    assert_eq!(told.iter().collect::<Vec<_>>(), ["finalized", "dropped"]);
}

#[test]
fn nothing_is_spawned_any_more() {
    let runtime = Runtime::builder().start().unwrap();
    let (process, _told) = teller();
    let pid = runtime.spawn_as("early", process).unwrap();
    runtime.stop().unwrap();
    runtime.stop().unwrap(); // it stays stopped
    let (process, told) = teller();
    let error = runtime.spawn(process).unwrap_err();
    assert_eq!(error.problem(), &SpawnProblem::Stopping);
    drop(error);
    assert_eq!(told.iter().collect::<Vec<_>>(), ["dropped"]);
    assert!(pid.dispatch(|_, _| ()).wait().is_err());
}

#[test]
fn a_blocked_wait_ends() {
    let runtime = Runtime::builder().start().unwrap();
    let (process, _told) = teller();
    let pid = runtime.spawn(process).unwrap();
    let waiter = std::thread::spawn(move || pid.wait());
    runtime.stop().unwrap();
    waiter.join().unwrap().unwrap();
}
