//! What an enumeration saw, in numbers: the fingerprint, and whether anything was left out.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use orch_core::codes::Code;

use super::expand::Answer;
use super::graph::{Diamonds, mix};
use super::project::Key;
use super::search::Space;
use super::symbol::{Act, Reference};
use crate::invariants::{Check, Coverage, INVARIANTS};

/// The figures of one scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// The scope.
    pub scope: String,
    /// Symbols in its alphabet.
    pub symbols: usize,
    /// States that were met.
    pub states: usize,
    /// States in which every symbol was asked.
    pub inner: usize,
    /// States in which the mission is closed.
    pub ends: usize,
    /// States from which an end is reached within the scope.
    pub reaching: usize,
    /// Steps from one state to another or to itself.
    pub edges: usize,
    /// How often each answer was given.
    pub answers: BTreeMap<Answer, u64>,
    /// The kinds of commands that were accepted, and how often.
    pub accepted: BTreeMap<&'static str, u64>,
    /// Pairs of independent steps that end alike in both orders, and those of which one leaves no
    /// place for the other.
    pub diamonds: (u64, u64),
    /// Pairs of logs taken for the same state that were held against each other.
    pub twins: usize,
    /// The most commands of the diagnosis from a state to its end.
    pub longest_way: usize,
    /// The wrapping sum of a hash of every state, symbol, answer and target.
    pub sum: u64,
    /// How often each invariant had something to look at.
    pub coverage: Coverage,
}

impl Tally {
    pub(super) fn of(space: &Space, reaching: usize, diamonds: Diamonds, twins: usize) -> Self {
        let mut tally = Self {
            scope: format!("{} to depth {}", space.scope.name, space.scope.depth),
            symbols: space.alphabet.len(),
            states: space.nodes.len(),
            inner: 0,
            ends: 0,
            reaching,
            edges: 0,
            answers: BTreeMap::new(),
            accepted: BTreeMap::new(),
            diamonds: (diamonds.closed, diamonds.no_place),
            twins,
            longest_way: space.longest_way,
            sum: 0,
            coverage: space.coverage.clone(),
        };
        let names: Vec<u64> = space
            .alphabet
            .iter()
            .map(|it| Key::of(&it.to_string()).short())
            .collect();
        let kinds: Vec<&str> = space.alphabet.iter().map(|it| kind(&it.act)).collect();
        for node in &space.nodes {
            tally.inner += usize::from(!node.answers.is_empty());
            tally.ends += usize::from(node.terminal);
            tally.edges += node.steps.len();
            let targets: BTreeMap<usize, usize> = node.steps.iter().copied().collect();
            for (at, answer) in node.answers.iter().enumerate() {
                *tally.answers.entry(*answer).or_default() += 1;
                if *answer == Answer::Accepted {
                    *tally.accepted.entry(kinds[at]).or_default() += 1;
                }
                let to = targets
                    .get(&at)
                    .map_or(0, |&to| space.nodes[to].key.short());
                let word = Key::of(&answer.to_string()).short();
                tally.sum = tally
                    .sum
                    .wrapping_add(mix(&[node.key.short(), names[at], word, to]));
            }
        }
        tally
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.scope)?;
        writeln!(f, "  symbols {}", self.symbols)?;
        writeln!(
            f,
            "  states {}, in {} of them everything asked",
            self.states, self.inner
        )?;
        writeln!(f, "  ends {}, reached from {}", self.ends, self.reaching)?;
        writeln!(f, "  edges {}", self.edges)?;
        let (closed, no_place) = self.diamonds;
        writeln!(f, "  diamonds {closed}, without a place {no_place}")?;
        writeln!(f, "  twins {}", self.twins)?;
        writeln!(
            f,
            "  commands of the diagnosis to an end, at most {}",
            self.longest_way
        )?;
        for (answer, n) in &self.answers {
            writeln!(f, "  {answer} {n}")?;
        }
        writeln!(f, "  sum {:016x}", self.sum)
    }
}

