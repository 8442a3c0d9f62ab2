//! Which scopes are enumerated when: a few in every test run, more in CI, deeper ones by hand.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use super::scope::{self, Scope};
use super::search::{Counterexample, Observer, examine};
use super::tally::{Tally, vacuous};

/// How much is enumerated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// What a test run has time for.
    Fast,
    /// What CI has time for.
    Full,
}

impl Tier {
    /// Returns the scopes; `deeper` adds as many steps to each.
    pub fn scopes(self, deeper: u32) -> Vec<Scope> {
        let depth = |fast: u32, full: u32| {
            let depth = match self {
                Self::Fast => fast,
                Self::Full => full,
            };
            depth + deeper
        };
        vec![
            scope::wide(depth(1, 2)),
            scope::side_by_side(depth(2, 4)),
            scope::deep(depth(3, 4)),
            scope::ending(depth(2, 4)),
            scope::clocks(depth(2, 4)),
            scope::agent_led(depth(1, 3)),
            scope::spec_first(depth(2, 3)),
        ]
    }
}

/// Where the fingerprint of a tier is kept: a change of it is reviewed like any other.
pub fn golden(tier: Tier) -> PathBuf {
    let name = match tier {
        Tier::Fast => "fast.txt",
        Tier::Full => "full.txt",
    };
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/explore")
        .join(name)
}

/// What came out of the scopes of a tier.
#[derive(Debug)]
pub struct Report {
    /// The figures of each scope.
    pub tallies: Vec<Tally>,
    /// What does not hold, by scope.
    pub counterexamples: Vec<(String, Counterexample)>,
    /// What the scopes together never did.
    pub vacuous: Vec<String>,
}

impl Report {
    /// Enumerates scopes, one after the other.
    pub fn on(scopes: Vec<Scope>, observer: &dyn Observer) -> Self {
        let mut tallies = Vec::new();
        let mut counterexamples = Vec::new();
        for scope in scopes {
            let (space, tally) = examine(scope, observer);
            let name = space.scope.name;
            counterexamples.extend(
                space
                    .counterexamples
                    .into_iter()
                    .map(|it| (name.clone(), it)),
            );
            tallies.push(tally);
        }
        Self {
            vacuous: vacuous(&tallies),
            tallies,
            counterexamples,
        }
    }

    /// Whether everything holds, and nothing was left out.
    pub fn holds(&self) -> bool {
        self.counterexamples.is_empty() && self.vacuous.is_empty()
    }

    /// Returns the shortest counterexample of each law in each scope.
    pub fn shortest(&self) -> impl Iterator<Item = (&str, &Counterexample)> {
        let mut seen = BTreeSet::new();
        let all = self.counterexamples.iter();
        all.filter(move |(scope, it)| seen.insert((scope, it.breach.law)))
            .map(|(scope, it)| (scope.as_str(), it))
    }

    /// Returns the fingerprint: every figure of every scope.
    pub fn fingerprint(&self) -> String {
        let scopes: Vec<String> = self.tallies.iter().map(ToString::to_string).collect();
        scopes.join("\n")
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for tally in &self.tallies {
            let (states, edges) = (tally.states, tally.edges);
            writeln!(
                f,
                "{}: {states} states, {edges} edges, sum {:016x}",
                tally.scope, tally.sum
            )?;
        }
        for (scope, it) in self.counterexamples.iter().take(SHOWN) {
            let by = it.symbol.as_deref().unwrap_or("the state itself");
            writeln!(
                f,
                "{scope}: {}: {}\n  shown by {by}",
                it.breach.law, it.breach.detail
            )?;
        }
        if self.counterexamples.len() > SHOWN {
            writeln!(f, "and {} more", self.counterexamples.len() - SHOWN)?;
        }
        for missing in &self.vacuous {
            writeln!(f, "vacuous: {missing}")?;
        }
        Ok(())
    }
}

/// How many counterexamples a report shows: the first are the shortest.
const SHOWN: usize = 10;
