//! Exhaustive enumeration of small scopes over the real `decide` and `apply`.
//!
//! ```text
//! roots ─▶ state ─▶ every symbol ─▶ decide ─▶ accepted, late ─▶ apply ─▶ invariants ─▶ state
//!            │                         └─────▶ rejected ──────▶ imposed: must be an anomaly
//!            ├─▶ the observer
//!            └─▶ the first command of the diagnosis, again and again ─▶ closed
//! ```
//! The search goes breadth first and each state is expanded once, so what it finds has the shortest
//! log. Two logs lead to the same state if their [`projection`] and their ghost are equal; a sample
//! of such pairs is compared in full. What was enumerated has a fingerprint, and a [`Report`] does
//! not hold while anything that its scopes are about never happened.
//!
//! **Not here:** longer stories; those are left to generated logs ([`strategy`](crate::strategy)).

#![expect(
    clippy::indexing_slicing,
    reason = "a state, a symbol or a step is named by its place in a table that only grows"
)]
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a projection looks at the events and answers that it is about"
)]

pub mod alphabet;
mod expand;
mod found;
mod graph;
pub mod interleave;
mod project;
pub mod scope;
mod search;
mod stand;
mod symbol;
mod tally;
mod tier;
mod why;

pub use expand::{Answer, Breach};
pub use project::{Key, projection};
pub use search::{Counterexample, Observer, Space, examine, explore};
pub use symbol::{Act, Asked, Reference, Repeat, Symbol, Touched};
pub use tally::{INVARIANTS_OUT_OF_SCOPE, OUT_OF_SCOPE, Tally, vacuous};
pub use tier::{Report, Tier, golden};
