//! Conditions that `wait` and `check` ask about, and how a mission or a task stands by them.

use orch_core::ids::TaskId;
use orch_core::mission::Mission;
use orch_core::status::task::TaskStatus;

use crate::error::{CliError, ErrorCode};
use crate::exit::Exit;
use crate::query::facts::{Facts, Stand};
use crate::query::fault::{Fault, FaultKind};
use crate::query::{Query, Reading};
use crate::render::excerpt::Excerpt;
use crate::select;
use crate::view::View;

/// A condition about the mission or one of its tasks.
#[derive(Debug)]
pub(crate) struct Condition {
    query: Query,
}

/// How the subject stands, measured by a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The condition holds; this is the exit code that says how.
    Holds(Exit),
    /// It does not hold; this is the exit code that says what is so instead.
    Not(Exit),
    /// It does not hold, and will not unless what ended is opened again.
    Over(Exit),
}

impl Standing {
    /// Returns the exit code that tells it.
    pub(crate) const fn exit(self) -> Exit {
        match self {
            Self::Holds(exit) | Self::Not(exit) | Self::Over(exit) => exit,
        }
    }
}

impl Condition {
    /// Reads a condition; bare names are those of the task, or of the mission.
    ///
    /// # Errors
    /// When it is none.
    pub(crate) fn parse(text: &str, task: Option<&TaskId>) -> Result<Self, CliError> {
        let query = Query::parse(text, task).map_err(|fault| refused(&fault, text))?;
        Ok(Self { query })
    }

    /// Reads what a command line asks: a condition, or a task and a condition of it.
    ///
    /// # Errors
    /// When there is no such task, or it is no condition.
    pub(crate) fn asked(view: &View, first: &str, second: Option<&str>) -> Result<Self, CliError> {
        match second {
            Some(text) => Self::parse(text, Some(&select::task(view, first)?)),
            None => Self::parse(first, None),
        }
    }

    /// Says what is wrong with what a command line asks before a store is looked for.
    ///
    /// # Errors
    /// When it is no condition, whichever task it is about.
    pub(crate) fn check(first: &str, second: Option<&str>) -> Result<(), CliError> {
        let any = TaskId::parse("ID").ok();
        let (text, task) = second.map_or((first, None), |text| (text, any.as_ref()));
        Self::parse(text, task).map(|_| ())
    }

    /// Returns the expression.
    pub(crate) const fn query(&self) -> &Query {
        &self.query
    }

    /// Makes sure that everything it names is there at least once in the log.
    ///
    /// # Errors
    /// When something is not.
    pub(crate) fn must_be_known(&self, head: &Mission) -> Result<(), CliError> {
        let missing = self.query.missing(head);
        let first = missing.first();
        first.map_or(Ok(()), |fault| Err(refused(fault, self.query.source())))
    }

    /// Lists what it names that is not there yet, as warnings.
    pub(crate) fn not_yet(&self, mission: &Mission) -> Vec<String> {
        let missing = self.query.missing(mission);
        let words = missing.into_iter();
        words
            .map(|fault| format!("{} yet: {}", fault.message, fault.label))
            .collect()
    }

    /// Returns the task that it is about; `None` for the mission.
    pub(crate) fn task(&self) -> Option<&TaskId> {
        self.query.task()
    }

    /// Says how the subject stands.
    pub(crate) fn of(&self, facts: &Facts<'_>) -> Standing {
        let holds = self.query.holds(facts);
        let (is_over, exit) = match self.task() {
            Some(task) => self.task_stands(task, facts),
            None => (facts.is_closed(), facts.exit()),
        };
        match holds {
            // `settled` tells how it ended; every other condition is a plain yes.
            true if self.query.is_settled() => Standing::Holds(exit),
            true => Standing::Holds(Exit::Ok),
            false if is_over => Standing::Over(Exit::Failed),
            false => Standing::Not(exit),
        }
    }

    /// Says what each part of it comes to; nothing for a word that says so by itself.
    pub(crate) fn readings(&self, facts: &Facts<'_>) -> Vec<Reading> {
        if self.query.is_word() {
            return Vec::new();
        }
        self.query.readings(facts)
    }

    fn task_stands(&self, task: &TaskId, facts: &Facts<'_>) -> (bool, Exit) {
        let status = facts.status(task);
        let exit = match facts.stand(task) {
            Stand::Done => Exit::Ok,
            Stand::Over => Exit::Failed,
            Stand::Stuck => Exit::Stuck,
            Stand::Open => Exit::InProgress,
        };
        // What is accepted has an end, but for what delivery is still to bring.
        let may_follow = status == Some(TaskStatus::Accepted) && self.query.asks_for_delivery();
        let is_over = status.is_some_and(TaskStatus::is_ended) && !may_follow;
        if !is_over && exit == Exit::Ok {
            return (facts.is_closed(), Exit::InProgress);
        }
        (is_over || facts.is_closed(), exit)
    }
}

/// Tells what is wrong with an expression, pointing into it.
pub(crate) fn refused(fault: &Fault, source: &str) -> CliError {
    let code = match fault.kind {
        FaultKind::Invalid => ErrorCode::Expression,
        FaultKind::Unknown => ErrorCode::UnknownId,
    };
    CliError::new(code, &*fault.message)
        .excerpt(Excerpt::new(source, &fault.at, &fault.label))
        .evidence_all(fault.notes.iter().cloned())
        .hint("orch help expressions")
}
