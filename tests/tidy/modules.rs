//! Which module of which crate a file is, found by following `mod` lines from the crate roots.

use std::collections::BTreeMap;
use syn::{Attribute, Item};

/// A file's place in its crate.
#[derive(Clone)]
pub(crate) struct Module {
    /// The crate's root file.
    pub(crate) root: String,
    /// The path of modules below the root: empty for the root itself.
    pub(crate) path: Vec<String>,
    /// Whether it is compiled for tests alone.
    pub(crate) test: bool,
}

/// Follows the `mod` lines from every root that the manifests make.
pub(crate) fn tree(
    files: &BTreeMap<String, syn::File>,
    manifests: &BTreeMap<String, String>,
) -> BTreeMap<String, Module> {
    let mut tree = Tree {
        files,
        modules: BTreeMap::new(),
    };
    for path in files.keys().filter(|path| is_root(path, manifests)) {
        let module = Module {
            root: path.clone(),
            path: Vec::new(),
            test: false,
        };
        tree.enter(path, parent(path).to_string(), module);
    }
    tree.modules
}

/// Whether an attribute list holds a `cfg` that asks for `test`.
pub(crate) fn for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let condition = attribute.path().is_ident("cfg") || attribute.path().is_ident("test");
        let tokens = match &attribute.meta {
            syn::Meta::List(list) => list.tokens.to_string(),
            _ => return condition && attribute.path().is_ident("test"),
        };
        condition
            && tokens
                .split(|c: char| !c.is_alphanumeric())
                .any(|w| w == "test")
            && !tokens.contains("not (test")
    })
}

/// The folder that a path lies in.
pub(crate) fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

struct Tree<'a> {
    files: &'a BTreeMap<String, syn::File>,
    modules: BTreeMap<String, Module>,
}

impl Tree<'_> {
    /// Notes a file, whose own modules lie in `folder`, and goes on to those.
    fn enter(&mut self, path: &str, folder: String, module: Module) {
        let Some(file) = self.files.get(path) else {
            return;
        };
        if self
            .modules
            .insert(path.to_string(), module.clone())
            .is_none()
        {
            self.follow(path, &folder, &module, &file.items);
        }
    }

    fn follow(&mut self, file: &str, folder: &str, module: &Module, items: &[Item]) {
        for item in items {
            let Item::Mod(item) = item else { continue };
            let name = item.ident.to_string();
            let mut child = module.clone();
            child.path.push(name.clone());
            child.test |= for_tests(&item.attrs);
            if let Some((_, items)) = &item.content {
                self.follow(file, &format!("{folder}/{name}"), &child, items);
            } else if let Some(path) = named_path(&item.attrs) {
                let path = normal(&format!("{}/{path}", parent(file)));
                self.enter(&path, parent(&path).to_string(), child);
            } else {
                let below = format!("{folder}/{name}");
                self.enter(&format!("{below}.rs"), below.clone(), child.clone());
                self.enter(&format!("{below}/mod.rs"), below, child);
            }
        }
    }
}

/// Whether cargo would build this file as the root of a crate.
fn is_root(path: &str, manifests: &BTreeMap<String, String>) -> bool {
    let package = manifests
        .keys()
        .map(|manifest| parent(manifest))
        .filter(|package| package.is_empty() || path.starts_with(&format!("{package}/")))
        .max_by_key(|package| package.len());
    let Some(package) = package else {
        return path == "src/lib.rs";
    };
    let manifest = if package.is_empty() {
        &manifests["Cargo.toml"]
    } else {
        &manifests[&format!("{package}/Cargo.toml")]
    };
    let inside = path[package.len()..].trim_start_matches('/');
    let named = manifest
        .lines()
        .filter_map(|line| line.trim().strip_prefix("path = \""))
        .any(|rest| rest.trim_end_matches('"') == inside);
    let folders: Vec<&str> = inside.split('/').collect();
    named
        || match folders[..] {
            ["build.rs"] | ["src", "lib.rs" | "main.rs"] => true,
            ["src", "bin", _] | ["src", "bin", _, "main.rs"] => true,
            ["examples" | "benches", _] | ["examples" | "benches", _, "main.rs"] => true,
            ["tests", _] => !manifest.contains("autotests = false"),
            _ => false,
        }
}

/// The value of a `#[path = "..."]`.
fn named_path(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| {
        let syn::Meta::NameValue(pair) = &attribute.meta else {
            return None;
        };
        match &pair.value {
            syn::Expr::Lit(syn::ExprLit {
                lit: syn::Lit::Str(text),
                ..
            }) if pair.path.is_ident("path") => Some(text.value()),
            _ => None,
        }
    })
}

/// A path without its `..` steps.
fn normal(path: &str) -> String {
    let mut steps: Vec<&str> = Vec::new();
    for step in path.split('/') {
        if step == ".." {
            steps.pop();
        } else {
            steps.push(step);
        }
    }
    steps.join("/")
}
