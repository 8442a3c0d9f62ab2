//! Talk that moves nothing, and obligations that stay until they are met.

use orch_core::codes::Code;
use orch_core::command::Command;
use orch_core::diagnosis::Cause;
use orch_core::event::attempt::HandoffStatus;
use orch_core::event::mission::{MissionClosed, MissionOutcome};
use orch_core::event::note::{FindingRecorded, Note};
use orch_core::event::talk::{Message, MessageClass, Receipt};
use orch_core::mission::ObligationKind;
use orch_core::party::Actor;
use orch_core::policy::Millis;
use orch_core::status::task::TaskStatus;

use super::in_status;
use crate::support::*;

fn asks(class: MessageClass, to: &str) -> Message {
    Message {
        task: Some(task("t1")),
        ..message("agent:a", to, class, "which port?")
    }
}

// spec: NOTE-1
#[test]
fn remarks_move_no_task_in_any_status() {
    for &status in TaskStatus::ALL {
        let mut world = in_status(status);
        let since = world.view("t1").since();
        let about = Some(task("t1"));
        let fyi = Message {
            from: party("human:ada"),
            ..asks(MessageClass::Fyi, "agent:b")
        };
        world.accepts(&lead(), Command::Send(fyi));
        world.accepts(
            &lead(),
            Command::Note(Note {
                task: about.clone(),
                text: "done!".into(),
            }),
        );
        let (title, body) = ("done".to_owned(), "all of it".to_owned());
        let finding = FindingRecorded {
            task: about,
            title,
            body,
        };
        world.accepts(&lead(), Command::RecordFinding(finding));
        assert_eq!(
            (world.status("t1"), world.view("t1").since()),
            (status, since)
        );
        assert_eq!(
            (
                world.view("t1").n_notes(),
                world.view("t1").findings().len()
            ),
            (1, 1)
        );
    }
}

// spec: NOTE-1
#[test]
fn what_asks_for_something_is_owed_until_it_is_answered_and_not_merely_read() {
    use MessageClass::{Actionable, Fyi, Question};
    let cases = [
        (Fyi, None),
        (Actionable, Some(ObligationKind::Reply)),
        (Question, Some(ObligationKind::Answer)),
    ];
    for (class, expected) in cases {
        let mut world = in_status(TaskStatus::Running);
        let asked = world.accepts(&by("a"), Command::Send(asks(class, "agent:b")));
        let owed = |world: &World| world.mission.obligations().first().map(|it| it.kind);
        assert_eq!(owed(&world), expected);
        world.accepts(&by("b"), Command::Receipt(Receipt { of: vec![asked] }));
        assert_eq!(owed(&world), expected, "a receipt is no answer");
        let reply = message("agent:b", "agent:a", Fyi, "8080");
        world.accepts(
            &by("b"),
            Command::Send(Message {
                reply_to: Some(asked),
                ..reply
            }),
        );
        assert_eq!(owed(&world), None);
    }
}

// spec: NOTE-1
#[test]
fn somebody_elses_reply_settles_nothing() {
    let mut world = in_status(TaskStatus::Running);
    let asked = world.accepts(
        &by("a"),
        Command::Send(asks(MessageClass::Question, "agent:b")),
    );
    let reply = message("agent:c", "agent:a", MessageClass::Fyi, "ask b");
    world.accepts(
        &by("c"),
        Command::Send(Message {
            reply_to: Some(asked),
            ..reply
        }),
    );
    assert_eq!(world.mission.obligations()[0].owed_by, party("agent:b"));
}

// spec: NOTE-1, AUTH-1
#[test]
fn nobody_answers_in_the_name_of_another() {
    let mut world = in_status(TaskStatus::Running);
    let asked = world.accepts(
        &by("a"),
        Command::Send(asks(MessageClass::Question, "agent:b")),
    );
    let forged = message("agent:b", "agent:a", MessageClass::Fyi, "yes");
    let forged = Command::Send(Message {
        reply_to: Some(asked),
        ..forged
    });
    let (_, imposed) = world.forbids(&by("a"), forged, Code::NotOwner);
    assert_eq!(imposed.mission.obligations().len(), 1);
}

