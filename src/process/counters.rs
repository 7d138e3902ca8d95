//! What a runtime counts about its processes: rare things only, so that the counting costs nothing
//! where it matters.

use crate::metrics::counters;

counters! {
    /// Counts of what was dropped or went wrong, since the runtime started.
    pub struct Counters {
        /// Messages for an id of this runtime that nobody has.
        messages_to_nobody,
        /// Messages for other addresses while there was no wire.
        unsendable_messages,
        /// Events that were sent to a process and never served: it had ended or ended meanwhile,
        /// or an injected terminate event overtook them.
        dropped_events,
        /// Messages that a handler could not make sense of: their body is not of its type.
        refused_bodies,
        /// Processes that ended by a panic.
        panics,
        /// `async` blocks of processes that ended with an error.
        failed_blocks,
        /// Times that no worker ended its turn for long: see
        /// [`stall_limit`](crate::runtime::Builder::stall_limit).
        stalls,
    }
}
