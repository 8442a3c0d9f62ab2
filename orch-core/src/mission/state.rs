//! Everything a mission knows: the tables, and the lookups over them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::agent::{Agent, Incarnation};
use super::attempt::Attempt;
use super::index::Index;
use super::names::Names;
use super::obligation::Obligation;
use super::table::{AgentIx, AttemptIx, IncarnationIx, ObligationIx, Table, TaskIx};
use super::task::{Moment, Task};
use super::trace::Trace;
use crate::anomaly::{Anomaly, LateEvidence};
use crate::event::attempt::Handoff;
use crate::event::mission::MissionOutcome;
use crate::event::talk::WaitRef;
use crate::ids::{
    AgentName, AgentRef, AttemptNo, Incarnation as Number, MissionId, RunId, Seq, TaskId,
};
use crate::party::{Actor, Party};
use crate::policy::{Clocks, Policy};
use crate::status::agent::AgentEvent;

/// The opening of the mission.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Opened {
    pub(crate) moment: Moment,
    pub(crate) title: Box<str>,
    pub(crate) lead: Party,
    pub(crate) rules: u32,
    pub(crate) empty: bool,
}

/// The end of a mission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Closed {
    /// The record that closed it.
    pub moment: Moment,
    /// How it ended.
    pub outcome: MissionOutcome,
    /// Whether it was closed over open work (COMPLETE-2).
    pub forced: bool,
    /// Why; untrusted text.
    pub reason: String,
}

/// A message, as far as the state needs it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct MessageRow {
    pub(crate) moment: Moment,
    pub(crate) from: Party,
    pub(crate) to: Party,
    pub(crate) task: Option<TaskIx>,
    pub(crate) undeliverable: bool,
    pub(crate) read: Option<Seq>,
}

/// A declared wait that is not over.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Wait {
    pub(crate) moment: Moment,
    pub(crate) on: WaitRef,
    pub(crate) until: Option<DateTime<Utc>>,
}

/// A finding of an importer that names a cause.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Told {
    pub(crate) moment: Moment,
    pub(crate) word: Box<str>,
    pub(crate) task: Option<TaskIx>,
}

/// A run: one sitting of an orchestrator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Run {
    /// When it started.
    pub started: Moment,
    /// When it ended; its counts are those of the mission at that position.
    pub ended: Option<Moment>,
}

/// What was read and has no effect on the state, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Tally {
    /// Records of kinds that this version does not know, by kind.
    pub unknown_kinds: BTreeMap<String, u64>,
    /// Fields that this version does not know, at any depth.
    pub unknown_fields: u64,
    /// Notes.
    pub notes: u64,
    /// Findings.
    pub findings: u64,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct State {
    pub(crate) mission: Option<MissionId>,
    pub(crate) head: Seq,
    pub(crate) head_at: Option<DateTime<Utc>>,
    /// The positions that were missing when the log went on: first and last of each stretch.
    pub(crate) missing: Vec<(Seq, Seq)>,
    pub(crate) opened: Option<Opened>,
    pub(crate) policy: Policy,
    /// The rules version of the log, when it is newer than this version knows (RULES-1).
    pub(crate) rules_newer: Option<u32>,
    pub(crate) closed: Option<Closed>,
    pub(crate) archived: Option<Moment>,
    /// The first dispatch of anything but a specification (COMPLETE-2).
    pub(crate) first_work: Option<Seq>,
    pub(crate) tasks: Table<TaskIx, Task>,
    pub(crate) attempts: Table<AttemptIx, Attempt>,
    pub(crate) agents: Table<AgentIx, Agent>,
    pub(crate) incarnations: Table<IncarnationIx, Incarnation>,
    pub(crate) obligations: Table<ObligationIx, Obligation>,
    pub(crate) open_attempts: BTreeSet<AttemptIx>,
    pub(crate) open_obligations: BTreeSet<ObligationIx>,
    pub(crate) specs: Vec<TaskIx>,
    /// Whether any task was ever superseded, which makes needs lead elsewhere.
    pub(crate) has_successors: bool,
    pub(crate) messages: BTreeMap<Seq, MessageRow>,
    pub(crate) waits: BTreeMap<WaitRef, Wait>,
    /// Handoffs and clean ends that nobody has read yet, by their records.
    pub(crate) unread_results: BTreeMap<Seq, TaskIx>,
    /// Handoffs that are late evidence, or that left their task `reported`: adoptable.
    pub(crate) adoptable: BTreeMap<Seq, Handoff>,
    /// Findings of importers that name a cause, until somebody has read them.
    pub(crate) told: BTreeMap<Seq, Told>,
    pub(crate) runs: BTreeMap<RunId, Run>,
    pub(crate) late: Vec<LateEvidence>,
    pub(crate) anomalies: Vec<Anomaly>,
    pub(crate) tally: Tally,
    /// The steps of the tables, for who counts them.
    #[serde(skip)]
    pub(crate) trace: Trace,
    #[serde(skip)]
    task_names: Names<TaskId, TaskIx>,
    #[serde(skip)]
    agent_names: Names<AgentName, AgentIx>,
    #[serde(skip)]
    pub(super) index: Index,
}

