//! A C++ scheduler driver registers with our master, and tears its framework down when it stops.

use libprocess::runtime::Runtime;
use mesos::master::{self, Master, Settings};

use super::Native;

#[test]
fn the_cpp_driver_registers_and_leaves() {
    let Some(native) = Native::find() else { return };
    let runtime = Runtime::builder().delegate(master::ID).start().unwrap();
    let master = runtime
        .spawn_as(master::ID, Master::new(Settings::default()))
        .unwrap();
    let port = runtime.address().port();
    let mut framework = native.framework(port, &["--tasks", "0", "--seconds", "2"]);
    framework.says(&format!("-0000 localhost {port}"));
    let (status, seen) = framework.ends();
    assert!(status.success(), "{status}: {}", seen.join("\n"));
    let metrics = runtime
        .manager()
        .metrics()
        .snapshot(runtime.clock(), None)
        .wait()
        .unwrap();
    assert_eq!(metrics["master/messages_register_framework"], 1.0);
    assert_eq!(metrics["master/messages_unregister_framework"], 1.0);
    assert_eq!(metrics["master/messages_deactivate_framework"], 0.0);
    assert_eq!(metrics["master/frameworks_connected"], 0.0);
    drop(master);
    runtime.stop().unwrap();
}
