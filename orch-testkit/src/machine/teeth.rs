//! Machines that are wrong on purpose: what the laws of a machine must be able to tell.
//!
//! The twenty mutants of [`sabotage`](crate::sabotage), as machines, and beside them a fault for each
//! law that none of the twenty breaks. They are judged by what they show alone, and not by the
//! invariants, so that a law that looks at what is shown must find the fault itself.

mod faults;
pub mod folds;

use orch_core::record::Record;

use super::claims::Claims;
use super::under_test::{Ask, Failure, Reply, Subject};
use crate::oracle::Facts;
use crate::sabotage::{Machine, Sabotage};

pub use faults::{FAULTS, UNBREAKABLE, Wrong};

/// A sabotaged machine, as the laws see one.
pub struct Sabotaged {
    sabotage: Sabotage,
    machine: Box<dyn Machine>,
    claims: Claims,
}

impl std::fmt::Debug for Sabotaged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Sabotaged")
            .field(&self.sabotage.number)
            .finish()
    }
}

impl Sabotaged {
    /// Makes the machine; everything is claimed but snapshots and decisions.
    pub fn new(sabotage: Sabotage) -> Self {
        Self {
            sabotage,
            machine: sabotage.machine(),
            claims: Claims::everything(),
        }
    }
}

/// What is not claimed is never asked for.
fn unclaimed() -> Failure {
    Failure::Broken("it was asked for what it does not claim".to_owned())
}

impl Subject for Sabotaged {
    fn name(&self) -> &str {
        self.sabotage.text
    }

    fn claims(&self) -> &Claims {
        &self.claims
    }

    fn reset(&mut self) -> Result<(), Failure> {
        self.machine = self.sabotage.machine();
        Ok(())
    }

    fn apply(&mut self, record: &Record) -> Result<Facts, Failure> {
        self.machine.apply(record);
        Ok(self.machine.facts())
    }

    fn decide(&mut self, _: &Ask<'_>) -> Result<Reply, Failure> {
        Err(unclaimed())
    }

    fn snapshot(&mut self) -> Result<String, Failure> {
        Err(unclaimed())
    }

    fn restore(&mut self, _: &str) -> Result<(), Failure> {
        Err(unclaimed())
    }
}
