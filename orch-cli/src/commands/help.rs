//! `orch help`: commands, and the topics that belong to no single one.

use clap::CommandFactory as _;
use orch_core::codes::Code;
use orch_core::view::Cause;

use crate::cli::Cli;
use crate::ctx::Ctx;
use crate::error::{CliError, ErrorCode};
use crate::exit::Exit;
use crate::render::doc::{Doc, Line, Tone};
use crate::select;

/// Print help for a command or a topic: exit-codes, positions, formats, codes, json
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The command or the topic
    #[arg(value_name = "COMMAND|TOPIC")]
    topic: Option<String>,
}

/// A word and what writes its page.
type Topic = (&'static str, fn(&mut Doc));

const TOPICS: [Topic; 5] = [
    ("exit-codes", exit_codes),
    ("positions", positions),
    ("formats", formats),
    ("codes", codes),
    ("json", json),
];

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, args: &Args) -> Result<Exit, CliError> {
    let mut command = Cli::command();
    command.build();
    let Some(topic) = &args.topic else {
        ctx.ui
            .print_own(command.render_long_help().to_string().as_bytes())?;
        return Ok(Exit::Ok);
    };
    if let Some((_, write)) = TOPICS.into_iter().find(|(name, _)| name == topic) {
        let mut doc = ctx.ui.doc();
        write(&mut doc);
        ctx.ui.print(doc)?;
        return Ok(Exit::Ok);
    }
    if let Some(sub) = command.find_subcommand_mut(topic) {
        let help = sub.render_long_help().to_string();
        ctx.ui.print_own(help.as_bytes())?;
        return Ok(Exit::Ok);
    }
    let names = command
        .get_subcommands()
        .map(clap::Command::get_name)
        .chain(TOPICS.into_iter().map(|(name, _)| name));
    let near = select::nearest(names, topic);
    Err(CliError::new(
        ErrorCode::UnknownCode,
        format!("there is no help on {topic:?}"),
    )
    .evidence_all(near.into_iter().map(|near| format!("did you mean {near}?")))
    .hint("orch help"))
}

fn exit_codes(doc: &mut Doc) {
    for exit in Exit::ALL {
        let line = Line::new().padded(Tone::Strong, format!("{:>3}", exit.code()), 5);
        doc.line(
            line.padded(Tone::Plain, exit.name(), 14)
                .hang()
                .text(exit.meaning()),
        );
    }
    doc.gap();
    doc.text(
        "10, 11 and 12 are only returned with --exit-status, so that scripts survive a plain read.",
    );
}

fn positions(doc: &mut Doc) {
    for (form, meaning) in [
        ("42", "after record 42"),
        ("~3", "after the third record before the last"),
        (
            "e:ID",
            "after the record of this id, or of an id that begins like this",
        ),
        (
            "2026-11-20T10:00Z",
            "up to the first record that is later; seconds, zone (UTC) and hour may be left out",
        ),
        (
            "-15m",
            "15 minutes before the evaluation clock; also 2h, 1day and the like",
        ),
    ] {
        doc.line(
            Line::new()
                .padded(Tone::Strong, form, 20)
                .hang()
                .text(meaning),
        );
    }
    doc.gap();
    doc.text(
        "The evaluation clock is what ages are counted from. It stands at the latest time that the \
         log has up to the position, so that the same command on the same journal always answers \
         the same. --now TIME moves it, and --now now takes the clock of this machine.",
    );
    doc.gap();
    doc.text("Records are ordered by their position only. Times are data and may lie.");
}

fn formats(doc: &mut Doc) {
    for (name, meaning) in [
        (
            "orch",
            "JSON Lines, one record each, with v, seq, id, at, mission, by, kind and data",
        ),
        (
            "beads",
            "issues.jsonl, and events.jsonl and dependencies.jsonl of a backup",
        ),
        (
            "needle",
            "events.jsonl of a workspace, with bead, event, ts and worker",
        ),
    ] {
        doc.line(
            Line::new()
                .padded(Tone::Strong, name, 10)
                .hang()
                .text(meaning),
        );
    }
    doc.gap();
    doc.text(
        "A file is recognised by what it holds, whatever its name. A foreign file is imported in \
         memory; `orch import` writes the records down. Beside a beads events file, the \
         dependencies and issues of the same backup are read as well.",
    );
    doc.gap();
    doc.text("-S takes a file, a folder of *.jsonl files, or - for standard input.");
}

fn codes(doc: &mut Doc) {
    doc.text("findings: what the rules say against a record");
    for code in Code::ALL {
        doc.line(
            Line::new()
                .text("  ")
                .padded(Tone::Strong, code.as_str(), 26)
                .hang()
                .text(code.title()),
        );
    }
    doc.gap();
    doc.text("causes: why something does not move");
    for cause in Cause::ALL {
        let meaning = crate::cause::page(*cause).meaning;
        doc.line(
            Line::new()
                .text("  ")
                .padded(Tone::Strong, cause.as_str(), 26)
                .hang()
                .text(meaning),
        );
    }
    doc.gap();
    doc.text("errors of orch");
    for code in ErrorCode::ALL {
        doc.line(
            Line::new()
                .text("  ")
                .padded(Tone::Strong, code.as_str(), 26)
                .hang()
                .text(code.title()),
        );
    }
}

fn json(doc: &mut Doc) {
    doc.text("With --json each command prints one object on one line:");
    doc.gap();
    doc.line(Line::new().text(
        "  {\"schema\":\"orch.status/1\",\"mission\":…,\"seq\":…,\"as_of\":…,\"data\":{…},\"warnings\":[],\"next\":[…]}",
    ).keep());
    doc.gap();
    doc.text(
        "schema names the shape of data and its version. mission, seq and as_of say what was \
         looked at. warnings are reasons to take the answer with care, next are commands worth \
         running. Lists are never at the top; -o jsonl prints the items of a list one by one.",
    );
    doc.gap();
    doc.text(
        "An error is one line on standard error, with schema orch.error/1: code is stable, exit is \
         the exit code, evidence names records, hint is one command, docs explains the code.",
    );
    doc.gap();
    doc.text(
        "--field prints one value, without quotes. Its path is made of names, and of numbers from 0 \
         for the items of a list. What could steer a terminal is written out in it, as in all other \
         output:",
    );
    doc.gap();
    for command in [
        "orch status --field data.counts.done",
        "orch status --field data.in_flight[0].task",
        "orch why --field data.causes[0].next",
    ] {
        doc.line(Line::new().text("  ").text(command).keep());
    }
}
