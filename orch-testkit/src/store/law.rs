//! What a law is, and how it comes out.

use std::fmt;
use std::io;

use orch_store::capabilities::Durability;
use orch_store::error::{AppendError, StoreError};
use orch_store::journal::InvalidAppend;
use serde::Serialize;

use super::bench::Bench;
use super::counterexample::Counterexample;

/// One law of a store.
#[derive(Debug, Clone, Copy)]
pub struct Law {
    /// Its number, which is never used again for something else.
    pub number: u16,
    /// Its name, which does not change either.
    pub name: &'static str,
    /// What holds, in a sentence.
    pub text: &'static str,
    /// Which claim of the store it is about.
    pub claim: Claim,
    /// Holds a store against it.
    pub run: fn(&Bench<'_>) -> Verdict,
}

/// What a store has to claim for a law to be about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// Nothing: the law is about every store.
    Nothing,
    /// That an acknowledged append survives at least this.
    Survives(Durability),
    /// That several processes write at the same time.
    MultiProcess,
    /// That nobody but one process at a time writes, and what is written survives it.
    SingleProcess,
    /// That who waits is woken.
    Subscribe,
    /// That snapshots are kept.
    Snapshots,
    /// That snapshots are kept, and survive the process.
    LastingSnapshots,
    /// That there are handles that read beside a writer.
    Readers,
    /// That the store can be copied.
    Copies,
    /// That what earlier versions wrote can be opened.
    OldFormats,
}

/// How many cases a law looked at, or why it does not hold.
pub type Verdict = Result<u64, Failed>;

/// Why a law cannot be said to hold.
#[derive(Debug)]
pub enum Failed {
    /// The store breaks it: what it did, in a sentence.
    Broken(String),
    /// It could not be tried here.
    NotMeasured(String),
    /// The kit itself failed.
    Harness(String),
}

impl Failed {
    /// Says what the store did.
    pub fn broken(what: impl Into<String>) -> Self {
        Self::Broken(what.into())
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Broken(what) | Self::NotMeasured(what) | Self::Harness(what) => f.write_str(what),
        }
    }
}

/// A law that does not expect a call to fail takes its failure for a breach.
impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Broken(format!("a call failed: {error}"))
    }
}

impl From<AppendError> for Failed {
    fn from(error: AppendError) -> Self {
        Self::Broken(format!("an append was refused: {error}"))
    }
}

impl From<InvalidAppend> for Failed {
    fn from(error: InvalidAppend) -> Self {
        Self::Harness(format!("an append was put together wrongly: {error}"))
    }
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        Self::Harness(error.to_string())
    }
}

/// Ends a law as broken unless a condition holds.
macro_rules! ensure {
    ($condition:expr, $($what:tt)+) => {
        if !$condition {
            return Err($crate::store::Failed::Broken(format!($($what)+)));
        }
    };
}
pub(crate) use ensure;

/// How a law came out for a store.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum Outcome {
    /// It holds in every case that was looked at.
    Held {
        /// How many that were.
        cases: u64,
    },
    /// The store does not claim what it is about, and refuses it.
    NotClaimed {
        /// What is not claimed.
        what: &'static str,
    },
    /// It does not hold.
    Broken(Counterexample),
    /// It could not be tried here.
    NotMeasured {
        /// Why.
        why: String,
    },
    /// The kit itself failed.
    HarnessBroken {
        /// Why.
        why: String,
    },
}

impl Outcome {
    /// Whether there is nothing to do about it: the law holds, or is about something that the store
    /// neither claims nor does.
    pub const fn is_good(&self) -> bool {
        matches!(self, Self::Held { .. } | Self::NotClaimed { .. })
    }

    /// Returns what stands in a table for it.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Held { .. } => "held",
            Self::NotClaimed { .. } => "not claimed",
            Self::Broken(_) => "BROKEN",
            Self::NotMeasured { .. } => "NOT MEASURED",
            Self::HarnessBroken { .. } => "HARNESS BROKEN",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = self.word();
        match self {
            Self::Held { cases } => write!(f, "{word} in {cases} cases"),
            Self::NotClaimed { what } => write!(f, "{word}: {what}"),
            Self::Broken(found) => write!(f, "{word}: {found}"),
            Self::NotMeasured { why } | Self::HarnessBroken { why } => write!(f, "{word}: {why}"),
        }
    }
}
