//! Whatever breaks when: each registration of a link is told of its end once, and no message
//! arrives twice or from nowhere.

use std::collections::BTreeMap;
use std::time::Duration;

use libprocess::address::Upid;
use libprocess::codec::message::Message;
use libprocess::primitive::random::Random;
use libprocess::process::{Context, Process};

use super::world::{Site, World, ip};

/// Links and counts what it hears.
#[derive(Default)]
struct Watcher {
    linked: BTreeMap<Upid, bool>,
    heard: Vec<String>,
    wrong: Vec<String>,
}

impl Process for Watcher {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.install("note", Self::note);
    }

    fn exited(&mut self, _ctx: &mut Context<Self>, pid: &Upid) {
        let linked = self.linked.insert(pid.clone(), false);
        if linked != Some(true) {
            self.wrong.push(format!("{pid} exited out of turn"));
        }
    }
}

impl Watcher {
    fn note(&mut self, _ctx: &mut Context<Self>, message: Message) {
        let text = format!("{} {:?}", message.from, message.body);
        if self.heard.contains(&text) {
            self.wrong.push(format!("{text} came twice"));
        }
        self.heard.push(text);
    }

    fn link(&mut self, ctx: &mut Context<Self>, to: &Upid, reconnect: bool) {
        self.linked.insert(to.clone(), true);
        match reconnect {
            true => ctx.reconnect(to),
            false => ctx.link(to),
        }
    }
}

fn run(seed: u64) {
    let world = World::new();
    let sites: Vec<Site> = (1..=3).map(|number| world.site(number)).collect();
    let spawn = |site: &Site| site.spawn_as("watcher", Watcher::default());
    let watchers: Vec<_> = sites.iter().map(spawn).collect();
    let mut random = Random::new(seed);
    for number in 0..100 {
        let (a, b) = (random.below(3), random.below(3));
        let (near, far) = (ip(a as u8 + 1), ip(b as u8 + 1));
        let to = sites[b].upid(["watcher", "nobody"][random.below(2)]);
        let watcher = &watchers[a];
        match random.below(12) {
            _ if a == b => {
                world.turn();
            }
            0 => world.memory.sever(near, far),
            1 => world.memory.partition(near, far),
            2 | 3 => world.memory.heal(near, far),
            4..=6 => {
                let reconnect = random.below(4) == 0;
                watcher.tell(move |watcher, ctx| watcher.link(ctx, &to, reconnect));
            }
            7..=9 => {
                let size = [0, 0, 0, 70_000][random.below(4)];
                let body = format!("{number} {}", "x".repeat(size));
                watcher.tell(move |_, ctx| ctx.send(&to, "note", body));
            }
            _ => (0..random.below(20)).for_each(|_| {
                world.turn();
            }),
        }
    }
    for (a, b) in [(1, 2), (1, 3), (2, 3)] {
        world.memory.sever(ip(a), ip(b));
    }
    // Who was connecting gives up.
    let end = world.clock.now() + Duration::from_secs(200);
    while world.clock.now() < end && world.turn() {}
    for watcher in &watchers {
        let state = watcher.dispatch(|watcher, _| {
            let pending = watcher.linked.iter().filter(|(_, linked)| **linked);
            let pending: Vec<_> = pending.map(|(upid, _)| upid.to_string()).collect();
            (pending, std::mem::take(&mut watcher.wrong))
        });
        let (pending, wrong) = world.wait(state).unwrap();
        assert!(pending.is_empty(), "seed {seed}: not heard of {pending:?}");
        assert!(wrong.is_empty(), "seed {seed}: {wrong:?}");
    }
}

#[test]
fn no_end_is_missed_or_told_twice() {
    (0..20).for_each(run);
}
