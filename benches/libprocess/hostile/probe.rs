//! Somebody honest, who asks for something small all the while.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// Asks on one connection that it keeps, and now and then on a new one.
pub(super) struct Probe {
    address: SocketAddr,
    kept: TcpStream,
}

/// How long answers took, sorted.
#[derive(Default)]
pub(super) struct Times {
    /// On the connection that was kept.
    pub(super) old: Vec<Duration>,
    /// On new ones, from the beginning of each.
    pub(super) new: Vec<Duration>,
    /// Requests on new ones that were not answered.
    pub(super) failed: usize,
}

impl Probe {
    pub(super) fn new(address: SocketAddr) -> Self {
        Self {
            address,
            kept: connect(address).expect("nothing is attacked yet"),
        }
    }

    /// Asks for a while, and calls `look` between two questions.
    ///
    /// # Panics
    ///
    /// If the connection that is kept is not served.
    pub(super) fn run(&mut self, time: Duration, mut look: impl FnMut()) -> Times {
        let start = Instant::now();
        let mut times = Times::default();
        while start.elapsed() < time || times.old.is_empty() {
            let asked = Instant::now();
            ask(&mut self.kept).expect("who was served is served");
            times.old.push(asked.elapsed());
            if times.old.len().is_multiple_of(QUESTIONS_A_NEWCOMER) {
                let asked = Instant::now();
                match connect(self.address).and_then(|mut stream| ask(&mut stream)) {
                    Ok(()) => times.new.push(asked.elapsed()),
                    Err(_) => times.failed += 1,
                }
                look();
            }
            std::thread::sleep(PAUSE);
        }
        times.old.sort_unstable();
        times.new.sort_unstable();
        times
    }
}

fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

fn ask(stream: &mut TcpStream) -> io::Result<()> {
    stream.write_all(b"GET /neighbour/small HTTP/1.1\r\nHost: probe\r\n\r\n")?;
    let mut answer = vec![];
    let mut part = [0; 512];
    while !answer.ends_with(b"\r\n\r\nsmall") {
        match stream.read(&mut part)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            size => answer.extend_from_slice(&part[..size]),
        }
    }
    Ok(())
}

/// The time in microseconds within which this share was answered.
pub(super) fn quantile(times: &[Duration], share: f64) -> String {
    let last = times.len().saturating_sub(1);
    let time = times.get((share * last as f64) as usize);
    time.map_or_else(|| "-".into(), |time| time.as_micros().to_string())
}

const QUESTIONS_A_NEWCOMER: usize = 10;
const PAUSE: Duration = Duration::from_millis(1);
/// Somebody who waits longer than this is not served.
const PATIENCE: Duration = Duration::from_secs(2);
