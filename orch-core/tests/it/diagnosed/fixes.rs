//! What would clear a cause where more than one thing could: who is asked first, and for what.

use std::fmt::Write as _;

use orch_core::command::{Command, Join};
use orch_core::event::attempt::{AttemptEnd, Handoff, HandoffStatus};
use orch_core::event::correction::Change;
use orch_core::event::task::TaskDeclared;
use orch_core::mission::Mission;
use orch_core::party::Actor;
use serde_json::json;

use super::{Situation, waits};
use crate::linted::imported;
use crate::support::*;

// spec: DECIDE-3, GATE-2, FENCE-2, CORRECT-1
#[test]
fn what_would_clear_each_cause_where_there_is_a_choice() {
    let mut page = String::new();
    for (what, world) in situations() {
        writeln!(page, "# {what}").unwrap();
        for cause in world.mission.diagnose(world.now).causes {
            writeln!(page, "{}: {}", cause.cause, cause.detail).unwrap();
            for fix in cause.fixes {
                let command = serde_json::to_string(&fix.command).unwrap();
                writeln!(page, "  {}: {command}", fix.by).unwrap();
            }
        }
    }
    insta::assert_snapshot!(page);
}

/// Agents with a role each.
fn with_roles(world: &mut World, who: &[(&str, &str)]) {
    for (who, role) in who {
        let join = Join {
            agent: name(who),
            roles: vec![label(role)],
            session: None,
            alias: false,
        };
        world.accepts(&Actor::Host, Command::Join(join));
    }
}

fn reviewed(holder: Option<&str>, others: &[(&str, &str)]) -> World {
    let mut world = World::unlimited().agents(&["a"]);
    with_roles(&mut world, others);
    world.declare_gated("t1", &["review"]);
    world.finish("t1", "a");
    if let Some(holder) = holder {
        world.accepts(&lead(), request_gate("t1", 1, "review", holder));
    }
    world
}

/// Work of `a`, who is gone, and what was said too late about it.
fn lost(late: &[Handoff]) -> World {
    let mut world = World::unlimited().agents(&["a"]).tasks(&["t1", "t2"]);
    world.start("t1", "a");
    let lost = ended("t1", 1, "a", AttemptEnd::Lost);
    world.accepts(&Actor::Host, Command::EndAttempt(lost));
    for handoff in late {
        world.happens(&by("a"), handoff.clone());
    }
    world
}

/// The only place is taken by work of which nobody knows whose it is.
fn unknown_owner() -> World {
    let mut world = World::with(|policy| policy.wip.mission = Some(1)).agents(&["a", "b"]);
    world = world.tasks(&["t1", "t2"]);
    world.happens(&import(), crate::rules::stage::dispatched("t1", 1, "a"));
    let nameless = json!({"source": {"gaps": ["assignee"]}});
    world.records = imported(&world, &[(6, nameless)]);
    world.mission = Mission::fold(&world.records);
    assert!(world.view("t1").token().unwrap().is_owner_unknown());
    world
}

fn situations() -> Vec<Situation> {
    let mut ring = reviewed(Some("agent:b"), &[("b", "review")]);
    ring.accepts(&by("b"), Command::Wait(waits("agent:b", "task:t1")));
    let mut role = World::unlimited();
    with_roles(&mut role, &[("z", "docs"), ("b", "web"), ("c", "docs")]);
    role.declare(TaskDeclared {
        role: Some(label("web")),
        ..TaskDeclared::new(task("t1"), "a page")
    });
    let late = |status| handoff("t1", 1, "a", status);
    let mut contradictory = late(HandoffStatus::Done);
    contradictory.remaining = vec!["the rest".to_owned()];
    let mut adopted = lost(&[late(HandoffStatus::Done)]);
    let said = adopted.mission.head();
    adopted.accepts(&lead(), correct("t1", Change::Adopt { seq: said }));
    vec![
        ("a ring through a gate", ring),
        (
            "a gate that nobody holds, and a reviewer beside another",
            reviewed(None, &[("b", "docs"), ("c", "review")]),
        ),
        (
            "a gate that nobody holds, and nobody but its author",
            reviewed(None, &[]),
        ),
        (
            "a gate that its holder can decide",
            reviewed(Some("agent:b"), &[("b", "review")]),
        ),
        ("a task for a role that one of three has", role),
        ("the place is taken by nobody knows whom", unknown_owner()),
        ("lost work of which nothing more was said", lost(&[])),
        (
            "lost work that was said to be done after all",
            lost(&[late(HandoffStatus::Done)]),
        ),
        (
            "lost work that was said to be done, and then to have failed",
            lost(&[late(HandoffStatus::Done), late(HandoffStatus::Failed)]),
        ),
        ("lost work that contradicts itself", lost(&[contradictory])),
        ("lost work that was adopted", adopted),
    ]
}
