//! Unsafe code stands in these files alone.

use crate::Problem;
use crate::sources::{Source, Sources};
use proc_macro2::{TokenStream, TokenTree};

/// The files that may be unsafe, and why each must be.
const FILES: &[(&str, &str)] = &[
    (
        "src/scheduler/event.rs",
        "one allocation holds a closure behind a thin pointer",
    ),
    (
        "src/scheduler/mailbox.rs",
        "the queue links its events through raw pointers",
    ),
    (
        "src/future/cell.rs",
        "one allocation is shared by a promise and its future",
    ),
    (
        "src/future/counted.rs",
        "reference counts of memory that `Arc` cannot allocate",
    ),
    (
        "src/primitive/shared.rs",
        "`Arc` cannot count several references at once",
    ),
    (
        "src/process/slot.rs",
        "lends a process to the `async` blocks that it polls",
    ),
    (
        "src/scheduler/host.rs",
        "who runs the turn has the actor to itself",
    ),
    (
        "src/scheduler/task/mod.rs",
        "who has the runnable has the future to itself",
    ),
    (
        "src/scheduler/pool/worker.rs",
        "the current worker is found through a thread-local pointer",
    ),
    (
        "src/primitive/memory/mod.rs",
        "an allocator hands out memory",
    ),
    (
        "src/primitive/memory/lists.rs",
        "free blocks are linked through themselves",
    ),
    (
        "src/primitive/memory/depot.rs",
        "free blocks are linked through themselves",
    ),
    (
        "src/primitive/memory/span.rs",
        "a block's address says where it belongs",
    ),
    ("src/primitive/memory/tests.rs", "blocks are raw memory"),
    (
        "src/primitive/pages.rs",
        "pages are mapped, and read where they are mapped",
    ),
    (
        "src/os/calls.rs",
        "calls of the operating system that std does not offer",
    ),
    (
        "tests/lifetimes/allocator.rs",
        "an allocator is unsafe to implement",
    ),
    (
        "benches/compare/src/wire/system.rs",
        "calls of the operating system that std does not offer",
    ),
];

pub(crate) fn check(sources: &Sources) -> Vec<Problem> {
    sources.files.iter().flat_map(check_file).collect()
}

fn check_file(source: &Source) -> Vec<Problem> {
    let mut lines = Vec::new();
    unsafe_lines(source.tokens(), &mut lines);
    let listed = FILES.iter().any(|(path, _)| *path == source.path);
    if listed && lines.is_empty() {
        return vec![source.problem(1, "listed as unsafe, but is not")];
    }
    lines.retain(|_| !listed);
    let problem = |line: &usize| source.problem(*line, "unsafe code in a file that is not listed");
    lines.iter().map(problem).collect()
}

fn unsafe_lines(tokens: TokenStream, lines: &mut Vec<usize>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) if ident == "unsafe" => lines.push(ident.span().start().line),
            TokenTree::Group(group) => unsafe_lines(group.stream(), lines),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::assert_finds;

    #[test]
    fn unsafe_code_outside_the_list_is_found_in_every_form() {
        let text = "fn f() { unsafe { g() } }\nunsafe fn g() {}\nunsafe impl Send for S {}\n\
                    unsafe trait T {}\nunsafe extern \"C\" { fn h(); }\n#[unsafe(no_mangle)]\n\
                    fn i() { m!(unsafe { g() }) }\n#[expect(unsafe_code)]\nfn j() {}";
        let lines: Vec<_> = (1..=7).map(|line| ("src/lib.rs", line)).collect();
        assert_finds(check, &[("src/lib.rs", text)], &lines);
    }

    #[test]
    fn a_listed_file_may_be_unsafe_and_must_be() {
        let path = "src/os/calls.rs";
        assert_finds(check, &[(path, "fn f() { unsafe { g() } }")], &[]);
        assert_finds(check, &[(path, "fn f() {}")], &[(path, 1)]);
    }
}
