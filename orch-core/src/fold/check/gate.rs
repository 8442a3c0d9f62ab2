//! Checks of gates: who may hold one, and which work a decision judges.

use super::Checked;
use crate::anomaly::Finding;
use crate::codes::Code;
use crate::event::gate::{GateDecided, GateRequested, Verdict};
use crate::event::task::GateStage;
use crate::fold::Origin;
use crate::ids::{AttemptNo, GateName, TaskId};
use crate::mission::gate::Gate;
use crate::mission::state::State;
use crate::mission::table::{AttemptIx, IncarnationIx, TaskIx};
use crate::party::{Actor, Party};
use crate::status::Step;
use crate::status::gate::GateEvent;
use crate::status::task::TaskStatus;

impl State {
    // spec: GATE-1, GATE-2
    pub(super) fn check_gate_requested(&self, checked: &mut Checked, data: &GateRequested) {
        let place = (&data.task, data.attempt, &data.gate);
        let Some((ix, gate, attempt)) = self.find_work(checked, place) else {
            return;
        };
        if let Party::Agent(name) = &data.holder {
            if name == self.agent_name(self.attempts[attempt].owner) {
                checked.add(self.own_work(&data.task, &data.gate, &data.holder, attempt));
            }
            match self.live_incarnation(name) {
                Some(live) => self.check_assignee(checked, &self.agent_ref(live)),
                None => {
                    let known = self.find_agent(name).is_some();
                    let code = if known {
                        Code::AgentGone
                    } else {
                        Code::UnknownAgent
                    };
                    let state = if known { "is gone" } else { "never joined" };
                    let near = self.nearest_agent(name.as_str());
                    let detail = format!("agent {name} {state}{near}");
                    checked.add(Finding::new(code, detail).on(&data.task));
                }
            }
        }
        checked.extend(self.before(ix, gate).map(|finding| finding.on(&data.task)));
        let held_by_same = gate
            .holder
            .as_ref()
            .filter(|(_, holder)| *holder == data.holder && self.is_held(gate));
        checked.already = held_by_same.map(|(seq, _)| *seq);
        if let Step::Already = gate.status().next(GateEvent::Requested) {
            checked.already = Some(gate.since);
        }
    }

    // spec: GATE-1, GATE-3, AUTH-1
    pub(super) fn check_gate_decided(
        &self,
        checked: &mut Checked,
        origin: Origin<'_>,
        data: &GateDecided,
    ) {
        let place = (&data.task, data.attempt, &data.gate);
        let Some((ix, gate, attempt)) = self.find_work(checked, place) else {
            return;
        };
        if let Party::Agent(name) = &data.decider
            && name == self.agent_name(self.attempts[attempt].owner)
        {
            checked.add(self.own_work(&data.task, &data.gate, &data.decider, attempt));
        }
        self.check_decider(checked, origin.by, data, gate);
        let newest = self.attempts[attempt].revision.as_deref();
        if let Some(judged) = data.revision.as_deref()
            && newest != Some(judged)
        {
            let newest = newest.unwrap_or("not named");
            let detail = format!(
                "gate {} of task {} judges revision {judged}, the newest is {newest}",
                data.gate, data.task
            );
            let because = self.tasks[ix].last_handoff;
            checked.add(
                Finding::new(Code::StaleDecision, detail)
                    .on(&data.task)
                    .because(because),
            );
        }
        checked.extend(self.before(ix, gate).map(|finding| finding.on(&data.task)));
        if let Step::Already = gate.status().next(verdict_event(data.verdict)) {
            checked.already = Some(gate.since);
        }
    }

    /// The decider speaks for itself, and holds the gate or has authority.
    fn check_decider(&self, checked: &mut Checked, by: &Actor, data: &GateDecided, gate: &Gate) {
        if !self.speaks_for(by, &data.decider) {
            let detail = format!("{by} decides in the name of {}", data.decider);
            checked.add(Finding::new(Code::NotOwner, detail).on(&data.task));
        }
        if data.verdict == Verdict::Waived {
            self.check_authority(checked, by, "waive a gate");
            if data.reason.trim().is_empty() {
                let detail = format!("gate {} of task {} is waived", data.gate, data.task);
                checked.add(Finding::new(Code::ReasonMissing, detail).on(&data.task));
            }
            return;
        }
        let names_it = gate
            .holder
            .as_ref()
            .is_some_and(|(_, holder)| *holder == data.decider);
        let holds = names_it && self.is_held(gate);
        if !holds && !self.has_authority(by) {
            let holder = gate
                .holder
                .as_ref()
                .map_or_else(|| "nobody".to_owned(), |(_, holder)| holder.to_string());
            let detail = format!(
                "gate {} of task {} is held by {holder}, not {by}",
                data.gate, data.task
            );
            let because = gate.holder.as_ref().map(|(seq, _)| *seq);
            checked.add(
                Finding::new(Code::NotGateHolder, detail)
                    .on(&data.task)
                    .because(because),
            );
        }
    }

