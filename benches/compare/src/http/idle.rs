//! What an idle connection costs a server.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use super::Side;
use super::load::REQUEST;
use super::servers::{BODY, Server};

/// How many bytes of its own memory a server holds for each connection that has been answered once
/// and asks no more. The kernel's share is not counted: it is not the server's.
pub(super) fn measure(server: &Server, connections: usize) -> Result<f64, String> {
    let text = |error: std::io::Error| error.to_string();
    let side = Side::start(server.name).map_err(|error| error.to_string())?;
    // What the first ones need, all others share.
    let before = ask_many(side.port, connections / 10).map_err(text)?;
    let (pid, start) = (side.child.id(), held(side.child.id())?);
    let idle = ask_many(side.port, connections).map_err(text)?;
    let bytes = held(pid)? - start;
    drop((before, idle));
    Ok(bytes / connections as f64)
}

/// Opens connections, asks once on each, and leaves them open.
fn ask_many(port: u16, connections: usize) -> std::io::Result<Vec<TcpStream>> {
    (0..connections).map(|_| ask_once(port)).collect()
}

fn ask_once(port: u16) -> std::io::Result<TcpStream> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.write_all(REQUEST.as_bytes())?;
    let mut answer = vec![];
    let mut buffer = [0; 1024];
    while !answer.ends_with(BODY) {
        let read = stream.read(&mut buffer)?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        answer.extend_from_slice(&buffer[..read]);
    }
    Ok(stream)
}

/// The anonymous memory of an OS process, in bytes, once it has had a moment to give some back.
fn held(pid: u32) -> Result<f64, String> {
    thread::sleep(Duration::from_millis(500));
    let status = fs::read_to_string(format!("/proc/{pid}/status"));
    let status = status.map_err(|error| error.to_string())?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok());
    Ok(kib.ok_or("no RssAnon")? * 1024.0)
}
