//! An order of issues in which what is needed comes before what needs it.

use std::collections::BTreeSet;

/// Orders `keys.len()` nodes so that the second of each edge comes before the first, smallest key
/// first; within a cycle, where no such order exists, by index.
pub(super) fn by_needs<K: Ord + Copy>(keys: &[K], edges: &[(usize, usize)]) -> Vec<usize> {
    let mut graph = Graph::new(keys.len(), edges);
    let mut ready: BTreeSet<(K, usize)> = keys
        .iter()
        .copied()
        .zip(0..)
        .filter(|&(_, node)| graph.is_free(node))
        .collect();
    let mut done = vec![false; keys.len()];
    let mut order = Vec::with_capacity(keys.len());
    let mut next_by_index = 0..keys.len();
    loop {
        let node = match ready.pop_first() {
            Some((_, node)) => node,
            // Nothing is free: what is left is on a cycle or behind one.
            None => match next_by_index.next() {
                Some(node) => node,
                None => return order,
            },
        };
        match done.get_mut(node) {
            Some(done) if !*done => *done = true,
            Some(_) | None => continue,
        }
        order.push(node);
        for freed in graph.release(node) {
            if let Some(&key) = keys.get(freed) {
                ready.insert((key, freed));
            }
        }
    }
}

/// Returns the nodes that are on a cycle or between two of them.
pub(super) fn on_cycles(nodes: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let behind = left_over(nodes, edges);
    let turned: Vec<(usize, usize)> = edges.iter().map(|&(a, b)| (b, a)).collect();
    let before = left_over(nodes, &turned);
    (0..nodes)
        .filter(|node| behind.contains(node) && before.contains(node))
        .collect()
}

/// Returns the nodes that never become free.
fn left_over(nodes: usize, edges: &[(usize, usize)]) -> BTreeSet<usize> {
    let mut graph = Graph::new(nodes, edges);
    let mut left: BTreeSet<usize> = (0..nodes).collect();
    let mut free: Vec<usize> = (0..nodes).filter(|&node| graph.is_free(node)).collect();
    while let Some(node) = free.pop() {
        left.remove(&node);
        free.extend(graph.release(node));
    }
    left
}

/// Who waits for whom.
struct Graph {
    waits_for: Vec<usize>,
    dependents: Vec<Vec<usize>>,
}

impl Graph {
    fn new(nodes: usize, edges: &[(usize, usize)]) -> Self {
        let mut graph = Self {
            waits_for: vec![0; nodes],
            dependents: vec![Vec::new(); nodes],
        };
        for &(dependent, needed) in edges {
            let waits_for = graph.waits_for.get_mut(dependent);
            let dependents = graph.dependents.get_mut(needed);
            if let (Some(waits_for), Some(dependents)) = (waits_for, dependents) {
                *waits_for = waits_for.saturating_add(1);
                dependents.push(dependent);
            }
        }
        graph
    }

    fn is_free(&self, node: usize) -> bool {
        self.waits_for.get(node) == Some(&0)
    }

    /// Takes a node out and returns those that waited only for it.
    fn release(&mut self, node: usize) -> Vec<usize> {
        let dependents = self.dependents.get_mut(node).map(std::mem::take);
        let mut freed = Vec::new();
        for dependent in dependents.unwrap_or_default() {
            if let Some(count) = self.waits_for.get_mut(dependent) {
                *count = count.saturating_sub(1);
                if *count == 0 {
                    freed.push(dependent);
                }
            }
        }
        freed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_comes_first_and_keys_break_ties() {
        assert_eq!(by_needs(&[1, 2, 3], &[(0, 2)]), [1, 2, 0]);
        assert_eq!(by_needs(&[3, 2, 1], &[]), [2, 1, 0]);
        assert_eq!(by_needs(&[3, 2, 1], &[(2, 1), (1, 0)]), [0, 1, 2]);
    }

    #[test]
    fn a_cycle_falls_back_to_the_order_of_the_file() {
        assert_eq!(by_needs(&[9, 1, 1, 5], &[(1, 2), (2, 1)]), [3, 0, 1, 2]);
        assert_eq!(by_needs(&[1], &[(0, 0)]), [0]);
    }

    #[test]
    fn only_cycles_and_what_lies_between_them_is_found() {
        let edges = [(0, 1), (1, 2), (2, 1), (2, 3), (4, 4)];
        assert_eq!(on_cycles(6, &edges), [1, 2, 4]);
        assert!(on_cycles(3, &[(0, 1), (1, 2)]).is_empty());
    }
}
