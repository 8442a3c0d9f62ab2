//! The effects: what a checked event changes. No rule is judged here.

mod agent;
mod attempt;
mod clock;
mod correction;
mod gate;
mod mission;
mod talk;
mod task;

use crate::anomaly::LateEvidence;
use crate::codes::Code;
use crate::event::Event;
use crate::event::attempt::HandoffStatus;
use crate::event::clock::ClockKind;
use crate::ids::{AttemptNo, TaskId};
use crate::mission::attempt::Ending;
use crate::mission::obligation::ObligationKind;
use crate::mission::state::State;
use crate::mission::table::AttemptIx;
use crate::mission::task::Moment;
use crate::party::Party;
use crate::record::{Envelope, Record};
use crate::status::attempt::AttemptEvent;

impl State {
    /// Lets an event take effect; tells whether it is of a kind that has one.
    pub(crate) fn effect(&mut self, envelope: &Envelope, event: &Event, now: Moment) -> bool {
        match event {
            Event::MissionOpened(data) => self.open_mission(data, now),
            Event::TaskDeclared(data) => self.declare(data, now),
            Event::AgentJoined(data) => self.join(data, now),
            Event::AgentLeft(data) => self.leave(data, now),
            Event::Dispatched(data) => self.dispatch(envelope, data, now),
            Event::AttemptStarted(data) => self.start(data, now),
            Event::Progress(data) => self.progress(data, now),
            Event::Heartbeat(data) => self.beat(data, now),
            Event::Handoff(data) => self.hand_off(envelope, data, now),
            Event::AttemptEnded(data) => self.end_attempt(envelope, data, now),
            Event::Message(data) => self.send(data, now),
            Event::Receipt(data) => self.receive(envelope, data, now),
            Event::WaitDeclared(data) => self.wait(data, now),
            Event::GateRequested(data) => self.request_gate(data, now),
            Event::GateDecided(data) => self.decide_gate(data, now),
            Event::Correction(data) => self.correct(data, now),
            Event::Shutdown(data) => self.shut_down(data, now),
            Event::Timeout(data) => self.time_out(data, now),
            Event::Inventory(data) => self.take_inventory(data, now),
            Event::TaskClosed(data) => self.close_task(data, now),
            Event::TaskDelivered(data) => self.deliver(data, now),
            Event::MissionClosed(data) => self.close_mission(data, now),
            Event::MissionArchived(_) => self.archived = Some(now),
            Event::FindingRecorded(data) => self.keep_finding(envelope, data, now),
            Event::Note(data) => self.keep_note(data, now),
            Event::RunStarted(data) => self.start_run(data, now),
            Event::RunEnded(data) => self.end_run(data, now),
            Event::Unknown { .. } | Event::Unreadable { .. } => return false,
        }
        true
    }

    /// Keeps what came too late: shown, adoptable, without effect on the task (FENCE-2).
    // spec: FENCE-2, FOLD-4
    pub(crate) fn keep_late(&mut self, record: &Record, code: Code, now: Moment) {
        let (task, attempt) = subject(record.event());
        let found = task
            .zip(attempt)
            .and_then(|(task, number)| self.find_attempt_at(task, number));
        if let Event::AttemptStarted(_) | Event::Progress(_) | Event::Heartbeat(_) = record.event()
            && let Some(ix) = found
        {
            // Signs of life can come by the thousand: they are counted with their attempt.
            let attempt = &mut self.attempts[ix];
            attempt.late_signs = attempt.late_signs.saturating_add(1);
            attempt.last_record = now.seq;
            return;
        }
        if let Event::Handoff(handoff) = record.event()
            && found
                .is_some_and(|ix| *self.agent_name(self.attempts[ix].owner) == handoff.agent.name)
        {
            self.adoptable.insert(now.seq, handoff.clone());
        }
        if let (Some(ix), Event::Handoff(handoff), Code::ParallelReport) =
            (found, record.event(), code)
        {
            self.end_beside(ix, handoff.status == Some(HandoffStatus::Done), now);
        }
        self.late.push(LateEvidence {
            seq: now.seq,
            code,
            task: task.cloned(),
            by: record.envelope().by.to_string(),
            kind: record.event().kind().to_owned(),
            adopted: None,
        });
    }

