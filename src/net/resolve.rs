//! Names of hosts to addresses, without anybody waiting who has something to do.
//!
//! The system's resolver blocks, for half a minute if a name server is away. C++ libprocess calls
//! it wherever a UPID is read, its I/O threads included. Here a UPID holds no names, and whoever
//! has one asks a [`Resolver`], which asks the system on threads of its own: as many as there are
//! questions, up to a few, and none while there is no question.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::net::ToSocketAddrs;

use crate::address::Address;
use crate::future::{Failure, Future, Promise};
use crate::primitive::sync::{Arc, Mutex};
use crate::primitive::thread;

/// Looks names of hosts up. Clones share their threads.
///
/// ```
/// use libprocess::address::Address;
/// use libprocess::net::resolve::Resolver;
///
/// let addresses = Resolver::default().resolve("localhost", 80).wait()?;
/// assert!(addresses.contains(&Address::loopback(80)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct Resolver(Arc<Mutex<Desk>>);

/// What is asked, and how many threads answer.
#[derive(Default)]
struct Desk {
    questions: VecDeque<Question>,
    threads: usize,
}

struct Question {
    host: String,
    port: u16,
    answer: Promise<Vec<Address>>,
}

impl Resolver {
    /// All addresses of a host, the system's favourite first; at least one. What is an ip already
    /// is its own address.
    ///
    /// The future fails if the name is not known, or nobody could be asked.
    pub fn resolve(&self, host: &str, port: u16) -> Future<Vec<Address>> {
        let bare = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'));
        if let Ok(ip) = bare.unwrap_or(host).parse() {
            return Future::ready(vec![Address::new(ip, port)]);
        }
        let (answer, future) = Promise::new();
        let question = Question {
            host: host.to_owned(),
            port,
            answer,
        };
        let mut desk = self.0.lock();
        desk.questions.push_back(question);
        let is_short = desk.threads < THREADS;
        desk.threads += usize::from(is_short);
        drop(desk);
        if is_short {
            self.hire();
        }
        future
    }

    /// Starts a thread, which goes once there is nothing to answer.
    fn hire(&self) {
        let desk = Arc::clone(&self.0);
        let hired = thread::spawn("resolver", move || {
            while let Some(question) = next(&desk) {
                question.ask();
            }
        });
        if let Err(error) = hired {
            log::error!("no thread to look names up: {error}");
            let mut desk = self.0.lock();
            desk.threads -= 1;
            // With nobody left to answer, the questions fail.
            let dropped = match desk.threads {
                0 => std::mem::take(&mut desk.questions),
                _ => VecDeque::new(),
            };
            drop(desk);
            for question in dropped {
                let failure = Failure::new(format!("cannot look {} up: {error}", question.host));
                question.answer.fail(failure);
            }
        }
    }
}

/// The next question; without one the thread is counted out.
fn next(desk: &Mutex<Desk>) -> Option<Question> {
    let mut desk = desk.lock();
    let question = desk.questions.pop_front();
    desk.threads -= usize::from(question.is_none());
    question
}

impl Question {
    fn ask(self) {
        let Self { host, port, answer } = self;
        match look_up(&host, port) {
            Ok(addresses) => answer.set(addresses),
            Err(error) => answer.fail(Failure::new(format!("cannot look {host} up: {error}"))),
        };
    }
}

fn look_up(host: &str, port: u16) -> io::Result<Vec<Address>> {
    let addresses: Vec<Address> = (host, port).to_socket_addrs()?.map(Address::from).collect();
    if addresses.is_empty() {
        return Err(io::Error::new(io::ErrorKind::NotFound, "it has no address"));
    }
    Ok(addresses)
}

impl fmt::Debug for Resolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Resolver")
    }
}

/// How many names are looked up at once; more wait.
const THREADS: usize = 4;

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::*;

    #[test]
    fn an_ip_is_its_own_address() {
        let resolver = Resolver::default();
        for (text, address) in [
            ("10.0.0.1", "10.0.0.1:80"),
            ("::1", "[::1]:80"),
            ("[::1]", "[::1]:80"),
        ] {
            let found = resolver.resolve(text, 80);
            assert!(found.is_ready());
            assert_eq!(found.wait().unwrap(), [address.parse().unwrap()]);
        }
    }

    #[test]
    fn a_name_that_is_not_known_fails() {
        let resolver = Resolver::default();
        let unknown = (0..10).map(|number| format!("no such host {number}"));
        let all: Vec<_> = unknown.map(|host| resolver.resolve(&host, 80)).collect();
        for found in all {
            let error = found.wait().unwrap_err().to_string();
            assert!(error.contains("cannot look no such host"), "{error}");
        }
    }
}
