//! Deciding: pure, in agreement with the fold, and with reasons.

use orch_core::codes::Code;
use orch_core::command::Command;
use orch_core::decide::{Context, Decision};
use orch_core::event::agent::ShutdownStage;
use orch_core::event::attempt::{AttemptEnd, HandoffStatus};
use orch_core::event::correction::Change;
use orch_core::event::gate::Verdict;
use orch_core::event::mission::MissionOutcome;
use orch_core::event::talk::MessageClass;
use orch_core::event::task::Unmet;
use orch_core::fold::Outcome;
use orch_core::ids::AttemptNo;
use orch_core::party::Actor;
use orch_core::status::task::TaskStatus;

use super::{close_task, deliver, in_status, shutdown};
use crate::support::*;

/// One of nearly everything that can be asked about `t1`.
fn commands() -> Vec<Command> {
    use HandoffStatus::{Blocked, Done, Failed, Partial};
    use ShutdownStage::{Acknowledged, Refused, Requested, Terminated};
    let mut all = vec![
        dispatch("t1", "a"),
        dispatch("t1", "b"),
        deliver("t1"),
        leave("a"),
        leave("b"),
        request_gate("t1", 1, "review", "agent:b"),
        request_gate("t1", 1, "review", "agent:a"),
        close(MissionOutcome::Completed),
        close(MissionOutcome::Cancelled),
    ];
    for number in [1, 2] {
        let ends = [AttemptEnd::Lost, AttemptEnd::Killed, AttemptEnd::Released];
        all.extend(ends.map(|how| Command::EndAttempt(ended("t1", number, "a", how))));
        all.push(Command::EndAttempt(exited("t1", number, "a", 0)));
        all.push(started(number, "t1", &agent("a")));
        all.push(Command::Beat(beat("t1", number, "a")));
        all.push(Command::Progress(progress("t1", number, "a")));
        let hands = [Partial, Blocked, Done, Failed];
        all.extend(hands.map(|status| Command::Handoff(handoff("t1", number, "a", status))));
        let verdicts = [Verdict::Approved, Verdict::ChangesRequested];
        all.extend(verdicts.map(|it| decide_gate("t1", number, "review", "human:ada", it)));
        all.push(decide_gate(
            "t1",
            number,
            "review",
            "agent:a",
            Verdict::Approved,
        ));
        let to = agent("b");
        all.push(correct(
            "t1",
            Change::Rebind {
                to,
                attempt: AttemptNo(number),
            },
        ));
    }
    let changes = [
        Change::Reopen,
        Change::Unblock,
        Change::Supersede { by: task("next") },
    ];
    all.extend(changes.map(|change| correct("t1", change)));
    let outcomes = [Unmet::Failed, Unmet::Skipped, Unmet::Cancelled];
    all.extend(outcomes.map(|outcome| close_task("t1", outcome)));
    all.extend([Requested, Acknowledged, Refused, Terminated].map(|stage| shutdown("a", stage)));
    let words = message(
        "human:ada",
        "agent:a",
        MessageClass::Question,
        "how far are you?",
    );
    all.push(Command::Send(words));
    all
}

fn everybody() -> [Actor; 4] {
    [lead(), Actor::Host, by("a"), by("b")]
}

// spec: DECIDE-1
#[test]
fn deciding_twice_gives_one_answer_and_leaves_the_mission_as_it_is() {
    let world = in_status(TaskStatus::InReview);
    let before = world.mission.digest().unwrap();
    for actor in everybody() {
        for command in commands() {
            assert_eq!(
                world.decide(&actor, &command),
                world.decide(&actor, &command)
            );
            let context = Context::new(actor.clone(), world.now);
            assert_eq!(world.mission.can(&command, &context).is_ok(), {
                world.decide(&actor, &command).is_ok()
            });
        }
    }
    assert_eq!(world.mission.digest().unwrap(), before);
}

/// Compares the answer to a command with what the fold makes of its event.
fn agrees(world: &World, actor: &Actor, command: &Command) {
    let answer = world.decide(actor, command);
    let said = || format!("{command:?} by {actor}: {answer:#?}");
    let mut after = world.clone();
    let before = world.mission.anomalies().len();
    match answer.clone() {
        Ok(Decision::Accepted { events, .. }) => {
            for event in events {
                assert_eq!(
                    after.happens(actor, event).outcome,
                    Outcome::Changed,
                    "{}",
                    said()
                );
            }
            assert_eq!(after.mission.anomalies().len(), before, "{}", said());
        }
        Ok(Decision::Late { events, .. }) => {
            for event in events {
                assert_eq!(
                    after.happens(actor, event).outcome,
                    Outcome::Fenced,
                    "{}",
                    said()
                );
            }
        }
        Ok(Decision::NoChange { since }) => {
            assert!(since <= world.mission.head());
            let applied = after.happens(actor, world.event_of(command).unwrap());
            assert_eq!(
                (applied.outcome, applied.n_anomalies),
                (Outcome::Ignored, 0),
                "{}",
                said()
            );
        }
        Ok(Decision::AlreadyDone { .. } | _) => panic!("nothing has a key here: {}", said()),
        Err(refused) => {
            assert_eq!(refused.rule, refused.code.rule());
            assert!(!refused.message.is_empty(), "{}", said());
            for other in &refused.instead {
                let other = world.decide(actor, other);
                assert!(
                    matches!(other, Ok(Decision::Accepted { .. })),
                    "{}{other:#?}",
                    said()
                );
            }
            let applied = after.happens(actor, world.event_of(command).unwrap());
            let is_fenced = applied.outcome == Outcome::Fenced;
            assert!(applied.n_anomalies > 0 || is_fenced, "{}", said());
        }
    }
}

// spec: DECIDE-2, DECIDE-3
#[test]
fn every_answer_agrees_with_the_fold_in_every_status() {
    for &status in TaskStatus::ALL {
        let world = in_status(status);
        for actor in everybody() {
            for command in commands() {
                agrees(&world, &actor, &command);
            }
        }
    }
}

// spec: DECIDE-3
#[test]
fn a_rejection_names_its_rule_its_records_and_what_to_do_instead() {
    let mut world = World::new().agents(&["a", "b"]).tasks(&["t1"]);
    let held = world.dispatch("t1", "a");
    let (refused, _) = world.forbids(&lead(), dispatch("t1", "b"), Code::ParallelAttempts);
    insta::assert_snapshot!(refused, @"task t1 is dispatched: attempt 1 with a#1 is open");
    assert!(refused.because.iter().any(|fact| fact.seq == held));
    assert!(!refused.instead.is_empty());
}
