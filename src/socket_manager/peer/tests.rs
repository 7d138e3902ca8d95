//! One address: single behaviours, and any sequence of events.

mod any_order;

use super::*;

fn upid(text: &str) -> Upid {
    text.parse().unwrap()
}

/// A peer whose temporary connections end when they are drained.
fn peer(bytes: usize) -> Peer {
    Peer::new(Arc::new(policy(bytes)))
}

fn policy(bytes: usize) -> Policy {
    Policy {
        bytes,
        address: Address::loopback(1),
        frames: usize::MAX,
        watches: false,
        rests: false,
        credentials: Credentials::default(),
        pool: Arc::default(),
    }
}

/// One whose temporary connections rest.
fn resting_peer() -> Peer {
    Peer::new(Arc::new(Policy {
        rests: true,
        ..policy(usize::MAX)
    }))
}

fn send(peer: &mut Peer, number: usize) -> Result<(), SendError> {
    peer.handle_send(&head("number"), &format!("<{number}>").into())
}

/// The head of a message of this name.
fn head(name: &'static str) -> Head {
    let message = Message {
        name: name.into(),
        from: upid("me@10.0.0.1:1"),
        to: upid("you@10.0.0.2:2"),
        body: Bytes::new(),
    };
    Head::new(&message, &Credentials::default()).unwrap()
}

/// The numbers of the messages in a batch.
fn numbers(bytes: &[u8]) -> Vec<usize> {
    let text = std::str::from_utf8(bytes).unwrap();
    let bodies = text.split('<').skip(1);
    let number = |body: &str| body.split('>').next().unwrap().parse().unwrap();
    bodies.map(number).collect()
}

fn writes(frames: usize) -> Batch {
    Batch::Write { frames, notices: 0 }
}

fn connects(peer: &mut Peer) -> ConnectionId {
    match peer.poll_action() {
        Some(Action::Connect(id)) => id,
        other => panic!("{other:?}"),
    }
}

fn batch(peer: &mut Peer, id: ConnectionId) -> (Batch, Vec<usize>) {
    let mut buffer = Outbox::default();
    let batch = peer.poll_batch(id, &mut buffer);
    (batch, numbers(&buffer.concat()))
}

#[test]
fn a_burst_shares_a_temporary_connection_that_ends_with_it() {
    let mut peer = peer(usize::MAX);
    send(&mut peer, 1).unwrap();
    send(&mut peer, 2).unwrap();
    let id = connects(&mut peer);
    assert_eq!(peer.poll_action(), None);
    assert_eq!(batch(&mut peer, id), (writes(2), vec![1, 2]));
    send(&mut peer, 3).unwrap();
    assert_eq!(batch(&mut peer, id), (writes(1), vec![3]));
    assert_eq!(batch(&mut peer, id), (Batch::Finish, vec![]));
    assert!(peer.is_idle());
    send(&mut peer, 4).unwrap();
    assert_ne!(connects(&mut peer), id);
}

#[test]
fn a_link_stays_and_takes_what_is_sent_from_then_on() {
    let mut peer = peer(usize::MAX);
    send(&mut peer, 1).unwrap();
    let temporary = connects(&mut peer);
    let (linker, linkee) = (upid("me@10.0.0.1:1"), upid("you@10.0.0.2:2"));
    peer.handle_link(&linker, &linkee, Connection::Reuse);
    let link = connects(&mut peer);
    send(&mut peer, 2).unwrap();
    assert_eq!(batch(&mut peer, link), (writes(1), vec![2]));
    assert_eq!(batch(&mut peer, link), (Batch::Wait, vec![]));
    assert_eq!(batch(&mut peer, temporary).1, [1]);
    assert_eq!(batch(&mut peer, temporary), (Batch::Finish, vec![]));
    send(&mut peer, 3).unwrap();
    assert_eq!(peer.poll_action(), Some(Action::Wake(link)));
    send(&mut peer, 4).unwrap();
    assert_eq!(peer.poll_action(), None);
    assert_eq!(batch(&mut peer, link).1, [3, 4]);
}

