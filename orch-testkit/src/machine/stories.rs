//! The logs that a machine is held against: told, recorded, enumerated and drawn, and no more than
//! it claims to fold.

use std::sync::{LazyLock, Mutex, PoisonError};

use chrono::TimeDelta;
use orch_core::command::{Command, OpenMission};
use orch_core::decide::Decision;
use orch_core::event::Event;
use orch_core::event::task::TaskDeclared;
use orch_core::mission::Mission;
use orch_core::policy::Policy;
use orch_core::record::{Record, read_lines};
use proptest::strategy::{Strategy, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::claims::{Claims, Logs};
use crate::corpus::{self, Story};
use crate::explore::{Observer, explore, scope};
use crate::oracle::{self, Facts};
use crate::strategy::{self, Step, likely};
use crate::world::{World, join, lead, party, task};

/// How long a drawn log is at most, before what is not claimed is left out.
const DRAWN_MAX: usize = 40;

/// How many logs of the small scopes are taken.
const ENUMERATED_MAX: usize = 120;

/// A log, with what the oracle computes before it and after each of its records.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) name: String,
    pub(super) records: Vec<Record>,
    pub(super) facts: Vec<Facts>,
    /// The seed that draws it; 0 for one that is always there.
    pub(super) seed: u64,
}

impl Known {
    pub(super) fn of(name: impl Into<String>, records: Vec<Record>, seed: u64) -> Self {
        let prefixes = (1..=records.len()).filter_map(|n| records.get(..n));
        let facts = std::iter::once(Facts::default()).chain(prefixes.map(oracle::facts));
        Self {
            name: name.into(),
            facts: facts.collect(),
            records,
            seed,
        }
    }

    /// Its first so many records.
    pub(super) fn cut(&self, n: usize) -> Self {
        Self {
            name: self.name.clone(),
            records: self.records.iter().take(n).cloned().collect(),
            facts: self.facts.iter().take(n + 1).cloned().collect(),
            seed: self.seed,
        }
    }

    /// How many of its records a machine folds, by its claims.
    pub(super) fn n_claimed(&self, claims: &Claims) -> usize {
        let after = self.facts.iter().skip(1);
        let both = self.records.iter().zip(after);
        let is_claimed = |(record, facts): &(&Record, &Facts)| {
            Logs::of(facts) <= claims.logs && claims.permits(record)
        };
        both.take_while(is_claimed).count()
    }
}

/// Lists logs that went wrong with real teams of agents, each as a file that ships with the kit.
macro_rules! incidents {
    ($($name:literal)*) => {
        /// What went wrong with real teams: name and log.
        const INCIDENTS: &[(&str, &str)] = &[$((
            $name,
            include_str!(concat!("../../fixtures/incidents/", $name, ".jsonl")),
        ),)*];
    };
}

incidents! {
    "D01-relay-chain" "D02-notice" "D02b-early-end" "D03-wait-timeout" "D04-report-lost"
    "D04b-outcome-unknown" "D05-false-stall" "D05b-revoked" "D06-no-wake-source"
    "D07-late-dependent" "D08-failed-dependency" "D09-guard-bypass" "D10-soft-failure"
    "D11-hollow-success" "D12-partial-fan-out" "D13-stale-pointer" "D14-raw-done"
    "D15-double-claim" "D16-lost-writes" "D17-wait-ring" "D17b-mixed-ring" "D17c-lock-ring"
    "D18-amnesia" "D19-late-duplicates" "D20-self-wait" "D21-shutdown-ignored" "D21b-zombie"
    "D22-dead-letter" "D23-stale-approval" "D24-routed-around" "D24b-given-up" "D25-crash"
    "D25b-session-ended" "D26-needs-input" "D27-two-bars" "D28-review-rounds"
    "D29-lost-dispatch" "D30-lost-wake-up"
}

/// What went wrong with real teams: the logs that ship with the kit.
pub(crate) fn incidents() -> impl Iterator<Item = Story> {
    INCIDENTS.iter().map(|(name, text)| Story {
        name: (*name).to_owned(),
        records: read_lines(text.as_bytes()).records,
    })
}

/// Keeps the log of every state that an enumeration meets.
#[derive(Default)]
struct Keeps(Mutex<Vec<Vec<Record>>>);

