//! A plain struct with a state of its own, held against the laws: `cargo run -p orch-testkit --example machine`.
//!
//! In tests one line does it, and makes a test for each law: `orch_testkit::machine_laws!(Plan);`.
#![expect(clippy::print_stdout, reason = "an example shows what it does")]
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "other records move no task here"
)]

use std::collections::BTreeMap;

use orch_core::event::{Event, attempt::HandoffStatus};
use orch_core::{ids::TaskId, record::Record};
use orch_testkit::machine::{Claims, MachineUnderTest, Part, report_of};
use orch_testkit::oracle::{Facts, TaskFacts};

/// A framework's own type: where each task stands, as far as this framework knows.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    tasks: BTreeMap<TaskId, &'static str>,
}

impl Plan {
    fn take(&mut self, record: &Record) {
        let (task, status) = match record.event() {
            Event::TaskDeclared(it) => (&it.task, "open"),
            Event::Dispatched(it) => (&it.task, "dispatched"),
            Event::AttemptStarted(it) => (&it.task, "running"),
            Event::Handoff(it) if it.status == Some(HandoffStatus::Done) => (&it.task, "accepted"),
            Event::Handoff(it) => (&it.task, "open"),
            _ => return,
        };
        self.tasks.insert(task.clone(), status);
    }
}

/// What the kit needs: what is claimed, how one is made, and what it shows after a record.
impl MachineUnderTest for Plan {
    fn claims() -> Claims {
        let work = ["task", "attempt", "agent", "status=done", "status=partial"];
        let set_up = Claims::showing([Part::Status]).kind("mission_opened", &["*"]);
        let set_up = set_up
            .kind("agent_joined", &["*"])
            .kind("task_declared", &["task", "title"]);
        let kinds = ["dispatched", "attempt_started", "handoff"].into_iter();
        kinds.fold(set_up, |claims, kind| claims.kind(kind, &work))
    }

    fn new() -> Self {
        Self::default()
    }

    fn apply(&mut self, record: &Record) -> Facts {
        self.take(record);
        let shown = self
            .tasks
            .iter()
            .map(|(id, status)| (id.clone(), TaskFacts::at(*status)));
        Facts {
            tasks: shown.collect(),
            ..Facts::default()
        }
    }
}

#[cfg_attr(
    test,
    expect(dead_code, reason = "the tests make one for each law instead")
)]
fn main() {
    print!("{}", report_of::<Plan>().markdown());
}
