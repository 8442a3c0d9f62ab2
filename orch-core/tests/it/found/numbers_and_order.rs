//! Numbers that cannot be right, and records out of their place.

use orch_core::codes::Code;
use orch_core::event::agent::AgentJoined;
use orch_core::event::task::TaskDeclared;
use orch_core::fold::Outcome;
use orch_core::ids::{Incarnation, Seq};
use orch_core::mission::Mission;
use orch_core::record::Record;

use super::*;

// spec: ORDER-1
#[test]
fn two_lines_that_are_swapped_are_a_gap_and_a_record_out_of_order_but_no_duplicate() {
    let mut world = World::new().tasks(&["t1", "t2"]);
    let n = world.records.len();
    world.records.swap(n - 1, n - 2);
    world.mission = Mission::fold(&world.records);
    assert_eq!(world.anomalies(), [Code::SeqGap, Code::OutOfOrder]);
    assert!(world.mission.task(&task("t1")).is_none());
    assert!(world.mission.task(&task("t2")).is_some());
}

// spec: ID-1
#[test]
fn an_attempt_number_that_cannot_be_right_is_ignored_and_takes_no_number_away() {
    let mut world = World::new().agents(&["a"]).tasks(&["t1"]);
    let applied = world.happens(&import(), dispatched("t1", u32::MAX, "a"));
    assert_eq!(applied.outcome, Outcome::Ignored);
    assert_eq!(world.anomalies(), [Code::ImplausibleNumber]);
    assert_eq!(world.view("t1").attempts().count(), 0);
    let report = handoff("t1", u32::MAX, "a", HandoffStatus::Done);
    world.rejects(&by("a"), Command::Handoff(report), Code::UnknownAttempt);
    world.dispatch("t1", "a");
    assert_eq!(world.token("t1"), 1);
}

// spec: ID-1, ORDER-1
#[test]
fn a_number_is_a_gap_up_to_a_million_beyond_the_next_and_a_position_up_to_four_billion() {
    const FAR: u32 = 1 << 20;
    let world = World::new().agents(&["a"]).tasks(&["t1"]);
    let attempt = |number| imposed(&world, &import(), dispatched("t1", number, "a")).anomalies();
    assert_eq!(attempt(FAR + 1), [Code::AttemptGap]);
    assert_eq!(attempt(FAR + 2), [Code::ImplausibleNumber]);
    let owner = |incarnation| {
        let mut given = dispatched("t1", 1, "a");
        given.agent.incarnation = Incarnation(incarnation);
        imposed(&world, &import(), given).anomalies()
    };
    assert!(!owner(FAR + 2).contains(&Code::ImplausibleNumber));
    assert!(owner(FAR + 3).contains(&Code::ImplausibleNumber));
    let joins = |incarnation| {
        let joined = AgentJoined {
            agent: name("z"),
            incarnation: Incarnation(incarnation),
            roles: Vec::new(),
            session: None,
            alias: false,
            implicit: false,
        };
        imposed(&world, &Actor::Host, joined).anomalies()
    };
    assert_eq!(joins(FAR + 1), [Code::IncarnationOrder]);
    assert_eq!(joins(FAR + 2), [Code::ImplausibleNumber]);
    let head = world.mission.head().0;
    let moved = |seq: u64| {
        let line = world.records[1].as_line();
        let line = line.replace("\"seq\":2", &format!("\"seq\":{seq}"));
        let mut mission = world.mission.clone();
        mission.apply(&Record::parse(line.as_bytes()).unwrap());
        mission.head()
    };
    assert_eq!(moved(head + (1 << 32)), Seq(head + (1 << 32)));
    assert_eq!(moved(head + (1 << 32) + 1), Seq(head));
}

// spec: NAME-1, ID-1
#[test]
fn an_incarnation_number_that_cannot_be_right_is_ignored_and_takes_no_number_away() {
    let mut world = World::new();
    let joined = AgentJoined {
        agent: name("z"),
        incarnation: Incarnation(u32::MAX),
        roles: Vec::new(),
        session: None,
        alias: false,
        implicit: false,
    };
    assert_eq!(
        world.happens(&Actor::Host, joined).outcome,
        Outcome::Ignored
    );
    assert_eq!(world.anomalies(), [Code::ImplausibleNumber]);
    world.join("z");
    let live = world.mission.live_agent(&name("z")).unwrap();
    assert_eq!(live.agent(), agent("z"));
}

// spec: ORDER-1, DECIDE-2
#[test]
fn a_position_that_cannot_be_right_is_ignored_and_does_not_move_the_head() {
    let mut world = World::new().tasks(&["t1"]);
    let line = world.records[1].as_line();
    let far = line.replace("\"seq\":2", "\"seq\":18446744073709551615");
    world.mission = Mission::fold(&world.records[..1]);
    let applied = world.mission.apply(&Record::parse(far.as_bytes()).unwrap());
    assert_eq!(applied.outcome, Outcome::Ignored);
    assert_eq!(world.anomalies(), [Code::ImplausibleNumber]);
    assert_eq!(world.mission.head(), Seq(1));
    world.declare(TaskDeclared::new(task("t9"), "t9"));
    assert!(world.mission.task(&task("t9")).is_some());
}

// spec: FOLD-1
#[test]
fn data_with_a_verdict_from_the_future_or_a_field_twice_is_kept_unread() {
    let cases = [
        (
            "gate_decided",
            r#"{"task":"t1","attempt":1,"gate":"review","decider":"human:ada","verdict":"abstained"}"#,
        ),
        ("note", r#"{"text":"one","text":"two"}"#),
    ];
    for (kind, data) in cases {
        let mut world = World::new();
        let line = world.records[0].as_line();
        let (envelope, _) = line.split_once(",\"kind\":").unwrap();
        let envelope = envelope.replace("\"seq\":1", "\"seq\":2");
        let line = format!("{envelope},\"kind\":\"{kind}\",\"data\":{data}}}");
        let record = Record::parse(line.as_bytes()).unwrap();
        assert!(matches!(record.event(), Event::Unreadable { .. }), "{kind}");
        assert_eq!(record.as_line(), line);
        assert_eq!(world.mission.apply(&record).outcome, Outcome::Ignored);
        assert_eq!(world.anomalies(), [Code::UnreadableData]);
    }
}
