//! The rules, as one table: every id, what it demands and which failure taught it.
//!
//! `docs/spec.md` is generated from it, `orch rules` prints it, and each id is cited where the
//! code holds it and where a test proves it.

use std::fmt;

/// The version of the rules that this version of the crate folds by (RULES-1).
pub const RULES_VERSION: u32 = 1;

/// Which part of orch a rule binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Scope {
    /// The pure core.
    Core,
    /// A store.
    Store,
    /// A tool around the core.
    Tool,
}

/// One rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Rule {
    /// The stable id.
    pub id: &'static str,
    /// What the rule demands.
    pub text: &'static str,
    /// The failures that taught it: seed documents by number, incidents by `D` number.
    pub from: &'static str,
    /// Which part of orch it binds.
    pub scope: Scope,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id)
    }
}

/// Looks a rule up by its id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

const fn core(id: &'static str, from: &'static str, text: &'static str) -> Rule {
    Rule {
        id,
        text,
        from,
        scope: Scope::Core,
    }
}

/// Every rule.
#[rustfmt::skip]
pub const RULES: &[Rule] = &[
    core("ORDER-1", "D23", "The position in the log is the only order. Times are data: they may jump, repeat or be off by whole hours, and nothing is ever sorted by them."),
    core("FOLD-1", "D09, D13", "Folding never fails. Whatever the log holds, the result is a mission and a list of anomalies."),
    core("FOLD-2", "004", "Folding the rest of a log onto a snapshot gives the same mission as folding the whole log, wherever it is cut."),
    core("FOLD-3", "—", "Every derived fact names the records it follows from."),
    core("FOLD-4", "D02, D09", "A forbidden record of a thing that happened in the world takes effect and is marked; one whose author had no authority for it becomes late evidence. Parallel attempts are all kept, the newest holds the token."),
    core("DECIDE-1", "—", "A decision depends on the mission, the command, the actor and the time given to it, and on nothing else; it writes nothing."),
    core("DECIDE-2", "—", "What is accepted folds without an anomaly; what is rejected would fold with one, or would be fenced. No change, already done and late are neither."),
    core("DECIDE-3", "—", "A rejection carries a stable code, the rule, the records that are its reason and the commands that would be accepted in its place."),
    core("AUTH-1", "002", "Only the lead, the host or a human corrects, waives, terminates, closes or forces; only the owner of an attempt reports for it."),
    core("IDEM-1", "D19, D29", "Within a mission the same command under the same key has one answer and writes once; another command under a used key is refused. Rejections are not remembered."),
    Rule { id: "ACK-1", from: "D15, D16", scope: Scope::Store, text: "(store) Nothing is acknowledged before it is durable at its position, and whoever loses a race is told who won it." },
    core("ID-1", "000, D29", "A dispatch puts its task and attempt on record before anything is sent. Ids and attempt numbers that were used are never used again."),
    core("COMPLETE-1", "000, D01, D12, D22", "A mission completes only when each task is accepted, delivered or settled on purpose, and nothing is open: no attempt, gate, obligation, undeliverable message or unread result. Otherwise it is refused with all of them named. A mission without tasks completes only if it was opened as empty."),
    core("COMPLETE-2", "000", "A mission goes from planning to executing to reviewing to its end without a shortcut, and specifications come before implementations. A forced close is an outcome of its own and stays visible."),
    core("COMPLETE-3", "001, D02, D10, D11", "Only an explicit handoff that says done and brings the evidence its task asks for leads to acceptance. Being idle, an exit code of 0, a notification or a message never do."),
    core("COMPLETE-4", "D10", "A done that names work left over or something it is blocked on contradicts itself."),
    core("HAND-1", "001", "A partial handoff opens the task again with what remains and is no failure; a blocked one puts an obligation on whoever it names, or on the lead. Neither asks anybody to mark the task complete."),
    core("FENCE-1", "001, D05", "Whatever a worker reports names its agent, incarnation and attempt. From an attempt that is closed or another incarnation it is late evidence: on record, without effect."),
    core("FENCE-2", "D05", "Late evidence is shown and can be adopted by a correction; it is never thrown away."),
    core("NAME-1", "001", "Joining under a live name is refused, or said to be an alias; after leaving, joining again makes a new incarnation."),
    core("NAME-2", "D22", "An agent nobody knows is refused with the nearest known names. A message to one that is gone is undeliverable, and somebody must read it."),
    core("CORRECT-1", "002", "A correction takes the place of what it corrects: the attempt before it is fenced, and its gates, obligations and blockers are derived anew."),
    core("CORRECT-2", "D13, D14", "Reopening, superseding and rebinding are allowed from every status, by somebody named and for a reason; handing out a task that is not open is not."),
    core("CORRECT-3", "002", "An inventory that contradicts the log is shown as a divergence of owner and task, with the one correction that ends it."),
    core("GATE-1", "003, D23", "A gate decision holds for one attempt and one revision; new work opens the gate again. Gates open in the order in which they were declared."),
    core("GATE-2", "002", "A gate is waited for only by somebody who holds it and is there; otherwise the blocker is that it must be given to somebody, and who must do so."),
    core("GATE-3", "003, D28", "Nobody decides a gate on their own work. Review rounds, failures, blocks and crashes are counted apart, each with its own limit."),
    core("SHUT-1", "001, D21", "Asking in words, taking a task back, requesting shutdown and terminating are four steps, each with its own record; the request, its effect and the fence are three facts."),
    core("SHUT-2", "001", "Once shutdown is requested, no new work is handed out and an acknowledgement is owed. Once it is acknowledged or enforced, whatever the agent says is late evidence; what it had begun has an unknown outcome, and what it had not is open again."),
    core("DEP-1", "D07", "Whether a task is ready follows from the state, not from the order in which tasks were declared or finished."),
    core("DEP-2", "D08", "Having ended and satisfying dependents are two things: failed, skipped and cancelled satisfy only a need that says so."),
    core("DEP-3", "D09, D17", "Needs are checked when a task moves, not only when it is made; the record that would close a cycle is refused."),
    core("WIP-1", "D02, 003", "What counts as in flight is every attempt that is dispatched or started. A dispatch beyond the limit of the mission, the role or the agent is refused with those in flight."),
    core("TIME-1", "—", "The core has no clock: the time is an argument, and it says when it next wants to be asked."),
    core("TIME-2", "003, 004", "An attempt has clocks for its start, its length, signs of life, progress and its report; a task for its whole; an obligation for its reply or acknowledgement. Mission, task and dispatch set them, and an agent may announce silence."),
    core("TIME-3", "D05", "A clock that runs out lowers confidence and puts a decision on somebody named, and no more. Only if the policy says so does a tick take that decision, as a record of its own."),
    core("RETRY-1", "004", "Tries are limited, wait longer each time up to a cap, and keep the last error; some failures are not tried again. At the limit the task is exhausted and has an owner; several attempts without progress are a livelock."),
    core("RETRY-2", "D24", "A task that is parked names who owns its next move; nothing is handed to an incarnation that is gone."),
    core("NOTE-1", "002, 003", "A remark moves nothing. What asks for action or an answer stays an open obligation in every status until it has one, and an escalation is the obligation of a human."),
    core("COUNT-1", "004", "Counts and percentages are recounted from the tasks each time; nothing of nothing is a count, and a subtask counts once."),
    Rule { id: "PLAN-1", from: "004", scope: Scope::Tool, text: "(tool) Comparing a plan with a log names the differences and changes neither." },
    core("RULES-1", "—", "A log names the version of the rules it was written under; a newer one is refused by that name."),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_shown_by_its_id() {
        assert_eq!(format!("{:8}|", rule("ID-1").unwrap()), "ID-1    |");
    }

    #[test]
    fn every_rule_id_is_used_once() {
        let mut ids: Vec<_> = RULES.iter().map(|rule| rule.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), RULES.len());
        assert!(rule("FENCE-1").is_some() && rule("FENCE-9").is_none());
    }
}
