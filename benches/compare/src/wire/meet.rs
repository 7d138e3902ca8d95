//! How the two sides of a tokio peer find each other: a connection each way.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};

use super::bytes::{self, Head};

/// The connections of one side, not blocking any more.
pub struct Both {
    /// The one that was accepted: messages come in, answers go out.
    pub input: TcpStream,
    /// The one that was dialled: messages go out, answers come in.
    pub output: TcpStream,
    /// Under which address the other side knows this one.
    pub address: SocketAddr,
}

pub fn listen() -> TcpListener {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port")
}

/// The side that pings dials first and says where it is to be dialled.
pub fn dial(peer: SocketAddr) -> Both {
    let listener = listen();
    let address = listener.local_addr().expect("bound");
    let mut output = TcpStream::connect(peer).expect("the other side");
    let mut hello = vec![];
    Head::new(
        &format!("pong-0@{peer}"),
        "hello",
        &format!("ping-0@{address}"),
    )
    .write(b"hello", &mut hello);
    output.write_all(&hello).expect("an open connection");
    let (input, _) = listener.accept().expect("the other side");
    Both::new(input, output, address)
}

/// The side that answers waits to be dialled.
pub fn answer(listener: &TcpListener) -> Both {
    let (mut input, _) = listener.accept().expect("the other side");
    let mut hello = vec![];
    let from = loop {
        let mut part = [0; 1024];
        let size = input.read(&mut part).expect("an open connection");
        hello.extend_from_slice(&part[..size]);
        if let Some(frame) = bytes::read(&hello) {
            let (_, address) = frame.from.split_once('@').expect("a UPID");
            break address.parse::<SocketAddr>().expect("an address");
        }
    };
    let output = TcpStream::connect(from).expect("the other side");
    Both::new(input, output, listener.local_addr().expect("bound"))
}

impl Both {
    fn new(input: TcpStream, output: TcpStream, address: SocketAddr) -> Self {
        for stream in [&input, &output] {
            stream.set_nodelay(true).expect("a socket");
            stream.set_nonblocking(true).expect("a socket");
        }
        Self {
            input,
            output,
            address,
        }
    }
}
