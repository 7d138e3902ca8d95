//! Fuzzes headers on their way.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| libprocess_fuzz::properties::headers(bytes));
