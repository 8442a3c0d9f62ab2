//! The log as a relation, and the questions that everything else is made of.
//!
//! A row is a record with what it is worth and what it makes true. Rows are only ever added; each
//! question is answered by searching all of them, so there is no state that could be missed.

use orch_core::event::Event;
use orch_core::event::attempt::Handoff;
use orch_core::event::correction::{Change, Correction};
use orch_core::event::mission::{MissionClosed, MissionOpened};
use orch_core::event::talk::WaitRef;
use orch_core::event::task::TaskDeclared;
use orch_core::ids::{AgentName, AgentRef, AttemptNo, GateName, Seq, TaskId};
use orch_core::party::{Actor, Party};
use orch_core::policy::Policy;
use orch_core::record::Record;

use super::facts::Standing;
use super::judge::Place;
use super::{already, derive, judge, tables};

/// One record, what it is worth and what it makes true.
#[derive(Debug)]
pub(super) struct Row<'a> {
    pub(super) record: &'a Record,
    pub(super) is_placed: bool,
    /// Whether it says anything that was not so already.
    pub(super) is_news: bool,
    pub(super) codes: Vec<&'static str>,
    pub(super) standing: Standing,
    pub(super) says: Vec<Said>,
}

impl Row<'_> {
    /// Whether the record takes effect.
    pub(super) fn happened(&self) -> bool {
        self.standing <= Standing::Marked && self.is_news
    }
}

