//! Text from a journal never steers a terminal, whatever it holds.

use orch_core::event::note::Note;
use orch_core::event::task::TaskDeclared;
use orch_core::ids::TaskId;
use proptest::prelude::*;

use crate::support::{Journal, run};

const READS: &[&[&str]] = &[
    &["status"],
    &["why"],
    &["why", "t"],
    &["why-not", "complete"],
    &["log"],
    &["show", "2"],
    &["show", "4"],
    &["show", "t"],
    &["show", "a"],
    &["ready"],
    &["blocked"],
    &["progress"],
    &["replay"],
    &["missions"],
    &["show", "\u{1b}[2J"],
];

/// Characters that steer, reorder or hide, between some that do not.
fn nasty() -> impl Strategy<Value = String> {
    let chars = prop_oneof![
        Just('\u{1b}'),
        Just('\u{7f}'),
        Just('\u{9b}'),
        Just('\u{202e}'),
        Just('\u{2066}'),
        Just('\u{200b}'),
        Just('\u{feff}'),
        Just('\n'),
        Just('\r'),
        Just('\t'),
        Just('\0'),
        any::<char>(),
        Just('世'),
        Just('a'),
        Just(' '),
    ];
    prop::collection::vec(chars, 1..40).prop_map(String::from_iter)
}

/// A journal that has the text wherever a journal can have text.
fn journal(text: &str) -> Journal {
    let mut log = Journal::new("hostile");
    let json = serde_json::to_string(text).unwrap();
    log.json(
        "host",
        "mission_opened",
        format!(r#"{{"title":{json},"lead":"host","rules":1}}"#),
    );
    log.add("host", TaskDeclared::new(TaskId::parse("t").unwrap(), text));
    log.json("host", "agent_joined", r#"{"agent":"a","incarnation":1}"#);
    log.json("host", "note", format!(r#"{{"task":"t","text":{json}}}"#));
    log.json(
        "host",
        "dispatched",
        format!(r#"{{"task":"t","attempt":1,"agent":"a#1","note":{json}}}"#),
    );
    log.json(
        "agent:a#1",
        "handoff",
        format!(r#"{{"task":"t","attempt":1,"agent":"a#1","status":"failed","error":{json},"remaining":[{json}]}}"#),
    );
    log.json("host", "strange", format!(r#"{{"x":{json}}}"#));
    log.json("host", "task_declared", format!(r#"{{"task":{json}}}"#));
    log.add(
        "host",
        Note {
            task: None,
            text: text.to_owned(),
        },
    );
    log
}

/// What must not be in any output without colour.
fn is_bad(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}'..='\u{200f}' | '\u{61c}' | '\u{feff}')
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn never_does_a_journal_steer_the_terminal(text in nasty()) {
        let folder = tempfile::tempdir().unwrap();
        let path = journal(&text).write(folder.path(), "hostile.jsonl");
        for read in READS {
            for output in ["text", "json", "jsonl"] {
                let args = [&["-S", &path, "--color", "never", "-o", output], *read].concat();
                let ran = run(&args);
                prop_assert!(ran.status.code().is_some_and(|code| code < 4), "{:?}", args);
                for stream in [ran.stdout, ran.stderr] {
                    let shown = String::from_utf8(stream).unwrap();
                    prop_assert!(!shown.contains(is_bad), "{:?}: {:?}", args, shown);
                }
            }
        }
    }
}
