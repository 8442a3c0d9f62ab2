//! One symbol of the alphabet: who asks for what, and what it touches.

use chrono::{DateTime, Utc};
use orch_core::command::Command;
use orch_core::decide::{Context, Prior};
use orch_core::event::Event;
use orch_core::event::talk::{Message, MessageClass, Receipt, WaitRef};
use orch_core::ids::{AgentName, Seq, TaskId};
use orch_core::mission::{Mission, ObligationKind};
use orch_core::party::{Actor, Party};
use orch_core::record::Record;
use orch_core::view::{ObstacleKind, TaskView};

use super::project::{adoptable, adoption};
use crate::world::World;

/// One thing that can be asked for in any state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    /// Who asks.
    pub by: Actor,
    /// What is asked.
    pub act: Act,
}

/// What is asked, as far as it can be said without the state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// This command.
    Ask(Box<Command>),
    /// This command, under a key that such a command, or another, was already answered under.
    Again(Box<Command>, Repeat),
    /// What needs the position of a record: which one is looked up in the state.
    About(Reference),
    /// The next moment at which something runs out comes, and then a `tick`.
    TimePasses,
}

/// What was answered before under the key of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// The same command.
    Same,
    /// Another one.
    Other,
}

/// A command that names a record by its position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// Replies, in the name of a party, to the first thing that waits for a reply.
    Reply(Party),
    /// Marks every message as read.
    ReadMessages,
    /// Marks every result as read.
    ReadResults,
    /// Adopts the first handoff of a task that can be adopted.
    Adopt(TaskId),
}

/// What is asked in a state, with everything looked up.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The command.
    pub command: Command,
    /// Who asks, when, and what is known about the key.
    pub context: Context,
}

impl Symbol {
    /// Has somebody ask for a command.
    pub fn new(by: &Actor, command: Command) -> Self {
        Self {
            by: by.clone(),
            act: Act::Ask(Box::new(command)),
        }
    }

    /// Looks up what it means in a state; `None` where it refers to something that is not there.
    pub fn ask(&self, world: &World) -> Option<Asked> {
        let context = Context::new(self.by.clone(), world.now);
        let asked = |command| Asked {
            command,
            context: context.clone(),
        };
        match &self.act {
            Act::Ask(command) => Some(asked((**command).clone())),
            Act::Again(..) if world.records.is_empty() => None,
            Act::Again(command, repeat) => {
                let request = match repeat {
                    Repeat::Same => command.request(),
                    Repeat::Other => Command::Tick.request(),
                };
                let mut asked = asked((**command).clone());
                let (first, last) = (Seq(1), Seq(1));
                asked.context.prior = Prior::Seen {
                    first,
                    last,
                    request,
                };
                Some(asked)
            }
            Act::About(reference) => reference.command(world).map(asked),
            Act::TimePasses => Some(Asked {
                command: Command::Tick,
                context: Context::new(self.by.clone(), next_moment(world)),
            }),
        }
    }

    /// The tasks and agents that it touches; `None` when it may touch all of them.
    pub fn touches(&self) -> Option<Touched> {
        let mut touched = match &self.act {
            Act::Ask(command) => touched_by(command)?,
            Act::Again(..) | Act::About(_) | Act::TimePasses => return None,
        };
        touched
            .agents
            .extend(self.by.agent().map(|agent| agent.name.clone()));
        Some(touched)
    }
}

impl std::fmt::Display for Symbol {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.act {
            Act::Ask(command) => write!(f, "{}: {}", self.by, json(command)),
            Act::Again(command, repeat) => {
                write!(f, "{} again ({repeat:?}): {}", self.by, json(command))
            }
            Act::About(reference) => write!(f, "{}: {reference:?}", self.by),
            Act::TimePasses => write!(f, "time passes"),
        }
    }
}

fn json(command: &Command) -> String {
    serde_json::to_string(command).expect("a command is written as JSON")
}

impl Reference {
    fn command(&self, world: &World) -> Option<Command> {
        match self {
            Self::Reply(from) => {
                let owed = world.mission.obligations().into_iter().filter(|owed| {
                    matches!(
                        owed.kind,
                        ObligationKind::Reply | ObligationKind::Answer | ObligationKind::Ruling
                    )
                });
                // The first by what it is, not by when it came: the order is no part of the state.
                let first =
                    owed.min_by_key(|owed| (owed.kind, owed.task.clone(), owed.opened.seq))?;
                Some(Command::Send(Message {
                    from: from.clone(),
                    to: Party::Lead,
                    class: MessageClass::Fyi,
                    task: None,
                    reply_to: Some(first.opened.seq),
                    text: "so be it".to_owned(),
                }))
            }
            Self::ReadMessages => {
                let records = world.records.iter();
                let messages = records.filter(|it| matches!(it.event(), Event::Message(_)));
                receipt(messages.map(Record::seq).collect())
            }
            Self::ReadResults => {
                let open = world.mission.obstacles().into_iter();
                let results = open.filter(|it| it.kind == ObstacleKind::Result);
                receipt(results.flat_map(|it| it.because).collect())
            }
            Self::Adopt(task) => {
                let first = adoptable(world, task).into_iter().next();
                first.map(|(seq, _)| adoption(task, seq))
            }
        }
    }
}

fn receipt(of: Vec<Seq>) -> Option<Command> {
    (!of.is_empty()).then_some(Command::Receipt(Receipt { of }))
}

