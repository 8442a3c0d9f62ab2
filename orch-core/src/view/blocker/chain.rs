//! Chains of blockers: from a task down to what does not wait for another task.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::{Blocker, Cause};
use crate::mission::state::State;
use crate::mission::table::TaskIx;

impl State {
    /// The chains from a task to their roots; each root is reached once.
    pub(super) fn chains(&self, ix: TaskIx, now: DateTime<Utc>) -> Vec<Vec<Blocker>> {
        let mut chains = Vec::new();
        let mut seen = BTreeSet::from([ix]);
        let mut open: Vec<(TaskIx, Vec<Blocker>)> = vec![(ix, Vec::new())];
        while let Some((at, trail)) = open.pop() {
            let blockers = self.blockers_of(at, now);
            if blockers.is_empty() && !trail.is_empty() {
                // What it waits for has ended: nothing holds that back, and the chain ends here.
                chains.push(trail);
                continue;
            }
            for blocker in blockers {
                let mut chain = trail.clone();
                let next = blocker.on.first().and_then(|on| self.find_task(on));
                chain.push(blocker);
                match next {
                    None => chains.push(chain),
                    Some(next) if seen.insert(next) => open.push((next, chain)),
                    Some(next) if self.is_on_trail(next, ix, &chain) => {
                        chains.push(close_ring(chain));
                    }
                    // Another chain leads there already.
                    Some(_) => {}
                }
            }
        }
        chains
    }

    fn is_on_trail(&self, next: TaskIx, from: TaskIx, chain: &[Blocker]) -> bool {
        next == from
            || chain
                .iter()
                .any(|step| step.task.as_ref() == Some(&self.tasks[next].id))
    }
}

/// Names the last step of a chain that leads back into itself what it is.
// spec: DEP-3
fn close_ring(mut chain: Vec<Blocker>) -> Vec<Blocker> {
    if let Some(last) = chain.last_mut() {
        last.cause = Cause::DepCycle;
        "the lead removes one of the needs in the cycle".clone_into(&mut last.clears);
    }
    chain
}
