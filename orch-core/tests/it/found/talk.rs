//! Talk: questions nobody waits for any more, answers that come too late, and readers who left.

use orch_core::codes::Code;
use orch_core::command::OpenMission;
use orch_core::event::clock::{ClockSubject, Timeout};
use orch_core::event::mission::{MissionClosed, MissionOutcome};
use orch_core::event::talk::{WaitDeclared, WaitRef};
use orch_core::status::task::TaskStatus;
use orch_core::view::Readiness;

use super::*;

fn asks(about: Option<&str>) -> Command {
    says("agent:a", "agent:b", MessageClass::Question, about)
}

/// `a` works on `t1` and has asked `b` about it.
fn asked() -> World {
    let mut world = World::new().agents(&["a", "b"]).tasks(&["t1", "t2"]);
    world.start("t1", "a");
    world.accepts(&by("a"), asks(Some("t1")));
    assert_eq!(owed(&world), [ObligationKind::Answer]);
    assert_eq!(causes(&world, "t1"), [Cause::NeedsInput]);
    world
}

// spec: CORRECT-1, NOTE-1
#[test]
fn the_question_of_an_attempt_that_is_fenced_is_not_waited_for_any_more() {
    let forced = MissionClosed {
        outcome: MissionOutcome::Cancelled,
        forced: true,
        reason: "out of money".to_owned(),
    };
    let rebound = Change::Rebind {
        to: agent("b"),
        attempt: AttemptNo(2),
    };
    let fences = [
        (lead(), correct("t1", rebound)),
        (lead(), correct("t1", Change::Reopen)),
        (lead(), correct("t1", Change::Supersede { by: task("t2") })),
        (lead(), Command::CloseMission(forced)),
        (by("a"), leave("a")),
    ];
    for (actor, fence) in fences {
        let mut world = asked();
        world.accepts(&actor, fence.clone());
        assert_eq!(owed(&world), [], "{fence:?}");
        assert_eq!(world.view("t1").open_question(), None);
    }
}

// spec: NOTE-1
#[test]
fn what_was_asked_to_be_done_stays_owed_when_the_attempt_that_asked_is_fenced() {
    let mut world = asked();
    let request = says("agent:a", "agent:b", MessageClass::Actionable, Some("t1"));
    let opened = world.accepts(&by("a"), request);
    world.accepts(&lead(), correct("t1", Change::Reopen));
    let left = world.mission.obligations();
    assert_eq!(left.len(), 1);
    assert_eq!(
        (left[0].kind, left[0].opened.seq),
        (ObligationKind::Reply, opened)
    );
}

// spec: NOTE-1, RETRY-2
#[test]
fn a_reply_owed_on_a_cancelled_task_by_somebody_who_left_is_the_leads_to_settle() {
    let mut world = World::new().agents(&["a", "b"]).tasks(&["t1"]);
    world.start("t1", "a");
    let request = says("agent:a", "agent:b", MessageClass::Actionable, Some("t1"));
    let opened = world.accepts(&by("a"), request);
    world.accepts(&lead(), close_task("t1", Unmet::Cancelled));
    world.accepts(&by("b"), leave("b"));
    let left = &world.mission.obligations()[0];
    assert_eq!(
        (&left.owed_by, &left.next),
        (&party("agent:b"), &party("lead"))
    );
    let reply = message("human:ada", "agent:a", MessageClass::Fyi, "never mind");
    let reply_to = Some(opened);
    world.accepts(&lead(), Command::Send(Message { reply_to, ..reply }));
    world.accepts(&lead(), close(MissionOutcome::Completed));
}

// spec: NOTE-1, TIME-3
#[test]
fn going_on_after_the_second_of_two_questions_ran_out_of_time_is_marked() {
    let mut world = asked();
    let second = world.accepts(&by("a"), asks(Some("t1")));
    let expired = Timeout {
        clock: ClockKind::Reply,
        subject: ClockSubject::Message(second),
        limit_ms: None,
        due: world.now,
    };
    world.happens(&Actor::Host, expired);
    let report = progress("t1", 1, "a");
    let code = Code::ProceededWithoutAnswer;
    world.rejects(&by("a"), Command::Progress(report.clone()), code);
    world.happens(&by("a"), report);
    assert_eq!(world.anomalies(), [code]);
}

// spec: NAME-2
#[test]
fn a_message_to_the_lead_by_role_is_undeliverable_when_the_lead_is_gone() {
    let mut world = World::unopened();
    let open = OpenMission {
        title: "auth".to_owned(),
        lead: party("agent:boss"),
        policy: None,
        empty: true,
    };
    world.accepts(&Actor::Host, Command::OpenMission(open));
    let mut world = world.agents(&["boss", "a"]);
    world.accepts(&by("boss"), leave("boss"));
    for (n, to) in [(1, "lead"), (2, "agent:boss")] {
        let told = says("agent:a", to, MessageClass::Fyi, None);
        world.accepts(&by("a"), told);
        let roots = world.mission.roots(world.now);
        let found: Vec<_> = roots.iter().map(|root| root.cause).collect();
        assert_eq!(found, vec![Cause::Undeliverable; n], "to {to}");
    }
}

// spec: DEP-3
#[test]
fn a_declared_wait_ends_with_a_dispatch_and_does_not_come_back() {
    let mut world = World::new().agents(&["a"]).tasks(&["t1"]);
    let on = WaitRef::Lock(label("database"));
    let who = WaitRef::Task(task("t1"));
    let until = None;
    world.accepts(&lead(), Command::Wait(WaitDeclared { who, on, until }));
    let readiness = |world: &World| world.mission.readiness(&task("t1"), world.now);
    assert!(matches!(readiness(&world), Some(Readiness::Held { .. })));
    world.rejects(&lead(), dispatch("t1", "a"), Code::Held);
    world.happens(&lead(), dispatched("t1", 1, "a"));
    assert_eq!(world.anomalies(), [Code::Held]);
    assert_eq!(world.status("t1"), TaskStatus::Dispatched);
    world.accepts(&by("a"), started(1, "t1", &agent("a")));
    assert_eq!(causes(&world, "t1"), [Cause::InProgress]);
    world.hand("t1", HandoffStatus::Partial);
    assert_eq!(readiness(&world), Some(Readiness::Ready));
    world.dispatch("t1", "a");
}
