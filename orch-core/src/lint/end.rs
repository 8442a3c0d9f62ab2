//! What shows only at the end of a log: what never came, and what nobody took back.

use std::collections::{BTreeMap, BTreeSet};

use super::watch::Watch;
use super::{Finding, Kind, Lint};
use crate::event::clock::ClockKind;
use crate::ids::{Seq, TaskId};
use crate::mission::Mission;
use crate::mission::attempt::Ending;
use crate::mission::obligation::{Obligation, ObligationKind};
use crate::mission::state::State;
use crate::mission::table::{AttemptIx, TaskIx};
use crate::party::Party;
use crate::status::gate::GateStatus;
use crate::status::task::TaskStatus;

/// Looks at the state that the log ends with.
pub(super) fn look(mission: &Mission, watch: &Watch, findings: &mut Vec<Finding>) {
    let state = &mission.state;
    for (ix, _) in state.attempts.rows() {
        findings.extend(silent(state, watch, ix));
        findings.extend(unknown_owner(state, ix));
    }
    for (ix, _) in state.tasks.rows() {
        findings.extend(dangling(state, ix));
        findings.extend(orphaned_gates(state, ix));
        findings.extend(blocked_by_nothing(state, watch, ix));
    }
    for &ix in &state.open_obligations {
        findings.extend(owed(state, watch, &state.obligations[ix]));
    }
    findings.extend(closed_over_needs(state, findings));
    findings.extend(undeliverable(state));
    findings.extend(parts(state));
}

/// An attempt of which nothing was ever heard, though something should have been.
// spec: TIME-2
fn silent(state: &State, watch: &Watch, ix: AttemptIx) -> Option<Finding> {
    let attempt = &state.attempts[ix];
    let dispatched = attempt.dispatched.seq;
    // Somebody who is not named cannot be heard of again.
    let is_untold = attempt.owner_unknown || watch.implied.contains(&dispatched);
    if attempt.started.is_some() || attempt.last_record != dispatched || is_untold {
        return None;
    }
    let agent = state.agent_ref(attempt.owner);
    let (why, because) = match attempt.closed {
        Some((moment, Ending::Corrected | Ending::Closed | Ending::OwnerGone)) => {
            (format!("it was taken away at {}", moment.seq), moment.seq)
        }
        Some(_) => return None,
        None => {
            let ran_out = ClockKind::ALL
                .iter()
                .find(|&&clock| attempt.expired.has(clock));
            let later = watch.heard.get(&agent.name).copied();
            let later = later.filter(|&later| later > dispatched);
            match (ran_out, later, &state.closed) {
                (Some(clock), _, _) => (format!("its {clock} clock ran out"), dispatched),
                (None, Some(later), _) => (
                    format!("{agent} was heard of again at {later}, about something else"),
                    later,
                ),
                (None, None, Some(closed)) => {
                    let seq = closed.moment.seq;
                    (format!("the mission was closed at {seq}"), seq)
                }
                // It may just have begun.
                (None, None, None) => return None,
            }
        }
    };
    let task = &state.tasks[attempt.task].id;
    let detail = format!(
        "attempt {} at task {task} with {agent}: nothing heard; {why}",
        attempt.number
    );
    let found = Finding::lint(Lint::SilentTask, dispatched, detail).on(task);
    Some(found.because((because != dispatched).then_some(because)))
}

/// An attempt in flight whose owner the log does not tell.
// spec: FENCE-1
fn unknown_owner(state: &State, ix: AttemptIx) -> Option<Finding> {
    let attempt = &state.attempts[ix];
    let task = &state.tasks[attempt.task].id;
    (attempt.owner_unknown && attempt.status().is_in_flight()).then(|| {
        let detail = format!("task {task} is in somebody's hands, and the log does not say whose");
        Finding::lint(Lint::OwnerUnknown, attempt.dispatched.seq, detail).on(task)
    })
}

