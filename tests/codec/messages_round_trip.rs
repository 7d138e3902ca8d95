//! What is sent arrives as it was sent.

use libprocess::address::{Address, Upid};
use libprocess::codec::body::{Decoder, Piece};
use libprocess::codec::head::parse_request;
use libprocess::codec::message::{Message, Name, encode, recognise};
use libprocess::codec::{Limits, Progress};
use proptest::prelude::*;

/// The first message of `input`, which is advanced.
pub(super) fn decode(input: &mut &[u8]) -> Option<Message> {
    let limits = Limits::default();
    let Progress::Done((head, length)) = parse_request(input, &limits) else {
        return None;
    };
    let message = recognise(&head)?;
    let mut rest = &input[length..];
    let mut decoder = Decoder::new(head.framing, &limits);
    let mut body = Vec::new();
    while let Progress::Done(piece) = decoder.next(&mut rest) {
        match piece {
            Piece::Data(data) => body.extend_from_slice(data),
            Piece::End => {
                *input = rest;
                // The address is the receiver's own: `Host` is ignored.
                let host = String::from_utf8(head.last("Host")?.to_vec()).ok()?;
                let to = host.parse().unwrap_or(Address::ANY);
                return Some(Message {
                    name: Name::copied(message.name),
                    from: message.sender()?,
                    to: Upid::new(message.id().ok()?, to),
                    body: body.into(),
                });
            }
        }
    }
    None
}

fn upid() -> impl Strategy<Value = Upid> {
    (
        "[a-zA-Z0-9_.()~!$&'*,;=:-]{1,12}|\\PC{1,6}",
        any::<[u8; 4]>(),
        any::<u16>(),
    )
        .prop_filter("an id of the wire", |(id, ..)| {
            libprocess::codec::message::check_id(id).is_ok() && !id.contains(char::is_whitespace)
        })
        .prop_map(|(id, ip, port)| Upid::new(id, Address::new(ip.into(), port)))
}

fn message() -> impl Strategy<Value = Message> {
    let body = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..40),
        (0_usize..70_000).prop_map(|length| vec![b'\r'; length]),
    ];
    ("[!-\"$->@-~]{0,20}", upid(), upid(), body).prop_map(|(name, from, to, body)| Message {
        name: name.into(),
        from,
        to,
        body: body.into(),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn alone_and_one_after_the_other(messages in proptest::collection::vec(message(), 1..4)) {
        let mut bytes = Vec::new();
        for message in &messages {
            encode(message, &mut bytes).unwrap();
        }
        let mut input = &bytes[..];
        for message in messages {
            prop_assert_eq!(decode(&mut input), Some(message));
        }
        prop_assert!(input.is_empty());
    }

    #[test]
    fn no_bytes_panic(bytes in "(POST /[ -~]{0,9} HTTP/1.1\r\n)?[ -~\r\n:]{0,60}(\r\n\r\n)?") {
        let _ = decode(&mut bytes.as_bytes());
    }
}
