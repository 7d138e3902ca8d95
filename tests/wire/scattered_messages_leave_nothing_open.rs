//! Messages without a link open a connection each, and it is gone soon after.

use std::time::{Duration, Instant};

use libprocess::address::Upid;
use libprocess::runtime::Runtime;

use super::runtimes_talk::{next, teller};
use crate::net::alone::is_alone;

/// Counts the descriptors of the whole OS process.
#[test]
fn descriptors_return() {
    if is_alone(module_path!(), "descriptors_return", "true") {
        send_and_count();
    }
}

fn send_and_count() {
    let near = Runtime::builder().workers(2).start().unwrap();
    let far = Runtime::builder().workers(2).start().unwrap();
    let (asker, told) = teller(&near, "asker");
    let (_answerer, heard) = teller(&far, "answerer");
    let before = open_descriptors();
    for number in 0..300 {
        let (to, back) = (Upid::new("answerer", far.address()), Upid::from(&asker));
        asker.tell(move |_, ctx| ctx.send(&to, "pong", number.to_string()));
        assert_eq!(next(&heard), format!("{number} from asker"));
        far.manager().post(&back, "pong", number.to_string());
        assert_eq!(next(&told), format!("{number} from "));
    }
    let start = Instant::now();
    while open_descriptors() > before {
        assert!(start.elapsed() < Duration::from_secs(60), "they stay open");
        std::thread::yield_now();
    }
}

fn open_descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}
