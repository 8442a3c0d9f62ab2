//! Reading an attempt.

use chrono::{DateTime, Utc};

use crate::ids::{AgentRef, AttemptNo, Seq, TaskId};
use crate::mission::Mission;
use crate::mission::attempt::{Attempt, Ending, Liveness};
use crate::mission::state::State;
use crate::mission::table::AttemptIx;
use crate::mission::task::Moment;
use crate::status::attempt::AttemptStatus;

/// An attempt, as the log up to here makes it.
#[derive(Debug, Clone, Copy)]
pub struct AttemptView<'a> {
    pub(super) state: &'a State,
    pub(super) ix: AttemptIx,
}

impl Mission {
    /// Returns every attempt that is not closed, in the order of their dispatches.
    pub fn open_attempts(&self) -> impl Iterator<Item = AttemptView<'_>> {
        self.state.open_attempts.iter().map(|&ix| AttemptView {
            state: &self.state,
            ix,
        })
    }

    /// Returns every attempt that takes a place in flight (WIP-1).
    pub fn in_flight(&self) -> impl Iterator<Item = AttemptView<'_>> {
        self.state.in_flight().map(|ix| AttemptView {
            state: &self.state,
            ix,
        })
    }
}

impl<'a> AttemptView<'a> {
    fn row(&self) -> &'a Attempt {
        &self.state.attempts[self.ix]
    }

    /// Returns the task.
    pub fn task(&self) -> &'a TaskId {
        &self.state.tasks[self.row().task].id
    }

    /// Returns the number: the fencing token.
    pub fn number(&self) -> AttemptNo {
        self.row().number
    }

    /// Returns the incarnation that owns it.
    pub fn agent(&self) -> AgentRef {
        self.state.agent_ref(self.row().owner)
    }

    /// Returns where it stands.
    pub fn status(&self) -> AttemptStatus {
        self.row().status()
    }

    /// Returns the record that handed it out.
    pub fn dispatched(&self) -> Moment {
        self.row().dispatched
    }

    /// Returns the record with which it began.
    pub fn started(&self) -> Option<Moment> {
        self.row().started
    }

    /// Returns its last sign of life, or its dispatch.
    pub fn last_alive(&self) -> Moment {
        self.row().alive
    }

    /// Returns its last progress; `None` before the first.
    pub fn last_progress(&self) -> Option<Moment> {
        let row = self.row();
        (row.n_progress > 0).then_some(row.progress)
    }

    /// Returns until when it announced silence.
    pub fn silent_until(&self) -> Option<DateTime<Utc>> {
        self.row().silent_until
    }

    /// Returns the record with which it last handed over.
    pub fn handed_over(&self) -> Option<Moment> {
        self.row().handed_over
    }

    /// Returns the record that closed it, and how it ended.
    pub fn closed(&self) -> Option<(Moment, Ending)> {
        self.row().closed
    }

    /// Returns the revision that it last handed over: untrusted text.
    pub fn revision(&self) -> Option<&'a str> {
        self.row().revision.as_deref()
    }

    /// Returns where it works: untrusted text.
    pub fn workspace(&self) -> Option<&'a str> {
        self.row().workspace.as_deref()
    }

    /// Returns the branch it works on: untrusted text.
    pub fn branch(&self) -> Option<&'a str> {
        self.row().branch.as_deref()
    }

    /// Returns how sure the log is that it is alive.
    pub fn liveness(&self) -> Liveness {
        self.row().liveness
    }

    /// Returns whether another attempt took the token while this one was open.
    pub fn is_parallel(&self) -> bool {
        self.row().parallel
    }

    /// Returns whether an imported log does not tell who works on it.
    pub fn is_owner_unknown(&self) -> bool {
        self.row().owner_unknown
    }

    /// Returns the inventory that no longer listed it.
    pub fn unaccounted(&self) -> Option<Moment> {
        self.row().unaccounted
    }

    /// Returns how many signs of life came after it was closed.
    pub fn late_signs(&self) -> u32 {
        self.row().late_signs
    }

    /// Returns the last record of it, late or not.
    pub fn last_record(&self) -> Seq {
        self.row().last_record
    }
}
