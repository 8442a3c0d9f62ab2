//! What is wrong with an expression, and where in it.

use std::ops::Range;

use thiserror::Error;

/// What is wrong with an expression.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message}")]
pub(crate) struct Fault {
    /// Whether it could never be read, or only names what is not there.
    pub(crate) kind: FaultKind,
    /// What is wrong; may hold text from a journal.
    pub(crate) message: String,
    /// Where, in bytes of the expression; empty at a place where something is missing.
    pub(crate) at: Range<usize>,
    /// What belongs there instead; may hold text from a journal.
    pub(crate) label: String,
    /// What else helps.
    pub(crate) notes: Vec<String>,
}

/// What kind of thing is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// It is no expression of the language.
    Invalid,
    /// It names what the mission does not have.
    Unknown,
}

impl Fault {
    /// Says what is wrong with the expression itself.
    pub(crate) fn new(at: &Range<usize>, message: impl Into<String>) -> Self {
        Self {
            kind: FaultKind::Invalid,
            message: message.into(),
            at: at.clone(),
            label: String::new(),
            notes: Vec::new(),
        }
    }

    /// Says what the expression names that is not there.
    pub(crate) fn unknown(at: &Range<usize>, message: impl Into<String>) -> Self {
        Self {
            kind: FaultKind::Unknown,
            ..Self::new(at, message)
        }
    }

    /// Adds what belongs there.
    pub(crate) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Adds what else helps.
    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }
}

/// Asks about the names that look like one that is not known.
pub(crate) fn did_you_mean(near: &[String]) -> String {
    let quoted: Vec<String> = near.iter().map(|name| format!("`{name}`")).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [one] => format!("did you mean {one}?"),
        [.., _] => format!("did you mean one of {}?", quoted.join(", ")),
    }
}
