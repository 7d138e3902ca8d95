//! Panics stay where they are.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs user code so that its panic ends nothing but itself.
pub(super) fn contain<R>(body: impl FnOnce() -> R) -> Option<R> {
    let panic = match catch_unwind(AssertUnwindSafe(body)) {
        Ok(result) => return Some(result),
        Err(panic) => panic,
    };
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("of no text");
    log::error!("a turn ended by a panic: {text}");
    if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(panic))) {
        // What panics when dropped is not dropped twice.
        std::mem::forget(second);
    }
    None
}
