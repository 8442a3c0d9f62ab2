//! What is asked to be appended: sealed records that belong together.

use chrono::{DateTime, Utc};
use orch_core::ids::{CommandKey, Label, MissionId, Seq};
use orch_core::record::Record;
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};
use thiserror::Error;
use uuid::Uuid;

use crate::capabilities::Durability;
use crate::hex::hex;
use crate::segments::RESERVED;

/// Where an append expects the mission to be.
///
/// There is no "any": who does not know where the mission stands cannot have decided anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// The mission has no record yet.
    New,
    /// This is its last record.
    At(Seq),
}

impl Expect {
    /// What an append onto a head expects.
    pub const fn head(head: Seq) -> Self {
        if head.0 == 0 {
            Self::New
        } else {
            Self::At(head)
        }
    }

    /// Returns the position it names.
    pub const fn seq(self) -> Seq {
        match self {
            Self::New => Seq::ZERO,
            Self::At(seq) => seq,
        }
    }
}

/// Why records cannot be appended together.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidAppend {
    /// There is no record: nothing would be written, so there is nothing to acknowledge.
    #[error("there is no record to append")]
    Empty,
    /// A record does not follow the one before it, or what is expected.
    #[error("record {found} stands where record {wanted} belongs")]
    Gap {
        /// The position that belongs there.
        wanted: Seq,
        /// The position of the record.
        found: Seq,
    },
    /// The records are of several missions.
    #[error("record {seq} is of another mission")]
    Missions {
        /// The first that differs.
        seq: Seq,
    },
    /// The records answer several commands.
    #[error("record {seq} answers another command")]
    Commands {
        /// The first that differs.
        seq: Seq,
    },
    /// A record spans several lines, or begins like a line of the journal itself.
    #[error("record {seq} is not a line that a journal can keep")]
    Lines {
        /// The record.
        seq: Seq,
    },
}

/// What tells one use of a command id from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fingerprint {
    /// The digest of the command, as its records carry it.
    Request(Label),
    /// The digest of the events, where the records carry none: 16 hex digits.
    Events(String),
}

/// Records of one mission that answer one command, to be appended together or not at all.
#[derive(Debug, Clone)]
pub struct Append {
    expect: Expect,
    records: Vec<Record>,
    upon: Option<Uuid>,
    durability: Option<Durability>,
}

impl Append {
    /// Puts records together, to be as durable as the store can make them.
    ///
    /// # Errors
    /// When they do not belong together or do not follow what is expected.
    pub fn new(expect: Expect, records: Vec<Record>) -> Result<Self, InvalidAppend> {
        let first = records.first().ok_or(InvalidAppend::Empty)?.envelope();
        let mut wanted = expect.seq();
        for record in &records {
            let envelope = record.envelope();
            wanted = wanted.next();
            let (seq, found) = (wanted, envelope.seq);
            if found != wanted {
                return Err(InvalidAppend::Gap { wanted, found });
            }
            if envelope.mission != first.mission {
                return Err(InvalidAppend::Missions { seq });
            }
            if envelope.command != first.command || envelope.request != first.request {
                return Err(InvalidAppend::Commands { seq });
            }
            let line = record.as_line();
            if line.contains('\n') || line.starts_with(RESERVED) {
                return Err(InvalidAppend::Lines { seq });
            }
        }
        Ok(Self {
            expect,
            records,
            upon: None,
            durability: None,
        })
    }

    /// Demands that this very record is the last of the mission, not only one at its position.
    ///
    /// A durable record never changes, so its position says it all. One that was only handed in may
    /// fail, and then another's can take its position: what was decided upon the former must not
    /// be appended to the latter. It is a conflict, even if nothing was written after the position.
    #[must_use]
    pub const fn upon(mut self, last: Uuid) -> Self {
        self.upon = Some(last);
        self
    }

    /// Asks for less, or exactly this: the store refuses what it cannot hold.
    #[must_use]
    pub const fn durability(mut self, durability: Durability) -> Self {
        self.durability = Some(durability);
        self
    }

    /// Returns the mission.
    pub fn mission(&self) -> &MissionId {
        &self.first().envelope().mission
    }

    /// Returns where it expects the mission to be.
    pub const fn expect(&self) -> Expect {
        self.expect
    }

    /// Returns the time of its last record, by the clock of whoever wrote it.
    pub fn at(&self) -> DateTime<Utc> {
        self.records.last().unwrap_or_else(|| self.first()).at()
    }

    /// Returns the command id; `None` if the command had none.
    pub fn command(&self) -> Option<&CommandKey> {
        self.first().envelope().command.as_ref()
    }

    /// Returns the records, in order.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// Takes the records out.
    pub fn into_records(self) -> Vec<Record> {
        self.records
    }

    /// Returns the record that must be the last of the mission; `None` for any at the expected
    /// position.
    pub const fn wanted_last(&self) -> Option<Uuid> {
        self.upon
    }

    /// Returns the durability that was asked for; `None` for the most there is.
    pub const fn wanted_durability(&self) -> Option<Durability> {
        self.durability
    }

    /// Returns what tells this append from another under the same command id (IDEM-1).
    // spec: IDEM-1
    pub fn fingerprint(&self) -> Fingerprint {
        match &self.first().envelope().request {
            Some(request) => Fingerprint::Request(request.clone()),
            None => Fingerprint::Events(digest_of_events(&self.records)),
        }
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "the constructor takes no empty list"
    )]
    fn first(&self) -> &Record {
        &self.records[0]
    }
}

/// Digests what the records say, without what differs when the same is sealed again.
fn digest_of_events(records: &[Record]) -> String {
    #[derive(Deserialize)]
    struct Said<'a> {
        #[serde(borrow)]
        data: &'a RawValue,
    }
    let mut digest = Sha256::new();
    for record in records {
        digest.update(record.event().kind().as_bytes());
        // A record was parsed or sealed: that it has data is known.
        if let Ok(said) = serde_json::from_str::<Said<'_>>(record.as_line()) {
            digest.update(said.data.get().as_bytes());
        }
        digest.update(b"\n");
    }
    let bytes = digest.finalize();
    hex(bytes.get(..8).unwrap_or_default())
}
