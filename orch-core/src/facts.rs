//! What a mission says about each thing in it, as named values: what can be compared.
//!
//! A fact is read from the row of the thing it is about, so that whoever watches the rows that a
//! record writes to sees every fact that it changes. What is derived from several things, such as
//! readiness, blockers and the verdict, is no fact in this sense.
//!
//! **Not here:** record numbers and times of reports. They change with every sign of life, and with
//! them two logs that say the same would differ.

mod agent;
mod mission;
mod obligation;
mod task;

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

use crate::ids::{AgentRef, Seq, TaskId};
use crate::mission::Mission;
use crate::mission::obligation::ObligationKind;

/// A thing in a mission that there are facts about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Entity {
    /// The mission itself.
    Mission,
    /// A task.
    Task(TaskId),
    /// One incarnation of an agent.
    Agent(AgentRef),
    /// An open obligation.
    Obligation {
        /// The record that opened it.
        opened: Seq,
        /// What is owed.
        kind: ObligationKind,
        /// Which of several that this record opened, from 0.
        n: usize,
    },
}

impl Entity {
    /// Returns the stable word for what it is.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Mission => "mission",
            Self::Task(_) => "task",
            Self::Agent(_) => "agent",
            Self::Obligation { .. } => "obligation",
        }
    }
}

impl fmt::Display for Entity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mission => f.write_str("mission"),
            Self::Task(id) => f.pad(id.as_str()),
            Self::Agent(agent) => agent.fmt(f),
            Self::Obligation { opened, kind, .. } => write!(f, "{kind} of record {opened}"),
        }
    }
}

/// One fact: a name that is unique for its entity, and a value. What is not there has no fact.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Fact {
    /// Which: `status`, `owner`, `gate.review`.
    pub field: Cow<'static, str>,
    /// What it is, in the words of the record format; untrusted text.
    pub value: String,
}

/// Facts being listed.
#[derive(Debug, Default)]
pub(crate) struct List(Vec<Fact>);

impl List {
    /// Adds a fact, if there is a value.
    fn add(&mut self, field: impl Into<Cow<'static, str>>, value: Option<impl ToString>) {
        if let Some(value) = value {
            let (field, value) = (field.into(), value.to_string());
            self.0.push(Fact { field, value });
        }
    }

    /// Adds a count, unless it is zero.
    fn count(&mut self, field: &'static str, n: impl Into<u64>) {
        let n = n.into();
        self.add(field, (n > 0).then_some(n));
    }

    /// Adds a list, unless it is empty.
    fn all<T: ToString>(&mut self, field: &'static str, items: impl IntoIterator<Item = T>) {
        let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
        self.add(field, (!items.is_empty()).then(|| items.join(", ")));
    }
}

/// A value as the record format writes it; a word without its quotes.
fn written(value: &impl Serialize) -> String {
    let json = serde_json::to_string(value).unwrap_or_default();
    let word = json
        .strip_prefix('"')
        .and_then(|word| word.strip_suffix('"'));
    word.map_or_else(|| json.clone(), str::to_owned)
}

impl Mission {
    /// Lists everything that there are facts about: the mission, its tasks, its agents and what is
    /// owed, each in the order of the log.
    pub fn entities(&self) -> Vec<Entity> {
        let state = &self.state;
        let tasks = state.tasks.rows();
        let tasks = tasks.map(|(_, row)| Entity::Task(row.id.clone()));
        let agents = state.incarnations.rows();
        let agents = agents.map(|(ix, _)| Entity::Agent(state.agent_ref(ix)));
        std::iter::once(Entity::Mission)
            .chain(tasks)
            .chain(agents)
            .chain(state.obligation_entities())
            .collect()
    }

    /// Lists the facts about a thing, in a fixed order; `None` if it is not there.
    pub fn facts(&self, of: &Entity) -> Option<Vec<Fact>> {
        let mut list = List::default();
        match of {
            Entity::Mission => self.state.mission_facts(&mut list),
            Entity::Task(id) => self.state.task_facts(self.state.find_task(id)?, &mut list),
            Entity::Agent(agent) => {
                let ix = self.state.find_incarnation(agent)?;
                self.state.agent_facts(ix, &mut list);
            }
            Entity::Obligation { opened, kind, n } => {
                let ix = self.state.open_obligation(*opened, *kind, *n)?;
                self.state.obligation_facts(ix, &mut list);
            }
        }
        Some(list.0)
    }
}
