//! The checker of histories: right about what it accepts, and able to find each thing it looks for.

mod made;
mod search;

use orch_testkit::history::{Call, Condition, History, Kind, Op, check, to_elle};
use proptest::prelude::*;

use made::{Choices, good, spoilt};
use search::is_linearizable;

/// A call of a history that is written by hand.
fn op(i: u64, process: u32, (t0, t1): (u64, u64), kind: Kind, call: Call) -> Op {
    Op {
        i,
        process,
        t0,
        t1: Some(t1),
        kind,
        call,
        stream: Some("s".to_owned()),
        expected: None,
        ids: Vec::new(),
        version: None,
        value: Vec::new(),
    }
}

fn append(i: u64, process: u32, times: (u64, u64), expected: u64, ids: &[u64]) -> Op {
    Op {
        expected: Some(expected),
        ids: ids.to_vec(),
        version: Some(expected + ids.len() as u64),
        ..op(i, process, times, Kind::Ok, Call::Append)
    }
}

fn conflict(i: u64, process: u32, times: (u64, u64), expected: u64, actual: u64) -> Op {
    Op {
        expected: Some(expected),
        ids: vec![900 + i],
        version: Some(actual),
        ..op(i, process, times, Kind::Fail, Call::Append)
    }
}

fn read(i: u64, process: u32, times: (u64, u64), value: &[u64]) -> Op {
    Op {
        value: value.to_vec(),
        ..op(i, process, times, Kind::Ok, Call::Read)
    }
}

fn log(ids: &[u64]) -> Vec<(String, u64)> {
    ids.iter().map(|id| ("s".to_owned(), *id)).collect()
}

/// Two appends of two events each, reads of all they leave, and one that lost.
fn told() -> History {
    History {
        ops: vec![
            append(0, 0, (10, 20), 0, &[1, 2]),
            read(1, 1, (12, 30), &[1, 2]),
            conflict(2, 2, (15, 35), 0, 2),
            append(3, 0, (40, 60), 2, &[3, 4]),
            read(4, 1, (45, 50), &[1, 2]),
            read(5, 2, (70, 80), &[1, 2, 3, 4]),
        ],
        log: log(&[1, 2, 3, 4]),
    }
}

#[track_caller]
fn finds(history: &History, condition: Condition) {
    let found = check(history);
    let is_found = found.iter().any(|it| it.condition == condition);
    assert!(is_found, "{found:?}");
    assert!(condition == Condition::Form || !is_linearizable(history));
}

#[test]
fn a_history_that_one_order_explains_is_accepted() {
    assert_eq!(check(&told()), []);
    assert!(is_linearizable(&told()));
    assert_eq!(check(&History::default()), []);
}

#[test]
fn a_history_comes_back_from_its_lines() {
    let text = told().to_jsonl();
    assert_eq!(History::parse(&text).unwrap(), told());
    insta::assert_snapshot!(text.lines().next().unwrap());
    assert!(History::parse("{}").is_err());
}

#[test]
fn an_append_that_was_acknowledged_and_is_gone_is_found() {
    let mut history = told();
    history.log.truncate(2);
    history.ops.pop();
    finds(&history, Condition::Presence);
}

#[test]
fn an_append_that_failed_and_is_on_record_is_found() {
    let mut history = told();
    history.ops[3].kind = Kind::Fail;
    history.ops[3].version = None;
    finds(&history, Condition::Presence);
}

#[test]
fn an_event_that_nobody_appended_is_found() {
    let mut history = told();
    history.log.push(("s".to_owned(), 77));
    finds(&history, Condition::Presence);
}

#[test]
fn what_is_unknown_may_be_on_record_or_not() {
    let mut history = told();
    history.ops[3].kind = Kind::Info;
    history.ops[3].version = None;
    assert_eq!(check(&history), []);
    history.log.truncate(2);
    history.ops.pop();
    assert_eq!(check(&history), []);
    assert!(is_linearizable(&history));
}

#[test]
fn what_is_unknown_may_have_its_effect_after_that_was_said() {
    let mut history = told();
    history.ops[3].kind = Kind::Info;
    history.ops[3].version = None;
    history.ops.insert(4, append(6, 4, (62, 64), 2, &[5]));
    history.ops[3].expected = Some(3);
    history.log = log(&[1, 2, 5, 3, 4]);
    history.ops[6].value = vec![1, 2, 5, 3, 4];
    assert_eq!(check(&history), []);
    assert!(is_linearizable(&history));
}

#[test]
fn half_of_what_is_unknown_is_found() {
    let mut history = told();
    history.ops[3].kind = Kind::Invoke;
    history.ops[3].t1 = None;
    history.log.truncate(3);
    history.ops.pop();
    finds(&history, Condition::Batches);
}

#[test]
fn appends_that_stand_against_the_order_of_time_are_found() {
    let mut history = told();
    history.ops.truncate(1);
    history.ops.push(append(1, 0, (40, 60), 0, &[3]));
    history.ops[0].expected = Some(1);
    history.ops[0].version = Some(3);
    history.log = log(&[3, 1, 2]);
    finds(&history, Condition::Order);
}

