//! Late evidence: kept, shown, and adopted when somebody says so.

use orch_core::codes::Code;
use orch_core::command::Command;
use orch_core::diagnosis::Cause;
use orch_core::event::attempt::{AttemptEnd, HandoffStatus};
use orch_core::event::clock::{ClockKind, ClockSubject, Timeout};
use orch_core::event::correction::Change;
use orch_core::ids::AttemptNo;
use orch_core::mission::Liveness;
use orch_core::party::Actor;
use orch_core::policy::Millis;
use orch_core::status::attempt::AttemptStatus;
use orch_core::status::task::TaskStatus;

use super::{dispatched, in_status};
use crate::support::*;

// spec: FENCE-2
#[test]
fn late_evidence_is_listed_with_its_reason_and_adopted_by_a_correction() {
    // D05: no newer attempt exists, so the real `done` counts once somebody says so.
    let mut world = in_status(TaskStatus::Running);
    let killed = Command::EndAttempt(ended("t1", 1, "a", AttemptEnd::Killed));
    world.accepts(&Actor::Host, killed);
    let done = Command::Handoff(handoff("t1", 1, "a", HandoffStatus::Done));
    let seq = world.late(&by("a"), done, Code::DuplicateTerminal);
    let late = &world.mission.late_evidence()[0];
    assert_eq!(
        (late.seq, late.code, late.adopted),
        (seq, Code::DuplicateTerminal, None)
    );
    assert_eq!(
        (late.by.as_str(), late.kind.as_str()),
        ("agent:a#1", "handoff")
    );
    let adopted = world.accepts(&lead(), correct("t1", Change::Adopt { seq }));
    assert_eq!(world.status("t1"), TaskStatus::Accepted);
    assert_eq!(world.mission.late_evidence()[0].adopted, Some(adopted));
}

// spec: FENCE-2, CORRECT-1
#[test]
fn adopting_what_an_older_attempt_said_fences_the_newer_one() {
    // D05: beside a newer attempt, late evidence waits until somebody decides.
    let mut world = in_status(TaskStatus::Running);
    world.accepts(&lead(), correct("t1", Change::Reopen));
    world.start("t1", "b");
    let done = Command::Handoff(handoff("t1", 1, "a", HandoffStatus::Done));
    let seq = world.late(&by("a"), done, Code::Fenced);
    assert_eq!(world.owner("t1"), agent("b"));
    world.accepts(&lead(), correct("t1", Change::Adopt { seq }));
    assert_eq!(world.status("t1"), TaskStatus::Accepted);
    let theirs = Command::Handoff(handoff("t1", 2, "b", HandoffStatus::Failed));
    let Ok(orch_core::decide::Decision::Late { .. }) = world.decide(&by("b"), &theirs) else {
        panic!("the newer attempt is over");
    };
}

// spec: FENCE-2
#[test]
fn only_evidence_about_the_task_itself_can_be_adopted() {
    let world = in_status(TaskStatus::Running);
    let elsewhere = world.view("next").since().seq;
    let adopt = correct("t1", Change::Adopt { seq: elsewhere });
    let (_, imposed) = world.forbids(&lead(), adopt, Code::NotEvidence);
    assert_eq!(imposed.status("t1"), TaskStatus::Running);
    let seq = world.mission.head().next().next();
    let adopt = correct("t1", Change::Adopt { seq });
    world.rejects(&lead(), adopt, Code::NotEvidence);
}

// spec: FENCE-2
#[test]
fn signs_of_life_of_a_closed_attempt_are_counted() {
    let mut world = in_status(TaskStatus::Cancelled);
    world.happens(&import(), dispatched("t1", 1, "a"));
    world.accepts(&lead(), correct("t1", Change::Reopen));
    for _ in 0..3 {
        world.late(&by("a"), Command::Beat(beat("t1", 1, "a")), Code::Fenced);
    }
    assert_eq!(world.view("t1").attempts().next().unwrap().late_signs(), 3);
}

// spec: TIME-3, FENCE-1
#[test]
fn a_false_stall_takes_nothing_from_a_worker_that_is_alive() {
    // D05: a start timeout makes an attempt suspect; its next word clears that.
    let mut world = in_status(TaskStatus::Dispatched);
    let subject = ClockSubject::Attempt {
        task: task("t1"),
        attempt: AttemptNo(1),
    };
    let limit_ms = Some(Millis::seconds(30));
    let stalled = Timeout {
        clock: ClockKind::Start,
        subject,
        limit_ms,
        due: world.now,
    };
    world.happens(&import(), stalled);
    let token = world.view("t1").token().unwrap();
    assert_eq!(
        (token.liveness(), token.status()),
        (Liveness::Suspect, AttemptStatus::Dispatched)
    );
    assert_eq!(world.causes("t1")[0], Cause::NoProgress);
    world.accepts(&by("a"), Command::Beat(beat("t1", 1, "a")));
    assert_eq!(
        world.view("t1").token().unwrap().liveness(),
        Liveness::Alive
    );
    world.hand("t1", HandoffStatus::Done);
    assert_eq!(world.status("t1"), TaskStatus::Accepted);
}

// spec: FENCE-1, CORRECT-2
#[test]
fn a_lead_that_forgot_cannot_hand_finished_or_running_work_out_again() {
    // D18: after a compaction the lead believes that nothing was done.
    let mut world = World::new()
        .agents(&["a", "b", "c"])
        .tasks(&["t1", "t2", "t3"]);
    for (id, who) in [("t1", "a"), ("t2", "b"), ("t3", "c")] {
        let mut order = orch_core::command::Dispatch::new(task(id), name(who));
        order.branch = Some("e2e-wiring".to_owned());
        world.accepts(&lead(), Command::Dispatch(order));
        world.accepts(&by(who), started(1, id, &agent(who)));
    }
    world.hand("t1", HandoffStatus::Done);
    world.hand("t2", HandoffStatus::Done);
    world.forbids(&lead(), dispatch("t1", "a"), Code::DispatchAfterSuccess);
    world.forbids(&lead(), dispatch("t2", "a"), Code::DispatchAfterSuccess);
    world.forbids(&lead(), dispatch("t3", "a"), Code::ParallelAttempts);
    // The state is enough to remember by: what is done, who has what, and where.
    let running = world.mission.in_flight().next().unwrap();
    assert_eq!(
        (running.agent(), running.branch()),
        (agent("c"), Some("e2e-wiring"))
    );
    assert_eq!(world.mission.counts().done, 2);
}