/// Tasks that are closed while something they need is not, and were not told as that before: the
/// need came later, or was opened again.
// spec: DEP-3
fn closed_over_needs(state: &State, findings: &[Finding]) -> Vec<Finding> {
    let is_it = |finding: &&Finding| finding.kind == Kind::Lint(Lint::ClosedUnderBlocker);
    let told = findings
        .iter()
        .filter(is_it)
        .filter_map(|one| one.task.as_ref());
    let told: BTreeSet<&TaskId> = told.collect();
    let done = state.tasks.rows().filter(|(_, task)| {
        matches!(task.status(), TaskStatus::Accepted | TaskStatus::Delivered)
            && !told.contains(&task.id)
    });
    let found = done.filter_map(|(ix, task)| {
        // What was only named may well be over: the log does not tell.
        let mut open = state.unmet_needs(ix);
        let open = open.find(|need| !state.tasks[need.task].implicit)?;
        let needed = &state.tasks[open.task];
        let detail = format!(
            "task {} is {}, and {}, which it needs, is {}",
            task.id,
            task.status(),
            needed.id,
            needed.status()
        );
        let seq = task.since().seq.max(open.since.seq).max(needed.since().seq);
        let found = Finding::lint(Lint::ClosedUnderBlocker, seq, detail).on(&task.id);
        Some(found.because([task.since().seq, open.since.seq]))
    });
    found.collect()
}

/// A need of something that was only ever named.
// spec: DEP-3
fn dangling(state: &State, ix: TaskIx) -> Option<Finding> {
    let task = &state.tasks[ix];
    if task.status().is_ended() {
        return None;
    }
    let missing = task.needs.iter().filter(|need| {
        let needed = &state.tasks[need.task];
        needed.implicit && needed.attempts.is_empty() && !needed.status().is_ended()
    });
    let missing: Vec<_> = missing.collect();
    let first = missing.first()?.since.seq;
    let names: Vec<&str> = missing
        .iter()
        .map(|need| state.tasks[need.task].id.as_str())
        .collect();
    let detail = format!(
        "task {} needs {}, which nobody declared",
        task.id,
        names.join(", ")
    );
    let found = Finding::lint(Lint::DanglingNeed, first, detail).on(&task.id);
    Some(found.because(missing.iter().skip(1).map(|need| need.since.seq)))
}

/// A gate that somebody holds who is not there.
// spec: GATE-2, CORRECT-1
fn orphaned_gates(state: &State, ix: TaskIx) -> Vec<Finding> {
    let task = &state.tasks[ix];
    let held = task
        .gates
        .iter()
        .filter(|gate| gate.status() == GateStatus::Requested && !state.is_held(gate));
    held.filter_map(|gate| {
        let (seq, holder) = gate.holder.as_ref()?;
        let detail = format!(
            "gate {} of task {} waits for {holder}, who is not there",
            gate.spec.gate, task.id
        );
        Some(Finding::lint(Lint::StaleBlocker, *seq, detail).on(&task.id))
    })
    .collect()
}

/// A task that was called blocked without saying on what, and needs nothing that is open.
// spec: CORRECT-1
fn blocked_by_nothing(state: &State, watch: &Watch, ix: TaskIx) -> Option<Finding> {
    let task = &state.tasks[ix];
    let said = *watch.blocked.get(&task.id)?;
    let held = state.head_at.and_then(|now| state.hold(ix, now));
    let is_still = task.status() == TaskStatus::Blocked && task.since().seq == said
        || held.is_some_and(|wait| wait.moment.seq == said);
    let waits = state.unmet_needs(ix).next().is_some();
    (is_still && !waits).then(|| {
        let detail = format!(
            "task {} is called blocked, and nothing that it needs is open",
            task.id
        );
        Finding::lint(Lint::StaleBlocker, said, detail).on(&task.id)
    })
}

