//! Opening journals: right ones, wrong ones, and none.

use crate::support::{
    EXAMPLE, Journal, code, json, orch, root, run, run_in, run_with_input, show, shown, shown_in,
};

#[test]
fn a_file_that_is_not_there_is_named() {
    insta::assert_snapshot!(shown(&["-S", "no-such-file.jsonl", "status"]));
}

#[test]
fn a_file_that_is_no_journal_is_named_with_what_was_expected() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [
        ("empty.jsonl", &b""[..]),
        ("blank.jsonl", b" \n\n"),
        ("binary.jsonl", b"\x7fELF\x02\x01\x00\x00"),
        ("prose.txt", b"Dear reader,\nthis is no journal.\n"),
        ("array.json", b"[{\"v\":1}]\n"),
        ("object.json", b"{\"hello\":\"world\"}\n"),
        ("latin1.jsonl", b"{\"a\":\"\xe9\"}\n"),
        (
            "rows-in-array.json",
            b"[\n{\"bead\":\"b\",\"event\":\"claim\",\"ts\":\"2026-08-06T02:09:14Z\",\"worker\":\"w\"},\n{\"bead\":\"c\",\"event\":\"claim\",\"ts\":\"2026-08-06T02:09:14Z\",\"worker\":\"w\"}\n]\n",
        ),
        ("pretty.json", b"{\n  \"v\": 1\n}\n{\n  \"v\": 1\n}\n"),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        insta::assert_snapshot!(shown_in(folder.path(), &["-S", name, "status"]));
    }
}

// spec: FOLD-1
#[test]
fn bad_lines_are_left_out_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(root().join(EXAMPLE)).unwrap();
    let mut lines: Vec<&str> = text.lines().collect();
    lines.insert(5, "{\"v\":1,\"seq\":6}");
    lines.insert(9, "not json");
    let cut = format!("{}\n{{\"v\":1,\"se", lines.join("\n"));
    let path = folder.path().join("damaged.jsonl");
    std::fs::write(&path, cut).unwrap();
    let text = path.to_string_lossy();
    let path = "damaged.jsonl";
    insta::assert_snapshot!(shown_in(folder.path(), &["-S", path, "progress"]));
    insta::assert_snapshot!(shown_in(
        folder.path(),
        &["-S", path, "replay", "--anomalies", "--strict"]
    ));
    let status = json(&["-S", &text, "-q", "status", "--json"]);
    assert_eq!(status["warnings"][0]["code"], "bad_lines");
    assert_eq!(
        status["warnings"][0]["lines"],
        serde_json::json!([6, 10, 37])
    );
    assert!(run(&["-S", &text, "-q", "status"]).stderr.is_empty());
}

// spec: RULES-1
#[test]
fn what_is_newer_is_refused_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(root().join(EXAMPLE)).unwrap();
    let format = folder.path().join("format.jsonl");
    std::fs::write(&format, text.replace("{\"v\":1,", "{\"v\":7,")).unwrap();
    insta::assert_snapshot!(shown_in(folder.path(), &["-S", "format.jsonl", "status"]));
    let mut log = Journal::new("future");
    log.json(
        "host",
        "mission_opened",
        r#"{"title":"T","lead":"host","rules":9}"#,
    );
    let rules = log.write(folder.path(), "rules.jsonl");
    insta::assert_snapshot!(shown_in(folder.path(), &["-S", "rules.jsonl", "status"]));
    assert_eq!(code(&run(&["-S", &rules, "export", "jsonl"])), 0);
}

#[test]
fn standard_input_is_a_journal_like_any_other() {
    let text = std::fs::read(root().join(EXAMPLE)).unwrap();
    let piped = run_with_input(&["-S", "-", "why"], &text);
    assert_eq!(piped.stdout, run(&["-S", EXAMPLE, "why"]).stdout);
    let args = ["-S", "-", "status"];
    insta::assert_snapshot!(show(&args, &run_with_input(&args, b"")));
    let needle =
        br#"{"bead":"bf-1","event":"dispatch","ts":"2026-08-06T02:09:14Z","worker":"echo"}"#;
    insta::assert_snapshot!(show(&args, &run_with_input(&args, needle)));
}

#[test]
fn without_a_flag_the_nearest_folder_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let deep = folder.path().join("a/b");
    std::fs::create_dir_all(&deep).unwrap();
    let args = ["progress"];
    let none = orch(&args).current_dir(&deep).output().unwrap();
    let said = String::from_utf8(none.stderr.clone()).unwrap();
    assert!(
        said.contains("there is no folder .orch") && said.contains("looked in"),
        "{said}"
    );
    assert_eq!(code(&none), 3);
    std::fs::create_dir(folder.path().join(".orch")).unwrap();
    let empty = orch(&args).current_dir(&deep).output().unwrap();
    let said = String::from_utf8(empty.stderr.clone()).unwrap();
    assert!(said.contains("holds no journal"), "{said}");
    assert_eq!(code(&empty), 3);
    std::fs::copy(root().join(EXAMPLE), folder.path().join(".orch/m.jsonl")).unwrap();
    let found = orch(&args).current_dir(&deep).output().unwrap();
    assert_eq!(found.stdout, run(&["-S", EXAMPLE, "progress"]).stdout);
    let env = orch(&args).env("ORCH_STORE", EXAMPLE).output().unwrap();
    assert_eq!(env.stdout, found.stdout);
}

#[test]
fn the_files_of_a_backup_are_read_together() {
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("work/.beads/backup");
    std::fs::create_dir_all(&backup).unwrap();
    let event = r#"{"id":1,"issue_id":"w-1","event_type":"created","actor":"ada","old_value":null,"new_value":null,"comment":null,"created_at":"2026-01-01T00:00:00Z"}"#;
    let issue = r#"{"id":"w-1","title":"First","status":"open","priority":2,"issue_type":"task","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"}"#;
    std::fs::write(backup.join("events.jsonl"), event).unwrap();
    std::fs::write(backup.join("issues.jsonl"), issue).unwrap();
    let by_file = ["-S", "work/.beads/backup/events.jsonl", "progress"];
    insta::assert_snapshot!(shown_in(folder.path(), &by_file));
    let by_folder = ["-S", "work/.beads/backup", "progress"];
    let folder = folder.path();
    assert_eq!(
        run_in(folder, &by_file).stdout,
        run_in(folder, &by_folder).stdout
    );
}

#[test]
fn rows_that_cannot_be_read_are_named_by_their_lines() {
    let folder = tempfile::tempdir().unwrap();
    let good = r#"{"bead":"bf-1","event":"dispatch","ts":"2026-08-06T02:09:14Z","worker":"echo"}"#;
    let rows = format!("{good}\n{}", "{\"bead\":\n".repeat(13));
    std::fs::write(folder.path().join("N.jsonl"), rows).unwrap();
    let args = ["-S", "N.jsonl", "-o", "none", "status"];
    insta::assert_snapshot!(shown_in(folder.path(), &args));
}

#[test]
fn an_index_that_is_gone_is_made_anew_and_that_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let orch = |args: &[&str]| {
        let output = run_in(folder.path(), args);
        assert!(output.status.success(), "{args:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    assert_eq!(orch(&["init"]), "");
    assert_eq!(orch(&["mission", "new", "m"]), "");
    std::fs::remove_dir_all(folder.path().join(".orch/index")).unwrap();
    let said = orch(&["add", "a task"]);
    assert!(said.contains("made anew from the 1 records"), "{said}");
    assert_eq!(orch(&["store", "rebuild"]), "");
    assert_eq!(orch(&["store", "verify"]), "");
}