/// Codes that no answer of `decide` in these scopes can have, and why.
pub const OUT_OF_SCOPE: &[(Code, &str)] = &[
    (Code::ForeignRecord, "about a record of another log"),
    (Code::DuplicateRecord, "about a record that comes again"),
    (Code::OutOfOrder, "about a record that comes late"),
    (Code::SeqGap, "about records that are missing"),
    (Code::UnreadableData, "about bytes; commands are typed"),
    (
        Code::RulesNewer,
        "the log of every root is written under rules that are known",
    ),
    (
        Code::IncarnationOrder,
        "the mission counts incarnations itself",
    ),
    (
        Code::ClockClosed,
        "no command names a clock; a tick finds those that run",
    ),
    (
        Code::ParallelReport,
        "needs two open attempts, which only an imported log has",
    ),
];

/// Invariants of single records that have nothing to look at in these scopes, and why.
pub const INVARIANTS_OUT_OF_SCOPE: &[(&str, &str)] =
    &[("UNKNOWN_KEPT", "no command writes a kind that is not known")];

/// Says what the scopes together never did: then they prove less than they seem to.
pub fn vacuous(tallies: &[Tally]) -> Vec<String> {
    let mut missing = Vec::new();
    let accepted: BTreeSet<&str> = tallies
        .iter()
        .flat_map(|it| it.accepted.keys().copied())
        .collect();
    for kind in KINDS {
        if !accepted.contains(kind) {
            missing.push(format!("no {kind} was ever accepted"));
        }
    }
    let seen: BTreeSet<Answer> = tallies
        .iter()
        .flat_map(|it| it.answers.keys().copied())
        .collect();
    for code in Code::ALL {
        let is_seen = [Answer::Rejected(*code), Answer::Late(*code)]
            .iter()
            .any(|it| seen.contains(it));
        let is_out = OUT_OF_SCOPE.iter().any(|(out, _)| out == code);
        match (is_seen, is_out) {
            (false, false) => missing.push(format!("nothing was ever answered {code}")),
            (true, true) => missing.push(format!(
                "{code} is said to be out of scope, and was answered"
            )),
            (true, false) | (false, true) => {}
        }
    }
    let mut coverage = Coverage::default();
    for tally in tallies {
        coverage.add(&tally.coverage);
    }
    for invariant in INVARIANTS {
        let of_steps = invariant
            .checks
            .iter()
            .any(|check| matches!(check, Check::Step(_)));
        let is_out = INVARIANTS_OUT_OF_SCOPE
            .iter()
            .any(|(out, _)| *out == invariant.name);
        match (coverage.of(invariant.name) > 0, is_out) {
            (false, false) if of_steps => {
                missing.push(format!("{} never had anything to look at", invariant.name));
            }
            (true, true) => missing.push(format!(
                "{} is said to be out of scope, and was looked at",
                invariant.name
            )),
            (true, false) | (false, _) => {}
        }
    }
    missing
}

/// Every kind of command.
const KINDS: [&str; 28] = [
    "open_mission",
    "declare_task",
    "join",
    "leave",
    "dispatch",
    "start",
    "beat",
    "progress",
    "handoff",
    "end_attempt",
    "send",
    "receipt",
    "wait",
    "request_gate",
    "decide_gate",
    "rebind",
    "correct",
    "shutdown",
    "observe",
    "tick",
    "close_task",
    "deliver",
    "close_mission",
    "archive",
    "record_finding",
    "note",
    "start_run",
    "end_run",
];

/// The word of what a symbol asks for.
fn kind(act: &Act) -> &'static str {
    match act {
        Act::Ask(command) | Act::Again(command, _) => {
            let json = serde_json::to_string(command).expect("a command is written as JSON");
            let word = json.split('"').nth(1).unwrap_or_default();
            let known = KINDS.into_iter().find(|known| *known == word);
            known.unwrap_or_else(|| panic!("{word} is no known kind of command"))
        }
        Act::About(Reference::Reply(_)) => "send",
        Act::About(Reference::ReadMessages | Reference::ReadResults) => "receipt",
        Act::About(Reference::Adopt(_)) => "correct",
        Act::TimePasses => "tick",
    }
}
