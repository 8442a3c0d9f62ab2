//! What an earlier version kept beside the journal, which could be made again.

use std::path::Path;

use orch_store::segments::IndexState;
use orch_testkit::store::stores;

#[test]
fn the_index_that_an_earlier_version_kept_is_still_believed() {
    let scratch = tempfile::tempdir().unwrap();
    let from = stores::fixtures("sled").join("0.1.0/store");
    copy_files(&from, scratch.path());
    // A folder of sled that holds nothing, which git does not keep.
    std::fs::create_dir(scratch.path().join("index/sled/blobs")).unwrap();
    let opened = orch_store_sled::open(scratch.path(), &stores::short_options()).unwrap();
    assert_eq!(opened.opening.index, IndexState::Whole);
}

fn copy_files(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_files(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
