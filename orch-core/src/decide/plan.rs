//! Planning: the events that a command asks for, before anybody checks them.

use chrono::{DateTime, Utc};

use crate::command::{Command, Dispatch, Join, OpenMission, Rebind};
use crate::event::Event;
use crate::event::agent::{AgentJoined, Inventory};
use crate::event::attempt::{AttemptEnd, AttemptEnded, Dispatched};
use crate::event::clock::{ClockKind, ClockSubject, Timeout};
use crate::event::correction::{Change, Correction};
use crate::event::mission::MissionOpened;
use crate::ids::{AgentName, AgentRef, AttemptNo, Incarnation, TaskId};
use crate::mission::Mission;
use crate::mission::table::AttemptIx;
use crate::policy::OnExpiry;
use crate::rules::RULES_VERSION;

impl Mission {
    /// Returns the events that a command asks for, judged by nobody.
    ///
    /// Folding them shows what the command would do if no rule stood in its way.
    pub fn plan(&self, command: &Command, now: DateTime<Utc>) -> Vec<Event> {
        let event: Event = match command.clone() {
            Command::OpenMission(data) => opening(data).into(),
            Command::DeclareTask(data) => data.into(),
            Command::Join(data) => self.joining(data).into(),
            Command::Leave(data) => data.into(),
            Command::Dispatch(data) => self.dispatching(data).into(),
            Command::Start(data) => data.into(),
            Command::Beat(data) => data.into(),
            Command::Progress(data) => data.into(),
            Command::Handoff(data) => data.into(),
            Command::EndAttempt(data) => data.into(),
            Command::Send(data) => data.into(),
            Command::Receipt(data) => data.into(),
            Command::Wait(data) => data.into(),
            Command::RequestGate(data) => data.into(),
            Command::DecideGate(data) => data.into(),
            Command::Rebind(data) => self.rebinding(data).into(),
            Command::Correct(data) => data.into(),
            Command::Shutdown(data) => data.into(),
            Command::Observe(data) => return self.observing(data),
            Command::Tick => return self.ticking(now),
            Command::CloseTask(data) => data.into(),
            Command::Deliver(data) => data.into(),
            Command::CloseMission(data) => data.into(),
            Command::Archive(data) => data.into(),
            Command::RecordFinding(data) => data.into(),
            Command::Note(data) => data.into(),
            Command::StartRun(data) => data.into(),
            Command::EndRun(data) => data.into(),
        };
        vec![event]
    }

    fn joining(&self, data: Join) -> AgentJoined {
        let incarnation = self.state.joining_number(&data.agent, data.alias);
        AgentJoined {
            agent: data.agent,
            incarnation,
            roles: data.roles,
            session: data.session,
            alias: data.alias,
            implicit: false,
        }
    }

    // spec: ID-1
    fn dispatching(&self, data: Dispatch) -> Dispatched {
        Dispatched {
            attempt: self.next_attempt(&data.task),
            agent: self.newest(data.agent),
            task: data.task,
            workspace: data.workspace,
            branch: data.branch,
            limits: data.limits,
            note: data.note,
        }
    }

    fn rebinding(&self, data: Rebind) -> Correction {
        let attempt = self.next_attempt(&data.task);
        Correction {
            task: data.task,
            change: Change::Rebind {
                to: self.newest(data.to),
                attempt,
            },
            reason: data.reason,
            supersedes: data.supersedes,
        }
    }

    fn next_attempt(&self, task: &TaskId) -> AttemptNo {
        self.state
            .find_task(task)
            .map_or(AttemptNo(1), |ix| self.state.next_attempt(ix))
    }

    /// The live incarnation of a name, or the last that was; the checks tell which.
    fn newest(&self, name: AgentName) -> AgentRef {
        let last = self
            .state
            .next_incarnation(&name)
            .0
            .saturating_sub(1)
            .max(1);
        match self.state.live_incarnation(&name) {
            Some(live) => self.state.agent_ref(live),
            None => AgentRef::new(name, Incarnation(last)),
        }
    }

    /// An inventory, and the end of every attempt in flight that it does not list and that has no
    /// clock to wait for its report.
    // spec: CORRECT-3
    fn observing(&self, data: Inventory) -> Vec<Event> {
        let state = &self.state;
        let owner = state.find_incarnation(&data.agent);
        let lost = state.in_flight().filter(|&ix| {
            let attempt = &state.attempts[ix];
            let task = &state.tasks[attempt.task].id;
            let is_carried = data
                .carries
                .iter()
                .any(|held| held.task == *task && held.attempt == attempt.number);
            Some(attempt.owner) == owner && !is_carried && state.clocks_of(ix).report_ms.is_none()
        });
        let lost = lost.map(|ix| self.ending(ix, AttemptEnd::Lost, "no inventory carries it"));
        let lost: Vec<Event> = lost.map(Event::from).collect();
        std::iter::once(data.into()).chain(lost).collect()
    }

    /// The timeouts that are due, and, if the policy says so, the ends of their attempts.
    // spec: TIME-3
    fn ticking(&self, now: DateTime<Utc>) -> Vec<Event> {
        let due = self.due(now);
        let mut ends: Vec<(AttemptIx, ClockKind)> = Vec::new();
        let mut events = Vec::new();
        for due in due {
            if let ClockSubject::Attempt { task, attempt } = &due.subject
                && self.state.policy.on_expiry == OnExpiry::FailAttempt
                && let Some(ix) = self.state.find_attempt_at(task, *attempt)
                && ends.iter().all(|(ended, _)| *ended != ix)
            {
                ends.push((ix, due.clock));
            }
            let timeout = Timeout {
                clock: due.clock,
                subject: due.subject,
                limit_ms: Some(due.limit_ms),
                due: due.due,
            };
            events.push(timeout.into());
        }
        let ends = ends.into_iter().map(|(ix, clock)| {
            let how = if clock == ClockKind::Report {
                AttemptEnd::Lost
            } else {
                AttemptEnd::Killed
            };
            Event::from(self.ending(ix, how, &format!("timed out: {clock}")))
        });
        events.extend(ends);
        events
    }

    fn ending(&self, ix: AttemptIx, how: AttemptEnd, reason: &str) -> AttemptEnded {
        let attempt = &self.state.attempts[ix];
        AttemptEnded {
            task: self.state.tasks[attempt.task].id.clone(),
            attempt: attempt.number,
            agent: self.state.agent_ref(attempt.owner),
            how,
            code: None,
            reason: reason.to_owned(),
        }
    }
}

// spec: RULES-1
fn opening(data: OpenMission) -> MissionOpened {
    MissionOpened {
        title: data.title,
        lead: data.lead,
        policy: data.policy,
        rules: RULES_VERSION,
        empty: data.empty,
    }
}
