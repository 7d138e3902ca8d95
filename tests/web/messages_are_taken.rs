//! Messages are offered to the service, and answered as C++ libprocess answers them.

use libprocess::address::Upid;

use super::site::{Site, accepted, answer, last_answer};
use crate::net::world::World;

on_every_network!(
    any_form_of_body_is_a_message,
    what_is_not_taken_is_answered_with_why,
    a_message_may_close_its_connection,
    a_compressed_body_is_decompressed,
    gets_are_no_messages,
    a_path_without_a_slash_is_refused_before_anything_else,
);

const FROM: &str = "Libprocess-From: me@127.0.0.1:47387\r\n";

fn any_form_of_body_is_a_message(world: &dyn World) {
    let site = Site::new(world);
    let stream = site.dial();
    for (headers, body) in [
        ("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n"),
        (
            "Transfer-Encoding: chunked\r\n",
            "1\r\nh\r\n4\r\nello\r\n0\r\nTrailer: x\r\n\r\n",
        ),
        ("Content-Length: 5\r\n", "hello"),
    ] {
        site.say(
            &*stream,
            format!("POST /p/ping HTTP/1.1\r\n{FROM}{headers}\r\n{body}"),
        );
        site.hear(&*stream, &accepted());
        let messages = site.desk.messages();
        assert_eq!(messages.len(), 1);
        assert_eq!(
            (&*messages[0].name, &*messages[0].body),
            ("ping", &b"hello"[..])
        );
        assert_eq!(messages[0].from.to_string(), "me@127.0.0.1:47387");
        assert_eq!(messages[0].to.id(), "p");
    }
    site.say(
        &*stream,
        "POST /p/ping HTTP/1.1\r\nUser-Agent: libprocess/me@1.2.3.4:5\r\nHost: \r\n\r\n",
    );
    site.hear(&*stream, &accepted());
    assert_eq!(site.desk.messages()[0].body, "");
    site.say(
        &*stream,
        "POST /p/../msg HTTP/1.1\r\nLibprocess-From: garbage\r\n\r\n",
    );
    site.hear(&*stream, &accepted());
    let messages = site.desk.messages();
    assert_eq!(
        (&*messages[0].name, &messages[0].from),
        ("../msg", &Upid::default())
    );
}

fn what_is_not_taken_is_answered_with_why(world: &dyn World) {
    let site = Site::new(world);
    let stream = site.dial();
    site.say(
        &*stream,
        format!("POST /nobody/m HTTP/1.1\r\n{FROM}Content-Length: 2\r\n\r\nhi"),
    );
    site.hear(&*stream, &answer("404 Not Found", "404 Not Found."));
    site.say(
        &*stream,
        format!("POST /%zz/m HTTP/1.1\r\n{FROM}Content-Length: 2\r\n\r\nhi"),
    );
    let text = "Failed to decode URL path: Malformed % escape in '%zz': '%zz'";
    site.hear(&*stream, &answer("500 Internal Server Error", text));
    assert!(site.desk.messages().is_empty());
    site.say(&*stream, format!("POST /p/m HTTP/1.1\r\n{FROM}\r\n"));
    site.hear(&*stream, &accepted());
}

fn a_message_may_close_its_connection(world: &dyn World) {
    let site = Site::new(world);
    for head in ["HTTP/1.1\r\nConnection: close", "HTTP/1.0"] {
        let stream = site.dial();
        site.say(&*stream, format!("POST /p/m {head}\r\n{FROM}\r\n"));
        let expected = accepted().replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
        assert_eq!(site.hear_all(&*stream), expected);
        assert_eq!(site.desk.messages().len(), 1);
    }
}

fn a_compressed_body_is_decompressed(world: &dyn World) {
    // "hello", compressed by gzip and stored, so that it can be written down.
    const HELLO: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x01\x05\0\xfa\xffhello\
                           \x86\xa6\x10\x36\x05\0\0\0";
    let site = Site::new(world);
    let stream = site.dial();
    let head = format!("POST /p/m HTTP/1.1\r\n{FROM}Content-Encoding: gzip\r\n");
    site.say(
        &*stream,
        format!("{head}Content-Length: {}\r\n\r\n", HELLO.len()),
    );
    site.say(&*stream, HELLO);
    site.hear(&*stream, &accepted());
    assert_eq!(site.desk.messages()[0].body, "hello");
    site.say(&*stream, format!("{head}Content-Length: 5\r\n\r\nhello"));
    let expected = last_answer("400 Bad Request", "body does not decompress");
    assert_eq!(site.hear_all(&*stream), expected);
}

fn gets_are_no_messages(world: &dyn World) {
    let site = Site::new(world);
    let stream = site.dial();
    site.say(&*stream, format!("GET /nobody/m HTTP/1.1\r\n{FROM}\r\n"));
    site.hear(&*stream, &answer("404 Not Found", "404 Not Found."));
    site.say(&*stream, format!("GET /p/m HTTP/1.1\r\n{FROM}\r\n"));
    assert_eq!(site.desk.request().0.url.path, "/p/m");
}

fn a_path_without_a_slash_is_refused_before_anything_else(world: &dyn World) {
    let site = Site::new(world);
    let stream = site.dial();
    let expected = answer("400 Bad Request", "Request URL path must start with '/'");
    site.say(&*stream, "OPTIONS * HTTP/1.1\r\n\r\n");
    site.hear(&*stream, &expected);
    site.say(
        &*stream,
        format!("POST p/m HTTP/1.1\r\n{FROM}Content-Length: 2\r\n\r\nhi"),
    );
    site.hear(&*stream, &expected);
    assert!(site.desk.messages().is_empty());
}
