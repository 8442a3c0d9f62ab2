//! `orch progress`.

use crate::support::{EXAMPLE, Journal, shown, shown_in};

#[test]
fn progress_counts_each_phase() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "progress"]));
}

// spec: COUNT-1
#[test]
fn nothing_of_nothing_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = Journal::new("empty");
    log.json(
        "host",
        "mission_opened",
        r#"{"title":"Nothing yet","lead":"host","rules":1}"#,
    );
    log.write(folder.path(), "empty.jsonl");
    let path = "empty.jsonl";
    insta::assert_snapshot!(shown_in(folder.path(), &["-S", path, "progress"]));
    insta::assert_snapshot!(shown_in(
        folder.path(),
        &["-S", path, "why-not", "complete"]
    ));
}
