//! A process that stops its own runtime gets an error, not a deadlock.

use std::sync::Arc;
use std::sync::mpsc::channel;

use libprocess::process::Process;
use libprocess::runtime::{Runtime, StopError};

struct Idle;

impl Process for Idle {}

#[test]
fn stop_is_refused_and_nothing_ends() {
    let runtime = Arc::new(Runtime::builder().start().unwrap());
    let pid = runtime.spawn(Idle).unwrap();
    let inside = runtime.clone();
    let stopped = pid.dispatch(move |_, _| inside.stop()).wait().unwrap();
    assert_eq!(stopped, Err(StopError));
    assert!(pid.dispatch(|_, _| ()).wait().is_ok());
    runtime.stop().unwrap();
}

#[test]
fn another_runtime_may_be_stopped() {
    let runtime = Runtime::builder().start().unwrap();
    let other = Runtime::builder().start().unwrap();
    let pid = runtime.spawn(Idle).unwrap();
    assert_eq!(
        pid.dispatch(move |_, _| other.stop()).wait().unwrap(),
        Ok(())
    );
}

#[test]
fn the_last_handle_may_be_dropped_inside() {
    let runtime = Runtime::builder().start().unwrap();
    let (sender, ended) = channel();
    let pid = runtime.spawn(Idle).unwrap();
    pid.tell(move |_, ctx| {
        // The process owns its runtime, and something whose end the test sees.
        ctx.spawn(Held(sender)).unwrap();
        drop(runtime);
    });
    assert!(ended.recv().is_err());
}

/// Ends with its process.
struct Held(#[expect(dead_code, reason = "its drop is the signal")] std::sync::mpsc::Sender<()>);

impl Process for Held {}
