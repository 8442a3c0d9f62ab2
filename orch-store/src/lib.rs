//! The store contract of orch: what it means that a record is on record.
//!
//! ```text
//! Command ─▶ Coordinator ─▶ Mission::decide ─▶ Append ─▶ Journal ─▶ durable ─▶ Outcome
//!               ▲   └─ refused: Rejection         │
//!               └──── somebody was faster: load what won, decide again
//! ```
//! [`Journal`](journal::Journal) is the contract that every store keeps. Two stores are here: the
//! [memory] one, and the plain-text journal of [segments]. `orch-store-sled` adds an index
//! that makes the latter fast. [`Coordinator`](coordinator::Coordinator) is what a host talks to;
//! [`Desk`](desk::Desk) is the same for tasks, and [`Mirror`](mirror::Mirror) the contract for them,
//! in any runtime.
//!
//! **Invariant:** an append that was answered with its positions is on record, as durable as was
//! asked for; one that was answered with an error says whether it may be (ACK-1).
//!
//! **Not here:** rules. Whether a command may be carried out is the core's to say; a store keeps
//! bytes in order.

pub mod answers;
pub mod capabilities;
pub mod coordinator;
pub mod cursor;
pub mod desk;
pub mod error;
mod hex;
pub mod index;
pub mod journal;
pub mod memory;
pub mod mirror;
mod oneshot;
pub mod pending;
pub mod segments;
pub mod socket;
pub mod watch;
