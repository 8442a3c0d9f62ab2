//! Rings of waits: who is in one, what each step is, and who only waits for those in it.
//!
//! A ring of needs is looked for where a record closed one; any other ring goes through a wait of
//! another kind, of which there are few. So the cost is that of the rings and of such waits, not of
//! the tasks.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::graph::{Edge, Node, WaitKind, WaitStep};
use super::{Blocker, Cause, Confidence, Subject};
use crate::event::talk::WaitRef;
use crate::ids::Seq;
use crate::mission::Mission;
use crate::mission::state::State;
use crate::mission::table::TaskIx;
use crate::mission::task::{Moment, is_kind};
use crate::party::Party;
use crate::status::task::TaskStatus;

/// How many steps of a ring are written out.
const SHOWN_MAX: usize = 8;

/// A ring: each of its nodes waits for the next, and the last for the first.
pub(super) struct Ring<'a> {
    steps: Vec<(Node<'a>, Edge<'a>)>,
}

impl Mission {
    /// Lists the rings of waits that stand now, each as the steps around it; the first step of each
    /// is that of its first task.
    ///
    /// A ring shows from the record that closes it on, whatever the clocks say.
    // spec: DEP-3
    pub fn rings(&self, now: DateTime<Utc>) -> Vec<Vec<WaitStep>> {
        let rings = self.state.find_rings(now);
        rings.iter().map(|ring| self.state.steps_of(ring)).collect()
    }
}

impl<'a> Ring<'a> {
    /// Begins a ring at its first task, so that it is the same wherever it was found.
    fn begun(mut steps: Vec<(Node<'a>, Edge<'a>)>) -> Self {
        let first = steps.iter().enumerate().min_by_key(|(_, (who, _))| *who);
        let first = first.map_or(0, |(at, _)| at);
        steps.rotate_left(first);
        Self { steps }
    }

    pub(super) fn has(&self, node: Node<'_>) -> bool {
        self.steps.iter().any(|(member, _)| *member == node)
    }

    fn cause(&self) -> Cause {
        let mut kinds = self.steps.iter().map(|(_, edge)| edge.kind);
        if kinds.all(|kind| matches!(kind, WaitKind::Need | WaitKind::Spec)) {
            return Cause::DepCycle;
        }
        let agents = self
            .steps
            .iter()
            .filter(|(who, _)| matches!(who, Node::Agent(_)));
        match (agents.count(), self.steps.len()) {
            (1, _) | (0, 1) => Cause::SelfWait,
            _ => Cause::WaitCycle,
        }
    }
}

impl State {
    /// Every ring once.
    pub(super) fn find_rings(&self, now: DateTime<Utc>) -> Vec<Ring<'_>> {
        let mut found: Vec<Ring<'_>> = Vec::new();
        let is_known = |found: &[Ring<'_>], node| found.iter().any(|ring| ring.has(node));
        // Where a successor closed the ring, what goes on is in it.
        let closed = self.closed_rings_at();
        for ix in closed.map(|ix| self.end_of(ix).unwrap_or(ix)) {
            if !is_known(&found, Node::Task(ix)) {
                found.extend(self.ring_of_needs(ix, now));
            }
        }
        let specs = self
            .specs
            .iter()
            .copied()
            .filter(|_| self.policy.spec_first);
        let specs = specs.filter(|&ix| self.tasks[ix].status() == TaskStatus::Open);
        let specs = specs.filter(|&ix| is_kind(self.tasks[ix].kind.as_ref(), "spec"));
        let waiting = specs.filter(|&ix| self.unmet_needs(ix).next().is_some());
        for node in waiting.map(Node::Task).chain(self.waiters(now)) {
            if !is_known(&found, node) {
                found.extend(self.ring_from(node, now));
            }
        }
        found
    }

