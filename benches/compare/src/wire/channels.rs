//! Both sides by hand on tokio: a reader, an actor, a writer and one for the answers, with channels
//! between them, on two threads.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::actors::{Actors, Pings, Pongs};
use super::bytes::{ACCEPTED, Inbox};
use super::meet::{self, Both};
use super::recorder::Recorder;
use super::spec::Spec;
use super::systems::{Pinging, Running};

pub fn pong(spec: &Spec) -> (SocketAddr, Running) {
    let runtime = runtime(spec);
    let listener = meet::listen();
    let address = listener.local_addr().expect("bound");
    let handle = runtime.handle().clone();
    std::thread::spawn(move || {
        let both = meet::answer(&listener);
        handle.block_on(start(both, Pongs::new(address)));
    });
    (address, Box::new(runtime))
}

pub fn ping(spec: &Spec, peer: SocketAddr, recorder: &Arc<Recorder>) -> Pinging {
    let runtime = runtime(spec);
    let both = meet::dial(peer);
    let pings = Pings::new(spec, peer, both.address, recorder);
    let sender = runtime.block_on(start(both, pings));
    Pinging {
        send: Box::new(move |body| drop(sender.send(Event::Send(body.to_vec())))),
        _running: Box::new(runtime),
    }
}

fn runtime(spec: &Spec) -> Runtime {
    let mut builder = Builder::new_multi_thread();
    builder
        .worker_threads(spec.workers)
        .enable_all()
        .build()
        .expect("a runtime")
}

/// What the actor takes.
enum Event {
    Message(Message),
    Send(Vec<u8>),
}

struct Message {
    to: Box<str>,
    from: Box<str>,
    body: Box<[u8]>,
}

async fn start(both: Both, actors: impl Actors) -> UnboundedSender<Event> {
    let input = TcpStream::from_std(both.input).expect("a socket");
    let output = TcpStream::from_std(both.output).expect("a socket");
    let (input_read, input_write) = input.into_split();
    let (output_read, output_write) = output.into_split();
    let (events, incoming) = unbounded_channel();
    let (frames, outgoing) = unbounded_channel();
    let (taken, answers) = unbounded_channel();
    tokio::spawn(read(input_read, events.clone(), taken));
    tokio::spawn(answer(input_write, answers));
    tokio::spawn(act(actors, incoming, frames));
    tokio::spawn(write(output_write, outgoing));
    tokio::spawn(ignore(output_read));
    events
}

async fn read(
    mut stream: OwnedReadHalf,
    events: UnboundedSender<Event>,
    taken: UnboundedSender<usize>,
) {
    let mut inbox = Inbox::new();
    while let Ok(size @ 1..) = stream.read(inbox.room()).await {
        let mut count = 0;
        inbox.filled(size, |frame| {
            count += 1;
            let message = Message {
                to: frame.to.into(),
                from: frame.from.into(),
                body: frame.body.into(),
            };
            drop(events.send(Event::Message(message)));
        });
        if taken.send(count).is_err() {
            return;
        }
    }
}

async fn answer(mut stream: OwnedWriteHalf, mut taken: UnboundedReceiver<usize>) {
    let mut counts = vec![];
    while taken.recv_many(&mut counts, BATCH).await > 0 {
        let count = counts.drain(..).sum();
        if stream.write_all(&ACCEPTED.repeat(count)).await.is_err() {
            return;
        }
    }
}

async fn act(
    mut actors: impl Actors,
    mut events: UnboundedReceiver<Event>,
    frames: UnboundedSender<Vec<u8>>,
) {
    let mut batch = vec![];
    let mut out = vec![];
    actors.start(&mut out);
    drop(frames.send(std::mem::take(&mut out)));
    while events.recv_many(&mut batch, BATCH).await > 0 {
        for event in batch.drain(..) {
            match event {
                Event::Message(message) => {
                    actors.handle(&message.to, &message.from, &message.body, &mut out);
                }
                Event::Send(body) => actors.send(&body, &mut out),
            }
            if !out.is_empty() {
                drop(frames.send(std::mem::take(&mut out)));
            }
        }
    }
}

async fn write(mut stream: OwnedWriteHalf, mut frames: UnboundedReceiver<Vec<u8>>) {
    let mut batch = vec![];
    let mut bytes = vec![];
    while frames.recv_many(&mut batch, BATCH).await > 0 {
        bytes.clear();
        batch
            .drain(..)
            .for_each(|frame: Vec<u8>| bytes.extend_from_slice(&frame));
        if stream.write_all(&bytes).await.is_err() {
            return;
        }
    }
}

async fn ignore(mut stream: OwnedReadHalf) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(1..) = stream.read(&mut buffer).await {}
}

const BATCH: usize = 256;
