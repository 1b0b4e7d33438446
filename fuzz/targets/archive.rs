//! Any bytes: read or refused, never a panic that nobody catches.
#![no_main]

// The fuzzer's own hook ends the process at every panic. A reader of archives takes a panic of
// Parquet's for a damaged file and goes on; one that it does not catch still ends the process.
libfuzzer_sys::fuzz_target!(
    init: drop(std::panic::take_hook()),
    |bytes: &[u8]| drop(linli_fuzz::archive(bytes))
);
