//! Who may say what: about other agents, other tasks, and results they did not ask for.

use orch_core::codes::Code;
use orch_core::command::Join;
use orch_core::event::agent::{Shutdown, ShutdownStage};
use orch_core::event::talk::{Receipt, WaitDeclared, WaitRef};
use orch_core::view::ObstacleKind;

use super::*;

fn stop(who: &str, stage: ShutdownStage) -> Command {
    Command::Shutdown(Shutdown {
        agent: agent(who),
        stage,
        reason: "the work is over".to_owned(),
    })
}

// spec: AUTH-1
#[test]
fn an_agent_does_not_pause_the_task_of_somebody_else() {
    let world = World::new().agents(&["a", "b"]).tasks(&["t1"]);
    let paused = WaitDeclared {
        who: WaitRef::Task(task("t1")),
        on: WaitRef::Lock(label("database")),
        until: None,
    };
    world.rejects(&by("b"), Command::Wait(paused.clone()), Code::NotAuthorised);
    let mut imposed = imposed(&world, &by("b"), paused);
    assert_eq!(imposed.mission.late_evidence()[0].code, Code::NotAuthorised);
    assert_eq!(imposed.mission.ready(imposed.now), [&task("t1")]);
    imposed.dispatch("t1", "a");
}

// spec: AUTH-1, COMPLETE-1
#[test]
fn a_result_is_not_read_by_somebody_without_authority() {
    let mut world = World::new().agents(&["a", "b"]).tasks(&["t1"]);
    let result = world.finish("t1", "a");
    let read = Receipt { of: vec![result] };
    world.rejects(
        &by("b"),
        Command::Receipt(read.clone()),
        Code::NotAuthorised,
    );
    let imposed = imposed(&world, &by("b"), read.clone());
    assert_eq!(imposed.mission.obstacles()[0].kind, ObstacleKind::Result);
    world.accepts(&lead(), Command::Receipt(read));
    assert_eq!(world.mission.obstacles(), []);
}

// spec: NAME-1, AUTH-1
#[test]
fn an_agent_lets_nobody_but_itself_join() {
    let mut world = World::new().agents(&["a", "b"]);
    world.rejects(&by("a"), join("z"), Code::NotAuthorised);
    world.rejects(&by("ghost"), join("z"), Code::UnknownIncarnation);
    let alias = Command::Join(Join {
        agent: name("b"),
        roles: vec![label("lead")],
        session: None,
        alias: true,
    });
    world.rejects(&by("a"), alias, Code::NotAuthorised);
    world.accepts(&by("z"), join("z"));
    assert!(world.mission.live_agent(&name("z")).is_some());
}

// spec: SHUT-2, FENCE-1
#[test]
fn whoever_is_gone_lets_nobody_join_and_is_only_late() {
    let mut left = World::new().agents(&["a"]);
    left.accepts(&by("a"), leave("a"));
    left.late(&by("a"), join("z"), Code::Fenced);
    let mut terminated = World::new().agents(&["a"]);
    for stage in [ShutdownStage::Requested, ShutdownStage::Terminated] {
        terminated.accepts(&lead(), stop("a", stage));
    }
    terminated.late(&by("a"), join("z"), Code::Zombie);
    for (world, code) in [(left, Code::Fenced), (terminated, Code::Zombie)] {
        assert!(world.mission.live_agent(&name("z")).is_none());
        assert_eq!(world.mission.late_evidence()[0].code, code);
    }
}

// spec: SHUT-1, SHUT-2
#[test]
fn stopping_an_agent_that_left_changes_nothing_and_its_beat_is_late() {
    let mut world = World::new().agents(&["a"]).tasks(&["t1"]);
    world.dispatch("t1", "a");
    let left = world.accepts(&by("a"), leave("a"));
    let stop = stop("a", ShutdownStage::Requested);
    assert_eq!(world.changes_nothing(&lead(), stop), left);
    world.late(&by("a"), Command::Beat(beat("t1", 1, "a")), Code::Fenced);
    assert_eq!(world.mission.obligations(), []);
    assert_eq!(world.mission.ready(world.now), [&task("t1")]);
    world.accepts(&Actor::Host, join("a"));
}
