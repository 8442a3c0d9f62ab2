//! The codes of everything the rules forbid: one table for rejections, anomalies and `explain`.

/// What the fold does with a record that a rule forbids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Treatment {
    /// It happened, so it takes effect, and is marked (FOLD-4).
    Marked,
    /// Its author had no authority for it, so it is late evidence only (FOLD-4).
    Evidence,
    /// It cannot be applied, or must not be believed; it is marked and changes nothing.
    Ignored,
}

macro_rules! codes {
    ($($variant:ident = $word:literal, $rule:literal, $treatment:ident, $title:literal, $help:literal;)*) => {
        /// What a rule forbids.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord,
            serde::Serialize, serde::Deserialize,
        )]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $title] #[serde(rename = $word)] $variant,)*
        }

        impl Code {
            /// Every code, in the order of `orch explain`.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns the stable word of the code.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// Returns the id of the rule behind the code.
            pub const fn rule(self) -> &'static str {
                match self { $(Self::$variant => $rule,)* }
            }

            /// Returns what the fold does with a record that earns the code.
            pub const fn treatment(self) -> Treatment {
                match self { $(Self::$variant => Treatment::$treatment,)* }
            }

            /// Returns what the code means, in one sentence.
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

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

impl Code {
    /// Looks a code up by its word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == word)
    }
}

