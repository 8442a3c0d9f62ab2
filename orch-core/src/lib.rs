//! The pure core of orch: a mission is its log.
//!
//! Records go in, [`Mission`](mission::Mission) comes out.
#![warn(clippy::arithmetic_side_effects)]

pub mod event;
pub mod ids;
pub mod party;
pub mod policy;
pub mod record;