impl State {
    /// Fills the name tables and the index again, which a snapshot does not carry.
    pub(crate) fn index_rows(&mut self) {
        for (ix, task) in self.tasks.rows() {
            self.task_names.add(task.id.clone(), ix);
        }
        for (ix, agent) in self.agents.rows() {
            self.agent_names.add(agent.name.clone(), ix);
        }
        self.index_all();
    }

    /// Lets clones share all rows, until one of them writes to them; see [`Table::settle`].
    pub(crate) fn settle(&mut self) {
        self.tasks.settle();
        self.attempts.settle();
        self.agents.settle();
        self.incarnations.settle();
        self.obligations.settle();
    }

    /// What a clone that is taken now costs for good, in rows of whatever kind.
    pub(crate) fn n_unshared(&self) -> usize {
        [
            self.tasks.n_unshared(),
            self.attempts.n_unshared(),
            self.agents.n_unshared(),
            self.incarnations.n_unshared(),
            self.obligations.n_unshared(),
            self.task_names.n_unshared(),
            self.agent_names.n_unshared(),
            self.adoptable.len(),
            self.late.len(),
            self.anomalies.len(),
            self.told.len(),
            self.runs.len(),
            // These are no rows: they take a part of what one takes.
            self.messages.len() / 4,
            self.unread_results.len() / 32,
            self.open_attempts.len() / 64,
            self.open_obligations.len() / 64,
        ]
        .iter()
        .sum()
    }

    pub(crate) fn find_task(&self, id: &TaskId) -> Option<TaskIx> {
        self.task_names.find(id)
    }

    /// Finds the task, or makes a row for one that is referred to and was never declared.
    pub(crate) fn ensure_task(&mut self, id: &TaskId, now: Moment) -> TaskIx {
        if let Some(ix) = self.task_names.find(id) {
            return ix;
        }
        let ix = self.tasks.push(Task::new(id.clone(), now));
        self.task_names.add(id.clone(), ix);
        ix
    }

    pub(crate) fn find_agent(&self, name: &AgentName) -> Option<AgentIx> {
        self.agent_names.find(name)
    }

    pub(crate) fn ensure_agent(&mut self, name: &AgentName) -> AgentIx {
        if let Some(ix) = self.agent_names.find(name) {
            return ix;
        }
        let ix = self.agents.push(Agent::new(name.clone()));
        self.agent_names.add(name.clone(), ix);
        ix
    }

    pub(crate) fn find_incarnation(&self, agent: &AgentRef) -> Option<IncarnationIx> {
        let ix = self.find_agent(&agent.name)?;
        let of = &self.agents[ix].incarnations;
        // Numbers are 1, 2, 3 unless the log broke NAME-1, so the place is known; else look.
        let place = (agent.incarnation.0 as usize).checked_sub(1);
        let is_it = |&i: &IncarnationIx| self.incarnations[i].number == agent.incarnation;
        let at_place = place.and_then(|place| of.get(place)).copied().filter(is_it);
        at_place.or_else(|| of.iter().rev().copied().find(is_it))
    }

    /// Finds the incarnation, or makes a row for one that is referred to and never joined.
    pub(crate) fn ensure_incarnation(&mut self, agent: &AgentRef, now: Moment) -> IncarnationIx {
        if let Some(ix) = self.find_incarnation(agent) {
            return ix;
        }
        let is_taken = self.live_incarnation(&agent.name).is_some();
        let ix = self.add_incarnation(&agent.name, agent.incarnation, now);
        if is_taken {
            // Only a join can take a live name over, so this one cannot be there (NAME-1).
            self.step_incarnation(ix, AgentEvent::Left, now);
        }
        ix
    }

    pub(crate) fn add_incarnation(
        &mut self,
        name: &AgentName,
        number: Number,
        now: Moment,
    ) -> IncarnationIx {
        let agent = self.ensure_agent(name);
        let ix = self.incarnations.push(Incarnation::new(agent, number, now));
        let row = &mut self.agents[agent];
        row.incarnations.push(ix);
        row.last_number = row.last_number.max(number);
        row.live = row.live.or(Some(ix));
        ix
    }

    /// Takes a step of the ladder, and remembers whether the name is still taken.
    pub(crate) fn step_incarnation(&mut self, ix: IncarnationIx, event: AgentEvent, now: Moment) {
        self.incarnations[ix].step(event, now, &mut self.trace);
        let row = &self.incarnations[ix];
        let agent = &mut self.agents[row.agent];
        if agent.live == Some(ix) && !row.status().is_live() {
            agent.live = None;
        }
    }

    /// The live incarnation of a name, of which there is at most one (NAME-1).
    pub(crate) fn live_incarnation(&self, name: &AgentName) -> Option<IncarnationIx> {
        self.agents[self.find_agent(name)?].live
    }

    /// The number that the next incarnation of a name takes.
    pub(crate) fn next_incarnation(&self, name: &AgentName) -> Number {
        let used = self
            .find_agent(name)
            .map_or(0, |agent| self.agents[agent].last_number.0);
        Number(used.saturating_add(1))
    }

