//! What is scheduled: the right to run something, held by one owner at a time.

use std::fmt;

use super::turn::Turn;
use crate::primitive::sync::{Arc, assert_none_held};

/// Something that runs in turns.
pub trait Run: Send + Sync + 'static {
    /// Runs one turn. Gives the right to run back if there is more to do now, and keeps it if
    /// not.
    fn run(self: Arc<Self>, turn: &mut Turn) -> Option<Runnable>;

    /// Is told that its [`Runnable`] was dropped instead of run: it will not run again.
    fn abandon(self: Arc<Self>);

    /// What logs call it.
    fn name(&self) -> String;
}

/// The right to run something, on its way through run queues.
///
/// Whoever makes runnables sees to it that at most one exists of each [`Run`], so that its turns
/// never overlap. Dropping one instead of running it abandons what it stands for.
pub struct Runnable(Option<Arc<dyn Run>>);

impl Runnable {
    /// Wraps a reference that stands for the right to run.
    #[inline]
    pub fn new(run: Arc<dyn Run>) -> Self {
        Self(Some(run))
    }

    /// Runs one turn. Gives itself back if there is more to do now.
    #[inline]
    pub fn run(mut self, turn: &mut Turn) -> Option<Self> {
        assert_none_held();
        self.0.take().expect(WHOLE).run(turn)
    }

    /// Where in memory it is: of an actor, where its [`Host`](super::Host) is.
    #[inline]
    pub fn address(&self) -> usize {
        let run = self.0.as_ref().expect(WHOLE);
        Arc::as_ptr(run).cast::<()>().addr()
    }

    /// What logs call it.
    pub fn name(&self) -> String {
        self.0.as_ref().expect(WHOLE).name()
    }
}

impl Drop for Runnable {
    fn drop(&mut self) {
        if let Some(run) = self.0.take() {
            run.abandon();
        }
    }
}

impl fmt::Debug for Runnable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Runnable({})", self.name())
    }
}

const WHOLE: &str = "a runnable is empty only after its end";
