//! The side that pings: what of it is the same for every system.

use std::sync::Arc;

use super::recorder::{Recorder, now, sampled, stamp};
use super::spec::Spec;

/// One process that pings: says what to send when something has come back.
pub struct Pinger {
    recorder: Arc<Recorder>,
    template: Vec<u8>,
    window: usize,
    is_burst: bool,
    sample: u64,
    sent: u64,
    missing: usize,
}

impl Pinger {
    pub fn new(spec: &Spec, recorder: Arc<Recorder>) -> Self {
        Self {
            recorder,
            template: vec![0; spec.body],
            window: spec.window(),
            is_burst: spec.is_burst(),
            sample: sampled(spec.in_flight()),
            sent: 0,
            missing: 0,
        }
    }

    /// How many to send at the start.
    pub fn first(&mut self) -> usize {
        self.missing = self.window;
        self.window
    }

    /// Takes what came back; says how many to send now.
    pub fn pong(&mut self, body: &[u8]) -> usize {
        self.recorder.done(body);
        if self.window == 0 {
            return 0;
        }
        if !self.is_burst {
            return 1;
        }
        self.missing -= 1;
        if self.missing > 0 { 0 } else { self.first() }
    }

    /// The next body to send.
    pub fn body(&mut self) -> &[u8] {
        self.sent += 1;
        let is_sampled = self.sent.is_multiple_of(self.sample);
        stamp(&mut self.template, if is_sampled { now() } else { 0 });
        &self.template
    }
}
