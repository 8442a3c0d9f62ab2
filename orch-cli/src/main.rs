//! The command line of orch: replays and diagnoses missions of AI agents from their event logs.
//!
//! ```text
//! args ─▶ store ─▶ view (mission, position, clock) ─▶ answer ─▶ words or JSON ─▶ ui
//! ```
//! Each subcommand is one file below `commands`, with its arguments and its `run`.
//!
//! **Invariant:** only `ui` prints, and nothing from a journal is printed before it is escaped.
//!
//! **Not here:** rules. What a log means is the core's to say.

mod answer;
mod at;
mod atomic;
mod cause;
mod cli;
mod commands;
mod ctx;
mod error;
mod escape;
mod event;
mod exit;
mod render;
mod select;
mod store;
mod ui;
mod verdict;
mod view;
mod words;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::Cli;
use crate::ctx::Ctx;
use crate::exit::Exit;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            return ui::print_usage(&error, wants_json()).into();
        }
    };
    let as_json = cli.globals.errors_as_json();
    let mut ctx = Ctx::new(cli.globals);
    let done = commands::run(&mut ctx, &cli.command).and_then(|exit| ctx.ui.flush().map(|()| exit));
    let exit = match done {
        Ok(exit) => exit,
        // Whoever read the output has seen enough: `orch log | head` is no failure.
        Err(error) if error.is_broken_pipe => Exit::Ok,
        Err(error) => {
            // What was printed before comes first; that it may not arrive changes nothing here.
            drop(ctx.ui.flush());
            ctx.ui.fail(&error, as_json);
            error.code.exit()
        }
    };
    exit.into()
}

/// Whether errors are wanted as JSON, when the command line cannot be read as a whole.
fn wants_json() -> bool {
    let args: Vec<_> = std::env::args_os().collect();
    let is_json = |arg: &std::ffi::OsString| {
        [
            "--json",
            "-ojson",
            "-ojsonl",
            "--output=json",
            "--output=jsonl",
        ]
        .iter()
        .any(|flag| arg == flag)
    };
    let is_pair = |pair: &[std::ffi::OsString]| match pair {
        [flag, value] => {
            (flag == "-o" || flag == "--output") && (value == "json" || value == "jsonl")
        }
        _ => false,
    };
    args.iter().any(is_json) || args.windows(2).any(is_pair)
}
