//! What each cause of standing still means, how bad it is and what to do: one table.

use orch_core::view::Cause;

/// How bad a cause is: the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    /// It will not go away unless somebody decides anew.
    Broken,
    /// Somebody named must act.
    Stuck,
    /// It could move, and nobody owes the move.
    Idle,
    /// It waits for something that comes by itself.
    Waiting,
    /// Nothing is wrong.
    Moving,
}

impl Severity {
    /// Returns the stable word.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::Stuck => "stuck",
            Self::Idle => "idle",
            Self::Waiting => "waiting",
            Self::Moving => "moving",
        }
    }
}

/// What is known about a cause.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    /// How bad it is.
    pub(crate) severity: Severity,
    /// What it means.
    pub(crate) meaning: &'static str,
    /// What to do about it.
    pub(crate) help: &'static str,
    /// The rule behind it.
    pub(crate) rule: &'static str,
}

/// Looks a cause up by its word.
pub(crate) fn parse(word: &str) -> Option<Cause> {
    Cause::ALL
        .iter()
        .copied()
        .find(|cause| cause.as_str() == word)
}

/// Returns how bad a cause is.
pub(crate) const fn severity(cause: Cause) -> Severity {
    page(cause).severity
}

/// Defines [`page`].
macro_rules! pages {
    ($($cause:ident = $severity:ident, $rule:literal, $meaning:literal, $help:literal;)*) => {
        /// Returns what is known about a cause.
        pub(crate) const fn page(cause: Cause) -> Page {
            match cause {
                $(Cause::$cause => Page {
                    severity: Severity::$severity,
                    meaning: $meaning,
                    help: $help,
                    rule: $rule,
                },)*
                // The core may name causes before this table does; they are shown as bad.
                _ => Page {
                    severity: Severity::Broken,
                    meaning: "This version of the command line does not know the cause.",
                    help: "Read its detail and the records that it names.",
                    rule: "FOLD-3",
                },
            }
        }
    };
}

pages! {
    DepCycle = Broken, "DEP-3",
        "The task needs itself, through others: none of them can ever be ready.",
        "Remove one of the needs in the cycle with a correction.";
    DepFailed = Broken, "DEP-2",
        "A task it needs ended in a way that does not satisfy the need.",
        "Reopen that task, or remove the need with a correction.";
    Failed = Broken, "RETRY-1",
        "The task failed, and trying again was said to be pointless.",
        "Read the last error. Reopen the task if something has changed, or close it.";
    Exhausted = Broken, "RETRY-1",
        "The task was tried as often as the limit allows.",
        "Read the last error, then reopen the task, close it or raise its limit.";
    Livelock = Broken, "RETRY-1",
        "Several attempts ended one after another without progress.",
        "Another try of the same kind will most likely end the same way. Change the task, or who does it.";
    OutcomeUnknown = Broken, "SHUT-2",
        "The owner of its begun attempt is gone, and nobody knows whether the work is done.",
        "Look at what it left behind. Adopt its late evidence if it should count, or reopen the task.";
    OwnerTaskDivergence = Broken, "CORRECT-3",
        "A runtime says that somebody else works on the task than the log says.",
        "Rebind the task to the agent that really has it, or tell that agent to let go.";
    NeedsInput = Stuck, "NOTE-1",
        "Its owner asked something and has no answer.",
        "Answer the question: whoever is named owes the answer.";
    GateOpen = Stuck, "GATE-2",
        "A gate is open: somebody holds it and owes a decision, or nobody holds it.",
        "If a holder is named, ask them to decide. If none is, the lead gives the gate to somebody.";
    GateStale = Stuck, "GATE-1",
        "A gate was decided for work that is no longer the newest.",
        "Have the newest work judged: give the gate to somebody again.";
    EvidenceMissing = Stuck, "COMPLETE-3",
        "It was handed over as done without the evidence that its contract asks.",
        "Its owner hands over again with the evidence; or the contract is amended.";
    ReportedNotAccepted = Stuck, "COMPLETE-3",
        "It was handed back without an explicit, proven done, and nobody has judged it.",
        "Look at the work. Its attempt hands off done, or the lead reopens or closes the task.";
    DispatchedNotStarted = Stuck, "ID-1",
        "It was handed out, and its attempt has given no sign that it began.",
        "See whether the agent got the task at all. If not, end the attempt as released and hand it out again.";
    EvidenceGap = Stuck, "FOLD-3",
        "It was handed out, and the log it was imported from does not record whether its attempt began.",
        "Look whether the agent is at it. Its journal tells only when it hands off or ends.";
    OwnerUnknown = Stuck, "FENCE-1",
        "The log does not tell who works on it.",
        "Find out who has it, and rebind the task to them.";
    NoProgress = Stuck, "TIME-3",
        "Its attempt has been silent for longer than a clock allows.",
        "A clock proves nothing: look at the agent. Wait, or take the task back.";
    ReplyOwed = Stuck, "NOTE-1",
        "Somebody was asked to act or to answer and has not replied.",
        "Reply, or take the question back.";
    Undeliverable = Stuck, "NAME-2",
        "A message could not be delivered because its recipient is gone, and nobody has read it.",
        "Read it and record that; send it to somebody who is there if it still matters.";
    ShutdownUnacked = Stuck, "SHUT-2",
        "An agent was asked to stop and has not answered.",
        "Wait for its answer, or terminate it. Until then it gets no new work.";
    PausedBy = Stuck, "HAND-1",
        "It was handed back blocked, or waits for something outside: somebody must act before it goes on.",
        "Whoever is named acts, then the lead unblocks the task.";
    RulingOwed = Stuck, "TIME-3",
        "A clock or a limit ran out, and somebody must decide what follows.",
        "Decide: correct the task, close it, or give it more time.";
    ResultUnread = Idle, "COMPLETE-1",
        "A result was handed over, and nobody has read it.",
        "Read the handoff, or act on it: either settles this.";
    NoWakeSource = Idle, "DEP-1",
        "The task can be handed out, and nobody owes that move.",
        "Dispatch it: nothing in the log will make that happen by itself.";
    WipFull = Idle, "WIP-1",
        "As much is in flight as the limit allows.",
        "Look at what is in flight: finish or take back one of those attempts. The limit is said when \
         a mission is opened: `orch mission new --policy FILE`, see `orch help policy`.";
    DepOpen = Waiting, "DEP-1",
        "A task it needs has not come far enough.",
        "Nothing to do here: look at that task.";
    RetryWait = Waiting, "RETRY-1",
        "It failed, and waits until its backoff is over.",
        "Wait; or reopen the task to start over at once.";
    InProgress = Moving, "WIP-1",
        "It is being worked on: nothing is wrong.",
        "Nothing to do.";
    InRework = Moving, "GATE-1",
        "A gate sent it back and its author has it: nothing is wrong.",
        "Nothing to do.";
}
