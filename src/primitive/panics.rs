//! What a panic said, for logs.

use std::any::Any;

/// The text of a panic that was caught; a panic may carry anything, and then has none.
pub(crate) fn text_of(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    let owned = || panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(owned).unwrap_or("(without a text)")
}
