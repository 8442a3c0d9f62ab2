//! Logs to measure with: a mission that goes well, of any size.

use chrono::{DateTime, TimeDelta, Utc};
use orch_core::event::Event;
use orch_core::event::agent::AgentJoined;
use orch_core::event::attempt::{
    AttemptStarted, Dispatched, Handoff, HandoffStatus, Heartbeat, Progress,
};
use orch_core::event::mission::MissionOpened;
use orch_core::event::task::{Need, TaskDeclared};
use orch_core::ids::{AgentName, AgentRef, AttemptNo, IdError, Incarnation, MissionId, TaskId};
use orch_core::party::{Actor, Party};
use orch_core::policy::Policy;
use orch_core::record::{Batch, Record, RecordError};
use uuid::Uuid;

/// Why a log could not be made.
#[derive(Debug)]
pub enum Failure {
    /// An id is not valid.
    Id(IdError),
    /// A record could not be written.
    Record(RecordError),
}

impl From<IdError> for Failure {
    fn from(error: IdError) -> Self {
        Self::Id(error)
    }
}

impl From<RecordError> for Failure {
    fn from(error: RecordError) -> Self {
        Self::Record(error)
    }
}

/// Writes events down one after another, a second apart.
struct Writer {
    mission: MissionId,
    at: DateTime<Utc>,
    records: Vec<Record>,
}

impl Writer {
    fn write(&mut self, by: &Actor, event: impl Into<Event>) -> Result<(), RecordError> {
        let batch = Batch {
            mission: self.mission.clone(),
            head: self.records.last().map(Record::seq).unwrap_or_default(),
            at: self.at,
            by: by.clone(),
            command: None,
            request: None,
            cause: None,
        };
        let id = Uuid::from_u128(u128::from(batch.head.0).wrapping_add(1));
        self.records.extend(batch.seal(vec![event.into()], || id)?);
        self.at = self
            .at
            .checked_add_signed(TimeDelta::seconds(1))
            .unwrap_or(self.at);
        Ok(())
    }
}

/// How many records each task takes in [`smooth`].
pub const RECORDS_PER_TASK: usize = 14;

/// A mission of `n_tasks` tasks, each needing the one before it, worked off by eight agents: each
/// is declared, dispatched, started, shows five signs of life and five of progress, and is handed
/// over as done.
///
/// # Errors
/// When an id is not valid or a record cannot be written, which does not happen.
pub fn smooth(n_tasks: usize) -> Result<Vec<Record>, Failure> {
    const AGENTS: usize = 8;
    let lead = Actor::parse("human:ada")?;
    let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap_or_default();
    let mission = MissionId::parse("bench")?;
    let mut writer = Writer {
        mission,
        at,
        records: Vec::new(),
    };
    writer.write(
        &lead,
        MissionOpened {
            title: "bench".to_owned(),
            lead: Party::parse("human:ada")?,
            policy: Some(Policy::default()),
            rules: 1,
            empty: false,
        },
    )?;
    let mut agents = Vec::new();
    for n in 0..AGENTS {
        let agent = AgentRef::new(AgentName::parse(&format!("agent-{n}"))?, Incarnation(1));
        let joined = AgentJoined {
            agent: agent.name.clone(),
            incarnation: agent.incarnation,
            roles: Vec::new(),
            session: None,
            alias: false,
            implicit: false,
        };
        writer.write(&Actor::Host, joined)?;
        agents.push(agent);
    }
    let mut before: Option<TaskId> = None;
    for (n, agent) in (0..n_tasks).zip(agents.iter().cycle()) {
        let task = TaskId::parse(&format!("task-{n:05}"))?;
        let needs = before.into_iter().map(Need::accepted).collect();
        let declared = TaskDeclared {
            needs,
            ..TaskDeclared::new(task.clone(), "a task to do")
        };
        writer.write(&lead, declared)?;
        work(&mut writer, &lead, &task, agent)?;
        before = Some(task);
    }
    Ok(writer.records)
}

fn work(writer: &mut Writer, lead: &Actor, task: &TaskId, agent: &AgentRef) -> Result<(), Failure> {
    let (attempt, by) = (AttemptNo(1), Actor::Agent(agent.clone()));
    let dispatched = Dispatched {
        task: task.clone(),
        attempt,
        agent: agent.clone(),
        workspace: None,
        branch: None,
        limits: None,
        note: String::new(),
    };
    writer.write(lead, dispatched)?;
    writer.write(
        &by,
        AttemptStarted {
            task: task.clone(),
            attempt,
            agent: agent.clone(),
        },
    )?;
    for percent in [20, 40, 60, 80, 100] {
        let silent_until = None;
        let (task, agent) = (task.clone(), agent.clone());
        let heartbeat = Heartbeat {
            task,
            attempt,
            agent,
            silent_until,
        };
        let progress = Progress {
            task: heartbeat.task.clone(),
            attempt,
            agent: heartbeat.agent.clone(),
            percent: Some(percent),
            note: String::new(),
            silent_until,
        };
        writer.write(&by, heartbeat)?;
        writer.write(&by, progress)?;
    }
    let done = Some(HandoffStatus::Done);
    writer.write(
        &by,
        Handoff::new(task.clone(), attempt, agent.clone(), done),
    )?;
    Ok(())
}
