//! Connecting to where nobody listens is refused.

use std::io::ErrorKind;

use super::world::{World, accept, connected, wait};

on_every_network!(
    nobody_listens_there,
    nobody_listens_there_any_more,
    who_waits_to_be_accepted_is_reset
);

fn outcome(world: &dyn World, address: libprocess::address::Address) -> ErrorKind {
    let stream = match world.near().connect(address) {
        Ok(stream) => stream,
        // The loopback interface may know at once.
        Err(error) => return error.kind(),
    };
    wait(world, connected(&*stream)).unwrap_err().kind()
}

fn nobody_listens_there(world: &dyn World) {
    let listener = world.far().listen(world.far_address()).unwrap();
    let address = listener.address();
    drop(listener);
    assert_eq!(outcome(world, address), ErrorKind::ConnectionRefused);
}

fn nobody_listens_there_any_more(world: &dyn World) {
    let listener = world.far().listen(world.far_address()).unwrap();
    let address = listener.address();
    let stream = world.near().connect(address).unwrap();
    wait(world, connected(&*stream)).unwrap();
    wait(world, accept(&*listener)).unwrap();
    drop(listener);
    assert_eq!(outcome(world, address), ErrorKind::ConnectionRefused);
}

fn who_waits_to_be_accepted_is_reset(world: &dyn World) {
    let listener = world.far().listen(world.far_address()).unwrap();
    let stream = world.near().connect(listener.address()).unwrap();
    wait(world, connected(&*stream)).unwrap();
    drop(listener);
    let error = wait(world, super::world::read(&*stream, 1)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}
