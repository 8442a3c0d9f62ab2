//! Gates, as a machine shows them.

use orch_core::event::Event;
use orch_core::event::correction::Change;
use orch_core::event::gate::{GateDecided, Verdict};
use orch_core::event::task::{GateSpec, GateStage};
use orch_core::ids::{GateName, TaskId};
use orch_core::party::{Actor, Party};

use crate::invariants::Probe;
use crate::machine::claims::Part;
use crate::machine::seen::Seen;
use crate::oracle::{Facts, GateFacts};

/// Whether a gate lets its work through.
fn has_passed(gate: &GateFacts) -> bool {
    matches!(&*gate.status, "approved" | "waived")
}

fn gate<'a>(facts: &'a Facts, task: &TaskId, name: &GateName) -> Option<&'a GateFacts> {
    facts.tasks.get(task)?.gates.get(name)
}

impl Seen<'_> {
    /// Whether a gate is one of acceptance, as its newest declaration has it.
    fn is_of_acceptance(&self, task: &TaskId, name: &GateName) -> bool {
        let stage = |specs: &[GateSpec]| {
            let spec = specs.iter().find(|it| it.gate == *name);
            spec.map(|it| it.stage)
        };
        let declared = self
            .log
            .iter()
            .rev()
            .find_map(|record| match record.event() {
                Event::TaskDeclared(data) if data.task == *task => stage(&data.gates),
                Event::Correction(data) if data.task == *task => match &data.change {
                    Change::Amend(amendment) => stage(amendment.gates.as_deref()?),
                    _ => None,
                },
                _ => None,
            });
        declared == Some(GateStage::Accept)
    }

    /// The decision that the record takes, of a gate that there is.
    fn decision(&self) -> Option<&GateDecided> {
        match self.event() {
            Event::GateDecided(data) => gate(self.was, &data.task, &data.gate).map(|_| data),
            _ => None,
        }
    }
}

// spec: GATE-1, COMPLETE-3
pub(super) fn done_done(s: &Seen<'_>, probe: &mut Probe) {
    for (id, _) in s.came_to(|status| status == "accepted") {
        let gates = s.is.tasks.get(id).into_iter().flat_map(|it| &it.gates);
        for (name, told) in gates.filter(|(name, _)| s.is_of_acceptance(id, name)) {
            probe.expect(has_passed(told), || {
                format!(
                    "task {id} is accepted while its gate {name} is {}",
                    told.status
                )
            });
        }
    }
}

// spec: GATE-1
pub(super) fn approval_fresh(s: &Seen<'_>, probe: &mut Probe) {
    for (id, task) in &s.new.tasks {
        for (name, shown) in task.gates.iter().filter(|(_, it)| has_passed(it)) {
            let told = gate(s.is, id, name).map_or("not there", |it| &it.status);
            probe.expect(matches!(told, "approved" | "waived"), || {
                format!(
                    "gate {name} of task {id} shows as {}, by the log it is {told}",
                    shown.status
                )
            });
        }
    }
}

// spec: GATE-3
pub(super) fn no_self_approval(s: &Seen<'_>, probe: &mut Probe) {
    let Some(data) = s.decision() else { return };
    let Some(attempt) = s.attempt(&data.task, data.attempt) else {
        return;
    };
    let lead = s.log.iter().find_map(|record| match record.event() {
        Event::MissionOpened(data) => Some(&data.lead),
        _ => None,
    });
    let decider = match &data.decider {
        Party::Lead => lead,
        other => Some(other),
    };
    let author = &attempt.owner.name;
    let is_author = matches!(decider, Some(Party::Agent(name)) if name == author);
    let by = &s.record.envelope().by;
    let wrote = matches!(by, Actor::Agent(by) if by.name == *author);
    if is_author || wrote {
        let (old, new) = (
            gate(s.old, &data.task, &data.gate),
            gate(s.new, &data.task, &data.gate),
        );
        probe.expect(old == new, || {
            format!(
                "{author} decided gate {} of task {} on their own work",
                data.gate, data.task
            )
        });
    }
}

// spec: GATE-3, AUTH-1
pub(super) fn waiver_explicit(s: &Seen<'_>, probe: &mut Probe) {
    for (id, task) in &s.new.tasks {
        for (name, _) in task.gates.iter().filter(|(_, it)| it.status == "waived") {
            let was_so = gate(s.old, id, name).is_some_and(|it| it.status == "waived");
            if was_so {
                continue;
            }
            let told = gate(s.is, id, name).map(|it| &*it.status);
            let is_waiver = match s.event() {
                Event::GateDecided(data) => data.verdict == Verdict::Waived,
                // What was waived shows again once work that it was for is judged again.
                Event::Correction(_) => true,
                _ => false,
            };
            probe.expect(told == Some("waived") && is_waiver, || {
                format!("gate {name} of task {id} counts as waived, by the log it is {told:?}")
            });
        }
    }
}

// spec: GATE-2
pub(super) fn reviewer_live(s: &Seen<'_>, probe: &mut Probe) {
    for (id, told) in s.is.tasks.iter().filter(|(_, it)| it.status == "in_review") {
        for (name, told) in told.gates.iter().filter(|_| s.shows(Part::Gates)) {
            let shown = gate(s.new, id, name).and_then(|it| it.holder.as_ref());
            probe.expect(shown == told.holder.as_ref(), || {
                let told = &told.holder;
                format!("gate {name} of task {id} is with {shown:?}, by the log with {told:?}")
            });
        }
    }
    for owed in s.new.owed.iter().filter(|it| it.kind == "gate_decision") {
        probe.expect(s.is_present(&owed.next), || {
            format!(
                "the gate of record {} waits for {}, who is gone",
                owed.since, owed.next
            )
        });
    }
}
