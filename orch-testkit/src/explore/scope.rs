//! Scopes: how much of the mission's world is enumerated, and where the enumeration begins.

use orch_core::command::{Command, OpenMission};
use orch_core::event::agent::{Shutdown, ShutdownStage};
use orch_core::event::attempt::HandoffStatus;
use orch_core::event::gate::Verdict;
use orch_core::event::talk::{Message, MessageClass};
use orch_core::event::task::{GateSpec, GateStage, Limits, Need, TaskDeclared};
use orch_core::ids::{AgentName, TaskId};
use orch_core::mission::Mission;
use orch_core::party::{Actor, Party};
use orch_core::policy::{Backoff, Millis, Policy};

use super::alphabet::Family;
use super::project::adoptable;
use crate::world::{
    World, agent, by, decide_gate, gate, label, lead, message, name, request_gate, task,
};

/// What is enumerated.
#[derive(Debug, Clone)]
pub struct Scope {
    /// Its name in the fingerprint.
    pub name: String,
    /// How many tasks there are; one more id is never declared.
    pub n_tasks: usize,
    /// How many agents there are; one more never joins.
    pub n_agents: usize,
    /// The gates that symbols name.
    pub gates: &'static [&'static str],
    /// Which parts of the alphabet are used.
    pub families: Vec<Family>,
    /// How far a state may grow and still be gone on from.
    pub caps: Caps,
    /// How many steps are taken from each root.
    pub depth: u32,
    /// Where it begins.
    pub roots: Vec<Root>,
}

/// How far a state may grow: one beyond is checked, and no step is taken from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// Attempts at one task.
    pub attempts: u32,
    /// Incarnations of one agent.
    pub incarnations: u32,
    /// Messages.
    pub messages: usize,
    /// Review rounds of one task.
    pub rounds: u32,
    /// Handoffs of one task that could still be adopted.
    pub adoptable: usize,
}

impl Caps {
    /// Two attempts at each task, two incarnations of each agent, one message, one review round,
    /// one handoff to adopt.
    pub const SMALL: Self = Self {
        attempts: 2,
        incarnations: 2,
        messages: 1,
        rounds: 1,
        adoptable: 1,
    };
}

/// A state in which an enumeration begins.
#[derive(Debug, Clone)]
pub struct Root {
    /// What is so there.
    pub name: &'static str,
    /// The mission with the log that leads there.
    pub world: World,
}

impl Scope {
    /// The ids of the tasks in scope.
    pub fn task_ids(&self) -> Vec<TaskId> {
        (1..=self.n_tasks).map(|n| task(&format!("t{n}"))).collect()
    }

    /// The names of the agents in scope.
    pub fn agent_names(&self) -> Vec<AgentName> {
        ["a", "b", "c"]
            .iter()
            .take(self.n_agents)
            .map(|text| name(text))
            .collect()
    }

    /// Whether steps are taken from a state.
    pub fn holds(&self, world: &World) -> bool {
        let mission = &world.mission;
        let caps = self.caps;
        let attempts = mission.tasks().all(|task| {
            let n = u32::try_from(task.attempts().count()).unwrap_or(u32::MAX);
            n <= caps.attempts && task.counters().review_rounds <= caps.rounds
        });
        let incarnations = mission
            .agents()
            .all(|it| it.agent().incarnation.0 <= caps.incarnations);
        let few = |task: &TaskId| adoptable(world, task).len() <= caps.adoptable;
        let adoptable = self.task_ids().iter().all(few);
        attempts && incarnations && adoptable && n_messages(world) <= caps.messages
    }
}

/// Whether a state is an end: nothing but a reopening leads out of it.
pub fn is_terminal(mission: &Mission) -> bool {
    mission.closed().is_some()
}

fn n_messages(world: &World) -> usize {
    let kinds = world.records.iter().map(|record| record.event().kind());
    kinds.filter(|kind| *kind == "message").count()
}

/// Limits so low that each is reached, and no clock.
fn low_limits() -> Policy {
    let mut policy = Policy::default();
    policy.wip.mission = Some(2);
    policy.wip.agent = Some(1);
    policy.retry.max_attempts = Some(2);
    policy.retry.max_crashes = Some(2);
    policy.retry.max_blocks = Some(2);
    policy.retry.max_review_rounds = Some(2);
    policy.retry.livelock_after = Some(2);
    policy.retry.backoff = None;
    policy
}

