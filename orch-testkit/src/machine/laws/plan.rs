//! Needs, limits, clocks and counts, as a machine shows them.

use std::collections::BTreeMap;

use orch_core::event::Event;
use orch_core::event::attempt::HandoffStatus;
use orch_core::event::clock::ClockSubject;
use orch_core::ids::{AttemptNo, TaskId};

use crate::invariants::Probe;
use crate::machine::claims::Part;
use crate::machine::seen::Seen;
use crate::oracle::Facts;

// spec: DEP-1
pub(super) fn ready_def(s: &Seen<'_>, probe: &mut Probe) {
    for (id, told) in &s.is.tasks {
        let shown = s.new.tasks.get(id).map(|it| it.ready);
        probe.expect(shown == Some(told.ready), || {
            format!(
                "task {id} is shown ready: {shown:?}, by the log {}",
                told.ready
            )
        });
    }
}

// spec: DEP-1
pub(super) fn dep_failure_visible(s: &Seen<'_>, probe: &mut Probe) {
    let has_failed = |id: &TaskId| {
        let task = s.is.tasks.get(id);
        task.is_some_and(|it| {
            matches!(
                &*it.status,
                "failed" | "exhausted" | "skipped" | "cancelled"
            )
        })
    };
    for (id, told) in s.is.tasks.iter().filter(|(_, it)| it.status == "open") {
        for (need, _) in told
            .needs
            .iter()
            .filter(|(need, met)| !**met && has_failed(need))
        {
            let Some(shown) = s.new.tasks.get(id) else {
                continue;
            };
            let is_met = shown.needs.get(need).copied();
            probe.expect(!shown.ready && is_met == Some(false), || {
                format!("task {id} needs {need}, which failed it, and is shown ready or served")
            });
        }
    }
}

/// Expects a record that breaks a rule in one of these ways to be shown as wrong.
fn marks(s: &Seen<'_>, codes: &[&str], probe: &mut Probe) {
    if s.is_marked(codes) {
        let shown = s.shown_wrong();
        // Several things can be wrong with one record, and the rules do not say which is named.
        let others = s.wrong().is_some_and(|it| it.codes.len() > codes.len());
        let is_told = shown.is_some_and(|it| codes.iter().any(|code| it.codes.contains(*code)));
        probe.expect(is_told || others && shown.is_some(), || {
            format!(
                "{} is {}, and is not marked",
                s.event().kind(),
                codes.join(" or ")
            )
        });
    }
}

/// What is wrong with handing out what cannot be handed out.
const NOT_READY: [&str; 8] = [
    "needs_unmet",
    "spec_first",
    "held",
    "retry_wait",
    "parallel_attempts",
    "dispatch_after_success",
    "not_open",
    "exhausted_task",
];

// spec: DEP-3
pub(super) fn dispatch_ready(s: &Seen<'_>, probe: &mut Probe) {
    if matches!(s.event(), Event::Dispatched(_)) {
        for code in NOT_READY {
            marks(s, &[code], probe);
        }
    }
}

// spec: DEP-3
pub(super) fn acyclic(s: &Seen<'_>, probe: &mut Probe) {
    marks(s, &["dep_cycle"], probe);
}

// spec: WIP-1
pub(super) fn wip(s: &Seen<'_>, probe: &mut Probe) {
    if s.shows(Part::Records) {
        marks(s, &["wip_full"], probe);
    }
    let limit = s.log.iter().find_map(|record| match record.event() {
        Event::MissionOpened(data) => Some(data.policy.clone().unwrap_or_default().wip.mission),
        _ => None,
    });
    let is_correction = matches!(s.event(), Event::Correction(_));
    if s.new.in_flight > s.old.in_flight && s.is_clean() && !is_correction {
        let limit = limit.flatten().map_or(usize::MAX, |it| it as usize);
        let n = s.new.in_flight;
        probe.expect(n <= limit && n == s.is.in_flight, || {
            format!(
                "{n} attempts are in flight, by the log {}, of {limit}",
                s.is.in_flight
            )
        });
    }
}

// spec: TIME-3
pub(super) fn timeout_targeted(s: &Seen<'_>, probe: &mut Probe) {
    let Event::Timeout(data) = s.event() else {
        return;
    };
    let moved = s.moved();
    probe.expect(moved.is_empty(), || format!("a clock moved {moved:?}"));
    let subject = match &data.subject {
        ClockSubject::Attempt { task, attempt } => Some((task, *attempt)),
        _ => None,
    };
    let is_open = subject.is_some_and(|(task, number)| {
        s.attempt(task, number)
            .is_some_and(|it| it.stage != "closed")
    });
    let doubts = |facts: &Facts| -> BTreeMap<(TaskId, AttemptNo), Option<String>> {
        let tasks = facts.tasks.iter();
        let all = tasks.flat_map(|(id, task)| task.attempts.iter().map(move |it| (id, it)));
        let others = all.filter(|(id, (number, _))| !is_open || subject != Some((*id, **number)));
        others
            .map(|(id, (number, it))| ((id.clone(), *number), it.liveness.clone()))
            .collect()
    };
    probe.expect(doubts(s.old) == doubts(s.new), || {
        "a clock of one attempt cast doubt on another".to_owned()
    });
}

// spec: RETRY-1
pub(super) fn retry_bound(s: &Seen<'_>, probe: &mut Probe) {
    if s.shows(Part::LastError) {
        for (id, told) in s.is.tasks.iter().filter(|(_, it)| it.last_error.is_some()) {
            let shown = s.new.tasks.get(id).and_then(|it| it.last_error.as_ref());
            probe.expect(shown == told.last_error.as_ref(), || {
                format!(
                    "the last error of task {id} is {shown:?}, not {:?}",
                    told.last_error
                )
            });
        }
    }
    if let Event::Handoff(data) = s.event()
        && data.status == Some(HandoffStatus::Failed)
        && s.takes_effect()
    {
        let of = |facts: &Facts| facts.tasks.get(&data.task).map(|it| it.status.clone());
        probe.expect(of(s.new) == of(s.is), || {
            format!(
                "task {} failed and is {:?}, not {:?}",
                data.task,
                of(s.new),
                of(s.is)
            )
        });
    }
}

// spec: COUNT-1
pub(super) fn counts_derived(s: &Seen<'_>, probe: &mut Probe) {
    if s.shows(Part::Counts) && s.shows(Part::Status) {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for task in s.new.tasks.values() {
            *counts.entry(task.status.clone()).or_default() += 1;
        }
        probe.expect(counts == s.new.counts, || {
            format!("counted {:?}, recounted {counts:?}", s.new.counts)
        });
    }
    if s.shows(Part::InFlight) && s.shows(Part::Attempts) {
        let attempts = s.new.tasks.values().flat_map(|it| it.attempts.values());
        let is_flying = |stage: &str| matches!(stage, "dispatched" | "started");
        let n = attempts.filter(|it| is_flying(&it.stage)).count();
        probe.expect(n == s.new.in_flight, || {
            format!(
                "{} attempts are counted in flight, there are {n}",
                s.new.in_flight
            )
        });
    }
}
