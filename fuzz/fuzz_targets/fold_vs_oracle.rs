//! Feeds `fold_vs_oracle` of the kit.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| orch_testkit::fuzz::fold_vs_oracle(bytes));
