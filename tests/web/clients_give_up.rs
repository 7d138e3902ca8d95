//! Who discards a response takes the request back, and the server's process hears of it.
//!
//! In C++ libprocess a discard can cancel no more than a connect that is under way
//! (`HttpServeTest.Discard` has the server's side of it).

use std::time::Duration;

use libprocess::future::Future;
use libprocess::http::{Method, Request, Response, pipe};
use libprocess::web::client::Connection;

use super::site::Site;
use crate::net::world::World;

on_every_network!(
    the_process_is_asked_to_stop,
    what_was_not_sent_never_is,
    others_on_the_connection_are_heard,
    a_time_limit_and_a_disconnect_tell_it_too,
    a_body_that_is_still_sent_breaks_off,
    an_answer_that_is_there_already_stays,
);

fn ask(connection: &Connection) -> Future<Response> {
    connection.send(Request::new(Method::GET, "/p").unwrap())
}

/// Lets happen what has to until that is so.
fn until(site: &Site<'_>, is_so: impl Fn() -> bool) {
    while !is_so() {
        site.settle();
    }
}

fn the_process_is_asked_to_stop(world: &dyn World) {
    let site = Site::new(world);
    let address = site.server().address();
    let connection = site.client().connect(address);
    let kept: &dyn Fn() -> Future<Response> = &|| ask(&connection);
    for ask in [kept, &|| site.client().get(address, "/p")] {
        let response = ask();
        site.settle();
        let (_, promise) = site.desk.request();
        assert!(!promise.has_discard());
        assert!(response.discard());
        until(&site, || promise.has_discard());
        assert!(response.is_discarded());
        until(&site, || site.server().connections() == 0);
    }
    assert!(connection.disconnected().is_ready());
}

fn what_was_not_sent_never_is(world: &dyn World) {
    let site = Site::new(world);
    let address = site.server().address();
    let response = site.client().get(address, "/p");
    assert!(response.discard() && response.is_discarded());
    let connection = site.client().connect(address);
    let (first, second) = (ask(&connection), ask(&connection));
    assert!(first.discard() && first.is_discarded());
    site.settle();
    assert_eq!(site.desk.waiting(), 1);
    site.desk.answer("x");
    assert_eq!(site.wait(second).unwrap().body, "x".into());
    let third = ask(&connection);
    site.settle();
    site.desk.answer("y");
    assert_eq!(site.wait(third).unwrap().body, "y".into());
}

fn others_on_the_connection_are_heard(world: &dyn World) {
    let site = Site::new(world);
    let connection = site.client().connect(site.server().address());
    let [first, second, third] = [(); 3].map(|()| ask(&connection));
    site.settle();
    assert!(first.discard() && second.discard());
    site.settle();
    assert!(first.is_discarded() && second.is_discarded());
    for text in ["one", "two", "three"] {
        site.desk.answer(text);
    }
    assert_eq!(site.wait(third).unwrap().body, "three".into());
    let fourth = ask(&connection);
    site.settle();
    let (_, promise) = site.desk.request();
    assert!(fourth.discard());
    until(&site, || promise.has_discard());
}

fn a_time_limit_and_a_disconnect_tell_it_too(world: &dyn World) {
    let site = Site::new(world);
    let address = site.server().address();
    let late = site.client().within(Duration::from_secs(5));
    let late = late.get(address, "/p");
    site.settle();
    let (_, promise) = site.desk.request();
    site.advance(Duration::from_secs(5));
    site.wait(late).unwrap_err();
    until(&site, || promise.has_discard());

    let connection = site.client().connect(address);
    let response = ask(&connection);
    site.settle();
    let (_, promise) = site.desk.request();
    connection.disconnect();
    site.wait(response).unwrap_err();
    until(&site, || promise.has_discard());
}

fn a_body_that_is_still_sent_breaks_off(world: &dyn World) {
    let site = Site::new(world);
    let connection = site.client().connect(site.server().address());
    let (reader, writer) = pipe();
    let request = Request::new(Method::POST, "/p/stream").unwrap();
    let response = connection.send(request.with_body(reader));
    assert!(writer.write("some"));
    site.settle();
    let (_, promise) = site.desk.request();
    assert!(response.discard());
    until(&site, || promise.has_discard());
    until(&site, || writer.reader_closed().is_ready());
}

fn an_answer_that_is_there_already_stays(world: &dyn World) {
    let site = Site::new(world);
    let connection = site.client().connect(site.server().address());
    let response = ask(&connection);
    site.settle();
    site.desk.answer("x");
    until(&site, || response.is_ready());
    assert!(!response.discard());
    let next = ask(&connection);
    site.settle();
    site.desk.answer("y");
    assert_eq!(site.wait(next).unwrap().body, "y".into());
}
