//! Feeds `decide_apply` of the kit.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| orch_testkit::fuzz::decide_apply(bytes));
