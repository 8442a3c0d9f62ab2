//! An expression of which every name and every comparison has been checked.

use orch_core::codes::Code;
use orch_core::diagnosis::Cause;
use orch_core::ids::{GateName, TaskId};
use orch_core::status::task::TaskStatus;

use super::field::{AgentField, MissionField, TaskField, Type};
use super::syntax::{Join, Op};
use super::value::Value;
use super::words::Words;

/// A checked expression.
#[derive(Debug, Clone)]
pub(crate) enum Typed {
    /// A value that is written down.
    Constant(Value<'static>),
    /// What is asked.
    Asked(Box<Question>),
    Not(Box<Self>),
    Join(Join, Vec<Self>),
    Compare(Op, Box<Self>, Box<Self>),
}

/// What is asked, and how it is written.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    /// As it is written, with its subject.
    pub(crate) text: String,
    /// What is asked.
    pub(crate) ask: Ask,
}

/// What is asked.
#[derive(Debug, Clone)]
pub(crate) enum Ask {
    Mission(MissionField),
    /// How many tasks have a status.
    Having(TaskStatus),
    Task(Place<TaskId>, TaskField),
    /// Whether a task has a status; what was delivered is accepted as well.
    Is(Place<TaskId>, TaskStatus),
    Gate(Place<TaskId>, GateName),
    BlockedBy(Place<TaskId>, TaskId),
    /// Whether a record earned a code; about one task, or any.
    Anomaly(Option<Place<TaskId>>, Code),
    /// Whether something is a cause of standing still; of one task, or of the mission.
    Cause(Option<Place<TaskId>>, Cause),
    /// An agent by its name, with or without its incarnation.
    Agent(Place<String>, AgentField),
    Each(Quantifier, Over, Typed),
}

/// Which one is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place<N> {
    /// The one of this name.
    Named(N),
    /// Each, one after another.
    Each,
}

/// How many have to fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantifier {
    Any,
    All,
    Count,
}

/// What is gone through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Over {
    Tasks,
    Agents,
}

impl Typed {
    /// Returns what kind of value it has.
    pub(crate) const fn gives(&self) -> Type {
        match self {
            Self::Constant(Value::Bool(_)) | Self::Not(_) | Self::Join(..) | Self::Compare(..) => {
                Type::Bool
            }
            Self::Constant(Value::Number(_)) => Type::Number,
            Self::Constant(Value::Text(_)) => Type::Text,
            Self::Constant(Value::Nothing) => Type::Nothing,
            Self::Asked(question) => question.ask.gives(),
        }
    }
}

impl Typed {
    /// Lists what it asks, in the order in which it is written; what is asked of each is one question.
    pub(crate) fn questions(&self) -> Vec<&Question> {
        match self {
            Self::Constant(_) => Vec::new(),
            Self::Asked(question) => vec![question],
            Self::Not(inner) => inner.questions(),
            Self::Join(_, parts) => parts.iter().flat_map(Self::questions).collect(),
            Self::Compare(_, left, right) => {
                let parts = [left, right].into_iter();
                parts.flat_map(|part| part.questions()).collect()
            }
        }
    }
}

impl Ask {
    /// Returns what kind of value it has.
    pub(crate) const fn gives(&self) -> Type {
        match self {
            Self::Mission(field) => field.gives(),
            Self::Task(_, field) => field.gives(),
            Self::Agent(_, field) => field.gives(),
            Self::Gate(..) => Type::Word(Words::GateStatus),
            Self::Having(_) | Self::Each(Quantifier::Count, ..) => Type::Number,
            Self::Is(..)
            | Self::BlockedBy(..)
            | Self::Anomaly(..)
            | Self::Cause(..)
            | Self::Each(Quantifier::Any | Quantifier::All, ..) => Type::Bool,
        }
    }
}
