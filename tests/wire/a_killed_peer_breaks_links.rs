//! An OS process that is killed says nothing, but the kernel does: links to it break.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use bytes::Bytes;
use libprocess::address::Upid;
use libprocess::process::{Context, Process};
use libprocess::runtime::Runtime;

/// Answers, in another OS process.
struct Victim;

impl Process for Victim {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.install("ping", Self::ping);
    }
}

impl Victim {
    fn ping(&mut self, ctx: &mut Context<Self>, from: &Upid, body: Bytes) {
        ctx.send(from, "pong", body);
    }
}

/// Links to it.
struct Witness {
    victim: Upid,
    tell: Sender<&'static str>,
}

impl Process for Witness {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.install("pong", Self::pong);
        ctx.link(&self.victim);
        ctx.send(&self.victim, "ping", "");
    }

    fn exited(&mut self, _ctx: &mut Context<Self>, _pid: &Upid) {
        self.tell.send("it is gone").unwrap();
    }
}

impl Witness {
    fn pong(&mut self, _ctx: &mut Context<Self>, _from: &Upid, _body: Bytes) {
        self.tell.send("it is alive").unwrap();
    }
}

/// Not a test by itself: the other one runs it in an OS process of its own, and kills that.
#[test]
fn victim() {
    if std::env::var_os(VICTIM).is_none() {
        return;
    }
    let runtime = Runtime::builder().start().unwrap();
    let victim = runtime.spawn_as("victim", Victim).unwrap();
    eprintln!("{}", victim.upid());
    victim.wait().unwrap();
}

#[test]
fn it_is_heard() {
    let (_, module) = module_path!().split_once("::").unwrap();
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("{module}::victim"), "--nocapture"])
        .env(VICTIM, "1")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = Killed(child.unwrap());
    let lines = BufReader::new(child.0.stderr.take().unwrap()).lines();
    let mut upids = lines.filter_map(|line| line.unwrap().parse::<Upid>().ok());
    let victim = upids.next().unwrap();

    let runtime = Runtime::builder().start().unwrap();
    let (tell, told) = channel();
    runtime.spawn(Witness { victim, tell }).unwrap();
    let next = || told.recv_timeout(Duration::from_secs(60)).unwrap();
    assert_eq!(next(), "it is alive");
    drop(child);
    assert_eq!(next(), "it is gone");
}

/// A child that does not outlive the test.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

const VICTIM: &str = "LIBPROCESS_TEST_VICTIM";
