//! The incidents at the command line: the exit codes that a script sees of their logs.

use crate::support::{code, json, run};

/// Where the logs of the incidents lie.
fn log(id: &str) -> String {
    format!("orch-testkit/fixtures/incidents/{id}.jsonl")
}

/// Each case: an incident, what is asked about its log, and the exit code.
const ASKED: &[(&str, &str, i32)] = &[
    // D06: neither done nor at work.
    ("D06-no-wake-source", "status --exit-status", 11),
    ("D02-notice", "status --exit-status", 10),
    ("D22-dead-letter", "status --exit-status", 0),
    // D01: a close that was forced is not a good end.
    ("D01-relay-chain", "status --exit-status", 12),
    // D03: that a wait is over does not make the run done; that it failed ends the wait.
    ("D03-wait-timeout", "--at 7 wait run --for done", 11),
    ("D03-wait-timeout", "wait run --for done", 12),
    // D17, D20: nobody in a ring is at work.
    ("D17-wait-ring", "--at 13 status --exit-status", 11),
    ("D20-self-wait", "wait step", 11),
    // D24: who was given up names who has to act.
    ("D24b-given-up", "wait t", 12),
    // D25: a session that ended is not the end of its task.
    ("D25b-session-ended", "--at 22 check t done", 10),
    // D26: a question ends a wait at once.
    ("D26-needs-input", "--at 6 wait t", 11),
    // D29: handed out is not at work.
    ("D29-lost-dispatch", "--at 6 check t running", 3),
    ("D29-lost-dispatch", "--at 6 check run running", 10),
    // D30: a task that is done needs no waiting.
    ("D30-lost-wake-up", "wait t", 0),
];

#[test]
fn a_script_sees_by_the_exit_code_how_an_incident_stands() {
    for (id, line, exit) in ASKED {
        let log = log(id);
        let mut args = vec!["-S", &*log];
        args.extend(line.split(' '));
        assert_eq!(code(&run(&args)), *exit, "{id}: {line}");
    }
}

/// D18: a lead that has forgotten everything learns from one answer what is done, what is at work
/// and on which branch.
#[test]
fn one_answer_tells_a_lead_that_forgot_what_is_at_work_and_where() {
    let log = log("D18-amnesia");
    let status = json(&["-S", &log, "--at", "17", "status", "--json"]);
    let text = status.to_string();
    assert!(text.contains("\"branch\":\"e2e-wiring\""), "{text}");
    assert_eq!(status["data"]["counts"]["done"], 2, "{text}");
    assert_eq!(status["data"]["counts"]["in_flight"], 1, "{text}");
}
