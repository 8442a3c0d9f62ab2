//! Requests: what is written is read, and whatever else comes is refused.

use orch_core::event::note::Note;
use orch_core::event::task::TaskDeclared;
use orch_core::ids::TaskId;
use proptest::prelude::*;

use super::*;
use crate::cursor::Position;

fn missions() -> impl Strategy<Value = MissionId> {
    "[a-z][a-z0-9-]{0,8}".prop_map(|name| MissionId::parse(&name).unwrap())
}

fn commands() -> impl Strategy<Value = Command> {
    prop_oneof![
        Just(Command::Tick),
        any::<String>().prop_map(|text| Command::Note(Note { task: None, text })),
        ("[a-z]{1,6}", any::<String>()).prop_map(|(id, title)| {
            Command::DeclareTask(TaskDeclared::new(TaskId::parse(&id).unwrap(), title))
        }),
    ]
}

fn asks() -> impl Strategy<Value = Ask> {
    let key = proptest::option::of("[a-z]{1,9}");
    let seqs = proptest::option::of(any::<u64>().prop_map(Seq));
    let cause = proptest::option::of(any::<u128>().prop_map(Uuid::from_u128));
    (key, seqs, cause, 0..4_000_000_000_i64).prop_map(|(key, expect, cause, at)| Ask {
        by: Actor::parse("agent:coder#2").unwrap(),
        now: DateTime::from_timestamp(at, 5).unwrap(),
        key: key.map(|key| CommandKey::parse(&key).unwrap()),
        cause,
        expect,
        durability: Some(Durability::PowerCut),
    })
}

fn executes() -> impl Strategy<Value = Request> {
    let basis = proptest::option::of((any::<u64>(), proptest::option::of(any::<u128>())));
    (missions(), commands(), asks(), basis).prop_map(|(mission, command, ask, basis)| {
        let basis = basis.map(|(seq, last)| Basis {
            seq: Seq(seq),
            last: last.map(Uuid::from_u128),
        });
        let execute = Execute::new(&mission, ask.by.clone(), command, &ask, basis);
        Request::Execute(Box::new(execute))
    })
}

fn requests() -> impl Strategy<Value = Request> {
    let cursor = (any::<u128>(), any::<u64>()).prop_map(|(journal, position)| Cursor {
        journal: JournalId(Uuid::from_u128(journal)),
        position: Position(position),
    });
    let read = (missions(), any::<u64>(), any::<u64>());
    prop_oneof![
        4 => executes(),
        1 => (any::<u32>(), any::<String>())
            .prop_map(|(protocol, program)| Request::Hello { protocol, program }),
        1 => missions().prop_map(|mission| Request::Settle { mission }),
        1 => missions().prop_map(|mission| Request::Snapshot { mission }),
        1 => read.prop_map(|(mission, after, max)| Request::Read {
            mission,
            after: Seq(after),
            max
        }),
        1 => (cursor.clone(), any::<u64>())
            .prop_map(|(after, max)| Request::ReadAll { after, max }),
        1 => (cursor, any::<u64>())
            .prop_map(|(after, at_most_ms)| Request::Wait { after, at_most_ms }),
        1 => Just(Request::Missions {}),
        1 => Just(Request::Verify {}),
    ]
}

proptest! {
    #[test]
    fn always_a_request_that_was_written_is_read_as_it_was(request in requests()) {
        let line = serde_json::to_vec(&request).unwrap();
        prop_assert!(!line.contains(&b'\n'));
        prop_assert_eq!(Request::parse(&line).unwrap(), request);
    }

    #[test]
    fn never_do_bytes_that_were_changed_on_the_way_do_more_than_fail_or_ask(
        request in requests(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in proptest::option::of(any::<prop::sample::Index>()),
    ) {
        let mut line = serde_json::to_vec(&request).unwrap();
        for (at, byte) in changes {
            let at = at.index(line.len());
            line[at] = byte;
        }
        if let Some(cut) = cut {
            line.truncate(cut.index(line.len()));
        }
        // What is read is a request that can be written again: nothing of it is made up.
        match Request::parse(&line) {
            Err(message) => prop_assert!(!message.is_empty()),
            Ok(read) => {
                let again = serde_json::to_vec(&read).unwrap();
                prop_assert_eq!(Request::parse(&again).unwrap(), read);
            }
        }
    }

    #[test]
    fn never_do_other_bytes_make_a_request(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(Request::parse(&bytes).is_err());
    }
}

#[test]
fn nesting_without_end_is_refused() {
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(Request::parse(deep.as_bytes()).is_err());
    let within = format!("{{\"hello\":{{\"protocol\":1,\"program\":{deep}}}}}");
    assert!(Request::parse(within.as_bytes()).is_err());
    let unknown = format!("{{\"missions\":{{\"x\":{deep}}}}}");
    assert!(Request::parse(unknown.as_bytes()).is_err());
}

#[test]
fn what_may_be_asked_twice_is_what_changes_nothing_or_has_a_key() {
    let ask = Ask::new(Actor::Host);
    let mission = MissionId::parse("auth").unwrap();
    let execute = |ask: &Ask| {
        let execute = Execute::new(&mission, Actor::Host, Command::Tick, ask, None);
        Request::Execute(Box::new(execute)).is_repeatable()
    };
    assert!(!execute(&ask));
    assert!(execute(&ask.key(CommandKey::parse("k").unwrap())));
    assert!(Request::End {}.is_repeatable());
}
