//! What to start, and how.

use std::collections::BTreeMap;
use std::error::Error;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{self, Stdio};

use super::calls;
use super::reaper::Reaper;
use super::subprocess::Subprocess;

/// A program to start: its arguments, its environment and where its standard streams lead.
///
/// Unless told otherwise a child leads a session of its own, so that it can be killed with all
/// that it started, and shares our standard streams and environment.
///
/// ```
/// use libprocess::os::{Command, Environment, Redirect};
///
/// let command = Command::new("env")
///     .arg("--null")
///     .environment(Environment::only([("PATH", "/usr/bin:/bin"), ("MODE", "test")]))
///     .working_directory("/")
///     .stdin(Redirect::Null)
///     .stdout(Redirect::Pipe);
/// ```
#[derive(Debug)]
#[doc(alias = "subprocess")]
#[must_use = "a command does nothing until it is spawned"]
pub struct Command {
    program: OsString,
    name: Option<OsString>,
    arguments: Vec<OsString>,
    environment: Environment,
    directory: Option<PathBuf>,
    own_session: bool,
    streams: [Redirect; 3],
}

/// The environment of a child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Environment {
    /// What this OS process has at the time of the start.
    Inherit,
    /// Exactly this: nothing is merged.
    Only(BTreeMap<OsString, OsString>),
}

/// Where a standard stream of a child leads.
#[derive(Debug)]
pub enum Redirect {
    /// Where ours leads.
    Inherit,
    /// Nowhere: `/dev/null`.
    Null,
    /// To us: see [`Subprocess::take_stdin`] and its siblings.
    #[doc(alias = "PIPE")]
    Pipe,
    /// A file, opened for reading as standard input, otherwise created if it is not there, with
    /// mode 0644, and appended to.
    #[doc(alias = "PATH")]
    File(PathBuf),
    /// An open descriptor, which is closed in this OS process once the child has it.
    #[doc(alias = "FD")]
    Descriptor(OwnedFd),
}

/// Why a child was not started.
#[derive(Debug)]
pub struct SpawnError {
    doing: String,
    source: io::Error,
}

impl Command {
    /// A program, found as `execvp` finds it, without arguments.
    pub fn new(program: impl Into<OsString>) -> Self {
        Self {
            program: program.into(),
            name: None,
            arguments: Vec::new(),
            environment: Environment::Inherit,
            directory: None,
            own_session: true,
            streams: [Redirect::Inherit, Redirect::Inherit, Redirect::Inherit],
        }
    }

    /// A command line for the shell: `sh -c command`.
    pub fn shell(command: impl Into<OsString>) -> Self {
        Self::new("/bin/sh").arg("-c").arg(command)
    }

    /// Says what the child finds as its argument 0; otherwise what the program was found as.
    pub fn named(mut self, name: impl Into<OsString>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Adds an argument.
    pub fn arg(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Adds arguments.
    pub fn args(mut self, arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Says what environment the child gets.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }

    /// Says in which folder the child begins; otherwise in ours.
    #[doc(alias = "CHDIR")]
    pub fn working_directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.directory = Some(directory.into());
        self
    }

    /// Says whether the child leads a session of its own, which is so unless told otherwise.
    #[doc(alias = "SETSID")]
    pub fn own_session(mut self, own: bool) -> Self {
        self.own_session = own;
        self
    }

    /// Says where standard input comes from.
    pub fn stdin(mut self, redirect: Redirect) -> Self {
        self.streams[0] = redirect;
        self
    }

    /// Says where standard output goes.
    pub fn stdout(mut self, redirect: Redirect) -> Self {
        self.streams[1] = redirect;
        self
    }

    /// Says where standard error goes.
    pub fn stderr(mut self, redirect: Redirect) -> Self {
        self.streams[2] = redirect;
        self
    }

    /// Starts the program and returns once it runs.
    ///
    /// # Errors
    ///
    /// A redirected file cannot be opened, the program cannot be executed (with C++ libprocess
    /// that would be an exit status of the child), or there are no descriptors or processes left.
    pub fn spawn(self, reaper: &Reaper) -> Result<Subprocess, SpawnError> {
        let mut command = process::Command::new(&self.program);
        command.args(&self.arguments);
        if let Some(name) = &self.name {
            command.arg0(name);
        }
        if let Environment::Only(variables) = &self.environment {
            command.env_clear().envs(variables);
        }
        if let Some(directory) = &self.directory {
            command.current_dir(directory);
        }
        calls::prepare(&mut command, self.own_session);
        let [stdin, stdout, stderr] = self.streams;
        command.stdin(stdin.open(File::open)?);
        command.stdout(stdout.open(append)?);
        command.stderr(stderr.open(append)?);
        let failed = |source| SpawnError {
            doing: format!("cannot execute {}", Path::new(&self.program).display()),
            source,
        };
        let child = command.spawn().map_err(failed)?;
        Subprocess::watch(child, reaper).map_err(failed)
    }
}

impl Environment {
    /// Exactly these variables.
    pub fn only<K, V>(variables: impl IntoIterator<Item = (K, V)>) -> Self
    where
        K: AsRef<OsStr>,
        V: AsRef<OsStr>,
    {
        let owned = |(name, value): (K, V)| (name.as_ref().into(), value.as_ref().into());
        Self::Only(variables.into_iter().map(owned).collect())
    }
}

impl Redirect {
    fn open(self, open: impl FnOnce(PathBuf) -> io::Result<File>) -> Result<Stdio, SpawnError> {
        Ok(match self {
            Self::Inherit => Stdio::inherit(),
            Self::Null => Stdio::null(),
            Self::Pipe => Stdio::piped(),
            Self::Descriptor(descriptor) => descriptor.into(),
            Self::File(path) => {
                let doing = format!("cannot open {}", path.display());
                open(path)
                    .map_err(|source| SpawnError { doing, source })?
                    .into()
            }
        })
    }
}

impl SpawnError {
    /// What the operating system said.
    pub fn kind(&self) -> io::ErrorKind {
        self.source.kind()
    }
}

impl fmt::Display for SpawnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.doing, self.source)
    }
}

impl Error for SpawnError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.source)
    }
}

fn append(path: PathBuf) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).open(path)
}
