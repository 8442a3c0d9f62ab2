//! The independent oracle: the state at the end of a log, computed a second time in another way.
//!
//! The fold keeps a state and changes it record by record. The oracle keeps none: it holds the log
//! as a relation of rows, and answers every question by searching all of it again. Its statuses are
//! read from the transition tables of the specification, transcribed. It was written from the
//! specification alone, and imports the record types of the core and nothing else (tidy checks it),
//! so that a fault in the fold is not repeated here.
//!
//! It is the reference of the laws of a [machine](crate::machine), too. What it does not compute is said in
//! `docs/conformance.md`.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a question names the records that answer it; all others, later ones too, do not"
)]

mod already;
mod clocks;
mod derive;
mod facts;
mod judge;
mod judge_gates;
mod judge_work;
mod log;
mod observe;
mod owed;
mod plan;
mod tables;

pub use facts::{AttemptFacts, Facts, GateFacts, Owed, RecordFacts, Standing, TaskFacts};
pub use observe::facts;
