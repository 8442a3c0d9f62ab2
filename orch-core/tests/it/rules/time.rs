//! Time: an argument, and what a clock that ran out may and may not do.

use chrono::TimeDelta;
use orch_core::codes::Code;
use orch_core::command::Command;
use orch_core::decide::{Decision, Effect};
use orch_core::event::Event;
use orch_core::event::agent::ShutdownStage;
use orch_core::event::attempt::{AttemptEnd, HandoffStatus};
use orch_core::event::clock::{ClockKind, ClockSubject, Timeout};
use orch_core::event::talk::MessageClass;
use orch_core::ids::AttemptNo;
use orch_core::mission::{Liveness, ObligationKind};
use orch_core::party::{Actor, Party};
use orch_core::policy::{Clocks, Millis, OnExpiry};
use orch_core::status::task::TaskStatus;

use super::{inventory, shutdown};
use crate::support::*;

pub(super) const LIMIT: Millis = Millis::minutes(10);

/// Clocks of which only one runs.
pub(super) fn only(clock: ClockKind) -> Clocks {
    let mut clocks = Clocks::default();
    let slot = match clock {
        ClockKind::Start => &mut clocks.start_ms,
        ClockKind::Attempt => &mut clocks.attempt_ms,
        ClockKind::Alive => &mut clocks.alive_ms,
        ClockKind::Progress => &mut clocks.progress_ms,
        ClockKind::Report => &mut clocks.report_ms,
        ClockKind::Total => &mut clocks.total_ms,
        ClockKind::Reply => &mut clocks.reply_ms,
        ClockKind::Ack => &mut clocks.ack_ms,
        _ => panic!("{clock} is new"),
    };
    *slot = Some(LIMIT);
    clocks
}

pub(super) fn under(clocks: Clocks, on_expiry: OnExpiry) -> World {
    let mut world = World::with(|policy| {
        policy.clocks = clocks;
        policy.on_expiry = on_expiry;
    });
    world = world.agents(&["a", "b"]).tasks(&["t1"]);
    world
}

/// A mission in which the clock begins to run now.
pub(super) fn running(clock: ClockKind, on_expiry: OnExpiry) -> World {
    let mut world = under(only(clock), on_expiry);
    world.dispatch("t1", "a");
    if !matches!(clock, ClockKind::Start | ClockKind::Total) {
        world.accepts(&by("a"), started(1, "t1", &agent("a")));
    }
    if clock == ClockKind::Report {
        world.accepts(&Actor::Host, Command::Observe(inventory("a", &[])));
    }
    if clock == ClockKind::Reply {
        let question = message("human:ada", "agent:a", MessageClass::Question, "how far?");
        world.accepts(&lead(), Command::Send(question));
    }
    if clock == ClockKind::Ack {
        world.accepts(&lead(), shutdown("a", ShutdownStage::Requested));
    }
    world
}

pub(super) fn subject(world: &World, clock: ClockKind) -> ClockSubject {
    match clock {
        ClockKind::Total => ClockSubject::Task(task("t1")),
        ClockKind::Reply => ClockSubject::Message(world.mission.obligations()[0].opened.seq),
        ClockKind::Ack => ClockSubject::Agent(agent("a")),
        ClockKind::Start
        | ClockKind::Attempt
        | ClockKind::Alive
        | ClockKind::Progress
        | ClockKind::Report => ClockSubject::Attempt {
            task: task("t1"),
            attempt: AttemptNo(1),
        },
        _ => panic!("{clock} is new"),
    }
}

pub(super) fn ticks(world: &mut World) -> Vec<Event> {
    let first = world.accepts(&Actor::Host, Command::Tick).0;
    let from = usize::try_from(first).unwrap() - 1;
    world.records[from..]
        .iter()
        .map(|it| it.event().clone())
        .collect()
}

// spec: TIME-1
#[test]
fn the_host_is_told_to_come_back_at_the_next_deadline() {
    let mut world = under(only(ClockKind::Start), OnExpiry::Surface);
    let (_, effects) = world.accepts_with(&lead(), dispatch("t1", "a"));
    let at = world.mission.next_deadline().unwrap();
    assert!(effects.contains(&Effect::WakeAt { at }));
}

/// Whether the last record put a decision on the lead.
fn is_leads_to_decide(world: &World) -> bool {
    let head = world.mission.head();
    let roots = world.mission.roots(world.now);
    let mut proven = roots.iter().filter(|it| it.because.contains(&head));
    proven.any(|it| it.next == Party::Lead)
}

