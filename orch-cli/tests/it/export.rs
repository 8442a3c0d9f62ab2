//! `orch export`.

use crate::support::{EXAMPLE, code, root, run, run_in, shown_in};

#[test]
fn an_export_is_the_log_byte_for_byte() {
    let log = std::fs::read(root().join(EXAMPLE)).unwrap();
    assert_eq!(run(&["-S", EXAMPLE, "export", "jsonl"]).stdout, log);
    let until = run(&["-S", EXAMPLE, "--at", "3", "export", "jsonl"]).stdout;
    assert!(log.starts_with(&until));
    assert_eq!(String::from_utf8(until).unwrap().lines().count(), 3);
}

#[test]
fn an_export_does_not_replace_a_file_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out.jsonl");
    std::fs::copy(root().join(EXAMPLE), folder.path().join("in.jsonl")).unwrap();
    let export = ["-S", "in.jsonl", "export", "jsonl", "out.jsonl"];
    insta::assert_snapshot!(shown_in(folder.path(), &export));
    insta::assert_snapshot!(shown_in(folder.path(), &export));
    assert_eq!(
        code(&run_in(
            folder.path(),
            &[&export[..], &["--force"]].concat()
        )),
        0
    );
    assert_eq!(
        std::fs::read(&file).unwrap(),
        std::fs::read(root().join(EXAMPLE)).unwrap()
    );
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}
