//! The real Mesos, where this machine has it: a C++ framework and a C++ agent.
//!
//! They come from a PyPI package that carries libmesos, and need Python 2.7. Where either is
//! absent each of these tests says so in a line, and passes.

mod the_cpp_agent_runs_tasks_of_the_cpp_framework;
mod the_cpp_driver_registers_and_leaves;

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// The scripts that start the real Mesos.
pub(crate) struct Native(PathBuf);

impl Native {
    /// The real Mesos, or a line that says why there is none.
    pub(crate) fn find() -> Option<Self> {
        let scripts =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/peers/native-mesos");
        let why = match Command::new(scripts.join("setup")).output() {
            Ok(setup) if setup.status.success() => return Some(Self(scripts)),
            Ok(setup) => String::from_utf8_lossy(&setup.stderr).trim().to_owned(),
            Err(error) => format!("{}: {error}", scripts.display()),
        };
        // Not by `println`, which a test that passes does not show.
        let _ = writeln!(std::io::stderr(), "skipped: no real Mesos here: {why}");
        None
    }

    /// The C++ framework; it gives up after a minute.
    pub(crate) fn framework(&self, master: u16, arguments: &[&str]) -> Peer {
        let mut command = Command::new(self.0.join("framework"));
        command
            .args(["--master", &format!("127.0.0.1:{master}")])
            .args(arguments);
        Peer::start(&mut command)
    }

    /// The C++ agent; it ends after two minutes.
    pub(crate) fn agent(&self, master: u16, executor: &str) -> Peer {
        let mut command = Command::new(self.0.join("agent"));
        command.args([
            &free_port().to_string(),
            &format!("127.0.0.1:{master}"),
            "120",
        ]);
        Peer::start(command.env("NATIVE_MESOS_EXECUTOR", executor))
    }
}

/// A port that nobody listens on now.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

/// Another program, killed when it is dropped.
pub(crate) struct Peer {
    child: Child,
    lines: Receiver<String>,
    seen: Vec<String>,
}

impl Peer {
    pub(crate) fn start(command: &mut Command) -> Self {
        let command = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (sender, lines) = channel();
        let output = BufReader::new(child.stdout.take().unwrap()).lines();
        let errors = BufReader::new(child.stderr.take().unwrap()).lines();
        let other = sender.clone();
        std::thread::spawn(move || {
            errors
                .map_while(Result::ok)
                .try_for_each(|it| other.send(it))
        });
        std::thread::spawn(move || {
            output
                .map_while(Result::ok)
                .try_for_each(|it| sender.send(it))
        });
        Self {
            child,
            lines,
            seen: Vec::new(),
        }
    }

    /// Waits for a line with this in it.
    pub(crate) fn says(&mut self, part: &str) {
        while !self.seen.last().is_some_and(|line| line.contains(part)) {
            match self.lines.recv_timeout(LIMIT) {
                Ok(line) => self.seen.push(line),
                Err(_) => panic!("nobody said {part:?}, but:\n{}", self.seen.join("\n")),
            }
        }
    }

    /// Waits until it ends.
    pub(crate) fn ends(&mut self) -> (ExitStatus, Vec<String>) {
        loop {
            match self.lines.recv_timeout(LIMIT) {
                Ok(line) => self.seen.push(line),
                // It has closed its output, which it does last.
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("stuck:\n{}", self.seen.join("\n")),
            }
        }
        (self.child.wait().unwrap(), std::mem::take(&mut self.seen))
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// For how long a program may be silent.
const LIMIT: Duration = Duration::from_secs(90);
