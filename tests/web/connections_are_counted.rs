//! Beyond the limit a connection is told that there are too many, and those that are there go on.

use libprocess::codec::Limits;

use super::site::{Site, answer, last_answer};
use crate::net::world::World;

on_every_network!(one_too_many_is_refused);

fn one_too_many_is_refused(world: &dyn World) {
    let connections = 2;
    let site = Site::with(
        world,
        None,
        Limits {
            connections,
            ..Limits::default()
        },
    );
    let first = site.dial();
    let second = site.dial();
    site.settle();
    assert_eq!(site.server().connections(), 2);
    let third = site.dial();
    site.settle();
    let refusal = last_answer("503 Service Unavailable", "503 Service Unavailable.");
    assert_eq!(site.hear_all(&*third), refusal);
    assert_eq!(site.server().counters().refused_connections.get(), 1);
    drop((second, third));
    site.settle();
    let fourth = site.dial();
    for stream in [&first, &fourth] {
        site.say(&**stream, "GET /p HTTP/1.1\r\n\r\n");
        site.desk.answer("served");
        site.settle();
        site.hear(&**stream, &answer("200 OK", "served"));
    }
}
