//! A request that is hidden behind an ambiguous framing reaches nobody, however its bytes are cut.

use super::site::Site;
use crate::codec::framings_are_not_ambiguous::{BODIES, HEADS};
use crate::net::world::{Nodes, World, write_all};

/// Says it in two pieces. Afterwards the connection has ended, and nobody has seen anything but
/// the request itself, if even that.
fn is_refused(world: &dyn World, text: &str, cut: usize, status: u16) {
    let site = Site::new(world);
    let stream = site.dial();
    for piece in [&text.as_bytes()[..cut], &text.as_bytes()[cut..]] {
        // The server may have hung up after the first.
        if site.wait(write_all(&*stream, piece)).is_err() {
            break;
        }
        site.settle();
    }
    let heard = site.hear_all(&*stream);
    let expected = format!("HTTP/1.1 {status} ");
    assert!(
        heard.starts_with(&expected),
        "{text:?} cut at {cut}: {heard:?}"
    );
    assert!(heard.contains("Connection: close"), "{text:?} cut at {cut}");
    assert_eq!(
        heard.matches("HTTP/1.1 ").count(),
        1,
        "{text:?} cut at {cut}"
    );
    assert_eq!(site.desk.waiting(), 0, "{text:?} cut at {cut}");
}

fn is_refused_in_every_form(text: &str, status: u16) {
    let world = Nodes::new();
    for cut in 0..text.len() {
        is_refused(&world, text, cut, status);
    }
}

#[test]
fn behind_heads() {
    for (lines, error, _) in HEADS {
        let text = format!("POST /p HTTP/1.1\r\nHost: h\r\n{lines}\r\n\r\n0\r\n\r\n{HIDDEN}");
        is_refused_in_every_form(&text, error.status());
    }
}

#[test]
fn behind_bodies() {
    for (body, error, _) in BODIES {
        let head = "POST /p HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
        is_refused_in_every_form(&format!("{head}{body}{HIDDEN}"), error.status());
    }
}

const HIDDEN: &str = "GET /p/hidden HTTP/1.1\r\nHost: h\r\n\r\n";
