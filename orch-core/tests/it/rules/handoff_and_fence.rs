//! Handoffs that are no completion, and the fence around attempts that are over.

use orch_core::codes::Code;
use orch_core::command::Command;
use orch_core::decide::Effect;
use orch_core::event::attempt::{Handoff, HandoffStatus};
use orch_core::event::correction::Change;
use orch_core::ids::AttemptNo;
use orch_core::mission::ObligationKind;
use orch_core::party::Party;
use orch_core::status::attempt::AttemptStatus;
use orch_core::status::task::TaskStatus;

use super::in_status;
use crate::support::*;

// spec: HAND-1
#[test]
fn partial_counts_as_nothing_but_an_attempt_and_keeps_what_remains() {
    let mut world = in_status(TaskStatus::Running);
    let remaining = vec!["the migration".to_owned()];
    let partial = Handoff {
        remaining,
        ..handoff("t1", 1, "a", HandoffStatus::Partial)
    };
    world.accepts(&by("a"), Command::Handoff(partial));
    let view = world.view("t1");
    assert_eq!(
        (view.status(), view.remaining()),
        (TaskStatus::Open, &["the migration".to_owned()][..])
    );
    let counters = view.counters();
    assert_eq!(
        (counters.failures, counters.crashes, counters.blocks),
        (0, 0, 0)
    );
    assert_eq!(
        view.attempts().next().unwrap().status(),
        AttemptStatus::Closed
    );
    assert!(world.mission.ready(world.now).contains(&&task("t1")));
}

// spec: HAND-1
#[test]
fn blocked_is_owed_by_whom_it_names_and_nobody_is_asked_to_complete_the_task() {
    for (named, owed_by) in [
        (Some("agent:b"), "agent:b"),
        (Some("human:eve"), "human:eve"),
        (None, "lead"),
    ] {
        let mut world = in_status(TaskStatus::Running);
        let blocked_on = named.map(party);
        let blocked = Handoff {
            blocked_on,
            ..handoff("t1", 1, "a", HandoffStatus::Blocked)
        };
        let (seq, effects) = world.accepts_with(&by("a"), Command::Handoff(blocked));
        let owed = &world.mission.obligations()[0];
        assert_eq!(
            (owed.kind, &owed.owed_by),
            (ObligationKind::Unblocking, &party(owed_by))
        );
        assert_eq!(owed.opened.seq, seq);
        assert_eq!(
            effects,
            [Effect::Notify {
                to: party(owed_by),
                task: Some(task("t1"))
            }]
        );
        assert_eq!(world.view("t1").counters().failures, 0);
        assert_eq!(world.blockers("t1")[0].next, party(owed_by));
    }
}

// spec: HAND-1, RETRY-2
#[test]
fn a_task_blocked_on_somebody_who_left_is_the_leads_to_move() {
    let mut world = in_status(TaskStatus::Running);
    let blocked_on = Some(party("agent:b"));
    let blocked = Handoff {
        blocked_on,
        ..handoff("t1", 1, "a", HandoffStatus::Blocked)
    };
    world.accepts(&by("a"), Command::Handoff(blocked));
    world.leaves("b");
    assert_eq!(world.blockers("t1")[0].next, Party::Lead);
}

// spec: HAND-1, NAME-2
#[test]
fn a_task_cannot_be_blocked_on_an_agent_nobody_knows() {
    let world = in_status(TaskStatus::Running);
    let blocked_on = Some(party("agent:bb"));
    let blocked = Handoff {
        blocked_on,
        ..handoff("t1", 1, "a", HandoffStatus::Blocked)
    };
    let (_, imposed) = world.forbids(&by("a"), Command::Handoff(blocked), Code::UnknownAgent);
    assert_eq!(imposed.status("t1"), TaskStatus::Blocked);
}

/// Everything that the owner of attempt 1 may say about it.
fn reports() -> Vec<Command> {
    let statuses = [
        HandoffStatus::Done,
        HandoffStatus::Failed,
        HandoffStatus::Blocked,
    ];
    let mut all: Vec<_> = statuses
        .iter()
        .map(|&it| Command::Handoff(handoff("t1", 1, "a", it)))
        .collect();
    all.push(Command::Beat(beat("t1", 1, "a")));
    all.push(Command::Progress(progress("t1", 1, "a")));
    all.push(started(1, "t1", &agent("a")));
    all.push(Command::EndAttempt(exited("t1", 1, "a", 1)));
    all
}

// spec: FENCE-1
#[test]
fn whatever_a_superseded_attempt_says_is_late_and_leaves_its_successor_alone() {
    let mut world = in_status(TaskStatus::Running);
    let change = Change::Rebind {
        to: agent("b"),
        attempt: AttemptNo(2),
    };
    world.accepts(&lead(), correct("t1", change));
    let since = world.view("t1").since();
    for report in reports() {
        world.late(&by("a"), report, Code::Fenced);
        assert_eq!(
            (world.owner("t1"), world.view("t1").since()),
            (agent("b"), since)
        );
    }
    assert_eq!(world.anomalies(), [], "being late is no breach of a rule");
}

// spec: FENCE-1
#[test]
fn a_closed_attempt_cannot_end_twice() {
    let mut world = in_status(TaskStatus::Failed);
    let done = handoff("t1", 1, "a", HandoffStatus::Done);
    world.late(&by("a"), Command::Handoff(done), Code::DuplicateTerminal);
    assert_eq!(world.status("t1"), TaskStatus::Failed);
}

// spec: FENCE-1
#[test]
fn a_report_for_an_attempt_or_by_an_incarnation_that_never_was_counts_for_nothing() {
    let world = in_status(TaskStatus::Running);
    let ahead = Command::Handoff(handoff("t1", 2, "a", HandoffStatus::Done));
    let (_, imposed) = world.forbids(&by("a"), ahead, Code::UnknownAttempt);
    assert_eq!(imposed.status("t1"), TaskStatus::Running);
    let ghost = Command::Handoff(handoff("t1", 1, "a#2", HandoffStatus::Done));
    let (_, imposed) = world.forbids(&by("a#2"), ghost, Code::UnknownIncarnation);
    assert_eq!(imposed.status("t1"), TaskStatus::Running);
}

// spec: FENCE-1, COMPLETE-3
#[test]
fn whoever_nudges_work_that_is_over_is_told_where_it_ended() {
    // D30
    let world = in_status(TaskStatus::Accepted);
    let done = world.view("t1").since().seq;
    let nudge = Command::Handoff(Handoff {
        status: None,
        ..handoff("t1", 1, "a", HandoffStatus::Done)
    });
    let Ok(orch_core::decide::Decision::Late { because, .. }) = world.decide(&by("a"), &nudge)
    else {
        panic!("the attempt is over");
    };
    assert!(because.iter().any(|fact| fact.seq == done));
}
