//! The index in sled: it answers as the one in memory does, or not at all.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod crash;
mod damage;
mod examples;
mod lifetime;
mod model;
mod store;
mod support;
