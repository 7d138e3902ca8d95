//! Each target's property holds on each file of its corpus.

use std::fs;
use std::path::Path;

use super::properties;

/// Tries every file of a corpus.
fn hold(target: &str, property: fn(&[u8])) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus");
    let mut tried = 0;
    for file in fs::read_dir(root.join(target)).unwrap() {
        let path = file.unwrap().path();
        log::info!("trying {}", path.display());
        property(&fs::read(path).unwrap());
        tried += 1;
    }
    assert!(tried > 0, "{target} has a corpus");
}

macro_rules! targets {
    ($($target:ident),+ $(,)?) => {
        $(#[test]
        fn $target() {
            hold(stringify!($target), properties::$target);
        })+
    };
}

targets!(
    request_head,
    response_head,
    chunked_body,
    connection,
    message,
    url,
    upid,
    headers,
);
