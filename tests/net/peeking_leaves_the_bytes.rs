//! Peeking shows bytes and leaves them where they are.

use std::future::poll_fn;

use super::world::{World, connect, read, wait, write_all};

on_every_network!(peeked_bytes_are_read_again, peeking_sees_the_end);

fn peeked_bytes_are_read_again(world: &dyn World) {
    let (near, far) = connect(world);
    wait(world, write_all(&*near, b"hello")).unwrap();
    for _ in 0..2 {
        let mut buffer = [0; 2];
        let size = wait(world, poll_fn(|ctx| far.poll_peek(ctx, &mut buffer))).unwrap();
        assert_eq!(&buffer[..size], b"he");
    }
    assert_eq!(wait(world, read(&*far, 9)).unwrap(), b"hello");
}

fn peeking_sees_the_end(world: &dyn World) {
    let (near, far) = connect(world);
    drop(near);
    let mut buffer = [0; 2];
    let size = wait(world, poll_fn(|ctx| far.poll_peek(ctx, &mut buffer))).unwrap();
    assert_eq!(size, 0);
    assert_eq!(wait(world, read(&*far, 9)).unwrap(), b"");
}
