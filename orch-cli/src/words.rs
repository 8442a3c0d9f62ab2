//! The stable words for enums of the core that may grow: the one place with catch-all arms for them.
//!
//! A value that this version does not know gets a word that says no more than that it is there.

use orch_core::codes::Treatment;
use orch_core::event::agent::ShutdownStage;
use orch_core::event::attempt::{AttemptEnd, HandoffStatus};
use orch_core::event::clock::ClockSubject;
use orch_core::event::correction::Change;
use orch_core::event::gate::Verdict;
use orch_core::event::mission::MissionOutcome;
use orch_core::event::talk::MessageClass;
use orch_core::event::task::{GateStage, NeedOn, Unmet};
use orch_core::fold::Outcome;
use orch_core::ids::TaskId;
use orch_core::rules::Scope;
use orch_core::view::Readiness;

/// Returns the word for how a handoff gives its task back.
pub(crate) const fn handoff_status(status: HandoffStatus) -> &'static str {
    match status {
        HandoffStatus::Partial => "partial",
        HandoffStatus::Blocked => "blocked",
        HandoffStatus::Done => "done",
        HandoffStatus::Failed => "failed",
        _ => "another status",
    }
}

/// Returns the word for how an attempt ended.
pub(crate) const fn attempt_end(how: AttemptEnd) -> &'static str {
    match how {
        AttemptEnd::Exited => "exited",
        AttemptEnd::Killed => "killed",
        AttemptEnd::Lost => "lost",
        AttemptEnd::SessionEnded => "session ended",
        AttemptEnd::Released => "released",
        _ => "ended",
    }
}

/// Returns the word for what a message asks.
pub(crate) const fn message_class(class: MessageClass) -> &'static str {
    match class {
        MessageClass::Fyi => "fyi",
        MessageClass::Actionable => "actionable",
        MessageClass::Question => "question",
        _ => "message",
    }
}

/// Returns the word of the log for a gate's verdict.
pub(crate) const fn gate_verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Approved => "approved",
        Verdict::ChangesRequested => "changes_requested",
        Verdict::Waived => "waived",
        _ => "decided",
    }
}

/// Returns the word for a step of the shutdown ladder.
pub(crate) const fn shutdown_stage(stage: ShutdownStage) -> &'static str {
    match stage {
        ShutdownStage::Requested => "requested",
        ShutdownStage::Acknowledged => "acknowledged",
        ShutdownStage::Refused => "refused",
        ShutdownStage::Terminated => "terminated",
        _ => "shutdown",
    }
}

/// Returns the word for an end without a result.
pub(crate) const fn unmet(outcome: Unmet) -> &'static str {
    match outcome {
        Unmet::Failed => "failed",
        Unmet::Skipped => "skipped",
        Unmet::Cancelled => "cancelled",
        _ => "closed",
    }
}

/// Returns the word of the log for how a mission ended.
pub(crate) const fn mission_outcome(outcome: MissionOutcome) -> &'static str {
    match outcome {
        MissionOutcome::Completed => "completed",
        MissionOutcome::Failed => "failed",
        MissionOutcome::Cancelled => "cancelled",
        _ => "closed",
    }
}

/// Says what a clock runs on.
pub(crate) fn clock_subject(subject: &ClockSubject) -> String {
    match subject {
        ClockSubject::Attempt { task, attempt } => format!("{task} attempt {attempt}"),
        ClockSubject::Task(task) => task.to_string(),
        ClockSubject::Message(seq) => format!("message {seq}"),
        ClockSubject::Agent(agent) => agent.to_string(),
        _ => "something".to_owned(),
    }
}

/// Returns the word for how far a needed task must have come.
pub(crate) const fn need_on(on: NeedOn) -> &'static str {
    match on {
        NeedOn::Accepted => "accepted",
        NeedOn::Reported => "reported",
        _ => "enough",
    }
}

/// Returns the word for what an approval is for.
pub(crate) const fn gate_stage(stage: GateStage) -> &'static str {
    match stage {
        GateStage::Accept => "accept",
        GateStage::Deliver => "deliver",
        _ => "pass",
    }
}

/// Returns the word for whether a task can be handed out.
pub(crate) const fn readiness(readiness: &Readiness) -> &'static str {
    match readiness {
        Readiness::Ready => "ready",
        Readiness::Waiting { .. } => "waiting",
        Readiness::Held { .. } => "held",
        Readiness::RetryWait { .. } => "retry_wait",
        Readiness::WipWait { .. } => "wip_wait",
        Readiness::Unjudged { .. } => "unjudged",
        Readiness::Beside { .. } => "beside",
        Readiness::Undeclared { .. } => "undeclared",
        _ => "not_ready",
    }
}

/// Returns the stable word for what a record did.
pub(crate) const fn fold_outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Changed => "changed",
        Outcome::Fenced => "fenced",
        Outcome::Ignored => "ignored",
        _ => "other",
    }
}

/// Returns the word for what a rule binds.
pub(crate) const fn scope(scope: Scope) -> &'static str {
    match scope {
        Scope::Core => "core",
        Scope::Store => "store",
        Scope::Tool => "tool",
        _ => "other",
    }
}

/// Says what the fold does with a record that earns a code.
pub(crate) const fn treatment(treatment: Treatment) -> &'static str {
    match treatment {
        Treatment::Marked => "it happened, so it takes effect, and the record is marked",
        Treatment::Evidence => "its author had no authority for it, so it is late evidence only",
        Treatment::Ignored => "the record is marked and changes nothing",
        _ => "the record is marked",
    }
}

/// Says what happens to a command that a code is about.
pub(crate) const fn asked(treatment: Treatment) -> &'static str {
    match treatment {
        Treatment::Evidence => {
            "as a command it is refused, and nothing is written, unless it is a report that \
             comes too late: that is kept as evidence"
        }
        Treatment::Marked | Treatment::Ignored | _ => {
            "as a command it is refused, and nothing is written"
        }
    }
}

/// Returns the task that a clock runs on, if it runs on one or on an attempt at one.
pub(crate) const fn clock_task(subject: &ClockSubject) -> Option<&TaskId> {
    match subject {
        ClockSubject::Attempt { task, .. } | ClockSubject::Task(task) => Some(task),
        ClockSubject::Message(_) | ClockSubject::Agent(_) => None,
        _ => None,
    }
}

/// Says what a correction changes.
pub(crate) fn change(change: &Change) -> String {
    match change {
        Change::Rebind { to, attempt } => format!("rebind to {to} as attempt {attempt}"),
        Change::Supersede { by } => format!("superseded by {by}"),
        Change::Reopen => "reopen".to_owned(),
        Change::Adopt { seq } => format!("adopt record {seq}"),
        Change::Unblock => "unblock".to_owned(),
        Change::Amend(_) => "amend".to_owned(),
        _ => "change".to_owned(),
    }
}
