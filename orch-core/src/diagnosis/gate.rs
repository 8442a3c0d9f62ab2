//! Blockers of a task whose gates are open.

use super::{Blocker, Cause, Subject};
use crate::event::task::GateStage;
use crate::fold::check::first_before;
use crate::mission::gate::Gate;
use crate::mission::state::State;
use crate::mission::table::TaskIx;
use crate::mission::task::Moment;

impl State {
    /// The gates that are open now: those before which no other has to pass.
    // spec: GATE-1, GATE-2
    pub(super) fn of_review(&self, ix: TaskIx, stage: GateStage) -> Vec<Blocker> {
        let gates = &self.tasks[ix].gates;
        gates
            .iter()
            .enumerate()
            .filter(|(_, gate)| gate.spec.stage == stage && !gate.status().has_passed())
            .filter(|(_, gate)| first_before(gates, gate).is_none())
            .map(|(place, gate)| Blocker {
                subject: Subject::Gate(ix, place),
                ..self.of_gate(ix, gate)
            })
            .collect()
    }

    // spec: GATE-2
    fn of_gate(&self, ix: TaskIx, gate: &Gate) -> Blocker {
        let name = &gate.spec.gate;
        let present = gate.holder.as_ref().filter(|_| self.is_held(gate));
        if let Some((seq, holder)) = present {
            let detail = format!("gate {name} is with {holder}");
            let mut found = self.blocker(ix, Cause::GateOpen, detail, "the gate is decided");
            found.next = holder.clone();
            found.because = vec![*seq];
            found.since = gate.held_since.unwrap_or(found.since);
            return found;
        }
        let (cause, detail) = match (&gate.holder, &gate.decided) {
            (Some((_, gone)), _) => (
                Cause::GateOpen,
                format!("gate {name} needs a holder: {gone} is gone"),
            ),
            (None, Some(old)) => {
                let detail = format!("gate {name} was decided at {} for older work", old.seq);
                (Cause::GateStale, detail)
            }
            (None, None) => (Cause::GateOpen, format!("gate {name} needs a holder")),
        };
        let mut found = self.blocker(
            ix,
            cause,
            detail,
            "the gate is given to somebody, or decided",
        );
        // It needs somebody since the work it is about was handed over, or its holder left.
        let newest = self.tasks[ix].token.map(|token| &self.attempts[token]);
        let newest = newest.and_then(|attempt| attempt.handed_over);
        let left = gate.held_by.map(|ix| self.incarnations[ix].since());
        let last = newest.into_iter().chain(left);
        found.since = last.fold(found.since, Moment::max_by_seq);
        let left = left.map(|at| at.seq);
        let asked = gate.holder.iter().map(|(seq, _)| *seq);
        let decided = gate.decided.iter().map(|old| old.seq);
        found.because = std::iter::once(gate.since)
            .chain(asked)
            .chain(left)
            .chain(decided)
            .collect();
        found.because.sort_unstable();
        found.because.dedup();
        found
    }
}