/// The same limits, with every clock running and a backoff.
fn every_clock() -> Policy {
    let mut policy = low_limits();
    policy.retry.backoff = Some(Backoff::new(Millis::minutes(4), 2, Millis::minutes(8)));
    policy.clocks.start_ms = Some(Millis::minutes(2));
    policy.clocks.alive_ms = Some(Millis::minutes(3));
    policy.clocks.progress_ms = Some(Millis::minutes(5));
    policy.clocks.report_ms = Some(Millis::minutes(1));
    policy.clocks.attempt_ms = Some(Millis::minutes(20));
    policy.clocks.total_ms = Some(Millis::minutes(40));
    policy.clocks.reply_ms = Some(Millis::minutes(5));
    policy.clocks.ack_ms = Some(Millis::minutes(5));
    policy
}

fn declared(id: &str, gates: &[(&str, GateStage)]) -> TaskDeclared {
    let mut declared = TaskDeclared::new(task(id), id);
    declared.gates = gates
        .iter()
        .map(|(text, stage)| GateSpec::new(gate(text), *stage))
        .collect();
    declared
}

const REVIEWED: &[(&str, GateStage)] = &[("reviewer", GateStage::Accept)];
const SHIPPED: &[(&str, GateStage)] = &[
    ("reviewer", GateStage::Accept),
    ("merged", GateStage::Deliver),
];

/// Two agents; a task with a gate, and one that needs it.
fn chain(policy: Policy) -> World {
    let mut world = World::with_policy(policy).agents(&["a", "b"]);
    world.declare(declared("t1", REVIEWED));
    let mut second = declared("t2", &[]);
    second.needs = vec![Need::accepted(task("t1"))];
    world.declare(second);
    world
}

/// Two agents and one task through every stage.
fn single(policy: Policy) -> World {
    let mut world = World::with_policy(policy).agents(&["a", "b"]);
    let mut only = declared("t1", SHIPPED);
    only.evidence = Vec::new();
    only.limits = Some(Limits::default());
    world.declare(only);
    world
}

fn after(mut world: World, change: impl FnOnce(&mut World)) -> World {
    change(&mut world);
    world
}

/// Two tasks and two agents, the whole alphabet.
pub fn wide(depth: u32) -> Scope {
    let start = || chain(low_limits());
    let reviewed = |world: &mut World| {
        world.finish("t1", "a");
        world.accepts(&lead(), request_gate("t1", 1, "reviewer", "agent:b"));
    };
    Scope {
        name: "wide".to_owned(),
        n_tasks: 2,
        n_agents: 2,
        gates: &["reviewer"],
        families: Family::ALL.to_vec(),
        caps: Caps::SMALL,
        depth,
        roots: vec![
            root("nothing", World::unopened()),
            root("opened", World::with_policy(low_limits())),
            root("staffed", start()),
            root(
                "working",
                after(start(), |world| _ = world.start("t1", "a")),
            ),
            root("in review", after(start(), reviewed)),
            root(
                "both",
                after(start(), |world| {
                    reviewed(world);
                    world.passes("t1", "reviewer");
                    world.start("t2", "a");
                }),
            ),
        ],
    }
}

/// One task and two agents, from the dispatch to the delivery.
pub fn deep(depth: u32) -> Scope {
    let families = [Family::Work, Family::Gates, Family::Rulings];
    Scope {
        name: "deep".to_owned(),
        n_tasks: 1,
        n_agents: 2,
        gates: &["reviewer", "merged"],
        families: families.to_vec(),
        caps: Caps::SMALL,
        depth,
        roots: vec![root("staffed", single(low_limits()))],
    }
}

/// Two tasks without needs and two agents, nothing but work: what commutes must.
pub fn side_by_side(depth: u32) -> Scope {
    let families = [Family::Work, Family::Agents];
    let world = World::with_policy(low_limits())
        .agents(&["a", "b"])
        .tasks(&["t1", "t2"]);
    Scope {
        name: "side by side".to_owned(),
        n_tasks: 2,
        n_agents: 2,
        gates: &[],
        families: families.to_vec(),
        caps: Caps::SMALL,
        depth,
        roots: vec![root("staffed", world)],
    }
}

