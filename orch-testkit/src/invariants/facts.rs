//! What a mission says about everything in it, positions and words left out: for comparing two.

use std::collections::BTreeMap;

use orch_core::ids::{AgentRef, AttemptNo, GateName, Seq, TaskId};
use orch_core::mission::{Counters, Mission, ObligationKind};
use orch_core::party::Party;
use orch_core::status::agent::AgentStatus;
use orch_core::status::attempt::AttemptStatus;
use orch_core::status::gate::GateStatus;
use orch_core::status::task::TaskStatus;

/// An attempt: its number, its owner and where it stands.
pub(super) type Held = (AttemptNo, AgentRef, AttemptStatus);

/// What a mission says about one task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TaskFacts {
    pub(super) status: TaskStatus,
    pub(super) owner: Option<AgentRef>,
    pub(super) token: Option<AttemptNo>,
    pub(super) attempts: Vec<Held>,
    pub(super) gates: Vec<(GateName, GateStatus)>,
    pub(super) needs: Vec<TaskId>,
    pub(super) counters: Counters,
}

impl TaskFacts {
    /// Where the task stands, and who has it.
    pub(super) fn place(&self) -> (TaskStatus, Option<&AgentRef>, Option<AttemptNo>) {
        (self.status, self.owner.as_ref(), self.token)
    }
}

/// What a mission says about everything in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) tasks: BTreeMap<TaskId, TaskFacts>,
    pub(super) agents: BTreeMap<AgentRef, AgentStatus>,
    pub(super) owed: Vec<(ObligationKind, Party, Seq)>,
    pub(super) is_closed: bool,
    pub(super) is_archived: bool,
}

impl Facts {
    pub(super) fn of(mission: &Mission) -> Self {
        let task = |it: orch_core::view::TaskView<'_>| TaskFacts {
            status: it.status(),
            owner: it.owner(),
            token: it.token().map(|token| token.number()),
            attempts: it
                .attempts()
                .map(|attempt| (attempt.number(), attempt.agent(), attempt.status()))
                .collect(),
            gates: it
                .gates()
                .map(|gate| (gate.name().clone(), gate.status()))
                .collect(),
            needs: it.needs().map(|(id, ..)| id.clone()).collect(),
            counters: it.counters(),
        };
        let owed = mission.obligations().into_iter();
        Self {
            tasks: mission
                .tasks()
                .map(|it| (it.id().clone(), task(it)))
                .collect(),
            agents: mission
                .agents()
                .map(|it| (it.agent(), it.status()))
                .collect(),
            owed: owed
                .map(|owed| (owed.kind, owed.owed_by, owed.opened.seq))
                .collect(),
            is_closed: mission.closed().is_some(),
            is_archived: mission.archived().is_some(),
        }
    }

    pub(super) fn status(&self, task: &TaskId) -> Option<TaskStatus> {
        self.tasks.get(task).map(|it| it.status)
    }

    /// The tasks that both know and whose place differs.
    pub(super) fn moved<'a>(&'a self, after: &'a Self) -> impl Iterator<Item = &'a TaskId> {
        self.tasks.iter().filter_map(|(id, old)| {
            let new = after.tasks.get(id)?;
            (old.place() != new.place()).then_some(id)
        })
    }

    /// The tasks that one record brought into a status, new ones included.
    pub(super) fn came_to<'a>(
        &'a self,
        after: &'a Self,
        is_there: impl Fn(TaskStatus) -> bool + 'a,
    ) -> impl Iterator<Item = (&'a TaskId, &'a TaskFacts)> {
        after.tasks.iter().filter(move |(id, new)| {
            is_there(new.status) && !self.status(id).is_some_and(&is_there)
        })
    }
}
