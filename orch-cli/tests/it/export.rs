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

#[test]
fn an_export_never_replaces_what_it_is_made_from() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("in.jsonl");
    std::fs::copy(root().join(EXAMPLE), &file).unwrap();
    std::fs::create_dir(folder.path().join("store")).unwrap();
    std::fs::hard_link(&file, folder.path().join("store/linked.jsonl")).unwrap();
    for to in ["in.jsonl", "./in.jsonl", "store/linked.jsonl"] {
        for store in ["in.jsonl", "store"] {
            let export = ["-S", store, "--at", "3", "export", "jsonl", to, "--force"];
            assert_eq!(code(&run_in(folder.path(), &export)), 6, "{store} {to}");
        }
    }
    let itself = ["-S", "in.jsonl", "export", "jsonl", "in.jsonl", "--force"];
    insta::assert_snapshot!(shown_in(folder.path(), &itself));
    let to_folder = ["-S", "in.jsonl", "export", "jsonl", "store", "--force"];
    insta::assert_snapshot!(shown_in(folder.path(), &to_folder));
    assert_eq!(
        std::fs::read(&file).unwrap(),
        std::fs::read(root().join(EXAMPLE)).unwrap()
    );
}
