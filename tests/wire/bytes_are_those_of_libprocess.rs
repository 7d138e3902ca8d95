//! What leaves is, byte for byte, what C++ libprocess sends.

use super::world::{Diary, World, within};

#[test]
fn a_message_with_a_body_and_one_without() {
    let world = World::new();
    let near = world.site(1);
    let listener = world.listener(2);
    let sender = near.spawn_as("p", Diary::default());
    within(&world, &sender, |ctx| {
        let me = "me@10.0.0.2:5050".parse().unwrap();
        ctx.send(&me, "reply", "hello");
        ctx.send(&me, "reply", "");
        ctx.send(
            &"@10.0.0.2:5050".parse().unwrap(),
            "reply",
            "0123456789abcdefghij",
        );
    });
    let peer = world.accept(&*listener);
    assert_eq!(
        peer.read(&world),
        "POST /me/reply HTTP/1.1\r\n\
         User-Agent: libprocess/p@10.0.0.1:5050\r\n\
         Libprocess-From: p@10.0.0.1:5050\r\n\
         Connection: Keep-Alive\r\n\
         Host: 10.0.0.2:5050\r\n\
         Transfer-Encoding: chunked\r\n\
         \r\n\
         5\r\nhello\r\n0\r\n\r\n\
         POST /me/reply HTTP/1.1\r\n\
         User-Agent: libprocess/p@10.0.0.1:5050\r\n\
         Libprocess-From: p@10.0.0.1:5050\r\n\
         Connection: Keep-Alive\r\n\
         Host: 10.0.0.2:5050\r\n\
         \r\n\
         POST /reply HTTP/1.1\r\n\
         User-Agent: libprocess/p@10.0.0.1:5050\r\n\
         Libprocess-From: p@10.0.0.1:5050\r\n\
         Connection: Keep-Alive\r\n\
         Host: 10.0.0.2:5050\r\n\
         Transfer-Encoding: chunked\r\n\
         \r\n\
         14\r\n0123456789abcdefghij\r\n0\r\n\r\n"
    );
}
