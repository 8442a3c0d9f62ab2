//! The minimal log of each cause, and the one beside it.
//!
//! One story a cause, told twice: as it raises the cause, and with one record added, left out or
//! changed so that it does not.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a story tells the causes apart that it is about; `tell` fails for one without a story"
)]

use orch_core::command::Command;
use orch_core::diagnosis::Cause;
use orch_core::event::agent::{Carried, Inventory, Shutdown, ShutdownStage};
use orch_core::event::attempt::{AttemptEnd, Dispatched, Handoff, HandoffStatus};
use orch_core::event::correction::{Amendment, Change, Correction};
use orch_core::event::gate::Verdict;
use orch_core::event::note::FindingRecorded;
use orch_core::event::talk::{MessageClass, WaitDeclared, WaitRef};
use orch_core::event::task::{Need, TaskClosed, TaskDeclared, Unmet};
use orch_core::ids::AttemptNo;
use orch_core::party::Actor;
use orch_core::policy::{Backoff, Millis};
use orch_testkit::world::*;

/// Tells the story of a cause.
pub(super) fn tell(cause: Cause, is_near: bool) -> World {
    match cause {
        Cause::DepOpen
        | Cause::DepFailed
        | Cause::DepCycle
        | Cause::WaitCycle
        | Cause::SelfWait
        | Cause::WipFull
        | Cause::HeadOfLine
        | Cause::PausedBy => waiting(cause, is_near),
        Cause::Failed
        | Cause::Exhausted
        | Cause::Livelock
        | Cause::RetryWait
        | Cause::NoProgress
        | Cause::RulingOwed => trying(cause, is_near),
        Cause::GateOpen
        | Cause::GateStale
        | Cause::InRework
        | Cause::EvidenceMissing
        | Cause::ReportedNotAccepted
        | Cause::ResultUnread => judging(cause, is_near),
        Cause::NeedsInput | Cause::ReplyOwed | Cause::Undeliverable => talking(cause, is_near),
        Cause::ShutdownUnacked
        | Cause::StoppingUnconfirmed
        | Cause::OutcomeUnknown
        | Cause::OwnerDead => leaving(cause, is_near),
        Cause::InProgress
        | Cause::DispatchedNotStarted
        | Cause::NoWakeSource
        | Cause::OwnerTaskDivergence => holding(cause, is_near),
        Cause::OwnerUnknown | Cause::EvidenceGap | Cause::PollLoop | Cause::StoreDivergence => {
            importing(cause, is_near)
        }
        _ => panic!("the cause {cause} has no log"),
    }
}

fn one_task() -> World {
    World::new().agents(&["a"]).tasks(&["t1"])
}

fn waits(who: &str, on: &str) -> Command {
    Command::Wait(WaitDeclared {
        who: WaitRef::parse(who).unwrap(),
        on: WaitRef::parse(on).unwrap(),
        until: None,
    })
}

fn waiting(cause: Cause, is_near: bool) -> World {
    let mut world = match cause {
        Cause::WipFull | Cause::HeadOfLine => World::with(|policy| policy.wip.mission = Some(1))
            .agents(&["a"])
            .tasks(&["t1", "t2"]),
        Cause::WaitCycle => World::new().agents(&["a", "b"]).tasks(&["t1"]),
        _ => one_task(),
    };
    match cause {
        Cause::DepOpen => {
            world.declare_after("t2", if is_near { &[] } else { &["t1"] });
        }
        Cause::DepFailed => {
            world.declare_after("t2", &["t1"]);
            if !is_near {
                let close = TaskClosed {
                    task: task("t1"),
                    outcome: Unmet::Cancelled,
                    reason: "not wanted".to_owned(),
                };
                world.accepts(&lead(), Command::CloseTask(close));
            }
        }
        Cause::DepCycle => {
            world.declare_after("t2", &["t1"]);
            if !is_near {
                let mut amendment = Amendment::default();
                amendment.add_needs = vec![Need::accepted(task("t2"))];
                let correction = Correction {
                    task: task("t1"),
                    change: Change::Amend(Box::new(amendment)),
                    reason: "as the tracker had it".to_owned(),
                    supersedes: Vec::new(),
                };
                world.happens(&import(), correction);
            }
        }
        Cause::WaitCycle => {
            world.accepts(&by("a"), waits("agent:a", "agent:b"));
            if !is_near {
                world.accepts(&by("b"), waits("agent:b", "agent:a"));
            }
        }
        Cause::SelfWait => {
            world.start("t1", "a");
            world.accepts(
                &by("a"),
                waits("agent:a", if is_near { "job:build" } else { "task:t1" }),
            );
        }
        Cause::WipFull => {
            world.start("t1", "a");
            if is_near {
                world.hand("t1", HandoffStatus::Done);
            }
        }
        Cause::HeadOfLine => {
            world.start("t1", "a");
            say(&mut world, is_near, MessageClass::Question);
        }
        _ => {
            world.start("t1", "a");
            let status = if is_near {
                HandoffStatus::Partial
            } else {
                HandoffStatus::Blocked
            };
            world.hand("t1", status);
        }
    }
    world
}

