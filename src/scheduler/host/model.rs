//! Every interleaving of senders, turns, going idle and the end of a host: this is the model of
//! the mailbox too.
//!
//! Each names the race that it holds. Planted faults that they find:
//!
//! | fault | found by |
//! | --- | --- |
//! | the swap of send without acquire, or without release | all; those with two senders |
//! | the link of send without release, or read without acquire | all |
//! | the exchange of rest without release | all that go idle |
//! | the exchange of close without release | all that end |
//! | the token put back after the exchange that makes idle | all that go idle |
//! | idle although a sender is between swap and link | all that go idle |
//! | the actor touched after the exchange that makes idle | all that go idle |
//! | a runnable with more to do forgotten | all that go idle |
//! | a late sender that does not close again | all that end |

use loom::cell::UnsafeCell;
use loom::thread;

use super::super::event::{Actor, Serve};
use super::super::turn::{Budget, Turn};
use super::{Chain, Event, Events, Host, Hosted, Life, Runnable, Sent};
use crate::primitive::explore::every;
use crate::primitive::sync::Arc;
use crate::primitive::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};

/// Writes down whom events came from; ends when told to.
struct Clerk {
    ended: bool,
    /// Fails the model if two turns overlap, or the second does not see the first.
    touched: UnsafeCell<()>,
    log: Arc<Log>,
}

/// Who sent what, in order, a byte an entry. It orders nothing: an entry is lost if the turn that
/// writes does not see the turn before.
#[derive(Default)]
struct Log(AtomicU64);

impl Log {
    fn push(&self, from: u8, number: u8) {
        let entry = u64::from(from) << 4 | u64::from(number) | 0x80;
        self.0.store(self.0.load(Relaxed) << 8 | entry, Relaxed);
    }

    fn entries(&self) -> Vec<(u8, u8)> {
        let bytes = self.0.load(Relaxed).to_be_bytes();
        let entries = bytes.into_iter().filter(|byte| *byte != 0);
        entries.map(|byte| (byte >> 4 & 7, byte & 15)).collect()
    }
}

/// Who sent it, and which of theirs it is; the clerk ends at `LAST`.
struct Entry {
    from: u8,
    number: u8,
    /// Fails the model if who serves or drops it does not see who made it.
    made: UnsafeCell<()>,
    count: Arc<Count>,
}

/// How many entries there were and how many drops of them came to their end: a host contains what
/// panics in a drop. It orders nothing.
#[derive(Default)]
struct Count {
    made: AtomicUsize,
    dropped: AtomicUsize,
}

impl Count {
    fn assert_even(&self) {
        let (made, dropped) = (self.made.load(Relaxed), self.dropped.load(Relaxed));
        assert_eq!(made, dropped, "each entry is dropped once");
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.made.with_mut(|_| ());
        self.count.dropped.fetch_add(1, Relaxed);
    }
}

impl Actor for Clerk {
    type Look<'a> = ();
}

impl Serve<Clerk> for Entry {
    fn serve(self, clerk: &mut Clerk) {
        clerk.touched.with_mut(|_| ());
        clerk.log.push(self.from, self.number);
        clerk.ended = self.number == LAST;
    }

    fn look(&self) {}
}

impl Hosted for Clerk {
    type Shared = ();

    fn turn(
        &mut self,
        _host: &Arc<Host<Self>>,
        events: &mut Events<'_, Self>,
        turn: &mut Turn,
    ) -> Life {
        while let Some(letter) = events.next() {
            letter.serve(self);
            if self.ended {
                return Life::Dead;
            }
            if !turn.spend() {
                break;
            }
        }
        Life::Alive
    }

    fn name((): &()) -> String {
        String::new()
    }
}

/// A host, its clerk's log, and the count of entries.
#[derive(Clone)]
struct Office {
    host: Arc<Host<Clerk>>,
    log: Arc<Log>,
    count: Arc<Count>,
}

impl Office {
    fn new() -> Self {
        let log = Arc::<Log>::default();
        let clerk = Clerk {
            ended: false,
            touched: UnsafeCell::new(()),
            log: Arc::clone(&log),
        };
        Self {
            host: Host::new(clerk, ()),
            log,
            count: Arc::default(),
        }
    }

    fn send(&self, from: u8, number: u8) -> Sent {
        self.host.send(self.entry(from, number))
    }

    fn entry(&self, from: u8, number: u8) -> Event<Clerk> {
        let entry = Entry {
            from,
            number,
            made: UnsafeCell::new(()),
            count: Arc::clone(&self.count),
        };
        entry.made.with_mut(|_| ());
        self.count.made.fetch_add(1, Relaxed);
        Event::new(entry)
    }

    /// Sends, and runs the turns that this makes necessary on the spot.
    fn send_and_run(&self, from: u8, number: u8) {
        if let Sent::Wake(runnable) = self.send(from, number) {
            run(runnable);
        }
    }

    fn log(&self) -> Vec<(u8, u8)> {
        self.log.entries()
    }

    /// Nothing of the host is left but this handle.
    fn assert_ended(self) {
        assert_eq!(Arc::strong_count(&self.log), 1, "the clerk is dropped");
        self.count.assert_even();
        assert_eq!(
            Arc::strong_count(&self.host),
            1,
            "it does not hold itself any more"
        );
    }
}

