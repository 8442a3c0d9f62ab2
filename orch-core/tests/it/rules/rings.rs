//! Rings of waits: of needs alone, of mixed kinds, and of somebody who waits for themselves.

use orch_core::command::Command;
use orch_core::diagnosis::{Blocker, Cause, Verdict, WaitKind};
use orch_core::event::attempt::HandoffStatus;
use orch_core::event::talk::{MessageClass, WaitDeclared, WaitRef};
use orch_core::party::{Actor, Party};

use crate::support::*;

fn waits(who: &str, on: &str) -> Command {
    Command::Wait(WaitDeclared {
        who: WaitRef::parse(who).unwrap(),
        on: WaitRef::parse(on).unwrap(),
        until: None,
    })
}

fn question(id: &str, from: &str, to: &str) -> Command {
    let mut message = message(from, to, MessageClass::Question, "which one?");
    message.task = Some(task(id));
    Command::Send(message)
}

fn ring(world: &World) -> Option<Blocker> {
    let causes = world.mission.diagnose(world.now).causes;
    causes.into_iter().find(|it| it.cause.is_cycle())
}

fn kinds(ring: &Blocker) -> Vec<WaitKind> {
    ring.ring.iter().map(|step| step.kind).collect()
}

fn verdict(world: &World) -> Verdict {
    world.mission.diagnose(world.now).verdict
}

// spec: DEP-3
#[test]
fn agents_that_wait_for_each_other_are_a_ring_from_the_record_that_closes_it() {
    // D17: both say running until their clocks run out.
    let mut world = World::new().agents(&["a", "b"]).tasks(&["t1"]);
    world.accepts(&Actor::Host, waits("agent:a", "agent:b"));
    assert!(ring(&world).is_none());
    let closing = world.accepts(&Actor::Host, waits("agent:b", "agent:a"));
    let found = ring(&world).unwrap();
    assert_eq!((found.cause, found.since.seq), (Cause::WaitCycle, closing));
    assert_eq!(kinds(&found), [WaitKind::Wait, WaitKind::Wait]);
    assert_eq!(verdict(&world), Verdict::Deadlocked);
    // One hears from the other, and goes on.
    let fyi = Command::Send(message("agent:b", "agent:a", MessageClass::Fyi, "go on"));
    world.accepts(&by("b"), fyi);
    assert!(ring(&world).is_none());
}

// spec: DEP-3, NOTE-1
#[test]
fn a_ring_of_mixed_kinds_names_each_kind_and_tells_its_victims_apart() {
    // D17, with a job between them, and others outside who wait for those inside.
    let mut world = World::new().agents(&["a", "b", "c"]).tasks(&["t1", "t3"]);
    world.declare_after("t2", &["t1"]);
    world.start("t1", "a");
    world.accepts(&Actor::Host, waits("job:build", "agent:b"));
    world.accepts(&by("a"), waits("agent:a", "job:build"));
    world.accepts(&by("c"), waits("agent:c", "agent:a"));
    assert!(ring(&world).is_none());
    let closing = world.accepts(&by("b"), waits("agent:b", "task:t1"));
    let found = ring(&world).unwrap();
    assert_eq!((found.cause, found.since.seq), (Cause::WaitCycle, closing));
    let mut kinds = kinds(&found);
    kinds.sort_unstable();
    assert_eq!(
        kinds,
        [
            WaitKind::Wait,
            WaitKind::Wait,
            WaitKind::Wait,
            WaitKind::Work
        ]
    );
    let victims: Vec<String> = found.victims.iter().map(ToString::to_string).collect();
    assert_eq!(victims, ["task:t2", "agent:c"]);
    assert!(found.because.contains(&closing));
}

// spec: DEP-3, NOTE-1, GATE-2
#[test]
fn questions_that_go_round_are_a_ring_until_one_of_the_agents_has_other_work() {
    let mut world = World::new().agents(&["a", "b"]).tasks(&["t1", "t2", "t3"]);
    world.start("t1", "a");
    world.start("t2", "b");
    world.accepts(&by("a"), question("t1", "agent:a", "agent:b"));
    assert!(ring(&world).is_none());
    world.accepts(&by("b"), question("t2", "agent:b", "agent:a"));
    let found = ring(&world).unwrap();
    assert_eq!(found.cause, Cause::WaitCycle);
    assert_eq!(
        kinds(&found),
        [
            WaitKind::Answer,
            WaitKind::Work,
            WaitKind::Answer,
            WaitKind::Work
        ]
    );
    assert_eq!(verdict(&world), Verdict::Deadlocked);
    // It can work on something else, and answer while it does.
    world.start("t3", "b");
    assert!(ring(&world).is_none());
}

