//! Answers leave in the order of what they answer, however late they come; deliveries do not wait.

use libprocess::codec::Limits;
use libprocess::future::Future;
use libprocess::http::{Response, Status};

use super::site::{Site, accepted, answer};
use crate::net::world::World;

on_every_network!(
    pipelined_requests_are_answered_in_order,
    a_slow_answer_withholds_answers_and_not_deliveries,
    a_batch_is_answered_with_one_write,
    a_request_without_an_answer_costs_a_500_and_not_the_connection,
    a_waiting_client_is_told_to_go_on_in_its_turn,
    many_connections_do_not_mind_each_other,
);

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n")
}

const MESSAGE: &str = "POST /p/m HTTP/1.1\r\nLibprocess-From: me@1.2.3.4:5\r\n\r\n";

fn pipelined_requests_are_answered_in_order(world: &dyn World) {
    let site = Site::new(world);
    let stream = site.dial();
    site.say(&*stream, get("/p/1") + &get("/q/2") + &get("/p/3"));
    let [first, second, third] = [(); 3].map(|()| site.desk.request());
    let paths = [&first, &second, &third].map(|(request, _)| request.url.path.as_str());
    assert_eq!(paths, ["/p/1", "/q/2", "/p/3"]);
    third.1.set(Response::ok("three"));
    second.1.set(Response::ok("two"));
    site.settle();
    first.1.set(Response::ok("one"));
    let expected = ["one", "two", "three"]
        .map(|body| answer("200 OK", body))
        .concat();
    site.hear(&*stream, &expected);
}

fn a_slow_answer_withholds_answers_and_not_deliveries(world: &dyn World) {
    let site = Site::new(world);
    let stream = site.dial();
    site.say(&*stream, get("/p/slow") + MESSAGE + MESSAGE);
    assert_eq!(site.desk.messages().len(), 2);
    site.say(&*stream, MESSAGE.repeat(100) + &get("/nowhere"));
    assert_eq!(site.desk.messages().len(), 100);
    site.desk.answer("slow");
    let expected = answer("200 OK", "slow")
        + &accepted().repeat(102)
        + &answer("404 Not Found", "404 Not Found.");
    site.hear(&*stream, &expected);
}

fn a_batch_is_answered_with_one_write(world: &dyn World) {
    let site = Site::new(world);
    let stream = site.dial();
    site.say(&*stream, MESSAGE.repeat(200));
    // One read sees all of it, because all of it was written at once.
    let expected = accepted().repeat(200);
    let heard = site
        .wait(crate::net::world::read(&*stream, expected.len() + 1))
        .unwrap();
    assert_eq!(String::from_utf8(heard).unwrap(), expected);
}

fn a_request_without_an_answer_costs_a_500_and_not_the_connection(world: &dyn World) {
    let site = Site::new(world);
    let stream = site.dial();
    site.say(
        &*stream,
        get("/p/1") + &get("/p/2") + &get("/p/3") + &get("/p/4"),
    );
    drop(site.desk.request().1);
    site.desk.request().1.fail("boom");
    site.desk.request().1.associate(Future::discarded());
    site.desk.answer("fine");
    let error = "500 Internal Server Error";
    let expected = answer(error, "500 Internal Server Error.")
        + &answer(error, "boom")
        + &answer(error, "discarded future")
        + &answer("200 OK", "fine");
    site.hear(&*stream, &expected);
}

fn a_waiting_client_is_told_to_go_on_in_its_turn(world: &dyn World) {
    let site = Site::new(world);
    let stream = site.dial();
    let head = "POST /p/2 HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
    site.say(&*stream, get("/p/1") + head);
    assert_eq!(site.desk.waiting(), 1);
    site.desk.answer("first");
    site.hear(
        &*stream,
        &(answer("200 OK", "first") + "HTTP/1.1 100 Continue\r\n\r\n"),
    );
    site.say(&*stream, "hi");
    let (request, promise) = site.desk.request();
    assert_eq!(request.body, "hi".into());
    promise.set(Response::text(Status::CREATED, "second"));
    site.hear(&*stream, &answer("201 Created", "second"));
    // Who has sent the body already is not told to.
    site.say(&*stream, format!("{head}hi"));
    site.desk.answer("third");
    site.hear(&*stream, &answer("200 OK", "third"));
}

fn many_connections_do_not_mind_each_other(world: &dyn World) {
    let limits = Limits {
        head_bytes: 1024,
        ..Limits::default()
    };
    let site = Site::with(world, None, limits);
    let streams: Vec<_> = (0..200).map(|_| site.dial()).collect();
    for (number, stream) in streams.iter().enumerate() {
        site.say(&**stream, get(&format!("/p/{number}")));
    }
    let mut requests: Vec<_> = (0..200).map(|_| site.desk.request()).collect();
    requests.reverse();
    for (request, promise) in requests {
        promise.set(Response::ok(request.url.path.clone()));
    }
    for (number, stream) in streams.iter().enumerate() {
        site.hear(&**stream, &answer("200 OK", &format!("/p/{number}")));
    }
}
