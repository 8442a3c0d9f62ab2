//! Faults that tell something else than what was folded.

use std::collections::{BTreeMap, BTreeSet};

use orch_core::event::Event;
use orch_core::event::correction::Change;
use orch_core::event::talk::MessageClass;
use orch_core::ids::{Seq, TaskId};
use orch_core::record::Record;

use crate::oracle::{Facts, Standing};

fn newest(told: &[Facts]) -> Facts {
    told.last().cloned().unwrap_or_default()
}

/// Counts the tasks by status once more, for a fault in a status and not in the count.
fn recount(facts: &mut Facts) {
    facts.counts = BTreeMap::new();
    for task in facts.tasks.values() {
        *facts.counts.entry(task.status.clone()).or_default() += 1;
    }
}

/// Takes a code off the records that a condition chooses.
fn unmark(facts: &mut Facts, code: &str, chosen: impl Fn(Seq) -> bool) {
    for (seq, record) in &mut facts.records {
        if record.standing == Standing::Marked && chosen(*seq) {
            record.codes.remove(code);
        }
    }
    facts.records.retain(|_, record| !record.codes.is_empty());
}

/// The new owner of a task, if a record hands it out or binds it.
fn given(record: &Record) -> Option<&TaskId> {
    match record.event() {
        Event::Dispatched(data) => Some(&data.task),
        Event::Correction(data) if matches!(data.change, Change::Rebind { .. }) => Some(&data.task),
        _ => None,
    }
}

/// 1: what is handed out is done.
pub(super) fn done_at_dispatch(_: &[Record], told: &[Facts]) -> Facts {
    let mut facts = newest(told);
    for task in facts
        .tasks
        .values_mut()
        .filter(|task| task.status == "dispatched")
    {
        "accepted".clone_into(&mut task.status);
    }
    recount(&mut facts);
    facts
}

/// 4: whoever holds a gate goes on holding it.
pub(super) fn reviewer_kept(_: &[Record], told: &[Facts]) -> Facts {
    let mut facts = newest(told);
    let keep = |mut owed: crate::oracle::Owed| {
        if owed.kind == "gate_decision" {
            owed.next.clone_from(&owed.by);
        }
        owed
    };
    facts.owed = facts.owed.into_iter().map(keep).collect();
    facts
}

/// 5: the end of an agent ends nothing else.
pub(super) fn tasks_as_if(facts: &mut Facts, blind: &Facts) {
    facts.tasks.clone_from(&blind.tasks);
    facts.counts.clone_from(&blind.counts);
    facts.in_flight = blind.in_flight;
}

/// 6: the close changes the phase and nothing else.
pub(super) fn all_but_the_phase_as_if(facts: &mut Facts, blind: &Facts) {
    let (phase, forced) = (facts.phase.clone(), facts.forced);
    *facts = Facts {
        phase,
        forced,
        ..blind.clone()
    };
}

/// 13: what was owed about the work before it was bound to another is owed still.
pub(super) fn owed_before_as_well(facts: &mut Facts, blind: &Facts) {
    facts.owed.extend(blind.owed.iter().cloned());
}

/// 8: a gate is given to whoever is named.
pub(super) fn dead_reviewer_unmarked(log: &[Record], told: &[Facts]) -> Facts {
    let mut facts = newest(told);
    let requests: BTreeSet<Seq> = log
        .iter()
        .filter(|record| matches!(record.event(), Event::GateRequested(_)))
        .map(Record::seq)
        .collect();
    unmark(&mut facts, "agent_gone", |seq| requests.contains(&seq));
    facts
}

/// 10: a gate that was approved stays so through another attempt.
pub(super) fn approvals_survive(log: &[Record], told: &[Facts]) -> Facts {
    let mut facts = newest(told);
    let pairs = told.iter().zip(log.iter().skip(1));
    for (before, record) in pairs {
        let Some(id) = given(record) else { continue };
        let (Some(old), Some(new)) = (before.tasks.get(id), facts.tasks.get_mut(id)) else {
            continue;
        };
        for (name, gate) in &mut new.gates {
            let was_approved = old
                .gates
                .get(name)
                .is_some_and(|old| old.status == "approved");
            if was_approved && gate.status == "open" {
                "approved".clone_into(&mut gate.status);
                gate.stale = false;
            }
        }
    }
    facts
}

/// 15: each change of a status is counted, but those that bring back what was blocked.
pub(super) fn counts_miss_an_edge(_: &[Record], told: &[Facts]) -> Facts {
    let mut facts = newest(told);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut before = &Facts::default();
    for after in told {
        for (id, task) in &after.tasks {
            let old = before.tasks.get(id).map(|task| task.status.as_str());
            if old == Some(&task.status) || old == Some("blocked") {
                continue;
            }
            if let Some(n) = old.and_then(|old| counts.get_mut(old)) {
                *n = n.saturating_sub(1);
            }
            *counts.entry(task.status.clone()).or_default() += 1;
        }
        before = after;
    }
    counts.retain(|_, n| *n > 0);
    facts.counts = counts;
    facts
}

/// 16: a remark to somebody settles what others had asked of them.
pub(super) fn fyi_consumes(log: &[Record], told: &[Facts]) -> Facts {
    let mut facts = newest(told);
    for (before, record) in told.iter().zip(log.iter().skip(1)) {
        let Event::Message(fyi) = record.event() else {
            continue;
        };
        if fyi.class != MessageClass::Fyi {
            continue;
        }
        let reader = fyi.to.to_string();
        for owed in before
            .owed
            .iter()
            .filter(|owed| owed.kind == "reply" && owed.by == reader)
        {
            facts
                .owed
                .retain(|it| it.kind != "reply" || it.since != owed.since);
        }
    }
    facts
}

/// 17: a ring of needs is like any other needs.
pub(super) fn cycle_unmarked(_: &[Record], told: &[Facts]) -> Facts {
    let mut facts = newest(told);
    unmark(&mut facts, "dep_cycle", |_| true);
    facts
}

/// 19: what went wrong is forgotten once the task is tried again.
pub(super) fn retry_forgets(log: &[Record], told: &[Facts]) -> Facts {
    let mut facts = newest(told);
    for record in log {
        let Some(task) = given(record).and_then(|id| facts.tasks.get_mut(id)) else {
            continue;
        };
        if task
            .last_error
            .as_ref()
            .is_some_and(|(seq, _)| *seq < record.seq())
        {
            task.last_error = None;
        }
    }
    facts
}
