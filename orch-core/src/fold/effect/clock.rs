//! Effects of a clock that ran out: less confidence, and a decision for somebody.

use crate::event::clock::{ClockKind, ClockSubject, Timeout};
use crate::mission::attempt::Liveness;
use crate::mission::obligation::ObligationKind;
use crate::mission::state::State;
use crate::mission::table::{AttemptIx, ObligationIx};
use crate::mission::task::Moment;
use crate::party::Party;
use crate::status::task::TaskEvent;

impl State {
    // spec: TIME-3
    pub(super) fn time_out(&mut self, data: &Timeout, now: Moment) {
        match &data.subject {
            ClockSubject::Attempt { task, attempt } => {
                if let Some(ix) = self.find_attempt_at(task, *attempt) {
                    self.doubt(ix, data.clock, now);
                }
            }
            ClockSubject::Task(task) => {
                let ix = self.ensure_task(task, now);
                self.tasks[ix].total_expired = Some(now.seq);
                self.tasks[ix].step(TaskEvent::TimedOut, now, &mut self.trace);
                self.owe_ruling(now, ix);
            }
            ClockSubject::Message(seq) => {
                self.expire(now, |state, ix| state.obligations[ix].opened.seq == *seq);
            }
            ClockSubject::Agent(agent) => {
                let stopping = self.find_incarnation(agent);
                self.expire(now, |state, ix| {
                    stopping.is_some() && state.obligations[ix].incarnation == stopping
                });
            }
        }
    }

    /// Silence makes an attempt suspect, and more silence lost; nothing else about it changes.
    fn doubt(&mut self, ix: AttemptIx, clock: ClockKind, now: Moment) {
        let attempt = &mut self.attempts[ix];
        let is_again = attempt.expired.has(clock) || clock == ClockKind::Report;
        attempt.liveness = match attempt.liveness {
            Liveness::Alive => Liveness::Suspect,
            Liveness::Suspect if is_again => Liveness::Lost,
            Liveness::Suspect => Liveness::Suspect,
            Liveness::Lost => Liveness::Lost,
        };
        attempt.expired.add(clock);
        let task = attempt.task;
        let is_owed = self.has_ruling(task, Some((ix, clock)));
        if !is_owed {
            self.owe(now, ObligationKind::Ruling, Party::Lead, |owed| {
                owed.task = Some(task);
                owed.attempt = Some(ix);
                owed.clock = Some(clock);
            });
        }
    }

    /// Marks an obligation as out of time: the next move is its lead's.
    fn expire(&mut self, now: Moment, fits: impl Fn(&Self, ObligationIx) -> bool) {
        let found = self
            .open_obligations
            .iter()
            .copied()
            .find(|&ix| fits(self, ix));
        let Some(ix) = found else { return };
        self.obligations[ix].expired = Some(now.seq);
    }
}
