//! Following the log: what each record adds to the ghost.

use orch_core::event::Event;
use orch_core::event::agent::ShutdownStage;
use orch_core::event::attempt::{AttemptEnded, Handoff, HandoffStatus};
use orch_core::event::correction::{Amendment, Change, Correction};
use orch_core::event::gate::{GateDecided, GateRequested, Verdict};
use orch_core::event::talk::WaitRef;
use orch_core::event::task::{GateStage, Need, TaskDeclared};
use orch_core::fold::{Applied, Outcome};
use orch_core::ids::{AgentRef, AttemptNo, TaskId};
use orch_core::mission::Mission;
use orch_core::party::{Actor, Party};
use orch_core::record::Record;
use orch_core::status::task::TaskStatus;

use super::{Ghost, GhostAttempt, Judgement, Phase, Standing};

impl Ghost {
    /// Follows one record: the mission before and after it, and what applying it gave.
    ///
    /// Of the missions it reads what no record says on its own: the status a task had, the gates and
    /// the contract of a task, and what a correction adopted.
    pub fn follow(&mut self, record: &Record, before: &Mission, after: &Mission, applied: Applied) {
        match applied.outcome {
            Outcome::Changed => {}
            Outcome::Fenced => return self.end_beside(record),
            _ => return,
        }
        match record.event() {
            Event::MissionOpened(data) => {
                self.lead = Some(data.lead.clone());
                self.may_be_empty = data.empty;
            }
            Event::TaskDeclared(data) => self.declare(data),
            Event::AgentJoined(data) => {
                let is_alias = data.alias && self.live(&data.agent).is_some();
                if !is_alias {
                    let agent = AgentRef::new(data.agent.clone(), data.incarnation);
                    self.agents.insert(agent, Standing::Live);
                }
            }
            Event::AgentLeft(data) => self.stand_down(&data.agent, Standing::Left, before),
            Event::Shutdown(data) => self.climb(&data.agent, data.stage, before),
            Event::Inventory(data) => self.name(&data.agent),
            Event::Dispatched(data) => {
                let stray = self.is_stray(&data.agent);
                self.hand_out(&data.task, data.attempt, &data.agent, stray, after);
            }
            Event::AttemptStarted(data) => self.begin(&data.task, data.attempt),
            Event::Progress(data) => self.begin(&data.task, data.attempt),
            Event::Handoff(data) => self.hand_off(data, before),
            Event::AttemptEnded(data) => self.end(data),
            Event::GateRequested(data) => self.request(data),
            Event::GateDecided(data) => self.judge(data, &record.envelope().by, before, after),
            Event::Correction(data) => self.correct(data, before, after),
            Event::WaitDeclared(data) => {
                if let WaitRef::Task(task) = &data.who {
                    self.entry(task).wait = Some((data.on.clone(), data.until));
                }
            }
            Event::TaskClosed(data) => self.settle(&data.task),
            Event::MissionClosed(_) => {
                self.is_closed = true;
                let all = self
                    .tasks
                    .values_mut()
                    .flat_map(|it| it.attempts.values_mut());
                all.for_each(|attempt| attempt.phase = Phase::Over);
            }
            _ => {}
        }
    }

    fn entry(&mut self, task: &TaskId) -> &mut super::GhostTask {
        self.tasks.entry(task.clone()).or_default()
    }

    fn attempt_mut(&mut self, task: &TaskId, number: AttemptNo) -> Option<&mut GhostAttempt> {
        self.tasks.get_mut(task)?.attempts.get_mut(&number)
    }

    fn declare(&mut self, data: &TaskDeclared) {
        let task = self.entry(&data.task);
        task.is_declared = !data.implicit;
        task.max_attempts = data.limits.and_then(|limits| limits.max_attempts);
        task.gates.clear();
        self.add_needs(&data.task, &data.needs);
    }

    fn add_needs(&mut self, task: &TaskId, needs: &[Need]) {
        let needs = needs
            .iter()
            .map(|need| (need.task.clone(), (need.on, need.or.clone())));
        self.entry(task).needs.extend(needs);
    }

    /// An incarnation is named: it is taken to be there, unless another of its name is.
    fn name(&mut self, agent: &AgentRef) {
        if !self.agents.contains_key(agent) {
            let is_taken = self.live(&agent.name).is_some();
            let standing = if is_taken {
                Standing::Left
            } else {
                Standing::Live
            };
            self.agents.insert(agent.clone(), standing);
        }
    }

    fn is_stray(&mut self, agent: &AgentRef) -> bool {
        self.name(agent);
        !self.is_there(agent)
    }

    fn climb(&mut self, agent: &AgentRef, stage: ShutdownStage, before: &Mission) {
        self.name(agent);
        let standing = self.agents.get(agent).copied();
        match (stage, standing) {
            (ShutdownStage::Requested, Some(Standing::Live)) => {
                self.agents.insert(agent.clone(), Standing::Stopping);
            }
            (ShutdownStage::Refused, Some(Standing::Stopping)) => {
                self.agents.insert(agent.clone(), Standing::Live);
            }
            (ShutdownStage::Acknowledged, _) => self.stand_down(agent, Standing::Stopped, before),
            (ShutdownStage::Terminated, _) => self.stand_down(agent, Standing::Terminated, before),
            _ => {}
        }
    }

