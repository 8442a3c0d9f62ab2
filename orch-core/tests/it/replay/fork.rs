//! A fork is a log of its own, and what it says about records it says about the same ones.

use orch_core::diff::{Mark, Position, Side, diff};
use orch_core::event::Event;
use orch_core::event::attempt::HandoffStatus;
use orch_core::event::talk::{MessageClass, Receipt};
use orch_core::facts::Entity;
use orch_core::fork::{Draft, DraftError, Edit, ForkError, fork};
use orch_core::history::History;
use orch_core::ids::Seq;
use orch_core::mission::Mission;
use orch_core::record::Record;
use orch_core::status::task::TaskStatus;
use orch_testkit::strategy::{events, impose, log};
use proptest::prelude::*;

use crate::support::{World, by, human, message, task};

fn at(seq: usize) -> Seq {
    Seq(seq as u64)
}

proptest! {
    // spec: FOLD-1
    #[test]
    fn a_fork_is_numbered_without_gaps_and_the_same_up_to_the_first_edit(
        steps in log(30),
        event in events(),
        one in any::<prop::sample::Index>(),
        other in any::<prop::sample::Index>(),
        which in 0_u8..4,
    ) {
        let mut world = World::new();
        impose(&mut world, &steps);
        let n = world.records.len();
        let (one, other) = (one.index(n) + 1, other.index(n + 1));
        let draft = Draft::new(human("ada"), event);
        let edit = match which {
            0 => Edit::Drop(at(one)),
            1 => Edit::Move { seq: at(one), after: at(other) },
            2 => Edit::Replace { seq: at(one), with: vec![draft] },
            _ => Edit::Insert { after: at(other), records: vec![draft] },
        };
        let forked = fork(&world.records, &[edit]).unwrap();
        let seqs: Vec<u64> = forked.records.iter().map(|record| record.seq().0).collect();
        prop_assert_eq!(seqs, (1..=forked.records.len() as u64).collect::<Vec<u64>>());
        prop_assert_eq!(forked.first.is_none(), forked.records == world.records);
        let first = forked.first.map_or(n, |first| usize::try_from(first.0).unwrap() - 1);
        prop_assert_eq!(&forked.records[..first], &world.records[..first]);
        let mission = Mission::fold(&forked.records);
        prop_assert_eq!(mission.head().0, forked.records.len() as u64);
        // What was neither edited nor refers to a number says the same as before.
        for record in &forked.records {
            let id = record.envelope().id;
            if let Some(before) = world.records.iter().find(|one| one.envelope().id == id) {
                prop_assert_eq!(before.event().kind(), record.event().kind());
                prop_assert_eq!(before.at(), record.at());
            }
        }
    }

    #[test]
    fn leaving_out_the_end_is_going_back(steps in log(20), keep in any::<prop::sample::Index>()) {
        let mut world = World::new();
        impose(&mut world, &steps);
        let keep = keep.index(world.records.len() + 1);
        let edits: Vec<Edit> = (keep..world.records.len()).map(|n| Edit::Drop(at(n + 1))).collect();
        let forked = fork(&world.records, &edits).unwrap();
        prop_assert_eq!(&forked.records[..], &world.records[..keep]);
    }

    #[test]
    fn what_is_taken_out_and_put_back_makes_the_same_mission(
        steps in log(20),
        which in any::<prop::sample::Index>(),
    ) {
        let mut world = World::new();
        impose(&mut world, &steps);
        let which = which.index(world.records.len());
        let draft = Draft::parse(world.records[which].as_line()).unwrap();
        let edit = Edit::Replace { seq: at(which + 1), with: vec![draft] };
        let forked = fork(&world.records, &[edit]).unwrap();
        let digest = Mission::fold(&forked.records).digest().unwrap();
        prop_assert_eq!(digest, world.mission.digest().unwrap());
        // The bytes are not the same, but the fork does not differ from the log.
        let (log, fork) = (History::new(world.records.clone()), History::new(forked.records));
        let position = |history| Position { history, seq: Seq(u64::MAX) };
        prop_assert!(diff(position(&log), position(&fork)).is_empty());
    }
}

