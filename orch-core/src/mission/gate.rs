//! The row of a gate of a task.

use serde::{Deserialize, Serialize};

use super::table::IncarnationIx;
use super::task::Moment;
use super::trace::{Cell, Trace};
use crate::event::gate::Verdict;
use crate::event::task::GateSpec;
use crate::ids::{AttemptNo, Seq};
use crate::party::Party;
use crate::status::Step;
use crate::status::gate::{GateEvent, GateStatus};

/// A decision of a gate, fresh or stale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GateDecision {
    /// The record of the decision.
    pub seq: Seq,
    /// Who decided.
    pub by: Party,
    /// What was decided.
    pub verdict: Verdict,
    /// The attempt whose work was judged.
    pub attempt: AttemptNo,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Gate {
    pub(crate) spec: GateSpec,
    status: GateStatus,
    pub(crate) since: Seq,
    pub(crate) holder: Option<(Seq, Party)>,
    /// The incarnation that holds it, when an agent does: another of that name does not.
    pub(crate) held_by: Option<IncarnationIx>,
    pub(crate) held_since: Option<Moment>,
    /// The last decision; stale when the gate is open again.
    pub(crate) decided: Option<GateDecision>,
}

impl Gate {
    pub(crate) const fn new(spec: GateSpec, declared: Seq) -> Self {
        Self {
            spec,
            status: GateStatus::Open,
            since: declared,
            holder: None,
            held_by: None,
            held_since: None,
            decided: None,
        }
    }

    pub(crate) const fn status(&self) -> GateStatus {
        self.status
    }

    /// Takes a step of the table; the only way a status changes.
    pub(crate) fn step(&mut self, event: GateEvent, now: Seq, trace: &mut Trace) {
        trace.note(Cell::Gate(self.status, event));
        match self.status.next(event) {
            Step::To(to) | Step::Breach(to) => {
                self.status = to;
                self.since = now;
            }
            Step::Stays | Step::Already | Step::Refused => {}
        }
        if !matches!(self.status, GateStatus::Requested) {
            self.holder = None;
            self.held_by = None;
            self.held_since = None;
        }
    }
}
