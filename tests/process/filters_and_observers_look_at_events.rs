//! A filter drops events just before they are served; an observer sees those that are.

use std::sync::{Arc, Mutex};

use libprocess::address::Upid;
use libprocess::future::Promise;
use libprocess::http::{Method, Request, Response};
use libprocess::primitive::blocking::Latch;
use libprocess::process::{Context, Filter, Inbound, Kind, Look, Observer, Process};

use super::{Diary, Node};

/// Drops what the function says, and everything else not.
struct Dropping<F>(F);

impl<F: Fn(&Look<'_>) -> bool + Send + Sync + 'static> Filter for Dropping<F> {
    fn filter(&self, _to: &Upid, look: &Look<'_>) -> bool {
        (self.0)(look)
    }
}

fn filter(node: &Node, drops: impl Fn(&Look<'_>) -> bool + Send + Sync + 'static) {
    node.manager.set_filter(Some(Arc::new(Dropping(drops))));
}

#[derive(Default)]
struct Log(Mutex<Vec<(String, Kind, String, usize)>>);

impl Observer for Log {
    fn served(&self, process: &Upid, look: &Look<'_>) {
        let line = (
            process.id().to_owned(),
            look.kind(),
            look.name().into_owned(),
            look.length(),
        );
        self.0.lock().unwrap().push(line);
    }
}

#[derive(Default)]
struct Busy(Vec<&'static str>);

impl Process for Busy {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.install("note", Self::note);
        ctx.route(
            "/",
            "",
            |busy: &mut Self, _: &mut Context<Self>, _: Request| {
                busy.0.push("http");
                Response::ok("")
            },
        );
    }

    fn exited(&mut self, _ctx: &mut Context<Self>, _pid: &Upid) {
        self.0.push("exited");
    }
}

impl Busy {
    fn note(&mut self, _ctx: &mut Context<Self>, _message: libprocess::codec::message::Message) {
        self.0.push("message");
    }
}

/// Causes an event of every kind.
fn cause(node: &Node) -> Vec<&'static str> {
    let pid = node.spawn_as("busy", Busy::default());
    node.settle();
    node.manager.post(pid.upid(), "note", "body");
    pid.label("push").tell(|busy, _| busy.0.push("dispatch"));
    let request = Request::new(Method::GET, "/busy").unwrap();
    node.manager.request("busy", request, Promise::new().0);
    node.manager
        .exited(pid.upid(), &Upid::new("gone", node.manager.address()));
    pid.label("block").tell(|_, ctx| {
        ctx.run(|this| async move {
            this.with(|busy, _| busy.0.push("block"));
            Ok(())
        });
    });
    node.settle();
    node.manager.set_filter(None);
    let served = pid
        .label("look")
        .dispatch(|busy, _| busy.0.clone())
        .wait()
        .unwrap();
    pid.terminate();
    pid.wait().unwrap();
    served
}

#[test]
fn a_filter_drops_what_it_wants() {
    let node = Node::new();
    let all = ["message", "dispatch", "http", "exited", "block"];
    assert_eq!(cause(&node), all);
    for (n, kind) in [Kind::Message, Kind::Dispatch, Kind::Http, Kind::Exited]
        .iter()
        .enumerate()
    {
        filter(&node, |look| {
            look.kind() == *kind && !matches!(look, Look::Dispatch("block"))
        });
        let mut expected = all.to_vec();
        expected.remove(n);
        assert_eq!(cause(&node), expected);
    }
}

#[test]
fn what_a_process_cannot_do_without_is_shown_to_no_filter() {
    let node = Node::new();
    filter(&node, |look| {
        assert!(!matches!(
            look.kind(),
            Kind::Initialize | Kind::Resume | Kind::Terminate
        ));
        false
    });
    assert_eq!(cause(&node).len(), 5);
    filter(&node, |_| true);
    let pid = node.spawn(Diary::default());
    pid.terminate();
    pid.wait().unwrap();
}

#[test]
fn a_dropped_event_ends_like_one_of_a_dead_process() {
    let node = Node::new();
    let pid = node.spawn_as("busy", Busy::default());
    filter(&node, |_| true);
    assert!(pid.dispatch(|_, _| ()).wait().is_err());
    let (promise, response) = Promise::new();
    node.manager
        .request("busy", Request::new(Method::GET, "/busy").unwrap(), promise);
    assert_eq!(response.wait().unwrap(), Response::internal_server_error());
}

#[test]
fn a_dispatch_goes_by_its_label_or_the_name_of_its_function() {
    fn named(_: &mut Busy, _: &mut Context<Busy>) {}
    let node = Node::new();
    let log = Arc::new(Log::default());
    let pid = node.spawn(Busy::default());
    node.settle();
    node.manager.set_observer(Some(log.clone()));
    pid.tell(named);
    pid.label("label").tell(named);
    pid.tell(|_, _| ());
    node.settle();
    let log = log.0.lock().unwrap();
    let names: Vec<_> = log.iter().map(|(_, _, name, _)| name).collect();
    assert!(
        names[0].ends_with("::a_dispatch_goes_by_its_label_or_the_name_of_its_function::named")
    );
    assert_eq!(names[1], "label");
    assert!(names[2].contains("a_dispatch_goes_by_its_label"));
}

#[test]
fn an_observer_sees_every_event_that_is_served() {
    let node = Node::with_workers(1);
    let log = Arc::new(Log::default());
    node.manager.set_observer(Some(log.clone()));
    cause(&node);
    let expected = [
        (Kind::Initialize, "", 0),
        (Kind::Message, "note", 4),
        (Kind::Dispatch, "push", 0),
        (Kind::Http, "/busy", 0),
        (Kind::Exited, "gone@127.0.0.1:5050", 0),
        (Kind::Dispatch, "block", 0),
        (Kind::Resume, "", 0),
        (Kind::Dispatch, "look", 0),
        (Kind::Terminate, "", 0),
    ];
    let log = log.0.lock().unwrap();
    let lines = log
        .iter()
        .map(|(id, kind, name, length)| (&**id, *kind, &**name, *length));
    let expected = expected.map(|(kind, name, length)| ("busy", kind, name, length));
    assert!(lines.eq(expected), "{log:?}");
}

#[test]
fn queued_events_are_counted_by_kind() {
    let node = Node::new();
    let pid = node.spawn(Diary::default());
    let (inside, go_on) = (Latch::new(), Latch::new());
    let (entered, opener) = (inside.clone(), go_on.clone());
    let counts = pid.dispatch(move |_, ctx| {
        entered.open();
        go_on.wait();
        ctx.event_counts()
    });
    inside.wait();
    for _ in 0..3 {
        node.manager.post(pid.upid(), "note", "body");
    }
    pid.tell(|_, _| ());
    let listed = node.manager.event_counts();
    opener.open();
    let counts = counts.wait().unwrap();
    assert_eq!(counts.of(Kind::Message), 3);
    assert_eq!(counts.of(Kind::Http), 0);
    // The counting itself is queued as a dispatch, by then.
    assert_eq!(counts.total(), 3 + 2);
    assert_eq!(listed.len(), 1);
    for (upid, counts) in listed {
        assert_eq!(upid, *pid.upid());
        assert_eq!(counts.wait().unwrap().total(), 0);
    }
}
