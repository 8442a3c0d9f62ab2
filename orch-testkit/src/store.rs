//! The laws of a store: what every [`Journal`] promises, put to the test on anybody's.
//!
//! ```text
//! StoreUnderTest ─▶ store_laws! ─▶ one test for each law ─▶ Outcome ─▶ Report
//!                                    │ Bench: folders, seeds, what was asked and answered
//!                                    └ Worker: the store in a process of its own, to be killed
//! ```
//! An adapter says how its store is opened and what it claims; a claim is tested, and what it does
//! not claim it has to refuse. A law that is broken leaves its counterexample as files, and a line
//! that finds it again.
//!
//! [`Journal`]: orch_store::journal::Journal

#![expect(
    clippy::indexing_slicing,
    reason = "a bad index fails the law, as any panic does"
)]

mod bench;
mod claims;
mod counterexample;
mod draft;
mod faulty;
mod fixture;
mod hold;
mod judgement;
mod known;
mod law;
pub mod laws;
mod mount;
mod recorded;
mod report;
pub mod sabotage;
mod script;
mod steps;
pub mod stores;
mod trial;
mod under_test;
pub mod worker;

pub use bench::{Bench, Tier};
pub use counterexample::Counterexample;
pub(crate) use counterexample::target;
pub use draft::{Draft, mission};
pub use faulty::{AppendFault, Faulty, ReadFault};
pub use fixture::write_fixture;
pub use hold::{hold, judge, judge_within};
pub use law::{Claim, Failed, Law, Outcome, Verdict};
pub use mount::{PowerCuts, power_cuts};
pub use recorded::{Call, Calls, Recorded};
pub use report::{Report, Row};
pub use under_test::{Close, Opened, StoreUnderTest, Subject};
pub use worker::WorkerSpec;
