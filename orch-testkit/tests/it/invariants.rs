//! The invariants, over generated logs, fixtures and journals; and that each of them can fail.

mod can_fail;
pub(crate) mod document;
mod generated;
pub(crate) mod recorded;
mod vacuity;
