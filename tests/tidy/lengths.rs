//! How long a file, a function and a line may be.

use crate::Problem;
use crate::sources::{Source, Sources};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Block, ImplItemFn, ItemFn, Signature, TraitItemFn};

const FILE_LINES_MAX: usize = 500;
const FUNCTION_LINES_MAX: usize = 70;
const LINE_COLUMNS_MAX: usize = 100;

pub(crate) fn check_files(sources: &Sources) -> Vec<Problem> {
    sources
        .files
        .iter()
        .filter_map(|source| {
            let lines = source.text.lines().count();
            let what = format!("{lines} lines, of {FILE_LINES_MAX} at most");
            (lines > FILE_LINES_MAX).then(|| source.problem(FILE_LINES_MAX + 1, what))
        })
        .collect()
}

pub(crate) fn check_functions(sources: &Sources) -> Vec<Problem> {
    sources
        .files
        .iter()
        .flat_map(|source| {
            let mut finder = Finder {
                source,
                problems: Vec::new(),
            };
            finder.visit_file(&source.syntax);
            finder.problems
        })
        .collect()
}

pub(crate) fn check_columns(sources: &Sources) -> Vec<Problem> {
    let mut problems = Vec::new();
    for source in &sources.files {
        for (index, line) in source.text.lines().enumerate() {
            let columns = line.chars().count();
            if columns > LINE_COLUMNS_MAX {
                let what = format!("{columns} columns, of {LINE_COLUMNS_MAX} at most");
                problems.push(source.problem(index + 1, what));
            }
        }
    }
    problems
}

struct Finder<'a> {
    source: &'a Source,
    problems: Vec<Problem>,
}

impl Finder<'_> {
    fn function(&mut self, signature: &Signature, block: &Block) {
        let first = signature.span().start().line;
        let lines = block.span().end().line - first + 1;
        if lines > FUNCTION_LINES_MAX {
            let name = &signature.ident;
            let what = format!("`{name}` has {lines} lines, of {FUNCTION_LINES_MAX} at most");
            self.problems.push(self.source.problem(first, what));
        }
    }
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        self.function(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        self.function(&item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast TraitItemFn) {
        if let Some(block) = &item.default {
            self.function(&item.sig, block);
        }
        visit::visit_trait_item_fn(self, item);
    }
}

#[cfg(test)]
mod tests {
    use super::{check_columns, check_files, check_functions};
    use crate::assert_finds;

    #[test]
    fn a_long_file_is_found() {
        let long = "\n".repeat(501);
        let files = [("src/a.rs", long.as_str()), ("src/b.rs", &long[1..])];
        assert_finds(check_files, &files, &[("src/a.rs", 501)]);
    }

    #[test]
    fn a_long_function_is_found_wherever_it_stands() {
        let body = |lines: usize| format!("{{{}}}", "\n".repeat(lines - 1));
        let text = format!(
            "fn a() {}\nimpl S {{ fn b() {} }}\ntrait T {{ fn c() {} }}\nfn d() {}",
            body(71),
            body(71),
            body(71),
            body(70)
        );
        let expected = [1, 72, 143].map(|line| ("src/a.rs", line));
        assert_finds(check_functions, &[("src/a.rs", &text)], &expected);
    }

    #[test]
    fn a_long_line_is_found() {
        let line = "é".repeat(98);
        let text = format!("//{line}\n//{line}é\n");
        assert_finds(check_columns, &[("src/a.rs", &text)], &[("src/a.rs", 2)]);
    }
}
