//! Between the C++ originals and us there is no difference on the wire.
//!
//! The transcripts hold what they said to each other. This release of theirs leaves `Host` empty
//! where the address of the receiver belongs; that line apart, ours is to be the same.

use libprocess::address::{Address, Upid};
use libprocess::codec::head::parse_response;
use libprocess::codec::message::{Message, encode};
use libprocess::codec::{Limits, Progress, body::Framing};

use super::messages_round_trip::decode;

macro_rules! transcripts {
    ($($file:literal)*) => {
        [$(($file, include_bytes!(concat!("../wire/transcripts/", $file)))),*]
    };
}

const REQUESTS: [(&str, &[u8]); 6] = transcripts! {
    "two-processes/01-to-master.bin"
    "two-processes/02-to-framework.bin"
    "three-processes/01-to-master.bin"
    "three-processes/02-to-agent.bin"
    "three-processes/03-to-master.bin"
    "three-processes/04-to-framework.bin"
};

const RESPONSES: [(&str, &[u8]); 6] = transcripts! {
    "two-processes/01-from-master.bin"
    "two-processes/02-from-framework.bin"
    "three-processes/01-from-master.bin"
    "three-processes/02-from-agent.bin"
    "three-processes/03-from-master.bin"
    "three-processes/04-from-framework.bin"
};

/// The messages of a transcript, and the bytes of each.
fn messages(mut input: &[u8]) -> Vec<(Message, &[u8])> {
    let mut messages = Vec::new();
    while !input.is_empty() {
        let before = input;
        let message = decode(&mut input).expect("a message of the originals");
        messages.push((message, &before[..before.len() - input.len()]));
    }
    messages
}

#[test]
fn every_message_is_recognised() {
    let count = |index: usize| messages(REQUESTS[index].1).len();
    assert_eq!([0, 1, 2, 3, 4, 5].map(count), [4, 4, 5, 5, 3, 3]);
    let (call, _) = &messages(REQUESTS[0].1)[0];
    assert_eq!(call.name, *"mesos.scheduler.Call");
    assert_eq!(call.to.id(), "master");
    assert_eq!(
        call.from.to_string(),
        "scheduler-84bc25f3-c11a-4de0-9157-b26946c2951a@127.0.0.1:26060",
    );
    assert_eq!(call.body.len(), 0x24);
}

#[test]
fn every_message_is_written_alike() {
    let address = Address::loopback(5050);
    for (file, transcript) in REQUESTS {
        for (message, theirs) in messages(transcript) {
            let to = Upid::new(message.to.id(), address);
            let mut ours = Vec::new();
            encode(&Message { to, ..message }, &mut ours).unwrap();
            assert_eq!(ours, with_host(theirs, address), "{file}");
        }
    }
}

#[test]
fn every_answer_is_an_empty_202() {
    for (file, transcript) in RESPONSES {
        let mut input = transcript;
        while !input.is_empty() {
            let parsed = parse_response(input, false, &Limits::default());
            let Progress::Done((head, length)) = parsed else {
                panic!("{file}")
            };
            assert_eq!(
                (head.status, head.framing, length),
                (202, Framing::Empty, 81),
                "{file}"
            );
            input = &input[length..];
        }
    }
}

fn with_host(message: &[u8], address: Address) -> Vec<u8> {
    let empty = b"\r\nHost: \r\n";
    let at = message
        .windows(empty.len())
        .position(|window| window == empty)
        .unwrap();
    let host = at + empty.len() - 2;
    [
        &message[..host],
        address.to_string().as_bytes(),
        &message[host..],
    ]
    .concat()
}
