//! Integration tests of the importers.

#![expect(
    clippy::unwrap_used,
    reason = "a test may stop at a surprise, and says when it was skipped"
)]

mod errors;
mod fixtures;
mod idempotence;
mod laws;
mod samples;
mod support;
