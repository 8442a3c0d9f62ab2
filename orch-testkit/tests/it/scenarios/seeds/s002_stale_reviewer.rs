//! Seed 002: a mission stayed blocked on a reviewer who had nothing to review, while the work went
//! on with somebody else.

use crate::scenarios::words::*;

/// The work item went to the wrong lane, whose result waits for a reviewer.
fn wrong_lane() -> World {
    let mut world = World::new().agents(&["lane", "worker", "reviewer"]);
    world.declare_gated("item", &["review"]);
    world.finish("item", "lane");
    world.accepts(&lead(), request_gate("item", 1, "review", "agent:reviewer"));
    assert_eq!(world.blockers("item")[0].next, party("agent:reviewer"));
    world
}

fn rebind(to: &str) -> Command {
    Command::Rebind(Rebind {
        task: task("item"),
        to: name(to),
        reason: "the worker has it".to_owned(),
        supersedes: vec![],
    })
}

/// A conductor gave the work to the worker who really had it, and the mission went on to report that
/// it was blocked on the reviewer of the old lane. A correction is a transition: the old lane is
/// fenced, its reviewer owes nothing, and the worker is who moves next.
// spec: CORRECT-1
#[test]
fn a_correction_clears_a_stale_reviewer_block_and_binds_the_live_worker() {
    let mut world = wrong_lane();
    let corrected = world.accepts(&lead(), rebind("worker"));
    let stale = handoff("item", 1, "lane", HandoffStatus::Done);
    world.late(&by("lane"), Command::Handoff(stale), Code::Fenced);
    let done = world.pass(20).hand("item", HandoffStatus::Done);

    Story::of(
        "S002a-stale-reviewer",
        "a correction leaves the old reviewer as the blocker",
        &world,
    )
    .later(corrected, 10)
    .never_from(corrected, "the reviewer is waited for", |it| {
        it.waits_for("agent:reviewer")
    })
    .never_from(corrected, "the old lane has it", |it| it.holds_work("lane"))
    .shows(corrected, "the worker, at work", |it| {
        it.is_at_work("item") && it.waits_for("agent:worker")
    })
    .shows(done, "a gate that the lead has to give to somebody", |it| {
        it.has_cause(Cause::GateOpen, Some("item")) && it.waits_for("lead")
    })
    .told();
}

/// A reviewer who was gone, or had no task, was shown as the gate that everybody waited for. A gate
/// whose holder is not there needs a holder, and the lead is named for that.
// spec: GATE-2
#[test]
fn a_reviewer_who_left_is_not_what_blocks() {
    let mut world = wrong_lane();
    let left = world.leaves("reviewer");
    insta::assert_snapshot!(world.blockers("item")[0].detail, @"gate review needs a holder: agent:reviewer is gone");
    let again = world.accepts(&lead(), request_gate("item", 1, "review", "agent:worker"));

    Story::of(
        "S002b-reviewer-gone",
        "a reviewer without a task is shown as the gate",
        &world,
    )
    .never_from(left, "the reviewer is waited for", |it| {
        it.waits_for("agent:reviewer")
    })
    .shows(left, "that the lead has to act", |it| it.waits_for("lead"))
    .shows(again, "the new holder", |it| it.waits_for("agent:worker"))
    .told();
}

/// The worker carried the item and the log said that the lane did; nothing ever brought the two
/// together. What a runtime says it carries is compared with the log, and names the one correction
/// that rebinds the item.
// spec: CORRECT-3
#[test]
fn an_inventory_that_contradicts_the_log_names_the_one_correction_that_converges() {
    let mut world = wrong_lane();
    let seen = world.accepts(&Actor::Host, carries("worker", &[("item", 1)]));
    let diverging = world.mission.divergences();
    assert_eq!(diverging.len(), 1);
    assert!(diverging[0].because.contains(&seen));
    let change = diverging[0].correction.clone().unwrap();
    let to = agent("worker");
    let attempt = AttemptNo(2);
    assert_eq!(change, Change::Rebind { to, attempt });
    let corrected = world.accepts(&lead(), correct("item", change));

    Story::of(
        "S002c-divergence",
        "the worker carries an item that the log gives to another",
        &world,
    )
    .never_from(corrected, "log and runtime differ", |it| {
        !it.mission.divergences().is_empty()
    })
    .shows(seen, "that they differ", |it| {
        it.has_cause(Cause::OwnerTaskDivergence, Some("item"))
    })
    .shows(corrected, "the live owner", |it| {
        it.view("item")
            .is_some_and(|view| view.owner() == Some(agent("worker")))
    })
    .told();
}

