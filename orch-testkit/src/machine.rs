//! The laws of a machine: what every fold of missions promises, put to the test on anybody's.
//!
//! ```text
//! MachineUnderTest ─┐                      ┌─ laws about one record: shown before and after, the oracle beside
//! a program ────────┴─▶ Subject ─▶ judge ──┼─ laws about a whole log: cut, repeated, swapped, mixed
//!                         ▲                └─ the invariants, where the fold of orch is wrapped
//!                       stories: told, recorded, enumerated, drawn; no more than is claimed
//! ```
//! An author says which logs a machine folds and what of the state it shows; a claim is tested, and
//! what is not claimed is neither asked for nor compared. A law that is broken leaves the shortest log
//! that was found as a file, and a line that finds it again.

mod budget;
mod claims;
mod judge;
mod laws;
pub mod program;
mod report;
mod seen;
mod shrink;
mod stories;
pub mod teeth;
mod trial;
mod under_test;
mod unlike;

pub use budget::{Again, Budget};
pub use claims::{Claims, Logs, Part, Takes};
pub use judge::{Stopped, hold, judge, report_of};
pub use laws::{Also, Check, MACHINE_LAWS, MachineLaw};
pub use report::{Report, Row};
pub use seen::Seen;
pub(crate) use stories::incidents as recorded_stories;
pub use trial::Trial;
pub use under_test::{Ask, Core, Failure, InProcess, MachineUnderTest, Reply, Subject};
