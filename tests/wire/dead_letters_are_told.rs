//! Whoever wants to hears of messages that did not arrive, and why.

use libprocess::primitive::sync::{Arc, Mutex};
use libprocess::socket_manager::Reason;

use super::world::{Diary, Site, World, ip};

type Told = Arc<Mutex<Vec<(Reason, usize, Option<String>)>>>;

fn site(world: &World) -> (Site, Told) {
    let told = Told::default();
    let telling = told.clone();
    let site = world.site_on(1, Arc::new(world.memory.node(ip(1))), |parts| {
        parts.options.queue_messages = 3;
        parts.dead_letters = Some(Arc::new(move |letters| {
            let name = letters.message.map(|message| message.name.to_string());
            telling.lock().push((letters.reason, letters.count, name));
        }));
    });
    (site, told)
}

#[test]
fn each_with_its_reason() {
    let world = World::new();
    let (near, told) = site(&world);
    let far = world.site(2);
    far.spawn_as("p", Diary::default());
    let (p, missing) = (far.upid("p"), far.upid("missing"));
    let gone = "p@10.0.0.9:5050".parse().unwrap();

    near.manager.post(&p, "two words", "");
    near.manager.post(&missing, "refused", "");
    world.settle();
    for number in 0..5 {
        near.manager.post(&gone, number.to_string(), "");
    }
    world.settle();
    near.sockets.stop();
    near.manager.post(&p, "late", "");

    let one = |reason, name: &str| (reason, 1, Some(name.to_owned()));
    let expected = [
        one(Reason::Unencodable, "two words"),
        (Reason::Refused, 1, None),
        one(Reason::QueueFull, "3"),
        one(Reason::QueueFull, "4"),
        (Reason::ConnectionBroke, 3, None),
        one(Reason::Stopping, "late"),
    ];
    assert_eq!(*told.lock(), expected);
    let counters = near.counters();
    assert_eq!(counters.dead_letters_unencodable.get(), 1);
    assert_eq!(counters.dead_letters_refused.get(), 1);
    assert_eq!(counters.dead_letters_queue_full.get(), 2);
    assert_eq!(counters.dead_letters_connection_broke.get(), 3);
    assert_eq!(counters.dead_letters_stopping.get(), 1);
}
