//! Time that can be paused, and timers.
//!
//! A [`Clock`] is handed to whoever wants to know the time. In production it is
//! [real](Clock::real); a test [pauses](Clock::pause) it and turns it by hand. Clones are the same
//! clock, so that several runtimes may share one.
//!
//! ```
//! use libprocess::clock::Clock;
//! use libprocess::time::{Time, days};
//!
//! let clock = Clock::paused_at(Time::EPOCH);
//! let (sender, receiver) = std::sync::mpsc::channel();
//! clock.timer(days(1), move || sender.send("a day is over").unwrap());
//!
//! clock.advance(days(1));
//! clock.expire();
//! assert_eq!(receiver.try_recv(), Ok("a day is over"));
//! assert_eq!(clock.now(), Time::EPOCH + days(1));
//! ```
//!
//! # Time never goes backwards
//!
//! A real clock reads the OS' calendar once, when it is made, and counts on from there: setting
//! the calendar does not move it. Paused, it stands still and moves by [`Clock::advance`] alone.
//! Resumed, it shows what it would show had it never been paused, or if it was advanced beyond
//! that, goes on from where it stood: a lead over real time that advancing has made stays, as in
//! libprocess, but the time that passed during the pause is taken off it.
//!
//! # Who runs timers
//!
//! The clock has no thread. Whoever drives it (a runtime's idle worker, a simulation, a test)
//! sleeps for [`Clock::until_next`] and calls [`Clock::expire`], which runs what is due on the
//! calling thread, in the order of deadlines and among equal ones of creation. One thread runs
//! timers at a time. Others that call meanwhile return at once.
//!
//! [`Clock::expire`] takes one timer after the other out of the queue, so that a callback may
//! cancel a later one, also one that is due already, and is told the truth about it. Timers that
//! are made meanwhile wait for the next call, even if they are due: a timer that sets itself again
//! with no delay does not hold up its caller for ever.
//!
//! A driver that sleeps must hear when its sleep became too long: it [watches](Clock::watch) the
//! clock, and is called whenever there is a new earliest deadline or time was moved. Every driver
//! of a shared clock watches; whichever comes first runs the timers of all.
//!
//! # What settle needs
//!
//! A runtime has settled when nothing runs, nothing is queued, and no timer is due. Two facts of
//! the clock make that exact:
//!
//! - [`Clock::has_due`] stays true from the moment a timer is due until its callback has
//!   *returned*, not only until it was taken out of the queue. Whatever the callback started is
//!   visible to the scheduler by then.
//! - [`Clock::expired`] counts the callbacks that have returned.
//!
//! So it is settled if `expired` is read, then the scheduler is seen idle, then `has_due` is false
//! and `expired` still the same. A callback that ran between would have changed the count; one that
//! still runs makes `has_due` true; and without a callback, on a paused clock, only a running
//! process can make a timer due.

mod queue;
mod real;
mod timer;

use std::fmt;
use std::time::Duration;

use crate::primitive::sync::atomic::{AtomicU64, Ordering, spin_loop};
use crate::primitive::sync::{Arc, Mutex};
use crate::time::Time;

use queue::{Key, Queue, Turn};
use real::Real;

pub use real::reading;
pub use timer::{Timer, Watch};

/// A source of time, with timers; see the [module](self) for its rules.
#[derive(Clone)]
pub struct Clock(Arc<Inner>);

struct Inner {
    real: Real,
    /// Where time stands while paused, in nanoseconds, or one of [`RUNNING`] and [`PAUSING`].
    frozen: AtomicU64,
    /// How far time is ahead of the real one while it runs, in nanoseconds.
    lead: AtomicU64,
    /// Taken to pause, to move and to resume.
    turning: Mutex<()>,
    /// The earliest deadline, in nanoseconds, or [`NEVER`]: so that a look costs no lock.
    earliest: AtomicU64,
    queue: Mutex<Queue>,
    watchers: Mutex<Watchers>,
}

#[derive(Default)]
struct Watchers {
    next_id: u64,
    /// Replaced as a whole, so that a call of all of them costs no allocation.
    list: Arc<[(u64, Wake)]>,
}

type Wake = Arc<dyn Fn() + Send + Sync>;

impl Clock {
    /// A clock that shows real time.
    pub fn real() -> Self {
        Self::new(RUNNING)
    }

    /// A clock that stands still at `time` until it is moved.
    pub fn paused_at(time: Time) -> Self {
        Self::new(time.as_nanos())
    }

