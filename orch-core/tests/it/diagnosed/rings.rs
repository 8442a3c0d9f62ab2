//! Rings of waits, and what only looks like one.

use orch_core::command::Command;
use orch_core::event::attempt::{Handoff, HandoffStatus};
use orch_core::event::correction::{Amendment, Change, Correction};
use orch_core::event::gate::{GateRequested, Verdict};
use orch_core::event::task::{GateSpec, GateStage, Need, NeedOn, TaskDeclared};
use orch_core::ids::AttemptNo;
use orch_core::party::Actor;

use super::{Situation, asks, page, waits};
use crate::rules::stage::dispatched;
use crate::support::*;

// spec: DEP-3
#[test]
fn what_is_diagnosed_where_some_wait_for_each_other() {
    let mut all = of_talk();
    all.extend(of_gates());
    all.extend(of_needs());
    insta::assert_snapshot!(page(all));
}

fn three() -> World {
    World::unlimited().agents(&["a", "b", "c"])
}

fn of_talk() -> Vec<Situation> {
    let mut idle = three();
    idle.accepts(&by("a"), Command::Send(asks(None, "agent:a", "agent:b")));
    let mut answered = idle.clone();
    answered.accepts(&by("b"), Command::Send(asks(None, "agent:b", "agent:c")));
    idle.accepts(&by("a"), Command::Send(asks(None, "agent:a", "agent:c")));
    idle.accepts(&by("b"), Command::Send(asks(None, "agent:b", "agent:a")));
    let mut working = three().tasks(&["t1", "t2"]);
    working.start("t1", "a");
    working.start("t2", "b");
    working.accepts(
        &by("a"),
        Command::Send(asks(Some("t1"), "agent:a", "agent:b")),
    );
    let mut asked_outside = working.clone();
    asked_outside.accepts(
        &by("b"),
        Command::Send(asks(Some("t2"), "agent:b", "human:ada")),
    );
    working.accepts(&by("b"), Command::Wait(waits("task:t2", "task:t1")));
    let mut blocked = three().tasks(&["t1"]);
    blocked.start("t1", "a");
    let on_b = Handoff {
        blocked_on: Some(party("agent:b")),
        ..blocked.handoff("t1", HandoffStatus::Blocked)
    };
    blocked.accepts(&by("a"), Command::Handoff(on_b));
    blocked.accepts(&by("b"), Command::Wait(waits("agent:b", "task:t1")));
    let mut locked = World::new().tasks(&["t1"]);
    locked.accepts(&lead(), Command::Wait(waits("lock:deploy", "task:t1")));
    locked.accepts(&lead(), Command::Wait(waits("task:t1", "lock:deploy")));
    let mut itself = World::new().tasks(&["t1"]);
    itself.happens(&import(), waits("task:t1", "task:t1"));
    vec![
        ("two ask each other, and one of them a third as well", idle),
        ("who is asked asks a third", answered),
        (
            "a task waits for an answer of who works on what waits for it",
            working,
        ),
        ("who is asked waits for somebody outside", asked_outside),
        ("a task is blocked on who waits for it", blocked),
        ("a task waits for the lock that it keeps", locked),
        ("a task waits for itself", itself),
    ]
}

/// Work of `a` on `t1` with two gates and one for its delivery, handed over, and `b` waits for it.
fn reviewed(request: &[(&str, &str)]) -> World {
    let mut world = three();
    let stages = [
        ("review", GateStage::Accept),
        ("test", GateStage::Accept),
        ("merge", GateStage::Deliver),
    ];
    let gates = stages.map(|(name, stage)| GateSpec::new(gate(name), stage));
    world.declare(TaskDeclared {
        gates: gates.to_vec(),
        ..TaskDeclared::new(task("t1"), "t1")
    });
    world.finish("t1", "a");
    world.accepts(&by("b"), Command::Wait(waits("agent:b", "task:t1")));
    for (which, holder) in request {
        let requested = GateRequested {
            task: task("t1"),
            attempt: AttemptNo(1),
            gate: gate(which),
            holder: party(holder),
        };
        world.happens(&import(), requested);
    }
    world
}

