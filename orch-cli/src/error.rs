//! Why a command stops: a stable code, what happened, the evidence and one way out.

use std::io;

use orch_core::codes::Code;
use orch_core::decide::RetryHint;
use orch_core::ids::Seq;
use serde::Serialize;

use crate::cli::Globals;
use crate::exit::Exit;
use crate::render::excerpt::Excerpt;
use crate::view::{prefix, store_flag};

/// Defines [`ErrorCode`] and the pages that `orch explain` prints for it.
macro_rules! error_codes {
    ($($variant:ident = $word:literal, $exit:ident, $title:literal, $help:literal;)*) => {
        /// What kind of thing went wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum ErrorCode {
            $(#[doc = $title] $variant,)*
        }

        impl ErrorCode {
            /// Every code, in the order of `orch explain`.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns the stable word.
            pub(crate) const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// Returns how the program ends.
            pub(crate) const fn exit(self) -> Exit {
                match self { $(Self::$variant => Exit::$exit,)* }
            }

            /// Returns what the code means, in one sentence.
            pub(crate) const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }

            /// Returns what to do about it.
            pub(crate) const fn help(self) -> &'static str {
                match self { $(Self::$variant => $help,)* }
            }
        }
    };
}

error_codes! {
    Io = "io", Failure,
        "The operating system refused to read or write something.",
        "The message carries what the system says: look at the path, its permissions and the free space.";
    Internal = "internal", Failure,
        "Something happened that orch rules out.",
        "This is a fault of orch. Report it with the command and, if you can, the journal.";
    Usage = "usage", Usage,
        "The command line asks for something that does not fit together.",
        "`orch help COMMAND` says what a command takes.";
    UnknownField = "field_unknown", NotFound,
        "The path given to --field leads to nothing.",
        "Run the command with --json to see what there is. Paths look like `data.counts.done` or `data.items[0].task`.";
    NotScalar = "field_not_scalar", Usage,
        "The path given to --field leads to an object or a list.",
        "Name one value within it, such as `data.items[0].task`.";
    StoreMissing = "store_missing", NotFound,
        "There is no journal to read.",
        "Name one with -S, or put journals into a folder `.orch` here or above.";
    StoreEmpty = "store_empty", Corrupt,
        "The file holds nothing.",
        "A journal has one JSON object on each line. Look whether the program that writes it ran.";
    StoreUnrecognised = "store_unrecognised", Corrupt,
        "The file is neither a journal of orch nor one that can be imported.",
        "orch recognises its own records and the journals of `orch help formats` by their keys, whatever the file is called.";
    NotAStore = "not_a_store", Usage,
        "What is named is not a store that can be written.",
        "A store is a folder that `orch init` made. Journals in files can be read, and imported into a store.";
    FolderMissing = "folder_missing", NotFound,
        "The folder that something is to be made in is not there.",
        "orch makes no folder above what it was asked for: the name may be a slip.";
    ReadOnly = "store_read_only", Failure,
        "The store cannot be written by this user, or lies on a disk that is read only.",
        "Reading works all the same. Look at the owner and the permissions of the folder.";
    DiskFull = "disk_full", Failure,
        "There is no room left on the disk.",
        "What was acknowledged is safe, and reading works. Make room and run the command again, with the same --op if it had one.";
    DamagedStore = "store_damaged", Corrupt,
        "The journal of the store is not what was written to it.",
        "Nothing was changed. The message names the file and the place. Restore a backup with `orch store restore`, or look at what is left of its segments, unchecked, with `orch -S STORE/journal`.";
    DamagedIndex = "index_damaged", Corrupt,
        "The index of the store does not agree with its journal.",
        "The journal is the truth, and `orch store rebuild` makes the index anew from it. Nothing is lost.";
    StoreStopped = "store_stopped", Failure,
        "The store stopped taking records after a failure of the machine.",
        "Open it again: run the command once more, with the same --op if it had one.";
    NewerFormat = "newer_format", Incompatible,
        "The journal has records in a format newer than this orch knows.",
        "Use a newer orch.";
    NewerRules = "newer_rules", Incompatible,
        "The journal was written under rules newer than this orch knows.",
        "Use a newer orch: what this one would show may not be what those rules say.";
    UnknownMission = "mission_unknown", NotFound,
        "No mission of this name is in the store.",
        "`orch missions` lists those that are.";
    AmbiguousMission = "mission_ambiguous", Ambiguous,
        "The store holds several missions that are meant by this.",
        "Choose one with -m.";
    UnknownId = "id_unknown", NotFound,
        "Nothing in the mission has this id.",
        "`orch progress`, `orch status` and `orch log` show the ids there are. Ids are matched from their beginning.";
    AmbiguousId = "id_ambiguous", Ambiguous,
        "Several things in the mission have an id that begins like this.",
        "Write more of it, or write `task:`, `agent:` or `e:` before it.";
    UnknownPosition = "position_unknown", NotFound,
        "The mission has no such position.",
        "A position is a record number, `~3`, `e:RECORD-ID`, a time or `-15m`; see `orch help positions`.";
    UnknownCode = "code_unknown", NotFound,
        "No rule, code or cause has this name.",
        "`orch rules` lists the rules, `orch help codes` everything else.";
    ImportRefused = "import_refused", Corrupt,
        "The source cannot be imported.",
        "Nothing was written. The message names what was found and where.";
    FormatMismatch = "format_mismatch", Conflict,
        "The source is of another format than was said.",
        "Nothing was written. Say `auto` to let orch recognise the format.";
    OtherMission = "other_mission", Conflict,
        "The destination belongs to another mission.",
        "Nothing was written. A journal holds one mission: choose another destination, or say which mission to import into with --mission.";
    DamagedDestination = "destination_damaged", Corrupt,
        "The destination has lines that are not records, so nothing is added to it.",
        "Nothing was written. `orch replay` names the lines.";
    Exists = "exists", Conflict,
        "There is a file of this name already.",
        "Choose another name. What must be replaced is named with --force; it is lost then.";
    SameFile = "same_file", Conflict,
        "The export would replace the journal that it is made from.",
        "Nothing was written. Choose another name: an export up to --at, for one, has only a part of the records.";
    Busy = "busy", Busy,
        "Another process is writing into the same folder.",
        "Nothing was written. Try again, or wait longer with --lock-timeout.";
    OwnerGone = "owner_gone", Busy,
        "The process that served the store ended while it was asked.",
        "Run the command again: it goes by the lock if nobody serves the store any more.";
    OtherOwner = "owner_incompatible", Incompatible,
        "The process that serves the store speaks another version of the protocol.",
        "Stop it with a signal, and start it again with the same orch as the other commands.";
    OwnerRefused = "owner_refused", Incompatible,
        "The process that serves the store did not take what was asked.",
        "It is older or newer than this orch, or serves another store than lies there. Stop it with a signal, and start it again with the same orch as the other commands.";
    Rejected = "rejected", Rejected,
        "A rule refuses the command.",
        "Nothing was written. The code in its place names the rule; the help line is what would be accepted.";
    Late = "late", Late,
        "The report came too late to change anything.",
        "It is on record as late evidence. If it should count, the lead adopts it with `orch correct adopt`.";
    Moved = "moved", Conflict,
        "The mission is not at the record that --expect-seq names.",
        "Nothing was written. Look at what was written since, and decide again.";
    Reused = "op_reused", Conflict,
        "The key of --op was used for another command.",
        "Nothing was written. Use a new key for a new command; repeat a key only with exactly the same command.";
    Unsure = "write_unsure", Busy,
        "It is not known whether the command was written down.",
        "Run the same command again under the same key with --op: it is carried out once.";
    NoMission = "mission_none", NotFound,
        "The store has no mission yet.",
        "Open one with `orch mission new`.";
    ActorNeeded = "actor_needed", Usage,
        "The command is one of an agent, and it is not said which agent acts.",
        "Name the agent with -A or in ORCH_ACTOR.";
    BadText = "text_unusable", Usage,
        "The text cannot be taken as it is.",
        "A text is UTF-8 and not longer than a record should be. Keep what is larger in a file and name that.";
    Expression = "expression", Usage,
        "The expression cannot be read, or would be the same whatever the mission is.",
        "The message points to the place. `orch help expressions` has the language and all that can be asked.";
    BadDraft = "draft_unusable", Usage,
        "What is to be put into a fork of the log is no record, and not what one would say.",
        "Each line is a record, or an object with `by`, `kind` and `data`, and `at` if the time matters: `orch help what-if`.";
    UnknownLaw = "law_unknown", NotFound,
        "No law of a machine has this name.",
        "`orch conform --list` lists them.";
    Program = "program_failed", Failure,
        "The program that is held against the laws gave no answer, or none that can be read.",
        "The message names the line. docs/conform-protocol.md of the repository says what each line has to be.";
    Strict = "replay_findings", Corrupt,
        "The log has findings, and `replay --strict` was asked to fail on any.",
        "`orch explain CODE` says what each finding means.";
}

