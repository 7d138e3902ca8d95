//! What the two sides of a tokio peer do with a message.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use super::bytes::{Frame, Head};
use super::load::Pinger;
use super::recorder::Recorder;
use super::spec::Spec;

/// All processes of one side.
pub trait Actors: Send + 'static {
    /// Handles a message and writes those that follow from it.
    fn handle(&mut self, to: &str, from: &str, body: &[u8], out: &mut Vec<u8>);

    /// Writes what is to be sent at the start.
    fn start(&mut self, _out: &mut Vec<u8>) {}

    /// Writes a ping of an open load.
    fn send(&mut self, _body: &[u8], _out: &mut Vec<u8>) {}

    fn frame(&mut self, frame: &Frame<'_>, out: &mut Vec<u8>) {
        self.handle(frame.to, frame.from, frame.body, out);
    }
}

pub struct Pongs {
    address: SocketAddr,
    heads: HashMap<String, Head>,
}

impl Pongs {
    pub fn new(address: SocketAddr) -> Self {
        Self {
            address,
            heads: HashMap::new(),
        }
    }
}

impl Actors for Pongs {
    fn handle(&mut self, to: &str, from: &str, body: &[u8], out: &mut Vec<u8>) {
        if !self.heads.contains_key(from) {
            let head = Head::new(from, "pong", &format!("{to}@{}", self.address));
            self.heads.insert(from.to_owned(), head);
        }
        self.heads[from].write(body, out);
    }
}

pub struct Pings(Vec<(Pinger, Head)>);

impl Pings {
    pub fn new(
        spec: &Spec,
        peer: SocketAddr,
        address: SocketAddr,
        recorder: &Arc<Recorder>,
    ) -> Self {
        let ping = |pair| {
            let (to, from) = (
                format!("pong-{pair}@{peer}"),
                format!("ping-{pair}@{address}"),
            );
            let pinger = Pinger::new(spec, Arc::clone(recorder));
            (pinger, Head::new(&to, "ping", &from))
        };
        Self((0..spec.pairs).map(ping).collect())
    }
}

impl Actors for Pings {
    fn handle(&mut self, to: &str, _from: &str, body: &[u8], out: &mut Vec<u8>) {
        let number = to
            .strip_prefix("ping-")
            .and_then(|number| number.parse().ok());
        let (pinger, head) = &mut self.0[number.unwrap_or(0_usize)];
        for _ in 0..pinger.pong(body) {
            head.write(pinger.body(), out);
        }
    }

    fn start(&mut self, out: &mut Vec<u8>) {
        for (pinger, head) in &mut self.0 {
            for _ in 0..pinger.first() {
                head.write(pinger.body(), out);
            }
        }
    }

    fn send(&mut self, body: &[u8], out: &mut Vec<u8>) {
        self.0[0].1.write(body, out);
    }
}
