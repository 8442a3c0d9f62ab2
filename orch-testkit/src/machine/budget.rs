//! How much is tried, and where what is found goes.

use std::path::PathBuf;

use super::laws::{MACHINE_LAWS, MachineLaw};
use crate::store::{Tier, target};

/// How a breach is repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Again {
    /// By the tests of [`machine_laws!`](crate::machine_laws).
    Tests,
    /// By `orch conform`, with this command line for the program.
    Program(String),
}

/// How much is tried, and where what is found goes.
#[derive(Debug, Clone)]
pub struct Budget {
    /// The laws.
    pub laws: Vec<&'static MachineLaw>,
    /// The seed of the first log that is drawn; the others follow it.
    pub seed: u64,
    /// How many logs are drawn.
    pub cases: u32,
    /// The folder that counterexamples are written below; `None` writes none.
    pub folder: Option<PathBuf>,
    /// How a breach is repeated.
    pub again: Again,
    /// Whether what shows a breach is cut down, which takes longer than to find it.
    pub shrinks: bool,
}

impl Budget {
    /// All laws, as much as the environment asks for: `ORCH_TIER`, `ORCH_LAW_SEED`,
    /// `ORCH_LAW_CASES`.
    pub fn from_env() -> Self {
        let number = |name| std::env::var(name).ok().and_then(|text| text.parse().ok());
        let usual = match Tier::from_env() {
            Tier::Fast => 60,
            Tier::Full => 3000,
        };
        Self {
            laws: MACHINE_LAWS.iter().collect(),
            seed: number("ORCH_LAW_SEED").unwrap_or(1),
            cases: number("ORCH_LAW_CASES")
                .and_then(|n| u32::try_from(n).ok())
                .unwrap_or(usual),
            folder: Some(target().join("orch-testkit")),
            again: Again::Tests,
            shrinks: true,
        }
    }

    /// Returns the line that finds a breach again.
    pub(super) fn again(&self, law: &MachineLaw, seed: u64) -> String {
        match &self.again {
            Again::Tests => {
                let test = law.name.to_lowercase();
                format!("ORCH_LAW_SEED={seed} ORCH_LAW_CASES=1 cargo test {test}")
            }
            Again::Program(command) => {
                let law = law.name;
                format!("orch conform --law {law} --seed {seed} --cases 1 -- {command}")
            }
        }
    }
}
