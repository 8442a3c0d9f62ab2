//! The wait-for graph: who waits for whom, for what kind of thing, and since which record.
//!
//! ```text
//! task ──need, spec──▶ task      task ──answer, gate, unblocking, work──▶ agent
//! task, agent ──wait──▶ task, agent, lock, job
//! task ──slot──▶ task in flight  agent ──work──▶ what it works on, when all of it waits
//! ```
//! Humans, the host and a lead that is no agent wait for nothing in the log, so nothing goes through
//! them. The graph is not stored: its edges are read off the rows, node by node.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::event::talk::WaitRef;
use crate::event::task::GateStage;
use crate::fold::check::first_before;
use crate::ids::Seq;
use crate::mission::obligation::ObligationKind;
use crate::mission::state::State;
use crate::mission::table::{AgentIx, TaskIx};
use crate::mission::task::Moment;
use crate::party::Party;
use crate::status::task::TaskStatus;
use crate::status::words;

words! {
    /// What one waits for another for.
    WaitKind {
        /// Its acceptance: the task needs the other.
        Need = "need",
        /// Its acceptance: the other is a specification beside the task.
        Spec = "spec",
        /// Something it said itself.
        Wait = "wait",
        /// An answer.
        Answer = "answer",
        /// Something that a task was handed back blocked on.
        Unblocking = "unblocking",
        /// The decision of a gate.
        Gate = "gate",
        /// Its place in flight.
        Slot = "slot",
        /// Its work: the task is in its hands, or it is the task that keeps it busy.
        Work = "work",
    }
}

impl WaitKind {
    /// Whether any one of several is enough, rather than all of them.
    pub(super) const fn is_any(self) -> bool {
        matches!(self, Self::Slot | Self::Work)
    }

    pub(super) const fn verb(self) -> &'static str {
        match self {
            Self::Need => "needs",
            Self::Spec => "comes after",
            Self::Wait => "waits for",
            Self::Answer => "waits for an answer of",
            Self::Unblocking => "is blocked on",
            Self::Gate => "waits for a decision of",
            Self::Slot => "waits for the place of",
            Self::Work => "is held up by",
        }
    }
}

/// One step of a ring of waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct WaitStep {
    /// Who waits.
    pub who: WaitRef,
    /// For what.
    pub kind: WaitKind,
    /// For whom.
    pub on: WaitRef,
    /// The record that made it wait (FOLD-3).
    pub since: Seq,
}

/// Somebody or something that waits or is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Node<'a> {
    Task(TaskIx),
    Agent(AgentIx),
    /// A lock or a job.
    Outside(&'a WaitRef),
}

/// One wait.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edge<'a> {
    pub(super) kind: WaitKind,
    pub(super) on: Node<'a>,
    pub(super) since: Moment,
}

impl State {
    /// What a node waits for, read off its rows.
    // spec: DEP-3, GATE-2, NOTE-1, WIP-1
    pub(super) fn waits_of(&self, node: Node<'_>, now: DateTime<Utc>) -> Vec<Edge<'_>> {
        let mut found = Vec::new();
        match node {
            Node::Task(ix) => self.waits_of_task(ix, now, &mut found),
            Node::Agent(agent) => self.waits_of_agent(agent, now, &mut found),
            Node::Outside(it) => found.extend(self.declared(it, now)),
        }
        found
    }

    fn waits_of_task<'a>(&'a self, ix: TaskIx, now: DateTime<Utc>, found: &mut Vec<Edge<'a>>) {
        let task = &self.tasks[ix];
        match task.status() {
            TaskStatus::Open => {
                self.waits_on_tasks(ix, found);
                found.extend(self.declared_of(ix, now));
                if found.is_empty() {
                    self.waits_for_a_place(ix, found);
                }
            }
            TaskStatus::Dispatched | TaskStatus::Running | TaskStatus::Rework => {
                found.extend(self.asked(ix));
                found.extend(self.declared_of(ix, now));
                // What waits for somebody else, in the log or outside, does not wait for its owner.
                let is_elsewhere = self.open_question(ix).is_some() || !found.is_empty();
                if let Some(token) = self.open_token(ix).filter(|_| !is_elsewhere) {
                    let attempt = &self.attempts[token];
                    found.push(Edge {
                        kind: WaitKind::Work,
                        on: Node::Agent(self.incarnations[attempt.owner].agent),
                        since: attempt.dispatched,
                    });
                }
            }
            TaskStatus::Blocked => {
                let mut owed = self.owed_on(ix);
                let owed = owed.find(|owed| owed.kind == ObligationKind::Unblocking);
                found.extend(owed.and_then(|owed| {
                    self.edge_to(WaitKind::Unblocking, &owed.owed_by, owed.opened)
                }));
            }
            TaskStatus::InReview => self.waits_for_gates(ix, found),
            TaskStatus::Reported
            | TaskStatus::Accepted
            | TaskStatus::Delivered
            | TaskStatus::Failed
            | TaskStatus::Exhausted
            | TaskStatus::Skipped
            | TaskStatus::Cancelled
            | TaskStatus::Superseded
            | TaskStatus::OutcomeUnknown => {}
        }
    }

