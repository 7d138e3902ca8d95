//! The free functions mean the default runtime, or inside of a process that process' own.

use libprocess::default;
use libprocess::process::{Process, current};
use libprocess::runtime::Runtime;

struct Worker;

impl Process for Worker {}

/// One test, since there is one default.
#[test]
fn it_starts_when_needed_and_yields_to_the_runtime_of_a_process() {
    let pid = default::spawn_as("worker", Worker).unwrap();
    assert_eq!(pid.upid().address(), default::address());
    assert_eq!(default::initialize(Runtime::builder()).ok(), Some(false));

    let own = Runtime::builder().workers(1).start().unwrap();
    let elsewhere = own.spawn(Worker).unwrap();
    let inside = elsewhere.dispatch(|_, _| (default::address(), current().unwrap()));
    let (address, upid) = inside.wait().unwrap();
    assert_eq!(address, own.address());
    assert_eq!(upid, *elsewhere.upid());
    assert_ne!(address, default::address());

    let refused = default::dispatch(&pid, |_, _| default::finalize().is_err());
    assert_eq!(refused.wait(), Ok(true));
    default::post(&pid, "message", "nobody handles it");
    default::terminate(&pid);
    default::wait(&pid).unwrap();
    assert_eq!(default::execute(|| 42).wait(), Ok(42));

    let before = default::runtime();
    default::finalize().unwrap();
    default::finalize().unwrap();
    assert!(before.spawn(Worker).is_err());
    assert_eq!(
        default::initialize(Runtime::builder().workers(1)).ok(),
        Some(true)
    );
    default::finalize().unwrap();
}
