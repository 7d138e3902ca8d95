//! The first segment of a path names the process; the delegate takes the rest.

use super::site::{Site, answer};
use crate::net::world::World;
use libprocess::codec::Limits;

on_every_network!(
    a_request_arrives_as_it_was_sent,
    nobody_is_a_404,
    a_delegate_takes_what_leads_nowhere_else,
    a_broken_query_is_a_400_and_not_the_end,
);

fn a_request_arrives_as_it_was_sent(world: &dyn World) {
    let site = Site::new(world);
    let stream = site.dial();
    let text = "PUT /%70/a%20b/../x?c=d%20e#f HTTP/1.1\r\nHost: h\r\nX-One: 1\r\nx-one: 2\r\n\
                Content-Length: 4\r\n\r\nbody";
    site.say(&*stream, text.replace("/../", "/./"));
    let (request, promise) = site.desk.request();
    assert_eq!(
        (request.method.as_str(), &*request.url.path),
        ("PUT", "/%70/a%20b/./x")
    );
    assert_eq!(
        (request.query("c"), request.url.fragment.as_deref()),
        (Some("d e"), Some("f"))
    );
    assert_eq!(
        request.headers.get_all("X-ONE").collect::<Vec<_>>(),
        ["1", "2"]
    );
    assert_eq!((request.keep_alive, &request.body), (true, &"body".into()));
    assert_eq!(request.peer, stream.local_address().ok());
    drop(promise);
    site.say(&*stream, text);
    site.hear(
        &*stream,
        &answer("500 Internal Server Error", "500 Internal Server Error."),
    );
    site.hear(&*stream, &answer("404 Not Found", "404 Not Found."));
}

fn nobody_is_a_404(world: &dyn World) {
    let site = Site::new(world);
    let stream = site.dial();
    for path in [
        "/",
        "///",
        "/nobody",
        "/nobody/x",
        "/%zz",
        "/P",
        "/p/..",
        "/p/..x",
    ] {
        site.say(&*stream, format!("GET {path} HTTP/1.1\r\n\r\n"));
        site.hear(&*stream, &answer("404 Not Found", "404 Not Found."));
    }
    assert_eq!(site.desk.waiting(), 0);
    site.say(&*stream, "GET http://some.where:80/p/x HTTP/1.1\r\n\r\n");
    assert_eq!(site.desk.request().0.url.path, "/p/x");
}

fn a_delegate_takes_what_leads_nowhere_else(world: &dyn World) {
    let site = Site::with(world, Some("p"), Limits::default());
    let stream = site.dial();
    for (path, rewritten) in [
        ("/", "/p"),
        ("/state", "/p/state"),
        ("/p/state", "/p/state"),
        ("/q", "/q"),
    ] {
        site.say(&*stream, format!("GET {path}?a=b HTTP/1.1\r\n\r\n"));
        let (request, promise) = site.desk.request();
        assert_eq!(
            (&*request.url.path, request.query("a")),
            (rewritten, Some("b"))
        );
        drop(promise);
        site.settle();
    }
    // It has no say in messages.
    site.say(
        &*stream,
        "POST /x/m HTTP/1.1\r\nLibprocess-From: a@1.2.3.4:5\r\n\r\n",
    );
    let error = answer("500 Internal Server Error", "500 Internal Server Error.");
    site.hear(
        &*stream,
        &(error.repeat(4) + &answer("404 Not Found", "404 Not Found.")),
    );

    let site = Site::with(world, Some("gone"), Limits::default());
    let heard = site.exchange("GET /state HTTP/1.1\r\n\r\n");
    assert_eq!(heard, answer("404 Not Found", "404 Not Found."));
}

fn a_broken_query_is_a_400_and_not_the_end(world: &dyn World) {
    let site = Site::new(world);
    let stream = site.dial();
    site.say(
        &*stream,
        "POST /p?%x=%y HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi",
    );
    site.hear(
        &*stream,
        &answer("400 Bad Request", "Malformed % escape in '%x': '%x'"),
    );
    site.say(&*stream, "GET /p HTTP/1.1\r\n\r\n");
    site.desk.answer("ok");
    site.hear(&*stream, &answer("200 OK", "ok"));
}
