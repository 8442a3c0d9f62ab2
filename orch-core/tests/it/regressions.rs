//! What the laws found, each as the shortest log that shows it.

use orch_core::codes::Code;
use orch_core::command::Command;
use orch_core::diagnosis::Cause;
use orch_core::event::agent::{Inventory, Shutdown, ShutdownStage};
use orch_core::event::attempt::{Dispatched, HandoffStatus};
use orch_core::event::clock::{ClockKind, ClockSubject, Timeout};
use orch_core::event::correction::{Amendment, Change, Correction};
use orch_core::event::gate::Verdict;
use orch_core::event::mission::{MissionClosed, MissionOutcome};
use orch_core::event::talk::MessageClass;
use orch_core::event::task::{Need, TaskDeclared};
use orch_core::ids::{AttemptNo, Seq};
use orch_core::mission::{Liveness, ObligationKind};
use orch_core::party::Actor;
use orch_core::status::gate::GateStatus;
use orch_core::status::task::TaskStatus;

use crate::support::*;

#[test]
fn a_correction_cannot_supersede_the_record_that_it_becomes() {
    let mut world = World::new().tasks(&["t1"]);
    let own = world.mission.head().next();
    let correction = Correction {
        task: task("t1"),
        change: Change::Unblock,
        reason: "as observed".to_owned(),
        supersedes: vec![own],
    };
    world.rejects(
        &lead(),
        Command::Correct(correction.clone()),
        Code::UnknownRecord,
    );
    world.happens(&lead(), correction);
    assert_eq!(world.anomalies(), [Code::UnknownRecord]);
}

#[test]
fn reopening_a_mission_that_was_cut_off_leaves_no_task_in_flight_without_an_attempt() {
    let mut world = World::new().agents(&["a", "b"]).tasks(&["t1", "t2", "t3"]);
    world.dispatch("t1", "a");
    world.start("t2", "b");
    world.finish("t3", "a");
    let (outcome, reason) = (MissionOutcome::Completed, "out of time".to_owned());
    let forced = MissionClosed {
        outcome,
        forced: true,
        reason,
    };
    world.accepts(&lead(), Command::CloseMission(forced));
    world.accepts(&lead(), correct("t3", Change::Reopen));
    assert!(world.mission.closed().is_none());
    assert_eq!(world.status("t1"), TaskStatus::Open);
    assert_eq!(world.status("t2"), TaskStatus::OutcomeUnknown);
}

#[test]
fn an_incarnation_that_never_joined_does_not_take_a_live_name_over() {
    let mut world = World::new().agents(&["a"]);
    let seen = Inventory {
        agent: agent("a#2"),
        carries: Vec::new(),
    };
    world.happens(&Actor::Host, seen);
    assert_eq!(
        world.mission.live_agent(&name("a")).unwrap().agent(),
        agent("a#1")
    );
}

#[test]
fn a_task_that_waits_for_a_skipped_one_says_so_and_stops_there() {
    let mut world = World::new().agents(&["a"]).tasks(&["t1"]);
    world.declare_after("t2", &["t1"]);
    let skipped = orch_core::event::task::TaskClosed {
        task: task("t1"),
        outcome: orch_core::event::task::Unmet::Skipped,
        reason: "not needed".to_owned(),
    };
    world.accepts(&lead(), Command::CloseTask(skipped));
    let why = world.mission.why(&task("t2"), world.now).unwrap();
    let causes: Vec<_> = why[0].iter().map(|step| step.cause).collect();
    assert_eq!(causes, [Cause::DepFailed]);
}

#[test]
fn an_older_attempt_that_is_still_open_makes_a_dispatch_parallel_after_the_newest_ended() {
    let mut world = World::new().agents(&["a", "b"]).tasks(&["t1"]);
    let dispatched = |number, who: &str| Dispatched {
        task: task("t1"),
        attempt: AttemptNo(number),
        agent: agent(who),
        workspace: None,
        branch: None,
        limits: None,
        note: String::new(),
    };
    world.dispatch("t1", "a");
    world.happens(&lead(), dispatched(2, "b"));
    world.happens(&by("b"), handoff("t1", 2, "b", HandoffStatus::Partial));
    assert_eq!(world.status("t1"), TaskStatus::Open);
    world.happens(&lead(), dispatched(3, "b"));
    assert_eq!(
        world.anomalies(),
        [Code::ParallelAttempts, Code::ParallelAttempts]
    );
}