// spec: NOTE-1
#[test]
fn an_escalation_is_an_obligation_of_the_human_it_names() {
    let mut world = in_status(TaskStatus::Running);
    world.accepts(
        &by("a"),
        Command::Send(asks(MessageClass::Actionable, "human:grace")),
    );
    let owed = &world.mission.obligations()[0];
    assert_eq!(
        (&owed.owed_by, &owed.next),
        (&party("human:grace"), &party("human:grace"))
    );
    let roots = world.mission.roots(world.now);
    assert!(
        roots
            .iter()
            .any(|it| it.cause == Cause::ReplyOwed && it.next == party("human:grace"))
    );
}

// spec: NOTE-1
#[test]
fn a_worker_that_asked_needs_input_and_the_one_it_asked_has_the_next_move() {
    // D26: "working" is not what this is.
    let mut world = in_status(TaskStatus::Running);
    let asked = world.accepts(
        &by("a"),
        Command::Send(asks(MessageClass::Question, "human:ada")),
    );
    let found = &world.blockers("t1")[0];
    assert_eq!(
        (found.cause, &found.next),
        (Cause::NeedsInput, &party("human:ada"))
    );
    assert_eq!(world.view("t1").open_question(), Some(asked));
    world.accepts(&by("a"), Command::Beat(beat("t1", 1, "a")));
    assert_eq!(
        world.causes("t1"),
        [Cause::NeedsInput],
        "being alive is no answer"
    );
    let reply = message("human:ada", "agent:a", MessageClass::Fyi, "8080");
    world.accepts(
        &lead(),
        Command::Send(Message {
            reply_to: Some(asked),
            ..reply
        }),
    );
    assert_eq!(world.causes("t1"), [Cause::InProgress]);
}

// spec: NOTE-1, TIME-2
#[test]
fn work_that_goes_on_without_the_answer_is_marked() {
    // D26: the question times out, and the agent invents an answer.
    let mut world = World::with(|policy| policy.clocks.reply_ms = Some(Millis::minutes(2)))
        .agents(&["a", "b"])
        .tasks(&["t1"]);
    world.start("t1", "a");
    let asked = world.accepts(
        &by("a"),
        Command::Send(asks(MessageClass::Question, "agent:b")),
    );
    world.accepts(&by("a"), Command::Progress(progress("t1", 1, "a")));
    world.pass(2);
    let expired = world.accepts(&Actor::Host, Command::Tick);
    assert_eq!(world.anomalies(), [], "a clock is no anomaly");
    world.happens(&by("a"), handoff("t1", 1, "a", HandoffStatus::Done));
    let marks = world.mission.anomalies();
    assert_eq!(marks[0].code, Code::ProceededWithoutAnswer);
    assert_eq!(marks[0].because, [asked, expired]);
    assert_eq!(
        world.status("t1"),
        TaskStatus::Accepted,
        "it happened, and is marked"
    );
}

// spec: NAME-2, COMPLETE-2
#[test]
fn what_is_said_to_an_agent_of_a_closed_mission_is_undelivered_until_somebody_reads_it() {
    let mut world = in_status(TaskStatus::Running);
    let forced = MissionClosed {
        outcome: MissionOutcome::Completed,
        forced: true,
        reason: "the customer left".to_owned(),
    };
    world.accepts(&lead(), Command::CloseMission(forced));
    let said = asks(MessageClass::Actionable, "agent:b");
    world.rejects(&by("a"), Command::Send(said.clone()), Code::AfterClose);
    world.imposes(&by("a"), said, Code::AfterClose);
    let lost = world.mission.head();
    let undelivered = |world: &World| {
        let roots = world.mission.roots(world.now).into_iter();
        let lost = roots.filter(|it| it.cause == Cause::Undeliverable);
        lost.flat_map(|it| it.because).collect::<Vec<_>>()
    };
    assert_eq!(undelivered(&world), [lost]);
    world.accepts(&lead(), Command::Receipt(Receipt { of: vec![lost] }));
    assert_eq!(undelivered(&world), []);

    // A person is still there when the mission is over.
    world.imposes(
        &by("a"),
        asks(MessageClass::Fyi, "human:ada"),
        Code::AfterClose,
    );
    assert_eq!(undelivered(&world), []);
}
