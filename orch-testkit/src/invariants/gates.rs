//! Gates: acceptance follows from decisions on the newest work, by somebody who did not write it.

use orch_core::codes::Code;
use orch_core::event::Event;
use orch_core::event::gate::{GateDecided, Verdict};
use orch_core::event::task::GateStage;
use orch_core::party::{Actor, Party};
use orch_core::status::task::TaskStatus;

use super::attempts::is_import;
use super::{Probe, Scene};

impl Scene<'_> {
    /// The tasks that this record made accepted.
    fn accepted(&self) -> impl Iterator<Item = orch_core::view::TaskView<'_>> {
        let came = self.old.came_to(&self.new, |it| it == TaskStatus::Accepted);
        came.filter_map(|(id, _)| self.step.after.task(id))
    }

    /// The decision that this record takes, of a gate that there is.
    fn decision(&self) -> Option<&GateDecided> {
        let Event::GateDecided(data) = self.event() else {
            return None;
        };
        let view = self.step.before.task(&data.task)?;
        let is_there = view.gates().any(|gate| *gate.name() == data.gate);
        (is_there && self.is_changed()).then_some(data)
    }
}

// spec: GATE-1, COMPLETE-3
pub(super) fn done_done(s: &Scene<'_>, probe: &mut Probe) {
    for task in s.accepted() {
        for gate in task
            .gates()
            .filter(|gate| gate.stage() == GateStage::Accept)
        {
            // A decision in this very record counts: acceptance withdraws nothing that was decided.
            let told = s
                .step
                .ghost
                .task(task.id())
                .and_then(|it| it.passed(gate.name()));
            probe.expect(told.is_some(), || {
                format!(
                    "task {} is accepted, and nobody passed its gate {}",
                    task.id(),
                    gate.name()
                )
            });
        }
    }
}

// spec: GATE-1
pub(super) fn approval_fresh(s: &Scene<'_>, probe: &mut Probe) {
    use TaskStatus::{Accepted, Delivered, InReview};
    for task in s.step.after.tasks() {
        if ![InReview, Accepted, Delivered].contains(&task.status()) {
            continue;
        }
        for gate in task.gates().filter(|gate| gate.status().has_passed()) {
            let told = s
                .step
                .ghost
                .task(task.id())
                .and_then(|it| it.passed(gate.name()));
            probe.expect(told.is_some(), || {
                format!(
                    "gate {} of task {} shows as passed, for older work",
                    gate.name(),
                    task.id()
                )
            });
        }
    }
}

// spec: GATE-3
pub(super) fn no_self_approval(s: &Scene<'_>, probe: &mut Probe) {
    let Some(data) = s.decision() else { return };
    let Some(attempt) = s.step.past.attempt(&data.task, data.attempt) else {
        return;
    };
    let decider = match &data.decider {
        Party::Lead => s.step.past.lead.as_ref(),
        other => Some(other),
    };
    let author = &attempt.owner.name;
    let is_author = matches!(decider, Some(Party::Agent(name)) if name == author);
    let wrote = s
        .step
        .record
        .envelope()
        .by
        .agent()
        .is_some_and(|by| by.name == *author);
    let host_may_speak = matches!(s.step.record.envelope().by, Actor::Host);
    probe.expect(!is_author && (!wrote || host_may_speak), || {
        format!(
            "{author} decided gate {} of task {} on their own work",
            data.gate, data.task
        )
    });
}

// spec: GATE-3, AUTH-1
pub(super) fn waiver_explicit(s: &Scene<'_>, probe: &mut Probe) {
    if let Some(data) = s.decision()
        && data.verdict == Verdict::Waived
    {
        let by = &s.step.record.envelope().by;
        let may = is_import(by) || s.step.past.has_authority(by);
        let says_why = !data.reason.trim().is_empty() || s.is_marked(&[Code::ReasonMissing]);
        probe.expect(may && says_why, || {
            format!(
                "{by} waived gate {} of task {} for {:?}",
                data.gate, data.task, data.reason
            )
        });
    }
    for task in s.accepted() {
        for gate in task
            .gates()
            .filter(|gate| gate.stage() == GateStage::Accept)
        {
            let told = s
                .step
                .ghost
                .task(task.id())
                .and_then(|it| it.passed(gate.name()));
            let is_explicit = told.is_some_and(|it| match it.verdict {
                Verdict::Waived => s.step.ghost.has_authority(&it.by),
                _ => true,
            });
            probe.expect(is_explicit, || {
                format!("task {} is accepted past gate {}", task.id(), gate.name())
            });
        }
    }
}
