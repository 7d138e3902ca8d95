//! Bytes arrive complete and in order, and then the end.

use std::future::poll_fn;
use std::io::IoSlice;

use super::world::{World, connect, read, read_to_end, wait, write_all};

on_every_network!(
    bytes_then_the_end,
    both_ways,
    slices_arrive_as_one_sequence,
    nothing_is_a_write_too
);

fn bytes_then_the_end(world: &dyn World) {
    let (near, far) = connect(world);
    wait(world, write_all(&*near, b"hello")).unwrap();
    drop(near);
    assert_eq!(wait(world, read_to_end(&*far)).unwrap(), b"hello");
    assert_eq!(wait(world, read(&*far, 1)).unwrap(), b"");
}

fn both_ways(world: &dyn World) {
    let (near, far) = connect(world);
    for round in 0..10_u8 {
        wait(world, write_all(&*near, &[round])).unwrap();
        assert_eq!(wait(world, read(&*far, 10)).unwrap(), [round]);
        wait(world, write_all(&*far, &[round, round])).unwrap();
        let mut answer = wait(world, read(&*near, 1)).unwrap();
        answer.extend(wait(world, read(&*near, 10)).unwrap());
        assert_eq!(answer, [round, round]);
    }
}

fn slices_arrive_as_one_sequence(world: &dyn World) {
    let (near, far) = connect(world);
    let slices = [b"one ".as_slice(), b"", b"two ", b"three"].map(IoSlice::new);
    let size = wait(world, poll_fn(|ctx| near.poll_write_vectored(ctx, &slices))).unwrap();
    assert_eq!(size, "one two three".len());
    drop(near);
    assert_eq!(wait(world, read_to_end(&*far)).unwrap(), b"one two three");
}

fn nothing_is_a_write_too(world: &dyn World) {
    let (near, _far) = connect(world);
    let size = wait(world, poll_fn(|ctx| near.poll_write(ctx, b""))).unwrap();
    assert_eq!(size, 0);
}