    /// The number that a join takes: the live one's, when it is an alias of it (NAME-1).
    // spec: NAME-1
    pub(crate) fn joining_number(&self, name: &AgentName, alias: bool) -> Number {
        let live = self.live_incarnation(name).filter(|_| alias);
        live.map_or_else(
            || self.next_incarnation(name),
            |live| self.incarnations[live].number,
        )
    }

    pub(crate) fn agent_ref(&self, ix: IncarnationIx) -> AgentRef {
        let incarnation = &self.incarnations[ix];
        AgentRef::new(
            self.agents[incarnation.agent].name.clone(),
            incarnation.number,
        )
    }

    /// Whether a row is that of an incarnation; cheaper than looking the incarnation up.
    pub(crate) fn is_incarnation(&self, ix: IncarnationIx, agent: &AgentRef) -> bool {
        self.incarnations[ix].number == agent.incarnation && *self.agent_name(ix) == agent.name
    }

    pub(crate) fn agent_name(&self, ix: IncarnationIx) -> &AgentName {
        &self.agents[self.incarnations[ix].agent].name
    }

    /// The attempt with this number at the task of this name.
    pub(crate) fn find_attempt_at(&self, task: &TaskId, number: AttemptNo) -> Option<AttemptIx> {
        self.find_attempt(self.find_task(task)?, number)
    }

    pub(crate) fn find_attempt(&self, task: TaskIx, number: AttemptNo) -> Option<AttemptIx> {
        let of = &self.tasks[task].attempts;
        // Numbers are 1, 2, 3 unless the log broke ID-1, so the place is known; else look.
        let place = (number.0 as usize)
            .checked_sub(1)
            .and_then(|place| of.get(place))
            .copied();
        match place {
            Some(ix) if self.attempts[ix].number == number => Some(ix),
            Some(_) | None => of
                .iter()
                .rev()
                .copied()
                .find(|&ix| self.attempts[ix].number == number),
        }
    }

    /// The number that the next attempt at a task takes (ID-1).
    pub(crate) fn next_attempt(&self, task: TaskIx) -> AttemptNo {
        self.tasks[task].last_number.next()
    }

    /// The obligations that a record opened. Rows stand in the order of their records.
    pub(crate) fn opened_at(&self, seq: Seq) -> Vec<ObligationIx> {
        let first = self.obligations.first_not(|owed| owed.opened.seq < seq);
        let after = self.obligations.rows_from(first);
        after
            .take_while(|(_, owed)| owed.opened.seq == seq)
            .map(|(ix, _)| ix)
            .collect()
    }

    /// The attempt that holds the token of its task and is still open.
    pub(crate) fn open_token(&self, task: TaskIx) -> Option<AttemptIx> {
        self.tasks[task]
            .token
            .filter(|&ix| !self.attempts[ix].is_closed())
    }

    pub(crate) fn lead(&self) -> Option<&Party> {
        self.opened.as_ref().map(|opened| &opened.lead)
    }

    /// Whether an actor may correct, waive, terminate, close and force.
    // spec: AUTH-1
    pub(crate) fn has_authority(&self, by: &Actor) -> bool {
        match by {
            Actor::Host | Actor::Human(_) | Actor::Import(_) => true,
            Actor::Agent(agent) => match self.lead() {
                Some(Party::Agent(lead)) => *lead == agent.name,
                Some(Party::Lead | Party::Host | Party::Human(_)) | None => false,
            },
        }
    }

    /// Whether a party is there: an agent that is not is gone, and cannot owe anything.
    pub(crate) fn is_present(&self, party: &Party) -> bool {
        match party {
            Party::Agent(name) => self.live_incarnation(name).is_some(),
            Party::Lead => self
                .lead()
                .is_none_or(|lead| *lead == Party::Lead || self.is_present(lead)),
            Party::Host | Party::Human(_) => true,
        }
    }

    /// The clocks of an attempt: those of its dispatch over its task's over the mission's.
    // spec: TIME-2
    pub(crate) fn clocks_of(&self, attempt: AttemptIx) -> Clocks {
        let row = &self.attempts[attempt];
        let task = self.task_clocks(row.task);
        row.limits
            .as_deref()
            .map_or(task, |limits| task.overridden_by(*limits))
    }

    pub(crate) fn task_clocks(&self, task: TaskIx) -> Clocks {
        let mission = self.policy.clocks;
        self.tasks[task]
            .limits
            .as_deref()
            .map_or(mission, |own| mission.overridden_by(own.clocks))
    }

    /// How many attempts may fail before a task is exhausted.
    pub(crate) fn max_attempts(&self, task: TaskIx) -> Option<u32> {
        let own = self.tasks[task]
            .limits
            .as_deref()
            .and_then(|limits| limits.max_attempts);
        own.or(self.policy.retry.max_attempts)
    }

    /// The attempts that take a place in flight (WIP-1).
    // spec: WIP-1
    pub(crate) fn in_flight(&self) -> impl Iterator<Item = AttemptIx> {
        let open = self.open_attempts.iter().copied();
        open.filter(|&ix| self.attempts[ix].status().is_in_flight())
    }
}