/// A question, its answer and a receipt, with a record before them that can be left out.
fn talk() -> World {
    let mut world = World::new().agents(&["a"]).tasks(&["t1"]);
    world.start("t1", "a");
    world.declare_after("spare", &[]);
    let ask = message("agent:a", "human:ada", MessageClass::Question, "which?");
    world.happens(&by("a"), ask);
    let asked = world.mission.head();
    let mut reply = message("human:ada", "agent:a", MessageClass::Fyi, "this");
    reply.reply_to = Some(asked);
    world.happens(&human("ada"), reply);
    world.happens(&human("ada"), Receipt { of: vec![asked] });
    world
}

#[test]
fn a_reply_still_answers_its_question_when_a_record_before_them_is_left_out() {
    let world = talk();
    let spare = at(world.records.len() - 3);
    let forked = fork(&world.records, &[Edit::Drop(spare)]).unwrap();
    assert_eq!(forked.first, Some(spare));
    let mission = Mission::fold(&forked.records);
    assert!(mission.task(&task("spare")).is_none());
    assert_eq!(mission.obligations(), []);
    assert_eq!(mission.anomalies(), []);
    let Event::Receipt(receipt) = forked.records.last().unwrap().event() else {
        panic!("the last record is the receipt");
    };
    assert_eq!(receipt.of, [spare]);
}

#[test]
fn what_refers_to_a_record_that_was_left_out_refers_to_none() {
    let world = talk();
    let asked = at(world.records.len() - 2);
    let forked = fork(&world.records, &[Edit::Drop(asked)]).unwrap();
    let Event::Message(reply) = forked.records[forked.records.len() - 2].event() else {
        panic!("the record before the last is the reply");
    };
    assert_eq!(reply.reply_to, Some(Seq::ZERO));
    assert_eq!(Mission::fold(&forked.records).obligations(), []);
}

#[test]
fn a_diff_of_a_log_and_its_fork_names_the_record_that_is_missing() {
    let mut world = World::new().agents(&["a"]).tasks(&["t1", "t2"]);
    world.start("t1", "a");
    let handed = world.hand("t1", HandoffStatus::Done);
    world.start("t2", "a");
    let forked = fork(&world.records, &[Edit::Drop(handed)]).unwrap();
    let (log, fork) = (
        History::new(world.records.clone()),
        History::new(forked.records),
    );
    assert_eq!(
        fork.head().task(&task("t1")).unwrap().status(),
        TaskStatus::Running
    );
    let position = |history| Position {
        history,
        seq: Seq(u64::MAX),
    };
    let found = diff(position(&log), position(&fork));
    let change = found
        .changes
        .iter()
        .find(|it| it.entity == Entity::Task(task("t1")))
        .unwrap();
    assert_eq!(change.marks, [Mark::Reopened]);
    let status = change
        .fields
        .iter()
        .find(|it| it.field == "status")
        .unwrap();
    assert_eq!((status.record, status.side), (handed, Side::Before));
    // What came after is the same, under another number.
    assert!(
        !found
            .changes
            .iter()
            .any(|it| it.entity == Entity::Task(task("t2")))
    );
}

#[test]
fn an_edit_of_what_is_not_there_is_refused() {
    let world = talk();
    let refused = |edits: &[Edit]| fork(&world.records, edits).unwrap_err();
    assert!(matches!(
        refused(&[Edit::Drop(Seq(99))]),
        ForkError::Unknown { seq: Seq(99) }
    ));
    assert!(matches!(
        refused(&[Edit::Drop(Seq::ZERO)]),
        ForkError::Unknown { .. }
    ));
    let nowhere = Edit::Move {
        seq: Seq(2),
        after: Seq(99),
    };
    assert!(matches!(
        refused(&[nowhere]),
        ForkError::Unknown { seq: Seq(99) }
    ));
    let twice = [
        Edit::Drop(Seq(2)),
        Edit::Move {
            seq: Seq(2),
            after: Seq(4),
        },
    ];
    assert!(matches!(refused(&twice), ForkError::Twice { seq: Seq(2) }));
    let draft = Draft::new(human("ada"), Receipt { of: Vec::new() });
    let insert = Edit::Insert {
        after: Seq::ZERO,
        records: vec![draft],
    };
    assert!(matches!(
        fork(&[], &[insert]).unwrap_err(),
        ForkError::Empty
    ));
    assert!(fork(&[], &[]).unwrap().records.is_empty());
}

