//! Exchanges that were recorded with C++ libprocess, byte for byte where it does well.
//!
//! Where it does not, the answer here is the better one, and the test says so.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};

use libprocess::codec::gzip;
use libprocess::codec::message::Message;
use libprocess::future::Future;
use libprocess::http::{Request, Response};
use libprocess::process::{Context, Process};
use libprocess::runtime::Runtime;

/// The process of the recordings; it writes down the messages that it gets.
#[derive(Default)]
struct Recorded {
    messages: Vec<String>,
}

impl Process for Recorded {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.route(
            "/",
            "",
            |_: &mut Self, _: &mut Context<Self>, _: Request| Response::ok("root"),
        );
        ctx.route("/echo", "", Self::echo);
        ctx.route(
            "/big",
            "",
            |_: &mut Self, _: &mut Context<Self>, _: Request| Response::ok("x".repeat(5000)),
        );
        ctx.route(
            "/boom",
            "",
            |_: &mut Self, _: &mut Context<Self>, _: Request| Future::<Response>::failed("boom"),
        );
        ctx.route(
            "/never",
            "",
            |_: &mut Self, _: &mut Context<Self>, _: Request| Future::<Response>::abandoned(),
        );
        for name in ["msg", "../msg", "a/b", ""] {
            ctx.install(name, Self::take);
        }
    }
}

impl Recorded {
    fn echo(&mut self, ctx: &mut Context<Self>, request: Request) -> Response {
        assert_ne!(request.peer, Some(ctx.upid().address()));
        Response::ok(format!("{} {}", request.method, request.url))
    }

    fn take(&mut self, _ctx: &mut Context<Self>, message: Message) {
        let body = String::from_utf8_lossy(&message.body);
        self.messages
            .push(format!("{} from {}: {body}", message.name, message.from));
    }
}

struct World {
    runtime: Runtime,
}

impl World {
    fn new() -> Self {
        let runtime = Runtime::builder().workers(1).start().unwrap();
        runtime.spawn_as("p", Recorded::default()).unwrap();
        Self { runtime }
    }

    /// What is answered to these bytes on a connection of their own, without its date.
    fn said(&self, bytes: &str) -> Vec<u8> {
        let mut stream = TcpStream::connect(SocketAddr::from(self.runtime.address())).unwrap();
        stream.write_all(bytes.as_bytes()).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut heard = Vec::new();
        stream.read_to_end(&mut heard).unwrap();
        let date = heard
            .windows(6)
            .position(|bytes| bytes == b"Date: ")
            .unwrap();
        let length = heard[date..]
            .iter()
            .position(|byte| *byte == b'\n')
            .unwrap();
        heard.drain(date..=date + length);
        heard
    }

    fn answer(&self, bytes: &str) -> String {
        String::from_utf8(self.said(bytes)).unwrap()
    }

    fn messages(&self) -> Vec<String> {
        let recorded = self.runtime.manager().find::<Recorded>("p").unwrap();
        let taken = recorded.dispatch(|recorded, _| std::mem::take(&mut recorded.messages));
        taken.wait().unwrap()
    }
}

fn text(status: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
}

const ACCEPTED: &str = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";

const FROM: &str = "Libprocess-From: me@127.0.0.1:1\r\n";

#[test]
fn messages_are_taken() {
    let world = World::new();
    for (request, message) in [
        (
            format!(
                "POST /p/msg HTTP/1.1\r\n{FROM}Transfer-Encoding: chunked\r\n\r\n\
                 2\r\nhi\r\n0\r\n\r\n"
            ),
            "msg from me@127.0.0.1:1: hi",
        ),
        (
            format!("POST /p/msg HTTP/1.1\r\n{FROM}Content-Length: 2\r\n\r\nhi"),
            "msg from me@127.0.0.1:1: hi",
        ),
        (
            format!("POST /p/msg HTTP/1.1\r\n{FROM}\r\n"),
            "msg from me@127.0.0.1:1: ",
        ),
        (
            "POST /p/msg HTTP/1.1\r\nUser-Agent: libprocess/old@1.2.3.4:5\r\n\r\n".to_owned(),
            "msg from old@1.2.3.4:5: ",
        ),
        (
            "POST /p/msg HTTP/1.1\r\nLibprocess-From: garbage\r\n\r\n".to_owned(),
            "msg from @0.0.0.0:0: ",
        ),
        (
            format!("POST /p/../msg HTTP/1.1\r\n{FROM}\r\n"),
            "../msg from me@127.0.0.1:1: ",
        ),
        (
            format!("POST /%70/a/b?c#d HTTP/1.1\r\n{FROM}Host: \r\n\r\n"),
            "a/b from me@127.0.0.1:1: ",
        ),
        (
            format!("POST /p HTTP/1.1\r\n{FROM}\r\n"),
            " from me@127.0.0.1:1: ",
        ),
    ] {
        assert_eq!(world.answer(&request), ACCEPTED, "{request}");
        assert_eq!(world.messages(), [message], "{request}");
    }
    // Queued, though nobody handles it.
    let unknown = format!("POST /p/unknown HTTP/1.1\r\n{FROM}\r\n");
    assert_eq!(world.answer(&unknown), ACCEPTED);
    assert!(world.messages().is_empty());
}

