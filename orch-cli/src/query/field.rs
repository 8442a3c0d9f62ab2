//! What can be asked of a mission, a task and an agent: the tables that the help prints.

use super::words::Words;

/// What kind of value there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    /// Yes or no: a condition.
    Bool,
    /// A whole number.
    Number,
    /// A whole number, or none.
    MaybeNumber,
    /// A text, or none.
    Text,
    /// One of a few words, or none.
    Word(Words),
    /// `none` itself.
    Nothing,
}

impl Type {
    /// Says what it is, as part of a sentence.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Bool => "yes or no",
            Self::Number | Self::MaybeNumber => "a number",
            Self::Text => "a text",
            Self::Word(_) => "a word",
            Self::Nothing => "none",
        }
    }
}

/// Defines what can be asked without saying more, and its table.
macro_rules! fields {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal, $gives:expr, $meaning:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum $name {
            $(#[doc = $meaning] $variant,)*
        }

        impl $name {
            /// Everything, in the order of the help.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Looks it up by its word.
            pub(crate) fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|field| field.as_str() == word)
            }

            /// Returns the word.
            pub(crate) const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// Returns what kind of value it has.
            pub(crate) const fn gives(self) -> Type {
                match self { $(Self::$variant => $gives,)* }
            }

            /// Returns what it means.
            pub(crate) const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }
        }
    };
}

fields! {
    /// What can be asked of the mission.
    MissionField {
        Verdict = "verdict", Type::Word(Words::Verdict), "whether it moves, as `orch why` says";
        Phase = "phase", Type::Word(Words::Phase), "its phase, as `orch status` says";
        Outcome = "outcome", Type::Word(Words::Outcome), "how it was closed; none while it is open";
        Complete = "complete", Type::Bool, "it was closed as completed, and not by force";
        Done = "done", Type::Bool, "the same as complete";
        Closed = "closed", Type::Bool, "it was closed, in whatever way";
        Archived = "archived", Type::Bool, "it was put away";
        Settled = "settled", Type::Bool, "it is closed or stuck";
        Stuck = "stuck", Type::Bool, "nothing moves until somebody acts";
        Tasks = "tasks", Type::Number, "how many tasks there are";
        Percent = "percent", Type::MaybeNumber, "how much of what is wanted is done; none without tasks";
        InFlight = "in_flight", Type::Number, "attempts that are dispatched or started";
        Obstacles = "obstacles", Type::Number, "what keeps it from completing";
        Obligations = "obligations", Type::Number, "what somebody owes";
        Anomalies = "anomalies", Type::Number, "what the rules say against its records";
        Late = "late", Type::Number, "late evidence";
    }
}

fields! {
    /// What can be asked of a task.
    TaskField {
        Exists = "exists", Type::Bool, "the log has named it";
        Id = "id", Type::Text, "its id";
        Status = "status", Type::Word(Words::TaskStatus), "where it stands";
        Done = "done", Type::Bool, "it is accepted or delivered";
        Settled = "settled", Type::Bool, "it ended in whatever way, or is stuck";
        Stuck = "stuck", Type::Bool, "it does not move until somebody acts";
        Ready = "ready", Type::Bool, "it can be handed out";
        Owner = "owner", Type::Text, "the agent that has it";
        Incarnation = "incarnation", Type::Text, "the same with its incarnation, such as \"coder#2\"";
        Attempts = "attempts", Type::Number, "attempts at it, open or not";
        Failures = "failures", Type::Number, "handoffs that said it failed";
        Crashes = "crashes", Type::Number, "attempts that ended without a handoff";
        Blocks = "blocks", Type::Number, "handoffs that said it is blocked";
        ReviewRounds = "review_rounds", Type::Number, "times a gate sent it back";
        Anomalies = "anomalies", Type::Number, "what the rules say against records about it";
        Late = "late", Type::Number, "late evidence about it";
        Priority = "priority", Type::MaybeNumber, "how urgent it is; 0 is the most urgent";
        Kind = "kind", Type::Text, "what kind of work it is";
        Role = "role", Type::Text, "the role that it asks for";
        Phase = "phase", Type::Text, "the phase of the plan that it names itself";
        Parent = "parent", Type::Text, "the task that it is part of";
    }
}

fields! {
    /// What can be asked of an agent.
    AgentField {
        Exists = "exists", Type::Bool, "the log has named it";
        Name = "name", Type::Text, "its name";
        Status = "status", Type::Word(Words::AgentStatus), "where it stands";
        Live = "live", Type::Bool, "it is there: live, or asked to stop";
        Holds = "holds", Type::Number, "open attempts that it owns";
    }
}

/// What is asked about something that is named: its word, how it is written, and what it means.
pub(crate) struct Asked {
    /// The word.
    pub(crate) word: &'static str,
    /// How it is written.
    pub(crate) form: &'static str,
    /// What it means.
    pub(crate) meaning: &'static str,
}

/// What can be asked of a mission and of a task about something named.
pub(crate) const OF_BOTH: [Asked; 2] = [
    Asked {
        word: "anomaly",
        form: "anomaly(\"CODE\")",
        meaning: "a record earned this code; `orch help codes` lists them",
    },
    Asked {
        word: "cause",
        form: "cause(\"CAUSE\")",
        meaning: "this is among the causes that `orch why` names",
    },
];

/// What can be asked of a task alone about something named.
pub(crate) const OF_TASK: [Asked; 2] = [
    Asked {
        word: "gate",
        form: "gate.NAME",
        meaning: "where its gate of this name stands",
    },
    Asked {
        word: "blocked_by",
        form: "blocked_by(\"TASK\")",
        meaning: "it waits for this task, directly or through others",
    },
];

/// What stands for all tasks or all agents.
pub(crate) const QUANTIFIERS: [Asked; 3] = [
    Asked {
        word: "any",
        form: "any(tasks, CONDITION)",
        meaning: "it holds for at least one",
    },
    Asked {
        word: "all",
        form: "all(tasks, CONDITION)",
        meaning: "it holds for each; for none there are, it holds",
    },
    Asked {
        word: "count",
        form: "count(tasks, CONDITION)",
        meaning: "for how many it holds; without a condition: how many there are",
    },
];

/// What other tools, or a first guess, call a field: the word, and what to write.
pub(crate) const GUESSES: &[(&str, &str)] = &[
    ("state", "status"),
    ("assignee", "owner"),
    ("agent", "owner"),
    ("retries", "failures"),
    ("completed", "complete"),
    ("blockers", "cause(\"…\")"),
    ("deps", "blocked_by(\"…\")"),
    ("needs", "blocked_by(\"…\")"),
    ("gates", "gate.NAME"),
    ("result", "outcome"),
];
