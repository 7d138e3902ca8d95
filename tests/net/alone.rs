//! Tests that look at the whole OS process run in one of their own.

use std::process::Command;

/// Runs the test `name` of the module `module` again, alone in an OS process that `prepare`, a
/// line of shell, has been run for. Says whether this is that process.
pub(crate) fn is_alone(module: &str, name: &str, prepare: &str) -> bool {
    if std::env::var_os(ALONE).is_some() {
        return true;
    }
    let (_, module) = module.split_once("::").unwrap();
    let status = Command::new("sh")
        .arg("-c")
        .arg(format!(r#"{prepare} && exec "$0" --exact "$1""#))
        .arg(std::env::current_exe().unwrap())
        .arg(format!("{module}::{name}"))
        .env(ALONE, "1")
        .status();
    assert!(status.unwrap().success());
    false
}

const ALONE: &str = "LIBPROCESS_TEST_ALONE";
