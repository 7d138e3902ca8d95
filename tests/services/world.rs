//! A runtime that is asked as a browser would ask it.

use libprocess::http::{Method, Request, Response};
use libprocess::runtime::{Builder, Runtime};

/// A runtime that is asked over its own network.
pub(super) struct World {
    pub(super) runtime: Runtime,
}

impl World {
    pub(super) fn new() -> Self {
        Self::of(Runtime::builder())
    }

    pub(super) fn of(builder: Builder) -> Self {
        Self {
            runtime: builder.start().unwrap(),
        }
    }

    pub(super) fn get(&self, target: &str) -> Response {
        self.runtime
            .client()
            .get(self.runtime.address(), target)
            .wait()
            .unwrap()
    }

    pub(super) fn get_as(&self, agent: &str, target: &str) -> Response {
        let request = Request::new(Method::GET, target).unwrap();
        let request = request.with_header("User-Agent", agent).unwrap();
        self.runtime
            .client()
            .request(self.runtime.address(), request)
            .wait()
            .unwrap()
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
