//! Gates, and delivering what passed them.

use orch_core::command::Command;
use orch_core::event::gate::{GateDecided, Verdict};
use orch_core::event::task::TaskDelivered;
use orch_core::ids::{AttemptNo, TaskId};
use orch_core::party::{Actor, Party};

use super::{Alphabet, first_task, itself, stranger, unknown_task};
use crate::world::{decide_gate, lead, request_gate};

impl Alphabet<'_> {
    pub(super) fn gates(&mut self) {
        for task in self.tasks() {
            for attempt in self.attempts() {
                for gate in self.scope.gates {
                    self.gate(&task, attempt, gate);
                }
            }
        }
        self.gates_out_of_scope();
        for task in self.tasks().into_iter().chain([unknown_task()]) {
            let delivered = Command::Deliver(TaskDelivered {
                task,
                note: String::new(),
            });
            self.lead(delivered.clone());
            self.symbols.extend(
                self.incarnations()
                    .first()
                    .map(|who| super::Symbol::new(&itself(who), delivered)),
            );
        }
    }

    fn gate(&mut self, task: &TaskId, attempt: AttemptNo, gate: &str) {
        let id = task.as_str();
        let names = self.names();
        let holders = names.iter().map(|name| format!("agent:{name}"));
        for holder in holders.chain(["human:ada".to_owned()]) {
            self.lead(request_gate(id, attempt.0, gate, &holder));
        }
        for who in self.incarnations() {
            // Who wrote the work may give it to whoever is to judge it.
            self.add(&itself(&who), request_gate(id, attempt.0, gate, "agent:b"));
        }
        let deciders: Vec<Actor> = self.incarnations().iter().map(itself).collect();
        for by in deciders.iter().chain([&lead()]) {
            for verdict in [
                Verdict::Approved,
                Verdict::ChangesRequested,
                Verdict::Waived,
            ] {
                self.add(by, decision(by, (id, attempt, gate), verdict, None));
            }
        }
        let judged = Some("3cb4f24");
        let approved = decision(&lead(), (id, attempt, gate), Verdict::Approved, judged);
        self.lead(approved);
    }

    fn gates_out_of_scope(&mut self) {
        let first = AttemptNo(1);
        let id = first_task();
        let beyond = AttemptNo(self.scope.caps.attempts.saturating_add(2));
        let gate = self.scope.gates.first().copied().unwrap_or("tester");
        let (id, unknown) = (id.as_str(), unknown_task());
        for place in [
            (unknown.as_str(), first, gate),
            (id, first, "none"),
            (id, beyond, gate),
        ] {
            self.lead(request_gate(place.0, place.1.0, place.2, "agent:b"));
            self.lead(decision(&lead(), place, Verdict::Approved, None));
        }
        self.lead(request_gate(id, 1, gate, "agent:ghost"));
        let place = (id, first, gate);
        let ghost = itself(&stranger());
        self.add(&ghost, decision(&ghost, place, Verdict::Approved, None));
        // In the name of somebody else.
        if let Some(who) = self.incarnations().first() {
            let forged = decision(&lead(), place, Verdict::Approved, None);
            self.add(&itself(who), forged);
        }
        if let Command::DecideGate(silent) = decision(&lead(), place, Verdict::Waived, None) {
            let reason = String::new();
            self.lead(Command::DecideGate(GateDecided { reason, ..silent }));
        }
    }
}

fn decision(
    by: &Actor,
    (task, attempt, gate): (&str, AttemptNo, &str),
    verdict: Verdict,
    revision: Option<&str>,
) -> Command {
    let party = by.party().unwrap_or(Party::Lead).to_string();
    let command = decide_gate(task, attempt.0, gate, &party, verdict);
    let Command::DecideGate(decided) = command else {
        return command;
    };
    Command::DecideGate(GateDecided {
        revision: revision.map(str::to_owned),
        reason: "as decided".to_owned(),
        ..decided
    })
}