/// One task and one agent, up to the end of the mission and beyond it.
pub fn ending(depth: u32) -> Scope {
    let mut world = World::with_policy(low_limits()).agents(&["a", "b"]);
    world.declare(declared("t1", SHIPPED));
    world.finish("t1", "a");
    let accepted = after(world, |world| _ = world.passes("t1", "reviewer"));
    let mut exhausted = World::with_policy(low_limits())
        .agents(&["a"])
        .tasks(&["t1"]);
    exhausted.start("t1", "a");
    exhausted.hand("t1", HandoffStatus::Failed);
    exhausted.start("t1", "a");
    exhausted.hand("t1", HandoffStatus::Failed);
    let caps = Caps {
        attempts: 3,
        ..Caps::SMALL
    };
    Scope {
        name: "ending".to_owned(),
        n_tasks: 1,
        n_agents: 1,
        gates: &["reviewer", "merged"],
        families: vec![Family::Work, Family::Gates, Family::Plan, Family::Talk],
        caps,
        depth,
        roots: vec![root("accepted", accepted), root("exhausted", exhausted)],
    }
}

/// A specification and what it specifies.
pub fn spec_first(depth: u32) -> Scope {
    let mut world = World::with_policy(low_limits()).agents(&["a"]);
    for (id, kind) in [("t1", "spec"), ("t2", "implement")] {
        let mut task = declared(id, &[]);
        task.kind = Some(label(kind));
        world.declare(task);
    }
    Scope {
        name: "spec first".to_owned(),
        n_tasks: 2,
        n_agents: 1,
        gates: &[],
        families: vec![Family::Work, Family::Rulings],
        caps: Caps::SMALL,
        depth,
        roots: vec![root("declared", world)],
    }
}

/// One task and one agent while every clock runs.
pub fn clocks(depth: u32) -> Scope {
    let mut world = World::with_policy(every_clock()).agents(&["a"]);
    world.declare(declared("t1", REVIEWED));
    let unanswered = after(world.clone(), |world| {
        world.start("t1", "a");
        let question = Message {
            task: Some(task("t1")),
            ..message(
                "agent:a",
                "lead",
                MessageClass::Question,
                "which of the two?",
            )
        };
        world.accepts(&by("a"), Command::Send(question));
        world.pass(5);
        world.accepts(&Actor::Host, Command::Tick);
    });
    let failed = after(world.clone(), |world| {
        world.start("t1", "a");
        world.hand("t1", HandoffStatus::Failed);
    });
    Scope {
        name: "clocks".to_owned(),
        n_tasks: 1,
        n_agents: 1,
        gates: &["reviewer"],
        families: vec![Family::Work, Family::Agents, Family::Talk, Family::Time],
        caps: Caps::SMALL,
        depth,
        roots: vec![
            root("staffed", world),
            root("unanswered", unanswered),
            root("failed", failed),
        ],
    }
}

/// A lead that is an agent, and can be gone.
pub fn agent_led(depth: u32) -> Scope {
    let mut world = World::unopened();
    let open = OpenMission {
        title: "auth".to_owned(),
        lead: Party::Agent(name("a")),
        policy: Some(low_limits()),
        empty: false,
    };
    world.accepts(&by("a"), Command::OpenMission(open));
    let mut world = world.agents(&["a", "b"]);
    world.declare(declared("t1", REVIEWED));
    let blocked = after(world.clone(), |world| {
        world.start("t1", "b");
        world.hand("t1", HandoffStatus::Blocked);
    });
    let reviewed = after(world.clone(), |world| {
        world.finish("t1", "b");
        let passed = decide_gate("t1", 1, "reviewer", "agent:a", Verdict::Approved);
        world.accepts(&by("a"), passed);
    });
    let stopped = after(world.clone(), |world| {
        world.start("t1", "b");
        for (by, stage) in [
            (Actor::Host, ShutdownStage::Requested),
            (by("b"), ShutdownStage::Acknowledged),
        ] {
            let (agent, reason) = (agent("b"), "enough".to_owned());
            let step = Shutdown {
                agent,
                stage,
                reason,
            };
            world.accepts(&by, Command::Shutdown(step));
        }
    });
    Scope {
        name: "agent led".to_owned(),
        n_tasks: 1,
        n_agents: 2,
        gates: &["reviewer"],
        families: vec![Family::Work, Family::Gates, Family::Agents, Family::Talk],
        caps: Caps::SMALL,
        depth,
        roots: vec![
            root("staffed", world),
            root("blocked", blocked),
            root("accepted", reviewed),
            root("stopped", stopped),
        ],
    }
}

const fn root(name: &'static str, world: World) -> Root {
    Root { name, world }
}