// spec: DEP-3
#[test]
fn a_ring_that_only_one_of_several_leads_into_is_none() {
    let mut world = World::with(|policy| policy.wip.mission = Some(2))
        .agents(&["a", "b"])
        .tasks(&["t1", "t2", "t3"]);
    world.start("t1", "a");
    world.start("t2", "b");
    // t3 waits for a place, and t1 for t3; t2 may yet give its place up.
    world.accepts(&by("a"), waits("task:t1", "task:t3"));
    assert!(ring(&world).is_none());
    world.accepts(&by("b"), waits("task:t2", "task:t3"));
    let found = ring(&world).unwrap();
    assert_eq!(found.cause, Cause::WaitCycle);
    assert!(kinds(&found).contains(&WaitKind::Slot));
}

// spec: DEP-3
#[test]
fn an_agent_that_waits_for_what_only_it_can_bring_about_waits_for_itself() {
    // D20: suspended, waiting for its own open step.
    let mut world = World::new().agents(&["a", "b"]).tasks(&["t1"]);
    world.declare_after("t2", &["t1"]);
    world.start("t1", "a");
    world.accepts(&by("a"), waits("agent:a", "task:t2"));
    let found = ring(&world).unwrap();
    assert_eq!(found.cause, Cause::SelfWait);
    world.accepts(&by("a"), waits("agent:a", "job:build"));
    assert!(ring(&world).is_none());
}

// spec: DEP-3
#[test]
fn a_ring_is_listed_while_something_else_moves() {
    let mut world = World::new().agents(&["a", "b", "c"]).tasks(&["t1"]);
    world.accepts(&Actor::Host, waits("agent:a", "agent:b"));
    world.accepts(&Actor::Host, waits("agent:b", "agent:a"));
    world.start("t1", "c");
    assert!(ring(&world).is_some());
    assert_eq!(verdict(&world), Verdict::Moving);
}

// spec: DEP-3
#[test]
fn a_tail_that_leads_into_a_ring_is_a_victim_and_does_not_go_round() {
    let mut world = World::new().agents(&["a", "b", "c", "d"]);
    for (who, on) in [("d", "c"), ("c", "a"), ("a", "b"), ("b", "a")] {
        world.accepts(
            &Actor::Host,
            waits(&format!("agent:{who}"), &format!("agent:{on}")),
        );
    }
    let found = ring(&world).unwrap();
    let victims: Vec<String> = found.victims.iter().map(ToString::to_string).collect();
    assert_eq!(
        (found.ring.len(), victims),
        (2, vec!["agent:c".to_owned(), "agent:d".to_owned()])
    );
}

// spec: NOTE-1
#[test]
fn the_wait_of_an_agent_is_over_once_it_gets_on_with_work() {
    let mut world = World::new().agents(&["a", "b"]).tasks(&["t1"]);
    world.start("t1", "a");
    world.accepts(&by("a"), waits("agent:a", "lock:files"));
    let blocker = &world.blockers("t1")[0];
    assert_eq!(
        (blocker.cause, &blocker.next),
        (Cause::PausedBy, &Party::Lead)
    );
    world.accepts(&by("a"), Command::Progress(progress("t1", 1, "a")));
    assert_eq!(world.blockers("t1")[0].cause, Cause::InProgress);
    world.hand("t1", HandoffStatus::Done);
}

// spec: RETRY-2
#[test]
fn a_task_is_diagnosed_by_the_ends_of_its_chains() {
    let mut world = World::new().agents(&["a"]).tasks(&["first"]);
    world.declare_after("second", &["first"]);
    world.dispatch("first", "a");
    let found = world.mission.diagnose_task(&task("second"), world.now);
    let found = found.unwrap();
    let ends: Vec<_> = found
        .causes
        .iter()
        .map(|it| (it.cause, it.task.clone()))
        .collect();
    assert_eq!(ends, [(Cause::DispatchedNotStarted, Some(task("first")))]);
    assert_eq!(found.verdict, Verdict::Waiting);
    let verdict = world.mission.verdict_of(&task("second"), world.now);
    assert_eq!(verdict, Some(Verdict::Waiting));
    assert_eq!(world.mission.verdict_of(&task("none"), world.now), None);
}
