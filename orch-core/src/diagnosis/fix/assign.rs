//! Fixes that give work to somebody: a task to an agent, a gate to a holder.

use chrono::{DateTime, Utc};

use crate::command::{Command, Join, Rebind};
use crate::diagnosis::Fix;
use crate::event::correction::Change;
use crate::event::gate::GateRequested;
use crate::ids::{AgentName, Label};
use crate::mission::gate::Gate;
use crate::mission::state::State;
use crate::mission::table::{AttemptIx, IncarnationIx, TaskIx};
use crate::party::{Actor, Party};
use crate::status::agent::AgentStatus;

/// How many agents are tried before another is asked to join.
const TRIED: usize = 8;

impl State {
    /// Hands a task out: to an agent that is there, or else to one that joins for it.
    pub(super) fn to_assign(&self, ix: TaskIx) -> Vec<Fix> {
        let task = &self.tasks[ix];
        let by = self.lead_actor();
        let to = self.agents_for(task.role.as_ref());
        let dispatches = to.into_iter().take(TRIED).map(|agent| {
            let name = self.agent_name(agent).clone();
            Fix::new(by.clone(), Command::dispatch(task.id.clone(), name))
        });
        let join = self.newcomer(task.role.as_ref());
        dispatches.chain(join).collect()
    }

    /// Gives a task to an agent that is there, whoever the log says has it.
    pub(super) fn to_rebind(&self, ix: TaskIx, not: Option<IncarnationIx>) -> Vec<Fix> {
        let task = &self.tasks[ix];
        let by = self.lead_actor();
        let agents = self.agents_for(task.role.as_ref()).into_iter();
        let others = agents.filter(|&agent| Some(agent) != not).take(TRIED);
        let rebind = |agent: IncarnationIx| rebind(self, ix, agent);
        others
            .map(|agent| Fix::new(by.clone(), rebind(agent)))
            .collect()
    }

    /// The one correction that ends a divergence: the task is with whoever carries it.
    // spec: CORRECT-3
    pub(super) fn to_converge(&self, ix: TaskIx) -> Vec<Fix> {
        let by = self.lead_actor();
        let carriers = self.tasks[ix].carriers.iter();
        let to = carriers.filter(|&&agent| self.is_diverging(ix, agent));
        to.map(|&agent| Fix::new(by.clone(), rebind(self, ix, agent)))
            .collect()
    }

    /// Gives a gate to somebody who may decide it; agents whose role is called like it come first.
    // spec: GATE-2, GATE-3
    pub(super) fn to_request(&self, ix: TaskIx, gate: &Gate, token: AttemptIx) -> Vec<Fix> {
        let by = self.lead_actor();
        let role = Label::parse(gate.spec.gate.as_str()).ok();
        let author = self.attempts[token].owner;
        let others = self.agents_for(role.as_ref()).into_iter();
        let others = others.filter(|&agent| agent != author).take(TRIED);
        let holders = others.map(|agent| Party::Agent(self.agent_name(agent).clone()));
        let rulers = self.rulers().into_iter().filter_map(|ruler| ruler.party());
        let requests = holders.chain(rulers).map(|holder| {
            Command::RequestGate(GateRequested {
                task: self.tasks[ix].id.clone(),
                attempt: self.attempts[token].number,
                gate: gate.spec.gate.clone(),
                holder,
            })
        });
        requests
            .map(|request| Fix::new(by.clone(), request))
            .collect()
    }

    /// The agents that can be given work: those that joined before those that are only named, then
    /// those with the role, then those with least to do.
    fn agents_for(&self, role: Option<&Label>) -> Vec<IncarnationIx> {
        let live = self.agents.rows().filter_map(|(_, agent)| agent.live);
        let live = live.filter(|&ix| self.incarnations[ix].status() == AgentStatus::Live);
        let mut ranked: Vec<(bool, bool, usize, IncarnationIx)> = live
            .map(|ix| {
                let row = &self.incarnations[ix];
                let lacks = role.is_some_and(|role| !row.roles.contains(role));
                (row.implicit, lacks, row.open.len(), ix)
            })
            .collect();
        ranked.sort_unstable();
        ranked.into_iter().map(|(.., ix)| ix).collect()
    }

    /// Has an agent join that is not there, under a name that nobody has.
    // spec: NAME-1
    fn newcomer(&self, role: Option<&Label>) -> Option<Fix> {
        let gone = self.agents.rows().filter(|(_, agent)| agent.live.is_none());
        let gone = gone.map(|(_, agent)| agent.name.clone()).next();
        let base = role.map_or("worker", Label::as_str);
        let named = |n: usize| AgentName::parse(&format!("{base}-{n}")).ok();
        let is_free = |name: &AgentName| self.live_incarnation(name).is_none();
        let new = || {
            (1..=self.agents.len().saturating_add(1))
                .filter_map(named)
                .find(is_free)
        };
        let join = Command::Join(Join {
            agent: gone.or_else(new)?,
            roles: role.into_iter().cloned().collect(),
            session: None,
            alias: false,
        });
        Some(Fix::new(Actor::Host, join))
    }

    /// Frees a place in flight: what brings one of the attempts forward that fill it. One that waits
    /// for a lock instead is let go.
    // spec: WIP-1
    pub(super) fn to_free_a_place(&self, ix: TaskIx, now: DateTime<Utc>) -> Vec<Fix> {
        let holders = self.wip_full(ix, None).map(|(_, _, holders)| holders);
        let held = holders.into_iter().flatten();
        let tasks = held.map(|holder| self.attempts[holder].task);
        let blockers = tasks.flat_map(|task| self.blockers_of(task, now));
        let forward = blockers.flat_map(|one| self.candidates(&one, now));
        let let_go = self.by_lead(self.change(ix, Change::Unblock));
        std::iter::once(let_go).chain(forward).collect()
    }
}

fn rebind(state: &State, ix: TaskIx, agent: IncarnationIx) -> Command {
    Command::Rebind(Rebind {
        task: state.tasks[ix].id.clone(),
        to: state.agent_name(agent).clone(),
        reason: "the work is with this agent".to_owned(),
        supersedes: Vec::new(),
    })
}
