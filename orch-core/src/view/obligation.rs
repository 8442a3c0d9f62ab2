//! What is owed, by whom.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::ids::{AgentRef, AttemptNo, GateName, Seq, TaskId};
use crate::mission::Mission;
use crate::mission::obligation::{Obligation, ObligationKind};
use crate::mission::state::State;
use crate::mission::table::{IncarnationIx, TaskIx};
use crate::mission::task::Moment;
use crate::party::Party;
use crate::status::gate::GateStatus;

/// One open obligation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OwedView {
    /// What is owed.
    pub kind: ObligationKind,
    /// Who owed it first.
    pub owed_by: Party,
    /// Who owes the next move: the lead, when whoever owed it is gone (RETRY-2).
    pub next: Party,
    /// The task it is about.
    pub task: Option<TaskId>,
    /// The attempt it is about.
    pub attempt: Option<AttemptNo>,
    /// The gate, for a gate decision.
    pub gate: Option<GateName>,
    /// The incarnation, for an acknowledgement.
    pub agent: Option<AgentRef>,
    /// The record that opened it (FOLD-3).
    pub opened: Moment,
    /// When it is due, if a clock runs on it.
    pub due: Option<DateTime<Utc>>,
    /// The record that says that its clock ran out.
    pub expired: Option<Seq>,
}

impl Mission {
    /// Lists every open obligation, in the order in which they were opened.
    // spec: NOTE-1
    pub fn obligations(&self) -> Vec<OwedView> {
        let state = &self.state;
        let mut owed: Vec<OwedView> = state
            .open_obligations
            .iter()
            .map(|&ix| state.owed_view(&state.obligations[ix]))
            .collect();
        owed.extend(state.gate_decisions());
        owed.sort_by_key(|owed| owed.opened.seq);
        owed
    }
}

impl State {
    fn owed_view(&self, owed: &Obligation) -> OwedView {
        OwedView {
            kind: owed.kind,
            owed_by: owed.owed_by.clone(),
            next: self.next_owing(owed),
            task: owed.task.map(|ix| self.tasks[ix].id.clone()),
            attempt: owed.attempt.map(|ix| self.attempts[ix].number),
            gate: None,
            agent: owed.incarnation.map(|ix| self.agent_ref(ix)),
            opened: owed.opened,
            due: owed.due,
            expired: owed.expired,
        }
    }

    /// The gates that somebody holds and owes a decision on.
    // spec: GATE-2
    pub(crate) fn gate_decisions(&self) -> impl Iterator<Item = OwedView> {
        self.tasks.rows().flat_map(move |(_, task)| {
            let held = task
                .gates
                .iter()
                .filter(|gate| gate.status() == GateStatus::Requested);
            held.filter_map(move |gate| {
                let (_, holder) = gate.holder.as_ref()?;
                Some(OwedView {
                    kind: ObligationKind::GateDecision,
                    owed_by: holder.clone(),
                    next: if self.is_held(gate) {
                        holder.clone()
                    } else {
                        Party::Lead
                    },
                    task: Some(task.id.clone()),
                    attempt: task.token.map(|ix| self.attempts[ix].number),
                    gate: Some(gate.spec.gate.clone()),
                    agent: None,
                    opened: gate.held_since?,
                    due: None,
                    expired: None,
                })
            })
        })
    }

    /// Who makes the next move on an obligation: the lead, once its clock ran out (TIME-3).
    // spec: TIME-3
    pub(crate) fn next_owing(&self, owed: &Obligation) -> Party {
        if owed.expired.is_some() {
            Party::Lead
        } else {
            self.next_for(&owed.owed_by)
        }
    }

    /// Who makes the next move for a party: the lead, when the party is gone.
    // spec: RETRY-2, GATE-2
    pub(crate) fn next_for(&self, party: &Party) -> Party {
        if self.is_present(party) {
            party.clone()
        } else {
            Party::Lead
        }
    }

    /// Who makes the next move on an attempt: the lead, when the incarnation that owns it is gone,
    /// because another of its name cannot report for it (FENCE-1).
    // spec: RETRY-2, FENCE-1
    pub(crate) fn owner_or_lead(&self, owner: IncarnationIx) -> Party {
        if self.incarnations[owner].status().is_live() {
            Party::Agent(self.agent_name(owner).clone())
        } else {
            Party::Lead
        }
    }

    /// An open obligation that a record opened.
    pub(crate) fn owed_at(
        &self,
        seq: Seq,
        fits: impl Fn(ObligationKind) -> bool,
    ) -> Option<&Obligation> {
        let opened = self.opened_at(seq).into_iter();
        let open = opened.filter(|ix| self.open_obligations.contains(ix));
        open.map(|ix| &self.obligations[ix])
            .find(|owed| fits(owed.kind))
    }

    /// What is owed about a task, open obligations only.
    pub(crate) fn owed_on(&self, task: TaskIx) -> impl Iterator<Item = &Obligation> {
        let owed = self.tasks[task].owed.iter();
        let open = owed.filter(|ix| self.open_obligations.contains(ix));
        open.map(|ix| &self.obligations[*ix])
    }

    pub(crate) fn is_owed_at(&self, seq: Seq) -> bool {
        self.owed_at(seq, |_| true).is_some()
    }

    /// The acknowledgement that an incarnation owes.
    pub(crate) fn owed_ack(&self, incarnation: IncarnationIx) -> Option<&Obligation> {
        let open = self
            .open_obligations
            .iter()
            .map(|&ix| &self.obligations[ix]);
        open.into_iter()
            .find(|owed| owed.incarnation == Some(incarnation))
    }
}
