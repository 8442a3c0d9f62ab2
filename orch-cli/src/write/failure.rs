//! What is wrong with a store, as an error of the command line.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "to most there is one answer, and a new kind starts with it"
)]

use orch_store::coordinator::CommandError;
use orch_store::error::{AppendError, StoreError};

use crate::error::{CliError, ErrorCode};

/// Says why nothing could be asked, for whatever reason but a rule.
pub(super) fn failed(error: &CommandError) -> CliError {
    match error {
        CommandError::Store(error) | CommandError::Append(AppendError::NotWritten(error)) => {
            store(error)
        }
        CommandError::Append(AppendError::Unknown(_)) => {
            CliError::new(ErrorCode::Unsure, error.to_string())
        }
        CommandError::Contended { .. } => CliError::new(ErrorCode::Busy, error.to_string()),
        CommandError::Append(AppendError::TooLarge { .. }) => {
            CliError::new(ErrorCode::BadText, error.to_string())
        }
        CommandError::Append(AppendError::Unsupported { .. }) => {
            CliError::new(ErrorCode::Usage, error.to_string())
        }
        // A fault of orch, or an error that the store added.
        _ => CliError::new(ErrorCode::Internal, error.to_string()),
    }
}

/// Says what is wrong with a store.
pub(crate) fn store(error: &StoreError) -> CliError {
    let code = match error {
        StoreError::Missing { .. } => ErrorCode::StoreMissing,
        StoreError::NotAStore { .. } | StoreError::OtherKind { .. } => ErrorCode::StoreUnrecognised,
        StoreError::Exists { .. } => ErrorCode::Exists,
        StoreError::Newer { .. } => ErrorCode::NewerFormat,
        StoreError::Busy { .. } => ErrorCode::Busy,
        StoreError::Damaged { .. }
        | StoreError::Lost { .. }
        | StoreError::Index { .. }
        | StoreError::Unreadable { .. } => ErrorCode::DamagedStore,
        StoreError::Unsupported { .. } => ErrorCode::Usage,
        // What is left is told by the system, or is new.
        _ => ErrorCode::Io,
    };
    let told = CliError::new(code, error.to_string());
    match error {
        StoreError::Busy { stopped: true, .. } => {
            told.evidence("that process is stopped: it lets go once it goes on or ends")
        }
        StoreError::Busy { .. } => told.evidence("see --lock-timeout"),
        StoreError::Missing { .. } => told.hint("orch init"),
        _ => told,
    }
}
