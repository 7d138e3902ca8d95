//! Fuzzes a response's head.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| libprocess_fuzz::properties::response_head(bytes));
