//! `orch lint`: everything in a log that looks wrong, by kind.

mod against;
mod out;

use std::path::PathBuf;

use orch_core::codes::Code;
use orch_core::lint::{Kind, Lint, Linter};
use orch_core::rules::RULES;

use crate::answer::Answer;
use crate::ctx::Ctx;
use crate::error::{CliError, ErrorCode};
use crate::exit::Exit;
use crate::select;
use out::LintOut;

/// Find everything in a log that a rule forbids or that smells, by kind, the worst first
///
/// Kinds are the codes that a fold reports and the lints, see `orch explain KIND`. With --against
/// the log is compared with what a tracker says about the same tasks, such as the snapshot of beads
/// beside the log of its dispatcher: closed without work, in progress though completed and so on.
/// Nothing is written. With --exit-status: exit code 11 if anything was found, else 0.
///
/// Example: orch -S examples/stuck-mission.jsonl lint
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Show this kind only, or every kind of this rule; can be repeated
    #[arg(long = "rule", value_name = "KIND|RULE")]
    rules: Vec<String>,

    /// Leave out kinds with fewer findings than this
    #[arg(long, value_name = "N", default_value_t = 1)]
    min_count: usize,

    /// Compare the log with what this journal says about the same tasks
    #[arg(long, value_name = "PATH")]
    against: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, args: &Args) -> Result<Exit, CliError> {
    let wanted = Wanted::parse(&args.rules)?;
    let view = ctx.view()?;
    let claims = match &args.against {
        Some(path) => against::claims(path, &view, &mut ctx.ui)?,
        None => Vec::new(),
    };
    let mut linter = Linter::new();
    for record in view.records() {
        linter.push(record);
    }
    let mut report = linter.finish(&claims);
    report.findings.retain(|finding| wanted.has(finding.kind));
    let mut findings = LintOut::new(&report, &view);
    findings.keep(args.min_count);
    let is_clean = findings.is_empty();
    let next = findings.worst().map(|kind| format!("orch explain {kind}"));
    let verbose = ctx.globals.verbose;
    let mut answer = Answer::new("orch.lint/1", &view, findings).list("findings");
    answer.suggest(next.into_iter().collect());
    answer.print(&ctx.globals, &mut ctx.ui, |findings, doc| {
        findings.write(doc, verbose);
    })?;
    Ok(if ctx.globals.exit_status && !is_clean {
        Exit::Stuck
    } else {
        Exit::Ok
    })
}

/// The kinds that are asked for; all if none is named.
#[derive(Debug)]
struct Wanted {
    kinds: Vec<Kind>,
    rules: Vec<&'static str>,
}

impl Wanted {
    fn parse(words: &[String]) -> Result<Self, CliError> {
        let mut wanted = Self {
            kinds: Vec::new(),
            rules: Vec::new(),
        };
        for word in words {
            let kind = Kind::parse(&word.to_lowercase().replace('-', "_"));
            let rule = RULES.iter().find(|rule| rule.id == word.to_uppercase());
            match (kind, rule) {
                (Some(kind), _) => wanted.kinds.push(kind),
                (None, Some(rule)) => wanted.rules.push(rule.id),
                (None, None) => return Err(unknown(word)),
            }
        }
        Ok(wanted)
    }

    fn has(&self, kind: Kind) -> bool {
        let is_all = self.kinds.is_empty() && self.rules.is_empty();
        is_all || self.kinds.contains(&kind) || self.rules.contains(&kind.rule())
    }
}

fn unknown(word: &str) -> CliError {
    let lints = Lint::ALL.iter().map(|lint| lint.as_str());
    let codes = Code::ALL.iter().map(|code| code.as_str());
    let rules = RULES.iter().map(|rule| rule.id);
    let near = select::nearest(lints.chain(codes).chain(rules), word);
    let hint = near.first().map_or_else(
        || "orch help codes".to_owned(),
        |near| format!("orch explain {near}"),
    );
    CliError::new(
        ErrorCode::UnknownCode,
        format!("no kind of finding and no rule is called {word:?}"),
    )
    .evidence_all(near.iter().map(|near| format!("did you mean {near}?")))
    .hint(hint)
}
