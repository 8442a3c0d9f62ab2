//! What holds of the space as a whole: an end is never out of reach, and what is independent
//! commutes.

use std::collections::BTreeMap;

use orch_core::codes::Code;
use orch_core::decide::Decision;

use super::alphabet::Family;
use super::expand::{Answer, Breach, Care, expand};
use super::project::Key;
use super::search::{Counterexample, Space, in_parallel};
use super::stand::Stand;
use super::symbol::Touched;

/// Of so many steps to a state that was met before, one is looked at closely.
const ONE_IN: u64 = 64;

/// What was compared when looking for what does not commute.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Diamonds {
    /// Pairs of steps taken in both orders.
    pub(super) closed: u64,
    /// Pairs of which one leaves no place for the other (WIP-1).
    pub(super) no_place: u64,
}

impl Space {
    /// An end can be reached from every state from which steps were taken, if the alphabet can end
    /// a mission at all.
    ///
    /// Returns how many states reach an end within the scope.
    // spec: CORRECT-2
    pub(super) fn reach_an_end(&mut self) -> usize {
        let is_terminal: Vec<bool> = self.nodes.iter().map(|node| node.terminal).collect();
        let ends = |(from, node): (usize, &super::search::Node)| {
            let steps: Vec<(usize, usize)> = node.steps.iter().map(|&(_, to)| (from, to)).collect();
            steps
        };
        let edges: Vec<(usize, usize)> = self.nodes.iter().enumerate().flat_map(ends).collect();
        let lost = without_end(&is_terminal, &edges);
        let inner = lost
            .iter()
            .filter(|&&id| !self.nodes[id].answers.is_empty());
        if let Some(&id) = inner
            .min()
            .filter(|_| self.scope.families.contains(&Family::Plan))
        {
            let detail = "no way leads from here to a closed mission".to_owned();
            let law = "TERMINAL_REACHABLE";
            let log = self.stand(id).world.records;
            self.counterexamples
                .push(Counterexample::of(Breach { law, detail }, log));
        }
        self.nodes.len() - lost.len()
    }

    /// Two symbols that touch different tasks and agents lead to the same state in either order.
    // spec: DEP-1
    pub(super) fn commute(&mut self) -> Diamonds {
        let touched: Vec<Option<Touched>> =
            self.alphabet.iter().map(super::Symbol::touches).collect();
        let mut diamonds = Diamonds::default();
        let mut wrong = Vec::new();
        for (id, node) in self.nodes.iter().enumerate() {
            let asked_on = |id: usize| !self.nodes[id].answers.is_empty();
            let steps = node.steps.iter().filter(|(_, to)| asked_on(*to));
            let steps: Vec<_> = steps
                .filter_map(|&step| Some((step, touched[step.0].clone()?.with(&node.ties))))
                .collect();
            for (at, ((x, left), one)) in steps.iter().enumerate() {
                for ((y, right), other) in steps.iter().skip(at + 1) {
                    if !one.is_apart_from(other) {
                        continue;
                    }
                    let (x, left, y, right) = (*x, *left, *y, *right);
                    match self.close((x, left), (y, right)) {
                        Closing::Same => diamonds.closed += 1,
                        Closing::NoPlace => diamonds.no_place += 1,
                        Closing::Apart(detail) => wrong.push((id, (x, y), detail)),
                    }
                }
            }
        }
        for (id, (x, y), detail) in wrong {
            let both = format!("{}, {}", self.alphabet[x], self.alphabet[y]);
            let law = "INDEPENDENT_COMMUTE";
            self.counterexamples.push(Counterexample {
                breach: Breach { law, detail },
                symbol: Some(both),
                log: self.stand(id).world.records,
            });
        }
        diamonds
    }

    fn close(&self, (x, left): (usize, usize), (y, right): (usize, usize)) -> Closing {
        let then = |id: usize, symbol: usize| {
            let node = &self.nodes[id];
            let to = node
                .steps
                .iter()
                .find(|(it, _)| *it == symbol)
                .map(|(_, to)| *to);
            (node.answers[symbol], to)
        };
        let ((one, over_left), (other, over_right)) = (then(left, y), then(right, x));
        let is_full = Answer::Rejected(Code::WipFull);
        if one == is_full || other == is_full {
            return Closing::NoPlace;
        }
        if over_left.is_some() && over_left == over_right {
            return Closing::Same;
        }
        let ends = [over_left, over_right].map(|to| to.map_or(0, |to| self.nodes[to].key.short()));
        Closing::Apart(format!(
            "one order ends with {} in {:016x}, the other with {} in {:016x}",
            one, ends[0], other, ends[1]
        ))
    }

