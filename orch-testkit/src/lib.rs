//! The conformance kit of orch: what proves a mission, here and in other people's programs.
//!
//! A [`World`](world::World) is a mission on a virtual clock: commands go in, records come out, and
//! history can be imposed on it. [`strategy`] generates logs and commands over a small scope, ids
//! out of scope included.
//!
//! The kit is for tests: a helper whose precondition does not hold panics, and says why.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
#![expect(clippy::expect_used, reason = "a failed expect is a failed test")]
#![expect(clippy::panic, reason = "a panic is a failed test")]
#![expect(
    clippy::missing_panics_doc,
    reason = "a helper panics when the test is not what it says"
)]
#![expect(
    clippy::needless_pass_by_value,
    reason = "a command is written where it is used"
)]

pub mod agree;
pub mod clock;
pub mod corpus;
pub mod explore;
pub mod fault;
pub mod fixture;
pub mod fuzz;
pub mod history;
pub mod invariants;
pub mod machine;
pub mod oracle;
pub mod sabotage;
pub mod store;
pub mod strategy;
pub mod vectors;
pub mod world;

/// The examples of the document, run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../../docs/conformance.md")]
pub struct Conformance;
