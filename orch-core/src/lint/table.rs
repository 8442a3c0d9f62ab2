//! The lints, as one table: word, rule, severity, meaning, what to do.

use crate::codes::Code;
use crate::status::words;

words! {
    /// How bad a finding is: the worst first.
    Severity {
        /// A rule is broken, or two accounts of the same work contradict each other.
        Fault = "fault",
        /// Nothing is forbidden about it, and it is how missions go wrong.
        Smell = "smell",
        /// Worth knowing.
        Note = "note",
    }
}

macro_rules! lints {
    ($($variant:ident = $word:literal, $rule:literal, $severity:ident, $title:literal, $help:literal;)*) => {
        /// What looks wrong in a log besides what the fold reports.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Lint {
            $(#[doc = $title] $variant,)*
        }

        impl Lint {
            /// Every lint, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns the stable word.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// Returns the id of the rule behind it.
            pub const fn rule(self) -> &'static str {
                match self { $(Self::$variant => $rule,)* }
            }

            /// Returns how bad it is.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }

            /// Returns what it means, in one sentence.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }

            /// Returns what to do about it.
            pub const fn help(self) -> &'static str {
                match self { $(Self::$variant => $help,)* }
            }
        }
    };
}

impl Lint {
    /// Looks a lint up by its word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|lint| lint.as_str() == word)
    }

    /// Returns the code of the fold that it is a special case of; the finding is then told under
    /// the lint only.
    pub const fn refines(self) -> Option<Code> {
        match self {
            Self::SeveralWorkers => Some(Code::ParallelAttempts),
            Self::ClosedUnderBlocker => Some(Code::NeedsUnmet),
            Self::PrematureCompletion
            | Self::ClosedWithoutWork
            | Self::ClosedOnDispatch
            | Self::ClosedOnTimeout
            | Self::ClosedThoughUnfinished
            | Self::ClosedInFlight
            | Self::InProgressThoughCompleted
            | Self::BlockedThoughCompleted
            | Self::OpenThoughCompleted
            | Self::OpenInFlight
            | Self::InProgressWithoutAttempt
            | Self::UntrackedTask
            | Self::LostTaskId
            | Self::SilentTask
            | Self::StaleBlocker
            | Self::ClosedOverChildren
            | Self::DanglingNeed
            | Self::ChangedByFyi
            | Self::UnansweredQuestion
            | Self::Undeliverable
            | Self::ShutdownUnacked
            | Self::Livelock
            | Self::PollLoop
            | Self::OwnerUnknown
            | Self::EvidenceMissing
            | Self::BareHandoff
            | Self::OutOfOrderClock
            | Self::WholeHourShift
            | Self::ParentLeftOpen
            | Self::CleanExit => None,
        }
    }

    /// The cause of every finding that a tracker and the log contradict each other in.
    pub const DIVERGENCE: &str = "store_divergence";

    /// Returns whether it takes the claims of a tracker to see it.
    pub const fn is_divergence(self) -> bool {
        matches!(
            self,
            Self::ClosedThoughUnfinished
                | Self::ClosedInFlight
                | Self::InProgressThoughCompleted
                | Self::BlockedThoughCompleted
                | Self::OpenThoughCompleted
                | Self::OpenInFlight
                | Self::InProgressWithoutAttempt
                | Self::UntrackedTask
        )
    }
}

