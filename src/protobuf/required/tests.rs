//! Bodies that lack something, and where.

use buffa_descriptor::{DescriptorPool, MessageDescriptor};
use protox::file::{File, FileResolver};

use super::{any, missing};
use crate::primitive::sync::OnceLock;

const PROTO: &str = r#"
    syntax = "proto2";
    package test;

    enum Color { RED = 1; BLUE = 2; }

    message Leaf { required string value = 1; optional uint32 size = 2; }

    message Tree {
      required Leaf first = 1;
      optional Leaf second = 2;
      repeated Leaf more = 3;
      map<string, Leaf> named = 4;
      optional Tree branch = 5;
      optional Color color = 6;
    }

    message Painted { required Color color = 1; required sint64 weight = 2; }

    message Folded { optional group Inner = 1 { required uint32 depth = 2; } }

    message Free { repeated Free inner = 1; map<string, uint32> sizes = 2; }

    message Held { optional Free free = 1; optional Holder holder = 2; }

    message Holder { map<uint32, Leaf> leaves = 1; }
"#;

const LEAF: &[u8] = b"\x0a\x01x";

#[test]
fn a_whole_message_lacks_nothing() {
    assert_eq!(check("Leaf", LEAF), None);
    assert_eq!(check("Leaf", b"\x0a\x00"), None, "an empty string was sent");
    assert_eq!(check("Tree", &field(1, LEAF)), None);
    assert_eq!(check("Painted", b"\x08\x02\x10\x00"), None);
}

#[test]
fn a_field_that_does_not_occur_is_missing() {
    assert_eq!(check("Leaf", b""), missing_field("value"));
    assert_eq!(check("Leaf", b"\x10\x07"), missing_field("value"));
    assert_eq!(check("Painted", b"\x08\x01"), missing_field("weight"));
}

#[test]
fn unknown_fields_do_not_count_as_sent() {
    assert_eq!(check("Leaf", &field(99, b"value")), missing_field("value"));
}

#[test]
fn the_path_leads_to_the_depth() {
    let first = field(1, LEAF);
    let bare = field(1, b"");
    assert_eq!(check("Tree", &bare), missing_field("first.value"));
    assert_eq!(
        check("Tree", &[&first[..], &field(2, b"")].concat()),
        missing_field("second.value")
    );
    assert_eq!(check("Tree", &[&first[..], &field(5, &bare)].concat()), {
        missing_field("branch.first.value")
    });
}

#[test]
fn each_element_is_looked_at() {
    let tree = [field(1, LEAF), field(3, LEAF), field(3, b"\x10\x01")].concat();
    assert_eq!(check("Tree", &tree), missing_field("more.value"));
}

#[test]
fn each_value_of_a_map_is_looked_at() {
    let entry = |value: &[u8]| field(4, &[field(1, b"key"), value.to_vec()].concat());
    let tree = |entry: Vec<u8>| [field(1, LEAF), entry].concat();
    assert_eq!(check("Tree", &tree(entry(&field(2, LEAF)))), None);
    assert_eq!(
        check("Tree", &tree(entry(&field(2, b"")))),
        missing_field("named.value")
    );
    assert_eq!(
        check("Tree", &tree(entry(b""))),
        missing_field("named.value")
    );
}

#[test]
fn two_halves_of_a_nested_message_are_one() {
    let tree = [field(1, b"\x10\x01"), field(1, LEAF)].concat();
    assert_eq!(check("Tree", &tree), None);
}

#[test]
fn an_enum_value_without_a_name_is_no_value() {
    assert_eq!(
        check("Painted", b"\x08\x07\x10\x00"),
        missing_field("color")
    );
    assert_eq!(
        check("Tree", &[&field(1, LEAF)[..], b"\x30\x07"].concat()),
        None
    );
}

#[test]
fn a_group_is_a_nested_message() {
    assert_eq!(check("Folded", b"\x0b\x10\x01\x0c"), None);
    assert_eq!(check("Folded", b"\x0b\x0c"), missing_field("inner.depth"));
}

#[test]
fn a_cut_body_ends_where_it_is_cut() {
    assert_eq!(check("Leaf", b"\x0a\x05x"), missing_field("value"));
}

#[test]
fn what_can_lack_nothing_is_told_by_its_type() {
    let any = |message: &str| any(descriptor(message), pool());
    assert!(any("Leaf"));
    assert!(any("Tree"), "at once");
    assert!(any("Folded"), "inside a group");
    assert!(any("Held"), "inside a map, at some depth");
    assert!(!any("Free"), "a message may hold itself");
}

fn check(message: &str, body: &[u8]) -> Option<String> {
    missing(body, descriptor(message), pool())
}

fn descriptor(message: &str) -> &'static MessageDescriptor {
    let name = format!("test.{message}");
    pool().message_by_name(&name).unwrap()
}

fn pool() -> &'static DescriptorPool {
    static POOL: OnceLock<DescriptorPool> = OnceLock::new();
    POOL.get_or_init(|| {
        let mut compiler = protox::Compiler::with_file_resolver(Source);
        compiler.open_file("test.proto").unwrap();
        DescriptorPool::decode(&compiler.encode_file_descriptor_set()).unwrap()
    })
}

fn missing_field(path: &str) -> Option<String> {
    Some(path.to_owned())
}

/// A length-delimited field of a short value.
fn field(number: u8, value: &[u8]) -> Vec<u8> {
    let tag = u16::from(number) << 3 | 2;
    let mut field = match u8::try_from(tag) {
        Ok(tag) if tag < 0x80 => vec![tag],
        _ => vec![tag as u8 & 0x7f | 0x80, (tag >> 7) as u8],
    };
    field.push(value.len() as u8);
    field.extend_from_slice(value);
    field
}

struct Source;

impl FileResolver for Source {
    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        File::from_source(name, PROTO)
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(256))]

    #[test]
    fn garbage_is_looked_at_without_a_panic(body: Vec<u8>) {
        check("Tree", &body);
        check("Folded", &body);
    }
}
