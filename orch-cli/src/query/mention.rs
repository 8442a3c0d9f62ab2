//! What an expression names, and whether the mission has it.
//!
//! A name that is not there makes a condition false at every position, which looks like an answer.

use std::collections::BTreeSet;
use std::ops::Range;

use orch_core::ids::{self, GateName, TaskId};
use orch_core::mission::Mission;

use super::fault::{Fault, did_you_mean};
use crate::select;

/// Something that an expression names, and where.
#[derive(Debug, Clone)]
pub(super) struct Mention {
    named: Named,
    at: Range<usize>,
}

/// What is named.
#[derive(Debug, Clone)]
pub(super) enum Named {
    Task(TaskId),
    /// An agent, with or without its incarnation.
    Agent(String),
    /// A gate of a task, or of any.
    Gate(Option<TaskId>, GateName),
    /// A kind, a role or a phase of tasks.
    Label(Label, String),
}

/// What tasks carry a label for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Label {
    Kind,
    Role,
    Phase,
}

impl Mention {
    pub(super) fn new(named: Named, at: &Range<usize>) -> Self {
        let at = at.clone();
        Self { named, at }
    }

    /// Says that the mission does not have it; `None` if it has.
    pub(super) fn missing(&self, mission: &Mission) -> Option<Fault> {
        let (noun, name, known) = match &self.named {
            Named::Task(id) => {
                if mission.task(id).is_some() {
                    return None;
                }
                let known: Vec<&str> = mission.tasks().map(|task| task.id().as_str()).collect();
                ("task", id.as_str(), known)
            }
            Named::Agent(name) => {
                if select::agent_named(mission, name).is_some() {
                    return None;
                }
                return Some(self.no_agent(name, mission));
            }
            Named::Gate(task, gate) => {
                // A task that is not there has a fault of its own.
                let task = match task {
                    Some(task) => Some(mission.task(task)?),
                    None => None,
                };
                let mut known = BTreeSet::new();
                for one in mission.tasks() {
                    if task.is_none_or(|task| task.id() == one.id()) {
                        known.extend(one.gates().map(|gate| gate.name().as_str()));
                    }
                }
                ("gate", gate.as_str(), known.into_iter().collect())
            }
            Named::Label(label, name) => {
                let known = mission.tasks().filter_map(|task| match label {
                    Label::Kind => task.kind(),
                    Label::Role => task.role(),
                    Label::Phase => task.phase(),
                });
                let known: BTreeSet<&str> = known.map(ids::Label::as_str).collect();
                let noun = match label {
                    Label::Kind => "kind",
                    Label::Role => "role",
                    Label::Phase => "phase",
                };
                (noun, name.as_str(), known.into_iter().collect())
            }
        };
        (!known.contains(&name)).then(|| self.not_there(noun, name, known))
    }

    fn no_agent(&self, name: &str, mission: &Mission) -> Fault {
        let agents: Vec<_> = mission.agents().map(|agent| agent.agent()).collect();
        let known: BTreeSet<String> = if name.contains('#') {
            agents.iter().map(ToString::to_string).collect()
        } else {
            agents.iter().map(|agent| agent.name.to_string()).collect()
        };
        self.not_there("agent", name, known.iter().map(String::as_str).collect())
    }

    fn not_there(&self, noun: &str, name: &str, known: Vec<&str>) -> Fault {
        let of = match &self.named {
            Named::Gate(Some(task), _) => format!(" of task {task}"),
            Named::Gate(None, _) | Named::Task(_) | Named::Agent(_) | Named::Label(..) => {
                String::new()
            }
        };
        let fault = Fault::unknown(&self.at, format!("there is no {noun} \"{name}\"{of}"));
        if known.is_empty() {
            return fault.label("there is none at all");
        }
        let near = select::nearest(known.into_iter(), name);
        if near.is_empty() {
            return fault.label("nothing is called like it");
        }
        fault.label(did_you_mean(&near))
    }
}