impl ErrorCode {
    /// Looks a code up by its word.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == word)
    }
}

/// One line of evidence under an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Evidence {
    /// The record that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) record: Option<Seq>,
    /// What it says; may hold text from a journal.
    pub(crate) text: String,
}

/// Why a command stops.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub(crate) struct CliError {
    /// What kind of thing went wrong.
    pub(crate) code: ErrorCode,
    /// What happened; may hold text from a journal.
    pub(crate) message: String,
    /// The place in an expression that it is about.
    pub(crate) excerpt: Option<Box<Excerpt>>,
    /// What it follows from.
    pub(crate) evidence: Vec<Evidence>,
    /// One command to run next, if one is better than `orch explain`.
    pub(crate) hint: Option<String>,
    /// What that command has yet to be told.
    lacks: Lacks,
    /// Whether it only means that nobody reads the output any more.
    pub(crate) is_broken_pipe: bool,
    /// What a rule says against a command, if a rule does.
    pub(crate) ruling: Option<Box<Ruling>>,
}

/// What the command to run next has yet to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lacks {
    /// It is whole.
    Nothing,
    /// Which store it is about.
    Store,
    /// Which store and which mission it is about.
    StoreAndMission,
}

/// What a rule says against a command.
#[derive(Debug, Clone)]
pub(crate) struct Ruling {
    /// The code.
    pub(crate) code: Code,
    /// The id of the rule.
    pub(crate) rule: &'static str,
    /// The commands that would be accepted instead.
    pub(crate) instead: Vec<String>,
    /// When it makes sense to ask again.
    pub(crate) retry: RetryHint,
}

