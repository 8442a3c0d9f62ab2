//! A small language of conditions about a mission: what `check`, `wait` and `bisect` ask.
//!
//! ```text
//! text ─▶ lex ─▶ parse ─▶ check ─▶ Query ─▶ holds(mission, now)
//!                  └──────── Fault: what, where, what is meant ◀── missing(mission)
//! ```
//! A query is checked in full before any mission is looked at, because a slip in it would otherwise
//! be false at every position, which looks like an answer. What it names is checked against a
//! mission by [`Query::missing`], because a task may come later.
//!
//! **Invariant:** a query that was read comes to an answer for every mission.
//!
//! **Not here:** stores, commands, printing.

mod check;
mod compare;
mod eval;
pub(crate) mod facts;
pub(crate) mod fault;
pub(crate) mod field;
mod lex;
mod mention;
mod near;
mod parse;
mod syntax;
#[cfg(test)]
mod tests;
mod typed;
mod value;
pub(crate) mod words;

use orch_core::ids::TaskId;
use orch_core::mission::Mission;
use orch_core::status::task::TaskStatus;

use check::{Checker, Scope};
use eval::Current;
use facts::Facts;
use fault::Fault;
use field::{MissionField, TaskField};
use mention::Mention;
use typed::{Ask, Place, Typed};

/// A condition about a mission, read and checked.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    /// As it was written.
    source: String,
    typed: Typed,
    mentions: Vec<Mention>,
}

/// What a part of a query came to.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Reading {
    /// What was asked.
    pub(crate) asked: String,
    /// What it came to; may hold text from a journal.
    pub(crate) value: String,
}

impl Query {
    /// Reads a query. Bare names are those of the task, or of the mission.
    ///
    /// # Errors
    /// When it is no condition; the fault says where in it.
    pub(crate) fn parse(source: &str, task: Option<&TaskId>) -> Result<Self, Fault> {
        let node = parse::parse(source)?;
        let named = |task: &TaskId| Scope::Task(Place::Named(task.clone()));
        let scope = task.map_or(Scope::Mission, named);
        let mut checker = Checker {
            mentions: Vec::new(),
        };
        let typed = checker.condition(&node, &scope)?;
        Ok(Self {
            source: source.to_owned(),
            typed,
            mentions: checker.mentions,
        })
    }

    /// Returns the query as it was written.
    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    /// Returns whether it is one word, which says by itself what it asks.
    pub(crate) fn is_word(&self) -> bool {
        self.source.chars().all(|c| c.is_alphanumeric() || c == '_')
    }

    /// Returns whether it asks for nothing but that its subject is settled.
    pub(crate) fn is_settled(&self) -> bool {
        let Typed::Asked(question) = &self.typed else {
            return false;
        };
        matches!(
            question.ask,
            Ask::Mission(MissionField::Settled) | Ask::Task(Place::Named(_), TaskField::Settled)
        )
    }

    /// Returns whether it holds.
    pub(crate) fn holds(&self, facts: &Facts<'_>) -> bool {
        facts.holds(&self.typed, Current::Neither)
    }

    /// Returns the only task that it asks about; `None` if it asks about anything else as well.
    pub(crate) fn task(&self) -> Option<&TaskId> {
        let mut found = None;
        for ask in self.asks() {
            let (Ask::Task(Place::Named(id), _)
            | Ask::Is(Place::Named(id), _)
            | Ask::Gate(Place::Named(id), _)
            | Ask::BlockedBy(Place::Named(id), _)
            | Ask::Anomaly(Some(Place::Named(id)), _)
            | Ask::Cause(Some(Place::Named(id)), _)) = ask
            else {
                return None;
            };
            if found.is_some_and(|found| found != id) {
                return None;
            }
            found = Some(id);
        }
        found
    }

    /// Returns whether it asks for what comes after a task is accepted.
    pub(crate) fn asks_for_delivery(&self) -> bool {
        let is_delivery =
            |ask: &Ask| matches!(ask, Ask::Is(_, TaskStatus::Delivered) | Ask::Gate(..));
        self.asks().any(is_delivery)
    }

    /// Lists what it names and the mission does not have.
    pub(crate) fn missing(&self, mission: &Mission) -> Vec<Fault> {
        let missing = self.mentions.iter();
        missing
            .filter_map(|mention| mention.missing(mission))
            .collect()
    }

    /// Says what each part of it comes to, in the order in which it is written.
    pub(crate) fn readings(&self, facts: &Facts<'_>) -> Vec<Reading> {
        let mut found: Vec<Reading> = Vec::new();
        for question in self.typed.questions() {
            let asked = question.text.clone();
            if found.iter().any(|reading| reading.asked == asked) {
                continue;
            }
            let mut value = facts.answer(&question.ask, Current::Neither).to_string();
            if let Ask::Each(_, over, holds) = &question.ask {
                value.push_str(&listed(&facts.fitting(*over, holds)));
            }
            found.push(Reading { asked, value });
        }
        found
    }

    fn asks(&self) -> impl Iterator<Item = &Ask> {
        self.typed
            .questions()
            .into_iter()
            .map(|question| &question.ask)
    }
}

/// Whether a text that is an expression is, once read and written, still read as the same.
#[cfg(any(test, feature = "__fuzz"))]
pub(crate) fn is_written_as_it_is_read(text: &str) -> bool {
    parse::parse(text).map_or(true, |tree| parse::parse(&tree.to_string()) == Ok(tree))
}

/// Lists names in brackets, the first few.
fn listed(names: &[std::borrow::Cow<'_, str>]) -> String {
    const SHOWN_MAX: usize = 5;
    let shown: Vec<&str> = names.iter().take(SHOWN_MAX).map(AsRef::as_ref).collect();
    let more = names.len().saturating_sub(SHOWN_MAX);
    match (shown.as_slice(), more) {
        ([], _) => String::new(),
        (_, 0) => format!(" ({})", shown.join(", ")),
        _ => format!(" ({} and {more} more)", shown.join(", ")),
    }
}
