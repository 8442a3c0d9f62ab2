//! What the tests share: a mission with a lead, an agent and tasks.

use std::sync::Arc;

use orch_core::command::{Command, Dispatch, Join, OpenMission};
use orch_core::event::task::TaskDeclared;
use orch_core::ids::{AgentName, MissionId, TaskId};
use orch_core::party::{Actor, Party};
use orch_store::coordinator::{Ask, Coordinator, Outcome};
use orch_store::memory::MemoryJournal;

pub(crate) fn mission(name: &str) -> MissionId {
    MissionId::parse(name).unwrap()
}

pub(crate) fn lead() -> Actor {
    Actor::parse("human:ada").unwrap()
}

pub(crate) fn ask() -> Ask {
    Ask::new(lead())
}

pub(crate) fn memory() -> Coordinator {
    Coordinator::new(Arc::new(MemoryJournal::new()))
}

pub(crate) fn open() -> Command {
    Command::OpenMission(OpenMission {
        title: "sign-in".to_owned(),
        lead: Party::parse("human:ada").unwrap(),
        policy: None,
        empty: false,
    })
}

pub(crate) fn task(id: &str) -> Command {
    Command::DeclareTask(TaskDeclared::new(TaskId::parse(id).unwrap(), id))
}

pub(crate) fn join(name: &str) -> Command {
    Command::Join(Join {
        agent: AgentName::parse(name).unwrap(),
        roles: Vec::new(),
        session: None,
        alias: false,
    })
}

pub(crate) fn dispatch(task: &str, agent: &str) -> Command {
    Command::Dispatch(Dispatch::new(
        TaskId::parse(task).unwrap(),
        AgentName::parse(agent).unwrap(),
    ))
}

pub(crate) fn done(coordinator: &Coordinator, name: &str, command: &Command) -> Outcome {
    let outcome = coordinator.execute(&mission(name), command, &ask());
    outcome.unwrap_or_else(|error| panic!("{command:?}: {error}"))
}
