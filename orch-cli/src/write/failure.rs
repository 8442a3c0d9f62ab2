//! Why a command could not be carried out, for whatever reason but a rule.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "to most there is one answer, and a new kind starts with it"
)]

use orch_store::coordinator::CommandError;
use orch_store::error::{AppendError, StoreError};

use crate::error::{CliError, ErrorCode};
pub(super) use crate::store::failed as store;

/// Says why nothing could be asked, for whatever reason but a rule.
pub(super) fn failed(error: &CommandError) -> CliError {
    match error {
        CommandError::Store(error) | CommandError::Append(AppendError::NotWritten(error)) => {
            store(error)
        }
        CommandError::Append(AppendError::Unknown(error @ StoreError::OwnerGone { .. })) => {
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
