//! The command line: global flags and the list of subcommands.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::at::{Clock, Position};
use crate::commands;

/// Run, replay and diagnose missions of AI agents
///
/// A mission is its log: orch folds the records of a journal into the state of the mission, shows
/// what does not move and why, and goes back to any earlier position.
#[derive(Debug, Parser)]
#[command(
    name = "orch",
    version,
    propagate_version = true,
    disable_help_subcommand = true
)]
#[command(arg_required_else_help = true, max_term_width = 100)]
#[command(
    after_help = "See `orch help TOPIC` for: exit-codes, positions, expressions, formats, writing, policy, codes, json."
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) globals: Globals,

    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What a command prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    /// Words for people
    Text,
    /// One JSON object
    Json,
    /// One JSON object for each item of a list
    Jsonl,
    /// Nothing; the exit code is the answer
    None,
}

/// How times are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TimeStyle {
    /// How long before the evaluation clock
    Relative,
    /// UTC, to the second
    Iso,
    /// The time zone of this machine
    Local,
    /// As the log has it
    Raw,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal that can show it
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The flags that every command takes.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Globals {
    /// Read this journal: a file, a folder of files, or `-` for standard input
    ///
    /// Journals of other tools are recognised by what they hold and imported in memory. Without
    /// this flag the journals of the nearest folder `.orch` are read, here or above.
    #[arg(
        short = 'S',
        long,
        global = true,
        value_name = "PATH",
        env = "ORCH_STORE"
    )]
    pub(crate) store: Option<PathBuf>,

    /// Choose the mission: its id, an unambiguous beginning of it, or `latest`
    #[arg(short, long, global = true, value_name = "ID", env = "ORCH_MISSION")]
    pub(crate) mission: Option<String>,

    /// Say who is asking: an agent, `human:NAME` or `host`
    ///
    /// Whoever asks is on record with what is written. `ready` and `next` mark what fits an agent.
    #[arg(
        short = 'A',
        long,
        global = true,
        value_name = "WHO",
        env = "ORCH_ACTOR"
    )]
    pub(crate) actor: Option<String>,

    /// View the mission as of a position: 42, ~3, e:RECORD-ID, a time or -15m
    ///
    /// 42 is the record of that number and ~3 the third before the last. A time means everything
    /// up to the first record that is later; -15m is 15 minutes before the evaluation clock.
    #[arg(
        long,
        global = true,
        value_name = "POSITION",
        allow_hyphen_values = true
    )]
    pub(crate) at: Option<Position>,

    /// Set the evaluation clock: a time, `last` or `now`
    ///
    /// Ages and backoffs are counted from it. Unless said otherwise it is the clock of this machine
    /// for a store that is written to, and the latest time that the log has up to the position for
    /// a recording or with --at. What is written carries it, too.
    #[arg(long, global = true, value_name = "TIME")]
    pub(crate) now: Option<Clock>,

    /// Choose what to print
    #[arg(
        short,
        long,
        global = true,
        value_name = "FORMAT",
        default_value = "text"
    )]
    pub(crate) output: Output,

    /// Print JSON: the same as `-o json`
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Print one value of the JSON output, such as `data.counts.done`
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) field: Option<String>,

    /// Choose how times are written
    #[arg(long, global = true, value_name = "STYLE")]
    pub(crate) time: Option<TimeStyle>,

    /// Choose when to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,

    /// Draw with ASCII only
    #[arg(long, global = true)]
    pub(crate) ascii: bool,

    /// Leave out notes and warnings
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,

    /// Show long lists whole
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,

    /// Wait this long for another process that writes into the same folder, such as 30s
    #[arg(
        long,
        global = true,
        value_name = "TIME",
        default_value = "10s",
        value_parser = humantime::parse_duration
    )]
    pub(crate) lock_timeout: Duration,

    /// Tell the state of the mission by the exit code, see `orch help exit-codes`
    #[arg(long, global = true)]
    pub(crate) exit_status: bool,

    /// The fork of the log that `orch what-if` looks at in its place.
    #[arg(skip)]
    pub(crate) fork: Option<crate::fork::Plan>,
}