    /// The tasks that an open task needs, and the specifications that come before it.
    pub(super) fn waits_on_tasks<'a>(&'a self, ix: TaskIx, found: &mut Vec<Edge<'a>>) {
        let needs = self.unmet_needs(ix).map(|need| {
            let end = self.end_of(need.task).unwrap_or(need.task);
            (WaitKind::Need, end, need.since)
        });
        let declared = self.tasks[ix].declared;
        let specs = self.unmet_specs(ix);
        let specs = specs.map(|spec| {
            let since = declared.max_by_seq(self.tasks[spec].declared);
            (WaitKind::Spec, self.end_of(spec).unwrap_or(spec), since)
        });
        let edges = needs.chain(specs).map(|(kind, end, since)| Edge {
            kind,
            on: Node::Task(end),
            since,
        });
        found.extend(edges);
    }

    fn waits_for_a_place<'a>(&'a self, ix: TaskIx, found: &mut Vec<Edge<'a>>) {
        let holders = self.wip_full(ix, None).map(|(_, _, holders)| holders);
        let edges = holders.into_iter().flatten().map(|holder| {
            let attempt = &self.attempts[holder];
            Edge {
                kind: WaitKind::Slot,
                on: Node::Task(attempt.task),
                since: attempt.dispatched,
            }
        });
        found.extend(edges);
    }

    fn waits_for_gates<'a>(&'a self, ix: TaskIx, found: &mut Vec<Edge<'a>>) {
        let gates = &self.tasks[ix].gates;
        let open = gates.iter().filter(|gate| {
            gate.spec.stage == GateStage::Accept
                && !gate.status().has_passed()
                && first_before(gates, gate).is_none()
                && self.is_held(gate)
        });
        let edges = open.filter_map(|gate| {
            let (_, holder) = gate.holder.as_ref()?;
            self.edge_to(WaitKind::Gate, holder, gate.held_since?)
        });
        found.extend(edges);
    }

    /// The question that keeps the owner of a task waiting.
    fn asked(&self, ix: TaskIx) -> Option<Edge<'_>> {
        let owed = self.open_question(ix)?;
        self.edge_to(WaitKind::Answer, &owed.owed_by, owed.opened)
    }

    /// The wait of a task that is said to hold it back.
    fn declared_of(&self, ix: TaskIx, now: DateTime<Utc>) -> Option<Edge<'_>> {
        let wait = self.hold(ix, now)?;
        self.wait_edge(&wait.on, wait.moment)
    }

    /// An agent waits for what it says, for answers that are about no task, and for what it works
    /// on when all of that waits: only then has it nothing else to do.
    fn waits_of_agent<'a>(&'a self, agent: AgentIx, now: DateTime<Utc>, found: &mut Vec<Edge<'a>>) {
        let row = &self.agents[agent];
        let Some(live) = row.live else { return };
        found.extend(self.declared(&WaitRef::Agent(row.name.clone()), now));
        let open = self
            .open_obligations
            .iter()
            .map(|&ix| &self.obligations[ix]);
        let is_asker =
            |asker: &Option<Party>| matches!(asker, Some(Party::Agent(name)) if *name == row.name);
        let asked = open.filter(|owed| owed.kind == ObligationKind::Answer && owed.task.is_none());
        let asked = asked.filter(|owed| is_asker(&owed.owed_to));
        found.extend(
            asked.filter_map(|owed| self.edge_to(WaitKind::Answer, &owed.owed_by, owed.opened)),
        );
        if !found.is_empty() {
            return;
        }
        let held = self.incarnations[live].open.iter();
        let held = held.map(|&it| &self.attempts[it]);
        for attempt in held.filter(|attempt| attempt.status().is_in_flight()) {
            let wait = self
                .asked(attempt.task)
                .or_else(|| self.declared_of(attempt.task, now));
            let is_elsewhere = self.open_question(attempt.task).is_some();
            if wait.is_none() && !is_elsewhere {
                // It can go on with this one.
                found.clear();
                return;
            }
            found.push(Edge {
                kind: WaitKind::Work,
                on: Node::Task(attempt.task),
                since: wait.map_or(attempt.dispatched, |wait| wait.since),
            });
        }
    }

    fn declared(&self, who: &WaitRef, now: DateTime<Utc>) -> Option<Edge<'_>> {
        let wait = self.standing_wait(who, now)?;
        self.wait_edge(&wait.on, wait.moment)
    }

    fn wait_edge<'a>(&'a self, on: &'a WaitRef, since: Moment) -> Option<Edge<'a>> {
        let on = match on {
            WaitRef::Task(id) => Node::Task(self.find_task(id)?),
            WaitRef::Agent(name) => Node::Agent(self.find_agent(name)?),
            WaitRef::Lock(_) | WaitRef::Job(_) => Node::Outside(on),
        };
        let kind = WaitKind::Wait;
        Some(Edge { kind, on, since })
    }

    /// A wait for a party; `None` for one that nothing in the log keeps from acting.
    fn edge_to(&self, kind: WaitKind, party: &Party, since: Moment) -> Option<Edge<'_>> {
        let party = if *party == Party::Lead {
            self.lead()?
        } else {
            party
        };
        let Party::Agent(name) = party else {
            return None;
        };
        let agent = self.find_agent(name)?;
        self.agents[agent].live?;
        let on = Node::Agent(agent);
        Some(Edge { kind, on, since })
    }

    /// Where waits of other kinds than needs begin: every ring that is not one of needs has one.
    pub(super) fn waiters(&self, now: DateTime<Utc>) -> Vec<Node<'_>> {
        let declared = self
            .waits
            .keys()
            .filter(|who| self.standing_wait(who, now).is_some());
        let declared = declared.filter_map(|who| match who {
            WaitRef::Task(id) => self.find_task(id).map(Node::Task),
            WaitRef::Agent(name) => self.find_agent(name).map(Node::Agent),
            WaitRef::Lock(_) | WaitRef::Job(_) => Some(Node::Outside(who)),
        });
        let owed = self
            .open_obligations
            .iter()
            .map(|&ix| &self.obligations[ix]);
        let asking = owed.filter_map(|owed| match (owed.kind, owed.task, &owed.owed_to) {
            (ObligationKind::Answer | ObligationKind::Unblocking, Some(task), _) => {
                self.edge_to(WaitKind::Answer, &owed.owed_by, owed.opened)?;
                Some(Node::Task(task))
            }
            (ObligationKind::Answer, None, Some(Party::Agent(name))) => {
                self.find_agent(name).map(Node::Agent)
            }
            _ => None,
        });
        declared.chain(asking).collect()
    }

    pub(super) fn name_of(&self, node: Node<'_>) -> WaitRef {
        match node {
            Node::Task(ix) => WaitRef::Task(self.tasks[ix].id.clone()),
            Node::Agent(ix) => WaitRef::Agent(self.agents[ix].name.clone()),
            Node::Outside(it) => it.clone(),
        }
    }
}
