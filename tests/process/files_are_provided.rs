//! Files and folders are given out, and nothing beside them.

use std::fs;
use std::path::PathBuf;

use libprocess::future::{Future, Promise};
use libprocess::http::{Body, Method, Request, Response, Status};
use libprocess::process::{Context, Inbound, Process};

use super::Node;

struct Site(PathBuf);

impl Process for Site {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.provide("file", self.0.join("folder/page.html"));
        ctx.provide("folder", self.0.join("folder"));
        ctx.provide("", self.0.join("secret"));
        ctx.route("/folder/route", "", Self::show);
    }
}

impl Site {
    fn show(&mut self, _ctx: &mut Context<Self>, _request: Request) -> Response {
        Response::ok("a route")
    }
}

/// A folder that is removed with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("provided-{name}-{}", std::process::id()));
        fs::create_dir_all(path.join("folder/inner")).unwrap();
        fs::write(path.join("folder/page.html"), "<p>").unwrap();
        fs::write(path.join("folder/a b.txt"), "spaces").unwrap();
        fs::write(path.join("folder/a+b.txt"), "a plus").unwrap();
        fs::write(path.join("folder/inner/data"), "data").unwrap();
        fs::write(path.join("secret"), "secret").unwrap();
        std::os::unix::fs::symlink("../secret", path.join("folder/out")).unwrap();
        std::os::unix::fs::symlink("inner/data", path.join("folder/in")).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

fn ask(node: &Node, method: Method, path: &str) -> Response {
    let (promise, response): (_, Future<Response>) = Promise::new();
    let request = Request::new(method, path).unwrap();
    node.manager.request("site", request, promise);
    response.wait().unwrap()
}

fn whole(response: Response) -> String {
    let bytes = match response.body {
        Body::Pipe(reader) => reader.read_all().wait().unwrap(),
        body => body.bytes().unwrap(),
    };
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn with_their_types() {
    let (node, folder) = (Node::new(), Folder::new("types"));
    node.spawn_as("site", Site(folder.0.clone()));
    for (path, content_type, content) in [
        ("/site/file", Some("text/html"), "<p>"),
        ("/site/folder/page.html", Some("text/html"), "<p>"),
        ("/site/folder/a%20b.txt", Some("text/plain"), "spaces"),
        ("/site/folder/a+b.txt", Some("text/plain"), "a plus"),
        ("/site/folder/a%2bb.txt", Some("text/plain"), "a plus"),
        ("/site/folder/inner/data", None, "data"),
        ("/site/folder/in", None, "data"),
        ("/site", None, "secret"),
        (
            "/site/folder/route",
            Some("text/plain; charset=utf-8"),
            "a route",
        ),
    ] {
        let response = ask(&node, Method::GET, path);
        assert_eq!(response.status, Status::OK, "{path}");
        assert_eq!(response.header("Content-Type"), content_type, "{path}");
        assert_eq!(whole(response), content, "{path}");
    }
}

#[test]
fn and_nothing_else() {
    let (node, folder) = (Node::new(), Folder::new("else"));
    node.spawn_as("site", Site(folder.0.clone()));
    for path in [
        "/site/folder",
        "/site/folder/inner",
        "/site/folder/none",
        "/site/folder/page.html/x",
        "/site/folder/out",
        "/site/folder/%2e%2e/secret",
        "/site/folder/inner/%2e%2e/%2e%2e/secret",
        "/site/folder/..%2fsecret",
        "/site/folder/%2fetc%2fpasswd",
        "/site/folder/page.html%00",
        "/site/folder/%zz",
        "/site/file/inner",
        "/site/other",
    ] {
        assert_eq!(
            ask(&node, Method::GET, path).status,
            Status::NOT_FOUND,
            "{path}"
        );
    }
    let posted = ask(&node, Method::POST, "/site/file");
    assert_eq!(posted.status, Status::METHOD_NOT_ALLOWED);
}

/// As `HTTPTest.ProvideSendfile` of C++ libprocess.
#[test]
fn large_ones_piece_by_piece() {
    let (node, folder) = (Node::new(), Folder::new("large"));
    let content = "0123456789abcdef".repeat(1024 * 1024 / 16) + "x";
    fs::write(folder.0.join("folder/large"), &content).unwrap();
    node.spawn_as("site", Site(folder.0.clone()));
    let response = ask(&node, Method::GET, "/site/folder/large");
    let Body::Pipe(reader) = &response.body else {
        panic!("it is not read at once")
    };
    assert_eq!(reader.length(), Some(content.len() as u64));
    assert!(whole(response) == content);
}
