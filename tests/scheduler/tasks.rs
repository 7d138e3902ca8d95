//! Futures run as tasks.

use std::future::{Future, pending, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use libprocess::primitive::blocking::Latch;

use super::support::pool;

#[test]
fn a_wake_from_any_thread_has_the_future_polled() {
    let scheduler = pool(2);
    for _ in 0..500 {
        let slot: Arc<Mutex<Option<Waker>>> = Arc::default();
        let ready = Arc::new(AtomicBool::new(false));
        let (waker, is_ready) = (Arc::clone(&slot), Arc::clone(&ready));
        let task = scheduler.spawn(poll_fn(move |ctx| {
            *waker.lock().unwrap() = Some(ctx.waker().clone());
            if is_ready.load(Ordering::Acquire) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        }));
        ready.store(true, Ordering::Release);
        let waking = std::thread::spawn(move || {
            if let Some(waker) = slot.lock().unwrap().take() {
                waker.wake();
            }
        });
        task.wait();
        waking.join().unwrap();
    }
    scheduler.stop();
}

#[test]
fn a_wake_during_the_poll_is_not_lost_and_is_not_a_second_poll_at_once() {
    let scheduler = pool(4);
    let polls = Arc::new(AtomicU32::new(0));
    let polling = Arc::new(AtomicBool::new(false));
    let (count, busy) = (Arc::clone(&polls), Arc::clone(&polling));
    let task = scheduler.spawn(poll_fn(move |ctx| {
        assert!(!busy.swap(true, Ordering::SeqCst));
        ctx.waker().wake_by_ref();
        let waker = ctx.waker().clone();
        std::thread::scope(|scope| {
            scope.spawn(|| waker.wake_by_ref());
        });
        busy.store(false, Ordering::SeqCst);
        let polls = count.fetch_add(1, Ordering::SeqCst) + 1;
        if polls == 100 {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }));
    task.wait();
    assert_eq!(polls.load(Ordering::SeqCst), 100);
    scheduler.stop();
}

#[test]
fn an_aborted_task_drops_its_future_and_is_over() {
    let scheduler = pool(1);
    let held = Arc::new(());
    let (started, inner) = (Latch::new(), Arc::clone(&held));
    let open = started.clone();
    let task = scheduler.spawn(async move {
        open.open();
        pending::<()>().await;
        drop(inner);
    });
    started.wait();
    assert!(!task.is_finished());
    task.abort();
    task.wait();
    assert_eq!(Arc::strong_count(&held), 1);
    task.abort();
    assert!(task.is_finished());
    scheduler.stop();
}

#[test]
fn a_task_can_be_awaited_by_another() {
    let scheduler = pool(2);
    let first = scheduler.spawn(async {});
    let second = scheduler.spawn(first);
    second.wait();
    let mut third = pin!(scheduler.spawn(second));
    while third
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
        .is_pending()
    {
        std::thread::yield_now();
    }
    scheduler.stop();
}

#[test]
fn a_panic_in_a_future_ends_its_task_alone() {
    let scheduler = pool(1);
    let task = scheduler.spawn(async { panic!("on purpose") });
    task.wait();
    scheduler.spawn(async {}).wait();
    scheduler.stop();
}

#[test]
fn a_task_woken_after_the_stop_is_dropped() {
    let scheduler = pool(1);
    let slot: Arc<Mutex<Option<Waker>>> = Arc::default();
    let (waker, polled) = (Arc::clone(&slot), Latch::new());
    let open = polled.clone();
    let task = scheduler.spawn(poll_fn(move |ctx| {
        *waker.lock().unwrap() = Some(ctx.waker().clone());
        open.open();
        Poll::Pending
    }));
    polled.wait();
    scheduler.settle_turns();
    scheduler.stop();
    assert!(!task.is_finished());
    let waker = slot.lock().unwrap().take();
    waker.unwrap().wake();
    assert!(task.is_finished());
}
