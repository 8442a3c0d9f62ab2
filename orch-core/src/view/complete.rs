//! What keeps a mission from completing (COMPLETE-1).

use std::fmt;

use crate::ids::{Seq, TaskId};
use crate::mission::Mission;
use crate::mission::state::State;
use crate::mission::table::TaskIx;
use crate::status::words;

words! {
    /// What kind of thing is still open.
    ObstacleKind {
        /// A task that is neither accepted, delivered nor settled on purpose.
        Task = "task",
        /// An attempt that is not closed.
        Attempt = "attempt",
        /// An obligation that nobody has met.
        Obligation = "obligation",
        /// A message that could not be delivered and that nobody has read.
        Undeliverable = "undeliverable",
        /// A result that nobody has read.
        Result = "result",
    }
}

/// One thing that keeps the mission from completing.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Obstacle {
    /// What kind of thing is open.
    pub kind: ObstacleKind,
    /// The task it is about, if it is about one.
    pub task: Option<TaskId>,
    /// The thing, in words; untrusted text.
    pub what: String,
    /// The records that made it so (FOLD-3).
    pub because: Vec<Seq>,
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl Mission {
    /// Lists everything that keeps the mission from completing; empty when nothing does.
    ///
    /// A mission without tasks is not listed here: see the code `empty_mission`.
    pub fn obstacles(&self) -> Vec<Obstacle> {
        self.state.obstacles()
    }
}

impl State {
    // spec: COMPLETE-1
    pub(crate) fn obstacles(&self) -> Vec<Obstacle> {
        let mut found = Vec::new();
        for (ix, task) in self.tasks.rows() {
            if !task.status().is_settled() {
                found.push(self.unsettled(ix));
            }
        }
        for &ix in &self.open_attempts {
            let attempt = &self.attempts[ix];
            let task = &self.tasks[attempt.task];
            // An open attempt of an unsettled task is that task's own story.
            if task.status().is_settled() {
                let owner = self.agent_ref(attempt.owner);
                found.push(Obstacle {
                    kind: ObstacleKind::Attempt,
                    task: Some(task.id.clone()),
                    what: format!(
                        "attempt {} of task {} with {owner}",
                        attempt.number, task.id
                    ),
                    because: vec![attempt.dispatched.seq],
                });
            }
        }
        for &ix in &self.open_obligations {
            let owed = &self.obligations[ix];
            let about = owed.task.map_or_else(String::new, |task| {
                format!(" about task {}", self.tasks[task].id)
            });
            found.push(Obstacle {
                kind: ObstacleKind::Obligation,
                task: owed.task.map(|task| self.tasks[task].id.clone()),
                what: format!("{} owed by {}{about}", owed.kind, owed.owed_by),
                because: vec![owed.opened.seq],
            });
        }
        for held in self.gate_decisions() {
            let (gate, task) = (held.gate.as_ref(), held.task.as_ref());
            let name = gate.map_or("", |gate| gate.as_str());
            let about = task.map_or("", |task| task.as_str());
            found.push(Obstacle {
                kind: ObstacleKind::Obligation,
                task: task.cloned(),
                what: format!("gate {name} of task {about} held by {}", held.owed_by),
                because: vec![held.opened.seq],
            });
        }
        for (&seq, message) in &self.messages {
            if message.undeliverable && message.read.is_none() {
                found.push(Obstacle {
                    kind: ObstacleKind::Undeliverable,
                    task: message.task.map(|task| self.tasks[task].id.clone()),
                    what: format!(
                        "unread message {seq} to {}, which was not delivered",
                        message.to
                    ),
                    because: vec![seq],
                });
            }
        }
        for (&seq, &task) in &self.unread_results {
            found.push(Obstacle {
                kind: ObstacleKind::Result,
                task: Some(self.tasks[task].id.clone()),
                what: format!("unread result {seq} of task {}", self.tasks[task].id),
                because: vec![seq],
            });
        }
        found
    }

    fn unsettled(&self, ix: TaskIx) -> Obstacle {
        let task = &self.tasks[ix];
        let with = self.open_token(ix).map_or_else(String::new, |token| {
            let attempt = &self.attempts[token];
            format!(
                ", attempt {} with {}",
                attempt.number,
                self.agent_ref(attempt.owner)
            )
        });
        Obstacle {
            kind: ObstacleKind::Task,
            task: Some(task.id.clone()),
            what: format!("task {} is {}{with}", task.id, task.status()),
            because: vec![task.since().seq],
        }
    }
}
