//! The completion ledger: a mission completes when everything is accounted for, and then is still.

use orch_core::codes::Code;
use orch_core::event::Event;
use orch_core::event::correction::Change;
use orch_core::event::mission::MissionOutcome;
use orch_core::status::task::TaskStatus;
use orch_core::view::PhaseKind;

use super::facts::Held;
use super::{LogClass, Probe, Scene};

/// Whether a task is accepted, delivered or settled on purpose (COMPLETE-1).
fn is_settled(status: TaskStatus) -> bool {
    use TaskStatus::{Accepted, Cancelled, Delivered, Skipped, Superseded};
    [Accepted, Delivered, Skipped, Cancelled, Superseded].contains(&status)
}

impl Scene<'_> {
    /// Whether this is the record that completes the mission, without force.
    fn completes(&self) -> bool {
        let closed = self.step.after.closed();
        !self.old.is_closed
            && closed.is_some_and(|it| it.outcome == MissionOutcome::Completed && !it.forced)
    }
}

// spec: COMPLETE-1
pub(super) fn complete_ledger(s: &Scene<'_>, probe: &mut Probe) {
    if !s.completes() {
        return;
    }
    for (task, number, attempt) in s.step.past.attempts() {
        let view = s.step.before.task(task);
        let shown = view.and_then(|it| it.attempts().find(|it| it.number() == number));
        let is_closed = shown.is_some_and(|it| it.closed().is_some());
        probe.expect(is_closed && !attempt.is_open(), || {
            format!("completed over attempt {number} at task {task}, which has no end")
        });
    }
}

// spec: COMPLETE-1
pub(super) fn complete_no_open(s: &Scene<'_>, probe: &mut Probe) {
    if !s.completes() {
        return;
    }
    for (id, task) in &s.old.tasks {
        probe.expect(is_settled(task.status), || {
            format!("completed while task {id} is {}", task.status)
        });
    }
    let owed = &s.old.owed;
    probe.expect(owed.is_empty(), || {
        format!("completed while this is owed: {owed:?}")
    });
}

// spec: COMPLETE-1
pub(super) fn complete_nonempty(s: &Scene<'_>, probe: &mut Probe) {
    if s.completes() {
        let is_meant = !s.old.tasks.is_empty() || s.step.past.may_be_empty;
        probe.expect(is_meant, || {
            "completed without a task, and not opened as empty".to_owned()
        });
    }
}

/// How far a phase is.
const fn rank(phase: PhaseKind) -> u8 {
    match phase {
        PhaseKind::Planning => 0,
        PhaseKind::Executing => 1,
        PhaseKind::Reviewing => 2,
        _ => 3,
    }
}

// spec: COMPLETE-2
pub(super) fn phase_order(s: &Scene<'_>, probe: &mut Probe) {
    let (old, new) = (s.step.before.phase(), s.step.after.phase());
    let is_unfinished = |it: TaskStatus| !is_settled(it) && it != TaskStatus::InReview;
    let told = match (s.step.ghost.is_closed, s.step.ghost.has_worked) {
        (true, _) => 3,
        (false, false) => 0,
        (false, true) if s.new.tasks.values().any(|it| is_unfinished(it.status)) => 1,
        (false, true) => 2,
    };
    probe.expect(rank(new.kind) == told, || {
        format!("the phase is {}, by the log it is of rank {told}", new.kind)
    });
    if old.kind == new.kind {
        return;
    }
    let is_reopening = matches!(s.event(), Event::Correction(it) if it.change == Change::Reopen);
    let holds = match (rank(old.kind), rank(new.kind)) {
        (0, 1) | (1, 2) | (2 | 3, 3) => true,
        // Work that is handed out and judged by one record has been executed before.
        (0, 2) => false,
        // Only what was never handed out can be complete without being executed.
        (0 | 1, 3) => {
            new.kind != PhaseKind::Completed && new.kind != PhaseKind::Delivered
                || new.forced
                || rank(old.kind) == 0
        }
        (2, 1) => {
            let is_back = |it: &super::facts::TaskFacts| is_unfinished(it.status);
            let came = s
                .old
                .came_to(&s.new, is_unfinished)
                .any(|(_, it)| is_back(it));
            came && s.is_changed()
        }
        (3, _) => is_reopening,
        _ => false,
    };
    probe.expect(holds, || {
        format!("the phase goes from {} to {}", old.kind, new.kind)
    });
}

// spec: ID-1
pub(super) fn no_lost_id(s: &Scene<'_>, probe: &mut Probe) {
    for (task, number, attempt) in s.step.ghost.attempts() {
        let shown = s.new.tasks.get(task).map(|it| &it.attempts);
        let is_there = shown.is_some_and(|all| {
            all.iter()
                .any(|(n, owner, _)| *n == number && *owner == attempt.owner)
        });
        probe.expect(is_there, || {
            format!("attempt {number} at task {task} is not known any more")
        });
    }
}

// spec: FENCE-2
pub(super) fn monotone_knowledge(s: &Scene<'_>, probe: &mut Probe) {
    for (id, old) in &s.old.tasks {
        let kept = s.new.tasks.get(id).is_some_and(|new| {
            let same = |(old, new): (&Held, &Held)| (old.0, &old.1) == (new.0, &new.1);
            let is_longer = new.attempts.len() >= old.attempts.len();
            is_longer && old.attempts.iter().zip(&new.attempts).all(same)
        });
        probe.expect(kept, || {
            format!("less is known about task {id} than before")
        });
    }
    for agent in s.old.agents.keys() {
        probe.expect(s.new.agents.contains_key(agent), || {
            format!("agent {agent} is not known any more")
        });
    }
    let (old, new) = (s.step.before.late_evidence(), s.step.after.late_evidence());
    let kept = old.len() <= new.len() && old.iter().zip(new).all(|(old, new)| old.seq == new.seq);
    probe.expect(kept, || "late evidence is gone".to_owned());
    let (old, new) = (s.step.before.anomalies(), s.step.after.anomalies());
    probe.expect(new.starts_with(old), || "anomalies are gone".to_owned());
}

// spec: COMPLETE-2
pub(super) fn terminal_absorbs(s: &Scene<'_>, probe: &mut Probe) {
    // What was handed out after the close was marked then; what comes of it is its own story.
    let is_still = s.step.past.attempts().all(|(.., it)| !it.is_open());
    if !s.old.is_closed || !is_still {
        return;
    }
    let may = match s.event() {
        Event::TaskDelivered(_) => true,
        Event::Correction(data) => data.change == Change::Reopen,
        _ => false,
    };
    let moved: Vec<_> = s.old.moved(&s.new).collect();
    let holds = moved.is_empty() || s.is_changed() && (may || s.is_marked(&[Code::AfterClose]));
    probe.expect(holds, || {
        format!("{} moved {moved:?} after the close", s.event().kind())
    });
    let is_fenced = s.step.class == LogClass::Any || s.step.after.open_attempts().next().is_none();
    probe.expect(is_fenced, || {
        "an attempt is open after the close".to_owned()
    });
}
