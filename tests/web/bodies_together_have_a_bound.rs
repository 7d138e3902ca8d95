//! What all connections together hold of bodies that are not complete has a bound.

use libprocess::codec::Limits;

use super::site::{Site, answer, last_answer};
use crate::net::world::World;

on_every_network!(
    who_comes_on_top_is_told_so,
    what_is_read_on_the_way_counts_not
);

fn site(world: &dyn World) -> Site<'_> {
    let gathered_bytes = 100_000;
    let limits = Limits {
        gathered_bytes,
        ..Limits::default()
    };
    Site::with(world, None, limits)
}

fn head(path: &str, length: usize) -> String {
    format!("POST {path} HTTP/1.1\r\nContent-Length: {length}\r\n\r\n")
}

fn who_comes_on_top_is_told_so(world: &dyn World) {
    let site = site(world);
    let part = "x".repeat(50_000);
    let first = site.dial();
    site.say(&*first, head("/p", 51_000));
    site.say(&*first, &part);
    let second = site.dial();
    site.say(&*second, head("/p", 200_000));
    site.say(&*second, &part);
    // In pieces, since it is left unread from somewhere on.
    let busy = "503 Service Unavailable";
    let unavailable = last_answer(busy, "503 Service Unavailable.");
    for piece in part.as_bytes().chunks(10_000) {
        site.say(&*second, piece);
    }
    site.hear(&*second, &unavailable);
    drop(second);
    site.settle();
    // The others go on, and what was held is free again.
    site.say(&*first, "x".repeat(1000));
    site.desk.answer("one");
    site.hear(&*first, &answer("200 OK", "one"));
    let third = site.dial();
    site.say(&*third, head("/p", 60_000));
    for piece in "x".repeat(60_000).as_bytes().chunks(10_000) {
        site.say(&*third, piece);
    }
    site.desk.answer("three");
    site.hear(&*third, &answer("200 OK", "three"));
}

fn what_is_read_on_the_way_counts_not(world: &dyn World) {
    let site = site(world);
    let stream = site.dial();
    site.say(&*stream, head("/p/stream", 300_000));
    site.say(&*stream, "x");
    let (request, promise) = site.desk.request();
    let libprocess::http::Body::Pipe(reader) = request.body else {
        panic!("{:?} is no pipe", request.body)
    };
    let mut read = site.wait(reader.read()).unwrap().len();
    for piece in "x".repeat(299_999).as_bytes().chunks(10_000) {
        site.say(&*stream, piece);
        read += site.wait(reader.read()).unwrap().len();
    }
    assert_eq!(read, 300_000);
    promise.set(libprocess::http::Response::ok("all"));
    site.hear(&*stream, &answer("200 OK", "all"));
}
