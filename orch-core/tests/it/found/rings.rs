//! Rings: of needs, of successors, of parents, and of specifications.

use orch_core::codes::Code;
use orch_core::event::correction::Correction;
use orch_core::event::task::{Need, TaskDeclared};
use orch_core::view::Readiness;

use super::*;

fn superseded_by(by: &str) -> Change {
    Change::Supersede { by: task(by) }
}

fn under(parent: &str) -> Change {
    amend(|change| change.parent = Some(task(parent)))
}

fn corrected(id: &str, change: Change) -> Correction {
    let Command::Correct(data) = correct(id, change) else {
        panic!("{id}")
    };
    data
}

fn of_kind(id: &str, kind: &str) -> TaskDeclared {
    TaskDeclared {
        kind: Some(label(kind)),
        ..TaskDeclared::new(task(id), id)
    }
}

// spec: CORRECT-2
#[test]
fn a_task_is_not_superseded_by_one_that_leads_back_to_it() {
    let mut world = World::new().tasks(&["a", "b", "c"]);
    world.accepts(&lead(), correct("a", superseded_by("b")));
    world.accepts(&lead(), correct("c", superseded_by("a")));
    let ring = correct("a", superseded_by("c"));
    world.rejects(&lead(), ring, Code::UnknownSuccessor);
    let imposed = imposed(&world, &import(), corrected("a", superseded_by("c")));
    assert_eq!(imposed.anomalies(), [Code::UnknownSuccessor]);
    assert_eq!(imposed.view("a").superseded_by(), Some(&task("b")));
}

// spec: DEP-3, CORRECT-2
#[test]
fn a_task_is_not_superseded_by_one_that_needs_it() {
    let mut world = World::new().tasks(&["a"]);
    world.declare_after("c", &["a"]);
    world.declare_after("b", &["c"]);
    let ring = correct("a", superseded_by("b"));
    world.rejects(&lead(), ring, Code::DepCycle);
    assert_eq!(world.mission.ready(world.now), [&task("a")]);
    let imposed = imposed(&world, &import(), corrected("a", superseded_by("b")));
    assert_eq!(imposed.anomalies(), [Code::DepCycle]);
    assert!(!imposed.mission.roots(imposed.now).is_empty());
}

// spec: DEP-3, COMPLETE-2
#[test]
fn a_specification_does_not_need_an_implementation_that_waits_for_it() {
    let mut world = World::new();
    world.declare(of_kind("i", "implement"));
    let spec = TaskDeclared {
        needs: vec![Need::accepted(task("i"))],
        ..of_kind("s", "spec")
    };
    let command = Command::DeclareTask(spec.clone());
    world.rejects(&lead(), command, Code::DepCycle);
    let imposed = imposed(&world, &import(), spec);
    assert_eq!(imposed.anomalies(), [Code::DepCycle]);
    assert!(!imposed.mission.roots(imposed.now).is_empty());
}

// spec: COMPLETE-2, CORRECT-1
#[test]
fn an_implementation_waits_for_the_task_that_carries_its_specification_on() {
    let mut world = World::new().agents(&["a"]);
    world.declare(of_kind("s1", "spec"));
    world.declare(of_kind("i", "implement"));
    world.declare(TaskDeclared::new(task("s2"), "s2"));
    world.accepts(&lead(), correct("s1", superseded_by("s2")));
    let readiness = world.mission.readiness(&task("i"), world.now);
    assert!(matches!(readiness, Some(Readiness::Waiting { .. })));
    world.rejects(&lead(), dispatch("i", "a"), Code::SpecFirst);
    world.finish("s2", "a");
    let readiness = world.mission.readiness(&task("i"), world.now);
    assert_eq!(readiness, Some(Readiness::Ready));
    world.dispatch("i", "a");
}

// spec: COUNT-1
#[test]
fn a_task_is_not_put_under_itself_or_under_its_own_part() {
    let mut world = World::new().tasks(&["t1", "t2"]);
    world.rejects(&lead(), correct("t1", under("t1")), Code::DepCycle);
    world.accepts(&lead(), correct("t2", under("t1")));
    world.rejects(&lead(), correct("t1", under("t2")), Code::DepCycle);
    assert_eq!(world.view("t1").parent(), None);
}

// spec: DEP-3
#[test]
fn a_task_cannot_need_one_that_goes_on_under_it() {
    let mut world = World::new().tasks(&["a", "b"]);
    world.accepts(&lead(), correct("b", superseded_by("a")));
    let needs = amend(|change| change.add_needs = vec![Need::accepted(task("b"))]);
    world.rejects(&lead(), correct("a", needs.clone()), Code::DepCycle);
    let imposed = imposed(&world, &import(), corrected("a", needs));
    assert_eq!(imposed.anomalies(), [Code::DepCycle]);
}

// spec: DEP-3
#[test]
fn a_superseded_task_is_not_reopened_into_a_cycle() {
    let mut world = World::new().tasks(&["a", "c"]);
    world.declare_after("b", &["a"]);
    world.accepts(&lead(), correct("b", superseded_by("c")));
    // What needs `b` needs `c` now, so this closes no cycle yet.
    let needs = amend(|change| change.add_needs = vec![Need::accepted(task("b"))]);
    world.accepts(&lead(), correct("a", needs));
    world.rejects(&lead(), correct("b", Change::Reopen), Code::DepCycle);
    let away = amend(|change| change.remove_needs = vec![task("a")]);
    world.accepts(&lead(), correct("b", away));
    world.accepts(&lead(), correct("b", Change::Reopen));
    assert_eq!(world.mission.ready(world.now), [&task("c"), &task("b")]);
}
