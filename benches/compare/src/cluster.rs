//! The sides of ractor_cluster for `compare wire`, which builds and starts this when it needs it.
//!
//! A node is a server of actors; what is sent to an actor of another one goes through three actors
//! and a task on this side, and three actors on that one. Its form is not that of C++ libprocess:
//! one connection for both ways, a protobuf message behind its length for each message of ours,
//! and no answers.
//!
//! It is a program of its own, since ractor itself is another one where ractor_cluster is in the
//! program: its messages are larger, and its actors are listed for other nodes. What `compare
//! dispatch` tells of ractor is to be without that. It also takes minutes to build.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use ractor::{Actor, ActorProcessingErr, ActorRef};
use ractor_cluster::{BytesConvertable, NetworkStream, NodeServer, NodeServerMessage};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::time::sleep;

use wire::load::Pinger;
use wire::recorder::Recorder;
use wire::spec::Spec;
use wire::systems::{Pinging, Running, Sides};

#[expect(
    dead_code,
    reason = "what starts the two sides is in the other program"
)]
mod wire;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(2).collect();
    wire::run::side(&words, Some(&Sides { pong, ping }))
}

/// A message: bytes that go over as they are.
struct Body(Vec<u8>);

impl BytesConvertable for Body {
    fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

/// Answers one process that pings.
struct Pong;

impl Actor for Pong {
    type Msg = Body;
    type State = (String, Option<ActorRef<Body>>);
    type Arguments = usize;

    async fn pre_start(
        &self,
        pong: ActorRef<Body>,
        pair: usize,
    ) -> Result<Self::State, ActorProcessingErr> {
        join(format!("pong-{pair}"), &pong);
        Ok((format!("ping-{pair}"), None))
    }

    async fn handle(
        &self,
        _: ActorRef<Body>,
        body: Body,
        (name, peer): &mut Self::State,
    ) -> Result<(), ActorProcessingErr> {
        if peer.is_none() {
            *peer = Some(find(name).await);
        }
        peer.iter()
            .try_for_each(|peer| peer.cast(body_of(&body.0)))?;
        Ok(())
    }
}

struct Ping;

impl Actor for Ping {
    type Msg = Body;
    type State = (Pinger, ActorRef<Body>);
    type Arguments = (usize, Pinger, ActorRef<Body>);

    async fn pre_start(
        &self,
        ping: ActorRef<Body>,
        (pair, mut pinger, peer): Self::Arguments,
    ) -> Result<Self::State, ActorProcessingErr> {
        join(format!("ping-{pair}"), &ping);
        for _ in 0..pinger.first() {
            peer.cast(body_of(pinger.body()))?;
        }
        Ok((pinger, peer))
    }

    async fn handle(
        &self,
        _: ActorRef<Body>,
        body: Body,
        (pinger, peer): &mut Self::State,
    ) -> Result<(), ActorProcessingErr> {
        for _ in 0..pinger.pong(&body.0) {
            peer.cast(body_of(pinger.body()))?;
        }
        Ok(())
    }
}

fn body_of(bytes: &[u8]) -> Body {
    Body(bytes.to_vec())
}

/// Lets the other node find an actor.
fn join(name: String, actor: &ActorRef<Body>) {
    ractor::pg::join(name, vec![actor.get_cell()]);
}

/// The actor of that name, on whichever node.
async fn find(name: &str) -> ActorRef<Body> {
    loop {
        if let Some(actor) = ractor::pg::get_members(&name.to_owned()).pop() {
            return actor.into();
        }
        sleep(Duration::from_millis(1)).await;
    }
}

async fn node(name: &str) -> ActorRef<NodeServerMessage> {
    let server = NodeServer::new(
        0,
        "cookie".into(),
        name.into(),
        "localhost".into(),
        None,
        None,
    )
    .with_listen_addr(Ipv4Addr::LOCALHOST.into());
    let (server, _) = Actor::spawn(None, server, ()).await.expect("a node");
    server
}

/// Has a node take part in a connection, which is ours since nobody else tells the port.
fn open(server: &ActorRef<NodeServerMessage>, stream: TcpStream, is_server: bool) {
    stream.set_nodelay(true).expect("a socket");
    let stream = NetworkStream::Raw {
        peer_addr: stream.peer_addr().expect("connected"),
        local_addr: stream.local_addr().expect("connected"),
        stream,
    };
    let stream = Box::new(stream);
    server
        .cast(NodeServerMessage::ConnectionOpened { stream, is_server })
        .expect("the node is there");
}

fn pong(spec: &Spec) -> (SocketAddr, Running) {
    let runtime = runtime(spec);
    let (listener, address) = runtime.block_on(async {
        for pair in 0..spec.pairs {
            Actor::spawn(None, Pong, pair).await.expect("an actor");
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("a port");
        let address = listener.local_addr().expect("bound");
        (listener, address)
    });
    runtime.spawn(async move {
        let (stream, _) = listener.accept().await.expect("the other side");
        open(&node("pong").await, stream, true);
    });
    (address, Box::new(runtime))
}

fn ping(spec: &Spec, address: SocketAddr, recorder: &Arc<Recorder>) -> Pinging {
    let runtime = runtime(spec);
    let first = runtime.block_on(async {
        let stream = TcpStream::connect(address).await.expect("the other side");
        open(&node("ping").await, stream, false);
        let mut peers = vec![];
        for pair in 0..spec.pairs {
            peers.push(find(&format!("pong-{pair}")).await);
        }
        for (pair, peer) in peers.iter().enumerate() {
            let pinger = Pinger::new(spec, Arc::clone(recorder));
            let arguments = (pair, pinger, peer.clone());
            Actor::spawn(None, Ping, arguments).await.expect("an actor");
        }
        peers.swap_remove(0)
    });
    Pinging {
        send: Box::new(move |body| first.cast(body_of(body)).expect("the node is there")),
        _running: Box::new(runtime),
    }
}

fn runtime(spec: &Spec) -> Runtime {
    let mut builder = Builder::new_multi_thread();
    let builder = builder.worker_threads(spec.workers).enable_all();
    builder.build().expect("a runtime")
}
