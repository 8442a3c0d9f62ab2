//! Feeds `query` of the command line.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| orch_cli::fuzz::query(bytes));
