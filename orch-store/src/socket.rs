//! The door of an owner: one process has the store, and all others ask it over a socket in the
//! store folder.
//!
//! ```text
//! Remote ─▶ Client ─▶ .orch/socket ─▶ Owner ─▶ Coordinator ─▶ Journal
//!    └── make a command ◀── what is there since then, if the mission is elsewhere
//! ```
//! [`Owner::serve`] opens the door, and dropping the owner closes it. [`Client`] is the journal as
//! seen through it: it reads, and it carries commands out. [`Remote`] is the
//! [`Coordinator`](crate::coordinator::Coordinator) of whoever is outside. The protocol is lines of
//! JSON, described in `docs/socket-protocol.md`.
//!
//! What goes through the door are commands, not records: the owner decides each against the head
//! including what is in flight, so that commands of many processes share a sync.
//!
//! **Invariant:** only who has the lock of the store makes the socket. A socket that nobody answers
//! at is as good as none.
//!
//! **Invariant:** nothing that comes in over the socket can harm the owner: requests are bounded,
//! each connection has a thread of its own, and whoever is silent gives way.

mod address;
mod client;
mod fault;
mod frame;
mod link;
mod owner;
mod remote;
mod wire;

pub use address::{DOOR, is_open};
pub use client::Client;
pub use owner::{Limits, Owner};
pub use remote::Remote;
pub use wire::PROTOCOL;
