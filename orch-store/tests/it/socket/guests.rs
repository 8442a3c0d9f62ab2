//! Those who come to the door: silent, slow, too many, or saying what is no request.

use std::time::Duration;

use orch_core::ids::Seq;
use orch_core::mission::Mission;
use orch_store::cursor::Position;
use orch_store::error::StoreError;
use orch_store::journal::Journal as _;
use orch_store::socket::{Client, Limits, PROTOCOL};

use super::{PATIENCE, Served};
use crate::support::{ask, mission, task};

fn small() -> Limits {
    let mut limits = Limits::default();
    limits.connections_max = 4;
    limits.request_max_bytes = 10_000;
    limits
}

#[test]
fn what_is_no_request_is_answered_by_name_and_does_no_harm() {
    let served = Served::new();
    let mut guest = served.guest();
    let early = guest.ask(r#"{"missions":{}}"#);
    assert_eq!(
        early["failed"]["malformed"]["message"],
        "the first request is a hello"
    );
    assert_eq!(guest.greet()["hello"]["protocol"], PROTOCOL);
    let named = [
        ("", "EOF"),
        ("hello?", "expected value"),
        (r#"{"missions":{}} {"#, "trailing"),
        (
            r#"{"drop_everything":{}}"#,
            "unknown variant `drop_everything`",
        ),
        (r#"{"head":{}}"#, "missing field `mission`"),
        (r#"{"head":{"mission":""}}"#, "mission"),
        (r#"{"read":{"mission":"auth","after":-1,"max":1}}"#, "-1"),
        (r#"{"end":{"at":1}}"#, "unknown field at"),
    ];
    for (line, named) in named {
        let answer = guest.ask(line);
        let message = answer["failed"]["malformed"]["message"].as_str();
        assert!(message.unwrap().contains(named), "{line}: {answer}");
    }
    let mut bytes = vec![0xff; 300];
    bytes.push(b'\n');
    guest.say(&bytes);
    assert!(guest.hear().unwrap()["failed"]["malformed"].is_object());
    assert_eq!(
        guest.ask(r#"{"head":{"mission":"auth"}}"#)["head"]["seq"],
        2
    );
}

#[test]
fn a_field_that_the_owner_does_not_know_is_refused_wherever_it_is() {
    let served = Served::new();
    let mut guest = served.guest();
    guest.greet();
    let answer = guest.ask(
        r#"{"execute":{"mission":"auth","by":"human:ada","now":"2026-11-20T08:00:00Z",
            "command":{"note":{"text":"later","remind_at":"tomorrow"}}}}"#
            .replace('\n', " ")
            .as_str(),
    );
    let message = answer["failed"]["malformed"]["message"].as_str().unwrap();
    assert!(message.contains("unknown field"), "{message}");
    assert!(message.contains("remind_at"), "{message}");
    assert_eq!(served.journal().head(&mission("auth")).unwrap(), Seq(2));
}

#[test]
fn a_request_without_end_is_cut_off_by_name() {
    let served = Served::within(small());
    let mut guest = served.guest();
    guest.greet();
    guest.say(&vec![b'['; 15_000]);
    let answer = guest.hear().unwrap();
    assert_eq!(
        answer["failed"]["malformed"]["message"],
        "it has more than 10000 bytes"
    );
    assert!(guest.hear().is_none());
    // What is as long as it may be is a request.
    let mut guest = served.guest();
    guest.greet();
    let padded = format!("{:<9999}", r#"{"missions":{}}"#);
    assert!(guest.ask(&padded)["missions"].is_array());
}

#[test]
fn another_version_is_refused_by_both_numbers() {
    let served = Served::new();
    let mut guest = served.guest();
    let answer = guest.ask(r#"{"hello":{"protocol":99,"program":"from the future"}}"#);
    assert_eq!(answer["failed"]["protocol"]["asked"], 99);
    assert_eq!(answer["failed"]["protocol"]["spoken"], PROTOCOL);
    let refused = guest.ask(r#"{"missions":{}}"#);
    assert!(refused["failed"]["malformed"].is_object());
}

#[test]
fn whoever_is_silent_does_not_keep_others_waiting() {
    let served = Served::new();
    let mut silent = served.guest();
    silent.greet();
    let mut torn = served.guest();
    torn.greet();
    torn.say(br#"{"head":{"mission":"au"#);
    let _wordless = served.guest();
    let added = served
        .remote()
        .execute(&mission("auth"), &task("t1"), &ask());
    assert_eq!(added.unwrap().records().len(), 1);
    torn.say(b"th\"}}\n");
    assert_eq!(torn.hear().unwrap()["head"]["seq"], 3);
}

#[test]
fn whoever_is_silent_the_longest_gives_way_when_all_places_are_taken() {
    let served = Served::within(small());
    let mut silent: Vec<_> = (0..4).map(|_| served.guest()).collect();
    for guest in &mut silent {
        guest.greet();
    }
    let mut fifth = served.guest();
    assert!(fifth.greet()["hello"].is_object());
    assert!(silent[0].hear().is_none());
    assert!(silent[3].ask(r#"{"end":{}}"#)["end"].is_object());
    assert!(fifth.ask(r#"{"end":{}}"#)["end"].is_object());
    assert_eq!(served.owner.as_ref().unwrap().n_connections(), 4);
}

#[test]
fn those_who_wait_leave_room_for_those_who_want_something_done() {
    let served = Served::within(small());
    let end = served.journal().end().unwrap();
    let mut waiting = Vec::new();
    for _ in 0..3 {
        let client = served.client();
        waiting.push(std::thread::spawn(move || client.wait(&end, PATIENCE)));
    }
    let remote = served.remote();
    let added = remote.execute(&mission("auth"), &task("t1"), &ask());
    assert_eq!(added.unwrap().records().len(), 1);
    for waiting in waiting {
        match waiting.join().unwrap() {
            Ok(end) => assert_eq!(end.position, Position(3)),
            Err(error) => assert!(error.to_string().contains("serves"), "{error}"),
        }
    }
}

#[test]
fn a_client_that_was_hung_up_connects_again() {
    let mut limits = Limits::default();
    limits.idle = Duration::from_millis(1);
    let served = Served::within(limits);
    let remote = served.remote();
    // Without a key: nothing may be asked twice.
    for n in 0..20 {
        let added = remote.execute(&mission("auth"), &task(&format!("t{n}")), &ask());
        if let Err(error) = added {
            // It was hung up in the very moment.
            assert!(error.to_string().contains("not known"), "{error}");
        }
        std::thread::yield_now();
    }
    let head = served.journal().head(&mission("auth")).unwrap();
    let seen = served.coordinator.read(&mission("auth"), Mission::head);
    assert_eq!(seen.unwrap(), head);
}

#[test]
fn an_owner_that_gives_no_sign_of_life_is_named() {
    let mut served = Served::new();
    // Somebody listens there and never answers, as a process that is stopped.
    let root = served.home.root();
    served.owner = None;
    let listener = std::os::unix::net::UnixListener::bind(served.door()).unwrap();
    let mode = <std::fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o600);
    std::fs::set_permissions(served.door(), mode).unwrap();
    let error = Client::connect(&root, Duration::from_millis(30)).unwrap_err();
    let StoreError::Busy { holder, .. } = error else {
        panic!("{error}");
    };
    assert!(holder.contains(&std::process::id().to_string()), "{holder}");
    drop(listener);
}
