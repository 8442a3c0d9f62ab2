//! What is said over the socket: requests and replies, one JSON object a line.

use chrono::{DateTime, Utc};
use orch_core::codes::Code;
use orch_core::command::Command;
use orch_core::decide::{Effect, Fact, Prior};
use orch_core::ids::{CommandKey, Label, MissionId, Seq};
use orch_core::party::Actor;
use orch_core::record::Record;
use orch_core::snapshot::Snapshot;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::fault::Fault;
use crate::capabilities::Durability;
use crate::coordinator::{Ask, Basis, Outcome, Since};
use crate::cursor::{Cursor, JournalId};
use crate::error::StoreError;
use crate::journal::{MissionHead, Verified};

/// The version of the protocol that is spoken here.
pub const PROTOCOL: u32 = 1;

/// What a client asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Request {
    /// The first request: who asks, and in which version.
    Hello { protocol: u32, program: String },
    /// Carry a command out.
    Execute(Box<Execute>),
    /// Wait until what is in flight on a mission has landed or failed, and say where it is then.
    Settle { mission: MissionId },
    /// Where a mission is.
    Head { mission: MissionId },
    /// Records of a mission.
    Read {
        mission: MissionId,
        after: Seq,
        max: u64,
    },
    /// Records of all missions.
    ReadAll { after: Cursor, max: u64 },
    /// What answers a command id.
    Prior {
        mission: MissionId,
        command: CommandKey,
    },
    /// Every mission.
    Missions {},
    /// Where the journal ends.
    End {},
    /// Where it ends as soon as that is after a cursor, or when the time is up.
    Wait { after: Cursor, at_most_ms: u64 },
    /// The newest snapshot of a mission.
    Snapshot { mission: MissionId },
    /// Check everything.
    Verify {},
}

/// A command, who asks for it and under which conditions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Execute {
    pub(super) mission: MissionId,
    pub(super) by: Actor,
    pub(super) now: DateTime<Utc>,
    pub(super) command: Command,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) key: Option<CommandKey>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) cause: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) expect: Option<Seq>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) durability: Option<Durability>,
    /// The state that the command was made from, if it was made from one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) basis: Option<Basis>,
}

/// What an owner answers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Reply {
    /// The answer to a hello.
    Hello(Greeting),
    /// Some of the records that were asked for; what ends them follows.
    Part(Vec<Line>),
    /// All records were told.
    Done {},
    /// All records of a page were told.
    Page { next: Cursor },
    /// What became of a command.
    Executed(Executed),
    /// Where a mission is.
    Head { seq: Seq },
    /// What answers a command id; none if nothing does.
    Prior(Option<Given>),
    /// Every mission.
    Missions(Vec<Standing>),
    /// Where the journal ends.
    End(Cursor),
    /// The newest snapshot; none if there is none.
    Snapshot(Option<Snapshot>),
    /// Everything is what was written.
    Verified(Whole),
    /// It could not be done.
    Failed(Fault),
}

/// Who answers at the door.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Greeting {
    pub(super) protocol: u32,
    pub(super) journal: JournalId,
    pub(super) program: String,
    pub(super) pid: u32,
    pub(super) durability: Durability,
}

/// What became of a command.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Executed {
    Accepted {
        records: Vec<Line>,
        effects: Vec<Effect>,
    },
    Late {
        records: Vec<Line>,
        code: Code,
        message: String,
        because: Vec<Fact>,
    },
    AlreadyDone {
        first: Seq,
        last: Seq,
    },
    NoChange {
        since: Seq,
    },
    /// The mission is not in the state that the command was made from; nothing was decided.
    Behind {
        head: Seq,
        /// What is there since then, though perhaps not durable; none if that has to be read.
        records: Option<Vec<Line>>,
    },
}

/// The exact bytes of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Line(String);

/// Which records answer a command id.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Given {
    first: Seq,
    last: Seq,
    request: Option<Label>,
}

/// Where a mission stands.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Standing {
    mission: MissionId,
    head: Seq,
    at: DateTime<Utc>,
}

/// What a verification covered.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Whole {
    records: u64,
    batches: u64,
    missions: u64,
    bytes: u64,
    chain: String,
}

impl Request {
    /// Whether it makes no difference that it is asked twice.
    pub(super) fn is_repeatable(&self) -> bool {
        match self {
            // The key makes it so (IDEM-1).
            Self::Execute(execute) => execute.key.is_some(),
            Self::Hello { .. }
            | Self::Settle { .. }
            | Self::Head { .. }
            | Self::Read { .. }
            | Self::ReadAll { .. }
            | Self::Prior { .. }
            | Self::Missions {}
            | Self::End {}
            | Self::Wait { .. }
            | Self::Snapshot { .. }
            | Self::Verify {} => true,
        }
    }

