//! The actors of the workloads.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Actor, Done, Gate, System};

/// Passes a token on to the next of its ring.
pub struct Node<S: System> {
    pub next: Option<S::Address<Self>>,
    pub done: Done,
}

pub enum NodeMessage<S: System> {
    Next(Box<S::Address<Node<S>>>),
    Token(u64),
}

impl<S: System> Actor for Node<S> {
    type Message = NodeMessage<S>;

    #[inline]
    fn handle(&mut self, message: NodeMessage<S>) {
        match message {
            NodeMessage::Next(next) => self.next = Some(*next),
            NodeMessage::Token(0) => self.done.hit(),
            NodeMessage::Token(left) => {
                let next = self.next.as_ref().expect("Next comes before any token");
                S::send(next, NodeMessage::Token(left - 1));
            }
        }
    }
}

/// Sums numbers up until it has seen enough.
pub struct Consumer {
    pub left: u64,
    pub sum: u64,
    pub done: Done,
}

impl Actor for Consumer {
    type Message = u64;

    #[inline]
    fn handle(&mut self, number: u64) {
        self.sum = self.sum.wrapping_add(number);
        self.left -= 1;
        if self.left == 0 {
            std::hint::black_box(self.sum);
            self.done.hit();
        }
    }
}

/// Sends as many numbers as it is told to, in one go.
pub struct Producer<S: System> {
    pub to: S::Address<Consumer>,
}

impl<S: System> Actor for Producer<S> {
    type Message = u64;

    fn handle(&mut self, count: u64) {
        for number in 0..count {
            S::send(&self.to, number);
        }
    }
}

/// Sends rounds to its subscribers: all at once, or one when told to.
pub struct Publisher<S: System> {
    pub subscribers: Vec<S::Address<Subscriber<S>>>,
    pub rounds: u64,
    pub barrier: bool,
    pub done: Done,
}

pub enum PublisherMessage<S: System> {
    Subscribers(Vec<S::Address<Subscriber<S>>>),
    Go,
}

impl<S: System> Publisher<S> {
    fn send_round(&self, round: u64) {
        for subscriber in &self.subscribers {
            S::send(subscriber, round);
        }
    }
}

impl<S: System> Actor for Publisher<S> {
    type Message = PublisherMessage<S>;

    fn handle(&mut self, message: PublisherMessage<S>) {
        match message {
            PublisherMessage::Subscribers(subscribers) => self.subscribers = subscribers,
            PublisherMessage::Go if !self.barrier => {
                (0..self.rounds).for_each(|round| self.send_round(round));
            }
            PublisherMessage::Go if self.rounds == 0 => self.done.hit(),
            PublisherMessage::Go => {
                self.rounds -= 1;
                self.send_round(self.rounds);
            }
        }
    }
}

pub struct Subscriber<S: System> {
    pub left: u64,
    pub done: Done,
    pub barrier: Option<Barrier<S>>,
}

/// Starts the publisher's next round when all have had this one.
pub struct Barrier<S: System> {
    pub publisher: S::Address<Publisher<S>>,
    pub left: Arc<AtomicUsize>,
    pub subscribers: usize,
}

impl<S: System> Actor for Subscriber<S> {
    type Message = u64;

    #[inline]
    fn handle(&mut self, _round: u64) {
        let Some(barrier) = &self.barrier else {
            self.left -= 1;
            if self.left == 0 {
                self.done.hit();
            }
            return;
        };
        if barrier.left.fetch_sub(1, Ordering::AcqRel) == 1 {
            barrier.left.store(barrier.subscribers, Ordering::Release);
            S::send(&barrier.publisher, PublisherMessage::Go);
        }
    }
}

/// Small state that says when it is gone.
pub struct Small {
    pub value: u64,
    pub got: Done,
    pub gone: Done,
}

impl Actor for Small {
    type Message = u64;

    fn handle(&mut self, number: u64) {
        self.value += number;
        self.got.hit();
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        self.gone.hit();
    }
}

/// Blocks in its first message until the gate opens; then sums up what has been queued.
pub struct Drain {
    pub left: u64,
    pub sum: u64,
    pub gate: Arc<Gate>,
    pub done: Done,
}

impl Drain {
    pub const BLOCK: u64 = u64::MAX;
}

impl Actor for Drain {
    type Message = u64;

    #[inline]
    fn handle(&mut self, number: u64) {
        if number == Self::BLOCK {
            self.gate.set(1);
            self.gate.wait(2);
            return;
        }
        self.sum = self.sum.wrapping_add(number);
        self.left -= 1;
        if self.left == 0 {
            std::hint::black_box(self.sum);
            self.done.hit();
        }
    }
}

/// State of the actors that run closures.
#[derive(Default)]
pub struct FnState {
    pub count: u64,
    pub sum: u64,
}

/// The 64 bytes that the closure of W9 captures.
pub struct Capture<S: System> {
    pub ring: &'static [S::FnAddress],
    pub done: &'static Done,
    pub hops: u64,
    pub index: u64,
    pub padding: [u64; 3],
}

/// Runs a closure on the actor of `capture.index`, which sends the next one on.
pub fn hop<S: System>(capture: Capture<S>) {
    const { assert!(size_of::<Capture<S>>() == 64) };
    let to = &capture.ring[capture.index as usize];
    S::send_fn(to, move |state: &mut FnState| {
        state.count += 1;
        let [a, b, c] = capture.padding;
        state.sum = state.sum.wrapping_add(a ^ b ^ c);
        if capture.hops == 0 {
            capture.done.hit();
            return;
        }
        let next = capture.index + 1;
        let index = if next as usize == capture.ring.len() {
            0
        } else {
            next
        };
        hop::<S>(Capture {
            index,
            hops: capture.hops - 1,
            ..capture
        });
    });
}
