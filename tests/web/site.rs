//! A server among processes and a service that do as the test says, on any network.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use libprocess::address::{Address, Upid};
use libprocess::clock::Clock;
use libprocess::codec::Limits;
use libprocess::codec::message::{Message, MessageHead, Name};
use libprocess::future::Promise;
use libprocess::http::{Request, Response, Status};
use libprocess::net::{Network, Stream};
use libprocess::process::{Endpoint, Inbound, Row};
use libprocess::scheduler::{Runnable, Schedule, Scheduler, Turn};
use libprocess::time::Time;
use libprocess::web::client::Client;
use libprocess::web::{Parts, Server, Service};

use crate::net::world::{self, World};

/// A server at the far place of a network. The processes `p` and `q` exist.
pub(crate) struct Site<'w> {
    world: &'w dyn World,
    queue: Arc<Queue>,
    server: Option<Server>,
    pub(crate) clock: Clock,
    pub(crate) desk: Arc<Desk>,
}

impl<'w> Site<'w> {
    pub(crate) fn new(world: &'w dyn World) -> Self {
        Self::with(world, None, Limits::default())
    }

    pub(crate) fn with(world: &'w dyn World, delegate: Option<&str>, limits: Limits) -> Self {
        let queue = Arc::new(Queue::default());
        let desk = Arc::new(Desk::default());
        let clock = Clock::paused_at(Time::EPOCH);
        let server = Server::start(Parts {
            listener: world.far().listen(world.far_address()).unwrap(),
            scheduler: Scheduler::new(queue.clone()),
            clock: clock.clone(),
            inbound: desk.clone(),
            service: desk.clone(),
            delegate: delegate.map(str::to_owned),
            limits,
            firewall: Arc::default(),
            guard: None,
        });
        Self {
            world,
            queue,
            server: Some(server),
            clock,
            desk,
        }
    }

    pub(crate) fn server(&self) -> &Server {
        self.server.as_ref().expect("it was not stopped")
    }

    /// Drops the server.
    pub(crate) fn stop(&mut self) {
        self.server = None;
        self.settle();
    }

    /// A connection of the near place, with nothing said yet.
    pub(crate) fn dial(&self) -> Arc<dyn Stream> {
        let stream = self.near().connect(self.server().address()).unwrap();
        self.wait(world::connected(&*stream)).unwrap();
        stream
    }

    /// A client at the near place.
    pub(crate) fn client(&self) -> Client {
        self.client_with(Limits::default())
    }

    /// One that takes responses within `limits`.
    pub(crate) fn client_with(&self, limits: Limits) -> Client {
        Client::new(
            self.world.near_shared(),
            Scheduler::new(self.queue.clone()),
            self.clock.clone(),
            limits,
        )
    }

    /// Lets time pass, and what it brings.
    pub(crate) fn advance(&self, duration: std::time::Duration) {
        self.settle();
        self.clock.advance(duration);
        self.clock.expire();
        self.settle();
    }

    pub(crate) fn wait<F: Future>(&self, future: F) -> F::Output {
        world::wait(self, future)
    }

    /// Writes bytes and lets happen what follows.
    pub(crate) fn say(&self, stream: &dyn Stream, bytes: impl AsRef<[u8]>) {
        self.wait(world::write_all(stream, bytes.as_ref())).unwrap();
        self.settle();
    }

    /// Reads as many bytes as `expected` has, and compares.
    pub(crate) fn hear(&self, stream: &dyn Stream, expected: &str) {
        let mut heard = Vec::new();
        while heard.len() < expected.len() {
            let bytes = self
                .wait(world::read(stream, expected.len() - heard.len()))
                .unwrap();
            assert!(
                !bytes.is_empty(),
                "only heard {:?}",
                String::from_utf8_lossy(&heard)
            );
            heard.extend(bytes);
        }
        assert_eq!(String::from_utf8_lossy(&heard), expected);
    }

    /// Reads all there is until the end.
    pub(crate) fn hear_all(&self, stream: &dyn Stream) -> String {
        String::from_utf8(self.wait(world::read_to_end(stream)).unwrap()).unwrap()
    }

    /// Says all of `bytes` on a connection of its own and shuts down that half; what comes back.
    pub(crate) fn exchange(&self, bytes: impl AsRef<[u8]>) -> String {
        let stream = self.dial();
        self.say(&*stream, bytes);
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        self.hear_all(&*stream)
    }
}

impl World for Site<'_> {
    fn near(&self) -> &dyn Network {
        self.world.near()
    }

    fn near_shared(&self) -> Arc<dyn Network> {
        self.world.near_shared()
    }

    fn far(&self) -> &dyn Network {
        self.world.far()
    }

    fn far_address(&self) -> Address {
        self.world.far_address()
    }

    fn turn(&self) -> bool {
        self.queue.run() || self.world.turn()
    }

    fn settle(&self) {
        while self.queue.run() {}
        self.world.settle();
        while self.queue.run() {
            self.world.settle();
        }
    }
}

