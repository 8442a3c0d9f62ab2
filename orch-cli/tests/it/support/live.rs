//! A store that commands write to, by a clock of its own.

use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::Value;

use super::{code, orch, show, words};

/// A folder with a store, and whoever works in it.
pub(crate) struct Live {
    folder: tempfile::TempDir,
    now: DateTime<Utc>,
}

/// Makes a store in a folder: the one place that knows how.
///
/// It is of the kind that opens fastest; what many processes and crashes do is tried with sled.
fn make_store(folder: &Path) {
    let made = super::run_in(folder, &["init", "--kind", "jsonl"]);
    assert!(made.status.success());
}

/// Runs a command with something on its standard input.
pub(crate) fn run_with(live: &Live, line: &str, input: &[u8]) -> Output {
    let mut command = live.command(line);
    let pipe = Stdio::piped;
    command.stdin(pipe()).stdout(pipe()).stderr(pipe());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input).unwrap();
    drop(stdin);
    child.wait_with_output().unwrap()
}

impl Live {
    /// An empty store.
    pub(crate) fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        make_store(folder.path());
        Self {
            folder,
            now: "2026-11-20T08:00:00Z".parse().unwrap(),
        }
    }

    /// A store with a mission of one task and two agents.
    pub(crate) fn with_task() -> Self {
        let mut live = Self::empty();
        live.ok("mission new auth --title sign-in");
        live.ok("add 'a login form' --id login");
        live.ok("agent register coder");
        live.ok("agent register tess");
        live
    }

    /// The folder.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Lets time pass.
    pub(crate) fn after(&mut self, minutes: i64) -> &mut Self {
        self.now += TimeDelta::minutes(minutes);
        self
    }

    /// A command at this moment, by its words as a shell reads them.
    pub(crate) fn command(&self, line: &str) -> Command {
        let now = self.now.to_rfc3339_opts(SecondsFormat::Secs, true);
        let words = words(line);
        let args: Vec<&str> = ["--now", &now]
            .into_iter()
            .chain(words.iter().map(String::as_str))
            .collect();
        let mut command = orch(&args);
        command.current_dir(self.folder()).env("USER", "ada");
        command
    }

    /// Runs a command a minute after the one before.
    pub(crate) fn run(&mut self, line: &str) -> Output {
        self.after(1);
        self.command(line).output().unwrap()
    }

    /// Runs a command that must succeed, and returns what it printed.
    pub(crate) fn ok(&mut self, line: &str) -> String {
        let output = self.run(line);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(code(&output), 0, "{line}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs a command and reads the JSON that it printed.
    pub(crate) fn json(&mut self, line: &str) -> Value {
        let output = self.run(&format!("{line} --json"));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let answer = serde_json::from_slice(&output.stdout);
        assert!(answer.is_ok(), "{line}: {said}");
        answer.unwrap()
    }

    /// Runs a command that must fail so, and returns its error.
    pub(crate) fn error(&mut self, exit: i32, line: &str) -> Value {
        let output = self.run(&format!("{line} --json"));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(code(&output), exit, "{line}: {said}");
        let error: Value = serde_json::from_str(&said).unwrap();
        assert_eq!(error["exit"], exit, "{line}");
        error
    }

    /// Runs a command and shows everything about it in one text.
    pub(crate) fn shown(&mut self, line: &str) -> String {
        let output = self.run(line);
        show(&[line], &output)
    }

    /// How many records the mission has.
    pub(crate) fn n_records(&mut self) -> u64 {
        self.json("status")["seq"].as_u64().unwrap()
    }

    /// Where a task stands.
    pub(crate) fn status_of(&mut self, task: &str) -> String {
        let page = self.json(&format!("show task:{task}"));
        page["data"]["task"]["status"].as_str().unwrap().to_owned()
    }

    /// Runs commands at once, and returns how each ended and what it said, those that ended well
    /// first.
    pub(crate) fn at_once(&self, lines: &[String]) -> Vec<(i32, Value)> {
        let start = |line: &String| {
            let mut command = self.command(&format!("{line} --json"));
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
            command.spawn().unwrap()
        };
        // All of them are started before the first is waited for.
        let mut children: Vec<Child> = lines.iter().map(start).collect();
        let ended = children.drain(..).map(|child| {
            let output = child.wait_with_output().unwrap();
            let said = if output.stdout.is_empty() {
                &output.stderr
            } else {
                &output.stdout
            };
            (code(&output), serde_json::from_slice(said).unwrap())
        });
        let mut ended: Vec<(i32, Value)> = ended.collect();
        ended.sort_by_key(|(code, _)| *code);
        ended
    }
}
