//! What is lent to a thread while a process runs on it: which process, and its state.
//!
//! The scheduler gives a turn the state of its process by `&mut`. While the turn polls an `async`
//! block of the process, it [lends](lend) that state: it lies in a thread-local, from where
//! [`borrow`] takes it for the length of one closure. It is absent meanwhile, so that a borrow
//! within a borrow finds nothing.

#![expect(
    unsafe_code,
    reason = "lends by scope what has no lifetime in a thread-local"
)]

use std::cell::Cell;
use std::ptr::NonNull;

use super::cell::{AnyProcess, Body, Cell as ProcessCell};
use super::{Context, Look, Process};
use crate::primitive::sync::Arc;
use crate::primitive::thread;

/// Lends a process' state to [`borrow`] on this thread, while `poll` runs.
pub(super) fn lend<P: Process, R>(body: &mut Body<P>, poll: impl FnOnce() -> R) -> R {
    let cell = Arc::as_ptr(body.ctx.cell()).cast();
    let body = NonNull::from(body).cast();
    let before = LENT.with(|lent| lent.replace(Some(Lent { cell, body })));
    let _restore = Restore(before);
    poll()
}

/// Takes the state that was lent on this thread for the length of a closure.
///
/// Nothing if it is not the state of this process that is lent, or if it is borrowed already.
pub(super) fn borrow<P: Process, R>(
    cell: &Arc<ProcessCell<P>>,
    function: impl FnOnce(&mut P, &mut Context<P>) -> R,
) -> Option<R> {
    let lent = LENT.with(Cell::take)?;
    let _restore = Restore(Some(lent));
    if lent.cell != Arc::as_ptr(cell).cast() {
        return None;
    }
    let mut body = lent.body.cast::<Body<P>>();
    // SAFETY: it is of this type, since it is of the cell of this address, which `cell` keeps in
    // place. It lives, since `lend` has not returned. It is borrowed once, since `lend` has the
    // only reference and does not use it, and it is not in the thread-local while we have it.
    let body = unsafe { body.as_mut() };
    Some(function(&mut body.process, &mut body.ctx))
}

/// What is lent on a thread, without its types.
#[derive(Clone, Copy)]
struct Lent {
    /// Whose state it is: the address of the cell.
    cell: *const (),
    body: NonNull<()>,
}

/// Puts back what was lent, when the closure returns or unwinds.
struct Restore(Option<Lent>);

impl Drop for Restore {
    fn drop(&mut self) {
        LENT.with(|lent| lent.set(self.0));
    }
}

/// Shows the events that are queued behind the one that the process of this context serves.
pub(super) fn queued<P: Process>(ctx: &Context<P>, visit: impl FnMut(Look<'_>)) {
    // SAFETY: a context is lent by its process' turn alone; it is not `Sync`, so that only the
    // turn's thread has it, or one for which that thread waits. `visit` cannot serve an event.
    unsafe { ctx.cell().queued(visit) };
}

/// Runs a turn with this process as the current one of the thread. Turns do not nest.
pub(super) fn enter<R>(process: &dyn AnyProcess, turn: impl FnOnce() -> R) -> R {
    debug_assert!(CURRENT.with(Cell::get).is_none(), "a turn within a turn");
    CURRENT.with(|current| current.set(Some(NonNull::from(process))));
    let _leave = Leave;
    turn()
}

/// Lends the process that runs on this thread.
pub(super) fn current<R>(look: impl FnOnce(Option<&dyn AnyProcess>) -> R) -> R {
    // SAFETY: `enter` has a reference to it, and takes it out before it returns.
    look(
        CURRENT
            .with(Cell::get)
            .map(|process| unsafe { process.as_ref() }),
    )
}

struct Leave;

impl Drop for Leave {
    fn drop(&mut self) {
        CURRENT.with(|current| current.set(None));
    }
}

thread::local! {
    static LENT: Cell<Option<Lent>> = Cell::new(None);
    static CURRENT: Cell<Option<NonNull<dyn AnyProcess>>> = Cell::new(None);
}

/// Makes a handler a plain function pointer, so that it can be called with the context in which it
/// is kept, and costs the table no allocation.
pub(super) fn pointer<P, I, H>(_handler: H) -> fn(&mut P, &mut Context<P>, I)
where
    P: Process,
    H: Fn(&mut P, &mut Context<P>, I) + Copy,
{
    const {
        assert!(
            size_of::<H>() == 0,
            "a handler captures nothing: what it needs belongs into the process"
        );
    }
    fn call<P, I, H>(process: &mut P, ctx: &mut Context<P>, input: I)
    where
        P: Process,
        H: Fn(&mut P, &mut Context<P>, I) + Copy,
    {
        // SAFETY: a value without bytes lies at any aligned address; and it is a copy of the one
        // that `pointer`, which alone can name this function, was given.
        let handler = unsafe { NonNull::<H>::dangling().as_ref() };
        handler(process, ctx, input);
    }
    call::<P, I, H>
}
