//! Behaviour tests on what the fuzz targets have found worth keeping.

mod what_was_found_once_holds;

#[expect(unreachable_pub, reason = "the fuzz targets import them")]
#[path = "../fuzz/src/properties.rs"]
mod properties;
