//! Any sequence of events, against what the parent's parent promises.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// What may happen to a peer, in any order.
#[derive(Clone, Debug)]
enum Event {
    Send,
    Link(usize, usize, Connection),
    Forget(usize),
    /// One of the connections that were opened breaks.
    Break(usize),
    /// One of them asks for a batch.
    Ask(usize),
}

fn event() -> impl Strategy<Value = Event> {
    let connection = prop_oneof![
        3 => Just(Connection::Reuse),
        1 => Just(Connection::Reconnect)
    ];
    prop_oneof![
        8 => Just(Event::Send),
        2 => (0..3_usize, 0..3_usize, connection).prop_map(|(a, b, c)| Event::Link(a, b, c)),
        1 => (0..3_usize).prop_map(Event::Forget),
        1 => (0..9_usize).prop_map(Event::Break),
        6 => (0..9_usize).prop_map(Event::Ask),
    ]
}

/// A driver that does what it is told and writes down what it sees.
struct Driver {
    peer: Peer,
    /// The connections that are there, and whether each is to ask for a batch.
    connections: BTreeMap<ConnectionId, bool>,
    watched: BTreeSet<(Upid, Upid)>,
    written: BTreeMap<ConnectionId, Vec<usize>>,
    sent: usize,
    lost: usize,
}

impl Driver {
    fn apply(&mut self, event: &Event) {
        let linker = |number| upid(&format!("linker{number}@10.0.0.1:1"));
        let linkee = |number| upid(&format!("linkee{number}@10.0.0.2:2"));
        match *event {
            Event::Send => {
                send(&mut self.peer, self.sent).unwrap();
                self.sent += 1;
            }
            Event::Link(from, to, connection) => {
                let (linker, linkee) = (linker(from), linkee(to));
                self.peer.handle_link(&linker, &linkee, connection);
                self.watched.insert((linker, linkee));
            }
            Event::Forget(number) => {
                self.peer.handle_forget(&linker(number));
                self.watched
                    .retain(|(watcher, _)| *watcher != linker(number));
            }
            Event::Break(number) => {
                if let Some(id) = self.connections.keys().nth(number).copied() {
                    self.connections.remove(&id);
                    self.lost += self.peer.handle_broken(id);
                }
            }
            Event::Ask(number) => {
                if let Some((id, true)) = self.connections.iter().nth(number) {
                    self.ask(*id);
                }
            }
        }
        self.act();
    }

    fn ask(&mut self, id: ConnectionId) {
        let mut buffer = Outbox::default();
        match self.peer.poll_batch(id, &mut buffer) {
            Batch::Write { frames, notices: 0 } => {
                let numbers = numbers(&buffer.concat());
                assert_eq!(numbers.len(), frames);
                self.written.entry(id).or_default().extend(numbers);
            }
            Batch::Write { .. } => panic!("it was not to ask"),
            Batch::Wait | Batch::Rest => {
                self.connections.insert(id, false);
            }
            Batch::Finish => {
                self.connections.remove(&id);
            }
        }
    }

    fn act(&mut self) {
        while let Some(action) = self.peer.poll_action() {
            match action {
                Action::Connect(id) => assert_eq!(self.connections.insert(id, true), None),
                Action::Wake(id) => {
                    // It may have been broken before it heard.
                    self.connections.entry(id).and_modify(|asks| *asks = true);
                }
                Action::Exited { linker, linkee } => {
                    let watched = self.watched.remove(&(linker, linkee));
                    assert!(watched, "heard without a registration");
                }
            }
        }
    }

    /// Lets every connection that has reason to ask do so until none has.
    fn drain(&mut self) {
        while let Some((id, _)) = self.connections.iter().find(|(_, asks)| **asks) {
            self.ask(*id);
            self.act();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn nothing_is_forgotten_disordered_or_heard_twice(
        rests: bool,
        events in vec(event(), 0..60),
    ) {
        let mut driver = Driver {
            peer: if rests { resting_peer() } else { peer(usize::MAX) },
            connections: BTreeMap::new(),
            watched: BTreeSet::new(),
            written: BTreeMap::new(),
            sent: 0,
            lost: 0,
        };
        for event in &events {
            driver.apply(event);
            prop_assert!(driver.watched.is_empty() || driver.peer.link.is_some());
        }
        driver.drain();
        prop_assert!(driver.connections.len() <= 1, "only a link stays");

        let written: usize = driver.written.values().map(Vec::len).sum();
        prop_assert_eq!(written + driver.lost, driver.sent);
        for numbers in driver.written.values() {
            prop_assert!(numbers.is_sorted_by(|a, b| a < b), "{:?}", numbers);
        }

        if rests && driver.peer.link.is_none() {
            let resting = driver.connections.keys().next().copied();
            prop_assert!(driver.watched.is_empty());
            if let Some(id) = resting {
                driver.peer.handle_retire(id);
                driver.act();
                driver.drain();
            }
            prop_assert!(driver.connections.is_empty());
        }
        driver.apply(&Event::Break(0));
        prop_assert!(driver.watched.is_empty(), "not heard: {:?}", driver.watched);
        prop_assert!(driver.peer.is_idle());
    }
}
