//! A child has its three standard streams, whatever else was open here.

use libprocess::os::{Command, Redirect};
use socket2::{Domain, Socket, Type};

use super::world::World;

#[test]
fn descriptors_without_close_on_exec_do_not_leak() {
    let world = World::new();
    // What C code may leave behind: a descriptor that a new program would inherit.
    let left_open = Socket::new_raw(Domain::UNIX, Type::STREAM, None).unwrap();
    let command = Command::shell("ls /proc/$$/fd | tr '\\n' ' '").stdin(Redirect::Null);
    assert_eq!(world.output(command), "0 1 2");
    drop(left_open);
}
