//! Under any sequence of cuts, what was offered in one write arrives whole or vanishes whole, in
//! order, or the connection breaks.

use std::task::{Context, Poll, Waker};

use libprocess::net::Stream;
use proptest::collection::vec;
use proptest::prelude::*;

use super::world::{Nodes, World, connect};

#[derive(Clone, Debug)]
enum Event {
    /// Offers a frame of this length.
    Offer(u32),
    Partition,
    Heal,
    /// Lets the next frames arrive.
    Turn(u8),
    Read,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => prop_oneof![1..100_u32, 1..200_000_u32].prop_map(Event::Offer),
        1 => Just(Event::Partition),
        2 => Just(Event::Heal),
        4 => (1..4_u8).prop_map(Event::Turn),
        4 => Just(Event::Read),
    ]
}

/// A frame: its number, its length, and filling.
fn frame(number: u32, length: u32) -> Vec<u8> {
    let mut frame = [number.to_be_bytes(), length.to_be_bytes()].concat();
    frame.resize(8 + length as usize, number as u8);
    frame
}

/// The numbers of the whole frames at the front of `bytes`.
fn numbers(mut bytes: &[u8]) -> Vec<u32> {
    let mut numbers = Vec::new();
    while bytes.len() >= 8 {
        let word = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
        let (number, length) = (word(0), word(4));
        let whole = frame(number, length);
        let arrived = bytes.len().min(whole.len());
        assert_eq!(&bytes[..arrived], &whole[..arrived], "a gap in a frame");
        bytes = &bytes[arrived..];
        numbers.push(number);
    }
    numbers
}

/// One end that writes frames, each to its end before the next.
struct Writer {
    rest: Vec<u8>,
    offered: u32,
    broke: bool,
}

impl Writer {
    fn go_on(&mut self, stream: &dyn Stream) {
        while !self.rest.is_empty() && !self.broke {
            match stream.poll_write(&mut Context::from_waker(Waker::noop()), &self.rest) {
                Poll::Pending => return,
                Poll::Ready(Ok(size)) => drop(self.rest.drain(..size)),
                Poll::Ready(Err(_)) => self.broke = true,
            }
        }
    }
}

/// Reads what there is; whether the connection stands.
fn read(stream: &dyn Stream, all: &mut Vec<u8>) -> bool {
    let mut buffer = vec![0; 50_000];
    loop {
        match stream.poll_read(&mut Context::from_waker(Waker::noop()), &mut buffer) {
            Poll::Pending => return true,
            Poll::Ready(Ok(size)) => all.extend_from_slice(&buffer[..size]),
            Poll::Ready(Err(_)) => return false,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn whole_or_not_at_all(seed: u64, events in vec(event(), 0..40)) {
        let world = Nodes::seed(seed);
        let (near, far) = connect(&world);
        let mut writer = Writer { rest: Vec::new(), offered: 0, broke: false };
        let (mut received, mut was_cut) = (Vec::new(), false);
        for event in events {
            match event {
                Event::Offer(length) if writer.rest.is_empty() => {
                    writer.offered += 1;
                    writer.rest = frame(writer.offered, length);
                }
                Event::Offer(_) => {}
                Event::Partition => {
                    was_cut = true;
                    world.memory.partition(Nodes::NEAR, Nodes::FAR);
                }
                Event::Heal => world.memory.heal(Nodes::NEAR, Nodes::FAR),
                Event::Turn(times) => (0..times).for_each(|_| {
                world.turn();
            }),
                Event::Read => {
                    read(&*far, &mut received);
                }
            }
            writer.go_on(&*near);
        }
        world.memory.heal(Nodes::NEAR, Nodes::FAR);
        let mut stands = true;
        let mut is_over = false;
        while stands && !is_over {
            is_over = writer.rest.is_empty();
            world.settle();
            stands = read(&*far, &mut received);
            writer.go_on(&*near);
        }

        let numbers = numbers(&received);
        prop_assert!(numbers.is_sorted_by(|a, b| a < b), "{:?}", numbers);
        if !was_cut {
            prop_assert!(stands && numbers.len() == writer.offered as usize);
        }
    }
}
