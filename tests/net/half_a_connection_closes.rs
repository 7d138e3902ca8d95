//! Either half closes alone.

use std::io::ErrorKind;
use std::net::Shutdown;

use super::world::{World, connect, read, read_to_end, wait, write_all};

on_every_network!(
    the_other_half_goes_on,
    the_end_reaches_who_waits_and_who_comes_later,
    a_half_closes_once,
    a_closed_reading_half_reads_the_end,
    closing_wakes_who_waits
);

fn the_other_half_goes_on(world: &dyn World) {
    let (near, far) = connect(world);
    wait(world, write_all(&*near, b"question")).unwrap();
    near.shutdown(Shutdown::Write).unwrap();
    assert_eq!(wait(world, read_to_end(&*far)).unwrap(), b"question");
    wait(world, write_all(&*far, b"answer")).unwrap();
    drop(far);
    assert_eq!(wait(world, read_to_end(&*near)).unwrap(), b"answer");
}

/// `NetSocketTest.EOFAfterRecv`, `NetSocketTest.EOFBeforeRecv`.
fn the_end_reaches_who_waits_and_who_comes_later(world: &dyn World) {
    for waits in [true, false] {
        let (near, far) = connect(world);
        wait(world, write_all(&*near, b"hello")).unwrap();
        assert_eq!(wait(world, read(&*far, 9)).unwrap(), b"hello");
        let mut ended = !waits;
        let end = std::future::poll_fn(|ctx| {
            let mut buffer = [0];
            let result = near.poll_read(ctx, &mut buffer);
            if !ended {
                assert!(result.is_pending());
                ended = true;
                far.shutdown(Shutdown::Both).unwrap();
            }
            result
        });
        if !waits {
            far.shutdown(Shutdown::Both).unwrap();
            world.settle();
        }
        assert_eq!(wait(world, end).unwrap(), 0);
    }
}

fn a_half_closes_once(world: &dyn World) {
    let (near, far) = connect(world);
    near.shutdown(Shutdown::Write).unwrap();
    near.shutdown(Shutdown::Write).unwrap();
    let error = wait(world, write_all(&*near, b"x")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BrokenPipe);
    assert_eq!(wait(world, read(&*far, 1)).unwrap(), b"");
}

fn a_closed_reading_half_reads_the_end(world: &dyn World) {
    let (near, far) = connect(world);
    near.shutdown(Shutdown::Read).unwrap();
    assert_eq!(wait(world, read(&*near, 1)).unwrap(), b"");
    wait(world, write_all(&*near, b"still")).unwrap();
    assert_eq!(wait(world, read(&*far, 9)).unwrap(), b"still");
}

fn closing_wakes_who_waits(world: &dyn World) {
    let (near, _far) = connect(world);
    let mut closed = false;
    let end = std::future::poll_fn(|ctx| {
        let mut buffer = [0];
        let result = near.poll_read(ctx, &mut buffer);
        if !closed {
            assert!(result.is_pending());
            closed = true;
            near.shutdown(Shutdown::Both).unwrap();
        }
        result
    });
    assert_eq!(wait(world, end).unwrap(), 0);
}
