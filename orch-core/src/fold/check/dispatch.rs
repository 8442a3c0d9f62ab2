//! Checks of handing a task out.

use super::Checked;
use crate::anomaly::Finding;
use crate::codes::Code;
use crate::event::attempt::Dispatched;
use crate::fold::Origin;
use crate::ids::{AgentName, AgentRef, AttemptNo, Seq, TaskId};
use crate::mission::state::State;
use crate::mission::table::{AttemptIx, TaskIx};
use crate::mission::task::Moment;
use crate::status::Step;
use crate::status::agent::AgentStatus;
use crate::status::task::{TaskEvent, TaskStatus};

/// How far a number may be from the one expected and still be believed. Beyond, the numbers could
/// run out, and the last would be used twice.
pub(super) const GAP_MAX: u32 = 1 << 20;

/// How many attempts a finding lists at most.
const LISTED_MAX: usize = 16;

impl State {
    pub(super) fn check_dispatched(
        &self,
        checked: &mut Checked,
        origin: Origin<'_>,
        data: &Dispatched,
    ) {
        self.check_assignee(checked, &data.agent);
        let Some(ix) = self.refer(checked, &data.task) else {
            checked.extend(expect_number(&data.task, AttemptNo(1), data.attempt, None));
            return;
        };
        let last = self.tasks[ix]
            .attempts
            .last()
            .map(|&last| self.attempts[last].dispatched.seq);
        checked.extend(expect_number(
            &data.task,
            self.next_attempt(ix),
            data.attempt,
            last,
        ));
        self.check_dispatchable(checked, ix, origin.now);
        checked.extend(self.wip_finding(ix, &data.agent));
    }

    /// Work is given only to a live incarnation that was not asked to stop.
    // spec: RETRY-2, SHUT-2
    pub(super) fn check_assignee(&self, checked: &mut Checked, agent: &AgentRef) {
        let Some(ix) = self.find_incarnation(agent) else {
            let detail = format!("agent {agent} never joined");
            let found = Finding::new(Code::UnknownAgent, detail);
            checked.add(found.unknown(agent.name.as_str()));
            checked.extend(self.far_incarnation(agent));
            return;
        };
        let incarnation = &self.incarnations[ix];
        let since = incarnation.since().seq;
        match incarnation.status() {
            AgentStatus::Live => {}
            AgentStatus::Stopping => {
                let detail = format!("agent {agent} was asked to stop at {since}");
                checked.add(Finding::new(Code::AgentStopping, detail).because([since]));
            }
            gone @ (AgentStatus::Stopped | AgentStatus::Terminated | AgentStatus::Left) => {
                let detail = format!("agent {agent} is {gone} since {since}");
                checked.add(Finding::new(Code::AgentGone, detail).because([since]));
            }
        }
    }

    /// An incarnation so far beyond those that joined that it cannot be right.
    // spec: ID-1
    pub(super) fn far_incarnation(&self, agent: &AgentRef) -> Option<Finding> {
        let next = self.next_incarnation(&agent.name).0;
        (agent.incarnation.0 > next.saturating_add(GAP_MAX)).then(|| {
            let detail = format!("incarnation {agent} is far beyond those that joined");
            Finding::new(Code::ImplausibleNumber, detail)
        })
    }

    /// The task must be open, ready, not done before, and its backoff over.
    fn check_dispatchable(&self, checked: &mut Checked, ix: TaskIx, now: Moment) {
        let task = &self.tasks[ix];
        // spec: CORRECT-2
        if let Some(success) = task.success {
            let detail = format!("an attempt at task {} succeeded at {success}", task.id);
            let found = Finding::new(Code::DispatchAfterSuccess, detail);
            checked.add(found.on(&task.id).because([success]));
        }
        if task.n_open > 0 {
            checked.add(self.beside(ix));
        } else if let Step::Breach(_) = task.status().next(TaskEvent::Dispatched) {
            checked.extend(self.not_open(ix));
        }
        self.check_ready(checked, ix, now);
        // spec: RETRY-1
        if let Some(until) = task.retry_at
            && now.at < until
        {
            let detail = format!(
                "task {} waits until {until} after its last failure",
                task.id
            );
            let because = task.last_error.as_ref().map(|(seq, _)| *seq);
            checked.add(
                Finding::new(Code::RetryWait, detail)
                    .on(&task.id)
                    .because(because),
            );
        }
    }

