//! Who closes with bytes unread, or is written to after it closed, resets its peer.

use std::io::ErrorKind;

use super::world::{World, connect, read, wait, write_all};

on_every_network!(
    unread_bytes_reset,
    who_breaks_off_resets,
    writing_to_who_is_gone_fails_in_the_end
);

fn unread_bytes_reset(world: &dyn World) {
    let (near, far) = connect(world);
    wait(world, write_all(&*near, b"never read")).unwrap();
    // They have arrived once the other end can see one of them.
    assert_eq!(wait(world, read(&*far, 1)).unwrap(), b"n");
    drop(far);
    let error = wait(world, read(&*near, 1)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}

fn who_breaks_off_resets(world: &dyn World) {
    let (near, far) = connect(world);
    far.break_off();
    drop(far);
    let error = wait(world, read(&*near, 1)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}

fn writing_to_who_is_gone_fails_in_the_end(world: &dyn World) {
    let (near, far) = connect(world);
    drop(far);
    assert_eq!(wait(world, read(&*near, 1)).unwrap(), b"");
    let error = loop {
        if let Err(error) = wait(world, write_all(&*near, b"anybody there?")) {
            break error;
        }
        world.settle();
    };
    let kinds = [ErrorKind::ConnectionReset, ErrorKind::BrokenPipe];
    assert!(kinds.contains(&error.kind()), "{error}");
}
