//! `orch version`: what this program is and which journals it reads.

use orch_core::record::FORMAT_VERSION;
use orch_core::rules::RULES_VERSION;
use serde::Serialize;

use crate::answer::Answer;
use crate::ctx::Ctx;
use crate::error::CliError;
use crate::exit::Exit;

/// Print the version, and the newest record format and rules it knows
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

#[derive(Debug, Serialize)]
struct Version {
    orch: &'static str,
    record_format: u32,
    rules: u32,
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, _args: &Args) -> Result<Exit, CliError> {
    let version = Version {
        orch: env!("CARGO_PKG_VERSION"),
        record_format: FORMAT_VERSION,
        rules: RULES_VERSION,
    };
    let answer = Answer::general("orch.version/1", version);
    answer.print(&ctx.globals, &mut ctx.ui, |version, doc| {
        doc.text(format!("orch {}", version.orch));
        doc.text(format!("records up to format {}", version.record_format));
        doc.text(format!("rules up to version {}", version.rules));
    })?;
    Ok(Exit::Ok)
}
