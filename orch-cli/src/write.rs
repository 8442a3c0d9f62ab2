//! Asking for a change: from a command line to records, and how the answer is told.
//!
//! ```text
//! args ─▶ Asks::command ─▶ Door ─▶ Told ─▶ words or JSON, what to do next
//!             ▲             └────────▶ refusal: code, records, what would be accepted
//!             └── shell: a command of the core as the command line that asks for it
//! ```
//! A subcommand that writes says which command of the core it asks for; everything else is here.

mod actor;
mod amount;
mod failure;
mod free_text;
mod id;
mod mission;
mod next;
mod owed;
mod refusal;
mod report;
mod shell;
mod told;

use chrono::{DateTime, Utc};
use orch_core::command::Command;
use orch_core::decide::Prior;
use orch_core::ids::{CommandKey, MissionId, Seq};
use orch_core::mission::Mission;
use orch_core::party::Actor;
use orch_store::coordinator::{Ask, CommandError};
use orch_store::error::StoreError;
use uuid::Uuid;

pub(crate) use actor::{of_party, person};
pub(crate) use amount::{ClockArg, Span, clocks};
pub(crate) use free_text::{TextArgs, TextFrom};
pub(crate) use id::{agent, agent_name, attempt_of, bad_id, party, slug, task, unused};
pub(crate) use owed::{reading, settling, taking_up};
pub(crate) use report::{Report, ReportArgs};
pub(crate) use shell::{line_for, words_for};
pub(crate) use told::Told;

use crate::at::Clock;
use crate::cli::Globals;
use crate::ctx::Ctx;
use crate::error::{CliError, ErrorCode};
use crate::exit::Exit;
use crate::store::Door;

/// How many owners of a store may go away while they are asked for one thing.
const OWNERS_MAX: usize = 8;

/// The flags that every writing command takes.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct WriteArgs {
    /// Ask under this key: the same command under the same key is carried out once
    ///
    /// Without it a new key is drawn for each run, and printed with --json.
    #[arg(long, value_name = "KEY", help_heading = "Writing options")]
    pub(crate) op: Option<CommandKey>,

    /// Say what would happen, and write nothing
    #[arg(short = 'n', long, help_heading = "Writing options")]
    pub(crate) dry_run: bool,

    /// Write only if this is the last record of the mission; 0 for a mission that has none
    #[arg(long, value_name = "SEQ", help_heading = "Writing options")]
    pub(crate) expect_seq: Option<u64>,
}

/// A subcommand that asks for one command of the core.
pub(crate) trait Asks {
    /// Returns the flags that all of them take.
    fn options(&self) -> &WriteArgs;

    /// Returns the command, as asked in this state of the mission.
    ///
    /// # Errors
    /// When something that is named does not exist, or is several things.
    fn command(&self, asked: &Asked<'_>) -> Result<Command, CliError>;

    /// Returns the file that a text is read from before anything else happens.
    fn text_from(&self) -> Option<&TextFrom> {
        None
    }

    /// Returns the mission if the subcommand itself names it.
    ///
    /// # Errors
    /// When no id can be made of what is named.
    fn mission(&self) -> Result<Option<MissionId>, CliError> {
        Ok(None)
    }

    /// Returns what to say when there is nothing to do, if no record made it so.
    fn nothing(&self) -> Option<&'static str> {
        None
    }

    /// Returns the records that are said to be read.
    fn reads(&self) -> &[u64] {
        &[]
    }

    /// Returns the task that the command is one of an agent about: then nobody else can ask.
    fn is_report_on(&self) -> Option<&str> {
        None
    }
}

/// What a command is made from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// The mission, as it is.
    pub(crate) mission: &'a Mission,
    /// Who asks.
    pub(crate) actor: &'a Actor,
    /// The time that the records will carry.
    pub(crate) now: DateTime<Utc>,
    /// What [`Asks::text_from`] led to.
    pub(crate) text: Option<&'a str>,
}

/// Where a command is asked for, and how.
#[derive(Debug)]
pub(crate) struct Scene<'a> {
    globals: &'a Globals,
    door: &'a Door,
    mission: MissionId,
    key: CommandKey,
    now: DateTime<Utc>,
    is_dry: bool,
}

/// Why a command was not carried out.
#[derive(Debug)]
enum Failed {
    /// It could not even be asked for.
    Unasked(CliError),
    /// It was refused, or the store failed.
    Refused(CommandError),
}

impl From<CommandError> for Failed {
    fn from(error: CommandError) -> Self {
        Self::Refused(error)
    }
}

/// Carries out what a subcommand asks for, and prints the answer.
///
/// # Errors
/// When it cannot be asked for, a rule refuses it, it comes too late, or the store fails.
pub(crate) fn run(ctx: &mut Ctx, asks: &dyn Asks) -> Result<Exit, CliError> {
    let told = tell(ctx, asks)?;
    told.print(ctx)?;
    told.into_exit()
}

