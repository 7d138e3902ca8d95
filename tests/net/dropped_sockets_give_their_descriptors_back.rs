//! Nothing of a network stays open once it was dropped.

use super::alone::is_alone;
use super::world::{Loopback, connect, wait, write_all};

/// Other tests open descriptors in the same OS process.
#[test]
fn descriptors_return() {
    if is_alone(module_path!(), "descriptors_return", "true") {
        use_network();
        let before = open_descriptors();
        for _ in 0..100 {
            use_network();
        }
        assert_eq!(open_descriptors(), before);
    }
}

fn use_network() {
    let world = Loopback::new();
    let connections: Vec<_> = (0..10).map(|_| connect(&world)).collect();
    for (near, _) in &connections {
        wait(&world, write_all(&**near, b"unread")).unwrap();
    }
}

fn open_descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}
