//! Whatever is done to a future, and in which order: each callback runs as it should or not at
//! all, and what it held is released exactly once.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Waker};

use libprocess::future::{Error, Future, Promise};
use proptest::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Set,
    Fail,
    Discard,
    Abandon,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    OnReady,
    OnFailed,
    OnDiscarded,
    OnAbandoned,
    OnAny,
    OnDiscard,
    PromiseOnDiscard,
    Discard,
    Poll,
    End,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop::sample::select(vec![
        Step::OnReady,
        Step::OnFailed,
        Step::OnDiscarded,
        Step::OnAbandoned,
        Step::OnAny,
        Step::OnDiscard,
        Step::PromiseOnDiscard,
        Step::Discard,
        Step::Poll,
        Step::End,
    ]);
    prop::collection::vec(step, 0..20)
}

/// Counts how often its callbacks ran; one holder for each that is not gone.
#[derive(Clone, Default)]
struct Ran(Arc<AtomicU32>);

impl Ran {
    fn callback(&self) -> impl FnOnce() + Send + 'static {
        let ran = self.0.clone();
        move || {
            ran.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn count(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    fn held(&self) -> usize {
        Arc::strong_count(&self.0) - 1
    }
}

/// One life, and what should have run in it.
struct Life {
    future: Future<u32>,
    promise: Option<Promise<u32>>,
    end: End,
    outcome: Ran,
    outcomes_expected: u32,
    discard: Ran,
    discards_expected: u32,
    /// Callbacks that wait for a discard.
    discards_waiting: u32,
    asked: bool,
}

impl Life {
    fn go(mut self, step: Step) -> Self {
        let of = |end| u32::from(self.end == end);
        let run = self.outcome.callback();
        match step {
            Step::OnReady => {
                self.outcomes_expected += of(End::Set);
                self.future = self.future.on_ready(|_| run());
            }
            Step::OnFailed => {
                self.outcomes_expected += of(End::Fail);
                self.future = self.future.on_failed(|_| run());
            }
            Step::OnDiscarded => {
                self.outcomes_expected += of(End::Discard);
                self.future = self.future.on_discarded(run);
            }
            Step::OnAbandoned => {
                self.outcomes_expected += of(End::Abandon);
                self.future = self.future.on_abandoned(run);
            }
            Step::OnAny => {
                self.outcomes_expected += 1;
                self.future = self.future.on_any(|_| run());
            }
            Step::OnDiscard => {
                self.expect_discard();
                self.future = self.future.on_discard(self.discard.callback());
            }
            Step::PromiseOnDiscard => {
                if let Some(promise) = &self.promise {
                    promise.on_discard(self.discard.callback());
                    self.expect_discard();
                }
            }
            Step::Discard => {
                let first = !self.asked && self.promise.is_some();
                assert_eq!(self.future.discard(), first);
                if first {
                    self.asked = true;
                    self.discards_expected += std::mem::take(&mut self.discards_waiting);
                }
            }
            Step::Poll if self.promise.is_some() => {
                use std::future::Future;
                let mut context = Context::from_waker(Waker::noop());
                assert!(Pin::new(&mut self.future).poll(&mut context).is_pending());
            }
            Step::Poll => {}
            Step::End => self.end(),
        }
        self
    }

    fn expect_discard(&mut self) {
        if self.asked {
            self.discards_expected += 1;
        } else if self.promise.is_some() {
            self.discards_waiting += 1;
        }
    }

    fn end(&mut self) {
        let Some(promise) = self.promise.take() else {
            return;
        };
        match self.end {
            End::Set => promise.set(42),
            End::Fail => promise.fail("failure"),
            End::Discard => promise.discard(),
            End::Abandon => drop(promise),
        }
    }
}

proptest! {
    #[test]
    fn every_callback_runs_once_or_not_at_all(
        steps in steps(),
        end in prop::sample::select(vec![End::Set, End::Fail, End::Discard, End::Abandon]),
    ) {
        let (promise, future) = Promise::new();
        let mut life = Life {
            future,
            promise: Some(promise),
            end,
            outcome: Ran::default(),
            outcomes_expected: 0,
            discard: Ran::default(),
            discards_expected: 0,
            discards_waiting: 0,
            asked: false,
        };
        for step in steps {
            life = life.go(step);
            prop_assert_eq!(life.discard.count(), life.discards_expected);
            if life.promise.is_some() {
                prop_assert_eq!(life.outcome.count(), 0);
            }
        }
        life.end();
        prop_assert_eq!(life.outcome.count(), life.outcomes_expected);
        prop_assert_eq!(life.discard.count(), life.discards_expected);
        prop_assert_eq!((life.outcome.held(), life.discard.held()), (0, 0));
        prop_assert_eq!(life.future.has_discard(), life.asked);
        let expected = match end {
            End::Set => Ok(42),
            End::Fail => Err(Error::Failed("failure".into())),
            End::Discard => Err(Error::Discarded),
            End::Abandon => Err(Error::Abandoned),
        };
        prop_assert_eq!(life.future.wait(), expected);
    }
}
