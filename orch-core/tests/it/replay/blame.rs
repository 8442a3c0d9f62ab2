//! Blame names the record after which a fact is what it is.

use orch_core::event::attempt::HandoffStatus;
use orch_core::facts::Entity;
use orch_core::history::History;
use orch_core::ids::Seq;
use orch_core::mission::Mission;
use orch_testkit::strategy::{impose, log};
use proptest::prelude::*;

use crate::support::{World, agent, task};

/// The value of a fact, if it is there.
fn value(mission: &Mission, of: &Entity, field: &str) -> Option<String> {
    let facts = mission.facts(of).unwrap_or_default();
    let fact = facts.into_iter().find(|fact| fact.field == field);
    fact.map(|fact| fact.value)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    // spec: FOLD-3
    #[test]
    fn a_fact_was_another_before_its_record_and_is_the_same_ever_since(steps in log(50)) {
        let mut world = World::new();
        impose(&mut world, &steps);
        let history = History::with_checkpoints_every(1, world.records.clone());
        let head = history.head().head();
        for entity in history.head().entities() {
            let blamed = history.blame(&entity, head).unwrap();
            for fact in history.head().facts(&entity).unwrap() {
                let named = blamed.iter().any(|one| one.field == fact.field);
                // Only the empty policy of a mission that was never opened was made by no record.
                prop_assert!(named || fact.field.starts_with("policy"), "{entity}: {fact:?}");
            }
            for one in blamed {
                let at = |seq: u64| value(&history.at(Seq(seq)), &entity, &one.field);
                prop_assert_eq!(at(one.record.0 - 1), one.before.clone());
                prop_assert_ne!(&one.before, &one.value);
                for seq in one.record.0..=head.0 {
                    prop_assert_eq!(at(seq), one.value.clone(), "{} {} at {}", entity, one.field, seq);
                }
            }
        }
    }
}

#[test]
fn each_field_of_a_task_names_its_own_record() {
    let mut world = World::new().agents(&["coder"]);
    let declared = world.declare_gated("t1", &["review"]);
    let dispatched = world.start("t1", "coder");
    let handed = world.hand("t1", HandoffStatus::Done);
    let history = History::new(world.records.clone());
    let blamed = history
        .blame(&Entity::Task(task("t1")), Seq(u64::MAX))
        .unwrap();
    let record = |field: &str| blamed.iter().find(|one| one.field == field).unwrap().record;
    assert_eq!(record("title"), declared);
    assert_eq!(record("gate.review"), declared);
    assert_eq!(record("owner"), dispatched);
    assert_eq!(record("attempt"), dispatched);
    assert_eq!(record("status"), handed);
    assert_eq!(record("attempt.status"), handed);
    let status = blamed.iter().find(|one| one.field == "status").unwrap();
    assert_eq!(status.value.as_deref(), Some("in_review"));
    assert_eq!(status.before.as_deref(), Some("running"));
}

#[test]
fn a_fact_that_was_taken_away_is_blamed_last() {
    let mut world = World::new().agents(&["coder"]).tasks(&["t1"]);
    world.start("t1", "coder");
    let handed = world.hand("t1", HandoffStatus::Partial);
    let history = History::new(world.records.clone());
    let of = Entity::Task(task("t1"));
    let blamed = history.blame(&of, Seq(u64::MAX)).unwrap();
    let owner = blamed.iter().find(|one| one.field == "owner").unwrap();
    assert_eq!(
        (owner.value.as_deref(), owner.before.as_deref()),
        (None, Some("coder#1"))
    );
    assert_eq!(owner.record, handed);
    let first_gone = blamed.iter().position(|one| one.value.is_none()).unwrap();
    assert!(blamed[first_gone..].iter().all(|one| one.value.is_none()));
    // As of before, there was an owner, and the dispatch made it so.
    let before = history.blame(&of, Seq(handed.0 - 1)).unwrap();
    assert!(before.iter().all(|one| one.value.is_some()));
}

#[test]
fn what_is_not_there_has_no_blame() {
    let world = World::new().agents(&["coder"]);
    let history = History::new(world.records);
    assert_eq!(
        history.blame(&Entity::Task(task("t9")), Seq(u64::MAX)),
        None
    );
    assert_eq!(
        history.blame(&Entity::Agent(agent("coder#1")), Seq(1)),
        None
    );
    assert!(
        history
            .blame(&Entity::Agent(agent("coder#1")), Seq(u64::MAX))
            .is_some()
    );
}