fn of_gates() -> Vec<Situation> {
    let mut passed = reviewed(&[("review", "agent:b")]);
    let approved = decide_gate("t1", 1, "review", "agent:b", Verdict::Approved);
    passed.accepts(&by("b"), passed.judging_newest(approved));
    passed.accepts(&by("b"), Command::Wait(waits("agent:b", "task:t1")));
    let mut follower = reviewed(&[("review", "agent:b")]);
    follower.leaves("b");
    follower.join("b");
    follower.accepts(
        &Actor::Agent(agent("b#2")),
        Command::Wait(waits("agent:b", "task:t1")),
    );
    // A gate was put before the one that it holds.
    let mut preceded = reviewed(&[("review", "agent:b")]);
    let specs = ["audit", "review", "test"];
    let specs = specs.map(|name| GateSpec::new(gate(name), GateStage::Accept));
    let mut amendment = Amendment::default();
    amendment.gates = Some(specs.to_vec());
    preceded.accepts(&lead(), correct("t1", Change::Amend(Box::new(amendment))));
    vec![
        ("a gate was put before that of who waits", preceded),
        (
            "the reviewer waits for what it reviews",
            reviewed(&[("review", "agent:b")]),
        ),
        (
            "the gate before is with somebody else",
            reviewed(&[("review", "agent:c"), ("test", "agent:b")]),
        ),
        (
            "only the gate of its delivery is with who waits",
            reviewed(&[("merge", "agent:b")]),
        ),
        ("the gate was passed by who waits", passed),
        ("another of the reviewer's name waits", follower),
    ]
}

fn needs(on: &[&str]) -> Change {
    let mut amendment = Amendment::default();
    amendment.add_needs = on.iter().map(|id| Need::accepted(task(id))).collect();
    Change::Amend(Box::new(amendment))
}

fn amended(id: &str, on: &[&str]) -> Correction {
    Correction {
        task: task(id),
        change: needs(on),
        reason: "as imported".to_owned(),
        supersedes: Vec::new(),
    }
}

/// A ring of so many tasks, each of which needs the next.
fn ring_of(ids: &[&str]) -> World {
    let mut world = World::unlimited().agents(&["a"]).tasks(ids);
    for pair in ids.windows(2) {
        world.happens(&import(), amended(pair[0], &[pair[1]]));
    }
    world.happens(&import(), amended(ids[ids.len() - 1], &[ids[0]]));
    world
}

fn of_needs() -> Vec<Situation> {
    let ten = ["n0", "n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9"];
    let mut behind = ring_of(&["t1", "t2"]);
    behind.declare_after("waits", &["t1"]);
    behind.declare_after("forced", &["t1"]);
    behind.happens(&import(), dispatched("forced", 1, "a"));
    let mut loosely = Need::accepted(task("t1"));
    loosely.on = NeedOn::Reported;
    behind.declare(TaskDeclared {
        needs: vec![loosely, Need::accepted(task("forced"))],
        ..TaskDeclared::new(task("loose"), "loose")
    });
    // Many needs, so that the way back is the shorter one to look along.
    let mut at_work = World::unlimited()
        .agents(&["a"])
        .tasks(&ten)
        .tasks(&["hub"]);
    at_work.declare_after("back", &["hub"]);
    at_work.happens(&import(), dispatched("back", 1, "a"));
    let mut on = ten.to_vec();
    on.push("back");
    at_work.happens(&import(), amended("hub", &on));
    let mut standing = World::unlimited().tasks(&ten).tasks(&["hub"]);
    standing.declare_after("back", &["hub"]);
    standing.happens(&import(), amended("hub", &on));
    let kind = |id: &str, kind: &str| TaskDeclared {
        kind: Some(label(kind)),
        ..TaskDeclared::new(task(id), id)
    };
    let mut specified = World::new();
    specified.declare(kind("build", "implement"));
    let needing = TaskDeclared {
        needs: vec![Need::accepted(task("build"))],
        ..kind("plan", "spec")
    };
    specified.happens(&import(), needing);
    let mut became = World::new().tasks(&["build"]);
    became.declare(TaskDeclared {
        needs: vec![Need::accepted(task("build"))],
        ..kind("plan", "spec")
    });
    let mut amendment = Amendment::default();
    amendment.kind = Some(label("implement"));
    let becomes = Correction {
        change: Change::Amend(Box::new(amendment)),
        ..amended("build", &[])
    };
    became.happens(&import(), becomes);
    let mut begun = specified.clone().agents(&["a"]);
    begun.happens(&import(), dispatched("plan", 1, "a"));
    vec![
        ("tasks wait behind a ring of needs", behind),
        ("a ring of as many needs as are shown", ring_of(&ten[..8])),
        ("a ring of more needs than are shown", ring_of(&ten)),
        ("a ring of needs that somebody works in", at_work),
        ("a ring of needs through a task with many", standing),
        ("a specification needs what waits for it", specified),
        ("what a specification needs comes to wait for it", became),
        (
            "a specification that needs what waits for it was begun",
            begun,
        ),
    ]
}