impl Globals {
    /// Returns what to print; the short flag for JSON wins.
    pub(crate) const fn output(&self) -> Output {
        if self.json { Output::Json } else { self.output }
    }

    /// Returns whether errors are printed as JSON.
    pub(crate) const fn errors_as_json(&self) -> bool {
        matches!(self.output(), Output::Json | Output::Jsonl)
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Init(commands::init::Args),
    Status(commands::status::Args),
    Why(commands::why::Args),
    WhyNot(commands::why_not::Args),
    Problems(commands::problems::Args),
    Log(commands::log::Args),
    Show(commands::show::Args),
    Ready(commands::ready::Args),
    Next(commands::next::Args),
    Blocked(commands::blocked::Args),
    Prime(commands::prime::Args),
    Progress(commands::progress::Args),
    Mission(commands::mission::Args),
    Missions(commands::missions::Args),
    Add(Box<commands::add::Args>),
    Dep(commands::dep::Args),
    Agent(commands::agent::Args),
    Dispatch(commands::dispatch::Args),
    Claim(commands::claim::Args),
    Start(commands::start::Args),
    Beat(commands::beat::Args),
    Handoff(commands::handoff::Args),
    Fail(commands::fail::Args),
    Reconcile(commands::reconcile::Args),
    Release(commands::release::Args),
    Retry(commands::retry::Args),
    Skip(commands::skip::Args),
    Cancel(commands::cancel::Args),
    Deliver(commands::deliver::Args),
    Gate(commands::gate::Args),
    Message(commands::message::Args),
    Inbox(commands::inbox::Args),
    Ack(commands::ack::Args),
    Note(commands::note::Args),
    Findings(commands::findings::Args),
    Hold(commands::hold::Args),
    Correct(commands::correct::Args),
    Rebind(commands::rebind::Args),
    StandDown(commands::stand_down::Args),
    Shutdown(commands::shutdown::Args),
    Inventory(commands::inventory::Args),
    Run(commands::run::Args),
    Tick(commands::tick::Args),
    Close(commands::close::Args),
    Archive(commands::archive::Args),
    #[command(name = "do")]
    Do(commands::do_::Args),
    Replay(commands::replay::Args),
    Lint(commands::lint::Args),
    Diff(commands::diff::Args),
    Blame(commands::blame::Args),
    Timeline(commands::timeline::Args),
    WhatIf(commands::what_if::Args),
    Rules(commands::rules::Args),
    Explain(commands::explain::Args),
    Import(commands::import::Args),
    Export(commands::export::Args),
    Wait(commands::wait::Args),
    Check(commands::check::Args),
    Bisect(commands::bisect::Args),
    Serve(commands::serve::Args),
    Conform(commands::conform::Args),
    Vectors(commands::vectors::Args),
    Store(commands::store::Args),
    Validate(commands::store::ValidateArgs),
    Completions(commands::completions::Args),
    Man(commands::man::Args),
    Version(commands::version::Args),
    Help(commands::help::Args),

    // The words of an older tool.
    #[command(hide = true)]
    MarkStarted(commands::older::MarkStarted),
    #[command(hide = true)]
    MarkComplete(commands::older::MarkComplete),
    #[command(hide = true)]
    MarkFailed(commands::fail::Args),
    #[command(hide = true)]
    MarkSkipped(commands::older::MarkSkipped),
    #[command(hide = true)]
    WriteFindings(commands::older::WriteFindings),
    #[command(hide = true)]
    ReadFindings(commands::findings::Get),
    #[command(hide = true)]
    StartRun(commands::older::StartRun),
    #[command(hide = true)]
    CompleteRun(commands::older::CompleteRun),
}
