//! What one record shows: what the fold says about it, and what it says itself.

use super::{Finding, Kind, Lint};
use crate::anomaly::Anomaly;
use crate::codes::Code;
use crate::event::Event;
use crate::event::attempt::{AttemptEnded, Dispatched, Handoff, HandoffStatus};
use crate::event::clock::ClockKind;
use crate::event::mission::MissionOutcome;
use crate::fold::check::is_clean;
use crate::fold::{Applied, Outcome};
use crate::ids::{Label, Seq};
use crate::mission::Mission;
use crate::mission::state::State;
use crate::record::Record;

/// What was seen before a record was folded, and holds only if the record takes effect.
pub(super) type Seen = Option<Finding>;

/// Looks at what a record is about to change.
pub(super) fn before(mission: &Mission, record: &Record) -> Seen {
    if let Event::MissionClosed(closed) = record.event() {
        let is_claimed = closed.forced && closed.outcome == MissionOutcome::Completed;
        return is_claimed.then(|| forced_close(mission, record.seq()))?;
    }
    let Event::Handoff(handoff) = record.event() else {
        return None;
    };
    if handoff.status != Some(HandoffStatus::Done) {
        return None;
    }
    done_unseen(&mission.state, record, handoff)
        .or_else(|| closed_before_need(&mission.state, record, handoff))
}

/// A close by force over something open.
// spec: COMPLETE-1
fn forced_close(mission: &Mission, seq: Seq) -> Option<Finding> {
    const NAMED_MAX: usize = 8;
    let open = mission.obstacles();
    let named: Vec<&str> = open
        .iter()
        .take(NAMED_MAX)
        .map(|obstacle| obstacle.what.as_str())
        .collect();
    let more = open.len().saturating_sub(named.len());
    let more = if more > 0 {
        format!("; and {more} more")
    } else {
        String::new()
    };
    let detail = format!("{} open: {}{more}", open.len(), named.join("; "));
    let because = open.iter().take(NAMED_MAX).flat_map(|one| &one.because);
    (!open.is_empty())
        .then(|| Finding::lint(Lint::PrematureCompletion, seq, detail).because(because.copied()))
}

/// A handoff done by an attempt of which nothing was ever heard before.
// spec: COMPLETE-3
fn done_unseen(state: &State, record: &Record, handoff: &Handoff) -> Option<Finding> {
    let ix = state.find_attempt_at(&handoff.task, handoff.attempt)?;
    let attempt = &state.attempts[ix];
    let is_silent = attempt.started.is_none() && attempt.alive.seq == attempt.dispatched.seq;
    // A log that does not record when work begins cannot tell.
    if !is_silent || attempt.start_untold {
        return None;
    }
    let ran_out = ClockKind::ALL
        .iter()
        .find(|&&clock| attempt.expired.has(clock));
    let (lint, heard) = match ran_out {
        Some(clock) => (
            Lint::ClosedOnTimeout,
            format!("nothing but that its {clock} clock ran out"),
        ),
        None => (Lint::ClosedOnDispatch, "nothing".to_owned()),
    };
    let detail = format!(
        "attempt {} at task {} is done; between dispatch and handoff the log has {heard}",
        attempt.number, handoff.task
    );
    let found = Finding::lint(lint, record.seq(), detail).on(&handoff.task);
    Some(found.because([attempt.dispatched.seq]))
}

/// A close that a snapshot dates before the close of what it needs: the records of a snapshot are
/// put in the order of the needs, so only their times can tell.
// spec: DEP-3
fn closed_before_need(state: &State, record: &Record, handoff: &Handoff) -> Option<Finding> {
    let source = record.envelope().source.as_ref()?;
    // A time that the snapshot did not tell was borrowed from another fact.
    let is_dated = !source.gaps.iter().any(|gap| gap.as_str() == "at");
    if !source.reconstructed || !is_dated {
        return None;
    }
    let ix = state.find_task(&handoff.task)?;
    let later = state.tasks[ix].needs.iter().find(|need| {
        let needed = &state.tasks[need.task];
        needed.status().is_settled() && needed.since().at > record.at()
    })?;
    let needed = &state.tasks[later.task];
    let detail = format!(
        "task {} was closed at {}, and {}, which it needs, at {}",
        handoff.task,
        record.at(),
        needed.id,
        needed.since().at
    );
    let found = Finding::lint(Lint::ClosedUnderBlocker, record.seq(), detail).on(&handoff.task);
    Some(found.because([later.since.seq, needed.since().seq]))
}

