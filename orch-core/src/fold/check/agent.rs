//! Checks of agents: joining, leaving, stopping, and what runtimes say they carry.

use super::Checked;
use super::dispatch::GAP_MAX;
use crate::anomaly::Finding;
use crate::codes::Code;
use crate::event::agent::{AgentJoined, AgentLeft, Inventory, Shutdown, ShutdownStage};
use crate::event::clock::{ClockKind, ClockSubject, Timeout};
use crate::fold::Origin;
use crate::ids::AgentRef;
use crate::mission::obligation::ObligationKind;
use crate::mission::state::State;
use crate::mission::table::IncarnationIx;
use crate::party::Actor;
use crate::status::Step;
use crate::status::agent::{AgentEvent, AgentStatus};

impl State {
    // spec: NAME-1
    pub(super) fn check_joined(
        &self,
        checked: &mut Checked,
        origin: Origin<'_>,
        data: &AgentJoined,
    ) {
        if origin
            .by
            .agent()
            .is_some_and(|agent| agent.name != data.agent)
        {
            self.check_authority(checked, origin.by, "let another agent join");
        }
        if let Some(live) = self.live_incarnation(&data.agent)
            && !data.alias
        {
            let agent = self.agent_ref(live);
            let joined = self.incarnations[live].joined.seq;
            let detail = format!(
                "the name {} is taken by {agent}, live since {joined}",
                data.agent
            );
            checked.add(Finding::new(Code::NameCollision, detail).because([joined]));
            return;
        }
        let expected = self.joining_number(&data.agent, data.alias);
        if data.incarnation == expected {
            return;
        }
        let detail = format!(
            "the next incarnation of {} is {}, not {}",
            data.agent, expected.0, data.incarnation.0
        );
        let is_used = data.incarnation < expected || self.live_incarnation(&data.agent).is_some();
        let is_far = data.incarnation.0 > expected.0.saturating_add(GAP_MAX);
        let code = match (is_used, is_far) {
            (true, _) => Code::NameCollision,
            (false, true) => Code::ImplausibleNumber,
            (false, false) => Code::IncarnationOrder,
        };
        checked.add(Finding::new(code, detail));
    }

    pub(super) fn check_left(&self, checked: &mut Checked, origin: Origin<'_>, data: &AgentLeft) {
        self.check_own(
            checked,
            origin.by,
            &data.agent,
            "say that another agent left",
        );
        self.check_ladder(checked, &data.agent, AgentEvent::Left);
    }

    // spec: SHUT-1, AUTH-1
    pub(super) fn check_shutdown(
        &self,
        checked: &mut Checked,
        origin: Origin<'_>,
        data: &Shutdown,
    ) {
        let event = stage_event(data.stage);
        match data.stage {
            ShutdownStage::Requested | ShutdownStage::Terminated => {
                self.check_authority(checked, origin.by, "stop an agent");
            }
            ShutdownStage::Acknowledged | ShutdownStage::Refused => {
                self.check_own(checked, origin.by, &data.agent, "answer for another agent");
            }
        }
        self.check_ladder(checked, &data.agent, event);
    }

    fn check_ladder(&self, checked: &mut Checked, agent: &AgentRef, event: AgentEvent) {
        let Some(ix) = self.find_incarnation(agent) else {
            let detail = format!("agent {agent} never joined");
            let found = Finding::new(Code::UnknownAgent, detail);
            checked.add(found.unknown(agent.name.as_str()));
            checked.extend(self.far_incarnation(agent));
            return;
        };
        let incarnation = &self.incarnations[ix];
        let since = incarnation.since().seq;
        let status = incarnation.status();
        match status.next(event) {
            Step::To(_) | Step::Stays => {}
            Step::Already => checked.already = Some(since),
            Step::Breach(_) => {
                let detail = format!("agent {agent} is {status} and was not asked to stop");
                checked.add(Finding::new(Code::LadderSkipped, detail).because([since]));
            }
            Step::Refused => {
                let detail = format!("agent {agent} is {status}: cannot take {event}");
                checked.add(Finding::new(Code::NotPermitted, detail).because([since]));
            }
        }
    }

    /// Only the agent itself or somebody with authority says this.
    fn check_own(&self, checked: &mut Checked, by: &Actor, agent: &AgentRef, what: &str) {
        if by.agent() != Some(agent) {
            self.check_authority(checked, by, what);
        }
    }

