//! The parsed sources, and the problems that rules find in them.

use crate::modules::{self, Module};
use proc_macro2::TokenStream;
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

/// Every Rust file of the workspace, parsed.
pub(crate) struct Sources {
    pub(crate) files: Vec<Source>,
}

/// One Rust file.
pub(crate) struct Source {
    /// The path from the top of the workspace.
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) syntax: syn::File,
    /// Where the file stands in its crate; none if no module names it.
    pub(crate) module: Option<Module>,
}

/// A place that breaks a rule.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) path: String,
    pub(crate) line: usize,
    pub(crate) what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.what)
    }
}

impl Sources {
    /// Reads the workspace that this test belongs to.
    pub(crate) fn read() -> Self {
        let top = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut texts = BTreeMap::new();
        let mut manifests = BTreeMap::new();
        for folder in ["src", "tests", "benches", "examples"] {
            collect(top, &top.join(folder), &mut texts, &mut manifests);
        }
        read_into(top, &top.join("Cargo.toml"), &mut manifests);
        Self::parse(texts, &manifests)
    }

    /// Sources out of `(path, text)` pairs, for planted violations.
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let (manifests, texts) = files
            .iter()
            .map(|(path, text)| (path.to_string(), text.to_string()))
            .partition(|(path, _): &(String, String)| path.ends_with(".toml"));
        Self::parse(texts, &manifests)
    }

    fn parse(texts: BTreeMap<String, String>, manifests: &BTreeMap<String, String>) -> Self {
        let parsed: BTreeMap<String, syn::File> = texts
            .iter()
            .map(|(path, text)| {
                let syntax = syn::parse_file(text).unwrap_or_else(|error| {
                    panic!("{path}:{}: {error}", error.span().start().line)
                });
                (path.clone(), syntax)
            })
            .collect();
        let mut modules = modules::tree(&parsed, manifests);
        let files = parsed
            .into_iter()
            .map(|(path, syntax)| Source {
                text: texts[&path].clone(),
                module: modules.remove(&path),
                path,
                syntax,
            })
            .collect();
        Self { files }
    }
}

impl Source {
    /// The file as tokens: without its comments, but with its documentation.
    pub(crate) fn tokens(&self) -> TokenStream {
        self.text.parse().expect("what parses is made of tokens")
    }

    /// A problem at a line of this file.
    pub(crate) fn problem(&self, line: usize, what: impl Into<String>) -> Problem {
        Problem {
            path: self.path.clone(),
            line,
            what: what.into(),
        }
    }
}

/// Reads all Rust files and manifests under a folder; build output is passed over.
fn collect(
    top: &Path,
    folder: &Path,
    texts: &mut BTreeMap<String, String>,
    manifests: &mut BTreeMap<String, String>,
) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.expect("the folder stays while it is read").path();
        let name = path.file_name().expect("an entry has a name");
        if path.is_dir() {
            if name != "target" {
                collect(top, &path, texts, manifests);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            read_into(top, &path, texts);
        } else if name == "Cargo.toml" {
            read_into(top, &path, manifests);
        }
    }
}

fn read_into(top: &Path, path: &Path, files: &mut BTreeMap<String, String>) {
    let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let name = path.strip_prefix(top).expect("a file under the top");
    let name = name.to_str().expect("file names are plain text");
    files.insert(name.to_string(), text);
}
