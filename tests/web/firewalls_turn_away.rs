//! A disabled endpoint answers nobody, however its path is written, and its neighbours go on.

use libprocess::http::{Method, Request, Response, Status};
use libprocess::process::{Context, Process};
use libprocess::runtime::Runtime;
use libprocess::web::DisabledEndpoints;
use libprocess::web::client::Connection;

struct Site;

impl Process for Site {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        for path in ["/", "/a", "/a/own", "/ab"] {
            ctx.route(path, "", Self::answer);
        }
    }
}

impl Site {
    fn answer(&mut self, _ctx: &mut Context<Self>, _request: Request) -> Response {
        Response::new(Status::OK)
    }
}

fn ask(connection: &Connection, path: &str) -> Response {
    let request = Request::new(Method::GET, path).unwrap();
    connection.send(request).wait().unwrap()
}

const CLOSED: &[&str] = &[
    "/site/a",
    "/site/a/",
    "/site//a//",
    "/%73ite/a",
    "/site/a?b#c",
    "/site/a/behind/it",
    "/a",
    "/a/behind",
    "/site",
    "/site/",
    "/",
];

const OPEN: &[&str] = &["/site/a/own", "/site/a/own/behind", "/site/ab", "/ab"];

#[test]
fn however_a_path_is_written() {
    let builder = Runtime::builder().workers(1).delegate("site");
    let runtime = builder.start().unwrap();
    let site = runtime.spawn_as("site", Site).unwrap();
    // Now its routes are there.
    site.dispatch(|_, _| ()).wait().unwrap();
    let connection = runtime.client().connect(runtime.address());
    let all = || CLOSED.iter().chain(OPEN);
    for path in all() {
        assert_eq!(ask(&connection, path).status, Status::OK, "{path}");
    }
    let rule = DisabledEndpoints::new(["/site/a", "/site/"]);
    runtime.firewall().install(vec![Box::new(rule)]);
    for path in CLOSED {
        let status = ask(&connection, path).status;
        assert_eq!(status, Status::FORBIDDEN, "{path}");
    }
    for path in OPEN {
        assert_eq!(ask(&connection, path).status, Status::OK, "{path}");
    }
    let body = ask(&connection, "/site/a").body;
    assert_eq!(body, "Endpoint '/site/a' is disabled".into());
    runtime.firewall().install(Vec::new());
    for path in all() {
        assert_eq!(ask(&connection, path).status, Status::OK, "{path}");
    }
}
