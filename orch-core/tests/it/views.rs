//! Everything that a mission tells, along one story in which everything is used: each getter of each
//! view, and each fact, reviewed as texts.

pub(crate) mod dump;
pub(crate) mod story;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use orch_core::mission::Mission;

#[test]
fn what_every_view_tells_along_one_story() {
    let mut page = String::new();
    for (what, world) in story::chapters() {
        writeln!(page, "## {what}\n{}", dump::of(&world)).unwrap();
    }
    insta::assert_snapshot!(page);
}

#[test]
fn a_mission_that_was_not_opened_tells_nothing_of_itself() {
    let mission = Mission::new();
    assert_eq!((mission.id(), mission.title()), (None, ""));
    assert_eq!((mission.rules_version(), mission.opened()), (None, None));
}

/// What was told of each fact before, and how it is told now.
type Facts = BTreeMap<String, String>;

fn facts(mission: &Mission) -> Facts {
    let entities = mission.entities().into_iter();
    let facts = entities.flat_map(|entity| {
        let head = format!("{} {entity}", entity.kind());
        let facts = mission.facts(&entity).unwrap().into_iter();
        facts.map(move |fact| (format!("{head}: {}", fact.field), fact.value))
    });
    facts.collect()
}

#[test]
fn what_the_facts_say_along_one_story_where_they_change() {
    let mut page = String::new();
    let mut was = Facts::new();
    for (what, world) in story::chapters() {
        let is = facts(&world.mission);
        writeln!(page, "## {what}").unwrap();
        for (field, value) in is
            .iter()
            .filter(|(field, value)| was.get(*field) != Some(value))
        {
            writeln!(page, "{field} = {value}").unwrap();
        }
        for field in was.keys().filter(|field| !is.contains_key(*field)) {
            writeln!(page, "{field}, no more").unwrap();
        }
        was = is;
    }
    insta::assert_snapshot!(page);
}
