//! What an index over a journal of segments answers: where a record lies, and what a command did.
//!
//! The segments are the truth, an index makes them fast. It can be lost and made again.

mod memory;

use std::fmt::Debug;

use chrono::{DateTime, Utc};
use orch_core::ids::{CommandKey, MissionId, Seq};

use crate::answers::Given;
use crate::cursor::Position;
use crate::error::StoreError;
use crate::journal::MissionHead;

pub use memory::MemoryIndex;

/// Where the bytes of a record lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pointer {
    /// Its position in the journal.
    pub position: Position,
    /// The segment: the first position in it, which also names the file.
    pub segment: Position,
    /// Where its line begins, in bytes from the start of the file.
    pub offset: u64,
    /// How long the line is, in bytes, without its end.
    pub len: u32,
    /// The CRC-32 (IEEE) of the line.
    pub crc: u32,
}

/// A place in the journal between two batches, with the chain up to there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// The last position before it.
    pub position: Position,
    /// The segment that it is in.
    pub segment: Position,
    /// The byte of that segment at which the next batch begins.
    pub offset: u64,
    /// The chain over everything before it.
    pub chain: [u8; 32],
}

impl Mark {
    /// The mark before everything: no segment, an empty chain.
    pub const ZERO: Self = Self {
        position: Position::ZERO,
        segment: Position::ZERO,
        offset: 0,
        chain: [0; 32],
    };
}

/// One append, as an index sees it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The mission.
    pub mission: MissionId,
    /// The time of its last record.
    pub at: DateTime<Utc>,
    /// Which command it answers, and with which records.
    pub given: Given,
    /// Where each of its records lies, in order.
    pub pointers: Vec<Pointer>,
}

/// An index over a journal of segments.
///
/// One thread applies, any number read. What was applied is visible at once, all entries of a call
/// together with the mark or none of them; it need not be durable, because the journal is.
pub trait Index: Debug + Send + Sync + 'static {
    /// Returns how far it has come; [`Mark::ZERO`] if it is empty.
    ///
    /// # Errors
    /// When it does not answer.
    fn mark(&self) -> Result<Mark, StoreError>;

    /// Takes appends in the order of the journal.
    ///
    /// # Errors
    /// When it cannot: it is then not to be used any more.
    fn apply(&self, entries: &[Entry], mark: &Mark) -> Result<(), StoreError>;

    /// Returns where a mission stands; `None` if it has no record.
    ///
    /// # Errors
    /// When it does not answer, or answers what cannot be.
    fn head(&self, mission: &MissionId) -> Result<Option<MissionHead>, StoreError>;

    /// Returns every mission, by name.
    ///
    /// # Errors
    /// When it does not answer, or answers what cannot be.
    fn missions(&self) -> Result<Vec<MissionHead>, StoreError>;

    /// Returns where at most `max` records of a mission after a position lie, in order.
    ///
    /// # Errors
    /// When it does not answer, or one is missing.
    fn locate(
        &self,
        mission: &MissionId,
        after: Seq,
        max: usize,
    ) -> Result<Vec<Pointer>, StoreError>;

    /// Returns what answers a command id of a mission.
    ///
    /// # Errors
    /// When it does not answer, or answers what cannot be.
    fn answer(
        &self,
        mission: &MissionId,
        command: &CommandKey,
    ) -> Result<Option<Given>, StoreError>;

    /// Checks that nothing is missing or damaged in itself: every record up to the mark has its
    /// pointer, every command its answer.
    ///
    /// # Errors
    /// When something is.
    fn check(&self) -> Result<(), StoreError>;

    /// Puts it away, so that the next opening can trust it without a check.
    ///
    /// # Errors
    /// When that fails; the next opening will check it.
    fn close(&self) -> Result<(), StoreError>;
}
