//! What has happened in a simulation, as lines that are the same whenever the run is.

use std::fmt::Write;

use crate::address::Upid;
use crate::clock::Clock;
use crate::net::memory::{Frame, checksum};
use crate::primitive::sync::{Arc, Mutex};
use crate::process::{Look, Observer};
use crate::time::Time;

/// The lines so far; clones are the same trace.
#[derive(Clone, Default)]
pub(super) struct Trace(Arc<Mutex<Lines>>);

#[derive(Default)]
struct Lines {
    text: String,
    /// The names of the nodes, in the order in which they came.
    nodes: Vec<String>,
}

impl Trace {
    /// The lines.
    pub(super) fn text(&self) -> String {
        self.0.lock().text.clone()
    }

    /// The how-manieth node this is, from 1; a new name gets the next number.
    pub(super) fn number_of(&self, node: &str) -> usize {
        let mut lines = self.0.lock();
        let known = lines.nodes.iter().position(|known| known == node);
        let index = known.unwrap_or_else(|| {
            lines.nodes.push(node.to_owned());
            lines.nodes.len() - 1
        });
        index + 1
    }

    /// An observer of a node's events.
    pub(super) fn of(&self, node: &str, clock: &Clock) -> impl Observer + use<> {
        Node {
            trace: self.clone(),
            name: node.to_owned(),
            clock: clock.clone(),
        }
    }

    /// A frame has arrived or was lost.
    pub(super) fn frame(&self, frame: &Frame<'_>) {
        let lost = if frame.lost { "lost-" } else { "" };
        self.line(Line {
            time: frame.time,
            node: "-",
            process: format_args!("{}>{}", frame.from, frame.to),
            kind: format_args!("{lost}{}", frame.kind),
            name: "-",
            body: frame.bytes,
        });
    }

    fn line(&self, line: Line<'_>) {
        let Line {
            time,
            node,
            process,
            kind,
            name,
            body,
        } = line;
        let (time, length, sum) = (time.as_nanos(), body.len(), checksum(body));
        let mut lines = self.0.lock();
        writeln!(
            lines.text,
            "{time} {node} {process} {kind} {name} {length} {sum:016x}"
        )
        .expect("a string takes everything");
    }
}

struct Line<'a> {
    time: Time,
    node: &'a str,
    process: std::fmt::Arguments<'a>,
    kind: std::fmt::Arguments<'a>,
    name: &'a str,
    body: &'a [u8],
}

/// Writes down what the processes of a node serve.
struct Node {
    trace: Trace,
    name: String,
    clock: Clock,
}

impl Observer for Node {
    fn served(&self, process: &Upid, look: &Look<'_>) {
        let exited;
        let (name, body): (&str, &[u8]) = match look {
            Look::Message(message) => (&message.name, &message.body),
            Look::Dispatch(label) => (label, &[]),
            Look::Http(request) => (&request.url.path, &[]),
            Look::Exited(pid) => {
                exited = pid.to_string();
                (&exited, &[])
            }
            _ => ("-", &[]),
        };
        self.trace.line(Line {
            time: self.clock.now(),
            node: &self.name,
            process: format_args!("{}", process.id()),
            kind: format_args!("{}", look.kind()),
            name,
            body,
        });
    }
}
