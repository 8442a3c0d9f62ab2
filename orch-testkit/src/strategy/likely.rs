//! Logs that are likely: commands with the frequencies of real journals, about what is there.
//!
//! A [`Draw`] names a kind of record and picks by number; only when it is its turn the numbers become
//! a task, an agent or an attempt of the mission as it is then. So most of what is drawn is
//! accepted, and a log that shrinks still tells a story.

use orch_core::command::{Command, Dispatch};
use orch_core::event::agent::{Carried, Inventory, Shutdown, ShutdownStage};
use orch_core::event::attempt::{AttemptEnd, HandoffStatus};
use orch_core::event::correction::{Amendment, Change};
use orch_core::event::gate::Verdict;
use orch_core::event::mission::{MissionArchived, MissionOutcome, RunEnded, RunStarted};
use orch_core::event::note::{FindingRecorded, Note};
use orch_core::event::talk::{Message, MessageClass, Receipt, WaitDeclared, WaitRef};
use orch_core::event::task::{
    GateSpec, GateStage, Need, TaskClosed, TaskDeclared, TaskDelivered, Unmet,
};
use orch_core::ids::{AgentRef, RunId, Seq, TaskId};
use orch_core::party::{Actor, Party};
use orch_core::view::{AttemptView, TaskView};
use proptest::prelude::*;

use super::weights::weights;
use super::{Step, drive};
use crate::world::{
    World, beat, close, correct, decide_gate, ended, evidence, gate, handoff, join, label, lead,
    leave, progress, request_gate, started, task,
};

/// The agents that join.
const AGENTS: [&str; 3] = ["a", "b", "c"];

/// How many tasks are declared at most.
const TASKS_MAX: usize = 5;

/// A record to come: its kind, and what it is about, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draw {
    /// The kind of the record.
    pub kind: &'static str,
    /// Which task or attempt, which agent or gate, and which variant.
    pub picks: [u16; 3],
    /// How many seconds after the one before.
    pub seconds: i64,
}

/// Draws one kind, by the weights of real journals.
fn kinds() -> impl Strategy<Value = &'static str> {
    let total: u32 = weights().map(|(_, weight)| weight).sum();
    (0..total).prop_map(|mut at| {
        for (kind, weight) in weights() {
            match at.checked_sub(weight) {
                Some(rest) => at = rest,
                None => return kind,
            }
        }
        "note"
    })
}

/// A log of at most so many records.
pub fn draws(most: usize) -> impl Strategy<Value = Vec<Draw>> {
    let draw = (kinds(), any::<[u16; 3]>(), 0_i64..400);
    let draw = draw.prop_map(|(kind, picks, seconds)| Draw {
        kind,
        picks,
        seconds,
    });
    prop::collection::vec(draw, 0..most)
}

/// Puts what is drawn to a world; what is accepted or late becomes records.
pub fn tell(world: &mut World, draws: &[Draw]) {
    for draw in draws {
        if let Some(step) = draw.in_world(world) {
            drive(world, &[step]);
        }
    }
}

/// Picks by number.
fn pick<T>(mut of: Vec<T>, number: u16) -> Option<T> {
    let at = usize::from(number).checked_rem(of.len())?;
    Some(of.swap_remove(at))
}

fn chosen<T: Copy, const N: usize>(of: [T; N], number: u16) -> Option<T> {
    pick(of.to_vec(), number)
}

/// An attempt, apart from the mission.
struct Work {
    task: TaskId,
    number: u32,
    agent: AgentRef,
}

impl Draw {
    /// Returns who asks for what in a world as it is; `None` where there is nothing to be about.
    pub fn in_world(&self, world: &World) -> Option<Step<Command>> {
        let (by, what) = self
            .about_work(world)
            .or_else(|| self.about_the_rest(world))?;
        Some(Step {
            by,
            seconds: self.seconds,
            what,
        })
    }

    fn variant<T: Copy, const N: usize>(&self, of: [T; N]) -> Option<T> {
        chosen(of, self.picks[2])
    }

    fn task(&self, world: &World) -> Option<TaskId> {
        let ids = world.mission.tasks().map(|it| it.id().clone());
        pick(ids.collect(), self.picks[0])
    }

    /// An incarnation that is live.
    fn agent(&self, world: &World) -> Option<AgentRef> {
        let live = world.mission.agents().filter(|it| it.status().is_live());
        pick(live.map(|it| it.agent()).collect(), self.picks[1])
    }

