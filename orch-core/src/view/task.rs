//! Reading a task.

use chrono::{DateTime, Utc};

use super::attempt::AttemptView;
use crate::event::task::{GateStage, NeedOn};
use crate::ids::{AgentRef, AttemptNo, GateName, Label, Seq, TaskId};
use crate::mission::Mission;
use crate::mission::gate::{Gate, GateDecision};
use crate::mission::state::State;
use crate::mission::table::TaskIx;
use crate::mission::task::{Counters, Moment, Task};
use crate::party::Party;
use crate::status::gate::GateStatus;
use crate::status::task::TaskStatus;

/// A task, as the log up to here makes it.
#[derive(Debug, Clone, Copy)]
pub struct TaskView<'a> {
    pub(super) state: &'a State,
    pub(super) ix: TaskIx,
}

/// A gate of a task.
#[derive(Debug, Clone, Copy)]
pub struct GateView<'a> {
    gate: &'a Gate,
}

impl Mission {
    /// Looks a task up.
    pub fn task(&self, id: &TaskId) -> Option<TaskView<'_>> {
        self.state.find_task(id).map(|ix| TaskView {
            state: &self.state,
            ix,
        })
    }

    /// Returns every task, in the order in which the log first names them.
    pub fn tasks(&self) -> impl Iterator<Item = TaskView<'_>> {
        self.state.tasks.rows().map(|(ix, _)| TaskView {
            state: &self.state,
            ix,
        })
    }
}

