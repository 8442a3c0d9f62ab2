//! Stories of what neither the other stories nor the drawn logs show.

use orch_core::command::Command;
use orch_core::event::attempt::{Dispatched, HandoffStatus};
use orch_core::event::gate::Verdict;
use orch_core::event::talk::{WaitDeclared, WaitRef};
use orch_core::event::task::{GateSpec, GateStage, TaskDeclared, TaskDelivered};
use orch_core::ids::AttemptNo;
use orch_core::policy::Policy;
use orch_core::record::Record;

use crate::corpus::{Story, staged};
use crate::world::{World, agent, by, decide_gate, gate, handoff, label, lead, request_gate, task};

/// All of them.
pub(super) fn stories() -> Vec<Story> {
    let mut stories = odd();
    let worlds = [
        ("begins mid-story", begins_mid_story()),
        ("gate decided too early", gate_decided_too_early()),
        ("delivered past a gate", delivered_past_a_gate()),
        (
            "work before its specification",
            work_before_its_specification(),
        ),
        (
            "tried again too soon and too often",
            tried_again_too_soon_and_too_often(),
        ),
        ("done and not done", done_and_not_done()),
        ("a gate after itself", a_gate_after_itself()),
        ("judged by another", judged_by_another()),
    ];
    stories.extend(worlds.into_iter().map(|(name, world)| Story {
        name: name.to_owned(),
        records: world.records,
    }));
    stories
}

/// Missions in which somebody may ask for what no other story refuses.
pub(super) fn questions() -> Vec<(World, orch_core::party::Actor, Command)> {
    let mut held = staged(Policy::default());
    let on = WaitRef::Lock(label("main"));
    let wait = WaitDeclared {
        who: WaitRef::Task(task("t2")),
        on,
        until: None,
    };
    held.accepts(&lead(), Command::Wait(wait));
    vec![
        (given_to_another(), by("b"), judged()),
        (held, lead(), crate::world::dispatch("t2", "a")),
    ]
}

fn begins_mid_story() -> World {
    let mut world = World::unopened();
    world.happens(&lead(), TaskDeclared::new(task("t1"), "t1"));
    world
}

fn gate_decided_too_early() -> World {
    let mut world = staged(Policy::default());
    world.finish("t1", "a");
    if let Command::DecideGate(early) =
        decide_gate("t1", 1, "reviewer", "human:ada", Verdict::Approved)
    {
        world.happens(&lead(), early);
    }
    world
}

fn delivered_past_a_gate() -> World {
    let mut world = World::new().agents(&["a"]);
    world.declare(TaskDeclared {
        gates: vec![GateSpec::new(gate("merged"), GateStage::Deliver)],
        ..TaskDeclared::new(task("t1"), "t1")
    });
    world.finish("t1", "a");
    let note = String::new();
    world.happens(
        &lead(),
        TaskDelivered {
            task: task("t1"),
            note,
        },
    );
    world
}

fn work_before_its_specification() -> World {
    let mut world = World::new().agents(&["a"]);
    for (id, kind) in [("t1", "spec"), ("t2", "implement")] {
        world.declare(TaskDeclared {
            kind: Some(label(kind)),
            ..TaskDeclared::new(task(id), id)
        });
    }
    world.happens(
        &lead(),
        Dispatched::new(task("t2"), AttemptNo(1), agent("a")),
    );
    world
}

fn tried_again_too_soon_and_too_often() -> World {
    let mut world = World::with(|policy| policy.retry.max_attempts = Some(2)).agents(&["a"]);
    world.declare(TaskDeclared::new(task("t1"), "t1"));
    for n in 1..=3 {
        world.happens(
            &lead(),
            Dispatched::new(task("t1"), AttemptNo(n), agent("a")),
        );
        let failed = handoff("t1", n, "a", HandoffStatus::Failed);
        world.happens(&by("a"), failed);
    }
    world
}

fn done_and_not_done() -> World {
    let mut world = World::new().agents(&["a"]).tasks(&["t1"]);
    world.start("t1", "a");
    let mut done = handoff("t1", 1, "a", HandoffStatus::Done);
    done.remaining = vec!["tests".to_owned()];
    world.happens(&by("a"), done);
    world
}

fn a_gate_after_itself() -> World {
    let mut world = World::new();
    let mut spec = GateSpec::new(gate("tester"), GateStage::Accept);
    spec.after = Some(vec![gate("tester")]);
    let gates = vec![spec];
    world.happens(
        &lead(),
        TaskDeclared {
            gates,
            ..TaskDeclared::new(task("t1"), "t1")
        },
    );
    world
}

/// A gate that one agent holds is decided by another.
fn judged_by_another() -> World {
    let mut world = given_to_another();
    if let Command::DecideGate(data) = judged() {
        world.happens(&by("b"), data);
    }
    world
}

fn given_to_another() -> World {
    let mut world = staged(Policy::default());
    world.join("c");
    world.finish("t1", "a");
    world.accepts(&lead(), request_gate("t1", 1, "tester", "agent:c"));
    world
}

fn judged() -> Command {
    decide_gate("t1", 1, "tester", "agent:b", Verdict::Approved)
}

/// Logs that are wrong as logs, which nobody tells as a story.
fn odd() -> Vec<Story> {
    let mut world = World::new().agents(&["coder"]).tasks(&["login"]);
    world.start("login", "coder");
    let again = |record: &Record, change: &dyn Fn(&str) -> String| {
        Record::parse(change(record.as_line()).as_bytes()).unwrap()
    };
    let story = |name: &str, records: Vec<Record>| Story {
        name: name.to_owned(),
        records,
    };
    let log = &world.records;
    let twice: Vec<Record> = log.iter().chain(log.get(2)).cloned().collect();
    let foreign = log
        .iter()
        .chain(log.get(2))
        .enumerate()
        .map(|(at, record)| {
            let is_added = at == log.len();
            let other = |line: &str| {
                let seq = format!("\"seq\":{}", at + 1);
                line.replace("\"seq\":3", &seq)
                    .replace("\"mission\":\"auth\"", "\"mission\":\"other\"")
            };
            if is_added {
                again(record, &other)
            } else {
                record.clone()
            }
        });
    let gap: Vec<Record> = [0, 1, 4, 2]
        .iter()
        .filter_map(|at| log.get(*at).cloned())
        .collect();
    let far = |line: &str| line.replace("\"seq\":3", "\"seq\":9999999999999");
    let far: Vec<Record> = log.iter().map(|record| again(record, &far)).collect();
    let newer = |line: &str| line.replace("\"rules\":1", "\"rules\":2");
    let newer: Vec<Record> = log.iter().map(|record| again(record, &newer)).collect();
    let unreadable = |line: &str| line.replace("\"task\":\"login\"", "\"task\":7");
    let unreadable: Vec<Record> = log
        .iter()
        .map(|record| again(record, &unreadable))
        .collect();
    vec![
        story("a record twice", twice),
        story("a record of another mission", foreign.collect()),
        story("records missing and late", gap),
        story("a position that cannot be", far),
        story("rules that are not known", newer),
        story("data that cannot be read", unreadable),
    ]
}
