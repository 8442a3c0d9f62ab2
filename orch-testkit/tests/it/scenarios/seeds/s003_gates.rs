//! Seed 003: two gates before work is accepted, and done versus done-done.

use crate::scenarios::words::*;

/// A task with the tester before the reviewer, and a commit before it is delivered.
fn two_gates() -> World {
    let mut world = World::new().agents(&["coder", "tester", "reviewer"]);
    let mut declared = TaskDeclared::new(task("t1"), "t1");
    declared.gates = vec![
        GateSpec::new(gate("tester"), GateStage::Accept),
        GateSpec::new(gate("reviewer"), GateStage::Accept),
        GateSpec::new(gate("committed"), GateStage::Deliver),
    ];
    world.declare(declared);
    world.finish("t1", "coder");
    world
}

/// Reviews were skipped, or asked for in the wrong order. A task is accepted by its tester first and
/// then by its reviewer: the second gate does not open before the first has passed.
// spec: GATE-1, COMPLETE-3
#[test]
fn a_task_is_accepted_by_the_tester_first_and_then_the_reviewer() {
    let mut world = two_gates();
    let early = request_gate("t1", 1, "reviewer", "agent:reviewer");
    let refused = world.rejects(&lead(), early, Code::GateNotOpen);
    insta::assert_snapshot!(refused, @"gate reviewer opens after tester");
    world.accepts(&lead(), request_gate("t1", 1, "tester", "agent:tester"));
    let tested = decide_gate("t1", 1, "tester", "agent:tester", Verdict::Approved);
    let tested = world.accepts(&by("tester"), tested);
    world.accepts(&lead(), request_gate("t1", 1, "reviewer", "agent:reviewer"));
    let reviewed = decide_gate("t1", 1, "reviewer", "agent:reviewer", Verdict::Approved);
    let reviewed = world.accepts(&by("reviewer"), reviewed);

    Story::of(
        "S003h-two-gates",
        "a task is accepted without its reviews",
        &world,
    )
    .never_before(reviewed, "the task is done", |it| it.is_done("t1"))
    .shows(tested, "a task in review", |it| {
        it.is("t1", TaskStatus::InReview)
    })
    .shows(reviewed, "a task that is accepted", |it| {
        it.is("t1", TaskStatus::Accepted)
    })
    .told();
}

/// A reviewer asked for changes, and the fixed work went to the reviewer without being tested again.
/// Changes go back to the author, count as a round of review and nothing else, and make both gates
/// open anew.
// spec: GATE-1, GATE-3
#[test]
fn changes_requested_go_back_to_the_author_and_the_tester_tests_again() {
    let mut world = two_gates();
    let by_lead = |which: &str, verdict| decide_gate("t1", 1, which, "human:ada", verdict);
    world.accepts(&lead(), by_lead("tester", Verdict::Approved));
    let back = world.accepts(&lead(), by_lead("reviewer", Verdict::ChangesRequested));
    let again = world.hand("t1", HandoffStatus::Done);
    let early = by_lead("reviewer", Verdict::Approved);
    world.rejects(&lead(), early, Code::GateNotOpen);

    Story::of("S003i-rework", "fixed work is not tested again", &world)
        .never("the task is done", |it| it.is_done("t1"))
        .shows(back, "its author, at it, after one round", |it| {
            let view = it.view("t1").unwrap();
            let counters = view.counters();
            let counted = (counters.review_rounds, counters.failures, counters.blocks);
            it.is("t1", TaskStatus::Rework)
                && view.owner() == Some(agent("coder"))
                && counted == (1, 0, 0)
        })
        .shows(again, "all gates open", |it| {
            it.view("t1")
                .unwrap()
                .gates()
                .all(|it| !it.status().has_passed())
        })
        .told();
}

/// Nobody passes a gate on their own work: an author is neither given such a gate nor believed when
/// it decides one.
// spec: GATE-3
#[test]
fn nobody_passes_a_gate_on_their_own_work() {
    let mut world = two_gates();
    let own = request_gate("t1", 1, "tester", "agent:coder");
    world.rejects(&lead(), own, Code::SelfApproval);
    let own = decide_gate("t1", 1, "tester", "agent:coder", Verdict::Approved);
    world.rejects(&by("coder"), own.clone(), Code::SelfApproval);
    let own = world.event_of(&own).unwrap();
    world.imposes(&by("coder"), own, Code::SelfApproval);

    Story::of("S003j-own-work", "an author approves its own work", &world)
        .never("a gate has passed", |it| {
            let mut views = it.view("t1").into_iter();
            views.any(|view| view.gates().any(|it| it.status().has_passed()))
        })
        .never("the task is done", |it| it.is_done("t1"))
        .told();
}

/// Work was validated and then neither committed nor archived, and counted as finished. Done is
/// accepted; done-done is delivered, and needs the gates of its delivery.
// spec: COMPLETE-3, GATE-1
#[test]
fn done_is_not_done_done() {
    let mut world = two_gates();
    let approves = |which: &str, by: &str| decide_gate("t1", 1, which, by, Verdict::Approved);
    world.accepts(&lead(), approves("tester", "human:ada"));
    let accepted = world.accepts(&lead(), approves("reviewer", "human:ada"));
    let deliver = || {
        Command::Deliver(TaskDelivered {
            task: task("t1"),
            note: String::new(),
        })
    };
    world.forbids(&lead(), deliver(), Code::GateOpen);
    world.accepts(&Actor::Host, approves("committed", "host"));
    let delivered = world.accepts(&lead(), deliver());
    let closed = world.accepts(&lead(), close(MissionOutcome::Completed));

    Story::of(
        "S003k-done-done",
        "validated work is not committed and counts as finished",
        &world,
    )
    .never_before(delivered, "the task is delivered", |it| {
        it.is("t1", TaskStatus::Delivered)
    })
    .shows(accepted, "accepted work", |it| {
        it.is("t1", TaskStatus::Accepted)
    })
    .shows(closed, "a mission that is delivered", |it| {
        it.mission.phase().kind == PhaseKind::Delivered
    })
    .told();
}
