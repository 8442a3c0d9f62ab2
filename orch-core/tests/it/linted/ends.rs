//! What shows only when a log is over: silence, needs, gates, debts, parents and parts.

use orch_core::command::Command;
use orch_core::event::attempt::{AttemptEnd, Handoff, HandoffStatus};
use orch_core::event::correction::Change;
use orch_core::event::mission::{MissionClosed, MissionOutcome};
use orch_core::event::talk::{Message, MessageClass, WaitDeclared, WaitRef};
use orch_core::event::task::{Need, TaskDeclared, Unmet};
use orch_core::party::Actor;
use serde_json::json;

use super::{Situation, imported, of, page};
use crate::rules::stage::close_task;
use crate::support::*;

// spec: TIME-2, DEP-3, GATE-2, NOTE-1, SHUT-2, COUNT-1
#[test]
fn what_is_found_when_a_log_is_over() {
    let mut all = of_silence();
    all.extend(of_needs());
    all.extend(of_gates_and_blocks());
    all.extend(of_debts());
    all.extend(of_parts());
    insta::assert_snapshot!(page(all));
}

/// A task in the hands of `a`, who is heard of again about another.
fn heard(first: impl FnOnce(&mut World)) -> World {
    let mut world = World::unlimited().agents(&["a", "b"]).tasks(&["t1", "t2"]);
    world.dispatch("t1", "a");
    first(&mut world);
    world.dispatch("t2", "a");
    world.accepts(&by("a"), Command::Beat(beat("t2", 1, "a")));
    world
}

fn of_silence() -> Vec<Situation> {
    let begun = heard(|world| {
        world.accepts(&by("a"), started(1, "t1", &agent("a")));
    });
    let seen = heard(|world| {
        world.accepts(&by("a"), Command::Beat(beat("t1", 1, "a")));
    });
    let nameless = json!({"source": {"gaps": ["assignee"]}});
    let implied = json!({"source": {"reconstructed": true}});
    let mut taken = World::unlimited().agents(&["a"]).tasks(&["t1"]);
    taken.dispatch("t1", "a");
    taken.accepts(&lead(), correct("t1", Change::Reopen));
    let mut released = World::unlimited().agents(&["a"]).tasks(&["t1"]);
    released.dispatch("t1", "a");
    let release = ended("t1", 1, "a", AttemptEnd::Released);
    released.accepts(&by("a"), Command::EndAttempt(release));
    let mut over = World::unlimited().agents(&["a"]).tasks(&["t1"]);
    over.dispatch("t1", "a");
    let just_begun = over.clone();
    over.accepts(
        &lead(),
        Command::CloseMission(MissionClosed {
            outcome: MissionOutcome::Cancelled,
            forced: false,
            reason: "no time".to_owned(),
        }),
    );
    vec![
        of(
            "nothing was heard of an attempt, but of its agent",
            heard(|_| ()),
        ),
        of("an attempt began", begun),
        of("an attempt gave a sign of life", seen),
        (
            "nobody knows whose an attempt is",
            imported(&heard(|_| ()), &[(6, nameless)]),
            Vec::new(),
        ),
        (
            "a snapshot implies an attempt",
            imported(&heard(|_| ()), &[(6, implied)]),
            Vec::new(),
        ),
        of("a silent attempt was taken away", taken),
        of("a silent attempt was given back", released),
        of("the mission was closed over a silent attempt", over),
        of("an attempt has just been handed out", just_begun),
    ]
}

fn needing(id: &str, needs: &[&str]) -> TaskDeclared {
    TaskDeclared {
        needs: needs
            .iter()
            .map(|need| Need::accepted(task(need)))
            .collect(),
        ..TaskDeclared::new(task(id), id)
    }
}

fn of_needs() -> Vec<Situation> {
    let mut again = World::unlimited().agents(&["a"]).tasks(&["t1"]);
    again.declare_after("t2", &["t1"]);
    again.finish("t1", "a");
    again.finish("t2", "a");
    again.accepts(&lead(), correct("t1", Change::Reopen));
    let mut bare = World::unlimited().agents(&["a"]).tasks(&["t1"]);
    bare.declare_after("t2", &["t1"]);
    bare.finish("t1", "a");
    bare.dispatch("t2", "a");
    bare.accepts(
        &by("a"),
        Command::Handoff(handoff("t2", 1, "a", HandoffStatus::Done)),
    );
    bare.accepts(&lead(), correct("t1", Change::Reopen));
    let mut named = World::unlimited().agents(&["a"]);
    named.happens(&import(), needing("t2", &["t1", "t0"]));
    let unended = named.clone();
    named.happens(&import(), crate::rules::stage::dispatched("t2", 1, "a"));
    named.happens(&by("a"), handoff("t2", 1, "a", HandoffStatus::Done));
    let mut skipped = unended.clone();
    skipped.accepts(&lead(), close_task("t2", Unmet::Skipped));
    vec![
        of("what a finished task needs was opened again", again),
        of(
            "what a task needs that was finished unseen was opened again",
            bare,
        ),
        of("what a finished task needs was only named", named),
        of("what an open task needs was only named", unended),
        of("what a skipped task needs was only named", skipped),
    ]
}

/// Work of `a`, whose review `b` holds.
fn reviewed() -> World {
    let mut world = World::unlimited().agents(&["a", "b"]);
    world.declare_gated("t1", &["review"]);
    world.finish("t1", "a");
    world.accepts(&lead(), request_gate("t1", 1, "review", "agent:b"));
    world
}

