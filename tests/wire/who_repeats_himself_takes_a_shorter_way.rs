//! A process that sends one message after the other to one receiver has the way looked up once;
//! nobody notices.

use libprocess::address::Upid;
use libprocess::codec::message::{self, Message};
use libprocess::primitive::sync::{Arc, Mutex};
use libprocess::process::Pid;
use libprocess::socket_manager::Reason;

use super::world::{Diary, World, ip, lines, within};

/// Has a process send messages: for whom, of which name, with which body.
fn send(world: &World, sender: &Pid<Diary>, messages: &[(&Upid, &'static str, &'static str)]) {
    let owned = messages
        .iter()
        .map(|(to, name, body)| ((*to).clone(), *name, *body));
    let messages: Vec<_> = owned.collect();
    within(world, sender, move |ctx| {
        for (to, name, body) in messages {
            ctx.send(&to, name, body);
        }
    });
}

#[test]
fn the_bytes_are_the_same() {
    let world = World::new();
    let near = world.site(1);
    let listener = world.listener(2);
    let sender = near.spawn_as("sender", Diary::default());
    let p: Upid = "p@10.0.0.2:5050".parse().unwrap();
    let q: Upid = "q@10.0.0.2:5050".parse().unwrap();
    let messages = [
        (&p, "a", "1"),
        (&p, "a", "2"),
        (&p, "a", ""),
        (&p, "a", "3"),
        (&p, "b", "4"),
        (&q, "b", "5"),
        (&p, "b", "6"),
        (&p, "b", "7"),
        (&p, "a", "8"),
    ];
    send(&world, &sender, &messages);

    let mut expected = Vec::new();
    for (to, name, body) in messages {
        let message = Message {
            name: name.into(),
            from: sender.upid().clone(),
            to: to.clone(),
            body: body.into(),
        };
        message::encode(&message, &mut expected).unwrap();
    }
    let peer = world.accept(&*listener);
    assert_eq!(peer.read(&world), String::from_utf8(expected).unwrap());
}

#[test]
fn a_way_whose_connection_is_gone_is_found_anew() {
    let world = World::new();
    let near = world.site(1);
    let far = world.site(2);
    let sender = near.spawn_as("sender", Diary::default());
    let receiver = far.spawn_as("receiver", Diary::default());
    for round in 0..3 {
        // Each time the connection ends when it is drained, and its peer is forgotten.
        let to = far.upid("receiver");
        let messages = ["1", "2", "3"].map(|body| (&to, "pong", body));
        send(&world, &sender, &messages);
        let note = |body| format!("pong {body} from sender@10.0.0.1:5050");
        assert_eq!(lines(&world, &receiver), [1, 2, 3].map(note), "{round}");
    }
    assert_eq!(near.counters().dead_letters_connection_broke.get(), 0);
}

#[test]
fn what_is_lost_on_it_is_told_whole() {
    type Told = Arc<Mutex<Vec<(Reason, Option<Message>)>>>;
    let told = Told::default();
    let telling = told.clone();
    let world = World::new();
    let near = world.site_on(1, Arc::new(world.memory.node(ip(1))), |parts| {
        parts.options.queue_messages = 3;
        parts.dead_letters = Some(Arc::new(move |letters| {
            telling
                .lock()
                .push((letters.reason, letters.message.cloned()));
        }));
    });
    let _listener = world.listener(2);
    let sender = near.spawn_as("sender", Diary::default());
    let to: Upid = "p@10.0.0.2:5050".parse().unwrap();
    let messages = ["1", "2", "3", "4", "5"].map(|body| (&to, "a", body));
    send(&world, &sender, &messages);
    near.sockets.stop();
    send(&world, &sender, &[(&to, "a", "6")]);

    let lost = |reason, body: &'static str| {
        let message = Message {
            name: "a".into(),
            from: sender.upid().clone(),
            to: to.clone(),
            body: body.into(),
        };
        (reason, Some(message))
    };
    let told = told.lock();
    let whole: Vec<_> = told.iter().filter(|told| told.1.is_some()).collect();
    let expected = [
        lost(Reason::QueueFull, "4"),
        lost(Reason::QueueFull, "5"),
        lost(Reason::Stopping, "6"),
    ];
    assert_eq!(whole, expected.iter().collect::<Vec<_>>());
}