    /// An incarnation is gone: what it had begun is over, what it handed over stays to be judged,
    /// unless it was sent back to it.
    fn stand_down(&mut self, agent: &AgentRef, to: Standing, before: &Mission) {
        self.name(agent);
        let is_news = match self.agents.get(agent) {
            Some(Standing::Terminated) => false,
            // It cannot agree to stop any more, only be stopped.
            Some(Standing::Left) => to == Standing::Terminated,
            _ => true,
        };
        if is_news {
            self.agents.insert(agent.clone(), to);
        }
        for (id, task) in &mut self.tasks {
            let is_rework = before
                .task(id)
                .is_some_and(|it| it.status() == TaskStatus::Rework);
            let mut is_lost = false;
            for attempt in task.attempts.values_mut().filter(|it| it.owner == *agent) {
                let is_held = attempt.phase == Phase::HandedOver && !is_rework;
                if attempt.is_open() && !is_held {
                    attempt.phase = Phase::Over;
                    is_lost = true;
                }
            }
            if is_lost {
                task.withdraw();
            }
        }
    }

    fn hand_out(
        &mut self,
        id: &TaskId,
        number: AttemptNo,
        owner: &AgentRef,
        is_stray: bool,
        after: &Mission,
    ) {
        let kind = after.task(id).and_then(|it| it.kind());
        self.has_worked |= kind.is_none_or(|kind| kind.as_str() != "spec");
        let task = self.entry(id);
        if let Some(token) = task.token
            && let Some(old) = task.attempts.get_mut(&token)
            && old.phase == Phase::HandedOver
        {
            old.phase = Phase::Over;
        }
        let attempt = GhostAttempt {
            owner: owner.clone(),
            phase: Phase::Dispatched,
            is_stray,
        };
        task.attempts.insert(number, attempt);
        task.token = Some(number);
        task.gates.clear();
        task.wait = None;
    }

    fn begin(&mut self, task: &TaskId, number: AttemptNo) {
        if let Some(attempt) = self.attempt_mut(task, number).filter(|it| it.is_open()) {
            attempt.phase = Phase::Started;
        }
    }

    fn hand_off(&mut self, data: &Handoff, before: &Mission) {
        let has_gates = before
            .task(&data.task)
            .is_some_and(|it| it.gates().any(|gate| gate.stage() == GateStage::Accept));
        let is_proven = is_proven(data, before);
        let task = self.entry(&data.task);
        task.wait = None;
        let phase = match data.status {
            None => Phase::HandedOver,
            Some(HandoffStatus::Done) if has_gates || !is_proven => Phase::HandedOver,
            Some(HandoffStatus::Failed) => {
                task.n_failed += 1;
                Phase::Over
            }
            Some(_) => Phase::Over,
        };
        if let Some(attempt) = task.attempts.get_mut(&data.attempt) {
            attempt.phase = phase;
        }
        if matches!(data.status, None | Some(HandoffStatus::Done)) {
            task.new_revision();
        }
        if data.status == Some(HandoffStatus::Done) && phase == Phase::Over {
            self.settle(&data.task);
        }
    }

    fn end(&mut self, data: &AttemptEnded) {
        let task = self.entry(&data.task);
        let holds = task.token == Some(data.attempt);
        let Some(attempt) = task.attempts.get_mut(&data.attempt) else {
            return;
        };
        // That the process ends after the work was handed over is no news.
        if !(holds && attempt.phase == Phase::HandedOver) {
            attempt.phase = Phase::Over;
            if holds {
                task.wait = None;
            }
        }
    }

    /// A handoff of an attempt beside the one with the token ends that attempt, and no more.
    fn end_beside(&mut self, record: &Record) {
        let Event::Handoff(data) = record.event() else {
            return;
        };
        let Some(task) = self.tasks.get(&data.task) else {
            return;
        };
        let Some(attempt) = task.attempts.get(&data.attempt) else {
            return;
        };
        let by = &record.envelope().by;
        let is_own = *by == Actor::Agent(data.agent.clone()) || matches!(by, Actor::Import(_));
        let counts = is_own && attempt.owner == data.agent && self.is_there(&attempt.owner);
        if counts && task.token != Some(data.attempt) {
            self.end_of(&data.task, data.attempt);
        }
    }

    fn end_of(&mut self, task: &TaskId, number: AttemptNo) {
        if let Some(attempt) = self.attempt_mut(task, number) {
            attempt.phase = Phase::Over;
        }
    }

    /// The task came to an end, or starts over: every attempt at it is over.
    fn settle(&mut self, task: &TaskId) {
        let task = self.entry(task);
        for attempt in task.attempts.values_mut() {
            attempt.phase = Phase::Over;
        }
        task.withdraw();
    }

