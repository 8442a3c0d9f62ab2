//! From drafts to records, leaving out what a log has already.

use std::collections::HashMap;

use orch_core::ids::{CommandKey, MissionId, Seq};
use orch_core::record::{Envelope, Record, RecordError};

use crate::draft::Draft;

/// Numbers drafts and leaves out those whose row was imported before (IDEM-1).
#[derive(Debug)]
pub struct Sealer {
    mission: MissionId,
    last: Seq,
    /// The commands that the log has, and whether the source has them too.
    present: HashMap<CommandKey, bool>,
    skipped: u64,
}

impl Sealer {
    /// Goes on after the record at `last` of a mission whose log holds the commands `present`.
    pub fn new(
        mission: MissionId,
        last: Seq,
        present: impl IntoIterator<Item = CommandKey>,
    ) -> Self {
        Self {
            mission,
            last,
            present: present.into_iter().map(|key| (key, false)).collect(),
            skipped: 0,
        }
    }

    /// Makes the draft the next record; `None` if the log has it already.
    ///
    /// # Errors
    /// When the event cannot be written as JSON.
    // spec: IDEM-1
    pub fn seal(&mut self, draft: Draft) -> Result<Option<Record>, RecordError> {
        if let Some(is_seen) = self.present.get_mut(&draft.command) {
            *is_seen = true;
            self.skipped = self.skipped.saturating_add(1);
            return Ok(None);
        }
        let seq = self.last.next();
        let envelope = Envelope {
            seq,
            id: draft.id,
            at: draft.at,
            mission: self.mission.clone(),
            by: draft.by,
            command: Some(draft.command),
            request: None,
            cause: None,
            source: Some(draft.source),
        };
        let record = Record::seal(envelope, draft.event)?;
        self.last = seq;
        Ok(Some(record))
    }

    /// Returns the position of the last record.
    pub const fn last(&self) -> Seq {
        self.last
    }

    /// Returns how many drafts the log had already.
    pub const fn skipped(&self) -> u64 {
        self.skipped
    }

    /// Returns how many commands the log has that the source did not repeat.
    ///
    /// A log that only grows repeats all of its own. A snapshot that changed does not: that an
    /// issue was opened again, edited or deleted shows only here.
    pub fn unseen(&self) -> usize {
        self.present.values().filter(|is_seen| !**is_seen).count()
    }
}
