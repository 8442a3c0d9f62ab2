//! The pure core of orch: a mission is its log.
//!
//! Records go in, a [`Mission`](mission::Mission) comes out, and the mission judges what is asked
//! for next. Nothing here reads a clock, draws a random number or touches a file: time, ids and
//! bytes are arguments, so the same log gives the same mission on every machine.
//!
//! ```text
//! bytes ─▶ Record ─▶ Mission::apply ─▶ Mission ─▶ views: phase, readiness, causes, clocks
//!                                         │
//! Command ─▶ Mission::decide ─▶ Decision ─▶ Batch::seal ─▶ Record ─▶ append it, then apply it
//!                           └─▶ Rejection: code, rule, records, what would be accepted instead
//! ```
//!
//! # Example
//!
//! An agent claims a task, and the mission cannot complete before the task is handed over.
//!
//! ```
//! use orch_core::command::{Command, Dispatch, Join, OpenMission};
//! use orch_core::decide::{Context, Decision};
//! use orch_core::event::mission::{MissionClosed, MissionOutcome};
//! use orch_core::event::task::TaskDeclared;
//! use orch_core::ids::{AgentName, MissionId, TaskId};
//! use orch_core::mission::Mission;
//! use orch_core::party::{Actor, Party};
//! use orch_core::record::Batch;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut mission = Mission::new();
//! let mut log = Vec::new();
//! let now = chrono::DateTime::UNIX_EPOCH;
//! let context = Context::new(Actor::parse("human:ada")?, now);
//!
//! let task = TaskId::parse("login")?;
//! let agent = AgentName::parse("coder")?;
//! let (roles, session, alias) = (Vec::new(), None, false);
//! for command in [
//!     Command::OpenMission(OpenMission {
//!         title: "sign-in".into(),
//!         lead: Party::parse("human:ada")?,
//!         policy: None,
//!         empty: false,
//!     }),
//!     Command::Join(Join { agent: agent.clone(), roles, session, alias }),
//!     Command::DeclareTask(TaskDeclared::new(task.clone(), "a login form")),
//!     Command::Dispatch(Dispatch::new(task, agent)),
//! ] {
//!     let Decision::Accepted { events, .. } = mission.decide(&command, &context)? else {
//!         continue;
//!     };
//!     let batch = Batch {
//!         mission: MissionId::parse("auth")?,
//!         head: mission.head(),
//!         at: now,
//!         by: context.actor.clone(),
//!         command: None,
//!         request: None,
//!         cause: None,
//!     };
//!     // A host draws UUIDv7 here; the core takes whatever it is given.
//!     for record in batch.seal(events, || uuid::Uuid::from_u128(1))? {
//!         mission.apply(&record);
//!         log.push(record);
//!     }
//! }
//!
//! let (outcome, forced, reason) = (MissionOutcome::Completed, false, String::new());
//! let close = Command::CloseMission(MissionClosed { outcome, forced, reason });
//! let refused = mission.decide(&close, &context).expect_err("work is in flight");
//! assert_eq!(refused.rule, "COMPLETE-1");
//! assert_eq!(refused.message, "1 open: task login is dispatched, attempt 1 with coder#1");
//!
//! // The log is all there is: folding it again gives the same mission.
//! assert_eq!(Mission::fold(&log).digest()?, mission.digest()?);
//! # Ok(())
//! # }
//! ```
//!
//! # Where to read on
//!
//! - [`record`] and [`event`]: what is on the wire.
//! - [`command`] and [`decide`]: asking, and the answers.
//! - [`mission`] and [`view`]: reading the state.
//! - [`diagnosis`]: why it does not move, and who owes the next move.
//! - [`history`] and [`snapshot`]: any position, and starting from one.
//! - [`lint`]: everything in a log that looks wrong, grouped.
//! - [`facts`], [`diff`] and [`fork`]: what a mission says, what differs, and what if.
//! - [`rules`], [`codes`] and [`status`]: the rules as tables.
#![warn(clippy::arithmetic_side_effects)]

pub mod anomaly;
pub mod codes;
pub mod command;
pub mod coverage;
pub mod decide;
pub mod diagnosis;
pub mod diff;
pub mod event;
pub mod facts;
pub mod fold;
pub mod fork;
pub mod history;
pub mod ids;
pub mod lint;
pub mod mission;
pub mod party;
pub mod policy;
pub mod record;
pub mod rules;
pub mod snapshot;
pub mod status;
pub mod view;

#[cfg(test)]
mod tests {
    #[test]
    fn what_hosts_share_between_threads_can_be_shared() {
        fn shared<T: Send + Sync>() {}
        shared::<crate::mission::Mission>();
        shared::<crate::history::History>();
        shared::<crate::record::Record>();
        shared::<crate::command::Command>();
        shared::<crate::decide::Rejection>();
        shared::<crate::snapshot::Snapshot>();
    }
}
