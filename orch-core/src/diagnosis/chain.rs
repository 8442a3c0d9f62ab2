//! Chains of blockers: from a task down to what does not wait for another task.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::{Blocker, Cause};
use crate::codes::Code;
use crate::ids::TaskId;
use crate::mission::state::State;
use crate::mission::table::TaskIx;
use crate::party::Party;
use crate::status::task::TaskStatus;

/// One step of the search: a blocker, and the step that led to it.
struct Step {
    blocker: Blocker,
    from: Option<usize>,
}

impl State {
    /// The chains from a task to their roots; each root is reached once.
    pub(super) fn chains(&self, ix: TaskIx, now: DateTime<Utc>) -> Vec<Vec<Blocker>> {
        let mut steps: Vec<Step> = Vec::new();
        let mut ends = Vec::new();
        let mut seen = BTreeSet::from([ix]);
        let mut open: Vec<(TaskIx, Option<usize>)> = vec![(ix, None)];
        while let Some((at, from)) = open.pop() {
            let blockers = self.blockers_of(at, now);
            if blockers.is_empty() {
                // What it waits for has ended: nothing holds that back, and the chain ends here.
                ends.extend(from.map(|step| (step, false)));
                continue;
            }
            for blocker in blockers {
                let next = blocker.on.first().and_then(|on| self.find_task(on));
                let step = steps.len();
                steps.push(Step { blocker, from });
                match next {
                    None => ends.push((step, false)),
                    Some(next) if seen.insert(next) => open.push((next, Some(step))),
                    Some(next) if next == ix || self.is_behind(&steps, step, next) => {
                        ends.push((step, true));
                    }
                    // Another chain leads there already.
                    Some(_) => {}
                }
            }
        }
        ends.into_iter()
            .map(|(step, is_ring)| chain_to(&steps, step, is_ring))
            .collect()
    }

    /// Whether a task was passed on the way to a step.
    fn is_behind(&self, steps: &[Step], from: usize, task: TaskIx) -> bool {
        let id = &self.tasks[task].id;
        let mut at = Some(from);
        while let Some(step) = at.and_then(|at| steps.get(at)) {
            if step.blocker.task.as_ref() == Some(id) {
                return true;
            }
            at = step.from;
        }
        false
    }

    /// Tasks that need themselves through others: each ring once, as the first of its tasks.
    ///
    /// A ring has no root of its own, because each of its tasks waits for another.
    // spec: DEP-3
    pub(super) fn rings(&self, now: DateTime<Utc>) -> Vec<Blocker> {
        let mut found = Vec::new();
        let mut done = BTreeSet::new();
        for (start, _) in self.tasks.rows() {
            let mut trail: Vec<(TaskIx, Vec<TaskIx>)> = Vec::new();
            let mut next = done.insert(start).then_some(start);
            loop {
                if let Some(ix) = next.take() {
                    trail.push((ix, self.waits_on(ix)));
                }
                let Some((_, targets)) = trail.last_mut() else {
                    break;
                };
                let Some(target) = targets.pop() else {
                    trail.pop();
                    continue;
                };
                if let Some(at) = trail.iter().position(|(ix, _)| *ix == target) {
                    let ring: Vec<TaskIx> = trail.iter().skip(at).map(|(ix, _)| *ix).collect();
                    found.extend(self.ring_of(&ring, now));
                } else if done.insert(target) {
                    next = Some(target);
                }
            }
        }
        found
    }

    /// The tasks that an open task waits for.
    fn waits_on(&self, ix: TaskIx) -> Vec<TaskIx> {
        if self.tasks[ix].status() != TaskStatus::Open {
            return Vec::new();
        }
        let needs = self
            .unmet_needs(ix)
            .map(|need| self.end_of(need.task).unwrap_or(need.task));
        needs.chain(self.unmet_specs(ix)).collect()
    }

    fn ring_of(&self, ring: &[TaskIx], now: DateTime<Utc>) -> Option<Blocker> {
        let first = *ring.iter().min()?;
        let mut found = self
            .blockers_of(first, now)
            .into_iter()
            .find(|it| !it.on.is_empty())?;
        let is_in = |id: &TaskId| self.find_task(id).is_some_and(|ix| ring.contains(&ix));
        let closed_by = self.anomalies.iter().filter(|anomaly| {
            anomaly.code == Code::DepCycle && anomaly.task.as_ref().is_some_and(is_in)
        });
        found.because.extend(closed_by.map(|anomaly| anomaly.seq));
        found.because.sort_unstable();
        found.because.dedup();
        found.cause = Cause::DepCycle;
        found.next = Party::Lead;
        CLEARS_RING.clone_into(&mut found.clears);
        Some(found)
    }
}

const CLEARS_RING: &str = "the lead removes one of the needs in the cycle";

/// The chain that leads to a step; the last of one that leads back into itself says so.
// spec: DEP-3
fn chain_to(steps: &[Step], end: usize, is_ring: bool) -> Vec<Blocker> {
    let mut chain = Vec::new();
    let mut at = Some(end);
    while let Some(step) = at.and_then(|at| steps.get(at)) {
        chain.push(step.blocker.clone());
        at = step.from;
    }
    chain.reverse();
    if let Some(last) = chain.last_mut().filter(|_| is_ring) {
        last.cause = Cause::DepCycle;
        CLEARS_RING.clone_into(&mut last.clears);
    }
    chain
}