/// Notes to the live worker were consumed by its runtime and moved nothing, and what it asked was
/// seen by nobody. What informs moves nothing, by design; what asks for something is owed in every
/// status until it is answered.
// spec: NOTE-1
#[test]
fn talk_that_asks_for_something_stays_open_until_it_is_answered() {
    let mut world = wrong_lane();
    let note = message(
        "human:ada",
        "agent:worker",
        MessageClass::Fyi,
        "it is yours",
    );
    let note = world.accepts(&lead(), Command::Send(about("item", note)));
    let ask = message(
        "agent:worker",
        "human:ada",
        MessageClass::Actionable,
        "it is mine now",
    );
    let asked = world.accepts(&by("worker"), Command::Send(about("item", ask)));
    let told = message("human:ada", "agent:worker", MessageClass::Fyi, "yes");
    let answer = Command::Send(reply(asked, about("item", told)));
    let answered = world.pass(600).accepts(&lead(), answer);

    Story::of(
        "S002d-consumed-talk",
        "what a worker asks is consumed and seen by nobody",
        &world,
    )
    .later(asked, 599)
    .never_from(note, "talk moves the task", |it| {
        !it.is("item", TaskStatus::InReview)
    })
    .never_from(asked, "the question is forgotten", |it| {
        it.seq < answered && !it.has_cause(Cause::ReplyOwed, Some("item"))
    })
    .shows(answered, "nothing owed any more", |it| {
        !it.has_cause(Cause::ReplyOwed, None)
    })
    .told();
}

/// Who may correct matters as much: the worker cannot take the item by saying so, and such a record
/// is kept without effect. The lead, the host and humans can.
// spec: AUTH-1
#[test]
fn only_somebody_with_authority_corrects() {
    let mut world = wrong_lane();
    let refused = world.rejects(&by("worker"), rebind("worker"), Code::NotAuthorised);
    assert_eq!(refused.rule, "AUTH-1");
    assert!(world.decide(&Actor::Host, &rebind("worker")).is_ok());
    let taken = world.event_of(&rebind("worker")).unwrap();
    world.imposes(&by("worker"), taken, Code::NotAuthorised);

    Story::of(
        "S002e-self-correction",
        "a worker takes an item by saying so",
        &world,
    )
    .never("the worker has it", |it| it.holds_work("worker"))
    .told();
}

/// Worker and helpers idled out while the mission was shown as active, blocked on the stale
/// assignment; no pull request was ever made. Once the last agent is gone the mission waits for
/// nobody but its lead, and what had begun has an unknown outcome.
// spec: RETRY-2, GATE-2
#[test]
fn a_mission_whose_agents_have_gone_waits_for_its_lead() {
    let mut world = wrong_lane();
    world.accepts(&lead(), rebind("worker"));
    for who in ["lane", "reviewer", "worker"] {
        world.pass(5).leaves(who);
    }
    let alone = world.mission.head();

    Story::of(
        "S002f-idled-out",
        "everybody idles out and the mission is shown as active",
        &world,
    )
    .later(alone, 600)
    .never_from(
        alone,
        "somebody is at work, or waited for, who is gone",
        |it| {
            let gone = ["agent:lane", "agent:reviewer", "agent:worker"];
            it.is_at_work("item") || gone.iter().any(|who| it.waits_for(who))
        },
    )
    .never_from(alone, "nobody has to act", |it| !it.waits_for("lead"))
    .told();
}
