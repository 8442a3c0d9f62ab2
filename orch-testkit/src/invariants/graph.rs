//! Reachability over all states of a small scope.

use orch_core::ids::Seq;

use super::{Breach, Check, Coverage, INVARIANTS, Probe};

/// The states of a scope and the records that lead from one to another, states by index.
#[derive(Debug, Clone, Copy)]
pub struct Graph<'a> {
    /// For every state, whether it is an end.
    pub is_terminal: &'a [bool],
    /// From which state to which.
    pub edges: &'a [(usize, usize)],
}

impl Graph<'_> {
    /// Returns for every state whether an end can be reached from it.
    pub fn reaches_end(&self) -> Vec<bool> {
        let mut into = vec![Vec::new(); self.is_terminal.len()];
        for &(from, to) in self.edges {
            if let Some(list) = into.get_mut(to) {
                list.push(from);
            }
        }
        let mut reaches = self.is_terminal.to_vec();
        let ends = reaches.iter().enumerate().filter(|(_, is)| **is);
        let mut open: Vec<usize> = ends.map(|(at, _)| at).collect();
        while let Some(at) = open.pop() {
            for &from in into.get(at).into_iter().flatten() {
                if let Some(known) = reaches.get_mut(from).filter(|it| !**it) {
                    *known = true;
                    open.push(from);
                }
            }
        }
        reaches
    }
}

/// Holds all states of a scope against the invariants that look at them together.
///
/// A breach names the state by its index, and position 0: no one record is at fault.
pub fn check_graph(graph: &Graph<'_>) -> Vec<Breach> {
    let mut found = Vec::new();
    for invariant in INVARIANTS {
        let mut probe = Probe::default();
        for check in invariant.checks {
            if let Check::Graph(check) = check {
                check(graph, &mut probe);
            }
        }
        found.extend(probe.report(invariant.name, Seq::ZERO, &mut Coverage::default()));
    }
    found
}

// spec: CORRECT-2
pub(super) fn terminal_reachable(graph: &Graph<'_>, probe: &mut Probe) {
    let states = graph.reaches_end().into_iter().zip(graph.is_terminal);
    for (at, (reaches, is_end)) in states.enumerate() {
        if !is_end {
            probe.expect(reaches, || format!("state {at} reaches no end"));
        }
    }
}
