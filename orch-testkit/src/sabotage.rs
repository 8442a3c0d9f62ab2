//! Sabotaged machines: the twenty mutants of the core that the kit must kill.
//!
//! A sabotage is the real fold with one fault built in, in the way that pictures the fault best: it
//! folds another record than the one it was given, is blind to some records, or misreports what it
//! folded. Whatever of the kit cannot tell a sabotage from the real machine has no teeth.
//!
//! The faults are built in from outside, so that the core carries none. What a fault in its source
//! would do besides is not pictured; `cargo mutants` changes the source itself.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a fault names the records that it touches, and leaves all others alone"
)]

mod observed;
mod rewritten;
mod table;

use chrono::{DateTime, Utc};
use orch_core::mission::Mission;
use orch_core::record::Record;

use crate::agree;
use crate::invariants::Apply;
use crate::oracle::Facts;

pub use table::SABOTAGES;

/// Folds records and tells what came of it: what the oracle is compared with.
pub trait Machine {
    /// Folds a record.
    fn apply(&mut self, record: &Record);

    /// Tells the facts at the end of what it folded, as seen at the time of the last record.
    fn facts(&self) -> Facts;
}

/// The machine as it is.
#[derive(Debug, Clone, Default)]
pub struct Real {
    mission: Mission,
    at: DateTime<Utc>,
}

impl Machine for Real {
    fn apply(&mut self, record: &Record) {
        self.mission.apply(record);
        self.at = record.at();
    }

    fn facts(&self) -> Facts {
        agree::observe(&self.mission, self.at)
    }
}

/// How a fault is built in.
#[derive(Debug, Clone, Copy)]
pub enum Fault {
    /// Something else is folded than the record that was given.
    Folds(Apply),
    /// Some of what is told comes from a fold that never saw certain records.
    Blind {
        /// Whether it does not see a record.
        to: fn(&Record) -> bool,
        /// Puts what the blind fold says in place of what the real one says.
        tells: fn(&mut Facts, &Facts),
    },
    /// What is told is not what was folded: made from the log and from the facts at each of its
    /// positions, the last of them those to be told.
    Tells(fn(&[Record], &[Facts]) -> Facts),
    /// What is told depends on how often it was asked.
    Drifts,
}

/// One mutant.
#[derive(Debug, Clone, Copy)]
pub struct Sabotage {
    /// Its number among the mutants that the kit must kill.
    pub number: u8,
    /// What is wrong with it.
    pub text: &'static str,
    /// The fact in which the oracle must see it: part of its name in a disagreement.
    pub seen_in: &'static str,
    /// How the fault is built in.
    pub fault: Fault,
}

impl Sabotage {
    /// Builds the machine with this fault.
    pub fn machine(&self) -> Box<dyn Machine> {
        match self.fault {
            Fault::Folds(apply) => Box::new(Folding {
                apply,
                real: Real::default(),
            }),
            Fault::Blind { to, tells } => Box::new(Blind {
                to,
                tells,
                real: Real::default(),
                unseeing: Real::default(),
            }),
            Fault::Tells(tells) => Box::new(Telling {
                tells,
                real: Real::default(),
                log: Vec::new(),
                told: Vec::new(),
            }),
            Fault::Drifts => Box::new(Drifting::default()),
        }
    }
}

struct Folding {
    apply: Apply,
    real: Real,
}

impl Machine for Folding {
    fn apply(&mut self, record: &Record) {
        (self.apply)(&mut self.real.mission, record);
        self.real.at = record.at();
    }

    fn facts(&self) -> Facts {
        self.real.facts()
    }
}

struct Blind {
    to: fn(&Record) -> bool,
    tells: fn(&mut Facts, &Facts),
    real: Real,
    unseeing: Real,
}

impl Machine for Blind {
    fn apply(&mut self, record: &Record) {
        self.real.apply(record);
        if (self.to)(record) {
            self.unseeing.apply(&rewritten::nothing(record));
        } else {
            self.unseeing.apply(record);
        }
    }

    fn facts(&self) -> Facts {
        let mut facts = self.real.facts();
        (self.tells)(&mut facts, &self.unseeing.facts());
        facts
    }
}

struct Telling {
    tells: fn(&[Record], &[Facts]) -> Facts,
    real: Real,
    log: Vec<Record>,
    told: Vec<Facts>,
}

impl Machine for Telling {
    fn apply(&mut self, record: &Record) {
        self.real.apply(record);
        self.log.push(record.clone());
        self.told.push(self.real.facts());
    }

    fn facts(&self) -> Facts {
        if self.told.is_empty() {
            return self.real.facts();
        }
        (self.tells)(&self.log, &self.told)
    }
}

/// Reads a clock: each record is an hour later for it than for the one before.
#[derive(Default)]
struct Drifting {
    real: Real,
    hours: i64,
}

impl Machine for Drifting {
    fn apply(&mut self, record: &Record) {
        self.real.apply(record);
        self.hours += 1;
    }

    fn facts(&self) -> Facts {
        let now = self.real.at + chrono::TimeDelta::hours(self.hours);
        agree::observe(&self.real.mission, now)
    }
}
