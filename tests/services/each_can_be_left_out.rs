//! A runtime works without its services, and without each of them.

use libprocess::http::Status;
use libprocess::runtime::Runtime;
use libprocess::services::Services;

use super::world::World;

const TARGETS: [&str; 4] = [
    "/help",
    "/metrics/snapshot",
    "/system/stats.json",
    "/__processes__",
];

fn statuses(services: Services) -> [Status; 4] {
    let world = World::of(Runtime::builder().services(services));
    TARGETS.map(|target| world.get(target).status)
}

#[test]
fn all_are_there_unless_told_otherwise() {
    assert_eq!(statuses(Services::default()), [Status::OK; 4]);
}

#[test]
fn none_need_be_there() {
    assert_eq!(statuses(Services::none()), [Status::NOT_FOUND; 4]);
}

#[test]
fn one_alone_may_be_missing() {
    let all_but = [
        Services::all().help(false),
        Services::all().metrics(false),
        Services::all().system(false),
        Services::all().processes(false),
    ];
    for (index, services) in all_but.into_iter().enumerate() {
        let mut expected = [Status::OK; 4];
        expected[index] = Status::NOT_FOUND;
        assert_eq!(statuses(services), expected);
    }
}
