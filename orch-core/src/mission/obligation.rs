//! The row of an obligation: something owed by somebody until a record settles it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::table::{AttemptIx, IncarnationIx, TaskIx};
use super::task::Moment;
use crate::event::clock::ClockKind;
use crate::ids::Seq;
use crate::party::Party;
use crate::status::words;

words! {
    /// What is owed.
    ObligationKind {
        /// A reply to an actionable message.
        Reply = "reply",
        /// An answer to a question.
        Answer = "answer",
        /// An acknowledgement of a shutdown request.
        Acknowledgement = "acknowledgement",
        /// A decision of a gate that somebody holds.
        GateDecision = "gate_decision",
        /// What a blocked handoff waits for.
        Unblocking = "unblocking",
        /// A decision that a clock or a limit put on somebody.
        Ruling = "ruling",
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Obligation {
    pub(crate) kind: ObligationKind,
    pub(crate) owed_by: Party,
    /// Who asked, for talk: whoever may take the question back.
    pub(crate) owed_to: Option<Party>,
    pub(crate) task: Option<TaskIx>,
    pub(crate) attempt: Option<AttemptIx>,
    pub(crate) incarnation: Option<IncarnationIx>,
    /// The clock that put a ruling on somebody.
    pub(crate) clock: Option<ClockKind>,
    pub(crate) opened: Moment,
    pub(crate) due: Option<DateTime<Utc>>,
    pub(crate) expired: Option<Seq>,
}
