//! Many processes on one store, each with one update at a time.

use std::path::Path;
use std::process::Child;

use orch_core::mission::Mission;
use orch_store::journal::Journal as _;
use orch_store::segments::Reader;

use crate::support::{orch, run_in};

fn ok(folder: &Path, args: &[&str]) -> String {
    let output = run_in(folder, args);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "orch {args:?}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

/// Runs processes at once, each of which updates the store again and again.
///
/// Each is a shell, because that is what agents have; what it runs fails the shell if it fails.
fn at_once(folder: &Path, n_processes: usize, n_updates: usize, update: &str) {
    let script = format!("set -e; for k in $(seq {n_updates}); do {update}; done");
    let children: Vec<Child> = (0..n_processes)
        .map(|n| {
            let mut shell = std::process::Command::new("sh");
            shell
                .args(["-c", &script])
                .current_dir(folder)
                .env("ORCH", env!("CARGO_BIN_EXE_orch"))
                .env("N", n.to_string());
            shell.spawn().unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
}

/// The only mission of a store, folded from its journal.
fn folded(folder: &Path) -> Mission {
    let reader = Reader::open(&folder.join(".orch")).unwrap();
    let mission = reader.missions().unwrap().remove(0).mission;
    let records = reader.read(&mission, orch_core::ids::Seq::ZERO, usize::MAX);
    Mission::fold(&records.unwrap())
}

fn no_update_is_lost(n_processes: usize, n_updates: usize) {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    ok(folder, &["init"]);
    ok(folder, &["mission", "new", "many"]);
    let update = r#""$ORCH" -q -o none --lock-timeout 60s add "task $N-$k" --id "t$N-$k""#;
    at_once(folder, n_processes, n_updates, update);
    let n = (n_processes * n_updates) as u64;
    let mission = folded(folder);
    assert_eq!(mission.head().0, n + 1);
    assert_eq!(mission.anomalies(), []);
    let field = |path| ok(folder, &["progress", "--field", path]);
    assert_eq!(field("data.counts.total").trim(), n.to_string());
    ok(folder, &["store", "verify"]);
}

// spec: ACK-1, COUNT-1
#[test]
fn no_update_of_ten_processes_is_lost() {
    no_update_is_lost(10, 100);
}

// spec: ACK-1, COUNT-1
#[test]
fn no_update_of_thirty_two_processes_is_lost() {
    no_update_is_lost(32, 20);
}

// spec: WIP-1, ACK-1
#[test]
fn of_those_who_claim_one_task_one_gets_it_and_the_others_are_told_who_and_by_which_record() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    ok(folder, &["init"]);
    ok(folder, &["mission", "new", "race"]);
    ok(folder, &["add", "the prize", "--id", "prize"]);
    for n in 0..8 {
        ok(folder, &["agent", "register", &format!("agent{n}")]);
    }
    let children: Vec<(usize, Child)> = (0..8)
        .map(|n| {
            let agent = format!("agent{n}");
            let mut command = orch(&["-A", &agent, "--json", "claim", "prize"]);
            command
                .current_dir(folder)
                .stdout(std::process::Stdio::piped())
                .stderr(std::process::Stdio::piped());
            (n, command.spawn().unwrap())
        })
        .collect();
    let mut winners = Vec::new();
    let mut refusals = Vec::new();
    for (n, child) in children {
        let output = child.wait_with_output().unwrap();
        if output.status.success() {
            winners.push(n);
        } else {
            assert_eq!(output.status.code(), Some(5));
            refusals.push(String::from_utf8(output.stderr).unwrap());
        }
    }
    let [winner] = winners.as_slice() else {
        panic!("{} got it: {winners:?}", winners.len());
    };
    // The mission, the task and eight agents come before it.
    let winner = format!("agent{winner}");
    for refusal in refusals {
        let json: serde_json::Value = serde_json::from_str(&refusal).unwrap();
        let evidence = &json["evidence"][0];
        assert_eq!(evidence["record"], 11, "{refusal}");
        assert!(
            evidence["text"].as_str().unwrap().contains(&winner),
            "{refusal}"
        );
    }
}
