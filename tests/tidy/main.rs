//! Checks the sources against the rules of the house.
//!
//! Every rule is a function from the parsed sources to the places that break it, and ends with
//! the planted violations that prove it can fail. What a rule lets through by name (a file that
//! may read the clock, a file that may be unsafe) stands in that rule's file, with the reason.

mod attributes;
mod bans;
mod floors;
mod lengths;
mod mesos;
mod modules;
mod names;
mod orphans;
mod sources;
mod todos;
mod unsafety;

use sources::{Problem, Sources};

/// What every rule looks like.
type Rule = fn(&Sources) -> Vec<Problem>;

const RULES: &[Rule] = &[
    floors::check,
    mesos::check,
    bans::check,
    unsafety::check,
    attributes::check_features,
    attributes::check_allow,
    attributes::check_documented,
    lengths::check_files,
    lengths::check_functions,
    lengths::check_columns,
    todos::check,
    orphans::check,
];

#[test]
fn the_sources_keep_every_rule() {
    let sources = Sources::read();
    assert!(sources.files.len() > 20, "the sources were not found");
    let problems: Vec<String> = RULES
        .iter()
        .flat_map(|rule| rule(&sources))
        .map(|problem| problem.to_string())
        .collect();
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

#[test]
fn the_readme_shows_an_example_as_it_stands() {
    let readme = include_str!("../../README.md");
    let example = include_str!("../../examples/counter.rs");
    let (_, program) = example.split_once("\n\n").expect("a first line of its own");
    assert!(readme.contains(&format!("```rust\n{program}```")));
}

/// Asserts that `rule` finds exactly the given `(path, line)` places in the given files.
#[cfg(test)]
#[track_caller]
fn assert_finds(rule: Rule, files: &[(&str, &str)], expected: &[(&str, usize)]) {
    let problems = rule(&Sources::of(files));
    let found: Vec<(&str, usize)> = problems
        .iter()
        .map(|problem| (problem.path.as_str(), problem.line))
        .collect();
    assert_eq!(found, expected, "{problems:#?}");
}
