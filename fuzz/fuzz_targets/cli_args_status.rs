//! Feeds `cli_args_status` of the command line.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| orch_cli::fuzz::cli_args_status(bytes));
