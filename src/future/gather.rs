//! Many futures as one.

use crate::primitive::sync::{Arc, Mutex, Weak};

use super::chain::{self, Next};
use super::discard::Discarder;
use super::{Error, Failure, Future, Promise};

/// Waits until all futures have values, and gives these in the same order.
///
/// The inputs are a [`Vec`] of futures, or a tuple of up to eight of different types.
///
/// The first input that fails or is discarded fails the result; the other inputs are left alone.
/// One that is abandoned abandons it. A discard of the result is requested of all inputs, and the
/// result is discarded at once.
///
/// ```
/// use libprocess::future::{Future, collect};
///
/// let both = collect((Future::ready(1), Future::ready("one")));
/// assert_eq!(both.wait(), Ok((1, "one")));
///
/// let list = collect(vec![Future::ready(1), Future::failed("no two")]);
/// assert_eq!(list.wait().unwrap_err().to_string(), "Collect failed: no two");
/// ```
pub fn collect<G: Gather>(inputs: G) -> Future<G::Values> {
    inputs.collect()
}

/// Waits until all futures have ended, whichever way, and gives the outcomes in the same order.
///
/// Takes what [`collect`] takes. Only an input that is abandoned abandons the result, as in
/// libprocess. A discard of the result is requested of all inputs, and the result is discarded at
/// once.
///
/// ```
/// use libprocess::future::{Error, Future, await_all};
///
/// let outcomes = await_all(vec![Future::ready(1), Future::discarded()]);
/// assert_eq!(outcomes.wait(), Ok(vec![Ok(1), Err(Error::Discarded)]));
/// ```
#[doc(alias = "await")]
pub fn await_all<G: Gather>(inputs: G) -> Future<G::Outcomes> {
    inputs.await_all()
}

/// What [`collect`] and [`await_all`] take: a vector of futures, or a tuple of futures.
pub trait Gather {
    /// The values of all inputs, in order.
    type Values: Send + 'static;

    /// The outcomes of all inputs, in order.
    type Outcomes: Send + 'static;

    /// See [`collect`].
    fn collect(self) -> Future<Self::Values>;

    /// See [`await_all`].
    fn await_all(self) -> Future<Self::Outcomes>;
}

impl<T: Send + 'static> Gather for Vec<Future<T>> {
    type Values = Vec<T>;
    type Outcomes = Vec<Result<T, Error>>;

    fn collect(self) -> Future<Self::Values> {
        gather_list::<Values, T>(self)
    }

    fn await_all(self) -> Future<Self::Outcomes> {
        gather_list::<Outcomes, T>(self)
    }
}

fn gather_list<R: Rule, T: Send + 'static>(inputs: Vec<Future<T>>) -> Future<Vec<R::Slot<T>>> {
    let discarders = inputs.iter().map(Future::discarder).collect();
    let slots: Vec<Option<R::Slot<T>>> = inputs.iter().map(|_| None).collect();
    let (gathering, future) = Gathering::start(slots, inputs.len(), discarders);
    for (index, input) in inputs.into_iter().enumerate() {
        gathering.add::<R, T>(input, move |slots, value| slots[index] = Some(value));
    }
    future
}

macro_rules! gather_tuples {
    ($($rule:ident: $($input:ident $index:tt)+;)+) => { $(
        impl<$($input: Send + 'static),+> Gather for ($(Future<$input>,)+) {
            type Values = ($($input,)+);
            type Outcomes = ($(Result<$input, Error>,)+);

            fn collect(self) -> Future<Self::Values> {
                $rule::<Values, $($input),+>(self)
            }

            fn await_all(self) -> Future<Self::Outcomes> {
                $rule::<Outcomes, $($input),+>(self)
            }
        }

        fn $rule<R: Rule, $($input: Send + 'static),+>(
            inputs: ($(Future<$input>,)+),
        ) -> Future<($(R::Slot<$input>,)+)> {
            let discarders = vec![$(inputs.$index.discarder()),+];
            let slots = ($(None::<R::Slot<$input>>,)+);
            let (gathering, future) = Gathering::start(slots, discarders.len(), discarders);
            $(gathering.add::<R, $input>(inputs.$index, |slots, value| {
                slots.$index = Some(value);
            });)+
            future
        }

        impl<$($input: Send + 'static),+> Slots for ($(Option<$input>,)+) {
            type Full = ($($input,)+);

            fn full(self) -> Self::Full {
                ($(self.$index.expect(FULL),)+)
            }
        }
    )+ };
}

