//! Every path that a file names, in whatever form, made absolute.
//!
//! `use` trees, inline paths and paths inside macro calls are all found; `super::` and `self::`
//! are resolved by the file's place in its crate, and a first segment that was imported (perhaps
//! under another name) by what it was imported as. `core` and `alloc` count as `std`.

use crate::modules::for_tests;
use crate::sources::Source;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::collections::BTreeMap;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{ItemExternCrate, ItemFn, ItemMod, ItemUse, Macro, UseTree};

/// A path that a file names.
#[derive(Debug)]
pub(crate) struct Name {
    /// Absolute: begins with `crate` or with the name of an external crate.
    pub(crate) segments: Vec<String>,
    /// Whether everything below it is imported.
    pub(crate) glob: bool,
    pub(crate) line: usize,
    /// Whether it stands in code that is compiled for tests alone.
    pub(crate) test: bool,
}

impl Name {
    /// Whether this names `path` (`a::b`) or something below it, or imports it by a glob.
    pub(crate) fn reaches(&self, path: &str) -> bool {
        let wanted: Vec<&str> = path.split("::").collect();
        let common = wanted
            .iter()
            .zip(&self.segments)
            .take_while(|(a, b)| *a == b)
            .count();
        common == wanted.len() || (self.glob && common == self.segments.len())
    }
}

/// All names of a file.
pub(crate) fn names(source: &Source) -> Vec<Name> {
    let Some(module) = &source.module else {
        return Vec::new();
    };
    let mut finder = Finder {
        module: module.path.clone(),
        test: module.test,
        imports: BTreeMap::new(),
        found: Vec::new(),
    };
    finder.visit_file(&source.syntax);
    let imports = std::mem::take(&mut finder.imports);
    let mut names: Vec<Name> = Vec::new();
    for found in finder.found {
        for segments in resolve(&found.module, found.segments, &imports, 0) {
            names.push(Name {
                segments,
                glob: found.glob,
                line: found.line,
                test: found.test,
            });
        }
    }
    names
}

/// What a module imports: by module and short name, all that it may stand for.
type Imports = BTreeMap<(Vec<String>, String), Vec<Vec<String>>>;

struct Finder {
    module: Vec<String>,
    test: bool,
    imports: Imports,
    found: Vec<Found>,
}

struct Found {
    module: Vec<String>,
    segments: Vec<String>,
    glob: bool,
    line: usize,
    test: bool,
}

impl Finder {
    fn note(&mut self, segments: &[String], glob: bool, line: usize) {
        // In a macro a path is seen growing: only its whole counts.
        self.found
            .pop_if(|last| last.line == line && segments.starts_with(&last.segments));
        self.found.push(Found {
            module: self.module.clone(),
            segments: segments.to_vec(),
            glob,
            line,
            test: self.test,
        });
    }

    fn import(&mut self, name: String, segments: Vec<String>) {
        // A name that stands for itself (`use log;`) would resolve for ever.
        if segments.len() != 1 || segments[0] != name {
            let key = (self.module.clone(), name);
            self.imports.entry(key).or_default().push(segments);
        }
    }

