//! Clocks that ran out, and the rulings that they and the limits ask for.

use orch_core::event::Event;
use orch_core::event::clock::{ClockKind, ClockSubject};
use orch_core::event::correction::Change;
use orch_core::ids::{AgentRef, AttemptNo, Seq, TaskId};
use orch_core::party::Party;

use super::facts::Owed;
use super::log::{Log, Said};

impl Log<'_> {
    /// The records in which a clock ran out on something.
    fn timeouts(&self, clock: ClockKind, subject: &ClockSubject) -> Vec<Seq> {
        let all = self.events().filter(|(_, event)| match event {
            Event::Timeout(data) => data.clock == clock && data.subject == *subject,
            _ => false,
        });
        all.map(|(seq, _)| seq).collect()
    }

    /// Whether the reply clock of a message ran out.
    pub(super) fn ran_out(&self, message: Seq) -> bool {
        !self
            .timeouts(ClockKind::Reply, &ClockSubject::Message(message))
            .is_empty()
    }

    /// Whether the acknowledgement that an incarnation owes is out of time.
    pub(super) fn ack_ran_out(&self, agent: &AgentRef) -> bool {
        let asked = self.asked_to_stop(agent);
        let timeouts = self.timeouts(ClockKind::Ack, &ClockSubject::Agent(agent.clone()));
        timeouts.last().copied() > asked
    }

    /// The request to stop that an incarnation has not answered.
    pub(super) fn asked_to_stop(&self, agent: &AgentRef) -> Option<Seq> {
        if self.agent(agent) != Some("stopping") {
            return None;
        }
        let wanted = Said::Agent(agent.clone(), "stopping");
        self.said()
            .rev()
            .find(|(_, said)| **said == wanted)
            .map(|(seq, _)| seq)
    }

    /// Whether the total clock of a task ran out since it was last reopened.
    pub(super) fn total_ran_out(&self, task: &TaskId) -> bool {
        let timeouts = self.timeouts(ClockKind::Total, &ClockSubject::Task(task.clone()));
        timeouts.last().is_some_and(|last| *last > self.reset(task))
    }

    /// Whether a task was handed out since it was last reopened.
    pub(super) fn has_begun(&self, task: &TaskId) -> bool {
        self.attempts(task).iter().any(|it| it.2 > self.reset(task))
    }

    /// The signs of life of an attempt.
    fn signs(&self, task: &TaskId, number: AttemptNo) -> Vec<Seq> {
        let owner = self.owner(task, number);
        let all = self.events().filter(|(_, event)| match event {
            Event::AttemptStarted(data) => data.task == *task && data.attempt == number,
            Event::Progress(data) => data.task == *task && data.attempt == number,
            Event::Heartbeat(data) => data.task == *task && data.attempt == number,
            Event::Handoff(data) => data.task == *task && data.attempt == number,
            Event::Inventory(data) => {
                Some(&data.agent) == owner.as_ref()
                    && data
                        .carries
                        .iter()
                        .any(|it| it.task == *task && it.attempt == number)
            }
            Event::Correction(data) => match &data.change {
                Change::Adopt { seq } => self
                    .handoff_at(*seq)
                    .is_some_and(|data| data.task == *task && data.attempt == number),
                _ => false,
            },
            _ => false,
        });
        all.map(|(seq, _)| seq).collect()
    }

    /// The moments at which an attempt began, or began its rework.
    fn beginnings(&self, task: &TaskId, number: AttemptNo) -> Vec<Seq> {
        let wanted = Said::Stage(task.clone(), number, "started");
        self.said()
            .filter(|(_, said)| **said == wanted)
            .map(|(seq, _)| seq)
            .collect()
    }

    /// The progress reports of an attempt.
    pub(super) fn progress(&self, task: &TaskId, number: AttemptNo) -> Vec<Seq> {
        let all = self.events().filter(|(_, event)| match event {
            Event::Progress(data) => data.task == *task && data.attempt == number,
            _ => false,
        });
        all.map(|(seq, _)| seq).collect()
    }

    /// The decisions that sent the work of a task back.
    fn sent_back(&self, task: &TaskId) -> Vec<Seq> {
        let wanted = Said::SentBack(task.clone());
        self.said()
            .filter(|(_, said)| **said == wanted)
            .map(|(seq, _)| seq)
            .collect()
    }

    /// How often a clock ran out on an attempt since what clears it.
    fn expired(&self, task: &TaskId, number: AttemptNo, clock: ClockKind) -> usize {
        let mut clears = match clock {
            ClockKind::Alive | ClockKind::Report => self.signs(task, number),
            _ => self.beginnings(task, number),
        };
        match clock {
            ClockKind::Progress => clears.extend(self.progress(task, number)),
            ClockKind::Start => clears.extend(self.sent_back(task)),
            _ => {}
        }
        let cleared = clears.into_iter().max().unwrap_or(Seq::ZERO);
        let subject = ClockSubject::Attempt {
            task: task.clone(),
            attempt: number,
        };
        self.timeouts(clock, &subject)
            .into_iter()
            .filter(|seq| *seq > cleared)
            .count()
    }

    /// Whether the last inventory of its owner did not list an attempt, and nothing was heard since.
    fn is_unaccounted(&self, task: &TaskId, number: AttemptNo) -> bool {
        let Some((_, owner, dispatched)) =
            self.attempts(task).into_iter().find(|it| it.0 == number)
        else {
            return false;
        };
        let heard = self
            .signs(task, number)
            .into_iter()
            .max()
            .unwrap_or(dispatched);
        let since = heard.max(dispatched);
        self.events().any(|(seq, event)| match event {
            Event::Inventory(data) => {
                data.agent == owner
                    && seq > since
                    && !data
                        .carries
                        .iter()
                        .any(|it| it.task == *task && it.attempt == number)
            }
            _ => false,
        })
    }

    /// Whether a clock runs on an attempt.
    pub(super) fn runs(&self, task: &TaskId, number: AttemptNo, clock: ClockKind) -> bool {
        let expired = |clock| self.expired(task, number, clock);
        let is_flying = self.is_in_flight(task, number);
        match clock {
            ClockKind::Start => {
                let stage = self.stage(task, number);
                let awaits_rework = self.status(task) == "rework"
                    && stage == "handed_over"
                    && self.token(task) == Some(number);
                expired(clock) == 0 && (stage == "dispatched" || awaits_rework)
            }
            ClockKind::Attempt | ClockKind::Progress => is_flying && expired(clock) == 0,
            ClockKind::Alive => {
                let again = expired(clock) == 1 && expired(ClockKind::Report) == 0;
                is_flying && (expired(clock) == 0 || again)
            }
            ClockKind::Report => {
                is_flying && expired(clock) == 0 && self.is_unaccounted(task, number)
            }
            _ => false,
        }
    }

    /// Whether an attempt is there, as far as clocks and inventories tell.
    pub(super) fn liveness(&self, task: &TaskId, number: AttemptNo) -> &'static str {
        let heard = self
            .signs(task, number)
            .into_iter()
            .max()
            .unwrap_or(Seq::ZERO);
        let subject = ClockSubject::Attempt {
            task: task.clone(),
            attempt: number,
        };
        let since = |clock| {
            let all = self.timeouts(clock, &subject).into_iter();
            all.filter(|seq| *seq > heard).count()
        };
        if since(ClockKind::Alive) > 1 || since(ClockKind::Report) > 0 {
            "lost"
        } else if ClockKind::ALL.into_iter().any(|clock| since(clock) > 0)
            || self.is_unaccounted(task, number)
        {
            "suspect"
        } else {
            "alive"
        }
    }

    /// The first of several records that asked for the same, if nothing has settled it since.
    pub(super) fn standing(
        &self,
        asked: &[Seq],
        settled: &[Seq],
        by: Option<&Party>,
    ) -> Option<Seq> {
        let is_open_at = |since: Seq, at: Option<Seq>| {
            let in_time = |seq: Seq| seq > since && at.is_none_or(|at| seq <= at);
            !settled.iter().any(|seq| in_time(*seq))
                && !self.dismissals(since, by).into_iter().any(in_time)
        };
        let mut open: Option<Seq> = None;
        for seq in asked {
            if open.is_none_or(|since| !is_open_at(since, Some(*seq))) {
                open = Some(*seq);
            }
        }
        open.filter(|since| is_open_at(*since, None))
    }

    /// The records that dismiss what a record asked for: corrections that supersede it and, if
    /// words can settle it, replies from whoever owes it or from above.
    pub(super) fn dismissals(&self, since: Seq, by: Option<&Party>) -> Vec<Seq> {
        let later = self.events().filter(|(seq, _)| *seq > since);
        let all = later.filter(|(_, event)| match event {
            Event::Correction(data) => data.supersedes.contains(&since),
            Event::Message(reply) => {
                reply.reply_to == Some(since)
                    && by.is_some_and(|by| reply.from == *by || self.is_above(&reply.from))
            }
            _ => false,
        });
        all.map(|(seq, _)| seq).collect()
    }

    /// Whether a party has authority over what others owe.
    pub(super) fn is_above(&self, party: &Party) -> bool {
        let is_lead = *party == Party::Lead || Some(party) == self.lead().as_ref();
        is_lead || matches!(party, Party::Host | Party::Human(_))
    }

    /// The records after which what the attempts of a task asked for is moot.
    pub(super) fn moves_on(&self, task: &TaskId) -> Vec<Seq> {
        let all = self.said().filter(|(_, said)| match said {
            Said::MovedOn(of) | Said::Settled(of) => of == task,
            _ => false,
        });
        all.map(|(seq, _)| seq).collect()
    }

    /// The records that rule on a task.
    fn rulings_on(&self, task: &TaskId) -> Vec<Seq> {
        let wanted = Said::Settled(task.clone());
        self.said()
            .filter(|(_, said)| **said == wanted)
            .map(|(seq, _)| seq)
            .collect()
    }

    /// Rulings that are owed.
    pub(super) fn rulings(&self) -> Vec<Owed> {
        let mut since: Vec<Seq> = Vec::new();
        for task in self.tasks() {
            let settled = self.rulings_on(&task);
            since.extend(self.standing(&self.limits_reached(&task), &settled, Some(&Party::Lead)));
            for (number, _, _) in self.attempts(&task) {
                for clock in ClockKind::ALL {
                    since.extend(self.ruling_on_clock(&task, number, clock));
                }
            }
        }
        let owe = |since| self.owe("ruling", &Party::Lead, since, false);
        since.into_iter().map(owe).collect()
    }

    /// The records at which a limit of a task was reached, or its total clock ran out.
    fn limits_reached(&self, task: &TaskId) -> Vec<Seq> {
        let retry = self.policy().retry;
        let mut reached = self.timeouts(ClockKind::Total, &ClockSubject::Task(task.clone()));
        let limits = [
            (Said::Blocked(task.clone()), retry.max_blocks),
            (Said::SentBack(task.clone()), retry.max_review_rounds),
        ];
        for (said, limit) in limits {
            let Some(limit) = limit else { continue };
            let mut counted = 0_u32;
            for (seq, it) in self.said() {
                let is_reset = self
                    .corrections(task)
                    .iter()
                    .any(|(at, data)| *at == seq && data.change == Change::Reopen);
                if is_reset {
                    counted = 0;
                } else if *it == said {
                    counted = counted.saturating_add(1);
                    if counted >= limit {
                        reached.push(seq);
                    }
                }
            }
        }
        reached.sort_unstable();
        reached
    }

    fn ruling_on_clock(&self, task: &TaskId, number: AttemptNo, clock: ClockKind) -> Option<Seq> {
        let subject = ClockSubject::Attempt {
            task: task.clone(),
            attempt: number,
        };
        let asked = self.timeouts(clock, &subject);
        if asked.is_empty() {
            return None;
        }
        let mut settled = self.moves_on(task);
        let over = self.said().filter(|(_, said)| match said {
            Said::Over(of, n, _) => of == task && *n == number,
            _ => false,
        });
        settled.extend(over.map(|(seq, _)| seq));
        match clock {
            ClockKind::Alive | ClockKind::Report => settled.extend(self.signs(task, number)),
            ClockKind::Start => settled.extend(self.beginnings(task, number)),
            ClockKind::Progress => settled.extend(self.progress(task, number)),
            _ => {}
        }
        self.standing(&asked, &settled, Some(&Party::Lead))
    }
}
