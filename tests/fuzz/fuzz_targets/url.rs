//! Fuzzes a target and its query.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| libprocess_fuzz::properties::url(bytes));
