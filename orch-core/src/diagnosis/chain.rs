//! Chains of blockers: from a task down to what does not wait for another task.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::Blocker;
use super::graph::Node;
use crate::mission::state::State;
use crate::mission::table::{Ix as _, TaskIx};

/// How a task was come to: from which step, and by which of the things it waits for.
struct Step {
    task: TaskIx,
    from: Option<usize>,
    /// The place among what the task waits for, or the blocker that leads on.
    by: By,
}

enum By {
    /// A need or a specification, by its place.
    Need(usize),
    Blocker(Box<Blocker>),
}

/// The search of one question.
struct Search<'a> {
    state: &'a State,
    steps: Vec<Step>,
    seen: Vec<bool>,
    /// The tasks to go on with, and the steps that led to them.
    open: Vec<(TaskIx, Option<usize>)>,
    /// The steps at which a chain ends.
    ends: Vec<usize>,
}

impl State {
    /// The chains from a task to their roots; each root is reached once.
    ///
    /// A task that does nothing but wait is passed by its indices alone: its steps are written only
    /// if a chain that is shown goes through it.
    pub(super) fn chains(&self, ix: TaskIx, now: DateTime<Utc>) -> Vec<Vec<Blocker>> {
        if self.closed.is_some() {
            return Vec::new();
        }
        let mut search = Search {
            state: self,
            steps: Vec::new(),
            seen: vec![false; self.tasks.len()],
            open: vec![(ix, None)],
            ends: Vec::new(),
        };
        search.see(ix);
        let mut rings = self.find_rings(now);
        while let Some((at, from)) = search.open.pop() {
            let place = rings.iter().position(|ring| ring.has(Node::Task(at)));
            if let Some(ring) = place.map(|place| rings.swap_remove(place)) {
                search.end_in(at, from, self.of_ring(&ring));
            }
            search.go_on(at, from, now);
        }
        search.written()
    }
}

impl Search<'_> {
    /// Takes note of a task; tells whether it is new.
    fn see(&mut self, ix: TaskIx) -> bool {
        let seen = self.seen.get_mut(ix.index());
        seen.is_some_and(|seen| !std::mem::replace(seen, true))
    }

    fn end_in(&mut self, task: TaskIx, from: Option<usize>, blocker: Blocker) {
        let by = By::Blocker(Box::new(blocker));
        self.ends.push(self.steps.len());
        self.steps.push(Step { task, from, by });
    }

    fn go_on(&mut self, at: TaskIx, from: Option<usize>, now: DateTime<Utc>) {
        let state = self.state;
        if !state.is_restless(at) && state.tasks[at].status().is_ended() {
            // What it waits for has ended: nothing holds that back, and the chain ends here.
            self.ends.extend(from);
            return;
        }
        if !state.is_restless(at) && state.hold(at, now).is_none() {
            let needs: Vec<TaskIx> = state.awaited(at).map(|(_, end, _)| end).collect();
            for (place, next) in needs.into_iter().enumerate() {
                if self.see(next) {
                    self.lead_to(next, at, from, By::Need(place));
                }
            }
            return;
        }
        let blockers = state.blockers_of(at, now);
        if blockers.is_empty() {
            self.ends.extend(from);
        }
        for blocker in blockers {
            let on = blocker.on.first().and_then(|on| state.find_task(on));
            match on {
                None => self.end_in(at, from, blocker),
                Some(next) if self.see(next) => {
                    self.lead_to(next, at, from, By::Blocker(Box::new(blocker)));
                }
                // Another chain leads there already, or a ring that is an end of its own.
                Some(_) => {}
            }
        }
    }

    fn lead_to(&mut self, next: TaskIx, task: TaskIx, from: Option<usize>, by: By) {
        self.open.push((next, Some(self.steps.len())));
        self.steps.push(Step { task, from, by });
    }

    /// Writes the chains out; a step that several share is written once and copied.
    fn written(self) -> Vec<Vec<Blocker>> {
        let mut known: BTreeMap<usize, Blocker> = BTreeMap::new();
        let mut chains = Vec::with_capacity(self.ends.len());
        for &end in &self.ends {
            let mut chain = Vec::new();
            let mut at = Some(end);
            while let Some((place, step)) = at.and_then(|at| Some((at, self.steps.get(at)?))) {
                match &step.by {
                    By::Blocker(blocker) => chain.push(Blocker::clone(blocker)),
                    By::Need(need) => {
                        let written = known.entry(place);
                        let write = || self.state.of_need(step.task, *need);
                        if let Some(blocker) = write_once(written, write) {
                            chain.push(blocker);
                        }
                    }
                }
                at = step.from;
            }
            chain.reverse();
            chains.push(chain);
        }
        chains
    }
}

fn write_once(
    place: std::collections::btree_map::Entry<'_, usize, Blocker>,
    write: impl FnOnce() -> Option<Blocker>,
) -> Option<Blocker> {
    use std::collections::btree_map::Entry;
    match place {
        Entry::Occupied(known) => Some(known.get().clone()),
        Entry::Vacant(new) => Some(new.insert(write()?).clone()),
    }
}
