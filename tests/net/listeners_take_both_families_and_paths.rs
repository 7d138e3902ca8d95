//! A listener on any address of IPv6 is reached over IPv4 too; one at a path, by who may open it.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;

use libprocess::process::{Context, Process};
use libprocess::runtime::Runtime;
use libprocess::socket_manager::Options;

fn ask(mut stream: impl Read + Write) -> String {
    let request = b"GET /nobody HTTP/1.1\r\nConnection: close\r\n\r\n";
    stream.write_all(request).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.lines().next().unwrap_or_default().to_owned()
}

fn path(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("libprocess-{name}-{}", std::process::id()))
}

const NOT_FOUND: &str = "HTTP/1.1 404 Not Found";

#[test]
fn both_families() {
    let builder = Runtime::builder().workers(1).ip(Ipv6Addr::UNSPECIFIED);
    let runtime = builder.advertised_ip(Ipv6Addr::LOCALHOST).start().unwrap();
    let port = runtime.address().port();
    for address in [
        SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        SocketAddr::from((Ipv6Addr::LOCALHOST, port)),
    ] {
        assert_eq!(ask(TcpStream::connect(address).unwrap()), NOT_FOUND);
    }
    assert_eq!(runtime.address().to_string(), format!("[::1]:{port}"));
}

#[test]
fn a_path_is_served_until_the_runtime_stops() {
    let path = path("served");
    let runtime = Runtime::builder().workers(1).unix_path(&path);
    let runtime = runtime.start().unwrap();
    assert_eq!(ask(UnixStream::connect(&path).unwrap()), NOT_FOUND);
    // Somebody listens there.
    let second = Runtime::builder().workers(1).unix_path(&path).start();
    let error = second.unwrap_err().to_string();
    assert!(error.starts_with("cannot listen at "), "{error}");
    assert_eq!(ask(UnixStream::connect(&path).unwrap()), NOT_FOUND);
    runtime.stop().unwrap();
    assert!(!path.exists());
}

#[test]
fn a_socket_that_was_left_behind_is_replaced() {
    let path = path("stale");
    drop(UnixListener::bind(&path).unwrap());
    assert!(path.exists());
    let runtime = Runtime::builder().workers(1).unix_path(&path).start();
    let runtime = runtime.unwrap();
    assert_eq!(ask(UnixStream::connect(&path).unwrap()), NOT_FOUND);
    runtime.stop().unwrap();
}

#[test]
fn a_file_is_not() {
    let path = path("file");
    std::fs::write(&path, "precious").unwrap();
    let runtime = Runtime::builder().workers(1).unix_path(&path).start();
    assert!(runtime.is_err());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious");
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn a_start_that_fails_leaves_no_listener() {
    let path = path("no-listener");
    std::fs::write(&path, "precious").unwrap();
    // An address of its own, so that nobody else takes the port meanwhile.
    let ip = Ipv4Addr::new(127, 0, 0, 77);
    let free = || TcpListener::bind((ip, 0)).unwrap().local_addr().unwrap();
    let port = free().port();
    let builder = Runtime::builder().workers(1).ip(ip).port(port);
    assert!(builder.unix_path(&path).start().is_err());
    TcpListener::bind((ip, port)).unwrap();
    std::fs::remove_file(&path).unwrap();
}

struct Asker(std::sync::mpsc::Sender<String>);

impl Process for Asker {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.install("hello", |asker: &mut Self, ctx: &mut Context<Self>, _| {
            let sender = ctx.sender().map(ToString::to_string);
            asker.0.send(sender.unwrap_or_default()).unwrap();
        });
    }
}

#[test]
fn messages_go_between_the_families() {
    let (sender, heard) = std::sync::mpsc::channel();
    let six = Runtime::builder().workers(1).ip(Ipv6Addr::LOCALHOST);
    let (six, four) = (six.start().unwrap(), Runtime::builder().workers(1));
    let four = four.start().unwrap();
    let asker = six.spawn_as("asker", Asker(sender)).unwrap();
    let other = four.spawn(Asker(std::sync::mpsc::channel().0)).unwrap();
    let to = asker.upid().clone();
    let from = other.upid().to_string();
    other
        .dispatch(move |_, ctx| ctx.send(&to, "hello", ""))
        .wait()
        .unwrap();
    assert_eq!(heard.recv().unwrap(), from);
}

#[test]
fn who_comes_by_a_path_has_no_ip_that_could_match() {
    let path = path("match");
    let options = Options {
        require_peer_ip_match: true,
        ..Options::default()
    };
    let runtime = Runtime::builder().workers(1).unix_path(&path);
    let runtime = runtime.messages(options).start().unwrap();
    for from in ["nobody", "@0.0.0.0:0", "me@127.0.0.1:5"] {
        let mut stream = UnixStream::connect(&path).unwrap();
        let message = format!(
            "POST /metrics/m HTTP/1.1\r\nLibprocess-From: {from}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(message.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(
            answer.starts_with("HTTP/1.1 400 Bad Request\r\n"),
            "{answer}"
        );
    }
    runtime.stop().unwrap();
}
