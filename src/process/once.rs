//! A function on a process of its own: libprocess' `async`.

use super::{Context, Process, ProcessManager};
use crate::future::Future;
use crate::primitive::sync::Arc;

/// Runs one function, and ends.
struct Once;

impl Process for Once {
    fn prefix(&self) -> &str {
        "__async_executor__"
    }
}

impl ProcessManager {
    /// Runs a function on a process of its own, `__async_executor__(1)` and so on, and gives its
    /// result.
    ///
    /// A function that returns a future gives a future of a future. If the function panics, or the
    /// runtime is stopping, the result is abandoned.
    #[doc(alias = "async")]
    #[doc(alias = "run")]
    pub fn execute<R: Send + 'static>(
        self: &Arc<Self>,
        function: impl FnOnce() -> R + Send + 'static,
    ) -> Future<R> {
        let Ok(pid) = self.spawn(Once) else {
            return Future::abandoned();
        };
        pid.dispatch(move |_, ctx: &mut Context<Once>| {
            // It takes effect when the function has returned.
            ctx.terminate();
            function()
        })
    }
}
