//! The workloads of message dispatch, written once over [`System`] and compiled anew for each.
//!
//! | workload | what it does |
//! | --- | --- |
//! | W1 | 2 actors pass a token, 2M messages, 1 in flight |
//! | W2 | 64 such pairs at once, 100k messages each |
//! | W3 | 8 actors each send 500k numbers in one handler call to 1; ends when it saw 4M |
//! | W4 | 1 actor sends 1,000 rounds to 1,000 in one handler call |
//! | W4b | the same, but a round starts when the last receiver of the one before has run |
//! | W5, W5x100 | a ring of 1,000 actors with 1 or 100 tokens, 1M hops |
//! | W6 | spawn 100k actors, one message each, stop each, wait until every state is dropped |
//! | W7a, W7b, W7c | 200k asks in turn from a bare thread, from a task; 1,000 asks at once, x200 |
//! | W7apause | the end of W7a: asks from a bare thread, each after a pause of 1 ms |
//! | W8 | 5M numbers queued while the actor is blocked; `W8` drains, `W8fill` fills and drains |
//! | W8s | 1 actor sends itself 2M messages, 1 in flight |
//! | W9, W9x64 | 1 or 64 chains of closures with 64 captured bytes run along 16 actors, 1M hops |

mod actors;
mod ring;
mod run;

use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::time::Duration;

pub use actors::FnState;
pub use ring::Ring;
pub use run::run;

/// The names of all workloads, in the order of the table.
pub const ALL: &[&str] = &[
    "W1", "W2", "W3", "W4", "W4b", "W5", "W5x100", "W6", "W7a", "W7b", "W7c", "W8", "W8s", "W9",
    "W9x64",
];

/// A column of the table: one way to have actors.
pub trait System: Sized + 'static {
    type Address<A: Actor>: Clone + Send + Sync + Unpin + 'static;
    type FnAddress: Clone + Send + Sync + 'static;
    type Asker: Clone + Send + Sync + 'static;

    /// Starts the runtime with this many workers and drives `body` on the calling thread.
    fn start<F: FnOnce(Self) -> Body, Body: Future<Output = ()>>(workers: usize, body: F);
    fn spawn<A: Actor>(&self, actor: A, at: Place) -> impl Future<Output = Self::Address<A>>;
    /// Tells, does not ask; unbounded; callable from any thread.
    fn send<A: Actor>(to: &Self::Address<A>, message: A::Message);
    fn stop<A: Actor>(actor: Self::Address<A>);
    fn spawn_fn(&self, at: Place) -> impl Future<Output = Self::FnAddress>;
    fn send_fn<F: FnOnce(&mut FnState) + Send + 'static>(to: &Self::FnAddress, run: F);
    /// An actor that replies to `x` with `x + 1`.
    fn spawn_asker(&self, at: Place) -> impl Future<Output = Self::Asker>;
    fn ask(to: &Self::Asker, x: u64) -> impl Future<Output = u64> + Send;
    /// Asks from the thread that called `start`, which may block in it.
    fn ask_outside(to: &Self::Asker, x: u64) -> impl Future<Output = u64> {
        Self::ask(to, x)
    }
    /// As [`ask_outside`](Self::ask_outside), but queues now and lets the reply be awaited later.
    fn ask_eager(to: &Self::Asker, x: u64) -> impl Future<Output = u64> + Send + 'static;
    /// Runs a future on the runtime's workers, not on the calling thread.
    fn on_runtime<F>(&self, future: F) -> impl Future<Output = ()>
    where
        F: Future<Output = ()> + Send + 'static;
}

/// What an actor of a workload does with its one kind of message.
pub trait Actor: Send + Sync + Unpin + 'static {
    type Message: Send + 'static;
    fn handle(&mut self, message: Self::Message);
}

/// A hint for systems that pin actors to threads: this is actor `index` of `count`.
#[derive(Clone, Copy)]
pub struct Place {
    pub index: usize,
    pub count: usize,
}

/// What a run measured; a child prints it as a line of JSON.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Measured {
    pub workload: String,
    pub parameters: String,
    pub messages: usize,
    pub seconds: f64,
    pub bytes_per_process: Option<u64>,
}

impl Measured {
    pub fn new(workload: &str, parameters: &str, messages: usize, seconds: f64) -> Self {
        Self {
            workload: workload.into(),
            parameters: parameters.into(),
            messages,
            seconds,
            bytes_per_process: None,
        }
    }

    /// Tells the driver what was measured, and ends this OS process without any teardown.
    pub fn hand_over(rows: &[Self]) -> ! {
        for row in rows {
            println!("{}", serde_json::to_string(row).expect("plain fields"));
        }
        std::process::exit(0);
    }

    pub fn nanoseconds(&self) -> f64 {
        self.seconds * 1e9 / self.messages as f64
    }
}

/// Counts down to the end of a workload.
#[derive(Clone)]
pub struct Done(Arc<(AtomicUsize, mpsc::Sender<()>)>);

pub struct AllDone(mpsc::Receiver<()>);

impl Done {
    pub fn new(count: usize) -> (Self, AllDone) {
        let (sender, receiver) = mpsc::channel();
        (
            Self(Arc::new((AtomicUsize::new(count), sender))),
            AllDone(receiver),
        )
    }

    #[inline]
    pub fn hit(&self) {
        if self.0.0.fetch_sub(1, Ordering::AcqRel) == 1 {
            // Nobody waits only if the workload has failed already.
            let _ = self.0.1.send(());
        }
    }
}

impl AllDone {
    pub fn wait(self) {
        self.0
            .recv_timeout(Duration::from_secs(180))
            .expect("a workload ends within 180 seconds");
    }
}

/// A door with numbered steps, to block an actor and let it go.
#[derive(Default)]
pub struct Gate(Mutex<u8>, Condvar);

impl Gate {
    pub fn set(&self, step: u8) {
        *self.0.lock().expect("nobody panics under the lock") = step;
        self.1.notify_all();
    }

    pub fn wait(&self, step: u8) {
        let mut guard = self.0.lock().expect("nobody panics under the lock");
        while *guard < step {
            guard = self.1.wait(guard).expect("nobody panics under the lock");
        }
    }
}

/// How much of each workload is done: 1 is the whole.
#[derive(Clone, Copy)]
pub struct Scale(pub f64);

impl Scale {
    pub fn of(self, count: usize) -> usize {
        ((count as f64 * self.0) as usize).max(1)
    }
}
