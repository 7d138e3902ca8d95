//! A client that does not read its answers is not read from, and costs a bounded memory.

use std::future::poll_fn;
use std::task::Poll;

use libprocess::codec::Limits;

use super::site::{Site, accepted, answer};
use crate::net::world::World;

on_every_network!(
    a_deaf_client_is_left_alone_until_it_reads,
    requests_wait_behind_many_others,
    requests_wait_behind_those_whose_answers_will_be_large,
    requests_wait_behind_those_whose_bodies_are_large,
    requests_wait_behind_much_that_is_unread
);

const MESSAGE: &str = "POST /p/m HTTP/1.1\r\nLibprocess-From: a@1.2.3.4:5\r\n\r\n";

fn a_deaf_client_is_left_alone_until_it_reads(world: &dyn World) {
    let site = Site::new(world);
    let stream = site.dial();
    let batch = MESSAGE.repeat(1000);
    let (mut written, mut taken) = (0, 0);
    // Until the server takes no more: both buffers between us are full then.
    loop {
        let rest = &batch.as_bytes()[written % MESSAGE.len()..];
        let wrote = site.wait(poll_fn(|ctx| match stream.poll_write(ctx, rest) {
            Poll::Pending => Poll::Ready(None),
            Poll::Ready(result) => Poll::Ready(Some(result.unwrap())),
        }));
        site.settle();
        taken += site.desk.messages().len();
        match wrote {
            Some(bytes) => written += bytes,
            None if !settled(&site, &mut taken) => break,
            None => {}
        }
        assert!(written < 1 << 30, "the server reads for ever");
    }
    assert!(taken < written / MESSAGE.len(), "{taken}");
    // As it reads, all of it is taken and answered.
    let whole = written / MESSAGE.len();
    for _ in 0..whole {
        site.hear(&*stream, &accepted());
    }
    taken += site.desk.messages().len();
    assert_eq!(taken, whole);
}

/// Whether anything more was taken when things were left to themselves.
fn settled(site: &Site<'_>, taken: &mut usize) -> bool {
    for _ in 0..100 {
        site.settle();
    }
    let more = site.desk.messages().len();
    *taken += more;
    more > 0
}

fn requests_wait_behind_many_others(world: &dyn World) {
    let limits = Limits {
        unanswered_requests: 3,
        ..Limits::default()
    };
    let site = Site::with(world, None, limits);
    let stream = site.dial();
    site.say(&*stream, "GET /p HTTP/1.1\r\n\r\n".repeat(10) + MESSAGE);
    for _ in 0..8 {
        assert_eq!(site.desk.waiting(), 3);
        assert!(site.desk.messages().is_empty());
        site.desk.answer("x");
        site.hear(&*stream, &answer("200 OK", "x"));
        site.settle();
    }
    assert_eq!((site.desk.waiting(), site.desk.messages().len()), (2, 1));
    site.desk.answer("x");
    site.desk.answer("x");
    site.hear(&*stream, &(answer("200 OK", "x").repeat(2) + &accepted()));
}

fn requests_wait_behind_those_whose_answers_will_be_large(world: &dyn World) {
    let limits = Limits {
        unanswered_bytes: 64_000,
        ..Limits::default()
    };
    let site = Site::with(world, None, limits);
    let stream = site.dial();
    let serve = |requests: usize, at_once: usize, length: usize| {
        site.say(&*stream, "GET /p/x HTTP/1.1\r\n\r\n".repeat(requests));
        assert_eq!(site.desk.waiting(), at_once);
        let large = "x".repeat(length);
        for _ in 0..requests {
            site.desk.answer(&large);
            site.hear(&*stream, &answer("200 OK", &large));
            site.settle();
        }
    };
    // Of four strangers nobody knows how large they will be; then of seven the sum is too much.
    serve(20, 4, 10_000);
    serve(20, 7, 200_000);
    serve(3, 1, 10);
}

fn requests_wait_behind_those_whose_bodies_are_large(world: &dyn World) {
    let limits = Limits {
        unanswered_bytes: 6_400,
        ..Limits::default()
    };
    let site = Site::with(world, None, limits);
    let stream = site.dial();
    let body = "x".repeat(4_000);
    let request = format!("POST /p HTTP/1.1\r\nContent-Length: 4000\r\n\r\n{body}");
    site.say(&*stream, request.repeat(5));
    for left in [5, 4, 3, 2, 1] {
        assert_eq!(site.desk.waiting(), 2.min(left));
        site.desk.answer("x");
        site.hear(&*stream, &answer("200 OK", "x"));
        site.settle();
    }
}

fn requests_wait_behind_much_that_is_unread(world: &dyn World) {
    let large = "x".repeat(30_000_000);
    for (unwritten_bytes, taken) in [(64 * 1024, 0), (100_000_000, 1)] {
        let limits = Limits {
            unwritten_bytes,
            ..Limits::default()
        };
        let site = Site::with(world, None, limits);
        let stream = site.dial();
        site.say(&*stream, "GET /p HTTP/1.1\r\n\r\n");
        site.desk.answer(&large);
        site.settle();
        site.say(&*stream, "GET /p HTTP/1.1\r\n\r\n");
        assert_eq!(site.desk.waiting(), taken, "{unwritten_bytes}");
    }
}