#[test]
fn a_ring_of_needs_in_an_imported_log_is_named_and_does_not_trap_the_search() {
    let mut world = World::new().tasks(&["t1", "t2", "t3"]);
    for (id, on) in [("t1", "t2"), ("t2", "t3"), ("t3", "t1")] {
        let mut amendment = Amendment::default();
        amendment.add_needs = vec![Need::accepted(task(on))];
        let change = Change::Amend(Box::new(amendment));
        let (id, reason) = (task(id), "imported".to_owned());
        world.happens(
            &import(),
            Correction {
                task: id,
                change,
                reason,
                supersedes: Vec::new(),
            },
        );
    }
    assert_eq!(world.anomalies(), [Code::DepCycle]);
    insta::assert_snapshot!(
        world.mission.anomalies()[0].detail,
        @"t3 would need t1, which needs t2, which needs t3"
    );
    world.declare(TaskDeclared {
        needs: vec![Need::accepted(task("t1"))],
        ..TaskDeclared::new(task("t4"), "t4")
    });
    let why = world.mission.why(&task("t4"), world.now).unwrap();
    assert_eq!(why[0].last().unwrap().cause, Cause::DepCycle);
    // No task of the ring has a root of its own, and the ring is shown all the same.
    let roots = world.mission.roots(world.now);
    assert_eq!(roots.len(), 1);
    assert_eq!(
        (roots[0].cause, &roots[0].task),
        (Cause::DepCycle, &Some(task("t1")))
    );
}

#[test]
fn a_dispatch_of_a_log_that_records_no_starts_is_a_gap_in_the_evidence_not_a_late_start() {
    let mut world = World::new().agents(&["a"]).tasks(&["t1"]);
    world.dispatch("t1", "a");
    assert_eq!(world.blockers("t1")[0].cause, Cause::DispatchedNotStarted);

    let line = world.records.last().unwrap().as_line();
    let told = line.replace(
        r#""kind":"dispatched""#,
        r#""source":{"gaps":["start"]},"kind":"dispatched""#,
    );
    world.records.pop();
    world
        .records
        .push(orch_core::record::Record::parse(told.as_bytes()).unwrap());
    world.mission = orch_core::mission::Mission::fold(&world.records);
    let found = world.blockers("t1");
    assert_eq!(found[0].cause, Cause::EvidenceGap);
    assert_eq!(
        found[0].confidence,
        orch_core::diagnosis::Confidence::Unknown
    );
}

#[test]
fn an_incarnation_that_cannot_be_right_is_not_made_by_whatever_names_it() {
    let mut world = World::new();
    let left = orch_core::event::agent::AgentLeft {
        agent: agent("z#4294967295"),
        reason: String::new(),
    };
    world.happens(&Actor::Host, left);
    let seen = Inventory {
        agent: agent("z#4294967295"),
        carries: Vec::new(),
    };
    world.happens(&Actor::Host, seen);
    assert_eq!(world.mission.agents().count(), 0);
    world.join("z");
    assert_eq!(
        world.mission.live_agent(&name("z")).unwrap().agent(),
        agent("z#1")
    );
}

#[test]
fn a_question_is_not_waited_for_once_its_asker_is_gone_whatever_became_of_the_work() {
    let mut world = World::new().agents(&["a", "b"]);
    world.declare_gated("t1", &["review"]);
    world.start("t1", "a");
    let class = MessageClass::Question;
    let mut question = message("agent:a", "agent:b", class, "which one?");
    question.task = Some(task("t1"));
    world.accepts(&by("a"), Command::Send(question));
    world.hand("t1", HandoffStatus::Done);
    assert_eq!(world.mission.obligations().len(), 1);
    let left = orch_core::event::agent::AgentLeft {
        agent: agent("a"),
        reason: String::new(),
    };
    world.accepts(&by("a"), Command::Leave(left));
    assert!(world.mission.obligations().is_empty());
}

