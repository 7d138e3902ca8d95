//! Both sides by hand on tokio: one task on one thread does everything.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;

use tokio::io::Interest;
use tokio::net::TcpStream;
use tokio::runtime::Builder;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::actors::{Actors, Pings, Pongs};
use super::bytes::{ACCEPTED, Inbox};
use super::meet::{self, Both};
use super::recorder::Recorder;
use super::spec::Spec;
use super::systems::{Pinging, Running};

pub fn pong_batched(_: &Spec) -> (SocketAddr, Running) {
    pong(true)
}

pub fn pong_unbatched(_: &Spec) -> (SocketAddr, Running) {
    pong(false)
}

pub fn ping_batched(spec: &Spec, peer: SocketAddr, recorder: &Arc<Recorder>) -> Pinging {
    ping(spec, peer, recorder, true)
}

pub fn ping_unbatched(spec: &Spec, peer: SocketAddr, recorder: &Arc<Recorder>) -> Pinging {
    ping(spec, peer, recorder, false)
}

fn pong(is_batched: bool) -> (SocketAddr, Running) {
    let listener = meet::listen();
    let address = listener.local_addr().expect("bound");
    thread::spawn(move || {
        let (sender, commands) = unbounded_channel();
        run(
            meet::answer(&listener),
            Pongs::new(address),
            is_batched,
            commands,
        );
        drop(sender);
    });
    (address, Box::new(()))
}

fn ping(spec: &Spec, peer: SocketAddr, recorder: &Arc<Recorder>, is_batched: bool) -> Pinging {
    let both = meet::dial(peer);
    let pings = Pings::new(spec, peer, both.address, recorder);
    let (sender, commands) = unbounded_channel();
    thread::spawn(move || run(both, pings, is_batched, commands));
    Pinging {
        send: Box::new(move |body| drop(sender.send(body.to_vec()))),
        _running: Box::new(()),
    }
}

fn run(both: Both, actors: impl Actors, is_batched: bool, commands: UnboundedReceiver<Vec<u8>>) {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let ended = runtime.block_on(async {
        let side = Side {
            input: TcpStream::from_std(both.input)?,
            output: TcpStream::from_std(both.output)?,
            answers: Outbox::default(),
            frames: Outbox::default(),
            is_batched,
        };
        side.run(actors, commands).await
    });
    drop(ended);
}

struct Side {
    input: TcpStream,
    output: TcpStream,
    answers: Outbox,
    frames: Outbox,
    is_batched: bool,
}

impl Side {
    async fn run(
        mut self,
        mut actors: impl Actors,
        mut commands: UnboundedReceiver<Vec<u8>>,
    ) -> io::Result<()> {
        let mut inbox = Inbox::new();
        let mut ignored = vec![0; 256 * 1024];
        actors.start(&mut self.frames.bytes);
        self.flush()?;
        loop {
            tokio::select! {
                ready = self.input.ready(self.answers.interest()) => drop(ready?),
                ready = self.output.ready(self.frames.interest()) => drop(ready?),
                Some(body) = commands.recv() => {
                    actors.send(&body, &mut self.frames.bytes);
                    while self.is_batched && let Ok(body) = commands.try_recv() {
                        actors.send(&body, &mut self.frames.bytes);
                    }
                }
            }
            if let Some(size) = read(&self.input, inbox.room())? {
                inbox.filled(size, |frame| {
                    actors.frame(&frame, &mut self.frames.bytes);
                    self.answers.bytes.extend_from_slice(ACCEPTED);
                    if !self.is_batched {
                        // A broken connection shows at the next turn.
                        drop(self.flush());
                    }
                });
            }
            read(&self.output, &mut ignored)?;
            self.flush()?;
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.frames.write(&self.output)?;
        self.answers.write(&self.input)
    }
}

/// Reads what there is; none if that is nothing.
fn read(stream: &TcpStream, buffer: &mut [u8]) -> io::Result<Option<usize>> {
    match stream.try_read(buffer) {
        Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
        Ok(size) => Ok(Some(size)),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
        Err(error) => Err(error),
    }
}

#[derive(Default)]
struct Outbox {
    bytes: Vec<u8>,
    written: usize,
}

impl Outbox {
    fn interest(&self) -> Interest {
        match self.bytes.is_empty() {
            true => Interest::READABLE,
            false => Interest::READABLE | Interest::WRITABLE,
        }
    }

    /// Writes what the stream takes now.
    fn write(&mut self, stream: &TcpStream) -> io::Result<()> {
        while self.written < self.bytes.len() {
            match stream.try_write(&self.bytes[self.written..]) {
                Ok(size) => self.written += size,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        self.bytes.clear();
        self.written = 0;
        Ok(())
    }
}