#[test]
fn what_is_put_in_has_to_be_right_in_all_it_says() {
    let draft = |line: &str| Draft::parse(line).unwrap_err();
    let receipt = r#"{"by":"host","kind":"receipt","data":{"of":[1]}}"#;
    assert!(Draft::parse(receipt).is_ok());
    assert!(matches!(draft("{}"), DraftError::Form { .. }));
    assert!(matches!(draft(r#"{"v":1}"#), DraftError::Record(_)));
    let unknown = r#"{"by":"host","kind":"reciept","data":{}}"#;
    assert!(matches!(draft(unknown), DraftError::Kind { .. }));
    let wrong = r#"{"by":"host","kind":"receipt","data":{}}"#;
    assert!(matches!(draft(wrong), DraftError::Data { .. }));
    let more = r#"{"by":"host","kind":"receipt","data":{"of":[1],"off":[2]}}"#;
    assert!(matches!(draft(more), DraftError::Fields { n: 1, .. }));
    let world = talk();
    let drafts = vec![Draft::parse(receipt).unwrap(); 2];
    let edit = Edit::Insert {
        after: Seq(2),
        records: drafts,
    };
    let forked = fork(&world.records, &[edit]).unwrap();
    assert_eq!(forked.inserted, [Seq(3), Seq(4)]);
    assert_eq!(forked.records[2].at(), world.records[1].at());
    let dated = receipt.replace("{\"by\"", "{\"at\":\"2026-11-19T08:00:00Z\",\"by\"");
    let dated = Edit::Insert {
        after: Seq(2),
        records: vec![Draft::parse(&dated).unwrap()],
    };
    let at = fork(&world.records, &[dated]).unwrap().records[2].at();
    assert_eq!(at.to_rfc3339(), "2026-11-19T08:00:00+00:00");
    let ids: Vec<_> = forked
        .records
        .iter()
        .map(|it: &Record| it.envelope().id)
        .collect();
    assert!(
        ids.iter()
            .all(|id| ids.iter().filter(|it| *it == id).count() == 1)
    );
}

#[test]
fn a_record_that_is_put_in_keeps_what_it_says_of_itself() {
    let world = talk();
    let line = r#"{"v":1,"seq":77,"id":"00000000-0000-0000-0000-0000000000aa","at":"2026-11-19T08:00:00Z","mission":"other","by":"import:beads","command":"row-2","cause":"00000000-0000-0000-0000-0000000000bb","source":{"row":2},"kind":"receipt","data":{"of":[1]}}"#;
    let edit = Edit::Insert {
        after: Seq(2),
        records: vec![Draft::parse(line).unwrap()],
    };
    let forked = fork(&world.records, &[edit]).unwrap();
    let said = Record::parse(line.as_bytes()).unwrap();
    let (said, kept) = (said.envelope(), forked.records[2].envelope());
    assert_eq!(
        (kept.seq, &kept.mission),
        (Seq(3), &world.records[0].envelope().mission)
    );
    assert_eq!((kept.id, kept.at, &kept.by), (said.id, said.at, &said.by));
    assert_eq!(
        (&kept.command, kept.cause, &kept.source),
        (&said.command, said.cause, &said.source)
    );
}

#[test]
fn an_anomaly_that_both_logs_have_is_no_difference_wherever_it_stands() {
    let mut world = World::new().agents(&["a"]).tasks(&["t1"]);
    let dropped = world.mission.head();
    // Talk to nobody: an anomaly behind what is left out.
    let talk = message("host", "agent:x", MessageClass::Fyi, "hello");
    world.happens(&orch_core::party::Actor::Host, talk);
    assert_eq!(world.mission.anomalies().len(), 1);
    let forked = fork(&world.records, &[Edit::Drop(dropped)]).unwrap();
    let (log, fork) = (
        History::new(world.records.clone()),
        History::new(forked.records),
    );
    let position = |history| Position {
        history,
        seq: Seq(u64::MAX),
    };
    let found = diff(position(&log), position(&fork));
    assert_eq!(
        (found.new_anomalies, found.gone_anomalies),
        (vec![], vec![])
    );
    assert!(!found.changes.is_empty());
}
