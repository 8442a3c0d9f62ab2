//! Many processes on one store, each with one update at a time.

use std::path::Path;
use std::process::{Child, Stdio};

use orch_core::mission::Mission;
use orch_store::journal::Journal as _;
use orch_store::segments::Reader;

use crate::support::served::Served;
use crate::support::{is_full, orch, run_in};

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

/// How processes get at the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    /// Each takes the lock in turn.
    Lock,
    /// One serves it to all others.
    Owner,
}

impl By {
    /// Has a store served, if that is the way.
    fn serve(self, folder: &Path) -> Option<Served> {
        (self == Self::Owner).then(|| Served::start(folder))
    }
}

fn no_update_is_lost(by: By, n_processes: usize, n_updates: usize) {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    ok(folder, &["init"]);
    ok(folder, &["mission", "new", "many"]);
    let served = by.serve(folder);
    let update = r#""$ORCH" -q -o none --lock-timeout 600s add "task $N-$k" --id "t$N-$k""#;
    at_once(folder, n_processes, n_updates, update);
    let n = (n_processes * n_updates) as u64;
    let mission = folded(folder);
    // Each is there once: ids that are there twice would be anomalies.
    assert_eq!(mission.anomalies(), []);
    assert_eq!(mission.tasks().count() as u64, n);
    assert_eq!(mission.head().0, n + 1);
    for (process, k) in (0..n_processes).flat_map(|p| (1..=n_updates).map(move |k| (p, k))) {
        let id = format!("t{process}-{k}");
        assert!(mission.tasks().any(|task| task.id().as_str() == id), "{id}");
    }
    drop(served);
    let field = |path| ok(folder, &["progress", "--field", path]);
    assert_eq!(field("data.counts.total").trim(), n.to_string());
    ok(folder, &["store", "verify"]);
    eprintln!("{by:?}: {n_processes} processes x {n_updates} updates: lost 0, duplicated 0");
}

/// What many processes do: all of it if asked for, a part otherwise.
fn many_processes(by: By) {
    if is_full() {
        no_update_is_lost(by, 32, 200);
    } else {
        no_update_is_lost(by, 8, 25);
    }
}

// spec: ACK-1, COUNT-1
#[test]
fn no_update_of_many_processes_is_lost_or_done_twice() {
    many_processes(By::Lock);
}

// spec: ACK-1, COUNT-1
#[test]
fn no_update_of_many_processes_is_lost_or_done_twice_by_an_owner() {
    many_processes(By::Owner);
}

// spec: ACK-1, COUNT-1
#[test]
fn no_update_of_thirty_two_processes_at_once_is_lost() {
    no_update_is_lost(By::Lock, 32, 5);
    no_update_is_lost(By::Owner, 32, 5);
}

/// Agents claim one task at once, again and again; all but one are told who has it, and by which
/// record.
fn every_loser_is_told_who_won(by: By, n_agents: usize, n_races: usize) {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    ok(folder, &["init"]);
    ok(folder, &["mission", "new", "race"]);
    for n in 0..n_agents {
        ok(folder, &["agent", "register", &format!("agent{n}")]);
    }
    let _served = by.serve(folder);
    for race in 0..n_races {
        let prize = format!("prize{race}");
        ok(folder, &["add", "the prize", "--id", &prize]);
        let before = folded(folder).head().0;
        let mut children = Vec::new();
        for n in 0..n_agents {
            let agent = format!("agent{n}");
            let mut command = orch(&["-A", &agent, "--json", "--lock-timeout", "60s"]);
            command
                .args(["claim", &prize])
                .current_dir(folder)
                .stdout(Stdio::piped())
                .stderr(Stdio::piped());
            children.push((n, command.spawn().unwrap()));
        }
        let (mut winners, mut refusals) = (Vec::new(), Vec::new());
        for (n, child) in children {
            let output = child.wait_with_output().unwrap();
            if output.status.success() {
                winners.push(n);
            } else {
                assert_eq!(output.status.code(), Some(5));
                refusals.push(String::from_utf8(output.stderr).unwrap());
            }
        }
        assert_eq!(winners.len(), 1, "{winners:?}");
        let winner = format!("agent{}", winners[0]);
        assert_eq!(refusals.len(), n_agents - 1);
        for refusal in refusals {
            let json: serde_json::Value = serde_json::from_str(&refusal).unwrap();
            let evidence = &json["evidence"][0];
            assert_eq!(evidence["record"], before + 1, "{refusal}");
            let text = evidence["text"].as_str().unwrap();
            assert!(text.contains(&winner), "{refusal}");
        }
    }
    let n_losers = n_races * (n_agents - 1);
    eprintln!("{by:?}: {n_races} races of {n_agents}: all {n_losers} losers were told who won");
}

// spec: WIP-1, ACK-1
#[test]
fn of_those_who_claim_one_task_one_gets_it_and_the_others_are_told_who_and_by_which_record() {
    for by in [By::Lock, By::Owner] {
        if is_full() {
            every_loser_is_told_who_won(by, 32, 20);
        } else {
            every_loser_is_told_who_won(by, 8, 1);
        }
    }
}
