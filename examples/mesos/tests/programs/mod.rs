//! Behaviour tests of the programs, each in its own OS process.

mod a_command_ends_as_it_does;
mod a_local_cluster_shows_its_tasks;
mod nothing_is_left_behind;
mod wrong_flags_are_refused;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::program::{Program, free_port};

/// A master and an agent, each a program.
pub(crate) struct Cluster {
    pub(crate) agent: Program,
    port: u16,
    _master: Program,
    _folder: Folder,
}

impl Cluster {
    pub(crate) fn start(test: &str) -> Self {
        let port = free_port();
        let folder = Folder::new(test);
        let mut master = Command::new(env!("CARGO_BIN_EXE_mesos-master"));
        let mut master = Program::start(master.args(["--port", &port.to_string()]));
        master.says("started on");
        let mut agent = Command::new(env!("CARGO_BIN_EXE_mesos-agent"));
        let agent = agent.args(["--master", &format!("127.0.0.1:{port}"), "--port", "0"]);
        let agent = agent.args(["--resources", "cpus:2;mem:512"]);
        let mut agent = Program::start(agent.arg("--work_dir").arg(folder.path()));
        agent.says("registered with master");
        Self {
            agent,
            port,
            _master: master,
            _folder: folder,
        }
    }

    /// What the master answers.
    pub(crate) fn get(&self, path: &str) -> serde_json::Value {
        let mut master = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        master.write_all(request.as_bytes()).unwrap();
        let mut response = String::new();
        master.read_to_string(&mut response).unwrap();
        let (_, body) = response.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(body).unwrap()
    }

    /// Begins to run a command.
    pub(crate) fn execute(&self, arguments: &[&str]) -> Program {
        let mut execute = Command::new(env!("CARGO_BIN_EXE_mesos-execute"));
        execute.args(["--master", &format!("127.0.0.1:{}", self.port)]);
        Program::start(execute.args(arguments))
    }
}

/// A folder of a test, gone with it.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(test: &str) -> Self {
        let name = format!("{test}-{}", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Tells whether anything of a command runs: each of its processes holds a pipe open.
pub(crate) struct Witness {
    pipe: PathBuf,
    lines: Receiver<String>,
    _folder: Folder,
}

impl Witness {
    pub(crate) fn new(test: &str) -> Self {
        let folder = Folder::new(test);
        let pipe = folder.path().join("pipe");
        let made = Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success(), "no mkfifo here");
        let (sender, lines) = channel();
        let path = pipe.clone();
        std::thread::spawn(move || {
            // Waits until somebody writes, and ends when nobody does any more.
            let lines = BufReader::new(fs::File::open(path).unwrap()).lines();
            lines
                .map_while(Result::ok)
                .try_for_each(|line| sender.send(line))
        });
        Self {
            pipe,
            lines,
            _folder: folder,
        }
    }

    /// A command that runs until it is killed, together with another that it started.
    pub(crate) fn command(&self) -> String {
        let pipe = self.pipe.display();
        format!("exec > {pipe}; echo $PPID; sleep 1000 & sleep 1000; echo")
    }

    /// Waits until the command runs, and gives the pid of its executor.
    pub(crate) fn starts(&self) -> String {
        self.lines.recv_timeout(LIMIT).unwrap()
    }

    /// Waits until nothing of the command runs.
    pub(crate) fn ends(&self) {
        let end = self.lines.recv_timeout(LIMIT);
        assert_eq!(end, Err(std::sync::mpsc::RecvTimeoutError::Disconnected));
    }
}

/// For how long an end may be waited for.
const LIMIT: Duration = Duration::from_secs(60);
