//! Seed 002: a mission stayed blocked on a reviewer who had nothing to review, while the work went
//! on with somebody else.

use orch_core::codes::Code;
use orch_core::command::{Command, Rebind};
use orch_core::diagnosis::Cause;
use orch_core::event::agent::{AgentLeft, Carried, Inventory};
use orch_core::event::attempt::HandoffStatus;
use orch_core::event::correction::Change;
use orch_core::event::talk::MessageClass;
use orch_core::ids::AttemptNo;
use orch_core::party::{Actor, Party};
use orch_core::status::task::TaskStatus;

use crate::support::*;

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
        reason: "the worker has it".into(),
        supersedes: vec![],
    })
}

// spec: CORRECT-1
#[test]
fn a_correction_clears_a_stale_reviewer_block_and_binds_the_live_worker() {
    let mut world = wrong_lane();
    world.accepts(&lead(), rebind("worker"));
    assert_eq!(world.status("item"), TaskStatus::Running);
    assert_eq!(world.owner("item"), agent("worker"));
    let found = world.blockers("item");
    assert_eq!(
        (found[0].cause, &found[0].next),
        (Cause::InProgress, &party("agent:worker"))
    );
    assert!(
        world.mission.obligations().is_empty(),
        "the reviewer owes nothing any more"
    );

    // The lane that had it is fenced; the worker finishes under its own token.
    let stale = handoff("item", 1, "lane", HandoffStatus::Done);
    world.late(&by("lane"), Command::Handoff(stale), Code::Fenced);
    world.hand("item", HandoffStatus::Done);
    let found = world.blockers("item");
    assert_eq!(
        (found[0].cause, &found[0].next),
        (Cause::GateOpen, &Party::Lead)
    );
}

// spec: GATE-2
#[test]
fn a_reviewer_who_left_is_not_what_blocks() {
    let mut world = wrong_lane();
    let left = AgentLeft {
        agent: agent("reviewer"),
        reason: String::new(),
    };
    world.accepts(&by("reviewer"), Command::Leave(left));
    let found = world.blockers("item");
    assert_eq!(found[0].next, Party::Lead);
    insta::assert_snapshot!(found[0].detail, @"gate review needs a holder: agent:reviewer is gone");
    world.accepts(&lead(), request_gate("item", 1, "review", "agent:worker"));
    assert_eq!(world.blockers("item")[0].next, party("agent:worker"));
}

// spec: CORRECT-3
#[test]
fn an_inventory_that_contradicts_the_log_names_the_one_correction_that_converges() {
    let mut world = wrong_lane();
    let carries = vec![Carried {
        task: task("item"),
        attempt: AttemptNo(1),
    }];
    let seen = Inventory {
        agent: agent("worker"),
        carries,
    };
    let at = world.accepts(&Actor::Host, Command::Observe(seen));
    let diverging = world.mission.divergences();
    assert_eq!(diverging.len(), 1);
    assert!(diverging[0].because.contains(&at));
    assert!(
        world
            .blockers("item")
            .iter()
            .any(|it| it.cause == Cause::OwnerTaskDivergence)
    );

    let change = diverging[0].correction.clone().unwrap();
    assert_eq!(
        change,
        Change::Rebind {
            to: agent("worker"),
            attempt: AttemptNo(2)
        }
    );
    world.accepts(&lead(), correct("item", change));
    assert!(world.mission.divergences().is_empty());
    assert_eq!(world.owner("item"), agent("worker"));
}

// spec: NOTE-1
#[test]
fn talk_that_asks_for_something_stays_open_until_it_is_answered() {
    let mut world = wrong_lane();
    let mut ask = message(
        "agent:worker",
        "human:ada",
        MessageClass::Actionable,
        "it is mine now",
    );
    ask.task = Some(task("item"));
    let asked = world.accepts(&by("worker"), Command::Send(ask));
    world.pass(600);
    let owed = world.mission.obligations();
    let owed = owed.iter().find(|owed| owed.opened.seq == asked).unwrap();
    assert_eq!(owed.owed_by, party("human:ada"));
    let roots = world.mission.roots(world.now);
    assert!(roots.iter().any(|it| it.cause == Cause::ReplyOwed));

    let mut reply = message("human:ada", "agent:worker", MessageClass::Fyi, "yes");
    reply.reply_to = Some(asked);
    world.accepts(&lead(), Command::Send(reply));
    assert!(
        world
            .mission
            .obligations()
            .iter()
            .all(|owed| owed.opened.seq != asked)
    );
}

// spec: AUTH-1
#[test]
fn only_somebody_with_authority_corrects() {
    let world = wrong_lane();
    let refused = world.rejects(&by("worker"), rebind("worker"), Code::NotAuthorised);
    assert_eq!(refused.rule, "AUTH-1");
    assert!(world.decide(&Actor::Host, &rebind("worker")).is_ok());
}
