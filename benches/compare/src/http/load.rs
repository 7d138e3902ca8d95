//! A generator of load: requests on many connections, as fast as they are answered.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// What is asked of whom.
#[derive(Clone, Copy)]
pub(super) struct Load {
    pub(super) port: u16,
    /// Requests in flight on each connection.
    pub(super) depth: usize,
    /// Whether no request is like another.
    pub(super) is_varied: bool,
}

/// How it went.
pub(super) struct Outcome {
    pub(super) requests: u64,
    pub(super) seconds: f64,
    /// Quantiles of the time that a round of `depth` requests took, in microseconds.
    pub(super) p50: f64,
    pub(super) p99: f64,
}

impl Load {
    /// Asks for so many seconds, from one thread.
    pub(super) fn run(self, seconds: f64) -> Result<Outcome, String> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| error.to_string())?;
        let begin = Instant::now();
        let end = begin + Duration::from_secs_f64(seconds);
        let local = tokio::task::LocalSet::new();
        let rounds = local.block_on(&runtime, async move {
            let asking: Vec<_> = (0..CONNECTIONS)
                .map(|_| tokio::task::spawn_local(self.ask(end)))
                .collect();
            let mut rounds = vec![];
            for each in asking {
                // An answer that is not the one that is waited for would be waited for for ever.
                let each = tokio::time::timeout_at((end + GRACE).into(), each).await;
                let each = each.map_err(|_| "no answer".to_owned())?;
                let each = each.map_err(|error| error.to_string())?;
                rounds.append(&mut each.map_err(|error| error.to_string())?);
            }
            Ok::<_, String>(rounds)
        });
        let mut latencies = rounds?;
        latencies.sort_unstable();
        Ok(Outcome {
            requests: (latencies.len() * self.depth) as u64,
            seconds: begin.elapsed().as_secs_f64(),
            p50: quantile(&latencies, 0.50),
            p99: quantile(&latencies, 0.99),
        })
    }

    /// Asks on one connection; how long each round took.
    async fn ask(self, end: Instant) -> std::io::Result<Vec<Duration>> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await?;
        stream.set_nodelay(true)?;
        let mut requests = REQUEST.repeat(self.depth);
        let mut asked = 0;
        let mut buffer = vec![0; 64 * 1024];
        let mut rounds = vec![];
        while Instant::now() < end {
            if self.is_varied {
                let numbers = asked..asked + self.depth;
                requests = numbers.map(varied).collect();
                asked += self.depth;
            }
            let begin = Instant::now();
            stream.write_all(requests.as_bytes()).await?;
            let mut answers = 0;
            let mut held = 0;
            while answers < self.depth {
                let read = stream.read(&mut buffer[held..]).await?;
                if read == 0 {
                    return Err(std::io::ErrorKind::UnexpectedEof.into());
                }
                held += read;
                let ends = memchr::memmem::find_iter(&buffer[..held], super::servers::BODY);
                answers += ends.count();
                // What may be the beginning of a body that is cut.
                let keep = held.min(super::servers::BODY.len() - 1);
                buffer.copy_within(held - keep..held, 0);
                held = keep;
            }
            rounds.push(begin.elapsed());
        }
        Ok(rounds)
    }
}

/// A quantile of what is in order, in microseconds.
fn quantile(latencies: &[Duration], share: f64) -> f64 {
    let last = latencies.len().saturating_sub(1) as f64;
    let found = latencies.get((last * share) as usize);
    found.map_or(f64::NAN, |latency| latency.as_secs_f64() * 1e6)
}

fn varied(number: usize) -> String {
    REQUEST.replacen(" HTTP", &format!("?{number} HTTP"), 1)
}

const CONNECTIONS: usize = 64;

/// How long after its time a round may still be answered.
const GRACE: Duration = Duration::from_secs(5);

pub(super) const REQUEST: &str = "GET /hello/world HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