impl Observer for Keeps {
    fn look(&self, log: &[Record], _: &Mission) -> Result<(), String> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(log.to_vec());
        Ok(())
    }
}

/// The logs of small scopes: of each that begins others only those others, evenly chosen.
fn enumerated() -> Vec<Story> {
    let scopes = [
        scope::deep(2),
        scope::side_by_side(1),
        scope::ending(1),
        scope::clocks(1),
    ];
    let mut stories = Vec::new();
    for scope in scopes {
        let keeps = Keeps::default();
        let name = scope.name.clone();
        explore(scope, &keeps);
        let mut logs = keeps.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        let lines = |log: &Vec<Record>| -> Vec<String> {
            log.iter()
                .map(|record| record.as_line().to_owned())
                .collect()
        };
        // The workers of an enumeration look in any order.
        logs.sort_by_cached_key(lines);
        let begins = |pair: &[Vec<Record>]| matches!(pair, [one, next] if next.starts_with(one));
        let is_begun: Vec<bool> = logs.windows(2).map(begins).collect();
        let whole = logs.into_iter().enumerate();
        let whole = whole.filter(|(at, _)| !is_begun.get(*at).copied().unwrap_or(false));
        let whole: Vec<_> = whole.map(|(_, log)| log).collect();
        let step = whole.len() * 4 / ENUMERATED_MAX + 1;
        let chosen = whole.into_iter().step_by(step).enumerate();
        stories.extend(chosen.map(|(n, records)| Story {
            name: format!("scope {name} {n}"),
            records,
        }));
    }
    stories
}

/// The logs that are the same in every run, with what the oracle computes of them.
static FIXED: LazyLock<Vec<Known>> = LazyLock::new(|| {
    let stories = corpus::told().into_iter().chain(incidents());
    let stories = stories.chain(enumerated());
    stories
        .map(|it| Known::of(it.name, it.records, 0))
        .collect()
});

/// The logs that are the same in every run, as far as they are claimed.
pub(super) fn fixed(claims: &Claims) -> impl Iterator<Item = Known> + '_ {
    let cut = |known: &Known| known.cut(known.n_claimed(claims));
    FIXED
        .iter()
        .map(cut)
        .filter(|known| known.records.len() > 1)
}

/// Makes a source of randomness from a seed.
fn rng(seed: u64) -> TestRng {
    let mut bytes = [0; 32];
    for (byte, of) in bytes.iter_mut().zip(seed.to_be_bytes()) {
        *byte = of;
    }
    TestRng::from_seed(RngAlgorithm::ChaCha, &bytes)
}

/// Draws a log within the claims, the same for the same seed.
pub(super) fn drawn(claims: &Claims, seed: u64) -> Known {
    let mut runner = TestRunner::new_with_rng(Config::default(), rng(seed));
    let mut world = opened(claims, &mut runner);
    let mut teller = Teller {
        claims,
        world: &mut world,
    };
    teller.stage();
    let kind = match (&claims.kinds, claims.logs) {
        // What asks for anything would hardly ever ask for what is claimed.
        (Some(_), Logs::Clean | Logs::Late) => 0,
        (None, Logs::Clean | Logs::Late) => seed % 2,
        (_, Logs::Any) => seed % 3,
    };
    match kind {
        0 => {
            for draw in one(likely::draws(DRAWN_MAX), &mut runner) {
                if let Some(step) = claimed(claims, draw).in_world(teller.world) {
                    teller.ask(&step);
                }
            }
        }
        1 => {
            for step in one(strategy::commands(DRAWN_MAX * 2), &mut runner) {
                teller.ask(&step);
            }
        }
        _ => {
            for step in one(strategy::log(DRAWN_MAX), &mut runner) {
                teller.impose(&step);
            }
        }
    }
    let known = Known::of(format!("drawn {seed}"), world.records, seed);
    let n = known.n_claimed(claims);
    known.cut(n)
}

