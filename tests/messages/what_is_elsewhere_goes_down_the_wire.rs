//! Messages, links and waits for other addresses are the transport's; so is what comes back.

use std::sync::{Arc, Mutex};

use libprocess::address::Upid;
use libprocess::codec::message::Message;
use libprocess::process::{Connection, Context, Inbound, Process, Transport};
use libprocess::time::secs;

use crate::process::Node;

/// Writes down what it is to do.
#[derive(Default)]
struct Wire(Mutex<Vec<String>>);

impl Wire {
    fn note(&self, text: String) {
        self.0.lock().unwrap().push(text);
    }

    fn notes(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl Transport for Wire {
    fn send(&self, message: Message) {
        let Message {
            name,
            from,
            to,
            body,
        } = message;
        self.note(format!("{from} sends {name} to {to}: {body:?}"));
    }

    fn link(&self, linker: &Upid, to: &Upid, connection: Connection) {
        self.note(format!("{linker} links to {to}: {connection:?}"));
    }

    fn forget(&self, linker: &Upid) {
        self.note(format!("{linker} is gone"));
    }
}

#[derive(Default)]
struct Watcher(Vec<Upid>);

impl Process for Watcher {
    fn exited(&mut self, _ctx: &mut Context<Self>, pid: &Upid) {
        self.0.push(pid.clone());
    }
}

fn elsewhere() -> Upid {
    "far@10.0.0.1:80".parse().unwrap()
}

fn wired() -> (Node, Arc<Wire>) {
    let node = Node::new();
    let wire = Arc::new(Wire::default());
    let transport: Arc<dyn Transport> = wire.clone();
    node.manager.set_transport(&transport);
    (node, wire)
}

#[test]
fn a_message_to_another_address_is_sent() {
    let (node, wire) = wired();
    let pid = node.spawn_as("near", Watcher::default());
    pid.dispatch(|_, ctx| ctx.send(&elsewhere(), "ping", "ball"))
        .wait()
        .unwrap();
    node.manager
        .post(&"near@127.0.0.1:5051".parse().unwrap(), "ping", "");
    assert_eq!(
        wire.notes(),
        [
            "near@127.0.0.1:5050 sends ping to far@10.0.0.1:80: b\"ball\"",
            "@0.0.0.0:0 sends ping to near@127.0.0.1:5051: b\"\"",
        ]
    );
}

#[test]
fn a_link_to_another_address_is_the_wires() {
    let (node, wire) = wired();
    let pid = node.spawn_as("near", Watcher::default());
    pid.tell(|_, ctx| ctx.link(&elsewhere()));
    pid.tell(|_, ctx| ctx.reconnect(&elsewhere()));
    node.settle();
    assert_eq!(
        wire.notes(),
        [
            "near@127.0.0.1:5050 links to far@10.0.0.1:80: Reuse",
            "near@127.0.0.1:5050 links to far@10.0.0.1:80: Reconnect",
        ]
    );
    assert!(node.manager.exited(pid.upid(), &elsewhere()));
    let exits = pid.dispatch(|watcher, _| watcher.0.clone()).wait();
    assert_eq!(exits.unwrap(), [elsewhere()]);
    pid.terminate();
    pid.wait().unwrap();
    assert_eq!(wire.notes(), ["near@127.0.0.1:5050 is gone"]);
}

#[test]
fn a_process_without_links_elsewhere_leaves_the_wire_alone() {
    let (node, wire) = wired();
    let pid = node.spawn(Watcher::default());
    pid.terminate();
    pid.wait().unwrap();
    assert!(wire.notes().is_empty());
}

#[test]
fn a_wait_with_a_limit_waits_for_the_connection() {
    let (node, wire) = wired();
    for breaks in [true, false] {
        let manager = node.manager.clone();
        let waiting = std::thread::spawn(move || manager.wait_for(&elsewhere(), secs(5)));
        while wire.0.lock().unwrap().is_empty() || node.clock.next_deadline().is_none() {
            std::thread::yield_now();
        }
        let link = wire.notes().remove(0);
        let watcher: Upid = link.split(' ').next().unwrap().parse().unwrap();
        if breaks {
            node.manager.exited(&watcher, &elsewhere());
        } else {
            node.advance(secs(5));
        }
        assert_eq!(waiting.join().unwrap(), Ok(breaks));
        node.settle();
        wire.notes();
    }
}

#[test]
fn without_a_wire_messages_are_dropped_and_links_break_at_once() {
    let node = Node::new();
    let pid = node.spawn(Watcher::default());
    pid.tell(|_, ctx| {
        ctx.send(&elsewhere(), "ping", "");
        ctx.link(&elsewhere());
    });
    node.settle();
    let exits = pid.dispatch(|watcher, _| watcher.0.clone()).wait();
    assert_eq!(exits.unwrap(), [elsewhere()]);
    assert_eq!(node.manager.counters().unsendable_messages.get(), 1);
}