/// Something owed by somebody who went on without it, cannot do it, or ran out of time.
// spec: NOTE-1, SHUT-2, CORRECT-1
fn owed(state: &State, watch: &Watch, owed: &Obligation) -> Option<Finding> {
    let opened = owed.opened.seq;
    let by = match (&owed.owed_by, state.lead()) {
        (Party::Lead, Some(lead)) => lead,
        (party, _) => party,
    };
    let spoke = watch.spoke.get(by).copied();
    let heard = match by {
        Party::Agent(name) => watch.heard.get(name).copied(),
        Party::Lead | Party::Host | Party::Human(_) => None,
    };
    let later = spoke.max(heard).filter(|&later| later > opened);
    let why = if let Some(expired) = owed.expired {
        Some((format!("it ran out of time at {expired}"), expired))
    } else if !state.is_present(by) {
        Some((format!("{by} is not there"), opened))
    } else {
        later.map(|later| (format!("{by} went on at {later}"), later))
    };
    let (why, because) = why?;
    let (lint, what) = match owed.kind {
        ObligationKind::Reply | ObligationKind::Answer => (
            Lint::UnansweredQuestion,
            format!("{} owes a reply to {opened}", owed.owed_by),
        ),
        ObligationKind::Acknowledgement => (
            Lint::ShutdownUnacked,
            format!("{} was asked to stop and has not answered", owed.owed_by),
        ),
        // Whoever goes on may be clearing it; whoever is gone cannot.
        ObligationKind::Unblocking if !state.is_present(by) => (
            Lint::StaleBlocker,
            format!("a task is blocked on {}", owed.owed_by),
        ),
        ObligationKind::Unblocking | ObligationKind::GateDecision | ObligationKind::Ruling => {
            return None;
        }
    };
    let mut found = Finding::lint(lint, opened, format!("{what}; {why}"));
    found.task = owed.task.map(|ix| state.tasks[ix].id.clone());
    Some(found.because((because != opened).then_some(because)))
}

/// Messages that went to somebody who is gone, and that nobody has read.
// spec: NAME-2
fn undeliverable(state: &State) -> impl Iterator<Item = Finding> {
    let lost = state
        .messages
        .values()
        .filter(|message| message.undeliverable && message.read.is_none());
    lost.map(|message| {
        let detail = format!("from {} to {}, who is not there", message.from, message.to);
        let mut found = Finding::lint(Lint::Undeliverable, message.moment.seq, detail);
        found.task = message.task.map(|ix| state.tasks[ix].id.clone());
        found
    })
}

/// Parents that disagree with their parts.
// spec: COUNT-1
fn parts(state: &State) -> Vec<Finding> {
    let mut of: BTreeMap<TaskIx, (Vec<TaskIx>, Option<Seq>)> = BTreeMap::new();
    for (ix, task) in state.tasks.rows() {
        if let Some(parent) = task.parent {
            let (open, last) = of.entry(parent).or_default();
            if task.status().is_ended() {
                *last = (*last).max(Some(task.since().seq));
            } else {
                open.push(ix);
            }
        }
    }
    let found = of.into_iter().filter_map(|(ix, (open, last))| {
        let parent = &state.tasks[ix];
        let is_done = matches!(
            parent.status(),
            TaskStatus::Accepted | TaskStatus::Delivered
        );
        let (lint, seq, detail) = if is_done && !open.is_empty() {
            let names: Vec<&str> = open.iter().map(|&ix| state.tasks[ix].id.as_str()).collect();
            let detail = format!(
                "task {} is {}, and {} is not over",
                parent.id,
                parent.status(),
                names.join(", ")
            );
            (Lint::ClosedOverChildren, parent.since().seq, detail)
        } else if open.is_empty() && parent.status() == TaskStatus::Open && !parent.implicit {
            let detail = format!("every part of task {} is over, and it is open", parent.id);
            (Lint::ParentLeftOpen, last?, detail)
        } else {
            return None;
        };
        let because = open.iter().map(|&ix| state.tasks[ix].since().seq);
        Some(
            Finding::lint(lint, seq, detail)
                .on(&parent.id)
                .because(because),
        )
    });
    found.collect()
}
