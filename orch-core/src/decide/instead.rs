//! What would be accepted in place of a rejected command, and when to ask again.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "to most rejections there is no alternative, and a new one starts without"
)]

use super::{Context, RetryHint};
use crate::codes::Code;
use crate::command::{Command, Dispatch, Join, Rebind};
use crate::event::agent::{Shutdown, ShutdownStage};
use crate::event::attempt::{Handoff, HandoffStatus};
use crate::event::correction::{Amendment, Change, Correction};
use crate::event::gate::{GateDecided, GateRequested};
use crate::event::mission::{MissionClosed, MissionOutcome};
use crate::event::talk::{Message, MessageClass};
use crate::event::task::{Need, TaskClosed, Unmet};
use crate::fold::check::distance;
use crate::ids::{AgentName, TaskId};
use crate::mission::Mission;
use crate::party::Party;
use crate::status::agent::AgentStatus;
use crate::status::task::TaskStatus;

/// The most commands a rejection suggests.
const MOST: usize = 3;

impl Mission {
    /// Commands of the same actor, close to the one rejected, that would be accepted.
    // spec: DECIDE-3
    pub(super) fn instead(&self, code: Code, command: &Command, context: &Context) -> Vec<Command> {
        self.candidates(code, command)
            .into_iter()
            .filter(|candidate| self.accepts(candidate, context))
            .take(MOST)
            .collect()
    }

    fn candidates(&self, code: Code, command: &Command) -> Vec<Command> {
        match command {
            Command::Dispatch(data) => self.instead_of_dispatch(code, data),
            Command::Join(data) if code == Code::NameCollision => {
                vec![Command::Join(Join {
                    alias: true,
                    ..data.clone()
                })]
            }
            Command::Handoff(data) if code == Code::ContradictoryDone => consistent(data),
            Command::Handoff(data) if code == Code::ProceededWithoutAnswer => {
                let status = Some(HandoffStatus::Blocked);
                let blocked = Command::Handoff(Handoff {
                    status,
                    ..data.clone()
                });
                self.taken_back(&data.task).chain([blocked]).collect()
            }
            Command::Progress(data) if code == Code::ProceededWithoutAnswer => {
                self.taken_back(&data.task).collect()
            }
            Command::Send(data) if code == Code::UnknownAgent => self.nearest_send(data),
            Command::Rebind(data) => self
                .live_like(data.to.as_str())
                .map(|to| Command::Rebind(Rebind { to, ..data.clone() }))
                .collect(),
            Command::RequestGate(data) => self.instead_of_request(code, data),
            Command::DecideGate(data) => self.instead_of_decision(data),
            Command::Shutdown(data) if code == Code::LadderSkipped => {
                let stage = ShutdownStage::Requested;
                vec![Command::Shutdown(Shutdown {
                    stage,
                    ..data.clone()
                })]
            }
            Command::CloseMission(data) => instead_of_close(code, data),
            Command::CloseTask(TaskClosed { task, reason, .. }) if code == Code::NotPermitted => {
                vec![reopen(task, reason)]
            }
            Command::Correct(data) if code == Code::DepCycle => self.without_cycle(data),
            _ => Vec::new(),
        }
    }

    // spec: RETRY-2, CORRECT-2
    fn instead_of_dispatch(&self, code: Code, data: &Dispatch) -> Vec<Command> {
        let to_others = || {
            let live = self.live_like(data.agent.as_str());
            live.map(|agent| {
                Command::Dispatch(Dispatch {
                    agent,
                    ..data.clone()
                })
            })
        };
        match code {
            Code::UnknownAgent | Code::AgentGone | Code::AgentStopping => to_others().collect(),
            Code::ParallelAttempts => vec![Command::Rebind(Rebind {
                task: data.task.clone(),
                to: data.agent.clone(),
                reason: "the work is with this agent".to_owned(),
                supersedes: Vec::new(),
            })],
            Code::NotOpen if self.status_of(&data.task) == Some(TaskStatus::Blocked) => {
                vec![correct(
                    &data.task,
                    Change::Unblock,
                    "what blocked it is gone",
                )]
            }
            Code::NotOpen | Code::DispatchAfterSuccess | Code::ExhaustedTask | Code::RetryWait => {
                vec![reopen(&data.task, "")]
            }
            Code::Held => vec![correct(&data.task, Change::Unblock, "the wait is over")],
            Code::NeedsUnmet | Code::SpecFirst => self.ready_before(data),
            Code::UnknownTask => self.nearest_dispatch(data),
            _ => Vec::new(),
        }
    }

