//! Command lines: each is understood or refused, and one that reads ends as it promises.

use std::cell::RefCell;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::OnceLock;

use super::conditions::STUCK;
use super::terminal::is_bad;
use crate::cli::{Cli, Command};
use crate::commands;
use crate::ctx::Ctx;
use crate::exit::Exit;
use crate::ui::Ui;
use crate::usage::{self, Said};

/// How many words a command line may have.
const WORDS_MAX: usize = 16;

/// Reads bytes as the words of a command line, one on each line.
///
/// What is wrong is told as a mistake of the command line, in words that a terminal may be given. What
/// reads a mission is carried out, in this process, on a log with text that steers terminals: it ends
/// the same way each time, never as a fault of the machine, and nothing of that text gets through.
///
/// # Panics
/// When a promise does not hold.
pub fn cli_args_status(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let words: Vec<&str> = text.split('\n').take(WORDS_MAX).collect();
    // No files but those of this folder, and no standard input.
    if words.iter().any(|it| it.contains('/') || it.ends_with('-')) {
        return;
    }
    let line = || {
        std::iter::once("orch")
            .chain(words.iter().copied())
            .map(OsString::from)
    };
    let said = Said::of(line());
    drop(format!("{said:?}"));
    match usage::parse(line()) {
        Err(error) if error.use_stderr() => {
            let told = usage::explained(&error);
            assert_eq!(told.code.exit(), Exit::Usage, "{words:?}");
            assert!(!told.message.is_empty(), "{words:?}");
        }
        Err(_) => {}
        Ok(cli) if reads(&cli.command) => {
            let (first, second) = (run(line()), run(line()));
            assert_eq!(first, second, "{words:?}");
            assert_ne!(first, Exit::Failure, "{words:?}");
        }
        Ok(_) => {}
    }
}

/// Carries a command line out, and returns how it ended.
fn run(line: impl Iterator<Item = OsString>) -> Exit {
    let Cli {
        mut globals,
        command,
    } = usage::parse(line).unwrap();
    globals.store = Some(journal());
    let as_json = globals.errors_as_json();
    let (out, err) = (Sink::default(), Sink::default());
    let ui = Ui::new(&globals).sent_to(Box::new(out.clone()), Box::new(err.clone()));
    let mut ctx = Ctx { globals, ui };
    let exit = commands::run(&mut ctx, &command).unwrap_or_else(|error| {
        let exit = error.code.exit();
        ctx.ui.fail(&error.named(&ctx.globals), as_json);
        exit
    });
    ctx.ui.flush().unwrap();
    for sink in [out, err] {
        let bytes = sink.0.borrow();
        let text = std::str::from_utf8(&bytes).unwrap();
        let bad = text.chars().find(|&c| is_bad(c) && c != '\n');
        assert_eq!(bad, None, "{text:?}");
    }
    exit
}

/// Whether a command only reads a mission, and comes to an end by itself.
fn reads(command: &Command) -> bool {
    matches!(
        command,
        Command::Status(_)
            | Command::Why(_)
            | Command::WhyNot(_)
            | Command::Problems(_)
            | Command::Log(_)
            | Command::Show(_)
            | Command::Ready(_)
            | Command::Next(_)
            | Command::Blocked(_)
            | Command::Prime(_)
            | Command::Progress(_)
            | Command::Missions(_)
            | Command::Replay(_)
            | Command::Lint(_)
            | Command::Diff(_)
            | Command::Blame(_)
            | Command::Timeline(_)
            | Command::WhatIf(_)
            | Command::Rules(_)
            | Command::Explain(_)
            | Command::Check(_)
            | Command::Bisect(_)
            | Command::Version(_)
    )
}

/// Writes the log that is read, once for this process.
fn journal() -> PathBuf {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    let write = || {
        let name = format!("orch-fuzz-{}.jsonl", std::process::id());
        let path = std::env::temp_dir().join(name);
        let steering = r"\u001b[2J\u202e\u200b\n\u009b31m";
        let log = STUCK
            .replace("Export invoices", steering)
            .replace("CSV writer", steering);
        fs::write(&path, log).unwrap();
        path
    };
    PATH.get_or_init(write).clone()
}

/// What was printed.
#[derive(Clone, Default)]
struct Sink(Rc<RefCell<Vec<u8>>>);

impl io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
