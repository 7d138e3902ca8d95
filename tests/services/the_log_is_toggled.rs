//! The log says more for a while, and then what it said before.

use libprocess::clock::Clock;
use libprocess::http::Response;
use libprocess::runtime::Runtime;
use libprocess::time::{Time, secs};
use log::LevelFilter;

use super::world::{World, text};

fn said(response: &Response) -> (u16, String) {
    (response.status.code(), text(response))
}

/// One test, since the level is that of the OS process.
#[test]
fn for_a_while() {
    log::set_max_level(LevelFilter::Info);
    let clock = Clock::paused_at(Time::EPOCH);
    let world = World::of(Runtime::builder().clock(clock.clone()));
    let get = |query: &str| said(&world.get(&format!("/logging/toggle{query}")));
    assert_eq!(get(""), (200, "0\n".to_owned()));
    for (query, problem) in [
        ("?level=1", "Expecting 'duration=value' in query.\n"),
        ("?duration=1secs", "Expecting 'level=value' in query.\n"),
        (
            "?level=x&duration=1secs",
            "Failed to convert 'x' to number.\n",
        ),
        ("?level=-1&duration=1secs", "Invalid level '-1'.\n"),
    ] {
        assert_eq!(get(query), (400, problem.to_owned()));
    }
    assert_eq!(get("?level=1&duration=soon").0, 400);
    assert_eq!(get("?level=2&duration=10secs"), (200, String::new()));
    assert_eq!(get(""), (200, "2\n".to_owned()));
    clock.advance(secs(5));
    assert_eq!(get("?level=1&duration=10secs"), (200, String::new()));
    clock.advance(secs(6));
    world.runtime.settle();
    assert_eq!(log::max_level(), LevelFilter::Debug);
    clock.advance(secs(4));
    world.runtime.settle();
    assert_eq!(log::max_level(), LevelFilter::Info);
}