#[test]
fn messages_are_refused() {
    let world = World::new();
    let escape = "Failed to decode URL path: Malformed % escape in '%zz': '%zz'";
    for (line, expected) in [
        ("POST /nobody/msg", text("404 Not Found", "404 Not Found.")),
        ("POST /%zz/msg", text("500 Internal Server Error", escape)),
        // No message, since it is no POST.
        ("GET /p/msg", text("404 Not Found", "404 Not Found.")),
    ] {
        let request = format!("{line} HTTP/1.1\r\n{FROM}\r\n");
        assert_eq!(world.answer(&request), expected, "{line}");
    }
    // Neither is this: the token is not in front.
    let other = "POST /p/msg HTTP/1.1\r\nUser-Agent: foo libprocess/x@1.2.3.4:5\r\n\r\n";
    assert_eq!(world.answer(other), text("404 Not Found", "404 Not Found."));
    assert!(world.messages().is_empty());
}

#[test]
fn paths_lead_where_they_led() {
    let world = World::new();
    let not_found = text("404 Not Found", "404 Not Found.");
    let no_slash = text("400 Bad Request", "Request URL path must start with '/'");
    for (line, expected) in [
        ("GET /p", text("200 OK", "root")),
        ("GET /p/", text("200 OK", "root")),
        ("GET /p/zzz", not_found.clone()),
        ("GET /p//echo//", text("200 OK", "GET /p//echo//")),
        ("GET //p/echo", not_found.clone()),
        ("GET /p/ECHO", not_found.clone()),
        ("GET /p/%65cho", not_found.clone()),
        ("GET /%70/echo", text("200 OK", "GET /%70/echo")),
        ("GET /p/echo/..", not_found.clone()),
        ("GET /%zz/echo", not_found),
        (
            "GET http://elsewhere/p/echo?a=b",
            text("200 OK", "GET /p/echo?a=b"),
        ),
        ("PROPFIND /p/echo", text("200 OK", "PROPFIND /p/echo")),
        ("OPTIONS *", no_slash),
        ("GET /p/boom", text("500 Internal Server Error", "boom")),
    ] {
        let request = format!("{line} HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_eq!(world.answer(&request), expected, "{line}");
    }
}

#[test]
fn a_big_answer_is_compressed_for_who_takes_that() {
    let world = World::new();
    let said = world.said("GET /p/big HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\n");
    let end = said
        .windows(4)
        .position(|bytes| bytes == b"\r\n\r\n")
        .unwrap()
        + 4;
    let head = String::from_utf8(said[..end].to_vec()).unwrap();
    let body = &said[end..];
    assert!(head.contains("\r\nContent-Encoding: gzip\r\n"), "{head}");
    let length = format!("\r\nContent-Length: {}\r\n", body.len());
    assert!(head.contains(&length), "{head}");
    let plain = gzip::decompress(body, &libprocess::codec::Limits::default()).unwrap();
    assert_eq!(plain, "x".repeat(5000).into_bytes());
    let plain = world.answer("GET /p/big HTTP/1.1\r\n\r\n");
    assert_eq!(plain, text("200 OK", &"x".repeat(5000)));
}

/// There a `HEAD` gets a body, an abandoned answer blocks its connection for ever, HTTP/2 is
/// answered as HTTP/1.1, and what makes no sense is no more than closed.
#[test]
fn better_answers_than_there() {
    let world = World::new();
    let whole = text("200 OK", "HEAD /p/echo");
    let head = whole.strip_suffix("HEAD /p/echo").unwrap();
    assert_eq!(world.answer("HEAD /p/echo HTTP/1.1\r\n\r\n"), head);
    let both = "GET /p/never HTTP/1.1\r\n\r\nGET /p/boom HTTP/1.1\r\n\r\n";
    let stream = world.answer(both);
    let canned = text("500 Internal Server Error", "500 Internal Server Error.");
    assert!(stream.starts_with(&canned), "{stream}");
    assert!(stream.ends_with("\r\n\r\nboom"), "{stream}");
    for (bytes, status) in [
        (
            "GET /p/echo HTTP/2.0\r\n\r\n",
            "505 HTTP Version not supported",
        ),
        ("get /p/echo HTTP/1.1\r\n\r\n", "501 Not Implemented"),
        ("GET /p/echo?a=%zz HTTP/1.1\r\n\r\n", "400 Bad Request"),
        ("GET /p/echo HTTP/1.1\r\na b: c\r\n\r\n", "400 Bad Request"),
        ("GET /p/echo HTTP/1.1\r\na: \0\r\n\r\n", "400 Bad Request"),
        (
            "POST /p/echo HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
            "400 Bad Request",
        ),
        (
            "POST /p/echo HTTP/1.1\r\nTransfer-Encoding: x\r\n\r\n",
            "501 Not Implemented",
        ),
        (
            "POST /p/echo HTTP/1.1\r\nContent-Encoding: x\r\nContent-Length: 1\r\n\r\nx",
            "415 Unsupported Media Type",
        ),
        (
            "POST /p/echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "400 Bad Request",
        ),
    ] {
        let answer = world.answer(bytes);
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}\r\n")),
            "{bytes}: {answer}"
        );
    }
    // Trailers are read and dropped, where there they fail the body.
    let trailers = "POST /p/echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\na: b\r\n\r\n";
    assert_eq!(world.answer(trailers), text("200 OK", "POST /p/echo"));
}
