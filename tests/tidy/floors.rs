//! A module of the library imports only from strictly lower floors, and never through the root.
//!
//! Code that is compiled for tests alone may look up and sideways, but names things where they
//! are defined all the same.

use crate::Problem;
use crate::names::{Name, names};
use crate::sources::{Source, Sources};

/// The floor of each module; the root and its pages stand on top of all.
const FLOORS: &[(&str, usize)] = &[
    ("primitive", 0),
    ("address", 1),
    ("time", 1),
    ("codec", 2),
    ("future", 2),
    ("clock", 2),
    ("scheduler", 3),
    ("http", 3),
    ("metrics", 3),
    ("process", 4),
    ("sync", 4),
    ("reactor", 4),
    ("net", 5),
    ("os", 5),
    ("protobuf", 5),
    ("web", 6),
    ("socket_manager", 7),
    ("services", 8),
    ("runtime", 9),
    ("default", 10),
    ("testing", 10),
    ("prelude", 11),
    ("manual", 11),
];

pub(crate) fn check(sources: &Sources) -> Vec<Problem> {
    let library = sources.files.iter().filter(|source| {
        let module = source.module.as_ref();
        module.is_some_and(|module| module.root == "src/lib.rs" && !module.path.is_empty())
    });
    let mut problems = Vec::new();
    for source in library {
        let own = &source.module.as_ref().expect("filtered above").path[0];
        match floor(own) {
            None => problems.push(source.problem(1, format!("`{own}` stands on no floor"))),
            Some(level) => check_file(source, own, level, &mut problems),
        }
    }
    problems
}

fn check_file(source: &Source, own: &str, level: usize, problems: &mut Vec<Problem>) {
    for name in names(source) {
        if let Some(what) = wrong(&name, own, level) {
            problems.push(source.problem(name.line, what));
        }
    }
}

/// What is wrong with naming this, in the module `own` on floor `level`.
fn wrong(name: &Name, own: &str, level: usize) -> Option<String> {
    let path = name.segments.join("::");
    let module = match name.segments[0].as_str() {
        "crate" => name.segments.get(1),
        "libprocess" => None,
        _ => return None,
    };
    let Some((module, other)) = module.and_then(|module| Some((module, floor(module)?))) else {
        return Some(format!("`{path}` is named through the root"));
    };
    let up = other >= level && module != own && !name.test;
    up.then(|| format!("`{own}` (floor {level}) names `{path}` (floor {other})"))
}

fn floor(module: &str) -> Option<usize> {
    let found = FLOORS.iter().find(|(name, _)| *name == module);
    found.map(|(_, floor)| *floor)
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::assert_finds;

    const ROOT: (&str, &str) = (
        "src/lib.rs",
        "mod clock; mod process; pub use process::Process;",
    );

    fn finds(text: &str, lines: &[usize]) {
        let lines: Vec<_> = lines
            .iter()
            .map(|line| ("src/clock/mod.rs", *line))
            .collect();
        assert_finds(check, &[ROOT, ("src/clock/mod.rs", text)], &lines);
    }

    #[test]
    fn an_import_from_a_higher_floor_is_found_in_every_form() {
        finds("use crate::process::Pid;", &[1]);
        finds(
            "use crate::{time::Time,\n process::{Pid, Process}};",
            &[2, 2],
        );
        finds("use super::process::Pid;", &[1]);
        finds("use self::super::process::*;", &[1]);
        finds("pub use crate::process::Pid as Handle;", &[1]);
        finds(
            "use crate as root;\nfn f() -> root::process::Pid {}",
            &[1, 2],
        );
        finds("use super as up;\nfn f() { up::process::spawn() }", &[1, 2]);
        finds("fn f() {\n  crate::process::spawn()\n}", &[2]);
        finds(
            "fn f() {\n  println!(\"{}\", crate::process::spawn());\n}",
            &[2],
        );
        finds(
            "macro_rules! m { () => { $crate::process::spawn() } }",
            &[1],
        );
        finds("mod inner { use super::super::process::Pid; }", &[1]);
        finds("impl crate::process::Process for u8 {}", &[1]);
    }

    #[test]
    fn an_import_from_the_same_floor_is_found() {
        finds("use crate::future::Future;", &[1]);
    }

    #[test]
    fn a_name_through_the_root_is_found_in_tests_too() {
        finds("use crate::Process;", &[1]);
        finds("use crate::*;", &[1]);
        finds("use super::Process;", &[1]);
        finds(
            "extern crate self as libprocess;\nuse libprocess::Process;",
            &[1, 2],
        );
        finds("#[cfg(test)]\nmod tests { use crate::Process; }", &[2]);
    }

    #[test]
    fn a_module_without_a_floor_is_found() {
        let files = [("src/lib.rs", "mod attic;"), ("src/attic.rs", "")];
        assert_finds(check, &files, &[("src/attic.rs", 1)]);
    }

    #[test]
    fn lower_floors_the_own_module_and_tests_are_free() {
        finds(
            "use crate::{primitive::sync::Arc, time::Time, clock::Timer};",
            &[],
        );
        finds("use super::clock::Timer; use std::process::Command;", &[]);
        finds(
            "#[cfg(test)]\nmod tests { use crate::process::Pid; use super::*; }",
            &[],
        );
        let files = [
            ("src/lib.rs", "mod clock;"),
            ("src/clock/mod.rs", "#[cfg(all(test, loom))] mod model;"),
            ("src/clock/model.rs", "use crate::process::Pid;"),
        ];
        assert_finds(check, &files, &[]);
    }
}
