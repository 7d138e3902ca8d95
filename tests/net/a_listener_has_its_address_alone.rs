//! Addresses: of listeners, and of both ends of a connection.

use std::io::ErrorKind;

use super::world::{World, accept, connected, wait};

on_every_network!(
    a_port_is_chosen_where_none_is_asked_for,
    an_address_is_taken_once,
    both_ends_know_each_other
);

fn a_port_is_chosen_where_none_is_asked_for(world: &dyn World) {
    let one = world.far().listen(world.far_address()).unwrap();
    let other = world.far().listen(world.far_address()).unwrap();
    assert_eq!(one.address().ip(), world.far_address().ip());
    assert_ne!(one.address().port(), 0);
    assert_ne!(one.address(), other.address());
}

fn an_address_is_taken_once(world: &dyn World) {
    let listener = world.far().listen(world.far_address()).unwrap();
    let address = listener.address();
    let error = world.far().listen(address).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::AddrInUse);
    drop(listener);
    assert_eq!(world.far().listen(address).unwrap().address(), address);
}

fn both_ends_know_each_other(world: &dyn World) {
    let listener = world.far().listen(world.far_address()).unwrap();
    let near = world.near().connect(listener.address()).unwrap();
    wait(world, connected(&*near)).unwrap();
    let (far, peer) = wait(world, accept(&*listener)).unwrap();
    assert_eq!(near.peer_address(), listener.address());
    assert_eq!(far.local_address().unwrap(), listener.address());
    assert_eq!(near.local_address().unwrap(), peer);
    assert_eq!(far.peer_address(), peer);
    // An accepted end stands from the start.
    wait(world, connected(&*far)).unwrap();
}
