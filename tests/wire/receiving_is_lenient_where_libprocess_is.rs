//! What a receiver takes, and what it answers.

use libprocess::address::Upid;

use super::world::{Diary, World, lines};

const ACCEPTED: &str = "HTTP/1.1 202 Accepted\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n\
                        Content-Length: 0\r\n\r\n";

/// Sends `request` to a site with the process `diary`; says what is answered and written down.
fn receive(request: &str) -> (String, Vec<String>, i64) {
    let world = World::new();
    let site = world.site(1);
    let diary = site.spawn_as("diary", Diary::default());
    let client = world.client(2, site.address());
    client.write(&world, request.as_bytes());
    let answer = client.read(&world);
    let unparsable = site.counters().unparsable_senders.get();
    (answer, lines(&world, &diary), unparsable)
}

#[track_caller]
fn takes(request: &str, sender: &str, body: &str) {
    let (answer, lines, _) = receive(request);
    assert_eq!(answer, ACCEPTED);
    assert_eq!(lines, [format!("pong {body} from {sender}")]);
}

#[test]
fn the_form_of_older_senders() {
    let request = "POST /diary/pong HTTP/1.1\r\nUser-Agent: libprocess/me@10.0.0.2:1\r\n\r\n";
    takes(request, "me@10.0.0.2:1", "");
}

#[test]
fn the_form_of_clients_that_are_no_processes() {
    let request = "POST /diary/pong HTTP/1.1\r\nlibprocess-from:  @10.0.0.2:1 \r\n\
                   Host: \r\nContent-Length: 5\r\n\r\nhello";
    takes(request, "@10.0.0.2:1", "hello");
}

#[test]
fn several_chunks_and_an_encoded_id() {
    let request = "POST /%64iary/pong HTTP/1.1\r\nLibprocess-From: me@10.0.0.2:1\r\n\
                   Transfer-Encoding: chunked\r\n\r\n2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n";
    takes(request, "me@10.0.0.2:1", "hello");
}

#[test]
fn a_sender_that_makes_no_sense() {
    let request = "POST /diary/pong HTTP/1.1\r\nLibprocess-From: garbage\r\n\r\n";
    let (answer, lines, unparsable) = receive(request);
    assert_eq!(answer, ACCEPTED);
    assert_eq!(lines, [format!("pong  from {}", Upid::default())]);
    assert_eq!(unparsable, 1);
}

#[test]
fn nobody_of_that_id() {
    let request = "POST /nobody/pong HTTP/1.1\r\nLibprocess-From: me@10.0.0.2:1\r\n\r\n";
    let (answer, lines, _) = receive(request);
    assert!(answer.starts_with("HTTP/1.1 404 Not Found\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\n404 Not Found."), "{answer}");
    assert!(lines.is_empty());
}

#[test]
fn a_malformed_escape() {
    let request = "POST /%zz/pong HTTP/1.1\r\nLibprocess-From: me@10.0.0.2:1\r\n\r\n";
    let (answer, _, _) = receive(request);
    assert!(
        answer.starts_with("HTTP/1.1 500 Internal Server Error\r\n"),
        "{answer}"
    );
    let text = "Failed to decode URL path: Malformed % escape in '%zz': '%zz'";
    assert!(answer.ends_with(&format!("\r\n\r\n{text}")), "{answer}");
}

#[test]
fn a_message_that_comes_from_elsewhere_than_it_says() {
    let world = World::new();
    let network = world.memory.node(super::world::ip(1));
    let strict = |parts: &mut libprocess::socket_manager::Parts| {
        parts.options.require_peer_ip_match = true;
    };
    let site = world.site_on(1, libprocess::primitive::sync::Arc::new(network), strict);
    let diary = site.spawn_as("diary", Diary::default());
    let client = world.client(2, site.address());
    let message =
        |from: &str| format!("POST /diary/pong HTTP/1.1\r\nLibprocess-From: {from}\r\n\r\n");
    client.write(&world, message("me@10.0.0.2:1").as_bytes());
    assert_eq!(client.read(&world), ACCEPTED);
    client.write(&world, message("me@10.0.0.3:1").as_bytes());
    let answer = client.read(&world);
    let peer = client.0.local_address().unwrap();
    let text = format!(
        "UPID IP address validation failed: \
         Message from me@10.0.0.3:1 was sent from IP {peer}"
    );
    assert!(
        answer.starts_with("HTTP/1.1 400 Bad Request\r\n"),
        "{answer}"
    );
    assert!(answer.ends_with(&format!("\r\n\r\n{text}")), "{answer}");
    assert_eq!(site.counters().mismatched_senders.get(), 1);
    assert_eq!(lines(&world, &diary), ["pong  from me@10.0.0.2:1"]);
}
