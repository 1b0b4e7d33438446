//! Any bytes as a cdr: read or refused, never a panic.
#![no_main]

#[path = "../documents.rs"]
#[expect(dead_code, reason = "the other target uses the rest")]
mod documents;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    drop(documents::cdr(bytes));
});
