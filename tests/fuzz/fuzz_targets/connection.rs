//! Fuzzes all that a connection brings.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| libprocess_fuzz::properties::connection(bytes));
