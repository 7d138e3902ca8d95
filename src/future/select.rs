//! The first of many futures.

use crate::primitive::sync::{Arc, Mutex, Weak};

use super::{Future, Promise, chain};

/// Waits for the first of the futures that has a value.
///
/// Inputs that end otherwise are ignored; when all of them have, the result is abandoned. A
/// discard of the result discards it at once, and leaves the inputs alone.
///
/// ```
/// use libprocess::future::{Promise, select};
///
/// let (_slow, first) = Promise::new();
/// let (fast, second) = Promise::new();
/// let selected = select(vec![first, second]);
/// fast.set(42);
/// assert_eq!(selected.wait(), Ok(42));
/// ```
pub fn select<T: Send + 'static>(inputs: Vec<Future<T>>) -> Future<T> {
    let (promise, future) = Promise::new();
    let open = Arc::new_cyclic(|open: &Weak<Mutex<Option<Promise<T>>>>| {
        let open = open.clone();
        promise.on_discard(move || {
            if let Some(promise) = open.upgrade().and_then(|open| open.lock().take()) {
                promise.discard();
            }
        });
        Mutex::new(Some(promise))
    });
    for input in inputs {
        let open = open.clone();
        chain::run(input.consume(move |outcome, _| {
            let value = outcome.ok()?;
            let promise = open.lock().take()?;
            promise.finish(Ok(value))
        }));
    }
    future
}
