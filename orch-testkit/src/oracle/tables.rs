//! What the specification tabulates, transcribed: transitions, and what a code does to a record.
//!
//! The tables stand here a second time on purpose. Were they read from the core, or from a document
//! that is generated from it, a fault in them could not be seen.

/// What a cell of a transition table says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell {
    /// The new status, whether it is allowed or only believed.
    To(&'static str),
    /// Believed and marked.
    Marked(&'static str),
    /// Stays as it is.
    Stays,
    /// Is so already.
    Already,
    /// Forbidden, without effect.
    Forbidden,
}

/// Looks a cell up; a word that the table does not have is forbidden.
pub(super) fn cell(table: &'static str, event: &str, from: &str) -> Cell {
    let mut lines = table.lines();
    let mut head = lines.next().unwrap_or_default().split(' ');
    let column = head.position(|word| word == from);
    let line = lines.find(|line| line.split(' ').next() == Some(event));
    let word = column.and_then(|column| line?.split(' ').nth(column));
    match word {
        None | Some("-") => Cell::Forbidden,
        Some("·") => Cell::Stays,
        Some("=") => Cell::Already,
        Some(word) => word.strip_prefix('!').map_or(Cell::To(word), Cell::Marked),
    }
}

/// The task.
pub(super) const TASK: &str = "\
event open dispatched running blocked reported in_review rework accepted delivered failed exhausted skipped cancelled superseded outcome_unknown
dispatched dispatched !dispatched !dispatched !dispatched !dispatched !dispatched !dispatched !dispatched !dispatched !dispatched !dispatched !dispatched !dispatched !dispatched !dispatched
started - running = - · - · - - - - - - - -
progressed - running · - · - · - - - - - - - -
beat - · · - · · · - - - - - - - -
handed_partial - open open - open open open - - - - - - - -
handed_blocked - blocked blocked - blocked blocked blocked - - - - - - - -
handed_done - accepted accepted - accepted accepted accepted - - - - - - - -
handed_for_review - in_review in_review - in_review · in_review - - - - - - - -
handed_unproven - reported reported - · reported reported - - - - - - - -
handed_bare - reported reported - · reported reported - - - - - - - -
handed_failed - open open - open open open - - - - - - - -
handed_failed_final - failed failed - failed failed failed - - - - - - - -
handed_failed_last - exhausted exhausted - exhausted exhausted exhausted - - - - - - - -
ended_clean - reported reported - · · reported - - - - - - - -
ended_dirty - open open - · · open - - - - - - - -
ended_last - exhausted exhausted - · · exhausted - - - - - - - -
ended_lost - outcome_unknown outcome_unknown - · · outcome_unknown - - - - - - - -
released - open open - · · open - - - - - - - -
owner_gone - outcome_unknown outcome_unknown - · · outcome_unknown - - - - - - - -
owner_gone_unstarted - open open - · · open - - - - - - - -
gate_passed - - - - - · · · = - - - - - -
gates_passed - - - - - accepted - = = - - - - - -
changes_requested - - - - - rework · · - - - - - - -
changes_orphaned - - - - - open open · - - - - - - -
timed_out · · · · · · · · · · · · · · ·
closed_skipped skipped skipped skipped skipped skipped skipped skipped - - skipped skipped = skipped - skipped
closed_cancelled cancelled cancelled cancelled cancelled cancelled cancelled cancelled - - cancelled cancelled cancelled = - cancelled
closed_failed failed failed failed failed failed failed failed - - = failed failed failed - failed
delivered - - - - - - - delivered = - - - - - -
rebound running running running running running running running running running running running running running running running
superseded superseded superseded superseded superseded superseded superseded superseded superseded superseded superseded superseded superseded superseded superseded superseded
reopened = open open open open open open open open open open open open open open
adopted running running running running running running running running running running running running running running running
unblocked · = = open = = = = = = = = = = =
amended · · · · · · · · · · · · · · ·";

/// The attempt.
pub(super) const ATTEMPT: &str = "\
event dispatched started handed_over closed
started started = started -
progressed started · started -
beat · · · -
handed_over handed_over handed_over · -
given_back closed closed closed -
ended closed closed · -
sent_back - - · -
accepted closed closed closed -
fenced closed closed closed =
adopted started = · started";

/// The incarnation of an agent.
pub(super) const AGENT: &str = "\
event live stopping stopped terminated left
stop_requested stopping = = = =
stop_acknowledged !stopped stopped = - -
stop_refused - live - - -
terminated !terminated terminated terminated = terminated
left left left left = =";

/// The gate.
pub(super) const GATE: &str = "\
event open requested approved changes_requested waived
requested requested · = requested =
approved approved approved = approved =
changes_requested changes_requested changes_requested changes_requested = changes_requested
waived waived waived = waived =
new_revision · · open open open
new_attempt · open open open open
withdrawn · open · · ·";

/// Codes of records whose author lacked the authority.
pub(super) const EVIDENCE: &[&str] = &[
    "unknown_incarnation",
    "not_authorised",
    "not_owner",
    "unknown_attempt",
    "fenced",
    "zombie",
    "parallel_report",
    "duplicate_terminal",
    "activity_after_completion",
    "self_approval",
    "not_gate_holder",
    "gate_not_open",
    "stale_decision",
];

/// Codes of records that cannot be applied or must not be believed.
pub(super) const IGNORED: &[&str] = &[
    "foreign_record",
    "duplicate_record",
    "out_of_order",
    "unreadable_data",
    "opened_twice",
    "task_exists",
    "name_collision",
    "attempt_reused",
    "implausible_number",
    "unknown_run",
    "run_exists",
    "unknown_gate",
    "gate_open",
    "not_permitted",
    "unknown_successor",
    "not_evidence",
    "incomplete",
    "empty_mission",
    "clock_closed",
    "command_reused",
];
