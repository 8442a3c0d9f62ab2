//! The completion ledger, as a machine shows it.

use orch_core::event::Event;
use orch_core::event::correction::Change;
use orch_core::event::mission::MissionOutcome;
use orch_core::record::Record;

use crate::invariants::Probe;
use crate::machine::claims::Part;
use crate::machine::seen::Seen;

/// Whether a task needs nothing more for its mission to complete.
fn is_settled(status: &str) -> bool {
    matches!(
        status,
        "accepted" | "delivered" | "skipped" | "cancelled" | "superseded"
    )
}

/// How far a phase is.
fn rank(phase: &str) -> u8 {
    match phase {
        "planning" | "" => 0,
        "executing" => 1,
        "reviewing" => 2,
        _ => 3,
    }
}

impl Seen<'_> {
    /// Whether the machine shows that the record completes the mission, without force.
    fn completes(&self) -> bool {
        let (old, new) = (rank(&self.old.phase), rank(&self.new.phase));
        let is_forced = match self.event() {
            Event::MissionClosed(data) => data.forced,
            _ => self.is.forced,
        };
        let is_good = matches!(&*self.new.phase, "completed" | "delivered");
        old < 3 && new == 3 && is_good && !is_forced
    }
}

// spec: COMPLETE-1
pub(super) fn complete_ledger(s: &Seen<'_>, probe: &mut Probe) {
    if !s.completes() {
        return;
    }
    for (id, task) in &s.was.tasks {
        for (number, attempt) in &task.attempts {
            probe.expect(attempt.stage == "closed", || {
                format!(
                    "completed while attempt {number} at task {id} is {}",
                    attempt.stage
                )
            });
        }
    }
}

// spec: COMPLETE-1
pub(super) fn complete_no_open(s: &Seen<'_>, probe: &mut Probe) {
    if !s.completes() {
        return;
    }
    for (id, task) in &s.was.tasks {
        probe.expect(is_settled(&task.status), || {
            format!("completed while task {id} is {}", task.status)
        });
    }
    let (owed, unread) = (&s.was.owed, &s.was.unread);
    probe.expect(owed.is_empty() && unread.is_empty(), || {
        format!("completed while this is owed: {owed:?}, and unread: {unread:?}")
    });
}

// spec: COMPLETE-1
pub(super) fn complete_nonempty(s: &Seen<'_>, probe: &mut Probe) {
    if s.completes() {
        let may_be_empty = s
            .log
            .first()
            .map(Record::event)
            .is_some_and(|first| matches!(first, Event::MissionOpened(data) if data.empty));
        probe.expect(may_be_empty || !s.was.tasks.is_empty(), || {
            "completed without a task, and not opened as empty".to_owned()
        });
    }
}

// spec: COMPLETE-2
pub(super) fn phase_order(s: &Seen<'_>, probe: &mut Probe) {
    let (old, new) = (&s.old.phase, &s.new.phase);
    if old == new || old.is_empty() {
        return;
    }
    let close = match s.event() {
        Event::MissionClosed(data) => Some(data),
        _ => None,
    };
    let reopens = matches!(s.event(), Event::Correction(it) if it.change == Change::Reopen);
    let holds = match (rank(old), rank(new)) {
        (0 | 2, 1) | (1, 2) | (3, 3) => true,
        (0 | 2, 3) => close.is_some(),
        (1, 3) => close.is_some_and(|it| it.forced || it.outcome != MissionOutcome::Completed),
        (3, _) => reopens,
        _ => false,
    };
    probe.expect(holds, || {
        format!(
            "with {} the phase goes from {old} to {new}",
            s.event().kind()
        )
    });
}

// spec: ID-1
pub(super) fn no_lost_id(s: &Seen<'_>, probe: &mut Probe) {
    for (id, task) in &s.is.tasks {
        for (number, attempt) in &task.attempts {
            let shown = s.new.tasks.get(id).and_then(|it| it.attempts.get(number));
            probe.expect(shown.is_some_and(|it| it.owner == attempt.owner), || {
                format!(
                    "attempt {number} at task {id} with {} is not known",
                    attempt.owner
                )
            });
        }
    }
}

// spec: FENCE-2
pub(super) fn monotone_knowledge(s: &Seen<'_>, probe: &mut Probe) {
    for (id, old) in &s.old.tasks {
        let kept = s.new.tasks.get(id).is_some_and(|new| {
            let same = |(number, old): (_, &crate::oracle::AttemptFacts)| {
                new.attempts
                    .get(number)
                    .is_some_and(|new| new.owner == old.owner)
            };
            old.attempts.iter().all(same)
        });
        probe.expect(kept, || {
            format!("less is known about task {id} than before")
        });
    }
    for agent in s.old.agents.keys() {
        let is_known = s.new.agents.contains_key(agent);
        probe.expect(is_known, || format!("agent {agent} is not known any more"));
    }
    for seq in s.old.records.keys() {
        let is_known = s.new.records.contains_key(seq);
        probe.expect(is_known, || {
            format!("what was wrong with record {seq} is gone")
        });
    }
}

// spec: COMPLETE-2
pub(super) fn terminal_absorbs(s: &Seen<'_>, probe: &mut Probe) {
    let mut open = s.was.tasks.values().flat_map(|it| it.attempts.values());
    if rank(&s.was.phase) != 3 || open.any(|it| it.stage != "closed") {
        return;
    }
    let may = match s.event() {
        Event::TaskDelivered(_) => true,
        Event::Correction(data) => data.change == Change::Reopen,
        _ => s.is_marked(&["after_close"]),
    };
    let moved = s.moved();
    probe.expect(moved.is_empty() || may && s.takes_effect(), || {
        format!("{} moved {moved:?} after the close", s.event().kind())
    });
    if s.shows(Part::Records) {
        let is_told = s.shown_wrong().is_some() || !s.is_marked(&["after_close"]);
        probe.expect(is_told, || {
            format!("{} after the close is not marked", s.event().kind())
        });
    }
}