    /// Finds the gate, and the attempt whose work it is about: the newest, handed over.
    fn find_work(
        &self,
        checked: &mut Checked,
        (task, number, name): (&TaskId, AttemptNo, &GateName),
    ) -> Option<(TaskIx, &Gate, AttemptIx)> {
        let ix = self.refer(checked, task)?;
        let row = &self.tasks[ix];
        let Some(gate) = row.gates.iter().find(|gate| gate.spec.gate == *name) else {
            let names: Vec<&str> = row
                .gates
                .iter()
                .map(|gate| gate.spec.gate.as_str())
                .collect();
            let has = if names.is_empty() {
                "none".to_owned()
            } else {
                names.join(", ")
            };
            let detail = format!("task {task} has no gate {name}; it has {has}");
            checked.add(Finding::new(Code::UnknownGate, detail).on(task));
            return None;
        };
        let Some(attempt) = self.find_attempt(ix, number) else {
            let detail = format!("attempt {number} at task {task} was never dispatched");
            checked.add(Finding::new(Code::UnknownAttempt, detail).on(task));
            return None;
        };
        if row.token != Some(attempt) {
            let newest = row.token.map(|token| &self.attempts[token]);
            let because = newest.map(|token| token.dispatched.seq);
            let detail = format!("attempt {number} at task {task} is not the newest");
            checked.add(
                Finding::new(Code::StaleDecision, detail)
                    .on(task)
                    .because(because),
            );
            return None;
        }
        if !is_open_at(gate.spec.stage, row.status()) {
            let detail = format!(
                "task {task} is {}: gate {name} has nothing to judge",
                row.status()
            );
            let found = Finding::new(Code::GateNotOpen, detail).on(task);
            checked.add(found.because([row.since().seq]));
            return None;
        }
        Some((ix, gate, attempt))
    }

    /// Whether whoever a gate was given to is still there: another of the same name is not.
    // spec: GATE-2
    pub(crate) fn is_held(&self, gate: &Gate) -> bool {
        let is_live = |ix: IncarnationIx| self.incarnations[ix].status().is_live();
        gate.holder
            .as_ref()
            .is_some_and(|(_, holder)| match holder {
                Party::Agent(_) => gate.held_by.is_some_and(is_live),
                Party::Lead | Party::Host | Party::Human(_) => self.is_present(holder),
            })
    }

    /// A gate that comes before this one and has not passed.
    // spec: GATE-1
    pub(crate) fn before(&self, ix: TaskIx, gate: &Gate) -> Option<Finding> {
        let first = first_before(&self.tasks[ix].gates, gate)?;
        let detail = format!("gate {} opens after {}", gate.spec.gate, first.spec.gate);
        Some(Finding::new(Code::GateNotOpen, detail).because([first.since]))
    }

    // spec: GATE-3
    fn own_work(
        &self,
        task: &TaskId,
        gate: &GateName,
        party: &Party,
        attempt: AttemptIx,
    ) -> Finding {
        let detail = format!("{party} wrote what gate {gate} of task {task} judges");
        let because = self.attempts[attempt].dispatched.seq;
        Finding::new(Code::SelfApproval, detail)
            .on(task)
            .because([because])
    }
}

/// The first gate that has to pass before this one and has not.
// spec: GATE-1
pub(crate) fn first_before<'a>(gates: &'a [Gate], gate: &Gate) -> Option<&'a Gate> {
    let open = gates.iter().filter(|other| !other.status().has_passed());
    match &gate.spec.after {
        Some(after) => open
            .into_iter()
            .find(|other| after.contains(&other.spec.gate)),
        None => gates
            .iter()
            .take_while(|other| other.spec.gate != gate.spec.gate)
            .filter(|other| other.spec.stage == gate.spec.stage)
            .find(|other| !other.status().has_passed()),
    }
}

/// Whether a gate of this stage has work to judge while its task has this status.
const fn is_open_at(stage: GateStage, status: TaskStatus) -> bool {
    match stage {
        GateStage::Accept => matches!(status, TaskStatus::InReview | TaskStatus::Rework),
        GateStage::Deliver => matches!(status, TaskStatus::Accepted),
    }
}

/// The event of the table for a verdict.
pub(crate) const fn verdict_event(verdict: Verdict) -> GateEvent {
    match verdict {
        Verdict::Approved => GateEvent::Approved,
        Verdict::ChangesRequested => GateEvent::ChangesRequested,
        Verdict::Waived => GateEvent::Waived,
    }
}
