//! What code may reach for only in the files named here: the seams of the runtime, and its floor
//! that switches between real and modelled threads.

use crate::Problem;
use crate::names::names;
use crate::sources::{Source, Sources};

struct Ban {
    what: &'static str,
    /// The paths that are banned, with everything below them.
    names: &'static [&'static str],
    /// Where: the beginnings of paths of files.
    within: &'static [&'static str],
    /// Which files may all the same: the beginnings of their paths.
    except: &'static [&'static str],
    /// Whether code that is compiled for tests alone may.
    tests_may: bool,
}

/// The code that a simulation runs: nothing in it may depend on anything but the seed.
const SIMULATED: &[&str] = &["src/", "examples/mesos/src/"];

const BANS: &[Ban] = &[
    Ban {
        what: "the OS clock",
        names: &[
            "std::time::Instant",
            "std::time::SystemTime",
            "std::time::UNIX_EPOCH",
            "libc::clock_gettime",
            "libc::gettimeofday",
        ],
        within: SIMULATED,
        except: &["src/clock/real.rs"],
        tests_may: false,
    },
    Ban {
        what: "threads",
        names: &["std::thread", "crossbeam_utils::thread"],
        within: SIMULATED,
        except: &["src/primitive/thread.rs"],
        tests_may: false,
    },
    Ban {
        what: "the environment",
        names: &["std::env", "libc::getenv", "libc::environ"],
        within: SIMULATED,
        except: &["src/runtime/config.rs", "examples/mesos/src/flags.rs"],
        tests_may: false,
    },
    Ban {
        what: "chance",
        names: &[
            "std::hash::RandomState",
            "std::collections::hash_map::RandomState",
            "getrandom",
            "rand",
            "fastrand",
            "libc::getrandom",
        ],
        within: SIMULATED,
        except: &["src/primitive/random.rs"],
        tests_may: false,
    },
    Ban {
        what: "a map in random order",
        names: &[
            "std::collections::HashMap",
            "std::collections::HashSet",
            "std::collections::hash_map",
            "std::collections::hash_set",
        ],
        within: SIMULATED,
        except: &["src/primitive/hash.rs"],
        tests_may: false,
    },
    Ban {
        what: "a UUID crate, since ids come from the runtime's seed",
        names: &["uuid"],
        within: SIMULATED,
        except: &[],
        tests_may: false,
    },
    Ban {
        what: "locks and atomics that no model switches",
        names: &["std::sync", "parking_lot"],
        within: &["src/"],
        except: &["src/primitive/"],
        tests_may: false,
    },
    Ban {
        what: "a model checker",
        names: &["loom", "shuttle"],
        within: &["src/"],
        except: &["src/primitive/"],
        tests_may: true,
    },
    Ban {
        what: "a wait by sleeping",
        names: &["std::thread::sleep", "std::thread::sleep_ms"],
        within: &["src/", "tests/", "examples/mesos/"],
        except: &[],
        tests_may: false,
    },
];

pub(crate) fn check(sources: &Sources) -> Vec<Problem> {
    sources.files.iter().flat_map(check_file).collect()
}

fn check_file(source: &Source) -> Vec<Problem> {
    let begins = |starts: &[&str]| starts.iter().any(|start| source.path.starts_with(start));
    let names = names(source);
    let mut problems = Vec::new();
    for ban in BANS {
        if !begins(ban.within) || begins(ban.except) {
            continue;
        }
        let mut lines: Vec<usize> = names
            .iter()
            .filter(|name| !(name.test && ban.tests_may))
            .filter(|name| ban.names.iter().any(|path| name.reaches(path)))
            .map(|name| name.line)
            .collect();
        lines.dedup();
        problems.extend(lines.iter().map(|line| source.problem(*line, ban.what)));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::assert_finds;

    const ROOT: (&str, &str) = ("src/lib.rs", "mod clock;");

    fn finds(text: &str, lines: &[usize]) {
        let lines: Vec<_> = lines
            .iter()
            .map(|line| ("src/clock/mod.rs", *line))
            .collect();
        assert_finds(check, &[ROOT, ("src/clock/mod.rs", text)], &lines);
    }

    #[test]
    fn the_clock_is_found_in_every_form() {
        finds("use std::time::Instant;", &[1]);
        finds("use std::time::{Duration, SystemTime as Now};", &[1]);
        finds("use std::time;\nfn f() { time::Instant::now(); }", &[2]);
        finds("use std as s;\nfn f() { s::time::Instant::now(); }", &[2]);
        finds("use std::time::*;", &[1]);
        finds("fn f() {\n ::std::time::Instant::now(); }", &[2]);
        finds(
            "fn f() { println!(\"{:?}\",\n std::time::Instant::now()); }",
            &[2],
        );
        finds("fn f() { vec![std::{time::Instant}]; }", &[1]);
        finds("use std::time::Duration;", &[]);
    }

    #[test]
    fn every_other_seam_is_found() {
        finds("fn f() { std::thread::spawn(|| {}); }", &[1]);
        finds("use std::thread;", &[1]);
        finds("use std::env;", &[1]);
        finds("use std::hash::RandomState;", &[1]);
        finds("use getrandom::fill;", &[1]);
        finds("use std::collections::{BTreeMap, HashMap};", &[1]);
        finds("use std::collections::HashSet;", &[1]);
        finds(
            "use std::collections;\ntype M = collections::HashMap<u8, u8>;",
            &[2],
        );
        finds("use uuid::Uuid;", &[1]);
        finds("use std::sync::Arc;", &[1]);
        finds("use core::sync::atomic::AtomicBool;", &[1]);
        finds("use parking_lot::Mutex;", &[1]);
        finds("use loom::sync::Arc;", &[1]);
        finds("use std::process::Command;", &[]);
    }

    #[test]
    fn the_named_files_and_models_may() {
        let files = [
            ("src/lib.rs", "mod clock;"),
            (
                "src/clock/mod.rs",
                "mod real;\n#[cfg(all(test, loom))]\nmod model;",
            ),
            ("src/clock/real.rs", "use std::time::Instant;"),
            ("src/clock/model.rs", "use loom::thread;"),
        ];
        assert_finds(check, &files, &[]);
    }

    #[test]
    fn tests_and_the_cluster_manager_are_held_too() {
        let files = [
            ("Cargo.toml", "path = \"tests/main.rs\""),
            ("tests/main.rs", "fn f() {\n std::thread::sleep(d) }"),
            ("examples/mesos/Cargo.toml", ""),
            (
                "examples/mesos/src/lib.rs",
                "use std::sync::Arc;\nuse std::time::Instant;",
            ),
        ];
        let expected = [("examples/mesos/src/lib.rs", 2), ("tests/main.rs", 2)];
        assert_finds(check, &files, &expected);
    }
}
