//! Sockets of the file system carry bytes both ways, and tell of their end (`SocketTest.Unix`).

use std::io::ErrorKind;
use std::net::Shutdown;
use std::path::PathBuf;
use std::sync::Arc;

use libprocess::address::Address;
use libprocess::net::{Listener, Stream};

use super::world::{Loopback, World, accept, connected, read, read_to_end, wait, write_all};

struct Pair {
    world: Loopback,
    _listener: Box<dyn Listener>,
    near: Arc<dyn Stream>,
    far: Arc<dyn Stream>,
}

fn path(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("libprocess-{name}-{}", std::process::id()))
}

fn pair(name: &str) -> Pair {
    let world = Loopback::new();
    let path = path(name);
    let listener = world.far().listen_path(&path).unwrap();
    let near = world.near().connect_path(&path).unwrap();
    wait(&world, connected(&*near)).unwrap();
    let (far, peer) = wait(&world, accept(&*listener)).unwrap();
    assert_eq!(peer, Address::ANY);
    Pair {
        world,
        _listener: listener,
        near,
        far,
    }
}

#[test]
fn bytes_go_both_ways() {
    let Pair {
        world, near, far, ..
    } = pair("both-ways");
    for (from, to) in [(&near, &far), (&far, &near)] {
        wait(&world, write_all(&**from, b"Hello World!")).unwrap();
        assert_eq!(wait(&world, read(&**to, 100)).unwrap(), b"Hello World!");
    }
    near.shutdown(Shutdown::Write).unwrap();
    assert_eq!(wait(&world, read_to_end(&*far)).unwrap(), b"");
    wait(&world, write_all(&*far, b"last")).unwrap();
    drop(far);
    assert_eq!(wait(&world, read_to_end(&*near)).unwrap(), b"last");
}

#[test]
fn what_breaks_off_is_an_end() {
    let Pair {
        world, near, far, ..
    } = pair("breaks-off");
    near.break_off();
    drop(near);
    assert_eq!(wait(&world, read(&*far, 1)).unwrap(), b"");
}

#[test]
fn nobody_there_is_an_error() {
    let world = Loopback::new();
    let connected = world.near().connect_path(&path("nobody"));
    let error = connected.err().expect("nobody listens");
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[test]
fn a_network_in_memory_has_none() {
    let world = super::world::Nodes::new();
    let connected = world.near().connect_path(&path("memory"));
    let error = connected.err().expect("there are no paths");
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    let listened = world.near().listen_path(&path("memory"));
    assert!(listened.is_err());
}