    fn walk_use(&mut self, prefix: &[String], tree: &UseTree) {
        let line = tree.span().start().line;
        match tree {
            UseTree::Path(path) => {
                let mut prefix = prefix.to_vec();
                prefix.push(path.ident.to_string());
                self.walk_use(&prefix, &path.tree);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.walk_use(prefix, tree);
                }
            }
            UseTree::Glob(_) => self.note(prefix, true, line),
            UseTree::Name(name) => self.leaf(prefix, name.ident.to_string(), None, line),
            UseTree::Rename(name) => {
                let short = name.rename.to_string();
                self.leaf(prefix, name.ident.to_string(), Some(short), line);
            }
        }
    }

    fn leaf(&mut self, prefix: &[String], name: String, short: Option<String>, line: usize) {
        let mut segments = prefix.to_vec();
        if name != "self" || prefix.is_empty() {
            segments.push(name);
        }
        let short = short.or_else(|| segments.last().cloned());
        self.note(&segments, false, line);
        if let Some(short) = short {
            self.import(short, segments);
        }
    }

    /// Finds the paths in the tokens of a macro call; `prefix` is what stands before a group.
    fn walk_tokens(&mut self, prefix: &[String], tokens: TokenStream) {
        let mut path = prefix.to_vec();
        let mut joined = true;
        let mut colons = 0;
        for token in tokens {
            let line = token.span().start().line;
            match token {
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                TokenTree::Ident(ident) => {
                    if !(colons == 2 || joined && colons == 0) {
                        path = Vec::new();
                    }
                    path.push(ident.to_string());
                    if path.len() > 1 {
                        self.note(&path, false, line);
                    }
                    (colons, joined) = (0, false);
                }
                TokenTree::Group(group) => {
                    let below = colons == 2 && group.delimiter() == Delimiter::Brace;
                    let before = if below { path.as_slice() } else { &[] };
                    self.walk_tokens(before, group.stream());
                    path = Vec::new();
                    (colons, joined) = (0, false);
                }
                TokenTree::Punct(punct) => {
                    if punct.as_char() == '*' && colons == 2 {
                        self.note(&path, true, line);
                    }
                    path = if punct.as_char() == ',' {
                        prefix.to_vec()
                    } else {
                        Vec::new()
                    };
                    (colons, joined) = (0, punct.as_char() == ',');
                }
                TokenTree::Literal(_) => (colons, joined, path) = (0, false, Vec::new()),
            }
        }
    }
}

impl<'ast> Visit<'ast> for Finder {
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        let test = self.test;
        self.test |= for_tests(&item.attrs);
        self.module.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.module.pop();
        self.test = test;
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        let test = self.test;
        self.test |= for_tests(&item.attrs);
        visit::visit_item_fn(self, item);
        self.test = test;
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        let test = self.test;
        self.test |= for_tests(&item.attrs);
        self.walk_use(&[], &item.tree);
        self.test = test;
    }

    fn visit_item_extern_crate(&mut self, item: &'ast ItemExternCrate) {
        let krate = match item.ident.to_string() {
            own if own == "self" => "crate".to_string(),
            other => other,
        };
        self.note(
            std::slice::from_ref(&krate),
            false,
            item.span().start().line,
        );
        if let Some((_, short)) = &item.rename {
            self.import(short.to_string(), vec![krate]);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        if segments.len() > 1 {
            self.note(&segments, false, path.span().start().line);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        self.walk_tokens(&[], call.tokens.clone());
        visit::visit_macro(self, call);
    }
}

/// Every absolute path that `segments`, written in `module`, may stand for.
fn resolve(
    module: &[String],
    segments: Vec<String>,
    imports: &Imports,
    depth: usize,
) -> Vec<Vec<String>> {
    let first = segments.first().map_or("", String::as_str);
    let imported = imports.get(&(module.to_vec(), first.to_string()));
    match (first, imported) {
        ("self" | "super", _) => vec![relative(module, &segments)],
        ("core" | "alloc", _) => {
            let mut absolute = vec!["std".to_string()];
            absolute.extend_from_slice(&segments[1..]);
            vec![absolute]
        }
        (_, Some(targets)) if depth < 8 => targets
            .iter()
            .flat_map(|target| {
                let mut longer = target.clone();
                longer.extend_from_slice(&segments[1..]);
                resolve(module, longer, imports, depth + 1)
            })
            .collect(),
        _ => vec![segments],
    }
}

fn relative(module: &[String], segments: &[String]) -> Vec<String> {
    let mut absolute = vec!["crate".to_string()];
    absolute.extend_from_slice(module);
    for segment in segments {
        match segment.as_str() {
            "self" => {}
            "super" if absolute.len() > 1 => drop(absolute.pop()),
            "super" => {}
            _ => absolute.push(segment.clone()),
        }
    }
    absolute
}
