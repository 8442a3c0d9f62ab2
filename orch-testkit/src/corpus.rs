//! A fixed set of logs: the same on every run, so that what they show can be written down.

use chrono::TimeDelta;
use orch_core::command::{Command, Rebind};
use orch_core::event::agent::{Shutdown, ShutdownStage};
use orch_core::event::attempt::{Dispatched, HandoffStatus};
use orch_core::event::clock::{ClockKind, ClockSubject, Timeout};
use orch_core::event::gate::{GateDecided, GateRequested, Verdict};
use orch_core::event::mission::{MissionClosed, MissionOutcome};
use orch_core::event::note::Note;
use orch_core::event::talk::{Message, MessageClass};
use orch_core::event::task::{TaskClosed, TaskDeclared, Unmet};
use orch_core::ids::AttemptNo;
use orch_core::policy::Policy;
use orch_core::record::Record;
use proptest::strategy::{Strategy, ValueTree as _};
use proptest::test_runner::TestRunner;

use crate::strategy;
use crate::world::{
    World, agent, by, decide_gate, gate, handoff, label, lead, message, name, party, request_gate,
    task,
};

/// A log of the corpus.
#[derive(Debug, Clone)]
pub struct Story {
    /// What it is called, such as `imposed 7`.
    pub name: String,
    /// The log.
    pub records: Vec<Record>,
}

/// Draws so many stories from a fixed seed.
fn draw<T>(
    name: &str,
    n: usize,
    recipe: impl Strategy<Value = T>,
    tell: fn(T) -> World,
) -> Vec<Story> {
    let mut runner = TestRunner::deterministic();
    let story = |n| Story {
        name: format!("{name} {n}"),
        records: tell(recipe.new_tree(&mut runner).unwrap().current()).records,
    };
    (0..n).map(story).collect()
}

/// A mission with two agents and three tasks, one of them gated and one asked for evidence.
pub fn staged(policy: Policy) -> World {
    let mut world = World::with_policy(policy).agents(&["a", "b"]);
    world.declare_gated("t1", &["tester", "reviewer"]);
    world.declare(TaskDeclared {
        evidence: vec![label("commit")],
        kind: Some(label("implement")),
        ..TaskDeclared::new(task("t2"), "t2")
    });
    world.declare_after("t3", &["t2"]);
    world
}

/// Logs imposed on a staged mission, whatever the rules say.
pub fn imposed(n: usize, most: usize) -> Vec<Story> {
    let recipe = (strategy::policies(), strategy::log(most));
    draw("imposed", n, recipe, |(policy, log)| {
        let mut world = staged(policy);
        strategy::impose(&mut world, &log);
        world
    })
}

/// Logs of what was asked for in a staged mission and accepted or late.
pub fn decided(n: usize, most: usize) -> Vec<Story> {
    let recipe = (strategy::policies(), strategy::commands(most));
    draw("decided", n, recipe, |(policy, commands)| {
        let mut world = staged(policy);
        strategy::drive(&mut world, &commands);
        world
    })
}

/// Stories of what is too rare to be drawn.
pub fn told() -> Vec<Story> {
    let named = |name: &str, world: World| Story {
        name: name.to_owned(),
        records: world.records,
    };
    vec![
        named("stand down", stand_down()),
        named("reviewer gone", reviewer_gone()),
        named("rebound while blocked", rebound_while_blocked()),
        named("dead reviewer", dead_reviewer()),
        named("rebound after an approval", rebound_after_an_approval()),
        named("clock of an attempt before", clock_of_an_attempt_before()),
        named("one too many in flight", one_too_many_in_flight()),
        named("remark to who owes a reply", remark_to_who_owes_a_reply()),
        named("ring of needs", ring_of_needs()),
        named("closed over work", closed_over_work()),
        named("closed with nothing", closed_with_nothing()),
        named("judge of its own work", judge_of_its_own_work()),
        named("waived by a worker", waived_by_a_worker()),
        named("done after its shutdown", done_after_its_shutdown()),
        named("need that failed", need_that_failed()),
    ]
}

/// Something is asked of an agent, which is then told something else (002).
fn remark_to_who_owes_a_reply() -> World {
    let mut world = staged(Policy::default());
    let asked = message(
        "human:ada",
        "agent:a",
        MessageClass::Actionable,
        "which port?",
    );
    world.accepts(&lead(), Command::Send(asked));
    let told = message("human:ada", "agent:a", MessageClass::Fyi, "lunch is at one");
    world.accepts(&lead(), Command::Send(told));
    world
}

/// Two tasks need each other (003).
fn ring_of_needs() -> World {
    let mut world = World::new().agents(&["a"]);
    for (id, need) in [("t1", "t2"), ("t2", "t1")] {
        let declared = TaskDeclared::new(task(id), id).needs(task(need));
        world.happens(&lead(), declared);
    }
    world
}

/// The mission is said to be complete while an attempt runs (000).
fn closed_over_work() -> World {
    let mut world = staged(Policy::default());
    world.start("t2", "a");
    world.happens(&lead(), completed());
    world
}

/// The mission is said to be complete before there is a task (000).
fn closed_with_nothing() -> World {
    let mut world = World::new();
    world.happens(&lead(), completed());
    world
}

