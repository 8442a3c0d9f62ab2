//! The pure core of orch: a mission is its log.
//!
//! Records go in, [`Mission`](mission::Mission) comes out.
#![warn(clippy::arithmetic_side_effects)]

pub mod anomaly;
pub mod codes;
pub mod command;
pub mod decide;
pub mod event;
pub mod fold;
pub mod history;
pub mod ids;
pub mod mission;
pub mod party;
pub mod policy;
pub mod record;
pub mod rules;
pub mod snapshot;
pub mod status;
pub mod view;