#[test]
fn linking_twice_is_heard_once() {
    let mut peer = peer(usize::MAX);
    let (linker, linkee) = (upid("me@10.0.0.1:1"), upid("you@10.0.0.2:2"));
    peer.handle_link(&linker, &linkee, Connection::Reuse);
    peer.handle_link(&linker, &linkee, Connection::Reuse);
    let id = connects(&mut peer);
    assert_eq!(peer.handle_broken(id), 0);
    assert_eq!(peer.poll_action(), Some(Action::Exited { linker, linkee }));
    assert_eq!(peer.poll_action(), None);
    assert_eq!(peer.handle_broken(id), 0);
    assert_eq!(peer.poll_action(), None);
}

#[test]
fn reconnecting_moves_the_queue_and_tells_nobody() {
    let mut peer = peer(usize::MAX);
    let (one, other) = (upid("one@10.0.0.1:1"), upid("other@10.0.0.1:1"));
    let linkee = upid("you@10.0.0.2:2");
    peer.handle_link(&one, &linkee, Connection::Reuse);
    let old = connects(&mut peer);
    send(&mut peer, 1).unwrap();
    peer.handle_link(&other, &linkee, Connection::Reconnect);
    let new = connects(&mut peer);
    assert_eq!(peer.poll_action(), Some(Action::Wake(old)));
    assert!(!peer.is_needed(old) && peer.is_needed(new));
    assert!(!peer.is_current(old) && peer.is_current(new));
    assert_eq!(batch(&mut peer, old), (Batch::Finish, vec![]));
    assert_eq!(peer.handle_broken(old), 0);
    assert_eq!(peer.poll_action(), None);
    assert_eq!(batch(&mut peer, new).1, [1]);
    peer.handle_broken(new);
    let heard = [peer.poll_action(), peer.poll_action(), peer.poll_action()];
    let exited = |linker| {
        Some(Action::Exited {
            linker,
            linkee: linkee.clone(),
        })
    };
    assert_eq!(heard, [exited(one.clone()), exited(other.clone()), None]);
}

#[test]
fn a_temporary_connection_breaks_no_link() {
    let mut peer = peer(usize::MAX);
    send(&mut peer, 1).unwrap();
    let temporary = connects(&mut peer);
    let (linker, linkee) = (upid("me@10.0.0.1:1"), upid("you@10.0.0.2:2"));
    peer.handle_link(&linker, &linkee, Connection::Reuse);
    connects(&mut peer);
    assert_eq!(peer.handle_broken(temporary), 1);
    assert_eq!(peer.poll_action(), None);
}

#[test]
fn closing_ends_connections_once_they_have_written() {
    let mut peer = peer(usize::MAX);
    let (linker, linkee) = (upid("me@10.0.0.1:1"), upid("you@10.0.0.2:2"));
    peer.handle_link(&linker, &linkee, Connection::Reuse);
    let link = connects(&mut peer);
    send(&mut peer, 1).unwrap();
    peer.handle_close();
    assert_eq!(peer.poll_action(), Some(Action::Wake(link)));
    assert_eq!(send(&mut peer, 2), Err(SendError::Closing));
    assert!(peer.is_needed(link) && !peer.is_current(link));
    assert_eq!(batch(&mut peer, link).1, [1]);
    assert_eq!(batch(&mut peer, link), (Batch::Finish, vec![]));
    assert!(peer.is_idle());
    peer.handle_link(&linker, &linkee, Connection::Reuse);
    assert_eq!(peer.poll_action(), Some(Action::Exited { linker, linkee }));
    assert_eq!(peer.poll_action(), None);
}

#[test]
fn what_cannot_be_queued_changes_nothing() {
    let mut peer = peer(10);
    send(&mut peer, 1).unwrap();
    assert_eq!(send(&mut peer, 2), Err(SendError::Full));
    let id = connects(&mut peer);
    assert_eq!(batch(&mut peer, id), (writes(1), vec![1]));
    send(&mut peer, 3).unwrap();
}