    /// An open attempt; now and then one that is over, whose reports come too late.
    fn work(&self, world: &World) -> Option<Work> {
        let of = |it: AttemptView<'_>| Work {
            task: it.task().clone(),
            number: it.number().0,
            agent: it.agent(),
        };
        let is_late = self.picks[1].is_multiple_of(6);
        let attempts: Vec<Work> = if is_late {
            let tasks: Vec<_> = world.mission.tasks().collect();
            let all = tasks.iter().flat_map(TaskView::attempts);
            all.map(of).collect()
        } else {
            world.mission.open_attempts().map(of).collect()
        };
        pick(attempts, self.picks[0])
    }

    fn about_work(&self, world: &World) -> Option<(Actor, Command)> {
        let work = || self.work(world);
        let (by, command) = match self.kind {
            "attempt_started" => {
                let it = work()?;
                let command = started(it.number, it.task.as_str(), &it.agent);
                (Actor::Agent(it.agent), command)
            }
            "progress" => {
                let it = work()?;
                let said = progress(it.task.as_str(), it.number, &it.agent.to_string());
                (Actor::Agent(it.agent), Command::Progress(said))
            }
            "heartbeat" => {
                let it = work()?;
                let said = beat(it.task.as_str(), it.number, &it.agent.to_string());
                (Actor::Agent(it.agent), Command::Beat(said))
            }
            "handoff" => self.handoff(work()?)?,
            "attempt_ended" => {
                let it = work()?;
                let (end, code) = self.variant([
                    (AttemptEnd::Exited, Some(0)),
                    (AttemptEnd::Exited, Some(1)),
                    (AttemptEnd::Killed, None),
                    (AttemptEnd::Lost, None),
                    (AttemptEnd::Released, None),
                ])?;
                let mut said = ended(it.task.as_str(), it.number, &it.agent.to_string(), end);
                said.code = code;
                (Actor::Host, Command::EndAttempt(said))
            }
            "inventory" => {
                let it = work()?;
                let carries = self.variant([true, false])?.then(|| Carried {
                    task: it.task.clone(),
                    attempt: orch_core::ids::AttemptNo(it.number),
                });
                let (agent, carries) = (it.agent, carries.into_iter().collect());
                (Actor::Host, Command::Observe(Inventory { agent, carries }))
            }
            "gate_requested" | "gate_decided" => self.gate(world, &work()?)?,
            _ => return None,
        };
        Some((by, command))
    }

    fn handoff(&self, it: Work) -> Option<(Actor, Command)> {
        use HandoffStatus::{Blocked, Done, Failed, Partial};
        // Nearly all that real agents say of their work is that it is done.
        let status = self.variant([Done, Done, Done, Done, Partial, Blocked, Failed])?;
        let mut said = handoff(it.task.as_str(), it.number, &it.agent.to_string(), status);
        if self.picks[2].is_multiple_of(3) {
            said.evidence = vec![evidence("commit", "3cb4f24")];
            said.revision = Some("3cb4f24".to_owned());
        }
        Some((Actor::Agent(it.agent), Command::Handoff(said)))
    }

    fn gate(&self, world: &World, it: &Work) -> Option<(Actor, Command)> {
        let view = world.mission.task(&it.task)?;
        let gates = view.gates().map(|gate| gate.name().to_string()).collect();
        let name: String = pick(gates, self.picks[1])?;
        let holder = self.agent(world).map(|it| format!("agent:{}", it.name));
        if self.kind == "gate_requested" {
            let command = request_gate(it.task.as_str(), it.number, &name, &holder?);
            return Some((lead(), command));
        }
        let verdict = self.variant([
            Verdict::Approved,
            Verdict::Approved,
            Verdict::ChangesRequested,
            Verdict::Waived,
        ])?;
        let command = decide_gate(it.task.as_str(), it.number, &name, "human:ada", verdict);
        let Command::DecideGate(mut decided) = world.judging_newest(command) else {
            return None;
        };
        "as read".clone_into(&mut decided.reason);
        Some((lead(), Command::DecideGate(decided)))
    }

    fn about_the_rest(&self, world: &World) -> Option<(Actor, Command)> {
        let text = || "…".to_owned();
        let command = match self.kind {
            "task_declared" => Command::DeclareTask(self.declared(world)?),
            "agent_joined" => return Some((Actor::Host, join(chosen(AGENTS, self.picks[1])?))),
            "agent_left" => return Some((Actor::Host, leave(&self.agent(world)?.to_string()))),
            "dispatched" => {
                let to = self.agent(world)?.name;
                Command::Dispatch(Dispatch::new(self.task(world)?, to))
            }
            "correction" => self.correction(world)?,
            "shutdown" => Command::Shutdown(self.shutdown(world)?),
            "timeout" => Command::Tick,
            "message" => return self.message(world),
            "receipt" => Command::Receipt(Receipt {
                of: vec![Seq(u64::from(self.picks[0])
                    % world.mission.head().0.max(1)
                    + 1)],
            }),
            "wait_declared" => Command::Wait(WaitDeclared {
                who: WaitRef::Task(self.task(world)?),
                on: WaitRef::Agent(self.agent(world)?.name),
                until: None,
            }),
            "task_closed" => Command::CloseTask(TaskClosed {
                task: self.task(world)?,
                outcome: self.variant([Unmet::Skipped, Unmet::Cancelled, Unmet::Failed])?,
                reason: text(),
            }),
            "task_delivered" => Command::Deliver(TaskDelivered {
                task: self.task(world)?,
                note: String::new(),
            }),
            "mission_closed" => close(self.variant([
                MissionOutcome::Completed,
                MissionOutcome::Completed,
                MissionOutcome::Cancelled,
            ])?),
            "mission_archived" => Command::Archive(MissionArchived { reason: text() }),
            "finding_recorded" => Command::RecordFinding(FindingRecorded {
                task: self.task(world),
                title: text(),
                body: String::new(),
            }),
            "run_started" => Command::StartRun(RunStarted { run: self.run()? }),
            "run_ended" => Command::EndRun(RunEnded { run: self.run()? }),
            _ => Command::Note(Note {
                task: self.task(world),
                text: text(),
            }),
        };
        Some((lead(), command))
    }

    fn run(&self) -> Option<RunId> {
        RunId::parse(self.variant(["r1", "r2"])?).ok()
    }

    /// A task that is not there yet; every other one asks for something besides the work.
    fn declared(&self, world: &World) -> Option<TaskDeclared> {
        let n = world.mission.tasks().count();
        let id = format!("t{}", n + 1);
        let mut declared = TaskDeclared::new(task(&id), id);
        let spec = |name: &str| GateSpec::new(gate(name), GateStage::Accept);
        match self.picks[2] % 8 {
            0 => declared.needs = self.task(world).map(Need::accepted).into_iter().collect(),
            1 => declared.gates = vec![spec("tester")],
            2 => declared.gates = vec![spec("tester"), spec("reviewer")],
            3 => declared.evidence = vec![label("commit")],
            _ => {}
        }
        (n < TASKS_MAX).then_some(declared)
    }

    fn correction(&self, world: &World) -> Option<Command> {
        let id = self.task(world)?;
        let change = match self.picks[2] % 6 {
            0 => Change::Reopen,
            1 => Change::Unblock,
            2 => Change::Supersede {
                by: pick(
                    world.mission.tasks().map(|it| it.id().clone()).collect(),
                    self.picks[1],
                )?,
            },
            3 => {
                let mut amendment = Amendment::default();
                amendment.gates = Some(vec![GateSpec::new(gate("tester"), GateStage::Accept)]);
                Change::Amend(Box::new(amendment))
            }
            _ => {
                return Some(Command::Rebind(orch_core::command::Rebind {
                    task: id,
                    to: self.agent(world)?.name,
                    reason: "as observed".to_owned(),
                    supersedes: Vec::new(),
                }));
            }
        };
        Some(correct(id.as_str(), change))
    }

    fn shutdown(&self, world: &World) -> Option<Shutdown> {
        Some(Shutdown {
            agent: self.agent(world)?,
            stage: self.variant([
                ShutdownStage::Requested,
                ShutdownStage::Acknowledged,
                ShutdownStage::Refused,
                ShutdownStage::Terminated,
            ])?,
            reason: "enough".to_owned(),
        })
    }

    fn message(&self, world: &World) -> Option<(Actor, Command)> {
        let class = self.variant([
            MessageClass::Fyi,
            MessageClass::Actionable,
            MessageClass::Question,
        ])?;
        let (to, from) = (
            Party::Agent(self.agent(world)?.name),
            crate::world::party("human:ada"),
        );
        // An answer to the first question that is open.
        let owed = world.mission.obligations().into_iter();
        let asked = owed.map(|it| it.opened.seq).next();
        let reply_to = asked.filter(|_| self.picks[0].is_multiple_of(2));
        let text = "stand down when you are done".to_owned();
        let (task, class) = (self.task(world), class);
        let message = Message {
            from,
            to,
            class,
            task,
            reply_to,
            text,
        };
        Some((lead(), Command::Send(message)))
    }
}