/// The owner of a task asks the lead something about it, or only says it.
fn say(world: &mut World, is_near: bool, class: MessageClass) {
    let class = if is_near { MessageClass::Fyi } else { class };
    let mut said = message("agent:a", "human:ada", class, "which one?");
    said.task = Some(task("t1"));
    world.accepts(&by("a"), Command::Send(said));
}

fn trying(cause: Cause, is_near: bool) -> World {
    let mut world = World::with(|policy| match cause {
        Cause::Exhausted => policy.retry.max_attempts = Some(1),
        Cause::Livelock => policy.retry.livelock_after = Some(2),
        Cause::NoProgress => policy.clocks.alive_ms = Some(Millis::minutes(10)),
        Cause::RulingOwed => policy.clocks.total_ms = Some(Millis::minutes(60)),
        _ => {
            let mut backoff = Backoff::default();
            backoff.first_ms = Millis::minutes(5);
            policy.retry.backoff = Some(backoff);
        }
    });
    world = world.agents(&["a"]).tasks(&["t1"]);
    world.start("t1", "a");
    match cause {
        Cause::NoProgress | Cause::RulingOwed => {
            world.pass(61);
            if !is_near {
                world.accepts(&Actor::Host, Command::Tick);
            }
        }
        Cause::Livelock => {
            world.accepts(&Actor::Host, killed(1));
            world.start("t1", "a");
            if is_near {
                world.accepts(&by("a"), Command::Progress(progress("t1", 2, "a")));
            }
            world.accepts(&Actor::Host, killed(2));
        }
        Cause::Exhausted => {
            let status = if is_near {
                HandoffStatus::Partial
            } else {
                HandoffStatus::Failed
            };
            world.hand("t1", status);
        }
        _ => {
            // What is pointless to try again fails at once; what is not waits for its backoff.
            let not_retryable = (cause == Cause::Failed) != is_near;
            let failed = Handoff {
                not_retryable,
                ..world.handoff("t1", HandoffStatus::Failed)
            };
            world.accepts(&by("a"), Command::Handoff(failed));
        }
    }
    world
}

fn killed(number: u32) -> Command {
    Command::EndAttempt(ended("t1", number, "a", AttemptEnd::Killed))
}

fn judging(cause: Cause, is_near: bool) -> World {
    let mut world = World::new().agents(&["a", "b"]);
    match cause {
        Cause::EvidenceMissing => {
            let declared = TaskDeclared {
                evidence: vec![label("commit")],
                ..TaskDeclared::new(task("t1"), "t1")
            };
            world.declare(declared);
        }
        Cause::GateOpen | Cause::GateStale | Cause::InRework => {
            world.declare_gated("t1", &["tester", "reviewer"]);
        }
        _ => world = world.tasks(&["t1"]),
    }
    world.start("t1", "a");
    match cause {
        Cause::EvidenceMissing => {
            let mut handoff = world.handoff("t1", HandoffStatus::Done);
            handoff.evidence.clear();
            if is_near {
                handoff.evidence = vec![evidence("commit", "4b825dc")];
            }
            world.accepts(&by("a"), Command::Handoff(handoff));
        }
        Cause::ReportedNotAccepted => {
            let end = exited("t1", 1, "a", i32::from(is_near));
            world.accepts(&Actor::Host, Command::EndAttempt(end));
        }
        Cause::ResultUnread => {
            world.hand("t1", HandoffStatus::Done);
            if is_near {
                let head = world.mission.head();
                world.accepts(&lead(), Command::receipt([head]));
            }
        }
        Cause::GateOpen => {
            let status = if is_near {
                HandoffStatus::Partial
            } else {
                HandoffStatus::Done
            };
            world.hand("t1", status);
        }
        _ => reviewed(&mut world, cause, is_near),
    }
    world
}

