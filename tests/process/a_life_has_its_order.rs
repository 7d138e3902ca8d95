//! `initialize` comes first and once, `finalize` last and once, and then the state is dropped.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use libprocess::process::{Context, Process};

use super::Node;

struct Life(Sender<&'static str>);

impl Process for Life {
    fn initialize(&mut self, _ctx: &mut Context<Self>) {
        self.0.send("initialize").unwrap();
    }

    fn finalize(&mut self, _ctx: &mut Context<Self>) {
        self.0.send("finalize").unwrap();
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        self.0.send("drop").unwrap();
    }
}

impl Life {
    fn note(&mut self, _ctx: &mut Context<Self>) {
        self.0.send("event").unwrap();
    }
}

fn all(notes: &Receiver<&'static str>) -> Vec<&'static str> {
    notes.try_iter().collect()
}

#[test]
fn a_process_is_initialized_runs_is_finalized_and_dropped() {
    let node = Node::new();
    let (sender, notes) = channel();
    let pid = node.spawn_as("life", Life(sender));
    assert_eq!(pid.id(), "life");
    assert_eq!(pid.to_string(), "life@127.0.0.1:5050");
    pid.tell(Life::note);
    assert_eq!(pid.wait_for(Duration::ZERO), Ok(false));
    node.settle();
    assert_eq!(all(&notes), ["initialize", "event"]);

    pid.terminate();
    pid.wait().unwrap();
    assert_eq!(all(&notes), ["finalize", "drop"]);
    pid.wait().unwrap();
    assert_eq!(pid.wait_for(Duration::ZERO), Ok(true));
    assert!(pid.has_ended());
}

#[test]
fn a_process_told_to_end_at_once_is_initialized_all_the_same() {
    let node = Node::new();
    let (sender, notes) = channel();
    let pid = node.spawn(Life(sender));
    pid.tell(Life::note);
    pid.terminate();
    pid.wait().unwrap();
    let notes = all(&notes);
    let without_event: Vec<_> = notes.iter().filter(|note| **note != "event").collect();
    assert_eq!(without_event, [&"initialize", &"finalize", &"drop"]);
}
