//! What somebody owes, and what nobody has read.

use std::collections::BTreeSet;

use orch_core::event::Event;
use orch_core::event::attempt::HandoffStatus;
use orch_core::event::talk::MessageClass;
use orch_core::ids::{AttemptNo, GateName, Seq, TaskId};
use orch_core::party::{Actor, Party};

use super::facts::{Owed, Standing};
use super::log::{Log, Said};
use super::plan;

impl<'a> Log<'a> {
    /// The revision that an attempt handed over last.
    pub(super) fn revision(&self, task: &TaskId, number: AttemptNo) -> Option<&'a str> {
        let all = self.handoffs(task).into_iter().rev();
        let mut over = all.filter(|(_, data)| {
            data.attempt == number && matches!(data.status, None | Some(HandoffStatus::Done))
        });
        over.next().and_then(|(_, data)| data.revision.as_deref())
    }

    /// Whether a record is kept as late evidence.
    pub(super) fn is_late(&self, seq: Seq) -> bool {
        self.row(seq)
            .is_some_and(|row| row.standing == Standing::Evidence)
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

    /// Whether whoever a gate was given to is still there: another of the same name is not.
    pub(super) fn is_held(&self, task: &TaskId, gate: &GateName) -> bool {
        let Some((seq, holder)) = self.request(task, gate) else {
            return false;
        };
        let Party::Agent(name) = &holder else {
            return self.is_present(&holder);
        };
        let joined = self.said().rev().find_map(|(at, said)| match said {
            Said::Agent(agent, "live") if agent.name == *name => Some((at, agent.clone())),
            _ => None,
        });
        joined.is_some_and(|(at, agent)| {
            // Refusing to stop makes an incarnation live again, and does not make it another.
            let is_first = !self.said().any(|(before, said)| {
                before < seq && matches!(said, Said::Agent(of, "live") if *of == agent)
            });
            self.is_live(&agent) && (at < seq || !is_first)
        })
    }

    /// Replies and answers that are owed.
    pub(super) fn replies_owed(&self) -> Vec<Owed> {
        let mut owed = Vec::new();
        for (seq, event) in self.events() {
            let Event::Message(asked) = event else {
                continue;
            };
            let kind = match asked.class {
                MessageClass::Actionable => "reply",
                MessageClass::Question => "answer",
                _ => continue,
            };
            let is_moot = self.said().any(|(at, said)| match said {
                Said::Unasked(task, name) => {
                    at > seq
                        && kind == "answer"
                        && asked.task.as_ref() == Some(task)
                        && asked.from == Party::Agent(name.clone())
                }
                _ => false,
            });
            let is_taken_back = self.events().any(|(at, event)| match event {
                Event::Message(reply) => {
                    at > seq && reply.reply_to == Some(seq) && reply.from == asked.from
                }
                _ => false,
            });
            if is_moot || is_taken_back || !self.dismissals(seq, Some(&asked.to)).is_empty() {
                continue;
            }
            owed.push(self.owe(kind, &asked.to, seq, self.ran_out(seq)));
        }
        owed
    }

    /// Everything that is owed.
    pub(super) fn owed(&self) -> BTreeSet<Owed> {
        let mut owed: BTreeSet<Owed> = self.replies_owed().into_iter().collect();
        for task in self.tasks() {
            for spec in self.gates(&task) {
                if let Some((since, holder)) = self.request(&task, &spec.gate) {
                    let is_unheld = !self.is_held(&task, &spec.gate);
                    owed.insert(self.owe("gate_decision", &holder, since, is_unheld));
                }
            }
            owed.extend(self.unblocking(&task));
        }
        for agent in self.agents() {
            let asked = self.asked_to_stop(&agent);
            let is_owed = |since: &Seq| self.dismissals(*since, None).is_empty();
            if let Some(since) = asked.filter(is_owed) {
                let by = Party::Agent(agent.name.clone());
                let is_late = self.ack_ran_out(&agent);
                owed.insert(self.owe("acknowledgement", &by, since, is_late));
            }
        }
        owed.extend(self.rulings());
        owed
    }

    /// What the last blocked handoff of a task waits for.
    fn unblocking(&self, task: &TaskId) -> Option<Owed> {
        let all = self.handoffs(task);
        let (seq, blocked) = all
            .iter()
            .rev()
            .find(|(_, data)| data.status == Some(HandoffStatus::Blocked))?;
        let since = self.standing(&[*seq], &self.moves_on(task), None)?;
        let by = blocked.blocked_on.clone().unwrap_or(Party::Lead);
        Some(self.owe("unblocking", &by, since, false))
    }

    /// Says who makes the next move: the lead, when whoever owes it is late or not there.
    pub(super) fn owe(&self, kind: &str, by: &Party, since: Seq, is_late: bool) -> Owed {
        let next = if is_late || !self.is_present(by) {
            &Party::Lead
        } else {
            by
        };
        Owed {
            kind: kind.to_owned(),
            by: by.to_string(),
            next: next.to_string(),
            since,
        }
    }

    /// Results that nobody has read.
    pub(super) fn unread(&self) -> BTreeSet<Seq> {
        let mut unread = BTreeSet::new();
        for row in self.happened() {
            let seq = row.record.seq();
            let task = match row.record.event() {
                Event::Handoff(data) => &data.task,
                Event::AttemptEnded(data)
                    // A clean end of the work that counts, whatever the task was before it.
                    if row.says.contains(&Said::MovedOn(data.task.clone()))
                        && row.says.contains(&Said::Success(data.task.clone(), true)) =>
                {
                    &data.task
                }
                _ => continue,
            };
            let is_imported = matches!(row.record.envelope().by, Actor::Import(_));
            if !is_imported && !self.is_read(seq, task) {
                unread.insert(seq);
            }
        }
        unread
    }

    fn is_read(&self, seq: Seq, task: &TaskId) -> bool {
        let is_acted_on = self.moves_on(task).into_iter().any(|at| at > seq);
        let mut later = self.happened().filter(|row| row.record.seq() > seq);
        is_acted_on
            || later.any(|row| match row.record.event() {
                Event::Receipt(data) => {
                    data.of.contains(&seq) && self.has_authority(&row.record.envelope().by)
                }
                Event::GateRequested(data) => data.task == *task,
                Event::GateDecided(data) => data.task == *task,
                Event::TaskDelivered(data) => data.task == *task,
                _ => false,
            })
    }

    /// Messages that reached nobody and that nobody has read.
    pub(super) fn undeliverable(&self) -> BTreeSet<Seq> {
        let mut lost = BTreeSet::new();
        for row in self
            .happened()
            .filter(|row| row.says.contains(&Said::Undelivered))
        {
            let Event::Message(data) = row.record.event() else {
                continue;
            };
            let seq = row.record.seq();
            let is_read = self.happened().any(|row| match row.record.event() {
                Event::Receipt(receipt) => {
                    let by = &row.record.envelope().by;
                    row.record.seq() > seq
                        && receipt.of.contains(&seq)
                        && (self.has_authority(by) || by.party().as_ref() == Some(&data.to))
                }
                // A message that names itself, or one to come, answers nothing.
                Event::Message(reply) => {
                    row.record.seq() > seq && reply.reply_to == Some(seq) && reply.from == data.to
                }
                _ => false,
            });
            if !is_read {
                lost.insert(seq);
            }
        }
        lost
    }

    /// Whether anything keeps the mission from completing.
    pub(super) fn has_obstacles(&self) -> bool {
        self.tasks()
            .iter()
            .any(|task| !plan::is_settled(self.status(task)))
            || !self.open_attempts().is_empty()
            || !self.owed().is_empty()
            || !self.unread().is_empty()
            || !self.undeliverable().is_empty()
    }
}
