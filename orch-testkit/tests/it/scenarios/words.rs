//! The words in which the scenarios are written, in one import.

pub(super) use chrono::TimeDelta;
pub(super) use orch_core::codes::Code;
pub(super) use orch_core::command::{Command, Dispatch, Rebind};
pub(super) use orch_core::diagnosis::{Cause, Verdict as Moves};
pub(super) use orch_core::event::agent::{Carried, Inventory, Shutdown, ShutdownStage};
pub(super) use orch_core::event::attempt::{AttemptEnd, Dispatched, Handoff, HandoffStatus};
pub(super) use orch_core::event::clock::ClockKind;
pub(super) use orch_core::event::correction::{Amendment, Change};
pub(super) use orch_core::event::gate::Verdict;
pub(super) use orch_core::event::mission::{MissionClosed, MissionOutcome};
pub(super) use orch_core::event::note::{FindingRecorded, Note};
pub(super) use orch_core::event::talk::{Message, MessageClass, Receipt, WaitDeclared, WaitRef};
pub(super) use orch_core::event::task::{
    GateSpec, GateStage, Need, NeedOn, TaskClosed, TaskDeclared, TaskDelivered, Unmet,
};
pub(super) use orch_core::ids::{AttemptNo, Seq};
pub(super) use orch_core::mission::Liveness;
pub(super) use orch_core::party::{Actor, Party};
pub(super) use orch_core::policy::{Millis, OnExpiry};
pub(super) use orch_core::status::agent::AgentStatus;
pub(super) use orch_core::status::task::TaskStatus;
pub(super) use orch_core::view::{ObstacleKind, PhaseKind};
pub(super) use orch_testkit::world::*;

pub(super) use super::glance::Glance;
pub(super) use super::story::Story;

/// A step of the shutdown ladder.
pub(super) fn shutdown(who: &str, stage: ShutdownStage) -> Command {
    Command::Shutdown(Shutdown {
        agent: agent(who),
        stage,
        reason: "the work is over".to_owned(),
    })
}

/// What a runtime says that an agent carries.
pub(super) fn carries(who: &str, attempts: &[(&str, u32)]) -> Command {
    let carries = attempts.iter().map(|&(id, number)| Carried {
        task: task(id),
        attempt: AttemptNo(number),
    });
    Command::Observe(Inventory {
        agent: agent(who),
        carries: carries.collect(),
    })
}

/// A message about a task.
pub(super) fn about(id: &str, message: Message) -> Message {
    Message {
        task: Some(task(id)),
        ..message
    }
}

/// A reply to a message.
pub(super) fn reply(to: Seq, message: Message) -> Message {
    Message {
        reply_to: Some(to),
        ..message
    }
}

/// A dispatch as a record, for one that no rule would let through.
pub(super) fn dispatched(id: &str, number: u32, who: &str) -> Dispatched {
    Dispatched::new(task(id), AttemptNo(number), agent(who))
}

/// Closes the mission over open work.
pub(super) fn forced(reason: &str) -> Command {
    Command::CloseMission(MissionClosed {
        outcome: MissionOutcome::Completed,
        forced: true,
        reason: reason.to_owned(),
    })
}

/// The record of a completion that nobody asked for.
pub(super) fn completed() -> MissionClosed {
    MissionClosed {
        outcome: MissionOutcome::Completed,
        forced: false,
        reason: String::new(),
    }
}

/// Ends a task without a result.
pub(super) fn close_task(id: &str, outcome: Unmet, reason: &str) -> Command {
    Command::CloseTask(TaskClosed {
        task: task(id),
        outcome,
        reason: reason.to_owned(),
    })
}

/// Marks records as read.
pub(super) fn receipt(of: &[Seq]) -> Command {
    Command::Receipt(Receipt { of: of.to_vec() })
}

/// Makes a wait visible: both ends as `task:ID`, `agent:NAME`, `lock:NAME` or `job:NAME`.
pub(super) fn waits(who: &str, on: &str) -> WaitDeclared {
    WaitDeclared {
        who: WaitRef::parse(who).unwrap(),
        on: WaitRef::parse(on).unwrap(),
        until: None,
    }
}
