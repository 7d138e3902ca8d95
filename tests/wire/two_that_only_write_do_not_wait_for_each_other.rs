//! Two that write to each other more than lies between them, and answer nothing before they have
//! written all of it, both get it all.

use bytes::Bytes;

use libprocess::address::Upid;
use libprocess::process::{Context, Process};

use super::world::{World, within};

#[derive(Default)]
struct Flooded(usize);

impl Process for Flooded {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.install("drop", |flooded: &mut Self, _: &mut Context<Self>, _| {
            flooded.0 += 1;
        });
    }
}

#[test]
fn floods_pass_each_other() {
    let world = World::new();
    let sites = [world.site(1), world.site(2)];
    let pids = [0, 1].map(|index: usize| sites[index].spawn_as("flooded", Flooded::default()));
    for index in [0, 1] {
        let to: Upid = sites[1 - index].upid("flooded");
        within(&world, &pids[index], move |ctx| {
            let body = Bytes::from(vec![b'x'; 1000]);
            ctx.link(&to);
            for _ in 0..COUNT {
                ctx.send(&to, "drop", body.clone());
            }
        });
    }
    world.settle();
    for (site, pid) in sites.iter().zip(&pids) {
        let received = world.wait(pid.dispatch(|flooded, _| flooded.0)).unwrap();
        let lost = site.counters().dead_letters_queue_full.get();
        assert_eq!((received, lost), (COUNT, 0));
    }
}

/// All of it fits into a queue, and nothing near all of it into a connection.
const COUNT: usize = 800;
