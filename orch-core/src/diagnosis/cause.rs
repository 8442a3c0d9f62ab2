//! Causes of standing still: one table for diagnoses and `explain`.

use super::Confidence;
use crate::status::words;

words! {
    /// How bad a cause is: the worst first.
    Severity {
        /// It will not go away unless somebody decides anew.
        Broken = "broken",
        /// Somebody named must act.
        Stuck = "stuck",
        /// It could move, and nobody owes the move.
        Idle = "idle",
        /// It waits for something that comes by itself.
        Waiting = "waiting",
        /// Nothing is wrong.
        Moving = "moving",
    }
}

macro_rules! causes {
    ($($variant:ident = $word:literal, $severity:ident, [$($sure:ident),+], $rule:literal, $meaning:literal, $help:literal;)*) => {
        /// Why a task or the mission does not move, or what moves it.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord,
            serde::Serialize, serde::Deserialize,
        )]
        #[non_exhaustive]
        pub enum Cause {
            $(#[doc = $meaning] #[serde(rename = $word)] $variant,)*
        }

        impl Cause {
            /// Every cause, the worst first.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns the stable word of the cause.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// Returns how bad it is.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }

            /// Returns how sure it can be: more than one where a clock or a gap decides.
            pub const fn confidences(self) -> &'static [Confidence] {
                match self { $(Self::$variant => &[$(Confidence::$sure,)+],)* }
            }

            /// Returns the id of the rule behind it.
            pub const fn rule(self) -> &'static str {
                match self { $(Self::$variant => $rule,)* }
            }

            /// Returns what it means.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }

            /// Returns what to do about it.
            pub const fn help(self) -> &'static str {
                match self { $(Self::$variant => $help,)* }
            }
        }
    };
}

impl Cause {
    /// Returns whether it is a ring: some wait for each other, and none of them can move first.
    pub const fn is_cycle(self) -> bool {
        matches!(self, Self::DepCycle | Self::WaitCycle | Self::SelfWait)
    }

    /// Returns whether only a foreign log can show it: an importer tells it by a finding whose title
    /// is the word of the cause.
    pub const fn is_told(self) -> bool {
        matches!(self, Self::PollLoop | Self::StoreDivergence)
    }

    /// Looks a cause up by its word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|cause| cause.as_str() == word)
    }
}

impl std::fmt::Display for Cause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

