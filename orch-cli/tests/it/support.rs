//! What the tests share: running the binary in an empty environment, and building journals.

pub(crate) mod live;
#[cfg(unix)]
pub(crate) mod served;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use chrono::{DateTime, TimeDelta, Utc};
use orch_core::event::Event;
use orch_core::ids::{MissionId, Seq};
use orch_core::party::Actor;
use orch_core::record::{Envelope, Record};
use uuid::Uuid;

/// The journal that is shipped as an example, from the root.
pub(crate) const EXAMPLE: &str = "examples/stuck-mission.jsonl";

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The folder of real journals, or a word that it is not here.
pub(crate) fn samples() -> Option<PathBuf> {
    let folder = root().join("../shared/journals");
    if folder.is_dir() {
        return Some(folder);
    }
    // Written to the handle: the test runner would keep what is printed to itself.
    let said = writeln!(std::io::stderr(), "skipped: no samples");
    said.unwrap();
    None
}

/// Whether the long runs are asked for.
pub(crate) fn is_full() -> bool {
    std::env::var("ORCH_TIER").is_ok_and(|tier| tier == "full")
}

/// A command in an environment that is the same everywhere.
pub(crate) fn orch(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_orch"));
    command
        .args(args)
        .current_dir(root())
        .env_clear()
        .env("COLUMNS", "80")
        .env("TZ", "UTC")
        .stdin(Stdio::null());
    command
}

/// Runs a command and shows everything about it in one text.
pub(crate) fn shown(args: &[&str]) -> String {
    show(args, &run(args))
}

/// Runs a command.
pub(crate) fn run(args: &[&str]) -> Output {
    orch(args).output().unwrap()
}

/// Runs a command in a folder and shows everything about it in one text.
pub(crate) fn shown_in(folder: &Path, args: &[&str]) -> String {
    show(args, &run_in(folder, args))
}

/// Runs a command in a folder.
pub(crate) fn run_in(folder: &Path, args: &[&str]) -> Output {
    orch(args).current_dir(folder).output().unwrap()
}

/// Runs a command with something on its standard input.
pub(crate) fn run_with_input(args: &[&str], input: &[u8]) -> Output {
    let mut command = orch(args);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A command that fails early does not read all of it.
    drop(stdin.write_all(input));
    drop(stdin);
    child.wait_with_output().unwrap()
}

/// Shows a run as a text: the command, its two outputs and its exit code.
pub(crate) fn show(args: &[&str], output: &Output) -> String {
    let mut text = String::new();
    writeln!(text, "$ orch {}", args.join(" ")).unwrap();
    text.push_str(&placeheld(&String::from_utf8_lossy(&output.stdout)));
    if !output.stderr.is_empty() {
        text.push_str("--- stderr\n");
        text.push_str(&placeheld(&String::from_utf8_lossy(&output.stderr)));
    }
    writeln!(text, "--- exit {}", code(output)).unwrap();
    text
}

/// Puts words in the place of what differs from run to run or with every change of the core.
fn placeheld(text: &str) -> String {
    let is_hex = |word: &str| word.len() == 64 && word.chars().all(|c| c.is_ascii_hexdigit());
    let words = text.split_inclusive(char::is_whitespace);
    words
        .map(|word| {
            if is_hex(word.trim_end()) {
                "[digest]\n"
            } else {
                word
            }
        })
        .collect()
}

/// Returns the exit code.
pub(crate) fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

/// Runs a command that orch suggests, in a folder; its words are those that a shell would see.
pub(crate) fn run_suggested(folder: &Path, line: &str) -> Output {
    let words = words(line);
    assert_eq!(words[0], "orch", "{line}");
    let words: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
    run_in(folder, &words)
}

/// Splits a line into words the way a shell does.
pub(crate) fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let (mut is_quoted, mut is_escaped) = (false, false);
    for c in line.chars() {
        match c {
            '\\' if !is_quoted && !is_escaped => is_escaped = true,
            '\'' if !is_escaped => is_quoted = !is_quoted,
            ' ' if !is_quoted && !is_escaped => words.push(String::new()),
            _ => {
                is_escaped = false;
                words.last_mut().unwrap().push(c);
            }
        }
    }
    words
}

/// Runs a command that prints JSON, and reads it.
pub(crate) fn json(args: &[&str]) -> serde_json::Value {
    let output = run(args);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        text.lines().count(),
        1,
        "{args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_str(&text).unwrap()
}

/// A journal that is being written.
pub(crate) struct Journal {
    mission: MissionId,
    at: DateTime<Utc>,
    text: String,
    seq: Seq,
}

impl Journal {
    /// A journal of a mission.
    pub(crate) fn new(mission: &str) -> Self {
        Self {
            mission: MissionId::parse(mission).unwrap(),
            at: "2026-11-20T08:00:00Z".parse().unwrap(),
            text: String::new(),
            seq: Seq::ZERO,
        }
    }

    /// Lets time pass before the next record.
    pub(crate) fn after(&mut self, minutes: i64) -> &mut Self {
        self.at += TimeDelta::minutes(minutes);
        self
    }

    /// Adds a record and returns its position.
    pub(crate) fn add(&mut self, by: &str, event: impl Into<Event>) -> Seq {
        self.seq = self.seq.next();
        let envelope = Envelope {
            seq: self.seq,
            // Fixed, and recognisable in what is printed.
            id: Uuid::from_u128(0x0193_48a0_0000_7000_8000_0000_0000_0000 + u128::from(self.seq.0)),
            at: self.at,
            mission: self.mission.clone(),
            by: Actor::parse(by).unwrap(),
            command: None,
            request: None,
            cause: None,
            source: None,
        };
        let record = Record::seal(envelope, event.into()).unwrap();
        self.text.push_str(record.as_line());
        self.text.push('\n');
        self.seq
    }

    /// Adds a record of any kind, its data as JSON.
    pub(crate) fn json(&mut self, by: &str, kind: &str, data: impl std::fmt::Display) -> Seq {
        let data = data.to_string().into_boxed_str();
        self.add(
            by,
            Event::Unknown {
                kind: kind.into(),
                data,
            },
        )
    }

    /// Returns the journal as text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Writes the journal into a folder and returns its path.
    pub(crate) fn write(&self, folder: &Path, name: &str) -> String {
        let path = folder.join(name);
        std::fs::write(&path, &self.text).unwrap();
        path.to_string_lossy().into_owned()
    }
}