// spec: GATE-3
#[test]
fn a_ruling_that_a_limit_asks_for_stays_owed_when_the_author_leaves() {
    let mut world = World::with(|policy| policy.retry.max_review_rounds = Some(1)).agents(&["a"]);
    world.declare_gated("t1", &["review"]);
    world.finish("t1", "a");
    let back = decide_gate("t1", 1, "review", "human:ada", Verdict::ChangesRequested);
    let ruled = world.accepts(&lead(), back);
    world.leaves("a");
    assert_eq!(world.status("t1"), TaskStatus::Open);
    let owed: Vec<_> = world.mission.obligations();
    assert_eq!(owed.len(), 1);
    assert_eq!(
        (owed[0].kind, owed[0].opened.seq),
        (ObligationKind::Ruling, ruled)
    );
}

// spec: FOLD-4, GATE-2
#[test]
fn who_works_beside_the_token_takes_no_gate_with_them_when_they_leave() {
    let mut world = World::unlimited().agents(&["a", "b"]);
    world.declare_gated("t1", &["review"]);
    world.dispatch("t1", "a");
    let beside = Dispatched::new(task("t1"), AttemptNo(2), agent("b"));
    world.happens(&Actor::Host, beside);
    world.accepts(&by("b"), started(2, "t1", &agent("b")));
    world.hand("t1", HandoffStatus::Done);
    world.accepts(&lead(), request_gate("t1", 2, "review", "human:ada"));
    world.leaves("a");
    assert_eq!(world.status("t1"), TaskStatus::InReview);
    assert_eq!(
        world.view("t1").gates().next().unwrap().status(),
        GateStatus::Requested
    );
}

// spec: TIME-3
#[test]
fn an_attempt_that_is_over_asks_for_no_ruling_however_it_ended() {
    let mut world = World::unlimited().agents(&["a", "b"]).tasks(&["t1"]);
    world.start("t1", "a");
    let ran_out = |number| Timeout {
        clock: ClockKind::Alive,
        subject: ClockSubject::Attempt {
            task: task("t1"),
            attempt: AttemptNo(number),
        },
        limit_ms: None,
        due: epoch(),
    };
    world.happens(&Actor::Host, ran_out(1));
    assert_eq!(world.mission.obligations().len(), 1);
    let beside = Dispatched::new(task("t1"), AttemptNo(2), agent("b"));
    world.happens(&Actor::Host, beside);
    world.happens(&Actor::Host, exited("t1", 1, "a", 1));
    assert!(world.mission.obligations().is_empty());

    world.happens(&Actor::Host, ran_out(2));
    assert_eq!(world.mission.obligations().len(), 1);
    world.accepts(&lead(), close(MissionOutcome::Cancelled));
    assert!(world.mission.obligations().is_empty());
}

// spec: SHUT-2
#[test]
fn an_incarnation_that_is_not_there_owes_no_acknowledgement() {
    let mut world = World::new().agents(&["a"]);
    let stop = Shutdown {
        agent: agent("a#2"),
        stage: ShutdownStage::Requested,
        reason: String::new(),
    };
    world.imposes(&Actor::Host, stop, Code::UnknownAgent);
    assert!(world.mission.obligations().is_empty());
}

// spec: TIME-3
#[test]
fn an_inventory_is_no_sign_of_life_of_what_it_does_not_list() {
    let mut world = World::unlimited().agents(&["a"]).tasks(&["t1"]);
    world.start("t1", "a");
    let ran_out = Timeout {
        clock: ClockKind::Alive,
        subject: ClockSubject::Attempt {
            task: task("t1"),
            attempt: AttemptNo(1),
        },
        limit_ms: None,
        due: epoch(),
    };
    world.happens(&Actor::Host, ran_out.clone());
    world.happens(&Actor::Host, ran_out.clone());
    let seen = Inventory {
        agent: agent("a"),
        carries: Vec::new(),
    };
    world.happens(&Actor::Host, seen);
    let liveness = world.view("t1").token().unwrap().liveness();
    assert_eq!(liveness, Liveness::Lost);
    world.imposes(&Actor::Host, ran_out, Code::ClockClosed);
}