codes! {
    // Records as such.
    ForeignRecord = "foreign_record", "FOLD-1", Ignored,
        "The record belongs to another mission.",
        "Two logs were mixed. Split the file by its `mission` field; each mission has a log of its own.";
    DuplicateRecord = "duplicate_record", "IDEM-1", Ignored,
        "The position of the record was folded already.",
        "Nothing is lost: the first record at the position stands. Find out who wrote or copied the second.";
    OutOfOrder = "out_of_order", "ORDER-1", Ignored,
        "The record comes after records that stand behind it in the log.",
        "Its position was missing when later records were folded, so it is lost to the state. Sort the file by `seq`.";
    SeqGap = "seq_gap", "ORDER-1", Marked,
        "Records are missing before this one.",
        "The log was cut or merged. Restore the missing records; until then the state is that of what is left.";
    UnreadableData = "unreadable_data", "FOLD-1", Ignored,
        "The record is of a known kind, and its data does not have the shape of that kind.",
        "The bytes are kept. Correct whoever writes such records, and correct the state with a correction.";
    NotOpened = "not_opened", "FOLD-1", Marked,
        "The log does not begin with the opening of its mission.",
        "The log begins mid-story. Lead, policy and rules version are unknown, and defaults are used.";
    OpenedTwice = "opened_twice", "FOLD-1", Ignored,
        "The mission is opened a second time.",
        "A mission opens once. Use another mission id, or corrections within this one.";
    RulesNewer = "rules_newer", "RULES-1", Marked,
        "The log was written under rules newer than this version knows.",
        "Use a newer orch. Reading the log here could show a state that its rules do not allow.";
    AfterClose = "after_close", "COMPLETE-2", Marked,
        "Something moved after the mission was closed.",
        "A closed mission only takes deliveries, notes, late evidence, archiving and a reopen. Reopen a task first.";
    // Names and numbers.
    UnknownTask = "unknown_task", "ID-1", Marked,
        "The record names a task that was never declared.",
        "Declare the task before anything refers to it; check the spelling of its id.";
    TaskExists = "task_exists", "ID-1", Ignored,
        "The task was declared already.",
        "Task ids are not used twice. Choose another id, or amend the task that has it.";
    UnknownAgent = "unknown_agent", "NAME-2", Marked,
        "The record names an agent that never joined.",
        "Let the agent join first; check the spelling of its name.";
    UnknownIncarnation = "unknown_incarnation", "FENCE-1", Evidence,
        "The author of the record is an incarnation that never joined.",
        "Only an agent that joined can act. Let it join, then report again.";
    AgentGone = "agent_gone", "RETRY-2", Marked,
        "Work or a decision is given to an incarnation that is gone.",
        "Give it to a live agent, or let the agent join again: that is a new incarnation.";
    AgentStopping = "agent_stopping", "SHUT-2", Marked,
        "New work is given to an agent that was asked to stop.",
        "Choose another agent, or wait until it refuses the shutdown.";
    NameCollision = "name_collision", "NAME-1", Ignored,
        "An agent joins under a name that is live.",
        "Choose another name, let the live one leave first, or join as an alias of it.";
    IncarnationOrder = "incarnation_order", "NAME-1", Marked,
        "The number of a new incarnation is not the next one of its name.",
        "Incarnations are counted 1, 2, 3 and so on for each name.";
    AttemptReused = "attempt_reused", "ID-1", Ignored,
        "The number of a new attempt was used before.",
        "Attempt numbers are fencing tokens: take the next number of the task.";
    AttemptGap = "attempt_gap", "ID-1", Marked,
        "The number of a new attempt skips some.",
        "Attempts of a task are counted 1, 2, 3 and so on.";
    ImplausibleNumber = "implausible_number", "ID-1", Ignored,
        "A number is so far beyond the next one that it cannot be right.",
        "Numbers of attempts and incarnations, and positions, are counted. Find out who wrote this one.";
    UnknownRecord = "unknown_record", "FOLD-3", Marked,
        "The record refers to a record that does not exist, or is not of the kind it should be.",
        "Look the position up in the log and refer to that one.";
    UnknownRun = "unknown_run", "ID-1", Ignored,
        "A run ends that never started.",
        "Start the run first; ending it once more changes nothing.";
    RunExists = "run_exists", "ID-1", Ignored,
        "A run of that id was started already.",
        "Run ids are not used twice. Choose another.";
    // Who may.
    NotAuthorised = "not_authorised", "AUTH-1", Evidence,
        "The author has no authority for this.",
        "Only the lead, the host or a human may do it. Ask the lead.";
    NotOwner = "not_owner", "AUTH-1", Evidence,
        "Somebody reports for an attempt that is not theirs.",
        "Only the owner of an attempt reports for it. If the work really changed hands, the lead rebinds it.";
    UnknownAttempt = "unknown_attempt", "FENCE-1", Evidence,
        "A report names an attempt that was never dispatched.",
        "Dispatch the task first; the dispatch gives the attempt its number.";
    Fenced = "fenced", "FENCE-1", Evidence,
        "The report comes from an attempt that is over.",
        "It is kept as late evidence. If it should count, the lead adopts it with a correction.";
    Zombie = "zombie", "SHUT-2", Evidence,
        "An agent still reports after its shutdown.",
        "It is kept as late evidence. Find the process and stop it; adopt what it said if it should count.";
    ParallelReport = "parallel_report", "FOLD-4", Evidence,
        "The report comes from an attempt that runs beside the one that holds the token.",
        "It is kept as late evidence. Decide which attempt counts, and rebind or adopt.";
    DuplicateTerminal = "duplicate_terminal", "FENCE-1", Evidence,
        "An attempt that ended already ends again.",
        "The first end stands. If the second should count, the lead adopts it with a correction.";
    ActivityAfterCompletion = "activity_after_completion", "COMPLETE-3", Evidence,
        "An attempt that was said to be done goes on working.",
        "Whatever said it was done was early. Wait for its own handoff before building on the result.";
    SelfApproval = "self_approval", "GATE-3", Evidence,
        "An author decides a gate on their own work.",
        "Ask somebody else to decide the gate.";
    NotGateHolder = "not_gate_holder", "GATE-2", Evidence,
        "A gate is decided by an agent that does not hold it.",
        "Request the gate from the agent first; then it may decide.";
    GateNotOpen = "gate_not_open", "GATE-1", Evidence,
        "A gate is decided or requested before it is open.",
        "Gates open in the order in which they were declared, once the work is handed over.";
    StaleDecision = "stale_decision", "GATE-1", Evidence,
        "A gate decision judges work that is no longer the newest.",
        "Look at the newest attempt and revision, and decide that.";
    UnknownGate = "unknown_gate", "GATE-1", Ignored,
        "The task has no gate of that name.",
        "Use one of the gates that the task declares, or amend the task.";
    GateOpen = "gate_open", "GATE-1", Ignored,
        "The task is called delivered, and delivery gates are open.",
        "Decide or waive the delivery gates first.";
    // Moving tasks.
    NeedsUnmet = "needs_unmet", "DEP-3", Marked,
        "A task moves whose needs are not met.",
        "Finish what it needs first, or remove the need with a correction.";
    SpecFirst = "spec_first", "COMPLETE-2", Marked,
        "An implementation is handed out before its specification is accepted.",
        "Finish or settle the `spec` tasks beside it first.";
    Held = "held", "DEP-3", Marked,
        "A task is handed out that said it waits for something else.",
        "Wait until what it waits for is over, or unblock it with a correction.";
    DepCycle = "dep_cycle", "DEP-3", Marked,
        "A need closes a cycle: none of its tasks can ever be ready.",
        "Remove one of the needs in the cycle.";
    WipFull = "wip_full", "WIP-1", Marked,
        "There is more in flight than the limit allows.",
        "Wait until one of the attempts in flight is handed over, or take one back.";
    ParallelAttempts = "parallel_attempts", "FOLD-4", Marked,
        "A task is handed out while another attempt at it is open.",
        "Wait for the open attempt, or rebind the task: that fences it.";
    DispatchAfterSuccess = "dispatch_after_success", "CORRECT-2", Marked,
        "A task is handed out again after an attempt at it succeeded.",
        "Judge the result first. If it has to be done again, reopen the task, with a reason.";
    NotOpen = "not_open", "CORRECT-2", Marked,
        "A task is handed out that is not open.",
        "Somebody must rule on it first: unblock, reopen or adopt.";
    RetryWait = "retry_wait", "RETRY-1", Marked,
        "A task is handed out again before its backoff is over.",
        "Wait until the time the backoff names, or reopen the task.";
    ExhaustedTask = "exhausted", "RETRY-1", Marked,
        "A task is handed out again that was tried as often as allowed.",
        "Look at its last error, then reopen it, close it or raise its limit.";
    ContradictoryDone = "contradictory_done", "COMPLETE-4", Marked,
        "A handoff says done and names work left over or something it is blocked on.",
        "Hand off `partial` or `blocked`, or leave out what is not left over.";
    ProceededWithoutAnswer = "proceeded_without_answer", "NOTE-1", Marked,
        "An agent goes on after its question ran out of time without an answer.",
        "Answer the question, or take it back, before relying on the work.";
    NotPermitted = "not_permitted", "CORRECT-2", Ignored,
        "The status of the task does not allow this.",
        "See `orch rules` for what each status allows; a correction is allowed from every one.";
    GateSpecBad = "gate_spec", "GATE-1", Marked,
        "A gate is declared in a way in which it could never open, or too late to be asked for.",
        "Each gate of a task has a name of its own and opens after gates declared before it at its stage.";
    ReasonMissing = "reason_missing", "CORRECT-2", Marked,
        "A correction, a waiver or a forced close gives no reason.",
        "Say why: whoever reads the log later has only that.";
    UnknownSuccessor = "unknown_successor", "CORRECT-2", Ignored,
        "A task is superseded by itself or by a task that leads back to it.",
        "Name the task under which the work goes on.";
    NotEvidence = "not_evidence", "FENCE-2", Ignored,
        "The record to adopt is not evidence about the task.",
        "Adopt a handoff that is listed as late evidence of the task, or its last handoff.";
    // The mission.
    Incomplete = "incomplete", "COMPLETE-1", Ignored,
        "The mission is called complete while something is open.",
        "Finish, close or hand over everything that is named. A forced close is possible, and stays visible.";
    EmptyMission = "empty_mission", "COMPLETE-1", Ignored,
        "A mission without tasks is called complete, and was not opened as empty.",
        "Declare its tasks, open it as empty, or cancel it.";
    LadderSkipped = "ladder_skipped", "SHUT-1", Marked,
        "An agent is stopped, or says it stops, without having been asked to.",
        "Request the shutdown first: it is owed the chance to hand over.";
    ClockClosed = "clock_closed", "TIME-3", Ignored,
        "A timeout names something that is over, or that has no such clock.",
        "Only what is open can run out of time.";
    // Asking only.
    CommandReused = "command_reused", "IDEM-1", Ignored,
        "The idempotency key was used for another command.",
        "Use a new key for a new command; repeat a key only with exactly the same command.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_found_by_its_word_and_no_other_word_is_one() {
        for code in Code::ALL {
            assert_eq!(Code::parse(code.as_str()), Some(*code));
        }
        assert_eq!(Code::parse("no_such_code"), None);
    }
}
