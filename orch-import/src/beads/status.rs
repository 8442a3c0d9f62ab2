//! Statuses and close reasons, as far as they have a meaning.

use orch_core::event::task::Unmet;

/// What a status means for a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Nobody has it.
    Open,
    /// Somebody has it: `in_progress`, or `hooked` to an agent.
    InProgress,
    /// It waits for something.
    Blocked,
    /// It waits for a time.
    Deferred,
    /// It has ended, well unless the close reason says otherwise.
    Closed,
    /// It stays: it is no work.
    Pinned,
    /// It is deleted.
    Tombstone,
    /// Not a status of beads: somebody says it is done, by another word than `closed`.
    Reported,
    /// Not a status of beads.
    Other,
}

impl Standing {
    /// Reads a status; only exact words count.
    pub(super) fn of(status: &str) -> Self {
        match status {
            "open" => Self::Open,
            "in_progress" | "hooked" => Self::InProgress,
            "blocked" => Self::Blocked,
            "deferred" => Self::Deferred,
            "closed" => Self::Closed,
            "pinned" => Self::Pinned,
            "tombstone" => Self::Tombstone,
            "completed" | "complete" | "done" | "pending_review" => Self::Reported,
            _ => Self::Other,
        }
    }

    /// Returns whether beads itself defines the status.
    pub(super) const fn is_defined(self) -> bool {
        match self {
            Self::Open
            | Self::InProgress
            | Self::Blocked
            | Self::Deferred
            | Self::Closed
            | Self::Pinned
            | Self::Tombstone => true,
            Self::Reported | Self::Other => false,
        }
    }
}

/// Returns the end that a close reason states, if it is not success.
///
/// The whole reason must be one of the words below. beads itself looks for such words anywhere in
/// the text, and so takes "fixed the timeout error" for a failure.
pub(super) fn unmet_by(close_reason: &str) -> Option<Unmet> {
    match close_reason.trim().to_lowercase().as_str() {
        "wontfix" | "won't fix" | "cancelled" | "canceled" | "duplicate" | "obsolete"
        | "abandoned" => Some(Unmet::Cancelled),
        "failed" => Some(Unmet::Failed),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_close_reason_means_failure_only_as_a_whole() {
        assert_eq!(unmet_by(" Won't fix "), Some(Unmet::Cancelled));
        assert_eq!(unmet_by("FAILED"), Some(Unmet::Failed));
        assert_eq!(unmet_by("failed build fixed"), None);
        assert_eq!(unmet_by("duplicate of a-1"), None);
        assert_eq!(unmet_by(""), None);
    }

    #[test]
    fn a_status_is_read_as_it_is_written() {
        assert_eq!(Standing::of("hooked"), Standing::InProgress);
        assert_eq!(Standing::of("Closed"), Standing::Other);
        assert!(!Standing::of("done").is_defined());
    }
}