gather_tuples! {
    gather_1: A 0;
    gather_2: A 0 B 1;
    gather_3: A 0 B 1 C 2;
    gather_4: A 0 B 1 C 2 D 3;
    gather_5: A 0 B 1 C 2 D 3 E 4;
    gather_6: A 0 B 1 C 2 D 3 E 4 F 5;
    gather_7: A 0 B 1 C 2 D 3 E 4 F 5 G 6;
    gather_8: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7;
}

/// What an input's outcome does to the whole: it fills a slot, or ends everything.
trait Rule: 'static {
    type Slot<T: Send + 'static>: Send + 'static;

    fn judge<T: Send + 'static>(outcome: Result<T, Error>) -> Result<Self::Slot<T>, Error>;
}

/// The rule of [`collect`].
struct Values;

impl Rule for Values {
    type Slot<T: Send + 'static> = T;

    fn judge<T: Send + 'static>(outcome: Result<T, Error>) -> Result<T, Error> {
        outcome.map_err(|error| match error {
            Error::Abandoned => Error::Abandoned,
            error => Failure::new(format!("Collect failed: {error}"))
                .with_source(error)
                .into(),
        })
    }
}

/// The rule of [`await_all`].
struct Outcomes;

impl Rule for Outcomes {
    type Slot<T: Send + 'static> = Result<T, Error>;

    fn judge<T: Send + 'static>(outcome: Result<T, Error>) -> Result<Result<T, Error>, Error> {
        match outcome {
            Err(Error::Abandoned) => Err(Error::Abandoned),
            outcome => Ok(outcome),
        }
    }
}

/// A place for each value that is to come.
trait Slots: Send + 'static {
    type Full: Send + 'static;

    /// The values, when all of them are there.
    fn full(self) -> Self::Full;
}

impl<T: Send + 'static> Slots for Vec<Option<T>> {
    type Full = Vec<T>;

    fn full(self) -> Vec<T> {
        self.into_iter().map(|slot| slot.expect(FULL)).collect()
    }
}

/// Values on their way. Empty when the result is complete.
struct Gathering<S: Slots>(Mutex<Option<Open<S>>>);

struct Open<S: Slots> {
    slots: S,
    missing: usize,
    promise: Promise<S::Full>,
}

impl<S: Slots> Gathering<S> {
    fn start(slots: S, missing: usize, discarders: Vec<Discarder>) -> (Arc<Self>, Future<S::Full>) {
        let (promise, future) = Promise::new();
        if missing == 0 {
            promise.set(slots.full());
            return (Arc::new(Self(Mutex::new(None))), future);
        }
        let gathering = Arc::new_cyclic(|gathering: &Weak<Self>| {
            let gathering = gathering.clone();
            promise.on_discard(move || {
                if let Some(gathering) = gathering.upgrade() {
                    gathering.discard(discarders);
                }
            });
            Self(Mutex::new(Some(Open {
                slots,
                missing,
                promise,
            })))
        });
        (gathering, future)
    }

    fn add<R: Rule, T: Send + 'static>(
        self: &Arc<Self>,
        input: Future<T>,
        put: impl FnOnce(&mut S, R::Slot<T>) + Send + 'static,
    ) {
        let gathering = self.clone();
        chain::run(input.consume(move |outcome, _| match R::judge(outcome) {
            Ok(value) => gathering.arrive(|slots| put(slots, value)),
            Err(error) => gathering.close()?.promise.finish(Err(error)),
        }));
    }

    fn arrive(&self, put: impl FnOnce(&mut S)) -> Next {
        let full = {
            let mut open = self.0.lock();
            let gathering = open.as_mut()?;
            put(&mut gathering.slots);
            gathering.missing -= 1;
            open.take_if(|gathering| gathering.missing == 0)
        };
        let Open { slots, promise, .. } = full?;
        promise.finish(Ok(slots.full()))
    }

    /// Ends the wait first, so that inputs that heed the request do not fail the result.
    fn discard(&self, inputs: Vec<Discarder>) {
        let Some(Open { promise, .. }) = self.close() else {
            return;
        };
        for input in inputs {
            input.discard();
        }
        promise.discard();
    }

    fn close(&self) -> Option<Open<S>> {
        self.0.lock().take()
    }
}

const FULL: &str = "the last value was counted";
