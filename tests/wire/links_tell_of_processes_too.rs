//! Where both ends are ours, a link tells of the end of the process, not of the connection alone.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};

use libprocess::prelude::*;
use libprocess::socket_manager::Options;
use libprocess::testing::Simulation;

#[derive(Default)]
struct Linker {
    gone: Vec<Upid>,
}

impl Process for Linker {
    fn exited(&mut self, _ctx: &mut Context<Self>, pid: &Upid) {
        self.gone.push(pid.clone());
    }
}

fn link(world: &Simulation, linker: &Pid<Linker>, to: &Upid) {
    let to = to.clone();
    world.dispatch(linker, move |_, ctx| ctx.link(&to));
    world.run_for(secs(1));
}

fn gone(world: &Simulation, linker: &Pid<Linker>) -> Vec<Upid> {
    world.dispatch(linker, |linker, _| linker.gone.clone())
}

#[test]
fn of_one_that_never_was() {
    let mut world = Simulation::seed(1);
    let linker = world.node("near").spawn(Linker::default()).unwrap();
    let missing = Upid::new("missing", world.node("far").address());
    link(&world, &linker, &missing);
    assert_eq!(gone(&world, &linker), std::slice::from_ref(&missing));
    // Who wants to hear more links again.
    link(&world, &linker, &missing);
    assert_eq!(gone(&world, &linker), [missing.clone(), missing]);
}

#[test]
fn of_one_that_ends_once_for_each_who_linked() {
    let mut world = Simulation::seed(2);
    let far = world
        .node("far")
        .spawn_as("far", Linker::default())
        .unwrap();
    let stays = world
        .node("far")
        .spawn_as("stays", Linker::default())
        .unwrap();
    let linkers = [(); 3].map(|()| world.node("near").spawn(Linker::default()).unwrap());
    for linker in &linkers {
        link(&world, linker, far.upid());
        link(&world, linker, stays.upid());
        link(&world, linker, far.upid());
    }
    assert!(linkers.iter().all(|linker| gone(&world, linker).is_empty()));
    far.terminate();
    world.run_for(secs(1));
    for linker in &linkers {
        assert_eq!(gone(&world, linker), [far.upid().clone()]);
    }
    world.sever("near", "far");
    world.run_for(secs(1));
    for linker in &linkers {
        assert_eq!(
            gone(&world, linker),
            [far.upid().clone(), stays.upid().clone()]
        );
    }
}

#[test]
fn a_successor_of_the_same_name_is_another_registration() {
    let mut world = Simulation::seed(3);
    let linker = world.node("near").spawn(Linker::default()).unwrap();
    for count in 1..4 {
        let far = world
            .node("far")
            .spawn_as("far", Linker::default())
            .unwrap();
        link(&world, &linker, far.upid());
        assert_eq!(gone(&world, &linker).len(), count - 1);
        far.terminate();
        world.run_for(secs(1));
        assert_eq!(gone(&world, &linker).len(), count);
    }
}

#[test]
fn not_where_the_other_end_knows_nothing_of_it() {
    let near = Runtime::builder().workers(1).start().unwrap();
    let silent = Options {
        watch_processes: false,
        ..Options::default()
    };
    let far = Runtime::builder()
        .workers(1)
        .messages(silent)
        .start()
        .unwrap();
    let linker = near.spawn(Linker::default()).unwrap();
    let missing = Upid::new("missing", far.address());
    linker
        .dispatch(move |_, ctx| ctx.link(&missing))
        .wait()
        .unwrap();
    // The question was refused once this is answered, for it goes first.
    let (reply, answered) = std::sync::mpsc::channel();
    let echo = far.spawn_as("echo", Echo).unwrap();
    let asker = near.spawn(Asker(reply)).unwrap();
    let to = echo.upid().clone();
    asker
        .dispatch(move |_, ctx| ctx.send(&to, "ping", ""))
        .wait()
        .unwrap();
    answered.recv().unwrap();
    let gone = linker.dispatch(|linker, _| linker.gone.len());
    assert_eq!(gone.wait().unwrap(), 0);
    far.stop().unwrap();
}

/// Else whoever can reach us could have us say anything to anybody who we can reach.
#[test]
fn only_of_what_can_be_an_id() {
    let runtime = Runtime::builder().workers(1).start().unwrap();
    let stranger = TcpListener::bind("127.0.0.1:0").unwrap();
    let from = stranger.local_addr().unwrap();
    let long = "x".repeat(1025);
    let mut stream = TcpStream::connect(SocketAddr::from(runtime.address())).unwrap();
    for id in [
        "a\r\nDELETE ALL\r\n",
        "two words",
        "a/b",
        "\u{7f}",
        &long,
        "missing",
    ] {
        let length = id.len();
        let message = format!(
            "POST /__links__/watch HTTP/1.1\r\nLibprocess-From: __links__@{from}\r\n\
             Content-Length: {length}\r\n\r\n{id}"
        );
        stream.write_all(message.as_bytes()).unwrap();
    }
    let (mut told, _) = stranger.accept().unwrap();
    // What is told is told in its order.
    let expected = format!(
        "POST /__links__/exited HTTP/1.1\r\nUser-Agent: libprocess/__links__@{0}\r\n\
         Libprocess-From: __links__@{0}\r\nConnection: Keep-Alive\r\nHost: {from}\r\n\
         Transfer-Encoding: chunked\r\n\r\n7\r\nmissing\r\n0\r\n\r\n",
        runtime.address(),
    );
    let mut heard = vec![0; expected.len()];
    told.read_exact(&mut heard).unwrap();
    assert_eq!(String::from_utf8(heard).unwrap(), expected);
}

struct Echo;

impl Process for Echo {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.install("ping", |_: &mut Self, ctx: &mut Context<Self>, _| {
            ctx.reply("pong", "");
        });
    }
}

struct Asker(std::sync::mpsc::Sender<()>);

impl Process for Asker {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.install("pong", |asker: &mut Self, _: &mut Context<Self>, _| {
            asker.0.send(()).unwrap();
        });
    }
}
