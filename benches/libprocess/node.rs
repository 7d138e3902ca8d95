//! An actor on the scheduler alone: no names, no messages, no runtime.

use std::hint::black_box;
use std::sync::Arc;

use libprocess::primitive::blocking::Latch;
use libprocess::scheduler::{
    Actor, Budget, Event, Events, Host, Hosted, Life, Pool, Scheduler, Sent, Serve, ThreadPark,
    Turn,
};

/// Adds what it is sent; passes a ball on.
pub(crate) struct Node {
    sum: u64,
    next: Option<Arc<Host<Self>>>,
    ended: bool,
}

/// What others may see of a node.
pub(crate) struct Shared {
    scheduler: Option<Scheduler>,
    done: Latch,
}

impl Actor for Node {
    type Look<'a> = ();
}

impl Hosted for Node {
    type Shared = Shared;

    fn turn(
        &mut self,
        _host: &Arc<Host<Self>>,
        events: &mut Events<'_, Self>,
        turn: &mut Turn,
    ) -> Life {
        while let Some(letter) = events.next() {
            letter.serve(self);
            if self.ended {
                return Life::Dead;
            }
            if !turn.spend() {
                break;
            }
        }
        Life::Alive
    }

    fn name(_shared: &Shared) -> String {
        "node".to_owned()
    }
}

/// Adds a number.
pub(crate) struct Add(pub(crate) u64);

impl Serve<Node> for Add {
    fn serve(self, node: &mut Node) {
        node.sum += self.0;
    }

    fn look(&self) {}
}

/// Ends the node, which lets go of its neighbour.
pub(crate) struct End;

impl Serve<Node> for End {
    fn serve(self, node: &mut Node) {
        black_box(node.sum);
        node.ended = true;
    }

    fn look(&self) {}
}

/// Goes so many hops, then opens the latch.
pub(crate) struct Ball(pub(crate) u64);

impl Serve<Node> for Ball {
    fn serve(self, node: &mut Node) {
        let Some(next) = &node.next else { return };
        if self.0 == 0 {
            next.shared().done.open();
        } else {
            tell(next, Self(self.0 - 1));
        }
    }

    fn look(&self) {}
}

/// Closes the ring.
struct Close(Arc<Host<Node>>);

impl Serve<Node> for Close {
    fn serve(self, node: &mut Node) {
        node.next = Some(self.0);
    }

    fn look(&self) {}
}

/// A node that is run by hand.
pub(crate) fn alone() -> Arc<Host<Node>> {
    host(None, &Latch::new(), None)
}

/// A ring of nodes on a scheduler; the latch opens when a ball comes to rest.
pub(crate) fn ring(scheduler: &Scheduler, size: usize, done: &Latch) -> Vec<Arc<Host<Node>>> {
    let first = host(Some(scheduler), done, None);
    let mut nodes = vec![Arc::clone(&first)];
    for _ in 1..size {
        let next = nodes.last().map(Arc::clone);
        nodes.push(host(Some(scheduler), done, next));
    }
    tell(&first, Close(Arc::clone(&nodes[size - 1])));
    nodes
}

fn host(
    scheduler: Option<&Scheduler>,
    done: &Latch,
    next: Option<Arc<Host<Node>>>,
) -> Arc<Host<Node>> {
    let node = Node {
        sum: 0,
        next,
        ended: false,
    };
    let shared = Shared {
        scheduler: scheduler.cloned(),
        done: done.clone(),
    };
    Host::new(node, shared)
}

/// Sends to a node of a ring.
pub(crate) fn tell(host: &Arc<Host<Node>>, what: impl Serve<Node>) {
    if let Sent::Wake(runnable) = host.send(Event::new(what)) {
        let scheduler = host.shared().scheduler.as_ref();
        scheduler
            .expect("a node of a ring has a scheduler")
            .schedule(runnable);
    }
}

/// Runs what a send has woken, on this thread.
pub(crate) fn run(sent: Sent) {
    if let Sent::Wake(runnable) = sent {
        let mut next = Some(runnable);
        while let Some(runnable) = next {
            next = runnable.run(&mut Turn::unlimited());
        }
    }
}

/// Workers without sockets and timers.
pub(crate) fn pool(workers: usize) -> Scheduler {
    let park = Arc::new(ThreadPark::default());
    let pool = Pool::start(workers, park, Budget::default());
    Scheduler::new(pool.expect("the OS has a few threads"))
}