    /// Says which attempts are open already, the newest first.
    // spec: FOLD-4
    fn beside(&self, ix: TaskIx) -> Finding {
        let task = &self.tasks[ix];
        let open = task
            .attempts
            .iter()
            .rev()
            .map(|&attempt| &self.attempts[attempt]);
        let open: Vec<_> = open
            .filter(|attempt| !attempt.is_closed())
            .take(LISTED_MAX)
            .collect();
        let list: Vec<String> = open
            .iter()
            .map(|attempt| {
                format!(
                    "attempt {} with {}",
                    attempt.number,
                    self.agent_ref(attempt.owner)
                )
            })
            .collect();
        let because = open.iter().map(|attempt| attempt.dispatched.seq);
        let detail = format!(
            "task {} is {}: {} is open",
            task.id,
            task.status(),
            list.join(", ")
        );
        Finding::new(Code::ParallelAttempts, detail)
            .on(&task.id)
            .because(because)
    }

    /// Says why a task that is not open cannot be handed out.
    // spec: CORRECT-2, FOLD-4
    fn not_open(&self, ix: TaskIx) -> Option<Finding> {
        let task = &self.tasks[ix];
        let since = task.since().seq;
        let status = task.status();
        let (code, detail, because) = match status {
            // With no attempt open, these are open in all but name.
            TaskStatus::Open
            | TaskStatus::Dispatched
            | TaskStatus::Running
            | TaskStatus::InReview
            | TaskStatus::Rework => return None,
            // Said once, as a dispatch after success.
            TaskStatus::Accepted | TaskStatus::Delivered if task.success.is_some() => return None,
            TaskStatus::Reported if task.success.is_some() => return None,
            TaskStatus::Exhausted => {
                let failures = task.counters.failures.saturating_add(task.counters.crashes);
                let detail = format!(
                    "task {} was tried {failures} times without success",
                    task.id
                );
                (Code::ExhaustedTask, detail, since)
            }
            TaskStatus::Accepted
            | TaskStatus::Delivered
            | TaskStatus::Reported
            | TaskStatus::Blocked
            | TaskStatus::Failed
            | TaskStatus::Skipped
            | TaskStatus::Cancelled
            | TaskStatus::Superseded
            | TaskStatus::OutcomeUnknown => (
                Code::NotOpen,
                format!("task {} is {status} since {since}", task.id),
                since,
            ),
        };
        Some(Finding::new(code, detail).on(&task.id).because([because]))
    }

    /// The needs of the task must be met, its specifications accepted and its waits over.
    // spec: DEP-3, COMPLETE-2
    pub(super) fn check_ready(&self, checked: &mut Checked, ix: TaskIx, now: Moment) {
        let task = &self.tasks[ix];
        let unmet: Vec<_> = self.unmet_needs(ix).collect();
        if !unmet.is_empty() {
            let list: Vec<String> = unmet
                .iter()
                .map(|need| {
                    let target = &self.tasks[need.task];
                    format!("{} ({})", target.id, target.status())
                })
                .collect();
            let because = unmet
                .iter()
                .flat_map(|need| [need.since.seq, self.tasks[need.task].since().seq]);
            let detail = format!("task {} needs {}", task.id, list.join(", "));
            checked.add(
                Finding::new(Code::NeedsUnmet, detail)
                    .on(&task.id)
                    .because(because),
            );
        }
        let specs: Vec<_> = self.unmet_specs(ix).collect();
        if !specs.is_empty() {
            let list: Vec<&str> = specs
                .iter()
                .map(|&spec| self.tasks[spec].id.as_str())
                .collect();
            let because = specs.iter().map(|&spec| self.tasks[spec].since().seq);
            let detail = format!(
                "task {} comes after specification {}",
                task.id,
                list.join(", ")
            );
            checked.add(
                Finding::new(Code::SpecFirst, detail)
                    .on(&task.id)
                    .because(because),
            );
        }
        if let Some(wait) = self.hold(ix, now.at) {
            let detail = format!("task {} waits for {}", task.id, wait.on);
            let found = Finding::new(Code::Held, detail).on(&task.id);
            checked.add(found.because([wait.moment.seq]));
        }
    }

