//! The exit codes, by name: a promise to scripts.

/// Defines [`Exit`] and the table that `orch help exit-codes` prints.
macro_rules! exits {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $name:literal, $meaning:literal;)*) => {
        /// How a command ended, as its caller sees it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        pub(crate) enum Exit {
            $($(#[$doc])* $variant = $code,)*
        }

        impl Exit {
            /// Every exit code that this version can return, in order.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns the number.
            pub(crate) const fn code(self) -> u8 {
                self as u8
            }

            /// Returns the short name.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Returns what the code means.
            pub(crate) const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }
        }
    };
}

exits! {
    /// Done.
    Ok = 0, "ok", "done; with --exit-status: the mission completed";
    /// A fault of the machine or of orch.
    Failure = 1, "failure", "unexpected error: a fault of the machine or of orch";
    /// The command line is wrong.
    Usage = 2, "usage", "the command line is wrong";
    /// Something named does not exist.
    NotFound = 3, "not_found", "no such file, mission, task, agent, record or code";
    /// Something named is several things.
    Ambiguous = 4, "ambiguous", "the name matches several; they are listed";
    /// A rule refuses what was asked for.
    Rejected = 5, "rejected", "a rule refuses it; nothing was written";
    /// What is there already contradicts what was asked for.
    Conflict = 6, "conflict", "what is there already is something else; nothing was written";
    /// The input is damaged, or is no journal.
    Corrupt = 7, "corrupt", "the input is damaged, empty or no journal; `replay --strict`: it has findings";
    /// The input is newer than this program.
    Incompatible = 8, "incompatible", "the journal is newer than this orch";
    /// The report came too late to change anything.
    Late = 9, "late", "the report came too late: it is on record as evidence and changes nothing";
    /// The mission is not over.
    InProgress = 10, "in_progress", "--exit-status, `check`, `wait`: the mission is not over";
    /// The mission is stuck.
    Stuck = 11, "stuck", "--exit-status, `check`, `wait`: nothing moves until somebody acts; `lint --exit-status`: something was found";
    /// The mission ended without success.
    Failed = 12, "failed", "--exit-status, `check`, `wait`: the mission or task ended without success";
    /// What was compared is not the same.
    Differs = 13, "differs", "`diff --exit-code`, `reconcile --exit-status`: something differs; `conform`: a law is broken";
    /// Nothing can be handed out.
    NoneReady = 14, "none_ready", "`next`, and `ready --exit-status`: nothing can be handed out";
    /// Somebody else is writing there: `EX_TEMPFAIL`.
    Busy = 75, "busy", "another process is writing there; the same command can be tried again";
    /// The time is up: as `timeout` says it.
    Timeout = 124, "timeout", "`wait --timeout`: the time is up";
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
