//! Open attempts: which dispatch an end is of.
//!
//! An end closes the latest open attempt of its worker on its task, else of its worker, else it is
//! the end of nothing. Each step costs the logarithm of what is open, because attempts that never
//! end pile up in real logs.

use std::collections::{BTreeMap, HashMap};

use orch_core::ids::{AgentName, AttemptNo, TaskId};

use crate::report::{NeverEnded, Pairing};

/// What an end is the end of.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Paired {
    /// An attempt of the worker on the task.
    SameTask(AttemptNo),
    /// An attempt of the worker on another task.
    OtherTask(TaskId, AttemptNo),
    /// Nothing.
    None,
}

/// The attempts that have begun and not ended.
#[derive(Debug, Default)]
pub(super) struct OpenAttempts {
    /// Of each worker, in the order of dispatch.
    workers: HashMap<AgentName, BTreeMap<u64, NeverEnded>>,
    /// Of each task and worker, the places in `workers`, the latest last.
    tasks: HashMap<TaskId, HashMap<AgentName, Vec<u64>>>,
    /// What would be open if only the worker counted.
    by_worker: HashMap<AgentName, u64>,
    /// What would be open if task and worker both had to match.
    by_both: HashMap<(TaskId, AgentName), u64>,
    /// Those whose worker ended another task, in the order of dispatch.
    moved_on: BTreeMap<u64, NeverEnded>,
    counts: Pairing,
}

impl OpenAttempts {
    /// Opens an attempt.
    pub(super) fn begin(&mut self, dispatched: NeverEnded) {
        let (task, worker) = (dispatched.task.clone(), dispatched.worker.clone());
        let n = self.counts.dispatches;
        self.counts.dispatches = n.saturating_add(1);
        up(&mut self.counts.open);
        up(self.by_worker.entry(worker.clone()).or_default());
        let both = (task.clone(), worker.clone());
        up(self.by_both.entry(both).or_default());
        let of_worker = self.workers.entry(worker.clone()).or_default();
        of_worker.insert(n, dispatched);
        let of_task = self.tasks.entry(task).or_default();
        of_task.entry(worker).or_default().push(n);
    }

    /// Closes the attempt that an end is of.
    pub(super) fn end(&mut self, task: &TaskId, worker: &AgentName) -> Paired {
        up(&mut self.counts.ends);
        if let Some(count) = self.by_worker.get_mut(worker) {
            down(count);
        }
        if let Some(count) = self.by_both.get_mut(&(task.clone(), worker.clone())) {
            down(count);
        }
        if let Some(n) = self.forget(task, worker) {
            let open = self.workers.get_mut(worker);
            if let Some(ended) = open.and_then(|open| open.remove(&n)) {
                up(&mut self.counts.paired_by_task_and_worker);
                down(&mut self.counts.open);
                return Paired::SameTask(ended.attempt);
            }
        }
        let open = self.workers.get_mut(worker);
        if let Some((n, mut left)) = open.and_then(BTreeMap::pop_last) {
            // The latest attempt of the worker is the latest of the worker on its task as well.
            self.forget(&left.task, worker);
            up(&mut self.counts.paired_by_worker);
            down(&mut self.counts.open);
            let (on, attempt) = (left.task.clone(), left.attempt);
            left.worker_moved_on = true;
            self.moved_on.insert(n, left);
            return Paired::OtherTask(on, attempt);
        }
        up(&mut self.counts.unpaired);
        Paired::None
    }

    /// Returns whether the worker has an open attempt at the task.
    pub(super) fn has(&self, task: &TaskId, worker: &AgentName) -> bool {
        self.tasks
            .get(task)
            .is_some_and(|workers| workers.contains_key(worker))
    }

    /// Returns whether somebody else has an open attempt at the task.
    pub(super) fn has_another_worker(&self, task: &TaskId, worker: &AgentName) -> bool {
        self.tasks.get(task).is_some_and(|workers| {
            let own = usize::from(workers.contains_key(worker));
            workers.len() > own
        })
    }

    /// Returns how dispatches and ends were paired.
    pub(super) fn pairing(&self) -> Pairing {
        let open = self.workers.values().flatten();
        let never: BTreeMap<&u64, &NeverEnded> = open.chain(&self.moved_on).collect();
        Pairing {
            open_by_worker: self.by_worker.values().sum(),
            open_by_task_and_worker: self.by_both.values().sum(),
            never_ended: never.into_values().cloned().collect(),
            ..self.counts.clone()
        }
    }

    /// Takes the latest attempt of a worker off its task; a worker without any is taken off too.
    fn forget(&mut self, task: &TaskId, worker: &AgentName) -> Option<u64> {
        let workers = self.tasks.get_mut(task)?;
        let attempts = workers.get_mut(worker)?;
        let n = attempts.pop();
        if attempts.is_empty() {
            workers.remove(worker);
        }
        n
    }
}

const fn up(count: &mut u64) {
    *count = count.saturating_add(1);
}

const fn down(count: &mut u64) {
    *count = count.saturating_sub(1);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(id: &str) -> TaskId {
        TaskId::parse(id).unwrap()
    }

    fn dispatched(id: &str, name: &str, number: u32) -> NeverEnded {
        NeverEnded {
            task: task(id),
            worker: worker(name),
            attempt: AttemptNo(number),
            line: u64::from(number),
            at: chrono::DateTime::UNIX_EPOCH,
            worker_moved_on: false,
        }
    }

    fn worker(name: &str) -> AgentName {
        AgentName::parse(name).unwrap()
    }

    #[test]
    fn an_end_prefers_its_own_task_over_a_later_dispatch_of_its_worker() {
        let mut open = OpenAttempts::default();
        open.begin(dispatched("a", "w", 1));
        open.begin(dispatched("a", "w", 2));
        open.begin(dispatched("b", "w", 1));
        assert_eq!(
            open.end(&task("a"), &worker("w")),
            Paired::SameTask(AttemptNo(2))
        );
        assert_eq!(
            open.end(&task("c"), &worker("w")),
            Paired::OtherTask(task("b"), AttemptNo(1))
        );
        assert_eq!(
            open.end(&task("b"), &worker("w")),
            Paired::OtherTask(task("a"), AttemptNo(1))
        );
        assert_eq!(open.end(&task("a"), &worker("w")), Paired::None);
    }

    #[test]
    fn another_worker_is_seen_only_while_its_attempt_is_open() {
        let mut open = OpenAttempts::default();
        open.begin(dispatched("a", "v", 1));
        assert!(open.has_another_worker(&task("a"), &worker("w")));
        assert!(!open.has_another_worker(&task("a"), &worker("v")));
        assert!(open.has(&task("a"), &worker("v")));
        open.end(&task("a"), &worker("v"));
        assert!(!open.has_another_worker(&task("a"), &worker("w")));
    }

    #[test]
    fn what_is_left_open_is_counted_under_each_way_of_pairing() {
        let mut open = OpenAttempts::default();
        open.begin(dispatched("a", "w", 1));
        open.begin(dispatched("b", "w", 1));
        open.end(&task("c"), &worker("w"));
        let pairing = open.pairing();
        assert_eq!(
            (
                pairing.open,
                pairing.open_by_worker,
                pairing.open_by_task_and_worker
            ),
            (1, 1, 2)
        );
        assert_eq!((pairing.paired_by_worker, pairing.unpaired), (1, 0));
    }
}
