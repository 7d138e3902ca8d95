//! What one sender sends to one process is served in order, across all kinds of events.

use libprocess::address::Upid;
use libprocess::codec::message::Message;
use libprocess::future::Promise;
use libprocess::http::{Method, Request, Response};
use libprocess::process::{Context, Inbound, Process};

use super::Node;

/// Writes down the numbers that arrive, by whatever way.
#[derive(Default)]
struct Sequence(Vec<u32>);

impl Process for Sequence {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.install("number", Self::message);
        ctx.route("/number", "", Self::request);
    }

    fn exited(&mut self, _ctx: &mut Context<Self>, pid: &Upid) {
        self.0.push(pid.id().parse().unwrap());
    }
}

impl Sequence {
    fn message(&mut self, _ctx: &mut Context<Self>, message: Message) {
        self.0
            .push(std::str::from_utf8(&message.body).unwrap().parse().unwrap());
    }

    fn request(&mut self, _ctx: &mut Context<Self>, request: Request) -> Response {
        self.0.push(request.query("n").unwrap().parse().unwrap());
        Response::ok("")
    }
}

#[test]
fn kinds_do_not_overtake_each_other() {
    let node = Node::new();
    let pid = node.spawn_as("sequence", Sequence::default());
    for n in 0..400 {
        match n % 4 {
            0 => pid.tell(move |sequence, _| sequence.0.push(n)),
            1 => node.manager.post(pid.upid(), "number", n.to_string()),
            2 => {
                let target = format!("/sequence/number?n={n}");
                let request = Request::new(Method::GET, &target).unwrap();
                node.manager.request("sequence", request, Promise::new().0);
            }
            _ => {
                let gone = Upid::new(n.to_string(), node.manager.address());
                assert!(node.manager.exited(pid.upid(), &gone));
            }
        }
    }
    let numbers = pid
        .dispatch(|sequence, _| sequence.0.clone())
        .wait()
        .unwrap();
    assert!(numbers.iter().copied().eq(0..400), "{numbers:?}");
}

#[test]
fn many_senders_each_keep_their_order() {
    const SENDERS: usize = 8;
    const EACH: u32 = 1000;
    let node = Node::new();
    let pid = node.spawn(Vec::from_iter((0..SENDERS).map(|_| Sequence::default())).into());
    let threads = (0..SENDERS).map(|sender| {
        let pid = pid.clone();
        std::thread::spawn(move || {
            for n in 0..EACH {
                pid.tell(move |all: &mut Sequences, _| all.0[sender].0.push(n));
            }
        })
    });
    for thread in Vec::from_iter(threads) {
        thread.join().unwrap();
    }
    let ordered = pid.dispatch(|all, _| all.0.iter().all(|one| one.0.iter().copied().eq(0..EACH)));
    assert_eq!(ordered.wait(), Ok(true));
}

struct Sequences(Vec<Sequence>);

impl Process for Sequences {}

impl From<Vec<Sequence>> for Sequences {
    fn from(all: Vec<Sequence>) -> Self {
        Self(all)
    }
}
