//! Loops whose steps are futures: libprocess' `loop`.
//!
//! A round takes an item from `iterate` and gives it to `body`, which says whether to go on. Steps
//! that are ready at once follow each other in a plain loop, without recursion and without passing
//! through a queue: a loop that never has to wait never yields. At a pending step the loop lies in
//! that future as its continuation, and goes on where it belongs: on the process, or for a loop
//! without one on whichever thread completes the future.
//!
//! A discard of the result is requested of the step that is pending, and of every later one as soon
//! as it exists. It ends nothing by itself: a step that heeds it discards the loop, and a body that
//! breaks all the same makes it ready. A step that fails or is discarded ends the loop alike. If a
//! step is abandoned, or the process ends, the loop is abandoned, where libprocess leaves it
//! hanging.

use std::ops::ControlFlow;

use super::cell::{Body, send};
use super::{Context, Look, Pid, Process, ProcessManager};
use crate::future::{Discarder, Future, Promise};
use crate::primitive::sync::{Arc, Mutex};
use crate::scheduler::Serve;

/// Repeats `iterate` and `body` until the body breaks, and gives the value of the break.
///
/// It runs here until the first step that is pending, and then on the threads that complete such
/// steps. To run on a process, see [`Pid::repeat`].
///
/// ```
/// use std::ops::ControlFlow::{Break, Continue};
/// use libprocess::future::Future;
/// use libprocess::process::repeat;
///
/// let mut numbers = 1..;
/// let found = repeat(
///     move || Future::ready(numbers.next().unwrap()),
///     |number| Future::ready(if number * number > 200 { Break(number) } else { Continue(()) }),
/// );
/// assert_eq!(found.wait(), Ok(15));
/// ```
#[doc(alias = "loop")]
pub fn repeat<T, V>(
    mut iterate: impl FnMut() -> Future<T> + Send + 'static,
    mut body: impl FnMut(T) -> Future<ControlFlow<V>> + Send + 'static,
) -> Future<V>
where
    T: Send + 'static,
    V: Send + 'static,
{
    start(
        Anywhere,
        move |(): &mut ()| iterate(),
        move |(): &mut (), item| body(item),
    )
}

impl<P: Process> Pid<P> {
    /// Repeats `iterate` and `body` on this process until the body breaks, and gives the value of
    /// the break.
    ///
    /// While a step is pending the process serves other events. Steps that are ready at once follow
    /// each other without yielding. If the process ends, the result is abandoned.
    #[doc(alias = "loop")]
    pub fn repeat<T, V>(
        &self,
        mut iterate: impl FnMut(&mut P, &mut Context<P>) -> Future<T> + Send + 'static,
        mut body: impl FnMut(&mut P, &mut Context<P>, T) -> Future<ControlFlow<V>> + Send + 'static,
    ) -> Future<V>
    where
        T: Send + 'static,
        V: Send + 'static,
    {
        start(
            self.clone(),
            move |on: &mut Body<P>| iterate(&mut on.process, &mut on.ctx),
            move |on: &mut Body<P>, item| body(&mut on.process, &mut on.ctx, item),
        )
    }
}

impl ProcessManager {
    /// Repeats `iterate` and `body` on a process of their own until the body breaks, and gives the
    /// value of the break.
    ///
    /// If the runtime is stopping, the result is abandoned.
    #[doc(alias = "loop")]
    pub fn repeat<T, V>(
        self: &Arc<Self>,
        mut iterate: impl FnMut() -> Future<T> + Send + 'static,
        mut body: impl FnMut(T) -> Future<ControlFlow<V>> + Send + 'static,
    ) -> Future<V>
    where
        T: Send + 'static,
        V: Send + 'static,
    {
        let Ok(pid) = self.spawn(Looper) else {
            return Future::abandoned();
        };
        let result = pid.repeat(move |_, _| iterate(), move |_, _, item| body(item));
        result.on_any(move |_| pid.terminate())
    }
}

/// The process of a loop that was given none.
struct Looper;

impl Process for Looper {}

/// Where a loop runs.
trait Place<A>: Clone + Send + 'static {
    /// Goes on there, with what is there.
    fn enter(&self, go_on: impl FnOnce(&mut A) + Send + 'static);
}

/// On whichever thread goes on.
#[derive(Clone)]
struct Anywhere;

impl Place<()> for Anywhere {
    fn enter(&self, go_on: impl FnOnce(&mut ()) + Send + 'static) {
        go_on(&mut ());
    }
}