impl Drop for Site<'_> {
    fn drop(&mut self) {
        // Its connections end in a turn of their own, with their timers.
        self.stop();
        self.queue.0.lock().unwrap().clear();
    }
}

/// Runs whatever is scheduled on the test's thread, in order.
#[derive(Default)]
struct Queue(Mutex<VecDeque<Runnable>>);

impl Queue {
    fn run(&self) -> bool {
        let Some(runnable) = self.0.lock().unwrap().pop_front() else {
            return false;
        };
        if let Some(again) = runnable.run(&mut Turn::unlimited()) {
            self.schedule(again);
        }
        true
    }
}

impl Schedule for Queue {
    fn schedule(&self, runnable: Runnable) {
        self.0.lock().unwrap().push_back(runnable);
    }

    fn hold(&self) {}

    fn release(&self) {}

    fn is_quiescent(&self) -> bool {
        self.0.lock().unwrap().is_empty()
    }

    fn settle_turns(&self) {
        while self.run() {}
    }

    fn workers(&self) -> usize {
        1
    }

    fn is_inside(&self) -> bool {
        false
    }

    fn stop(&self) {}
}

/// Where requests and messages arrive. Requests that are not answered by a rule wait for the test.
#[derive(Default)]
pub(crate) struct Desk {
    requests: Arc<Requests>,
    messages: Mutex<Vec<Message>>,
}

#[derive(Default)]
struct Requests(Mutex<VecDeque<(Request, Promise<Response>)>>);

impl Desk {
    /// The oldest request that waits for its answer.
    pub(crate) fn request(&self) -> (Request, Promise<Response>) {
        self.requests
            .0
            .lock()
            .unwrap()
            .pop_front()
            .expect("a request has arrived")
    }

    /// Answers the oldest request with a text.
    pub(crate) fn answer(&self, text: &str) {
        self.request().1.set(Response::ok(text.to_owned()));
    }

    /// How many requests wait for their answers.
    pub(crate) fn waiting(&self) -> usize {
        self.requests.0.lock().unwrap().len()
    }

    /// The messages that have arrived since the last time.
    pub(crate) fn messages(&self) -> Vec<Message> {
        std::mem::take(&mut self.messages.lock().unwrap())
    }
}

impl Inbound for Desk {
    fn deliver(&self, _to: &Upid, _messages: Row<'_>) -> bool {
        unreachable!("the service takes messages")
    }

    fn request(&self, id: &str, request: Request, response: Promise<Response>) {
        match self.endpoint(id) {
            Some(endpoint) => endpoint.ask(request, response),
            None => response.set(Response::not_found()),
        }
    }

    fn exited(&self, _linker: &Upid, _pid: &Upid) -> bool {
        false
    }

    fn exists(&self, id: &str) -> bool {
        ["p", "q"].contains(&id)
    }

    fn endpoint(&self, id: &str) -> Option<Arc<dyn Endpoint>> {
        self.exists(id).then(|| self.requests.clone() as _)
    }
}

impl Endpoint for Requests {
    fn is_streaming(&self, path: &str) -> bool {
        path.ends_with("/stream")
    }

    fn ask(self: Arc<Self>, request: Request, response: Promise<Response>) {
        self.0.lock().unwrap().push_back((request, response));
    }
}

impl Service for Desk {
    fn open(&self, head: &MessageHead<'_>, _peer: Address) -> Result<Message, Response> {
        let id = head.id().map_err(|error| {
            let text = format!("Failed to decode URL path: {error}");
            Response::text(Status::INTERNAL_SERVER_ERROR, text)
        })?;
        Ok(Message {
            name: Name::copied(head.name),
            from: head.sender().unwrap_or_default(),
            to: Upid::new(id, Address::ANY),
            body: Default::default(),
        })
    }

    fn deliver(&self, to: &Upid, messages: Row<'_>) -> Result<(), Response> {
        let arrived = messages.map(|message| message.addressed(to.clone()));
        if !self.exists(to.id()) {
            return Err(Response::not_found());
        }
        self.messages.lock().unwrap().extend(arrived);
        Ok(())
    }
}

/// The head and body of a plain answer, as it leaves the server at the epoch.
pub(crate) fn answer(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nDate: {DATE}\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// As [`answer`], for the last one of a connection.
pub(crate) fn last_answer(status: &str, body: &str) -> String {
    answer(status, body).replacen("\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1)
}

/// What a message is answered with.
pub(crate) fn accepted() -> String {
    format!("HTTP/1.1 202 Accepted\r\nDate: {DATE}\r\nContent-Length: 0\r\n\r\n")
}

const DATE: &str = "Thu, 01 Jan 1970 00:00:00 GMT";
