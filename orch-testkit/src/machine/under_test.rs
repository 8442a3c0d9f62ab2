//! What an author says of a machine, and what the laws see of it.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use chrono::{DateTime, Utc};
use orch_core::command::Command;
use orch_core::decide::{Decision, Rejection};
use orch_core::mission::Mission;
use orch_core::party::Actor;
use orch_core::record::Record;
use serde::{Deserialize, Serialize};

use super::claims::Claims;
use crate::agree;
use crate::invariants::Apply;
use crate::oracle::Facts;

/// A machine that is held against the laws: what folds records, and shows what came of them.
///
/// The first three functions are all that a machine with a state of its own needs.
pub trait MachineUnderTest: Sized {
    /// Returns what it claims.
    fn claims() -> Claims;

    /// Makes a machine that has folded nothing.
    fn new() -> Self;

    /// Folds the next record, and shows the state after it, as seen at the time of the record. What
    /// is not claimed may be left out.
    fn apply(&mut self, record: &Record) -> Facts;

    /// Returns the function that folds a record onto a mission, if the machine wraps the fold of
    /// orch: then the invariants ask the mission itself as well.
    fn wraps() -> Option<Apply> {
        None
    }

    /// Decides a command; `None` if it does not decide.
    fn decide(&self, ask: &Ask<'_>) -> Option<Reply> {
        let _ = ask;
        None
    }

    /// Writes its state down; `None` if it cannot.
    fn snapshot(&self) -> Option<String> {
        None
    }

    /// Makes a machine of what was written down.
    fn restore(snapshot: &str) -> Option<Self> {
        let _ = snapshot;
        None
    }
}

/// A command that is put to a machine.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// Who asks.
    pub by: &'a Actor,
    /// When.
    pub now: DateTime<Utc>,
    /// For what.
    pub command: &'a Command,
}

/// What a machine answers to a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// It would be written down.
    Accepted,
    /// It would be written down as late evidence.
    Late,
    /// It was answered before.
    AlreadyDone,
    /// It is so already.
    NoChange,
    /// A rule forbids it.
    Rejected,
}

impl Reply {
    /// Returns the kind of an answer of orch.
    pub const fn of(answer: &Result<Decision, Rejection>) -> Self {
        match answer {
            Ok(Decision::Late { .. }) => Self::Late,
            Ok(Decision::AlreadyDone { .. }) => Self::AlreadyDone,
            Ok(Decision::NoChange { .. }) => Self::NoChange,
            // Only what is accepted has events that take effect.
            Ok(_) => Self::Accepted,
            Err(_) => Self::Rejected,
        }
    }
}

/// Why a machine gave no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// It panicked over what it was given: it is not total.
    Panicked(String),
    /// It cannot be asked any more: what happened, in a sentence.
    Broken(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Panicked(what) => write!(f, "it panicked: {what}"),
            Self::Broken(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for Failure {}

/// A machine without its type, in this process or in another: what the laws see of it.
pub trait Subject {
    /// Returns its name in reports.
    fn name(&self) -> &str;

    /// Returns what it claims.
    fn claims(&self) -> &Claims;

    /// Forgets everything.
    ///
    /// # Errors
    /// When it gives no answer.
    fn reset(&mut self) -> Result<(), Failure>;

    /// As [`MachineUnderTest::apply`].
    ///
    /// # Errors
    /// When it gives no answer.
    fn apply(&mut self, record: &Record) -> Result<Facts, Failure>;

    /// As [`MachineUnderTest::wraps`].
    fn wraps(&self) -> Option<Apply> {
        None
    }

    /// As [`MachineUnderTest::decide`], for a machine that claims to.
    ///
    /// # Errors
    /// When it gives no answer.
    fn decide(&mut self, ask: &Ask<'_>) -> Result<Reply, Failure>;

    /// As [`MachineUnderTest::snapshot`], for a machine that claims to.
    ///
    /// # Errors
    /// When it gives no answer.
    fn snapshot(&mut self) -> Result<String, Failure>;

    /// As [`MachineUnderTest::restore`], for a machine that claims to.
    ///
    /// # Errors
    /// When it gives no answer.
    fn restore(&mut self, snapshot: &str) -> Result<(), Failure>;
}

/// A machine in this process.
#[derive(Debug)]
pub struct InProcess<M> {
    name: String,
    claims: Claims,
    machine: M,
}

impl<M: MachineUnderTest> InProcess<M> {
    /// Makes one, named after its type.
    pub fn new() -> Self {
        let path = std::any::type_name::<M>();
        Self {
            name: path.rsplit("::").next().unwrap_or(path).to_owned(),
            claims: M::claims(),
            machine: M::new(),
        }
    }
}

impl<M: MachineUnderTest> Default for InProcess<M> {
    fn default() -> Self {
        Self::new()
    }
}

/// Says that a machine claims what it does not do.
fn unkept(what: &str) -> Failure {
    Failure::Broken(format!("it claims {what}, and has none"))
}

impl<M: MachineUnderTest> Subject for InProcess<M> {
    fn name(&self) -> &str {
        &self.name
    }

    fn claims(&self) -> &Claims {
        &self.claims
    }

    fn reset(&mut self) -> Result<(), Failure> {
        self.machine = M::new();
        Ok(())
    }

    fn apply(&mut self, record: &Record) -> Result<Facts, Failure> {
        let machine = AssertUnwindSafe(&mut self.machine);
        catch_unwind(|| { machine }.apply(record)).map_err(|panic| {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
            Failure::Panicked(text.unwrap_or("without a word").to_owned())
        })
    }

    fn wraps(&self) -> Option<Apply> {
        M::wraps()
    }

    fn decide(&mut self, ask: &Ask<'_>) -> Result<Reply, Failure> {
        self.machine.decide(ask).ok_or_else(|| unkept("decisions"))
    }

    fn snapshot(&mut self) -> Result<String, Failure> {
        self.machine.snapshot().ok_or_else(|| unkept("snapshots"))
    }

    fn restore(&mut self, snapshot: &str) -> Result<(), Failure> {
        self.machine = M::restore(snapshot).ok_or_else(|| unkept("snapshots"))?;
        Ok(())
    }
}

/// The fold of orch as it is: everything is claimed.
#[derive(Debug, Clone, Default)]
pub struct Core {
    mission: Mission,
    at: DateTime<Utc>,
}

impl MachineUnderTest for Core {
    fn claims() -> Claims {
        Claims {
            snapshots: true,
            decides: true,
            ..Claims::everything()
        }
    }

    fn new() -> Self {
        Self::default()
    }

    fn apply(&mut self, record: &Record) -> Facts {
        self.mission.apply(record);
        self.at = record.at();
        agree::observe(&self.mission, self.at)
    }

    fn wraps() -> Option<Apply> {
        Some(Mission::apply)
    }

    fn decide(&self, ask: &Ask<'_>) -> Option<Reply> {
        let context = orch_core::decide::Context::new(ask.by.clone(), ask.now);
        Some(Reply::of(&self.mission.decide(ask.command, &context)))
    }

    fn snapshot(&self) -> Option<String> {
        let snapshot = self.mission.snapshot().ok()?;
        serde_json::to_string(&snapshot).ok()
    }

    fn restore(snapshot: &str) -> Option<Self> {
        let read: orch_core::snapshot::Snapshot = serde_json::from_str(snapshot).ok()?;
        let mission = read.restore().ok()?;
        let at = mission.head_at().unwrap_or_default();
        Some(Self { mission, at })
    }
}
