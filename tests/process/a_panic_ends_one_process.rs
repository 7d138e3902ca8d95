//! A panic ends the process it happens in, as an end does, and nothing else.

use libprocess::address::Upid;
use libprocess::future::{Error, Promise};
use libprocess::http::{Method, Request, Status};
use libprocess::process::{Context, Inbound, Process};

use super::Node;

#[derive(Default)]
struct Fragile {
    exits: Vec<Upid>,
    /// Whether its very end panics too.
    panics_when_dropped: bool,
}

impl Process for Fragile {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.install("break", |_: &mut Self, _: &mut Context<Self>, message| {
            let _: libprocess::codec::message::Message = message;
            panic!("as told");
        });
    }

    fn exited(&mut self, _ctx: &mut Context<Self>, pid: &Upid) {
        self.exits.push(pid.clone());
    }
}

impl Drop for Fragile {
    fn drop(&mut self) {
        assert!(!self.panics_when_dropped, "as told");
    }
}

#[test]
fn links_are_told_and_waits_return() {
    let node = Node::with_workers(1);
    let watcher = node.spawn(Fragile::default());
    let fragile = node.spawn_as("fragile", Fragile::default());
    let name = fragile.upid().clone();
    watcher.tell(move |_, ctx| ctx.link(&name));
    node.settle();

    node.manager.post(fragile.upid(), "break", "");
    let queued = fragile.dispatch(|_, _| ());
    fragile.wait().unwrap();
    assert_eq!(queued.wait(), Err(Error::Abandoned));
    let exits = watcher.dispatch(|watcher, _| watcher.exits.clone()).wait();
    assert_eq!(exits.unwrap(), [fragile.upid().clone()]);
    assert_eq!(node.manager.counters().panics.get(), 1);
    node.spawn_as("fragile", Fragile::default());
}

#[test]
fn the_dispatch_that_panics_is_abandoned() {
    let node = Node::new();
    let fragile = node.spawn(Fragile::default());
    let result = fragile.dispatch(|_, _| -> u32 { panic!("as told") });
    assert_eq!(result.wait(), Err(Error::Abandoned));
    fragile.wait().unwrap();
}

#[test]
fn the_request_that_panics_and_those_behind_it_are_answered_500() {
    let node = Node::new();
    let fragile = node.spawn_as("fragile", Fragile::default());
    fragile.tell(|_, ctx| ctx.route("/", "", panicking));
    let asked: Vec<_> = (0..3)
        .map(|_| {
            let request = Request::new(Method::GET, "/fragile").unwrap();
            let (promise, response) = Promise::new();
            node.manager.request("fragile", request, promise);
            response
        })
        .collect();
    fragile.wait().unwrap();
    let statuses = asked
        .into_iter()
        .map(|response| response.wait().unwrap().status);
    let expected = [
        Status::INTERNAL_SERVER_ERROR,
        Status::INTERNAL_SERVER_ERROR,
        Status::INTERNAL_SERVER_ERROR,
    ];
    assert!(statuses.eq(expected));
}

fn panicking(_: &mut Fragile, _: &mut Context<Fragile>, _: Request) -> libprocess::http::Response {
    panic!("as told")
}

#[test]
fn a_panic_while_the_state_is_dropped_harms_nobody() {
    let node = Node::with_workers(1);
    let fragile = node.spawn(Fragile {
        panics_when_dropped: true,
        exits: Vec::new(),
    });
    fragile.terminate();
    fragile.wait().unwrap();
    assert_eq!(
        node.spawn(Fragile::default()).dispatch(|_, _| 42).wait(),
        Ok(42)
    );
}
