//! The transition tables, each as one reviewed snapshot.

use orch_core::status::agent::{AgentEvent, AgentStatus};
use orch_core::status::attempt::{AttemptEvent, AttemptStatus};
use orch_core::status::gate::{GateEvent, GateStatus};
use orch_core::status::render_table;
use orch_core::status::task::{TaskEvent, TaskStatus};

// spec: COMPLETE-3, CORRECT-2, HAND-1
#[test]
fn transition_matrix_of_a_task() {
    let table = render_table("task", TaskStatus::ALL, TaskEvent::ALL, TaskStatus::next);
    insta::assert_snapshot!(table);
}

// spec: FENCE-1
#[test]
fn transition_matrix_of_an_attempt() {
    let table = render_table(
        "attempt",
        AttemptStatus::ALL,
        AttemptEvent::ALL,
        AttemptStatus::next,
    );
    insta::assert_snapshot!(table);
}

// spec: SHUT-1
#[test]
fn transition_matrix_of_an_agent() {
    let table = render_table(
        "agent",
        AgentStatus::ALL,
        AgentEvent::ALL,
        AgentStatus::next,
    );
    insta::assert_snapshot!(table);
}

// spec: GATE-1
#[test]
fn transition_matrix_of_a_gate() {
    let table = render_table("gate", GateStatus::ALL, GateEvent::ALL, GateStatus::next);
    insta::assert_snapshot!(table);
}
