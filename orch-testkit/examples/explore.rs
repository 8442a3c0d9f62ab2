//! Enumerates small scopes over the real core: `cargo run --release -p orch-testkit --example
//! explore -- [--fast] [--deeper N] [--only SCOPE] [--tasks N] [--agents N] [--bless]`.
//!
//! Without options it does what CI does: every scope, every state held against the laws and the
//! oracle, and the figures against the golden file.
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use orch_testkit::agree::Agreement;
use orch_testkit::explore::{Report, Tier, golden};

/// What was asked for on the command line.
#[derive(Debug, Default)]
struct Options {
    fast: bool,
    deeper: u32,
    only: Option<String>,
    tasks: Option<usize>,
    agents: Option<usize>,
    bless: bool,
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let options = options()?;
    let tier = if options.fast { Tier::Fast } else { Tier::Full };
    let mut scopes = tier.scopes(options.deeper);
    for scope in &mut scopes {
        scope.n_tasks = options.tasks.unwrap_or(scope.n_tasks);
        scope.n_agents = options.agents.unwrap_or(scope.n_agents);
    }
    if let Some(only) = &options.only {
        scopes.retain(|scope| scope.name == *only);
    }
    // Another scope than that of CI has other figures, and need not do everything.
    let is_whole = options.deeper == 0
        && options.only.is_none()
        && options.tasks.is_none()
        && options.agents.is_none();
    let begun = Instant::now();
    let mut report = Report::on(scopes, &Agreement);
    let took = begun.elapsed();
    if !is_whole {
        report.vacuous.clear();
    }
    println!("{report}took {:.1} s", took.as_secs_f64());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/orch-testkit/explore");
    for (scope, counterexample) in report.shortest() {
        println!(
            "orch replay {}",
            counterexample.write(&folder, scope)?.display()
        );
    }
    if !report.holds() {
        return Ok(ExitCode::FAILURE);
    }
    if is_whole {
        return hold_against_golden(&report, tier, options.bless);
    }
    println!("\n{}", report.fingerprint());
    Ok(ExitCode::SUCCESS)
}

fn hold_against_golden(
    report: &Report,
    tier: Tier,
    bless: bool,
) -> Result<ExitCode, Box<dyn Error>> {
    let path = golden(tier);
    let found = report.fingerprint();
    if bless {
        std::fs::write(&path, &found)?;
        println!("wrote {}", path.display());
        return Ok(ExitCode::SUCCESS);
    }
    let known = std::fs::read_to_string(&path)?;
    let differ = known
        .lines()
        .zip(found.lines())
        .find(|(known, found)| known != found);
    if let Some((known, found)) = differ {
        println!("the fingerprint has changed: it was {known:?} and is {found:?}");
        println!("if that is meant, run this again with --bless and say why in the commit");
        return Ok(ExitCode::FAILURE);
    }
    println!("the fingerprint is that of {}", path.display());
    Ok(ExitCode::SUCCESS)
}

fn options() -> Result<Options, Box<dyn Error>> {
    let mut options = Options::default();
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or_else(|| format!("{arg} wants a value"));
        match arg.as_str() {
            "--fast" => options.fast = true,
            "--bless" => options.bless = true,
            "--deeper" => options.deeper = value()?.parse()?,
            "--only" => options.only = Some(value()?),
            "--tasks" => options.tasks = Some(value()?.parse()?),
            "--agents" => options.agents = Some(value()?.parse()?),
            _ => return Err(format!("there is no option {arg}").into()),
        }
    }
    Ok(options)
}
