//! Fuzzes the name of a process.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| libprocess_fuzz::properties::upid(bytes));
