//! What the kit ships, put to the test, and the core through it.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
#![expect(clippy::panic, reason = "a panic is a failed test")]
#![expect(clippy::indexing_slicing, reason = "a bad index is a failed test")]

mod agree;
mod causes;
mod coverage;
mod explore;
mod fault;
mod fixture;
mod fuzz;
mod history;
mod interleave;
mod invariants;
mod lint;
mod machine;
mod power;
mod sabotage;
mod scenarios;
mod store;
mod vectors;