lints! {
    // Completion.
    PrematureCompletion = "premature_completion", "COMPLETE-1", Fault,
        "The mission was closed as complete by force, over something that was open.",
        "Look at what was open: it was neither finished nor given up on purpose. Reopen what still matters.";
    ClosedWithoutWork = "closed_without_work", "COMPLETE-3", Fault,
        "A task is closed as done, and the log has no attempt at it.",
        "A procedural close: ask whoever closed it what was done, and by whom. Reopen it if nobody can tell.";
    ClosedOnDispatch = "closed_on_dispatch", "COMPLETE-3", Fault,
        "A task is closed as done, and all that is on record is that it was handed out.",
        "A procedural close, or a log that ends too early: look for the work itself before relying on it.";
    ClosedOnTimeout = "closed_on_timeout", "COMPLETE-3", Fault,
        "A task is closed as done, and on record its attempts only ran out of time or failed.",
        "A procedural close: giving up is not being done. Reopen it, or close it as what it is.";
    ClosedUnderBlocker = "closed_under_blocker", "DEP-3", Fault,
        "A task is closed as done while a task that it needs is not.",
        "Either the need was none, then remove it, or the work was done too early: look at both.";
    ClosedOverChildren = "closed_over_children", "COUNT-1", Smell,
        "A task is closed as done while a part of it is not over.",
        "Finish, close or detach its parts; a count of the parents alone would hide them.";
    EvidenceMissing = "evidence_missing", "COMPLETE-3", Smell,
        "A handoff says done without the evidence that its task asks for.",
        "Its owner hands over again with the evidence, or the contract of the task is amended.";
    BareHandoff = "bare_handoff", "COMPLETE-3", Smell,
        "A task was handed back without saying how.",
        "Whoever writes handoffs must say partial, blocked, done or failed; somebody has to judge this one.";
    CleanExit = "clean_exit", "COMPLETE-3", Note,
        "An attempt ended with exit code 0 and never handed over.",
        "An exit code of 0 is no proof of work. Somebody has to judge the task; let its worker hand over.";
    ParentLeftOpen = "parent_left_open", "COUNT-1", Note,
        "Every part of a task is over, and nobody has closed the task itself.",
        "Close it, or say what is left of it.";
    // Two accounts of the same work.
    ClosedThoughUnfinished = "closed_though_unfinished", "PLAN-1", Fault,
        "The tracker says closed; the log says that it was given back unfinished.",
        "One of the two is wrong. Look at the last handoff: what it left to do may be lost.";
    ClosedInFlight = "closed_in_flight", "PLAN-1", Fault,
        "The tracker says closed; by the log an attempt at it still runs.",
        "Find the worker: it may still write. If it is gone, end its attempt on record.";
    InProgressThoughCompleted = "in_progress_though_completed", "PLAN-1", Fault,
        "The tracker says in progress; the log says that an attempt at it succeeded.",
        "Judge the result. Close it in the tracker, or reopen the task for a reason.";
    BlockedThoughCompleted = "blocked_though_completed", "PLAN-1", Fault,
        "The tracker says blocked; the log says that an attempt at it succeeded.",
        "Judge the result: the block may be stale, or the success hollow.";
    OpenThoughCompleted = "open_though_completed", "PLAN-1", Fault,
        "The tracker says open; the log says that an attempt at it succeeded.",
        "Judge the result before it is handed out again and done twice.";
    OpenInFlight = "open_in_flight", "PLAN-1", Fault,
        "The tracker says that nobody works on it; by the log an attempt at it runs.",
        "Take it out of the tracker's ready list before it is handed out twice.";
    InProgressWithoutAttempt = "in_progress_without_attempt", "PLAN-1", Fault,
        "The tracker says in progress; by the log nobody has it.",
        "Whoever claimed it is gone, or works off the record. Hand it out again, or take it back.";
    UntrackedTask = "untracked_task", "PLAN-1", Smell,
        "The log has work on a task that the tracker does not know.",
        "Look for it under another id; else add it to the tracker.";
    // Who has what.
    SeveralWorkers = "several_workers", "FOLD-4", Fault,
        "A task is handed out while somebody else has it.",
        "Decide which of the attempts counts, and rebind: that fences the others.";
    LostTaskId = "lost_task_id", "ID-1", Smell,
        "A report cannot be tied to a dispatch: its worker was handed another task, or none.",
        "Let the dispatch tell the worker its task and attempt, and let the worker repeat both.";
    SilentTask = "silent_task", "TIME-2", Smell,
        "A task was handed out, and nothing was ever heard of that attempt.",
        "Look whether the agent got it at all. If not, end the attempt as released and hand it out again.";
    OwnerUnknown = "owner_unknown", "FENCE-1", Smell,
        "A task is in somebody's hands, and the log does not tell whose.",
        "Find out who has it, and rebind the task to them.";
    Livelock = "livelock", "RETRY-1", Smell,
        "Attempts at a task ended one after another without getting anywhere.",
        "Another try of the same kind will most likely end the same way: change the task, or who does it.";
    // Waiting.
    StaleBlocker = "stale_blocker", "CORRECT-1", Smell,
        "A task is held back by something that is no longer there.",
        "Unblock it, or give the gate to somebody who is there.";
    DanglingNeed = "dangling_need", "DEP-3", Smell,
        "A task needs one that was never declared and that nobody has worked on.",
        "Declare what it needs, or remove the need: as it is, it can never be ready.";
    // Talk.
    ChangedByFyi = "changed_by_fyi", "NOTE-1", Smell,
        "A remark that asks for nothing made its recipient give its task back.",
        "Say it structurally: a correction, a cancel or a shutdown. A remark can be missed, and moves nothing.";
    UnansweredQuestion = "unanswered_question", "NOTE-1", Smell,
        "Somebody was asked, and went on, left or ran out of time without a reply.",
        "Reply, or take the question back.";
    Undeliverable = "undeliverable", "NAME-2", Smell,
        "A message went to somebody who is gone, and nobody has read it.",
        "Read it and record that; send it to somebody who is there if it still matters.";
    ShutdownUnacked = "shutdown_unacked", "SHUT-2", Smell,
        "An agent was asked to stop, and went on or ran out of time without an answer.",
        "Terminate it, or take the request back: until then it gets no new work.";
    PollLoop = "poll_loop", "TIME-1", Note,
        "The same note about a task comes again and again while nothing happens to it: somebody polls, or repeats itself.",
        "Wait for the event instead of asking: `orch wait`, or the next deadline that the mission names.";
    // Clocks.
    OutOfOrderClock = "out_of_order_clock", "ORDER-1", Note,
        "A record carries an earlier time than the one before it.",
        "Order is position, so the state is right; ages and deadlines around it are not to be trusted.";
    WholeHourShift = "whole_hour_shift", "ORDER-1", Note,
        "Times are off by whole hours: local time that calls itself UTC.",
        "Correct the clock or the time zone of whoever writes there; compare nothing by these times.";
}
