//! Every file belongs to a crate: a module names it, or cargo does.

use crate::Problem;
use crate::sources::Sources;

pub(crate) fn check(sources: &Sources) -> Vec<Problem> {
    let orphans = sources
        .files
        .iter()
        .filter(|source| source.module.is_none());
    orphans
        .map(|source| source.problem(1, "no module names this file"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::assert_finds;

    #[test]
    fn a_file_that_nothing_names_is_found() {
        let files = [
            (
                "Cargo.toml",
                "autotests = false\n[[test]]\npath = \"tests/all.rs\"",
            ),
            ("src/lib.rs", "mod a; mod e { mod f; }"),
            ("src/a/mod.rs", "mod b;"),
            ("src/a/b.rs", "#[cfg(test)] mod tests;"),
            ("src/a/b/tests.rs", ""),
            ("src/a/c.rs", ""),
            ("src/d.rs", "mod a;"),
            ("src/e/f.rs", ""),
            ("examples/one.rs", "#[path = \"../src/g.rs\"] mod g;"),
            ("src/g.rs", ""),
            ("tests/all.rs", "mod area;"),
            ("tests/area/mod.rs", ""),
            ("tests/forgotten.rs", ""),
        ];
        let expected = ["src/a/c.rs", "src/d.rs", "tests/forgotten.rs"];
        assert_finds(check, &files, &expected.map(|path| (path, 1)));
    }
}
