//! Feeds `store_ops` of the kit.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| orch_testkit::fuzz::store_ops(bytes));
