//! Approvals, and what they are for: D23, D27, D28.

use crate::scenarios::words::*;

/// Hands a task over as done, at a revision.
fn hand_at(world: &mut World, id: &str, revision: &str) -> Seq {
    let done = Handoff {
        revision: Some(revision.to_owned()),
        ..world.handoff(id, HandoffStatus::Done)
    };
    let owner = world.owner(id);
    world.accepts(&Actor::Agent(owner), Command::Handoff(done))
}

/// Approves a gate by an agent who holds it.
fn approves(world: &World, id: &str, which: &str, who: &str) -> Command {
    let decider = format!("agent:{who}");
    world.judging_newest(decide_gate(id, 1, which, &decider, Verdict::Approved))
}

/// D23. A change was approved, its author pushed another revision with a real defect in the same
/// second, and the gate before the merge still read `approved`. A decision is for one revision: new
/// work opens the gate again, by the order of the log and not by the time of its records.
// spec: GATE-1, ORDER-1
#[test]
fn an_approval_does_not_outlive_the_revision_it_was_for() {
    let mut world = World::new().agents(&["author", "reviewer", "merger"]);
    world.declare_gated("change", &["review", "merge"]);
    world.start("change", "author");
    hand_at(&mut world, "change", "3cb4f24");
    world.accepts(
        &lead(),
        request_gate("change", 1, "review", "agent:reviewer"),
    );
    let old = approves(&world, "change", "review", "reviewer");
    let approved = world.accepts(&by("reviewer"), old.clone());
    world.accepts(&lead(), request_gate("change", 1, "merge", "agent:merger"));
    let pushed = hand_at(&mut world, "change", "a58ca22");
    let merge = approves(&world, "change", "merge", "merger");
    world.rejects(&by("merger"), merge, Code::GateNotOpen);
    world.accepts(
        &lead(),
        request_gate("change", 1, "review", "agent:reviewer"),
    );
    world.rejects(&by("reviewer"), old.clone(), Code::StaleDecision);
    let old = world.event_of(&old).unwrap();
    world.imposes(&by("reviewer"), old, Code::StaleDecision);
    let anew = approves(&world, "change", "review", "reviewer");
    let anew = world.pass(9).accepts(&by("reviewer"), anew);

    let passed = |it: &Glance| {
        let view = it.view("change").unwrap();
        view.gates()
            .any(|it| it.name().as_str() == "review" && it.status().has_passed())
    };
    Story::of(
        "D23-stale-approval",
        "an approval survives the push that invalidates it",
        &world,
    )
    .never_from(pushed, "the review has passed", |it| {
        it.seq < anew && passed(it)
    })
    .never("the change is done", |it| it.is_done("change"))
    .shows(approved, "a review that has passed", passed)
    .shows(pushed, "a gate that is open again", |it| {
        it.has_cause(Cause::GateStale, Some("change"))
    })
    .shows(anew, "a review of the new revision", passed)
    .told();
}

/// D27. Every work package was accepted by one bar, and the product refused by another: forty-one
/// boxes were not ticked. Accepted and delivered are two statuses, each with its gates by name: the
/// packages are accepted, none is delivered, and each names the gate that is open and who has to
/// give it to somebody.
// spec: COMPLETE-3, GATE-1
#[test]
fn accepted_work_is_not_delivered_while_a_delivery_gate_is_open() {
    let mut world = World::new().agents(&["coder", "owner"]);
    for id in ["wp1", "wp2", "wp3"] {
        world.declare(TaskDeclared {
            gates: vec![
                GateSpec::new(gate("review"), GateStage::Accept),
                GateSpec::new(gate("subtasks"), GateStage::Deliver),
            ],
            ..TaskDeclared::new(task(id), id)
        });
        world.finish(id, "coder");
        world.passes(id, "review");
    }
    let accepted = world.mission.head();
    let deliver = |id| {
        Command::Deliver(TaskDelivered {
            task: task(id),
            note: String::new(),
        })
    };
    world.forbids(&lead(), deliver("wp1"), Code::GateOpen);
    world.accepts(&lead(), request_gate("wp1", 1, "subtasks", "agent:owner"));
    let ticked = decide_gate("wp1", 1, "subtasks", "agent:owner", Verdict::Approved);
    world.accepts(&by("owner"), ticked);
    let delivered = world.accepts(&lead(), deliver("wp1"));
    let closed = world.accepts(&lead(), close(MissionOutcome::Completed));

    Story::of(
        "D27-two-bars",
        "everything is merged and nothing is acceptable",
        &world,
    )
    .never_before(delivered, "something is delivered", |it| {
        it.mission.counts().of(TaskStatus::Delivered) > 0
    })
    .never("the mission is delivered", |it| {
        it.mission.phase().kind == PhaseKind::Delivered
    })
    .shows(accepted, "three accepted, none delivered", |it| {
        it.mission.counts().of(TaskStatus::Accepted) == 3
    })
    .shows(closed, "completed, and not delivered", |it| {
        it.mission.phase().kind == PhaseKind::Completed
    })
    .told();
}

/// D28. Each round of a review was taken down as a block, and after the second the task was sent to
/// triage for looping. A round of review, a block, a failure and a crash are counted apart: two
/// rounds are two rounds, and nobody has to rule on them.
// spec: GATE-3
#[test]
fn a_round_of_review_is_neither_a_block_nor_a_failure() {
    let mut world = World::with(|policy| {
        policy.retry.max_blocks = Some(2);
        policy.retry.livelock_after = Some(2);
    })
    .agents(&["author", "reviewer"]);
    world.declare_gated("t", &["review"]);
    world.finish("t", "author");
    let mut sent_back = Seq::ZERO;
    for _ in 0..2 {
        world.accepts(&lead(), request_gate("t", 1, "review", "agent:reviewer"));
        let changes = decide_gate(
            "t",
            1,
            "review",
            "agent:reviewer",
            Verdict::ChangesRequested,
        );
        sent_back = world.pass(10).accepts(&by("reviewer"), changes);
        world.accepts(&by("author"), started(1, "t", &agent("author")));
        world.pass(20).hand("t", HandoffStatus::Done);
    }
    let passed = world.passes("t", "review");

    Story::of(
        "D28-review-rounds",
        "a round of review is counted as a failure loop",
        &world,
    )
    .never("the task is escalated", |it| {
        it.has_cause(Cause::RulingOwed, None)
            || it.has_cause(Cause::Livelock, None)
            || it.is("t", TaskStatus::Blocked)
    })
    .never("a block or a failure is counted", |it| {
        let counters = it.view("t").map(|view| view.counters()).unwrap_or_default();
        counters.blocks + counters.failures + counters.crashes > 0
    })
    .shows(sent_back, "two rounds, and its author at it", |it| {
        let rounds = it.view("t").map(|view| view.counters().review_rounds);
        rounds == Some(2) && it.has_cause(Cause::InRework, Some("t"))
    })
    .shows(passed, "accepted work", |it| it.is_done("t"))
    .told();
}
