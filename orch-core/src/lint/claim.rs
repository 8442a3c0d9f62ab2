//! Claims: what a tracker says about the tasks of a log, and where the two contradict each other.

use std::collections::BTreeSet;

use chrono::{DateTime, SecondsFormat, Utc};

use super::{Finding, Kind, Lint};
use crate::ids::{Seq, TaskId};
use crate::mission::Mission;
use crate::mission::attempt::Ending;
use crate::status::task::TaskStatus;
use crate::status::words;
use crate::view::{AttemptView, TaskView};

words! {
    /// Where a tracker says that a task stands.
    Claimed {
        /// Nobody has it.
        Open = "open",
        /// Somebody works on it.
        InProgress = "in_progress",
        /// It waits for something.
        Blocked = "blocked",
        /// It is done.
        Closed = "closed",
        /// Anything else: nothing that a log of work could contradict.
        Other = "other",
    }
}

/// What a tracker says about one task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The task.
    pub task: TaskId,
    /// Where it stands.
    pub says: Claimed,
    /// Since when, if the tracker tells.
    pub since: Option<DateTime<Utc>>,
    /// The row that says so, counted from 1.
    pub row: Option<u64>,
}

impl Claim {
    /// Reads the status of a task in another mission as a claim.
    pub fn of(task: &TaskView<'_>) -> Self {
        let says = match task.status() {
            TaskStatus::Open => Claimed::Open,
            TaskStatus::Dispatched | TaskStatus::Running | TaskStatus::Rework => {
                Claimed::InProgress
            }
            TaskStatus::Blocked => Claimed::Blocked,
            TaskStatus::Accepted | TaskStatus::Delivered => Claimed::Closed,
            TaskStatus::Reported
            | TaskStatus::InReview
            | TaskStatus::Failed
            | TaskStatus::Exhausted
            | TaskStatus::Skipped
            | TaskStatus::Cancelled
            | TaskStatus::Superseded
            | TaskStatus::OutcomeUnknown => Claimed::Other,
        };
        Self {
            task: task.id().clone(),
            says,
            since: Some(task.since().at),
            row: None,
        }
    }
}

/// The times of the first and the last record of a log.
pub(super) type Span = Option<(DateTime<Utc>, DateTime<Utc>)>;

/// Compares the log with what a tracker claims.
pub(super) fn compare(mission: &Mission, claims: &[Claim], span: Span) -> Vec<Finding> {
    let mut found: Vec<Finding> = claims
        .iter()
        .filter_map(|claim| {
            let task = mission.task(&claim.task);
            let (lint, seq, because, says) = contradiction(task, claim, span)?;
            let detail = format!(
                "task {}: the tracker says {}{}; the log says {says}",
                claim.task,
                claim.says,
                dated(claim, span)
            );
            let mut found = Finding::new(Kind::Lint(lint), seq, detail).on(&claim.task);
            found.because = because;
            found.claim_row = claim.row;
            Some(found)
        })
        .collect();
    let known: BTreeSet<&TaskId> = claims.iter().map(|claim| &claim.task).collect();
    let worked = mission
        .tasks()
        .filter(|task| task.attempts().next().is_some());
    for task in worked.filter(|task| !known.contains(task.id())) {
        let detail = format!("the tracker does not know task {}", task.id());
        let seq = task.declared().seq;
        found.push(Finding::lint(Lint::UntrackedTask, seq, detail).on(task.id()));
    }
    found
}

/// What the log says instead: the lint, its record, the others, and the words.
type Contradiction = (Lint, Option<Seq>, Vec<Seq>, String);

