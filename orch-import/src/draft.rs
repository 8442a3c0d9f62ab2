//! Drafts: records that have no position in a log yet.

use chrono::{DateTime, Utc};
use orch_core::event::Event;
use orch_core::ids::CommandKey;
use orch_core::party::Actor;
use orch_core::record::Source;
use uuid::Uuid;

/// One record as the importer made it; a [`Sealer`](crate::Sealer) gives it its position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// When it happened, by the foreign clock.
    pub at: DateTime<Utc>,
    /// The record's id: the same row gives the same one in every import.
    pub id: Uuid,
    /// The idempotency key of the row; all records of one row share it.
    pub command: CommandKey,
    /// The importer: `import:FORMAT`.
    pub by: Actor,
    /// Where it came from.
    pub source: Source,
    /// What happened.
    pub event: Event,
}

/// What became of a draft in the hands of its receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is written, or on its way to be.
    Written,
    /// The destination has it already.
    Present,
}
