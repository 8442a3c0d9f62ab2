//! Reading agents, and where what they carry contradicts the log.

use serde::Serialize;

use crate::event::correction::Change;
use crate::ids::{AgentName, AgentRef, AttemptNo, Label, Seq, TaskId};
use crate::mission::Mission;
use crate::mission::state::State;
use crate::mission::table::{IncarnationIx, TaskIx};
use crate::mission::task::Moment;
use crate::status::agent::AgentStatus;

/// One incarnation of an agent, as the log up to here makes it.
#[derive(Debug, Clone, Copy)]
pub struct AgentView<'a> {
    state: &'a State,
    ix: IncarnationIx,
}

/// An inventory that contradicts the log about who has a task (CORRECT-3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Divergence {
    /// The agent that really carries the task.
    pub agent: AgentRef,
    /// The task.
    pub task: TaskId,
    /// The attempt that it carries.
    pub carried: AttemptNo,
    /// Who has the task by the log.
    pub owner: Option<AgentRef>,
    /// The one correction that would end it; `None` when the agent should let go instead: the task
    /// has ended, its owner carries it too, or a later inventory of somebody else lists it.
    pub correction: Option<Change>,
    /// The inventory, and the record that put the task where it is.
    pub because: Vec<Seq>,
}

impl Mission {
    /// Returns every incarnation, in the order in which the log first names them.
    pub fn agents(&self) -> impl Iterator<Item = AgentView<'_>> {
        self.state.incarnations.rows().map(|(ix, _)| AgentView {
            state: &self.state,
            ix,
        })
    }

    /// Looks an incarnation up.
    pub fn agent(&self, agent: &AgentRef) -> Option<AgentView<'_>> {
        self.state.find_incarnation(agent).map(|ix| AgentView {
            state: &self.state,
            ix,
        })
    }

    /// Looks up the live incarnation of a name, of which there is at most one (NAME-1).
    pub fn live_agent(&self, name: &AgentName) -> Option<AgentView<'_>> {
        self.state.live_incarnation(name).map(|ix| AgentView {
            state: &self.state,
            ix,
        })
    }

    /// Lists where the last inventories contradict the log.
    // spec: CORRECT-3
    pub fn divergences(&self) -> Vec<Divergence> {
        let state = &self.state;
        let mut found = Vec::new();
        for (ix, incarnation) in state.incarnations.rows() {
            let Some((seq, carries)) = &incarnation.carries else {
                continue;
            };
            if !incarnation.status().is_live() {
                continue;
            }
            for carried in carries {
                found.extend(state.divergence(ix, *seq, &carried.task, carried.attempt));
            }
        }
        found
    }
}

impl State {
    /// Whether the last inventory of an agent that is there contradicts the log about a task.
    pub(crate) fn is_diverging(&self, task: TaskIx, agent: IncarnationIx) -> bool {
        let row = &self.incarnations[agent];
        let id = &self.tasks[task].id;
        let carries = row.carries.as_ref().filter(|_| row.status().is_live());
        carries.is_some_and(|(seq, carries)| {
            let carried = carries.iter().find(|carried| carried.task == *id);
            let found = carried.and_then(|it| self.divergence(agent, *seq, id, it.attempt));
            found.is_some()
        })
    }

    /// The last record that gave the task to somebody or took it back.
    fn last_handover(&self, ix: TaskIx) -> Seq {
        let token = self.tasks[ix].token.map(|token| &self.attempts[token]);
        token.map_or(Seq::ZERO, |attempt| {
            attempt
                .closed
                .map_or(attempt.dispatched.seq, |(closed, _)| closed.seq)
        })
    }

    pub(crate) fn divergence(
        &self,
        agent: IncarnationIx,
        seq: Seq,
        task: &TaskId,
        carried: AttemptNo,
    ) -> Option<Divergence> {
        let known = self.find_task(task);
        let token = known
            .and_then(|ix| self.open_token(ix))
            .map(|ix| &self.attempts[ix]);
        if token.is_some_and(|token| token.owner == agent) {
            return None;
        }
        // An inventory from before the task was last handed out or given back says nothing now.
        if known.is_some_and(|ix| self.last_handover(ix) > seq) {
            return None;
        }
        let row = known.map(|ix| &self.tasks[ix]);
        let ended = row.filter(|row| row.status().is_ended());
        if ended.is_some_and(|row| row.since().seq > seq) {
            return None;
        }
        let rebind = || Change::Rebind {
            to: self.agent_ref(agent),
            attempt: known.map_or(AttemptNo(1), |ix| self.next_attempt(ix)),
        };
        Some(Divergence {
            agent: self.agent_ref(agent),
            task: task.clone(),
            carried,
            owner: token.map(|token| self.agent_ref(token.owner)),
            correction: (ended.is_none() && self.is_first_claim(agent, seq, task)).then(rebind),
            because: std::iter::once(seq)
                .chain(row.map(|row| row.since().seq))
                .collect(),
        })
    }
}

impl State {
    /// Whether an agent that carries a task without owning it has the best claim to it: of several,
    /// the owner does, and else the one whose inventory is the newest. Without an order between
    /// them each rebind would make the next divergence.
    // spec: CORRECT-3
    fn is_first_claim(&self, agent: IncarnationIx, seq: Seq, task: &TaskId) -> bool {
        let Some(ix) = self.find_task(task) else {
            return true;
        };
        let owner = self.open_token(ix).map(|token| self.attempts[token].owner);
        let since = self.last_handover(ix);
        let claims = self.tasks[ix].carriers.iter().filter_map(|&other| {
            let row = &self.incarnations[other];
            let (listed, _) = row.carries.as_ref()?;
            (row.status().is_live() && *listed >= since).then_some((other, *listed))
        });
        claims
            .filter(|(other, _)| *other != agent)
            .all(|(other, listed)| owner != Some(other) && listed < seq)
    }
}

impl<'a> AgentView<'a> {
    /// Returns the incarnation.
    pub fn agent(&self) -> AgentRef {
        self.state.agent_ref(self.ix)
    }

    /// Returns where it stands.
    pub fn status(&self) -> AgentStatus {
        self.state.incarnations[self.ix].status()
    }

    /// Returns the record that put it there.
    pub fn since(&self) -> Moment {
        self.state.incarnations[self.ix].since()
    }

    /// Returns the record with which it joined, or was first named.
    pub fn joined(&self) -> Moment {
        self.state.incarnations[self.ix].joined
    }

    /// Returns what it can do.
    pub fn roles(&self) -> &'a [Label] {
        &self.state.incarnations[self.ix].roles
    }

    /// Returns whether only references, or an importer, say that it exists.
    pub fn is_implicit(&self) -> bool {
        self.state.incarnations[self.ix].implicit
    }

    /// Returns the open attempts that it owns.
    pub fn holds(&self) -> impl Iterator<Item = super::AttemptView<'a>> {
        let state = self.state;
        let open = state.incarnations[self.ix].open.iter();
        open.map(move |&ix| super::AttemptView { state, ix })
    }
}