#[test]
fn a_queue_is_bounded_by_messages_too() {
    let mut peer = Peer::new(Arc::new(Policy {
        frames: 2,
        ..policy(usize::MAX)
    }));
    send(&mut peer, 1).unwrap();
    send(&mut peer, 2).unwrap();
    assert_eq!(send(&mut peer, 3), Err(SendError::Full));
    let id = connects(&mut peer);
    assert_eq!(batch(&mut peer, id).1, [1, 2]);
    send(&mut peer, 4).unwrap();
    assert_eq!(peer.handle_broken(id), 1);
}

#[test]
fn a_large_body_is_not_copied() {
    let mut peer = peer(usize::MAX);
    let body = Bytes::from(vec![b'x'; ALONE_BYTES]);
    let head = head("large");
    peer.handle_send(&head, &body).unwrap();
    let id = connects(&mut peer);
    let mut buffer = Outbox::default();
    assert_eq!(peer.poll_batch(id, &mut buffer), writes(1));
    assert!(!body.is_unique(), "the batch shares it");
    let mut expected = Vec::new();
    head.encode(&body, &mut expected);
    assert_eq!(buffer.concat(), expected);
}

#[test]
fn one_that_rests_is_used_again_until_it_is_told_to_end() {
    let mut peer = resting_peer();
    send(&mut peer, 1).unwrap();
    let id = connects(&mut peer);
    assert_eq!(batch(&mut peer, id).1, [1]);
    assert_eq!(batch(&mut peer, id), (Batch::Rest, vec![]));
    send(&mut peer, 2).unwrap();
    assert_eq!(peer.poll_action(), Some(Action::Wake(id)));
    // Too late: it has work again.
    peer.handle_retire(id);
    assert_eq!(batch(&mut peer, id).1, [2]);
    assert_eq!(batch(&mut peer, id), (Batch::Rest, vec![]));
    peer.handle_retire(id);
    assert_eq!(peer.poll_action(), Some(Action::Wake(id)));
    assert_eq!(batch(&mut peer, id), (Batch::Finish, vec![]));
    send(&mut peer, 3).unwrap();
    assert_ne!(connects(&mut peer), id);
}

#[test]
fn a_link_ends_the_rest_of_the_temporary_connection() {
    let mut peer = resting_peer();
    send(&mut peer, 1).unwrap();
    let temporary = connects(&mut peer);
    assert_eq!(batch(&mut peer, temporary).1, [1]);
    assert_eq!(batch(&mut peer, temporary), (Batch::Rest, vec![]));
    let (linker, linkee) = (upid("me@10.0.0.1:1"), upid("you@10.0.0.2:2"));
    peer.handle_link(&linker, &linkee, Connection::Reuse);
    assert_eq!(peer.poll_action(), Some(Action::Wake(temporary)));
    connects(&mut peer);
    assert_eq!(batch(&mut peer, temporary), (Batch::Finish, vec![]));
}

#[test]
fn one_that_was_forgotten_takes_nothing() {
    let mut peer = peer(usize::MAX);
    assert!(peer.handle_forgotten());
    assert_eq!(send(&mut peer, 1), Err(SendError::Forgotten));
    let mut peer = resting_peer();
    send(&mut peer, 1).unwrap();
    assert!(!peer.handle_forgotten());
    send(&mut peer, 2).unwrap();
}

/// The processes that a batch asks about, and its messages.
fn questions(peer: &mut Peer, id: ConnectionId) -> (Vec<String>, Vec<usize>) {
    let mut buffer = Outbox::default();
    let Batch::Write { frames, notices } = peer.poll_batch(id, &mut buffer) else {
        return (vec![], vec![]);
    };
    let text = String::from_utf8(buffer.concat()).unwrap();
    let asked = text.split("POST /__links__/watch ").skip(1);
    let asked = asked.map(|part| part.split("\r\n").nth(8).unwrap().to_owned());
    let asked: Vec<_> = asked.collect();
    let numbers = numbers(text.as_bytes());
    assert_eq!((asked.len(), numbers.len()), (notices, frames));
    (asked, numbers)
}