    /// Of the steps to states that were met before, some are looked at: what is taken for the same
    /// state must answer every symbol alike, and lead to the same states. Returns how many were.
    pub(super) fn look_at_twins(&mut self) -> usize {
        let mut twins = Vec::new();
        for (id, node) in self.nodes.iter().enumerate() {
            for &(symbol, to) in &node.steps {
                let is_first = self.nodes[to].parent == Some((id, symbol));
                let lot = mix(&[node.key.short(), symbol as u64]);
                let is_known = !is_first && to != id && !self.nodes[to].answers.is_empty();
                if is_known && lot.is_multiple_of(ONE_IN) {
                    twins.push((id, symbol, to));
                }
            }
        }
        let differ = in_parallel(&twins, |&(id, symbol, to)| self.differs(id, symbol, to));
        for (&(id, symbol, _), detail) in twins.iter().zip(differ) {
            if let Some(detail) = detail {
                let law = "PROJECTION";
                self.counterexamples.push(Counterexample {
                    breach: Breach { law, detail },
                    symbol: Some(self.alphabet[symbol].to_string()),
                    log: self.stand(id).world.records,
                });
            }
        }
        twins.len()
    }

    fn differs(&self, id: usize, symbol: usize, to: usize) -> Option<String> {
        let twin = self.after(&self.stand(id), symbol);
        let here = expand(&twin, &self.alphabet, Care::Answers);
        let known = &self.nodes[to];
        let at = here
            .answers
            .iter()
            .zip(&known.answers)
            .position(|(one, other)| one != other);
        if let Some(at) = at {
            let (one, other) = (here.answers[at], known.answers[at]);
            return Some(format!(
                "taken for the same state, {} is {one} and {other}",
                self.alphabet[at]
            ));
        }
        let targets: BTreeMap<usize, Key> = known
            .steps
            .iter()
            .map(|&(symbol, to)| (symbol, self.nodes[to].key))
            .collect();
        let step = here
            .steps
            .iter()
            .find(|step| targets.get(&step.symbol) != Some(&step.to))?;
        let ends = [&twin, &self.stand(to)].map(|from| self.after(from, step.symbol).text());
        let differ = ends[0]
            .lines()
            .zip(ends[1].lines())
            .find(|(one, other)| one != other);
        let name = &self.alphabet[step.symbol];
        Some(format!(
            "taken for the same state, {name} leads to {differ:?}"
        ))
    }

    /// Takes the step of a symbol.
    fn after(&self, from: &Stand, symbol: usize) -> Stand {
        let mut stand = from.clone();
        let Some(asked) = self.alphabet[symbol].ask(&stand.world) else {
            return stand;
        };
        stand.world.now = asked.context.now;
        let answer = stand.world.mission.decide(&asked.command, &asked.context);
        if let Ok(Decision::Accepted { events, .. } | Decision::Late { events, .. }) = answer {
            for record in stand.world.sealed(&asked.context.actor, events) {
                stand.take(record);
            }
        }
        stand
    }
}

/// What became of a pair of steps.
enum Closing {
    Same,
    NoPlace,
    Apart(String),
}

/// Returns the states that lead to no end, lowest first.
pub(super) fn without_end(is_end: &[bool], edges: &[(usize, usize)]) -> Vec<usize> {
    let mut into = vec![Vec::new(); is_end.len()];
    for &(from, to) in edges {
        into[to].push(from);
    }
    let mut reaches = is_end.to_vec();
    let mut open: Vec<usize> = (0..is_end.len()).filter(|&id| is_end[id]).collect();
    while let Some(id) = open.pop() {
        for &from in &into[id] {
            if !reaches[from] {
                reaches[from] = true;
                open.push(from);
            }
        }
    }
    (0..is_end.len()).filter(|&id| !reaches[id]).collect()
}

/// FNV-1a over numbers, the same on every machine.
pub(super) fn mix(parts: &[u64]) -> u64 {
    let bytes = parts.iter().flat_map(|part| part.to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
