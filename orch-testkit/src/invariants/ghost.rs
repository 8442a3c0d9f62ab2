//! The ghost: what the log has told, kept beside the machine and not by it.
//!
//! It takes from the machine whether a record took effect, because that is what the invariants
//! judge; what the effect was it says itself, from the record.

mod follow;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use orch_core::event::gate::Verdict;
use orch_core::event::talk::WaitRef;
use orch_core::event::task::{NeedOn, Unmet};
use orch_core::ids::{AgentName, AgentRef, AttemptNo, GateName, TaskId};
use orch_core::party::{Actor, Party};

/// What the log has told so far.
///
/// It names no position, so that two logs that come to the same have the same ghost.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ghost {
    /// Every task that was declared, handed out or corrected.
    pub tasks: BTreeMap<TaskId, GhostTask>,
    /// Every incarnation that joined or was named as one that works.
    pub agents: BTreeMap<AgentRef, Standing>,
    /// Who leads.
    pub lead: Option<Party>,
    /// Whether the mission may complete without a task.
    pub may_be_empty: bool,
    /// Whether anything but a specification was ever handed out.
    pub has_worked: bool,
    /// Whether the mission is closed.
    pub is_closed: bool,
}

/// What the log has told about a task.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GhostTask {
    /// Every attempt at it, by number.
    pub attempts: BTreeMap<AttemptNo, GhostAttempt>,
    /// The attempt that holds the token: the newest, or one adopted.
    pub token: Option<AttemptNo>,
    /// What it needs, and what satisfies each need besides acceptance.
    pub needs: BTreeMap<TaskId, (NeedOn, Vec<Unmet>)>,
    /// The gates that somebody holds or has decided.
    pub gates: BTreeMap<GateName, GhostGate>,
    /// What it said that it waits for, and until when.
    pub wait: Option<(WaitRef, Option<DateTime<Utc>>)>,
    /// Handoffs `failed` since somebody last reopened it.
    pub n_failed: u32,
    /// How often it may fail, when it says so itself.
    pub max_attempts: Option<u32>,
    /// Whether a record that means to declare it did.
    pub is_declared: bool,
}

/// What the log has told about an attempt.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GhostAttempt {
    /// Whom it was given to.
    pub owner: AgentRef,
    /// How far it is.
    pub phase: Phase,
    /// Whether its owner was not there when it was given to it.
    pub is_stray: bool,
}

/// How far an attempt is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Handed out.
    Dispatched,
    /// Begun.
    Started,
    /// Handed over, and still the one that may hand over again.
    HandedOver,
    /// Over.
    Over,
}

/// What the log has told about a gate.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GhostGate {
    /// Who was given it, and as which incarnation.
    pub holder: Option<(Party, Option<AgentRef>)>,
    /// The decision on the newest work; none once there is newer work.
    pub judgement: Option<Judgement>,
}

/// A decision of a gate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Judgement {
    /// The attempt whose work it judges.
    pub attempt: AttemptNo,
    /// What it says.
    pub verdict: Verdict,
    /// Who wrote it.
    pub by: Actor,
    /// Whether it gives a reason.
    pub has_reason: bool,
}

/// Where an incarnation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// There.
    Live,
    /// There, and asked to stop.
    Stopping,
    /// It agreed to stop.
    Stopped,
    /// It was stopped.
    Terminated,
    /// It left.
    Left,
}

impl Standing {
    /// Returns whether the incarnation is still there.
    pub const fn is_there(self) -> bool {
        matches!(self, Self::Live | Self::Stopping)
    }
}

impl GhostAttempt {
    /// Returns whether it is not over.
    pub fn is_open(&self) -> bool {
        self.phase != Phase::Over
    }

    /// Returns whether it takes a place in flight.
    pub const fn is_in_flight(&self) -> bool {
        matches!(self.phase, Phase::Dispatched | Phase::Started)
    }
}

impl GhostTask {
    /// Returns the attempt that holds the token, if it is open.
    pub fn open_token(&self) -> Option<(AttemptNo, &GhostAttempt)> {
        let number = self.token?;
        let attempt = self.attempts.get(&number)?;
        attempt.is_open().then_some((number, attempt))
    }

    /// Returns every attempt that is not over.
    pub fn open(&self) -> impl Iterator<Item = (AttemptNo, &GhostAttempt)> {
        let open = self.attempts.iter().filter(|(_, it)| it.is_open());
        open.map(|(&number, it)| (number, it))
    }

    /// Returns the judgement of a gate that lets the newest work pass.
    pub fn passed(&self, gate: &GateName) -> Option<&Judgement> {
        let judgement = self.gates.get(gate)?.judgement.as_ref()?;
        let has_passed = match judgement.verdict {
            Verdict::Approved | Verdict::Waived => Some(judgement.attempt) == self.token,
            _ => false,
        };
        has_passed.then_some(judgement)
    }
}

impl Ghost {
    /// Returns what the log has told about a task.
    pub fn task(&self, id: &TaskId) -> Option<&GhostTask> {
        self.tasks.get(id)
    }

    /// Returns what the log has told about an attempt.
    pub fn attempt(&self, id: &TaskId, number: AttemptNo) -> Option<&GhostAttempt> {
        self.tasks.get(id)?.attempts.get(&number)
    }

    /// Returns every attempt, with its task and number.
    pub fn attempts(&self) -> impl Iterator<Item = (&TaskId, AttemptNo, &GhostAttempt)> {
        self.tasks.iter().flat_map(|(id, task)| {
            let all = task.attempts.iter();
            all.map(move |(&number, attempt)| (id, number, attempt))
        })
    }

    /// Returns whether an incarnation is there.
    pub fn is_there(&self, agent: &AgentRef) -> bool {
        self.agents.get(agent).is_some_and(|it| it.is_there())
    }

    /// Returns the incarnation of a name that is there.
    pub fn live(&self, name: &AgentName) -> Option<&AgentRef> {
        let there = self
            .agents
            .iter()
            .find(|(it, at)| it.name == *name && at.is_there());
        there.map(|(agent, _)| agent)
    }

    /// Returns whether a party is there to make a move.
    pub fn is_present(&self, party: &Party) -> bool {
        match party {
            Party::Agent(name) => self.live(name).is_some(),
            _ => true,
        }
    }

    /// Returns whether an actor may correct, waive, terminate, close and force (AUTH-1).
    pub fn has_authority(&self, by: &Actor) -> bool {
        match by.agent() {
            Some(agent) => self.lead == Some(Party::Agent(agent.name.clone())),
            None => true,
        }
    }
}
