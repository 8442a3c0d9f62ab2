//! A snapshot told in the order in which its facts came to be.
//!
//! A snapshot has no order of its own, only a time for each fact. Told by time, the mission can be
//! looked at as it was at any time; told file by file, everything would seem to begin at once. What
//! a fact needs comes before it whatever the times say, because clocks lie.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use super::{
    Edge, Edges, Snapshot, Stamp, Worker, closed_at, declare, dispatch, handed_out_at, order,
    remark, settle, worker,
};
use crate::error::ImportError;
use crate::report::odd::Oddity;
use crate::scribe::Scribe;

/// The facts of a snapshot, each with the time at which it can be told.
struct Story {
    facts: Vec<(DateTime<Utc>, Fact)>,
    /// The dependencies that facts refer to, and the issues that told them.
    connections: Vec<(usize, Edge)>,
}

/// One fact of a snapshot; numbers are places of issues, and of facts within them.
///
/// The order of the variants is the order of facts of one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fact {
    Declared(usize),
    Earlier(usize),
    Connected(usize),
    Remarked(usize, usize),
    /// By rank before anything else: what is needed is settled before what needs it.
    Worked {
        rank: usize,
        step: Step,
        issue: usize,
    },
}

/// What the snapshot implies about the work on an issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    HandedOut,
    Settled,
}

impl Snapshot {
    /// Writes the whole snapshot; only for one that no other file goes with.
    pub(in super::super) fn tell(
        &mut self,
        scribe: &mut Scribe<'_>,
        edges: &mut Edges,
    ) -> Result<(), ImportError> {
        let needs = self.needs();
        for node in order::on_cycles(self.issues.len(), &needs) {
            if let Some(issue) = self.issues.get(node) {
                let example = || issue.id.to_string();
                scribe.report.odd(Oddity::DependencyCycle, example);
            }
        }
        let waiting = self.waiting_on(&needs);
        let Story { facts, connections } = self.story(&needs, &waiting);
        for (_, fact) in facts {
            self.write(scribe, edges, &connections, &waiting, fact)?;
        }
        Ok(())
    }

    /// Who needs whom, as places of issues: dependent first.
    fn needs(&self) -> Vec<(usize, usize)> {
        let edges = self.issues.iter().flat_map(|issue| &issue.edges);
        let needs = edges.filter(|edge| edge.is_need());
        needs
            .filter_map(|edge| {
                let (task, on) = edge.ends();
                self.indices(task, on)
            })
            .collect()
    }

    /// Every fact, in order.
    fn story(&self, needs: &[(usize, usize)], waiting: &HashSet<usize>) -> Story {
        let mut facts = Vec::new();
        let mut connections: Vec<(usize, Edge)> = Vec::new();
        let mut declared: Vec<DateTime<Utc>> = Vec::new();
        for (at, issue) in self.issues.iter().enumerate() {
            declared.push(issue.created.at);
            facts.push((issue.created.at, Fact::Declared(at)));
            facts.push((issue.created.at, Fact::Earlier(at)));
            for (n, comment) in issue.comments.iter().enumerate() {
                let told = comment.stamp.at.max(issue.created.at);
                facts.push((told, Fact::Remarked(at, n)));
            }
        }
        // An issue can be worked on once it and what it was connected to are there.
        let mut settled = declared.clone();
        for (at, issue) in self.issues.iter().enumerate() {
            for edge in &issue.edges {
                let (_, on) = edge.ends();
                let other = self.index.get(on).and_then(|&on| declared.get(on)).copied();
                let told = edge
                    .made_at()
                    .unwrap_or(issue.created.at)
                    .max(issue.created.at);
                let told = told.max(other.unwrap_or(told));
                facts.push((told, Fact::Connected(connections.len())));
                connections.push((at, edge.clone()));
                if let Some(settled) = settled.get_mut(at) {
                    *settled = (*settled).max(told);
                }
            }
        }
        let keys: Vec<_> = self.issues.iter().map(closed_at).collect();
        let mut needed_by: HashMap<usize, Vec<usize>> = HashMap::new();
        for &(dependent, needed) in needs {
            if keys.get(needed).is_some_and(Option::is_some) {
                needed_by.entry(dependent).or_default().push(needed);
            }
        }
        for (rank, node) in order::by_needs(&keys, needs).into_iter().enumerate() {
            let Some(issue) = self.issues.get(node) else {
                continue;
            };
            let needed = needed_by.get(&node).into_iter().flatten();
            let first = needed
                .filter_map(|&needed| settled.get(needed).copied())
                .max();
            let base = settled
                .get(node)
                .copied()
                .max(first)
                .unwrap_or(issue.created.at);
            let worked = |step| Fact::Worked {
                rank,
                step,
                issue: node,
            };
            let handed_out = base.max(handed_out_at(issue));
            if worker(issue, waiting.contains(&node)).is_some() {
                facts.push((handed_out, worked(Step::HandedOut)));
            }
            let own = closed_at(issue).unwrap_or_else(|| issue.last_change());
            let told = handed_out.max(own);
            facts.push((told, worked(Step::Settled)));
            if let Some(settled) = settled.get_mut(node) {
                *settled = told;
            }
        }
        facts.sort_unstable();
        Story { facts, connections }
    }

    fn write(
        &self,
        scribe: &mut Scribe<'_>,
        edges: &mut Edges,
        connections: &[(usize, Edge)],
        waiting: &HashSet<usize>,
        fact: Fact,
    ) -> Result<(), ImportError> {
        let at = match fact {
            Fact::Declared(at) | Fact::Earlier(at) | Fact::Remarked(at, _) => at,
            Fact::Connected(edge) => connections.get(edge).map_or(0, |(at, _)| *at),
            Fact::Worked { issue, .. } => issue,
        };
        let Some(issue) = self.issues.get(at) else {
            return Ok(());
        };
        let waits = waiting.contains(&at);
        match fact {
            Fact::Declared(_) => declare(scribe, issue),
            Fact::Earlier(_) => super::recall(scribe, issue),
            Fact::Remarked(_, n) => match issue.comments.get(n) {
                Some(comment) => remark(scribe, issue, comment),
                None => Ok(()),
            },
            Fact::Connected(edge) => match connections.get(edge) {
                Some((_, edge)) => {
                    let otherwise = Stamp::borrowed(issue.created.at);
                    edges.connect(scribe, self, edge.clone(), issue.place, otherwise)
                }
                None => Ok(()),
            },
            Fact::Worked {
                step: Step::HandedOut,
                ..
            } => match worker(issue, waits) {
                Some(Worker(agent)) => dispatch(scribe, issue, agent).map(|_| ()),
                None => Ok(()),
            },
            Fact::Worked {
                step: Step::Settled,
                ..
            } => settle(scribe, issue, waits, worker(issue, waits).is_some()),
        }
    }
}