fn watching_peer() -> Peer {
    Peer::new(Arc::new(Policy {
        watches: true,
        ..policy(usize::MAX)
    }))
}

#[test]
fn a_link_asks_first_and_goes_on_if_the_peer_tells() {
    let (linker, one) = (upid("me@10.0.0.1:1"), upid("one@10.0.0.2:2"));
    let (two, three) = (upid("two@10.0.0.2:2"), upid("three@10.0.0.2:2"));
    let mut peer = watching_peer();
    peer.handle_link(&linker, &one, Connection::Reuse);
    send(&mut peer, 1).unwrap();
    peer.handle_link(&linker, &two, Connection::Reuse);
    peer.handle_link(&linker, &two, Connection::Reuse);
    let id = connects(&mut peer);
    assert_eq!(questions(&mut peer, id), (vec!["one".into()], vec![1]));
    assert_eq!(batch(&mut peer, id).0, Batch::Wait);
    assert!(peer.handle_answered(id, true));
    assert_eq!(peer.poll_action(), Some(Action::Wake(id)));
    assert_eq!(questions(&mut peer, id), (vec!["two".into()], vec![]));
    peer.handle_link(&linker, &three, Connection::Reuse);
    assert_eq!(questions(&mut peer, id), (vec!["three".into()], vec![]));
    // Reconnecting asks anew, before what waits.
    send(&mut peer, 2).unwrap();
    peer.handle_link(&linker, &three, Connection::Reconnect);
    let Some(Action::Connect(new)) = peer.poll_action() else {
        panic!("no connection")
    };
    let (asked, numbers) = questions(&mut peer, new);
    assert_eq!((asked.len(), numbers), (1, vec![2]));
    assert!(!peer.handle_answered(id, false), "that one is over");
    assert!(peer.handle_answered(new, true));
    assert_eq!(questions(&mut peer, new).0.len(), 2);
}

#[test]
fn a_peer_that_does_not_tell_is_asked_no_more() {
    let (linker, one) = (upid("me@10.0.0.1:1"), upid("one@10.0.0.2:2"));
    let mut peer = watching_peer();
    peer.handle_link(&linker, &one, Connection::Reuse);
    let id = connects(&mut peer);
    assert_eq!(questions(&mut peer, id), (vec!["one".into()], vec![]));
    peer.handle_link(&linker, &upid("two@10.0.0.2:2"), Connection::Reuse);
    assert!(peer.handle_answered(id, false));
    peer.handle_link(&linker, &upid("three@10.0.0.2:2"), Connection::Reuse);
    assert_eq!(batch(&mut peer, id), (Batch::Wait, vec![]));
    assert_eq!(peer.poll_action(), None);
}

#[test]
fn an_end_is_heard_once_whoever_tells_it() {
    let (linker, other) = (upid("me@10.0.0.1:1"), upid("other@10.0.0.1:1"));
    let (one, two) = (upid("one@10.0.0.2:2"), upid("two@10.0.0.2:2"));
    let mut peer = watching_peer();
    peer.handle_link(&linker, &one, Connection::Reuse);
    peer.handle_link(&linker, &two, Connection::Reuse);
    peer.handle_link(&other, &one, Connection::Reuse);
    let id = connects(&mut peer);
    peer.handle_ended(&one);
    let exited = |linker: &Upid, linkee: &Upid| {
        let (linker, linkee) = (linker.clone(), linkee.clone());
        Some(Action::Exited { linker, linkee })
    };
    assert_eq!(peer.poll_action(), exited(&linker, &one));
    assert_eq!(peer.poll_action(), exited(&other, &one));
    assert!(peer.is_watched());
    peer.handle_ended(&one);
    assert_eq!(peer.poll_action(), None);
    peer.handle_broken(id);
    assert_eq!(peer.poll_action(), exited(&linker, &two));
    assert_eq!(peer.poll_action(), None);
    assert!(!peer.is_watched());
}
