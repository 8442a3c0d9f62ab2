//! What became of a command.

use orch_core::codes::Code;
use orch_core::command::Command;
use orch_core::decide::{Decision, Effect, Fact, Rejection};
use orch_core::event::Event;
use orch_core::ids::{AttemptNo, Seq};
use orch_core::party::Actor;
use orch_core::record::{Record, RecordError};
use thiserror::Error;

use crate::error::{AppendError, StoreError};
use crate::journal::InvalidAppend;

/// How a command was answered; everything it names is durable.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Outcome {
    /// It is carried out.
    Accepted {
        /// What is on record now.
        records: Vec<Record>,
        /// What the host is asked to do.
        effects: Vec<Effect>,
    },
    /// It came too late: it is on record as evidence and changes nothing (FENCE-1).
    Late {
        /// What is on record now.
        records: Vec<Record>,
        /// Why it is late.
        code: Code,
        /// Why it is late, naming the things involved; untrusted text.
        message: String,
        /// The records that make it late.
        because: Vec<Fact>,
    },
    /// It was carried out before, by these records (IDEM-1).
    AlreadyDone {
        /// The first of them.
        first: Seq,
        /// The last of them.
        last: Seq,
    },
    /// It is so already; nothing was written.
    NoChange {
        /// The record that made it so.
        since: Seq,
    },
}

impl Outcome {
    /// The outcome of a decision whose records are on record.
    pub(super) fn of(decision: Decision, records: Vec<Record>) -> Self {
        match decision {
            Decision::Accepted { effects, .. } => Self::Accepted { records, effects },
            Decision::Late {
                code,
                message,
                because,
                ..
            } => Self::Late {
                records,
                code,
                message,
                because,
            },
            Decision::AlreadyDone { first, last } => Self::AlreadyDone { first, last },
            Decision::NoChange { since } => Self::NoChange { since },
            // The core may add answers.
            _ => Self::Accepted {
                records,
                effects: Vec::new(),
            },
        }
    }

    /// Returns what was put on record by this very call.
    pub fn records(&self) -> &[Record] {
        match self {
            Self::Accepted { records, .. } | Self::Late { records, .. } => records,
            Self::AlreadyDone { .. } | Self::NoChange { .. } => &[],
        }
    }

    /// Returns the attempt that was handed out by this very call: the token that its handoff must
    /// carry (FENCE-1).
    pub fn attempt(&self) -> Option<AttemptNo> {
        self.records().iter().find_map(|record| {
            if let Event::Dispatched(dispatched) = record.event() {
                return Some(dispatched.attempt);
            }
            None
        })
    }

    /// Returns the last record that makes it so, of this call or an earlier one.
    pub fn last(&self) -> Seq {
        match self {
            Self::Accepted { records, .. } | Self::Late { records, .. } => {
                records.last().map_or(Seq::ZERO, Record::seq)
            }
            Self::AlreadyDone { last, .. } => *last,
            Self::NoChange { since } => *since,
        }
    }
}

/// What a command would lead to.
#[derive(Debug, Clone)]
pub struct Preview {
    /// Who asks.
    pub by: Actor,
    /// The command.
    pub command: Command,
    /// How it would be answered.
    pub decision: Decision,
    /// The last record of the mission that this was judged by.
    pub head: Seq,
}

/// Why a command was not carried out.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum CommandError {
    /// A rule refuses it; nothing was written.
    #[error("{0}")]
    Rejected(Box<Rejection>),
    /// The mission is not where the asker expects it; nothing was written.
    #[error("the mission is at record {actual}, not {expected}")]
    Moved {
        /// Where it was expected.
        expected: Seq,
        /// Where it is.
        actual: Seq,
        /// What was written after the expected position, oldest first, as far as it fits into
        /// [`SINCE_MAX`](crate::journal::SINCE_MAX).
        since: Vec<Record>,
    },
    /// Others were faster every time; nothing was written.
    #[error("others were faster {rounds} times")]
    Contended {
        /// How often it was tried.
        rounds: u32,
    },
    /// The journal did not take it.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The journal cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An event cannot be written down.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The records of a decision do not belong together: a fault of orch.
    #[error(transparent)]
    Invalid(#[from] InvalidAppend),
    /// The core gave an answer that this version cannot carry out.
    #[error("the core gave an answer that this version cannot carry out")]
    UnknownAnswer,
}

impl From<Rejection> for CommandError {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(Box::new(rejection))
    }
}