fn contradiction(task: Option<TaskView<'_>>, claim: &Claim, span: Span) -> Option<Contradiction> {
    let success = task.and_then(|task| task.success());
    let open: Vec<AttemptView<'_>> = task
        .iter()
        .flat_map(TaskView::attempts)
        .filter(|attempt| attempt.closed().is_none())
        .collect();
    let completed = |lint: Lint, success: Seq| {
        let running: Vec<Seq> = open.iter().map(|one| one.dispatched().seq).collect();
        let also = running
            .last()
            .map(|seq| format!(", and another runs since {seq}"));
        let says = format!(
            "an attempt succeeded at {success}{}",
            also.unwrap_or_default()
        );
        Some((lint, Some(success), running, says))
    };
    let in_flight = |lint: Lint| {
        let last = open.last()?;
        let says = format!("{} has it since {}", last.agent(), last.dispatched().seq);
        let others: Vec<Seq> = open
            .iter()
            .rev()
            .skip(1)
            .map(|one| one.dispatched().seq)
            .collect();
        Some((lint, Some(last.dispatched().seq), others, says))
    };
    match (claim.says, success) {
        (Claimed::Closed, None) => closed(task, claim, span),
        (Claimed::Closed, Some(_)) => in_flight(Lint::ClosedInFlight),
        (Claimed::InProgress, Some(at)) => completed(Lint::InProgressThoughCompleted, at),
        (Claimed::Blocked, Some(at)) => completed(Lint::BlockedThoughCompleted, at),
        (Claimed::Open, Some(at)) => completed(Lint::OpenThoughCompleted, at),
        (Claimed::Open | Claimed::Blocked, None) => in_flight(Lint::OpenInFlight),
        (Claimed::InProgress, None) if open.is_empty() => {
            let last = task.and_then(|task| task.attempts().last());
            let last = last
                .and_then(|last| last.closed())
                .map(|(moment, _)| moment.seq);
            let says = "nobody has it".to_owned();
            Some((Lint::InProgressWithoutAttempt, last, Vec::new(), says))
        }
        (Claimed::InProgress, None) | (Claimed::Other, _) => None,
    }
}

/// What the log has instead of a success.
// spec: COMPLETE-3
fn closed(task: Option<TaskView<'_>>, claim: &Claim, span: Span) -> Option<Contradiction> {
    let attempts: Vec<AttemptView<'_>> = task.iter().flat_map(TaskView::attempts).collect();
    let Some(last) = attempts.last() else {
        let is_settled = task.is_some_and(|task| task.status().is_ended());
        // A log that begins later says nothing about it.
        let is_before = claim
            .since
            .zip(span)
            .is_some_and(|(since, (first, _))| since < first);
        if is_settled || is_before {
            return None;
        }
        let notes = task.map_or(0, |task| task.n_notes());
        let says = match notes {
            0 => "nothing at all".to_owned(),
            n => format!("nothing but {n} notes"),
        };
        let seq = task.map(|task| task.declared().seq);
        return Some((Lint::ClosedWithoutWork, seq, Vec::new(), says));
    };
    let dispatches: Vec<Seq> = attempts.iter().map(|one| one.dispatched().seq).collect();
    let endings: Vec<Ending> = attempts
        .iter()
        .filter_map(|one| one.closed().map(|(_, ending)| ending))
        .collect();
    let has_failed = task.is_some_and(|task| task.last_error().is_some());
    let is_lost = |ending: &Ending| match ending {
        Ending::EndedDirty | Ending::OwnerGone => true,
        Ending::GivenBack => has_failed,
        Ending::Accepted
        | Ending::EndedClean
        | Ending::Released
        | Ending::Corrected
        | Ending::Closed => false,
    };
    let n = attempts.len();
    let seq = Some(last.dispatched().seq);
    if endings.is_empty() {
        let says = "only that it was handed out, and no end of that".to_owned();
        return Some((Lint::ClosedOnDispatch, seq, dispatches, says));
    }
    if endings.iter().all(is_lost) {
        let says = format!(
            "that none of {n} attempts succeeded: what ended ran out of time, failed or was lost"
        );
        return Some((Lint::ClosedOnTimeout, seq, dispatches, says));
    }
    let says = format!("that none of {n} attempts succeeded, and it was given back");
    Some((Lint::ClosedThoughUnfinished, seq, dispatches, says))
}

/// Which row says so since when, and whether the log goes on that long.
fn dated(claim: &Claim, span: Span) -> String {
    let row = claim.row.map(|row| format!("row {row}"));
    let since = claim.since.map(|since| {
        let is_after = span.is_some_and(|(_, last)| since > last);
        let after = if is_after { ", after the log ends" } else { "" };
        let since = since.to_rfc3339_opts(SecondsFormat::Secs, true);
        format!("since {since}{after}")
    });
    let told: Vec<String> = row.into_iter().chain(since).collect();
    if told.is_empty() {
        String::new()
    } else {
        format!(" ({})", told.join(", "))
    }
}
