//! A machine in another process: any program that speaks JSON Lines on its standard streams.
//!
//! ```text
//! judge ─▶ Program ─▶ writer ─▶ stdin ─▶ program ─▶ stdout ─▶ reader ─▶ answers, one for each line
//!                                           └─────▶ stderr ─▶ the last of it, for errors
//! ```
//! The protocol is described in `docs/conform-protocol.md`. No program can hold the kit up, fill its
//! memory or be misunderstood: lines are bounded, each answer has its time, and what is no answer
//! stops the run with an error that names the line.

mod pipe;

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use chrono::SecondsFormat;
use orch_core::event::Event;
use orch_core::record::Record;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::claims::Claims;
use super::under_test::{Ask, Failure, Reply, Subject};
use crate::oracle::Facts;
use pipe::Pipe;

/// The version of the protocol that is spoken.
pub const PROTOCOL: u32 = 1;

/// How much a program may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The longest that an answer may take.
    pub answer: Duration,
    /// The longest line that is read, in bytes.
    pub line_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            answer: Duration::from_secs(5),
            line_bytes: 1 << 20,
        }
    }
}

/// What is asked for: one line.
#[derive(Debug, Serialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum Request<'a> {
    Hello {
        protocol: u32,
    },
    Reset,
    Apply {
        record: &'a RawValue,
    },
    Decide {
        by: String,
        now: String,
        command: &'a orch_core::command::Command,
    },
    Snapshot,
    Restore {
        snapshot: &'a str,
    },
}

/// What a program says of itself.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hello {
    protocol: u32,
    name: String,
    claims: Claims,
}

/// That something was done.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Done {
    ok: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shown {
    state: Facts,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answered {
    answer: Reply,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    snapshot: String,
}

/// What a program says when it cannot do what it was asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Refused {
    error: String,
}

/// A program that is held against the laws.
#[derive(Debug)]
pub struct Program {
    pipe: Pipe,
    name: String,
    claims: Claims,
}

impl Program {
    /// Starts a program and asks it what it claims.
    ///
    /// # Errors
    /// When it cannot be started, or does not say what it claims.
    pub fn start(command: &[OsString], limits: Limits) -> Result<Self, Failure> {
        let pipe = Pipe::open(command, limits)?;
        let program = command.first().map(Path::new);
        let name = program.and_then(Path::file_name).unwrap_or_default();
        let mut program = Self {
            pipe,
            name: name.to_string_lossy().into_owned(),
            claims: Claims::default(),
        };
        let hello: Hello = program.ask(&Request::Hello { protocol: PROTOCOL })?;
        if hello.protocol != PROTOCOL {
            let theirs = hello.protocol;
            return Err(Failure::Broken(format!(
                "{} speaks protocol {theirs}, and this is {PROTOCOL}",
                program.name
            )));
        }
        let kinds = hello.claims.kinds.iter().flatten();
        if let Some((kind, _)) = kinds.into_iter().find(|(kind, _)| !is_kind(kind)) {
            let what = format!(
                "{} claims records of kind {kind:?}, which there is not",
                hello.name
            );
            return Err(Failure::Broken(what));
        }
        if hello.claims.shows.is_empty() {
            return Err(Failure::Broken(format!(
                "{} claims to show nothing",
                hello.name
            )));
        }
        program.name = hello.name;
        program.claims = hello.claims;
        Ok(program)
    }

    /// Writes a line, and reads the line that answers it.
    fn ask<T: for<'de> Deserialize<'de>>(&mut self, request: &Request<'_>) -> Result<T, Failure> {
        let line = serde_json::to_string(request)
            .map_err(|error| Failure::Broken(format!("a request cannot be written: {error}")))?;
        let said = self.pipe.ask(line)?;
        serde_json::from_str(&said).map_err(|error| {
            let refused = serde_json::from_str::<Refused>(&said).ok();
            let what = refused.map_or_else(
                || format!("is no answer ({error}): {}", pipe::shortened(&said)),
                |refused| format!("says that it cannot do that: {}", refused.error),
            );
            self.pipe.wrong(&what)
        })
    }

    fn done(&mut self, request: &Request<'_>) -> Result<(), Failure> {
        let done: Done = self.ask(request)?;
        if done.ok {
            Ok(())
        } else {
            Err(self.pipe.wrong("says that it was not done"))
        }
    }
}

fn is_kind(kind: &str) -> bool {
    Event::KINDS.contains(&kind)
}

impl Subject for Program {
    fn name(&self) -> &str {
        &self.name
    }

    fn claims(&self) -> &Claims {
        &self.claims
    }

    fn reset(&mut self) -> Result<(), Failure> {
        self.done(&Request::Reset)
    }

    fn apply(&mut self, record: &Record) -> Result<Facts, Failure> {
        let line = record.as_line().to_owned();
        let record = RawValue::from_string(line)
            .map_err(|error| Failure::Broken(format!("a record is no JSON: {error}")))?;
        let shown: Shown = self.ask(&Request::Apply { record: &record })?;
        Ok(shown.state)
    }

    fn decide(&mut self, ask: &Ask<'_>) -> Result<Reply, Failure> {
        let answered: Answered = self.ask(&Request::Decide {
            by: ask.by.to_string(),
            now: ask.now.to_rfc3339_opts(SecondsFormat::AutoSi, true),
            command: ask.command,
        })?;
        Ok(answered.answer)
    }

    fn snapshot(&mut self) -> Result<String, Failure> {
        let stored: Stored = self.ask(&Request::Snapshot)?;
        Ok(stored.snapshot)
    }

    fn restore(&mut self, snapshot: &str) -> Result<(), Failure> {
        self.done(&Request::Restore { snapshot })
    }
}
