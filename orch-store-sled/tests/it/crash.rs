//! What a killed process leaves: a copy of the folder while the index is open.

use orch_store::index::Index as _;
use orch_store_sled::{SledIndex, Trust};

use crate::support::{Story, copy, scratch};

#[test]
fn a_copy_of_an_open_index_is_checked_and_right_up_to_its_mark() {
    let (folder, path) = scratch();
    let story = Story::sample();
    let index = SledIndex::create(&path).unwrap();
    for (n, (entries, mark)) in story.groups.iter().enumerate() {
        index.apply(entries, mark).unwrap();
        if n % 3 == 0 {
            // A check gives sled what it does not have yet.
            index.check().unwrap();
        }
        let target = folder.path().join(format!("copy-{n}"));
        copy(&path, &target);
        if let Ok((copied, trust)) = SledIndex::open(&target) {
            assert_eq!(trust, Trust::Unclean);
            let said = story.ask(&copied).unwrap();
            assert_eq!(said, story.told_until(said.position()));
        }
    }
}

#[test]
fn an_index_that_was_copied_while_open_is_not_trusted_after_a_close_either() {
    let (folder, path) = scratch();
    let story = Story::sample();
    let index = SledIndex::create(&path).unwrap();
    story.tell(&index);
    index.close().unwrap();
    let (_index, _) = SledIndex::open(&path).unwrap();
    let target = folder.path().join("copy");
    copy(&path, &target);
    let (_, trust) = SledIndex::open(&target).unwrap();
    assert_eq!(trust, Trust::Unclean);
}
