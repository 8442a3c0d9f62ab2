//! An index in sled over the journal of segments: where each record lies, and what answers a command.
//!
//! ```text
//! journal of segments ──(truth)──▶ apply ──▶ sled: mission, block   ─▶ where 32 records lie
//!                                              mission, command ─▶ the records that answer it
//!                                              the mark, how many there are of each
//! ```
//! sled makes the journal fast, it does not make it safe. What was flushed may be gone after a power
//! cut, and damaged bytes silently shorten what it returns. So nothing is acknowledged because sled
//! has it, and nothing is believed because sled says it:
//!
//! - each value carries a checksum over its key and itself,
//! - the counts beside the mark say what has to be there,
//! - a [clean close](orch_store::index::Index::close) writes down the sum of every file, and the next
//!   [opening](SledIndex::open) trusts files that still have it; all others are checked in full.
//!
//! **Invariant:** an answer is the one that the journal would give up to the mark, or an error; it
//! is never shorter.
//!
//! **Not here:** records and snapshots. An index holds pointers, so every value stays far below
//! the size at which sled would put it into a file of its own that it never syncs. The lock of the
//! store is not here either: whoever opens an index holds it.

mod block;
mod codec;
mod error;
mod folder;
mod group;
mod index;
mod kept;
mod locate;
mod number;
mod pending;
mod scan;
mod store;
mod trust;

pub use index::SledIndex;
pub use store::{SledHome, open, open_or_create};
pub use trust::Trust;
