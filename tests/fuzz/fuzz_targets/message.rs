//! Fuzzes a message and its bytes.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| libprocess_fuzz::properties::message(bytes));
