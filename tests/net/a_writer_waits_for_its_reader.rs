//! Buffers are bounded: who writes faster than the other reads has to wait.

use std::task::{Context, Poll, Waker};

use libprocess::net::Stream;

use super::world::{World, connect, read_to_end, wait};

on_every_network!(a_writer_waits_and_loses_nothing);

/// Writes what goes without waiting.
fn fill(stream: &dyn Stream, bytes: &[u8]) -> usize {
    let mut ctx = Context::from_waker(Waker::noop());
    let mut sent = 0;
    while let Poll::Ready(size) = stream.poll_write(&mut ctx, &bytes[sent..]) {
        sent += size.unwrap();
        assert!(sent < bytes.len(), "no bound after {sent} bytes");
    }
    sent
}

fn a_writer_waits_and_loses_nothing(world: &dyn World) {
    let (near, far) = connect(world);
    let bytes: Vec<u8> = (0..16_000_000_u32).map(|n| (n >> 3) as u8).collect();
    let sent = fill(&*near, &bytes);
    world.settle();

    // Both in one task, so that either may wait for the other.
    let rest = async {
        super::world::write_all(&*near, &bytes[sent..])
            .await
            .unwrap();
        drop(near);
    };
    let (_, received) = wait(world, both(rest, read_to_end(&*far)));
    assert!(received.unwrap() == bytes, "bytes were lost or disordered");
}

/// Both futures at once, as one task.
async fn both<A, B>(a: impl Future<Output = A>, b: impl Future<Output = B>) -> (A, B) {
    let (mut a, mut b) = (Box::pin(a), Box::pin(b));
    let (mut x, mut y) = (None, None);
    std::future::poll_fn(move |ctx| {
        if x.is_none()
            && let Poll::Ready(output) = a.as_mut().poll(ctx)
        {
            x = Some(output);
        }
        if y.is_none()
            && let Poll::Ready(output) = b.as_mut().poll(ctx)
        {
            y = Some(output);
        }
        match (x.take(), y.take()) {
            (Some(x), Some(y)) => Poll::Ready((x, y)),
            (one, other) => {
                (x, y) = (one, other);
                Poll::Pending
            }
        }
    })
    .await
}
