//! Whatever is applied, in whatever groups, across whatever openings: the answers are those of the
//! index in memory.

use orch_store::index::{Index as _, MemoryIndex};
use orch_store_sled::{SledIndex, Trust};
use proptest::prelude::*;

use crate::support::{Story, copy, scratch};

#[derive(Debug, Clone)]
enum Step {
    Group(Vec<(usize, Option<u8>, u64)>),
    CloseAndOpen,
    DropAndOpen,
    CopyAndOpen,
    Check,
}

const NAMES: [&str; 6] = ["foo", "foobar", "f", "foo\u{1F980}", "bar", "foo foo"];

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let append = (0..NAMES.len(), prop::option::of(0_u8..20), 1_u64..40);
    prop::collection::vec(
        prop_oneof![
            6 => prop::collection::vec(append, 0..6).prop_map(Step::Group),
            1 => Just(Step::CloseAndOpen),
            1 => Just(Step::DropAndOpen),
            1 => Just(Step::CopyAndOpen),
            1 => Just(Step::Check),
        ],
        0..20,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn always_answers_as_the_index_in_memory(steps in steps()) {
        let (folder, mut path) = scratch();
        let mut index = SledIndex::create(&path).unwrap();
        let memory = MemoryIndex::new();
        let mut story = Story::default();
        for (n, step) in steps.iter().enumerate() {
            match step {
                Step::Group(appends) => {
                    story.begin_group();
                    for (name, command, n_records) in appends {
                        let command = command.map(|command| format!("c{command}"));
                        story.append(NAMES[*name], command.as_deref(), *n_records);
                    }
                    let (entries, mark) = story.groups.last().unwrap();
                    index.apply(entries, mark).unwrap();
                    memory.apply(entries, mark).unwrap();
                }
                Step::CloseAndOpen => {
                    index.close().unwrap();
                    let (opened, trust) = SledIndex::open(&path).unwrap();
                    prop_assert_eq!(trust, Trust::Clean);
                    index = opened;
                }
                Step::DropAndOpen => {
                    drop(index);
                    let (opened, trust) = SledIndex::open(&path).unwrap();
                    prop_assert_eq!(trust, Trust::Unclean);
                    tell_the_rest(&story, &opened);
                    index = opened;
                }
                Step::CopyAndOpen => {
                    // What a killed process leaves may lack what was applied last: the rest of the
                    // story is told again.
                    let target = folder.path().join(format!("copy-{n}"));
                    copy(&path, &target);
                    // sled may be in the middle of a write: then there is nothing to go on with.
                    let Ok((opened, trust)) = SledIndex::open(&target) else {
                        continue;
                    };
                    prop_assert_eq!(trust, Trust::Unclean);
                    tell_the_rest(&story, &opened);
                    (index, path) = (opened, target);
                }
                Step::Check => index.check().unwrap(),
            }
            prop_assert_eq!(story.ask(&index).unwrap(), story.ask(&memory).unwrap());
        }
        index.check().unwrap();
    }
}

/// What was not closed may lack what was applied last: its mark says from where on.
fn tell_the_rest(story: &Story, index: &SledIndex) {
    let reached = index.mark().unwrap().position;
    assert_eq!(story.ask(index).unwrap(), story.told_until(reached));
    for (entries, mark) in &story.groups {
        if mark.position > reached {
            index.apply(entries, mark).unwrap();
        }
    }
}

#[test]
fn records_around_the_limits_of_a_byte_are_found() {
    let (_folder, path) = scratch();
    let index = SledIndex::create(&path).unwrap();
    let memory = MemoryIndex::new();
    let mut story = Story::default();
    for n_records in [1, 253, 1, 1, 1, 32, 65_244, 1, 1, 1, 1, 62, 1] {
        story.begin_group();
        story.append("foo", Some(&format!("c{n_records}")), n_records);
        story.append("foobar", None, 1);
        let (entries, mark) = story.groups.last().unwrap();
        index.apply(entries, mark).unwrap();
        memory.apply(entries, mark).unwrap();
        let mission = &entries[0].mission;
        for after in [0, 31, 254, 255, 256, 65_534, 65_535, 65_536].map(orch_core::ids::Seq) {
            for max in [1, 2, 600] {
                assert_eq!(
                    index.locate(mission, after, max).unwrap(),
                    memory.locate(mission, after, max).unwrap(),
                );
            }
        }
    }
    index.check().unwrap();
    index.close().unwrap();
    let (index, trust) = SledIndex::open(&path).unwrap();
    assert_eq!(trust, Trust::Clean);
    assert_eq!(story.ask(&index).unwrap(), story.ask(&memory).unwrap());
}

#[test]
fn the_longest_names_are_kept_without_files_of_their_own() {
    let (_folder, path) = scratch();
    let index = SledIndex::create(&path).unwrap();
    let mut story = Story::default();
    for n in 0..2_000 {
        story.begin_group();
        let mission = format!("{:0>256}", n % 300);
        story.append(&mission, Some(&format!("{n:0>256}")), 1 + n % 3);
    }
    story.tell(&index);
    let memory = MemoryIndex::new();
    story.tell(&memory);
    index.close().unwrap();
    let blobs = path.join("sled/blobs").read_dir().unwrap();
    assert_eq!(blobs.count(), 0);
    let (index, _) = SledIndex::open(&path).unwrap();
    index.check().unwrap();
    for (mission, command) in story.missions.iter().zip(&story.commands) {
        assert_eq!(index.head(mission).unwrap(), memory.head(mission).unwrap());
        let answer = index.answer(mission, command).unwrap();
        assert!(answer.is_some());
        assert_eq!(answer, memory.answer(mission, command).unwrap());
    }
}

#[test]
fn what_does_not_follow_is_refused_and_ends_the_index() {
    let mut story = Story::default();
    story.begin_group();
    story.append("foo", Some("a"), 2);
    story.begin_group();
    story.append("foo", Some("b"), 2);
    let (first, _) = &story.groups[0];
    let (second, end) = &story.groups[1];
    for (entries, mark) in [
        (second.clone(), *end),
        (first.clone(), *end),
        ([first.clone(), first.clone()].concat(), *end),
    ] {
        let (_folder, path) = scratch();
        let index = SledIndex::create(&path).unwrap();
        assert!(index.apply(&entries, &mark).is_err());
        assert!(index.mark().is_err());
    }
}
