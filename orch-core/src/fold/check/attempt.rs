//! Checks of what a worker reports: the fence (FENCE-1).

use super::Checked;
use crate::anomaly::Finding;
use crate::codes::Code;
use crate::event::attempt::{
    AttemptEnd, AttemptEnded, AttemptStarted, Handoff, HandoffStatus, Heartbeat, Progress,
};
use crate::fold::Origin;
use crate::ids::{AgentRef, AttemptNo, TaskId};
use crate::mission::attempt::Ending;
use crate::mission::obligation::ObligationKind;
use crate::mission::state::State;
use crate::mission::table::AttemptIx;
use crate::party::{Actor, Party};
use crate::status::attempt::AttemptStatus;
use crate::status::task::TaskStatus;

/// What kind of report an attempt makes, as far as the fence is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Report {
    /// It started, or got somewhere.
    Work,
    /// It is alive.
    Beat,
    /// It hands over or gives back.
    Handoff,
    /// Its end was seen.
    End,
}

impl State {
    pub(super) fn check_started(
        &self,
        checked: &mut Checked,
        origin: Origin<'_>,
        data: &AttemptStarted,
    ) {
        let who = (&data.task, data.attempt, &data.agent);
        let Some(ix) = self.fence(checked, origin, who, Report::Work) else {
            return;
        };
        let attempt = &self.attempts[ix];
        if attempt.status() == AttemptStatus::Started {
            checked.already = attempt.started.map(|started| started.seq);
        }
        self.check_begins(checked, origin, ix, &data.agent);
    }

    /// Work begins with a start, or with progress that says so: the task must be ready for it, and
    /// rework takes a place in flight again.
    // spec: DEP-3, WIP-1
    fn check_begins(
        &self,
        checked: &mut Checked,
        origin: Origin<'_>,
        ix: AttemptIx,
        agent: &AgentRef,
    ) {
        let attempt = &self.attempts[ix];
        match attempt.status() {
            AttemptStatus::Dispatched => self.check_ready(checked, attempt.task, origin.now),
            AttemptStatus::HandedOver => checked.extend(self.wip_finding(attempt.task, agent)),
            AttemptStatus::Started | AttemptStatus::Closed => {}
        }
    }

    pub(super) fn check_progress(
        &self,
        checked: &mut Checked,
        origin: Origin<'_>,
        data: &Progress,
    ) {
        let who = (&data.task, data.attempt, &data.agent);
        if let Some(ix) = self.fence(checked, origin, who, Report::Work) {
            self.check_begins(checked, origin, ix, &data.agent);
            checked.extend(self.unanswered(ix));
        }
    }

    pub(super) fn check_heartbeat(
        &self,
        checked: &mut Checked,
        origin: Origin<'_>,
        data: &Heartbeat,
    ) {
        self.fence(
            checked,
            origin,
            (&data.task, data.attempt, &data.agent),
            Report::Beat,
        );
    }

    // spec: COMPLETE-4, DEP-3
    pub(super) fn check_handoff(&self, checked: &mut Checked, origin: Origin<'_>, data: &Handoff) {
        let who = (&data.task, data.attempt, &data.agent);
        let Some(ix) = self.fence(checked, origin, who, Report::Handoff) else {
            return;
        };
        // spec: NAME-2
        if let Some(Party::Agent(name)) = &data.blocked_on {
            self.check_known(checked, name);
        }
        if data.status != Some(HandoffStatus::Done) {
            return;
        }
        if is_contradictory(data) {
            let left = match &data.blocked_on {
                Some(party) => format!("it is blocked on {party}"),
                None => format!("it leaves {} to do", data.remaining.join(", ")),
            };
            let detail = format!("task {} is said to be done, and {left}", data.task);
            checked.add(Finding::new(Code::ContradictoryDone, detail).on(&data.task));
        }
        self.check_ready(checked, self.attempts[ix].task, origin.now);
        checked.extend(self.unanswered(ix));
    }

    pub(super) fn check_ended(
        &self,
        checked: &mut Checked,
        origin: Origin<'_>,
        data: &AttemptEnded,
    ) {
        self.fence(
            checked,
            origin,
            (&data.task, data.attempt, &data.agent),
            Report::End,
        );
    }

    /// Lets a report through only from the open attempt that holds the token of its task.
    // spec: FENCE-1, AUTH-1
    fn fence(
        &self,
        checked: &mut Checked,
        origin: Origin<'_>,
        (task, number, agent): (&TaskId, AttemptNo, &AgentRef),
        report: Report,
    ) -> Option<AttemptIx> {
        let Some(ix) = self.find_attempt_at(task, number) else {
            let detail = format!("attempt {number} at task {task} was never dispatched");
            checked.add(Finding::new(Code::UnknownAttempt, detail).on(task));
            return None;
        };
        let attempt = &self.attempts[ix];
        let dispatched = attempt.dispatched.seq;
        let is_its_owner = self.is_incarnation(attempt.owner, agent);
        if !is_its_owner || !self.may_report(origin.by, agent, report) {
            let owner = self.agent_ref(attempt.owner);
            let by = if is_its_owner {
                origin.by.to_string()
            } else {
                agent.to_string()
            };
            let detail = format!("attempt {number} at task {task} is owned by {owner}, not {by}");
            // Another incarnation of the owner is only too late; anybody else has no say.
            let is_same_name =
                agent.name == owner.name && self.may_report(origin.by, agent, report);
            let code = if is_same_name {
                Code::Fenced
            } else {
                Code::NotOwner
            };
            checked.add(Finding::new(code, detail).on(task).because([dispatched]));
            return None;
        }
        if report != Report::End
            && let Some(gone) = self.check_present(attempt.owner)
        {
            checked.add(gone.on(task));
            return None;
        }
        let late = self
            .late(ix, report)
            .or_else(|| self.after_done(ix, report));
        let fenced = late.is_some();
        checked.extend(late.map(|finding| finding.on(task)));
        (!fenced).then_some(ix)
    }