#[test]
fn a_read_that_misses_what_had_ended_is_found() {
    let mut history = told();
    history.ops[5].value.truncate(2);
    finds(&history, Condition::Reads);
}

#[test]
fn a_read_of_what_was_asked_for_later_is_found() {
    let mut history = told();
    history.ops[1].value = vec![1, 2, 3, 4];
    finds(&history, Condition::Reads);
}

#[test]
fn a_read_that_sees_less_than_a_read_before_it_is_found() {
    let mut history = told();
    history.ops[4].value = vec![1, 2, 3, 4];
    history.ops.push(read(6, 3, (55, 58), &[1, 2]));
    finds(&history, Condition::Reads);
}

#[test]
fn a_read_that_is_no_prefix_is_found() {
    let mut history = told();
    history.ops[5].value = vec![1, 3, 2, 4];
    finds(&history, Condition::Reads);
}

#[test]
fn a_conflict_with_what_was_expected_is_found() {
    let mut history = told();
    history.ops[2] = conflict(2, 2, (15, 35), 2, 2);
    finds(&history, Condition::Versions);
}

#[test]
fn a_conflict_with_a_version_that_was_not_yet_is_found() {
    let mut history = told();
    history.ops[2] = conflict(2, 2, (15, 35), 0, 4);
    finds(&history, Condition::Versions);
}

#[test]
fn two_winners_of_one_version_are_found() {
    let mut history = told();
    history.ops[3].expected = Some(0);
    finds(&history, Condition::Versions);
}

#[test]
fn a_batch_with_another_in_it_is_found() {
    let mut history = told();
    history.log = log(&[1, 3, 2, 4]);
    finds(&history, Condition::Batches);
}

#[test]
fn a_read_that_ends_within_a_batch_is_found() {
    let mut history = told();
    history.ops[4].value = vec![1, 2, 3];
    finds(&history, Condition::Batches);
}

#[test]
fn a_process_that_goes_on_after_it_was_lost_is_found() {
    let mut history = told();
    history.ops[0].kind = Kind::Info;
    history.ops[0].version = None;
    finds(&history, Condition::Form);
}

#[test]
fn a_subscription_may_lag_but_leaves_nothing_out() {
    let sub = |i, times, value: &[u64]| Op {
        call: Call::Sub,
        ..read(i, 5, times, value)
    };
    let mut history = told();
    history.ops.push(sub(6, (61, 62), &[1]));
    history.ops.push(sub(7, (90, 91), &[2, 3]));
    assert_eq!(check(&history), []);
    history.ops[7].value = vec![3, 4];
    assert_eq!(check(&history)[0].condition, Condition::Reads);
    history.ops[7].value = vec![2, 3];
    history.ops[6] = sub(6, (21, 22), &[1, 2, 3]);
    assert_eq!(check(&history)[0].condition, Condition::Reads);
}

#[test]
fn a_history_is_exported_as_elle_reads_it() {
    let mut history = told();
    history.ops[4].stream = None;
    history.ops[3].kind = Kind::Info;
    insta::assert_snapshot!(to_elle(&history));
}

/// How many histories of each kind there were, so that no agreement is about nothing.
#[derive(Default)]
struct Seen {
    good: u32,
    bad: u32,
    conditions: std::collections::BTreeSet<Condition>,
}

/// Holds the checker against a search, on made histories and on the same with up to two lies in them.
#[test]
fn the_checker_and_a_search_always_agree_on_small_histories() {
    let n_cases = match std::env::var("ORCH_TIER").as_deref() {
        Ok("full") => 40_000,
        Ok(_) | Err(_) => 3_000,
    };
    let seen = std::cell::RefCell::new(Seen::default());
    let config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(n_cases)
    };
    let choices = (
        any::<Choices>(),
        prop::collection::vec(any::<[u8; 3]>(), 0..3),
    );
    proptest!(config, |((choices, lies) in choices)| {
        let mut history = good(&choices);
        prop_assert_eq!(check(&history), [], "{}", history.to_jsonl());
        prop_assert!(is_linearizable(&history), "{}", history.to_jsonl());
        for lie in lies {
            spoilt(&mut history, lie);
        }
        let found = check(&history);
        if found.iter().any(|it| it.condition == Condition::Form) {
            return Ok(());
        }
        let holds = is_linearizable(&history);
        prop_assert_eq!(found.is_empty(), holds, "{:?}\n{}", found, history.to_jsonl());
        let mut seen = seen.borrow_mut();
        if holds {
            seen.good += 1;
        } else {
            seen.bad += 1;
        }
        seen.conditions.extend(found.iter().map(|it| it.condition));
    });
    let seen = seen.into_inner();
    assert!(
        seen.good > n_cases / 10 && seen.bad > n_cases / 10,
        "{} {}",
        seen.good,
        seen.bad
    );
    assert_eq!(seen.conditions.len(), 5, "{:?}", seen.conditions);
}
