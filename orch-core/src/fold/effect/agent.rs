//! Effects of agents joining, leaving and stopping, and of inventories.

use std::collections::BTreeSet;

use crate::event::agent::{AgentJoined, AgentLeft, Carried, Inventory, Shutdown, ShutdownStage};
use crate::fold::check::stage_event;
use crate::mission::attempt::Liveness;
use crate::mission::obligation::ObligationKind;
use crate::mission::state::State;
use crate::mission::table::IncarnationIx;
use crate::mission::task::Moment;
use crate::party::Party;
use crate::status::agent::{AgentEvent, AgentStatus};
use crate::status::attempt::AttemptEvent;

impl State {
    // spec: NAME-1
    pub(super) fn join(&mut self, data: &AgentJoined, now: Moment) {
        let live = self.live_incarnation(&data.agent).filter(|_| data.alias);
        let ix = live.unwrap_or_else(|| self.add_incarnation(&data.agent, data.incarnation, now));
        let row = &mut self.incarnations[ix];
        row.implicit = data.implicit;
        for role in &data.roles {
            if !row.roles.contains(role) {
                row.roles.push(role.clone());
            }
        }
        row.sessions.extend(data.session.as_deref().map(Into::into));
    }

    pub(super) fn leave(&mut self, data: &AgentLeft, now: Moment) {
        let ix = self.ensure_incarnation(&data.agent, now);
        self.step_incarnation(ix, AgentEvent::Left, now);
        self.fence_agent(ix, now);
    }

    // spec: SHUT-1, SHUT-2
    pub(super) fn shut_down(&mut self, data: &Shutdown, now: Moment) {
        let ix = self.ensure_incarnation(&data.agent, now);
        self.step_incarnation(ix, stage_event(data.stage), now);
        match data.stage {
            // An incarnation that is not there cannot answer, so it owes nothing.
            ShutdownStage::Requested if self.incarnations[ix].status() != AgentStatus::Stopping => {
            }
            ShutdownStage::Requested => {
                let due = self
                    .policy
                    .clocks
                    .ack_ms
                    .and_then(|limit| limit.after(now.at));
                let owed_by = Party::Agent(data.agent.name.clone());
                self.owe(now, ObligationKind::Acknowledgement, owed_by, |owed| {
                    owed.incarnation = Some(ix);
                    owed.due = due;
                });
            }
            ShutdownStage::Refused => self.settle_ack(ix),
            ShutdownStage::Acknowledged | ShutdownStage::Terminated => self.fence_agent(ix, now),
        }
    }

    /// An incarnation is gone: its open attempts lose their owner.
    fn fence_agent(&mut self, ix: IncarnationIx, now: Moment) {
        self.settle_ack(ix);
        for attempt in self.incarnations[ix].open.clone() {
            self.lose_owner(attempt, now);
        }
    }

    fn settle_ack(&mut self, ix: IncarnationIx) {
        let obligations = &self.obligations;
        self.open_obligations
            .retain(|&owed| obligations[owed].incarnation != Some(ix));
    }

    /// Remembers what an agent carries; open attempts that it does not are in doubt.
    // spec: CORRECT-3
    pub(super) fn take_inventory(&mut self, data: &Inventory, now: Moment) {
        let ix = self.ensure_incarnation(&data.agent, now);
        let old = self.incarnations[ix]
            .carries
            .replace((now.seq, data.carries.clone()));
        for carried in old.into_iter().flat_map(|(_, carries)| carries) {
            if let Some(task) = self.find_task(&carried.task) {
                self.tasks[task].carriers.remove(&ix);
            }
        }
        for carried in &data.carries {
            if let Some(task) = self.find_task(&carried.task) {
                self.tasks[task].carriers.insert(ix);
            }
        }
        let listed: BTreeSet<&Carried> = data.carries.iter().collect();
        for it in self.incarnations[ix].open.clone() {
            if !self.attempts[it].status().is_in_flight() {
                continue;
            }
            let task = self.tasks[self.attempts[it].task].id.clone();
            let attempt = self.attempts[it].number;
            if listed.contains(&Carried { task, attempt }) {
                self.sign_of_life(it, now, AttemptEvent::Beat);
                continue;
            }
            let attempt = &mut self.attempts[it];
            if attempt.unaccounted.is_none() {
                attempt.unaccounted = Some(now);
                // What was silent for too long stays lost: this is no sign of life.
                if attempt.liveness == Liveness::Alive {
                    attempt.liveness = Liveness::Suspect;
                }
            }
        }
    }
}