/// Looks at what a record has changed.
pub(super) fn after(
    mission: &Mission,
    record: &Record,
    (applied, n_late): (Applied, usize),
    seen: Seen,
    findings: &mut Vec<Finding>,
) {
    let anomalies = mission.anomalies();
    let first = anomalies.len().saturating_sub(applied.n_anomalies);
    for anomaly in anomalies.iter().skip(first) {
        findings.push(told(&mission.state, record, anomaly));
    }
    for late in mission.late_evidence().iter().skip(n_late) {
        // The other reasons for being late are anomalies, and told as such.
        if late.code == Code::Fenced {
            let of = late.task.as_ref().map(|task| format!(" at task {task}"));
            let detail = format!(
                "{} by {}, after its attempt{} was over",
                late.kind,
                late.by,
                of.unwrap_or_default()
            );
            let mut found = Finding::new(Kind::Code(Code::Fenced), late.seq, detail);
            found.task.clone_from(&late.task);
            findings.push(found);
        }
    }
    if applied.outcome == Outcome::Changed {
        findings.extend(seen);
        findings.extend(unproven(mission, record));
    }
}

/// Tells an anomaly as it is, or under the name of the special case that it is.
fn told(state: &State, record: &Record, anomaly: &Anomaly) -> Finding {
    let special = match (anomaly.code, record.event()) {
        (Code::ParallelAttempts, Event::Dispatched(data)) => {
            has_another(state, data, anomaly.because.len()).then_some(Lint::SeveralWorkers)
        }
        (Code::NeedsUnmet, Event::Handoff(_) | Event::TaskDelivered(_)) => {
            Some(Lint::ClosedUnderBlocker)
        }
        (_, _) => None,
    };
    let kind = special.map_or(Kind::Code(anomaly.code), Kind::Lint);
    let mut found = Finding::new(kind, anomaly.seq, anomaly.detail.clone());
    found.task.clone_from(&anomaly.task);
    found.because.clone_from(&anomaly.because);
    found
}

/// Whether one of the attempts that a dispatch goes beside is somebody else's.
fn has_another(state: &State, dispatched: &Dispatched, n_beside: usize) -> bool {
    let Some(ix) = state.find_task(&dispatched.task) else {
        return false;
    };
    let attempts = state.tasks[ix].attempts.iter().rev();
    let mut open = attempts
        .map(|&ix| &state.attempts[ix])
        .filter(|attempt| !attempt.is_closed())
        // Its own, and as many as the anomaly names: a task can have thousands.
        .take(n_beside.saturating_add(1));
    open.any(|attempt| *state.agent_name(attempt.owner) != dispatched.agent.name)
}

/// An end without an explicit, proven done.
// spec: COMPLETE-3
fn unproven(mission: &Mission, record: &Record) -> Option<Finding> {
    let seq = record.seq();
    if let Event::AttemptEnded(ended) = record.event()
        && is_clean(ended)
    {
        return clean_exit(mission, seq, ended);
    }
    let Event::Handoff(handoff) = record.event() else {
        return None;
    };
    let id = &handoff.task;
    let missing = mission.task(id)?.missing_evidence();
    let (lint, detail) = match handoff.status {
        None => (
            Lint::BareHandoff,
            format!("{} hands task {id} back without a status", handoff.agent),
        ),
        Some(HandoffStatus::Done) if !missing.is_empty() => {
            let missing: Vec<&str> = missing.iter().map(Label::as_str).collect();
            let missing = missing.join(", ");
            (
                Lint::EvidenceMissing,
                format!("task {id} is said to be done without {missing}"),
            )
        }
        Some(_) => return None,
    };
    Some(Finding::lint(lint, seq, detail).on(id))
}

/// An exit that says success, of an attempt that handed nothing over.
fn clean_exit(mission: &Mission, seq: Seq, ended: &AttemptEnded) -> Option<Finding> {
    let state = &mission.state;
    let attempt = &state.attempts[state.find_attempt_at(&ended.task, ended.attempt)?];
    let detail = format!(
        "attempt {} at task {} by {} exited with 0 and handed nothing over",
        ended.attempt, ended.task, ended.agent
    );
    let found = Finding::lint(Lint::CleanExit, seq, detail).on(&ended.task);
    attempt.handed_over.is_none().then_some(found)
}
