//! `orch explain`: what a code, a cause or a rule means and what to do.

use orch_core::codes::Code;
use orch_core::diagnosis::Cause;
use orch_core::lint::Lint;
use orch_core::rules::{RULES, rule};
use serde::Serialize;

use crate::answer::Answer;
use crate::ctx::Ctx;
use crate::error::{CliError, ErrorCode};
use crate::exit::Exit;
use crate::render::doc::{Doc, Line};
use crate::select;
use crate::words;

/// Explain a code, a cause or a rule: what it means and what to do
///
/// Codes are those of findings in a log, and of `lint`, of causes in `why` and `status`, and of errors of orch
/// itself. A word that is several of these has a page for each.
///
/// Example: orch explain exhausted
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The code, the cause or the rule
    #[arg(value_name = "CODE")]
    code: String,
}

#[derive(Debug, Serialize)]
struct Pages {
    pages: Vec<Page>,
}

#[derive(Debug, Serialize)]
struct Page {
    kind: &'static str,
    name: &'static str,
    meaning: &'static str,
    treatment: Option<&'static str>,
    /// What happens when it is asked for as a command.
    asked: Option<&'static str>,
    severity: Option<&'static str>,
    exit: Option<u8>,
    help: Option<&'static str>,
    rule: Option<&'static str>,
    rule_text: Option<&'static str>,
    from: Option<&'static str>,
    scope: Option<&'static str>,
    codes: Vec<&'static str>,
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, args: &Args) -> Result<Exit, CliError> {
    page(ctx, &args.code)
}

/// Prints everything that is known under a word.
pub(crate) fn page(ctx: &mut Ctx, word: &str) -> Result<Exit, CliError> {
    let lower = word.to_lowercase().replace('-', "_");
    let pages = [
        rule_page(&word.to_uppercase()),
        Code::parse(&lower).map(code_page),
        Cause::parse(&lower).map(cause_page),
        Lint::parse(&lower).map(lint_page),
        ErrorCode::parse(&lower).map(error_page),
    ];
    let pages: Vec<Page> = pages.into_iter().flatten().collect();
    if pages.is_empty() {
        return Err(unknown(word));
    }
    let answer = Answer::general("orch.explain/1", Pages { pages }).list("pages");
    answer.print(&ctx.globals, &mut ctx.ui, |pages, doc| {
        for page in &pages.pages {
            doc.gap();
            page.write(doc);
        }
    })?;
    Ok(Exit::Ok)
}

/// Every word that can be explained.
pub(crate) fn words() -> impl Iterator<Item = &'static str> {
    let rules = RULES.iter().map(|rule| rule.id);
    let codes = Code::ALL.iter().map(|code| code.as_str());
    let lints = Lint::ALL.iter().map(|lint| lint.as_str());
    let causes = Cause::ALL.iter().map(|cause| cause.as_str());
    let errors = ErrorCode::ALL.iter().map(|code| code.as_str());
    rules.chain(codes).chain(lints).chain(causes).chain(errors)
}

fn unknown(word: &str) -> CliError {
    let near = select::nearest(words(), word);
    let hint = near.first().map_or_else(
        || "orch help codes".to_owned(),
        |near| format!("orch explain {near}"),
    );
    CliError::new(
        ErrorCode::UnknownCode,
        format!("no rule, code or cause is called {word:?}"),
    )
    .evidence_all(near.iter().map(|near| format!("did you mean {near}?")))
    .hint(hint)
}

fn plain(kind: &'static str, name: &'static str, meaning: &'static str) -> Page {
    Page {
        kind,
        name,
        meaning,
        treatment: None,
        asked: None,
        severity: None,
        exit: None,
        help: None,
        rule: None,
        rule_text: None,
        from: None,
        scope: None,
        codes: Vec::new(),
    }
}

fn rule_page(id: &str) -> Option<Page> {
    let rule = rule(id)?;
    let codes = Code::ALL.iter().filter(|code| code.rule() == rule.id);
    Some(Page {
        from: Some(rule.from),
        scope: Some(words::scope(rule.scope)),
        codes: codes.map(|code| code.as_str()).collect(),
        ..plain("rule", rule.id, rule.text)
    })
}

fn code_page(code: Code) -> Page {
    Page {
        treatment: Some(words::treatment(code.treatment())),
        asked: Some(words::asked(code.treatment())),
        help: Some(code.help()),
        rule: Some(code.rule()),
        rule_text: rule(code.rule()).map(|rule| rule.text),
        ..plain("finding", code.as_str(), code.title())
    }
}

fn lint_page(lint: Lint) -> Page {
    Page {
        severity: Some(lint.severity().as_str()),
        help: Some(lint.help()),
        rule: Some(lint.rule()),
        rule_text: rule(lint.rule()).map(|rule| rule.text),
        codes: lint.refines().iter().map(|code| code.as_str()).collect(),
        ..plain("lint", lint.as_str(), lint.title())
    }
}

fn cause_page(cause: Cause) -> Page {
    Page {
        severity: Some(cause.severity().as_str()),
        help: Some(cause.help()),
        rule: Some(cause.rule()),
        rule_text: rule(cause.rule()).map(|rule| rule.text),
        ..plain("cause", cause.as_str(), cause.meaning())
    }
}

fn error_page(code: ErrorCode) -> Page {
    Page {
        exit: Some(code.exit().code()),
        help: Some(code.help()),
        ..plain("error", code.as_str(), code.title())
    }
}

impl Page {
    fn write(&self, doc: &mut Doc) {
        doc.line(Line::new().strong(self.name).text("  ").faint(self.kind));
        doc.field("means", self.meaning);
        if let Some(treatment) = self.treatment {
            doc.field("in a log", treatment);
        }
        if let Some(asked) = self.asked {
            doc.field("asked", asked);
        }
        if let Some(severity) = self.severity {
            doc.field("severity", severity);
        }
        if let Some(exit) = self.exit {
            doc.field("exit code", exit.to_string());
        }
        if let Some(help) = self.help {
            doc.field("to do", help);
        }
        if let Some((id, text)) = self.rule.zip(self.rule_text) {
            doc.field("rule", format!("{id}: {text}"));
        }
        if let Some((from, scope)) = self.from.zip(self.scope) {
            doc.field("binds", scope);
            doc.field("from", from);
        }
        if !self.codes.is_empty() {
            doc.field("findings", self.codes.join(", "));
        }
    }
}