/// When a clock or a backoff next runs out; now, if none does.
fn next_moment(world: &World) -> DateTime<Utc> {
    let mission = &world.mission;
    let retries = mission.tasks().filter_map(|task| task.retry_at());
    let later = mission.next_deadline().into_iter().chain(retries);
    later
        .filter(|at| *at > world.now)
        .min()
        .unwrap_or(world.now)
}

/// What hangs together in a state: whatever touches one side touches the other.
#[derive(Debug, Clone, Default)]
pub(super) struct Ties {
    /// Open attempts: the task and who has it.
    pub(super) owned: Vec<(TaskId, AgentName)>,
    /// Needs: the task and what it needs, or the specification that it comes after (COMPLETE-2).
    pub(super) needs: Vec<(TaskId, TaskId)>,
}

impl Ties {
    pub(super) fn of(mission: &Mission) -> Self {
        let open = mission.open_attempts();
        let needs_of = |task: TaskView<'_>| {
            let id = task.id().clone();
            let needs = task.needs().map(|(needed, ..)| needed.clone());
            let specs = specs_before(mission, task);
            let all: Vec<_> = needs
                .chain(specs)
                .map(|needed| (id.clone(), needed))
                .collect();
            all
        };
        Self {
            owned: open
                .map(|it| (it.task().clone(), it.agent().name))
                .collect(),
            needs: mission.tasks().flat_map(needs_of).collect(),
        }
    }
}

/// The specifications that an implementation waits for without naming them.
fn specs_before(mission: &Mission, task: TaskView<'_>) -> Vec<TaskId> {
    let is = |task: TaskView<'_>, word: &str| task.kind().is_some_and(|kind| kind.as_str() == word);
    let waits = mission.policy().spec_first && is(task, "implement");
    let specs = mission.tasks().filter(|other| waits && is(*other, "spec"));
    specs.map(|spec| spec.id().clone()).collect()
}

/// Tasks and agents that a symbol touches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched {
    /// The tasks.
    pub tasks: Vec<TaskId>,
    /// The agents, in whichever incarnation.
    pub agents: Vec<AgentName>,
}

impl Touched {
    /// Whether two symbols have nothing to do with each other.
    pub fn is_apart_from(&self, other: &Self) -> bool {
        self.tasks.iter().all(|task| !other.tasks.contains(task))
            && self
                .agents
                .iter()
                .all(|agent| !other.agents.contains(agent))
    }

    /// Adds what hangs together with it in a state.
    #[must_use]
    pub(super) fn with(mut self, ties: &Ties) -> Self {
        let owned = |(task, owner): &&(TaskId, AgentName)| {
            self.tasks.contains(task) || self.agents.contains(owner)
        };
        let more: Vec<_> = ties.owned.iter().filter(owned).cloned().collect();
        for (task, owner) in more {
            self.tasks.push(task);
            self.agents.push(owner);
        }
        let needed = |(task, needed): &&(TaskId, TaskId)| {
            self.tasks.contains(task) || self.tasks.contains(needed)
        };
        let more: Vec<(TaskId, TaskId)> = ties.needs.iter().filter(needed).cloned().collect();
        for (task, needed) in more {
            self.tasks.extend([task, needed]);
        }
        self
    }

    fn task(task: &TaskId) -> Self {
        Self {
            tasks: vec![task.clone()],
            agents: Vec::new(),
        }
    }

    fn and(mut self, agent: &AgentName) -> Self {
        self.agents.push(agent.clone());
        self
    }

    fn and_party(self, party: &Party) -> Self {
        if let Party::Agent(name) = party {
            return self.and(name);
        }
        self
    }
}

/// What is not listed may touch anything, and a new command starts so.
fn touched_by(command: &Command) -> Option<Touched> {
    Some(match command {
        Command::Join(it) => Touched::default().and(&it.agent),
        Command::Leave(it) => Touched::default().and(&it.agent.name),
        Command::Shutdown(it) => Touched::default().and(&it.agent.name),
        Command::Dispatch(it) => Touched::task(&it.task).and(&it.agent),
        Command::Start(it) => Touched::task(&it.task).and(&it.agent.name),
        Command::Beat(it) => Touched::task(&it.task).and(&it.agent.name),
        Command::Progress(it) => Touched::task(&it.task).and(&it.agent.name),
        Command::Handoff(it) => Touched::task(&it.task)
            .and(&it.agent.name)
            .and_party(it.blocked_on.as_ref().unwrap_or(&Party::Lead)),
        Command::EndAttempt(it) => Touched::task(&it.task).and(&it.agent.name),
        Command::RequestGate(it) => Touched::task(&it.task).and_party(&it.holder),
        Command::DecideGate(it) => Touched::task(&it.task).and_party(&it.decider),
        Command::Rebind(it) => Touched::task(&it.task).and(&it.to),
        Command::CloseTask(it) => Touched::task(&it.task),
        Command::Deliver(it) => Touched::task(&it.task),
        Command::Send(it) => it
            .task
            .as_ref()
            .map_or_else(Touched::default, Touched::task)
            .and_party(&it.from)
            .and_party(&it.to),
        Command::Wait(it) => {
            let mut touched = Touched::default();
            for end in [&it.who, &it.on] {
                match end {
                    WaitRef::Task(task) => touched.tasks.push(task.clone()),
                    WaitRef::Agent(name) => touched.agents.push(name.clone()),
                    _ => {}
                }
            }
            touched
        }
        Command::Note(it) => Touched::task(it.task.as_ref()?),
        Command::RecordFinding(it) => Touched::task(it.task.as_ref()?),
        _ => return None,
    })
}
