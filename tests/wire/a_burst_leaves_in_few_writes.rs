//! All that is queued for a peer leaves in one write.

use libprocess::primitive::sync::{Arc, Mutex};

use super::world::{Counting, Diary, World, ip, lines, within};

#[test]
fn messages_of_one_turn_are_one_write() {
    let world = World::new();
    let writes = Arc::new(Mutex::new(0));
    let network = Counting {
        inner: world.memory.node(ip(1)),
        writes: writes.clone(),
    };
    let near = world.site_on(1, Arc::new(network), |_| {});
    let far = world.site(2);
    let diary = far.spawn_as("diary", Diary::default());
    let sender = near.spawn_as("sender", Diary::default());
    let to = far.upid("diary");
    for linked in [false, true] {
        let to = to.clone();
        within(&world, &sender, move |ctx| {
            if linked {
                ctx.link(&to);
            }
            for number in 0..200 {
                ctx.send(&to, "pong", number.to_string());
            }
        });
        assert_eq!(lines(&world, &diary).len(), 200);
        assert_eq!(std::mem::take(&mut *writes.lock()), 1, "linked: {linked}");
    }
}