    fn new(frozen: u64) -> Self {
        Self(Arc::new(Inner {
            real: Real::start(),
            frozen: AtomicU64::new(frozen),
            lead: AtomicU64::new(0),
            turning: Mutex::new(()),
            earliest: AtomicU64::new(NEVER),
            queue: Mutex::new(Queue::default()),
            watchers: Mutex::new(Watchers::default()),
        }))
    }

    /// The time.
    pub fn now(&self) -> Time {
        loop {
            // SeqCst, as in `pause`. It also acquires the lead that `resume` has released.
            match self.0.frozen.load(Ordering::SeqCst) {
                RUNNING => {
                    let now = self.running();
                    // Pausing announces itself before it reads the real time that it freezes. So
                    // if there is no announcement yet, `now` is not later than that.
                    if self.0.frozen.load(Ordering::SeqCst) == RUNNING {
                        return now;
                    }
                }
                PAUSING => spin_loop(),
                frozen => return Time::from_nanos(frozen),
            }
        }
    }

    /// What time it is if it runs.
    fn running(&self) -> Time {
        let lead = Duration::from_nanos(self.0.lead.load(Ordering::Relaxed));
        self.0.real.now() + lead
    }

    /// Whether time stands still.
    pub fn is_paused(&self) -> bool {
        // Acquire pairs with the release in `turn_to`.
        self.0.frozen.load(Ordering::Acquire) < PAUSING
    }

    /// Stops time. A clock that stands still already is left as it is.
    pub fn pause(&self) {
        let _turning = self.0.turning.lock();
        if self.is_paused() {
            return;
        }
        // SeqCst, as in `now`: the announcement comes before the real time is read.
        self.0.frozen.store(PAUSING, Ordering::SeqCst);
        self.turn_to(self.running());
    }

    /// Lets time run again; see [the module](self#time-never-goes-backwards) for where from.
    pub fn resume(&self) {
        {
            let _turning = self.0.turning.lock();
            if !self.is_paused() {
                return;
            }
            let lead = self.now() - self.0.real.now();
            self.0.lead.store(lead.as_nanos() as u64, Ordering::Relaxed);
            // Release: whoever sees time run also sees the lead.
            self.0.frozen.store(RUNNING, Ordering::Release);
        }
        self.wake();
    }

    /// Moves time that is paused. Returns `false`, and does nothing, if it runs.
    ///
    /// Timers that become due by it are run by whoever drives the clock.
    pub fn advance(&self, duration: Duration) -> bool {
        self.turn(|now| now + duration)
    }

    /// Moves time that is paused to a later moment; an earlier one leaves it where it is. Returns
    /// `false`, and does nothing, if time runs.
    #[doc(alias = "update")]
    pub fn advance_to(&self, time: Time) -> bool {
        self.turn(|now| now.max(time))
    }

    fn turn(&self, to: impl FnOnce(Time) -> Time) -> bool {
        {
            let _turning = self.0.turning.lock();
            if !self.is_paused() {
                return false;
            }
            self.turn_to(to(self.now()));
        }
        self.wake();
        true
    }

    /// Under the lock `turning`, while time stands still or is about to.
    fn turn_to(&self, time: Time) {
        // Release pairs with the acquire of whoever reads the time, or asks whether it is paused.
        self.0.frozen.store(time.as_nanos(), Ordering::Release);
    }

    /// Has `callback` called after `duration`. That may be in a later [`Clock::expire`] only, also
    /// if the duration is zero.
    ///
    /// It runs on the thread that drives the clock, which has other timers to run: it should be
    /// short, and must not wait for another timer. A callback that panics is logged.
    pub fn timer(&self, duration: Duration, callback: impl FnOnce() + Send + 'static) -> Timer {
        let deadline = self.now() + duration;
        let (key, is_first) = {
            let mut queue = self.0.queue.lock();
            let key = queue.insert(deadline, Box::new(callback));
            self.0.publish_earliest(&queue);
            (key, queue.is_first(key))
        };
        // While time stands still, drivers do not sleep for what is not due.
        if is_first && (duration.is_zero() || !self.is_paused()) {
            self.wake();
        }
        Timer::new(Arc::downgrade(&self.0), key)
    }

    /// Cancels a timer of this clock; see [`Timer::cancel`].
    pub fn cancel(&self, timer: &Timer) -> bool {
        timer.cancel()
    }

    /// When the next timer is due, if there is one.
    pub fn next_deadline(&self) -> Option<Time> {
        // Acquire pairs with the release in `publish_earliest`.
        match self.0.earliest.load(Ordering::Acquire) {
            NEVER => None,
            nanos => Some(Time::from_nanos(nanos)),
        }
    }

