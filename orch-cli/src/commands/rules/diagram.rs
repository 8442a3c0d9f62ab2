//! State diagrams in the language of Mermaid, made from the transition tables.

use std::fmt::Display;

use orch_core::status::Step;
use orch_core::status::agent::{AgentEvent, AgentStatus};
use orch_core::status::attempt::{AttemptEvent, AttemptStatus};
use orch_core::status::gate::{GateEvent, GateStatus};
use orch_core::status::task::{TaskEvent, TaskStatus};

use super::Thing;

/// Draws the diagram of a thing.
pub(super) fn of(thing: Thing) -> String {
    match thing {
        Thing::Task => draw(TaskStatus::ALL, TaskEvent::ALL, TaskStatus::next),
        Thing::Attempt => draw(AttemptStatus::ALL, AttemptEvent::ALL, AttemptStatus::next),
        Thing::Agent => draw(AgentStatus::ALL, AgentEvent::ALL, AgentStatus::next),
        Thing::Gate => draw(GateStatus::ALL, GateEvent::ALL, GateStatus::next),
    }
}

/// Draws one arrow for each pair of statuses, with all the events that lead there.
fn draw<S, E>(statuses: &[S], events: &[E], next: impl Fn(S, E) -> Step<S>) -> String
where
    S: Copy + Display + PartialEq,
    E: Copy + Display,
{
    let mut lines = vec!["stateDiagram-v2".to_owned()];
    if let Some(first) = statuses.first() {
        lines.push(format!("    [*] --> {first}"));
    }
    for &from in statuses {
        for &to in statuses {
            let names: Vec<String> = events
                .iter()
                .filter_map(|&event| match next(from, event) {
                    Step::To(reached) if reached == to => Some(event.to_string()),
                    // Forbidden, and believed all the same.
                    Step::Breach(reached) if reached == to => Some(format!("!{event}")),
                    Step::To(_) | Step::Breach(_) | Step::Stays | Step::Already | Step::Refused => {
                        None
                    }
                })
                .collect();
            if !names.is_empty() {
                lines.push(format!("    {from} --> {to}: {}", names.join(", ")));
            }
        }
    }
    lines.push(String::new());
    lines.join("\n")
}
