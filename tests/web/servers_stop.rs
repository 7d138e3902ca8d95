//! A server that is dropped leaves nothing behind.

use std::net::Shutdown;

use super::site::Site;
use crate::net::world::{World, read};

on_every_network!(connections_end_with_their_server);

fn connections_end_with_their_server(world: &dyn World) {
    let mut site = Site::new(world);
    let (idle, waiting) = (site.dial(), site.dial());
    site.say(&*idle, "");
    site.say(&*waiting, "GET /p HTTP/1.1\r\n\r\n");
    let (_, promise) = site.desk.request();
    site.stop();
    assert!(promise.has_discard());
    for stream in [idle, waiting] {
        assert_eq!(site.wait(read(&*stream, 1)).unwrap_or_default(), b"");
        let _ = stream.shutdown(Shutdown::Both);
    }
}
