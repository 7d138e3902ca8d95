//! What is in queued events is shown to whom an authenticator let in, and to nobody else.

use std::sync::{Arc, mpsc};

use libprocess::address::Upid;
use libprocess::future::Promise;
use libprocess::http::{Method, Request};
use libprocess::process::{Filter, Inbound, Look, Pid, Process, ProcessManager};
use libprocess::runtime::Runtime;
use libprocess::web::authentication::Basic;
use serde_json::{Value, json};

use super::world::{World, json as parse};

struct Busy;

impl Process for Busy {}

/// Queues messages with these bodies, a request and the end behind what `busy` is about to do.
struct Filling(Arc<ProcessManager>, Vec<Vec<u8>>);

impl Filter for Filling {
    fn filter(&self, to: &Upid, look: &Look<'_>) -> bool {
        if to.id() == "busy" && matches!(look, Look::Dispatch(_)) {
            for body in &self.1 {
                self.0.post(to, "hello", body.clone());
            }
            let busy = self.0.endpoint("busy").unwrap();
            let request = Request::new(Method::PUT, "/busy/me?now=1").unwrap();
            busy.ask(request, Promise::new().0);
            self.0.terminate_after_queue(to);
        }
        false
    }
}

/// A runtime whose endpoints are behind a realm, and a process that is called `busy`.
fn world() -> (World, Pid<Busy>) {
    let world = World::of(Runtime::builder().workers(4).read_only_realm("ro"));
    let security = world.runtime.manager().security();
    security.set_authenticator("ro", Arc::new(Basic::new("ro", [("a", "b")])));
    let busy = world.runtime.spawn_as("busy", Busy).unwrap();
    (world, busy)
}

/// What is listed of `busy` to somebody who says who he is.
fn listed(world: &World) -> Value {
    let request = Request::new(Method::GET, "/__processes__").unwrap();
    let request = request.with_header("Authorization", "Basic YTpi").unwrap();
    let client = world.runtime.client();
    let response = client.request(world.runtime.address(), request);
    let all = parse(&response.wait().unwrap());
    let mut all = all.as_array().unwrap().iter();
    all.find(|process| process["id"] == "busy").unwrap().clone()
}

/// What is listed of `busy` while such messages wait for it, and what else [`Filling`] queues.
fn listed_with(bodies: &[&[u8]]) -> Vec<Value> {
    let (world, _busy) = world();
    let manager = world.runtime.manager();
    let bodies = bodies.iter().map(|body| body.to_vec()).collect();
    // To be looked at is what `busy` is about to do.
    manager.set_filter(Some(Arc::new(Filling(manager.clone(), bodies))));
    let listed = listed(&world);
    manager.set_filter(None);
    listed["events"].as_array().unwrap().clone()
}

#[test]
fn messages_are_shown_with_their_bodies() {
    let long = "ü".repeat(1_000);
    let events = listed_with(&[b"some text", b"", &[0xff, 0], long.as_bytes()]);
    let to = events[0]["to"].as_str().unwrap();
    assert!(to.starts_with("busy@127.0.0.1:"), "{to}");
    let shown = |body: Value| {
        let mut event =
            json!({ "type": "MESSAGE", "name": "hello", "from": "@0.0.0.0:0", "to": to });
        event
            .as_object_mut()
            .unwrap()
            .extend(body.as_object().unwrap().clone());
        event
    };
    let expected = [
        shown(json!({ "body": "some text" })),
        shown(json!({ "body": "" })),
        shown(json!({ "body_base64": "/wA=" })),
        shown(json!({ "body": "ü".repeat(512), "length": 2_000 })),
        json!({ "type": "HTTP", "method": "PUT", "url": "/busy/me?now=1" }),
        json!({ "type": "TERMINATE" }),
    ];
    assert_eq!(events, expected);
}

#[test]
fn a_character_that_is_cut_does_not_count() {
    let long = format!("a{}", "ü".repeat(1_000));
    let events = listed_with(&[long.as_bytes()]);
    assert_eq!(events[0]["body"], format!("a{}", "ü".repeat(511)));
}

#[test]
fn what_is_behind_the_hundredth_is_counted() {
    let bodies: Vec<&[u8]> = vec![b"x"; 130];
    let events = listed_with(&bodies);
    assert_eq!(events.len(), 103);
    assert!(events[..100].iter().all(|event| event["body"] == "x"));
    let expected = [
        json!({ "type": "MESSAGE", "count": 30 }),
        json!({ "type": "HTTP", "count": 1 }),
        json!({ "type": "TERMINATE", "count": 1 }),
    ];
    assert_eq!(events[100..], expected);
}

#[test]
fn who_is_busy_is_not_waited_for() {
    let (world, busy) = world();
    let (release, held) = mpsc::channel::<()>();
    busy.tell(move |_, _| assert!(held.recv().is_err()));
    world.runtime.manager().post(busy.upid(), "hello", "body");
    assert_eq!(listed(&world), json!({ "id": "busy", "busy": true }));
    drop(release);
}

#[test]
fn a_realm_that_is_left_open_shows_nothing() {
    let (world, _busy) = world();
    let manager = world.runtime.manager();
    manager.security().leave_open("ro");
    let bodies = vec![b"secret".to_vec()];
    manager.set_filter(Some(Arc::new(Filling(manager.clone(), bodies))));
    let listed = listed(&world);
    manager.set_filter(None);
    let expected = json!([
        { "type": "MESSAGE", "count": 1 },
        { "type": "HTTP", "count": 1 },
        { "type": "TERMINATE", "count": 1 },
    ]);
    assert_eq!(listed["events"], expected);
}
