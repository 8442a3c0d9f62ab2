//! A mission that stands still: tasks in layers that need those of the layer before.

use chrono::DateTime;
use orch_core::event::agent::AgentJoined;
use orch_core::event::attempt::{AttemptStarted, Dispatched, Handoff, HandoffStatus};
use orch_core::event::mission::MissionOpened;
use orch_core::event::talk::{Message, MessageClass};
use orch_core::event::task::{GateSpec, GateStage, Need, TaskDeclared};
use orch_core::ids::{
    AgentName, AgentRef, AttemptNo, GateName, IdError, Incarnation, MissionId, TaskId,
};
use orch_core::party::{Actor, Party};
use orch_core::policy::Policy;
use orch_core::record::Record;

use crate::{Failure, Writer};

/// A layer is this part of all tasks.
pub const WIDTH_SHARE: usize = 100;

/// The name of the task at a place: places count from 0, the tasks of a layer one after another.
///
/// # Errors
/// When the id is not valid, which does not happen.
pub fn task_of(place: usize) -> Result<TaskId, IdError> {
    TaskId::parse(&format!("task-{place:05}"))
}

/// A mission of `n_tasks` tasks with two needs each, in layers of a hundredth: the first ten layers
/// are done; of the eleventh one fifth each is at work, waits for an answer, is blocked, waits for
/// a holder of its gate, or could be handed out. All others wait.
///
/// # Errors
/// When an id is not valid or a record cannot be written, which does not happen.
pub fn layered(n_tasks: usize) -> Result<Vec<Record>, Failure> {
    const LAYERS_DONE: usize = 10;
    let width = (n_tasks / WIDTH_SHARE).max(5);
    let lead = Actor::parse("human:ada")?;
    let mut writer = Writer {
        mission: MissionId::parse("bench")?,
        at: DateTime::from_timestamp(1_800_000_000, 0).unwrap_or_default(),
        records: Vec::new(),
    };
    open(&mut writer, &lead)?;
    let gate = GateSpec::new(GateName::parse("reviewer")?, GateStage::Accept);
    for place in 0..n_tasks {
        let before = place.checked_sub(width);
        let beside = before.map(|before| {
            if before % width == 0 {
                before + width - 1
            } else {
                before - 1
            }
        });
        let mut needs = Vec::new();
        for need in before
            .into_iter()
            .chain(beside.filter(|&beside| Some(beside) != before))
        {
            needs.push(Need::accepted(task_of(need)?));
        }
        let is_judged = place / width == LAYERS_DONE && place % 5 == 3;
        let declared = TaskDeclared {
            needs,
            gates: is_judged.then(|| gate.clone()).into_iter().collect(),
            ..TaskDeclared::new(task_of(place)?, "a task to do")
        };
        writer.write(&lead, declared)?;
    }
    for place in 0..width * LAYERS_DONE {
        hand_over(&mut writer, &lead, place, HandoffStatus::Done)?;
    }
    for place in width * LAYERS_DONE..width * (LAYERS_DONE + 1) {
        match place % 5 {
            0 => begin(&mut writer, &lead, place)?,
            1 => ask(&mut writer, &lead, place)?,
            2 => hand_over(&mut writer, &lead, place, HandoffStatus::Blocked)?,
            3 => hand_over(&mut writer, &lead, place, HandoffStatus::Done)?,
            _ => {}
        }
    }
    Ok(writer.records)
}

fn open(writer: &mut Writer, lead: &Actor) -> Result<(), Failure> {
    writer.write(
        lead,
        MissionOpened {
            title: "bench".to_owned(),
            lead: Party::parse("human:ada")?,
            policy: Some(Policy::unlimited()),
            rules: 1,
            empty: false,
        },
    )?;
    let joined = AgentJoined {
        agent: worker()?.name,
        incarnation: Incarnation(1),
        roles: Vec::new(),
        session: None,
        alias: false,
        implicit: false,
    };
    writer.write(&Actor::Host, joined)?;
    Ok(())
}

fn worker() -> Result<AgentRef, Failure> {
    Ok(AgentRef::new(AgentName::parse("worker")?, Incarnation(1)))
}

fn begin(writer: &mut Writer, lead: &Actor, place: usize) -> Result<(), Failure> {
    let (task, attempt, agent) = (task_of(place)?, AttemptNo(1), worker()?);
    writer.write(lead, Dispatched::new(task.clone(), attempt, agent.clone()))?;
    let by = Actor::Agent(agent.clone());
    writer.write(
        &by,
        AttemptStarted {
            task,
            attempt,
            agent,
        },
    )?;
    Ok(())
}

fn ask(writer: &mut Writer, lead: &Actor, place: usize) -> Result<(), Failure> {
    begin(writer, lead, place)?;
    let agent = worker()?;
    let message = Message {
        from: Party::Agent(agent.name.clone()),
        to: Party::parse("human:ada")?,
        class: MessageClass::Question,
        task: Some(task_of(place)?),
        reply_to: None,
        text: "which one?".to_owned(),
    };
    writer.write(&Actor::Agent(agent), message)?;
    Ok(())
}

fn hand_over(
    writer: &mut Writer,
    lead: &Actor,
    place: usize,
    status: HandoffStatus,
) -> Result<(), Failure> {
    begin(writer, lead, place)?;
    let agent = worker()?;
    let handoff = Handoff::new(task_of(place)?, AttemptNo(1), agent.clone(), Some(status));
    writer.write(&Actor::Agent(agent), handoff)?;
    Ok(())
}
