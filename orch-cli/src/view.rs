//! What a command looks at: one mission, at one position, by one clock.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use orch_core::history::History;
use orch_core::ids::Seq;
use orch_core::mission::Mission;

use crate::at::{self, Clock, Position};
use crate::cli::Globals;
use crate::error::{CliError, ErrorCode};
use crate::escape;
use crate::fork::Forked;
use crate::select;
use crate::store::{Bad, Store, Warning};
use crate::ui::Ui;

/// One mission, at one position, by one clock.
#[derive(Debug)]
pub(crate) struct View {
    /// The whole log.
    pub(crate) history: History,
    /// The mission at the position.
    pub(crate) mission: Mission,
    /// The position.
    pub(crate) seq: Seq,
    /// The evaluation clock.
    pub(crate) now: DateTime<Utc>,
    /// Why the answer has to be taken with care.
    pub(crate) warnings: Vec<Warning>,
    /// The lines of the journal that are not records.
    pub(crate) bad: Vec<Bad>,
    /// The files that were read.
    pub(crate) files: Vec<PathBuf>,
    /// The fork that it is, if it is not the log itself.
    pub(crate) fork: Option<Forked>,
    /// Whether it lies in a store, where it can grow.
    pub(crate) is_live: bool,
    /// The flags that name this store and mission, as they begin a command.
    prefix: String,
    /// The flag that names the position, if one was named.
    at: String,
}

/// Whether a mission under newer rules may be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rules {
    /// Only the state that this version can be sure of is shown.
    MustBeKnown,
    /// The records are wanted, not what they mean.
    MayBeNewer,
}

impl View {
    /// Opens the store, chooses the mission and goes to the position.
    ///
    /// # Errors
    /// When one of these is not there, or the mission needs a newer orch.
    pub(crate) fn open(globals: &Globals, rules: Rules, ui: &mut Ui) -> Result<Self, CliError> {
        let mut store = Store::open(globals.store.as_deref(), ui)?;
        let id = select::mission(&store, globals)?;
        let history = History::new(store.missions.remove(&id).unwrap_or_default());
        if rules == Rules::MustBeKnown
            && let Some(found) = history.head().rules_newer()
        {
            return Err(newer_rules(found));
        }
        let last = latest(&history, Seq(u64::MAX)).unwrap_or_default();
        let (history, fork) = match &globals.fork {
            Some(plan) => {
                let (history, fork) = plan.fork(history, last)?;
                (history, Some(fork))
            }
            None => (history, None),
        };
        let said = match globals.now {
            // What lies in a store goes on while nobody writes: its ages are counted from now.
            None if store.is_live && globals.at.is_none() => Some(Utc::now()),
            // A fork is looked at by the clock of the log: that makes no difference between them.
            None if fork.is_some() && globals.at.is_none() => Some(last),
            None | Some(Clock::Last) => None,
            Some(Clock::Now) => Some(Utc::now()),
            Some(Clock::Time(time)) => Some(time),
        };
        let mut warnings = store.warnings;
        let (mission, seq) = match &globals.at {
            Some(position) => {
                let seq = at::resolve(position, &history, Seq(u64::MAX), said.unwrap_or(last))?;
                warnings.extend(at::doubt(position, &history, seq));
                (history.at(seq), seq)
            }
            None => (history.head().clone(), history.head().head()),
        };
        warnings.extend(crate::store::health(&mission, history.records()));
        for warning in &warnings {
            ui.warn(&warning.message)?;
        }
        let now = said.or_else(|| latest(&history, seq)).unwrap_or(last);
        Ok(Self {
            mission,
            seq,
            now,
            warnings,
            bad: store.bad,
            files: store.files,
            // A fork does not grow, whatever the log does.
            is_live: store.is_live && fork.is_none(),
            fork,
            prefix: prefix(globals),
            at: at_flag(globals),
            history,
        })
    }

    /// Goes to the end of the history, which has grown, at a later time.
    pub(crate) fn follow(&mut self, now: DateTime<Utc>) {
        self.mission = self.history.head().clone();
        self.seq = self.mission.head();
        self.now = now;
    }

    /// Returns whether the position is the end of the log.
    pub(crate) fn is_head(&self) -> bool {
        self.seq >= self.history.head().head()
    }