/// Runs one turn after another, of one event each.
fn run(mut runnable: Runnable) {
    while let Some(again) = runnable.run(&mut Turn::new(&ONE_EVENT)) {
        runnable = again;
        thread::yield_now();
    }
}

/// Holds: a send that finds the actor about to go idle either is served by its last turn or wakes
/// it; no event is lost, doubled or overtaken, no two turns overlap.
#[test]
fn sends_race_with_going_idle() {
    loom::model(|| {
        let office = Office::new();
        let other = office.clone();
        let sender = thread::spawn(move || {
            other.send_and_run(1, 0);
            other.send_and_run(1, 1);
        });
        office.send_and_run(0, 0);
        sender.join().unwrap();
        let log = office.log();
        assert_eq!(log.len(), 3);
        assert!(
            log.iter()
                .filter(|entry| entry.0 == 1)
                .eq(&[(1, 0), (1, 1)])
        );
        office.count.assert_even();
    });
}

/// Holds: events in a row stay in a row, whether they find the actor idle or not.
#[test]
fn a_chain_races_with_a_send() {
    loom::model(|| {
        let office = Office::new();
        let other = office.clone();
        let sender = thread::spawn(move || {
            let mut chain = Chain::new(other.entry(1, 0));
            chain.push(other.entry(1, 1));
            if let Sent::Wake(runnable) = other.host.send_all(chain) {
                run(runnable);
            }
        });
        office.send_and_run(0, 0);
        sender.join().unwrap();
        let log = office.log();
        let (row, single) = ([(1, 0), (1, 1)], [(0, 0)]);
        assert!(log == [&row[..], &single].concat() || log == [&single[..], &row].concat());
        office.count.assert_even();
    });
}

/// Holds: events in a row that come to a dead actor, or are never sent, are dropped once each.
#[test]
fn a_chain_races_with_the_end() {
    loom::model(|| {
        let office = Office::new();
        let other = office.clone();
        let ender = thread::spawn(move || other.send_and_run(1, LAST));
        let mut chain = Chain::new(office.entry(0, 0));
        chain.push(office.entry(0, 1));
        if let Sent::Wake(runnable) = office.host.send_all(chain) {
            run(runnable);
        }
        let mut unsent = Chain::new(office.entry(0, 2));
        unsent.push(office.entry(0, 3));
        drop(unsent);
        ender.join().unwrap();
        assert!(office.log().contains(&(1, LAST)));
        office.assert_ended();
    });
}

/// Holds: three senders at once; a queue whose middle is not yet linked is waited for.
#[test]
fn three_senders_race() {
    every(3, || {
        let office = Office::new();
        let senders = [1, 2].map(|from| {
            let office = office.clone();
            thread::spawn(move || office.send_and_run(from, 0))
        });
        office.send_and_run(0, 0);
        for sender in senders {
            sender.join().unwrap();
        }
        let mut log = office.log();
        log.sort_unstable();
        assert_eq!(log, [(0, 0), (1, 0), (2, 0)]);
    });
}

/// Holds: after a budget's end another thread finds the rest of the events where they were left.
#[test]
fn a_turn_on_another_thread_races_with_a_send() {
    loom::model(|| {
        let office = Office::new();
        let Sent::Wake(runnable) = office.send(0, 0) else {
            panic!("it was idle")
        };
        let other = office.clone();
        let sender = thread::spawn(move || other.send_and_run(1, 0));
        let more = runnable.run(&mut Turn::new(&ONE_EVENT));
        let worker = thread::spawn(move || more.map(run));
        sender.join().unwrap();
        worker.join().unwrap();
        assert_eq!(office.log(), [(0, 0), (1, 0)]);
    });
}

/// Holds: who makes a host idle does not touch it afterwards, when another thread may already run
/// and end it; and when the turn that ends it races with a send, the event is dropped once.
#[test]
fn going_idle_and_a_send_race_with_the_end() {
    loom::model(|| {
        let office = Office::new();
        let other = office.clone();
        let ender = thread::spawn(move || other.send_and_run(1, LAST));
        office.send_and_run(0, 0);
        ender.join().unwrap();
        assert!(office.log().contains(&(1, LAST)));
        assert!(matches!(office.send(0, 1), Sent::Dead));
        office.assert_ended();
    });
}

/// Holds: two late senders to a dead actor agree who of them drops.
#[test]
fn late_sends_race() {
    loom::model(|| {
        let office = Office::new();
        office.send_and_run(0, LAST);
        let other = office.clone();
        let sender = thread::spawn(move || other.send_and_run(1, 0));
        office.send_and_run(0, 0);
        sender.join().unwrap();
        assert_eq!(office.log(), [(0, LAST)]);
        office.assert_ended();
    });
}

/// Holds: a runnable that is dropped ends its host, while events still come.
#[test]
fn abandoning_races_with_sends() {
    loom::model(|| {
        let office = Office::new();
        let Sent::Wake(runnable) = office.send(0, 0) else {
            panic!("it was idle")
        };
        let other = office.clone();
        let sender = thread::spawn(move || {
            other.send_and_run(1, 0);
            other.send_and_run(1, 1);
        });
        drop(runnable);
        sender.join().unwrap();
        assert!(office.log().is_empty());
        office.assert_ended();
    });
}

const LAST: u8 = 9;
const ONE_EVENT: Budget = Budget {
    events: 1,
    slice: None,
};