impl<'a> TaskView<'a> {
    fn row(&self) -> &'a Task {
        &self.state.tasks[self.ix]
    }

    fn id_of(&self, ix: TaskIx) -> &'a TaskId {
        &self.state.tasks[ix].id
    }

    /// Returns the id.
    pub fn id(&self) -> &'a TaskId {
        &self.row().id
    }

    /// Returns the title: untrusted text; the id when nobody gave one.
    pub fn title(&self) -> &'a str {
        &self.row().title
    }

    /// Returns what kind of work it is.
    pub fn kind(&self) -> Option<&'a Label> {
        self.row().kind.as_ref()
    }

    /// Returns the phase of the plan that it names itself.
    pub fn phase(&self) -> Option<&'a Label> {
        self.row().phase.as_ref()
    }

    /// Returns the role that it asks for.
    pub fn role(&self) -> Option<&'a Label> {
        self.row().role.as_ref()
    }

    /// Returns how urgent it is: 0 is the most urgent.
    pub fn priority(&self) -> Option<i32> {
        self.row().priority
    }

    /// Returns where it came from: untrusted text.
    pub fn source(&self) -> Option<&'a str> {
        self.row().source.as_deref()
    }

    /// Returns the record that declared it, or first named it.
    pub fn declared(&self) -> Moment {
        self.row().declared
    }

    /// Returns whether only references, or an importer, say that it exists.
    pub fn is_implicit(&self) -> bool {
        self.row().implicit
    }

    /// Returns where it stands.
    pub fn status(&self) -> TaskStatus {
        self.row().status()
    }

    /// Returns the record that put it there.
    pub fn since(&self) -> Moment {
        self.row().since()
    }

    /// Returns the task that it is part of.
    pub fn parent(&self) -> Option<&'a TaskId> {
        self.row().parent.map(|ix| self.id_of(ix))
    }

    /// Returns the tasks that it needs, how far each must have come, whether it has, and the
    /// record that says so.
    pub fn needs(&self) -> impl Iterator<Item = (&'a TaskId, NeedOn, bool, Seq)> {
        let (state, this) = (self.state, *self);
        this.row().needs.iter().map(move |need| {
            (
                this.id_of(need.task),
                need.on,
                state.need_met(need),
                need.since.seq,
            )
        })
    }

    /// Returns the tasks that need it.
    pub fn dependents(&self) -> impl Iterator<Item = &'a TaskId> {
        let this = *self;
        this.row().dependents.iter().map(move |&ix| this.id_of(ix))
    }

    /// Returns its gates, in their declared order.
    pub fn gates(&self) -> impl Iterator<Item = GateView<'a>> {
        self.row().gates.iter().map(|gate| GateView { gate })
    }

    /// Returns the kinds of evidence that a handoff `done` must bring.
    pub fn evidence(&self) -> &'a [Label] {
        &self.row().evidence
    }

    /// Returns the kinds that the last handoff `done` did not bring.
    pub fn missing_evidence(&self) -> &'a [Label] {
        &self.row().missing_evidence
    }

    /// Returns what the last handoff said is left to do: untrusted text.
    pub fn remaining(&self) -> &'a [String] {
        &self.row().remaining
    }

    /// Returns who has it: the owner of the open attempt that holds its token.
    pub fn owner(&self) -> Option<AgentRef> {
        let token = self.state.open_token(self.ix)?;
        Some(self.state.agent_ref(self.state.attempts[token].owner))
    }

    /// Returns the attempt that holds its token, open or not: the newest, or one adopted.
    pub fn token(&self) -> Option<AttemptView<'a>> {
        self.row().token.map(|ix| AttemptView {
            state: self.state,
            ix,
        })
    }

    /// Returns every attempt at it, in the order of the log.
    pub fn attempts(&self) -> impl DoubleEndedIterator<Item = AttemptView<'a>> {
        let state = self.state;
        self.row()
            .attempts
            .iter()
            .map(move |&ix| AttemptView { state, ix })
    }

    /// Returns the number that its next attempt takes (ID-1).
    pub fn next_attempt(&self) -> AttemptNo {
        self.state.next_attempt(self.ix)
    }

    /// Returns how often each thing went wrong.
    pub fn counters(&self) -> Counters {
        self.row().counters
    }

    /// Returns the last error and its record: untrusted text (RETRY-1).
    pub fn last_error(&self) -> Option<(Seq, &'a str)> {
        self.row()
            .last_error
            .as_ref()
            .map(|(seq, error)| (*seq, &**error))
    }

    /// Returns when its backoff is over.
    pub fn retry_at(&self) -> Option<DateTime<Utc>> {
        self.row().retry_at
    }

    /// Returns the record of an attempt that succeeded and was not taken back.
    pub fn success(&self) -> Option<Seq> {
        self.row().success
    }

    /// Returns the record of its last handoff.
    pub fn last_handoff(&self) -> Option<Seq> {
        self.row().last_handoff
    }

    /// Returns the task under which its work goes on.
    pub fn superseded_by(&self) -> Option<&'a TaskId> {
        self.row().superseded_by.map(|ix| self.id_of(ix))
    }

    /// Returns how many notes there are about it.
    pub fn n_notes(&self) -> u32 {
        self.row().n_notes
    }

    /// Returns the records of the findings about it.
    pub fn findings(&self) -> &'a [Seq] {
        &self.row().findings
    }

    /// Returns whether one of its attempts has an open question (`needs_input`), and its record.
    pub fn open_question(&self) -> Option<Seq> {
        self.state
            .open_question(self.ix)
            .map(|owed| owed.opened.seq)
    }
}

impl<'a> GateView<'a> {
    /// Returns the name.
    pub const fn name(&self) -> &'a GateName {
        &self.gate.spec.gate
    }

    /// Returns what the approval is for.
    pub const fn stage(&self) -> GateStage {
        self.gate.spec.stage
    }

    /// Returns where it stands.
    pub const fn status(&self) -> GateStatus {
        self.gate.status()
    }

    /// Returns the record that put it there.
    pub const fn since(&self) -> Seq {
        self.gate.since
    }

    /// Returns who holds it, and the record of the request.
    pub const fn holder(&self) -> Option<&'a (Seq, Party)> {
        self.gate.holder.as_ref()
    }

    /// Returns its last decision.
    pub const fn decision(&self) -> Option<&'a GateDecision> {
        self.gate.decided.as_ref()
    }

    /// Returns whether its last decision judged work that is no longer the newest (GATE-1).
    pub const fn is_stale(&self) -> bool {
        self.gate.decided.is_some()
            && matches!(self.gate.status(), GateStatus::Open | GateStatus::Requested)
    }
}
