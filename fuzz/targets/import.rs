//! Any bytes: read or refused, never a panic.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| drop(linli_fuzz::import(bytes)));
