//! What happens when a future completes that another one was derived from.
//!
//! A continuation takes the outcome, calls the user's function and completes the derived future,
//! whose own continuation is then due. It is not called from there but handed back, so that a
//! chain of any length completes in a loop, on the thread and within the call that completed its
//! first future.

use super::Error;
use crate::primitive::sync::assert_none_held;

/// A continuation that is due, if there is one. It must be [run](run), not dropped.
pub(super) type Next = Option<Box<dyn Step>>;

/// A continuation that has its outcome.
pub(super) trait Step: Send {
    /// Runs it, and gives back the one that is due because of it.
    fn run(self: Box<Self>) -> Next;
}

/// A continuation that waits for its outcome.
pub(super) trait Continuation<T>: Step {
    /// Takes the outcome, and whether a discard had been requested before.
    fn give(&mut self, outcome: Result<T, Error>, discard: bool);
}

/// Makes a continuation of a function.
pub(super) fn continuation<T, F>(function: F) -> Box<dyn Continuation<T>>
where
    T: Send + 'static,
    F: FnOnce(Result<T, Error>, bool) -> Next + Send + 'static,
{
    Box::new(Link {
        given: None,
        function,
    })
}

/// Runs a continuation and all that become due by it.
pub(super) fn run(mut next: Next) {
    while let Some(step) = next {
        assert_none_held();
        next = step.run();
    }
}

struct Link<T, F> {
    given: Option<(Result<T, Error>, bool)>,
    function: F,
}

impl<T, F> Step for Link<T, F>
where
    T: Send,
    F: FnOnce(Result<T, Error>, bool) -> Next + Send,
{
    fn run(self: Box<Self>) -> Next {
        let Self { given, function } = *self;
        let (outcome, discard) = given.expect("a continuation is run after its outcome was given");
        function(outcome, discard)
    }
}

impl<T, F> Continuation<T> for Link<T, F>
where
    T: Send,
    F: FnOnce(Result<T, Error>, bool) -> Next + Send,
{
    fn give(&mut self, outcome: Result<T, Error>, discard: bool) {
        self.given = Some((outcome, discard));
    }
}