/// What is drawn, or in its place a record of a kind that is claimed.
fn claimed(claims: &Claims, draw: likely::Draw) -> likely::Draw {
    let Some(kinds) = &claims.kinds else {
        return draw;
    };
    if kinds.contains_key(draw.kind) {
        return draw;
    }
    let known = |kind: &&&str| kinds.contains_key(**kind) && **kind != "mission_opened";
    let known: Vec<&&str> = Event::KINDS.iter().filter(known).collect();
    let [_, other, _] = draw.picks;
    let at = usize::from(other).checked_rem(known.len()).unwrap_or(0);
    let kind = known.get(at).map_or(draw.kind, |kind| **kind);
    likely::Draw { kind, ..draw }
}

/// Draws one value.
fn one<T>(of: impl Strategy<Value = T>, runner: &mut TestRunner) -> T {
    of.new_tree(runner)
        .expect("nothing is filtered out")
        .current()
}

/// A mission that is open, if its opening is claimed: under a policy, or under none.
fn opened(claims: &Claims, runner: &mut TestRunner) -> World {
    let policy = one(strategy::policies(), runner);
    let whole = World::with_policy(policy);
    if whole.records.iter().all(|record| claims.permits(record)) {
        return whole;
    }
    let mut world = World::unopened();
    let open = |policy: Option<Policy>| {
        Command::OpenMission(OpenMission {
            title: "auth".to_owned(),
            lead: party("human:ada"),
            policy,
            empty: false,
        })
    };
    let mut teller = Teller {
        claims,
        world: &mut world,
    };
    let step = |what| Step {
        by: lead(),
        seconds: 0,
        what,
    };
    teller.ask(&step(open(None)));
    world
}

/// Tells a story of which every record is claimed.
struct Teller<'a> {
    claims: &'a Claims,
    world: &'a mut World,
}

impl Teller<'_> {
    /// Two agents and two tasks to begin with.
    fn stage(&mut self) {
        let declare = |id: &str| Command::DeclareTask(TaskDeclared::new(task(id), id));
        for what in [join("a"), join("b"), declare("t1"), declare("t2")] {
            let by = lead();
            self.ask(&Step {
                by,
                seconds: 1,
                what,
            });
        }
    }

    /// Asks for a command; what is accepted, or late where that is claimed, becomes records.
    fn ask(&mut self, step: &Step<Command>) {
        self.world.now += TimeDelta::seconds(step.seconds);
        let events = match self.world.decide(&step.by, &step.what) {
            Ok(Decision::Accepted { events, .. }) => events,
            Ok(Decision::Late { events, .. }) if self.claims.logs >= Logs::Late => events,
            Ok(_) | Err(_) => return,
        };
        self.take(&step.by, events);
    }

    /// Imposes an event, whatever the rules say.
    fn impose(&mut self, step: &Step<Event>) {
        self.world.now += TimeDelta::seconds(step.seconds);
        self.take(&step.by, vec![step.what.clone()]);
    }

    fn take(&mut self, by: &orch_core::party::Actor, events: Vec<Event>) {
        let records = self.world.sealed(by, events);
        if records.iter().all(|record| self.claims.permits(record)) {
            for record in records {
                self.world.mission.apply(&record);
                self.world.records.push(record);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_incident_that_ships_is_among_the_stories() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/incidents");
        let files = std::fs::read_dir(folder).unwrap();
        let names = files.map(|it| it.unwrap().path().file_stem().unwrap().to_owned());
        let mut names: Vec<String> = names.map(|it| it.into_string().unwrap()).collect();
        names.sort();
        let known: Vec<&str> = INCIDENTS.iter().map(|(name, _)| *name).collect();
        assert_eq!(known, names);
    }

    #[test]
    fn a_drawn_log_is_the_same_for_the_same_seed_and_within_the_claims() {
        let kinds = ["agent_joined", "dispatched", "task_declared"];
        let plain = kinds
            .iter()
            .fold(Claims::default(), |claims, kind| claims.kind(kind, &["*"]));
        let plain = plain.kind("mission_opened", &["title", "lead", "rules"]);
        let mut n = 0;
        for seed in 0..20 {
            let known = drawn(&plain, seed);
            assert_eq!(known.records, drawn(&plain, seed).records);
            assert!(known.records.iter().all(|record| plain.permits(record)));
            assert_eq!(Logs::of(known.facts.last().unwrap()), Logs::Clean);
            n += known.records.len();
        }
        assert!(n > 100, "{n} records in 20 logs");
    }
}