/// What a record makes true, where a transition table decides it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// A task takes a status.
    Status(TaskId, &'static str),
    /// An attempt takes a stage.
    Stage(TaskId, AttemptNo, &'static str),
    /// An attempt is over, and how.
    Over(TaskId, AttemptNo, &'static str),
    /// An incarnation takes a status.
    Agent(AgentRef, &'static str),
    /// A gate takes a status.
    Gate(TaskId, GateName, &'static str),
    /// A gate stands among those of its task no more.
    GateGone(TaskId, GateName),
    /// An attempt failed.
    Failed(TaskId),
    /// An attempt ended without a handoff.
    Crashed(TaskId),
    /// An attempt gave its task back as blocked.
    Blocked(TaskId),
    /// Work was sent back by a gate.
    SentBack(TaskId),
    /// An attempt ended without progress.
    Fruitless(TaskId),
    /// An attempt ended with progress.
    Fruitful(TaskId),
    /// An attempt succeeded, and nobody has judged it (`true`), or somebody has.
    Success(TaskId, bool),
    /// Nobody waits for what an agent asked about a task.
    Unasked(TaskId, AgentName),
    /// The message reached nobody.
    Undelivered,
    /// Work on a task goes on: what its attempts asked for is moot.
    MovedOn(TaskId),
    /// Somebody ruled on a task: what it asked for is settled.
    Settled(TaskId),
}

/// The records of one mission, judged.
#[derive(Debug)]
pub(super) struct Log<'a> {
    pub(super) rows: Vec<Row<'a>>,
}

impl<'a> Log<'a> {
    /// Judges each record by those before it.
    pub(super) fn of(records: &'a [Record]) -> Self {
        let mut log = Self { rows: Vec::new() };
        for record in records {
            let place = judge::place(&log, record);
            let is_placed = place != Place::Nowhere;
            let mut codes = judge::codes(&log, record, place);
            codes.sort_unstable();
            codes.dedup();
            let standing = worth(&codes);
            let is_news = !(is_sound(&codes) && already::is_so(&log, record));
            let says = Vec::new();
            log.rows.push(Row {
                record,
                is_placed,
                is_news,
                codes,
                standing,
                says,
            });
            derive::effects(&mut log, record);
        }
        log
    }

    /// The rows that take effect, in order.
    pub(super) fn happened(&self) -> impl DoubleEndedIterator<Item = &Row<'a>> {
        self.rows.iter().filter(|row| row.happened())
    }

    /// The events that take effect, with their positions, in order.
    pub(super) fn events(&self) -> impl DoubleEndedIterator<Item = (Seq, &'a Event)> {
        self.happened()
            .map(|row| (row.record.seq(), row.record.event()))
    }

    /// Everything that was made true, with the position of the record, in order.
    pub(super) fn said(&self) -> impl DoubleEndedIterator<Item = (Seq, &Said)> {
        let said_by = |row: &Row<'a>| row.record.seq();
        self.rows
            .iter()
            .flat_map(move |row| row.says.iter().map(move |said| (said_by(row), said)))
    }

    /// Adds what the newest record makes true.
    pub(super) fn say(&mut self, said: Said) {
        if let Some(row) = self.rows.last_mut() {
            row.says.push(said);
        }
    }

    /// The row at a position that was folded.
    pub(super) fn row(&self, seq: Seq) -> Option<&Row<'a>> {
        self.rows
            .iter()
            .find(|row| row.record.seq() == seq && row.is_placed)
    }

    /// The last position that was folded.
    pub(super) fn head(&self) -> Seq {
        let placed = self.rows.iter().filter(|row| row.is_placed);
        placed
            .map(|row| row.record.seq())
            .max()
            .unwrap_or(Seq::ZERO)
    }

    pub(super) fn opened(&self) -> Option<&'a MissionOpened> {
        self.events().find_map(|(_, event)| match event {
            Event::MissionOpened(data) => Some(data),
            _ => None,
        })
    }

    pub(super) fn policy(&self) -> Policy {
        self.opened()
            .and_then(|opened| opened.policy.clone())
            .unwrap_or_default()
    }

    pub(super) fn lead(&self) -> Option<Party> {
        self.opened().map(|opened| opened.lead.clone())
    }

    /// The close that stands: the last one that no reopening followed.
    pub(super) fn closed(&self) -> Option<(Seq, &'a MissionClosed)> {
        self.events().rev().find_map(|(seq, event)| match event {
            Event::MissionClosed(data) => Some(Some((seq, data))),
            Event::Correction(Correction {
                change: Change::Reopen,
                ..
            }) => Some(None),
            _ => None,
        })?
    }

    /// Whether the mission was closed before the newest record.
    pub(super) fn was_closed(&self) -> bool {
        let newest = self.rows.last().map(|row| row.record.seq());
        let mut before = self.events().rev().filter(|(seq, _)| Some(*seq) != newest);
        let closed = before.find_map(|(_, event)| match event {
            Event::MissionClosed(_) => Some(true),
            Event::Correction(Correction {
                change: Change::Reopen,
                ..
            }) => Some(false),
            _ => None,
        });
        closed.unwrap_or(false)
    }

    /// The last declaration of a task: one that is meant replaces what an importer invented.
    pub(super) fn declared(&self, task: &TaskId) -> Option<(Seq, &'a TaskDeclared)> {
        self.events().rev().find_map(|(seq, event)| match event {
            Event::TaskDeclared(data) if data.task == *task => Some((seq, data)),
            _ => None,
        })
    }

    pub(super) fn declaration(&self, task: &TaskId) -> Option<&'a TaskDeclared> {
        self.declared(task).map(|it| it.1)
    }

    /// Corrections of a task, oldest first.
    pub(super) fn corrections(&self, task: &TaskId) -> Vec<(Seq, &'a Correction)> {
        let all = self.events().filter_map(|(seq, event)| match event {
            Event::Correction(data) if data.task == *task => Some((seq, data)),
            _ => None,
        });
        all.collect()
    }

    /// Every task that is declared or that something happened to.
    pub(super) fn tasks(&self) -> Vec<TaskId> {
        let mut all: Vec<TaskId> = self.events().flat_map(|(_, event)| named(event)).collect();
        all.sort();
        all.dedup();
        all
    }

    pub(super) fn status(&self, task: &TaskId) -> &'static str {
        let mut newest = self.said().rev();
        let found = newest.find_map(|(_, said)| match said {
            Said::Status(of, status) if of == task => Some(*status),
            _ => None,
        });
        found.unwrap_or("open")
    }

    /// Every attempt at a task: its number, its owner and the record that made it.
    pub(super) fn attempts(&self, task: &TaskId) -> Vec<(AttemptNo, AgentRef, Seq)> {
        let all = self.events().filter_map(|(seq, event)| match event {
            Event::Dispatched(data) if data.task == *task => {
                Some((data.attempt, data.agent.clone(), seq))
            }
            Event::Correction(Correction {
                task: of,
                change: Change::Rebind { to, attempt },
                ..
            }) if of == task => Some((*attempt, to.clone(), seq)),
            _ => None,
        });
        all.collect()
    }

    pub(super) fn owner(&self, task: &TaskId, number: AttemptNo) -> Option<AgentRef> {
        let all = self.attempts(task);
        all.into_iter().find(|it| it.0 == number).map(|it| it.1)
    }

    pub(super) fn stage(&self, task: &TaskId, number: AttemptNo) -> &'static str {
        let mut newest = self.said().rev();
        let found = newest.find_map(|(_, said)| match said {
            Said::Stage(of, n, stage) if of == task && *n == number => Some(*stage),
            _ => None,
        });
        found.unwrap_or("dispatched")
    }

    pub(super) fn is_in_flight(&self, task: &TaskId, number: AttemptNo) -> bool {
        matches!(self.stage(task, number), "dispatched" | "started")
    }

    /// Every attempt at every task that is not closed.
    pub(super) fn open_attempts(&self) -> Vec<(TaskId, AttemptNo, AgentRef)> {
        let mut open = Vec::new();
        for task in self.tasks() {
            for (number, owner, _) in self.attempts(&task) {
                if self.stage(&task, number) != "closed" {
                    open.push((task.clone(), number, owner));
                }
            }
        }
        open
    }

    /// The attempt that holds the token: the last that was handed out, bound or adopted.
    pub(super) fn token(&self, task: &TaskId) -> Option<AttemptNo> {
        self.events().rev().find_map(|(_, event)| match event {
            Event::Dispatched(data) if data.task == *task => Some(data.attempt),
            Event::Correction(data) if data.task == *task => match &data.change {
                Change::Rebind { attempt, .. } => Some(*attempt),
                Change::Adopt { seq } => self.handoff_at(*seq).map(|it| it.attempt),
                _ => None,
            },
            _ => None,
        })
    }

    /// The handoff at a position, whatever it is worth.
    pub(super) fn handoff_at(&self, seq: Seq) -> Option<&'a Handoff> {
        match self.row(seq)?.record.event() {
            Event::Handoff(data) => Some(data),
            _ => None,
        }
    }

    /// Every handoff of a task that took effect, when it came or when it was adopted.
    pub(super) fn handoffs(&self, task: &TaskId) -> Vec<(Seq, &'a Handoff)> {
        let all = self.events().filter_map(|(seq, event)| match event {
            Event::Handoff(data) if data.task == *task => Some((seq, data)),
            Event::Correction(Correction {
                task: of,
                change: Change::Adopt { seq: late },
                ..
            }) if of == task => self.handoff_at(*late).map(|data| (seq, data)),
            _ => None,
        });
        all.collect()
    }

    /// How an attempt that is over ended.
    pub(super) fn ending(&self, task: &TaskId, number: AttemptNo) -> Option<&'static str> {
        self.said().rev().find_map(|(_, said)| match said {
            Said::Over(of, n, how) if of == task && *n == number => Some(*how),
            _ => None,
        })
    }

    /// Whether anything was ever said of an attempt.
    pub(super) fn was_ever(&self, task: &TaskId, number: AttemptNo, stage: &'static str) -> bool {
        let wanted = Said::Stage(task.clone(), number, stage);
        self.said().any(|(_, said)| *said == wanted)
    }

    /// Whether an attempt succeeded that nobody has judged or ruled on.
    pub(super) fn has_success(&self, task: &TaskId) -> bool {
        let found = self.said().rev().find_map(|(_, said)| match said {
            Said::Success(of, is_open) if of == task => Some(*is_open),
            _ => None,
        });
        found.unwrap_or(false)
    }

    /// Whether anybody of a name is there.
    pub(super) fn live(&self, name: &AgentName) -> Option<AgentRef> {
        self.agents()
            .into_iter()
            .find(|agent| agent.name == *name && self.is_live(agent))
    }

    /// Whether what is said to a party reaches it: no agent works for a mission that is closed.
    pub(super) fn reaches(&self, party: &Party) -> bool {
        let is_agent = matches!(party, Party::Agent(_));
        self.is_present(party) && !(is_agent && self.closed().is_some())
    }

    /// Whether a party is there; whoever leads stands behind `lead`.
    pub(super) fn is_present(&self, party: &Party) -> bool {
        match self.behind(party) {
            Party::Agent(name) => self.live(&name).is_some(),
            _ => true,
        }
    }

    pub(super) fn agent(&self, agent: &AgentRef) -> Option<&'static str> {
        self.said().rev().find_map(|(_, said)| match said {
            Said::Agent(of, status) if of == agent => Some(*status),
            _ => None,
        })
    }

    /// Every incarnation that is known.
    pub(super) fn agents(&self) -> Vec<AgentRef> {
        let all = self.said().filter_map(|(_, said)| match said {
            Said::Agent(of, _) => Some(of.clone()),
            _ => None,
        });
        let mut all: Vec<AgentRef> = all.collect();
        all.sort();
        all.dedup();
        all
    }

    pub(super) fn is_live(&self, agent: &AgentRef) -> bool {
        matches!(self.agent(agent), Some("live" | "stopping"))
    }

    /// Whether the author may do what only the lead, the host or a human may.
    pub(super) fn has_authority(&self, by: &Actor) -> bool {
        match by {
            Actor::Host | Actor::Human(_) | Actor::Import(_) => true,
            Actor::Agent(agent) => self.lead() == Some(Party::Agent(agent.name.clone())),
            _ => false,
        }
    }

    /// The party behind a party: whoever leads stands behind `lead`.
    pub(super) fn behind(&self, party: &Party) -> Party {
        match party {
            Party::Lead => self.lead().unwrap_or(Party::Lead),
            Party::Host | Party::Agent(_) | Party::Human(_) => party.clone(),
            _ => party.clone(),
        }
    }

    /// Whether the author of a record may write in the name of a party: agents and humans only in
    /// their own, or as the lead when they are.
    pub(super) fn speaks_for(&self, by: &Actor, party: &Party) -> bool {
        match by {
            Actor::Host | Actor::Import(_) => true,
            _ => by.party().is_some_and(|own| own == self.behind(party)),
        }
    }
}

