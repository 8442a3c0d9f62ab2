//! The alphabet of a scope: every command of the core, over every id in scope and one of each
//! kind that is not.

mod agents;
mod gates;
mod plan;
mod talk;
mod work;

use orch_core::command::Command;
use orch_core::ids::{AgentName, AgentRef, AttemptNo, Incarnation, TaskId};
use orch_core::party::Actor;

use super::scope::Scope;
use super::symbol::{Act, Reference, Symbol};
use crate::world::{agent, lead, task};

/// A part of the alphabet, so that a scope can leave out what it is not about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Handing tasks out, and what workers report.
    Work,
    /// Gates, and delivering.
    Gates,
    /// Corrections and closing of tasks.
    Rulings,
    /// Declaring tasks, needs, runs, notes, and closing the mission.
    Plan,
    /// Joining, leaving, stopping and inventories.
    Agents,
    /// Messages, receipts and declared waits.
    Talk,
    /// Passing time.
    Time,
}

impl Family {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Work,
        Self::Gates,
        Self::Rulings,
        Self::Plan,
        Self::Agents,
        Self::Talk,
        Self::Time,
    ];
}

/// Returns the symbols of a scope.
pub fn alphabet(scope: &Scope) -> Vec<Symbol> {
    let mut alphabet = Alphabet {
        scope,
        symbols: Vec::new(),
    };
    for family in &scope.families {
        match family {
            Family::Work => alphabet.work(),
            Family::Gates => alphabet.gates(),
            Family::Rulings => alphabet.rulings(),
            Family::Plan => alphabet.plan(),
            Family::Agents => alphabet.agents(),
            Family::Talk => alphabet.talk(),
            Family::Time => alphabet.symbols.push(Symbol {
                by: Actor::Host,
                act: Act::TimePasses,
            }),
        }
    }
    alphabet.symbols
}

/// A task that nobody declares.
pub(super) fn unknown_task() -> TaskId {
    task("t9")
}

/// An incarnation that never joins.
pub(super) fn stranger() -> AgentRef {
    agent("ghost#1")
}

struct Alphabet<'a> {
    scope: &'a Scope,
    symbols: Vec<Symbol>,
}

impl Alphabet<'_> {
    fn add(&mut self, by: &Actor, command: Command) {
        self.symbols.push(Symbol::new(by, command));
    }

    fn lead(&mut self, command: Command) {
        self.add(&lead(), command);
    }

    fn refer(&mut self, by: &Actor, reference: Reference) {
        self.symbols.push(Symbol {
            by: by.clone(),
            act: Act::About(reference),
        });
    }

    fn tasks(&self) -> Vec<TaskId> {
        self.scope.task_ids()
    }

    fn names(&self) -> Vec<AgentName> {
        self.scope.agent_names()
    }

    /// Every incarnation that may come to be within the scope.
    fn incarnations(&self) -> Vec<AgentRef> {
        let all = self.names().into_iter().enumerate();
        let each = all.flat_map(|(at, name)| {
            // Only the first comes back: the others would show nothing else.
            let most = if at == 0 {
                self.scope.caps.incarnations
            } else {
                1
            };
            (1..=most).map(move |number| AgentRef::new(name.clone(), Incarnation(number)))
        });
        each.collect()
    }

    fn attempts(&self) -> impl Iterator<Item = AttemptNo> + use<> {
        (1..=self.scope.caps.attempts).map(AttemptNo)
    }
}

/// The task that stands for all in symbols about an id out of scope.
fn first_task() -> TaskId {
    task("t1")
}

/// The agent acts itself.
fn itself(who: &AgentRef) -> Actor {
    Actor::Agent(who.clone())
}
