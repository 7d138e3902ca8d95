//! Every process is listed, with the kinds and counts of what waits for it.

use std::sync::Arc;

use libprocess::address::Upid;
use libprocess::process::{Filter, Look, Process, ProcessManager};
use serde_json::json;

use super::world::{World, json as parse};

struct Busy;

impl Process for Busy {}

/// Queues two messages and a request to end behind what `busy` is about to do.
struct Filling(Arc<ProcessManager>);

impl Filter for Filling {
    fn filter(&self, to: &Upid, look: &Look<'_>) -> bool {
        if to.id() == "busy" && matches!(look, Look::Dispatch(_)) {
            self.0.post(to, "hello", "");
            self.0.post(to, "hello", "");
            self.0.terminate_after_queue(to);
        }
        false
    }
}

#[test]
fn queued_events_are_counted_by_kind() {
    let world = World::new();
    world.runtime.spawn_as("busy", Busy).unwrap();
    let manager = world.runtime.manager();
    // The counting itself is what `busy` is about to do.
    manager.set_filter(Some(Arc::new(Filling(manager.clone()))));
    let listed = parse(&world.get("/__processes__"));
    manager.set_filter(None);
    let events = |id: &str| {
        let mut processes = listed.as_array().unwrap().iter();
        processes.find(|process| process["id"] == id).unwrap()["events"].clone()
    };
    let expected = json!([
        { "type": "MESSAGE", "count": 2 },
        { "type": "TERMINATE", "count": 1 },
    ]);
    assert_eq!(events("busy"), expected);
    for id in ["help", "metrics", "system", "__processes__"] {
        assert_eq!(events(id), json!([]));
    }
}

#[test]
fn who_is_in_the_middle_of_something_is_listed_as_busy() {
    let world = World::of(libprocess::runtime::Runtime::builder().workers(4));
    let busy = world.runtime.spawn_as("busy", Busy).unwrap();
    let (release, held) = std::sync::mpsc::channel::<()>();
    busy.tell(move |_, _| assert!(held.recv().is_err()));
    let listed = parse(&world.get("/__processes__"));
    let mut processes = listed.as_array().unwrap().iter();
    assert!(processes.any(|process| *process == json!({ "id": "busy", "busy": true })));
    drop(release);
}