    /// Who may say this: the owner for itself; an end may be seen by those who run the mission.
    fn may_report(&self, by: &Actor, agent: &AgentRef, report: Report) -> bool {
        match by {
            Actor::Agent(author) if author == agent => true,
            Actor::Import(_) => true,
            Actor::Agent(_) | Actor::Host | Actor::Human(_) => {
                report == Report::End && self.has_authority(by)
            }
        }
    }

    /// Why a report is late, if its attempt is closed or runs beside the one with the token.
    fn late(&self, ix: AttemptIx, report: Report) -> Option<Finding> {
        let attempt = &self.attempts[ix];
        let (number, task) = (attempt.number, &self.tasks[attempt.task].id);
        if let Some((moment, ending)) = attempt.closed {
            let code = late_code(ending, report);
            let detail = format!(
                "attempt {number} at task {task} ended at {}: {ending}",
                moment.seq
            );
            return Some(Finding::new(code, detail).because([moment.seq]));
        }
        if report == Report::Handoff && self.tasks[attempt.task].token != Some(ix) {
            let token = self.tasks[attempt.task]
                .token
                .map(|token| &self.attempts[token]);
            let newer = token.map_or_else(String::new, |token| {
                format!(
                    ", attempt {} of {} does",
                    token.number,
                    self.agent_ref(token.owner)
                )
            });
            let detail = format!("attempt {number} does not hold the token of task {task}{newer}");
            let because = token.map(|token| token.dispatched.seq);
            return Some(Finding::new(Code::ParallelReport, detail).because(because));
        }
        None
    }

    /// An attempt whose work is being judged must not go on working (D02).
    // spec: COMPLETE-3
    fn after_done(&self, ix: AttemptIx, report: Report) -> Option<Finding> {
        let attempt = &self.attempts[ix];
        let task = &self.tasks[attempt.task];
        let is_judged =
            attempt.status() == AttemptStatus::HandedOver && task.status() == TaskStatus::InReview;
        let handed = attempt
            .handed_over
            .filter(|_| is_judged && report == Report::Work)?;
        let detail = format!(
            "task {} was handed over at {} and is in review",
            task.id, handed.seq
        );
        Some(Finding::new(Code::ActivityAfterCompletion, detail).because([handed.seq]))
    }

    /// A question of the owner that ran out of time, and that nobody answered (D26).
    // spec: NOTE-1
    fn unanswered(&self, ix: AttemptIx) -> Option<Finding> {
        let attempt = &self.attempts[ix];
        let task = &self.tasks[attempt.task].id;
        let asked = self
            .owed_on(attempt.task)
            .filter(|owed| owed.kind == ObligationKind::Answer)
            .filter(|owed| owed.expired.is_some())
            .find(|owed| match &owed.owed_to {
                Some(Party::Agent(name)) => name == self.agent_name(attempt.owner),
                Some(Party::Lead | Party::Host | Party::Human(_)) | None => false,
            })?;
        let expired = asked.expired?;
        let question = asked.opened.seq;
        let detail = format!(
            "question {question} to {} ran out of time at {expired}",
            asked.owed_by
        );
        let found = Finding::new(Code::ProceededWithoutAnswer, detail).on(task);
        Some(found.because([question, expired]))
    }
}

/// Whether a `done` names work left over or something it is blocked on.
// spec: COMPLETE-4
pub(crate) fn is_contradictory(handoff: &Handoff) -> bool {
    handoff.status == Some(HandoffStatus::Done)
        && (handoff.blocked_on.is_some() || !handoff.remaining.is_empty())
}

/// What to call a report of a closed attempt, by how it ended and what it says now.
// spec: COMPLETE-3, FENCE-1
const fn late_code(ending: Ending, report: Report) -> Code {
    match (ending, report) {
        // A process that ends after its attempt did is no news.
        (Ending::Accepted | Ending::GivenBack, Report::End) => Code::Fenced,
        (Ending::Accepted, Report::Beat) => Code::Fenced,
        (
            Ending::GivenBack
            | Ending::Accepted
            | Ending::EndedClean
            | Ending::EndedDirty
            | Ending::Released,
            Report::Handoff | Report::End,
        ) => Code::DuplicateTerminal,
        (Ending::EndedClean, Report::Work | Report::Beat) | (Ending::Accepted, Report::Work) => {
            Code::ActivityAfterCompletion
        }
        (
            Ending::GivenBack | Ending::EndedDirty | Ending::Released,
            Report::Work | Report::Beat,
        )
        | (
            Ending::Corrected | Ending::Closed | Ending::OwnerGone,
            Report::Work | Report::Beat | Report::Handoff | Report::End,
        ) => Code::Fenced,
    }
}

/// Whether an end is that of a process that says it succeeded.
pub(crate) fn is_clean(end: &AttemptEnded) -> bool {
    end.how == AttemptEnd::Exited && end.code == Some(0)
}
