//! The enumeration: breadth first, each state once, so that what is found has the shortest log.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, Utc};
use orch_core::mission::Mission;
use orch_core::record::Record;

use super::alphabet::alphabet;
use super::expand::{Answer, Breach, Care, Expansion, expand};
use super::project::Key;
use super::scope::Scope;
use super::stand::Stand;
use super::symbol::{Symbol, Ties};
use super::tally::Tally;
use crate::invariants::Coverage;
use crate::world::epoch;

/// How many states are expanded before the next are merged: enough for every core, few enough to
/// hold.
const BATCH: usize = 256;

/// A state, as it was first met.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) key: Key,
    root: usize,
    /// The state before it and the symbol that led here; `None` for a root.
    pub(super) parent: Option<(usize, usize)>,
    pub(super) depth: u32,
    now: DateTime<Utc>,
    /// What was written on the way from its parent.
    records: Vec<Record>,
    /// What each symbol was answered; empty where no step was taken.
    pub(super) answers: Vec<Answer>,
    /// Where the symbols lead, by their places.
    pub(super) steps: Vec<(usize, usize)>,
    pub(super) terminal: bool,
    /// What hangs together there.
    pub(super) ties: Ties,
}

/// A law that does not hold, with the log that shows it.
#[derive(Debug, Clone)]
pub struct Counterexample {
    /// What does not hold.
    pub breach: Breach,
    /// What was asked, where it was a symbol that shows it.
    pub symbol: Option<String>,
    /// The log that shows it, to its last record.
    pub log: Vec<Record>,
}

impl Counterexample {
    pub(super) const fn of(breach: Breach, log: Vec<Record>) -> Self {
        Self {
            breach,
            symbol: None,
            log,
        }
    }
}

/// What was enumerated.
#[derive(Debug)]
pub struct Space {
    /// The scope.
    pub scope: Scope,
    /// Its alphabet.
    pub alphabet: Vec<Symbol>,
    pub(super) nodes: Vec<Node>,
    pub(super) index: BTreeMap<Key, usize>,
    /// How often each invariant had something to look at.
    pub coverage: Coverage,
    /// The most commands that the diagnosis took to bring a state to its end.
    pub longest_way: usize,
    /// What does not hold, the shortest first.
    pub counterexamples: Vec<Counterexample>,
}

/// Looks at every state that is met, with the log that leads there.
pub trait Observer: Sync {
    /// Looks at a state.
    ///
    /// # Errors
    /// What is wrong with it.
    fn look(&self, log: &[Record], mission: &Mission) -> Result<(), String>;
}

impl Observer for () {
    fn look(&self, _: &[Record], _: &Mission) -> Result<(), String> {
        Ok(())
    }
}

/// Enumerates a scope.
pub fn explore(scope: Scope, observer: &dyn Observer) -> Space {
    let alphabet = alphabet(&scope);
    let mut space = Space {
        alphabet,
        nodes: Vec::new(),
        index: BTreeMap::new(),
        coverage: Coverage::default(),
        longest_way: 0,
        counterexamples: Vec::new(),
        scope,
    };
    let mut layer = space.plant();
    while !layer.is_empty() {
        let mut next = Vec::new();
        for batch in layer.chunks(BATCH) {
            let visits = in_parallel(batch, |&id| space.visit(id, observer));
            for (&id, visit) in batch.iter().zip(visits) {
                space.merge(id, visit, &mut next);
            }
        }
        layer = next;
    }
    space
}

/// Enumerates a scope, and holds the space as a whole against the laws about all of it.
pub fn examine(scope: Scope, observer: &dyn Observer) -> (Space, Tally) {
    let mut space = explore(scope, observer);
    space.longest_way = space.follow_all();
    let reaching = space.reach_an_end();
    let diamonds = space.commute();
    let twins = space.look_at_twins();
    let tally = Tally::of(&space, reaching, diamonds, twins);
    (space, tally)
}

/// What was found out about a state.
#[derive(Debug)]
struct Visit {
    expansion: Expansion,
    terminal: bool,
    ties: Ties,
    breaches: Vec<Breach>,
}

impl Space {
    /// Returns how many states were met.
    pub fn n_states(&self) -> usize {
        self.nodes.len()
    }

