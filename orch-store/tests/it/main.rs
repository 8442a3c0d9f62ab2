//! The store contract, kept by every store of this crate, and the coordinator on top of it.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod contract;
mod coordinator;
mod damage;
mod desk;
mod failing;
mod marks;
mod mirror;
mod opening;
mod races;
mod socket;
mod staged;
mod support;
mod writers;