    /// Reads a request, and takes nothing in it that it does not know: a field that is left out
    /// silently would make another command of it.
    ///
    /// # Errors
    /// When it is none; the text says what is wrong.
    pub(super) fn parse(line: &[u8]) -> Result<Self, String> {
        let mut json = serde_json::Deserializer::from_slice(line);
        let mut unknown = None;
        let request = serde_ignored::deserialize(&mut json, |path| {
            unknown.get_or_insert_with(|| path.to_string());
        });
        let request = request.and_then(|request| json.end().map(|()| request));
        match (request, unknown) {
            (Err(error), _) => Err(error.to_string()),
            (Ok(_), Some(path)) => Err(format!("unknown field {path}")),
            (Ok(request), None) => Ok(request),
        }
    }
}

impl Execute {
    pub(super) fn new(
        mission: &MissionId,
        by: Actor,
        command: Command,
        ask: &Ask,
        basis: Option<Basis>,
    ) -> Self {
        Self {
            mission: mission.clone(),
            by,
            now: ask.now,
            command,
            key: ask.key.clone(),
            cause: ask.cause,
            expect: ask.expect,
            durability: ask.durability,
            basis,
        }
    }

    /// Returns who asks, and under which conditions.
    pub(super) fn ask(&self) -> Ask {
        Ask {
            by: self.by.clone(),
            now: self.now,
            key: self.key.clone(),
            cause: self.cause,
            expect: self.expect,
            durability: self.durability,
        }
    }
}

impl Executed {
    /// What became of a command that was decided.
    pub(super) fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Accepted { records, effects } => Self::Accepted {
                records: Line::all(&records),
                effects,
            },
            Outcome::Late {
                records,
                code,
                message,
                because,
            } => Self::Late {
                records: Line::all(&records),
                code,
                message,
                because,
            },
            Outcome::AlreadyDone { first, last } => Self::AlreadyDone { first, last },
            Outcome::NoChange { since } => Self::NoChange { since },
        }
    }

    /// What there is after the basis of a command.
    pub(super) fn behind(since: &Since) -> Self {
        Self::Behind {
            head: since.head,
            records: since.records.as_deref().map(Line::all),
        }
    }
}

impl Line {
    pub(super) fn all<'a>(records: impl IntoIterator<Item = &'a Record>) -> Vec<Self> {
        let lines = records.into_iter();
        lines.map(|record| Self(record.as_line().into())).collect()
    }

    /// Returns how many bytes it takes.
    pub(super) const fn len(&self) -> usize {
        self.0.len()
    }

    /// Reads records.
    ///
    /// # Errors
    /// When one of them is none.
    pub(super) fn read(lines: &[Self]) -> Result<Vec<Record>, StoreError> {
        let records = lines.iter().map(|line| Record::parse(line.0.as_bytes()));
        let records: Result<Vec<Record>, _> = records.collect();
        records.map_err(|error| StoreError::Owner {
            what: format!("it answered with what is no record: {error}"),
        })
    }
}

impl Given {
    pub(super) fn of(prior: Prior) -> Option<Self> {
        match prior {
            Prior::Unseen => None,
            Prior::Seen {
                first,
                last,
                request,
            } => Some(Self {
                first,
                last,
                request,
            }),
        }
    }

    pub(super) fn prior(self) -> Prior {
        let Self {
            first,
            last,
            request,
        } = self;
        Prior::Seen {
            first,
            last,
            request,
        }
    }
}

impl From<MissionHead> for Standing {
    fn from(head: MissionHead) -> Self {
        let MissionHead { mission, head, at } = head;
        Self { mission, head, at }
    }
}

impl From<Standing> for MissionHead {
    fn from(standing: Standing) -> Self {
        let Standing { mission, head, at } = standing;
        Self { mission, head, at }
    }
}

impl From<Verified> for Whole {
    fn from(verified: Verified) -> Self {
        Self {
            records: verified.records,
            batches: verified.batches,
            missions: verified.missions,
            bytes: verified.bytes,
            chain: verified.chain,
        }
    }
}

impl From<Whole> for Verified {
    fn from(whole: Whole) -> Self {
        Self {
            records: whole.records,
            batches: whole.batches,
            missions: whole.missions,
            bytes: whole.bytes,
            chain: whole.chain,
        }
    }
}

#[cfg(test)]
mod tests;
