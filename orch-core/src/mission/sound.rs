//! Whether a state that was read refers only to rows that it has.

use super::state::State;
use super::table::{AttemptIx, IncarnationIx, TaskIx};
use super::task::Task;

impl State {
    /// A state that was folded always is; one that was read may have been tampered with, and would
    /// make every later lookup a gamble.
    pub(crate) fn is_sound(&self) -> bool {
        let task = |ix: &TaskIx| self.tasks.has(*ix);
        let attempt = |ix: &AttemptIx| self.attempts.has(*ix);
        let incarnation = |ix: &IncarnationIx| self.incarnations.has(*ix);
        self.tasks.rows().all(|(_, row)| self.is_task_sound(row))
            && self
                .attempts
                .rows()
                .all(|(_, row)| task(&row.task) && incarnation(&row.owner))
            && self
                .agents
                .rows()
                .all(|(_, row)| row.incarnations.iter().chain(&row.live).all(incarnation))
            && self
                .incarnations
                .rows()
                .all(|(_, row)| self.agents.has(row.agent) && row.open.iter().all(attempt))
            && self.obligations.rows().all(|(_, row)| {
                row.task.iter().all(task)
                    && row.attempt.iter().all(attempt)
                    && row.incarnation.iter().all(incarnation)
            })
            && self.open_attempts.iter().all(attempt)
            && self
                .open_obligations
                .iter()
                .all(|ix| self.obligations.has(*ix))
            && self.specs.iter().all(task)
            && self.messages.values().all(|row| row.task.iter().all(task))
            && self.unread_results.values().all(task)
            && self.told.values().all(|told| told.task.iter().all(task))
    }

    fn is_task_sound(&self, row: &Task) -> bool {
        let task = |ix: &TaskIx| self.tasks.has(*ix);
        row.parent.iter().all(task)
            && row.needs.iter().all(|need| self.tasks.has(need.task))
            && row.dependents.iter().all(task)
            && row.superseded_by.iter().all(task)
            && row.attempts.iter().all(|ix| self.attempts.has(*ix))
            && row.token.iter().all(|ix| self.attempts.has(*ix))
            && row.carriers.iter().all(|ix| self.incarnations.has(*ix))
            && row.owed.iter().all(|ix| self.obligations.has(*ix))
            && row
                .gates
                .iter()
                .all(|gate| gate.held_by.iter().all(|ix| self.incarnations.has(*ix)))
    }
}
