//! What a refusal offers in place of what was asked, situation by situation: the alternatives that
//! the status of a task alone does not bring about.

use std::fmt::Write as _;

use orch_core::command::{Command, Dispatch, Rebind};
use orch_core::decide::{Context, Prior};
use orch_core::event::attempt::{Handoff, HandoffStatus};
use orch_core::event::correction::{Amendment, Change};
use orch_core::event::gate::Verdict;
use orch_core::event::mission::MissionOutcome;
use orch_core::event::talk::{Message, MessageClass, WaitDeclared, WaitRef};
use orch_core::event::task::{Need, Unmet};
use orch_core::ids::Seq;
use orch_core::party::Actor;
use orch_core::policy::Millis;
use orch_core::status::task::TaskStatus;

use super::{named, told};
use crate::rules::stage::in_status;
use crate::support::*;

/// A sentence, and who asks for what in which mission.
type Asked = (&'static str, World, Actor, Command);

// spec: DECIDE-3
#[test]
fn what_is_offered_in_place_of_what_is_refused() {
    let mut page = String::new();
    let asked = [
        about_questions(),
        about_other_reasons(),
        about_handing_out(),
        about_gates(),
        about_ends(),
    ];
    for (what, world, actor, command) in asked.into_iter().flatten() {
        let answer = told(&world.decide(&actor, &command));
        writeln!(page, "# {what}\n{actor} {}\n  {answer}", named(&command)).unwrap();
    }
    insta::assert_snapshot!(page);
}

// spec: DECIDE-3, IDEM-1
#[test]
fn what_is_asked_under_the_key_of_another_command_has_nothing_to_be_offered_for_it() {
    let mut world = World::new().agents(&["a", "b"]).tasks(&["t1"]);
    world.dispatch("t1", "a");
    let command = Command::Rebind(Rebind {
        task: task("t1"),
        to: name("b"),
        reason: "a is busy".to_owned(),
        supersedes: Vec::new(),
    });
    let mut context = Context::new(lead(), world.now);
    assert!(world.mission.can(&command, &context).is_ok());
    context.prior = Prior::Seen {
        first: Seq(1),
        last: Seq(1),
        request: Some(label("another")),
    };
    let refused = world.mission.can(&command, &context).unwrap_err();
    assert_eq!(refused.instead, []);
}

/// An owner who asked somebody about the task, and whose question ran out of time.
fn unanswered() -> World {
    let mut world = World::with(|policy| policy.clocks.reply_ms = Some(Millis::minutes(2)))
        .agents(&["a", "b"])
        .tasks(&["t1"]);
    world.start("t1", "a");
    let question = Message {
        task: Some(task("t1")),
        ..message("agent:a", "agent:b", MessageClass::Question, "which port?")
    };
    world.accepts(&by("a"), Command::Send(question));
    world.pass(2).accepts(&Actor::Host, Command::Tick);
    world
}

fn about_questions() -> Vec<Asked> {
    let hands = |status| Command::Handoff(handoff("t1", 1, "a", status));
    let contradictory = Command::Handoff(Handoff {
        remaining: vec!["the rest".to_owned()],
        ..handoff("t1", 1, "a", HandoffStatus::Done)
    });
    let progress = Command::Progress(progress("t1", 1, "a"));
    let done = hands(HandoffStatus::Done);
    vec![
        (
            "done without the answer",
            unanswered(),
            by("a"),
            done.clone(),
        ),
        (
            "progress without the answer",
            unanswered(),
            by("a"),
            progress.clone(),
        ),
        (
            "a contradiction without the answer",
            unanswered(),
            by("a"),
            contradictory,
        ),
        ("done by somebody else", unanswered(), by("b"), done),
        ("progress by somebody else", unanswered(), by("b"), progress),
    ]
}

/// An owner who asked somebody about the task and may yet be answered; and work on `t2`, which was
/// handed out before what it needs was done.
fn asking() -> World {
    let mut world = World::unlimited().agents(&["a", "b"]).tasks(&["t1"]);
    world.start("t1", "a");
    let question = Message {
        task: Some(task("t1")),
        ..message("agent:a", "agent:b", MessageClass::Question, "which port?")
    };
    world.accepts(&by("a"), Command::Send(question));
    world.declare_after("t2", &["t1"]);
    world.happens(&import(), crate::rules::stage::dispatched("t2", 1, "b"));
    world
}

fn about_other_reasons() -> Vec<Asked> {
    let early = Command::Handoff(handoff("t2", 1, "b", HandoffStatus::Done));
    let unknown = Command::Progress(progress("t1", 9, "a"));
    let mut over = in_status(TaskStatus::Failed);
    over.accepts(&lead(), close(MissionOutcome::Cancelled));
    let skip = crate::rules::stage::close_task("t1", Unmet::Skipped);
    let mut chain = World::new().tasks(&["x"]);
    chain.declare_after("y", &["x"]);
    let needs_nothing_first = correct("x", needing(&["z", "y"]));
    vec![
        ("done before what it needs", asking(), by("b"), early),
        (
            "progress of an attempt that is not there",
            asking(),
            by("a"),
            unknown,
        ),
        (
            "a task is skipped after the mission was closed",
            over,
            lead(),
            skip,
        ),
        (
            "a need of what is not there, and a ring",
            chain,
            lead(),
            needs_nothing_first,
        ),
    ]
}

fn needing(ids: &[&str]) -> Change {
    let mut amendment = Amendment::default();
    amendment.add_needs = ids.iter().map(|id| Need::accepted(task(id))).collect();
    Change::Amend(Box::new(amendment))
}

fn about_handing_out() -> Vec<Asked> {
    let mut waiting = in_status(TaskStatus::Open);
    waiting.accepts(
        &lead(),
        Command::Wait(WaitDeclared {
            who: WaitRef::Task(task("next")),
            on: WaitRef::Task(task("t1")),
            until: None,
        }),
    );
    let mut chain = World::new().agents(&["a"]).tasks(&["x", "alone"]);
    chain.declare_after("y", &["x"]);
    let mut busy = World::with(|policy| policy.wip.mission = Some(1)).agents(&["a", "b"]);
    busy = busy.tasks(&["t1", "t2"]);
    busy.dispatch("t1", "a");
    let mut noted = Dispatch::new(task("t2"), name("b"));
    noted.note.push_str("next");
    vec![
        (
            "a task that waits for another",
            waiting,
            lead(),
            dispatch("next", "b"),
        ),
        (
            "a ring of needs",
            chain.clone(),
            lead(),
            correct("x", needing(&["y"])),
        ),
        (
            "a ring and a need beside it",
            chain.clone(),
            lead(),
            correct("x", needing(&["alone", "y"])),
        ),
        (
            "a need of itself",
            chain.clone(),
            lead(),
            correct("x", needing(&["x"])),
        ),
        (
            "a need of what is not there",
            chain.clone(),
            lead(),
            correct("x", needing(&["z"])),
        ),
        (
            "a ring by somebody else",
            chain,
            by("a"),
            correct("x", needing(&["y"])),
        ),
        (
            "one more than may be in flight",
            busy,
            lead(),
            Command::Dispatch(noted),
        ),
    ]
}

fn about_gates() -> Vec<Asked> {
    let mut world = World::new().agents(&["a", "b"]);
    world.declare_gated("t1", &["review", "test"]);
    world.finish("t1", "a");
    world.accepts(&lead(), correct("t1", Change::Reopen));
    world.finish("t1", "b");
    let decides = |number, which| decide_gate("t1", number, which, "human:ada", Verdict::Approved);
    let asks = |number, which| request_gate("t1", number, which, "agent:a");
    vec![
        (
            "a request for older work",
            world.clone(),
            lead(),
            asks(1, "review"),
        ),
        (
            "a request for the gate after it",
            world.clone(),
            lead(),
            asks(2, "test"),
        ),
        (
            "a request to its author",
            world.clone(),
            lead(),
            request_gate("t1", 2, "review", "agent:b"),
        ),
        (
            "a decision on older work",
            world.clone(),
            lead(),
            decides(1, "review"),
        ),
        (
            "a decision on the gate after it",
            world,
            lead(),
            decides(2, "test"),
        ),
    ]
}

fn about_ends() -> Vec<Asked> {
    let empty = close(MissionOutcome::Completed);
    vec![
        (
            "the end of a mission without tasks",
            World::new(),
            lead(),
            empty,
        ),
        (
            "a name that is taken, for somebody else",
            in_status(TaskStatus::Open),
            by("b"),
            join("a"),
        ),
    ]
}
