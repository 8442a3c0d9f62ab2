//! What is put into a fork: a record that has no number yet.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::value::RawValue;
use thiserror::Error;
use uuid::Uuid;

use crate::event::Event;
use crate::ids::CommandKey;
use crate::party::Actor;
use crate::record::{Record, RecordError, Source};

/// A record that has no number yet.
#[derive(Debug, Clone)]
pub struct Draft {
    pub(super) by: Actor,
    /// When; the time of the record before it, unless it says one.
    pub(super) at: Option<DateTime<Utc>>,
    pub(super) event: Event,
    pub(super) id: Option<Uuid>,
    pub(super) command: Option<CommandKey>,
    pub(super) cause: Option<Uuid>,
    pub(super) source: Option<Source>,
}

/// Why a line is no draft.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum DraftError {
    /// It is neither a record nor the short form of one.
    #[error("neither a record nor an object of `by`, `kind` and `data`: {problem}")]
    Form {
        /// What the JSON reader says.
        problem: String,
    },
    /// It looks like a record, and is none.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// There is no such kind of record.
    #[error("there is no kind {kind:?}")]
    Kind {
        /// The kind.
        kind: String,
    },
    /// The data is not that of its kind.
    #[error("the data is not that of a {kind}: {problem}")]
    Data {
        /// The kind.
        kind: String,
        /// What the JSON reader says.
        problem: String,
    },
    /// The data has fields that no record of its kind has.
    #[error("the data has {n} fields that no {kind} has")]
    Fields {
        /// The kind.
        kind: String,
        /// How many.
        n: u32,
    },
}

/// What a draft has to say: who, what kind, what.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Short<'a> {
    by: Actor,
    #[serde(default)]
    at: Option<DateTime<Utc>>,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    data: &'a RawValue,
}

/// The field that only a record has.
#[derive(Deserialize)]
struct Version {
    #[serde(rename = "v")]
    _v: u32,
}

impl Draft {
    /// Something that somebody would have written.
    pub fn new(by: Actor, event: impl Into<Event>) -> Self {
        Self {
            by,
            at: None,
            event: event.into(),
            id: None,
            command: None,
            cause: None,
            source: None,
        }
    }

    /// Reads a line: a whole record, of which all counts but its number and mission, or
    /// `{"by":…,"kind":…,"data":…}`, if it says so with `"at"`.
    ///
    /// # Errors
    /// When it is neither. The short form has to be right in all it says: somebody just wrote it.
    pub fn parse(line: &str) -> Result<Self, DraftError> {
        if serde_json::from_str::<Version>(line).is_ok() {
            let record = Record::parse(line.as_bytes())?;
            let envelope = record.envelope();
            return Ok(Self {
                at: Some(envelope.at),
                id: Some(envelope.id),
                command: envelope.command.clone(),
                cause: envelope.cause,
                source: envelope.source.clone(),
                ..Self::new(envelope.by.clone(), record.event().clone())
            });
        }
        let short: Short<'_> = serde_json::from_str(line).map_err(|error| DraftError::Form {
            problem: error.to_string(),
        })?;
        let kind = short.kind.clone().into_owned();
        let mut n = 0;
        let event = Event::decode(&short.kind, short.data, &mut n);
        if let Event::Unknown { .. } = event {
            return Err(DraftError::Kind { kind });
        }
        if let Event::Unreadable { problem, .. } = event {
            let problem = problem.into();
            return Err(DraftError::Data { kind, problem });
        }
        if n > 0 {
            return Err(DraftError::Fields { kind, n });
        }
        Ok(Self {
            at: short.at,
            ..Self::new(short.by, event)
        })
    }
}
