//! How long each task was in each of its states.

use std::collections::BTreeMap;

use super::History;
use crate::ids::{AgentRef, AttemptNo, GateName, Seq, TaskId};
use crate::mission::Mission;
use crate::mission::state::State;
use crate::mission::table::TaskIx;
use crate::mission::task::Moment;
use crate::status::gate::GateStatus;
use crate::status::task::TaskStatus;

/// A stretch of the log during which a task stayed as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Span {
    /// The task.
    pub task: TaskId,
    /// Where it stood.
    pub status: TaskStatus,
    /// The attempt that held its token; `None` before the first.
    pub attempt: Option<AttemptNo>,
    /// Who owned that attempt; `None` once it was closed.
    pub owner: Option<AgentRef>,
    /// The gate that it waited for, while it was in review, and whether somebody held it who was
    /// there.
    pub gate: Option<(GateName, bool)>,
    /// The record with which it began.
    pub from: Moment,
    /// The record that ended it; `None` for the last one.
    pub to: Option<Moment>,
}

impl History {
    /// Lists the spans of every task up to a position, in the order in which they begin.
    ///
    /// Of attempts beside each other, only the one with the token is told.
    pub fn spans(&self, seq: Seq) -> Vec<Span> {
        let mut mission = Mission::new();
        let mut spans: Vec<Span> = Vec::new();
        let mut last: BTreeMap<TaskIx, usize> = BTreeMap::new();
        for record in self.records_from(0, seq) {
            mission.apply(record);
            let now = Moment {
                seq: record.seq(),
                at: record.at(),
            };
            let state = &mission.state;
            let tasks = state.tasks.written().map(|(ix, _)| ix);
            // Whether a task has an owner lies in the row of its attempt.
            let attempts = state.attempts.written().map(|(_, row)| row.task);
            // Whoever holds a gate may leave: that is written in the row of the agent.
            let has_agents = state.incarnations.written().next().is_some();
            let judged = last.iter().filter(|(_, at)| {
                let span = spans.get(**at);
                has_agents && span.is_some_and(|span| span.gate.is_some())
            });
            let judged: Vec<TaskIx> = judged.map(|(ix, _)| *ix).collect();
            for ix in tasks.chain(attempts).chain(judged) {
                let next = state.span(ix, now);
                let before = last.get(&ix).and_then(|&at| spans.get_mut(at));
                if let Some(before) = before {
                    if before.is_like(&next) {
                        continue;
                    }
                    before.to = Some(now);
                }
                last.insert(ix, spans.len());
                spans.push(next);
            }
            mission.state.settle();
        }
        spans
    }
}

impl Span {
    /// Whether two spans of a task are one.
    fn is_like(&self, other: &Self) -> bool {
        self.status == other.status
            && self.attempt == other.attempt
            && self.owner == other.owner
            && self.gate == other.gate
    }
}

impl State {
    fn span(&self, ix: TaskIx, from: Moment) -> Span {
        let row = &self.tasks[ix];
        let token = row.token.map(|token| &self.attempts[token]);
        let owner = token.filter(|token| !token.is_closed());
        let is_in_review = row.status() == TaskStatus::InReview;
        let mut gates = row.gates.iter().filter(|_| is_in_review);
        let gate = gates.find_map(|gate| match gate.status() {
            GateStatus::Open | GateStatus::ChangesRequested => Some((&gate.spec.gate, false)),
            GateStatus::Requested => Some((&gate.spec.gate, self.is_held(gate))),
            GateStatus::Approved | GateStatus::Waived => None,
        });
        Span {
            task: row.id.clone(),
            status: row.status(),
            attempt: token.map(|token| token.number),
            owner: owner.map(|owner| self.agent_ref(owner.owner)),
            gate: gate.map(|(gate, is_held)| (gate.clone(), is_held)),
            from,
            to: None,
        }
    }
}
