//! Records: the envelope around an event, one JSON object a line, kept as the exact bytes.
//!
//! ```text
//! {"v":1,"seq":7,"id":"…","at":"2026-11-20T08:00:00Z","mission":"auth","by":"agent:coder#1",
//!  "command":"…","kind":"heartbeat","data":{"task":"t1","attempt":1,"agent":"coder#1"}}
//! ```
//!
//! A record is written once, by [`Record::seal`], and from then on only carried: reading it back
//! and writing it out again gives the same bytes, whatever kinds and fields it holds.

mod batch;
mod reader;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use thiserror::Error;
use uuid::Uuid;

use crate::event::Event;
use crate::ids::{CommandKey, Label, MissionId, Seq};
use crate::party::Actor;

pub use batch::Batch;
pub use reader::{BadLine, Reading, read_lines};

/// The version of the record format that this version writes, and the newest it reads.
pub const FORMAT_VERSION: u32 = 1;

/// Why bytes are not a record, or an event cannot become one.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum RecordError {
    /// The line is not one JSON object with the fields of an envelope.
    #[error("not a record: {source}")]
    Envelope {
        /// What the JSON reader says.
        #[source]
        source: Arc<serde_json::Error>,
    },
    /// The line is not UTF-8.
    #[error("not UTF-8 after byte {valid_up_to}")]
    Encoding {
        /// How many bytes are good.
        valid_up_to: usize,
    },
    /// The record is written in a format newer than this version knows.
    #[error("record format {found} is newer than {FORMAT_VERSION}, the newest known here")]
    NewerFormat {
        /// The format of the record.
        found: u32,
    },
    /// The event cannot be written as JSON.
    #[error("cannot write the event as JSON: {source}")]
    Encode {
        /// What the JSON writer says.
        #[source]
        source: Arc<serde_json::Error>,
    },
}

/// Where an imported record came from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Source {
    /// The line of the foreign file, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    /// Which of several foreign files, when one journal is spread over them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<Label>,
    /// The time as the foreign log wrote it, where `at` could not keep it as it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// Whether the foreign clock is known to lie.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub clock_suspect: bool,
    /// Whether the foreign log says only that this is so, not when it came to be.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub reconstructed: bool,
    /// What the foreign log does not tell and the record had to leave open.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<Label>,
}

/// Everything a record says besides the event itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The position in the mission's log (ORDER-1).
    pub seq: Seq,
    /// The record's own id: `UUIDv7`, or `UUIDv5` for an imported record.
    pub id: Uuid,
    /// When it was written, by the clock of whoever wrote it; data, never used for order.
    pub at: DateTime<Utc>,
    /// The mission.
    pub mission: MissionId,
    /// Who wrote it.
    pub by: Actor,
    /// The idempotency key of the command it answers (IDEM-1).
    pub command: Option<CommandKey>,
    /// The digest of that command, to tell the same command from another under its key.
    pub request: Option<Label>,
    /// The record that led to this one.
    pub cause: Option<Uuid>,
    /// Where it came from, if it was imported.
    pub source: Option<Source>,
}

/// One record of a log.
#[derive(Debug, Clone)]
pub struct Record {
    envelope: Envelope,
    event: Event,
    unknown_fields: u32,
    line: Box<str>,
}

impl Record {
    /// Writes an event down: from here on its bytes do not change.
    ///
    /// # Errors
    /// When the event cannot be written as JSON.
    pub fn seal(envelope: Envelope, event: Event) -> Result<Self, RecordError> {
        let line = serde_json::to_string(&WireOut {
            v: FORMAT_VERSION,
            seq: envelope.seq,
            id: envelope.id,
            at: envelope.at,
            mission: &envelope.mission,
            by: &envelope.by,
            command: envelope.command.as_ref(),
            request: envelope.request.as_ref(),
            cause: envelope.cause,
            source: envelope.source.as_ref(),
            kind: event.kind(),
            data: &event.encode()?,
        })
        .map_err(|source| RecordError::Encode {
            source: Arc::new(source),
        })?;
        Ok(Self {
            envelope,
            event,
            unknown_fields: 0,
            line: line.into_boxed_str(),
        })
    }

