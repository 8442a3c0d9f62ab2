//! The facts about what is owed.

use super::{Entity, List};
use crate::ids::Seq;
use crate::mission::obligation::ObligationKind;
use crate::mission::state::State;
use crate::mission::table::ObligationIx;

impl State {
    /// Everything that is owed. A decision of a gate is a fact of its task: who holds the gate.
    pub(super) fn obligation_entities(&self) -> impl Iterator<Item = Entity> {
        self.open_obligations.iter().map(|&ix| {
            let row = &self.obligations[ix];
            let (opened, kind) = (row.opened.seq, row.kind);
            let same = self.opened_at(opened).into_iter();
            let same = same.filter(|&one| self.obligations[one].kind == kind);
            let n = same.take_while(|&one| one != ix).count();
            Entity::Obligation { opened, kind, n }
        })
    }

    pub(super) fn open_obligation(
        &self,
        opened: Seq,
        kind: ObligationKind,
        n: usize,
    ) -> Option<ObligationIx> {
        let same = self.opened_at(opened).into_iter();
        let mut same = same.filter(|&one| self.obligations[one].kind == kind);
        let ix = same.nth(n)?;
        self.open_obligations.contains(&ix).then_some(ix)
    }

    pub(super) fn obligation_facts(&self, ix: ObligationIx, list: &mut List) {
        let row = &self.obligations[ix];
        list.add("owed_by", Some(&row.owed_by));
        list.add("owed_to", row.owed_to.as_ref());
        list.add("task", row.task.map(|ix| &self.tasks[ix].id));
        list.add("attempt", row.attempt.map(|ix| self.attempts[ix].number));
        list.add("agent", row.incarnation.map(|ix| self.agent_ref(ix)));
        list.add("clock", row.clock);
        list.add("due", row.due.map(|due| due.to_rfc3339()));
        list.add("expired", row.expired.map(|_| "yes"));
    }
}