// spec: FOLD-4
#[test]
fn a_task_that_is_handed_out_although_superseded_goes_on_as_itself() {
    let mut world = World::new().agents(&["a"]).tasks(&["t1", "t2"]);
    world.accepts(&lead(), correct("t1", Change::Supersede { by: task("t2") }));
    let again = Dispatched::new(task("t1"), AttemptNo(1), agent("a"));
    world.imposes(&Actor::Host, again, Code::NotOpen);
    assert_eq!(world.status("t1"), TaskStatus::Dispatched);
    assert_eq!(world.view("t1").superseded_by(), None);
}

// spec: TIME-2
#[test]
fn the_total_clock_of_a_task_runs_from_its_first_dispatch() {
    let mut world = World::unlimited().agents(&["a"]).tasks(&["t1"]);
    let ran_out = |id| Timeout {
        clock: ClockKind::Total,
        subject: ClockSubject::Task(task(id)),
        limit_ms: None,
        due: epoch(),
    };
    world.imposes(&Actor::Host, ran_out("t1"), Code::ClockClosed);
    world.imposes(&Actor::Host, ran_out("t9"), Code::ClockClosed);
    assert!(world.mission.task(&task("t9")).is_none());
    assert!(world.mission.obligations().is_empty());
    world.start("t1", "a");
    world.happens(&Actor::Host, ran_out("t1"));
    assert_eq!(world.mission.obligations().len(), 1);
}

// spec: DECIDE-3
#[test]
fn a_refusal_gives_no_record_as_its_reason_that_does_not_exist() {
    let world = World::new().agents(&["a"]).tasks(&["t1"]);
    let beyond = Seq(9_999);
    let mut stray = message("human:ada", "agent:a", MessageClass::Fyi, "re");
    stray.reply_to = Some(beyond);
    let refused = world.rejects(&lead(), Command::Send(stray), Code::UnknownRecord);
    assert_eq!(refused.because, []);
    let adopted = correct("t1", Change::Adopt { seq: beyond });
    let refused = world.rejects(&lead(), adopted, Code::NotEvidence);
    assert_eq!(refused.because, []);
}

// spec: DEP-3, COMPLETE-2
#[test]
fn a_specification_does_not_go_on_under_what_it_specifies() {
    let mut world = World::new().agents(&["a"]);
    for (id, kind) in [
        ("spec", Some("spec")),
        ("build", Some("implement")),
        ("draft", None),
    ] {
        let mut declared = TaskDeclared::new(task(id), id);
        declared.kind = kind.map(label);
        world.declare(declared);
    }
    let by_build = Change::Supersede { by: task("build") };
    let (_, imposed) = world.forbids(&lead(), correct("spec", by_build.clone()), Code::DepCycle);
    assert!(
        !imposed.mission.is_ready(&task("build"), imposed.now),
        "it would wait for itself"
    );
    let by_draft = Change::Supersede { by: task("draft") };
    world.accepts(&lead(), correct("spec", by_draft));
    world.forbids(&lead(), correct("draft", by_build), Code::DepCycle);
}

// spec: DEP-3, COMPLETE-2
#[test]
fn a_specification_cannot_come_to_need_what_it_specifies() {
    let mut world = World::new();
    for (id, kind) in [
        ("spec", "spec"),
        ("work", "implement"),
        ("between", "chore"),
    ] {
        world.declare(TaskDeclared {
            kind: Some(label(kind)),
            ..TaskDeclared::new(task(id), id)
        });
    }
    let needing = |id: &str| {
        let mut change = Amendment::default();
        change.add_needs = vec![Need::accepted(task(id))];
        Change::Amend(Box::new(change))
    };
    world.rejects(&lead(), correct("spec", needing("work")), Code::DepCycle);
    // Over a task between them it is the same ring.
    world.accepts(&lead(), correct("spec", needing("between")));
    world.rejects(&lead(), correct("between", needing("work")), Code::DepCycle);
    world.accepts(&lead(), correct("work", needing("between")));
}
