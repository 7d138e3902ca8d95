//! Turns `proto/*.proto` into Rust types, without protoc.

use std::env;
use std::error::Error;
use std::fs;
use std::path::Path;

use buffa_build::{MapRepr, PointerRepr};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=proto");
    let mut compiler = protox::Compiler::new(["proto"])?;
    compiler.include_imports(true).open_files(FILES)?;
    let descriptors = Path::new(&env::var("OUT_DIR")?).join("descriptors.bin");
    fs::write(&descriptors, compiler.encode_file_descriptor_set())?;
    buffa_build::Config::new()
        .descriptor_set(descriptors)
        .files(FILES)
        .includes(&["proto"])
        // Reflection tells which fields are required, and how a message looks in JSON.
        .generate_reflection(true)
        .shared_descriptor_pool(true)
        .generate_views(false)
        .generate_with_setters(false)
        .idiomatic_enum_aliases(false)
        // A TaskInfo with every message inside it would be several kilobytes to move about.
        .box_type(PointerRepr::Box)
        // The same message gives the same bytes in every run.
        .map_type(MapRepr::BTreeMap)
        .use_bytes_type()
        .include_file("mod.rs")
        .compile()
}

const FILES: &[&str] = &["mesos.proto", "messages.proto", "scheduler.proto"];