// spec: TIME-3
#[test]
fn a_clock_alone_lowers_confidence_and_moves_nothing() {
    for clock in ClockKind::ALL {
        let mut world = running(clock, OnExpiry::Surface);
        let (before, owner) = (world.status("t1"), world.owner("t1"));
        world.pass(10);
        ticks(&mut world);
        assert_eq!(
            (world.status("t1"), world.owner("t1")),
            (before, owner),
            "{clock}"
        );
        assert_eq!(world.mission.in_flight().count(), 1, "{clock}");
        let expected = if clock == ClockKind::Report {
            // The inventory that started this clock was the first doubt.
            Liveness::Lost
        } else if matches!(clock, ClockKind::Total | ClockKind::Reply | ClockKind::Ack) {
            Liveness::Alive
        } else {
            Liveness::Suspect
        };
        assert_eq!(
            world.view("t1").token().unwrap().liveness(),
            expected,
            "{clock}"
        );
    }
}

// spec: TIME-3
#[test]
fn a_clock_of_an_attempt_or_a_task_puts_a_decision_on_the_lead() {
    use ClockKind::{Alive, Attempt, Progress, Report, Start, Total};
    for clock in [Start, Attempt, Alive, Progress, Report, Total] {
        let mut world = running(clock, OnExpiry::Surface);
        world.pass(10);
        ticks(&mut world);
        assert!(is_leads_to_decide(&world), "{clock}");
        assert_eq!(
            world.mission.obligations()[0].kind,
            ObligationKind::Ruling,
            "{clock}"
        );
    }
}

// spec: TIME-3
#[test]
fn a_clock_of_an_obligation_puts_a_decision_on_the_lead() {
    // D21: who ignores a request does not have the next move for ever.
    for clock in [ClockKind::Reply, ClockKind::Ack] {
        let mut world = running(clock, OnExpiry::Surface);
        world.pass(10);
        ticks(&mut world);
        assert!(is_leads_to_decide(&world), "{clock}");
    }
}

// spec: TIME-3
#[test]
fn silence_makes_an_attempt_suspect_and_then_lost_and_a_word_brings_it_back() {
    let mut world = running(ClockKind::Alive, OnExpiry::Surface);
    let liveness = |world: &World| world.view("t1").token().unwrap().liveness();
    world.pass(10);
    ticks(&mut world);
    assert_eq!(liveness(&world), Liveness::Suspect);
    world.pass(10);
    ticks(&mut world);
    assert_eq!(
        (liveness(&world), world.status("t1")),
        (Liveness::Lost, TaskStatus::Running)
    );
    world.accepts(&by("a"), Command::Beat(beat("t1", 1, "a")));
    assert_eq!(liveness(&world), Liveness::Alive);
    let rulings = world.mission.obligations();
    assert!(
        rulings.iter().all(|it| it.kind != ObligationKind::Ruling),
        "nothing to rule on"
    );
    assert_eq!(
        world.mission.next_deadline(),
        Some(world.now + TimeDelta::minutes(10))
    );
}

// spec: TIME-3
#[test]
fn only_a_policy_lets_a_tick_end_an_attempt_and_it_does_so_in_a_record_of_its_own() {
    use ClockKind::{Alive, Attempt, Progress, Report, Start};
    for clock in [Start, Attempt, Alive, Progress, Report] {
        let mut world = running(clock, OnExpiry::FailAttempt);
        world.pass(10);
        let kinds: Vec<_> = ticks(&mut world)
            .iter()
            .map(|it| it.kind().to_owned())
            .collect();
        assert_eq!(kinds, ["timeout", "attempt_ended"], "{clock}");
        assert_eq!(world.mission.in_flight().count(), 0, "{clock}");
        let expected = if clock == Report {
            TaskStatus::OutcomeUnknown
        } else {
            TaskStatus::Open
        };
        assert_eq!(world.status("t1"), expected, "{clock}");
        // What the worker says now is late; it is not lost.
        let done = Command::Handoff(handoff("t1", 1, "a", HandoffStatus::Done));
        assert!(
            matches!(world.decide(&by("a"), &done), Ok(Decision::Late { .. })),
            "{clock}"
        );
    }
}

// spec: TIME-3
#[test]
fn a_timeout_of_what_is_over_is_ignored() {
    let mut world = running(ClockKind::Attempt, OnExpiry::Surface);
    let killed = ended("t1", 1, "a", AttemptEnd::Killed);
    let due = world.mission.due(world.now + TimeDelta::hours(1)).remove(0);
    world.accepts(&Actor::Host, Command::EndAttempt(killed));
    assert_eq!(world.mission.next_deadline(), None);
    let (subject, limit_ms) = (due.subject, Some(due.limit_ms));
    let late = Timeout {
        clock: due.clock,
        subject,
        limit_ms,
        due: due.due,
    };
    world.imposes(&Actor::Host, late, Code::ClockClosed);
    assert_eq!(world.mission.obligations(), []);
}