    /// An incarnation that is gone: what it says is late evidence.
    // spec: SHUT-2, FENCE-1
    pub(super) fn check_present(&self, ix: IncarnationIx) -> Option<Finding> {
        let incarnation = &self.incarnations[ix];
        let since = incarnation.since().seq;
        let code = match incarnation.status() {
            AgentStatus::Live | AgentStatus::Stopping => return None,
            AgentStatus::Stopped | AgentStatus::Terminated => Code::Zombie,
            AgentStatus::Left => Code::Fenced,
        };
        let detail = format!(
            "agent {} is {} since {since}",
            self.agent_ref(ix),
            incarnation.status()
        );
        Some(Finding::new(code, detail).because([since]))
    }

    /// What an agent says of itself once it is gone is late, as all it says; what the host sees of
    /// it is not.
    pub(super) fn check_inventory(
        &self,
        checked: &mut Checked,
        origin: Origin<'_>,
        data: &Inventory,
    ) {
        self.check_own(
            checked,
            origin.by,
            &data.agent,
            "look at what another agent carries",
        );
        if self.find_incarnation(&data.agent).is_none() {
            let detail = format!("agent {} never joined", data.agent);
            let found = Finding::new(Code::UnknownAgent, detail);
            checked.add(found.unknown(data.agent.name.as_str()));
            checked.extend(self.far_incarnation(&data.agent));
        }
    }

    /// Only what is open can run out of time, and each clock only on what it runs on.
    // spec: TIME-3
    pub(super) fn check_timeout(&self, checked: &mut Checked, origin: Origin<'_>, data: &Timeout) {
        self.check_authority(checked, origin.by, "say that a clock ran out");
        let over = |what: String| {
            Finding::new(
                Code::ClockClosed,
                format!("the {} clock of {what} is not running", data.clock),
            )
        };
        match &data.subject {
            ClockSubject::Attempt { task, attempt } => {
                let Some(ix) = self.find_attempt_at(task, *attempt) else {
                    let detail = format!("attempt {attempt} at task {task} was never dispatched");
                    checked.add(Finding::new(Code::UnknownAttempt, detail).on(task));
                    return;
                };
                if !self.runs_on_attempt(ix, data.clock) {
                    let because = self.attempts[ix].closed.map(|(moment, _)| moment.seq);
                    let what = format!("attempt {attempt} at task {task}");
                    checked.add(over(what).on(task).because(because));
                }
            }
            ClockSubject::Task(task) => {
                let row = self.refer(checked, task).map(|ix| &self.tasks[ix]);
                let is_running = row.is_some_and(|row| {
                    data.clock == ClockKind::Total
                        && row.first_dispatch.is_some()
                        && !row.status().is_ended()
                });
                if let Some(seq) = row.and_then(|row| row.total_expired) {
                    checked.already = Some(seq);
                } else if !is_running {
                    checked.add(over(format!("task {task}")).on(task));
                }
            }
            ClockSubject::Message(seq) => {
                let owed = self.owed_at(*seq, |kind| {
                    matches!(kind, ObligationKind::Reply | ObligationKind::Answer)
                });
                match owed.filter(|_| data.clock == ClockKind::Reply) {
                    Some(owed) => checked.already = owed.expired,
                    None => {
                        let found = over(format!("message {seq}"));
                        checked.add(found.because(self.on_record(*seq)));
                    }
                }
            }
            ClockSubject::Agent(agent) => {
                let stopping = self
                    .find_incarnation(agent)
                    .and_then(|ix| self.owed_ack(ix));
                match stopping.filter(|_| data.clock == ClockKind::Ack) {
                    Some(owed) => checked.already = owed.expired,
                    None => checked.add(over(format!("agent {agent}"))),
                }
            }
        }
    }
}

/// The event of the table for a step of the ladder.
pub(crate) const fn stage_event(stage: ShutdownStage) -> AgentEvent {
    match stage {
        ShutdownStage::Requested => AgentEvent::StopRequested,
        ShutdownStage::Acknowledged => AgentEvent::StopAcknowledged,
        ShutdownStage::Refused => AgentEvent::StopRefused,
        ShutdownStage::Terminated => AgentEvent::Terminated,
    }
}
