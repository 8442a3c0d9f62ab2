//! Writing the events of one decision down as consecutive records.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Envelope, Record, RecordError};
use crate::event::Event;
use crate::ids::{CommandKey, Label, MissionId, Seq};
use crate::party::Actor;

/// What all records of one decision share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The mission.
    pub mission: MissionId,
    /// The last position before the batch.
    pub head: Seq,
    /// When it is written.
    pub at: DateTime<Utc>,
    /// Who writes it.
    pub by: Actor,
    /// The idempotency key of the command.
    pub command: Option<CommandKey>,
    /// The digest of the command: [`Command::request`](crate::command::Command::request).
    pub request: Option<Label>,
    /// The record that led to it.
    pub cause: Option<Uuid>,
}

impl Batch {
    /// Makes records of the events, in their order; each id comes from the caller.
    ///
    /// # Errors
    /// When an event cannot be written as JSON.
    pub fn seal(
        &self,
        events: Vec<Event>,
        mut ids: impl FnMut() -> Uuid,
    ) -> Result<Vec<Record>, RecordError> {
        let mut seq = self.head;
        events
            .into_iter()
            .map(|event| {
                seq = seq.next();
                let envelope = Envelope {
                    seq,
                    id: ids(),
                    at: self.at,
                    mission: self.mission.clone(),
                    by: self.by.clone(),
                    command: self.command.clone(),
                    request: self.request.clone(),
                    cause: self.cause,
                    source: None,
                };
                Record::seal(envelope, event)
            })
            .collect()
    }
}
