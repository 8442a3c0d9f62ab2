//! `wait`: woken by other processes and by the clocks of the mission, and asleep in between.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::support::{EXAMPLE, code, orch, root, run_in, words};

/// Long enough for every machine; no test waits for it unless it fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// A folder with a store, whose clocks are those of the world.
fn store() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for line in [
        "init --kind jsonl",
        "mission new auth --title sign-in",
        "add 'a login form' --id login",
        "agent register coder",
    ] {
        ok(folder.path(), line);
    }
    folder
}

fn command(folder: &Path, line: &str) -> Command {
    let words = words(line);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut command = orch(&words);
    command.current_dir(folder).env("USER", "ada");
    if words.contains(&"wait") && !words.contains(&"--timeout") {
        // A wait that should have ended fails its test, and does not hold it up for ever.
        command.args(["--timeout", "30s"]);
    }
    command
}

fn ok(folder: &Path, line: &str) -> String {
    ends(folder, line, 0)
}

/// Runs what must end so, and returns what it printed.
fn ends(folder: &Path, line: &str, exit: i32) -> String {
    let output = command(folder, line).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(code(&output), exit, "{line}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

/// A command that waits, and has begun to.
struct Waiting(Child);

impl Waiting {
    fn of(folder: &Path, line: &str) -> Self {
        let mut command = command(folder, line);
        let waiting = Self(command.stdout(Stdio::piped()).spawn().unwrap());
        let until = Instant::now() + PATIENCE;
        while !waiting.is_asleep() {
            assert!(Instant::now() < until, "{line}: it does not wait");
            std::thread::yield_now();
        }
        waiting
    }

    /// Whether it watches the store, as far as can be told from outside.
    fn is_asleep(&self) -> bool {
        let open = fs::read_dir(format!("/proc/{}/fd", self.0.id()));
        let mut links = open
            .into_iter()
            .flatten()
            .flatten()
            .map(|fd| fs::read_link(fd.path()));
        links.any(|link| link.is_ok_and(|link| link.to_string_lossy().contains("inotify")))
    }

    /// How much time of a processor it took, in ticks.
    fn n_ticks(&self) -> u64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.0.id())).unwrap();
        let (_, rest) = stat.rsplit_once(')').unwrap();
        let numbers: Vec<&str> = rest.split_whitespace().collect();
        numbers[11].parse::<u64>().unwrap() + numbers[12].parse::<u64>().unwrap()
    }

    /// What it printed, and how it ended.
    fn ended(mut self) -> (String, i32) {
        let mut text = String::new();
        let stdout = BufReader::new(self.0.stdout.take().unwrap());
        for line in stdout.lines() {
            text.push_str(&line.unwrap());
            text.push('\n');
        }
        (text, self.0.wait().unwrap().code().unwrap_or(-1))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[test]
fn what_is_so_already_needs_no_waiting() {
    let folder = store();
    let at = folder.path();
    assert_eq!(
        ends(at, "wait login --for ready", 0),
        "task login is open\n"
    );
    assert_eq!(ends(at, "wait login --for open", 0), "task login is open\n");
    ok(at, "-A coder claim login");
    ok(at, "-A coder handoff login --status done");
    ok(at, "ack 5");
    ends(at, "wait login", 0);
    ends(at, "wait login --for done", 0);
    // It ended, and will not be so any more.
    ends(at, "wait login --for running", 12);
    ok(at, "close");
    ends(at, "wait", 0);
    ends(at, "wait --for done", 0);
    ends(at, "wait --for stuck", 12);
}

#[test]
fn a_wait_is_woken_by_another_process_and_keeps_nobody_from_writing() {
    let folder = store();
    let at = folder.path();
    let accepted = Waiting::of(at, "wait login --for accepted");
    let running = Waiting::of(at, "wait login --for running");
    ok(at, "-A coder claim login --lock-timeout 1s");
    ok(at, "-A coder start login");
    assert_eq!(running.ended(), ("task login is running\n".to_owned(), 0));
    ok(at, "-A coder handoff login --status done");
    ok(at, "ack 6");
    assert_eq!(accepted.ended(), ("task login is accepted\n".to_owned(), 0));
}

#[test]
fn a_wait_for_an_expression_is_woken_by_another_process() {
    let folder = store();
    let at = folder.path();
    let line = "wait --for 'task.login.owner == \"coder\" && any(tasks, running)'";
    let waiting = Waiting::of(at, line);
    let late = Waiting::of(at, "wait login --for 'failures > 0 || mission.tasks == 2'");
    ok(at, "-A coder claim login");
    ok(at, "-A coder start login");
    let said = "task.login.owner is coder; any(tasks, running) is yes (login)\n";
    assert_eq!(waiting.ended(), (said.to_owned(), 0));
    ok(at, "add 'a way out' --id logout");
    let said = "task.login.failures is 0; mission.tasks is 2\n";
    assert_eq!(late.ended(), (said.to_owned(), 0));
}

#[test]
fn a_wait_may_name_what_comes_later_and_says_that_it_is_not_there() {
    let folder = store();
    let at = folder.path();
    let line = "wait --for 'task.logout.dispatched && task.logout.gate.tester == \"open\"'";
    let waiting = Waiting::of(at, line);
    ok(at, "add 'a way out' --id logout --gate tester");
    ok(at, "-A coder claim logout");
    let said = "task.logout.dispatched is yes; task.logout.gate.tester is open\n";
    assert_eq!(waiting.ended(), (said.to_owned(), 0));
    let output = command(at, "wait --for task.lgoin.done --timeout 10ms")
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let wanted = "there is no task \"lgoin\" yet: did you mean `login`?";
    assert!(said.contains(wanted), "{said}");
    assert_eq!(output.status.code(), Some(124));
}

#[test]
fn a_wait_for_delivery_goes_on_after_a_task_is_accepted() {
    let folder = store();
    let at = folder.path();
    ok(at, "add guide --id guide --deliver-gate archived");
    ok(at, "-A coder claim guide");
    let waiting = Waiting::of(at, "wait guide --for delivered");
    ok(at, "-A coder handoff guide --status done");
    ok(at, "ack 6");
    ends(at, "wait guide --for running", 12);
    ok(at, "gate waive guide archived --reason 'no archive'");
    ok(at, "deliver guide");
    assert_eq!(waiting.ended(), ("task guide is delivered\n".to_owned(), 0));
}

#[test]
fn a_wait_ends_when_what_it_is_for_can_no_longer_be() {
    let folder = store();
    let at = folder.path();
    let waiting = Waiting::of(at, "wait login --for done");
    ok(at, "cancel login");
    assert_eq!(
        waiting.ended(),
        ("task login is cancelled\n".to_owned(), 12)
    );
}

#[test]
fn when_the_time_is_up_the_code_is_124_and_nothing_was_written() {
    let folder = store();
    let at = folder.path();
    let said = ends(at, "wait login --for done --timeout 10ms", 124);
    assert_eq!(said, "time is up: task login is open\n");
    let json = ends(at, "wait login --for done --timeout 10ms --json", 124);
    let answer: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(answer["data"]["holds"], false);
    assert_eq!(answer["seq"], 3);
}

#[test]
fn a_stream_has_each_record_once_and_in_order() {
    let folder = store();
    let at = folder.path();
    let line = "wait login --for done --stream";
    let text = Waiting::of(at, line);
    let json = Waiting::of(at, &format!("-o jsonl {line}"));
    let mut shell = Command::new("sh");
    let script = "for n in $(seq 50); do \"$ORCH\" -q -o none note \"note-$n.\" || exit 1; done";
    shell
        .args(["-c", script])
        .current_dir(at)
        .env("ORCH", env!("CARGO_BIN_EXE_orch"));
    assert!(shell.status().unwrap().success());
    ok(at, "cancel login");
    let (text, exit) = text.ended();
    assert_eq!(exit, 12);
    let mut lines = text.lines();
    for n in 1..=50 {
        let line = lines.next().unwrap();
        assert!(line.contains(&format!("note-{n}.")), "{n}: {line}");
    }
    assert!(lines.next().unwrap().contains("cancel"));
    assert_eq!(lines.collect::<Vec<_>>(), ["task login is cancelled"]);
    let (json, exit) = json.ended();
    assert_eq!(exit, 12);
    let seqs = json.lines().map(|line| {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        record["seq"].as_u64().unwrap()
    });
    assert_eq!(seqs.collect::<Vec<_>>(), (4..=54).collect::<Vec<_>>());
}

#[test]
fn a_wait_takes_no_time_of_the_processor() {
    let folder = store();
    let at = folder.path();
    let waiting = Waiting::of(at, "wait login --for done");
    let before = waiting.n_ticks();
    // A second goes by, as another wait measures it.
    ends(at, "wait login --for done --timeout 1s", 124);
    // A tick is a hundredth of a second; reading the clock may fall on the edge of one.
    assert!(waiting.n_ticks() <= before + 1);
}

#[test]
fn a_clock_of_the_mission_that_runs_out_wakes_a_wait() {
    let folder = store();
    let at = folder.path();
    ok(at, "dispatch login --to coder --clock start=1s");
    ends(at, "check login stuck", 10);
    let json = ends(at, "wait login --for stuck --timeout 60s --json", 0);
    let answer: serde_json::Value = serde_json::from_str(&json).unwrap();
    // Nobody wrote anything.
    assert_eq!(answer["seq"], 4);
}

#[test]
fn an_interrupt_ends_a_wait() {
    let folder = store();
    let mut waiting = Waiting::of(folder.path(), "wait login --for done");
    let pid = waiting.0.id().to_string();
    let sent = Command::new("kill").args(["-INT", &pid]).status();
    assert!(sent.unwrap().success());
    assert_eq!(waiting.0.wait().unwrap().signal(), Some(2));
    ok(folder.path(), "store verify");
}

#[test]
fn a_recording_will_not_change_and_says_so() {
    let folder = store();
    let file = root().join(EXAMPLE);
    let file = file.to_string_lossy();
    for args in [
        &["-S", &*file, "wait", "writer", "--for", "done"][..],
        &["wait", "login", "--for", "done", "--at", "2"],
    ] {
        let output = run_in(folder.path(), args);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("this is a recording"), "{said}");
        assert!(
            ![0, 124].contains(&output.status.code().unwrap()),
            "{args:?}"
        );
    }
}