fn reviewed(world: &mut World, cause: Cause, is_near: bool) {
    world.hand("t1", HandoffStatus::Done);
    world.accepts(&lead(), request_gate("t1", 1, "tester", "agent:b"));
    let is_passed = cause == Cause::GateStale || is_near;
    let verdict = if is_passed {
        Verdict::Approved
    } else {
        Verdict::ChangesRequested
    };
    let decided = decide_gate("t1", 1, "tester", "agent:b", verdict);
    let decided = world.judging_newest(decided);
    world.accepts(&by("b"), decided);
    if cause == Cause::GateStale && !is_near {
        world.hand("t1", HandoffStatus::Done);
    }
}

fn talking(cause: Cause, is_near: bool) -> World {
    let mut world = one_task();
    match cause {
        Cause::NeedsInput => {
            world.start("t1", "a");
            say(&mut world, is_near, MessageClass::Question);
        }
        Cause::ReplyOwed => {
            let class = if is_near {
                MessageClass::Fyi
            } else {
                MessageClass::Actionable
            };
            world.accepts(
                &lead(),
                Command::Send(message("human:ada", "agent:a", class, "look")),
            );
        }
        _ => {
            if !is_near {
                world.accepts(&by("a"), leave("a"));
            }
            let fyi = message("human:ada", "agent:a", MessageClass::Fyi, "well done");
            world.accepts(&lead(), Command::Send(fyi));
        }
    }
    world
}

fn leaving(cause: Cause, is_near: bool) -> World {
    let mut world = one_task();
    let step = |stage| {
        Command::Shutdown(Shutdown {
            agent: agent("a"),
            stage,
            reason: "the mission is over".to_owned(),
        })
    };
    match cause {
        Cause::OwnerDead => {
            if !is_near {
                world.accepts(&by("a"), leave("a"));
            }
            let dispatched = Dispatched::new(task("t1"), AttemptNo(1), agent("a"));
            world.happens(&lead(), dispatched);
        }
        Cause::OutcomeUnknown => {
            world.start("t1", "a");
            if !is_near {
                world.accepts(&by("a"), leave("a"));
            }
        }
        _ => {
            world.accepts(&lead(), step(ShutdownStage::Requested));
            if cause == Cause::StoppingUnconfirmed || is_near {
                world.accepts(&by("a"), step(ShutdownStage::Acknowledged));
            }
            if cause == Cause::StoppingUnconfirmed {
                let carries = (!is_near).then(|| carried(1)).into_iter().collect();
                observe(&mut world, "a", carries);
            }
        }
    }
    world
}

fn carried(number: u32) -> Carried {
    Carried {
        task: task("t1"),
        attempt: AttemptNo(number),
    }
}

fn observe(world: &mut World, who: &str, carries: Vec<Carried>) {
    let agent = agent(who);
    world.accepts(&Actor::Host, Command::Observe(Inventory { agent, carries }));
}

fn holding(cause: Cause, is_near: bool) -> World {
    let mut world = World::new().agents(&["a", "b"]).tasks(&["t1"]);
    match (cause, is_near) {
        (Cause::NoWakeSource, false) => {}
        (Cause::InProgress, true) | (Cause::DispatchedNotStarted | Cause::NoWakeSource, _) => {
            world.dispatch("t1", "a");
            if cause == Cause::DispatchedNotStarted && is_near {
                world.accepts(&by("a"), started(1, "t1", &agent("a")));
            }
        }
        _ => {
            world.start("t1", "a");
        }
    }
    if cause == Cause::OwnerTaskDivergence {
        let carries = (!is_near).then(|| carried(1)).into_iter().collect();
        observe(&mut world, "b", carries);
    }
    world
}

fn importing(cause: Cause, is_near: bool) -> World {
    let mut world = one_task();
    match cause {
        Cause::OwnerUnknown => {
            // The gap in what was imported is put into the line.
            world.happens(
                &import(),
                Dispatched::new(task("t1"), AttemptNo(1), agent("a")),
            );
        }
        Cause::EvidenceGap => {
            let needs = vec![Need::accepted(task("t9"))];
            let declared = TaskDeclared {
                needs,
                ..TaskDeclared::new(task("t2"), "t2")
            };
            world.happens(&import(), declared);
            if is_near {
                world.happens(&import(), TaskDeclared::new(task("t9"), "t9"));
            }
        }
        _ => {
            let title = if is_near { "a finding" } else { cause.as_str() };
            let finding = FindingRecorded {
                task: Some(task("t1")),
                title: title.to_owned(),
                body: "what the importer saw".to_owned(),
            };
            world.happens(&import(), finding);
        }
    }
    world
}
