//! The runtime of a program that has one: libprocess' free functions.
//!
//! Inside of a process they mean that process' own runtime. Elsewhere they mean the default one,
//! which starts when it is first needed, as the `LIBPROCESS_*` variables say; [`initialize`] starts
//! it otherwise.
//!
//! ```
//! use libprocess::default;
//! use libprocess::process::Process;
//!
//! struct Counter(u64);
//!
//! impl Process for Counter {}
//!
//! let counter = default::spawn_as("counter", Counter(41))?;
//! let next = default::dispatch(&counter, |counter, _| counter.0 + 1);
//! assert_eq!(next.wait()?, 42);
//! default::terminate(&counter);
//! default::wait(&counter)?;
//! # default::finalize()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::time::Duration;

use bytes::Bytes;

use crate::address::{Address, Upid};
use crate::codec::message::Name;
use crate::future::Future;
use crate::primitive::sync::{Arc, Mutex, OnceLock};
use crate::process::{
    self, Context, Pid, Process, ProcessManager, SpawnError, WaitError, current_manager,
};
use crate::runtime::{Builder, Config, Runtime, StartError, StopError};

/// Starts the default runtime; whether this call was the one that did it.
///
/// # Errors
///
/// As [`Builder::start`]. A later call may try again.
#[doc(alias = "process::initialize")]
pub fn initialize(builder: Builder) -> Result<bool, StartError> {
    let mut runtime = place().lock();
    let starts = runtime.is_none();
    if starts {
        *runtime = Some(Arc::new(builder.start()?));
    }
    Ok(starts)
}

/// Stops the default runtime, if it runs. The next use starts another.
///
/// # Errors
///
/// It is called from inside one of the runtime's own processes, and does nothing.
#[doc(alias = "process::finalize")]
pub fn finalize() -> Result<(), StopError> {
    let runtime = place().lock().clone();
    let Some(runtime) = runtime else {
        return Ok(());
    };
    runtime.stop()?;
    let stopped = place().lock().take_if(|now| Arc::ptr_eq(now, &runtime));
    drop(stopped);
    Ok(())
}

/// The default runtime, which is started if it does not run.
///
/// # Panics
///
/// If it cannot be started, for instance since a variable says nonsense. To meet that as an error,
/// call [`initialize`] first.
pub fn runtime() -> Arc<Runtime> {
    let mut runtime = place().lock();
    let started = runtime.get_or_insert_with(|| {
        let config = Config::from_environment().unwrap_or_else(|error| panic!("{error}"));
        let started = Runtime::builder().config(config).start();
        Arc::new(started.unwrap_or_else(|error| panic!("{error}")))
    });
    Arc::clone(started)
}

/// The processes of the runtime that is meant here: that of the process that runs on this thread,
/// else the default one.
///
/// # Panics
///
/// As [`runtime`].
pub fn manager() -> Arc<ProcessManager> {
    current_manager().unwrap_or_else(|| Arc::clone(runtime().manager()))
}

/// See [`ProcessManager::spawn`].
///
/// # Errors
///
/// The runtime is stopping, or the prefix of the process would break the wire.
#[doc(alias = "process::spawn")]
pub fn spawn<P: Process>(process: P) -> Result<Pid<P>, SpawnError<P>> {
    manager().spawn(process)
}

/// See [`ProcessManager::spawn_as`].
///
/// # Errors
///
/// The id is taken or would break the wire, or the runtime is stopping.
#[doc(alias = "process::spawn")]
pub fn spawn_as<P: Process>(id: &str, process: P) -> Result<Pid<P>, SpawnError<P>> {
    manager().spawn_as(id, process)
}

/// See [`Pid::dispatch`].
#[doc(alias = "process::dispatch")]
pub fn dispatch<P, R, F>(pid: &Pid<P>, function: F) -> Future<R>
where
    P: Process,
    R: Send + 'static,
    F: FnOnce(&mut P, &mut Context<P>) -> R + Send + 'static,
{
    pid.dispatch(function)
}

/// See [`ProcessManager::terminate`].
#[doc(alias = "process::terminate")]
pub fn terminate(process: &impl AsRef<Upid>) {
    manager().terminate(process.as_ref());
}

/// See [`ProcessManager::terminate_after_queue`].
#[doc(alias = "process::terminate")]
pub fn terminate_after_queue(process: &impl AsRef<Upid>) {
    manager().terminate_after_queue(process.as_ref());
}

/// See [`ProcessManager::wait`].
///
/// # Errors
///
/// The process would wait for itself, or for one that waits for it.
#[doc(alias = "process::wait")]
pub fn wait(process: &impl AsRef<Upid>) -> Result<bool, WaitError> {
    manager().wait(process.as_ref())
}

/// See [`ProcessManager::wait_for`].
///
/// # Errors
///
/// The process would wait for itself, or for one that waits for it.
#[doc(alias = "process::wait")]
pub fn wait_for(process: &impl AsRef<Upid>, limit: Duration) -> Result<bool, WaitError> {
    manager().wait_for(process.as_ref(), limit)
}

/// See [`ProcessManager::post`].
#[doc(alias = "process::post")]
pub fn post(to: &impl AsRef<Upid>, name: impl Into<Name>, body: impl Into<Bytes>) {
    manager().post(to.as_ref(), name, body);
}

/// See [`ProcessManager::execute`].
#[doc(alias = "process::async")]
pub fn execute<R: Send + 'static>(function: impl FnOnce() -> R + Send + 'static) -> Future<R> {
    manager().execute(function)
}

/// See [`process::after`].
#[doc(alias = "process::after")]
pub fn after(duration: Duration) -> Future<()> {
    process::after(manager().clock(), duration)
}

/// Where the processes say that they are.
#[doc(alias = "process::address")]
pub fn address() -> Address {
    manager().address()
}

fn place() -> &'static Mutex<Option<Arc<Runtime>>> {
    static PLACE: OnceLock<Mutex<Option<Arc<Runtime>>>> = OnceLock::new();
    PLACE.get_or_init(Mutex::default)
}
