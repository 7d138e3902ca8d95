//! Attributes: features only at gates, `#[expect]` and never `allow`, and a page for every file.

use crate::Problem;
use crate::sources::{Source, Sources};
use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, ItemMod, Macro};

/// The files where a feature may gate something other than a whole module.
const GATES: &[&str] = &["src/prelude.rs"];

/// The files where a feature may gate a module.
const MODULE_GATES: &[&str] = &["src/lib.rs", "tests/main.rs"];

/// `cfg(feature)` stands on the `mod` lines of a root, or in a named gate.
pub(crate) fn check_features(sources: &Sources) -> Vec<Problem> {
    sources
        .files
        .iter()
        .filter(|source| !GATES.contains(&source.path.as_str()))
        .flat_map(|source| {
            let mut finder = Finder::new(is_feature);
            finder.modules_may = MODULE_GATES.contains(&source.path.as_str());
            finder.problems(source, "a feature is asked for outside its gate")
        })
        .collect()
}

/// A lint is never allowed: `#[expect(lint, reason = "...")]` tells when it is outlived.
pub(crate) fn check_allow(sources: &Sources) -> Vec<Problem> {
    let files = sources.files.iter();
    files
        .flat_map(|source| {
            Finder::new(is_allow).problems(source, "`allow`: use `expect` with a reason")
        })
        .collect()
}

/// Every file begins with what it is.
pub(crate) fn check_documented(sources: &Sources) -> Vec<Problem> {
    let bare = sources.files.iter().filter(|source| {
        let attributes = &source.syntax.attrs;
        !attributes
            .iter()
            .any(|attribute| attribute.path().is_ident("doc"))
    });
    bare.map(|source| source.problem(1, "does not begin with `//!`"))
        .collect()
}

struct Finder {
    wanted: fn(&Attribute) -> bool,
    modules_may: bool,
    lines: Vec<usize>,
}

impl Finder {
    fn new(wanted: fn(&Attribute) -> bool) -> Self {
        Self {
            wanted,
            modules_may: false,
            lines: Vec::new(),
        }
    }

    fn problems(mut self, source: &Source, what: &str) -> Vec<Problem> {
        self.visit_file(&source.syntax);
        let lines = self.lines.iter();
        lines.map(|line| source.problem(*line, what)).collect()
    }
}

impl<'ast> Visit<'ast> for Finder {
    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if (self.wanted)(attribute) {
            self.lines.push(attribute.pound_token.span.start().line);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if !self.modules_may {
            return visit::visit_item_mod(self, item);
        }
        for item in item.content.iter().flat_map(|(_, items)| items) {
            self.visit_item(item);
        }
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        // `cfg!(feature = "...")` reads as the attribute would.
        let line = call.path.segments[0].ident.span().start().line;
        let tokens = &call.tokens;
        let attribute: Attribute = if call.path.is_ident("cfg") {
            syn::parse_quote!(#[cfg(#tokens)])
        } else {
            syn::parse_quote!(#[in_macro(#tokens)])
        };
        if (self.wanted)(&attribute) {
            self.lines.push(line);
        }
    }
}

fn is_feature(attribute: &Attribute) -> bool {
    let condition = ["cfg", "cfg_attr"]
        .iter()
        .any(|name| attribute.path().is_ident(name));
    condition && mentions(attribute, &["feature"])
        || attribute.path().is_ident("in_macro") && mentions(attribute, &["cfg", "feature"])
}

fn is_allow(attribute: &Attribute) -> bool {
    let conditional = attribute.path().is_ident("cfg_attr") && mentions(attribute, &["allow"]);
    attribute.path().is_ident("allow") || conditional
}

/// Whether all the words stand among the tokens of an attribute.
fn mentions(attribute: &Attribute, words: &[&str]) -> bool {
    let syn::Meta::List(list) = &attribute.meta else {
        return false;
    };
    let mut found = Vec::new();
    idents(list.tokens.clone(), &mut found);
    words
        .iter()
        .all(|word| found.iter().any(|ident| ident == word))
}

fn idents(tokens: TokenStream, found: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => found.push(ident.to_string()),
            TokenTree::Group(group) => idents(group.stream(), found),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{check_allow, check_documented, check_features};
    use crate::assert_finds;

    #[test]
    fn a_feature_outside_its_gate_is_found() {
        let root = "#[cfg(feature = \"testing\")]\nmod testing;\n\
                    #[cfg(feature = \"testing\")]\npub use testing::Simulation;";
        let module = "fn f() { if cfg!(feature = \"testing\") {} }\n\
                      #[cfg(not(feature = \"protobuf\"))]\nfn g() {}\n\
                      struct S { #[cfg_attr(feature = \"x\", y)]\nfield: u8 }";
        let files = [("src/lib.rs", root), ("src/clock.rs", module)];
        let lines = [
            ("src/clock.rs", 1),
            ("src/clock.rs", 2),
            ("src/clock.rs", 4),
        ];
        let expected = [lines.as_slice(), &[("src/lib.rs", 3)]].concat();
        assert_finds(check_features, &files, &expected);
    }

    #[test]
    fn an_allow_is_found() {
        let text = "#![allow(dead_code)]\n#[cfg_attr(test, allow(unused))]\nfn f() {\n\
                    #[allow(unused)]\nlet x = 1; }\n#[expect(unused, reason = \"x\")]\nfn g() {}";
        let expected = [1, 2, 4].map(|line| ("src/lib.rs", line));
        assert_finds(check_allow, &[("src/lib.rs", text)], &expected);
    }

    #[test]
    fn a_file_without_a_page_is_found() {
        let files = [("src/a.rs", "//! A.\n"), ("src/b.rs", "/// F.\nfn f() {}")];
        assert_finds(check_documented, &files, &[("src/b.rs", 1)]);
    }
}
