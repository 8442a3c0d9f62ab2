//! Where a store can lie, and what it can be called.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;

use super::{fill, n_tasks, ok, sled, wide};
use crate::support::{code, orch, words};

#[test]
fn a_store_can_be_renamed_moved_and_linked_to() {
    let folder = sled();
    let at = folder.path();
    fs::rename(at.join(".orch"), at.join("elsewhere")).unwrap();
    ok(at, &["-S", "elsewhere", "add", "x"]);
    symlink("elsewhere", at.join(".orch")).unwrap();
    ok(at, &["add", "y"]);
    assert_eq!(n_tasks(at), "5\n");
    assert!(ok(at, &["init"]).contains("is a store already"));
    ok(at, &["store", "verify"]);
    assert!(at.join(".orch").is_symlink());
}

#[test]
fn a_store_can_be_called_anything_that_a_folder_can() {
    for name in [&b"a b\xc3\xbc'c"[..], b"a\xffb", b"-x", b"#x"] {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join(OsStr::from_bytes(name));
        let run = |rest: &[&str]| {
            let mut flag = std::ffi::OsString::from("-S");
            flag.push(&at);
            let mut command = orch(&[]);
            let output = command.arg(flag).args(rest).env("USER", "ada").output();
            let output = output.unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(code(&output), 0, "{name:?} {rest:?}: {said}");
            String::from_utf8(output.stdout).unwrap()
        };
        for line in [
            "init --json",
            "mission new auth",
            "add x",
            "store verify --json",
            "store info --json",
            "store rebuild",
            "status --json",
        ] {
            let words = words(line);
            run(&words.iter().map(String::as_str).collect::<Vec<_>>());
        }
        // The names that can be written down are suggested so that they work.
        let answer: serde_json::Value = serde_json::from_str(&run(&["status", "--json"])).unwrap();
        let next = answer["next"][0].as_str().unwrap();
        if name != b"a\xffb" {
            let again = wide(folder.path(), next.strip_prefix("orch ").unwrap());
            let output = { again }.output().unwrap();
            assert_eq!(code(&output), 0, "{next}");
        }
    }
}

#[test]
fn a_mission_can_have_the_longest_name_there_is_and_no_longer_one() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    ok(at, &["init"]);
    fill(at);
    let longest = "m".repeat(256);
    ok(at, &["mission", "new", &longest]);
    ok(at, &["-m", &longest, "add", "x"]);
    assert_eq!(ok(at, &["-m", &longest, "log", "--field", "seq"]), "2\n");
    let longer = wide(at, &format!("-m {longest}m status --json")).output();
    let error = super::error_of(&longer.unwrap());
    assert!(error["exit"] == 2 || error["exit"] == 3, "{error}");
    assert_eq!(
        ok(
            at,
            &["-m", "auth", "store", "info", "--field", "data.missions"]
        ),
        "2\n"
    );
}
