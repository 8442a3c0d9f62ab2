//! The scripts that are shipped as examples: each is run, and tells what it promises to.

use std::path::Path;
use std::process::Command;

use crate::support::root;

/// Runs a script with a path to find programs on, and returns what it tells.
fn told(script: &str, set: impl FnOnce(&mut Command)) -> String {
    let mut shell = Command::new("sh");
    shell.arg(root().join("examples").join(script)).env_clear();
    set(&mut shell);
    let output = shell.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}: {said}");
    assert_eq!(said, "", "{script}");
    String::from_utf8(output.stdout).unwrap()
}

// spec: COMPLETE-1
#[test]
fn a_mission_with_work_in_flight_is_not_complete_whoever_believes_it() {
    let program = env!("CARGO_BIN_EXE_orch");
    let path = std::env::var("PATH").unwrap();
    let named = told("premature-completion.sh", |shell| {
        shell.env("PATH", &path).env("ORCH", program);
    });
    insta::assert_snapshot!(named);
    let folder = Path::new(program).parent().unwrap().display();
    let found = told("premature-completion.sh", |shell| {
        shell.env("PATH", format!("{folder}:{path}"));
    });
    assert_eq!(found, named);
}
