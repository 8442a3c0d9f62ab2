//! What every command is given: the global flags and the streams.

use chrono::{DateTime, Utc};

use crate::cli::Globals;
use crate::error::CliError;
use crate::exit::Exit;
use crate::render::time::Times;
use crate::ui::Ui;
use crate::verdict;
use crate::view::{Rules, View};

/// The global flags and the streams.
pub(crate) struct Ctx {
    pub(crate) globals: Globals,
    pub(crate) ui: Ui,
}

impl Ctx {
    /// Sets the streams up as the flags say.
    pub(crate) fn new(globals: Globals) -> Self {
        Self {
            ui: Ui::new(&globals),
            globals,
        }
    }

    /// Opens the mission that the flags name, at the position they name.
    ///
    /// # Errors
    /// When there is no such thing, or it needs a newer orch.
    pub(crate) fn view(&mut self) -> Result<View, CliError> {
        View::open(&self.globals, Rules::MustBeKnown, &mut self.ui)
    }

    /// Returns how to write times.
    pub(crate) const fn times(&self, view: &View) -> Times {
        Times::new(self.globals.time, view.now)
    }

    /// Returns how to write times, with ages counted from a time.
    pub(crate) const fn times_at(&self, now: DateTime<Utc>) -> Times {
        Times::new(self.globals.time, now)
    }

    /// Returns the exit code of a read that succeeded.
    pub(crate) fn exit(&self, view: &View) -> Exit {
        if !self.globals.exit_status {
            return Exit::Ok;
        }
        verdict::exit(view.mission.verdict(view.now), &view.mission)
    }
}
