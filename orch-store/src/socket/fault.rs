//! Why something could not be done, as it is said over the socket.
//!
//! Both ways are written out, so that whoever asks over the socket is told what it would have been
//! told with the store in its own hands.

mod store;

use orch_core::decide::Rejection;
use orch_core::ids::Seq;
use serde::{Deserialize, Serialize};

use super::wire::Line;
use crate::coordinator::CommandError;
use crate::error::{AppendError, StoreError};
use store::{StoreFault, word};

/// Why a request was not carried out.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Fault {
    /// It is no request.
    Malformed { message: String },
    /// It is in a version that is not spoken here.
    Protocol { asked: u32, spoken: u32 },
    /// As many are served as can be.
    Crowded { connections: usize },
    /// A fault of orch.
    Internal { message: String },
    /// A rule refuses it.
    Rejected(Rejection),
    /// The mission is not where it was expected.
    Moved {
        expected: Seq,
        actual: Seq,
        since: Vec<Line>,
    },
    /// Others were faster every time.
    Contended { rounds: u32 },
    /// The journal did not take it.
    Append(AppendFault),
    /// The journal cannot be read.
    Store(StoreFault),
}

/// [`AppendError`], as it is said.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum AppendFault {
    Conflict {
        actual: Seq,
        since: Vec<Line>,
    },
    Reused {
        first: Seq,
        last: Seq,
    },
    TooLarge {
        what: String,
        found: usize,
        limit: usize,
    },
    NotWritten(StoreFault),
    Unknown(StoreFault),
    Unsupported {
        what: String,
    },
}

impl Fault {
    /// Says why a command was not carried out.
    pub(super) fn of(error: &CommandError) -> Self {
        match error {
            CommandError::Rejected(rejection) => Self::Rejected((**rejection).clone()),
            CommandError::Moved {
                expected,
                actual,
                since,
            } => Self::Moved {
                expected: *expected,
                actual: *actual,
                since: Line::all(since),
            },
            CommandError::Contended { rounds } => Self::Contended { rounds: *rounds },
            CommandError::Append(error) => Self::Append(AppendFault::of(error)),
            CommandError::Store(error) => Self::Store(StoreFault::of(error)),
            CommandError::Record(_) | CommandError::Invalid(_) | CommandError::UnknownAnswer => {
                Self::Internal {
                    message: error.to_string(),
                }
            }
        }
    }

    /// Returns the error that it says.
    pub(super) fn into_error(self) -> CommandError {
        let read = |lines: &[Line], error: fn(Vec<_>, Seq, Seq) -> CommandError, at: (Seq, Seq)| {
            Line::read(lines).map_or_else(CommandError::Store, |since| error(since, at.0, at.1))
        };
        match self {
            Self::Malformed { message } => {
                owner(format!("it does not take the request: {message}"))
            }
            Self::Protocol { asked, spoken } => owner(format!(
                "it speaks protocol {spoken}, and was asked in {asked}"
            )),
            Self::Crowded { connections } => {
                owner(format!("it serves {connections} others already"))
            }
            Self::Internal { message } => owner(message),
            Self::Rejected(rejection) => rejection.into(),
            Self::Moved {
                expected,
                actual,
                since,
            } => {
                let moved = |since, expected, actual| CommandError::Moved {
                    expected,
                    actual,
                    since,
                };
                read(&since, moved, (expected, actual))
            }
            Self::Contended { rounds } => CommandError::Contended { rounds },
            Self::Append(AppendFault::Conflict { actual, since }) => {
                let conflict = |since, actual, _| AppendError::Conflict { actual, since }.into();
                read(&since, conflict, (actual, actual))
            }
            Self::Append(fault) => fault.into_error().into(),
            Self::Store(fault) => fault.into_error().into(),
        }
    }
}

fn owner(what: String) -> CommandError {
    StoreError::Owner { what }.into()
}

impl AppendFault {
    fn of(error: &AppendError) -> Self {
        match error {
            AppendError::Conflict { actual, since } => Self::Conflict {
                actual: *actual,
                since: Line::all(since),
            },
            AppendError::Reused { first, last } => Self::Reused {
                first: *first,
                last: *last,
            },
            AppendError::TooLarge { what, found, limit } => Self::TooLarge {
                what: (*what).to_owned(),
                found: *found,
                limit: *limit,
            },
            AppendError::NotWritten(error) => Self::NotWritten(StoreFault::of(error)),
            AppendError::Unknown(error) => Self::Unknown(StoreFault::of(error)),
            AppendError::Unsupported { what } => Self::Unsupported {
                what: (*what).to_owned(),
            },
        }
    }

    fn into_error(self) -> AppendError {
        match self {
            Self::Conflict { actual, .. } => AppendError::Conflict {
                actual,
                since: Vec::new(),
            },
            Self::Reused { first, last } => AppendError::Reused { first, last },
            Self::TooLarge { what, found, limit } => AppendError::TooLarge {
                what: word(&what, "what is to be appended"),
                found,
                limit,
            },
            Self::NotWritten(fault) => AppendError::NotWritten(fault.into_error()),
            Self::Unknown(fault) => AppendError::Unknown(fault.into_error()),
            Self::Unsupported { what } => AppendError::Unsupported {
                what: word(&what, "do what was asked"),
            },
        }
    }
}

#[cfg(test)]
mod tests;
