//! Events of one sender are served in the order in which they were sent.

use std::thread;

use super::support::{Address, pool};

#[test]
fn events_of_each_sender_keep_their_order_on_four_workers() {
    let scheduler = pool(4);
    let receivers: Vec<_> = (0..8)
        .map(|_| Address::new(&scheduler, vec![0_u32; SENDERS]))
        .collect();
    thread::scope(|scope| {
        for sender in 0..SENDERS {
            let receivers = &receivers;
            scope.spawn(move || {
                for number in 0..EVENTS {
                    for receiver in receivers {
                        receiver.tell(move |next| {
                            assert_eq!(next[sender], number);
                            next[sender] += 1;
                        });
                    }
                }
            });
        }
    });
    scheduler.settle_turns();
    for receiver in &receivers {
        // An actor whose assertion failed is dead.
        assert!(receiver.tell(|next| assert_eq!(next, &[EVENTS; SENDERS])));
    }
    scheduler.settle_turns();
    for receiver in &receivers {
        assert!(receiver.end());
    }
    scheduler.settle_turns();
    scheduler.stop();
}

#[test]
fn what_an_actor_sends_to_another_keeps_its_order_while_both_are_stolen() {
    let scheduler = pool(4);
    let sink = Address::new(&scheduler, 0_u32);
    let source = Address::new(&scheduler, 0_u32);
    let noise: Vec<_> = (0..8).map(|_| Address::new(&scheduler, 0_u32)).collect();
    for _ in 0..EVENTS {
        let (sink, noise) = (sink.clone(), noise.clone());
        source.tell(move |sent| {
            let number = *sent;
            *sent += 1;
            noise[number as usize % noise.len()].tell(|count| *count += 1);
            sink.tell(move |next| {
                assert_eq!(*next, number);
                *next += 1;
            });
        });
    }
    scheduler.settle_turns();
    assert!(sink.tell(|next| assert_eq!(*next, EVENTS)));
    scheduler.settle_turns();
    assert!(sink.end());
    assert!(source.end());
    assert!(noise.iter().all(Address::end));
    scheduler.settle_turns();
    scheduler.stop();
}

const SENDERS: usize = 4;
const EVENTS: u32 = 2000;