    /// How long a driver may sleep before it calls [`Clock::expire`]; `None` if there is nothing
    /// to wait for: no timer, or only such as no sleep would reach, since time is paused.
    pub fn until_next(&self) -> Option<Duration> {
        let deadline = self.next_deadline()?;
        match deadline - self.now() {
            Duration::ZERO => self.0.queue.lock().is_free().then_some(Duration::ZERO),
            _ if self.is_paused() => None,
            remaining => Some(remaining),
        }
    }

    /// Runs the callbacks of all timers that are due, on this thread, and returns how many.
    ///
    /// Returns 0 if another thread is doing so.
    pub fn expire(&self) -> usize {
        let Some(deadline) = self.next_deadline() else {
            return 0;
        };
        let now = self.now();
        if deadline > now {
            return 0;
        }
        let Some(turn) = self.0.queue.lock().begin() else {
            return 0;
        };
        let mut count = 0;
        while let Some(callback) = self.next_due(turn, now) {
            timer::run(callback);
            count += 1;
        }
        count
    }

    /// Counts the callback that has returned, if any, and takes out the next one that is due.
    fn next_due(&self, turn: Turn, now: Time) -> Option<queue::Callback> {
        let overlooked = {
            let mut queue = self.0.queue.lock();
            let due = queue.next_due(turn, now);
            self.0.publish_earliest(&queue);
            match due {
                Ok(callback) => return Some(callback),
                Err(overlooked) => overlooked,
            }
        };
        if overlooked {
            self.wake();
        }
        None
    }

    /// Whether a timer is due or its callback still runs; see [the module](self#what-settle-needs).
    pub fn has_due(&self) -> bool {
        let now = self.now();
        self.0.queue.lock().has_due(now)
    }

    /// How many callbacks have returned; see [the module](self#what-settle-needs).
    pub fn expired(&self) -> u64 {
        self.0.queue.lock().expired()
    }

    /// Cancels all timers, and returns how many these were.
    pub fn clear(&self) -> usize {
        // The callbacks are dropped after the lock.
        let cleared = {
            let mut queue = self.0.queue.lock();
            let cleared = queue.clear();
            self.0.publish_earliest(&queue);
            cleared
        };
        cleared.len()
    }

    /// Has `wake` called whenever a driver that sleeps for [`Clock::until_next`] has to look again:
    /// there is an earlier deadline, or time was moved. It ends with the [`Watch`].
    pub fn watch(&self, wake: impl Fn() + Send + Sync + 'static) -> Watch {
        let mut watchers = self.0.watchers.lock();
        let id = watchers.next_id;
        watchers.next_id += 1;
        let new: (u64, Wake) = (id, Arc::new(wake));
        watchers.list = watchers.list.iter().cloned().chain([new]).collect();
        Watch::new(Arc::downgrade(&self.0), id)
    }

    fn wake(&self) {
        let watchers = self.0.watchers.lock().list.clone();
        for (_, wake) in watchers.iter() {
            wake();
        }
    }
}

impl Inner {
    /// Under the lock of the queue.
    fn publish_earliest(&self, queue: &Queue) -> Time {
        let earliest = queue.earliest();
        // Release pairs with the acquire in `next_deadline`.
        self.earliest
            .store(earliest.map_or(NEVER, Time::as_nanos), Ordering::Release);
        earliest.unwrap_or(Time::MAX)
    }

    fn cancel(&self, key: Key) -> bool {
        let cancelled = {
            let mut queue = self.queue.lock();
            let cancelled = queue.remove(key);
            self.publish_earliest(&queue);
            cancelled
        };
        cancelled.is_some()
    }

    fn unwatch(&self, id: u64) {
        let before = {
            let mut watchers = self.watchers.lock();
            let rest = watchers
                .list
                .iter()
                .filter(|(other, _)| *other != id)
                .cloned()
                .collect();
            std::mem::replace(&mut watchers.list, rest)
        };
        // Not under the lock: it may hold the last reference to a watcher.
        drop(before);
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({}", self.now())?;
        f.write_str(if self.is_paused() { ", paused)" } else { ")" })
    }
}

/// Time runs. No time is that late.
const RUNNING: u64 = u64::MAX;
/// Somebody is about to pause.
const PAUSING: u64 = u64::MAX - 1;
/// There is no deadline.
const NEVER: u64 = u64::MAX;

#[cfg(all(test, shuttle))]
mod model;
