//! Events: what a record says happened.
//!
//! Names are final, fields may grow. A kind or a field that this version does not know survives
//! reading, folding and export byte for byte, because the bytes of the record are kept.

pub mod agent;
pub mod attempt;
pub mod clock;
pub mod correction;
pub mod gate;
pub mod mission;
pub mod note;
pub mod talk;
pub mod task;

use serde_json::value::RawValue;

use crate::record::RecordError;

/// Defines [`Event`] and everything that must know all of its kinds.
macro_rules! events {
    ($($(#[$doc:meta])* $variant:ident($data:ty) = $kind:literal,)*) => {
        /// What a record says happened.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Event {
            $($(#[$doc])* $variant($data),)*
            /// A kind that this version does not know; kept, counted and without effect.
            Unknown {
                /// The kind as written.
                kind: Box<str>,
                /// The data as written: one JSON value.
                data: Box<str>,
            },
            /// A known kind whose data does not have its shape; kept, marked and without effect.
            Unreadable {
                /// The kind as written.
                kind: Box<str>,
                /// The data as written: one JSON value.
                data: Box<str>,
                /// What is wrong with it.
                problem: Box<str>,
            },
        }

        impl Event {
            /// Every kind that this version knows, in the order of the specification.
            pub const KINDS: &'static [&'static str] = &[$($kind,)*];

            /// Returns the kind as written in the log.
            pub fn kind(&self) -> &str {
                match self {
                    $(Self::$variant(_) => $kind,)*
                    Self::Unknown { kind, .. } | Self::Unreadable { kind, .. } => kind,
                }
            }

            /// Reads the data of a record of the given kind, counting fields it does not know.
            pub(crate) fn decode(kind: &str, data: &RawValue, unknown_fields: &mut u32) -> Self {
                match kind {
                    $($kind => match decode_as::<$data>(data, unknown_fields) {
                        Ok(data) => Self::$variant(data),
                        Err(problem) => Self::Unreadable {
                            kind: kind.into(),
                            data: data.get().into(),
                            problem: problem.to_string().into(),
                        },
                    },)*
                    _ => Self::Unknown { kind: kind.into(), data: data.get().into() },
                }
            }

            /// Writes the data as one JSON value.
            pub(crate) fn encode(&self) -> Result<Box<RawValue>, RecordError> {
                match self {
                    $(Self::$variant(data) => serde_json::value::to_raw_value(data),)*
                    Self::Unknown { data, .. } | Self::Unreadable { data, .. } => {
                        RawValue::from_string(data.to_string())
                    }
                }
                .map_err(|source| RecordError::Encode { source: std::sync::Arc::new(source) })
            }
        }

        $(impl From<$data> for Event {
            fn from(data: $data) -> Self {
                Self::$variant(data)
            }
        })*
    };
}

events! {
    /// The mission opens.
    MissionOpened(mission::MissionOpened) = "mission_opened",
    /// A task is added.
    TaskDeclared(task::TaskDeclared) = "task_declared",
    /// An agent joins.
    AgentJoined(agent::AgentJoined) = "agent_joined",
    /// An agent leaves.
    AgentLeft(agent::AgentLeft) = "agent_left",
    /// A task is handed out.
    Dispatched(attempt::Dispatched) = "dispatched",
    /// An attempt begins.
    AttemptStarted(attempt::AttemptStarted) = "attempt_started",
    /// An attempt gets somewhere.
    Progress(attempt::Progress) = "progress",
    /// An attempt is alive.
    Heartbeat(attempt::Heartbeat) = "heartbeat",
    /// An attempt gives its task back.
    Handoff(attempt::Handoff) = "handoff",
    /// An attempt ends without a handoff.
    AttemptEnded(attempt::AttemptEnded) = "attempt_ended",
    /// Somebody talks.
    Message(talk::Message) = "message",
    /// Somebody has read something.
    Receipt(talk::Receipt) = "receipt",
    /// Somebody waits.
    WaitDeclared(talk::WaitDeclared) = "wait_declared",
    /// A gate is given to somebody to decide.
    GateRequested(gate::GateRequested) = "gate_requested",
    /// A gate is decided.
    GateDecided(gate::GateDecided) = "gate_decided",
    /// Who owns what is changed with authority.
    Correction(correction::Correction) = "correction",
    /// An agent is asked to stop, or stops.
    Shutdown(agent::Shutdown) = "shutdown",
    /// A clock ran out.
    Timeout(clock::Timeout) = "timeout",
    /// A runtime says what an agent carries.
    Inventory(agent::Inventory) = "inventory",
    /// A task ends without a result.
    TaskClosed(task::TaskClosed) = "task_closed",
    /// An accepted task is delivered.
    TaskDelivered(task::TaskDelivered) = "task_delivered",
    /// The mission ends.
    MissionClosed(mission::MissionClosed) = "mission_closed",
    /// The mission is put away.
    MissionArchived(mission::MissionArchived) = "mission_archived",
    /// Something was found out.
    FindingRecorded(note::FindingRecorded) = "finding_recorded",
    /// A remark.
    Note(note::Note) = "note",
    /// A run starts.
    RunStarted(mission::RunStarted) = "run_started",
    /// A run ends.
    RunEnded(mission::RunEnded) = "run_ended",
}

/// Reads data as `T`, counting at every depth the fields that `T` does not know.
fn decode_as<'de, T: serde::Deserialize<'de>>(
    data: &'de RawValue,
    unknown_fields: &mut u32,
) -> Result<T, serde_json::Error> {
    let mut unknown = 0_u32;
    let mut json = serde_json::Deserializer::from_str(data.get());
    let value = serde_ignored::deserialize(&mut json, |_| unknown = unknown.saturating_add(1))?;
    *unknown_fields = unknown_fields.saturating_add(unknown);
    Ok(value)
}
