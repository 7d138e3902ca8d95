//! Fuzzes a body in chunks.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| libprocess_fuzz::properties::chunked_body(bytes));
