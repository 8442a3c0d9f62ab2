//! The stories, and a lie about the last record of each.

use orch_core::codes::Code;
use orch_core::command::{Command, OpenMission, Rebind};
use orch_core::event::Event;
use orch_core::event::agent::{AgentLeft, Carried, Inventory, Shutdown, ShutdownStage};
use orch_core::event::attempt::{Handoff, HandoffStatus};
use orch_core::event::gate::{GateDecided, Verdict};
use orch_core::event::mission::MissionOutcome;
use orch_core::event::note::Note;
use orch_core::event::talk::{Message, MessageClass, Receipt, WaitDeclared, WaitRef};
use orch_core::event::task::{NeedOn, TaskClosed, TaskDeclared, Unmet};
use orch_core::ids::AttemptNo;
use orch_core::party::Actor;
use orch_core::policy::Millis;
use orch_testkit::invariants::{GhostAttempt, LogClass, Phase, Standing};
use orch_testkit::world::{
    World, agent, beat, by, close, decide_gate, handoff, lead, message, party, request_gate, task,
};

use super::{Shown, besides};

/// A story whose last record keeps the rules, and a lie about that record.
pub(super) struct Lie {
    /// The invariant that must tell.
    pub(super) about: &'static str,
    /// The story.
    pub(super) story: fn() -> World,
    /// How its log came about.
    pub(super) class: LogClass,
    /// What is changed about its last step.
    pub(super) tell: fn(&mut Shown),
}

const fn lie(about: &'static str, story: fn() -> World, tell: fn(&mut Shown)) -> Lie {
    let class = LogClass::Decided;
    Lie {
        about,
        story,
        class,
        tell,
    }
}

/// Agents `a` and `b`, tasks `t1` and `t2`.
fn world() -> World {
    World::new().agents(&["a", "b"]).tasks(&["t1", "t2"])
}

fn note(world: &mut World) {
    let text = "by the way".to_owned();
    world.accepts(&lead(), Command::Note(Note { task: None, text }));
}

fn closed(id: &str, outcome: Unmet) -> TaskClosed {
    let reason = "as decided".to_owned();
    TaskClosed {
        task: task(id),
        outcome,
        reason,
    }
}

fn dispatched() -> World {
    let mut world = world();
    world.dispatch("t1", "a");
    world
}

fn begun() -> World {
    let mut world = world();
    world.start("t1", "a");
    world
}

fn beating() -> World {
    let mut world = begun();
    world.accepts(&by("a"), Command::Beat(beat("t1", 1, "a")));
    world
}

fn noted() -> World {
    let mut world = begun();
    note(&mut world);
    world
}

fn completed() -> World {
    let mut world = World::new().agents(&["a"]).tasks(&["t1"]);
    let seq = world.finish("t1", "a");
    world.accepts(&lead(), Command::Receipt(Receipt { of: vec![seq] }));
    world.accepts(&lead(), close(MissionOutcome::Completed));
    world
}

fn completed_empty() -> World {
    let mut world = World::unopened();
    let (title, lead_party) = ("nothing".to_owned(), party("human:ada"));
    let (policy, empty) = (None, true);
    world.accepts(
        &lead(),
        Command::OpenMission(OpenMission {
            title,
            lead: lead_party,
            policy,
            empty,
        }),
    );
    world.accepts(&lead(), close(MissionOutcome::Completed));
    world
}

fn noted_after_the_close() -> World {
    let mut world = world();
    world.accepts(&lead(), close(MissionOutcome::Cancelled));
    note(&mut world);
    world
}

fn late() -> World {
    let mut world = begun();
    world.hand("t1", HandoffStatus::Partial);
    let again = handoff("t1", 1, "a", HandoffStatus::Done);
    world.late(&by("a"), Command::Handoff(again), Code::DuplicateTerminal);
    world
}

fn blocked() -> World {
    let mut world = begun();
    let on_b = Handoff {
        blocked_on: Some(party("agent:b")),
        ..world.handoff("t1", HandoffStatus::Blocked)
    };
    world.accepts(&by("a"), Command::Handoff(on_b));
    world
}

