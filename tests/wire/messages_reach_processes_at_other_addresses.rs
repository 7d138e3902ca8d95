//! A message goes to another address, and the answer comes back over a connection of its own.

use super::world::{Diary, World, lines, within};

#[test]
fn there_and_back() {
    let world = World::new();
    let (near, far) = (world.site(1), world.site(2));
    let asker = near.spawn_as("asker", Diary::default());
    let answerer = far.spawn_as("answerer", Diary::default());
    let to = far.upid("answerer");
    within(&world, &asker, move |ctx| ctx.send(&to, "ping", "hello"));
    assert_eq!(
        lines(&world, &answerer),
        ["ping hello from asker@10.0.0.1:5050"]
    );
    assert_eq!(
        lines(&world, &asker),
        ["pong hello from answerer@10.0.0.2:5050"]
    );
}

#[test]
fn a_process_without_a_message_of_that_name_ignores_it() {
    let world = World::new();
    let (near, far) = (world.site(1), world.site(2));
    let diary = far.spawn_as("diary", Diary::default());
    near.manager.post(&far.upid("diary"), "unheard of", "");
    near.manager.post(&far.upid("diary"), "unheard/of", "");
    near.manager.post(&far.upid("diary"), "pong", "");
    assert_eq!(lines(&world, &diary), ["pong  from @0.0.0.0:0"]);
    assert_eq!(near.counters().dead_letters_refused.get(), 0);
    assert_eq!(near.counters().dead_letters_unencodable.get(), 1);
}

#[test]
fn an_empty_and_a_large_body_arrive() {
    let world = World::new();
    let (near, far) = (world.site(1), world.site(2));
    let diary = far.spawn_as("diary", Diary::default());
    let large = "x".repeat(300_000);
    near.manager.post(&far.upid("diary"), "pong", large.clone());
    near.manager.post(&far.upid("diary"), "pong", "");
    let expected = [large, String::new()].map(|body| format!("pong {body} from @0.0.0.0:0"));
    assert_eq!(lines(&world, &diary), expected);
}

#[test]
fn order_is_kept_on_a_link() {
    let world = World::new();
    let (near, far) = (world.site(1), world.site(2));
    let asker = near.spawn_as("asker", Diary::default());
    let answerer = far.spawn_as("answerer", Diary::default());
    let to = far.upid("answerer");
    for round in 0..10 {
        let to = to.clone();
        within(&world, &asker, move |ctx| {
            ctx.link(&to);
            for number in 0..100 {
                ctx.send(&to, "ping", format!("{round}.{number}"));
            }
        });
    }
    let numbers = (0..10).flat_map(|round| (0..100).map(move |number| (round, number)));
    let line = |(round, number)| format!("ping {round}.{number} from asker@10.0.0.1:5050");
    let expected: Vec<_> = numbers.map(line).collect();
    assert_eq!(lines(&world, &answerer), expected);
    assert_eq!(lines(&world, &asker).len(), 1000);
}

#[test]
fn delegated_messages_keep_their_sender() {
    let world = World::new();
    let (near, far, third) = (world.site(1), world.site(2), world.site(3));
    let asker = near.spawn_as("asker", Diary::default());
    let through = far.spawn_as("through", Delegator);
    third.spawn_as("answerer", Diary::default());
    let target = third.upid("answerer");
    within(&world, &through, move |ctx| ctx.delegate("ping", &target));
    let to = far.upid("through");
    within(&world, &asker, move |ctx| ctx.send(&to, "ping", "hello"));
    assert_eq!(
        lines(&world, &asker),
        ["pong hello from answerer@10.0.0.3:5050"]
    );
}

struct Delegator;

impl libprocess::process::Process for Delegator {}
