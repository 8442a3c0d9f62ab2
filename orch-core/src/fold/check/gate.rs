//! Checks of gates: who may hold one, and which work a decision judges.

use super::Checked;
use crate::anomaly::Finding;
use crate::codes::Code;
use crate::event::gate::{GateDecided, GateRequested, Verdict};
use crate::event::task::{GateSpec, GateStage};
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
    pub(super) fn check_gate_requested(
        &self,
        checked: &mut Checked,
        origin: Origin<'_>,
        data: &GateRequested,
    ) {
        let place = (&data.task, data.attempt, &data.gate);
        let Some((ix, gate, attempt)) = self.find_work(checked, place) else {
            return;
        };
        self.check_requester(checked, origin.by, data, (gate, attempt));
        if self.is_author(&data.holder, attempt) {
            checked.add(self.own_work(&data.task, &data.gate, &data.holder, attempt));
        }
        if let Party::Agent(name) = &data.holder {
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
                    let detail = format!("agent {name} {state}");
                    let found = Finding::new(code, detail).on(&data.task);
                    checked.add(if known {
                        found
                    } else {
                        found.unknown(name.as_str())
                    });
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
        if self.is_author(&data.decider, attempt) {
            checked.add(self.own_work(&data.task, &data.gate, &data.decider, attempt));
        }
        self.check_decider(checked, origin.by, data, gate);
        if let Some(closed) = self
            .closed
            .as_ref()
            .filter(|_| gate.spec.stage == GateStage::Accept)
        {
            let detail = format!("the mission was closed at {}", closed.moment.seq);
            let found = Finding::new(Code::AfterClose, detail).on(&data.task);
            checked.add(found.because([closed.moment.seq]));
        }
        checked.extend(self.other_work(ix, attempt, data));
        checked.extend(self.before(ix, gate).map(|finding| finding.on(&data.task)));
        if let Step::Already = gate.status().next(verdict_event(data.verdict)) {
            checked.already = Some(gate.since);
        }
    }

    /// Who may give a gate to somebody: the author of the work, who holds it, or authority.
    // spec: AUTH-1, GATE-2
    fn check_requester(
        &self,
        checked: &mut Checked,
        by: &Actor,
        data: &GateRequested,
        (gate, attempt): (&Gate, AttemptIx),
    ) {
        let is_author = by
            .agent()
            .is_some_and(|agent| self.is_incarnation(self.attempts[attempt].owner, agent));
        let holds = gate
            .holder
            .as_ref()
            .is_some_and(|(_, holder)| by.party().as_ref() == Some(holder));
        if !(is_author || holds && self.is_held(gate)) {
            let what = format!("give away gate {} of task {}", data.gate, data.task);
            self.check_authority(checked, by, &what);
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

    /// Whether a party, in its own name or as the lead, wrote what an attempt handed over.
    // spec: GATE-3
    fn is_author(&self, party: &Party, attempt: AttemptIx) -> bool {
        let author = self.agent_name(self.attempts[attempt].owner);
        let party = if *party == Party::Lead {
            self.lead()
        } else {
            Some(party)
        };
        matches!(party, Some(Party::Agent(name)) if name == author)
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

    /// A judgement of work that is not the newest, or that does not say which it is of.
    // spec: GATE-1
    fn other_work(&self, ix: TaskIx, attempt: AttemptIx, data: &GateDecided) -> Option<Finding> {
        let newest = self.attempts[attempt].revision.as_deref();
        let judged = data.revision.as_deref();
        // A waiver judges no work.
        if judged == newest || (judged.is_none() && data.verdict == Verdict::Waived) {
            return None;
        }
        let (judged, newest) = (judged.unwrap_or("not named"), newest.unwrap_or("not named"));
        let detail = format!(
            "gate {} of task {}: the revision judged is {judged}, the newest is {newest}",
            data.gate, data.task
        );
        let because = self.tasks[ix].last_handoff;
        Some(
            Finding::new(Code::StaleDecision, detail)
                .on(&data.task)
                .because(because),
        )
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

/// Whether each gate has a name of its own and opens after gates declared before it at its stage.
// spec: GATE-1
pub(super) fn bad_spec(specs: &[GateSpec]) -> Option<String> {
    specs.iter().enumerate().find_map(|(at, spec)| {
        let before = || specs.iter().take(at);
        if before().any(|other| other.gate == spec.gate) {
            return Some(format!("gate {} is declared twice", spec.gate));
        }
        let is_known = |name: &&GateName| {
            before().any(|other| other.gate == **name && other.stage == spec.stage)
        };
        let unknown = spec.after.iter().flatten().find(|name| !is_known(name))?;
        Some(format!(
            "gate {} opens after {unknown}, which is not before it",
            spec.gate
        ))
    })
}