fn completed() -> MissionClosed {
    MissionClosed {
        outcome: MissionOutcome::Completed,
        forced: false,
        reason: "over".to_owned(),
    }
}

/// Whoever did the work approves it (003).
fn judge_of_its_own_work() -> World {
    decided_by_the_author(Verdict::Approved)
}

/// Whoever did the work waives its gate (003).
fn waived_by_a_worker() -> World {
    decided_by_the_author(Verdict::Waived)
}

fn decided_by_the_author(verdict: Verdict) -> World {
    let mut world = staged(Policy::default());
    world.finish("t1", "a");
    let Command::DecideGate(decided) = decide_gate("t1", 1, "tester", "agent:a", verdict) else {
        return world;
    };
    let reason = "it is good".to_owned();
    world.happens(&by("a"), GateDecided { reason, ..decided });
    world
}

/// An agent that agreed to stop hands over after all (001).
fn done_after_its_shutdown() -> World {
    let mut world = staged(Policy::default());
    world.start("t2", "a");
    for (who, stage) in [
        (lead(), ShutdownStage::Requested),
        (by("a"), ShutdownStage::Acknowledged),
    ] {
        let reason = "enough".to_owned();
        let (agent, stage) = (agent("a"), stage);
        world.happens(
            &who,
            Shutdown {
                agent,
                stage,
                reason,
            },
        );
    }
    world.happens(&by("a"), handoff("t2", 1, "a", HandoffStatus::Done));
    world
}

/// What a task needs is given up (003).
fn need_that_failed() -> World {
    let mut world = World::new().agents(&["a"]).tasks(&["t1"]);
    world.declare_after("t2", &["t1"]);
    let cancelled = TaskClosed {
        task: task("t1"),
        outcome: Unmet::Cancelled,
        reason: "not wanted".to_owned(),
    };
    world.accepts(&lead(), Command::CloseTask(cancelled));
    let text = "what now?".to_owned();
    world.happens(
        &lead(),
        Note {
            task: Some(task("t2")),
            text,
        },
    );
    world
}

/// A gate is given to an agent that has left already (002).
fn dead_reviewer() -> World {
    let mut world = staged(Policy::default());
    world.finish("t1", "a");
    world.leaves("b");
    let request = GateRequested {
        task: task("t1"),
        attempt: AttemptNo(1),
        gate: gate("tester"),
        holder: party("agent:b"),
    };
    world.happens(&lead(), request);
    world
}

/// Work is approved, and then done again by somebody else (003).
fn rebound_after_an_approval() -> World {
    let mut world = staged(Policy::default());
    world.finish("t1", "a");
    world.passes("t1", "tester");
    world.accepts(&lead(), rebind("t1", "b"));
    world
}

/// A clock runs out on an attempt that is over, while the next one is at work (000).
fn clock_of_an_attempt_before() -> World {
    let mut world = staged(Policy::default());
    world.start("t2", "a");
    world.hand("t2", HandoffStatus::Partial);
    world.start("t2", "b");
    let ran_out = Timeout {
        clock: ClockKind::Alive,
        subject: ClockSubject::Attempt {
            task: task("t2"),
            attempt: AttemptNo(1),
        },
        limit_ms: None,
        due: world.now,
    };
    world.happens(&lead(), ran_out);
    world
}

/// One attempt is handed out over the limit (003).
fn one_too_many_in_flight() -> World {
    let mut policy = Policy::default();
    policy.wip.mission = Some(1);
    let mut world = staged(policy);
    world.dispatch("t1", "a");
    let beyond = Dispatched::new(task("t2"), AttemptNo(1), agent("b"));
    world.happens(&lead(), beyond);
    world
}

/// Asks for a task to be bound to another agent.
fn rebind(id: &str, to: &str) -> Command {
    Command::Rebind(Rebind {
        task: task(id),
        to: name(to),
        reason: "as observed".to_owned(),
        supersedes: Vec::new(),
    })
}

/// An agent at work is told in words to stop (001).
fn stand_down() -> World {
    let mut world = staged(Policy::default());
    world.start("t2", "a");
    let text = "stand down, please";
    let said = message("human:ada", "agent:a", MessageClass::Fyi, text);
    world.accepts(&lead(), Command::Send(said));
    world
}

/// Whoever holds a gate leaves before deciding it (002).
fn reviewer_gone() -> World {
    let mut world = staged(Policy::default());
    world.finish("t1", "a");
    world.accepts(&lead(), request_gate("t1", 1, "tester", "agent:b"));
    world.leaves("b");
    world
}

/// A blocked task is corrected, and what it was blocked on is asked of nobody any more (002).
fn rebound_while_blocked() -> World {
    let mut world = staged(Policy::default());
    world.start("t2", "a");
    world.hand("t2", HandoffStatus::Blocked);
    world.now += TimeDelta::minutes(1);
    let asked = Message {
        task: Some(task("t2")),
        ..message(
            "agent:a",
            "human:ada",
            MessageClass::Actionable,
            "which port?",
        )
    };
    world.accepts(&by("a"), Command::Send(asked));
    world.accepts(&lead(), rebind("t2", "b"));
    world
}