    /// Says which limit on work in flight another attempt would break, and who fills it.
    // spec: WIP-1
    pub(super) fn wip_finding(&self, ix: TaskIx, agent: &AgentRef) -> Option<Finding> {
        let (limit, of, holders) = self.wip_full(ix, Some(&agent.name))?;
        let list: Vec<String> = holders
            .iter()
            .map(|&holder| {
                let attempt = &self.attempts[holder];
                format!(
                    "{} with {}",
                    self.tasks[attempt.task].id,
                    self.agent_ref(attempt.owner)
                )
            })
            .collect();
        let task = &self.tasks[ix].id;
        let detail = format!(
            "{} in flight, the limit of {of} is {limit}: {}",
            holders.len(),
            list.join(", ")
        );
        let because: Vec<Seq> = holders
            .iter()
            .map(|&holder| self.attempts[holder].dispatched.seq)
            .collect();
        Some(
            Finding::new(Code::WipFull, detail)
                .on(task)
                .because(because),
        )
    }

    /// Finds the limit that is reached: its size, whose it is and the attempts that fill it. Without
    /// an agent only those that hold whoever the task is given to.
    pub(crate) fn wip_full(
        &self,
        ix: TaskIx,
        agent: Option<&AgentName>,
    ) -> Option<(u32, String, Vec<AttemptIx>)> {
        let wip = &self.policy.wip;
        // A log without limits kept can have any number in flight: no more are looked at than shown.
        let full = |limit: u32, of: String, held: &mut dyn Iterator<Item = AttemptIx>| {
            let most = usize::try_from(limit).unwrap_or(usize::MAX).max(LISTED_MAX);
            let holders: Vec<AttemptIx> = held.take(most).collect();
            let reached = u32::try_from(holders.len()).is_ok_and(|n| n >= limit);
            reached.then_some((limit, of, holders))
        };
        let of_mission = || {
            full(
                wip.mission?,
                "the mission".to_owned(),
                &mut self.in_flight(),
            )
        };
        let role = || {
            let role = self.tasks[ix].role.as_ref()?;
            let limit = *wip.roles.get(role)?;
            let same = |&held: &AttemptIx| {
                self.tasks[self.attempts[held].task].role.as_ref() == Some(role)
            };
            full(
                limit,
                format!("role {role}"),
                &mut self.in_flight().filter(same),
            )
        };
        let own = || {
            let (limit, agent) = (wip.agent?, agent?);
            let same = |&held: &AttemptIx| self.agent_name(self.attempts[held].owner) == agent;
            full(
                limit,
                format!("agent {agent}"),
                &mut self.in_flight().filter(same),
            )
        };
        of_mission().or_else(role).or_else(own)
    }
}

/// A new attempt takes the next number of its task (ID-1).
// spec: ID-1
pub(super) fn expect_number(
    task: &TaskId,
    expected: AttemptNo,
    found: AttemptNo,
    last: Option<Seq>,
) -> Option<Finding> {
    if found.0 > expected.0.saturating_add(GAP_MAX) {
        let detail =
            format!("the next attempt at task {task} is {expected}, {found} is far beyond");
        return Some(
            Finding::new(Code::ImplausibleNumber, detail)
                .on(task)
                .because(last),
        );
    }
    let code = match found.cmp(&expected) {
        std::cmp::Ordering::Equal => return None,
        std::cmp::Ordering::Less => Code::AttemptReused,
        std::cmp::Ordering::Greater => Code::AttemptGap,
    };
    let detail = format!("the next attempt at task {task} is {expected}, not {found}");
    Some(Finding::new(code, detail).on(task).because(last))
}
