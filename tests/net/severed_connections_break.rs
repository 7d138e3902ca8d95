//! Severing breaks the connections between two nodes, and those alone.

use std::io::ErrorKind;
use std::net::IpAddr;

use libprocess::address::Address;
use libprocess::net::Network;

use super::world::{Nodes, World, accept, connect, connected, read, wait, write_all};

#[test]
fn both_ends_are_reset() {
    let world = Nodes::new();
    let (near, far) = connect(&world);
    world.memory.sever(Nodes::NEAR, Nodes::FAR);
    for end in [&near, &far] {
        let error = wait(&world, read(&**end, 1)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        let error = wait(&world, write_all(&**end, b"x")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    }
}

#[test]
fn what_had_arrived_is_read_first() {
    let world = Nodes::new();
    let (near, far) = connect(&world);
    wait(&world, write_all(&*near, b"arrived")).unwrap();
    world.settle();
    wait(&world, write_all(&*near, b"in flight")).unwrap();
    world.memory.sever(Nodes::NEAR, Nodes::FAR);
    assert_eq!(wait(&world, read(&*far, 99)).unwrap(), b"arrived");
    assert!(wait(&world, read(&*far, 99)).is_err());
}

#[test]
fn new_connections_wait_for_the_heal() {
    let world = Nodes::new();
    let listener = world.far().listen(world.far_address()).unwrap();
    world.memory.sever(Nodes::NEAR, Nodes::FAR);
    let stream = world.near().connect(listener.address()).unwrap();
    assert!(world.turn());
    world.memory.heal(Nodes::NEAR, Nodes::FAR);
    wait(&world, connected(&*stream)).unwrap();
    wait(&world, accept(&*listener)).unwrap();
}

#[test]
fn other_nodes_notice_nothing() {
    let world = Nodes::new();
    let third: IpAddr = [10, 0, 0, 3].into();
    let (near, far) = connect(&world);
    let listener = world.far().listen(world.far_address()).unwrap();
    let other = world
        .memory
        .node(third)
        .connect(listener.address())
        .unwrap();
    wait(&world, connected(&*other)).unwrap();
    world.memory.sever(Nodes::NEAR, third);
    world.memory.sever(Nodes::FAR, [10, 0, 0, 4].into());
    wait(&world, write_all(&*near, b"hello")).unwrap();
    assert_eq!(wait(&world, read(&*far, 9)).unwrap(), b"hello");
    wait(&world, write_all(&*other, b"hello")).unwrap();
    let (far, peer) = wait(&world, accept(&*listener)).unwrap();
    assert_eq!(wait(&world, read(&*far, 9)).unwrap(), b"hello");
    assert_eq!(peer.ip(), third);
}

#[test]
fn a_node_listens_at_its_own_ip_alone() {
    let world = Nodes::new();
    let error = world.near().listen(world.far_address()).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::AddrNotAvailable);
    let listener = world.near().listen(Address::ANY).unwrap();
    assert_eq!(listener.address().ip(), Nodes::NEAR);
}