impl CliError {
    /// Says what happened.
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            excerpt: None,
            evidence: Vec::new(),
            hint: None,
            lacks: Lacks::Nothing,
            is_broken_pipe: false,
            ruling: None,
        }
    }

    /// Says what the system could not do.
    pub(crate) fn io(what: impl std::fmt::Display, error: &io::Error) -> Self {
        let mut failed = Self::new(ErrorCode::Io, format!("{what}: {error}"));
        failed.is_broken_pipe = error.kind() == io::ErrorKind::BrokenPipe;
        failed
    }

    /// Adds the place that it is about.
    pub(crate) fn excerpt(mut self, excerpt: Excerpt) -> Self {
        self.excerpt = Some(Box::new(excerpt));
        self
    }

    /// Adds a line of evidence.
    pub(crate) fn evidence(mut self, text: impl Into<String>) -> Self {
        self.evidence.push(Evidence {
            record: None,
            text: text.into(),
        });
        self
    }

    /// Adds what a record says as evidence.
    pub(crate) fn evidence_of(mut self, record: Seq, text: impl Into<String>) -> Self {
        self.evidence.push(Evidence {
            record: Some(record),
            text: text.into(),
        });
        self
    }

    /// Adds what a rule says.
    pub(crate) fn ruling(mut self, ruling: Ruling) -> Self {
        self.ruling = Some(Box::new(ruling));
        self
    }

    /// Returns the stable word: that of the rule's code, if a rule speaks.
    pub(crate) fn word(&self) -> &'static str {
        let ruling = self.ruling.as_ref();
        ruling.map_or_else(|| self.code.as_str(), |ruling| ruling.code.as_str())
    }

    /// Adds many lines of evidence.
    pub(crate) fn evidence_all(mut self, texts: impl IntoIterator<Item = String>) -> Self {
        let lines = texts
            .into_iter()
            .map(|text| Evidence { record: None, text });
        self.evidence.extend(lines);
        self
    }

    /// Adds the command to run next.
    pub(crate) fn hint(mut self, command: impl Into<String>) -> Self {
        self.hint = Some(command.into());
        self.lacks = Lacks::Nothing;
        self
    }

    /// Adds the command to run next on the same store, without `orch` and the flag that names it.
    pub(crate) fn hint_here(self, rest: impl Into<String>) -> Self {
        let mut error = self.hint(rest);
        error.lacks = Lacks::Store;
        error
    }

    /// Adds the command to run next on the same store and mission, without `orch` and the flags
    /// that name them.
    pub(crate) fn hint_about(self, rest: impl Into<String>) -> Self {
        let mut error = self.hint(rest);
        error.lacks = Lacks::StoreAndMission;
        error
    }

    /// Names the store and the mission in the command to run next, as the flags do.
    pub(crate) fn named(mut self, globals: &Globals) -> Self {
        let flags = match self.lacks {
            Lacks::Nothing => return self,
            Lacks::Store => store_flag(globals),
            Lacks::StoreAndMission => prefix(globals),
        };
        let rest = self.hint.take().unwrap_or_default();
        self.hint = Some(format!("orch{flags} {rest}"));
        self.lacks = Lacks::Nothing;
        self
    }

    /// Returns the one command to run next: if nothing better is known, what explains the code.
    pub(crate) fn help(&self) -> String {
        let explain = || format!("orch explain {}", self.word());
        self.hint.clone().unwrap_or_else(explain)
    }

    /// Returns the error as the object that `--json` prints.
    pub(crate) fn as_json(&self) -> ErrorObject<'_> {
        ErrorObject {
            schema: "orch.error/1",
            code: self.word(),
            exit: self.code.exit().code(),
            message: &self.message,
            hint: self.help(),
            retryable: matches!(
                self.code,
                ErrorCode::Busy | ErrorCode::Unsure | ErrorCode::OwnerGone
            ),
            excerpt: self.excerpt.as_deref(),
            evidence: &self.evidence,
            rule: self.ruling.as_ref().map(|ruling| ruling.rule),
            instead: self.ruling.as_ref().map(|ruling| &*ruling.instead),
            retry: self.ruling.as_ref().map(|ruling| ruling.retry),
            docs: format!("orch explain {}", self.word()),
        }
    }
}

/// An error on standard error with `--json`.
#[derive(Debug, Serialize)]
pub(crate) struct ErrorObject<'a> {
    schema: &'static str,
    code: &'static str,
    exit: u8,
    message: &'a str,
    hint: String,
    retryable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    excerpt: Option<&'a Excerpt>,
    evidence: &'a [Evidence],
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instead: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry: Option<RetryHint>,
    docs: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_code_has_a_word_of_its_own() {
        let mut words: Vec<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), ErrorCode::ALL.len());
        assert_eq!(ErrorCode::parse("io"), Some(ErrorCode::Io));
    }
}
