//! A child has its three standard streams, whatever else was open here.

use libprocess::os::{Command, Redirect};
use socket2::{Domain, Socket, Type};

use super::world::World;

#[test]
fn descriptors_without_close_on_exec_do_not_leak() {
    let world = World::new();
    // What C code may leave behind: a descriptor that a new program would inherit.
    let left_open = Socket::new_raw(Domain::UNIX, Type::STREAM, None).unwrap();
    let command = Command::new("ls")
        .arg("/proc/self/fd")
        .stdin(Redirect::Null);
    // The fourth is the folder that it reads.
    assert_eq!(world.output(command), "0\n1\n2\n3");
    drop(left_open);
}
