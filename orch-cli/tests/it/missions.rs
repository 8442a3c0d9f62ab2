//! `orch missions`, and choosing one.

use crate::support::{Journal, code, run_in, shown_in};

fn two_missions(folder: &std::path::Path) {
    let mut alpha = Journal::new("alpha-1");
    alpha.json(
        "human:ada",
        "mission_opened",
        r#"{"title":"First","lead":"host","rules":1}"#,
    );
    let mut beta = Journal::new("alpha-2");
    beta.after(5).json(
        "human:ada",
        "mission_opened",
        r#"{"title":"Second","lead":"host","rules":1}"#,
    );
    let path = folder.join("two.jsonl");
    std::fs::write(&path, format!("{}{}", alpha.text(), beta.text())).unwrap();
}

#[test]
fn a_store_lists_its_missions_and_asks_which_is_meant() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    two_missions(folder);
    insta::assert_snapshot!(shown_in(folder, &["-S", "two.jsonl", "missions"]));
    insta::assert_snapshot!(shown_in(folder, &["-S", "two.jsonl", "status"]));
    insta::assert_snapshot!(shown_in(
        folder,
        &["-S", "two.jsonl", "-m", "alpha", "status"]
    ));
    insta::assert_snapshot!(shown_in(
        folder,
        &["-S", "two.jsonl", "-m", "alpha-3", "status"]
    ));
}

#[test]
fn a_mission_is_chosen_by_id_or_as_the_latest() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    two_missions(folder);
    for (wanted, title) in [
        ("alpha-1", "First"),
        ("alpha-2", "Second"),
        ("latest", "Second"),
    ] {
        let output = run_in(
            folder,
            &["-S", "two.jsonl", "-m", wanted, "status", "--json"],
        );
        let status: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(status["data"]["title"], title);
    }
    assert_eq!(
        code(&run_in(
            folder,
            &["-S", "two.jsonl", "-m", "alpha-1", "log"]
        )),
        0
    );
}

#[test]
fn a_mission_that_several_files_have_is_not_chosen_by_their_names() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let opened = |mission: &str| {
        let mut log = Journal::new(mission);
        let data = r#"{"title":"T","lead":"host","rules":1}"#;
        log.json("human:ada", "mission_opened", data);
        log
    };
    let both = folder.join("both");
    std::fs::create_dir(&both).unwrap();
    opened("twice").write(&both, "a.jsonl");
    opened("twice").write(&both, "b.jsonl");
    insta::assert_snapshot!(shown_in(folder, &["-S", "both", "status"]));
    opened("once").write(&both, "c.jsonl");
    let of = |mission| run_in(folder, &["-S", "both", "-m", mission, "status"]);
    assert_eq!((code(&of("twice")), code(&of("once"))), (4, 0));
    assert_eq!(code(&run_in(folder, &["-S", "both/a.jsonl", "status"])), 0);
    insta::assert_snapshot!(shown_in(folder, &["-S", "both", "missions"]));
}