    /// An attempt beside the one with the token ends: it closes, and its task stays where it is.
    // spec: FOLD-4
    fn end_beside(&mut self, ix: AttemptIx, is_success: bool, now: Moment) {
        let ending = if is_success {
            Ending::EndedClean
        } else {
            Ending::EndedDirty
        };
        self.close_attempt(ix, AttemptEvent::Fenced, now, ending);
        if is_success {
            let task = self.attempts[ix].task;
            self.tasks[task].success.get_or_insert(now.seq);
        }
    }

    /// Closes an attempt and takes it out of those that are open.
    pub(super) fn close_attempt(
        &mut self,
        ix: AttemptIx,
        event: AttemptEvent,
        now: Moment,
        ending: Ending,
    ) {
        let attempt = &mut self.attempts[ix];
        attempt.close(event, now, ending, &mut self.trace);
        let task = attempt.task;
        if attempt.is_closed() && self.open_attempts.remove(&ix) {
            self.settle_clocks(ix, &ClockKind::ALL);
            let n_open = &mut self.tasks[task].n_open;
            *n_open = n_open.saturating_sub(1);
            let owner = self.attempts[ix].owner;
            self.incarnations[owner].open.remove(&ix);
            if matches!(
                ending,
                Ending::Corrected | Ending::Closed | Ending::OwnerGone
            ) {
                self.drop_questions(ix);
            }
        }
    }

    /// Whoever asked has lost the task: nobody waits for the answer any more.
    // spec: CORRECT-1
    pub(super) fn drop_questions(&mut self, ix: AttemptIx) {
        let (task, owner) = (self.attempts[ix].task, self.attempts[ix].owner);
        let asked_by = Party::Agent(self.agent_name(owner).clone());
        self.settle_of(task, |owed| {
            owed.kind == ObligationKind::Answer && owed.owed_to.as_ref() == Some(&asked_by)
        });
    }

    /// Counts an attempt among those that are open.
    pub(super) fn open_attempt(&mut self, ix: AttemptIx) {
        if self.open_attempts.insert(ix) {
            let n_open = &mut self.tasks[self.attempts[ix].task].n_open;
            *n_open = n_open.saturating_add(1);
            let owner = self.attempts[ix].owner;
            self.incarnations[owner].open.insert(ix);
        }
    }
}

/// The task and attempt that an event of a worker is about.
pub(crate) fn subject(event: &Event) -> (Option<&TaskId>, Option<AttemptNo>) {
    match event {
        Event::AttemptStarted(data) => (Some(&data.task), Some(data.attempt)),
        Event::Progress(data) => (Some(&data.task), Some(data.attempt)),
        Event::Heartbeat(data) => (Some(&data.task), Some(data.attempt)),
        Event::Handoff(data) => (Some(&data.task), Some(data.attempt)),
        Event::AttemptEnded(data) => (Some(&data.task), Some(data.attempt)),
        Event::Dispatched(data) => (Some(&data.task), Some(data.attempt)),
        Event::GateRequested(data) => (Some(&data.task), Some(data.attempt)),
        Event::GateDecided(data) => (Some(&data.task), Some(data.attempt)),
        Event::TaskDeclared(data) => (Some(&data.task), None),
        Event::Correction(data) => (Some(&data.task), None),
        Event::TaskClosed(data) => (Some(&data.task), None),
        Event::TaskDelivered(data) => (Some(&data.task), None),
        Event::Message(data) => (data.task.as_ref(), None),
        Event::FindingRecorded(data) => (data.task.as_ref(), None),
        Event::Note(data) => (data.task.as_ref(), None),
        Event::MissionOpened(_)
        | Event::AgentJoined(_)
        | Event::AgentLeft(_)
        | Event::Receipt(_)
        | Event::WaitDeclared(_)
        | Event::Shutdown(_)
        | Event::Timeout(_)
        | Event::Inventory(_)
        | Event::MissionClosed(_)
        | Event::MissionArchived(_)
        | Event::RunStarted(_)
        | Event::RunEnded(_)
        | Event::Unknown { .. }
        | Event::Unreadable { .. } => (None, None),
    }
}
