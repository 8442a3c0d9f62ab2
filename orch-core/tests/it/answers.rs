//! Every answer to every kind of command, in every status of a task: what follows from an accepted
//! one, and what a refused one names instead. Reviewed as a whole, so that none changes unseen.

mod asked;
mod instead;

use std::fmt::Write as _;

use orch_core::command::Command;
use orch_core::decide::{Context, Decision, Effect, Rejection};
use orch_core::event::Event;
use orch_core::party::Actor;
use orch_core::policy::{Backoff, Millis};
use orch_core::status::task::TaskStatus;

use crate::rules::stage::in_status_from;
use crate::support::*;

/// A mission in which clocks run on everything, and few may be in flight.
fn limited() -> World {
    World::with(|policy| {
        policy.wip.mission = Some(2);
        policy.clocks.start_ms = Some(Millis::minutes(2));
        policy.clocks.attempt_ms = Some(Millis::minutes(90));
        policy.clocks.alive_ms = Some(Millis::minutes(5));
        policy.clocks.reply_ms = Some(Millis::minutes(7));
        policy.clocks.ack_ms = Some(Millis::minutes(3));
        policy.retry.backoff = Some(Backoff::default());
    })
}

fn told_effect(effect: &Effect) -> String {
    serde_json::to_string(effect).unwrap()
}

fn told_refusal(refused: &Rejection) -> String {
    let mut line = format!("refused {}: {}", refused.code, refused.message);
    let because: Vec<String> = refused
        .because
        .iter()
        .map(|it| it.seq.to_string())
        .collect();
    write!(line, " [{}] {:?}", because.join(" "), refused.retry).unwrap();
    for other in &refused.instead {
        write!(
            line,
            "\n    instead {}",
            serde_json::to_string(other).unwrap()
        )
        .unwrap();
    }
    line
}

fn told(answer: &Result<Decision, Rejection>) -> String {
    match answer {
        Ok(Decision::Accepted { events, effects }) => {
            let kinds: Vec<&str> = events.iter().map(Event::kind).collect();
            let mut line = format!("accepted {}", kinds.join(" "));
            for effect in effects {
                write!(line, "\n    {}", told_effect(effect)).unwrap();
            }
            line
        }
        Ok(Decision::Late { code, .. }) => format!("late {code}"),
        Ok(Decision::NoChange { since }) => format!("no change since {since}"),
        Ok(other) => format!("{other:?}"),
        Err(refused) => told_refusal(refused),
    }
}

fn named(command: &Command) -> String {
    let json = serde_json::to_string(command).unwrap();
    // What is the same in all of them says nothing.
    json.replace("\"reason\":\"as observed\",", "")
        .replace(",\"supersedes\":[]", "")
}

// spec: DECIDE-1, DECIDE-2, DECIDE-3
#[test]
fn the_answer_to_every_kind_of_command_in_every_status() {
    let worlds = TaskStatus::ALL
        .iter()
        .map(|status| (*status, in_status_from(limited(), *status)));
    let worlds: Vec<(TaskStatus, World)> = worlds.collect();
    for (topic, asked) in asked::topics() {
        let mut page = String::new();
        for (actor, command) in asked {
            writeln!(page, "{actor} {}", named(&command)).unwrap();
            // Statuses that give the same answer stand together, in the order of the table.
            let mut answers: Vec<(String, Vec<&str>)> = Vec::new();
            for (status, world) in &worlds {
                let answer = told(&world.decide(&actor, &command));
                match answers.iter_mut().find(|(known, _)| *known == answer) {
                    Some((_, statuses)) => statuses.push(status.as_str()),
                    None => answers.push((answer, vec![status.as_str()])),
                }
            }
            for (answer, statuses) in answers {
                writeln!(page, "  {}: {answer}", statuses.join(" ")).unwrap();
            }
        }
        insta::assert_snapshot!(format!("answers_about_{topic}"), page);
    }
}

// spec: DECIDE-3
#[test]
fn what_each_could_do_in_every_status() {
    let mut page = String::new();
    for status in TaskStatus::ALL {
        let world = in_status_from(limited(), *status);
        for actor in [Actor::Host, by("a"), by("b")] {
            let legal = world.mission.legal(&Context::new(actor.clone(), world.now));
            writeln!(page, "{status}, {actor}").unwrap();
            for command in legal {
                assert!(matches!(
                    world.decide(&actor, &command),
                    Ok(Decision::Accepted { .. })
                ));
                writeln!(page, "  {}", named(&command)).unwrap();
            }
        }
    }
    insta::assert_snapshot!(page);
}