    /// Returns the records up to the position.
    pub(crate) fn records(&self) -> impl DoubleEndedIterator<Item = &orch_core::record::Record> {
        self.history
            .records()
            .iter()
            .filter(|record| record.seq() <= self.seq)
    }

    /// Finds a position, as seen from the one that is looked at.
    ///
    /// # Errors
    /// When the log has no such position.
    pub(crate) fn find(&self, position: &Position) -> Result<Seq, CliError> {
        at::resolve(position, &self.history, self.seq, self.now)
    }

    /// Writes a command that looks at the same store, mission and position.
    pub(crate) fn command(&self, rest: &str) -> String {
        format!("orch{}{}{} {rest}", self.prefix, self.at, self.forked())
    }

    /// Writes a command that adds to the same store and mission; `None` if it is a look back, or at
    /// a recording.
    pub(crate) fn command_now(&self, rest: &str) -> Option<String> {
        let can_grow = self.is_live && self.is_head();
        can_grow.then(|| format!("orch{} {rest}", self.prefix))
    }

    /// Writes a command that looks at the same store and mission, at another position.
    pub(crate) fn command_at(&self, seq: Seq, rest: &str) -> String {
        format!("orch{} --at {seq}{} {rest}", self.prefix, self.forked())
    }

    /// The words that lead to the same fork, if it is one.
    fn forked(&self) -> String {
        let fork = self.fork.as_ref();
        fork.map_or_else(String::new, |fork| format!(" {}", fork.words))
    }
}

/// The latest time that any record up to a position carries.
///
/// Times are not in the order of the log: by the time of the last record alone, a log that was put
/// together from several files could have half of its records in the future.
// spec: ORDER-1
pub(crate) fn latest(history: &History, seq: Seq) -> Option<DateTime<Utc>> {
    let records = history
        .records()
        .iter()
        .take_while(|record| record.seq() <= seq);
    records.map(orch_core::record::Record::at).max()
}

/// Writes the flags that name the store and the mission; what the environment says needs no flag.
pub(crate) fn prefix(globals: &Globals) -> String {
    let mut prefix = store_flag(globals);
    if let Some(mission) = &globals.mission
        && std::env::var("ORCH_MISSION").ok().as_ref() != Some(mission)
    {
        prefix.push_str(&mission_flag(mission));
    }
    prefix
}

/// Writes the flags that name the store and another mission than the flags do.
pub(crate) fn in_mission(globals: &Globals, mission: &str) -> String {
    format!("{}{}", store_flag(globals), mission_flag(mission))
}

/// Writes the flag that names a mission.
pub(crate) fn mission_flag(mission: &str) -> String {
    if mission.starts_with('-') {
        format!(" --mission={}", quoted(mission))
    } else {
        format!(" -m {}", quoted(mission))
    }
}

/// Writes what a command is about, at the end of its line: no flag, whatever it begins with.
pub(crate) fn about(word: &str) -> String {
    let mark = if word.starts_with('-') { "-- " } else { "" };
    format!("{mark}{}", quoted(word))
}

/// Writes the flag that names the store; what the environment says needs no flag.
pub(crate) fn store_flag(globals: &Globals) -> String {
    let said = std::env::var_os("ORCH_STORE");
    let store = globals.store.as_ref();
    let store = store.filter(|store| said.is_none_or(|said| said != **store));
    store.map_or_else(String::new, |store| {
        format!(" -S {}", quoted(&store.display().to_string()))
    })
}

/// Writes the flag that names the position.
pub(crate) fn at_flag(globals: &Globals) -> String {
    let flag = |at: &Position| format!(" --at {}", quoted(&at.to_string()));
    globals.at.as_ref().map_or_else(String::new, flag)
}

/// Writes a word so that a shell reads it as one.
pub(crate) fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,#".contains(c);
    // At the start of a word a shell takes `#` for a comment.
    if !word.is_empty() && !word.starts_with('#') && word.chars().all(is_plain) {
        return word.to_owned();
    }
    // What would not be shown as it is has to be written in a way that is.
    if let Some(escaped) = escape::quoted(word) {
        return escaped;
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

fn newer_rules(found: u32) -> CliError {
    let known = orch_core::rules::RULES_VERSION;
    CliError::new(
        ErrorCode::NewerRules,
        format!("the mission is under rules version {found}; this orch knows up to {known}"),
    )
    .hint("orch explain rules_newer")
}
