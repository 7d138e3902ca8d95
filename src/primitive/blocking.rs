//! Blocking: the one way in which a thread of this library waits.
//!
//! A worker that blocks is a worker lost, and in a chain of processes each waiting for the next,
//! a deadlock. Whoever runs threads therefore [installs](install) a [`Blocker`] on them, and every
//! blocking wait of the library is a [`Latch::wait`], which asks the thread's blocker to wait
//! instead. The worker pool lends the thread's work to a replacement meanwhile; the seeded
//! scheduler passes its baton on. A thread without a blocker just waits.
//!
//! There is no wait with a time limit: that is a latch opened by the event or by a timer of the
//! clock, whichever comes first. So it works in virtual time too.

use std::cell::RefCell;
use std::rc::Rc;

use super::spin::Spin;
use super::sync::atomic::{AtomicBool, Ordering, spin_loop};
use super::sync::{Arc, Condvar, Mutex};
use super::thread;

/// A door that opens once; threads wait in front of it. Clones are the same door.
///
/// ```
/// use libprocess::primitive::blocking::Latch;
///
/// let latch = Latch::new();
/// let opener = latch.clone();
/// let thread = std::thread::spawn(move || opener.open());
/// latch.wait();
/// assert!(latch.is_open());
/// # thread.join().unwrap();
/// ```
#[doc(alias = "process::Latch")]
#[derive(Debug, Clone, Default)]
pub struct Latch(Arc<Door>);

#[derive(Debug, Default)]
struct Door {
    open: AtomicBool,
    lock: Mutex<()>,
    opened: Condvar,
}

impl Latch {
    /// A closed latch.
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens the latch and wakes all who wait. Says whether this call was the one that did it.
    pub fn open(&self) -> bool {
        // Release pairs with the Acquire of `is_open`: what was written before is seen behind
        // the door.
        if self.0.open.swap(true, Ordering::Release) {
            return false;
        }
        // A waiter looks at the flag under the lock. Passing through the lock after the flag is
        // set leaves it two ways: it saw the flag, or it sleeps already and hears the condition.
        drop(self.0.lock.lock());
        self.0.opened.notify_all();
        true
    }

    /// Whether the latch is open.
    pub fn is_open(&self) -> bool {
        // Acquire pairs with the Release of `open`.
        self.0.open.load(Ordering::Acquire)
    }

    /// Blocks until the latch is open, the way this thread's [`Blocker`] wants it.
    pub fn wait(&self) {
        if self.is_open() {
            return;
        }
        match blocker() {
            Some(blocker) => blocker.wait(self),
            None => self.wait_here(),
        }
    }

    /// Blocks this very thread until the latch is open: what a [`Blocker`] calls in the end.
    pub fn wait_here(&self) {
        if SPIN.with(|spin| self.spin(spin)) {
            return;
        }
        let mut guard = self.0.lock.lock();
        while !self.is_open() {
            self.0.opened.wait(&mut guard);
        }
    }

    /// Waits awake, if that is worth while; says whether the latch opened.
    fn spin(&self, spin: &Spin) -> bool {
        let rounds = spin.rounds();
        // The first round is the look that brought the caller here.
        for round in 1..rounds {
            for _ in 0..LOOKS_A_ROUND {
                if self.is_open() {
                    spin.hit(round, rounds);
                    return true;
                }
                spin_loop();
            }
        }
        spin.missed(rounds);
        false
    }
}

/// Latches are equal if they are the same door.
impl PartialEq for Latch {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Latch {}

/// What the owner of a thread does when that thread blocks.
pub trait Blocker {
    /// Returns when the latch is open.
    fn wait(&self, latch: &Latch);

    /// Runs `body`, which may block for long on something that is not a [`Latch`].
    fn section(&self, body: &mut dyn FnMut());
}

/// Runs code that may block for long, such as a read of a file, so that others run meanwhile.
///
/// On a thread of a worker pool a replacement takes the worker's place until `body` returns.
/// Elsewhere this just calls `body`.
///
/// ```
/// use libprocess::primitive::blocking;
///
/// let sum = blocking::section(|| 1 + 1);
/// assert_eq!(sum, 2);
/// ```
pub fn section<R>(body: impl FnOnce() -> R) -> R {
    let Some(blocker) = blocker() else {
        return body();
    };
    let mut body = Some(body);
    let mut result = None;
    blocker.section(&mut || result = body.take().map(|body| body()));
    result.expect("a blocker runs the body of a section")
}

/// Makes `blocker` the one that this thread's waits ask, until the guard is dropped.
pub fn install(blocker: Rc<dyn Blocker>) -> Installed {
    Installed(BLOCKER.with(|current| current.replace(Some(blocker))))
}

/// Has this thread sleep at once wherever it waits, from now on.
pub(crate) fn never_spin() {
    SPIN.with(Spin::switch_off);
}

/// Keeps a [`Blocker`] installed; puts the one before back when dropped.
#[must_use = "the blocker is removed when this is dropped"]
pub struct Installed(Option<Rc<dyn Blocker>>);

impl Drop for Installed {
    fn drop(&mut self) {
        BLOCKER.with(|current| *current.borrow_mut() = self.0.take());
    }
}

fn blocker() -> Option<Rc<dyn Blocker>> {
    BLOCKER.with(|current| current.borrow().clone())
}

thread::local! {
    static BLOCKER: RefCell<Option<Rc<dyn Blocker>>> = RefCell::new(None);
    static SPIN: Spin = const { Spin::new() };
}

/// A look takes a fiftieth of a microsecond or a little more. A model checker has no use for
/// looking twice.
const LOOKS_A_ROUND: u32 = if cfg!(any(loom, shuttle)) { 0 } else { 50 };

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::*;
    use std::cell::Cell;

    /// Counts what it is asked and does it in place.
    #[derive(Default)]
    struct Counting {
        waits: Cell<u32>,
        sections: Cell<u32>,
    }

    impl Blocker for Counting {
        fn wait(&self, latch: &Latch) {
            self.waits.set(self.waits.get() + 1);
            latch.open();
            latch.wait_here();
        }

        fn section(&self, body: &mut dyn FnMut()) {
            self.sections.set(self.sections.get() + 1);
            body();
        }
    }

    #[test]
    fn waits_and_sections_ask_the_blocker_while_it_is_installed() {
        let blocker = Rc::new(Counting::default());
        let installed = install(blocker.clone());
        Latch::new().wait();
        assert_eq!(section(|| 7), 7);
        drop(installed);
        assert_eq!(section(|| 8), 8);
        assert_eq!((blocker.waits.get(), blocker.sections.get()), (1, 1));
    }

    #[test]
    fn an_open_latch_asks_nobody() {
        let blocker = Rc::new(Counting::default());
        let _installed = install(blocker.clone());
        let latch = Latch::new();
        assert!(latch.open());
        assert!(!latch.open());
        latch.wait();
        assert_eq!(blocker.waits.get(), 0);
    }

    #[test]
    fn nested_blockers_come_back_in_order() {
        let outer = Rc::new(Counting::default());
        let inner = Rc::new(Counting::default());
        let _outer = install(outer.clone());
        {
            let _inner = install(inner.clone());
            section(|| ());
        }
        section(|| ());
        assert_eq!((outer.sections.get(), inner.sections.get()), (1, 1));
    }
}

#[cfg(all(test, loom))]
mod model;