    /// The live agents that are not stopping, those with a name most like a text first.
    // spec: NAME-2
    fn live_like(&self, text: &str) -> impl Iterator<Item = AgentName> + use<> {
        let live = self
            .agents()
            .filter(|agent| agent.status() == AgentStatus::Live);
        let mut names: Vec<(usize, AgentName)> = live
            .map(|agent| agent.agent().name)
            .map(|name| (distance(text, name.as_str()), name))
            .collect();
        names.sort();
        names.into_iter().map(|(_, name)| name)
    }

    fn nearest_send(&self, data: &Message) -> Vec<Command> {
        let Party::Agent(meant) = &data.to else {
            return Vec::new();
        };
        let to = self.live_like(meant.as_str()).map(Party::Agent);
        // Nobody means to write to themselves.
        let to = to.filter(|to| *to != data.from);
        to.map(|to| Command::Send(Message { to, ..data.clone() }))
            .collect()
    }

    /// Messages that take back what the owner of a task asked about it.
    fn taken_back(&self, task: &TaskId) -> impl Iterator<Item = Command> + use<> {
        let asked = self
            .state
            .find_task(task)
            .and_then(|ix| self.state.open_question(ix));
        let message = asked.and_then(|owed| {
            let from = owed.owed_to.clone()?;
            let text = "not needed any more".to_owned();
            let (to, class) = (owed.owed_by.clone(), MessageClass::Fyi);
            let (task, reply_to) = (Some(task.clone()), Some(owed.opened.seq));
            Some(Command::Send(Message {
                from,
                to,
                class,
                task,
                reply_to,
                text,
            }))
        });
        message.into_iter()
    }

    fn status_of(&self, task: &TaskId) -> Option<TaskStatus> {
        self.state
            .find_task(task)
            .map(|ix| self.state.tasks[ix].status())
    }

    /// Dispatches, to the same agent, of what has to come first.
    fn ready_before(&self, data: &Dispatch) -> Vec<Command> {
        let Some(ix) = self.state.find_task(&data.task) else {
            return Vec::new();
        };
        let needs = self.state.unmet_needs(ix).map(|need| need.task);
        needs
            .chain(self.state.unmet_specs(ix))
            .map(|first| {
                let task = self.state.tasks[first].id.clone();
                Command::Dispatch(Dispatch {
                    task,
                    ..data.clone()
                })
            })
            .collect()
    }

    /// Dispatches, to the same agent, of open tasks with an id most like the one asked for.
    fn nearest_dispatch(&self, data: &Dispatch) -> Vec<Command> {
        const LOOKED_AT: usize = 8;
        let open = self
            .tasks()
            .filter(|task| task.status() == TaskStatus::Open);
        let mut ranked: Vec<(usize, &TaskId)> = open
            .map(|task| (distance(data.task.as_str(), task.id().as_str()), task.id()))
            .collect();
        ranked.sort_unstable();
        ranked
            .into_iter()
            .take(LOOKED_AT)
            .map(|(_, task)| {
                Command::Dispatch(Dispatch {
                    task: task.clone(),
                    ..data.clone()
                })
            })
            .collect()
    }

    fn instead_of_request(&self, code: Code, data: &GateRequested) -> Vec<Command> {
        let Some(task) = self.task(&data.task) else {
            return Vec::new();
        };
        match code {
            Code::StaleDecision => task
                .token()
                .map(|token| {
                    Command::RequestGate(GateRequested {
                        attempt: token.number(),
                        ..data.clone()
                    })
                })
                .into_iter()
                .collect(),
            Code::GateNotOpen | Code::UnknownGate => task
                .gates()
                .map(|gate| {
                    let gate = gate.name().clone();
                    Command::RequestGate(GateRequested {
                        gate,
                        ..data.clone()
                    })
                })
                .collect(),
            _ => self
                .agents()
                .map(|agent| {
                    let holder = Party::Agent(agent.agent().name);
                    Command::RequestGate(GateRequested {
                        holder,
                        ..data.clone()
                    })
                })
                .collect(),
        }
    }

