//! Commands: what somebody wants to happen.
//!
//! Most carry the data of the event they ask for. Where the mission itself must fill something in,
//! such as the number of an attempt, the command leaves it out.

use serde::{Deserialize, Serialize};

use crate::event::agent::{AgentLeft, Inventory, Shutdown};
use crate::event::attempt::{AttemptEnded, AttemptStarted, Handoff, Heartbeat, Progress};
use crate::event::correction::Correction;
use crate::event::gate::{GateDecided, GateRequested};
use crate::event::mission::{MissionArchived, MissionClosed, MissionOutcome, RunEnded, RunStarted};
use crate::event::note::{FindingRecorded, Note};
use crate::event::talk::{Message, Receipt, WaitDeclared};
use crate::event::task::{TaskClosed, TaskDeclared, TaskDelivered};
use crate::ids::{AgentName, Label, Seq, TaskId};
use crate::party::Party;
use crate::policy::{Clocks, Policy};
use crate::snapshot::sha256_hex;

/// What somebody wants to happen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Command {
    /// Open the mission.
    OpenMission(OpenMission),
    /// Add a task.
    DeclareTask(TaskDeclared),
    /// Join under a name.
    Join(Join),
    /// Leave.
    Leave(AgentLeft),
    /// Hand a task out; an agent that names itself claims it.
    Dispatch(Dispatch),
    /// Begin an attempt.
    Start(AttemptStarted),
    /// Show a sign of life.
    Beat(Heartbeat),
    /// Report progress.
    Progress(Progress),
    /// Give a task back.
    Handoff(Handoff),
    /// Say that an attempt ended without a handoff.
    EndAttempt(AttemptEnded),
    /// Say something.
    Send(Message),
    /// Mark something as read.
    Receipt(Receipt),
    /// Make a wait visible.
    Wait(WaitDeclared),
    /// Give a gate to somebody to decide.
    RequestGate(GateRequested),
    /// Decide a gate.
    DecideGate(GateDecided),
    /// Give a task to the agent that really has it.
    Rebind(Rebind),
    /// Correct a task otherwise.
    Correct(Correction),
    /// Take a step of the shutdown ladder.
    Shutdown(Shutdown),
    /// Report what an agent carries.
    Observe(Inventory),
    /// Record the clocks that have run out.
    Tick,
    /// End a task without a result.
    CloseTask(TaskClosed),
    /// Say that a task is delivered.
    Deliver(TaskDelivered),
    /// End the mission.
    CloseMission(MissionClosed),
    /// Put the mission away.
    Archive(MissionArchived),
    /// Keep what was found out.
    RecordFinding(FindingRecorded),
    /// Keep a remark.
    Note(Note),
    /// Start a run.
    StartRun(RunStarted),
    /// End a run.
    EndRun(RunEnded),
}

/// Asks to open the mission under the rules that this version knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenMission {
    /// What it is about.
    pub title: String,
    /// Who leads it.
    pub lead: Party,
    /// What it allows; the default when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Policy>,
    /// Whether it may complete without a task.
    #[serde(default)]
    pub empty: bool,
}

/// Asks to join; the mission counts the incarnation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Join {
    /// The name.
    pub agent: AgentName,
    /// What it can do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Label>,
    /// The session of the runtime behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// Whether to join as another session of the live incarnation (NAME-1).
    #[serde(default)]
    pub alias: bool,
}

/// Asks to hand a task out; the mission numbers the attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispatch {
    /// The task.
    pub task: TaskId,
    /// The agent, in its live incarnation.
    pub agent: AgentName,
    /// Where the agent works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workspace: Option<String>,
    /// The branch it works on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// Clocks for this attempt alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<Clocks>,
    /// What the agent is told.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl Dispatch {
    /// A dispatch of a task to an agent, with nothing else said.
    pub const fn new(task: TaskId, agent: AgentName) -> Self {
        Self {
            task,
            agent,
            workspace: None,
            branch: None,
            limits: None,
            note: String::new(),
        }
    }
}

/// Asks to give a task to the agent that really has it; the mission numbers the attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rebind {
    /// The task.
    pub task: TaskId,
    /// The agent, in its live incarnation.
    pub to: AgentName,
    /// Why.
    pub reason: String,
    /// Records that no longer hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub supersedes: Vec<Seq>,
}

impl Command {
    /// Opens the mission with the default policy.
    pub fn open(title: impl Into<String>, lead: impl Into<Party>) -> Self {
        Self::OpenMission(OpenMission {
            title: title.into(),
            lead: lead.into(),
            policy: None,
            empty: false,
        })
    }

    /// Adds a task with nothing but its id and title.
    pub fn declare(task: TaskId, title: impl Into<String>) -> Self {
        Self::DeclareTask(TaskDeclared::new(task, title))
    }

    /// Joins under a name, with nothing said about what the agent can do.
    pub const fn join(agent: AgentName) -> Self {
        Self::Join(Join {
            agent,
            roles: Vec::new(),
            session: None,
            alias: false,
        })
    }

    /// Hands a task to an agent, with nothing else said; asked for by that agent, it is a claim.
    pub const fn dispatch(task: TaskId, agent: AgentName) -> Self {
        Self::Dispatch(Dispatch::new(task, agent))
    }

    /// Marks messages and results as read.
    pub fn receipt(of: impl IntoIterator<Item = Seq>) -> Self {
        let of = of.into_iter().collect();
        Self::Receipt(Receipt { of })
    }

    /// Ends the mission as completed; refused while anything is open (COMPLETE-1).
    pub const fn complete() -> Self {
        Self::CloseMission(MissionClosed {
            outcome: MissionOutcome::Completed,
            forced: false,
            reason: String::new(),
        })
    }

    /// Returns the digest that tells this command from another under the same key (IDEM-1):
    /// the first 16 hex digits of the SHA-256 of its JSON.
    // spec: IDEM-1
    pub fn request(&self) -> Option<Label> {
        let json = serde_json::to_vec(self).ok()?;
        Label::parse(sha256_hex(&json).get(..16)?).ok()
    }
}
