//! Checks of talk: somebody must be able to read it, and it must refer to something.

use super::Checked;
use crate::anomaly::Finding;
use crate::codes::Code;
use crate::event::talk::{Message, Receipt, WaitDeclared, WaitRef};
use crate::fold::Origin;
use crate::ids::Seq;
use crate::mission::state::State;
use crate::party::{Actor, Party};

impl State {
    // spec: NAME-2
    pub(super) fn check_message(&self, checked: &mut Checked, origin: Origin<'_>, data: &Message) {
        if !self.speaks_for(origin.by, &data.from) {
            let detail = format!("{} writes in the name of {}", origin.by, data.from);
            checked.add(Finding::new(Code::NotOwner, detail));
        }
        if let Party::Agent(name) = &data.to {
            self.check_known(checked, name);
        }
        self.check_refers(checked, data.task.as_ref());
        if let Some(seq) = data.reply_to
            && !self.messages.contains_key(&seq)
            && !self.is_owed_at(seq)
        {
            let detail = format!("record {seq} is nothing to reply to");
            let found = Finding::new(Code::UnknownRecord, detail);
            checked.add(found.because(self.on_record(seq)));
        }
    }

    pub(super) fn check_receipt(&self, checked: &mut Checked, origin: Origin<'_>, data: &Receipt) {
        let mut is_news = false;
        for &seq in &data.of {
            if seq == Seq::ZERO || seq >= origin.now.seq {
                let detail = format!("there is no record {seq} to have read");
                checked.add(Finding::new(Code::UnknownRecord, detail));
            }
            is_news |= self.reads(origin.by, seq);
        }
        let is_unread = |seq: &Seq| self.unread_results.contains_key(seq);
        if !is_news && data.of.iter().any(is_unread) {
            self.check_authority(checked, origin.by, "read the results of others");
        }
        if !is_news {
            checked.already = data.of.iter().max().copied().or(Some(self.head));
        }
    }

    /// Whether a receipt of this reader for this record changes anything.
    ///
    /// A message is read by whoever it was for; results and undeliverables by whoever may judge.
    pub(crate) fn reads(&self, by: &Actor, seq: Seq) -> bool {
        let authority = self.has_authority(by);
        if self.unread_results.contains_key(&seq) || self.told.contains_key(&seq) {
            return authority;
        }
        self.messages.get(&seq).is_some_and(|message| {
            let is_mine = by.party().is_some_and(|party| party == message.to);
            message.read.is_none() && (authority || is_mine)
        })
    }

    // spec: AUTH-1
    pub(super) fn check_wait(
        &self,
        checked: &mut Checked,
        origin: Origin<'_>,
        data: &WaitDeclared,
    ) {
        let is_own = origin.by.agent().is_some_and(|agent| match &data.who {
            WaitRef::Agent(name) => *name == agent.name,
            WaitRef::Task(task) => self
                .find_task(task)
                .and_then(|ix| self.open_token(ix))
                .is_some_and(|token| self.is_incarnation(self.attempts[token].owner, agent)),
            WaitRef::Lock(_) | WaitRef::Job(_) => false,
        });
        if !is_own {
            self.check_authority(checked, origin.by, "say what others wait for");
        }
        for end in [&data.who, &data.on] {
            match end {
                WaitRef::Task(task) => {
                    self.refer(checked, task);
                }
                WaitRef::Agent(name) => self.check_known(checked, name),
                WaitRef::Lock(_) | WaitRef::Job(_) => {}
            }
        }
    }
}
