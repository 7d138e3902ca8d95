//! Panics stay where they are.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::primitive::panics::text_of;

/// Runs user code so that its panic ends nothing but itself.
pub(crate) fn contain<R>(body: impl FnOnce() -> R) -> Option<R> {
    let panic = match catch_unwind(AssertUnwindSafe(body)) {
        Ok(result) => return Some(result),
        Err(panic) => panic,
    };
    log::error!("a panic was contained: {}", text_of(&*panic));
    if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(panic))) {
        // What panics when dropped is not dropped twice.
        std::mem::forget(second);
    }
    None
}
