//! A runtime that is asked as a browser would ask it.

use libprocess::http::{Request, Response};
use libprocess::net::tcp::Tcp;
use libprocess::runtime::{Builder, Runtime};
use libprocess::web::client::Client;
use libprocess::{http::Method, reactor::Reactor};

/// A runtime with a client beside it, on a loop and workers of its own.
pub(super) struct World {
    pub(super) runtime: Runtime,
    client: Client,
    scheduler: libprocess::scheduler::Scheduler,
}

impl World {
    pub(super) fn new() -> Self {
        Self::of(Runtime::builder())
    }

    pub(super) fn of(builder: Builder) -> Self {
        use libprocess::clock::Clock;
        use libprocess::primitive::sync::Arc;
        use libprocess::scheduler::{Budget, Pool, Scheduler};

        let reactor = Reactor::new().unwrap();
        let pool = Pool::start(1, Arc::new(reactor.clone()), Budget::default()).unwrap();
        let scheduler = Scheduler::new(pool);
        let network = Arc::new(Tcp::new(reactor, Clock::real()));
        Self {
            runtime: builder.start().unwrap(),
            client: Client::new(network, scheduler.clone()),
            scheduler,
        }
    }

    pub(super) fn get(&self, target: &str) -> Response {
        self.client
            .get(self.runtime.address(), target)
            .wait()
            .unwrap()
    }

    pub(super) fn get_as(&self, agent: &str, target: &str) -> Response {
        let request = Request::new(Method::GET, target).unwrap();
        let request = request.with_header("User-Agent", agent).unwrap();
        self.client
            .request(self.runtime.address(), request)
            .wait()
            .unwrap()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.scheduler.stop();
    }
}

/// The body of a response as text.
pub(super) fn text(response: &Response) -> String {
    String::from_utf8(response.body.bytes().unwrap().to_vec()).unwrap()
}

/// The body of a response as JSON.
pub(super) fn json(response: &Response) -> serde_json::Value {
    assert_eq!(response.header("Content-Type"), Some("application/json"));
    serde_json::from_str(&text(response)).unwrap()
}
