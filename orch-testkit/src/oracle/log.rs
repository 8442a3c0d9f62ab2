//! The log as a relation, and the questions that everything else is made of.
//!
//! A row is a record with what it is worth and what it makes true. Rows are only ever added; each
//! question is answered by searching all of them, so there is no state that could be missed.

use orch_core::event::Event;
use orch_core::event::correction::{Change, Correction};
use orch_core::event::mission::{MissionClosed, MissionOpened};
use orch_core::event::task::TaskDeclared;
use orch_core::ids::{AgentRef, AttemptNo, GateName, Seq, TaskId};
use orch_core::party::{Actor, Party};
use orch_core::policy::Policy;
use orch_core::record::Record;

use super::facts::Standing;
use super::judge::Place;
use super::{derive, judge, tables};

/// One record, what it is worth and what it makes true.
#[derive(Debug)]
pub(super) struct Row<'a> {
    pub(super) record: &'a Record,
    pub(super) is_placed: bool,
    pub(super) codes: Vec<&'static str>,
    pub(super) standing: Standing,
    pub(super) says: Vec<Said>,
}

/// What a record makes true, where a transition table decides it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    Status(TaskId, &'static str),
    Stage(TaskId, AttemptNo, &'static str),
    Agent(AgentRef, &'static str),
    Gate(TaskId, GateName, &'static str),
    Failed(TaskId),
    Crashed(TaskId),
    Blocked(TaskId),
    SentBack(TaskId),
    Fruitless(TaskId),
    Fruitful(TaskId),
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
            let says = Vec::new();
            log.rows.push(Row {
                record,
                is_placed,
                codes,
                standing,
                says,
            });
            if standing <= Standing::Marked {
                derive::effects(&mut log, record);
            }
        }
        log
    }

    /// The rows that take effect, in order.
    pub(super) fn happened(&self) -> impl DoubleEndedIterator<Item = &Row<'a>> {
        self.rows
            .iter()
            .filter(|row| row.standing <= Standing::Marked)
    }

    /// The events that take effect, with their positions, in order.
    pub(super) fn events(&self) -> impl DoubleEndedIterator<Item = (Seq, &'a Event)> {
        self.happened()
            .map(|row| (row.record.seq(), row.record.event()))
    }

    /// Everything that was made true, with the position of the record, in order.
    pub(super) fn said(&self) -> impl DoubleEndedIterator<Item = (Seq, &Said)> {
        self.happened()
            .flat_map(|row| row.says.iter().map(|said| (row.record.seq(), said)))
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

    pub(super) fn declaration(&self, task: &TaskId) -> Option<&'a TaskDeclared> {
        self.events().find_map(|(_, event)| match event {
            Event::TaskDeclared(data) if data.task == *task => Some(data),
            _ => None,
        })
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
        let mut all: Vec<TaskId> = self
            .events()
            .filter_map(|(_, event)| named(event))
            .collect();
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

    /// The attempt that holds the token: the newest, unless an older one was adopted since.
    pub(super) fn token(&self, task: &TaskId) -> Option<AttemptNo> {
        let all = self.attempts(task);
        let open = all.iter().filter(|it| self.stage(task, it.0) != "closed");
        open.map(|it| it.0)
            .max()
            .or_else(|| all.iter().map(|it| it.0).max())
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

    /// Whether the author of a record is, or speaks for, a party.
    pub(super) fn speaks_for(&self, by: &Actor, party: &Party) -> bool {
        by.party().is_some_and(|own| own == self.behind(party))
    }
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

/// The task that an event is about, if it makes that task known.
fn named(event: &Event) -> Option<TaskId> {
    match event {
        Event::TaskDeclared(data) => Some(data.task.clone()),
        Event::Dispatched(data) => Some(data.task.clone()),
        Event::Correction(data) => Some(data.task.clone()),
        Event::TaskClosed(data) => Some(data.task.clone()),
        _ => None,
    }
}