    /// The ring of waiting tasks that a task is in.
    fn ring_of_needs(&self, ix: TaskIx, now: DateTime<Utc>) -> Option<Ring<'_>> {
        if self.has_successors || !self.specs.is_empty() {
            // What waits for a task is then not only what needs it.
            return self.ring_from(Node::Task(ix), now);
        }
        let is_open = |state: &Self, at: TaskIx| state.tasks[at].status() == TaskStatus::Open;
        let next = |state: &Self, at: TaskIx| -> Vec<TaskIx> {
            let needs = state.unmet_needs(at).filter(|_| is_open(state, at));
            needs.map(|need| need.task).collect()
        };
        let back = |state: &Self, at: TaskIx| -> Vec<TaskIx> {
            let dependents = state.tasks[at].dependents.iter().copied();
            let waits = |&task: &TaskIx| {
                is_open(state, task) && state.unmet_needs(task).any(|need| need.task == at)
            };
            dependents.filter(waits).collect()
        };
        let way = self.way((ix, ix), next, back)?;
        let pairs = way.iter().zip(way.iter().skip(1));
        let steps = pairs.map(|(&from, &to)| {
            let mut edges = Vec::new();
            self.waits_on_tasks(from, &mut edges);
            let edge = edges.into_iter().find(|edge| edge.on == Node::Task(to))?;
            Some((Node::Task(from), edge))
        });
        Some(Ring::begun(steps.collect::<Option<Vec<_>>>()?))
    }

    /// The ring that leads from a node back to it, if it stands.
    fn ring_from<'a>(&'a self, start: Node<'a>, now: DateTime<Utc>) -> Option<Ring<'a>> {
        let mut via: BTreeMap<Node<'a>, (Node<'a>, Edge<'a>)> = BTreeMap::new();
        let mut open = std::collections::VecDeque::from([start]);
        'search: while let Some(at) = open.pop_front() {
            for edge in self.waits_of(at, now) {
                if via.contains_key(&edge.on) {
                    continue;
                }
                via.insert(edge.on, (at, edge));
                if edge.on == start {
                    break 'search;
                }
                open.push_back(edge.on);
            }
        }
        let mut steps = Vec::new();
        let mut at = start;
        while let Some(&(from, edge)) = via.get(&at) {
            steps.push((from, edge));
            at = from;
            if at == start {
                break;
            }
        }
        steps.reverse();
        let ring = Ring::begun(steps);
        (!ring.steps.is_empty() && self.stands(&ring, now)).then_some(ring)
    }

    /// Whether nothing beside a ring can move it: where any one of several would do, all of them
    /// lead back into it.
    fn stands(&self, ring: &Ring<'_>, now: DateTime<Utc>) -> bool {
        let any = ring.steps.iter().filter(|(_, edge)| edge.kind.is_any());
        any.into_iter().all(|(who, edge)| {
            let others = self.waits_of(*who, now).into_iter();
            let mut others = others.filter(|other| other.kind == edge.kind);
            others.all(|other| self.leads_into(other.on, ring, now))
        })
    }

    fn leads_into(&self, from: Node<'_>, ring: &Ring<'_>, now: DateTime<Utc>) -> bool {
        let mut seen = BTreeSet::from([from]);
        let mut open = vec![from];
        while let Some(at) = open.pop() {
            if ring.has(at) {
                return true;
            }
            let edges = self.waits_of(at, now).into_iter();
            open.extend(edges.map(|edge| edge.on).filter(|on| seen.insert(*on)));
        }
        false
    }

    fn steps_of(&self, ring: &Ring<'_>) -> Vec<WaitStep> {
        let steps = ring.steps.iter().map(|(who, edge)| WaitStep {
            who: self.name_of(*who),
            kind: edge.kind,
            on: self.name_of(edge.on),
            since: edge.since.seq,
        });
        steps.collect()
    }

    /// A ring as a cause: of its first task, since the record that closed it.
    // spec: DEP-3
    pub(super) fn of_ring(&self, ring: &Ring<'_>) -> Blocker {
        let tasks = ring.steps.iter().filter_map(|(who, _)| match who {
            Node::Task(ix) => Some(*ix),
            Node::Agent(_) | Node::Outside(_) => None,
        });
        let tasks: Vec<TaskIx> = tasks.collect();
        let moments = ring.steps.iter().map(|(_, edge)| edge.since);
        let since = moments
            .reduce(Moment::max_by_seq)
            .unwrap_or_else(|| self.head_moment());
        let mut because: Vec<Seq> = ring.steps.iter().map(|(_, edge)| edge.since.seq).collect();
        because.sort_unstable();
        because.dedup();
        let steps = self.steps_of(ring);
        let shown = steps.iter().take(SHOWN_MAX);
        let mut words: Vec<String> = shown
            .map(|step| format!("{} {} {}", step.who, step.kind.verb(), step.on))
            .collect();
        if steps.len() > SHOWN_MAX {
            words.push(format!(
                "and {} more",
                steps.len().saturating_sub(SHOWN_MAX)
            ));
        }
        let cause = ring.cause();
        let (next, clears) = self.breaks(&steps);
        Blocker {
            cause,
            task: tasks.first().map(|&ix| self.tasks[ix].id.clone()),
            on: tasks
                .iter()
                .skip(1)
                .map(|&ix| self.tasks[ix].id.clone())
                .collect(),
            next,
            since,
            because,
            detail: words.join(", "),
            clears: clears.to_owned(),
            confidence: Confidence::Proved,
            fixes: Vec::new(),
            ring: steps,
            victims: Vec::new(),
            subject: Subject::Ring,
        }
    }

    /// Who can break a ring most easily, and how.
    fn breaks(&self, steps: &[WaitStep]) -> (Party, &'static str) {
        let step = WaitStep::weakest(steps);
        let other = match step.map(|step| &step.on) {
            Some(WaitRef::Agent(name)) => Party::Agent(name.clone()),
            Some(WaitRef::Task(_) | WaitRef::Lock(_) | WaitRef::Job(_)) | None => Party::Lead,
        };
        match step.map(|step| (step.kind, &step.who)) {
            Some((WaitKind::Answer, _)) => (self.next_for(&other), "the question is answered"),
            Some((WaitKind::Gate, _)) => (self.next_for(&other), "the gate is decided"),
            Some((WaitKind::Wait, WaitRef::Agent(_))) if other != Party::Lead => {
                (self.next_for(&other), "it hears from whom it waits for")
            }
            Some((WaitKind::Wait, _)) => (Party::Lead, "the lead ends one of the waits"),
            _ => (
                Party::Lead,
                "the lead removes one of the needs in the cycle",
            ),
        }
    }

    /// Who waits for members of a ring, directly or not, and is in none.
    pub(super) fn victims(
        &self,
        rings: &[Ring<'_>],
        ring: &Ring<'_>,
        now: DateTime<Utc>,
    ) -> Vec<WaitRef> {
        let mut behind: BTreeMap<Node<'_>, Vec<Node<'_>>> = BTreeMap::new();
        let restless = self.restless().map(Node::Task);
        for who in restless.chain(self.waiters(now)) {
            for edge in self.waits_of(who, now) {
                behind.entry(edge.on).or_default().push(who);
            }
        }
        let mut seen: BTreeSet<Node<'_>> = ring.steps.iter().map(|(who, _)| *who).collect();
        let mut open: Vec<Node<'_>> = seen.iter().copied().collect();
        let mut found = BTreeSet::new();
        while let Some(at) = open.pop() {
            let mut next = behind.get(&at).cloned().unwrap_or_default();
            if let Node::Task(ix) = at {
                next.extend(self.waiting_behind(ix).into_iter().map(Node::Task));
            }
            for who in next {
                if seen.insert(who) {
                    open.push(who);
                    found.insert(who);
                }
            }
        }
        let is_member = |node: Node<'_>| rings.iter().any(|ring| ring.has(node));
        let victims = found.into_iter().filter(|who| !is_member(*who));
        victims.map(|who| self.name_of(who)).collect()
    }

    /// The open tasks that need a task which has not come far enough for them.
    fn waiting_behind(&self, ix: TaskIx) -> Vec<TaskIx> {
        let dependents = self.tasks[ix].dependents.iter().copied();
        let waits = |&task: &TaskIx| {
            self.tasks[task].status() == TaskStatus::Open
                && self.unmet_needs(task).any(|need| need.task == ix)
        };
        dependents.filter(waits).collect()
    }
}

impl WaitStep {
    /// The step of a ring that is broken most easily: talk before rulings, and the newest first.
    pub(super) fn weakest(steps: &[Self]) -> Option<&Self> {
        let rank = |step: &&Self| match step.kind {
            WaitKind::Answer => 0,
            WaitKind::Gate => 1,
            WaitKind::Wait => 2,
            WaitKind::Unblocking => 3,
            WaitKind::Need => 4,
            WaitKind::Spec | WaitKind::Slot | WaitKind::Work => 5,
        };
        steps
            .iter()
            .min_by_key(|step| (rank(step), std::cmp::Reverse(step.since)))
    }
}
