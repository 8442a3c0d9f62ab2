//! Ways along needs, found from both ends at once.
//!
//! A need is mostly added where few need the one or the other needs few, and a ring is mostly short:
//! searching from both ends stops at whichever side is small.

use std::collections::BTreeMap;

use super::state::State;
use super::table::TaskIx;

/// One side of the search: how each task was come by, and those to go on from.
struct Side {
    via: BTreeMap<TaskIx, TaskIx>,
    edge: Vec<TaskIx>,
}

impl Side {
    fn new(start: TaskIx) -> Self {
        Self {
            via: BTreeMap::new(),
            edge: vec![start],
        }
    }
}

impl State {
    /// Finds a way from a task to another, or from a task back to itself, of at least one step.
    ///
    /// `next` lists where a task leads, `back` what leads to it; the two must agree.
    pub(crate) fn way(
        &self,
        (from, to): (TaskIx, TaskIx),
        next: impl Fn(&Self, TaskIx) -> Vec<TaskIx>,
        back: impl Fn(&Self, TaskIx) -> Vec<TaskIx>,
    ) -> Option<Vec<TaskIx>> {
        let (mut ahead, mut behind) = (Side::new(from), Side::new(to));
        while !ahead.edge.is_empty() && !behind.edge.is_empty() {
            let meet = if ahead.edge.len() <= behind.edge.len() {
                self.widen(&mut ahead, (&behind, to), &next)
            } else {
                self.widen(&mut behind, (&ahead, from), &back)
            };
            if let Some(meet) = meet {
                return Some(join((&ahead, from), (&behind, to), meet));
            }
        }
        None
    }

    /// Goes one step on from every task at the edge; returns where the other side has been.
    fn widen(
        &self,
        side: &mut Side,
        (other, end): (&Side, TaskIx),
        steps: &impl Fn(&Self, TaskIx) -> Vec<TaskIx>,
    ) -> Option<TaskIx> {
        for at in std::mem::take(&mut side.edge) {
            for step in steps(self, at) {
                if side.via.contains_key(&step) {
                    continue;
                }
                side.via.insert(step, at);
                if step == end || other.via.contains_key(&step) {
                    return Some(step);
                }
                side.edge.push(step);
            }
        }
        None
    }
}

/// The way from one start over the place where the sides met to the other.
fn join(
    (ahead, from): (&Side, TaskIx),
    (behind, to): (&Side, TaskIx),
    meet: TaskIx,
) -> Vec<TaskIx> {
    let mut way = vec![meet];
    let mut at = meet;
    let is_walked = meet == from && from != to;
    while let Some(&before) = ahead.via.get(&at).filter(|_| !is_walked) {
        way.push(before);
        at = before;
        if at == from {
            break;
        }
    }
    way.reverse();
    at = meet;
    // A ring ends where it began, and has been walked when it is back there.
    if meet != to || way.len() == 1 {
        while let Some(&after) = behind.via.get(&at) {
            way.push(after);
            at = after;
            if at == to {
                break;
            }
        }
    }
    way
}
