//! A client finds an address, a host by its name, a socket at a path, and the server of a URL.

use std::net::Ipv6Addr;
use std::path::PathBuf;

use libprocess::address::Upid;
use libprocess::future::{Error, Future};
use libprocess::http::{AbsoluteUrl, Method, Request, Response};
use libprocess::process::{Context, Process};
use libprocess::runtime::Runtime;
use libprocess::web::client::{self, Client, Destination};

/// Tells how it was asked.
struct Mirror;

impl Process for Mirror {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.route(
            "/",
            "",
            |_: &mut Self, _: &mut Context<Self>, request: Request| {
                let host = request.header("Host").unwrap_or_default();
                Response::ok(format!("{} {host} {}", request.method, request.url))
            },
        );
    }
}

fn told(response: Future<Response>) -> String {
    let body = response.wait().unwrap().body.bytes().unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}

fn problem(response: Future<Response>) -> client::Error {
    let error: Error = response.wait().unwrap_err();
    client::Error::of(&error)
        .expect("an error of the client")
        .clone()
}

fn runtime() -> Runtime {
    let runtime = Runtime::builder().workers(1).start().unwrap();
    runtime.spawn_as("mirror", Mirror).unwrap();
    runtime
}

/// `HTTPTest.Get`, `HTTPTest.Request`: by address, by UPID, by name, by URL.
#[test]
fn every_kind_of_place() {
    let runtime = runtime();
    let (client, address) = (runtime.client(), runtime.address());
    let upid: Upid = format!("mirror@{address}").parse().unwrap();
    let port = address.port();
    let expected = format!("GET {address} /mirror?a=b");
    assert_eq!(told(client.get(address, "/mirror?a=b")), expected);
    assert_eq!(told(client.get(&upid, "/mirror?a=b")), expected);
    let url = format!("http://{address}/mirror?a=b");
    assert_eq!(told(client.get_url(&url)), expected);
    // The resolver may name an IPv6 address first, where nobody listens.
    let expected = format!("GET localhost:{port} /mirror?a=b");
    let url = format!("http://localhost:{port}/mirror?a=b#top");
    assert_eq!(told(client.get_url(&url)), expected);
    let url: AbsoluteUrl = url.parse().unwrap();
    let request = Request::new(Method::DELETE, "/elsewhere").unwrap();
    let told = told(client.request_url(&url, request));
    assert_eq!(told, format!("DELETE localhost:{port} /mirror?a=b"));
}

#[test]
fn both_families() {
    let builder = Runtime::builder().workers(1).ip(Ipv6Addr::UNSPECIFIED);
    let runtime = builder.advertised_ip(Ipv6Addr::LOCALHOST).start().unwrap();
    runtime.spawn_as("mirror", Mirror).unwrap();
    let port = runtime.address().port();
    for host in ["127.0.0.1", "[::1]", "localhost"] {
        let url = format!("http://{host}:{port}/mirror");
        let expected = format!("GET {host}:{port} /mirror");
        assert_eq!(told(runtime.client().get_url(&url)), expected);
    }
}

/// `HttpServeTest.Unix` has the same with a stream.
#[test]
fn sockets_at_paths() {
    let name = format!("libprocess-way-{}", std::process::id());
    let path: PathBuf = std::env::temp_dir().join(name);
    let runtime = Runtime::builder().workers(1).unix_path(&path);
    let runtime = runtime.start().unwrap();
    runtime.spawn_as("mirror", Mirror).unwrap();
    let client: &Client = runtime.client();
    let expected = "GET localhost /mirror";
    assert_eq!(told(client.get(&*path, "/mirror")), expected);
    let encoded = path.display().to_string().replace('/', "%2F");
    let url = format!("http+unix://{encoded}/mirror");
    assert_eq!(told(client.get_url(&url)), expected);
    let connection = client.connect(&*path);
    for _ in 0..3 {
        let request = Request::new(Method::GET, "/mirror").unwrap();
        assert_eq!(told(connection.send(request)), expected);
    }
    let nobody = client.get(&*path.with_extension("none"), "/mirror");
    assert!(matches!(problem(nobody), client::Error::Connect(_)));
}

#[test]
fn what_cannot_be_found_is_an_error() {
    let runtime = runtime();
    let client = runtime.client();
    for url in [
        "https://abc.com/",
        "ftp://abc.com:21/",
        "abc.com",
        "http://a b/",
    ] {
        let error = problem(client.get_url(url));
        assert!(matches!(error, client::Error::Target(_)), "{url}: {error}");
    }
    for host in ["", "a b", "a\r\nX: y"] {
        let error = problem(client.get((host, 80), "/"));
        assert!(matches!(error, client::Error::Target(_)), "{host}: {error}");
    }
    let error = problem(client.get(("no-such-host.invalid", 80), "/"));
    assert!(matches!(error, client::Error::Connect(_)), "{error}");
    let to = Destination::from(("localhost", 1));
    let error = problem(client.get(to, "/"));
    assert!(matches!(error, client::Error::Connect(_)), "{error}");
}