#[test]
fn what_is_not_there_yet_is_named() {
    let folder = store();
    let at = folder.path();
    let empty = tempfile::tempdir().unwrap();
    ok(empty.path(), "init --kind jsonl");
    for (at, line, wanted) in [
        (at, "wait logout", "id_unknown"),
        (at, "-m other wait", "mission_unknown"),
        (empty.path(), "wait", "mission_none"),
    ] {
        let output = command(at, &format!("{line} --json")).output().unwrap();
        let error: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
        assert_eq!(
            (code(&output), &error["code"]),
            (3, &wanted.into()),
            "{error}"
        );
    }
}

#[test]
fn a_wait_ends_with_the_backoff_that_it_waits_for() {
    let folder = tempfile::tempdir().unwrap();
    let run = |line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        let output = run_in(folder.path(), &words);
        assert_eq!(code(&output), 0, "{line}: {output:?}");
    };
    run("init --kind jsonl");
    fs::write(
        folder.path().join("policy.json"),
        r#"{"retry":{"backoff":{"first_ms":1500,"factor":1,"cap_ms":1500}}}"#,
    )
    .unwrap();
    run("mission new auth --policy policy.json");
    run("add login --id login");
    run("agent register coder");
    run("-A coder claim login");
    run("-A coder fail login --error flaky");
    // Far longer than the backoff: only being woken by it ends the wait in time.
    run("wait login --for ready --timeout 120s");
}
