//! What a mission allows: limits on work in flight, retries and clocks.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::Label;

/// A span of time in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Millis(pub u64);

impl Millis {
    /// A span of whole seconds.
    pub const fn seconds(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// A span of whole minutes.
    pub const fn minutes(minutes: u64) -> Self {
        Self::seconds(minutes.saturating_mul(60))
    }

    /// Returns the moment this span after `start`; `None` past the end of the calendar.
    pub fn after(self, start: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let span = i64::try_from(self.0)
            .ok()
            .and_then(TimeDelta::try_milliseconds)?;
        start.checked_add_signed(span)
    }
}

/// What a mission allows and how long it waits; part of `mission_opened`.
///
/// A missing field takes the value of [`Policy::default`]; an importer writes
/// [`Policy::unlimited`], because a foreign log does not tell its limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Policy {
    /// How much may be in flight at once (WIP-1).
    pub wip: Wip,
    /// When a task is tried again, and when no more (RETRY-1).
    pub retry: Retry,
    /// How long each clock runs, for every task that does not say otherwise (TIME-2).
    pub clocks: Clocks,
    /// What a `tick` does when a clock has run out (TIME-3).
    pub on_expiry: OnExpiry,
    /// Whether an `implement` task waits for the `spec` tasks beside it (COMPLETE-2).
    pub spec_first: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            wip: Wip::default(),
            retry: Retry::default(),
            clocks: Clocks::default(),
            on_expiry: OnExpiry::default(),
            spec_first: true,
        }
    }
}

impl Policy {
    /// The policy of a mission whose limits are not known: none.
    pub fn unlimited() -> Self {
        Self {
            wip: Wip {
                mission: None,
                agent: None,
                roles: BTreeMap::new(),
            },
            retry: Retry {
                max_attempts: None,
                max_crashes: None,
                max_blocks: None,
                max_review_rounds: None,
                livelock_after: None,
                backoff: None,
            },
            clocks: Clocks::default(),
            on_expiry: OnExpiry::Surface,
            spec_first: false,
        }
    }
}

/// How many attempts may be in flight at once; `None` is no limit (WIP-1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Wip {
    /// In the whole mission; three unless said otherwise.
    pub mission: Option<u32>,
    /// For each agent.
    pub agent: Option<u32>,
    /// For each role that a task asks for.
    pub roles: BTreeMap<Label, u32>,
}

impl Default for Wip {
    fn default() -> Self {
        Self {
            mission: Some(3),
            agent: None,
            roles: BTreeMap::new(),
        }
    }
}

/// When a task is tried again (RETRY-1).
///
/// Failures, crashes, blocks and review rounds are four counters with a limit each (GATE-3);
/// `None` is no limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Retry {
    /// How many attempts may fail before the task is exhausted.
    pub max_attempts: Option<u32>,
    /// How many attempts may end without a handoff before the task is exhausted.
    pub max_crashes: Option<u32>,
    /// How many times a task may be blocked before its lead must rule on it.
    pub max_blocks: Option<u32>,
    /// How many review rounds a task may take before its lead must rule on it.
    pub max_review_rounds: Option<u32>,
    /// How many attempts may end one after another without progress before it is a livelock.
    pub livelock_after: Option<u32>,
    /// How long to wait after a failure; `None` is not at all.
    pub backoff: Option<Backoff>,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            max_attempts: Some(3),
            max_crashes: Some(3),
            max_blocks: Some(3),
            max_review_rounds: Some(5),
            livelock_after: Some(3),
            backoff: Some(Backoff::default()),
        }
    }
}

/// How the wait between attempts grows: `first * factor^(failures - 1)`, at most `cap`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Backoff {
    /// The wait after the first failure, in milliseconds.
    pub first_ms: Millis,
    /// What each further failure multiplies it by.
    pub factor: u32,
    /// The longest wait, in milliseconds.
    pub cap_ms: Millis,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            first_ms: Millis::seconds(30),
            factor: 2,
            cap_ms: Millis::minutes(30),
        }
    }
}

impl Backoff {
    /// A backoff of the given shape.
    pub const fn new(first_ms: Millis, factor: u32, cap_ms: Millis) -> Self {
        Self {
            first_ms,
            factor,
            cap_ms,
        }
    }

    /// Returns how long to wait after the given number of failures.
    pub fn wait(&self, failures: u32) -> Millis {
        let growth = u64::from(self.factor).saturating_pow(failures.saturating_sub(1));
        Millis(self.first_ms.0.saturating_mul(growth).min(self.cap_ms.0))
    }
}

/// How long each clock runs, in milliseconds; `None` is a clock that never runs out (TIME-2).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Clocks {
    /// From the dispatch until the attempt starts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_ms: Option<Millis>,
    /// From the start of an attempt, or its dispatch as long as it has not begun, until it hands over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempt_ms: Option<Millis>,
    /// From one sign of life of an attempt to the next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alive_ms: Option<Millis>,
    /// From the start of an attempt, or its dispatch as long as it has not begun, to its first progress
    /// report, and from each to the next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress_ms: Option<Millis>,
    /// From an inventory that no longer carries an attempt until its handoff arrives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report_ms: Option<Millis>,
    /// From the first dispatch of a task until it is accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_ms: Option<Millis>,
    /// From an actionable message or a question until it is answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_ms: Option<Millis>,
    /// From a shutdown request until it is acknowledged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ack_ms: Option<Millis>,
}

impl Clocks {
    /// Returns these clocks, with those of `over` in place where it sets one.
    #[must_use]
    pub fn overridden_by(self, over: Self) -> Self {
        Self {
            start_ms: over.start_ms.or(self.start_ms),
            attempt_ms: over.attempt_ms.or(self.attempt_ms),
            alive_ms: over.alive_ms.or(self.alive_ms),
            progress_ms: over.progress_ms.or(self.progress_ms),
            report_ms: over.report_ms.or(self.report_ms),
            total_ms: over.total_ms.or(self.total_ms),
            reply_ms: over.reply_ms.or(self.reply_ms),
            ack_ms: over.ack_ms.or(self.ack_ms),
        }
    }
}

/// What a `tick` does when a clock of an attempt has run out (TIME-3).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OnExpiry {
    /// Records the timeout and leaves the decision to whom it names.
    #[default]
    Surface,
    /// Records the timeout and ends the attempt, each as its own record: as lost when nobody carries
    /// it any more, as killed otherwise.
    FailAttempt,
}

#[cfg(test)]
mod tests {
    use super::*;

    // spec: RETRY-1
    #[test]
    fn backoff_grows_by_its_factor_up_to_its_cap() {
        let backoff = Backoff::new(Millis::seconds(30), 2, Millis::minutes(3));
        let waits: Vec<u64> = (1..=5).map(|n| backoff.wait(n).0 / 1000).collect();
        assert_eq!(waits, [30, 60, 120, 180, 180]);
        assert_eq!(backoff.wait(u32::MAX), Millis::minutes(3));
    }

    // spec: TIME-2
    #[test]
    fn a_clock_of_the_task_wins_over_that_of_the_mission() {
        let mission = Clocks {
            start_ms: Some(Millis(1)),
            alive_ms: Some(Millis(2)),
            ..Clocks::default()
        };
        let task = Clocks {
            alive_ms: Some(Millis(9)),
            ..Clocks::default()
        };
        let both = mission.overridden_by(task);
        assert_eq!(
            (both.start_ms, both.alive_ms),
            (Some(Millis(1)), Some(Millis(9)))
        );
    }
}
