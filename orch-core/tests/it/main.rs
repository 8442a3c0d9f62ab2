//! Tests of the core through its public interface.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
#![expect(clippy::panic, reason = "a panic is a failed test")]
#![expect(clippy::indexing_slicing, reason = "a bad index is a failed test")]
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a test looks at the arms it is about"
)]

mod answers;
mod diagnosed;
mod found;
mod laws;
mod linted;
mod matrix;
mod memory;
mod regressions;
mod replay;
mod rules;
mod spec_document;
mod views;
use orch_testkit::world as support;
