//! Logs to measure with: a mission that goes well, and one that stands still, of any size.

mod layered;

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

pub use layered::{WIDTH_SHARE, layered, task_of};

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

/// How many agents there are.
const AGENTS: usize = 8;

/// A mission of `n_tasks` tasks, each needing the one before it, worked off by eight agents: each
/// is declared, dispatched, started, shows five signs of life and five of progress, and is handed
/// over as done.
///
/// # Errors
/// When an id is not valid or a record cannot be written, which does not happen.
pub fn smooth(n_tasks: usize) -> Result<Vec<Record>, Failure> {
    talkative(n_tasks, 5)
}

/// The same, with `n_signs` signs of life and as many of progress for each task.
///
/// # Errors
/// As [`smooth`].
pub fn talkative(n_tasks: usize, n_signs: usize) -> Result<Vec<Record>, Failure> {
    let lead = Actor::parse("human:ada")?;
    let (mut writer, agents) = begun(&lead, Policy::default())?;
    let mut before: Option<TaskId> = None;
    for (n, agent) in (0..n_tasks).zip(agents.iter().cycle()) {
        let task = TaskId::parse(&format!("task-{n:05}"))?;
        let needs = before.into_iter().map(Need::accepted).collect();
        declare(&mut writer, &lead, &task, needs)?;
        begin(&mut writer, &lead, &task, agent)?;
        for _ in 0..n_signs {
            sign(&mut writer, &task, agent)?;
        }
        let done = Handoff::new(
            task.clone(),
            ATTEMPT,
            agent.clone(),
            Some(HandoffStatus::Done),
        );
        writer.write(&Actor::Agent(agent.clone()), done)?;
        before = Some(task);
    }
    Ok(writer.records)
}

/// A mission whose `n_tasks` tasks are all in progress at once: signs of life of one after another
/// of them, far apart, until there are `n_records` records. Nothing has less in common with the
/// state a moment before.
///
/// # Errors
/// As [`smooth`].
pub fn scattered(n_tasks: usize, n_records: usize) -> Result<Vec<Record>, Failure> {
    /// A prime, so that every task has its turn.
    const STEP: usize = 7919;
    let lead = Actor::parse("human:ada")?;
    let (mut writer, agents) = begun(&lead, Policy::unlimited())?;
    let mut held = Vec::new();
    for (n, agent) in (0..n_tasks).zip(agents.iter().cycle()) {
        let task = TaskId::parse(&format!("task-{n:05}"))?;
        declare(&mut writer, &lead, &task, Vec::new())?;
        begin(&mut writer, &lead, &task, agent)?;
        held.push((task, agent));
    }
    let mut turn = 0_usize;
    while writer.records.len() < n_records {
        turn = turn.wrapping_add(STEP).checked_rem(held.len()).unwrap_or(0);
        let Some((task, agent)) = held.get(turn) else {
            break;
        };
        sign(&mut writer, task, agent)?;
    }
    writer.records.truncate(n_records);
    Ok(writer.records)
}

/// The beginning of every log here: the mission is open and the agents are there.
fn begun(lead: &Actor, policy: Policy) -> Result<(Writer, Vec<AgentRef>), Failure> {
    let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap_or_default();
    let mission = MissionId::parse("bench")?;
    let mut writer = Writer {
        mission,
        at,
        records: Vec::new(),
    };
    writer.write(
        lead,
        MissionOpened {
            title: "bench".to_owned(),
            lead: Party::parse("human:ada")?,
            policy: Some(policy),
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
    Ok((writer, agents))
}

/// The only attempt at each task.
const ATTEMPT: AttemptNo = AttemptNo(1);

fn declare(
    writer: &mut Writer,
    lead: &Actor,
    task: &TaskId,
    needs: Vec<Need>,
) -> Result<(), RecordError> {
    let declared = TaskDeclared {
        needs,
        ..TaskDeclared::new(task.clone(), "a task to do")
    };
    writer.write(lead, declared)
}

fn begin(
    writer: &mut Writer,
    lead: &Actor,
    task: &TaskId,
    agent: &AgentRef,
) -> Result<(), RecordError> {
    let dispatched = Dispatched {
        task: task.clone(),
        attempt: ATTEMPT,
        agent: agent.clone(),
        workspace: None,
        branch: None,
        limits: None,
        note: String::new(),
    };
    writer.write(lead, dispatched)?;
    let started = AttemptStarted {
        task: task.clone(),
        attempt: ATTEMPT,
        agent: agent.clone(),
    };
    writer.write(&Actor::Agent(agent.clone()), started)
}

/// A sign of life and a sign of progress.
fn sign(writer: &mut Writer, task: &TaskId, agent: &AgentRef) -> Result<(), RecordError> {
    let heartbeat = Heartbeat {
        task: task.clone(),
        attempt: ATTEMPT,
        agent: agent.clone(),
        silent_until: None,
    };
    let progress = Progress {
        task: task.clone(),
        attempt: ATTEMPT,
        agent: agent.clone(),
        percent: None,
        note: String::new(),
        silent_until: None,
    };
    let by = Actor::Agent(agent.clone());
    writer.write(&by, heartbeat)?;
    writer.write(&by, progress)
}
