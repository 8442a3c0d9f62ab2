//! Inventories against the log: what contradicts it, and the step that makes them agree.

use serde::Serialize;

use crate::command::{Command, Rebind};
use crate::event::attempt::{AttemptEnd, AttemptEnded};
use crate::event::task::TaskDeclared;
use crate::ids::{AgentRef, AttemptNo, Seq, TaskId};
use crate::mission::Mission;
use crate::status::words;
use crate::view::Divergence;

words! {
    /// How an inventory contradicts the log.
    MismatchKind {
        /// An agent carries a task that the log does not give it.
        Elsewhere = "carried_elsewhere",
        /// An agent carries a task that somebody with a better claim carries as well.
        Twice = "carried_twice",
        /// An agent carries a task that has ended.
        AfterEnd = "carried_after_end",
        /// An agent does not carry an attempt that is in flight with it.
        NotCarried = "not_carried",
    }
}

/// One contradiction between an inventory and the log (CORRECT-3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Mismatch {
    /// What kind of contradiction.
    pub kind: MismatchKind,
    /// The agent whose inventory it is.
    pub agent: AgentRef,
    /// The task.
    pub task: TaskId,
    /// The attempt: the one that the agent carries, or the one that it does not.
    pub attempt: AttemptNo,
    /// Who has the task by the log.
    pub owner: Option<AgentRef>,
    /// What is wrong, naming the things involved; untrusted text, escape before showing.
    pub detail: String,
    /// The next step towards agreement, for the host or the lead to ask for; `None` when the agent
    /// has to let go, which its next inventory shows.
    #[serde(skip)]
    pub command: Option<Command>,
    /// The inventory, and the record that put the task where it is.
    pub because: Vec<Seq>,
}

impl Mission {
    /// Compares the last inventory of each live agent with the log, and proposes the step that
    /// makes them agree.
    ///
    /// Taking the steps, one by one, ends with nothing left to propose: of several agents that carry
    /// one task only one is proposed as its owner.
    // spec: CORRECT-3
    pub fn reconcile(&self) -> Vec<Mismatch> {
        let elsewhere = self.divergences().into_iter().map(|it| self.elsewhere(it));
        let in_flight = self.in_flight().filter_map(|attempt| {
            let missed = attempt.unaccounted()?;
            let agent = attempt.agent();
            Some(Mismatch {
                kind: MismatchKind::NotCarried,
                task: attempt.task().clone(),
                attempt: attempt.number(),
                owner: Some(agent.clone()),
                command: Some(Command::EndAttempt(AttemptEnded {
                    task: attempt.task().clone(),
                    attempt: attempt.number(),
                    agent: agent.clone(),
                    how: AttemptEnd::Lost,
                    code: None,
                    reason: format!("the inventory of record {} does not list it", missed.seq),
                })),
                detail: format!(
                    "{agent} does not carry attempt {} of {}, which is with it by the log",
                    attempt.number(),
                    attempt.task()
                ),
                agent,
                because: vec![missed.seq, attempt.dispatched().seq],
            })
        });
        elsewhere.chain(in_flight).collect()
    }

    fn elsewhere(&self, found: Divergence) -> Mismatch {
        let task = self.task(&found.task);
        let is_over = task.as_ref().is_some_and(|task| task.status().is_ended());
        let kind = match (&found.correction, is_over) {
            (Some(_), _) => MismatchKind::Elsewhere,
            (None, true) => MismatchKind::AfterEnd,
            (None, false) => MismatchKind::Twice,
        };
        let listed = found.because.first().copied().unwrap_or_default();
        // A task that nobody declared has to be on record before anybody can have it.
        let declare = || {
            let title = found.task.as_str().to_owned();
            Command::DeclareTask(TaskDeclared::new(found.task.clone(), title))
        };
        let rebind = || {
            Command::Rebind(Rebind {
                task: found.task.clone(),
                to: found.agent.name.clone(),
                reason: format!("the inventory of record {listed} lists it"),
                supersedes: Vec::new(),
            })
        };
        let (agent, id) = (&found.agent, &found.task);
        let detail = match kind {
            MismatchKind::Elsewhere | MismatchKind::NotCarried => {
                let owner = found.owner.as_ref();
                let owner = owner.map_or_else(|| "nobody".to_owned(), ToString::to_string);
                format!("{agent} carries {id}, which is with {owner} by the log")
            }
            MismatchKind::Twice => {
                format!("{agent} carries {id}, to which somebody else has the better claim")
            }
            MismatchKind::AfterEnd => format!("{agent} carries {id}, which has ended"),
        };
        let is_known = task.is_some();
        let step = || if is_known { rebind() } else { declare() };
        Mismatch {
            kind,
            command: found.correction.as_ref().map(|_| step()),
            detail,
            agent: found.agent,
            task: found.task,
            attempt: found.carried,
            owner: found.owner,
            because: found.because,
        }
    }
}
