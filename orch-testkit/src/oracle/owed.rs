//! What somebody owes, and what nobody has read.

use std::collections::BTreeSet;

use orch_core::event::Event;
use orch_core::event::attempt::{Handoff, HandoffStatus};
use orch_core::event::clock::{ClockKind, ClockSubject};
use orch_core::event::correction::Change;
use orch_core::event::talk::{Message, MessageClass};
use orch_core::ids::{AttemptNo, GateName, Seq, TaskId};
use orch_core::party::{Actor, Party};

use super::facts::Owed;
use super::log::{Log, Said};
use super::{judge, plan};

impl<'a> Log<'a> {
    /// The last handoff of a task that took effect.
    pub(super) fn last_handoff(&self, task: &TaskId) -> Option<(Seq, &'a Handoff)> {
        self.events().rev().find_map(|(seq, event)| match event {
            Event::Handoff(data) if data.task == *task => Some((seq, data)),
            _ => None,
        })
    }

    /// The revision that an attempt handed over last.
    pub(super) fn revision(&self, task: &TaskId, number: AttemptNo) -> Option<&'a str> {
        let found = self.events().rev().find_map(|(_, event)| match event {
            Event::Handoff(data) if data.task == *task && data.attempt == number => Some(data),
            _ => None,
        });
        found.and_then(|data| data.revision.as_deref())
    }

    /// Who holds a gate that is requested.
    pub(super) fn holder(&self, task: &TaskId, gate: &GateName) -> Option<Party> {
        self.request(task, gate).map(|it| it.1)
    }

    /// The request of a gate that is requested, with who holds it.
    pub(super) fn request(&self, task: &TaskId, gate: &GateName) -> Option<(Seq, Party)> {
        if self.gate_status(task, gate) != "requested" {
            return None;
        }
        self.events().rev().find_map(|(seq, event)| match event {
            Event::GateRequested(data) if data.task == *task && data.gate == *gate => {
                Some((seq, data.holder.clone()))
            }
            _ => None,
        })
    }

    /// Whether the reply clock of a message ran out.
    pub(super) fn ran_out(&self, message: Seq) -> bool {
        self.events().any(|(_, event)| match event {
            Event::Timeout(data) => {
                data.clock == ClockKind::Reply && data.subject == ClockSubject::Message(message)
            }
            _ => false,
        })
    }

    /// Replies and answers that are owed.
    pub(super) fn replies_owed(&self) -> Vec<Owed> {
        let mut owed = Vec::new();
        for row in self.happened() {
            let Event::Message(asked) = row.record.event() else {
                continue;
            };
            let seq = row.record.seq();
            let kind = match asked.class {
                MessageClass::Actionable => "reply",
                MessageClass::Question => "answer",
                _ => continue,
            };
            if self.is_settled(seq, asked) || self.is_moot(seq, asked, &row.record.envelope().by) {
                continue;
            }
            owed.push(Owed {
                kind: kind.to_owned(),
                by: asked.to.to_string(),
                since: seq,
            });
        }
        owed
    }

    /// Whether a message was answered, taken back or superseded.
    fn is_settled(&self, seq: Seq, asked: &Message) -> bool {
        self.happened().any(|row| match row.record.event() {
            Event::Message(reply) => {
                let by = &row.record.envelope().by;
                reply.reply_to == Some(seq)
                    && (self.behind(&reply.from) == self.behind(&asked.to)
                        || self.behind(&reply.from) == self.behind(&asked.from)
                        || self.has_authority(by))
            }
            Event::Correction(data) => data.supersedes.contains(&seq),
            _ => false,
        })
    }

    /// Whether whoever asked does not wait any more.
    fn is_moot(&self, seq: Seq, asked: &Message, by: &Actor) -> bool {
        let (Some(agent), Some(task)) = (by.agent(), &asked.task) else {
            return false;
        };
        if asked.class != MessageClass::Question {
            return false;
        }
        let attempts = self.attempts(task);
        let own = attempts
            .iter()
            .rev()
            .find(|it| it.1 == *agent && it.2 < seq);
        own.is_some_and(|it| self.stage(task, it.0) == "closed") || !self.is_live(agent)
    }

    /// Everything that is owed.
    pub(super) fn owed(&self) -> BTreeSet<Owed> {
        let mut owed: BTreeSet<Owed> = self.replies_owed().into_iter().collect();
        for task in self.tasks() {
            for spec in self.gates(&task) {
                if let Some((since, holder)) = self.request(&task, &spec.gate) {
                    owed.insert(Owed {
                        kind: "gate_decision".to_owned(),
                        by: holder.to_string(),
                        since,
                    });
                }
            }
            if self.status(&task) == "blocked"
                && let Some((since, handoff)) = self.last_handoff(&task)
            {
                let by = handoff
                    .blocked_on
                    .clone()
                    .unwrap_or(Party::Lead)
                    .to_string();
                owed.insert(Owed {
                    kind: "unblocking".to_owned(),
                    by,
                    since,
                });
            }
        }
        for agent in self.agents() {
            if self.agent(&agent) != Some("stopping") {
                continue;
            }
            let asked = self
                .said()
                .rev()
                .find(|(_, said)| **said == Said::Agent(agent.clone(), "stopping"));
            if let Some((since, _)) = asked {
                let by = Party::Agent(agent.name.clone()).to_string();
                owed.insert(Owed {
                    kind: "acknowledgement".to_owned(),
                    by,
                    since,
                });
            }
        }
        owed.extend(self.rulings());
        owed
    }

    /// Rulings that limits and clocks ask for.
    fn rulings(&self) -> Vec<Owed> {
        let retry = self.policy().retry;
        let mut owed = Vec::new();
        let mut owe = |since: Seq| {
            owed.push(Owed {
                kind: "ruling".to_owned(),
                by: Party::Lead.to_string(),
                since,
            });
        };
        for task in self.tasks() {
            if plan::is_ended(self.status(&task)) {
                continue;
            }
            let corrected = self.corrections(&task).last().map_or(Seq::ZERO, |it| it.0);
            let limits = [
                (Said::Blocked(task.clone()), retry.max_blocks),
                (Said::SentBack(task.clone()), retry.max_review_rounds),
            ];
            for (said, limit) in limits {
                let all: Vec<Seq> = self
                    .said()
                    .filter(|(_, it)| **it == said)
                    .map(|(seq, _)| seq)
                    .collect();
                if let (Some(limit), Some(last)) = (limit, all.last())
                    && self.count(&said, &task) >= limit
                    && *last > corrected
                {
                    owe(*last);
                }
            }
        }
        for (seq, event) in self.events() {
            let Event::Timeout(data) = event else {
                continue;
            };
            if self.still_asks(seq, data.clock, &data.subject) {
                owe(seq);
            }
        }
        owed
    }

    /// Whether a clock that ran out still asks for a ruling.
    fn still_asks(&self, ran_out: Seq, clock: ClockKind, subject: &ClockSubject) -> bool {
        match subject {
            ClockSubject::Attempt { task, attempt } => {
                let settles = |event: &Event| match event {
                    Event::AttemptStarted(data) => {
                        data.task == *task
                            && data.attempt == *attempt
                            && clock != ClockKind::Attempt
                            && clock != ClockKind::Progress
                    }
                    Event::Heartbeat(data) => {
                        data.task == *task
                            && data.attempt == *attempt
                            && matches!(clock, ClockKind::Alive | ClockKind::Report)
                    }
                    Event::Progress(data) => {
                        data.task == *task
                            && data.attempt == *attempt
                            && clock != ClockKind::Attempt
                    }
                    Event::Correction(data) => data.task == *task,
                    _ => false,
                };
                self.is_in_flight(task, *attempt)
                    && !self
                        .events()
                        .any(|(seq, event)| seq > ran_out && settles(event))
            }
            ClockSubject::Task(task) => {
                !plan::is_ended(self.status(task))
                    && self.corrections(task).iter().all(|(seq, _)| *seq < ran_out)
            }
            ClockSubject::Message(_) | ClockSubject::Agent(_) => false,
            _ => false,
        }
    }

    /// Handoffs that nobody has read.
    pub(super) fn unread(&self) -> BTreeSet<Seq> {
        let mut unread = BTreeSet::new();
        for row in self.happened() {
            let Event::Handoff(data) = row.record.event() else {
                continue;
            };
            let is_result = matches!(data.status, None | Some(HandoffStatus::Done));
            let is_imported = matches!(row.record.envelope().by, Actor::Import(_));
            let seq = row.record.seq();
            if is_result && !is_imported && !self.is_read(seq, &data.task) {
                unread.insert(seq);
            }
        }
        unread
    }

    fn is_read(&self, seq: Seq, task: &TaskId) -> bool {
        let mut later = self.happened().filter(|row| row.record.seq() > seq);
        later.any(|row| match row.record.event() {
            Event::Receipt(data) => {
                data.of.contains(&seq) && self.has_authority(&row.record.envelope().by)
            }
            Event::GateRequested(data) => data.task == *task,
            Event::GateDecided(data) => data.task == *task,
            Event::Correction(data) => data.task == *task,
            Event::TaskClosed(data) => data.task == *task,
            Event::TaskDelivered(data) => data.task == *task,
            Event::Dispatched(data) => data.task == *task,
            _ => false,
        })
    }

    /// Messages that reached nobody and that nobody has read.
    pub(super) fn undeliverable(&self) -> BTreeSet<Seq> {
        let mut lost = BTreeSet::new();
        for (seq, event) in self.events() {
            let Event::Message(data) = event else {
                continue;
            };
            let Party::Agent(name) = self.behind(&data.to) else {
                continue;
            };
            let reaches = judge::of_name(self, &name).iter().any(|agent| {
                // Whether it was live then: the last that was said of it before the message.
                let mut before = self.said().rev().filter(|(at, _)| *at < seq);
                before
                    .find_map(|(_, said)| match said {
                        Said::Agent(of, status) if of == agent => Some(*status),
                        _ => None,
                    })
                    .is_some_and(|status| matches!(status, "live" | "stopping"))
            });
            let is_read = self.happened().any(|row| match row.record.event() {
                Event::Receipt(receipt) => {
                    receipt.of.contains(&seq) && self.has_authority(&row.record.envelope().by)
                }
                Event::Correction(data) => data.supersedes.contains(&seq),
                Event::Message(reply) => reply.reply_to == Some(seq),
                _ => false,
            });
            if !reaches && !is_read {
                lost.insert(seq);
            }
        }
        lost
    }

    /// Whether anything keeps the mission from completing.
    pub(super) fn has_obstacles(&self) -> bool {
        let tasks = self.tasks();
        tasks
            .iter()
            .any(|task| !plan::is_settled(self.status(task)))
            || self
                .open_attempts()
                .iter()
                .any(|it| self.is_in_flight(&it.0, it.1))
            || !self.owed().is_empty()
            || !self.unread().is_empty()
            || !self.undeliverable().is_empty()
    }

    /// The record of the last late evidence that a correction adopted, with its handoff.
    pub(super) fn adopted(&self, change: &Change) -> Option<&'a Handoff> {
        let Change::Adopt { seq } = change else {
            return None;
        };
        match self.row(*seq)?.record.event() {
            Event::Handoff(data) => Some(data),
            _ => None,
        }
    }
}
