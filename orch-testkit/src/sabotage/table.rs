//! The mutants by number, each in the words of the list of those that the kit must kill.

use super::Fault::{Blind, Drifts, Folds, Tells};
use super::{Sabotage, observed, rewritten};

/// Every mutant of the core.
pub const SABOTAGES: &[Sabotage] = &[
    Sabotage {
        number: 1,
        text: "marks done at dispatch",
        seen_in: "status",
        fault: Tells(observed::done_at_dispatch),
    },
    Sabotage {
        number: 2,
        text: "accepts a handoff without the attempt check",
        seen_in: "record",
        fault: Folds(rewritten::handoff_of_the_newest_attempt),
    },
    Sabotage {
        number: 3,
        text: "treats partial as done",
        seen_in: "status",
        fault: Folds(rewritten::partial_as_done),
    },
    Sabotage {
        number: 4,
        text: "keeps the reviewer when they shut down",
        seen_in: "owed",
        fault: Tells(observed::reviewer_kept),
    },
    Sabotage {
        number: 5,
        text: "leaves tasks in flight when their owner is down",
        seen_in: "in flight",
        fault: Blind {
            to: rewritten::ends_an_agent,
            tells: observed::tasks_as_if,
        },
    },
    Sabotage {
        number: 6,
        text: "accepts events after the mission completed",
        seen_in: "record",
        fault: Blind {
            to: rewritten::closes_the_mission,
            tells: observed::all_but_the_phase_as_if,
        },
    },
    Sabotage {
        number: 7,
        text: "completes although tasks are open",
        seen_in: "phase",
        fault: Folds(rewritten::completion_unchecked),
    },
    Sabotage {
        number: 8,
        text: "assigns a review to a reviewer who is dead already",
        seen_in: "record",
        fault: Tells(observed::dead_reviewer_unmarked),
    },
    Sabotage {
        number: 9,
        text: "a dispatch drops the task id from the ledger",
        seen_in: "attempts",
        fault: Folds(rewritten::dispatch_dropped),
    },
    Sabotage {
        number: 10,
        text: "approvals survive a new attempt",
        seen_in: "gates",
        fault: Tells(observed::approvals_survive),
    },
    Sabotage {
        number: 11,
        text: "a duplicate name gets a suffix",
        seen_in: "agents",
        fault: Folds(rewritten::duplicate_name_suffixed),
    },
    Sabotage {
        number: 12,
        text: "the text \"stand down\" stops an agent",
        seen_in: "agents",
        fault: Folds(rewritten::text_stops_an_agent),
    },
    Sabotage {
        number: 13,
        text: "a correction sets the owner and keeps the old blocker",
        seen_in: "owed",
        fault: Blind {
            to: rewritten::rebinds,
            tells: observed::owed_before_as_well,
        },
    },
    Sabotage {
        number: 14,
        text: "a timeout ignores the attempt number",
        seen_in: "record",
        fault: Folds(rewritten::timeout_of_the_newest_attempt),
    },
    Sabotage {
        number: 15,
        text: "counts are kept up to date, and one edge was missed",
        seen_in: "counts",
        fault: Tells(observed::counts_miss_an_edge),
    },
    Sabotage {
        number: 16,
        text: "an fyi marks an actionable message as consumed",
        seen_in: "owed",
        fault: Tells(observed::fyi_consumes),
    },
    Sabotage {
        number: 17,
        text: "accepts a cycle of needs",
        seen_in: "record",
        fault: Tells(observed::cycle_unmarked),
    },
    Sabotage {
        number: 18,
        text: "compares the work in flight with <= instead of <",
        seen_in: "ready",
        fault: Folds(rewritten::one_more_in_flight),
    },
    Sabotage {
        number: 19,
        text: "a retry loses the last error",
        seen_in: "last error",
        fault: Tells(observed::retry_forgets),
    },
    Sabotage {
        number: 20,
        text: "the fold reads a clock",
        seen_in: "ready",
        fault: Drifts,
    },
];