/// A task in review at its first gate, which `b` holds.
fn requested() -> World {
    let mut world = World::new().agents(&["a", "b"]);
    world.declare_gated("t1", &["tester", "reviewer"]);
    world.finish("t1", "a");
    world.accepts(&lead(), request_gate("t1", 1, "tester", "agent:b"));
    world
}

/// The first gate has passed, by its holder.
fn tested() -> World {
    let mut world = requested();
    let passed = decide_gate("t1", 1, "tester", "agent:b", Verdict::Approved);
    world.accepts(&by("b"), passed);
    world
}

/// The second gate was waived, and the task is accepted.
fn waived() -> World {
    let mut world = tested();
    let Command::DecideGate(waiver) =
        decide_gate("t1", 1, "reviewer", "human:ada", Verdict::Waived)
    else {
        panic!("a decision")
    };
    let reason = "trivial".to_owned();
    world.accepts(
        &lead(),
        Command::DecideGate(GateDecided { reason, ..waiver }),
    );
    world
}

fn asked() -> World {
    let mut world = begun();
    let ask = message("human:ada", "agent:b", MessageClass::Actionable, "look");
    world.accepts(&lead(), Command::Send(ask));
    note(&mut world);
    world
}

fn rebound() -> World {
    let mut world = begun();
    let (task, to) = (task("t1"), agent("b").name);
    let (reason, supersedes) = ("b has it".to_owned(), Vec::new());
    world.accepts(
        &lead(),
        Command::Rebind(Rebind {
            task,
            to,
            reason,
            supersedes,
        }),
    );
    world
}

fn diverged() -> World {
    let mut world = begun();
    let (task, attempt) = (task("t1"), AttemptNo(1));
    let carries = vec![Carried { task, attempt }];
    let agent = agent("b");
    world.accepts(&Actor::Host, Command::Observe(Inventory { agent, carries }));
    world
}

fn needing() -> World {
    let mut world = World::new().agents(&["a"]).tasks(&["t1", "t3"]);
    world.declare_after("t2", &["t1"]);
    world
}

fn skipped() -> World {
    let mut world = needing();
    world.accepts(&lead(), Command::CloseTask(closed("t1", Unmet::Skipped)));
    world
}

fn held() -> World {
    let mut world = world();
    let (who, on) = (WaitRef::Task(task("t1")), WaitRef::Agent(agent("a").name));
    let until = Some(world.now + chrono::TimeDelta::hours(1));
    world.accepts(&lead(), Command::Wait(WaitDeclared { who, on, until }));
    world
}

fn timed_out() -> World {
    let mut world = World::with(|policy| policy.clocks.start_ms = Some(Millis::minutes(1)))
        .agents(&["a"])
        .tasks(&["t1"]);
    world.dispatch("t1", "a");
    world.pass(2);
    world.accepts(&Actor::Host, Command::Tick);
    world
}

fn failed() -> World {
    let mut world = begun();
    world.hand("t1", HandoffStatus::Failed);
    world
}

fn joined_again() -> World {
    let mut world = begun();
    world.happens(&Actor::Host, join_event("a"));
    world
}

fn join_event(who: &str) -> Event {
    let agent = agent(who);
    orch_core::event::agent::AgentJoined {
        agent: agent.name,
        incarnation: agent.incarnation,
        roles: Vec::new(),
        session: None,
        alias: false,
        implicit: false,
    }
    .into()
}

fn unknown() -> World {
    let mut world = begun();
    let (kind, data) = ("brainwave".into(), "{}".into());
    world.happens(&lead(), Event::Unknown { kind, data });
    world
}

fn stands(shown: &mut Shown, who: &str, standing: Standing) {
    shown.past.agents.insert(agent(who), standing);
    shown.ghost.agents.insert(agent(who), standing);
}

/// An attempt that the log never told of.
fn stray(phase: Phase) -> GhostAttempt {
    GhostAttempt {
        owner: agent("b"),
        phase,
        is_stray: false,
    }
}

