//! Effects of talk: messages open obligations, replies settle them, receipts mark as read.

use crate::event::clock::ClockKind;
use crate::event::talk::{Message, MessageClass, Receipt, WaitDeclared, WaitRef};
use crate::ids::Seq;
use crate::mission::obligation::{Obligation, ObligationKind};
use crate::mission::state::{MessageRow, State, Wait};
use crate::mission::table::{AttemptIx, TaskIx};
use crate::mission::task::Moment;
use crate::party::Party;
use crate::record::Envelope;

impl State {
    // spec: NOTE-1, NAME-2
    pub(super) fn send(&mut self, data: &Message, now: Moment) {
        let task = data.task.as_ref().map(|task| self.ensure_task(task, now));
        if let Some(answered) = data.reply_to {
            self.settle_reply(data, answered, now);
        }
        self.hear(data);
        let undeliverable = !self.is_reached(&data.to);
        let kind = match data.class {
            MessageClass::Fyi => None,
            MessageClass::Actionable => Some(ObligationKind::Reply),
            MessageClass::Question => Some(ObligationKind::Answer),
        };
        if let Some(kind) = kind {
            let clocks = task.map_or(self.policy.clocks, |task| self.task_clocks(task));
            self.owe(now, kind, data.to.clone(), |owed| {
                owed.owed_to = Some(data.from.clone());
                owed.task = task;
                owed.due = clocks.reply_ms.and_then(|limit| limit.after(now.at));
            });
        }
        self.messages.insert(
            now.seq,
            MessageRow {
                moment: now,
                from: data.from.clone(),
                to: data.to.clone(),
                task,
                undeliverable,
                read: None,
            },
        );
    }

    /// Whether a message gets to a party: nobody runs the agents of a mission that is closed, so that
    /// what is said to one of them is as lost as to one that is gone (D01).
    // spec: NAME-2, COMPLETE-2
    fn is_reached(&self, to: &Party) -> bool {
        let is_agent = matches!(to, Party::Agent(_));
        self.is_present(to) && !(is_agent && self.closed.is_some())
    }

    /// Whoever waits for an agent has heard from it.
    fn hear(&mut self, data: &Message) {
        let (Party::Agent(from), Party::Agent(to)) = (&data.from, &data.to) else {
            return;
        };
        let who = WaitRef::Agent(to.clone());
        let wait = self.waits.get(&who);
        if wait.is_some_and(|wait| matches!(&wait.on, WaitRef::Agent(on) if on == from)) {
            self.waits.remove(&who);
        }
    }

    /// The owner of an attempt works: it waits for nothing any more.
    pub(super) fn end_own_wait(&mut self, attempt: AttemptIx) {
        if !self.waits.is_empty() {
            let owner = self.agent_name(self.attempts[attempt].owner).clone();
            self.waits.remove(&WaitRef::Agent(owner));
        }
    }

    /// A reply settles what it answers if it comes from whoever owes it, from whoever asked and
    /// takes it back, or from somebody with authority over both.
    fn settle_reply(&mut self, data: &Message, answered: Seq, now: Moment) {
        let lead = self.lead().cloned();
        let is_lead = |party: &Party| *party == Party::Lead || Some(party) == lead.as_ref();
        let from_above = is_lead(&data.from) || matches!(data.from, Party::Host | Party::Human(_));
        for ix in self.opened_at(answered) {
            let owed = &self.obligations[ix];
            let is_answerable = matches!(
                owed.kind,
                ObligationKind::Reply | ObligationKind::Answer | ObligationKind::Ruling
            );
            let may = owed.owed_by == data.from
                || owed.owed_to.as_ref() == Some(&data.from)
                || from_above;
            if is_answerable && may {
                self.open_obligations.remove(&ix);
            }
        }
        if let Some(message) = self.messages.get_mut(&answered)
            && message.to == data.from
        {
            message.read.get_or_insert(now.seq);
        }
    }

    pub(super) fn receive(&mut self, envelope: &Envelope, data: &Receipt, now: Moment) {
        for &seq in &data.of {
            if !self.reads(&envelope.by, seq) {
                continue;
            }
            if let Some(task) = self.unread_results.remove(&seq) {
                self.tasks[task].unread.retain(|unread| *unread != seq);
            }
            self.told.remove(&seq);
            if let Some(message) = self.messages.get_mut(&seq) {
                message.read.get_or_insert(now.seq);
            }
        }
    }

    pub(super) fn wait(&mut self, data: &WaitDeclared, now: Moment) {
        for end in [&data.who, &data.on] {
            if let WaitRef::Task(task) = end {
                self.ensure_task(task, now);
            }
        }
        let wait = Wait {
            moment: now,
            on: data.on.clone(),
            until: data.until,
        };
        self.waits.insert(data.who.clone(), wait);
    }

    /// Opens an obligation.
    pub(super) fn owe(
        &mut self,
        now: Moment,
        kind: ObligationKind,
        owed_by: Party,
        fill: impl FnOnce(&mut Obligation),
    ) {
        let mut owed = Obligation {
            kind,
            owed_by,
            owed_to: None,
            task: None,
            attempt: None,
            incarnation: None,
            clock: None,
            opened: now,
            due: None,
            expired: None,
        };
        fill(&mut owed);
        let task = owed.task;
        let ix = self.obligations.push(owed);
        self.open_obligations.insert(ix);
        if let Some(task) = task {
            let open = &self.open_obligations;
            let about = &mut self.tasks[task].owed;
            about.retain(|owed| open.contains(owed));
            about.push(ix);
        }
    }

    /// Puts a decision about a task on its lead, once.
    // spec: TIME-3, RETRY-2
    pub(super) fn owe_ruling(&mut self, now: Moment, task: TaskIx) {
        let is_owed = self.has_ruling(task, None);
        if !is_owed {
            self.owe(now, ObligationKind::Ruling, Party::Lead, |owed| {
                owed.task = Some(task);
            });
        }
    }

    /// Whether a ruling on a task is owed already: for a clock of one of its attempts, or for a
    /// limit or a clock of its own.
    pub(super) fn has_ruling(&self, task: TaskIx, clock: Option<(AttemptIx, ClockKind)>) -> bool {
        self.tasks[task].owed.iter().any(|ix| {
            let owed = &self.obligations[*ix];
            let is_open = self.open_obligations.contains(ix);
            is_open && owed.kind == ObligationKind::Ruling && owed.attempt.zip(owed.clock) == clock
        })
    }

    /// Settles the rulings on an attempt that clocks of these kinds have put on somebody.
    // spec: TIME-3
    pub(super) fn settle_clocks(&mut self, attempt: AttemptIx, clocks: &[ClockKind]) {
        let task = self.attempts[attempt].task;
        self.settle_of(task, |owed| {
            owed.attempt == Some(attempt) && owed.clock.is_some_and(|clock| clocks.contains(&clock))
        });
    }

    /// Settles the open obligations about a task that fit.
    pub(super) fn settle_of(&mut self, task: TaskIx, fits: impl Fn(&Obligation) -> bool) {
        let obligations = &self.obligations;
        let open = &mut self.open_obligations;
        self.tasks[task].owed.retain(|ix| {
            let is_settled = fits(&obligations[*ix]);
            if is_settled {
                open.remove(ix);
            }
            !is_settled
        });
    }
}
