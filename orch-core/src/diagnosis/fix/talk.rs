//! Fixes that settle what a record opened: replies, acknowledgements, receipts and rulings.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "most causes have nothing here, and a new one starts without"
)]

use super::Fix;
use crate::command::Command;
use crate::diagnosis::Cause;
use crate::event::agent::{Inventory, Shutdown, ShutdownStage};
use crate::event::correction::Change;
use crate::event::talk::{Message, MessageClass};
use crate::ids::Seq;
use crate::mission::obligation::{Obligation, ObligationKind};
use crate::mission::state::State;
use crate::mission::table::IncarnationIx;
use crate::party::{Actor, Party};

impl State {
    /// What settles something that a record opened or said.
    pub(super) fn to_settle(&self, cause: Cause, seq: Seq) -> Vec<Fix> {
        let kinds: &[ObligationKind] = match cause {
            Cause::ShutdownUnacked => &[ObligationKind::Acknowledgement],
            Cause::RulingOwed => &[ObligationKind::Ruling],
            Cause::PausedBy => &[ObligationKind::Unblocking],
            Cause::Undeliverable
            | Cause::ResultUnread
            | Cause::PollLoop
            | Cause::StoreDivergence => {
                return vec![self.by_lead(Command::receipt([seq]))];
            }
            _ => &[ObligationKind::Reply, ObligationKind::Answer],
        };
        let Some(owed) = self.owed_at(seq, |kind| kinds.contains(&kind)) else {
            return Vec::new();
        };
        match owed.kind {
            ObligationKind::Acknowledgement => self.to_acknowledge(owed),
            ObligationKind::Unblocking => {
                let task = owed.task.map(|ix| self.change(ix, Change::Unblock));
                task.map(|unblock| self.by_lead(unblock))
                    .into_iter()
                    .collect()
            }
            ObligationKind::Reply
            | ObligationKind::Answer
            | ObligationKind::Ruling
            | ObligationKind::GateDecision => self.to_reply(owed),
        }
    }

    // spec: SHUT-1, SHUT-2
    fn to_acknowledge(&self, owed: &Obligation) -> Vec<Fix> {
        let Some(ix) = owed.incarnation else {
            return Vec::new();
        };
        let agent = self.agent_ref(ix);
        let step = |by: Actor, stage, reason: &str| {
            let reason = reason.to_owned();
            let agent = agent.clone();
            Fix::new(
                by,
                Command::Shutdown(Shutdown {
                    agent,
                    stage,
                    reason,
                }),
            )
        };
        let own = step(Actor::Agent(agent.clone()), ShutdownStage::Acknowledged, "");
        let stopped = step(
            self.lead_actor(),
            ShutdownStage::Terminated,
            "it did not answer",
        );
        // Once its clock ran out, the next move is the lead's.
        if owed.expired.is_some() {
            vec![stopped, own]
        } else {
            vec![own, stopped]
        }
    }

    /// Somebody looks again at an agent that should be gone, and finds that it carries nothing.
    // spec: SHUT-1
    pub(super) fn to_confirm(&self, agent: IncarnationIx) -> Vec<Fix> {
        let look = Command::Observe(Inventory {
            agent: self.agent_ref(agent),
            carries: Vec::new(),
        });
        vec![Fix::new(Actor::Host, look)]
    }

    /// Replies from whoever owes one, from those above both, and the question taken back.
    // spec: NOTE-1
    fn to_reply(&self, owed: &Obligation) -> Vec<Fix> {
        let next = self.next_owing(owed);
        let own = self.actor(&next).map(|by| (by, "it is as follows: ..."));
        let above = self
            .rulers()
            .into_iter()
            .map(|by| (by, "it is settled: ..."));
        let asker = owed.owed_to.as_ref().and_then(|to| self.actor(to));
        let back = asker.map(|by| (by, "not needed any more"));
        let replies = own.into_iter().chain(above).chain(back);
        replies
            .filter_map(|(by, text)| {
                let reply = self.reply(owed, by.party()?, text);
                Some(Fix::new(by, Command::Send(reply)))
            })
            .collect()
    }

    fn reply(&self, owed: &Obligation, from: Party, text: &str) -> Message {
        let asker = owed.owed_to.clone().filter(|to| self.is_present(to));
        // Nobody asked for a ruling, so whoever has the task is told.
        let owner = owed.task.and_then(|task| self.open_token(task));
        let owner = owner.map(|token| self.agent_name(self.attempts[token].owner).clone());
        let owner = owner.map(Party::Agent).filter(|to| self.is_present(to));
        Message {
            from,
            to: asker.or(owner).unwrap_or(Party::Host),
            class: MessageClass::Fyi,
            task: owed.task.map(|ix| self.tasks[ix].id.clone()),
            reply_to: Some(owed.opened.seq),
            text: text.to_owned(),
        }
    }
}