fn one_more_attempt(shown: &mut Shown, id: &str, phase: Phase) {
    for ghost in [&mut shown.past, &mut shown.ghost] {
        let attempts = &mut ghost.tasks.get_mut(&task(id)).unwrap().attempts;
        attempts.insert(AttemptNo(7), stray(phase));
    }
}

fn needs(shown: &mut Shown, id: &str, on: &str) {
    for ghost in [&mut shown.past, &mut shown.ghost] {
        let task_of = ghost.tasks.entry(task(id)).or_default();
        task_of
            .needs
            .insert(task(on), (NeedOn::Accepted, Vec::new()));
    }
}

/// Says that nobody holds or has decided a gate.
fn no_gates(shown: &mut Shown) {
    shown
        .ghost
        .tasks
        .get_mut(&task("t1"))
        .unwrap()
        .gates
        .clear();
}

/// Every invariant that looks at one record, with a story and a lie about it.
pub(super) const LIES: &[Lie] = &[
    // The mission has lost an attempt that the log told of.
    lie("COMPLETE_LEDGER", completed, |it| {
        one_more_attempt(it, "t1", Phase::Started);
    }),
    lie("COMPLETE_NO_OPEN", completed, |it| {
        besides(
            &mut it.before,
            &lead(),
            TaskDeclared::new(task("t2"), "more"),
        );
    }),
    lie("COMPLETE_NONEMPTY", completed_empty, |it| {
        it.past.may_be_empty = false;
    }),
    lie("PHASE_ORDER", dispatched, |it| it.ghost.has_worked = false),
    lie("NO_LOST_ID", noted, |it| {
        one_more_attempt(it, "t1", Phase::Over);
    }),
    lie("MONOTONE_KNOWLEDGE", noted, |it| {
        besides(
            &mut it.before,
            &lead(),
            TaskDeclared::new(task("t3"), "more"),
        );
    }),
    lie("TERMINAL_ABSORBS", noted_after_the_close, |it| {
        besides(&mut it.after, &lead(), closed("t1", Unmet::Skipped));
    }),
    lie("ONE_OPEN_ATTEMPT", noted, |it| {
        it.ghost.tasks.get_mut(&task("t1")).unwrap().token = Some(AttemptNo(2));
    }),
    lie("ATTEMPT_MONOTONE", dispatched, |it| {
        it.past
            .tasks
            .get_mut(&task("t1"))
            .unwrap()
            .attempts
            .insert(AttemptNo(1), stray(Phase::Over));
    }),
    // A sign of life of one task moves another.
    lie("FENCE", beating, |it| {
        besides(&mut it.after, &lead(), closed("t2", Unmet::Skipped));
    }),
    lie("LATE_EVIDENCE_KEPT", late, |it| {
        it.after = it.before.clone();
    }),
    lie("HANDOFF_GATE", noted, |it| {
        besides(
            &mut it.after,
            &by("a"),
            handoff("t1", 1, "a", HandoffStatus::Done),
        );
    }),
    lie("OUTPUT_IS_NOT_DONE", beating, |it| {
        besides(
            &mut it.after,
            &by("a"),
            handoff("t1", 1, "a", HandoffStatus::Done),
        );
    }),
    lie("BLOCKED_SURFACED", blocked, |it| {
        stands(it, "b", Standing::Left);
    }),
    lie("DONE_DONE", waived, no_gates),
    lie("APPROVAL_FRESH", tested, no_gates),
    lie("NO_SELF_APPROVAL", tested, |it| {
        let attempts = &mut it.past.tasks.get_mut(&task("t1")).unwrap().attempts;
        attempts.insert(AttemptNo(1), stray(Phase::HandedOver));
    }),
    lie("WAIVER_EXPLICIT", waived, no_gates),
    Lie {
        class: LogClass::Any,
        ..lie("NAME_UNIQUE", joined_again, |it| {
            besides(&mut it.after, &Actor::Host, left("b"));
        })
    },
    lie("INCARNATION_FENCE", begun, |it| {
        stands(it, "a", Standing::Left);
    }),
    // Words stop an agent.
    lie("SHUTDOWN_STRUCTURAL", asked, |it| {
        besides(&mut it.after, &Actor::Host, left("b"));
    }),
    lie("AFTER_SHUTDOWN", begun, |it| {
        stands(it, "a", Standing::Terminated);
    }),
    lie("NO_DISPATCH_TO_DEAD", dispatched, |it| {
        stands(it, "a", Standing::Stopping);
    }),
    lie("NO_ORPHAN", dispatched, |it| {
        stands(it, "a", Standing::Left);
    }),
    lie("BLOCKER_LIVE", begun, |it| stands(it, "a", Standing::Left)),
    // The holder is gone, and is shown as the one to wait for.
    lie("REVIEWER_LIVE", requested, |it| {
        stands(it, "b", Standing::Left);
    }),
    lie("CORRECTION_SUPERSEDES", rebound, |it| {
        it.after = it.before.clone();
    }),
    lie("OWNER_INDEX", noted, |it| {
        let attempts = &mut it.ghost.tasks.get_mut(&task("t1")).unwrap().attempts;
        attempts.insert(AttemptNo(1), stray(Phase::Started));
    }),
    // The agent that really has the task is shutting down, so that no rebind is accepted.
    lie("REBIND_CONVERGES", diverged, |it| {
        let (stage, reason) = (ShutdownStage::Requested, "over".to_owned());
        besides(
            &mut it.after,
            &lead(),
            Shutdown {
                agent: agent("b"),
                stage,
                reason,
            },
        );
    }),
    lie("FYI_INERT", noted, |it| {
        besides(&mut it.after, &Actor::Host, left("b"));
    }),
    lie("ACTIONABLE_NEVER_LOST", asked, |it| {
        let owed = it.before.obligations().pop().unwrap();
        let reply_to = Some(owed.opened.seq);
        let reply = message("agent:b", "human:ada", MessageClass::Fyi, "seen");
        besides(&mut it.after, &by("b"), Message { reply_to, ..reply });
    }),
    lie("ALWAYS_NEXT", begun, |it| stands(it, "a", Standing::Left)),
    lie("READY_DEF", needing, |it| needs(it, "t3", "t1")),
    lie("DISPATCH_READY", dispatched, |it| needs(it, "t1", "t2")),
    lie("ACYCLIC", needing, |it| {
        let ghost = it.ghost.tasks.get_mut(&task("t1")).unwrap();
        ghost
            .needs
            .insert(task("t2"), (NeedOn::Accepted, Vec::new()));
    }),
    lie("DEP_FAILURE_VISIBLE", skipped, |it| needs(it, "t3", "t1")),
    lie("WIP", dispatched, |it| {
        for number in 7..10 {
            let attempts = &mut it.ghost.tasks.get_mut(&task("t1")).unwrap().attempts;
            attempts.insert(AttemptNo(number), stray(Phase::Started));
        }
    }),
    lie("TIMEOUT_TARGETED", timed_out, |it| {
        besides(&mut it.after, &lead(), closed("t1", Unmet::Skipped));
    }),
    // The log did not tell until when the task waits.
    lie("STUCK_MONOTONE", held, |it| {
        it.ghost.tasks.get_mut(&task("t1")).unwrap().wait = None;
    }),
    lie("RETRY_BOUND", failed, |it| {
        it.ghost.tasks.get_mut(&task("t1")).unwrap().n_failed = 3;
    }),
    lie("COUNTS_DERIVED", noted, |it| {
        one_more_attempt(it, "t1", Phase::Started);
    }),
    lie("TOTAL", late, |it| {
        besides(&mut it.after, &lead(), closed("t1", Unmet::Skipped));
    }),
    Lie {
        class: LogClass::Any,
        ..lie("UNKNOWN_KEPT", unknown, |it| it.after = it.before.clone())
    },
];

fn left(who: &str) -> AgentLeft {
    AgentLeft {
        agent: agent(who),
        reason: String::new(),
    }
}