/// Whether nothing is wrong with what a record says, wherever it stands.
fn is_sound(codes: &[&'static str]) -> bool {
    codes.iter().all(|code| judge::is_about_place(code))
}

fn worth(codes: &[&'static str]) -> Standing {
    if codes.iter().any(|code| tables::IGNORED.contains(code)) {
        Standing::Ignored
    } else if codes.iter().any(|code| tables::EVIDENCE.contains(code)) {
        Standing::Evidence
    } else if codes.is_empty() {
        Standing::Clean
    } else {
        Standing::Marked
    }
}

/// Every task that an event names, and so makes known.
fn named(event: &Event) -> Vec<TaskId> {
    let mut tasks = Vec::new();
    match event {
        Event::TaskDeclared(data) => {
            tasks.push(data.task.clone());
            tasks.extend(data.parent.clone());
            tasks.extend(data.needs.iter().map(|need| need.task.clone()));
        }
        Event::Dispatched(data) => tasks.push(data.task.clone()),
        Event::GateRequested(data) => tasks.push(data.task.clone()),
        Event::GateDecided(data) => tasks.push(data.task.clone()),
        Event::TaskClosed(data) => tasks.push(data.task.clone()),
        Event::TaskDelivered(data) => tasks.push(data.task.clone()),
        Event::Message(data) => tasks.extend(data.task.clone()),
        Event::Note(data) => tasks.extend(data.task.clone()),
        Event::FindingRecorded(data) => tasks.extend(data.task.clone()),
        Event::WaitDeclared(data) => {
            for end in [&data.who, &data.on] {
                if let WaitRef::Task(task) = end {
                    tasks.push(task.clone());
                }
            }
        }
        Event::Correction(data) => {
            tasks.push(data.task.clone());
            match &data.change {
                Change::Supersede { by } => tasks.push(by.clone()),
                Change::Amend(amendment) => {
                    tasks.extend(amendment.parent.clone());
                    tasks.extend(amendment.add_needs.iter().map(|need| need.task.clone()));
                }
                _ => {}
            }
        }
        _ => {}
    }
    tasks
}