    /// Reads one line, without its line end.
    ///
    /// Data that does not have the shape of its kind is no error: the event is then
    /// [`Event::Unreadable`], so that a log can always be opened (FOLD-1).
    ///
    /// # Errors
    /// When the line is not UTF-8, not an envelope, or in a newer format.
    pub fn parse(line: &[u8]) -> Result<Self, RecordError> {
        let text = std::str::from_utf8(line).map_err(|error| RecordError::Encoding {
            valid_up_to: error.valid_up_to(),
        })?;
        let mut unknown_fields = 0_u32;
        let mut json = serde_json::Deserializer::from_str(text);
        let wire: WireIn<'_> = serde_ignored::deserialize(&mut json, |_| {
            unknown_fields = unknown_fields.saturating_add(1);
        })
        .and_then(|wire| json.end().map(|()| wire))
        .map_err(|source| newer_or(text, source))?;
        if wire.v > FORMAT_VERSION {
            return Err(RecordError::NewerFormat { found: wire.v });
        }
        let event = Event::decode(&wire.kind, wire.data, &mut unknown_fields);
        Ok(Self {
            envelope: Envelope {
                seq: wire.seq,
                id: wire.id,
                at: wire.at,
                mission: wire.mission,
                by: wire.by,
                command: wire.command,
                request: wire.request,
                cause: wire.cause,
                source: wire.source,
            },
            event,
            unknown_fields,
            line: text.into(),
        })
    }

    /// Writes the record anew at another position, and with another event if one is given; all
    /// else of it stays, whatever this version knows of it.
    ///
    /// # Errors
    /// When it cannot be written or read again as JSON, which is not the case for one that was read.
    pub(crate) fn moved(&self, seq: Seq, event: Option<&Event>) -> Result<Self, RecordError> {
        let broken = |source| RecordError::Encode {
            source: Arc::new(source),
        };
        let number = serde_json::value::to_raw_value(&seq).map_err(broken)?;
        let data = event.map(Event::encode).transpose()?;
        let mut fields: BTreeMap<Cow<'_, str>, &RawValue> =
            serde_json::from_str(&self.line).map_err(broken)?;
        fields.insert("seq".into(), &number);
        if let Some(data) = &data {
            fields.insert("data".into(), data);
        }
        let line = serde_json::to_string(&fields).map_err(broken)?;
        Self::parse(line.as_bytes())
    }

    /// Returns the record as its exact bytes, without a line end.
    pub fn as_line(&self) -> &str {
        &self.line
    }

    /// Returns everything but the event.
    pub const fn envelope(&self) -> &Envelope {
        &self.envelope
    }

    /// Returns the event.
    pub const fn event(&self) -> &Event {
        &self.event
    }

    /// Returns the position in the mission's log.
    pub const fn seq(&self) -> Seq {
        self.envelope.seq
    }

    /// Returns when the record was written, by the clock of whoever wrote it.
    pub const fn at(&self) -> DateTime<Utc> {
        self.envelope.at
    }

    /// Returns how many fields this version does not know, at any depth.
    pub const fn unknown_fields(&self) -> u32 {
        self.unknown_fields
    }
}

/// Two records are the same when their bytes are.
impl PartialEq for Record {
    fn eq(&self, other: &Self) -> bool {
        self.line == other.line
    }
}

impl Eq for Record {}

/// The envelope as read.
#[derive(Deserialize)]
struct WireIn<'a> {
    v: u32,
    seq: Seq,
    id: Uuid,
    at: DateTime<Utc>,
    mission: MissionId,
    by: Actor,
    #[serde(default)]
    command: Option<CommandKey>,
    #[serde(default)]
    request: Option<Label>,
    #[serde(default)]
    cause: Option<Uuid>,
    #[serde(default)]
    source: Option<Source>,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    data: &'a RawValue,
}

/// The envelope as written; its order of fields is the canonical one.
#[derive(Serialize)]
struct WireOut<'a> {
    v: u32,
    seq: Seq,
    id: Uuid,
    at: DateTime<Utc>,
    mission: &'a MissionId,
    by: &'a Actor,
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<&'a CommandKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<&'a Label>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a Source>,
    kind: &'a str,
    data: &'a RawValue,
}

/// A newer format may have another envelope, so its version is looked for on its own.
fn newer_or(text: &str, source: serde_json::Error) -> RecordError {
    #[derive(Deserialize)]
    struct Version {
        v: u32,
    }
    match serde_json::from_str::<Version>(text) {
        Ok(Version { v }) if v > FORMAT_VERSION => RecordError::NewerFormat { found: v },
        Ok(_) | Err(_) => RecordError::Envelope {
            source: Arc::new(source),
        },
    }
}

#[cfg(test)]
mod tests;
