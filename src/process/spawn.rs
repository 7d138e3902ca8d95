//! Why a process could not be spawned.

use std::error::Error;
use std::fmt;

use super::names::IdProblem;
use crate::primitive::sync::Mutex;

/// A process that could not be spawned, and why. It gives the process back.
///
/// ```
/// # use libprocess::process::{SpawnError, SpawnProblem};
/// fn retry<P>(error: SpawnError<P>) -> Option<P> {
///     match error.problem() {
///         SpawnProblem::Taken(_) => Some(error.into_process()),
///         _ => None,
///     }
/// }
/// ```
pub struct SpawnError<P> {
    problem: SpawnProblem,
    /// Only the lock makes the error `Sync`, which `Box<dyn Error + Send + Sync>` asks for.
    process: Box<Mutex<P>>,
}

/// Why a process could not be spawned.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SpawnProblem {
    /// A process of this id runs.
    Taken(String),
    /// This id would break the wire.
    BadId(String, IdProblem),
    /// The runtime is stopping.
    Stopping,
}

impl<P> SpawnError<P> {
    pub(super) fn new(problem: SpawnProblem, process: P) -> Self {
        Self {
            problem,
            process: Box::new(Mutex::new(process)),
        }
    }

    /// Why it was not spawned.
    pub fn problem(&self) -> &SpawnProblem {
        &self.problem
    }

    /// The process that was not spawned.
    pub fn into_process(self) -> P {
        self.process.into_inner()
    }
}

impl fmt::Display for SpawnProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken(id) => write!(f, "a process with the id {id:?} runs already"),
            Self::BadId(id, problem) => write!(f, "{id:?} cannot be an id: {problem}"),
            Self::Stopping => f.write_str("the runtime is stopping"),
        }
    }
}

impl<P> fmt::Display for SpawnError<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot spawn: {}", self.problem)
    }
}

impl<P> fmt::Debug for SpawnError<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpawnError")
            .field("problem", &self.problem)
            .finish_non_exhaustive()
    }
}

impl<P> Error for SpawnError<P> {}
