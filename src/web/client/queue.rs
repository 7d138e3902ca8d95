//! What is asked on a connection, shared by its handles and its task.

use std::collections::VecDeque;
use std::task::{Context, Waker};

use super::{Error, failure};
use crate::future::Promise;
use crate::http::{Request, Response};
use crate::primitive::sync::{Mutex, MutexGuard};

/// What is asked on a connection, shared by its handles and its task.
#[derive(Default)]
pub(super) struct Queue(Mutex<State>);

#[derive(Default)]
struct State {
    asks: VecDeque<Ask>,
    /// How much was asked ever.
    count: u64,
    /// The numbers of those that nobody waits for any more, though they were sent.
    taken_back: Vec<u64>,
    /// The task, while it waits.
    waker: Option<Waker>,
    /// Nobody can ask any more: every handle is gone.
    is_complete: bool,
    /// A request was asked that does not keep the connection: there can be no other.
    is_last_asked: bool,
    /// The connection is over, and why.
    ended: Option<Error>,
    /// Who wants to hear of that.
    watchers: Vec<Promise<()>>,
}

/// A request, and who waits for its response.
pub(super) struct Ask {
    pub(super) number: u64,
    pub(super) request: Request,
    pub(super) promise: Promise<Response>,
    /// The response is handed out before its body is there.
    pub(super) is_streamed: bool,
}

/// What the task finds when it has nothing to do.
pub(super) enum Prospect {
    /// There is something.
    Busy,
    /// There may be something; then the task is woken.
    Open,
    /// There will never be anything, and why.
    Over(Error),
}

impl Queue {
    /// Asks, or refuses to; the number of what was asked.
    pub(super) fn push(
        &self,
        request: Request,
        promise: Promise<Response>,
        is_streamed: bool,
    ) -> u64 {
        let mut state = self.0.lock();
        state.count += 1;
        let number = state.count;
        let refusal = state.is_last_asked.then_some(Error::LastWasSent);
        if let Some(error) = state.ended.clone().or(refusal) {
            drop(state);
            promise.fail(failure(error));
            return number;
        }
        state.is_last_asked = !request.keep_alive;
        state.asks.push_back(Ask {
            number,
            request,
            promise,
            is_streamed,
        });
        wake(state);
        number
    }

    /// Nobody waits for this any more.
    pub(super) fn take_back(&self, number: u64) {
        let mut state = self.0.lock();
        if state.ended.is_some() {
            return;
        }
        let unsent = state.asks.iter().position(|ask| ask.number == number);
        let unsent = unsent.and_then(|index| state.asks.remove(index));
        if unsent.is_none() {
            state.taken_back.push(number);
        }
        wake(state);
        if let Some(ask) = unsent {
            ask.promise.discard();
        }
    }

    /// What was taken back since the last time, and whether more is asked.
    pub(super) fn taken_back(&self) -> (Vec<u64>, bool) {
        let mut state = self.0.lock();
        let taken_back = std::mem::take(&mut state.taken_back);
        (taken_back, !state.asks.is_empty())
    }

    /// What is to be sent next.
    pub(super) fn pop(&self) -> Option<Ask> {
        self.0.lock().asks.pop_front()
    }

    /// The last handle is gone.
    pub(super) fn no_more(&self) {
        let mut state = self.0.lock();
        state.is_complete = true;
        wake(state);
    }

    /// What there is to do for a task that is idle but for what is asked, and has room to send
    /// that.
    pub(super) fn prospect(&self, ctx: &Context<'_>, is_idle: bool, is_room: bool) -> Prospect {
        let mut state = self.0.lock();
        let is_idle = is_idle && state.asks.is_empty();
        if let Some(error) = &state.ended {
            return Prospect::Over(error.clone());
        }
        if is_idle && state.is_last_asked {
            return Prospect::Over(Error::LastWasSent);
        }
        if is_idle && state.is_complete {
            return Prospect::Over(Error::Disconnected);
        }
        state.waker = Some(ctx.waker().clone());
        let can_send = is_room && !state.asks.is_empty();
        match can_send || !state.taken_back.is_empty() {
            true => Prospect::Busy,
            false => Prospect::Open,
        }
    }

    /// Tells when the connection is over.
    pub(super) fn watch(&self, promise: Promise<()>) {
        let mut state = self.0.lock();
        if state.ended.is_none() {
            return state.watchers.push(promise);
        }
        drop(state);
        promise.set(());
    }

    /// The connection is over, or is to be: fails whatever was not sent and whatever will be asked.
    pub(super) fn end(&self, error: Error) {
        let mut state = self.0.lock();
        let error = state.ended.get_or_insert(error).clone();
        let asks = std::mem::take(&mut state.asks);
        let watchers = std::mem::take(&mut state.watchers);
        wake(state);
        watchers.into_iter().for_each(|promise| promise.set(()));
        for ask in asks {
            ask.promise.fail(failure(error.clone()));
        }
    }
}

/// Wakes the task, once the lock is gone.
fn wake(mut state: MutexGuard<'_, State>) {
    let waker = state.waker.take();
    drop(state);
    if let Some(waker) = waker {
        waker.wake();
    }
}
