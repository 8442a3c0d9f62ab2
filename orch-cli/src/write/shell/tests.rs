//! Every command of the core, written as a command line and read again.

mod samples;

use orch_core::command::{Dispatch, Join, OpenMission};
use orch_core::decide::{Context, Decision};
use orch_core::event::correction::Change;
use orch_core::event::task::TaskDeclared;
use orch_core::ids::{AgentName, AgentRef, Label, MissionId, TaskId};
use orch_core::party::Party;
use orch_core::policy::Policy;
use orch_core::record::Batch;
use proptest::prelude::*;

use super::*;
use samples::commands;

const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

fn id(text: &str) -> TaskId {
    TaskId::parse(text).unwrap()
}

fn label(text: &str) -> Label {
    Label::parse(text).unwrap()
}

fn coder() -> AgentRef {
    AgentRef::parse("coder#1").unwrap()
}

/// A mission with two agents and tasks, some of whose names are hard to write.
fn mission() -> Mission {
    let mut mission = Mission::new();
    let mut commands = vec![Command::OpenMission(OpenMission {
        title: "T".to_owned(),
        lead: Party::Host,
        policy: None,
        empty: false,
    })];
    for agent in ["coder", "-x"] {
        commands.push(Command::Join(Join {
            agent: AgentName::parse(agent).unwrap(),
            roles: Vec::new(),
            session: None,
            alias: false,
        }));
    }
    for task in TASKS {
        commands.push(Command::DeclareTask(TaskDeclared::new(id(task), "a task")));
    }
    let context = Context::new(Actor::Host, NOW);
    for command in commands {
        let Ok(Decision::Accepted { events, .. }) = mission.decide(&command, &context) else {
            panic!("{command:?}");
        };
        let batch = Batch {
            mission: MissionId::parse("m").unwrap(),
            head: mission.head(),
            at: NOW,
            by: Actor::Host,
            command: None,
            request: None,
            cause: None,
        };
        for record in batch.seal(events, || uuid::Uuid::from_u128(1)).unwrap() {
            mission.apply(&record);
        }
    }
    mission
}

const TASKS: [&str; 7] = [
    "login",
    "login-2",
    "-dash",
    "--json",
    "it's",
    "a:skipped",
    "x#2",
];

/// Reads a command line the way a shell does, and asks for it.
fn read(line: &str, mission: &Mission, actor: &Actor) -> Option<Command> {
    let mut words = String::new();
    let mut chars = line.chars().peekable();
    let mut push = |c: char| words.push(c);
    let mut quotes = "";
    while let Some(c) = chars.next() {
        match (quotes, c) {
            ("'" | "$'", '\'') => quotes = "",
            ("", '\'') => quotes = "'",
            ("", '$') if chars.peek() == Some(&'\'') => {
                chars.next();
                quotes = "$'";
            }
            ("", '\\') => push(chars.next().unwrap()),
            ("$'", '\\') => match chars.next().unwrap() {
                'n' => push('\n'),
                'U' => {
                    let digits: String = chars.by_ref().take(8).collect();
                    let code = u32::from_str_radix(&digits, 16).unwrap();
                    push(char::from_u32(code).unwrap());
                }
                c => push(c),
            },
            ("", ' ') => push('\0'),
            (_, c) => push(c),
        }
    }
    // No word of a command line holds a zero, so it can stand between two.
    let words: Vec<String> = words.split('\0').map(str::to_owned).collect();
    asked(&words, mission, actor, NOW)
}

#[test]
fn every_command_has_words_and_they_say_the_same() {
    let (mission, actor) = (mission(), Actor::Agent(coder()));
    for command in commands("login", "because it's --so, \"really\"\nand -n") {
        let words = faithful(&command, &mission, &actor, NOW);
        let text = line(&words);
        let is_written_out = words.first().is_some_and(|word| word == "do");
        let has_no_words = matches!(
            &command,
            Command::Correct(correction) if matches!(correction.change, Change::Rebind { .. })
        );
        assert_eq!(is_written_out, has_no_words, "{text}");
        assert_eq!(read(&text, &mission, &actor), Some(command), "{text}");
    }
}

#[test]
fn a_command_with_a_policy_is_written_out() {
    let command = Command::OpenMission(OpenMission {
        title: "T".to_owned(),
        lead: Party::Host,
        policy: Some(Policy::default()),
        empty: false,
    });
    let (mission, actor) = (mission(), Actor::Host);
    let words = faithful(&command, &mission, &actor, NOW);
    assert_eq!(words[0], "do");
    assert_eq!(read(&line(&words), &mission, &actor), Some(command));
}

#[test]
fn an_agent_claims_what_is_dispatched_to_itself() {
    let command = Command::Dispatch(Dispatch::new(id("login"), coder().name));
    let mission = mission();
    for (actor, words) in [
        (Actor::Agent(coder()), "claim login"),
        (Actor::Host, "dispatch login --to coder"),
    ] {
        assert_eq!(line(&faithful(&command, &mission, &actor, NOW)), words);
        assert_eq!(read(words, &mission, &actor).as_ref(), Some(&command));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn always_a_suggested_line_reads_as_the_command_it_stands_for(
        task in prop::sample::select(&TASKS[..]),
        text in "[ -~\n\t\u{e9}]{0,12}",
    ) {
        let (mission, actor) = (mission(), Actor::Agent(coder()));
        for command in commands(task, &text) {
            let text = line(&faithful(&command, &mission, &actor, NOW));
            prop_assert_eq!(read(&text, &mission, &actor), Some(command), "{}", text);
        }
    }
}