    /// The same judgement of the gate that is open now; never of work that was not named.
    fn instead_of_decision(&self, data: &GateDecided) -> Vec<Command> {
        let Some(task) = self.task(&data.task) else {
            return Vec::new();
        };
        let others = task.gates().map(|gate| gate.name().clone());
        let others = others.filter(|name| *name != data.gate);
        others
            .map(|gate| {
                Command::DecideGate(GateDecided {
                    gate,
                    ..data.clone()
                })
            })
            .collect()
    }

    fn without_cycle(&self, data: &Correction) -> Vec<Command> {
        let Change::Amend(amendment) = &data.change else {
            return Vec::new();
        };
        let is_opposite = |need: &&Need| {
            let found = self.state.find_task(&need.task);
            let mut rows = found.into_iter().flat_map(|ix| &self.state.tasks[ix].needs);
            rows.any(|row| self.state.tasks[row.task].id == data.task)
        };
        amendment
            .add_needs
            .iter()
            // Only what needs this task already can give up that need.
            .filter(is_opposite)
            .map(|need| {
                // Taking the opposite need away is what makes room for this one.
                let change = Amendment {
                    remove_needs: vec![data.task.clone()],
                    ..Amendment::default()
                };
                Command::Correct(Correction {
                    task: need.task.clone(),
                    change: Change::Amend(Box::new(change)),
                    ..data.clone()
                })
            })
            .collect()
    }

    /// When it makes sense to ask again.
    // spec: RETRY-1
    pub(super) fn retry_hint(&self, code: Code, command: &Command) -> RetryHint {
        match (code, command) {
            (Code::RetryWait, Command::Dispatch(data)) => self
                .state
                .find_task(&data.task)
                .and_then(|ix| self.state.tasks[ix].retry_at)
                .map_or(RetryHint::OnChange, RetryHint::At),
            (
                Code::NeedsUnmet
                | Code::SpecFirst
                | Code::Held
                | Code::WipFull
                | Code::Incomplete
                | Code::GateOpen
                | Code::GateNotOpen
                | Code::ParallelAttempts
                | Code::AgentStopping
                | Code::AgentGone
                | Code::UnknownAgent
                | Code::UnknownTask
                | Code::NotOpen
                | Code::ProceededWithoutAnswer,
                _,
            ) => RetryHint::OnChange,
            _ => RetryHint::Never,
        }
    }
}

fn correct(task: &TaskId, change: Change, reason: &str) -> Command {
    Command::Correct(Correction {
        task: task.clone(),
        change,
        reason: reason.to_owned(),
        supersedes: Vec::new(),
    })
}

fn reopen(task: &TaskId, reason: &str) -> Command {
    let reason = if reason.trim().is_empty() {
        "it has to be done again"
    } else {
        reason
    };
    correct(task, Change::Reopen, reason)
}

// spec: COMPLETE-4
fn consistent(data: &Handoff) -> Vec<Command> {
    let status = if data.blocked_on.is_some() {
        HandoffStatus::Blocked
    } else {
        HandoffStatus::Partial
    };
    let honest = Handoff {
        status: Some(status),
        ..data.clone()
    };
    let plain = Handoff {
        blocked_on: None,
        remaining: Vec::new(),
        ..data.clone()
    };
    vec![Command::Handoff(honest), Command::Handoff(plain)]
}

fn instead_of_close(code: Code, data: &MissionClosed) -> Vec<Command> {
    let reason = if data.reason.trim().is_empty() {
        "closed over open work".to_owned()
    } else {
        data.reason.clone()
    };
    match code {
        Code::Incomplete | Code::ReasonMissing => {
            vec![Command::CloseMission(MissionClosed {
                forced: true,
                reason,
                ..data.clone()
            })]
        }
        Code::EmptyMission => vec![Command::CloseMission(MissionClosed {
            outcome: MissionOutcome::Cancelled,
            reason,
            ..data.clone()
        })],
        _ => Vec::new(),
    }
}

/// Settles a task on purpose, as one way out of an exhausted one.
pub(super) fn skip(task: &TaskId) -> Command {
    Command::CloseTask(TaskClosed {
        task: task.clone(),
        outcome: Unmet::Skipped,
        reason: "not needed any more".to_owned(),
    })
}