    fn request(&mut self, data: &GateRequested) {
        let incarnation = match &data.holder {
            Party::Agent(name) => self.live(name).cloned(),
            _ => None,
        };
        let gate = self
            .entry(&data.task)
            .gates
            .entry(data.gate.clone())
            .or_default();
        gate.holder = Some((data.holder.clone(), incarnation));
        if gate
            .judgement
            .as_ref()
            .is_some_and(|it| it.verdict == Verdict::ChangesRequested)
        {
            gate.judgement = None;
        }
    }

    fn judge(&mut self, data: &GateDecided, by: &Actor, before: &Mission, after: &Mission) {
        let gate = self
            .entry(&data.task)
            .gates
            .entry(data.gate.clone())
            .or_default();
        gate.holder = None;
        gate.judgement = Some(Judgement {
            attempt: data.attempt,
            verdict: data.verdict,
            by: by.clone(),
            has_reason: !data.reason.trim().is_empty(),
        });
        let stage = before.task(&data.task).and_then(|it| {
            it.gates()
                .find(|gate| *gate.name() == data.gate)
                .map(|gate| gate.stage())
        });
        let owner = self
            .attempt(&data.task, data.attempt)
            .map(|it| it.owner.clone());
        let is_orphan = owner.is_none_or(|owner| !self.is_there(&owner));
        let is_back = data.verdict == Verdict::ChangesRequested && stage == Some(GateStage::Accept);
        if is_back && is_orphan {
            self.end_of(&data.task, data.attempt);
        }
        self.accept(&data.task, before, after);
    }

    /// A task that was in review is accepted: whatever was open about it is over.
    fn accept(&mut self, task: &TaskId, before: &Mission, after: &Mission) {
        let status = |mission: &Mission| mission.task(task).map(|it| it.status());
        let was_judged = status(before) == Some(TaskStatus::InReview);
        if was_judged && status(after) == Some(TaskStatus::Accepted) {
            self.settle(task);
        }
    }

    fn correct(&mut self, data: &Correction, before: &Mission, after: &Mission) {
        match &data.change {
            Change::Rebind { to, attempt } => {
                self.settle(&data.task);
                let stray = self.is_stray(to);
                self.hand_out(&data.task, *attempt, to, stray, after);
                self.begin(&data.task, *attempt);
            }
            Change::Supersede { .. } => self.settle(&data.task),
            Change::Reopen => {
                self.is_closed = false;
                self.settle(&data.task);
                self.entry(&data.task).n_failed = 0;
            }
            Change::Adopt { .. } => self.adopt(&data.task, after),
            Change::Unblock => self.entry(&data.task).withdraw(),
            Change::Amend(amendment) => self.amend(&data.task, amendment, before, after),
            _ => {}
        }
    }

    /// The record of a correction does not say what it adopts, only where that stands; so this is
    /// the one place where the ghost believes the machine about an attempt.
    fn adopt(&mut self, id: &TaskId, after: &Mission) {
        self.settle(id);
        let Some(view) = after.task(id) else { return };
        let Some(token) = view.token() else { return };
        let task = self.entry(id);
        task.token = Some(token.number());
        task.n_failed = view.counters().failures;
        let phase = match token.closed() {
            Some(_) => Phase::Over,
            None => Phase::HandedOver,
        };
        if let Some(attempt) = task.attempts.get_mut(&token.number()) {
            attempt.phase = phase;
        }
        if token.handed_over().is_some_and(|at| at.seq == after.head()) {
            task.new_revision();
        }
    }

    fn amend(&mut self, id: &TaskId, data: &Amendment, before: &Mission, after: &Mission) {
        let stage_of = |mission: &Mission, name: &_| {
            let view = mission.task(id)?;
            view.gates()
                .find(|gate| gate.name() == name)
                .map(|gate| gate.stage())
        };
        let task = self.entry(id);
        for need in &data.remove_needs {
            task.needs.remove(need);
        }
        if let Some(limits) = data.limits {
            task.max_attempts = limits.max_attempts;
        }
        if data.gates.is_some() {
            let is_kept = |name: &_| {
                let stage = stage_of(after, name);
                stage.is_some() && stage == stage_of(before, name)
            };
            task.gates.retain(|name, _| is_kept(name));
        }
        self.add_needs(id, &data.add_needs);
        self.accept(id, before, after);
    }
}

impl super::GhostTask {
    /// Nobody is to judge it any more, and it waits for nothing.
    fn withdraw(&mut self) {
        self.gates.values_mut().for_each(|gate| gate.holder = None);
        self.wait = None;
    }

    /// What was decided was decided about older work.
    fn new_revision(&mut self) {
        self.gates
            .values_mut()
            .for_each(|gate| gate.judgement = None);
    }
}

/// Whether a `done` brings the evidence that is asked for and leaves nothing over.
fn is_proven(data: &Handoff, before: &Mission) -> bool {
    let contract = before.task(&data.task).map_or(&[][..], |it| it.evidence());
    let is_brought = |kind: &_| data.evidence.iter().any(|brought| brought.kind == *kind);
    data.remaining.is_empty() && data.blocked_on.is_none() && contract.iter().all(is_brought)
}
