//! A diff names everything that differs, and the record that makes it so.

use std::collections::BTreeMap;

use orch_core::diff::{Diff, Mark, Position, Side, diff};
use orch_core::event::attempt::HandoffStatus;
use orch_core::event::correction::Change as Correction;
use orch_core::event::talk::MessageClass;
use orch_core::event::task::Unmet;
use orch_core::facts::Entity;
use orch_core::history::History;
use orch_core::ids::Seq;
use orch_core::mission::Mission;
use orch_testkit::strategy::{impose, log};
use proptest::prelude::*;

use crate::rules::stage::close_task;
use crate::support::{World, correct, lead, message, task};

fn compare(history: &History, before: u64, after: u64) -> Diff {
    let position = |seq| Position {
        history,
        seq: Seq(seq),
    };
    diff(position(before), position(after))
}

type Facts = BTreeMap<(Entity, String), String>;

/// Every fact of a mission.
fn facts(mission: &Mission) -> Facts {
    let entities = mission.entities().into_iter();
    let facts = entities.flat_map(|entity| {
        let facts = mission.facts(&entity).unwrap().into_iter();
        facts.map(move |fact| ((entity.clone(), fact.field.to_string()), fact.value))
    });
    facts.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    // spec: FOLD-3
    #[test]
    fn a_diff_says_what_the_facts_say_and_names_the_last_record_that_changed_each(
        steps in log(40),
        before in any::<prop::sample::Index>(),
        after in any::<prop::sample::Index>(),
    ) {
        let mut world = World::new();
        impose(&mut world, &steps);
        let history = History::with_checkpoints_every(1, world.records.clone());
        let n = world.records.len() + 1;
        let (before, after) = (before.index(n), after.index(n));
        let found = compare(&history, before as u64, after as u64);
        let at: Vec<Facts> = (0..n).map(|n| facts(&history.at(Seq(n as u64)))).collect();
        let (was, is) = (&at[before], &at[after]);
        let mut told = was.clone();
        for change in &found.changes {
            prop_assert!(!change.marks.is_empty() && !change.fields.is_empty());
            for field in &change.fields {
                let key = (change.entity.clone(), field.field.to_string());
                prop_assert_eq!(was.get(&key), field.before.as_ref());
                prop_assert_eq!(is.get(&key), field.after.as_ref());
                match &field.after {
                    Some(value) => drop(told.insert(key.clone(), value.clone())),
                    None => drop(told.remove(&key)),
                }
                // Forwards, the records of the stretch make it so; backwards, they are undone.
                let side = if before < after { Side::After } else { Side::Before };
                prop_assert_eq!(field.side, side);
                let (low, high) = (before.min(after), before.max(after));
                let last = (low + 1..=high).rev().find(|&seq| {
                    at[seq].get(&key) != at[seq - 1].get(&key)
                });
                prop_assert_eq!(Some(field.record), last.map(|seq| Seq(seq as u64)), "{:?}", key);
            }
        }
        prop_assert_eq!(&told, is, "what is told makes the one of the other");
        let new = history.at(Seq(after as u64)).anomalies().len();
        let old = history.at(Seq(before as u64)).anomalies().len();
        prop_assert_eq!(found.new_anomalies.len(), new.saturating_sub(old));
        prop_assert_eq!(found.gone_anomalies.len(), old.saturating_sub(new));
    }
}

#[test]
fn a_change_is_marked_by_what_it_amounts_to() {
    let mut world = World::new()
        .agents(&["a", "b"])
        .tasks(&["done", "back", "moved", "cut", "over", "left"]);
    world.accepts(&lead(), close_task("left", Unmet::Skipped));
    world.finish("back", "a");
    world.start("moved", "a");
    let before = world.mission.head().0;
    world.finish("done", "b");
    world.accepts(&lead(), correct("back", Correction::Reopen));
    let to = crate::support::agent("b#1");
    let attempt = orch_core::ids::AttemptNo(2);
    world.accepts(
        &lead(),
        correct("moved", Correction::Rebind { to, attempt }),
    );
    world.declare_after("new", &[]);
    world.accepts(&lead(), close_task("over", Unmet::Cancelled));
    let note = orch_core::event::note::Note {
        task: Some(task("left")),
        text: "not missed".to_owned(),
    };
    world.accepts(&lead(), orch_core::command::Command::Note(note));
    let history = History::new(world.records.clone());
    let found = compare(&history, before, world.mission.head().0);
    let marks = |id: &str| {
        let entity = Entity::Task(task(id));
        let change = found.changes.iter().find(|change| change.entity == entity);
        change.map(|change| change.marks.clone())
    };
    assert_eq!(marks("done"), Some(vec![Mark::Done]));
    assert_eq!(marks("back"), Some(vec![Mark::Reopened]));
    assert_eq!(marks("moved"), Some(vec![Mark::Owner]));
    assert_eq!(marks("new"), Some(vec![Mark::New]));
    assert_eq!(marks("cut"), None);
    assert_eq!(marks("over"), Some(vec![Mark::Ended]));
    // It had ended before.
    assert_eq!(marks("left"), Some(vec![Mark::Changed]));
}

#[test]
fn an_answer_settles_the_obligation_that_the_question_opened() {
    let mut world = World::new().agents(&["a"]).tasks(&["t1"]);
    world.start("t1", "a");
    let ask = message("agent:a", "human:ada", MessageClass::Question, "which?");
    world.happens(&crate::support::by("a"), ask);
    let asked = world.mission.head();
    let mut reply = message("human:ada", "agent:a", MessageClass::Fyi, "this");
    reply.reply_to = Some(asked);
    world.happens(&crate::support::human("ada"), reply);
    let answered = world.mission.head();
    let history = History::new(world.records.clone());
    let settled = |found: &Diff| {
        let mut changes = found.changes.iter();
        let found = changes.find(|change| matches!(change.entity, Entity::Obligation { .. }));
        found.map(|change| (change.marks.clone(), change.fields[0].record))
    };
    let found = compare(&history, asked.0, answered.0);
    assert_eq!(settled(&found), Some((vec![Mark::Gone], answered)));
    let found = compare(&history, asked.0 - 1, asked.0);
    assert_eq!(settled(&found), Some((vec![Mark::New], asked)));
}

#[test]
fn the_same_position_differs_in_nothing() {
    let mut world = World::new().agents(&["a"]).tasks(&["t1"]);
    world.start("t1", "a");
    world.hand("t1", HandoffStatus::Failed);
    let history = History::new(world.records.clone());
    let head = world.mission.head().0;
    assert!(compare(&history, head, head).is_empty());
    assert!(!compare(&history, head - 1, head).is_empty());
}
