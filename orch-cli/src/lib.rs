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
mod cli;
mod commands;
mod condition;
mod ctx;
mod error;
mod escape;
mod event;
mod exit;
mod fork;
#[cfg(any(test, feature = "__fuzz"))]
pub mod fuzz;
mod query;
mod render;
mod select;
mod store;
mod ui;
mod usage;
mod verdict;
mod view;
mod words;
mod write;

use std::process::ExitCode;

use crate::ctx::Ctx;
use crate::exit::Exit;
use crate::usage::Said;

/// Does what the command line of this process asks for, and tells how it ended.
pub fn main() -> ExitCode {
    let said = Said::of(std::env::args_os());
    let cli = match said.parse() {
        Ok(cli) => cli,
        Err(error) => return usage::print(&error, said).into(),
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
            let exit = error.code.exit();
            ctx.ui.fail(&error.named(&ctx.globals), as_json);
            exit
        }
    };
    exit.into()
}