impl<P: Process> Place<Body<P>> for Pid<P> {
    fn enter(&self, go_on: impl FnOnce(&mut Body<P>) + Send + 'static) {
        send(self.cell(), GoOn(go_on));
    }
}

/// A loop that goes on, as an event.
struct GoOn<F>(F);

impl<P: Process, F: FnOnce(&mut Body<P>) + Send + 'static> Serve<Body<P>> for GoOn<F> {
    fn serve(self, body: &mut Body<P>) {
        (self.0)(body);
    }

    fn look(&self) -> Look<'_> {
        Look::Dispatch("loop")
    }
}

/// A loop between two steps.
struct Loop<L, I, B, V: Send + 'static> {
    place: L,
    iterate: I,
    body: B,
    promise: Promise<V>,
    stop: Arc<Mutex<Stop>>,
}

/// The request to discard a loop, and the pending step that is to hear of it.
#[derive(Default)]
struct Stop {
    requested: bool,
    step: Option<Discarder>,
}

fn start<A, L, I, B, T, V>(place: L, iterate: I, body: B) -> Future<V>
where
    L: Place<A>,
    I: FnMut(&mut A) -> Future<T> + Send + 'static,
    B: FnMut(&mut A, T) -> Future<ControlFlow<V>> + Send + 'static,
    A: 'static,
    T: Send + 'static,
    V: Send + 'static,
{
    let (promise, result) = Promise::new();
    let stop = Arc::new(Mutex::new(Stop::default()));
    let asked = Arc::clone(&stop);
    promise.on_discard(move || {
        let mut stop = asked.lock();
        stop.requested = true;
        let step = stop.step.take();
        drop(stop);
        if let Some(step) = step {
            step.discard();
        }
    });
    let looping = Loop {
        place: place.clone(),
        iterate,
        body,
        promise,
        stop,
    };
    place.enter(move |on| looping.round(on, None));
    result
}

impl<L, I, B, V: Send + 'static> Loop<L, I, B, V> {
    /// Runs rounds, the first of them perhaps with its item, until a step is pending or the loop
    /// ends.
    fn round<A, T>(mut self, on: &mut A, mut given: Option<T>)
    where
        L: Place<A>,
        I: FnMut(&mut A) -> Future<T> + Send + 'static,
        B: FnMut(&mut A, T) -> Future<ControlFlow<V>> + Send + 'static,
        A: 'static,
        T: Send + 'static,
    {
        loop {
            let item = given
                .take()
                .map_or_else(|| (self.iterate)(on), Future::ready);
            let item = match item.try_wait() {
                Ok(Ok(item)) => item,
                Ok(Err(error)) => return self.promise.complete(Err(error)),
                Err(step) => return self.wait(step, |this, on, item| this.round(on, Some(item))),
            };
            let flow = match (self.body)(on, item).try_wait() {
                Ok(Ok(flow)) => flow,
                Ok(Err(error)) => return self.promise.complete(Err(error)),
                Err(step) => return self.wait(step, Self::flow),
            };
            if let ControlFlow::Break(value) = flow {
                return self.promise.set(value);
            }
        }
    }

    /// Goes on as a body said that was pending.
    fn flow<A, T>(self, on: &mut A, flow: ControlFlow<V>)
    where
        L: Place<A>,
        I: FnMut(&mut A) -> Future<T> + Send + 'static,
        B: FnMut(&mut A, T) -> Future<ControlFlow<V>> + Send + 'static,
        A: 'static,
        T: Send + 'static,
    {
        match flow {
            ControlFlow::Break(value) => self.promise.set(value),
            ControlFlow::Continue(()) => self.round(on, None),
        }
    }

    /// Goes on in its place when a step is ready.
    fn wait<A, S>(self, step: Future<S>, go_on: impl FnOnce(Self, &mut A, S) + Send + 'static)
    where
        L: Place<A>,
        I: Send + 'static,
        B: Send + 'static,
        A: 'static,
        S: Send + 'static,
    {
        let discarder = step.discarder();
        let mut stop = self.stop.lock();
        let requested = stop.requested;
        stop.step = Some(discarder.clone());
        drop(stop);
        if requested {
            discarder.discard();
        }
        step.finally(move |outcome| match outcome {
            Ok(value) => {
                let place = self.place.clone();
                place.enter(move |on| go_on(self, on, value));
            }
            Err(error) => self.promise.complete(Err(error)),
        });
    }
}