causes! {
    DepCycle = "dep_cycle", Broken, [Proved], "DEP-3",
        "The task needs itself, through others: none of them can ever be ready.",
        "Remove one of the needs in the cycle with a correction.";
    WaitCycle = "wait_cycle", Broken, [Proved], "DEP-3",
        "Some wait for each other, for different kinds of things: none of them can move first.",
        "Break it at one step: answer, decide, or end one of the waits. Those who only wait for them \
         then move again.";
    SelfWait = "self_wait", Broken, [Proved], "DEP-3",
        "Somebody waits for something that only they can bring about.",
        "End the wait, or give what is waited for to somebody else.";
    DepFailed = "dep_failed", Broken, [Proved], "DEP-2",
        "A task it needs ended in a way that does not satisfy the need.",
        "Reopen that task, or remove the need with a correction.";
    Failed = "failed", Broken, [Proved], "RETRY-1",
        "The task failed, and trying again was said to be pointless.",
        "Read the last error. Reopen the task if something has changed, or close it.";
    Exhausted = "exhausted", Broken, [Proved], "RETRY-1",
        "The task was tried as often as the limit allows.",
        "Read the last error, then reopen the task, close it or raise its limit.";
    Livelock = "livelock", Broken, [Proved], "RETRY-1",
        "Several attempts ended one after another without progress.",
        "Another try of the same kind will most likely end the same way. Change the task, or who does it.";
    OutcomeUnknown = "outcome_unknown", Broken, [Proved], "SHUT-2",
        "The owner of its begun attempt is gone, and nobody knows whether the work is done.",
        "Look at what it left behind. Adopt its late evidence if it should count, or reopen the task.";
    OwnerTaskDivergence = "owner_task_divergence", Broken, [Proved], "CORRECT-3",
        "A runtime says that somebody else works on the task than the log says.",
        "Rebind the task to the agent that really has it, or tell that agent to let go.";
    NeedsInput = "needs_input", Stuck, [Proved, Suspected], "NOTE-1",
        "Its owner asked something and has no answer.",
        "Answer the question: whoever is named owes the answer.";
    GateOpen = "gate_open", Stuck, [Proved], "GATE-2",
        "A gate is open: somebody holds it and owes a decision, or nobody holds it.",
        "If a holder is named, ask them to decide. If none is, the lead gives the gate to somebody.";
    GateStale = "gate_stale", Stuck, [Proved], "GATE-1",
        "A gate was decided for work that is no longer the newest.",
        "Have the newest work judged: give the gate to somebody again.";
    EvidenceMissing = "evidence_missing", Stuck, [Proved], "COMPLETE-3",
        "It was handed over as done without the evidence that its contract asks.",
        "Its owner hands over again with the evidence; or the contract is amended.";
    ReportedNotAccepted = "reported_not_accepted", Stuck, [Proved], "COMPLETE-3",
        "It was handed back without an explicit, proven done, and nobody has judged it.",
        "Look at the work. Its attempt hands off done, or the lead reopens or closes the task.";
    DispatchedNotStarted = "dispatched_not_started", Stuck, [Proved], "ID-1",
        "It was handed out, and its attempt has given no sign that it began.",
        "See whether the agent got the task at all. If not, end the attempt as released and hand it out again.";
    EvidenceGap = "evidence_gap", Stuck, [Unknown], "FOLD-3",
        "It was handed out, and the log it was imported from does not record whether its attempt began.",
        "Look whether the agent is at it. Its journal tells only when it hands off or ends.";
    OwnerUnknown = "owner_unknown", Stuck, [Unknown], "FENCE-1",
        "The log does not tell who works on it.",
        "Find out who has it, and rebind the task to them.";
    OwnerDead = "owner_dead", Stuck, [Proved], "RETRY-2",
        "Whoever it was handed out to is not there: nobody will do it.",
        "Take it back by reopening it, and hand it to somebody who is there.";
    HeadOfLine = "head_of_line", Stuck, [Proved], "WIP-1",
        "It waits behind something that stands still: all that takes a place in flight, or what keeps a lock.",
        "Look at the head of the line: its own cause is what has to be cleared.";
    StoppingUnconfirmed = "stopping_unconfirmed", Stuck, [Proved], "SHUT-1",
        "An agent agreed to stop or was stopped, and a runtime still finds it at work.",
        "See whether its process is gone, stop it if not, and report what it carries: nothing.";
    PollLoop = "poll_loop", Stuck, [Proved], "NOTE-1",
        "The log that was imported shows somebody asking again and again instead of waiting.",
        "Wake it when there is something to do instead (`orch wait`), and read the finding.";
    StoreDivergence = "store_divergence", Stuck, [Proved], "FOLD-3",
        "A tracker that was imported says otherwise than its own log.",
        "The log is right unless somebody knows better: correct the tracker or the task, and read the finding.";
    NoProgress = "no_progress", Stuck, [Suspected], "TIME-3",
        "Its attempt has been silent for longer than a clock allows.",
        "A clock proves nothing: look at the agent. Wait, or take the task back.";
    ReplyOwed = "reply_owed", Stuck, [Proved, Suspected], "NOTE-1",
        "Somebody was asked to act or to answer and has not replied.",
        "Reply, or take the question back.";
    Undeliverable = "undeliverable", Stuck, [Proved], "NAME-2",
        "A message could not be delivered because its recipient is gone, and nobody has read it.",
        "Read it and record that; send it to somebody who is there if it still matters.";
    ShutdownUnacked = "shutdown_unacked", Stuck, [Proved, Suspected], "SHUT-2",
        "An agent was asked to stop and has not answered.",
        "Wait for its answer, or terminate it. Until then it gets no new work.";
    PausedBy = "paused_by", Stuck, [Proved, Unknown], "HAND-1",
        "It was handed back blocked, or waits for something outside: somebody must act before it goes on.",
        "Whoever is named acts, then the lead unblocks the task.";
    RulingOwed = "ruling_owed", Stuck, [Suspected], "TIME-3",
        "A clock or a limit ran out, and somebody must decide what follows.",
        "Decide: correct the task, close it, or give it more time.";
    ResultUnread = "result_unread", Idle, [Proved], "COMPLETE-1",
        "A result was handed over, and nobody has read it.",
        "Read the handoff, or act on it: either settles this.";
    NoWakeSource = "no_wake_source", Idle, [Proved], "DEP-1",
        "The task can be handed out, and nobody owes that move.",
        "Dispatch it: nothing in the log will make that happen by itself.";
    WipFull = "wip_full", Idle, [Proved], "WIP-1",
        "As much is in flight as the limit allows.",
        "Look at what is in flight: finish or take back one of those attempts. The limit is said when \
         a mission is opened: `orch mission new --policy FILE`, see `orch help policy`.";
    DepOpen = "dep_open", Waiting, [Proved], "DEP-1",
        "A task it needs has not come far enough.",
        "Nothing to do here: look at that task.";
    RetryWait = "retry_wait", Waiting, [Proved], "RETRY-1",
        "It failed, and waits until its backoff is over.",
        "Wait; or reopen the task to start over at once.";
    InProgress = "in_progress", Moving, [Proved], "WIP-1",
        "It is being worked on: nothing is wrong.",
        "Nothing to do.";
    InRework = "in_rework", Moving, [Proved], "GATE-1",
        "A gate sent it back and its author has it: nothing is wrong.",
        "Nothing to do.";
}
