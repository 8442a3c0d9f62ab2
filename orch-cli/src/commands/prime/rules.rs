//! The rules that an agent, or whoever leads, has to know to report truly.

use orch_core::ids::AgentRef;

/// What an agent has to know.
const AGENT: &str = "
rules
- Take a task: orch claim TASK. Say that you began: orch start TASK. Say that you go on: orch beat TASK --note TEXT.
- Give it back with what is so: orch handoff TASK --status done|partial|blocked|failed. Stopping, a clean exit or a message is not done; done with work left over is refused.
- Blocked: say on whom, --blocked-on WHO. To ask: orch message WHO TEXT --class question --task TASK; you are owed the answer.
- Messages never move a task. orch inbox tells what waits for you.
- Exit 5: refused, the hint says what would be accepted. Exit 9: you are late, your attempt is over: stop, read orch why TASK. Exit 75: try again with the same --op.
";

/// What whoever leads has to know.
const LEAD: &str = "
rules
- A task is done when it was handed over as done and its gates passed; a message or an exit code is not that.
- Hand out: orch dispatch TASK --to AGENT. Who really has it: orch reconcile. Change it: orch rebind, orch correct, each with a reason.
- Gates: orch gate request TASK GATE --to WHO; an author does not judge their own work.
- orch why tells what does not move and whose move it is; orch why-not complete what is missing. Close with orch close.
- Exit 5: refused, the hint says what would be accepted. Exit 75: try again with the same --op.
";

/// Returns the rules for an agent, or for whoever leads.
pub(super) fn of(agent: Option<&AgentRef>) -> String {
    if agent.is_some() { AGENT } else { LEAD }.to_owned()
}
