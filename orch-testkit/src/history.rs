//! Histories of what many clients asked of a store at the same time, and whether one order explains
//! them.
//!
//! ```text
//! clients ─▶ drive ─▶ History { ops, log } ─▶ check ─▶ breaches
//!                                          └▶ export for Elle
//! ```
//! Appends have unique ids, and the log that is left at the end is their order. So no order has to be
//! searched for: [`check`] asks whether that one explains every answer, in the time it takes to sort. It
//! accepts exactly the histories that a search accepts; the tests hold it against one.

#![expect(
    clippy::indexing_slicing,
    reason = "a bad index fails the check, as any panic does"
)]

mod check;
mod drive;
mod elle;
mod op;

pub use check::{Breach, Condition, check};
pub use drive::{Client, Plan, Shift, drive, final_log};
pub use elle::to_elle;
pub use op::{Call, History, Kind, Op};