/// A task that is called blocked, by a handoff or by a wait of its own.
fn called_blocked(by_wait: bool, more: impl FnOnce(&mut World)) -> Vec<orch_core::record::Record> {
    let mut world = World::unlimited().agents(&["a"]).tasks(&["t0"]);
    world.declare_after("t1", &[]);
    let said = if by_wait {
        let (who, on) = (WaitRef::Task(task("t1")), WaitRef::Lock(label("something")));
        world.happens(
            &import(),
            WaitDeclared {
                who,
                on,
                until: None,
            },
        );
        world.mission.head()
    } else {
        world.start("t1", "a");
        world.hand("t1", HandoffStatus::Blocked)
    };
    more(&mut world);
    let gap = json!({"source": {"gaps": ["blocked_on"]}});
    imported(&world, &[(usize::try_from(said.0).unwrap(), gap)])
}

fn needs_more(world: &mut World) {
    let mut amendment = orch_core::event::correction::Amendment::default();
    amendment.add_needs = vec![Need::accepted(task("t0"))];
    let change = Change::Amend(Box::new(amendment));
    world.accepts(&lead(), correct("t1", change));
}

fn of_gates_and_blocks() -> Vec<Situation> {
    let mut gone = reviewed();
    gone.leaves("b");
    let mut unheld = World::unlimited().agents(&["a"]);
    unheld.declare_gated("t1", &["review"]);
    unheld.finish("t1", "a");
    let unblock = |world: &mut World| {
        world.accepts(&lead(), correct("t1", Change::Unblock));
    };
    let again = |world: &mut World| {
        world.accepts(&lead(), correct("t1", Change::Unblock));
        world.start("t1", "a");
        world.hand("t1", HandoffStatus::Blocked);
    };
    vec![
        of("a reviewer holds a gate", reviewed()),
        of("a reviewer who holds a gate left", gone),
        of("nobody holds a gate", unheld),
        (
            "a task was handed back blocked on something",
            called_blocked(false, |_| ()),
            Vec::new(),
        ),
        (
            "a blocked task needs another",
            called_blocked(false, needs_more),
            Vec::new(),
        ),
        (
            "a blocked task goes on",
            called_blocked(false, unblock),
            Vec::new(),
        ),
        (
            "a blocked task is blocked again",
            called_blocked(false, again),
            Vec::new(),
        ),
        (
            "a task waits for something",
            called_blocked(true, |_| ()),
            Vec::new(),
        ),
        (
            "a task that waits needs another",
            called_blocked(true, needs_more),
            Vec::new(),
        ),
        (
            "a task that waited goes on",
            called_blocked(true, unblock),
            Vec::new(),
        ),
    ]
}

fn asks(from: &str, to: &str) -> Command {
    Command::Send(Message {
        task: Some(task("t1")),
        ..message(from, to, MessageClass::Question, "which?")
    })
}

fn of_debts() -> Vec<Situation> {
    let mut blocked = World::unlimited().agents(&["a", "b"]).tasks(&["t1", "t2"]);
    blocked.start("t1", "a");
    let on_b = Handoff {
        blocked_on: Some(party("agent:b")),
        ..blocked.handoff("t1", HandoffStatus::Blocked)
    };
    blocked.accepts(&by("a"), Command::Handoff(on_b));
    let mut gone = blocked.clone();
    gone.leaves("b");
    blocked.start("t2", "b");
    let mut asked = World::unlimited().agents(&["a", "b"]).tasks(&["t1"]);
    asked.accepts(&lead(), asks("human:ada", "agent:a"));
    let mut left = asked.clone();
    left.leaves("a");
    let mut itself = World::unlimited().agents(&["a"]).tasks(&["t1"]);
    itself.happens(
        &lead(),
        Message {
            task: Some(task("t1")),
            ..message("human:ada", "lead", MessageClass::Question, "shall I?")
        },
    );
    let mut lead_went_on = World::unlimited().agents(&["a"]).tasks(&["t1"]);
    lead_went_on.start("t1", "a");
    lead_went_on.accepts(&by("a"), asks("agent:a", "lead"));
    lead_went_on.declare_after("t9", &[]);
    vec![
        of("a task is blocked on who went on", blocked),
        of("a task is blocked on who left", gone),
        of("a question was just asked", asked),
        of("a question was put to who left", left),
        of("the lead asks themselves", itself),
        of("the lead was asked, and went on", lead_went_on),
    ]
}

/// A task with two parts, of which so many are over.
fn parted(n_over: usize, parent: impl FnOnce(&mut World)) -> World {
    let mut world = World::unlimited().agents(&["a"]).tasks(&["whole"]);
    for id in ["p1", "p2"] {
        world.declare(TaskDeclared {
            parent: Some(task("whole")),
            ..TaskDeclared::new(task(id), id)
        });
    }
    parent(&mut world);
    for id in ["p1", "p2"].iter().take(n_over) {
        world.accepts(&lead(), close_task(id, Unmet::Skipped));
    }
    world
}

fn of_parts() -> Vec<Situation> {
    let finish = |world: &mut World| {
        world.finish("whole", "a");
    };
    let start = |world: &mut World| {
        world.start("whole", "a");
    };
    let mut named = World::unlimited();
    let part = TaskDeclared {
        parent: Some(task("whole")),
        ..TaskDeclared::new(task("p1"), "p1")
    };
    named.happens(&import(), part);
    named.happens(
        &Actor::Host,
        orch_core::event::task::TaskClosed {
            task: task("p1"),
            outcome: Unmet::Skipped,
            reason: "not needed".to_owned(),
        },
    );
    vec![
        of("a task is open, and one of its parts", parted(1, |_| ())),
        of("a task is open, and its parts are over", parted(2, |_| ())),
        of(
            "a task is at work, and its parts are over",
            parted(2, start),
        ),
        of(
            "a task is finished, and none of its parts",
            parted(0, finish),
        ),
        of(
            "a task is finished, and its parts are over",
            parted(2, finish),
        ),
        of("a task was only named, and its part is over", named),
    ]
}