/// Carries out what a subcommand asks for.
///
/// Should the process that serves the store go away meanwhile, it is asked again, under the same
/// key: of whoever serves the store then, or with the lock.
///
/// # Errors
/// When it cannot be asked for, a rule refuses it, or the store fails.
// spec: IDEM-1
pub(crate) fn tell(ctx: &mut Ctx, asks: &dyn Asks) -> Result<Told, CliError> {
    refuse_the_past(&ctx.globals)?;
    let text = asks.text_from().map(TextFrom::read).transpose()?;
    let key = match &asks.options().op {
        Some(key) => key.clone(),
        None => fresh_key()?,
    };
    let mut gone = None;
    for _ in 0..OWNERS_MAX {
        let told = Door::open(&ctx.globals, &mut ctx.ui)
            .and_then(|door| tell_through(&door, &ctx.globals, asks, &key, text.as_deref()));
        match (told, &gone) {
            (Err(error), _) if error.code == ErrorCode::OwnerGone => gone = Some(error),
            // Nobody can be asked what became of it.
            (Err(error), Some(_)) if error.code == ErrorCode::Busy => break,
            (told, _) => return told,
        }
    }
    let cause = gone.map_or_else(String::new, |error| error.message);
    Err(refusal::unsure(&cause, &key, asks))
}

fn tell_through(
    door: &Door,
    said: &Globals,
    asks: &dyn Asks,
    key: &CommandKey,
    text: Option<&str>,
) -> Result<Told, CliError> {
    let mut globals = said.clone();
    let mission = match asks.mission()? {
        Some(mission) => {
            if globals.mission.is_some() || has_others(door, &mission)? {
                globals.mission = Some(mission.to_string());
            }
            mission
        }
        None => mission::choose(door, said)?,
    };
    if let Some(path) = &globals.field {
        told::can_pick(path, &mission)?;
    }
    let now = now(door, &mission, key, said)?;
    let scene = Scene {
        globals: &globals,
        door,
        mission,
        key: key.clone(),
        now,
        is_dry: asks.options().dry_run,
    };
    scene.ask(asks, text)
}

/// Looks at the mission that a subcommand is for, as it is now.
///
/// # Errors
/// When it cannot be read, or nobody is named where an agent must act.
pub(crate) fn look<R>(
    ctx: &mut Ctx,
    asks: &dyn Asks,
    look: impl Fn(&Asked<'_>) -> R,
) -> Result<R, CliError> {
    let door = Door::open(&ctx.globals, &mut ctx.ui)?;
    let id = mission::choose(&door, &ctx.globals)?;
    let seen = door.read(&id, |mission| {
        let actor = actor::of(&ctx.globals, mission, asks)?;
        Ok(look(&Asked {
            mission,
            actor: &actor,
            now: Utc::now(),
            text: None,
        }))
    });
    seen.map_err(|error| failure::failed(&error))?
}

impl Scene<'_> {
    fn ask(&self, asks: &dyn Asks, text: Option<&str>) -> Result<Told, CliError> {
        let options = asks.options();
        // Who asks is known with the state of the mission only; `make` says it.
        let mut ask = Ask::at(Actor::Host, self.now).key(self.key.clone());
        if let Some(seq) = options.expect_seq {
            ask = ask.expect(Seq(seq));
        }
        let make = |mission: &Mission| {
            let actor = actor::of(self.globals, mission, asks).map_err(Failed::Unasked)?;
            let asked = Asked {
                mission,
                actor: &actor,
                now: self.now,
                text,
            };
            let command = asks.command(&asked).map_err(Failed::Unasked)?;
            Ok((actor, command))
        };
        let told = if self.is_dry {
            let preview = self.door.preview(&self.mission, &ask, make);
            preview.and_then(|preview| Ok(Told::preview(self, asks, preview)?))
        } else {
            let outcome = self.door.execute_with(&self.mission, &ask, make);
            outcome.and_then(|outcome| Ok(Told::outcome(self, asks, outcome)?))
        };
        told.map_err(|failed| match failed {
            Failed::Unasked(error) => error,
            Failed::Refused(error) => refusal::explain(self, asks, &error),
        })
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Refused(error.into())
    }
}

/// Nothing is written into the past.
fn refuse_the_past(globals: &Globals) -> Result<(), CliError> {
    if globals.at.is_none() {
        return Ok(());
    }
    Err(CliError::new(
        ErrorCode::Usage,
        "--at is for reading: a log only grows at its end",
    )
    .evidence("leave it out; --expect-seq makes a write depend on what was seen")
    .hint("orch help positions"))
}

/// Whether the store has another mission: then what is suggested has to name the one that is meant.
fn has_others(door: &Door, mission: &MissionId) -> Result<bool, CliError> {
    let heads = door.journal().missions();
    let heads = heads.map_err(|error| failure::store(&error))?;
    Ok(heads.iter().any(|head| head.mission != *mission))
}

fn fresh_key() -> Result<CommandKey, CliError> {
    CommandKey::parse(&Uuid::now_v7().to_string())
        .map_err(|error| CliError::new(ErrorCode::Internal, error.to_string()))
}

/// The time of the records: a command that is asked for again has that of the first time, or what
/// it says in spans of time would be another command.
// spec: IDEM-1
fn now(
    door: &Door,
    mission: &MissionId,
    key: &CommandKey,
    globals: &Globals,
) -> Result<DateTime<Utc>, CliError> {
    let journal = door.journal();
    let prior = journal.prior(mission, key);
    if let Prior::Seen { first, .. } = prior.map_err(|error| failure::store(&error))? {
        let before = Seq(first.0.saturating_sub(1));
        let records = journal.read(mission, before, 1);
        let records = records.map_err(|error| failure::store(&error))?;
        if let Some(record) = records.first() {
            return Ok(record.at());
        }
    }
    Ok(match globals.now {
        Some(Clock::Time(time)) => time,
        None | Some(Clock::Now | Clock::Last) => Utc::now(),
    })
}