    /// Makes the state again from its log.
    pub(super) fn stand(&self, id: usize) -> Stand {
        let mut trail = Vec::new();
        let mut at = Some(id);
        let mut root = 0;
        while let Some(node) = at.and_then(|at| self.nodes.get(at)) {
            trail.push(node);
            root = node.root;
            at = node.parent.map(|(parent, _)| parent);
        }
        let start = self.scope.roots.get(root).map(|root| &root.world);
        let mut records = start.map_or_else(Vec::new, |world| world.records.clone());
        for node in trail.iter().rev() {
            records.extend(node.records.iter().cloned());
        }
        Stand::of(records, trail.first().map_or_else(epoch, |node| node.now))
    }

    fn plant(&mut self) -> Vec<usize> {
        let mut layer = Vec::new();
        for (root, it) in self.scope.roots.clone().into_iter().enumerate() {
            let stand = Stand::of(it.world.records.clone(), it.world.now);
            let node = Node {
                key: Key::of_stand(&stand),
                root,
                parent: None,
                depth: 0,
                now: it.world.now,
                records: Vec::new(),
                answers: Vec::new(),
                steps: Vec::new(),
                terminal: false,
                ties: Ties::default(),
            };
            layer.extend(self.add(node).ok());
        }
        layer
    }

    /// Adds a state, or returns the one that is the same.
    fn add(&mut self, node: Node) -> Result<usize, usize> {
        let id = self.nodes.len();
        if let Some(known) = self.index.get(&node.key) {
            return Err(*known);
        }
        self.index.insert(node.key, id);
        self.nodes.push(node);
        Ok(id)
    }

    fn visit(&self, id: usize, observer: &dyn Observer) -> Visit {
        let node = &self.nodes[id];
        let stand = self.stand(id);
        let world = &stand.world;
        let mut breaches = Vec::new();
        let mut breach = |law, detail| breaches.push(Breach { law, detail });
        // spec: FOLD-2
        if Key::of_stand(&stand) != node.key {
            breach(
                "FOLD_SPLIT",
                "folded anew, its log gives another state".to_owned(),
            );
        }
        if let Err(detail) = observer.look(&world.records, &world.mission) {
            breach("OBSERVER", detail);
        }
        let is_inner = node.depth < self.scope.depth && self.scope.holds(world);
        let mut expansion = Expansion::default();
        if is_inner {
            let before = world.mission.digest().ok();
            expansion = expand(&stand, &self.alphabet, Care::Full);
            // spec: DECIDE-1
            if before.is_none() || before != world.mission.digest().ok() {
                breach("PURE", "deciding changed the mission".to_owned());
            }
        }
        for step in &mut expansion.steps {
            if self.index.contains_key(&step.to) {
                step.records = Vec::new();
            }
        }
        Visit {
            ties: Ties::of(&world.mission),
            expansion,
            terminal: super::scope::is_terminal(&world.mission),
            breaches,
        }
    }

    fn merge(&mut self, id: usize, visit: Visit, next: &mut Vec<usize>) {
        let (root, depth) = (self.nodes[id].root, self.nodes[id].depth);
        let mut steps = Vec::new();
        for step in visit.expansion.steps {
            let node = Node {
                key: step.to,
                root,
                parent: Some((id, step.symbol)),
                depth: depth.saturating_add(1),
                now: step.now,
                records: step.records,
                answers: Vec::new(),
                steps: Vec::new(),
                terminal: false,
                ties: Ties::default(),
            };
            let to = self.add(node);
            next.extend(to.ok());
            steps.push((step.symbol, to.unwrap_or_else(|known| known)));
        }
        for breach in visit.breaches {
            let log = self.stand(id).world.records;
            self.counterexamples.push(Counterexample::of(breach, log));
        }
        for found in visit.expansion.breaches {
            let mut log = self.stand(id).world.records;
            log.extend(found.records);
            self.counterexamples.push(Counterexample {
                breach: found.breach,
                symbol: Some(self.alphabet[found.symbol].to_string()),
                log,
            });
        }
        self.coverage.add(&visit.expansion.coverage);
        let node = &mut self.nodes[id];
        node.answers = visit.expansion.answers;
        node.steps = steps;
        node.terminal = visit.terminal;
        node.ties = visit.ties;
    }
}

/// Does the same for each, on every core, and returns the results in order.
pub(super) fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let workers = std::thread::available_parallelism().map_or(1, NonZero::get);
    let run = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else { break };
            done.push((at, work(item)));
        }
        done
    };
    let mut all: Vec<(usize, R)> = std::thread::scope(|scope| {
        // All of them are started before the first is waited for.
        let mut threads = Vec::new();
        for _ in 0..workers {
            threads.push(scope.spawn(run));
        }
        let mut all = Vec::new();
        for thread in threads {
            all.extend(thread.join().expect("a worker panicked"));
        }
        all
    });
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, result)| result).collect()
}
