//! A runtime without a wire, and peers that say what they are told to and remember what they hear.

use std::collections::VecDeque;
use std::time::Duration;

use libprocess::address::{Address, Upid};
use libprocess::clock::Clock;
use libprocess::codec::message::Message as Envelope;
use libprocess::future::Promise;
use libprocess::http::{Body, Method, Request, Status};
use libprocess::primitive::sync::Arc;
use libprocess::process::{Context, Inbound as _, Pid, Process, ProcessManager};
use libprocess::protobuf::{Message, ProtobufContext};
use libprocess::scheduler::{Budget, Pool, Scheduler, ThreadPark};
use libprocess::time::Time;

/// Processes on a clock that stands still.
pub(crate) struct Node {
    pub(crate) manager: Arc<ProcessManager>,
    pub(crate) clock: Clock,
}

impl Node {
    pub(crate) fn new() -> Self {
        let pool = Pool::start(2, Arc::new(ThreadPark::default()), Budget::default());
        let clock = Clock::paused_at(Time::EPOCH);
        let scheduler = Scheduler::new(pool.unwrap());
        let manager = ProcessManager::new(ADDRESS, clock.clone(), scheduler, 42);
        Self { manager, clock }
    }

    /// A process that only listens, to messages of these names.
    pub(crate) fn peer(&self, id: &str, names: &'static [&'static str]) -> Peer<'_> {
        let ears = Ears {
            names,
            heard: VecDeque::new(),
        };
        let pid = self.manager.spawn_as(id, ears).unwrap();
        Peer { node: self, pid }
    }

    /// What a process answers to a request.
    pub(crate) fn ask(&self, id: &str, path: &str) -> String {
        let (promise, response) = Promise::new();
        let request = Request::new(Method::GET, path).unwrap();
        self.manager.request(id, request, promise);
        let response = response.wait().unwrap();
        assert_eq!(response.status, Status::OK);
        match response.body {
            Body::Empty => String::new(),
            Body::Bytes(bytes) => String::from_utf8(bytes.to_vec()).unwrap(),
            Body::Pipe(_) => panic!("an answer in parts"),
        }
    }

    /// What a metric says now.
    pub(crate) fn metric(&self, name: &str) -> f64 {
        self.settle();
        let metrics = self.manager.metrics().snapshot(&self.clock, None);
        metrics.wait().unwrap()[name]
    }

    /// Lets everything come to rest.
    pub(crate) fn settle(&self) {
        self.manager.scheduler().settle_turns();
    }

    /// Moves time and lets everything come to rest, step by step: who waits may wait again.
    pub(crate) fn advance(&self, duration: Duration) {
        self.settle();
        let end = self.clock.now() + duration;
        while let Some(due) = self.clock.next_deadline().filter(|due| *due <= end) {
            let now = self.clock.now();
            self.clock.advance(due - now);
            self.clock.expire();
            self.settle();
        }
        let now = self.clock.now();
        self.clock.advance(end - now);
        self.settle();
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.manager.stop().unwrap();
        self.manager.scheduler().stop();
    }
}

/// Where nodes say that they are; nothing listens there.
const ADDRESS: Address = Address::loopback(5050);

/// A process that stands in for a real one.
pub(crate) struct Peer<'a> {
    node: &'a Node,
    pid: Pid<Ears>,
}

impl Peer<'_> {
    pub(crate) fn upid(&self) -> Upid {
        self.pid.upid().clone()
    }

    /// Sends a message.
    pub(crate) fn say<M: Message + Sync>(&self, to: &Upid, message: M) {
        let to = to.clone();
        self.pid
            .tell(move |_, ctx| ctx.send_protobuf(&to, &message));
        self.node.settle();
    }

    /// The message that it heard first and was not asked for yet; who sent it stands beside.
    pub(crate) fn heard<M: Message>(&self) -> (Upid, M) {
        let next = self.next();
        let next = next.unwrap_or_else(|| panic!("heard nothing, expected {}", M::NAME));
        assert_eq!(&*next.name, M::NAME);
        (next.from, M::decode(&next.body).unwrap())
    }

    /// The first message of a kind among those that it was not asked for yet.
    pub(crate) fn heard_one_of<M: Message>(&self) -> (Upid, M) {
        self.node.settle();
        let found = self.pid.dispatch(|ears, _| {
            let index = ears
                .heard
                .iter()
                .position(|heard| &*heard.name == M::NAME)?;
            ears.heard.remove(index)
        });
        let found = found.wait().unwrap();
        let found = found.unwrap_or_else(|| panic!("did not hear {}", M::NAME));
        (found.from, M::decode(&found.body).unwrap())
    }

    /// As [`heard`](Self::heard); what it heard beyond that is forgotten: some say things twice.
    pub(crate) fn heard_at_least<M: Message>(&self) -> (Upid, M) {
        let first = self.heard();
        while self.next().is_some() {}
        first
    }

    /// The name of the message that it heard first and was not asked for yet.
    pub(crate) fn heard_any(&self) -> String {
        self.next().unwrap().name.to_string()
    }

    /// Panics if it heard something that it was not asked for.
    pub(crate) fn heard_nothing(&self) {
        if let Some(next) = self.next() {
            panic!("heard {} of {}", &*next.name, next.from);
        }
    }

    /// Whether there is something that it was not asked for.
    pub(crate) fn has_heard(&self) -> bool {
        self.node.settle();
        self.pid
            .dispatch(|ears, _| !ears.heard.is_empty())
            .wait()
            .unwrap()
    }

    /// Ends it.
    pub(crate) fn die(&self) {
        self.pid.terminate();
        self.node.settle();
    }

    fn next(&self) -> Option<Envelope> {
        self.node.settle();
        self.pid
            .dispatch(|ears, _| ears.heard.pop_front())
            .wait()
            .unwrap()
    }
}

struct Ears {
    names: &'static [&'static str],
    heard: VecDeque<Envelope>,
}

impl Process for Ears {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        for name in self.names {
            ctx.install(*name, Self::hear);
        }
    }
}

impl Ears {
    fn hear(&mut self, _ctx: &mut Context<Self>, message: Envelope) {
        self.heard.push_back(message);
    }
}
