//! The table in `README.md` names tests that are there.

use std::path::Path;

const TABLE: &str = include_str!("README.md");

#[test]
fn each_that_is_named() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut count = 0;
    for line in TABLE.lines().filter(|line| line.starts_with('|')) {
        let mut source = None;
        for word in line.split([' ', ',', '|']) {
            if word.ends_with(".rs") {
                let text = std::fs::read_to_string(tests.join(word));
                source = Some(text.unwrap_or_else(|error| panic!("{word}: {error}")));
            } else if let (Some(name), Some(source)) = (word.strip_prefix('`'), &source) {
                let function = format!("fn {}(", name.trim_end_matches('`'));
                assert!(source.contains(&function), "{line}: no {function}");
                count += 1;
            }
        }
    }
    assert!(count > 90, "only {count} are named");
}
